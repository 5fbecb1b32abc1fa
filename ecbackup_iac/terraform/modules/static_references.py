"""Expressions that Terraform does not evaluate → references, lists of references, and addresses."""

import re
from collections.abc import Iterator

from ecbackup_iac.hcl.expression import (
    GetAttribute,
    Index,
    InvalidExpression,
    Literal,
    Name,
    Node,
    TupleNode,
    nodes_in,
)
from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.terraform.values.errors import EvaluationError

_NO_RESOURCES = ("count", "each", "local", "path", "self", "terraform", "var")
"""The first names of references that lead to no resource."""

_ADDRESS = re.compile(
    r"(?:module\.[^.\[]+(?:\[\w*\])?(?:\.|\Z))*"
    rf"(?:(?P<mode>data\.|ephemeral\.)?(?!(?:{'|'.join(_NO_RESOURCES)})\.)"
    r"(?P<type>[^.\[]+)\.[^.\[]+(?:\[\w*\])?)?"
)
_NO_ADDRESS = "Invalid address: a module, or a resource by its type and name, is required here"


def check_list(written: Attribute) -> None:
    """Raise EvaluationError for an argument that has to be a list of references, and is not."""
    for node in listed(written):
        if written.name == "replace_triggered_by":
            if not {one.name for one in nodes_in(node) if isinstance(one, Name)} - {*_NO_RESOURCES}:
                text = "Invalid replace_triggered_by expression: it refers to no resource"
                raise EvaluationError(text, node.range)
            continue
        names = re.sub(r"\[\w*\]", "", _reference(node)).split(".")
        if written.name == "depends_on":
            _check_dependency(node, names)
        elif names[0] in ("all", "local", "var"):
            raise EvaluationError(
                f'Unsupported attribute: a resource has no "{names[0]}"', node.range
            )


def listed(written: Attribute) -> Iterator[Node]:
    """Yield the references in a list, also those in quotes. Raises EvaluationError for anything else."""
    node = written.expression
    is_all = written.name == "ignore_changes" and isinstance(node, Name) and node.name == "all"
    if is_all or isinstance(node, InvalidExpression):
        return
    if not isinstance(node, TupleNode):
        raise EvaluationError("Invalid expression: a static list is required", written.range)
    for item in node.items:
        if written.name != "replace_triggered_by" and isinstance(item, Literal):
            yield _unquoted(item)
        else:
            yield item


def _unquoted(item: Literal) -> Node:
    """Return the reference that a text is, as before Terraform 0.12."""

    def place(_start: int, _end: int) -> SourceRange:
        return item.range

    return parse_expression(SourceFile("", str(item.value).encode()), place)[0]


def _check_dependency(node: Node, names: list[str]) -> None:
    needed = 3 if names[0] in ("data", "ephemeral") else 2
    if len(names) < needed:
        raise EvaluationError("Invalid reference: a resource has a type and a name", node.range)
    if len(names) > needed + (names[0] == "module"):
        text = "Invalid depends_on reference: it must be to an object, not to its attribute"
        raise EvaluationError(text, node.range)


def check_address(kind: str, node: Node) -> None:
    """Raise EvaluationError for an address that a block of this kind does not accept."""
    address = _reference(node, may_calculate_keys=kind == "import")
    found = _ADDRESS.fullmatch(address)
    is_managed = found is not None and found["type"] and not found["mode"]
    if found is None or (kind == "import" and not is_managed):
        raise EvaluationError(_NO_ADDRESS, node.range)
    if kind == "removed" and ("[" in address or found["mode"] == "data."):
        text = "Invalid address: what is removed is a resource or module, without instance keys"
        raise EvaluationError(text, node.range)


def _reference(node: Node, *, may_calculate_keys: bool = False) -> str:
    """Return a static reference as text, its keys as hexadecimal digits. Raises EvaluationError."""
    match node:
        case Name(name=name):
            return name
        case GetAttribute(of=of, name=name):
            return f"{_reference(of, may_calculate_keys=may_calculate_keys)}.{name}"
        case Index(of=of, key=key) if may_calculate_keys or isinstance(key, Literal):
            digits = repr(key.value).encode().hex() if isinstance(key, Literal) else ""
            return f"{_reference(of, may_calculate_keys=may_calculate_keys)}[{digits}]"
    text = "Invalid expression: a single static reference is required, without calculations"
    raise EvaluationError(text, node.range)


def move_problems(moves: list[Block]) -> Iterator[EvaluationError]:
    """Yield what is rejected of the `moved` blocks of a module together; each has two addresses."""
    targets: dict[str, str] = {}
    sources: dict[str, str] = {}
    for block in moves:
        ends = filter(None, map(block.body.attribute, ("from", "to")))
        source, target = (_reference(end.expression) for end in ends)
        kinds = {
            bool(found["type"]) for found in map(_ADDRESS.fullmatch, (source, target)) if found
        }
        if len(kinds) > 1:
            text = 'Invalid "moved" addresses: both must be resources, or both modules'
            yield EvaluationError(text, block.header)
        elif source == target:
            yield EvaluationError("Redundant move statement: it moves nothing", block.header)
        elif (
            targets.setdefault(source, target) != target
            or sources.setdefault(target, source) != source
        ):
            text = "Ambiguous move statements: another one has the same address"
            yield EvaluationError(text, block.header)
    for start, target in targets.items():
        last, met = target, {start}
        while last in targets and last not in met:
            met.add(last)
            last = targets[last]
        if last == start:
            yield EvaluationError("Cyclic dependency in move statements", moves[0].header)
            return
