"""A folder of configuration → what its blocks refer to, and where; a tree → who calls whom."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ecbackup_iac.files.paths import boundary_of
from ecbackup_iac.fixers.edits import NotFixableError
from ecbackup_iac.hcl.comments import comments
from ecbackup_iac.hcl.expression import (
    Call,
    Conditional,
    For,
    GetAttribute,
    Index,
    Interpolation,
    Literal,
    Name,
    Node,
    ObjectNode,
    Template,
    TupleNode,
)
from ecbackup_iac.hcl.json_syntax import parse_json, parse_json_values
from ecbackup_iac.hcl.parser import NativeBody, parse_whole_file
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.modules.file_names import configuration_files
from ecbackup_iac.terraform.modules.folder_scan import Sought
from ecbackup_iac.terraform.modules.folders import Folders
from ecbackup_iac.terraform.modules.roots import Index as TreeIndex
from ecbackup_iac.terraform.modules.schema import CONFIGURATION

Path: TypeAlias = tuple[str | None, ...]
"""The steps from a whole value to a part of it; None is any step."""

# The blocks in which something is referred to, and how many labels they have.
_BLOCKS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "check": 1,
    "import": 0,
    "locals": 0,
}

_BLANK = rb"[ \t\r\n]{0,10}"
_WORD = rb"[A-Za-z_\x80-\xff][\w\x80-\xff-]*"
# What follows a reference: `.name`, `.0`, `.*`, `["key"]`, `[0]`, `[*]`.
_CHAIN = rb"((?:%b\.%b(?:%b|\d{1,9}|\*)|\[[^\[\]\n]{0,200}\]){0,50})" % (_BLANK, _BLANK, _WORD)
# What follows is looked at and not taken: there may be references in it.
_REFERENCE = re.compile(
    rb"(?<![\w\x80-\xff.-])(%b)%b\.%b(%b)(?=%b)" % (_WORD, _BLANK, _BLANK, _WORD, _CHAIN)
)
_STEP = re.compile(rb'\.\s*([\w\x80-\xff-]+|\*)|\[(?:\\?"([^"\\]*)\\?"|(\d+)|[^\]]*)\]')

# Functions that give what they are given, or a part of it, under the names that it has.
_HANDING_ON = frozenset(
    ("merge", "try", "coalesce", "tomap", "tonumber", "tostring", "sensitive", "nonsensitive")
)


@record(eq=False)
class Reference:
    """A reference to something, in a block."""

    block: Block
    attribute: Attribute | None
    """The block's own argument that it stands in; None inside a nested block."""

    range: SourceRange
    steps: Path
    """What of it is referred to."""

    @property
    def location(self) -> Location:
        """Where it stands."""
        return self.range.location

    @property
    def argument(self) -> str:
        """The name of the argument that it stands in; empty inside a nested block."""
        return self.attribute.name if self.attribute else ""


@record(eq=False)
class References:
    """What the blocks of a folder refer to, by the first two words: `var`, `days`."""

    found: dict[tuple[str, str], list[Reference]] = field(factory=dict)
    variables: set[str] = field(factory=set)
    calls: list[Block] = field(factory=list)


@record(eq=False)
class Tree:
    """Every folder of configuration inside a boundary."""

    index: TreeIndex

    def callers(self, folder: str) -> list[str]:
        """Give the folders that may call the module in a folder."""
        return [path for path, one in self.index.found.items() if folder in one.calls]

    def roots(self) -> list[str]:
        """Give the folders that may be planned by themselves."""
        called, is_planned = self.index.called, self.index.is_planned
        return [path for path in self.index.found if path not in called or is_planned(path)]

    def is_own(self, path: str, root: str) -> bool:
        """Say whether a variable file lies with one root alone."""
        folder = os.path.dirname(os.path.realpath(path))
        while folder not in self.index.found and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        return folder == root


def tree(boundary: str) -> Tree:
    """Read who calls whom inside a boundary."""
    return Tree(TreeIndex(Folders(boundary), Sought((b"elasticache",)), lambda _: False))


def source_at(path: str) -> SourceFile:
    """Read a file. Raises NotMendableError."""
    source = Folders(boundary_of(path)).source(path)
    if isinstance(source, Diagnostic):
        raise NotFixableError(f"{source.location} {source.message}")
    return source


def values_at(path: str) -> Sequence[Attribute]:
    """Read a variable file. Raises NotMendableError."""
    if path.endswith(".json"):
        return parse_json_values(source_at(path))[0]
    return parse_whole_file(source_at(path))[0].attributes()


def body_at(path: str) -> Body:
    """Read a file of configuration. Raises NotMendableError."""
    source = source_at(path)
    if path.endswith(".json"):
        return parse_json(source, CONFIGURATION)[0]
    return parse_whole_file(source, CONFIGURATION)[0]


def references(folder: str) -> References:
    """Read what the blocks of a folder refer to; those that override others have a part in it."""
    found = References()
    for name in (one for group in _files(folder) for one in group):
        path = os.path.join(folder, name)
        body = body_at(path)
        spans = [one for _, one in comments(body)] if isinstance(body, NativeBody) else []
        starts = [one.start for one in spans]
        for kind, labels in _BLOCKS.items():
            for block in body.blocks(kind, labels):
                if kind == "variable":
                    found.variables.add(block.labels[0])
                elif kind == "module":
                    found.calls.append(block)
                for key, mention in _in_block(block):
                    before = bisect_right(starts, mention.range.start)
                    if not before or not holds(spans[before - 1], mention.range.start):
                        found.found.setdefault(key, []).append(mention)
    return found


