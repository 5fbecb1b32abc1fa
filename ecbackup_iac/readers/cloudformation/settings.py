"""A resource of a template → its settings: the value of each property in every case.

The cases are the scenarios of ecbackup_iac.cloudformation. Where all properties can be evaluated together
they share their cases, so that a verdict considers only values that can occur together.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from ecbackup_iac.cloudformation.evaluation.enumeration import ScenarioBudget, enumerate_scenarios
from ecbackup_iac.cloudformation.evaluation.errors import NoResultError
from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.rules import check_rules
from ecbackup_iac.cloudformation.evaluation.scenarios import MAX_CASES
from ecbackup_iac.cloudformation.evaluation.template import macro_of
from ecbackup_iac.cloudformation.evaluation.values import NoValue, UnknownValue, Value
from ecbackup_iac.cloudformation.syntax.nodes import member, members
from ecbackup_iac.cloudformation.templates.resources import ResourceInstance
from ecbackup_iac.model.cache import ClusterModeSetting, enables_cluster_mode
from ecbackup_iac.model.hidden import hidden_unless_days, placeholder_of, setting_or_placeholder
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    Outcome,
    PossibleValue,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as ModelValue
from ecbackup_iac.readers.cloudformation.resource_types import days_of, properties_of
from ecbackup_iac.readers.terraform.resource_types import Attributes

T = TypeVar("T")

MAX_CONDITION_LENGTH = 200
"""Characters of the conditions of an outcome; in a longer text only the first condition is given."""

MAX_PLACEHOLDER_LENGTH = 80
"""Characters of a placeholder that a message shows."""

# A placeholder where a number is needed: "!DAYS!", "${DAYS:-7}", "%d". Other values may be such texts, and
# "${Days}" is what Fn::Sub makes of "${!Days}".
_FILLED_IN = re.compile(r"(?!\$\{\w+\}\Z)[^\w\s+.'\"-].*[^\w\s'\"]|%[sd]", re.DOTALL)

_TOO_MANY = f"it depends on more than {MAX_CASES} combinations of conditions and parameters"
_SPENT = "the template exceeds the evaluation limit"


@record(eq=False)
class PropertyCase:
    """A property in one case."""

    value: Value | None
    """None where the property is not written."""

    location: Location | None = None
    conditions: tuple[str, ...] = ()
    """The conditions of this case that the property depends on, for people."""

    reasons: tuple[str, ...] = ()
    """Why these conditions are unresolved."""


@record(eq=False)
class _ResourceCase:
    """A resource in one scenario in which it exists."""

    existence: tuple[str, ...]
    """The conditions that its existence depends on, for people."""

    properties: dict[str, PropertyCase]


class ResourceSettings:
    """The properties of one resource, each with its value in every case."""

    def __init__(
        self,
        cases: dict[str, list[PropertyCase]],
        *,
        is_aligned: bool,
        existence: Sequence[str] = (),
    ) -> None:
        self._cases = cases
        self._is_aligned = is_aligned
        """The n-th case is the same for every property."""
        self.existence = existence
        """The conditions under which the resource exists, where it may not."""

    @classmethod
    def evaluate(
        cls, instance: ResourceInstance, names: Attributes, budget: ScenarioBudget
    ) -> "ResourceSettings":
        """Return a resource's properties, evaluated together; separately where there are too many cases."""
        cases = enumerate_scenarios(
            lambda evaluator: _evaluate_case(evaluator, instance, names), budget
        )
        if cases is None:  # too many, or too much
            separate = {
                name: _evaluate_separately(instance, name, budget) for name in properties_of(names)
            }
            return cls(separate, is_aligned=False)
        existing = [case for case in cases if case is not None]
        properties = {
            name: [case.properties[name] for case in existing] for name in properties_of(names)
        }
        if len(existing) == len(cases):
            return cls(properties, is_aligned=True)
        conditions = dict.fromkeys(" and ".join(case.existence) for case in existing)
        return cls(properties, is_aligned=True, existence=list(conditions))

    @classmethod
    def rejected(
        cls, instance: ResourceInstance, names: Attributes, budget: ScenarioBudget
    ) -> "ResourceSettings":
        """Return the properties of a resource that cannot be evaluated: none has a case, but the engine.

        Memcached is not applicable, whatever is rejected besides.
        """
        cases: dict[str, list[PropertyCase]] = {name: [] for name in properties_of(names)}
        with suppress(NoResultError):
            engines = enumerate_scenarios(
                lambda evaluator: _evaluate_property(evaluator, instance, names.engine), budget
            )
            cases[names.engine] = engines or []
        return cls(cases, is_aligned=False)

    @property
    def exists_nowhere(self) -> bool:
        """Whether the resource exists in no case."""
        return not any(self._cases.values())

    def location(self, name: str) -> Location | None:
        """Return the location of a property; None where it is not written."""
        return next((case.location for case in self._cases[name] if case.location), None)

    def retention(self, name: str, not_set: TraceStep) -> ModelValue[int]:
        """Return the retention, in days; `not_set` is the step of a retention that is not set."""
        cases = self._cases[name]
        retentions = [_retention_of(case.value, not_set) for case in cases]
        unknown = [retention for retention in retentions if isinstance(retention, Unknown)]
        if len(unknown) == len(cases) and len({(days.why, days.bounds) for days in unknown}) == 1:
            return unknown[0]  # the cases do not differ in it
        if any(not _deciding_ends(days) for days in unknown):
            return _unbounded(retentions, cases)
        # Every case has a value, or bounds of which the ends decide: together they are a finite list.
        outcomes = [
            (number, days)
            for number, retention in enumerate(retentions)
            for days in (
                _deciding_ends(retention) if isinstance(retention, Unknown) else [retention]
            )
        ]
        return self._combine(outcomes, cases)

    def string(self, name: str | None, other_than: str | None = None) -> ModelValue[str]:
        """Return a property that is a string.

        A case in which it is only known to be other than `other_than` has an outcome that represents that;
        any other case in which it is unknown leaves the whole unknown, without a list of outcomes.
        """
        cases = self._cases.get(name or "", [])
        if not cases:
            return Unset()
        values: list[PossibleValue[str]] = []
        why = ""
        for case in cases:
            raw = case.value.raw if case.value else None
            if not isinstance(raw, UnknownValue):
                values.append(_string_of(case.value))
            elif other_than is not None and other_than in raw.domain.excluded:
                why = raw.why
                values.append(Known(f"not {other_than}"))  # the rule compares with that one only
            else:
                return Unknown(raw.why)
        combined = self._combine(list(enumerate(values)), cases)
        if why and not isinstance(combined, Unknown):
            return Unknown(why, (Outcome(combined),))
        return combined

    def cluster_mode(self, kinds: Mapping[str, ClusterModeSetting]) -> ModelValue[bool]:
        """Return whether a replication group is in cluster mode."""
        by_property = [
            [_enables(kind, case.value) for case in self._cases[name]]
            for name, kind in kinds.items()
        ]
        if self._is_aligned:
            is_on = _agreement([_any(case) for case in zip(*by_property, strict=True)])
        else:  # which cases of two properties occur together is not known
            is_on = _any([_agreement(cases) for cases in by_property])
        return Unknown("cluster mode is unknown") if is_on is None else Known(is_on)

    def _combine(
        self, values: Sequence[tuple[int, PossibleValue[T]]], cases: Sequence[PropertyCase]
    ) -> ModelValue[T]:
        """Return one setting from its values in every case, each with the number of its case."""
        groups: dict[object, list[tuple[int, PossibleValue[T]]]] = {}
        for number, value in values:
            groups.setdefault(_value_key(value), []).append((number, value))
        if len(groups) == 1:
            return _with_all_locations([value for _, value in values])
        outcomes = []
        for group in groups.values():
            numbers = dict.fromkeys(number for number, _ in group)
            conditions = [" and ".join(cases[number].conditions) for number in numbers]
            when = join_conditions(list(dict.fromkeys(filter(None, conditions))))
            scenario_ids = frozenset(numbers) if self._is_aligned else None
            outcomes.append(
                Outcome(_with_all_locations([value for _, value in group]), when, scenario_ids)
            )
        return Unknown(_why(cases), tuple(outcomes), None, _trace(value for _, value in values))


