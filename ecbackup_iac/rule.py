"""A resource and a policy → a verdict: the one rule this package exists for.

Pure: it opens no file, depends on no input format, and has a verdict for every resource. Where the input
does not determine the answer, the status is unknown: a wrong pass and a wrong fail are both costly.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeVar, assert_never

from ecbackup_iac.model.cache import (
    NODE_WITHOUT_BACKUPS,
    CacheResource,
    Form,
    format_days,
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

MAX_DIGITS = 20
"""Characters of an invalid number that a message shows."""

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
    """One outcome of the retention, and every rule that the resource then breaks, in order of precedence."""

    outcome: Outcome[int]
    failures: tuple[Note, ...]


def judge(resource: CacheResource, policy: Policy) -> Verdict:
    """Return whether the cache will be backed up for at least the policy's minimum, and why."""
    exemptions = _exemptions(resource)
    certain = next((exemption for exemption in exemptions if exemption.is_certain), None)
    if certain:
        return Verdict(Status.NOT_APPLICABLE, None, certain.fact, tuple(_assumptions(resource)))
    verdict = _judge_backups(_without_exempt_outcomes(resource), policy)
    if exemptions and verdict.status in (Status.FAIL, Status.UNKNOWN):
        verdict = _unless(verdict, [exemption.condition for exemption in exemptions])
    return replace(verdict, notes=(*verdict.notes, *_side_notes(resource)))


def level_of(verdict: Verdict, policy: Policy) -> Level:
    """Return the level of a verdict under the policy."""
    match verdict.status:
        case Status.FAIL:
            return Level.ERROR
        case Status.UNKNOWN:
            levels = {
                UnknownMode.WARN: Level.WARNING,
                UnknownMode.FAIL: Level.ERROR,
                UnknownMode.IGNORE: Level.NONE,
            }
            return levels[policy.unknown]
        case Status.PASS | Status.NOT_APPLICABLE:
            return Level.NONE
        case never:
            assert_never(never)


@record
class _Exemption:
    """A reason why the control does not, or may not, apply."""

    is_certain: bool
    fact: str
    """The message of the verdict where it is certain."""

    condition: str
    """What has to be true for it, where it is not certain."""


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


def _without_exempt_outcomes(resource: CacheResource) -> CacheResource:
    """Return the resource without the retention's outcomes that occur only where the engine is Memcached."""
    exempt = _cases_where(resource.engine, lambda engine: engine.lower() == "memcached")
    retention = resource.retention
    if not exempt or not isinstance(retention, Unknown):
        return resource
    remaining = tuple(
        replace(outcome, cases=outcome.cases - exempt) if outcome.cases else outcome
        for outcome in retention.outcomes
    )
    remaining = tuple(outcome for outcome in remaining if outcome.cases != frozenset())
    if not remaining:
        return resource
    return replace(resource, retention=replace(retention, outcomes=remaining))


def _cases_where(value: Value[str], holds: Callable[[str], bool]) -> frozenset[int]:
    """Return the resource's cases in which `holds` is true of a setting, as far as they are known."""
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
    """Whether `holds` is true of every possible value (True), of none (False), or of some (None)."""
    answers = {
        isinstance(possible, Known) and holds(possible.value) for possible in possible_values(value)
    }
    return answers.pop() if len(answers) == 1 else None


def _group_name(group: Value[str]) -> str:
    return f"replication group {group.shown}" if isinstance(group, Known) else "a replication group"


def _judge_backups(resource: CacheResource, policy: Policy) -> Verdict:
    """Return pass where every case passes, fail where every case fails, and unknown otherwise."""
    cases = _cases(resource, policy)
    failing = [case for case in cases if case.failures]
    if cases and not failing:
        return Verdict(Status.PASS, None, _pass_message(resource, [case.outcome for case in cases]))
    if cases and len(failing) == len(cases):
        return _failure(failing)
    return Verdict(Status.UNKNOWN, Rule.RETENTION_UNKNOWN, _unknown_message(resource, failing))


