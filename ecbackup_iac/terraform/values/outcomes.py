"""Values that may be one of several → their outcomes, and functions applied to each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import Located
from ecbackup_iac.terraform.values.type_system import DYNAMIC, Type
from ecbackup_iac.terraform.values.value import Assumption, Outcome, Privacy, UnknownRaw, Value

MAX_OUTCOMES = 64
"""A value with more outcomes than these is unknown without a list."""

_LARGE = 2**53
"""Smaller whole numbers are written exactly, however they were computed."""

MAX_CONDITION_LENGTH = 200
"""Characters of a condition's text; where it is longer, the first alternative represents them all."""


def one_of(outcomes: Sequence[Outcome], why: str, *, is_deferred: bool = False) -> Value:
    """Return the value that is one of these; a single one is simply known.

    An outcome that is unknown itself contributes its own outcomes; without any, the result has none.
    Outcomes that are the same value are merged. It is certainly deferred where the choice is, or
    where every outcome is.
    """
    flat: list[Outcome] = []
    kinds, is_listed = [], True
    is_deferred = is_deferred or all(
        isinstance(outcome.value.raw, UnknownRaw) and outcome.value.raw.is_deferred
        for outcome in outcomes
    )
    for outcome in outcomes:
        value = outcome.value
        kinds.append(value.type)
        if value.is_known:
            flat.append(outcome)
            continue
        is_listed = is_listed and bool(value.unknown.outcomes)
        if not value.unknown.outcomes:
            why = value.unknown.why
        flat += _flattened(outcome, value.unknown.outcomes)
    kind = kinds[0] if len(set(kinds)) == 1 else DYNAMIC
    distinct = tuple(_distinct(flat))
    if not is_listed or len(distinct) > MAX_OUTCOMES:
        distinct = ()
    elif len(distinct) == 1 and distinct[0].value.is_wholly_known:
        return distinct[0].value
    is_not_null = not any(map(_may_be_null, outcomes))
    raw = UnknownRaw(why, distinct, is_deferred=is_deferred, is_not_null=is_not_null)
    privacies = (outcome.value.privacy_of_parts for outcome in outcomes)
    return Value(kind, raw, privacy=max(privacies, default=Privacy.NONE))


def _may_be_null(outcome: Outcome) -> bool:
    raw = outcome.value.raw
    return raw is None or (isinstance(raw, UnknownRaw) and not raw.is_not_null)


