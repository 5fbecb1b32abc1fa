"""Two values → whether they are equal, as Terraform compares them."""

from collections.abc import Iterable, Mapping

from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.marks import with_all_marks_of
from ecbackup_iac.terraform.values.outcomes import identity, is_between, map_outcomes
from ecbackup_iac.terraform.values.type_system import BOOL, SetOf, may_be_same
from ecbackup_iac.terraform.values.value import (
    UnknownRaw,
    Value,
    boolean,
    first_unknown,
    has_dynamic_type,
    is_open,
)


def equal(left: Value, right: Value) -> Value:
    """Return whether two values are equal, as `==` does: nothing is converted."""
    answer = are_equal(left, right)
    if answer is not None:
        return with_all_marks_of(boolean(answer), left, right)
    result = map_outcomes(_known_equality, left, right, kind=BOOL, is_total=True)
    return with_all_marks_of(result, left, right)


def _known_equality(left: Value, right: Value) -> Value:
    answer = are_equal(left, right)
    if answer is not None:
        return boolean(answer)
    inner = first_unknown(left) or first_unknown(right)
    why = inner.unknown.why if inner else "it is unknown"
    deferred = inner.unknown.is_deferred if inner else False
    return Value(BOOL, UnknownRaw(why, is_deferred=deferred, is_not_null=True))


def are_equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None where it depends on what is unknown."""
    charge()
    for value, opposite in ((left, right), (right, left)):
        if isinstance(value.raw, UnknownRaw):
            return _is_ruled_out(value, value.raw, opposite)
    if left.raw is None or right.raw is None:
        return left.raw is None and right.raw is None
    if isinstance(left.raw, tuple | Mapping) and isinstance(right.raw, tuple | Mapping):
        return _are_equal_containers(left, right)
    return identity(left) == identity(right)


def _is_ruled_out(value: Value, raw: UnknownRaw, opposite: Value) -> bool | None:
    """Whether an unknown value equals another: False where it cannot, None where it may."""
    if opposite.is_null:
        return False if raw.is_not_null else None
    if not opposite.is_known or is_open(opposite):
        return None
    if isinstance(opposite.raw, str) and not opposite.raw.startswith(raw.prefix):
        return False
    if not is_between(opposite, raw.minimum, raw.maximum):
        return False
    return None if may_be_same(value.type, opposite.type) else False


def _are_equal_containers(left: Value, right: Value) -> bool | None:
    """Whether two containers are equal; those of different types are not, whatever is in them."""
    if is_open(left) or is_open(right):
        return None
    if not has_dynamic_type(left) and not has_dynamic_type(right) and left.type != right.type:
        return False
    if type(left.type) is not type(right.type):
        return False
    if isinstance(left.type, SetOf) and not (left.is_wholly_known and right.is_wholly_known):
        return None  # which members are compared is unknown
    if isinstance(left.raw, Mapping):
        if left.raw.keys() != right.members.keys():
            return False
        return _all_equal((left.raw[name], right.members[name]) for name in left.raw)
    if len(left.elements) != len(right.elements):
        return False
    return _all_equal(zip(left.elements, right.elements, strict=True))


def _all_equal(pairs: Iterable[tuple[Value, Value]]) -> bool | None:
    answers = [are_equal(this, that) for this, that in pairs]
    if False in answers:
        return False
    return None if None in answers else True
