"""A block's `count`, `for_each` or `enabled` → which instances it makes, or may make."""

from collections.abc import Iterable, Mapping

from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.record import field, record
from ecbackup_iac.terraform.modules.addresses import instance_key
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.conversion import closed, converted, expand_outcomes
from ecbackup_iac.terraform.values.marks import hidden_value
from ecbackup_iac.terraform.values.outcomes import common_assumptions, one_of
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
)
from ecbackup_iac.terraform.values.value import (
    Assumption,
    EvaluationError,
    Possibility,
    Value,
    count_value,
    string,
    unknown,
)

MAX_INSTANCES = 10_000
"""A count or for_each of more is rejected: no configuration in use has as many."""


@record(eq=False)
class Repetition:
    """One instance of a block: the values of `each` and `count` in it."""

    key: str = ""
    """As the address has it: `[0]`, `["a"]`, or nothing."""

    names: Mapping[tuple[str, str], Value] = field(factory=dict)
    """("each", "key"), ("each", "value"), ("count", "index") → values."""

    doubt: str = ""
    """Why it is not certain that this instance exists; empty where it is."""

    when: tuple[Assumption, ...] = ()
    """The assumptions under which it exists."""


def rejected_repetition(why: str) -> Repetition:
    """Return the instance that represents those of a count or for_each that Terraform rejects."""
    names = (("each", "key"), ("each", "value"), ("count", "index"))
    return Repetition(names=dict.fromkeys(names, unknown(f"Terraform rejects it: {why}")))


def enabled_argument(block: Block) -> Attribute | None:
    """Return the `enabled` of a block's lifecycle, which OpenTofu has since 1.11; None without one."""
    found = (lifecycle.body.attribute("enabled") for lifecycle in block.body.blocks("lifecycle"))
    return next(filter(None, found), None)


def enabled_repetitions(value: Value) -> list[Repetition]:
    """Return the one instance that an `enabled` makes, or none. Raises EvaluationError."""
    if value.is_sensitive:
        raise EvaluationError("Invalid enabled argument: sensitive values cannot be used")
    decided = converted(value, BOOL)
    if decided.is_known:
        if decided.is_null:
            raise EvaluationError("Invalid enabled argument: the value is null")
        return [Repetition()] if decided.raw else []
    raw = decided.unknown
    if raw.is_deferred:
        raise EvaluationError(
            f"Invalid enabled argument: it cannot be determined until apply: {raw.why}"
        )
    creating = [outcome for outcome in raw.outcomes if outcome.value.raw]
    if len(creating) == len(raw.outcomes) > 0:
        return [Repetition()]
    if raw.outcomes and not creating:
        return []
    doubt = _doubt(creating) or f"enabled is unknown: {raw.why}"
    return [Repetition(doubt=doubt, when=common_assumptions(creating))]


def _doubt(creating: Iterable[Possibility]) -> str:
    """Return the condition of an instance, for people, by the outcomes that create it; empty without one."""
    conditions = " or ".join(dict.fromkeys(one.condition for one in creating if one.condition))
    return f"it exists only when {conditions}" if conditions else ""


def count_repetitions(value: Value) -> list[Repetition]:
    """Return the instances that a count makes. Raises EvaluationError."""
    count = converted(value, NUMBER)
    if count.is_known:
        return [_count_repetition(position) for position in range(_count(count))]
    raw = count.unknown
    if raw.is_deferred:
        raise EvaluationError(
            f"Invalid count argument: it cannot be determined until apply: {raw.why}"
        )
    if not raw.outcomes:
        index = unknown(f"count.index depends on count: {raw.why}", NUMBER, is_not_null=True)
        names = {("count", "index"): index}
        return [Repetition(names=names, doubt=f"count is unknown: {raw.why}")]
    counts = [(_count(outcome.value.with_marks_of(count)), outcome) for outcome in raw.outcomes]
    least = min(size for size, _ in counts)
    repetitions = []
    for position in range(max(size for size, _ in counts)):
        creating = [outcome for size, outcome in counts if size > position]
        doubt = ""
        if position >= least:
            doubt = _doubt(creating) or f"count is unknown: {raw.why}"
        repetitions.append(_count_repetition(position, doubt, common_assumptions(creating)))
    return repetitions


