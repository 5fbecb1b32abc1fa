"""A block's `count`, `for_each` or `enabled` → the instances that it makes or may make; their joint value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TypeAlias, TypeVar

from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.record import field, record
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import Scope
from ecbackup_iac.terraform.modules.addresses import instance_key
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.conversion import converted, expand_outcomes, unknown_if_open
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import placeholder_of_value, reject_ephemeral
from ecbackup_iac.terraform.values.outcomes import common_assumptions, one_of
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    SetOf,
    is_mapping,
)
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Outcome,
    Plans,
    Privacy,
    UnknownRaw,
    Value,
    count_value,
    null,
    object_value,
    string,
    tuple_value,
    unknown,
)

MAX_INSTANCES = 10_000
"""A count or for_each of more is rejected: no configuration in use has as many."""

Names: TypeAlias = Mapping[tuple[str, str], Value]
"""("each", "key"), ("each", "value"), ("count", "index") → values."""

K = TypeVar("K", str, int)


@record(eq=False)
class Repetition:
    """One instance of a block: the values of `each` and `count` in it."""

    key: str = ""
    """As the address has it: `[0]`, `["a"]`, or nothing."""

    names: Names = field(factory=dict)
    why_uncertain: str = ""
    """Why it is not certain that this instance exists; empty where it is."""

    when: tuple[Assumption, ...] = ()
    """The assumptions under which it exists."""


def rejected_repetition(why: str) -> Repetition:
    """Return the instance that represents those of a count or for_each that Terraform rejects."""
    names = (("each", "key"), ("each", "value"), ("count", "index"))
    return Repetition(names=dict.fromkeys(names, unknown(f"Terraform rejects it: {why}")))


def repetitions_of(block: Block, scope: Scope, *, is_terraform: bool) -> list[Repetition]:
    """Return the instances of a block by its `count`, `for_each` or `enabled`; usually one.

    Where they are unknown, those that may exist, or one that represents them all, each with the reason.

    Raises EvaluationError: Terraform rejects the count or for_each.
    """
    written = [
        (argument, repeat)
        for argument, repeat in (
            (block.body.attribute("count"), count_repetitions),
            (block.body.attribute("for_each"), for_each_repetitions),
            (_enabled_argument(block), enabled_repetitions),
        )
        if argument is not None
    ]
    if not written:
        return [Repetition()]
    argument, repeat = written[-1]
    if len(written) > 1:
        names = " and ".join(f'"{argument.name}"' for argument, _ in written)
        raise EvaluationError(f"Invalid combination of {names}", argument.range)
    if repeat is enabled_repetitions and is_terraform:
        text = 'Unsupported argument: only OpenTofu expects "enabled" in a lifecycle block'
        raise EvaluationError(text, argument.range)
    try:
        value = Evaluator(scope).value(argument.expression)
        if value.privacy is Privacy.EPHEMERAL:
            reject_ephemeral(value, f"{argument.name} has to be the same in every run")
        return repeat(value)
    except EvaluationError as error:
        raise error.at(argument.range) from error


def combined_value(
    block: Block, repetitions: Sequence[Repetition], value_of: Callable[[Repetition], Value]
) -> Value:
    """Return the values of a block's instances together, as a reference to the block has them."""
    has_count = block.body.attribute("count") is not None
    has_each = block.body.attribute("for_each") is not None
    why_uncertain = next(
        (repetition.why_uncertain for repetition in repetitions if repetition.why_uncertain), ""
    )
    if why_uncertain:
        return unknown(why_uncertain)
    if not has_count and not has_each:
        return value_of(repetitions[0]) if repetitions else null(DYNAMIC)
    if has_count:
        return tuple_value(value_of(repetition) for repetition in repetitions)
    keys = [repetition.names["each", "key"] for repetition in repetitions]
    values = map(value_of, repetitions)
    return object_value(
        {str(key.raw): value for key, value in zip(keys, values, strict=True)}
    ).with_marks_of(*keys)


def _enabled_argument(block: Block) -> Attribute | None:
    """Return the `enabled` of a block's lifecycle, which OpenTofu has since 1.11; None without one."""
    found = (lifecycle.body.attribute("enabled") for lifecycle in block.body.blocks("lifecycle"))
    return next(filter(None, found), None)


def enabled_repetitions(value: Value) -> list[Repetition]:
    """Return the one instance that an `enabled` makes, or none. Raises EvaluationError."""
    if value.is_sensitive:
        raise EvaluationError("Invalid enabled argument: sensitive values cannot be used")
    decided = converted(value, BOOL)
    if decided.is_null:
        raise EvaluationError("Invalid enabled argument: the value is null")
    return _instances("enabled", decided, lambda known: {"": {}} if known.raw else {}, lambda _: {})


def count_repetitions(value: Value) -> list[Repetition]:
    """Return the instances that a count makes. Raises EvaluationError."""
    names_at: Callable[[int], Names] = cache(  # the outcomes share them
        lambda position: {("count", "index"): count_value(position)}
    )

    def created(known: Value) -> dict[int, Names]:
        return {position: names_at(position) for position in range(_count(known))}

    def any_index(raw: UnknownRaw) -> Names:
        why = f"count.index depends on count: {raw.why}"
        return {("count", "index"): unknown(why, NUMBER, is_not_null=True)}

    _reject_early("count", value)
    return _instances("count", converted(value, NUMBER), created, any_index)


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


