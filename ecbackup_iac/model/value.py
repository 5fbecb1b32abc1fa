"""What can be known about a setting before anything is deployed."""

from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace

T = TypeVar("T")


class StepKind(StrEnum):
    """What a trace step leads through."""

    ATTRIBUTE = "attribute"
    """An argument or a property of a resource."""

    LOCAL = "local"
    VARIABLE = "variable"
    """A variable is set: in a variable file, on the command line or in the environment."""

    VARIABLE_DEFAULT = "variable_default"
    OPEN_VARIABLE = "open_variable"
    """A variable without a value in any file that was read."""

    MODULE_INPUT = "module_input"
    """An argument of a module call."""

    OUTPUT = "output"
    OPTIONAL_DEFAULT = "optional_default"
    """The default of an optional attribute in a type constraint."""

    PARAMETER = "parameter"
    """A parameter is set: in a parameter file, on the command line or by a parent stack."""

    PARAMETER_DEFAULT = "parameter_default"
    OPEN_PARAMETER = "open_parameter"
    """A parameter that has neither a default nor a value."""

    PSEUDO_PARAMETER = "pseudo_parameter"
    MAPPING = "mapping"
    """An entry of a map."""

    DATA_FILE = "data_file"
    """A file whose content is decoded or rendered."""

    CONDITION = "condition"
    EXPRESSION = "expression"
    LITERAL = "literal"
    UNSET = "unset"
    """A declaration that does not set the value."""

    UNREAD = "unread"
    """A template, or a module, that was not read."""

    RECORDED = "recorded"
    """A value that a plan, a state or AWS reports."""


class StepShape(StrEnum):
    """How the value is written at a trace step."""

    VALUE = "value"
    COLLECTION = "collection"
    """A map or a list that contains it, or an expression that makes one."""

    EXPRESSION = "expression"
    """An expression that the value is the result of."""

    COMPOSITION = "composition"
    """A string built from parts, none of which is the value."""


@record
class TraceStep:
    """One step on the way to a value."""

    text: str
    """The source line, or a description of the step; for display only."""

    location: Location
    kind: StepKind = StepKind.EXPRESSION
    name: str = ""
    """What is set or read there, as the source names it; empty where nothing has a name."""

    shape: StepShape = StepShape.VALUE

    is_quote: bool = True
    """The text is a line of the source, not a description."""

    is_secret: bool = False
    """The source must not be shown."""

    is_partial: bool = False
    """Only the part of the source that is in the text may be shown: its neighbours may be secret."""

    def to_part(self, key: object) -> "TraceStep":  # noqa: ARG002 - the source is the same
        """Return the step on the way to an element of the value."""
        return replace(self, shape=StepShape.COLLECTION)


@record
class Known(Generic[T]):
    """The value is determined."""

    value: T
    trace: tuple[TraceStep, ...] = ()
    literals: tuple[Location, ...] = ()
    """The locations of the literals that have this value; empty where it is computed."""


@record
class Unset:
    """No value is set (Terraform's null included), so the AWS default applies."""

    trace: tuple[TraceStep, ...] = ()
    literals: tuple[Location, ...] = ()
    """The locations of literal nulls."""


@record
class Invalid:
    """Something is written that cannot be a value of this setting."""

    text: str
    """What is written, as a message quotes it: `"abc"`, `1.5`, `true`, `a list`."""

    trace: tuple[TraceStep, ...] = ()
    literals: tuple[Location, ...] = ()
    """The locations of the literals."""


ScenarioIds: TypeAlias = frozenset[int] | None
"""The scenarios in which an outcome can occur, by number; None where that may be any scenario.

A scenario is one of the ways in which the conditions of a template can turn out. All settings of a resource
are evaluated together in each.
"""


@record
class Outcome(Generic[T]):
    """One value that an unknown setting can have."""

    value: "Known[T] | Unset | Invalid"
    when: str = ""
    """The condition for it, for people: "IsProd is false"; empty where there is none to name."""

    scenario_ids: ScenarioIds = None
    """Outcomes of two settings of a resource can occur together only where they share a scenario."""


@record
class Bounds:
    """The smallest and the largest number that an unknown setting can be; None where there is no limit."""

    minimum: int | None = None
    maximum: int | None = None


class NeedsPlan(str):
    """Why a value is unknown: no value that is given decides it, but a plan may show it."""

    __slots__ = ()


class NeedsCorrection(str):
    """Why a value is unknown: it is written as the syntax does not allow, which an error reports."""

    __slots__ = ()


@record
class Unknown(Generic[T]):
    """A value exists, but the input does not determine it."""

    why: str
    """The reason, for people: "var.days has no default and no value"."""

    outcomes: tuple[Outcome[T], ...] = ()
    """Every possible value, where that is a finite list; otherwise empty."""

    bounds: Bounds | None = None
    """Proven limits, where there is no list: by a validation, a MinValue."""

    trace: tuple[TraceStep, ...] = ()
    passed_values: tuple["Known[T]", ...] = ()
    """Values that the code passes to a module that was not read: a hint at the value, not an outcome."""

    is_rejected: bool = False
    """The code is rejected before anything is deployed, and has to be corrected first."""


PossibleValue: TypeAlias = Known[T] | Unset | Invalid
"""One of the values that a setting can have: anything but unknown."""

Value: TypeAlias = Known[T] | Unset | Invalid | Unknown[T]
"""What is known of a setting."""


def possible_values(value: Value[T]) -> tuple[PossibleValue[T], ...]:
    """Return every value that a setting can have; empty where there is no finite list."""
    if isinstance(value, Unknown):
        return tuple(outcome.value for outcome in value.outcomes)
    return (value,)