def _evaluate_case(
    evaluator: Evaluator, instance: ResourceInstance, names: Attributes
) -> _ResourceCase | None:
    """Return a resource in one scenario; None where it does not exist in it."""
    with evaluator.separate_dependencies() as dependencies:
        unmet = evaluator.first_unmet(instance.existence)
    evaluator.add_dependencies(dependencies)
    if unmet is not None:
        check_rules(evaluator)
        return None
    properties = {
        name: _evaluate_property(evaluator, instance, name) for name in properties_of(names)
    }
    check_rules(evaluator)
    return _ResourceCase(tuple(dependencies), properties)


def _evaluate_property(evaluator: Evaluator, instance: ResourceInstance, name: str) -> PropertyCase:
    """Return a property in one scenario, with what it depends on there."""
    with evaluator.separate_dependencies() as dependencies:
        entry_and_value = evaluator.property(instance.body, name, instance.frame)
    evaluator.add_dependencies(dependencies)
    conditions = tuple(dependencies)
    reasons = tuple(dict.fromkeys(why for whys in dependencies.values() for why in whys))
    is_written = entry_and_value is not None
    from_macro = _value_from_macro(evaluator, instance, name, is_written=is_written)
    if entry_and_value is None:
        return PropertyCase(from_macro, None, conditions, reasons)
    (key, node), value = entry_and_value
    location = instance.frame.stack.template.source.location_of(key, node)
    return PropertyCase(from_macro or value, location, conditions, reasons)


