"""Members → a set, in the order in which Terraform has them."""

from collections.abc import Iterable, Mapping

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.equality import are_equal
from ecbackup_iac.terraform.values.marks import with_all_marks_of
from ecbackup_iac.terraform.values.outcomes import identity
from ecbackup_iac.terraform.values.type_system import ObjectOf, SetOf, TupleOf, Type
from ecbackup_iac.terraform.values.value import Privacy, UnknownRaw, Value

_STEPS_PER_MEMBER = 6
"""For one member of a set, which is compared and sorted."""


def set_of(members: Iterable[Value], element: Type) -> Value:
    """Return a set: every member once, in Terraform's order (text by code point, numbers by size)."""
    given = tuple(members)
    # Negative zero equals zero, and a set contains both: it compares what they are written as.
    distinct = {(identity(m), str(m.raw) if m.raw == 0 else ""): m for m in given}
    charge(_STEPS_PER_MEMBER * len(distinct))
    ordered = tuple(sorted(distinct.values(), key=_set_order))
    result = with_all_marks_of(Value(SetOf(element), ordered), *given)
    if result.privacy is Privacy.EPHEMERAL:
        return result
    return replace(result, privacy=Privacy.NONE)  # each member has its own


def has_unknown_order(value: Value) -> bool:
    """Whether it is a set whose order depends on what is unknown in it."""
    return isinstance(value.type, SetOf) and len(value.elements) > 1 and not value.is_wholly_known


def may_coincide(members: tuple[Value, ...]) -> bool:
    """Whether two members may turn out to be the same, or not."""
    return any(
        are_equal(member, other) is None
        for member in members
        if not member.is_wholly_known
        for other in members
        if member is not other
    )


def _set_order(value: Value) -> tuple[int, object, str]:
    raw = value.raw
    if isinstance(raw, Number):
        return (0, raw, "")
    return (1, 0, "") if raw is None else (0, 0, raw if isinstance(raw, str) else _hash_text(value))


def _hash_text(value: Value) -> str:
    """Return a value as go-cty writes it to put sets of lists, maps and objects in order."""
    charge()
    match value.raw:
        case None:
            return "~"
        case bool() as raw:
            return "T" if raw else "F"
        case str() as raw:
            return _quoted(raw)
        case tuple() as elements:
            text = "".join(f"{_hash_text(element)};" for element in elements)
            return f"<{text}>" if isinstance(value.type, TupleOf) else f"[{text}]"
        case Mapping() as members:
            if isinstance(value.type, ObjectOf):
                return "<" + "".join(f"{_hash_text(member)};" for member in members.values()) + ">"
            pairs = (
                f"{_quoted(name, is_ascii=True)}:{_hash_text(member)};"
                for name, member in members.items()
            )
            return "{" + "".join(pairs) + "}"
        case UnknownRaw():
            return "?"
        case raw:
            return text_from(raw)


def _quoted(text: str, *, is_ascii: bool = False) -> str:
    import json  # most runs do without

    return json.dumps(text, ensure_ascii=is_ascii)
