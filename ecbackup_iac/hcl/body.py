"""A range of a file → its attributes and blocks, each parsed when it is first used.

A block's extent is found by its braces only, so that what is wrong inside hides nothing after it.
Where a block is not closed, it ends before the next line that begins one.
"""

import re
from collections.abc import Callable, Container, Sequence
from functools import cached_property, partial

from ecbackup_iac.hcl.expression import InvalidExpression, Literal, Node
from ecbackup_iac.hcl.expression_parser import parse_range
from ecbackup_iac.hcl.literal_text import check_escapes, decoded, resolved
from ecbackup_iac.hcl.skipping import (
    UNCLOSED,
    need_not_be_parsed,
    skip_block,
    skip_string,
    skip_value,
)
from ecbackup_iac.hcl.source import HclSyntaxError, Problem, ProblemHandler, SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body, Schema
from ecbackup_iac.hcl.tokens import COMMENT_TEXT, NAME, Kind, identifier_end, matched_end

MAX_BLOCK_DEPTH = 100
"""Blocks inside blocks."""

_BLANK = re.compile(rb"(?:[ \t\n]++|\r\n|" + COMMENT_TEXT + rb")*+")
_INLINE = re.compile(rb"(?:[ \t]++|/\*(?s:.*?)\*/)*+")
_LINE_END = re.compile(rb"(?:[ \t]++|/\*(?s:.*?)\*/)*+(?:(?:\#|//)[^\n]*+)?(?:\r?\n|\Z)")
_NAME = re.compile(NAME)
_LABEL = re.compile(rb'"((?:[^"\\$%\r\n]++|\\[^\r\n]|\$\$\{|%%\{|[$%](?!\{))*+)"')
_EQUALS = re.compile(rb"=(?![=>])")
# The groups: a name; the value of an argument and its text, if it is one; the labels of a block.
_SIMPLE_ITEM = re.compile(
    rb"([A-Za-z_][\w-]*+)(?:[ \t]*+=[ \t]*+(\"([^\"\\$%\r\n\x80-\xff]*+)\"|[\w.-]++)(?=[ \t]*+\r?\n)"
    rb'|((?:[ \t]*+"[^"\\$%\r\n\x80-\xff]*+")*+)[ \t]*+\{)'
)

_NEEDED = "Argument or block definition required"
_NO_NEWLINE = "Missing newline after argument: an argument ends with its line"
_COMMA = "Unexpected comma after argument: arguments are separated by newlines"
_SINGLE = "Invalid single-argument block definition: a one-line block contains a single argument"


class NativeBody(Body):
    """A block's body or a whole file: its attributes and blocks are found when first used."""

    def __init__(  # noqa: PLR0913 - what a body is
        self,
        source: SourceFile,
        start: int,
        end: int,
        report: ProblemHandler,
        *,
        depth: int = 0,
        schema: Schema | None = None,
    ) -> None:
        """Take a range of a file; `schema` is the file's, and a block's body has none."""
        self.source = source
        self.start = start
        self.end = end
        self.report = report
        self.depth = depth
        self.schema = schema

    def inner(self, start: int, end: int) -> "NativeBody":
        """Return the body of a block in it."""
        return NativeBody(self.source, start, end, self.report, depth=self.depth + 1)

    @property
    def range(self) -> SourceRange:
        """Its range, without the braces."""
        return SourceRange(self.source, self.start, self.end)

    @cached_property
    def items(self) -> Sequence[Attribute | Block]:
        """Its attributes and blocks in order, also those that are set twice."""
        return _ItemParser(self).parse()

    @cached_property
    def attributes_by_name(self) -> dict[str, Attribute]:
        """Its attributes in order, the first of each name."""
        found: dict[str, Attribute] = {}
        for item in self.items:
            if isinstance(item, Attribute):
                found.setdefault(item.name, item)
        return found

    @cached_property
    def _blocks(self) -> dict[str, list[Block]]:
        found: dict[str, list[Block]] = {}
        for item in self.items:
            if isinstance(item, Block):
                found.setdefault(item.type, []).append(item)
        return found

    def literal_string(self, name: str) -> str | None:
        """Return an attribute's value where it is a string without interpolation.

        The first attribute is read without the others: most calls of modules are only followed.
        """
        if "items" not in self.__dict__ and _LINE_END.match(self.source.text, self.start, self.end):
            text, end = self.source.text, self.end
            first = _SIMPLE_ITEM.match(text, matched_end(_BLANK, text, self.start, end), end)
            if first is not None and first[3] is not None and first[1] == name.encode():
                return first[3].decode()
        return super().literal_string(name)

    def blocks(self, block_type: str, labels: int = 0) -> Sequence[Block]:
        """Return the blocks of a type, in order; none with another number of labels."""
        return [block for block in self._blocks.get(block_type, ()) if len(block.labels) == labels]

    def unexpected(
        self, block_types: Container[str], arguments: Container[str] = ()
    ) -> Sequence[Problem]:
        """Return a problem for each item that is neither a block of these types nor one of the arguments."""
        problems: list[Problem] = []
        where = "outside of a block" if self.schema is not None else "here"
        for item in self.items:
            if isinstance(item, Attribute):
                if item.name not in arguments:
                    what = f'Unsupported argument: "{item.name}" is not expected {where}'
                    problems.append((what, item.range))
            elif item.type not in block_types:
                what = f'Unsupported block type: blocks of type "{item.type}" are not expected here'
                problems.append((what, item.header))
        return problems

    def parse_all(self) -> None:
        """Parse everything inside that is not certainly valid, so that every problem is reported."""
        is_block = self.schema is None and self.depth < MAX_BLOCK_DEPTH // 2
        if is_block and need_not_be_parsed(self.source.text, self.start, self.end):
            return
        for item in self.items:
            if isinstance(item, Block):
                item.body.parse_all()
            else:
                _ = item.expression


