"""HCL text (.tf, .tofu, .tfvars) → bodies and expressions.

hcl_layout says where arguments and blocks are, tree-sitter what the expressions are made of. An
expression is built when somebody asks for it; the whole file is parsed only to know whether it can be.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from ecbackup_iac.terraform.depth import depth
from ecbackup_iac.terraform.hcl_expressions import Builder, UnreadableError
from ecbackup_iac.terraform.hcl_extent import DEEPEST, Extent, ExtentScanner, Problem
from ecbackup_iac.terraform.hcl_layout import Argument, Layout, Section, entries, layout
from ecbackup_iac.terraform.hcl_outline import Outlined, outline
from ecbackup_iac.terraform.nodes import (
    AttributeNode,
    Block,
    Body,
    Node,
    Place,
    PlainTexts,
    SourceFile,
    Template,
    TemplatePart,
    Text,
    Unreadable,
    WholeBlock,
)

if TYPE_CHECKING:
    from tree_sitter import Node as Branch
    from tree_sitter import Parser

LABELS = {
    "check": ("name",),
    "data": ("type", "name"),
    "ephemeral": ("type", "name"),
    "import": (),
    "locals": (),
    "module": ("name",),
    "moved": (),
    "output": ("name",),
    "provider": ("name",),
    "removed": (),
    "resource": ("type", "name"),
    "terraform": (),
    "variable": ("name",),
}
"""The blocks of a configuration file, and the labels that each has to have."""

Placing: TypeAlias = Callable[[int, int], Place]
"""From where to where in a text → the place in a file."""

_INVALID = "Invalid expression: this is not valid syntax"
_TOO_DEEP = f"The expression is nested more than {DEEPEST} deep"
MOST_TOLD = 20
"""Problems of one block that are told."""

MOST_LINES_TOLD = 100
"""Lines of one file whose problems are told; more are counted."""

LONGEST_REPEATED = 10_000
"""Bytes of a text that is kept in case it comes again: stacks of a tree have files in common."""

_NOT_AS_OUTLINED = "Invalid block definition: this block does not end where it seems to"
_HEAVY = 50  # a value of this weight may be nested too deeply
_PORTION = 1 << 14  # bytes of values that are looked at together
_ASSIGNMENT = b"x="  # what tree-sitter needs before an expression

# What is not closed takes the rest of its line, or of what is looked through: no other try from there.
_COMMENT = re.compile(rb'"(?:[^"\\\n]|\\.)*+"?|((?:\#|//)[^\r\n]*+|/\*(?s:.*?)\*/)|/\*(?s:.*)')
_LABEL = re.compile(rb'"(?:[^"\\]|\\.)*"|[^\s"]+')


def parse_hcl(source: SourceFile) -> tuple[Body, list[tuple[str, Place]]]:
    """Read a file; what stands whole in it is there, whatever is wrong with the rest."""
    found = layout(source.text)
    problems = _encoding_problems(source.text, found) + found.problems
    problems += _entry_problems(source.text, found.root) + _value_problems(source, found)
    problems.sort(key=lambda problem: problem[1])
    told: list[tuple[str, Place]] = []
    line_end, left_out = -1, []
    for message, start, end in problems:  # one a line
        if start <= line_end:
            continue
        line_end = source.text.find(b"\n", start) % (len(source.text) + 1)
        if len(told) < MOST_LINES_TOLD:
            told.append((message, Place(source, start, end)))
        else:
            left_out.append((start, end))
    if left_out:
        count = len(left_out)
        what = "line of this file has" if count == 1 else "lines of this file have"
        told.append((f"{count} more {what} problems", Place(source, *left_out[0])))
    return HclBody(source, found.masked, found.root), told


def outlined_hcl(source: SourceFile, tell: Callable[[str, Place], object]) -> Body | None:
    """Read a configuration file block by block, as each is asked for; None for one that is not plain.

    What is wrong in a block is told when it is read; in blocks that nobody asks for, nothing is.
    """
    is_short = len(source.text) <= LONGEST_REPEATED
    blocks = (_remembered_outline if is_short else outline)(source.text)
    return None if blocks is None else _OutlinedFile(source, blocks, tell)


_remembered_outline = lru_cache(maxsize=200)(outline)


def parse_expression(
    source: SourceFile, place: Placing | None = None
) -> tuple[Node, list[tuple[str, Place]]]:
    """Read a bare expression; `place` maps its offsets where they are not the file's own."""
    bare = _Bare(source, place, Extent.LOOSE, (b"x=(", b"\n)"))
    branch = bare.branch()
    if branch is not None:
        try:
            with bare.bounded():
                node = bare.builder.value(branch)
        except UnreadableError:
            bare.refuse()
        else:
            if not bare.is_too_deep(node):
                return node, []
            bare.refuse()
    return Unreadable(bare.whole), bare.told