def _cases(resource: CacheResource, policy: Policy) -> list[_Case]:
    """Return every combination of the retention and the node that can occur; none where it is not known."""
    outcomes = _outcomes_with_variants(resource, policy.minimum_days)
    nodes = _node_answers(resource)
    if not outcomes and all(fails for fails, _ in nodes):
        # The node decides, whatever the retention is.
        return [_Case(Outcome(Unset()), (_unsupported_note(resource),))]
    return [
        _Case(outcome, tuple(_failures(resource, outcome.value, policy, node_fails=fails)))
        for outcome, (fails, shared) in product(outcomes, nodes)
        if _go_together(outcome.cases, shared)
    ]


def _outcomes_with_variants(resource: CacheResource, minimum_days: int) -> tuple[Outcome[int], ...]:
    """Return the retention's outcomes, and those with variable files that are not given in this run."""
    outcomes = _outcomes(resource.retention, minimum_days)
    if not outcomes or not resource.variants:
        return outcomes
    without = "no such file is given"
    own = (outcome if outcome.when else Outcome(outcome.value, without) for outcome in outcomes)
    return (*own, *resource.variants)


def _outcomes(retention: Value[int], minimum_days: int) -> tuple[Outcome[int], ...]:
    """Return what decides: every outcome, or those bounds that settle everything between them."""
    if not isinstance(retention, Unknown):
        return (Outcome(retention),)
    if retention.outcomes:
        return retention.outcomes
    low = retention.bounds.minimum if retention.bounds else None
    high = retention.bounds.maximum if retention.bounds else None
    if low is not None and low >= minimum_days:
        # AWS rejects a value above the maximum with an error, so only the lower bound decides.
        return (Outcome(Known(low), "at its lower bound"),)
    if high is not None and high < minimum_days:
        ends = dict.fromkeys((high, low if low is not None else high))
        return tuple(Outcome(Known(end)) for end in ends)
    return ()


def _unknown_message(resource: CacheResource, failing: Sequence[_Case]) -> str:
    """Return why it is not known whether the cache passes, and the worst of the cases that fail."""
    name, retention = resource.retention_name, resource.retention
    if isinstance(retention, Unknown):
        message = f"{name} is unknown: {retention.why}"
    elif resource.variants:
        message = f"{name} depends on which variable file is given"
    else:
        message = "it is unknown whether the cache can be backed up"
    if not failing:
        return message
    worst = min(failing, key=lambda case: _rank(case.failures[0].rule))
    when = f"when {worst.outcome.when}" if worst.outcome.when else "in one case"
    return f"{message}; {worst.failures[0].text} {when}"


def _failures(
    resource: CacheResource, retention: Settled[int], policy: Policy, *, node_fails: bool
) -> list[Note]:
    found = [_unsupported_note(resource)] if node_fails else []
    found += filter(None, [_retention_failure(resource, retention, policy.minimum_days)])
    if not node_fails:  # beside another failure it is a note: what fixes that would run into it
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
            return _disabled(resource, retention)
        case Known(value=days) if days < minimum_days:
            kept = format_days(retention)
            text = f"backups are kept for {kept}, and the policy asks for {minimum_days}"
            return Note(text, Rule.RETENTION_TOO_SHORT)
        case Known():
            return None
        case never:
            assert_never(never)


def _disabled(resource: CacheResource, retention: Unset | Known[int]) -> Note:
    """Return the failure of a retention that is not set or 0."""
    name, is_zero = resource.retention_name, isinstance(retention, Known)
    if resource.previous_days and resource.previous_days > 0:
        text = f"automatic backups are being turned off: {name} was {resource.previous_days}"
        text += " and will be 0" if is_zero else " and will not be set"
        return Note(text, Rule.BACKUPS_BEING_DISABLED)
    zero = retention.shown if isinstance(retention, Known) else "not set"
    return Note(f"automatic backups are off: {name} is {zero}", Rule.BACKUPS_DISABLED)


def _window_failure(resource: CacheResource) -> Note | None:
    backup, maintenance = resource.backup_window, resource.maintenance_window
    if resource.form is Form.SERVERLESS_CACHE:  # it has a start time, not a window
        return None
    if not (isinstance(backup, Known) and isinstance(maintenance, Known)):
        return None
    text = conflict(backup, maintenance)
    return Note(f"{text}: AWS refuses that", Rule.BACKUP_WINDOW_CONFLICT) if text else None


