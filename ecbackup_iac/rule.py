"""A resource and a policy → a verdict: the one rule this package exists for.

Pure: it opens no file, knows no format, and answers every resource. What it cannot tell it says so,
because a guess costs somebody a night in either direction.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeVar, assert_never

from ecbackup_iac.model.cache import (
    NODE_WITHOUT_BACKUPS,
    CacheResource,
    Form,
    is_without_backups,
)
from ecbackup_iac.model.policy import MAXIMUM_DAYS, Policy, UnknownMode
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    Outcome,
    Settled,
    Unknown,
    Unset,
    Value,
    possible_values,
)
from ecbackup_iac.model.verdict import Level, Note, Rule, Status, Verdict
from ecbackup_iac.model.window import conflict

T = TypeVar("T")

# Where several rules apply, the first of these is the verdict's and the others are notes.
_PRECEDENCE = (
    Rule.BACKUPS_UNSUPPORTED,
    Rule.RETENTION_INVALID,
    Rule.BACKUPS_BEING_DISABLED,
    Rule.BACKUPS_DISABLED,
    Rule.RETENTION_TOO_SHORT,
    Rule.BACKUP_WINDOW_CONFLICT,
)


@record
class _Case:
    """One way the resource can turn out, and every rule it then breaks, in order of precedence."""

    outcome: Outcome[int]
    failures: tuple[Note, ...]


def judge(resource: CacheResource, policy: Policy) -> Verdict:
    """Say whether the cache will be backed up for as long as the policy asks."""
    exemptions = _exemptions(resource)
    certain = next((exemption for exemption in exemptions if exemption.is_certain), None)
    if certain:
        return Verdict(Status.NOT_APPLICABLE, None, certain.fact, tuple(_assumed(resource)))
    verdict = _judge_backups(_where_it_applies(resource), policy)
    if exemptions and verdict.status in (Status.FAIL, Status.UNKNOWN):
        verdict = _unless(verdict, [exemption.doubt for exemption in exemptions])
    return replace(verdict, notes=(*verdict.notes, *_side_notes(resource)))


def level_of(verdict: Verdict, policy: Policy) -> Level:
    """Say how much the verdict weighs under the policy."""
    match verdict.status:
        case Status.FAIL:
            return Level.ERROR
        case Status.UNKNOWN:
            weights = {
                UnknownMode.WARN: Level.WARNING,
                UnknownMode.FAIL: Level.ERROR,
                UnknownMode.IGNORE: Level.NONE,
            }
            return weights[policy.unknown]
        case Status.PASS | Status.NOT_APPLICABLE:
            return Level.NONE
        case never:
            assert_never(never)


@record
class _Exemption:
    """A reason why the control does not, or may not, apply."""

    is_certain: bool
    fact: str
    doubt: str


def _exemptions(resource: CacheResource) -> list[_Exemption]:
    if resource.form is Form.REPLICATION_GROUP:  # always Redis OSS or Valkey
        return []
    found = []
    memcached = _agreement(resource.engine, lambda engine: engine.lower() == "memcached")
    if memcached is not False:
        fact = f"the engine is {_memcached(resource)}: this control is about Redis OSS and Valkey"
        found.append(_Exemption(memcached is True, fact, "the engine is Memcached"))
    if resource.form is Form.STANDALONE_CLUSTER:
        member = _agreement(resource.replication_group, bool)
        if member is not False:
            fact = f"it belongs to {_group_name(resource.replication_group)}: judge the group"
            found.append(_Exemption(member is True, fact, "it belongs to a replication group"))
    return found


def _where_it_applies(resource: CacheResource) -> CacheResource:
    """Leave out how the retention turns out in those cases alone in which the engine is Memcached."""
    exempt = _cases(resource.engine, lambda engine: engine.lower() == "memcached")
    retention = resource.retention
    if not exempt or not isinstance(retention, Unknown):
        return resource
    kept = tuple(
        replace(outcome, cases=outcome.cases - exempt) if outcome.cases else outcome
        for outcome in retention.outcomes
    )
    kept = tuple(outcome for outcome in kept if outcome.cases != frozenset())
    if not kept:
        return resource
    return replace(resource, retention=replace(retention, outcomes=kept))


def _cases(value: Value[str], holds: Callable[[str], bool]) -> frozenset[int]:
    """Give the resource's cases in which something is true of a setting, as far as they are known."""
    outcomes = value.outcomes if isinstance(value, Unknown) else ()
    found = [
        outcome.cases
        for outcome in outcomes
        if outcome.cases and isinstance(outcome.value, Known) and holds(outcome.value.value)
    ]
    return frozenset().union(*found)


def _memcached(resource: CacheResource) -> str:
    is_secret = isinstance(resource.engine, Known) and resource.engine.sensitive
    return "a sensitive value, and neither" if is_secret else "Memcached"


def _agreement(value: Value[str], holds: Callable[[str], bool]) -> bool | None:
    """Say whether `holds` is true of every value there can be, of none, or (None) it depends."""
    settled = possible_values(value)
    answers = {isinstance(one, Known) and holds(one.value) for one in settled}
    return answers.pop() if len(answers) == 1 else None