def parse_template(
    source: SourceFile, place: Placing | None = None
) -> tuple[tuple[TemplatePart, ...], list[tuple[str, Place]]]:
    """Read a bare template: text with `${...}` and `%{...}` and no quotes around it."""
    bare = _Bare(source, place, Extent.BARE, (b"x=<<_\n", b"\n_\n"))
    branch = bare.branch()
    if branch is not None:
        try:
            heredoc = _descend(branch, "heredoc_template")
            with bare.bounded():
                parts = bare.builder.template(heredoc, bare.shift, bare.shift + len(source.text))
        except UnreadableError:
            bare.refuse()
        else:
            if not bare.is_too_deep(Template(bare.whole, parts)):
                return parts, []
            bare.refuse()
    text = source.text.decode(errors="replace")
    return ((Text(bare.whole, text),) if text else ()), bare.told


class _Bare:
    """An expression or template that stands alone, wrapped up so that tree-sitter takes it."""

    def __init__(
        self,
        source: SourceFile,
        place: Placing | None,
        extent: Extent,
        wrapping: tuple[bytes, bytes],
    ) -> None:
        self._place = place or (lambda start, end: Place(source, start, end))
        self._size = len(source.text)
        self._before, self._behind = wrapping
        self._scanner = ExtentScanner(source.text)
        self._scanner.end_of(0, extent)
        self._problems = _encoding_problems(source.text) or self._scanner.problems
        self.shift = len(self._before)
        self.whole = self._place(0, self._size)
        self.builder = Builder(self._before + source.text, self._shifted)

    def _shifted(self, start: int, end: int) -> Place:
        first, last = (min(max(offset - self.shift, 0), self._size) for offset in (start, end))
        return self._place(first, last)

    @property
    def told(self) -> list[tuple[str, Place]]:
        """What is wrong with it."""
        return [(message, self._place(start, end)) for message, start, end in self._problems]

    def branch(self) -> "Branch | None":
        """Give tree-sitter's branch for it; None where it is not valid."""
        if self._problems:
            return None
        root = _tree(self._before + self._scanner.masked() + self._behind)
        if root.has_error:
            self._problems = [_first_error(root, -self.shift, self._size)]
            return None
        return _descend(root, "expression")

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Build what may be nested too deeply.

        Raises:
            UnreadableError: it is.
            RecursionError: it is not: what leads to it is.

        """
        try:
            yield
        except RecursionError as error:
            if self._scanner.heaviest > _HEAVY:
                raise UnreadableError from error
            raise

    def is_too_deep(self, node: Node) -> bool:
        """Say whether it is nested too deeply."""
        return self._scanner.heaviest > _HEAVY and depth(node) > DEEPEST

    def refuse(self) -> None:
        """Tell that it is not valid after all: tree-sitter saw nothing wrong with it."""
        is_heavy = self._scanner.heaviest > _HEAVY
        self._problems = [(_TOO_DEEP if is_heavy else _INVALID, 0, self._size)]


def comments(source: SourceFile) -> Iterator[tuple[str, Place]]:
    """Give a file's comments, in order."""
    found = layout(source.text)
    for start, end in comment_spans(source.text, found):
        raw = source.text[start:end].rstrip(b"\r")
        yield raw.decode(errors="replace"), Place(source, start, start + len(raw))


