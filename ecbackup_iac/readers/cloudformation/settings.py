"""A resource of a template → its settings: the value of each property in every case.

The cases are the scenarios of ecbackup_iac.cloudformation. Where all properties can be evaluated together
they share their cases, so that properties with the same dependencies are judged together.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from ecbackup_iac.cloudformation.evaluation.declarations import HIDDEN
from ecbackup_iac.cloudformation.evaluation.enumeration import (
    MAX_CASES,
    ScenarioBudget,
    enumerate_scenarios,
)
from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.values import NoValue, UnknownValue, Value
from ecbackup_iac.cloudformation.syntax.nodes import member, members
from ecbackup_iac.cloudformation.templates.resources import ResourceInstance
from ecbackup_iac.model.cache import ClusterModeSetting, enables_cluster_mode
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    Outcome,
    Settled,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.cloudformation.resource_types import (
    Properties,
    days_of,
)

T = TypeVar("T")

MAX_CONDITION_LENGTH = 200
"""Characters of the conditions of an outcome; in a longer text only the first condition is given."""

_TOO_MANY = f"it depends on more than {MAX_CASES} combinations of conditions and parameters"
_SPENT = "the template asks for more work than is done for one"


@record(eq=False)
class _Setting:
    """The value of a property in one case."""

    value: Value | None
    """None where the property is not written."""

    location: Location | None = None
    conditions: tuple[str, ...] = ()
    """What holds in this case and the property depends on."""

    reasons: tuple[str, ...] = ()
    """Why that is unresolved."""


class Settings:
    """The properties of one resource, each with its value in every case."""

    def __init__(
        self,
        cases: dict[str, list[_Setting]],
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
    def of(
        cls, instance: ResourceInstance, names: Properties, budget: ScenarioBudget
    ) -> "Settings":
        """Return a resource's properties, evaluated together, or apart where that has too many cases.

        Raises:
            TemplateRejectedError: CloudFormation rejects the template.

        """
        cases = enumerate_scenarios(
            lambda evaluator: _case(evaluator, instance, names), Evaluator, budget
        )
        if cases is None:  # too many, or too much
            apart = {name: _apart(instance, name, budget) for name in names.names}
            return cls(apart, is_aligned=False)
        existing = [case for case in cases if case.value is not None]
        settings = {
            name: [case.value[name] for case in existing if case.value] for name in names.names
        }
        may_be_missing = len(existing) < len(cases)
        conditions = [" and ".join(case.value[""].conditions) for case in existing if case.value]
        existence = list(dict.fromkeys(conditions)) if may_be_missing else []
        return cls(settings, is_aligned=True, existence=existence)

    @property
    def exists_nowhere(self) -> bool:
        """Whether the resource exists in no case."""
        return not any(self._cases.values())

    def location(self, name: str) -> Location | None:
        """Return the location of a property; None where it is not written."""
        return next((case.location for case in self._cases[name] if case.location), None)

    def retention(self, name: str, not_set: TraceStep) -> Setting[int]:
        """Return the retention, in days; `not_set` is the step of a retention that is not set."""
        cases = self._cases[name]
        retentions = [_days(case.value, not_set) for case in cases]
        unknown = [retention for retention in retentions if isinstance(retention, Unknown)]
        if len(unknown) == len(cases) and len({(days.why, days.bounds) for days in unknown}) == 1:
            return unknown[0]
        if any(not _ends(days) for days in unknown):
            return _unbounded(retentions, cases)
        listed = [
            (number, days)
            for number, retention in enumerate(retentions)
            for days in (_ends(retention) if isinstance(retention, Unknown) else [retention])
        ]
        return self._combined(listed, cases)

    def text(self, name: str | None, sought: str | None = None) -> Setting[str]:
        """Return a property that is a text; one that is only known not to be `sought` is a value, too."""
        cases = self._cases.get(name or "", [])
        if not cases:
            return Unset()
        settled: list[Settled[str]] = []
        why = ""
        for case in cases:
            raw = case.value.raw if case.value else None
            if isinstance(raw, UnknownValue):
                why = raw.why
                if sought not in raw.excluded:
                    return Unknown(why)
                settled.append(Known(f"not {sought}"))
            else:
                settled.append(_text(case.value))
        combined = self._combined(list(enumerate(settled)), cases)
        if why and not isinstance(combined, Unknown):
            return Unknown(why, (Outcome(combined),))
        return combined

    def cluster_mode(self, names: Mapping[str, ClusterModeSetting]) -> Setting[bool]:
        """Return whether a replication group is in cluster mode."""
        count = min((len(self._cases[name]) for name in names), default=0)
        modes = [
            [_enables(kind, self._cases[name][number].value) for name, kind in names.items()]
            for number in range(count)
        ]
        if not self._is_aligned:
            modes = [
                [
                    _enables(kind, case.value)
                    for name, kind in names.items()
                    for case in self._cases[name]
                ]
            ]
        answers = {True if True in mode else None if None in mode else False for mode in modes}
        if len(answers) == 1 and (answer := answers.pop()) is not None:
            return Known(answer)
        if not answers:
            return Known(value=False)
        return Unknown("cluster mode is unknown")

    def _combined(
        self, listed: Sequence[tuple[int, Settled[T]]], cases: Sequence[_Setting]
    ) -> Setting[T]:
        """Return one setting of its values in every case; `listed` holds numbers of cases with a value."""
        groups: dict[object, list[tuple[int, Settled[T]]]] = {}
        for number, value in listed:
            groups.setdefault(_value_key(value), []).append((number, value))
        if len(groups) == 1:
            return _with_all_locations([value for _, value in listed])
        outcomes = []
        for group in groups.values():
            numbers = dict.fromkeys(number for number, _ in group)
            ways = [" and ".join(cases[number].conditions) for number in numbers]
            when = either(list(dict.fromkeys(filter(None, ways))))
            shared = frozenset(numbers) if self._is_aligned else None
            outcomes.append(
                Outcome(_with_all_locations([value for _, value in group]), when, shared)
            )
        return Unknown(_why(cases), tuple(outcomes), None, _trace(value for _, value in listed))


def _case(
    evaluator: Evaluator, instance: ResourceInstance, names: Properties
) -> dict[str, _Setting] | None:
    """Return a resource's properties in one scenario, its existence as ""; None where it does not exist."""
    with evaluator.separate_dependencies() as dependencies:
        exists = evaluator.exists(instance.existence)
    evaluator.record(dependencies)
    if not exists:
        return None
    case = {name: _setting(evaluator, instance, name) for name in names.names}
    return {**case, "": _Setting(None, None, tuple(dependencies))}


