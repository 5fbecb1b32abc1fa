"""Where a value comes from → the steps of its trace, each with its source and its location."""

from typing import Protocol, TypeAlias

from ecbackup_iac.hcl.expression import For, Literal, Node, ObjectNode, TupleNode, Unary
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, StepShape
from ecbackup_iac.terraform.values.source_text import calls_sensitive, has_neighbours, shown_source


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


class Step(Protocol):
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

    @property
    def location(self) -> Location:
        """The location as it is reported."""

    @property
    def text(self) -> str:
        """The source, or a description that replaces it."""

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
