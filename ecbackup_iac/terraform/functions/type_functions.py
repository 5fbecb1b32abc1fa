"""Functions that change a value's type, or how Terraform shows it."""

from collections.abc import Callable

from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.functions.signature import Function, Parameter
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    SetOf,
    Type,
    type_name,
)
from ecbackup_iac.terraform.values.value import EvaluationError, Privacy, Value, boolean, null


def _conversion(target: Type) -> Callable[[Value], Value]:
    def implementation(value: Value) -> Value:
        try:
            return converted(value, target)
        except EvaluationError as error:
            what = f"cannot convert {type_name(value.type)} to {type_name(target)}"
            text, redacted = (
                f"{what}: {reason}" for reason in (error.message, error.redacted_message)
            )
            raise EvaluationError(text, redacted_message=redacted) from error

    return implementation


def _sensitive(value: Value) -> Value:
    return replace(value, is_sensitive=True)


def _nonsensitive(value: Value) -> Value:
    return replace(value, is_sensitive=False)


def _issensitive(value: Value) -> Value:
    return boolean(value.is_sensitive)


def _ephemeralasnull(value: Value) -> Value:
    """Return the value with a null for itself, or for whatever in it is ephemeral."""
    match value.raw:
        case _ if value.privacy is Privacy.EPHEMERAL:
            return null(value.type)
        case tuple() as elements:
            return replace(value, raw=tuple(map(_ephemeralasnull, elements)))
        case dict() as members:
            kept = {name: _ephemeralasnull(member) for name, member in members.items()}
            return replace(value, raw=kept)
        case _:
            return value


_ANYTHING = Parameter("v", allows_null=True, allows_unknown=True, allows_unknown_elements=True)
_TARGETS: dict[str, Type] = {
    "tobool": BOOL,
    "tolist": ListOf(DYNAMIC),
    "tomap": MapOf(DYNAMIC),
    "tonumber": NUMBER,
    "toset": SetOf(DYNAMIC),
    "tostring": STRING,
}

FUNCTIONS: tuple[Function, ...] = (
    *(
        Function(name, (_ANYTHING,), _conversion(target), returns=target)
        for name, target in _TARGETS.items()
    ),
    Function("sensitive", (_ANYTHING,), _sensitive),
    Function("nonsensitive", (_ANYTHING,), _nonsensitive, keeps_marks=False),
    Function("issensitive", (_ANYTHING,), _issensitive, returns=BOOL, keeps_marks=False),
    Function("ephemeralasnull", (_ANYTHING,), _ephemeralasnull, keeps_marks=False),
)