def _count(value: Value) -> int:
    raw = value.raw
    if raw is None:
        raise EvaluationError("Invalid count argument: the value is null")
    raw = raw or 0  # negative zero is zero
    if not isinstance(raw, int):
        raise EvaluationError("Invalid count argument: it must be a whole number")
    if raw < 0:
        raise EvaluationError("Invalid count argument: it must not be negative")
    if raw > MAX_INSTANCES:
        shown = "too large" if value.is_hidden else text_from(raw)
        raise EvaluationError(
            f"count is {shown}, and at most {MAX_INSTANCES} instances are evaluated"
        )
    return raw


def _count_repetition(
    position: int, doubt: str = "", when: tuple[Assumption, ...] = ()
) -> Repetition:
    return Repetition(f"[{position}]", {("count", "index"): count_value(position)}, doubt, when)


def for_each_repetitions(value: Value) -> list[Repetition]:
    """Return the instances that a for_each makes, by key. Raises EvaluationError."""
    if value.is_sensitive:
        raise EvaluationError("Invalid for_each argument: sensitive values cannot be used")
    if value.is_known and isinstance(value.type, SetOf) and not value.is_wholly_known:
        value = _with_unknown_elements(value)
    value = closed(value)
    if value.is_known:
        return [_each_repetition(*pair) for pair in _each(value).values()]
    raw = value.unknown
    if raw.is_deferred:
        text = "Invalid for_each argument: its keys cannot be determined until apply"
        raise EvaluationError(f"{text}: {raw.why}")
    if not raw.outcomes:
        return [_any_repetition(raw.why, raw.element)]
    found: dict[str, list[Possibility]] = {}
    keys: dict[str, Value] = {}
    for outcome in raw.outcomes:
        for name, (key, item) in _each(outcome.value.with_marks_of(value)).items():
            keys[name] = key.with_marks_of(*filter(None, (keys.get(name),)))
            found.setdefault(name, []).append(Possibility(item, outcome.when, outcome.description))
    repetitions = []
    for name, possibilities in sorted(found.items()):
        doubt = ""
        if len(possibilities) < len(raw.outcomes):
            doubt = _doubt(possibilities) or f"for_each is unknown: {raw.why}"
        item, when = one_of(possibilities, raw.why), common_assumptions(possibilities)
        repetitions.append(_each_repetition(keys[name], item, doubt, when))
    return repetitions


def _with_unknown_elements(value: Value) -> Value:
    """Return a set of which elements are unknown, as one that is unknown itself. Raises EvaluationError."""
    deferred = [e.unknown for e in value.elements if not e.is_known and e.unknown.is_deferred]
    if deferred:
        text = "Invalid for_each set argument: its elements cannot be determined until apply"
        raise EvaluationError(f"{text}: {deferred[0].why}")
    return expand_outcomes(value)


def _any_repetition(why: str, item: Value | None) -> Repetition:
    """Return one instance that represents all possible ones; `item` is their `each.value`, where known."""
    doubt = f"for_each is unknown: {why}"
    key = unknown(doubt, STRING, is_not_null=True)
    names = {("each", "key"): key, ("each", "value"): item or unknown(doubt)}
    return Repetition(names=names, doubt=doubt)


def _each(value: Value) -> dict[str, tuple[Value, Value]]:
    """Return `each.key` and `each.value` of each instance of a known for_each. Raises EvaluationError."""
    if value.is_null:
        raise EvaluationError("Invalid for_each argument: the value is null")
    if isinstance(value.raw, tuple | Mapping) and len(value.raw) > MAX_INSTANCES:
        raise EvaluationError(
            f"for_each has more than {MAX_INSTANCES} elements, the most that are evaluated"
        )
    match value.type:
        case MapOf() | ObjectOf():
            return {
                name: (
                    string(name).with_marks_of(value),
                    item.taken_from(value, name).with_marks_of(value),
                )
                for name, item in value.members.items()
            }
        case SetOf():
            found = {}
            for element in value.elements:
                if not isinstance(element.raw, str):
                    raise EvaluationError(
                        "Invalid for_each set argument: it must be a set of strings"
                    )
                item = element.with_marks_of(value)
                found[element.raw] = (item, item)
            return found
        case ListOf() | TupleOf() | _:
            raise EvaluationError("Invalid for_each argument: it must be a map or a set of strings")


def _each_repetition(
    key: Value, item: Value, doubt: str = "", when: tuple[Assumption, ...] = ()
) -> Repetition:
    names = {("each", "key"): key, ("each", "value"): item}
    shown = f'["{hidden_value(key)}"]' if key.is_hidden_key else instance_key(str(key.raw))
    return Repetition(shown, names, doubt, when)
