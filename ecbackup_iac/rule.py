"""A resource and a policy → a verdict: the one rule this package exists for.

Pure: it opens no file, depends on no input format, and has a verdict for every resource. Where the input
does not determine the answer, the status is unknown: a wrong pass and a wrong fail are both costly.

1. Exemptions: the control does not apply to Memcached, nor to a member of a replication group.
2. Combinations: each retention that the cache can have, on a node that can or cannot be backed up.
3. Failures: the rules that a combination breaks.
4. Verdict: pass where no combination breaks a rule, fail where every one does, unknown otherwise.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeVar, assert_never

from ecbackup_iac.model.cache import (
    NODE_WITHOUT_BACKUPS,
    CacheResource,
    Form,
    format_days,
    needs_cluster_mode,
)
from ecbackup_iac.model.policy import MAXIMUM_DAYS, Requirements, UnknownMode
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    Outcome,
    PossibleValue,
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
class _Exemption:
    """A reason why the control does not, or may not, apply."""

    is_certain: bool
    fact: str
    """The message of the verdict where it is certain."""

    condition: str
    """What has to be true for it, where it is not certain."""


@record
class _Combination:
    """A possible retention, on a node that can or cannot be backed up, and the rules that this breaks."""

    retention: Outcome[int]
    failures: tuple[Note, ...]
    """In order of precedence; empty where the cache passes."""


def judge(resource: CacheResource, requirements: Requirements) -> Verdict:
    """Return whether the cache will be backed up for at least the policy's minimum, and why."""
    exemptions = _exemptions(resource)
    certain = next((exemption for exemption in exemptions if exemption.is_certain), None)
    if certain:
        return Verdict(Status.NOT_APPLICABLE, None, certain.fact, tuple(_assumptions(resource)))
    verdict = _judge_backups(_without_exempt_outcomes(resource), requirements)
    if exemptions and verdict.status in (Status.FAIL, Status.UNKNOWN):
        verdict = _as_conditional(verdict, [exemption.condition for exemption in exemptions])
    return replace(verdict, notes=(*verdict.notes, *_side_notes(resource)))


def level_of(verdict: Verdict, requirements: Requirements) -> Level:
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
            return levels[requirements.unknown]
        case Status.PASS | Status.NOT_APPLICABLE:
            return Level.NONE
        case never:
            assert_never(never)


def _exemptions(resource: CacheResource) -> list[_Exemption]:
    """Return the reasons why the control does not, or may not, apply; empty where it does."""
    if resource.form is Form.REPLICATION_GROUP:  # always Redis OSS or Valkey
        return []
    exemptions = []
    memcached = _agreement(resource.engine, _is_memcached)
    if memcached is not False:
        fact = "the engine is Memcached: the control applies to Redis OSS and Valkey"
        exemptions.append(_Exemption(memcached is True, fact, "the engine is Memcached"))
    if resource.form is Form.STANDALONE_CLUSTER:
        group = resource.replication_group
        member = _agreement(group, bool)
        if member is not False:
            shown = (
                f"replication group {group.value}"
                if isinstance(group, Known)
                else "a replication group"
            )
            fact = f"it belongs to {shown}: the group is checked"
            condition = "it belongs to a replication group"
            exemptions.append(_Exemption(member is True, fact, condition))
    return exemptions


def _without_exempt_outcomes(resource: CacheResource) -> CacheResource:
    """Return the resource without the retentions that it can have only where the control does not apply.

    Unchanged where that would leave no retention, or where it is not known in which scenarios they occur.
    """
    exempt = _exempt_scenario_ids(resource)
    retention = resource.retention
    if not exempt or not isinstance(retention, Unknown):
        return resource
    remaining = []
    for outcome in retention.outcomes:
        if outcome.scenario_ids is None:
            remaining.append(outcome)
        elif scenario_ids := outcome.scenario_ids - exempt:
            remaining.append(replace(outcome, scenario_ids=scenario_ids))
    if not remaining:
        return resource
    return replace(resource, retention=replace(retention, outcomes=tuple(remaining)))


def _exempt_scenario_ids(resource: CacheResource) -> frozenset[int]:
    """Return the scenarios in which the cache is certainly Memcached, or a member of a replication group."""
    if resource.form is Form.REPLICATION_GROUP:
        return frozenset()
    memcached = _scenario_ids_where(resource.engine, _is_memcached)
    if resource.form is Form.STANDALONE_CLUSTER:
        return memcached | _scenario_ids_where(resource.replication_group, bool)
    return memcached


def _scenario_ids_where(value: Value[T], matches: Callable[[T], bool]) -> frozenset[int]:
    """Return the scenarios in which every possible value of a setting matches; empty where none is known."""
    matching: set[int] = set()
    others: set[int] = set()
    for outcome in _outcomes_of(value):
        is_match = isinstance(outcome.value, Known) and matches(outcome.value.value)
        if outcome.scenario_ids is not None:
            (matching if is_match else others).update(outcome.scenario_ids)
        elif not is_match:
            return frozenset()
    return frozenset(matching - others)


