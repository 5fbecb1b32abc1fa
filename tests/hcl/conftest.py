"""What the syntax tests share: nodes written out so that a person can read them."""

from collections.abc import Callable, Iterator, Sequence
from typing import assert_never

import pytest

from ecbackup_iac.hcl.expression import (
    Binary,
    Conditional,
    Element,
    For,
    ForDirective,
    FunctionCall,
    GetAttribute,
    IfDirective,
    Index,
    Interpolation,
    InvalidExpression,
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
)


@pytest.fixture(scope="session")
def shown() -> Callable[[Node | Sequence[TemplatePart]], str]:
    """Write a node, or a template's parts, out: `(1 + (2 * x.y))`, with a splat's element as `@`."""
    return lambda node: (
        " ".join(_parts(node)) if isinstance(node, Sequence) else "".join(_node(node))
    )


def _node(node: Node) -> Iterator[str]:
    match node:
        case Literal():
            yield repr(node.value)
        case Name():
            yield node.name
        case Element() | InvalidExpression():
            yield "@" if isinstance(node, Element) else "<unreadable>"
        case GetAttribute():
            yield from (*_node(node.of), f".{node.name}")
        case Index():
            yield from (*_node(node.of), "[", *_node(node.key), "]")
        case Splat():
            yield from ("splat(", *_node(node.of), ", ", *_node(node.each), ")")
        case Unary() | Binary() | Conditional():
            yield from _operation(node)
        case TupleNode() | ObjectNode() | FunctionCall() | For() | Template():
            yield from _compound(node)
        case never:
            assert_never(never)


def _operation(node: Unary | Binary | Conditional) -> Iterator[str]:
    match node:
        case Unary():
            yield from (f"({node.operator}", *_node(node.operand), ")")
        case Binary():
            yield from ("(", *_node(node.left), f" {node.operator} ", *_node(node.right), ")")
        case Conditional():
            yield from ("(", *_node(node.condition), " ? ", *_node(node.then), " : ")
            yield from (*_node(node.otherwise), ")")
        case never:
            assert_never(never)


def _compound(node: TupleNode | ObjectNode | FunctionCall | For | Template) -> Iterator[str]:
    match node:
        case TupleNode():
            yield f"[{', '.join(''.join(_node(item)) for item in node.items)}]"
        case ObjectNode():
            pairs = (f"{''.join(_node(key))}: {''.join(_node(to))}" for key, to in node.items)
            yield f"{{{', '.join(pairs)}}}"
        case FunctionCall():
            arguments = ", ".join("".join(_node(argument)) for argument in node.arguments)
            yield f"{node.name}({arguments}{'...' if node.is_expanded else ''})"
        case For():
            yield from _for(node)
        case Template():
            yield f"<{' '.join(_parts(node.parts))}>"
        case never:
            assert_never(never)


def _for(node: For) -> Iterator[str]:
    names = node.item if node.key is None else f"{node.key}, {node.item}"
    yield from (f"for({names} in ", *_node(node.collection), ": ")
    if node.key_result is not None:
        yield from (*_node(node.key_result), " => ")
    yield from (*_node(node.result), "..." if node.is_grouped else "")
    if node.condition is not None:
        yield from (" if ", *_node(node.condition))
    yield ")"


def _parts(parts: Sequence[TemplatePart]) -> Iterator[str]:
    for part in parts:
        match part:
            case Text():
                yield repr(part.text)
            case Interpolation():
                yield f"${{{''.join(_node(part.expression))}}}"
            case IfDirective():
                yield f"if {''.join(_node(part.condition))}"
                yield f"<{' '.join(_parts(part.then))}> else <{' '.join(_parts(part.otherwise))}>"
            case ForDirective():
                names = part.item if part.key is None else f"{part.key}, {part.item}"
                yield f"for {names} in {''.join(_node(part.collection))}"
                yield f"<{' '.join(_parts(part.body))}>"
            case never:
                assert_never(never)
