"""The result of an expression → a value: known, or unknown with its possible outcomes.

An unknown value has its reason and, where it can only be one of a few, these outcomes with the condition
of each. Every value has a trace: the locations that it passed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TypeAlias

from ecbackup_iac.hcl.literal_text import normalized
from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.terraform.values.arithmetic import COUNT_PRECISION, with_precision
from ecbackup_iac.terraform.values.budget import charge, charge_text, charge_trace
from ecbackup_iac.terraform.values.context import evaluation_context
from ecbackup_iac.terraform.values.errors import EvaluationError, ReferenceRejectedError
from ecbackup_iac.terraform.values.steps import Key, Located, Step
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    TupleOf,
    Type,
    has_dynamic,
    is_mapping,
    is_sequence,
    object_of,
)


@record
class Assumption:
    """A condition: a subject (unique text) and the state it is in."""

    subject: str
    state: str
    is_implied: bool = False
    """The assumptions beside it say the same to people."""

    def __str__(self) -> str:
        """Return the text of the condition: `var.environment is "prod"`."""
        return f"{self.subject} is {self.state}"


@record(eq=False)
class Outcome:
    """One possible value of an unknown value."""

    value: "Value"
    when: tuple[Assumption, ...] = ()
    """The assumptions under which it is this."""

    description: str = ""
    """The same for people, where `when` cannot express it: "var.env is "dev" or "test""."""

    @property
    def condition(self) -> str:
        """The condition for people; empty where nothing is known of it."""
        return self.description or " and ".join(str(one) for one in self.when if not one.is_implied)


@record(eq=False)
class UnknownRaw:
    """The raw part of a value that is unknown from the input."""

    why: str
    """The reason, for people: "var.days has no default and no value"."""

    outcomes: tuple[Outcome, ...] = ()
    """Its possible values, each known at its top level; empty where there is no finite list."""

    minimum: Number | None = None
    """Bounds of a number, or of how many elements a collection has."""

    maximum: Number | None = None
    prefix: str = ""
    """What a string begins with."""

    suffix: str = ""
    """What it ends with."""

    is_deferred: bool = False
    """Terraform knows it only after apply; otherwise a plan would know it."""

    is_not_null: bool = False
    element: "Value | None" = None
    """What every element of an unknown collection is, where that is known."""


class LazyMembers(Mapping[str, "Value"]):
    """Members that are evaluated when they are first used: the outputs of a module call."""

    def __init__(self, names: Sequence[str], find: Callable[[str], "Value"]) -> None:
        self._names = names
        self._find = find

    def __getitem__(self, name: str) -> "Value":
        return self._find(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class OpenMembers(LazyMembers):
    """The members of a resource, which has more than its configuration names."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)


Raw: TypeAlias = "bool | Number | str | tuple[Value, ...] | Mapping[str, Value] | UnknownRaw | None"


class Privacy(IntEnum):
    """Where the strings in a value come from, from the most public origin to the least."""

    NONE = 0
    """They are written in the code."""

    DECODED = 1
    """They are decoded from a data file of the tree: they are shown as instance keys and nowhere else."""

    DOCUMENT = 2
    """The whole text of such a file, as it is read."""

    OUTSIDE = 3
    """The content of any other file, the environment or the command line, or computed of a document."""

    EPHEMERAL = 4
    """They exist only while Terraform runs: nothing that is kept may be computed of them."""


class Plans(IntEnum):
    """The plans to which a value is unknown, though it is certain."""

    NONE = 0
    """Every plan knows it."""

    SOME = 1
    """Of `contains`, or before 1.12 of `&&` or `||`, one operand is known only after apply."""

    EVERY = 2
    """It is in both branches of a conditional whose condition is known only after apply."""