# These have no reference to the body: a released file is freed at once, without the garbage collector.
def _value(  # noqa: PLR0913 - a value and its offsets
    source: SourceFile,
    report: ProblemHandler,
    start: int,
    *,
    last: int,
    stop: int,
    is_one_line: bool,
) -> Node:
    """Parse an argument's value, whose last token ends at `last`, and whose line ends at `stop`."""
    text = source.text
    try:
        node, following = parse_range(text, start, stop, partial(SourceRange, source))
        is_before_brace = text[following.start : following.start + 1] == b"}" and not is_one_line
        is_ended = following.kind == Kind.NEWLINE or (
            following.kind == Kind.END and not is_before_brace
        )
        if not is_ended or following.start < last:
            what = _COMMA if following.kind == b"," else _NO_NEWLINE
            what = _SINGLE if is_one_line else what
            raise HclSyntaxError(what, following.start, following.end)  # noqa: TRY301 - as above
    except HclSyntaxError as error:
        report(error.message, SourceRange(source, error.start, error.end))
        return InvalidExpression(SourceRange(source, start, max(start, last)))
    return node


def _text_literal(source: SourceFile, start: int, end: int) -> Node:
    return Literal(SourceRange(source, start, end), source.text[start + 1 : end - 1].decode())


class _ItemParser:
    """Finds the attributes and blocks of one body."""

    def __init__(self, body: NativeBody) -> None:
        self._body = body
        self._text = body.source.text
        self._end = body.end
        self._schema = body.schema
        self._is_one_line = body.schema is None and not _LINE_END.match(
            self._text, body.start, body.end
        )
        self._items: list[Attribute | Block] = []
        self._has_unclosed_block = False
        """Some block is not closed: from there on, a block ends before the next line that begins one."""

        self._next_header = -1

    def parse(self) -> list[Attribute | Block]:
        """Return the items in order."""
        text, end = self._text, self._end
        position = self._body.start
        while (position := matched_end(_BLANK, text, position, end)) < end:
            found = None if self._is_one_line else _SIMPLE_ITEM.match(text, position, end)
            if found is None:
                position = self._item(position)
            elif found[2] is None:
                labels = found[4].decode().split('"')[1::2]
                position = self._braces(
                    position, found.end(1), labels, header_end=found.end(4), inside=found.end()
                )
            else:
                position = found.end()
                self._items.append(self._simple_attribute(found))
        self._check_names()
        return self._items

    def _simple_attribute(self, found: re.Match[bytes]) -> Attribute:
        value, last = found.span(2)
        if found[3] is None:
            parse = self._parser_of(value, last, last)
        else:
            parse = partial(_text_literal, self._body.source, value, last)
        return Attribute(found[1].decode(), self._range(*found.span()), parse)

    def _parser_of(self, value: int, last: int, stop: int) -> Callable[[], Node]:
        source, report = self._body.source, self._body.report
        return partial(
            _value, source, report, value, last=last, stop=stop, is_one_line=self._is_one_line
        )

    def _report(self, message: str, start: int, end: int | None = None) -> None:
        end = start + 1 if end is None else end
        self._body.report(message, self._range(start, min(end, len(self._text))))

    def _range(self, start: int, end: int) -> SourceRange:
        return SourceRange(self._body.source, start, end)

    def _character(self, position: int) -> bytes:
        return self._text[position : min(position + 1, self._end)]

    def _inline(self, position: int) -> int:
        return matched_end(_INLINE, self._text, position, self._end)

    def _name(self, position: int) -> int:
        """Return where the name ends that begins here; the position itself where there is none."""
        end = matched_end(_NAME, self._text, position, self._end)
        return identifier_end(self._text, position, end)

    def _limit(self, position: int) -> int:
        """Return the latest end of a broken item: before the next line that begins a block."""
        if self._schema is None:
            return self._end
        if self._next_header < position:
            header = self._schema.header_line.search(self._text, position, self._end)
            self._next_header = header.start() if header else self._end
        return self._next_header

    def _item(self, position: int) -> int:
        """Take the attribute or block that begins here, and return the offset after it."""
        name_end = self._name(position)
        if name_end == position:
            return self._reject(position)
        following = self._inline(name_end)
        if _EQUALS.match(self._text, following, self._end):
            return self._attribute(position, name_end, self._inline(following + 1))
        return self._block(position, name_end, following)

    def _reject(self, position: int) -> int:
        """Report what is neither an argument nor a block, and return where to go on."""
        what = _NEEDED
        if self._character(position) == b'"':
            what = "Invalid argument name: argument names must not be quoted"
        elif self._character(position) == b"}":
            what = f"{_NEEDED}: this closing brace has no opening brace"
        elif self._text[position : position + 2] in (b"{%", b"{{", b"{#", b"<%"):
            what = (
                f"{_NEEDED}: a template with placeholders? render it first, then check the result"
            )
        self._report(what, position)
        return self._resume(position)

    def _resume(self, position: int) -> int:
        """Return the offset of the next line, after brackets that are open here."""
        _, stop = skip_value(self._text, position, self._limit(position + 1))
        return max(stop, position + 1)

    def _attribute(self, start: int, name_end: int, value: int) -> int:
        """Take an attribute whose value begins at `value`, and return the offset after its line."""
        is_config = self._schema is not None and bool(self._schema.labels)
        limit = self._limit(value) if is_config else self._end
        last, stop = skip_value(self._text, value, limit)
        last = max(value, last)
        name = self._text[start:name_end].decode(errors="replace")
        if self._is_one_line and (self._items or self._inline(last) < self._end):
            self._report(_SINGLE, last)
        parse = self._parser_of(value, last, stop)
        self._items.append(Attribute(name, self._range(start, last), parse))
        return stop

    def _block(self, start: int, name_end: int, position: int) -> int:
        """Take a block whose type has been read: labels, braces, and the end of its line."""
        labels: list[str] = []
        header_end = name_end
        while self._character(position) != b"{":
            label = self._label(position)
            if label is None:
                brace = self._reject_header(start, name_end, labels, position)
                if brace is None:
                    return self._resume(position)
                position = brace
                break
            text, header_end = label
            labels.append(text)
            position = self._inline(header_end)
        return self._braces(start, name_end, labels, header_end=header_end, inside=position + 1)

    def _braces(
        self, start: int, name_end: int, labels: list[str], *, header_end: int, inside: int
    ) -> int:
        """Take a block whose opening brace has been read, and return the offset after its line.

        The header ends with the last label, before the brace; `inside` is the offset after the brace.
        """
        end, is_closed = self._block_end(inside)
        header = self._range(start, header_end)
        block_type = self._text[start:name_end].decode(errors="replace")
        if self._is_one_line:
            what = "Argument definition required: a one-line block contains a single argument"
            self._report(what, start, name_end)
        if self._body.depth >= MAX_BLOCK_DEPTH:
            self._report(f"Blocks are nested more than {MAX_BLOCK_DEPTH} deep", start, header_end)
        else:
            body = self._body.inner(inside, end - 1 if is_closed else end)
            block = Block(block_type, tuple(labels), self._range(start, end), header, body)
            self._items.append(block)
            if not is_closed and self._schema is not None:
                self._report_unclosed(body)
            if self._schema is not None and block_type in self._schema.labels:
                self._check_labels(block, self._schema.labels[block_type])
        if not is_closed:
            return end
        line_end = _LINE_END.match(self._text, end, self._end)
        is_before_brace = self._schema is None and not self._text.endswith(b"\n", 0, self._end)
        if line_end is not None and not (is_before_brace and line_end.end() == self._end):
            return line_end.end()
        following = self._inline(end)
        self._report(
            "Missing newline after block definition: a block ends with its line", following
        )
        is_separator = self._character(following) in (b";", b",", b"}")
        return following + 1 if is_separator else following

    def _label(self, position: int) -> tuple[str, int] | None:
        """Return a label and where it ends; None where there is none."""
        if self._character(position) != b'"':
            end = self._name(position)
            return None if end == position else (self._text[position:end].decode(), end)
        label = _LABEL.match(self._text, position, self._end)
        if label is None:
            end = skip_string(self._text, position + 1, self._end)
            if end == UNCLOSED:
                return None
            self._report("Invalid string literal: a label cannot contain ${ or %{", position, end)
            return self._text[position + 1 : end - 1].decode(errors="replace"), end
        try:
            check_escapes(self._text, *label.span(1))
            text = decoded(self._text, *label.span(1))
        except HclSyntaxError as error:
            self._report(error.message, error.start, error.end)
            text = label[1].decode(errors="replace")
        return resolved(text, is_quoted=True), label.end()

    def _reject_header(
        self, start: int, name_end: int, labels: list[str], position: int
    ) -> int | None:
        """Report a header without its brace; return the brace's offset where it is on a later line."""
        if labels or self._character(position) == b'"':
            what = "Invalid block definition: a label or an opening brace is expected here"
            self._report(what, position)
        else:
            what = f"{_NEEDED}: an argument takes an equals sign, a block an opening brace"
            self._report(what, start, name_end)
        brace = matched_end(_BLANK, self._text, position, self._end)
        return brace if self._character(brace) == b"{" else None

    def _block_end(self, inside: int) -> tuple[int, bool]:
        """Return the offset after a block's closing brace, and True; where there is none, its limit."""
        end = self._limit(inside) if self._has_unclosed_block else self._end
        stop = skip_block(self._text, inside, end, self._body.source.closings)
        if stop != UNCLOSED:
            return stop, True
        self._has_unclosed_block = True
        return self._limit(inside), False

    def _report_unclosed(self, body: NativeBody) -> None:
        """Report that a block is not closed, unless something inside it is why."""
        problems: list[Problem] = []
        report, body.report = body.report, lambda *problem: problems.append(problem)
        body.parse_all()
        body.report = report
        if not problems:
            what = "Unclosed configuration block: there is no closing brace for this block"
            self._report(what, body.start - 1)
        for message, source_range in problems:
            report(message, source_range)

    def _check_labels(self, block: Block, expected: Sequence[str]) -> None:
        listed = f"{len(expected)} ({', '.join(expected)})" if expected else "none"
        what = f"for {block.type}: the labels of such a block are {listed}"
        if len(block.labels) < len(expected):
            brace = block.body.range.start - 1
            self._report(f"Missing {expected[len(block.labels)]} {what}", brace)
        elif len(block.labels) > len(expected):
            self._report(f"Extraneous label {what}", block.header.start, block.header.end)

    def _check_names(self) -> None:
        """Report arguments that are set twice."""
        names: set[str] = set()
        for item in self._items:
            if isinstance(item, Attribute):
                if item.name in names:
                    start = item.range.start
                    what = f'Attribute redefined: the argument "{item.name}" was set before'
                    self._report(what, start, start + len(item.name.encode()))
                names.add(item.name)