def _group_name(group: Value[str]) -> str:
    return f"replication group {group.shown}" if isinstance(group, Known) else "a replication group"


def _judge_backups(resource: CacheResource, policy: Policy) -> Verdict:
    outcomes = _outcomes(resource.retention, policy.minimum_days)
    if outcomes and resource.variants:
        without = "no such file is given"
        outcomes = (
            tuple(one if one.when else Outcome(one.value, without) for one in outcomes)
            + resource.variants
        )
    unsupported = _node_cannot_back_up(resource)
    if (
        all(fails for fails, _ in unsupported) and not outcomes
    ):  # whatever the retention is, the node decides
        return Verdict(Status.FAIL, Rule.BACKUPS_UNSUPPORTED, _unsupported_note(resource).text)
    cases = [
        _Case(outcome, tuple(_failures(resource, outcome.value, policy, node_fails=fails)))
        for outcome, (fails, shared) in product(outcomes, unsupported)
        if _go_together(outcome.cases, shared)
    ]
    failing = [case for case in cases if case.failures]
    if cases and not failing:
        return Verdict(Status.PASS, None, _pass_message(resource, [case.outcome for case in cases]))
    if cases and len(failing) == len(cases):
        return _failure(failing)
    message = "it is undecided whether the cache can be backed up"
    if resource.variants:
        message = f"{resource.retention_name} depends on which variable file is given"
    if isinstance(resource.retention, Unknown):
        message = f"{resource.retention_name} is undecided: {resource.retention.why}"
    return Verdict(Status.UNKNOWN, Rule.RETENTION_UNKNOWN, message + _worst(failing))


def _outcomes(retention: Value[int], minimum_days: int) -> tuple[Outcome[int], ...]:
    """List what decides: the outcomes, or those ends of a bounded value that settle all between."""
    if not isinstance(retention, Unknown):
        return (Outcome(retention),)
    if retention.outcomes:
        return retention.outcomes
    low = retention.bounds.minimum if retention.bounds else None
    high = retention.bounds.maximum if retention.bounds else None
    if low is not None and low >= minimum_days:
        # Above the maximum AWS refuses loudly, so the lower end alone decides.
        return (Outcome(Known(low), "at its lower bound"),)
    if high is not None and high < minimum_days:
        ends = dict.fromkeys((high, low if low is not None else high))
        return tuple(Outcome(Known(end)) for end in ends)
    return ()


def _failures(
    resource: CacheResource, retention: Settled[int], policy: Policy, *, node_fails: bool
) -> list[Note]:
    found = [_unsupported_note(resource)] if node_fails else []
    found += filter(None, [_retention_failure(resource, retention, policy.minimum_days)])
    backups_are_on = isinstance(retention, Known) and 1 <= retention.value <= MAXIMUM_DAYS
    if backups_are_on and not node_fails:
        found += filter(None, [_window_failure(resource)])
    return sorted(found, key=lambda note: _rank(note.rule))


def _retention_failure(
    resource: CacheResource, retention: Settled[int], minimum_days: int
) -> Note | None:
    name = resource.retention_name
    match retention:
        case Invalid(text=text):
            text = f"{name} is {text}, and AWS takes a whole number of days"
            return Note(text, Rule.RETENTION_INVALID)
        case Known(value=days) if not 0 <= days <= MAXIMUM_DAYS:
            text = f"{name} is {_cut(retention)}, and AWS takes 0 to {MAXIMUM_DAYS} days"
            return Note(text, Rule.RETENTION_INVALID)
        case Unset() | Known(value=0):
            is_zero = isinstance(retention, Known)
            zero = retention.shown if isinstance(retention, Known) else "not set"
            if resource.previous_days and resource.previous_days > 0:
                text = (
                    f"automatic backups are being turned off: {name} was {resource.previous_days}"
                )
                text += " and will be 0" if is_zero else " and will not be set"
                return Note(text, Rule.BACKUPS_BEING_DISABLED)
            text = f"automatic backups are off: {name} is {zero}"
            return Note(text, Rule.BACKUPS_DISABLED)
        case Known(value=days) if days < minimum_days:
            text = f"backups are kept for {_days_shown(retention)}, and the policy asks for {minimum_days}"
            return Note(text, Rule.RETENTION_TOO_SHORT)
        case Known():
            return None
        case never:
            assert_never(never)


def _window_failure(resource: CacheResource) -> Note | None:
    backup, maintenance = resource.backup_window, resource.maintenance_window
    if resource.form is Form.SERVERLESS_CACHE:  # a start time, and no window
        return None
    if not (isinstance(backup, Known) and isinstance(maintenance, Known)):
        return None
    text = conflict(backup, maintenance)
    return Note(f"{text}: AWS refuses that", Rule.BACKUP_WINDOW_CONFLICT) if text else None


