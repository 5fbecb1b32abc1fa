"""A node → how many nodes stand inside each other. Nothing here recurses."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from ecbackup_iac.terraform.nodes import (
    Binary,
    Call,
    Conditional,
    Element,
    For,
    ForDirective,
    GetAttribute,
    IfDirective,
    Index,
    Interpolation,
    Literal,
    Name,
    Node,
    ObjectNode,
    Splat,
    Template,
    TemplatePart,
    Text,
    TupleNode,
    Unary,
    Unreadable,
)


def depth(root: Node) -> int:
    """Count the nodes inside each other."""
    deepest, stack = 0, [(root, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        stack += [(child, level + 1) for child in children(node)]
    return deepest


def children(node: Node) -> Sequence[Node]:
    """Give the nodes right inside a node."""
    match node:
        case Literal() | Name() | Element() | Unreadable():
            return ()
        case GetAttribute() | Index() | Splat():
            return (node.of, *_taken(node))
        case Unary() | Binary() | Conditional():
            return _operands(node)
        case TupleNode():
            return node.items
        case ObjectNode():
            return [child for pair in node.items for child in pair]
        case Call():
            return node.arguments
        case For():
            found = (node.collection, node.key_result, node.result, node.condition)
            return [child for child in found if child is not None]
        case Template():
            return list(_interpolated(node.parts))
        case never:
            assert_never(never)


def _taken(node: GetAttribute | Index | Splat) -> Sequence[Node]:
    match node:
        case GetAttribute():
            return ()
        case Index():
            return (node.key,)
        case Splat():
            return (node.each,)
        case never:
            assert_never(never)


def _operands(node: Unary | Binary | Conditional) -> Sequence[Node]:
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Conditional():
            return (node.condition, node.then, node.otherwise)
        case never:
            assert_never(never)


def _interpolated(parts: Sequence[TemplatePart]) -> Iterator[Node]:
    stack = list(parts)
    while stack:
        part = stack.pop()
        match part:
            case Text():
                pass
            case Interpolation():
                yield part.expression
            case IfDirective():
                yield part.condition
                stack += [*part.then, *part.otherwise]
            case ForDirective():
                yield part.collection
                stack += part.body
            case never:
                assert_never(never)