def for_each_repetitions(value: Value) -> list[Repetition]:
    """Return the instances that a for_each makes, by key. Raises EvaluationError."""
    if value.is_sensitive:
        raise EvaluationError("Invalid for_each argument: sensitive values cannot be used")
    is_known_set = value.is_known and isinstance(value.type, SetOf) and not value.is_null
    _reject_early("for_each", value, *(value.elements if is_known_set else ()))
    if is_known_set and not value.is_wholly_known:
        value = _with_unknown_elements(value)

    def any_pair(raw: UnknownRaw) -> Names:
        why = f"for_each is unknown: {raw.why}"
        return _pair(unknown(why, STRING, is_not_null=True), raw.element or unknown(why))

    return _instances("for_each", unknown_if_open(value), _each, any_pair)


def _reject_early(argument: str, *values: Value) -> None:
    """Raise EvaluationError where a plan does not know what is certain."""
    if any(value.unknown_to is Plans.EVERY for value in values):
        text = "it depends on a condition that cannot be determined until apply"
        raise EvaluationError(f"Invalid {argument} argument: {text}")


def _with_unknown_elements(value: Value) -> Value:
    """Return a set of which elements are unknown, as one that is unknown itself. Raises EvaluationError."""
    deferred = [e.unknown for e in value.elements if not e.is_known and e.unknown.is_deferred]
    if deferred:
        text = "Invalid for_each set argument: its elements cannot be determined until apply"
        raise EvaluationError(f"{text}: {deferred[0].why}")
    return expand_outcomes(value)


def _each(value: Value) -> dict[str, Names]:
    """Return `each.key` and `each.value` of each instance of a known for_each. Raises EvaluationError."""
    if value.is_null:
        raise EvaluationError("Invalid for_each argument: the value is null")
    if isinstance(value.raw, tuple | Mapping) and len(value.raw) > MAX_INSTANCES:
        raise EvaluationError(
            f"for_each has more than {MAX_INSTANCES} elements, the most that are evaluated"
        )
    found = {}
    if is_mapping(value.type):
        for name, item in value.members.items():
            key = string(name).with_marks_of(value)
            found[name] = _pair(key, item.taken_from(value, name).with_marks_of(value))
        return found
    if not isinstance(value.type, SetOf):
        raise EvaluationError("Invalid for_each argument: it must be a map or a set of strings")
    for element in value.elements:
        if not isinstance(element.raw, str):
            raise EvaluationError("Invalid for_each set argument: it must be a set of strings")
        item = element.with_marks_of(value)
        found[element.raw] = _pair(item, item)
    return found


def _pair(key: Value, item: Value) -> Names:
    return {("each", "key"): key, ("each", "value"): item}


def _instances(
    argument: str,
    value: Value,
    names_of: Callable[[Value], Mapping[K, Names]],
    names_of_unknown: Callable[[UnknownRaw], Names],
) -> list[Repetition]:
    """Return the instances that an argument creates.

    `names_of` returns the names in each instance that a known value creates, by instance key;
    `names_of_unknown` those in the one that represents all instances where nothing is known of the value.
    """
    if value.is_known:
        return [Repetition(_key(names), names) for names in names_of(value).values()]
    raw = value.unknown
    if raw.is_deferred:
        what = "its keys" if argument == "for_each" else "it"
        raise EvaluationError(
            f"Invalid {argument} argument: {what} cannot be determined until apply: {raw.why}"
        )
    unclear = f"{argument} is unknown: {raw.why}"
    if not raw.outcomes:
        return [Repetition(names=names_of_unknown(raw), why_uncertain=unclear)]
    found: dict[K, list[tuple[Names, Outcome]]] = {}
    for outcome in raw.outcomes:
        for key, names in names_of(outcome.value.with_marks_of(value)).items():
            found.setdefault(key, []).append((names, outcome))
    repetitions = []
    for _, creating in sorted(found.items(), key=lambda item: item[0]):
        outcomes = [outcome for _, outcome in creating]
        why_uncertain = (
            "" if len(creating) == len(raw.outcomes) else _existence_condition(outcomes) or unclear
        )
        names = _joined(creating, raw.why)
        repetitions.append(
            Repetition(_key(names), names, why_uncertain, common_assumptions(outcomes))
        )
    return repetitions


def _joined(creating: Sequence[tuple[Names, Outcome]], why: str) -> Names:
    """Return the names of one instance that several outcomes create."""
    if all(names is creating[0][0] for names, _ in creating):
        return creating[0][0]
    joined = {}
    for name in creating[0][0]:
        values = [
            Outcome(names[name], outcome.when, outcome.description) for names, outcome in creating
        ]
        joined[name] = one_of(values, why)
        if name == ("each", "key"):
            joined[name] = joined[name].with_marks_of(*(one.value for one in values))
    return joined


def _key(names: Names) -> str:
    """Return the key of an instance as its address has it."""
    if ("count", "index") in names:
        return f"[{names['count', 'index'].raw}]"
    if ("each", "key") not in names:
        return ""
    key = names["each", "key"]
    return f'["{placeholder_of_value(key)}"]' if key.is_hidden_key else instance_key(str(key.raw))


def _existence_condition(creating: Iterable[Outcome]) -> str:
    """Return the condition of an instance, for people, by the outcomes that create it; empty without one."""
    conditions = " or ".join(dict.fromkeys(one.condition for one in creating if one.condition))
    return f"it exists only when {conditions}" if conditions else ""
