"""HCL text → where its blocks, arguments and values begin and end, and what is wrong with that.

The expressions in the values are left alone: tree-sitter reads them. Nothing here recurses.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.hcl_extent import HEADER, NAME, ExtentScanner, Problem

DEEPEST_BODY = 100
"""Blocks inside blocks."""


@changing_record
class Argument:
    """`name = value`, as offsets."""

    name: str
    start: int
    value: int
    end: int
    is_broken: bool = False
    """Its value is not valid."""

    weight: int = 0
    """Brackets inside each other in the value, each with the operators before it."""


@changing_record
class Section:
    """`kind "label" { entries }`, as offsets; a file is one without kind and labels."""

    kind: str
    labels: tuple[str, ...]
    start: int
    header_end: int
    inside: int
    """Behind the opening brace."""

    end: int
    entries: "list[Entry]" = field(factory=list)


Entry: TypeAlias = Argument | Section


@changing_record
class Layout:
    """What a file is made of."""

    root: Section
    problems: list[Problem]
    masked: bytes
    """The text for tree-sitter, as long as it was."""

    value_comments: list[tuple[int, int]]
    """The comments inside values."""


_BLANK = re.compile(rb"(?:[ \t\n]++|\r\n|(?:\#|//)[^\n]*+|/\*(?s:.*?)\*/)*+")
_INLINE = re.compile(rb"(?:[ \t]++|/\*(?s:.*?)\*/)*+")
_NAME = re.compile(NAME)
_LABEL = re.compile(rb'"((?:[^"\\$%\r\n]++|\\[^\r\n]|[$%](?!\{))*+)"')
_LINE_END = re.compile(rb"(?:[ \t]++|/\*(?s:.*?)\*/)*+(?:(?:\#|//)[^\n]*+)?(?:\r?\n|\Z)")
# Most arguments are one of these, with nothing behind them; the rest takes its time.
_SIMPLE_ARGUMENT = re.compile(
    rb"(" + NAME + rb")[ \t]*+=(?![=>])[ \t]*+(\d++(?![\w.\x80-\xff-])"
    rb'|"[^"\\$%\r\n]*+"'
    rb"|" + NAME + rb"(?:\." + NAME + rb"){0,20}+(?![\w.:(\x80-\xff-]))"
    rb"(?=[ \t]*+(?:(?:\#|//)[^\n]*+)?(?:\r?\n|\Z))"
)

_NEEDED = "Argument or block definition required"
_NO_NEWLINE = "Missing newline after argument: an argument ends with its line"
_ONE_ARGUMENT = "Invalid single-argument block definition: a one-line block holds a single argument"


def layout(text: bytes) -> Layout:
    """Find a file's blocks and arguments."""
    reader = _Reader(text)
    root = reader.file()
    scanner = reader.scanner
    if scanner.is_unbalanced:  # once more: what looks like the next block ends whatever is open
        problems = scanner.problems
        reader = _Reader(text, is_careful=True)
        root = reader.file()
        scanner = reader.scanner
        scanner.problems = scanner.problems or problems
    return Layout(root, scanner.problems, scanner.masked(), scanner.comments)


def entries(root: Section) -> Iterator[Entry]:
    """Give everything in a section, however deep."""
    stack = list(reversed(root.entries))
    while stack:
        entry = stack.pop()
        yield entry
        if isinstance(entry, Section):
            stack.extend(reversed(entry.entries))


