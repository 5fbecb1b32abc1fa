"""Values that may be one of several → their outcomes, and functions applied to each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.steps import Located
from ecbackup_iac.terraform.values.type_system import DYNAMIC, Type
from ecbackup_iac.terraform.values.value import (
    Assumption,
    EvaluationError,
    Possibility,
    Privacy,
    UnknownRaw,
    Value,
)

MAX_OUTCOMES = 64
"""A value with more outcomes than these is unknown without a list."""

_LARGE = 2**53
"""Smaller whole numbers are written exactly, however they were computed."""

MAX_CONDITION_LENGTH = 200
"""Characters of a condition's text; where it is longer, the first alternative represents them all."""


def one_of(possibilities: Sequence[Possibility], why: str, *, is_deferred: bool = False) -> Value:
    """Return the value that is one of these; a single possibility is simply known.

    A possibility that is unknown itself contributes its own outcomes; without any, the result has none.
    Outcomes that are the same value are merged. It is certainly deferred where the choice is, or
    where every possibility is.
    """
    flat: list[Possibility] = []
    kinds, is_listed = [], True
    is_deferred = is_deferred or all(
        isinstance(possibility.value.raw, UnknownRaw) and possibility.value.raw.is_deferred
        for possibility in possibilities
    )
    for possibility in possibilities:
        value = possibility.value
        kinds.append(value.type)
        if value.is_known:
            flat.append(possibility)
            continue
        is_listed = is_listed and bool(value.unknown.outcomes)
        if not value.unknown.outcomes:
            why = value.unknown.why
        flat += _flattened(possibility, value.unknown.outcomes)
    kind = kinds[0] if len(set(kinds)) == 1 else DYNAMIC
    distinct = _distinct(flat)
    privacies = (possibility.value.privacy_of_parts for possibility in possibilities)
    outcomes = tuple(distinct)
    if not is_listed or not distinct or len(distinct) > MAX_OUTCOMES:
        outcomes = ()
    elif len(distinct) == 1 and distinct[0].value.is_wholly_known:
        return distinct[0].value
    is_not_null = not any(map(_may_be_null, possibilities))
    raw = UnknownRaw(why, outcomes, is_deferred=is_deferred, is_not_null=is_not_null)
    return Value(kind, raw, privacy=max(privacies, default=Privacy.NONE))


def _may_be_null(possibility: Possibility) -> bool:
    raw = possibility.value.raw
    return raw is None or (isinstance(raw, UnknownRaw) and not raw.is_not_null)


def _flattened(outer: Possibility, outcomes: Iterable[Possibility]) -> Iterator[Possibility]:
    """Yield the outcomes of a possibility that is unknown itself, as far as they agree with it."""
    for inner in outcomes:
        when = combined(outer.when, inner.when)
        if when is not None:
            yield Possibility(inner.value, when, "" if outer.condition else inner.description)


def combined(
    first: tuple[Assumption, ...], second: tuple[Assumption, ...]
) -> tuple[Assumption, ...] | None:
    """Return all assumptions of both; None where they contradict each other."""
    states = {assumption.subject: assumption for assumption in first}
    for assumption in second:
        if states.setdefault(assumption.subject, assumption).state != assumption.state:
            return None
    return tuple(states.values())


def common_assumptions(possibilities: Sequence[Possibility]) -> tuple[Assumption, ...]:
    """Return the assumptions of all of some possibilities: they are true whichever of them is the case."""
    return tuple(
        assumption
        for assumption in (possibilities[0].when if possibilities else ())
        if all(assumption in possibility.when for possibility in possibilities)
    )


