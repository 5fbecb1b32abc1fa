"""Values → whether they, or anything in them, must not be shown, and what is shown instead."""

from collections.abc import Mapping
from fractions import Fraction

from ecbackup_iac.model.hidden import names_credential, placeholder_of
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.type_system import type_name
from ecbackup_iac.terraform.values.value import EvaluationError, OpenMembers, Privacy, Value


def marks_in(value: Value) -> tuple[bool, Privacy]:
    """Return whether a value or anything in it is sensitive, and the privacy of the most private."""
    is_sensitive, privacy = value.is_sensitive, value.privacy
    if not isinstance(value.raw, tuple | Mapping) or isinstance(value.raw, OpenMembers):
        return is_sensitive, privacy
    charge(len(value.raw))
    for element in value.elements:
        if is_sensitive and privacy is Privacy.EPHEMERAL:
            break
        inner = marks_in(element)
        is_sensitive, privacy = is_sensitive or inner[0], max(privacy, inner[1])
    return is_sensitive, privacy


def with_all_marks_of(result: Value, *arguments: Value) -> Value:
    """Return the result with the marks of the arguments and of anything in them."""
    is_sensitive, privacy = result.is_sensitive, result.privacy
    for argument in arguments:
        inner = marks_in(argument)
        is_sensitive, privacy = is_sensitive or inner[0], max(privacy, inner[1])
    return result.with_marks(is_sensitive=is_sensitive, privacy=privacy)


def reject_ephemeral(value: Value, why: str) -> None:
    """Raise EvaluationError where a value, or anything in it, is ephemeral."""
    if marks_in(value)[1] is Privacy.EPHEMERAL:
        raise EvaluationError(f"Invalid use of ephemeral value: {why}")


def with_hidden_credentials(value: Value) -> Value:
    """Return a decoded value in which every member that is named like a credential is not shown."""
    charge()
    match value.raw:
        case Mapping() as members:
            kept = {
                name: replace(member, privacy=Privacy.OUTSIDE)
                if names_credential(name)
                else with_hidden_credentials(member)
                for name, member in members.items()
            }
            return replace(value, raw=kept)
        case tuple() as elements:
            return replace(value, raw=tuple(map(with_hidden_credentials, elements)))
        case _:
            return value


def hidden_value(value: Value) -> str:
    """Return the mark of a value that must not be shown; one for all collections of a type."""
    is_scalar = isinstance(value.raw, str | int | Fraction)
    return placeholder_of(str(value.raw) if is_scalar else type_name(value.type))


def shown_text(value: Value) -> str:
    """Return a known value's text, or its mark where it must not be shown."""
    return hidden_value(value) if value.is_hidden else str(value.raw)


def declared_sensitive(value: Value, name: str, kind: StepKind, *, is_marked: bool = True) -> Value:
    """Return the value of a declaration that is sensitive: no step that leads to it is shown.

    Where `is_marked` is false it is only not shown: to Terraform it is like any other value.
    """
    text = f"{name} = {hidden_value(value)}"
    steps = (TraceStep(text, step.location, kind, name, is_secret=True) for step in value.trace)
    if is_marked:
        return replace(value, trace=tuple(steps), is_sensitive=True)
    return replace(value, trace=tuple(steps), privacy=max(value.privacy, Privacy.OUTSIDE))