def _outcomes_of(value: Value[T]) -> tuple[Outcome[T], ...]:
    """Return every outcome of a setting; empty where there is no finite list."""
    return value.outcomes if isinstance(value, Unknown) else (Outcome(value),)


def _agreement(value: Value[T], matches: Callable[[T], bool]) -> bool | None:
    """Whether every possible value matches (True) or none does (False).

    None where some match, and where the possible values are not known.
    """
    answers = {
        isinstance(possible, Known) and matches(possible.value)
        for possible in possible_values(value)
    }
    return answers.pop() if len(answers) == 1 else None


def _is_memcached(engine: str) -> bool:
    return engine.lower() == "memcached"


def _judge_backups(resource: CacheResource, requirements: Requirements) -> Verdict:
    """Return pass where every combination passes, fail where every one fails, and unknown otherwise.

    Unknown, too, where the combinations are not known.
    """
    combinations = _combinations(resource, requirements)
    failing = [combination for combination in combinations if combination.failures]
    if combinations and not failing:
        message = _pass_message(resource, [combination.retention for combination in combinations])
        return Verdict(Status.PASS, None, message)
    if combinations and len(failing) == len(combinations):
        return _failure(failing)
    return Verdict(Status.UNKNOWN, Rule.RETENTION_UNKNOWN, _unknown_message(resource, failing))


def _combinations(resource: CacheResource, requirements: Requirements) -> list[_Combination]:
    """Return every combination of the retention and the node that can occur.

    Empty where the possible retentions are not known and the answer depends on them.
    """
    retentions = _retentions(resource, requirements.minimum_days)
    nodes = _possible_node_failures(resource)
    if not retentions:
        # The failures of these combinations do not depend on the retention.
        any_retention = Outcome[int](Unset())
        failing = [
            _Combination(any_retention, failures)
            for node_fails in nodes
            if (failures := _failures_of_any_retention(resource, node_fails=node_fails))
        ]
        return failing if len(failing) == len(nodes) else []
    return [
        _Combination(
            retention, _failures(resource, retention.value, requirements, node_fails=node_fails)
        )
        for retention, node_fails in product(retentions, nodes)
    ]


def _retentions(resource: CacheResource, minimum_days: int) -> tuple[Outcome[int], ...]:
    """Return the retentions to consider, with those of variable files that are not used in this run.

    Empty where they are not known.
    """
    outcomes = _deciding_outcomes(resource.retention, minimum_days)
    if not outcomes or not resource.variants:
        return outcomes
    without_file = (
        outcome if outcome.when else Outcome(outcome.value, "no such file is given")
        for outcome in outcomes
    )
    return (*without_file, *resource.variants)


def _deciding_outcomes(retention: Value[int], minimum_days: int) -> tuple[Outcome[int], ...]:
    """Return every outcome of a retention, or else those of its bounds that decide for all between them.

    Empty where neither are known, or where a value between the bounds may pass and another may fail.
    """
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


def _possible_node_failures(resource: CacheResource) -> list[bool]:
    """Return whether the node cannot be backed up: False, True, or both, in this order, where either is so.

    A node type of which nothing is known counts as one that can be backed up: AWS rejects a retention on
    a node that cannot, so no cache goes without backups unnoticed.
    """
    if resource.form is Form.SERVERLESS_CACHE:
        return [False]
    nodes = possible_values(resource.node_type) or (Unset(),)
    modes = {
        isinstance(mode, Known) and mode.value for mode in possible_values(resource.cluster_mode)
    }
    if resource.form is Form.STANDALONE_CLUSTER:
        modes = {False}
    return sorted(
        {
            needs_cluster_mode(node) and not mode
            for node, mode in product(nodes, modes or {True, False})
        }
    )


def _failures(
    resource: CacheResource,
    retention: PossibleValue[int],
    requirements: Requirements,
    *,
    node_fails: bool,
) -> tuple[Note, ...]:
    """Return the rules that the cache breaks with one retention, in order of precedence.

    Windows that AWS rejects count while backups are off, too: they prevent turning them on.
    """
    failures = [
        _unsupported_note(resource) if node_fails else None,
        _retention_failure(resource, retention, requirements.minimum_days),
        None if node_fails else _window_failure(resource),
    ]
    return tuple(sorted(filter(None, failures), key=lambda note: _rank(note.rule)))


def _failures_of_any_retention(resource: CacheResource, *, node_fails: bool) -> tuple[Note, ...]:
    """Return the rules that the cache breaks with every retention; empty where the retention decides."""
    if node_fails:
        return (_unsupported_note(resource),)
    window = _window_failure(resource)
    unknown = Note(_unknown_message(resource, ()), Rule.RETENTION_UNKNOWN)
    return (window, unknown) if window else ()


