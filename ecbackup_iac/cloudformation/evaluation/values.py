"""What an expression in a template comes to, known or not, with the steps that led there."""

from fractions import Fraction
from typing import Final, TypeAlias

from ecbackup_iac.cloudformation.evaluation.declarations import Declaration
from ecbackup_iac.cloudformation.evaluation.scenarios import Domain, Key
from ecbackup_iac.cloudformation.syntax.literals import text_of_literal
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import TraceStep

Trace: TypeAlias = tuple[TraceStep, ...]


def joined(*traces: Trace) -> Trace:
    """Put traces together, each step once; the steps of one place are one object."""
    return tuple({id(step): step for trace in traces for step in trace}.values())


class NoValue:
    """AWS::NoValue: as if nobody had written anything."""


NO_VALUE: Final = NoValue()


@record(eq=False)
class UnknownValue:
    """A value that nobody can tell before the deployment."""

    why: str
    """For a person: "!GetAtt Table.Arn is known only after the deployment"."""

    key: Key
    """What it is: two of the same key are the same value."""

    minimum: Fraction | None = None
    maximum: Fraction | None = None
    excluded: frozenset[str] = frozenset()
    """Texts that it is known not to be."""


@record(eq=False)
class UnresolvedParameter:
    """A parameter that nobody gives a value; what compares it decides how far it is split."""

    key: Key
    name: str
    """Its name, with the nested stack it belongs to."""

    domain: Domain
    declaration: Declaration | None
    """None for a pseudo parameter."""

    origin: str = ""
    """What it is given, where that is something that nobody can tell."""

    @property
    def why(self) -> str:
        """Why it is undecided, for a person."""
        if self.origin:
            return self.origin
        if self.declaration is None:
            return f"{self.name} is known only where the stack is deployed"
        return f"parameter {self.name} has no default and no value"


Raw: TypeAlias = (
    "str | int | float | bool | tuple[Value, ...] | dict[str, Value]"
    " | NoValue | UnknownValue | UnresolvedParameter | None"
)


@record(eq=False)
class Value:
    """A value; `raw` is None for a null that is written, NO_VALUE where nothing is."""

    raw: Raw
    trace: tuple[TraceStep, ...] = ()
    is_secret: bool = False
    literals: tuple[Location, ...] = ()
    """Where it is written as it stands; none where it is computed."""

    @property
    def is_known(self) -> bool:
        """Whether it is known at its top level; elements may still be open."""
        return not isinstance(self.raw, UnknownValue | UnresolvedParameter)

    @property
    def text(self) -> str | None:
        """The text that CloudFormation makes of a scalar; None for anything else."""
        if isinstance(self.raw, str | int | float | bool):
            return text_of_literal(self.raw)
        return None

    def through(self, *steps: TraceStep, is_secret: bool = False) -> "Value":
        """Give the value with steps put before its trace."""
        return replace(self, trace=(*steps, *self.trace), is_secret=self.is_secret or is_secret)


@record
class ConditionResult:
    """A condition in one world, and the steps that led to it."""

    holds: bool
    trace: tuple[TraceStep, ...]
