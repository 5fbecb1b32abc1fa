"""Values → whether they, or anything in them, must not be shown, and what is shown instead."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from ecbackup_iac.model.hidden import names_credential, placeholder_of
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import type_name
from ecbackup_iac.terraform.values.value import LazyMembers, Privacy, Value


class Marks(NamedTuple):
    """What Terraform and this program may not show or keep."""

    is_sensitive: bool
    privacy: Privacy

    def joined(self, other: "Marks") -> "Marks":
        """Return the marks of what is made of two values."""
        return Marks(self.is_sensitive or other.is_sensitive, max(self.privacy, other.privacy))

    @property
    def is_hidden(self) -> bool:
        """Whether no text of such a value may be shown."""
        return self.is_sensitive or self.privacy > Privacy.NONE


NO_MARKS = Marks(is_sensitive=False, privacy=Privacy.NONE)


def marks_of(value: Value) -> Marks:
    """Return the marks of a value itself."""
    return Marks(value.is_sensitive, value.privacy)


def marks_in(value: Value) -> Marks:
    """Return the marks of a value and of anything in it, joined."""
    marks = marks_of(value)
    if not isinstance(value.raw, tuple | Mapping) or isinstance(value.raw, LazyMembers):
        return marks
    charge(len(value.raw))
    for element in value.elements:
        if marks.is_sensitive and marks.privacy is Privacy.EPHEMERAL:
            break
        marks = marks.joined(marks_in(element))
    return marks


def with_all_marks_of(result: Value, *arguments: Value) -> Value:
    """Return the result with the marks of the arguments and of anything in them."""
    marks = marks_of(result)
    for argument in arguments:
        marks = marks.joined(marks_in(argument))
    return result.with_marks(is_sensitive=marks.is_sensitive, privacy=marks.privacy)


def reject_ephemeral(value: Value, why: str) -> None:
    """Raise EvaluationError where a value, or anything in it, is ephemeral."""
    if marks_in(value).privacy is Privacy.EPHEMERAL:
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


def placeholder_of_value(value: Value) -> str:
    """Return the placeholder that is shown instead of a value; one for all collections of a type."""
    is_scalar = isinstance(value.raw, str | int | Fraction)
    return placeholder_of(str(value.raw) if is_scalar else type_name(value.type))


def shown_text(value: Value) -> str:
    """Return a known value's text, or its placeholder where it must not be shown."""
    return placeholder_of_value(value) if value.is_hidden else str(value.raw)


def declared_sensitive(value: Value, name: str, kind: StepKind, *, is_marked: bool = True) -> Value:
    """Return the value of a declaration that is sensitive: no step that leads to it is shown.

    Where `is_marked` is false it is only not shown: to Terraform it is like any other value.
    """
    text = f"{name} = {placeholder_of_value(value)}"
    steps = (TraceStep(text, step.location, kind, name, is_secret=True) for step in value.trace)
    if is_marked:
        return replace(value, trace=tuple(steps), is_sensitive=True)
    return replace(value, trace=tuple(steps), privacy=max(value.privacy, Privacy.OUTSIDE))
