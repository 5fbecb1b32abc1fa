"""The value of an expression in a template, known or not, with the trace that led to it."""

from typing import Final, TypeAlias

from ecbackup_iac.cloudformation.evaluation.declarations import Declaration
from ecbackup_iac.cloudformation.evaluation.domains import Domain
from ecbackup_iac.cloudformation.evaluation.scenarios import Key
from ecbackup_iac.cloudformation.syntax.literals import text_of_literal
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import TraceStep

Trace: TypeAlias = tuple[TraceStep, ...]


def join_traces(*traces: Trace) -> Trace:
    """Return the steps of all traces, each once; the steps of one location are one object."""
    return tuple({id(step): step for trace in traces for step in trace}.values())


class NoValue:
    """AWS::NoValue: as if the property were not written."""


NO_VALUE: Final = NoValue()


@record(eq=False)
class UnknownValue:
    """A value that is not known before the deployment."""

    why: str
    """For a person: "!GetAtt Table.Arn is known only after the deployment"."""

    key: Key
    """Its identity: two of the same key are the same value."""

    domain: Domain = Domain()
    """What it can be, as far as a parameter bounds it."""

    ending: str = ""
    """The known end of a string that is joined from parts."""

    name: str = ""
    """The name of a parameter without a value, after the address of its nested stack; empty for other values.

    The scenario is split by the strings that such a parameter is compared with.
    """

    declaration: Declaration | None = None
    """What declares this parameter; None for a pseudo parameter."""


Raw: TypeAlias = (
    "str | int | float | bool | tuple[Value, ...] | dict[str, Value]"
    " | NoValue | UnknownValue | None"
)


@record(eq=False)
class Value:
    """A value; `raw` is None for a null in the template, and NO_VALUE for AWS::NoValue."""

    raw: Raw
    trace: tuple[TraceStep, ...] = ()
    is_secret: bool = False
    literals: tuple[Location, ...] = ()
    """Where it is written literally; none where it is computed."""

    @property
    def is_known(self) -> bool:
        """Whether it is known at its top level; its elements may be unknown."""
        return not isinstance(self.raw, UnknownValue)

    @property
    def is_true(self) -> bool:
        """Whether it is true, as the value of a condition."""
        return self.raw is True

    @property
    def text(self) -> str | None:
        """A scalar as a string; None for anything else."""
        if isinstance(self.raw, str | int | float | bool):
            return text_of_literal(self.raw)
        return None

    @property
    def known_ending(self) -> str:
        """The string, or its known end; empty for anything else."""
        return self.raw.ending if isinstance(self.raw, UnknownValue) else self.text or ""

    def through(self, *steps: TraceStep, is_secret: bool = False) -> "Value":
        """Return the value with steps put before its trace."""
        return replace(self, trace=(*steps, *self.trace), is_secret=self.is_secret or is_secret)
