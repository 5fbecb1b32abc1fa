"""Where a value comes from → the steps of its trace, each with its source and its location."""

from functools import lru_cache
from typing import Protocol, TypeAlias

from ecbackup_iac.hcl.expression import (
    For,
    FunctionCall,
    Literal,
    Node,
    ObjectNode,
    Template,
    TupleNode,
    Unary,
    children,
    nodes_in,
)
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, StepShape

MAX_STEP_BYTES = 1000
"""The start of a source that is looked at: its first line is shown, and cut where it is long."""


class Located(Protocol):
    """A piece of the input, with the text to show for it: a SourceRange or a TraceStep."""

    @property
    def location(self) -> Location:
        """The location as it is reported."""

    @property
    def text(self) -> str:
        """The text there."""


Key: TypeAlias = str | int | None
"""The key of an element: a name or a position; None where it is not known, or must not be shown."""


class Step(Located, Protocol):
    """A step of a value's trace: a `SourceStep` or a `TraceStep` of the model."""

    @property
    def kind(self) -> StepKind:
        """What the step leads through."""

    @property
    def name(self) -> str:
        """What is set or read there; empty where nothing has a name."""

    @property
    def shape(self) -> StepShape:
        """How the value is written there."""

    @property
    def is_secret(self) -> bool:
        """Whether the source must not be shown."""

    @property
    def is_partial(self) -> bool:
        """Whether only a part of the source may be shown."""

    def to_part(self, key: "Key") -> "Step":
        """Return the step on the way to an element of the value; None is any of its keys."""


@record(eq=False)
class SourceStep:
    """A step that shows its source; text and location are computed only for reported values."""

    range: SourceRange
    kind: StepKind
    name: str = ""
    expression: Node | None = None
    """What is assigned there; None where nothing is."""

    is_part: bool = False
    """The value is a part of what is assigned."""

    @classmethod
    def of(cls, attribute: Attribute, kind: StepKind) -> "SourceStep":
        """Return the step of an attribute."""
        return cls(attribute.range, kind, attribute.name, attribute.expression)

    @property
    def shape(self) -> StepShape:
        """Whether the value is written there, or an expression or a collection that it comes from."""
        match self.expression:
            case ObjectNode() | TupleNode() | For():
                return StepShape.COLLECTION
            case _ if self.is_part:
                return StepShape.COLLECTION
            case None | Literal() | Unary(operand=Literal()):
                return StepShape.VALUE
            case _:
                return StepShape.EXPRESSION

    @property
    def is_secret(self) -> bool:
        """Whether it declares something as sensitive."""
        return self.expression is not None and calls_sensitive(self.expression)

    @property
    def location(self) -> Location:
        """The location as it is reported."""
        return self.range.location

    @property
    def text(self) -> str:
        """The beginning of the source text, without the setting's neighbours."""
        return shown_source(self.range, self.expression)

    @property
    def is_partial(self) -> bool:
        """Whether the source has neighbours of the setting, which are not shown."""
        return has_neighbours(self.range, self.expression)

    def to_part(self, key: "Key") -> "SourceStep":  # noqa: ARG002 - the source is the same
        """Return the step on the way to an element of the value."""
        return self if self.is_part else replace(self, is_part=True)


@lru_cache(maxsize=1000)
def calls_sensitive(expression: Node) -> bool:
    """Whether an expression declares something in it as sensitive."""
    return any(
        isinstance(node, FunctionCall) and node.name.removeprefix("core::") == "sensitive"
        for node in nodes_in(expression)
    )


def has_neighbours(source: SourceRange, expression: Node | None) -> bool:
    """Whether a source has parts that are not shown."""
    return expression is not None and any(_is_in(node, source) for node in _collections(expression))


def shown_source(source: SourceRange, expression: Node | None) -> str:
    """Return the beginning of a source, without the maps and lists in it that contain strings: neighbours."""
    content = source.file.text
    end = min(source.end, source.start + MAX_STEP_BYTES)
    text, position = b"", source.start
    for node in _collections(expression) if expression is not None else ():
        start = node.range.start
        if _is_in(node, source) and position <= start < end:
            text += content[position : start + 1] + b" ..."
            position = node.range.end
    return (text + content[position:end]).decode(errors="replace")


def _is_in(node: ObjectNode | TupleNode, source: SourceRange) -> bool:
    part = node.range
    return part.file is source.file and source.start <= part.start <= part.end <= source.end


@lru_cache(maxsize=1000)
def _collections(expression: Node) -> tuple[ObjectNode | TupleNode, ...]:
    """Return the outermost maps and lists that contain strings, in the order in which they are written."""
    pending, found = [expression], []
    while pending:
        node = pending.pop()
        if isinstance(node, ObjectNode | TupleNode) and _contains_text(node):
            found.append(node)
        else:
            pending += children(node)
    return tuple(sorted(found, key=lambda node: node.range.start))


def _contains_text(collection: ObjectNode | TupleNode) -> bool:
    """Whether a value in a collection, at any depth, is a string; its keys are not."""
    values = (
        [value for _, value in collection.items]
        if isinstance(collection, ObjectNode)
        else collection.items
    )
    for value in values:
        if isinstance(value, ObjectNode | TupleNode):
            if _contains_text(value):
                return True
        elif any(
            isinstance(node, Template)
            or (
                isinstance(node, Literal)
                and isinstance(node.value, str)
                and not node.value.isdigit()
            )
            for node in nodes_in(value)
        ):
            return True
    return False