def _setting(evaluator: Evaluator, instance: ResourceInstance, name: str) -> _Setting:
    with evaluator.separate_dependencies() as dependencies:
        entry_and_value = evaluator.property(instance.body, name, instance.frame)
    evaluator.record(dependencies)
    reasons = tuple(dict.fromkeys(why for whys in dependencies.values() for why in whys))
    source = instance.frame.stack.template.source
    if entry_and_value is None:
        return _Setting(
            _made_by_macro(evaluator, instance, name), None, tuple(dependencies), reasons
        )
    (key, node), value = entry_and_value
    return _Setting(value, source.location_of(key, node), tuple(dependencies), reasons)


def _setting_if_it_exists(
    evaluator: Evaluator, instance: ResourceInstance, name: str
) -> _Setting | None:
    return _setting(evaluator, instance, name) if evaluator.exists(instance.existence) else None


def _made_by_macro(evaluator: Evaluator, instance: ResourceInstance, name: str) -> Value | None:
    """Return the unknown value of a property that a macro may add; None where no macro can."""
    properties = member(instance.body, "Properties")
    for node in (instance.body, properties):
        inner = members(node).get("Fn::Transform")
        if inner:
            why = f"a macro may set {name}: {evaluator.excerpt(inner[1], instance.frame)}"
            return evaluator.unknown_value(why, inner[1], instance.frame)
    macros = instance.frame.stack.template.macros()
    macro = next((macro for macro in macros if not macro.includes), None)
    if macro is None:
        return None
    return evaluator.unknown_value(
        f"the macro {macro.name} may set {name}", macro.node, instance.frame
    )


def _apart(instance: ResourceInstance, name: str, budget: ScenarioBudget) -> list[_Setting]:
    """Return the cases of one property by itself; it is unknown where these are too many as well."""
    cases = enumerate_scenarios(
        lambda evaluator: _setting_if_it_exists(evaluator, instance, name), Evaluator, budget
    )
    if cases is None and not budget.is_spent:
        cases = enumerate_scenarios(
            lambda evaluator: _setting(evaluator, instance, name), Evaluator, budget
        )
    if cases is not None:
        return [case.value for case in cases if case.value is not None]
    properties = members(member(instance.body, "Properties"))
    source = instance.frame.stack.template.source
    entry = properties.get(name)
    steps = (source.step(*entry, StepKind.ATTRIBUTE),) if entry else ()
    why = _SPENT if budget.is_spent else _TOO_MANY
    value = Value(UnknownValue(why, ("too many", instance.address, name)), steps)
    return [_Setting(value, source.location_of(*entry) if entry else None)]


