"""HCL text (.tf, .tofu, .tfvars) → bodies and expressions.

hcl_layout says where arguments and blocks are, tree-sitter what the expressions are made of. An
expression is parsed when somebody asks for it; the whole file only to know whether it can be.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING

from ecbackup_iac.terraform.hcl_expressions import Builder, UnreadableError
from ecbackup_iac.terraform.hcl_extent import Extent, ExtentScanner, Problem
from ecbackup_iac.terraform.hcl_layout import Argument, Entry, Layout, Section, entries, layout
from ecbackup_iac.terraform.nodes import (
    AttributeNode,
    Block,
    Body,
    Node,
    Place,
    SourceFile,
    TemplatePart,
    Text,
    Unreadable,
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

Placing = Callable[[int, int], Place]
"""From where to where in a text → the place in a file."""


def parse_hcl(source: SourceFile) -> tuple[Body, list[tuple[str, Place]]]:
    """Read a file; what stands whole in it is there, whatever is wrong with the rest."""
    found = layout(source.text)
    problems = _encoding_problems(source.text, found) + found.problems
    problems += _entry_problems(source.text, found.root) + _value_problems(found)
    problems.sort(key=lambda problem: problem[1])
    told: dict[int, tuple[str, Place]] = {}  # one a line
    for message, start, end in problems:
        line = source.text.count(b"\n", 0, start)
        told.setdefault(line, (message, Place(source, start, end)))
    return HclBody(source, found.masked, found.root), list(told.values())


def parse_expression(
    source: SourceFile, place: Placing | None = None
) -> tuple[Node, list[tuple[str, Place]]]:
    """Read a bare expression; `place` maps its offsets where they are not the file's own."""
    bare = _Bare(source, place, Extent.LOOSE, b"x=(", b"\n)")
    branch = bare.branch()
    if branch is not None:
        try:
            return bare.builder.expression(branch), []
        except (UnreadableError, RecursionError):
            bare.refuse()
    return Unreadable(bare.whole), bare.told


def parse_template(
    source: SourceFile, place: Placing | None = None
) -> tuple[tuple[TemplatePart, ...], list[tuple[str, Place]]]:
    """Read a bare template: text with `${...}` and `%{...}` and no quotes around it."""
    bare = _Bare(source, place, Extent.BARE, b"x=<<_\n", b"\n_\n")
    branch = bare.branch()
    if branch is not None:
        start = bare.shift
        try:
            heredoc = _descend(branch, "heredoc_template")
            return bare.builder.template(heredoc, start, start + len(source.text)), []
        except (UnreadableError, RecursionError):
            bare.refuse()
    text = source.text.decode(errors="replace")
    return ((Text(bare.whole, text),) if text else ()), bare.told


class _Bare:
    """An expression or template that stands alone, wrapped up so that tree-sitter takes it."""

    def __init__(
        self, source: SourceFile, place: Placing | None, extent: Extent, before: bytes, behind: bytes
    ) -> None:
        self._place = place or (lambda start, end: Place(source, start, end))
        self._size = len(source.text)
        self._before, self._behind = before, behind
        self._scanner = ExtentScanner(source.text)
        self._scanner.end_of(0, extent)
        self._problems = _encoding_problems(source.text) + self._scanner.problems
        self.shift = len(before)
        self.whole = self._place(0, self._size)
        self.builder = Builder(before + source.text, self._shifted)

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

    def refuse(self) -> None:
        """Tell that it is not valid after all."""
        self._problems = [("Invalid expression: this is not valid syntax", 0, self._size)]


_COMMENT = re.compile(rb'"(?:[^"\\\n]|\\.)*"|((?:\#|//)[^\r\n]*+|/\*(?s:.*?)\*/)')


def comments(source: SourceFile) -> Iterator[tuple[str, Place]]:
    """Give a file's comments, in order."""
    found = layout(source.text)
    for start, end in _comment_spans(source.text, found):
        text = source.text[start:end].decode(errors="replace").rstrip("\r")
        yield text, Place(source, start, start + len(text.encode()))


def _comment_spans(text: bytes, found: Layout) -> list[tuple[int, int]]:
    spans = list(found.value_comments)
    position = 0
    for start, end in [*_value_spans(found.root), (len(text), len(text))]:
        matches = _COMMENT.finditer(text, position, max(position, start))
        spans += [match.span(1) for match in matches if match[1] is not None]
        position = max(position, end)
    return sorted(set(spans))


def _value_spans(root: Section) -> Iterator[tuple[int, int]]:
    for entry in entries(root):
        if isinstance(entry, Argument):
            yield entry.value, entry.end