def _files(folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return configuration_files(Folders(boundary_of(folder)).names(folder))


def _in_block(block: Block) -> Iterator[tuple[tuple[str, str], Reference]]:
    source = block.range.file
    attributes = sorted(block.body.attributes(), key=lambda one: one.range.start)
    starts = [one.range.start for one in attributes]
    for match in _REFERENCE.finditer(source.text, block.range.start, block.range.end):
        before = bisect_right(starts, match.start())
        own = attributes[before - 1] if before else None
        if own is not None and not holds(own.range, match.start()):
            own = None
        source_range = SourceRange(source, match.start(), match.end())
        key = (match[1].decode(errors="replace"), match[2].decode(errors="replace"))
        yield key, Reference(block, own, source_range, _steps(match[3]))


def holds(source_range: SourceRange, offset: int) -> bool:
    """Say whether an offset lies in a place."""
    return source_range.start <= offset < source_range.end


def meets(one: Path, other: Path) -> bool:
    """Say whether one may lead to a part of what the other leads to, or to what holds it."""
    return all(a is None or b is None or a == b for a, b in zip(one, other))  # noqa: B905


def _steps(chain: bytes) -> Path:
    """Read the steps of a reference's chain; what is no plain key is any."""
    found = (match[1] or match[2] or match[3] for match in _STEP.finditer(chain))
    return tuple(
        None if key is None or key == b"*" else key.decode(errors="replace") for key in found
    )


def handed_on(node: Node, offset: int, path: Path = (), words: int = 2) -> Path:
    """Give the part of a value that is made of the part of another that is referred to in it.

    `offset` is where the reference begins, or a literal itself stands; `words` is how many words name what
    is referred to. What is made of it in ways that are not followed may be anywhere in the value from
    there on.
    """
    steps: list[str | None] = []
    while True:
        match node:
            case Literal():
                return (*steps, *path)
            case GetAttribute() | Index() | Name():
                return (*steps, *_left(node, offset, path, words))
            case For(result=result) if holds(result.range, offset) and not node.is_grouped:
                steps.append(None)
                node = result
            case For() if holds(node.collection.range, offset) and not node.is_grouped:
                items_path = handed_on(node.collection, offset, path, words)
                return (*steps, *_of_items(node, items_path))
            case ObjectNode() | TupleNode():
                step, inner = _inside(node, offset)
                steps.append(step)
                if inner is None:
                    return tuple(steps)
                node = inner
            case _:
                inside = _handed(node, offset)
                if inside is None:
                    return (*steps, None)
                node = inside


def _inside(node: ObjectNode | TupleNode, offset: int) -> tuple[str | None, Node | None]:
    """Give the entry that an offset lies in, with the step that leads to it."""
    if isinstance(node, TupleNode):
        at = bisect_right(node.items, offset, key=lambda one: one.range.start) - 1
        step: str | None = str(at)
        inner = node.items[at] if at >= 0 else None
    else:
        at = bisect_right(node.items, offset, key=lambda one: one[1].range.start) - 1
        key, inner = node.items[at] if at >= 0 else (None, None)
        step = str(key.value) if isinstance(key, Literal) else None
    return (step, inner) if inner is not None and holds(inner.range, offset) else (None, None)


def _handed(node: Node, offset: int) -> Node | None:
    """Give the part of an expression that an offset lies in, where the whole gives that part as it is."""
    match node:
        case Conditional(then=then, otherwise=otherwise):
            parts: Sequence[Node] = (then, otherwise)
        case Call(name=name, arguments=arguments) if name in _HANDING_ON:
            parts = arguments
        case Template(parts=(Interpolation(expression=expression),)):
            parts = (expression,)
        case _:
            parts = ()
    return next((part for part in parts if holds(part.range, offset)), None)


def _of_items(node: For, path: Path) -> Path:
    """Give what a for expression makes of a part of what it goes through."""
    key, item = node.key_result, node.item
    keeps_keys = isinstance(key, Name) and key.name == node.key
    deciding = [one for one in (node.condition, None if keeps_keys else key) if one is not None]
    if not path or any(_uses(one, item, path[1:]) for one in deciding):
        return (None,)
    found = {
        handed_on(node.result, offset, path[1:], 1) for offset in _uses(node.result, item, path[1:])
    }
    made: Path = found.pop() if len(found) == 1 else (None,)
    return (path[0] if keeps_keys else None, *made)


def _uses(node: Node, name: str, path: Path) -> list[int]:
    """Give where an expression refers to a part of what a for expression's variable stands for."""
    text, source_range = node.range.file.text, node.range
    word = re.compile(rb"(?<![\w\x80-\xff.-])%b(?![\w\x80-\xff-])" % re.escape(name.encode()))
    chain = re.compile(_CHAIN)
    return [
        match.start()
        for match in word.finditer(text, source_range.start, source_range.end)
        if (found := chain.match(text, match.end())) and meets(_steps(found[1]), path)
    ]


def _left(node: Node, offset: int, path: Path, words: int) -> Path:
    """Give what a traversal leaves of a path; any where it does not begin at the offset."""
    count = 1
    while isinstance(node, GetAttribute | Index):
        count += 1
        node = node.of
    if not isinstance(node, Name) or node.range.start != offset:
        return (None,)
    return path[max(0, count - words) :]