def _flattened(outer: Outcome, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield the outcomes of an outcome that is unknown itself, as far as they agree with it."""
    for inner in outcomes:
        when = combined_assumptions(outer.when, inner.when)
        if when is not None:
            yield Outcome(inner.value, when, "" if outer.condition else inner.description)


def combined_assumptions(
    first: tuple[Assumption, ...], second: tuple[Assumption, ...]
) -> tuple[Assumption, ...] | None:
    """Return all assumptions of both; None where they contradict each other."""
    states = {assumption.subject: assumption for assumption in first}
    for assumption in second:
        if states.setdefault(assumption.subject, assumption).state != assumption.state:
            return None
    return tuple(states.values())


def common_assumptions(outcomes: Sequence[Outcome]) -> tuple[Assumption, ...]:
    """Return the assumptions that some outcomes share: they are true whichever of them is the case."""
    return tuple(
        assumption
        for assumption in (outcomes[0].when if outcomes else ())
        if all(assumption in outcome.when for outcome in outcomes)
    )


class Bounds(NamedTuple):
    """The least and the greatest number that a value can be; None where nothing is known of it."""

    minimum: Number | None = None
    maximum: Number | None = None


def bounds(value: Value) -> Bounds:
    """Return the bounds of a value."""
    if isinstance(value.raw, Number):
        return Bounds(value.raw, value.raw)
    if value.is_known:
        return Bounds()
    raw = value.unknown
    if not raw.outcomes:
        return Bounds(raw.minimum, raw.maximum)
    numbers = [
        outcome.value.raw for outcome in raw.outcomes if isinstance(outcome.value.raw, Number)
    ]
    every = len(numbers) == sum(not outcome.value.is_null for outcome in raw.outcomes)
    return Bounds(min(numbers), max(numbers)) if numbers and every else Bounds()


def is_between(value: Value, minimum: Number | None, maximum: Number | None) -> bool:
    """Whether a value is not a number, or one within bounds; None is for no bound."""
    raw = value.raw
    if isinstance(raw, bool) or not isinstance(raw, Number):
        return True
    return (minimum is None or raw >= minimum) and (maximum is None or raw <= maximum)


def under_assumptions(value: Value, assumptions: tuple[Assumption, ...]) -> Value:
    """Return a value without the outcomes that contradict some assumptions."""
    if value.is_known or not assumptions or value.unknown.is_deferred:
        return value
    outcomes = value.unknown.outcomes
    kept = [one for one in outcomes if combined_assumptions(assumptions, one.when) is not None]
    if not kept or len(kept) == len(outcomes):
        return value
    raw = value.unknown
    return one_of(kept, raw.why, is_deferred=raw.is_deferred).with_marks_of(value)


def combinations(
    choices: Sequence[Sequence[Outcome]],
) -> Iterator[tuple[tuple[Value, ...], tuple[Assumption, ...]]]:
    """Yield each combination of outcomes that do not contradict each other, with its assumptions."""
    for choice in product(*choices):
        when: tuple[Assumption, ...] | None = ()
        for outcome in choice:
            when = combined_assumptions(when, outcome.when) if when is not None else None
        if when is not None:
            yield tuple(outcome.value for outcome in choice), when


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
    unknown_arguments = [argument for argument in arguments if not argument.is_known]
    if not unknown_arguments:
        return function(*arguments)
    is_deferred = any(argument.unknown.is_deferred for argument in unknown_arguments)
    unlisted = next((a for a in unknown_arguments if not a.unknown.outcomes), None)
    why = (unlisted or unknown_arguments[0]).unknown.why
    total = 1
    for argument in unknown_arguments:
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
    if is_deferred and any(argument.type == DYNAMIC for argument in unknown_arguments):
        result = of_deferred_type(result, why)
    return result.with_marks_of(*arguments)


def without_null(value: Value, rejection: str, kind: Type = DYNAMIC) -> Value:
    """Return a value without the outcomes that are null. Raises EvaluationError: it is null."""

    def checked(one: Value) -> Value:
        if one.is_null:
            raise EvaluationError(rejection)
        return one

    return map_outcomes(checked, value, kind=kind)


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
    """Apply a function as `map_outcomes` does, for the outcomes of the arguments at some positions.

    The other arguments are passed to it as they are, even where they are unknown.
    """

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
    raw = UnknownRaw(why, (Outcome(value),), is_deferred=True)
    return replace(value, type=DYNAMIC, raw=raw)


def _results(function: Callable[..., Value], arguments: Sequence[Value]) -> list[Outcome]:
    """Return the results for every combination of outcomes. Raises EvaluationError if all are rejected."""
    choices = [
        argument.unknown.outcomes if not argument.is_known else (Outcome(argument),)
        for argument in arguments
    ]
    found: list[Outcome] = []
    rejection: EvaluationError | None = None
    for chosen, when in combinations(choices):
        try:
            found.append(Outcome(function(*chosen).with_marks_of(*chosen), when))
        except EvaluationError as error:
            rejection = rejection or error
            record_rejection()
    if not found and rejection is not None:
        raise rejection
    return found


def _distinct(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes with those of the same value merged: it is true where any of them is."""
    kept: dict[object, Outcome] = {}
    literals: dict[object, dict[Located, None]] = {}
    for outcome in outcomes:
        key = identity(outcome.value)
        first = kept.get(key)
        kept[key] = outcome if first is None else _merged(first, outcome)
        literals.setdefault(key, {}).update(dict.fromkeys(outcome.value.literals))
    return [_with_literals(outcome, tuple(literals[key])) for key, outcome in kept.items()]


def _with_literals(outcome: Outcome, literals: tuple[Located, ...]) -> Outcome:
    if len(literals) == len(outcome.value.literals):
        return outcome
    value = replace(outcome.value, literals=literals)
    return Outcome(value, outcome.when, outcome.description)


def _merged(first: Outcome, second: Outcome) -> Outcome:
    if set(first.when) == set(second.when):
        return first
    common = common_assumptions((first, second))
    conditions = [text for text in (first.condition, second.condition) if text]
    text = " or ".join(dict.fromkeys(conditions)) if len(conditions) > 1 else ""
    return Outcome(
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
