"""What Terraform evaluated → settings of a cache: days, strings, and the steps that led there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, product
from math import prod
from typing import Any, TypeAlias, TypeVar

from ecbackup_iac.hcl.number import Number, NumberTooLargeError
from ecbackup_iac.model.hidden import hidden_unless_days, placeholder_of, setting_or_placeholder
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    NeedsCorrection,
    Outcome,
    PossibleValue,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.terraform.resource_types import MAX_SHOWN_NUMBER, days_of, shown_value
from ecbackup_iac.terraform.values.arithmetic import number_from, text_from
from ecbackup_iac.terraform.values.marks import placeholder_of_value
from ecbackup_iac.terraform.values.outcomes import combined_assumptions
from ecbackup_iac.terraform.values.primitives import scalar_text
from ecbackup_iac.terraform.values.steps import Step
from ecbackup_iac.terraform.values.type_system import DYNAMIC, NUMBER, STRING, type_name
from ecbackup_iac.terraform.values.value import Assumption, UnknownRaw, Value

T = TypeVar("T")

MAX_SCENARIOS = 64
"""Combinations of conditions; with more, outcomes of several settings are not compared."""

MAX_STEP_LENGTH = 120
"""Characters of a step's text; a trace has to stay readable."""


def days_setting(value: Value, before: tuple[TraceStep, ...] = ()) -> Setting[int]:
    """Return the retention that a Terraform value means, in days, with its trace."""
    trace = _trace(before, value.trace)
    if not isinstance(value.raw, UnknownRaw):
        return _possible_days(value, trace)
    raw = value.raw
    outcomes = tuple(
        Outcome(
            _possible_days(outcome.value.with_marks_of(value), _trace((), outcome.value.trace)),
            outcome.condition,
        )
        for outcome in raw.outcomes
    )
    bounds = None
    if not outcomes and (raw.minimum is not None or raw.maximum is not None):
        bounds = Bounds(_clamped(raw.minimum), _clamped(raw.maximum))
    first = outcomes[0].value if outcomes else None
    days = {one.value.value if isinstance(one.value, Known) else None for one in outcomes}
    if isinstance(first, Known) and days == {first.value}:
        literals = (literal for outcome in outcomes for literal in outcome.value.literals)
        return Known(first.value, trace, literals=tuple(dict.fromkeys(literals)))
    is_rejected = isinstance(raw.why, NeedsCorrection)
    return Unknown(raw.why, outcomes, bounds, trace, is_rejected=is_rejected)


def _possible_days(value: Value, trace: tuple[TraceStep, ...]) -> PossibleValue[int]:
    days = _days(value, trace)
    is_text = not isinstance(value.raw, bool | Mapping | tuple)
    if value.is_sensitive or (value.privacy and is_text):
        days = hidden_unless_days(days, placeholder_of_value(value))
    if value.literals:
        literals = tuple(literal.location for literal in value.literals)
        days = replace(days, literals=literals)
    return days


def _days(value: Value, trace: tuple[TraceStep, ...]) -> PossibleValue[int]:
    raw: Any = value.raw
    if raw is None and value.type not in (DYNAMIC, NUMBER, STRING):
        return Invalid(f"a null {type_name(value.type)}", trace)
    if isinstance(raw, str):
        try:
            parsed = number_from(raw)
        except NumberTooLargeError:
            parsed = None
        if parsed is None:
            return Invalid(shown_value(raw), trace)
        raw = parsed
    if raw == 0 and not isinstance(raw, bool):
        raw = 0  # negative zero
    if isinstance(raw, Fraction | float):
        return Invalid(text_from(raw)[:40], trace)
    if isinstance(raw, Mapping | tuple):
        return Invalid("a map" if isinstance(raw, Mapping) else "a list", trace)
    return days_of(raw, trace)


def _clamped(number: Number | None) -> int | None:
    return None if number is None else int(max(-MAX_SHOWN_NUMBER, min(number, MAX_SHOWN_NUMBER)))


def text_setting(value: Value, argument: TraceStep | None = None) -> Setting[str]:
    """Return the string setting that a value of Terraform's means; with a trace if `argument` is given."""
    trace = _trace((argument,), value.trace) if argument is not None else ()
    if isinstance(value.raw, UnknownRaw):
        outcomes = tuple(
            Outcome(_possible_text(outcome.value.with_marks_of(value)), outcome.condition)
            for outcome in value.raw.outcomes
        )
        return Unknown(value.raw.why, outcomes, trace=trace)
    return replace(_possible_text(value), trace=trace)


