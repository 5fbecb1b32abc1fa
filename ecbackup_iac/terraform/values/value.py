"""Terraform's values: what an expression comes to, known or not.

A value that cannot be known says why, and where it can only be one of a few it lists them, each with
what has to hold for it. Every value carries the places it came through.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any, Protocol, TypeAlias
from unicodedata import normalize

from ecbackup_iac.hcl.expression import For, Node, ObjectNode, TupleNode
from ecbackup_iac.hcl.number import Number
from ecbackup_iac.hcl.source import Place
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, StepShape
from ecbackup_iac.terraform.values.budget import charge, spend_text, spend_trace
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ObjectOf,
    TupleOf,
    Type,
    is_mapping,
    is_sequence,
    object_of,
)

MAX_OUTCOMES = 64
"""A value that could be more than these is unknown without a list."""


MAX_CONDITION_LENGTH = 200
"""Characters of a condition's text; beyond it the first way to fulfil it stands for all."""

FILE_CONTENT = "(content of a file)"
"""What stands in a message for a text that a file holds."""


class EvaluationError(Exception):
    """What a real `terraform plan` would refuse, in its words; `place` is where, once somebody knows.

    `bare` is the message without what it quotes of values, where it quotes any.
    """

    def __init__(
        self,
        message: str,
        place: Any = None,  # noqa: ANN401 - a nodes.Place
        bare: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.bare = bare or message

    def redacted(self) -> "EvaluationError":
        """Give the same refusal of a value that must not be shown."""
        return type(self)(self.bare, self.place)


class ReferenceRefusedError(EvaluationError):
    """A reference to what is not declared: Terraform checks these first, so `try` hides none."""


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
    def location(self) -> Location:
        """The location as it is reported."""

    @property
    def text(self) -> str:
        """The source, or what is said in its place."""


@record(eq=False)
class SourceStep:
    """A step that shows its source; text and location are computed only for reported values."""

    place: Place
    kind: StepKind
    name: str = ""
    expression: Node | None = None
    """What is assigned there; None where nothing is."""

    is_secret: bool = False

    @classmethod
    def of(cls, attribute: Attribute, kind: StepKind) -> "SourceStep":
        """Return the step of an attribute."""
        return cls(attribute.place, kind, attribute.name, attribute.expression)

    @property
    def shape(self) -> StepShape:
        """Whether a collection is assigned."""
        is_collection = isinstance(self.expression, ObjectNode | TupleNode | For)
        return StepShape.COLLECTION if is_collection else StepShape.VALUE

    @property
    def location(self) -> Location:
        """The location as it is reported."""
        return self.place.location

    @property
    def text(self) -> str:
        """The source text."""
        return self.place.text


@record
class Assumption:
    """Something that has to hold: a subject (unique text) and the state it is in."""

    subject: str
    state: str

    def __str__(self) -> str:
        """Say it: `var.environment is "prod"`."""
        return f"{self.subject} is {self.state}"


@record(eq=False)
class Possibility:
    """One thing that an undecided value can be."""

    value: "Value"
    when: tuple[Assumption, ...] = ()
    """What holds in every world in which it is this."""

    told: str = ""
    """The same for a person, where it is more than `when` can say: "var.env is "dev" or "test""."""

    @property
    def condition(self) -> str:
        """What has to hold, for a person; empty where nothing is known of it."""
        return self.told or " and ".join(map(str, self.when))


@record(eq=False)
class UnknownRaw:
    """The raw part of a value that cannot be known from what was read."""

    why: str
    """For a person: "var.days has no default and no value"."""

    outcomes: tuple[Possibility, ...] = ()
    """All it can be, each known at its top level; empty where there is no finite list."""

    minimum: Number | None = None
    maximum: Number | None = None
    is_deferred: bool = False
    """Terraform itself knows it only after apply; else a plan would know it."""

    is_not_null: bool = False


class OpenMembers(Mapping[str, "Value"]):
    """The members of a resource: more than its configuration names, and each found on demand."""

    def __init__(self, names: Sequence[str], find: Callable[[str], "Value"]) -> None:
        self._names = names
        self._find = find

    def __getitem__(self, name: str) -> "Value":
        return self._find(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class LazyMembers(OpenMembers):
    """The members of a module call: its outputs, each found on demand."""

    def __contains__(self, name: object) -> bool:
        return name in self._names


Raw: TypeAlias = "bool | Number | str | tuple[Value, ...] | Mapping[str, Value] | UnknownRaw | None"


@record(eq=False)
class Value:
    """A value of Terraform's. Compare with `operations.equal`, never with ==.

    `raw` is None for null; bool; int or Fraction; str; a tuple of values for list, set and tuple (a
    set's sorted, each once); a dict of values for map and object (sorted by key); Undecided.
    """

    type: Type
    raw: Raw
    trace: tuple[Step, ...] = ()
    is_sensitive: bool = False
    literals: tuple[Place, ...] = ()
    """Where it is written as it stands: a literal for each way to it; none where it is computed."""

    is_file_content: bool = False
    """It is made of what a file holds: no text of it is shown. Nothing else follows from it."""

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self.raw is None

    @property
    def is_known(self) -> bool:
        """Whether it is known at its top level; elements may still be undecided."""
        return not isinstance(self.raw, UnknownRaw)

    @property
    def is_wholly_known(self) -> bool:
        """Whether it and everything in it is known."""
        match self.raw:
            case UnknownRaw():
                return False
            case tuple() as elements:
                charge(len(elements))
                return all(element.is_wholly_known for element in elements)
            case OpenMembers() if not isinstance(self.raw, LazyMembers):
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
        """Give the value with steps put before its trace."""
        spend_trace(len(self.trace))
        return replace(self, trace=(*steps, *self.trace)) if steps else self

    def marked(self, *others: "Value") -> "Value":
        """Give the value with the marks of the others: sensitive, or read from a file."""
        is_sensitive, is_file_content = self.is_sensitive, self.is_file_content
        for other in others:
            is_sensitive = is_sensitive or other.is_sensitive
            is_file_content = is_file_content or other.is_file_content
        return self.with_marks(is_sensitive=is_sensitive, is_file_content=is_file_content)

    def with_marks(self, *, is_sensitive: bool, is_file_content: bool) -> "Value":
        """Give the value with these marks and no others."""
        if is_sensitive is self.is_sensitive and is_file_content is self.is_file_content:
            return self
        return replace(self, is_sensitive=is_sensitive, is_file_content=is_file_content)

    @property
    def is_hidden(self) -> bool:
        """Whether no text of it may be shown."""
        return self.is_sensitive or self.is_file_content

    def inherit_marks(self, whole: "Value") -> "Value":
        """Give what a loop takes out of a value: it is no more to be shown than the whole.

        Terraform does not call it sensitive, but what the loop makes of all.
        """
        if self.is_file_content or not whole.is_hidden:
            return self
        return replace(self, is_file_content=True)


def string(text: str) -> Value:
    """Make a known string; Terraform keeps every string in Unicode's normal form C."""
    spend_text(len(text))
    return Value(STRING, text if text.isascii() else normalize("NFC", text))


def number(value: Number) -> Value:
    """Make a known number."""
    return Value(NUMBER, value)


def boolean(value: bool) -> Value:  # noqa: FBT001 - that is what it is about
    """Make a known bool."""
    return Value(BOOL, value)


def null(kind: Type = DYNAMIC) -> Value:
    """Make a null of a type."""
    return Value(kind, None)


def tuple_value(elements: Iterable[Value]) -> Value:
    """Make a tuple of values, each with its own type."""
    members = tuple(elements)
    charge(len(members))
    return Value(TupleOf(tuple(member.type for member in members)), members)


def object_value(members: Mapping[str, Value]) -> Value:
    """Make an object of values, each with its own type."""
    charge(len(members))
    ordered = dict(sorted(members.items()))
    return Value(object_of({name: value.type for name, value in ordered.items()}), ordered)


def unknown(
    why: str,
    kind: Type = DYNAMIC,
    *,
    is_deferred: bool = False,
    is_not_null: bool = False,
) -> Value:
    """Make a value of which nothing more is known than its type."""
    return Value(kind, UnknownRaw(why, is_deferred=is_deferred, is_not_null=is_not_null))


def one_of(possibilities: Sequence[Possibility], why: str, *, is_deferred: bool = False) -> Value:
    """Make the value that is one of these; a single possibility is simply known.

    A possibility that is undecided itself gives its own outcomes; if it has none, nor has the result.
    Outcomes that are the same value are one, told with the first one's conditions.
    """
    flat: list[Possibility] = []
    deferred, kinds, is_listed = is_deferred, [], True
    for possibility in possibilities:
        value = possibility.value
        kinds.append(value.type)
        if value.is_known:
            flat.append(possibility)
            continue
        deferred = deferred or value.unknown.is_deferred
        is_listed = is_listed and bool(value.unknown.outcomes)
        if not value.unknown.outcomes:
            why = value.unknown.why
        for inner in value.unknown.outcomes:
            when = combined(possibility.when, inner.when)
            if when is not None:
                told = inner.told if not possibility.condition else ""
                flat.append(Possibility(inner.value, when, told))
    kind = kinds[0] if len(set(kinds)) == 1 else DYNAMIC
    distinct = _distinct(flat)
    is_file_content = any(possibility.value.is_hidden for possibility in possibilities)
    if not is_listed or not distinct or len(distinct) > MAX_OUTCOMES:
        return Value(kind, UnknownRaw(why, is_deferred=deferred), is_file_content=is_file_content)
    if len(distinct) == 1 and distinct[0].value.is_wholly_known:
        return distinct[0].value
    return Value(
        kind,
        UnknownRaw(why, tuple(distinct), is_deferred=deferred),
        is_file_content=is_file_content,
    )


def combined(
    one: tuple[Assumption, ...], other: tuple[Assumption, ...]
) -> tuple[Assumption, ...] | None:
    """Put assumptions together; None where they contradict each other."""
    states = {assumption.subject: assumption for assumption in one}
    for assumption in other:
        if states.setdefault(assumption.subject, assumption).state != assumption.state:
            return None
    return tuple(states.values())


class Refusals:
    """Whether, while somebody watched, an outcome was left out because it is refused."""

    happened = False


_trackers: list[Refusals] = []


@contextmanager
def track_rejections() -> Iterator[Refusals]:
    """Watch for outcomes that are refused: `try` and `can` have to know of them."""
    watcher = Refusals()
    _trackers.append(watcher)
    try:
        yield watcher
    finally:
        _trackers.pop()
        if watcher.happened:
            record_rejection()


@contextmanager
def hide_rejections() -> Iterator[None]:
    """Evaluate what stands elsewhere (a local, a variable): no `try` around the reference sees into it."""
    saved = _trackers[:]
    _trackers.clear()
    try:
        yield
    finally:
        _trackers[:] = saved


def record_rejection() -> None:
    """Tell whoever watches that some outcome is refused."""
    if _trackers:
        _trackers[-1].happened = True


def map_outcomes(function: Callable[..., Value], *arguments: Value, kind: Type = DYNAMIC) -> Value:
    """Apply a function of known values to values that may be undecided.

    It is applied to every combination of outcomes that do not contradict each other. A combination
    that the function refuses cannot be deployed, and is left out; where all are refused the error
    stands. An argument without a list of outcomes makes the result unknown, of type `kind`.

    Raises:
        EvaluationError: the function refuses whatever the arguments turn out to be.

    """
    open_arguments = [argument for argument in arguments if not argument.is_known]
    if not open_arguments:
        return function(*arguments)
    deferred = any(argument.unknown.is_deferred for argument in open_arguments)
    bare = next((a for a in open_arguments if not a.unknown.outcomes), None)
    why = (bare or open_arguments[0]).unknown.why
    total = 1
    for argument in open_arguments:
        total *= len(argument.unknown.outcomes)
    if bare is not None or total > MAX_OUTCOMES:
        record_rejection()  # the function may refuse what it turns out to be
        return Value(kind, UnknownRaw(why, is_deferred=deferred)).marked(*arguments)
    choices = [
        argument.unknown.outcomes if not argument.is_known else (Possibility(argument),)
        for argument in arguments
    ]
    found: list[Possibility] = []
    refusal: EvaluationError | None = None
    charge(total)
    for choice in product(*choices):
        when: tuple[Assumption, ...] | None = ()
        for possibility in choice:
            when = combined(when, possibility.when) if when is not None else None
        if when is None:
            continue
        try:
            chosen = [possibility.value for possibility in choice]
            found.append(Possibility(function(*chosen).marked(*chosen), when))
        except EvaluationError as error:
            refusal = refusal or error
            record_rejection()
    if not found and refusal is not None:
        raise refusal
    return one_of(found, why, is_deferred=deferred).marked(*arguments)


def _distinct(possibilities: Iterable[Possibility]) -> list[Possibility]:
    """Make one of those that are the same value: it holds whenever any of them does."""
    kept: dict[object, Possibility] = {}
    places: dict[object, dict[Place, None]] = {}
    for possibility in possibilities:
        key = identity(possibility.value)
        first = kept.get(key)
        kept[key] = possibility if first is None else _either(first, possibility)
        places.setdefault(key, {}).update(dict.fromkeys(possibility.value.literals))
    return [_written_at(one, tuple(places[key])) for key, one in kept.items()]


def _written_at(one: Possibility, literals: tuple[Place, ...]) -> Possibility:
    if len(literals) == len(one.value.literals):
        return one
    return Possibility(replace(one.value, literals=literals), one.when, one.told)


def _either(one: Possibility, other: Possibility) -> Possibility:
    if set(one.when) == set(other.when):
        return one
    common = tuple(assumption for assumption in one.when if assumption in other.when)
    ways = [way for way in (one.condition, other.condition) if way]
    told = " or ".join(dict.fromkeys(ways)) if len(ways) > 1 else ""
    return Possibility(
        one.value, common, told if len(told) <= MAX_CONDITION_LENGTH else one.condition
    )


def identity(value: Value) -> object:
    """Give a hashable key that two values share only where they are the same in type and content.

    What is undecided is like nothing but itself.
    """
    match value.raw:
        case UnknownRaw():
            return ("undecided", id(value.raw))
        case tuple() as elements:
            charge(len(elements))
            return (value.type, tuple(identity(element) for element in elements))
        case Mapping() as elements:
            charge(len(elements))
            return (value.type, tuple((key, identity(e)) for key, e in elements.items()))
        case bool() as raw:
            return ("bool", raw)
        case raw:
            return (value.type, raw)


def is_collection(value: Value) -> bool:
    """Say whether a value is a list, set, tuple, map or object."""
    return is_sequence(value.type) or is_mapping(value.type)


def object_type(value: Value) -> ObjectOf | None:
    """Give the type of an object, None for anything else."""
    return value.type if isinstance(value.type, ObjectOf) else None