class HclBody(PlainTexts):
    """A block's body or a whole file; each attribute and block is made when it is asked for."""

    def __init__(self, source: SourceFile, masked: bytes, section: Section, shift: int = 0) -> None:
        """`shift` is where in the file the text begins that was laid out."""
        end = max(section.inside, section.end - bool(section.kind))
        self.place = Place(source, section.inside + shift, end + shift)
        self._source = source
        self._masked = masked
        self._section = section
        self._shift = shift

    @cached_property
    def _attributes(self) -> dict[str, AttributeNode]:
        found: dict[str, AttributeNode] = {}
        for entry in self._section.entries:
            if isinstance(entry, Argument) and entry.name not in found:
                found[entry.name] = self._attribute(entry)
        return found

    def _attribute(self, argument: Argument) -> AttributeNode:
        shift = self._shift
        place = Place(self._source, argument.start + shift, argument.end + shift)
        return AttributeNode(
            argument.name, place, lambda: _value(self._source, self._masked, argument, shift)
        )

    @cached_property
    def _blocks(self) -> dict[str, list[Block]]:
        found: dict[str, list[Block]] = {}
        for entry in self._section.entries:
            if isinstance(entry, Section):
                start = entry.start + self._shift
                place = Place(self._source, start, entry.end + self._shift)
                header = Place(self._source, start, entry.header_end + self._shift)
                body = HclBody(self._source, self._masked, entry, self._shift)
                block = WholeBlock(entry.kind, entry.labels, place, header, body)
                found.setdefault(entry.kind, []).append(block)
        return found

    def attribute(self, name: str) -> AttributeNode | None:
        """Give the attribute of that name; the first, where there are several."""
        return self._attributes.get(name)

    def attributes(self) -> Sequence[AttributeNode]:
        """Give every attribute, in order."""
        return list(self._attributes.values())

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:
        """Give the blocks of a type, in order; those with another number of labels are none."""
        return [block for block in self._blocks.get(kind, ()) if len(block.labels) == labels]


class _OutlinedFile(PlainTexts):
    """A whole file of which only the blocks' headers are known."""

    def __init__(
        self,
        source: SourceFile,
        blocks: Sequence[Outlined],
        tell: Callable[[str, Place], object],
    ) -> None:
        self.place = Place(source, 0, len(source.text))
        self._blocks: dict[str, list[_OutlinedBlock]] = {}
        for one in blocks:
            self._blocks.setdefault(one.kind, []).append(_OutlinedBlock(source, one, tell))

    def attribute(self, name: str) -> AttributeNode | None:
        """Give nothing: there are no attributes outside of blocks."""

    def attributes(self) -> Sequence[AttributeNode]:
        """Give nothing: there are no attributes outside of blocks."""
        return ()

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:
        """Give the blocks of a type, in order; those with another number of labels are none."""
        return [block for block in self._blocks.get(kind, ()) if len(block.labels) == labels]


class _OutlinedBlock:
    """A block of which the header is known; there are many, and few are asked for more."""

    def __init__(
        self, source: SourceFile, outlined: Outlined, tell: Callable[[str, Place], object]
    ) -> None:
        self.kind = outlined.kind
        self.labels = outlined.labels
        self._source = source
        self._outlined = outlined
        self._tell = tell

    @property
    def place(self) -> Place:
        """Where the whole block stands."""
        return Place(self._source, self._outlined.start, self._outlined.end)

    @cached_property
    def header(self) -> Place:
        """Where its type and labels stand."""
        return Place(self._source, self._outlined.start, self._outlined.header_end)

    @cached_property
    def body(self) -> Body:
        """What stands between its braces."""
        return _OutlinedBody(self._source, self._outlined, self._tell)


