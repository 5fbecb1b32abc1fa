"""A resource of a template → its settings: what each property is in every case that may come about.

The cases are the worlds of ecbackup_iac.cloudformation. Where all properties could be worked out together
they share their cases, so that what hangs together is judged together.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TypeVar

from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.scenarios import MAX_CASES, Effort, enumerate_scenarios
from ecbackup_iac.cloudformation.evaluation.values import NoValue, UnknownValue, Value
from ecbackup_iac.cloudformation.syntax.nodes import member, members
from ecbackup_iac.cloudformation.templates.parameters import HIDDEN
from ecbackup_iac.cloudformation.templates.resources import ResourceInstance
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
    speaks_of_cluster_mode,
)

T = TypeVar("T")

MAX_CONDITION_LENGTH = 200
"""Characters of what has to hold for an outcome; beyond it the first way stands for all."""

_TOO_MANY = f"it depends on more than {MAX_CASES} combinations of conditions and parameters"
_SPENT = "the template asks for more work than is done for one"


@record(eq=False)
class _Setting:
    """A property in one case."""

    value: Value | None
    """None where nobody wrote it."""

    location: Location | None = None
    conditions: tuple[str, ...] = ()
    """What holds in this case, as far as the property depends on it."""

    reasons: tuple[str, ...] = ()
    """Why that is undecided."""


class Settings:
    """The properties of one resource, each with what it is in every case."""

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
    def of(cls, found: ResourceInstance, names: Properties, effort: Effort) -> "Settings":
        """Work out a resource's properties together; apart, where that has too many cases.

        Raises:
            RefusalError: CloudFormation refuses the template.

        """
        cases = enumerate_scenarios(lambda one: _case(one, found, names), Evaluator, effort)
        if cases is None:  # too many, or too much
            apart = {name: _apart(found, name, effort) for name in names.names}
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
        """Give the place where a property is written; None where it is not."""
        return next((one.location for one in self._cases[name] if one.location), None)

    def retention(self, name: str, silent: TraceStep) -> Setting[int]:
        """Give the retention, in days; `silent` is the step that tells that it is not set."""
        cases = self._cases[name]
        found = [_days(case.value, silent) for case in cases]
        first = found[0]
        if isinstance(first, Unknown) and all(isinstance(one, Unknown) for one in found):
            known = {(one.why, one.bounds) for one in found if isinstance(one, Unknown)}
            if len(known) == 1:
                return first
        listed = [
            (number, one)
            for number, setting in enumerate(found)
            for one in (_ends(setting) if isinstance(setting, Unknown) else [setting])
        ]
        if any(isinstance(one, Unknown) and not _ends(one) for one in found):
            return _open_end(found, cases)
        return self._together(listed, cases)

    def text(self, name: str | None, sought: str | None = None) -> Setting[str]:
        """Give a property that is a text; a text that is known not to be `sought` is a value of its own."""
        cases = self._cases.get(name or "", [])
        if not cases:
            return Unset()
        settled: list[Settled[str]] = []
        why = ""
        for case in cases:
            found = _text(case.value)
            if (
                isinstance(found, Unknown)
                and case.value
                and isinstance(case.value.raw, UnknownValue)
            ):
                why = found.why
                if sought not in case.value.raw.excluded:
                    return found
                found = Known(f"not {sought}")
            if not isinstance(found, Unknown):
                settled.append(found)
        together = self._together(list(enumerate(settled)), cases)
        if why and not isinstance(together, Unknown):
            return Unknown(why, (Outcome(together),))
        return together

    def cluster_mode(self, names: Sequence[str]) -> Setting[bool]:
        """Say whether a replication group is in cluster mode."""
        count = min((len(self._cases[name]) for name in names), default=0)
        modes = [
            [_speaks(name, self._cases[name][number].value) for name in names]
            for number in range(count)
        ]
        if not self._is_aligned:
            modes = [[_speaks(name, one.value) for name in names for one in self._cases[name]]]
        answers = {True if True in mode else None if None in mode else False for mode in modes}
        if len(answers) == 1 and (answer := answers.pop()) is not None:
            return Known(answer)
        if not answers:
            return Known(value=False)
        return Unknown("cluster mode is undecided")

    def _together(
        self, listed: Sequence[tuple[int, Settled[T]]], cases: Sequence[_Setting]
    ) -> Setting[T]:
        """Make one setting of what it is in every case: `listed` holds a case's number and a value."""
        groups: dict[object, list[tuple[int, Settled[T]]]] = {}
        for number, value in listed:
            groups.setdefault(_identity(value), []).append((number, value))
        if len(groups) == 1:
            return _united([value for _, value in listed])
        outcomes = []
        for group in groups.values():
            numbers = dict.fromkeys(number for number, _ in group)
            ways = [" and ".join(cases[number].conditions) for number in numbers]
            when = either(list(dict.fromkeys(filter(None, ways))))
            shared = frozenset(numbers) if self._is_aligned else None
            outcomes.append(Outcome(_united([value for _, value in group]), when, shared))
        return Unknown(_why(cases), tuple(outcomes), None, _trace(value for _, value in listed))


def _case(
    evaluator: Evaluator, found: ResourceInstance, names: Properties
) -> dict[str, _Setting] | None:
    """Give a resource's properties in one world, its existence under ""; None where it does not exist."""
    with evaluator.depending() as told:
        exists = evaluator.exists(found.existence)
    evaluator.tell(told)
    if not exists:
        return None
    case = {name: _setting(evaluator, found, name) for name in names.names}
    return {**case, "": _Setting(None, None, tuple(told))}


