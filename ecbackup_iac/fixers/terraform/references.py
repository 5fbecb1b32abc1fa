"""A file of Terraform or Terragrunt → the references in it."""

from collections.abc import Iterator
from typing import TypeAlias

from ecbackup_iac.files.paths import boundary_of
from ecbackup_iac.fixers.edits import NotFixableError
from ecbackup_iac.hcl.expression import (
    Element,
    GetAttribute,
    Index,
    Literal,
    Name,
    Node,
    ObjectNode,
    Splat,
    children,
)
from ecbackup_iac.hcl.json_syntax import parse_json
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import NO_BLOCKS, Attribute, Block, Body
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.schema import CONFIGURATION

UNIT_FILES = (".hcl", ".hcl.json")
"""The names of Terragrunt's files end so."""

_ADDRESSES_ONLY = ("import", "moved", "removed", "terraform")
"""Blocks of Terraform that refer to addresses, not to values."""

Names: TypeAlias = tuple[str, ...]


@record(eq=False)
class Reference:
    """A reference in a block, or at the top of a file."""

    block: Block | None
    argument: str
    """The block's argument that contains it; empty in a nested block."""

    names: Names
    """`local`, `all`, `days`; empty where a key is computed, or in brackets. Of for_each each key, too."""

    entry: SourceRange
    """The innermost entry of a map, or the attribute, that it is in."""


def source_at(path: str) -> SourceFile:
    """Return the text of a file. Raises NotFixableError."""
    source = Folders(boundary_of(path)).source(path)
    if isinstance(source, Diagnostic):
        raise NotFixableError(f"{source.location} {source.message}")
    return source


def references_in(path: str) -> Iterator[Reference]:
    """Yield the references in a file. Raises NotFixableError."""
    is_unit = path.endswith(UNIT_FILES)
    parse = parse_json if path.endswith(".json") else parse_whole_file
    body: Body = parse(source_at(path), NO_BLOCKS if is_unit else CONFIGURATION)[0]
    if is_unit:
        yield from _in_body(None, body)
        return
    for kind, labels in CONFIGURATION.labels.items():
        for block in () if kind in _ADDRESSES_ONLY else body.blocks(kind, len(labels)):
            yield from _in_body(block, block.body)


def _in_body(block: Block | None, body: Body) -> Iterator[Reference]:
    is_own = block is None or body is block.body
    for attribute in body.attributes():
        yield from _in_attribute(block, attribute.name if is_own else "", attribute)
    for item in getattr(body, "items", ()):  # in JSON, nested blocks are attributes
        if isinstance(item, Block):
            yield from _in_body(block or item, item.body)


def _in_attribute(block: Block | None, argument: str, attribute: Attribute) -> Iterator[Reference]:
    pending: list[tuple[Node, SourceRange]] = [(attribute.expression, attribute.range)]
    while pending:
        node, entry = pending.pop()
        names, inner = _traversal(node)
        if names:
            yield Reference(block, argument, names, entry)
        if isinstance(node, ObjectNode):
            for key, value in node.items:
                within = SourceRange(entry.file, key.range.start, value.range.end)
                pending += [(key, within), (value, within)]
                if argument == "for_each" and isinstance(key, Literal):
                    yield Reference(block, argument, (str(key.value),), within)
        else:
            pending += [(child, entry) for child in inner]


def _traversal(node: Node) -> tuple[Names, list[Node]]:
    """Return the names of a traversal (`local.a.b`, `f(x).a`, `r.*.id`), and the nodes inside a node."""
    match node:
        case Name(name=name):
            return (name,), []
        case Element():
            return (), []
        case GetAttribute(of=of, name=name):
            names, inner = _traversal(of)
            return (*names, name), inner
        case Index(of=of, key=key):
            names, inner = _traversal(of)
            return (*names, ""), [*inner, key]
        case Splat(of=of, each=each):
            names, inner = _traversal(of)
            names_of_each, inner_of_each = _traversal(each)
            return (*names, "", *names_of_each), [*inner, *inner_of_each]
        case _:
            return (), [*children(node)]