def bounds(value: Value) -> tuple[Number | None, Number | None]:
    """Return the least and the greatest number that a value can be; None where nothing is known of it."""
    if isinstance(value.raw, Number):
        return value.raw, value.raw
    if value.is_known:
        return None, None
    raw = value.unknown
    if not raw.outcomes:
        return raw.minimum, raw.maximum
    numbers = [
        outcome.value.raw for outcome in raw.outcomes if isinstance(outcome.value.raw, Number)
    ]
    every = len(numbers) == sum(not outcome.value.is_null for outcome in raw.outcomes)
    return (min(numbers), max(numbers)) if numbers and every else (None, None)


def is_between(value: Value, minimum: Number | None, maximum: Number | None) -> bool:
    """Whether a value is not a number, or one within bounds; None is for no bound."""
    raw = value.raw
    if isinstance(raw, bool) or not isinstance(raw, Number):
        return True
    return (minimum is None or raw >= minimum) and (maximum is None or raw <= maximum)


def where(value: Value, assumptions: tuple[Assumption, ...]) -> Value:
    """Return a value without the outcomes that contradict some assumptions."""
    if value.is_known or not assumptions or value.unknown.is_deferred:
        return value
    outcomes = value.unknown.outcomes
    kept = [one for one in outcomes if combined(assumptions, one.when) is not None]
    if not kept or len(kept) == len(outcomes):
        return value
    raw = value.unknown
    return one_of(kept, raw.why, is_deferred=raw.is_deferred).with_marks_of(value)


def combinations(
    choices: Sequence[Sequence[Possibility]],
) -> Iterator[tuple[tuple[Value, ...], tuple[Assumption, ...]]]:
    """Yield each combination of possibilities that do not contradict each other, with its assumptions."""
    for choice in product(*choices):
        when: tuple[Assumption, ...] | None = ()
        for possibility in choice:
            when = combined(when, possibility.when) if when is not None else None
        if when is not None:
            yield tuple(possibility.value for possibility in choice), when


def map_outcomes(
    function: Callable[..., Value], *arguments: Value, kind: Type = DYNAMIC, is_total: bool = False
) -> Value:
    """Apply a function of known values to values that may be unknown.

    It is applied to every combination of outcomes that do not contradict each other. A combination
    that the function rejects cannot be deployed, and is left out; where all are rejected the error
    is raised. An argument without a list of outcomes makes the result unknown, of type `kind`.
    A total function rejects nothing that such an argument may turn out to be.

    Raises EvaluationError: the function rejects every combination.
    """
    open_arguments = [argument for argument in arguments if not argument.is_known]
    if not open_arguments:
        return function(*arguments)
    is_deferred = any(argument.unknown.is_deferred for argument in open_arguments)
    unlisted = next((a for a in open_arguments if not a.unknown.outcomes), None)
    why = (unlisted or open_arguments[0]).unknown.why
    total = 1
    for argument in open_arguments:
        total *= len(argument.unknown.outcomes)
    if unlisted is not None or total > MAX_OUTCOMES:
        if not is_total and (unlisted is None or not unlisted.unknown.is_deferred):
            record_rejection()  # the function may reject what it turns out to be
        return Value(kind, UnknownRaw(why, is_deferred=is_deferred)).with_marks_of(*arguments)
    charge(total)
    try:
        found = _results(function, arguments)
    except EvaluationError:
        if not is_deferred:
            raise
        found = []  # a plan does not see it: it is rejected only when it is applied
    result = one_of(found, why, is_deferred=is_deferred)
    if is_deferred and any(argument.type == DYNAMIC for argument in open_arguments):
        result = of_deferred_type(result, why)
    return result.with_marks_of(*arguments)


def without_null(value: Value, rejection: str, kind: Type = DYNAMIC) -> Value:
    """Return a value without the outcomes that are null. Raises EvaluationError: it is null."""

    def settled(one: Value) -> Value:
        if one.is_null:
            raise EvaluationError(rejection)
        return one

    return map_outcomes(settled, value, kind=kind)