def _node_answers(resource: CacheResource) -> list[tuple[bool, frozenset[int] | None]]:
    """Return whether the node is unable to take backups: each possible answer with the cases it belongs to.

    A node type of which nothing is known counts as one that can take backups: AWS rejects a retention on
    a node that cannot, so no cache goes without backups unnoticed.
    """
    if resource.form is Form.SERVERLESS_CACHE:
        return [(False, None)]
    nodes = _outcomes_of(resource.node_type) or [Outcome(Unset())]
    answers: dict[bool, frozenset[int] | None] = {}
    for node, (in_cluster_mode, mode_cases) in product(nodes, _cluster_modes(resource)):
        if not _go_together(node.cases, mode_cases):
            continue
        shared = _shared(node.cases, mode_cases)
        fails = is_without_backups(node.value) and not in_cluster_mode
        before = answers.get(fails, frozenset())
        answers[fails] = None if shared is None or before is None else before | shared
    return sorted(answers.items(), key=lambda answer: answer[0])


def _cluster_modes(resource: CacheResource) -> set[tuple[bool, frozenset[int] | None]]:
    """Return whether cluster mode is on: each possible answer with the cases it belongs to."""
    if resource.form is Form.STANDALONE_CLUSTER:
        return {(False, None)}
    modes = {
        (isinstance(mode.value, Known) and mode.value.value, mode.cases)
        for mode in _outcomes_of(resource.cluster_mode)
    }
    return modes or {(True, None), (False, None)}


def _outcomes_of(value: Value[T]) -> list[Outcome[T]]:
    """Return every outcome of a setting; none where there is no finite list."""
    if isinstance(value, Unknown):
        return [*value.outcomes]
    return [Outcome(value)]


def _go_together(first: frozenset[int] | None, second: frozenset[int] | None) -> bool:
    """Whether the outcomes of two settings can occur in the same case."""
    return first is None or second is None or bool(first & second)


def _shared(first: frozenset[int] | None, second: frozenset[int] | None) -> frozenset[int] | None:
    """Return the cases in which both of two outcomes occur; None where that is not known."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


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
    """Return the verdict on cases that all fail: the first rule in precedence, the other reasons as notes."""
    reasons = dict.fromkeys(
        note
        for case in sorted(cases, key=lambda case: _rank(case.failures[0].rule))
        for note in case.failures
    )
    first, *others = reasons
    return Verdict(Status.FAIL, first.rule, first.text, tuple(others))


def _unless(verdict: Verdict, conditions: Sequence[str]) -> Verdict:
    """Return a failure as unknown: it fails unless a condition is true, and the control does not apply."""
    notes = verdict.notes
    if verdict.status is Status.FAIL:
        notes = (Note(verdict.message, verdict.rule), *notes)
    message = f"{verdict.message}, unless {' or '.join(conditions)}"
    return Verdict(Status.UNKNOWN, Rule.RETENTION_UNKNOWN, message, notes)


def _assumptions(resource: CacheResource) -> list[Note]:
    return [Note(text) for text in resource.assumptions]


def _side_notes(resource: CacheResource) -> list[Note]:
    notes = _assumptions(resource)
    if resource.retention_ignored:
        text = f"ignore_changes covers {resource.retention_name}: later edits never reach the cache"
        notes.append(Note(text, Rule.RETENTION_NOT_MANAGED))
    return notes


def _pass_message(resource: CacheResource, outcomes: Sequence[Outcome[int]]) -> str:
    retention = resource.retention
    values = [outcome.value for outcome in outcomes if isinstance(outcome.value, Known)]
    if any(value.sensitive for value in values):
        return "backups are kept for long enough: a sensitive value"
    days = sorted({value.value for value in values})
    if isinstance(retention, Unknown) and not retention.outcomes:
        return f"backups are kept for at least {format_days(Known(days[0]))}"
    if len(days) > 1:
        listed = ", ".join(map(str, days[:-1]))
        return f"backups are kept for {listed} or {days[-1]} days, whichever applies"
    return f"backups are kept for {format_days(Known(days[0]))}"


def _cut(days: Known[int]) -> str:
    """Return a number that may have thousands of digits, cut."""
    text = days.shown
    return text if len(text) <= MAX_DIGITS else f"{text[:MAX_DIGITS]}..."


def _rank(rule: Rule | None) -> int:
    return _PRECEDENCE.index(rule) if rule in _PRECEDENCE else len(_PRECEDENCE)