def _days(value: Value | None, not_set: TraceStep) -> Setting[int]:
    """Return the retention that a property's value is in one case."""
    if value is None:
        return Unset((not_set,))
    raw = value.raw
    if isinstance(raw, UnknownValue):
        bounds = None
        if raw.minimum is not None or raw.maximum is not None:
            low = None if raw.minimum is None else math.ceil(raw.minimum)
            high = None if raw.maximum is None else math.floor(raw.maximum)
            bounds = Bounds(low, high)
        return Unknown(raw.why, bounds=bounds, trace=value.trace)
    if raw is None or isinstance(raw, NoValue):
        return Unset(value.trace, value.literals)
    settled = replace(days_of(raw, value.trace), literals=value.literals)
    if not value.is_secret:
        return settled
    if isinstance(settled, Invalid):
        return replace(settled, text=HIDDEN, sensitive=True)
    return replace(settled, sensitive=True) if isinstance(settled, Known) else settled


def _ends(unknown: Unknown[int]) -> list[Settled[int]]:
    """Return the ends of a bounded retention, which decide for all between; [] without bounds.

    AWS rejects less than 0 and more than 35 days, so these replace an end that is open.
    """
    if unknown.bounds is None:
        return []
    low = unknown.bounds.minimum if unknown.bounds.minimum is not None else 0
    high = unknown.bounds.maximum
    high = max(low, MAXIMUM_DAYS if high is None else min(high, MAXIMUM_DAYS))
    return [Known(low, unknown.trace), Known(high, unknown.trace)]


def _unbounded(retentions: Sequence[Setting[int]], cases: Sequence[_Setting]) -> Unknown[int]:
    """Return the unknown retention that has no bounds in at least one case."""
    number, unknown = next(
        (number, retention)
        for number, retention in enumerate(retentions)
        if isinstance(retention, Unknown) and not _ends(retention)
    )
    when = " and ".join(cases[number].conditions)
    why = f"{unknown.why} (when {when})" if when and len(cases) > 1 else unknown.why
    return Unknown(why, trace=_trace(retentions))


def _text(value: Value | None) -> Settled[str]:
    """Return the text that a known property is in one case."""
    text = value.text if value else None
    return Known(text, value.trace, value.is_secret) if value and text else Unset()


def _enables(kind: ClusterModeSetting, value: Value | None) -> bool | None:
    """Whether a property's value puts a group in cluster mode; None where it is not known."""
    if value is None:
        return False
    return None if isinstance(value.raw, UnknownValue) else enables_cluster_mode(kind, value.raw)


def _with_all_locations(values: Sequence[Settled[T]]) -> Settled[T]:
    """Return the first of equal values, with the locations of all of them."""
    literals = tuple(dict.fromkeys(literal for value in values for literal in value.literals))
    return replace(values[0], literals=literals)


def _value_key(value: Settled[T]) -> object:
    """Return what equal values have in common, whatever their traces."""
    match value:
        case Known(value=known):
            return ("known", known)
        case Unset():
            return ("unset",)
        case Invalid(text=text):
            return ("invalid", text)


def _why(cases: Sequence[_Setting]) -> str:
    """Return what an unknown setting depends on, for a person."""
    reasons = list(dict.fromkeys(reason for case in cases for reason in case.reasons))
    return " and ".join(reasons[:2]) + (" and more" if len(reasons) > 2 else "")  # noqa: PLR2004


def either(conditions: Sequence[str]) -> str:
    """Return the text that one of several conditions holds, shortened where it is long."""
    text = " or ".join(conditions)
    if len(text) <= MAX_CONDITION_LENGTH:
        return text
    first, more = conditions[0], len(conditions) - 1
    return f"{first} or in {more} other {'case' if more == 1 else 'cases'}" if more else first


def _trace(values: Iterable[Setting[T]]) -> tuple[TraceStep, ...]:
    return tuple(dict.fromkeys(step for value in values for step in value.trace))