def _setting(evaluator: Evaluator, found: ResourceInstance, name: str) -> _Setting:
    with evaluator.depending() as told:
        written = evaluator.property(found.body, name, found.frame)
    evaluator.tell(told)
    reasons = tuple(dict.fromkeys(why for whys in told.values() for why in whys))
    source = found.frame.stack.template.source
    if written is None:
        return _Setting(_made_by_macro(evaluator, found, name), None, tuple(told), reasons)
    (key, node), value = written
    return _Setting(value, source.location_of(key, node), tuple(told), reasons)


def _setting_where_it_exists(
    evaluator: Evaluator, found: ResourceInstance, name: str
) -> _Setting | None:
    return _setting(evaluator, found, name) if evaluator.exists(found.existence) else None


def _made_by_macro(evaluator: Evaluator, found: ResourceInstance, name: str) -> Value | None:
    """Give the unknown value of a property that a macro may add; None where no macro can."""
    properties = member(found.body, "Properties")
    for node in (found.body, properties):
        inner = members(node).get("Fn::Transform")
        if inner:
            shown = evaluator.shown(inner[1], found.frame)
            return evaluator.opaque(f"a macro may set {name}: {shown}", inner[1], found.frame)
    macro = next((one for one in found.frame.stack.template.macros() if not one.includes), None)
    if macro is None:
        return None
    return evaluator.opaque(f"the macro {macro.name} may set {name}", macro.node, found.frame)


def _apart(found: ResourceInstance, name: str, effort: Effort) -> list[_Setting]:
    """Work out one property by itself; where that has too many cases too, it is unknown."""
    cases = enumerate_scenarios(
        lambda one: _setting_where_it_exists(one, found, name), Evaluator, effort
    )
    if cases is None and not effort.is_spent:
        cases = enumerate_scenarios(lambda one: _setting(one, found, name), Evaluator, effort)
    if cases is not None:
        return [case.value for case in cases if case.value is not None]
    properties = members(member(found.body, "Properties"))
    source = found.frame.stack.template.source
    entry = properties.get(name)
    steps = (source.step(*entry, StepKind.ATTRIBUTE),) if entry else ()
    why = _SPENT if effort.is_spent else _TOO_MANY
    value = Value(UnknownValue(why, ("too many", found.address, name)), steps)
    return [_Setting(value, source.location_of(*entry) if entry else None)]


def _days(value: Value | None, silent: TraceStep) -> Setting[int]:
    """Give the retention that a property is in one case."""
    if value is None:
        return Unset((silent,))
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
        return replace(settled, text=HIDDEN)
    return replace(settled, sensitive=True) if isinstance(settled, Known) else settled


def _ends(unknown: Unknown[int]) -> list[Settled[int]]:
    """Give the ends of a bounded retention: what holds at both holds between; [] without bounds.

    Below 0 and above 35 days AWS refuses, loudly; so 0 and 35 stand for an end that is open.
    """
    if unknown.bounds is None:
        return []
    low = unknown.bounds.minimum if unknown.bounds.minimum is not None else 0
    high = unknown.bounds.maximum
    high = max(low, MAXIMUM_DAYS if high is None else min(high, MAXIMUM_DAYS))
    return [Known(low, unknown.trace), Known(high, unknown.trace)]


def _open_end(found: Sequence[Setting[int]], cases: Sequence[_Setting]) -> Unknown[int]:
    """Make the unknown retention of which one case at least cannot be told."""
    number, unknown = next(
        (number, one)
        for number, one in enumerate(found)
        if isinstance(one, Unknown) and not _ends(one)
    )
    when = " and ".join(cases[number].conditions)
    why = f"{unknown.why} (when {when})" if when and len(found) > 1 else unknown.why
    return Unknown(why, trace=_trace(found))


def _text(value: Value | None) -> Setting[str]:
    """Give a text that a property is in one case."""
    if value is None or value.raw is None or isinstance(value.raw, NoValue):
        return Unset()
    if isinstance(value.raw, UnknownValue):
        return Unknown(value.raw.why)
    text = value.text
    return Known(text, value.trace, value.is_secret) if text else Unset()


def _speaks(name: str, value: Value | None) -> bool | None:
    """Say whether a property's value puts a group in cluster mode; None where it is not known."""
    if value is None:
        return False
    return None if isinstance(value.raw, UnknownValue) else speaks_of_cluster_mode(name, value.raw)


def _united(values: Sequence[Settled[T]]) -> Settled[T]:
    """Give the first of equal values, with the places where any of them is written."""
    places = tuple(dict.fromkeys(place for value in values for place in value.literals))
    return replace(values[0], literals=places) if len(places) > 1 or len(values) > 1 else values[0]


def _identity(value: Settled[T]) -> object:
    match value:
        case Known(value=known):
            return ("known", known)
        case Unset():
            return ("unset",)
        case Invalid(text=text):
            return ("invalid", text)


def _why(cases: Sequence[_Setting]) -> str:
    """Say what an undecided setting depends on."""
    reasons = list(dict.fromkeys(reason for case in cases for reason in case.reasons))
    return " and ".join(reasons[:2]) + (" and more" if len(reasons) > 2 else "")  # noqa: PLR2004


def either(ways: Sequence[str]) -> str:
    """Say that one of several ways holds, cut where it is long."""
    text = " or ".join(ways)
    if len(text) <= MAX_CONDITION_LENGTH:
        return text
    more = len(ways) - 1
    return f"{ways[0]} or in {more} other {'case' if more == 1 else 'cases'}" if more else ways[0]


def _trace(values: Iterable[Setting[T]]) -> tuple[TraceStep, ...]:
    return tuple(dict.fromkeys(step for value in values for step in value.trace))