class HclBody:
    """A block's body or a whole file; each attribute and block is made when it is asked for."""

    def __init__(self, source: SourceFile, masked: bytes, section: Section) -> None:
        self.place = Place(source, section.inside, max(section.inside, section.end - bool(section.kind)))
        self._source = source
        self._masked = masked
        self._section = section

    @cached_property
    def _attributes(self) -> dict[str, AttributeNode]:
        found: dict[str, AttributeNode] = {}
        for entry in self._section.entries:
            if isinstance(entry, Argument) and entry.name not in found:
                found[entry.name] = self._attribute(entry)
        return found

    def _attribute(self, argument: Argument) -> AttributeNode:
        place = Place(self._source, argument.start, argument.end)

        def build() -> Node:
            return _value(self._source, self._masked, argument)

        return AttributeNode(argument.name, place, build)

    @cached_property
    def _blocks(self) -> dict[str, list[Block]]:
        found: dict[str, list[Block]] = {}
        for entry in self._section.entries:
            if isinstance(entry, Section):
                place = Place(self._source, entry.start, entry.end)
                header = Place(self._source, entry.start, entry.header_end)
                body = HclBody(self._source, self._masked, entry)
                block = Block(entry.kind, entry.labels, place, header, body)
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


@cache
def _parser() -> "Parser":
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


def _tree(text: bytes) -> "Branch":
    return _parser().parse(text).root_node


def _descend(branch: "Branch", kind: str) -> "Branch":
    while branch.type != kind:
        if not branch.child_count:
            raise UnreadableError
        branch = branch.children[-1]
    return branch


def _snippet(masked: bytes, argument: Argument) -> bytes:
    return b"x=" + masked[argument.value : argument.end] + b"\n"


def _value(source: SourceFile, masked: bytes, argument: Argument) -> Node:
    place = Place(source, argument.value, argument.end)
    if argument.is_broken:
        return Unreadable(place)
    shift = argument.value - 2
    root = _tree(_snippet(masked, argument))
    if root.has_error:
        return Unreadable(place)
    text = b"x=" + source.text[argument.value : argument.end] + b"\n"
    builder = Builder(text, lambda start, end: Place(source, start + shift, end + shift))
    try:
        return builder.expression(_descend(root, "expression"))
    except (UnreadableError, RecursionError):
        return Unreadable(place)


def _value_problems(found: Layout) -> list[Problem]:
    """Let tree-sitter look at the whole file, and where it stumbles at each value apart."""
    whole = bytearray(found.masked)
    arguments = [entry for entry in entries(found.root) if isinstance(entry, Argument)]
    for argument in arguments:
        if argument.is_broken:
            size = argument.end - argument.value
            whole[argument.value : argument.end] = b"0".ljust(size)[:size]
    if not _tree(bytes(whole)).has_error:
        return []
    problems = []
    for argument in arguments:
        root = None if argument.is_broken else _tree(_snippet(found.masked, argument))
        if root is not None and root.has_error:
            argument.is_broken = True
            problems.append(_first_error(root, argument.value - 2, argument.end))
    return problems


def _first_error(root: "Branch", shift: int, end: int) -> Problem:
    """Give the first place that tree-sitter could not read."""
    stack = [root]
    while stack:
        branch = stack.pop()
        if branch.is_missing or (branch.is_error and not branch.child_count):
            break
        bad = [child for child in branch.children if child.has_error or child.is_missing]
        if not bad and branch.is_error:
            break
        stack.extend(reversed(bad))
    else:
        branch = root
    start = min(max(branch.start_byte + shift, 0), end)
    return "Invalid expression: this is not valid syntax", start, min(max(branch.end_byte + shift, start), end)


def _entry_problems(text: bytes, root: Section) -> list[Problem]:
    """Find arguments that are set twice, and blocks with too few or too many labels."""
    problems: list[Problem] = []
    sections = [root, *(entry for entry in entries(root) if isinstance(entry, Section))]
    for section in sections:
        names: set[str] = set()
        for entry in section.entries:
            if isinstance(entry, Section):
                if section is root and entry.kind in LABELS:
                    problems += _label_problems(text, entry)
            elif entry.name in names:
                what = f'Attribute redefined: the argument "{entry.name}" was set before'
                problems.append((what, entry.start, entry.start + len(entry.name.encode())))
            else:
                names.add(entry.name)
    return problems


_LABEL = re.compile(rb'"(?:[^"\\]|\\.)*"|[^\s"]+')


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
            for start, end in _comment_spans(text, found):
                bare[start:end] = b" " * (end - start)
            return _encoding_problems(bytes(bare))
        return [("Invalid character encoding: the text is not valid UTF-8", error.start, error.end)]
    return []