def _unsupported_note(resource: CacheResource) -> Note:
    """Return the failure of a node that cannot be backed up."""
    text = f"a {NODE_WITHOUT_BACKUPS} node cannot be backed up"
    if resource.form is Form.REPLICATION_GROUP:
        text += " outside cluster mode"
    return Note(text, Rule.BACKUPS_UNSUPPORTED)


def _retention_failure(
    resource: CacheResource, retention: PossibleValue[int], minimum_days: int
) -> Note | None:
    """Return the rule that a retention breaks; None where it is long enough."""
    name = resource.retention_name
    match retention:
        case Invalid(text=text):
            text = f"{name} is {text}, but AWS requires a whole number of days"
            return Note(text, Rule.RETENTION_INVALID)
        case Known(value=days) if not 0 <= days <= MAXIMUM_DAYS:
            text = f"{name} is {_shorten(retention)}, but AWS allows 0 to {MAXIMUM_DAYS} days"
            return Note(text, Rule.RETENTION_INVALID)
        case Unset() | Known(value=0):
            return _disabled_note(resource, retention)
        case Known(value=days) if days < minimum_days:
            kept = format_days(retention)
            text = f"backups are kept for {kept}, but the policy requires {minimum_days}"
            return Note(text, Rule.RETENTION_TOO_SHORT)
        case Known():
            return None
        case never:
            assert_never(never)


def _disabled_note(resource: CacheResource, retention: Unset | Known[int]) -> Note:
    """Return the failure of a retention that is 0 or not set."""
    name, is_zero = resource.retention_name, isinstance(retention, Known)
    if (resource.previous_days or 0) > 0:
        text = f"automatic backups are being turned off: {name} was {resource.previous_days}"
        text += " and will be 0" if is_zero else " and will not be set"
        return Note(text, Rule.BACKUPS_BEING_DISABLED)
    text = f"automatic backups are off: {name} is {'0' if is_zero else 'not set'}"
    if resource.near_miss:
        text += f" (is {resource.near_miss.name} a misspelling of it?)"
    return Note(text, Rule.BACKUPS_DISABLED)


def _window_failure(resource: CacheResource) -> Note | None:
    """Return the failure of windows that AWS rejects; None where it accepts them, for all that is known."""
    backup, maintenance = resource.backup_window, resource.maintenance_window
    if resource.form is Form.SERVERLESS_CACHE:  # it has a start time, not a window
        return None
    text = conflict(backup, maintenance)
    return Note(f"{text}: AWS rejects it", Rule.BACKUP_WINDOW_CONFLICT) if text else None


def _failure(failing: Sequence[_Combination]) -> Verdict:
    """Return the verdict where all combinations fail: the first rule by precedence, the others as notes."""
    reasons = dict.fromkeys(
        note for combination in sorted(failing, key=_rank_of) for note in combination.failures
    )
    first, *others = reasons
    return Verdict(Status.FAIL, first.rule, first.text, tuple(others))


def _unknown_message(resource: CacheResource, failing: Sequence[_Combination]) -> str:
    """Return why it is not known whether the cache passes, and the worst combination that fails, if any."""
    name, retention = resource.retention_name, resource.retention
    if isinstance(retention, Unknown):
        message = f"{name} is unknown: {retention.why}"
    elif resource.variants:
        message = f"{name} depends on which variable file is given"
    else:
        message = "it is unknown whether the cache can be backed up"
    if not failing:
        return message
    worst = min(failing, key=_rank_of)
    when = f"when {worst.retention.when}" if worst.retention.when else "in one case"
    return f"{message}; {when}, {worst.failures[0].text}"


def _as_conditional(verdict: Verdict, conditions: Sequence[str]) -> Verdict:
    """Return a verdict as unknown: it fails unless a condition is true, and the control does not apply."""
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
    """Return how long backups are kept, with every retention that the cache can have."""
    retention = resource.retention
    values = [outcome.value for outcome in outcomes if isinstance(outcome.value, Known)]
    days = sorted({value.value for value in values})
    if isinstance(retention, Unknown) and not retention.outcomes:
        return f"backups are kept for at least {format_days(Known(days[0]))}"
    if len(days) > 1:
        listed = ", ".join(map(str, days[:-1]))
        return f"backups are kept for {listed} or {days[-1]} days, whichever applies"
    return f"backups are kept for {format_days(Known(days[0]))}"


def _shorten(days: Known[int]) -> str:
    """Return a number, which may have thousands of digits, as a message shows it."""
    text = str(days.value)
    return text if len(text) <= MAX_DIGITS else f"{text[:MAX_DIGITS]}..."


def _rank_of(combination: _Combination) -> int:
    """Return the precedence of the first rule that a failing combination breaks."""
    return _rank(combination.failures[0].rule)


def _rank(rule: Rule | None) -> int:
    return _PRECEDENCE.index(rule) if rule in _PRECEDENCE else len(_PRECEDENCE)
