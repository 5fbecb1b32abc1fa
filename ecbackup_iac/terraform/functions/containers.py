"""A container → its elements or members for the collection functions, and checks of its kind."""

from collections.abc import Mapping

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.sets import has_open_order
from ecbackup_iac.terraform.values.type_system import (
    ListOf,
    TupleOf,
    has_dynamic,
    is_mapping,
    is_sequence,
)
from ecbackup_iac.terraform.values.value import EvaluationError, UnknownRaw, Value, is_open

MAX_ELEMENTS = 10_000
"""A longer result is unknown: no configuration in use has one."""

_MAX_LENGTH = 2**63


def taken(container: Value) -> tuple[Value, ...]:
    """Return the elements of a list, set or tuple, each with the container's trace before its own.

    Raises UnknownResultError: it is a set, and what is unknown in it decides its order.
    """
    if has_open_order(container):
        raise UnknownResultError("the order of a set depends on unknown elements")
    charge(len(container.elements))
    return tuple(
        element.taken_from(container, position)
        for position, element in enumerate(container.elements)
    )


def members_of(container: Value) -> Mapping[str, Value]:
    """Return the members of a map or object, each with the container's trace before its own.

    Raises UnknownResultError: it is a resource, of which only the provider knows every attribute.
    """
    if is_open(container):
        raise UnknownResultError("only the provider knows every attribute of a resource")
    charge(len(container.members))
    return {name: value.taken_from(container, name) for name, value in container.members.items()}


def check_length(count: int) -> None:
    """Raise TooLargeError for a container of too many elements."""
    if count > MAX_ELEMENTS:
        shown = str(count) if count < _MAX_LENGTH else "countless"
        raise TooLargeError(f"it would have {shown} elements")


def is_list(value: Value) -> bool:
    """Whether it is a list or a tuple: a container with positions."""
    return isinstance(value.type, ListOf | TupleOf)


def need_sequence(value: Value, message: str) -> None:
    """Raise unless it is a list, a set or a tuple."""
    if not is_sequence(value.type):
        raise EvaluationError(message)


def need_mapping(value: Value, message: str) -> None:
    """Raise unless it is a map or an object."""
    if not is_mapping(value.type):
        raise EvaluationError(message)


def whole(value: Value, name: str) -> int:
    """Return a number that has to be a whole one."""
    raw: Number = number_of(value) or 0  # negative zero is zero
    if not isinstance(raw, int) or not -_MAX_LENGTH <= raw < _MAX_LENGTH:
        raise EvaluationError(f"invalid {name}: value must be a whole number")
    return raw


def number_of(value: Value) -> Number:
    """Return the number that a known value of type number contains."""
    if isinstance(value.raw, Number):
        return value.raw
    raise EvaluationError("a number is required")


def texts(value: Value) -> list[str | None]:
    """Return the strings of a known list or set of strings; None for each null."""
    return [None if element.is_null else str(element.raw) for element in value.elements]


def may_be_rejected(*arguments: Value) -> None:
    """Record that an unknown argument may be null, which the function rejects."""
    for argument in arguments:
        raw = argument.raw
        if isinstance(raw, UnknownRaw) and not raw.is_not_null and not raw.is_deferred:
            record_rejection()


def may_be_text(argument: Value) -> bool:
    """Whether something in an argument has a type that is unknown here and known to a plan."""
    if not argument.is_known:
        return has_dynamic(argument.type) and not argument.unknown.is_deferred
    if is_open(argument) or not isinstance(argument.raw, tuple | Mapping):
        return False
    return any(map(may_be_text, argument.elements))