def _value_from_macro(
    evaluator: Evaluator, instance: ResourceInstance, name: str, *, is_written: bool
) -> Value | None:
    """Return the unknown value of a property that a macro may set; None where no macro can.

    A macro in a resource may change the properties beside it. A macro of the whole template may, too; where
    the property is written, that is an assumption of the finding instead.
    """
    properties = member(instance.body, "Properties")
    for node in (instance.body, properties):
        call = member(node, "Fn::Transform")
        if call is not None and not (is_written and macro_of(call).is_include):
            why = f"a macro may set {name}"
            return evaluator.unknown_value(why, call, instance.frame)
    macros = instance.frame.stack.template.rewriting_macros
    if is_written or not macros:
        return None
    why = f"the macro {macros[0].name} may set {name}"
    return evaluator.unknown_value(why, macros[0].node, instance.frame)


def _evaluate_separately(
    instance: ResourceInstance, name: str, budget: ScenarioBudget
) -> list[PropertyCase]:
    """Return the cases of one property on its own; it is unknown where these are too many as well."""
    # Also where the resource does not exist: more outcomes leave more unknown, and hide none.
    cases = enumerate_scenarios(
        lambda evaluator: _evaluate_property(evaluator, instance, name), budget
    )
    if cases is not None:
        return cases
    entry = members(member(instance.body, "Properties")).get(name)
    source = instance.frame.stack.template.source
    steps = (source.step(*entry, StepKind.ATTRIBUTE),) if entry else ()
    why = _SPENT if budget.is_exceeded else _TOO_MANY
    value = Value(UnknownValue(why, ("too many", instance.address, name)), steps)
    return [PropertyCase(value, source.location_of(*entry) if entry else None)]


def _retention_of(value: Value | None, not_set: TraceStep) -> ModelValue[int]:
    """Return the retention that a property's value is in one case."""
    if value is None:
        return Unset((not_set,))
    raw = value.raw
    if isinstance(raw, UnknownValue):
        minimum, maximum = raw.domain.minimum, raw.domain.maximum
        low = None if minimum is None else math.ceil(minimum)
        high = None if maximum is None else math.floor(maximum)
        bounds = None if low is high is None else Bounds(low, high)
        return Unknown(raw.why, bounds=bounds, trace=value.trace)
    if raw is None or isinstance(raw, NoValue):
        return Unset(value.trace, value.literals)
    if isinstance(raw, str) and not value.is_secret and _FILLED_IN.fullmatch(raw):
        shown = raw[:MAX_PLACEHOLDER_LENGTH]
        why = f"{shown} is filled in by another program: check its output"
        return Unknown(why, trace=value.trace)
    days = replace(days_of(raw, value.trace), literals=value.literals)
    return hidden_unless_days(days, placeholder_of(value.text or "")) if value.is_secret else days


