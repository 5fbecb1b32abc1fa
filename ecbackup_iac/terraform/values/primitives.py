"""A known value → a string, number or bool, as Terraform converts it."""

from ecbackup_iac.hcl.number import Number, NumberTooLargeError
from ecbackup_iac.terraform.values.arithmetic import number_from, text_from
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    NUMBER,
    STRING,
    Primitive,
    Type,
    type_name,
)
from ecbackup_iac.terraform.values.value import Raw, Value, boolean, number, string, unknown

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def primitive(value: Value, target: Primitive) -> Value:
    """Return a known value as one of a primitive type. Raises EvaluationError."""
    if target == STRING:
        text = scalar_text(value.raw)
        result = None if text is None else string(text)
    elif target == NUMBER:
        result = _number(value.raw)
    else:
        result = _boolean(value.raw)
    if result is None:
        raise EvaluationError(requirement(target))
    return result


def scalar_text(raw: Raw) -> str | None:
    """Return a string, number or bool as text; None for anything else."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Number):
        return text_from(raw)
    return raw if isinstance(raw, str) else None


def _number(raw: Raw) -> Value | None:
    if isinstance(raw, Number) and not isinstance(raw, bool):
        return number(raw)
    if not isinstance(raw, str):
        return None
    try:
        parsed = number_from(raw)
    except NumberTooLargeError:
        return unknown("a number of this size is not evaluated", NUMBER, is_not_null=True)
    return None if parsed is None else number(parsed)


def _boolean(raw: Raw) -> Value | None:
    if isinstance(raw, bool):
        return boolean(raw)
    return boolean(_BOOLEANS[raw]) if isinstance(raw, str) and raw in _BOOLEANS else None


def requirement(target: Type) -> str:
    """Return what Terraform says of a value that cannot become one of a type."""
    article = "an" if type_name(target)[0] in "aeiou" else "a"
    name = "bool" if target == BOOL else type_name(target)
    return f"{article} {name} is required"
