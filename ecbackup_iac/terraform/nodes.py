"""Expressions and bodies as a tree, from whichever syntax they were written in.

Every node knows the file it stands in and where: byte offsets, made into lines and columns only when
somebody asks.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol, TypeAlias

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.values import Value


class SourceFile:
    """One file's text, with its lines."""

    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        """As it is printed."""

        self.text = text
        """UTF-8, without a byte order mark."""

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, position = [0], self.text.find(b"\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find(b"\n", position + 1)
        return starts

    def location(self, start: int, end: int) -> Location:
        """Give the place of a stretch of bytes; lines and columns from 1, in characters."""
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Location(self.path, line, column, end_line, end_column)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        before = self.text[self._line_starts[line - 1] : offset]
        return line, len(before.decode(errors="replace")) + 1


@record(eq=False)
class Place:
    """A stretch of a file: byte offsets, the end exclusive."""

    file: SourceFile
    start: int
    end: int

    @property
    def location(self) -> Location:
        """The place as it is reported."""
        return self.file.location(self.start, self.end)

    @property
    def text(self) -> str:
        """What stands there."""
        return self.file.text[self.start : self.end].decode(errors="replace")


@record(eq=False)
class Literal:
    """A number, true, false, null, or a string without interpolation; JSON's scalars too."""

    place: Place
    value: Value


@record(eq=False)
class Template:
    """A string of several parts; a single interpolation alone gives that value unconverted."""

    place: Place
    parts: tuple["TemplatePart", ...]


@record(eq=False)
class Text:
    """Literal text in a template, escapes already resolved, strip markers already applied."""

    place: Place
    text: str


@record(eq=False)
class Interpolation:
    """`${ ... }`."""

    place: Place
    expression: "Node"


@record(eq=False)
class IfDirective:
    """`%{ if c }...%{ else }...%{ endif }`."""

    place: Place
    condition: "Node"
    then: tuple["TemplatePart", ...]
    otherwise: tuple["TemplatePart", ...]


@record(eq=False)
class ForDirective:
    """`%{ for k, v in c }...%{ endfor }`."""

    place: Place
    key: str | None
    item: str
    collection: "Node"
    body: tuple["TemplatePart", ...]


TemplatePart: TypeAlias = Text | Interpolation | IfDirective | ForDirective


@record(eq=False)
class Name:
    """The first word of a traversal: `var`, `local`, `aws_instance`, a for expression's variable."""

    place: Place
    name: str


@record(eq=False)
class GetAttribute:
    """`.name`; the legacy `.0` is an Index."""

    place: Place
    """Of the whole traversal up to and with this step."""

    of: "Node"
    name: str


@record(eq=False)
class Index:
    """`[key]`, or the legacy `.0`."""

    place: Place
    of: "Node"
    key: "Node"


@record(eq=False)
class Splat:
    """`of[*]...` or `of.*...`: `each` is what is done to every element, which `Element` stands for.

    After `[*]` every following step belongs to `each`; after `.*` only attribute steps do.
    """

    place: Place
    of: "Node"
    each: "Node"


@record(eq=False)
class Element:
    """The element that a Splat is at."""

    place: Place


@record(eq=False)
class Unary:
    """`-x` or `!x`."""

    place: Place
    operator: str
    operand: "Node"


@record(eq=False)
class Binary:
    """`left operator right`."""

    place: Place
    operator: str
    left: "Node"
    right: "Node"


@record(eq=False)
class Conditional:
    """`condition ? then : otherwise`."""

    place: Place
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@record(eq=False)
class TupleNode:
    """`[a, b]`."""

    place: Place
    items: tuple["Node", ...]


@record(eq=False)
class ObjectNode:
    """`{ key = value }`; a bare word as key is a Literal, `(expression)` any node."""

    place: Place
    items: tuple[tuple["Node", "Node"], ...]


@record(eq=False)
class For:
    """`[for k, v in c : v if d]`, or with `key_result` `{for k, v in c : key => v... if d}`."""

    place: Place
    key: str | None
    item: str
    collection: "Node"
    key_result: "Node | None"
    result: "Node"
    is_grouped: bool
    condition: "Node | None"


@record(eq=False)
class Call:
    """`name(arguments...)`; `name` holds its namespace: `provider::aws::arn_parse`."""

    place: Place
    name: str
    arguments: tuple["Node", ...]
    is_expanded: bool
    """The last argument is followed by `...`."""


@record(eq=False)
class Unreadable:
    """An expression that the syntax does not allow; the file's diagnostics say why."""

    place: Place


Node: TypeAlias = (
    Literal | Template | Name | GetAttribute | Index | Splat | Element | Unary | Binary
    | Conditional | TupleNode | ObjectNode | For | Call | Unreadable
)  # fmt: skip


class Body(Protocol):
    """What stands between braces, or in a JSON object: attributes and blocks.

    JSON cannot tell a block from an attribute, so blocks are asked for by type and number of labels.
    """

    @property
    def place(self) -> Place:
        """Where it stands."""

    def attribute(self, name: str) -> "AttributeNode | None":
        """Give the attribute of that name."""

    def attributes(self) -> Sequence["AttributeNode"]:
        """Give every attribute, in order; in JSON every property that may be one."""

    def blocks(self, kind: str, labels: int = 0) -> Sequence["Block"]:
        """Give the blocks of a type, in order."""

    def plain_text(self, name: str) -> str | None:
        """Give an attribute's value where it is a string without interpolation."""


class PlainTexts:
    """What bodies have in common."""

    def attribute(self, name: str) -> "AttributeNode | None":
        """Give the attribute of that name."""
        raise NotImplementedError

    def plain_text(self, name: str) -> str | None:
        """Give an attribute's value where it is a string without interpolation."""
        attribute = self.attribute(name)
        if attribute is None or not isinstance(attribute.expression, Literal):
            return None
        raw = attribute.expression.value.raw
        return raw if isinstance(raw, str) else None


class AttributeNode:
    """`name = expression`; the expression is built when somebody first asks for it."""

    def __init__(self, name: str, place: Place, build: Callable[[], Node]) -> None:
        self.name = name
        self.place = place
        """Of the whole attribute, its name included."""

        self._build = build

    @cached_property
    def expression(self) -> Node:
        """What stands behind the equals sign."""
        return self._build()


class Block(Protocol):
    """`type "label" { body }`."""

    @property
    def kind(self) -> str:
        """Its type."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Its labels, without their quotes."""

    @property
    def place(self) -> Place:
        """Where the whole block stands."""

    @property
    def header(self) -> Place:
        """Where its type and labels stand."""

    @property
    def body(self) -> Body:
        """What stands between its braces."""


@record(eq=False)
class WholeBlock:
    """A block of which everything is known."""

    kind: str
    labels: tuple[str, ...]
    place: Place
    header: Place
    body: Body