def _node_cannot_back_up(resource: CacheResource) -> list[tuple[bool, frozenset[int] | None]]:
    """List the answers there can be, each with the resource's cases that it belongs to.

    A node type of which nothing is known counts as one that can: AWS refuses a retention on one
    that cannot, so no cache goes without backups unnoticed.
    """
    if resource.form is Form.SERVERLESS_CACHE:
        return [(False, None)]
    nodes = _listed(resource.node_type) or [Outcome(Unset())]
    modes = {
        (isinstance(mode.value, Known) and mode.value.value, mode.cases)
        for mode in _listed(resource.cluster_mode)
    }
    if resource.form is Form.STANDALONE_CLUSTER:
        modes = {(False, None)}
    elif not modes:
        modes = {(True, None), (False, None)}
    answers: dict[bool, frozenset[int] | None] = {}
    for node, (in_cluster_mode, mode_cases) in product(nodes, modes):
        if not _go_together(node.cases, mode_cases):
            continue
        shared = _shared(node.cases, mode_cases)
        fails = is_without_backups(node.value) and not in_cluster_mode
        before = answers.get(fails, frozenset())
        answers[fails] = None if shared is None or before is None else before | shared
    return sorted(answers.items(), key=lambda answer: answer[0])


def _listed(value: Value[T]) -> list[Outcome[T]]:
    """Give every outcome of a setting; none where there is no finite list."""
    if isinstance(value, Unknown):
        return [*value.outcomes]
    return [Outcome(value)]


def _go_together(one: frozenset[int] | None, other: frozenset[int] | None) -> bool:
    """Say whether two settings' outcomes can come about in one case."""
    return one is None or other is None or bool(one & other)


def _shared(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int] | None:
    """Give the cases in which two outcomes come about; None where nothing is known of that."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _unsupported_note(resource: CacheResource) -> Note:
    node = resource.node_type
    is_secret = isinstance(node, Known) and node.sensitive
    what = (
        "the node type is a sensitive value that" if is_secret else f"a {NODE_WITHOUT_BACKUPS} node"
    )
    text = f"{what} cannot be backed up"
    if resource.form is Form.REPLICATION_GROUP:
        text += " outside cluster mode"
    return Note(text, Rule.BACKUPS_UNSUPPORTED)


def _failure(cases: Sequence[_Case]) -> Verdict:
    """Sum up cases that all fail: the gravest rule first, every other reason as a note."""
    reasons = dict.fromkeys(
        note
        for case in sorted(cases, key=lambda case: _rank(case.failures[0].rule))
        for note in case.failures
    )
    first, *others = reasons
    return Verdict(Status.FAIL, first.rule, first.text, tuple(others))


def _worst(failing: Sequence[_Case]) -> str:
    """Name the outcome that fails, and what it depends on."""
    if not failing:
        return ""
    case = min(failing, key=lambda case: _rank(case.failures[0].rule))
    when = f" when {case.outcome.when}" if case.outcome.when else " in one case"
    return f"; {case.failures[0].text}{when}"


def _unless(verdict: Verdict, doubts: Sequence[str]) -> Verdict:
    """Turn a failure into a doubt: it fails unless the control does not apply at all."""
    notes = verdict.notes
    if verdict.status is Status.FAIL:
        notes = (Note(verdict.message, verdict.rule), *notes)
    message = f"{verdict.message}, unless {' or '.join(doubts)}"
    return Verdict(Status.UNKNOWN, Rule.RETENTION_UNKNOWN, message, notes)


def _assumed(resource: CacheResource) -> list[Note]:
    return [Note(text) for text in resource.assumptions]


def _side_notes(resource: CacheResource) -> list[Note]:
    notes = _assumed(resource)
    if resource.retention_ignored:
        text = f"ignore_changes covers {resource.retention_name}: later edits never reach the cache"
        notes.append(Note(text, Rule.RETENTION_NOT_MANAGED))
    return notes


def _pass_message(resource: CacheResource, outcomes: Sequence[Outcome[int]]) -> str:
    retention = resource.retention
    settled = [outcome.value for outcome in outcomes if isinstance(outcome.value, Known)]
    if any(one.sensitive for one in settled):
        return "backups are kept for long enough: a sensitive value"
    known = sorted({one.value for one in settled})
    if isinstance(retention, Unknown) and not retention.outcomes:
        return f"backups are kept for at least {days_text(known[0])}"
    if len(known) > 1:
        listed = ", ".join(map(str, known[:-1]))
        return f"backups are kept for {listed} or {known[-1]} days, whichever applies"
    return f"backups are kept for {days_text(known[0])}"


def _cut(days: Known[int], longest: int = 20) -> str:
    text = days.shown
    return text if len(text) <= longest else f"{text[:longest]}..."


def _days_shown(days: Known[int]) -> str:
    return days.shown if days.sensitive else days_text(days.value)


def days_text(days: int) -> str:
    """Say a number of days: "1 day", "7 days"."""
    return f"{days} day" if days == 1 else f"{days} days"


def _rank(rule: Rule | None) -> int:
    return _PRECEDENCE.index(rule) if rule in _PRECEDENCE else len(_PRECEDENCE)