@record(eq=False)
class Value:
    """A value of Terraform's. Compare with `equality.equal`, never with ==.

    `raw` is None for null; bool; a Number; str; a tuple of values for list, set and tuple (a
    set's sorted, each once); a dict of values for map and object (sorted by key); UnknownRaw.
    """

    type: Type
    raw: Raw
    trace: tuple[Step, ...] = ()
    is_sensitive: bool = False
    literals: tuple[Located, ...] = ()
    """Where it is written literally: a literal for each way to it; none where it is computed."""

    privacy: Privacy = Privacy.NONE
    """Whether a string of it may be shown, and, of what is ephemeral, whether the value may be kept."""

    unknown_to: Plans = Plans.NONE
    """The plans that do not know it, though it is certain."""

    @property
    def is_unknown_to_plan(self) -> bool:
        """Whether some plan does not know it, though it is certain."""
        return self.unknown_to is not Plans.NONE

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self.raw is None

    @property
    def is_known(self) -> bool:
        """Whether it is known at its top level; elements may still be unknown."""
        return not isinstance(self.raw, UnknownRaw)

    @property
    def is_listed(self) -> bool:
        """Whether it is known, or one of a finite list of outcomes."""
        return not isinstance(self.raw, UnknownRaw) or bool(self.raw.outcomes)

    @property
    def is_wholly_known(self) -> bool:
        """Whether it and everything in it is known."""
        match self.raw:
            case UnknownRaw():
                return False
            case tuple() as elements:
                charge(len(elements))
                return all(element.is_wholly_known for element in elements)
            case OpenMembers():
                return False
            case Mapping() as elements:
                charge(len(elements))
                return all(element.is_wholly_known for element in elements.values())
            case _:
                return True

    @property
    def elements(self) -> tuple["Value", ...]:
        """The elements of a known list, set or tuple, or a known map's or object's values by key."""
        match self.raw:
            case tuple() as elements:
                return elements
            case Mapping() as elements:
                return tuple(elements.values())
            case _:
                raise TypeError(f"{self.type} has no elements")

    @property
    def members(self) -> Mapping[str, "Value"]:
        """The members of a known map or object, sorted by key."""
        if not isinstance(self.raw, Mapping):
            raise TypeError(f"{self.type} has no members")
        return self.raw

    @property
    def unknown(self) -> UnknownRaw:
        """Why it is not known; only for a value that is not."""
        if not isinstance(self.raw, UnknownRaw):
            raise TypeError("the value is known")
        return self.raw

    def through(self, *steps: Step) -> "Value":
        """Return the value with steps put before its trace."""
        charge_trace(len(self.trace))
        return replace(self, trace=(*steps, *self.trace)) if steps else self

    def taken_from(self, whole: "Value", key: Key = None) -> "Value":
        """Return an element with the trace of the whole before its own."""
        if not whole.trace:
            return self
        return self.through(*(step.to_part(key) for step in whole.trace))

    def with_marks_of(self, *others: "Value") -> "Value":
        """Return the value with the marks of the others: sensitive, and private."""
        is_sensitive, privacy = self.is_sensitive, self.privacy
        for other in others:
            is_sensitive = is_sensitive or other.is_sensitive
            privacy = max(privacy, other.privacy)
        return self.with_marks(is_sensitive=is_sensitive, privacy=privacy)

    def chosen_by(self, *selectors: "Value") -> "Value":
        """Return the value as sensitive and as ephemeral as what selected it; its text is its own."""
        is_sensitive = self.is_sensitive or any(one.is_sensitive for one in selectors)
        is_ephemeral = any(one.privacy is Privacy.EPHEMERAL for one in selectors)
        privacy = Privacy.EPHEMERAL if is_ephemeral else self.privacy
        return self.with_marks(is_sensitive=is_sensitive, privacy=privacy)

    def with_marks(self, *, is_sensitive: bool, privacy: Privacy) -> "Value":
        """Return the value with these marks and no others."""
        if is_sensitive is self.is_sensitive and privacy is self.privacy:
            return self
        return replace(self, is_sensitive=is_sensitive, privacy=privacy)

    @property
    def privacy_of_parts(self) -> Privacy:
        """How private what is taken out of it is: as it is itself, and not shown where it is sensitive."""
        return max(self.privacy, Privacy.OUTSIDE) if self.is_sensitive else self.privacy

    @property
    def is_hidden(self) -> bool:
        """Whether no text of it may be shown."""
        return self.is_sensitive or self.privacy > Privacy.NONE

    @property
    def is_hidden_key(self) -> bool:
        """Whether it may not be shown as a key, which is all that distinguishes one instance from another."""
        return self.is_sensitive or self.privacy > Privacy.DECODED

    def inherit_marks(self, whole: "Value") -> "Value":
        """Return what a loop takes out of a value: it is no more to be shown than the whole.

        Terraform does not call it sensitive, but what the loop makes of all.
        """
        privacy = max(self.privacy, whole.privacy_of_parts)
        return replace(self, privacy=privacy) if privacy else self