def _possible_text(value: Value) -> PossibleValue[str]:
    """Return a setting that is text; a list, a map and anything else counts as not set."""
    text = scalar_text(value.raw)
    return Known(shown_text(value, text)) if text else Unset()


def shown_text(value: Value, text: str) -> str:
    """Return a value's text as it may be printed."""
    return setting_or_placeholder(text) if value.is_hidden else text


Scenario: TypeAlias = tuple[Assumption, ...]


def shared_scenarios(values: Iterable[Value | None]) -> tuple[Scenario, ...]:
    """Return the scenarios of the conditions that decide about several values; none without such conditions.

    A scenario has one state of each such condition.
    """
    conditions = [_conditions(value) for value in values]
    states: dict[str, dict[str, None]] = {}
    for assumptions in chain.from_iterable(conditions):
        for assumption in assumptions:
            states.setdefault(assumption.subject, {"": None})[assumption.state] = None
    decided_values: Counter[str] = Counter()
    for of_value in conditions:
        decided_values.update({one.subject for assumptions in of_value for one in assumptions})
    choices = [
        [Assumption(subject, state) for state in states[subject]]
        for subject in states
        if decided_values[subject] > 1
    ]
    if not choices or prod(map(len, choices)) > MAX_SCENARIOS:
        return ()
    return tuple(product(*choices))


def with_scenarios(
    setting: Setting[T], value: Value | None, scenarios: Sequence[Scenario]
) -> Setting[T]:
    """Return a setting made of a value, each outcome with the numbers of its scenarios."""
    conditions = _conditions(value)
    if not (
        scenarios and isinstance(setting, Unknown) and len(setting.outcomes) == len(conditions)
    ):
        return setting
    outcomes = []
    for outcome, assumptions in zip(setting.outcomes, conditions, strict=True):
        possible = (
            number
            for number, scenario in enumerate(scenarios)
            if combined_assumptions(scenario, assumptions) is not None
        )
        outcomes.append(replace(outcome, scenario_ids=frozenset(possible)))
    return replace(setting, outcomes=tuple(outcomes))


def _conditions(value: Value | None) -> list[tuple[Assumption, ...]]:
    """Return the assumptions under which each outcome of an unknown value occurs."""
    if value is None or value.is_known:
        return []
    return [outcome.when for outcome in value.unknown.outcomes]


def group_by_engine(group: Setting[str], engine: Unknown[str], reference: str) -> Setting[str]:
    """Return the group that a cluster belongs to where nothing is known of it, but of its engine.

    Of engine and replication_group_id a configuration sets exactly one (provider source, cluster.go).
    """
    without = [outcome for outcome in engine.outcomes if isinstance(outcome.value, Unset)]
    if not isinstance(group, Unknown) or group.outcomes or not without:
        return group
    outcomes = tuple(
        replace(outcome, value=Known(reference) if outcome in without else Unset())
        for outcome in engine.outcomes
    )
    return Unknown(group.why, outcomes, trace=group.trace)


def _trace(before: tuple[TraceStep, ...], steps: Iterable[Step]) -> tuple[TraceStep, ...]:
    """Return a value's trace for the report, from the retention to its source, without duplicates."""
    trace, is_secret = [*before], any(step.is_secret for step in before)
    for step in steps:
        # What a sensitive variable is made of is as sensitive as the variable.
        trace.append(_hidden(step) if is_secret else step_of(step))
        is_secret = is_secret or step.is_secret
    return tuple(dict.fromkeys(trace))


_NOT_ASSIGNED = (StepKind.OPEN_VARIABLE, StepKind.UNSET)


def _hidden(step: Step) -> TraceStep:
    # The name of a setting is written in the code, but one in a data file may be as secret as the rest.
    name = "" if step.kind is StepKind.DATA_FILE else step.name
    placeholder = placeholder_of(f"{name} in {step.location}")
    text = f"{name} = {placeholder}" if name and step.kind not in _NOT_ASSIGNED else placeholder
    return TraceStep(text, step.location, step.kind, name, is_secret=True)


def step_of(step: Step) -> TraceStep:
    """Return a step for the report: the first line of its text, cut where it is long."""
    if isinstance(step, TraceStep):
        return step
    if step.is_secret:
        return _hidden(step)
    first, *rest = step.text.strip().splitlines() or [""]
    text = first.strip()
    if len(text) > MAX_STEP_LENGTH or rest:
        text = f"{text[:MAX_STEP_LENGTH].rstrip()} ..."
    return TraceStep(
        text, step.location, step.kind, step.name, step.shape, is_partial=step.is_partial
    )
