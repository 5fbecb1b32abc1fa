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
from ecbackup_iac.terraform.values.value import EvaluationError, Value, boolean


def _conversion(target: Type) -> Callable[[Value], Value]:
    def implementation(value: Value) -> Value:
        try:
            return converted(value, target)
        except EvaluationError as error:
            what = f"cannot convert {type_name(value.type)} to {type_name(target)}: "
            raise error.prefixed(what) from error

    return implementation


def _sensitive(value: Value) -> Value:
    return replace(value, is_sensitive=True)


def _nonsensitive(value: Value) -> Value:
    return replace(value, is_sensitive=False)


def _issensitive(value: Value) -> Value:
    return boolean(value.is_sensitive)


def _ephemeralasnull(value: Value) -> Value:
    """Return the value: one that is ephemeral cannot be evaluated, and is never passed."""
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
    Function("ephemeralasnull", (_ANYTHING,), _ephemeralasnull),
)