class _OutlinedBody(PlainTexts):
    """A block's body, which is read when somebody first asks for something in it."""

    def __init__(
        self, source: SourceFile, block: Outlined, tell: Callable[[str, Place], object]
    ) -> None:
        self.place = Place(source, block.inside, block.end - 1)
        self._source = source
        self._block = block
        self._tell = tell

    def plain_text(self, name: str) -> str | None:
        """Give an attribute's value where it is a string without interpolation.

        What stands on a line of its own, where the name is nowhere else in the block, is found without
        reading it.
        """
        if "_read" not in self.__dict__:
            start, end = self._block.inside, self._block.end
            text_of_file = self._source.text
            found = _plain_texts(name).findall(text_of_file, start, end)
            # What has the name elsewhere, too, may be written in another way: the block is read.
            if len(found) == 1 and text_of_file.count(name.encode(), start, end) == 1:
                text: str = found[0].decode()
                return text if text.isascii() else super().plain_text(name)
        return super().plain_text(name)

    @cached_property
    def _read(self) -> HclBody:
        start, end = self._block.start, self._block.end
        found, problems = _laid_out(self._source.text[start:end])
        for message, first, last in problems:
            self._tell(message, Place(self._source, start + first, start + last))
        section = found.root.entries[0] if found.root.entries else None
        if not isinstance(section, Section):
            section = Section(self._block.kind, (), 0, 0, 0, 0)
        return HclBody(self._source, found.masked, section, start)

    def attribute(self, name: str) -> AttributeNode | None:
        """Give the attribute of that name; the first, where there are several."""
        return self._read.attribute(name)

    def attributes(self) -> Sequence[AttributeNode]:
        """Give every attribute, in order."""
        return self._read.attributes()

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:
        """Give the blocks of a type, in order; those with another number of labels are none."""
        return self._read.blocks(kind, labels)


def _laid_out(text: bytes) -> tuple[Layout, Sequence[Problem]]:
    """Give a block's layout, and what is to be told of it; what many files repeat is read once."""
    return _remembered_layout(text) if len(text) <= LONGEST_REPEATED else _checked_layout(text)


def _checked_layout(text: bytes) -> tuple[Layout, Sequence[Problem]]:
    found = layout(text)
    section = found.root.entries[0] if found.root.entries else None
    problems = found.problems + _entry_problems(text, found.root)
    problems += _value_problems(SourceFile("", text), found)
    if not problems and (section is None or section.end != len(text)):
        problems.append((_NOT_AS_OUTLINED, 0, 1))
    return found, sorted(problems, key=lambda problem: problem[1])[:MOST_TOLD]


_remembered_layout = lru_cache(maxsize=500)(_checked_layout)


@cache
def _plain_texts(name: str) -> re.Pattern[bytes]:
    return re.compile(
        rb"\n[ \t]*" + name.encode() + rb'[ \t]*=[ \t]*"([^"\\$%\r\n]*)"(?=[ \t]*\r?\n)'
    )


@cache
def _parser() -> "Parser":
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


def _tree(text: bytes) -> "Branch":
    return _parser().parse(text).root_node


def _descend(branch: "Branch", kind: str) -> "Branch":
    """Go down to the value of the one argument in a text."""
    while branch.type != kind:
        below = branch.named_children
        if not below:
            raise UnreadableError
        branch = below[-1]
    return branch


def _snippet(masked: bytes, argument: Argument) -> bytes:
    return _ASSIGNMENT + masked[argument.value : argument.end] + b"\n"


def _value(source: SourceFile, masked: bytes, argument: Argument, shift: int = 0) -> Node:
    """Build a value; `shift` is where in the file the text begins that was laid out."""
    start, end = argument.value + shift, argument.end + shift
    root = None if argument.is_broken else _tree(_snippet(masked, argument))
    if root is None or root.has_error:
        return Unreadable(Place(source, start, end))
    before = start - len(_ASSIGNMENT)
    text = _ASSIGNMENT + source.text[start:end]
    builder = Builder(text, lambda first, last: Place(source, first + before, last + before))
    try:
        return builder.value(_descend(root, "expression"))
    except UnreadableError:
        return Unreadable(Place(source, start, end))


