"""The nodes that expressions and templates consist of. Each knows its range in a file."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, assert_never

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.model.record import record

MAX_DEPTH = 200
"""Nodes inside each other; an expression with more is rejected, so that code that walks it may recurse."""


@record(eq=False)
class Literal:
    """A number, true, false, null, or a string without interpolation; JSON's scalars too."""

    range: SourceRange
    value: str | Number | bool | None


@record(eq=False)
class Template:
    """A string of several parts; one that is a single interpolation gives that value unconverted."""

    range: SourceRange
    parts: tuple["TemplatePart", ...]


@record(eq=False)
class Text:
    """Literal text in a template, escapes already resolved, strip markers already applied."""

    range: SourceRange
    text: str


@record(eq=False)
class Interpolation:
    """`${ ... }`."""

    range: SourceRange
    expression: "Node"


@record(eq=False)
class IfDirective:
    """`%{ if c }...%{ else }...%{ endif }`."""

    range: SourceRange
    condition: "Node"
    then: tuple["TemplatePart", ...]
    otherwise: tuple["TemplatePart", ...]


@record(eq=False)
class ForDirective:
    """`%{ for k, v in c }...%{ endfor }`."""

    range: SourceRange
    key: str | None
    item: str
    collection: "Node"
    body: tuple["TemplatePart", ...]


TemplatePart: TypeAlias = Text | Interpolation | IfDirective | ForDirective


@record(eq=False)
class Name:
    """The first word of a traversal: `var`, `local`, `aws_instance`, a for expression's variable."""

    range: SourceRange
    name: str


@record(eq=False)
class GetAttribute:
    """`.name`; the legacy `.0` is an Index."""

    range: SourceRange
    """The whole traversal up to and including this step."""

    of: "Node"
    name: str


@record(eq=False)
class Index:
    """`[key]`, or the legacy `.0`."""

    range: SourceRange
    of: "Node"
    key: "Node"


@record(eq=False)
class Splat:
    """`of[*]...` or `of.*...`: `each` is what is done to every element, an `Element`.

    After `[*]` every following step belongs to `each`; after `.*` only attribute steps do.
    """

    range: SourceRange
    of: "Node"
    each: "Node"


@record(eq=False)
class Element:
    """The element that a Splat is at."""

    range: SourceRange


@record(eq=False)
class Unary:
    """`-x` or `!x`."""

    range: SourceRange
    operator: str
    operand: "Node"


@record(eq=False)
class Binary:
    """`left operator right`."""

    range: SourceRange
    operator: str
    left: "Node"
    right: "Node"


@record(eq=False)
class Conditional:
    """`condition ? then : otherwise`."""

    range: SourceRange
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@record(eq=False)
class TupleNode:
    """`[a, b]`."""

    range: SourceRange
    items: tuple["Node", ...]


@record(eq=False)
class ObjectNode:
    """`{ key = value }`; a bare word as key is a Literal, `(expression)` any node."""

    range: SourceRange
    items: tuple[tuple["Node", "Node"], ...]


@record(eq=False)
class For:
    """`[for k, v in c : v if d]`, or with `key_result` `{for k, v in c : key => v... if d}`."""

    range: SourceRange
    key: str | None
    item: str
    collection: "Node"
    key_result: "Node | None"
    result: "Node"
    is_grouped: bool
    condition: "Node | None"


@record(eq=False)
class FunctionCall:
    """`name(arguments...)`; `name` contains its namespace: `provider::aws::arn_parse`."""

    range: SourceRange
    name: str
    arguments: tuple["Node", ...]
    is_expanded: bool
    """The last argument is followed by `...`."""


@record(eq=False)
class InvalidExpression:
    """An expression that the syntax does not allow; the file's problems say why."""

    range: SourceRange
    rejection: str = ""
    """What is rejected only where the expression is evaluated; empty where the file's problems say it."""


Node: TypeAlias = (
    Literal | Template | Name | GetAttribute | Index | Splat | Element | Unary | Binary
    | Conditional | TupleNode | ObjectNode | For | FunctionCall | InvalidExpression
)  # fmt: skip


def depth(root: Node) -> int:
    """Return how many nodes are inside each other. Does not recurse."""
    deepest, stack = 0, [(root, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        stack += [(child, level + 1) for child in children(node)]
    return deepest


def nodes_in(expression: Node) -> Iterator[Node]:
    """Yield an expression and all that is in it. Does not recurse."""
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        pending += children(node)


def children(node: Node) -> Sequence[Node]:  # noqa: C901, PLR0912 - one case per kind of node
    """Return the nodes right inside a node."""
    match node:
        case Literal() | Name() | Element() | InvalidExpression():
            return ()
        case GetAttribute():
            return (node.of,)
        case Index():
            return (node.of, node.key)
        case Splat():
            return (node.of, node.each)
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Conditional():
            return (node.condition, node.then, node.otherwise)
        case TupleNode():
            return node.items
        case ObjectNode():
            return [child for pair in node.items for child in pair]
        case FunctionCall():
            return node.arguments
        case For():
            found = (node.collection, node.key_result, node.result, node.condition)
            return [child for child in found if child is not None]
        case Template():
            return list(interpolated(node.parts))
        case never:
            assert_never(never)


def interpolated(parts: Sequence[TemplatePart]) -> Iterator[Node]:
    """Yield the expressions in a template's parts."""
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