def string(text: str) -> Value:
    """Return a known string; Terraform keeps every string in Unicode's normal form C."""
    charge_text(len(text) if text.isascii() else 4 * len(text))  # it is normalized
    return Value(STRING, normalized(text))


def number(value: Number) -> Value:
    """Return a known number."""
    return Value(NUMBER, value)


def count_value(value: int) -> Value:
    """Return a number that a function counts or computes with 64 bits."""
    return number(with_precision(value, max(COUNT_PRECISION, value.bit_length())))


def boolean(value: bool) -> Value:  # noqa: FBT001 - the value itself
    """Return a known bool."""
    return Value(BOOL, value)


def null(kind: Type = DYNAMIC) -> Value:
    """Return a null of a type."""
    return Value(kind, None)


def tuple_value(elements: Iterable[Value]) -> Value:
    """Return a tuple of values, each with its own type."""
    members = tuple(elements)
    charge(len(members))
    return Value(TupleOf(tuple(member.type for member in members)), members)


def object_value(members: Mapping[str, Value]) -> Value:
    """Return an object of values, each with its own type."""
    charge(len(members))
    ordered = dict(sorted(members.items()))
    return Value(object_of({name: value.type for name, value in ordered.items()}), ordered)


def unknown(
    why: str, kind: Type = DYNAMIC, *, is_deferred: bool = False, is_not_null: bool = False
) -> Value:
    """Return a value of which nothing more is known than its type."""
    return Value(kind, UnknownRaw(why, is_deferred=is_deferred, is_not_null=is_not_null))


def not_null(value: Value) -> Value:
    """Return the result of what never gives null."""
    if isinstance(value.raw, UnknownRaw) and not value.raw.is_not_null:
        return replace(value, raw=replace(value.raw, is_not_null=True))
    return value


def keep_unknown_to_plan(compute: Callable[[], Value], *operands: Value) -> Value:
    """Return what `compute` returns, unknown to a plan where an operand is.

    Raises EvaluationError: it is rejected, and every plan knows the operands, or `try` or `can` decides.
    """
    unknown_to = max((operand.unknown_to for operand in operands), default=Plans.NONE)
    if unknown_to is Plans.NONE:
        return compute()
    try:
        return replace(compute(), unknown_to=unknown_to)
    except ReferenceRejectedError:
        raise
    except EvaluationError as error:
        return rejected_at_apply(error)


def rejected_at_apply(error: EvaluationError) -> Value:
    """Return what a plan makes of a value that only the apply rejects.

    Raises EvaluationError: `try` or `can` decides, for which it is rejected in the end.
    """
    if evaluation_context().tracker is not None:
        raise error
    why = f"it is rejected during the apply at the latest: {error.redacted_message}"
    return unknown(why, is_deferred=True)


def is_collection(value: Value) -> bool:
    """Whether a value is a list, set, tuple, map or object."""
    return is_sequence(value.type) or is_mapping(value.type)


def is_open(value: Value) -> bool:
    """Whether a value is a resource: an object with more members than its configuration names."""
    return isinstance(value.raw, OpenMembers)


def has_dynamic_type(value: Value) -> bool:
    """Whether the type of a value, or of anything in it, is unknown."""
    if isinstance(value.raw, UnknownRaw):
        return has_dynamic(value.type)
    if not isinstance(value.raw, tuple | Mapping) or is_open(value):
        return False
    charge(len(value.raw))
    return any(map(has_dynamic_type, value.elements))


def first_unknown(value: Value) -> Value | None:
    """Return the first value that is unknown: itself, or one in it."""
    charge()
    match value.raw:
        case UnknownRaw():
            return value
        case tuple() as elements:
            return next(filter(None, map(first_unknown, elements)), None)
        case Mapping() as elements:
            return next(filter(None, map(first_unknown, elements.values())), None)
        case _:
            return None