def _value_problems(source: SourceFile, found: Layout) -> list[Problem]:
    """Let tree-sitter look at many values at once, and where it stumbles at each apart.

    It sees nothing but whole values, and not too much at once: what is broken takes it very long, and
    much memory.
    """
    problems = []
    for arguments in _portions(found.root):
        text = b"".join(_snippet(found.masked, argument) for argument in arguments)
        is_suspicious = _tree(text).has_error
        for argument in arguments:
            if is_suspicious or argument.weight > _HEAVY:
                problem = _value_problem(source, found.masked, argument)
                if problem is not None:
                    argument.is_broken = True
                    problems.append(problem)
    return problems


def _portions(root: Section) -> Iterator[list[Argument]]:
    """Yield the arguments that are not broken yet, some at a time."""
    portion: list[Argument] = []
    size = 0
    for entry in entries(root):
        if isinstance(entry, Argument) and not entry.is_broken:
            portion.append(entry)
            size += entry.end - entry.value
            if size > _PORTION:
                yield portion
                portion, size = [], 0
    if portion:
        yield portion


def _value_problem(source: SourceFile, masked: bytes, argument: Argument) -> Problem | None:
    root = _tree(_snippet(masked, argument))
    if root.has_error:
        return _first_error(root, argument.value - len(_ASSIGNMENT), argument.end)
    if argument.weight > _HEAVY:
        node = _value(source, masked, argument)
        if isinstance(node, Unreadable) or depth(node) > DEEPEST:
            return _TOO_DEEP, argument.value, argument.end
    return None


def _first_error(root: "Branch", shift: int, end: int) -> Problem:
    """Give the first place that tree-sitter could not read."""
    stack, found = [root], root
    while stack:
        found = stack.pop()
        below = [child for child in found.children if child.has_error or child.is_missing]
        if not below and (found.is_error or found.is_missing):
            break
        stack.extend(reversed(below))
    start = min(max(found.start_byte + shift, 0), end)
    return _INVALID, start, min(max(found.end_byte + shift, start), end)


def _entry_problems(text: bytes, root: Section) -> list[Problem]:
    """Find arguments that are set twice, and blocks with too few or too many labels."""
    problems: list[Problem] = []
    for entry in root.entries:
        if isinstance(entry, Section) and entry.kind in LABELS:
            problems += _label_problems(text, entry)
    for section in (root, *(entry for entry in entries(root) if isinstance(entry, Section))):
        names: set[str] = set()
        for entry in section.entries:
            if isinstance(entry, Argument):
                if entry.name in names:
                    what = f'Attribute redefined: the argument "{entry.name}" was set before'
                    problems.append((what, entry.start, entry.start + len(entry.name.encode())))
                names.add(entry.name)
    return problems


def _label_problems(text: bytes, section: Section) -> list[Problem]:
    kind, expected, count = section.kind, LABELS[section.kind], len(section.labels)
    if count == len(expected):
        return []
    listed = f"{len(expected)} ({', '.join(expected)})" if expected else "none"
    if count < len(expected):
        what = f"Missing {expected[count]} for {kind}: the labels of such a block are {listed}"
        return [(what, section.inside - 1, section.inside)]
    found = list(_LABEL.finditer(text, section.start, section.header_end))
    start, end = found[min(len(expected) + 1, len(found) - 1)].span()
    return [(f"Extraneous label for {kind}: the labels of such a block are {listed}", start, end)]


def _encoding_problems(text: bytes, found: Layout | None = None) -> list[Problem]:
    """Find bytes that are no UTF-8; comments may hold any."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        if found is not None:
            bare = bytearray(text)
            for start, end in comment_spans(text, found):
                bare[start:end] = b" " * (end - start)
            return _encoding_problems(bytes(bare))
        return [("Invalid character encoding: the text is not valid UTF-8", error.start, error.end)]
    return []


def comment_spans(text: bytes, found: Layout) -> list[tuple[int, int]]:
    """Find the comments between the values, and put those inside them along."""
    spans = list(found.value_comments)
    values = [
        (entry.value, entry.end) for entry in entries(found.root) if isinstance(entry, Argument)
    ]
    position = 0
    for start, end in (*values, (len(text), len(text))):
        matches = _COMMENT.finditer(text, position, max(position, start))
        spans += [match.span(1) for match in matches if match[1] is not None]
        position = max(position, end)
    return sorted(set(spans))