class _Reader:
    def __init__(self, text: bytes, *, is_careful: bool = False) -> None:
        self._written = text
        self._is_careful = is_careful
        self._root = Section("", (), 0, 0, 0, len(text))
        self._stack = [self._root]
        self._break = (0, -1)
        """From where a line break was looked for, and where the next one is."""

        self._furthest, self._seen = -1, 0
        """Where the last of the problems seen so far begins, and how many they are."""

        self._forgiven: Section | None = None
        """A one-line block of several arguments: said once is enough."""

        self.scanner = ExtentScanner(text, is_careful=is_careful)
        self._text = self.scanner.text

    def file(self) -> Section:
        text, position = self._text, 0
        skip, simple = _BLANK.match, _SIMPLE_ARGUMENT.match
        while self._is_careful or not self.scanner.is_unbalanced:  # then all is read once more
            position = skip(text, position).end()  # type: ignore[union-attr]
            match = simple(text, position)
            if match is not None:
                name = match[1].decode(errors="replace")
                argument = Argument(name, position, match.start(2), match.end())
                self._stack[-1].entries.append(argument)
                position = match.end()
            elif position >= len(text):
                break
            elif text[position : position + 1] == b"}":
                position = self._close(position)
            elif self._is_careful and self._is_header(position):
                self._abandon(position)
                position = self._entry(position)
            else:
                position = self._entry(position)
        self._abandon(len(text))
        return self._root

    def _report(self, message: str, start: int, end: int | None = None) -> None:
        end = start + 1 if end is None else end
        self.scanner.problems.append((message, start, min(end, len(self._text))))

    def _furthest_problem(self) -> int:
        problems = self.scanner.problems
        for _, start, _ in problems[self._seen :]:
            self._furthest = max(self._furthest, start)
        self._seen = len(problems)
        return self._furthest

    def _inline(self, position: int) -> int:
        return _INLINE.match(self._text, position).end()  # type: ignore[union-attr]

    def _next_break(self, position: int) -> int:
        start, end = self._break
        if not start <= position <= end:  # a line of a megabyte is looked through once
            end = self._text.find(b"\n", position)
            self._break = position, len(self._text) if end < 0 else end
        return self._break[1]

    def _at(self, position: int) -> bytes:
        return self._text[position : position + 1]

    def _is_header(self, position: int) -> bool:
        is_line_start = position == 0 or self._at(position - 1) == b"\n"
        return is_line_start and bool(HEADER.match(self._text, position))

    def _abandon(self, position: int) -> None:
        """End the blocks that are still open."""
        if len(self._stack) == 1:
            return
        inside = self._stack[-1].inside
        if self._furthest_problem() < inside:
            what = "Unclosed configuration block: there is no closing brace for this block"
            self._report(what, inside - 1)
        self.scanner.is_unbalanced = True
        for section in self._stack[1:]:
            section.end = position
        del self._stack[1:]

    def _close(self, position: int) -> int:
        """Take a closing brace, and go on behind it, where a newline has to be."""
        if len(self._stack) == 1:
            self.scanner.is_unbalanced = True
            self._report(f"{_NEEDED}: this brace closes nothing", position)
            return position + 1
        self._stack.pop().end = position + 1
        end = _LINE_END.match(self._text, position + 1)
        if end is not None:
            return end.end()
        start = self._inline(position + 1)
        if self._at(start) == b"}":
            return start
        self._report("Missing newline after block definition: a block ends with its line", start)
        return start + (self._at(start) in (b";", b","))

    def _entry(self, position: int) -> int:
        """Read an argument or the head of a block, and give where to go on."""
        match = _NAME.match(self._text, position)
        if match is None:
            self._report_no_name(position)
            return self._resume(position)
        end = self._inline(match.end())
        if self._is_assignment(end):
            argument = self._argument(match, end + 1)
            self._stack[-1].entries.append(argument)
            return self._after_argument(argument)
        return self._block(match, end)

    def _report_no_name(self, position: int) -> None:
        last = self._stack[-1].entries[-1:]
        if last and isinstance(last[0], Argument) and last[0].is_broken:
            return  # the rest of what was reported
        is_quoted = self._at(position) == b'"'
        what = "Invalid argument name: argument names must not be quoted"
        self._report(what if is_quoted else _NEEDED, position)

    def _is_assignment(self, position: int) -> bool:
        return self._at(position) == b"=" and self._at(position + 1) not in (b"=", b">")

    def _argument(self, name: re.Match[bytes], position: int) -> Argument:
        value, before = self._inline(position), len(self.scanner.problems)
        end = self.scanner.end_of(value)
        is_broken = len(self.scanner.problems) > before
        text = name[0].decode(errors="replace")
        weight = self.scanner.heaviest
        return Argument(text, name.start(), value, max(value, end), is_broken, weight)

    def _after_argument(self, argument: Argument) -> int:
        """Go on behind a value, where a newline has to be."""
        line_end = _LINE_END.match(self._text, argument.end)
        if line_end is not None:
            return line_end.end()
        start = self._inline(argument.end)
        here = self._stack[-1]
        is_one_line = here is not self._root and self._next_break(here.inside) >= start
        if not argument.is_broken and not is_one_line and here is not self._forgiven:
            is_comma = self._at(start) == b","
            what = "Unexpected comma after argument: arguments are separated by newlines"
            self._report(what if is_comma else _NO_NEWLINE, start)
        if self._at(start) in (b";", b","):
            return start + 1
        return (
            start
            if self._at(start) == b"}" or _NAME.match(self._text, start)
            else self._resume(start)
        )

    def _block(self, name: re.Match[bytes], end: int) -> int:
        """Read a block's labels and opening brace."""
        labels: list[str] = []
        header_end = name.end()
        while self._at(end) != b"{":
            label = _LABEL.match(self._text, end)
            word = _NAME.match(self._text, end) if label is None else None
            if label is None and word is None:
                self._report_no_block(name, labels, end)
                brace = _BLANK.match(self._text, end).end()  # type: ignore[union-attr]
                if self._at(brace) != b"{":
                    return self._resume(end)
                end = brace  # on a line of its own
                break
            labels.append(
                _label_text(self._written[slice(*label.span(1))])
                if label
                else word[0].decode(errors="replace")
                if word
                else ""
            )
            header_end = (label or word or name).end()
            end = self._inline(header_end)
        kind = name[0].decode(errors="replace")
        section = Section(kind, tuple(labels), name.start(), header_end, end + 1, end + 1)
        if len(self._stack) <= DEEPEST_BODY:
            self._stack[-1].entries.append(section)
        elif len(self._stack) == DEEPEST_BODY + 1:
            self._report(
                f"Blocks are nested more than {DEEPEST_BODY} deep", name.start(), header_end
            )
        self._stack.append(section)
        return self._inside(section)

    def _report_no_block(self, name: re.Match[bytes], labels: list[str], end: int) -> None:
        if labels or self._at(end) == b'"':
            self._report(
                "Invalid block definition: a label or an opening brace is expected here", end
            )
            return
        what = f"{_NEEDED}: an argument takes an equals sign, a block an opening brace"
        self._report(what, name.start(), name.end())

    def _inside(self, section: Section) -> int:
        """Go on behind an opening brace: a line's end, the closing brace, or a single argument."""
        end = _LINE_END.match(self._text, section.inside)
        if end is not None:
            return end.end()
        start = self._inline(section.inside)
        match = _NAME.match(self._text, start)
        if match is None:
            return start  # the closing brace, or what the next entry complains of
        equals = self._inline(match.end())
        if not self._is_assignment(equals):
            what = "Argument definition required: a one-line block holds a single argument"
            self._report(what, start, match.end())
            self._forgiven = section
            return start
        argument = self._argument(match, equals + 1)
        section.entries.append(argument)
        after = self._inline(argument.end)
        if self._at(after) == b"}":
            return after
        self._forgiven = section
        if not argument.is_broken:
            self._report(_ONE_ARGUMENT, after)
        return after + (self._at(after) in (b";", b","))

    def _resume(self, position: int) -> int:
        """Find the next line, or the closing brace, behind what cannot be read; brackets are passed."""
        end = self.scanner.end_of(position, tells=False)
        if end > position:
            return end
        return position if self._at(position) in (b"}", b"\n", b"\r") else position + 1


def _label_text(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    if "\\" not in text:
        return text
    from ecbackup_iac.terraform.hcl_templates import unescaped  # most labels do without

    return unescaped(text)