def _deciding_ends(unknown: Unknown[int]) -> list[PossibleValue[int]]:
    """Return the ends of a bounded retention; empty without bounds.

    They decide for all between, because more days never turn a pass into a failure. AWS rejects less than
    0 and more than 35 days when it deploys, so these replace an end that is open.
    """
    if unknown.bounds is None:
        return []
    low = unknown.bounds.minimum if unknown.bounds.minimum is not None else 0
    high = unknown.bounds.maximum
    high = max(low, MAXIMUM_DAYS if high is None else min(high, MAXIMUM_DAYS))
    return [Known(low, unknown.trace), Known(high, unknown.trace)]


def _unbounded(
    retentions: Sequence[ModelValue[int]], cases: Sequence[PropertyCase]
) -> Unknown[int]:
    """Return the retention that is unknown as a whole, because it has no bounds in at least one case."""
    number, unknown = next(
        (number, retention)
        for number, retention in enumerate(retentions)
        if isinstance(retention, Unknown) and not _deciding_ends(retention)
    )
    when = " and ".join(cases[number].conditions)
    why = f"{unknown.why} (when {when})" if when and len(cases) > 1 else unknown.why
    return Unknown(why, trace=_trace(retentions))


def _string_of(value: Value | None) -> PossibleValue[str]:
    """Return the string that a known property is in one case; an empty one is not set."""
    text = value.text if value else None
    if not value or not text:
        return Unset()
    return Known(setting_or_placeholder(text) if value.is_secret else text, value.trace)


def _enables(kind: ClusterModeSetting, value: Value | None) -> bool | None:
    """Whether a property's value puts a group in cluster mode; None where it is not known."""
    if value is None:
        return False
    return None if isinstance(value.raw, UnknownValue) else enables_cluster_mode(kind, value.raw)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Whether one of several answers is yes; None where that is not known."""
    distinct = set(answers)
    return True if True in distinct else None if None in distinct else False


def _agreement(answers: Iterable[bool | None]) -> bool | None:
    """Return the answer that is the same in every case, no where there is no case; None where they differ."""
    distinct = set(answers) or {False}
    return distinct.pop() if len(distinct) == 1 else None


def _with_all_locations(values: Sequence[PossibleValue[T]]) -> PossibleValue[T]:
    """Return the first of equal values, with the locations of all of them."""
    literals = tuple(dict.fromkeys(literal for value in values for literal in value.literals))
    return replace(values[0], literals=literals)


def _value_key(value: PossibleValue[T]) -> object:
    """Return what equal values have in common, whatever their traces."""
    match value:
        case Known(value=known):
            return ("known", known)
        case Unset():
            return ("unset",)
        case Invalid(text=text):
            return ("invalid", text)


def _why(cases: Sequence[PropertyCase]) -> str:
    """Return what an unknown setting depends on, for a person."""
    reasons = list(dict.fromkeys(reason for case in cases for reason in case.reasons))
    return " and ".join(reasons[:2]) + (" and more" if len(reasons) > 2 else "")  # noqa: PLR2004


def join_conditions(conditions: Sequence[str]) -> str:
    """Return the conditions joined by "or", for people; shortened where that is long."""
    text = " or ".join(conditions)
    if len(text) <= MAX_CONDITION_LENGTH:
        return text
    first, more = conditions[0], len(conditions) - 1
    return f"{first} or in {more} other {'case' if more == 1 else 'cases'}" if more else first


def _trace(values: Iterable[ModelValue[T]]) -> tuple[TraceStep, ...]:
    return tuple(dict.fromkeys(step for value in values for step in value.trace))