def with_default(value: Value, default: Callable[[], Value]) -> Value:
    """Return a value with a default where it is null, and where an outcome of it is.

    Raises EvaluationError: it is null, and the default is rejected.
    """
    if value.is_null:
        return default()
    if value.is_known or not any(outcome.value.is_null for outcome in value.unknown.outcomes):
        return value
    filled = map_outcomes(lambda one: default() if one.is_null else one, value, kind=value.type)
    return filled.through(*value.trace)


def map_some(
    function: Callable[..., Value],
    arguments: Sequence[Value],
    positions: Sequence[int],
    kind: Type = DYNAMIC,
) -> Value:
    """Apply a function of values to some, as `map_outcomes` does, of which those at some positions decide."""

    def filled(*known: Value) -> Value:
        given = list(arguments)
        for position, value in zip(positions, known, strict=True):
            given[position] = value
        return function(*given)

    return map_outcomes(filled, *(arguments[position] for position in positions), kind=kind)


def of_deferred_type(value: Value, why: str) -> Value:
    """Return a value as a plan has it that does not know even its type, and so rejects no use of it."""
    if not value.is_known:
        return replace(value, type=DYNAMIC)
    raw = UnknownRaw(why, (Possibility(value),), is_deferred=True)
    return replace(value, type=DYNAMIC, raw=raw)


def _results(function: Callable[..., Value], arguments: Sequence[Value]) -> list[Possibility]:
    """Return the results for every combination of outcomes. Raises EvaluationError if all are rejected."""
    choices = [
        argument.unknown.outcomes if not argument.is_known else (Possibility(argument),)
        for argument in arguments
    ]
    found: list[Possibility] = []
    rejection: EvaluationError | None = None
    for chosen, when in combinations(choices):
        try:
            found.append(Possibility(function(*chosen).with_marks_of(*chosen), when))
        except EvaluationError as error:
            rejection = rejection or error
            record_rejection()
    if not found and rejection is not None:
        raise rejection
    return found


def _distinct(possibilities: Iterable[Possibility]) -> list[Possibility]:
    """Return the possibilities with those of the same value merged: it is true where any of them is."""
    kept: dict[object, Possibility] = {}
    literals: dict[object, dict[Located, None]] = {}
    for possibility in possibilities:
        key = identity(possibility.value)
        first = kept.get(key)
        kept[key] = possibility if first is None else _merged(first, possibility)
        literals.setdefault(key, {}).update(dict.fromkeys(possibility.value.literals))
    return [_with_literals(possibility, tuple(literals[key])) for key, possibility in kept.items()]


def _with_literals(possibility: Possibility, literals: tuple[Located, ...]) -> Possibility:
    if len(literals) == len(possibility.value.literals):
        return possibility
    value = replace(possibility.value, literals=literals)
    return Possibility(value, possibility.when, possibility.description)


def _merged(first: Possibility, second: Possibility) -> Possibility:
    if set(first.when) == set(second.when):
        return first
    common = common_assumptions((first, second))
    conditions = [text for text in (first.condition, second.condition) if text]
    text = " or ".join(dict.fromkeys(conditions)) if len(conditions) > 1 else ""
    return Possibility(
        first.value, common, text if len(text) <= MAX_CONDITION_LENGTH else first.condition
    )


def identity(value: Value) -> object:
    """Return a hashable key that two values share only where they are the same in type and content.

    What is unknown equals nothing but itself.
    """
    match value.raw:
        case UnknownRaw():
            return ("unknown", id(value.raw))
        case tuple() as elements:
            charge(len(elements))
            return (value.type, tuple(identity(element) for element in elements))
        case Mapping() as elements:
            charge(len(elements))
            return (value.type, tuple((key, identity(e)) for key, e in elements.items()))
        case bool() as raw:
            return ("bool", raw)
        case Fraction() as raw:  # equal are numbers that are written alike
            return (value.type, text_from(raw))
        case int() as raw if abs(raw) > _LARGE:
            return (value.type, text_from(raw))
        case raw:
            return (value.type, raw)
