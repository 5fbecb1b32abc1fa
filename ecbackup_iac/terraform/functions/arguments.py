"""Arguments of functions → their Python values; results, none larger than in any configuration in use."""

from collections.abc import Mapping

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.values.budget import charge, charge_text
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.sets import has_unknown_order
from ecbackup_iac.terraform.values.type_system import (
    STRING,
    ListOf,
    TupleOf,
    has_dynamic,
)
from ecbackup_iac.terraform.values.value import UnknownRaw, Value, is_open, string

MAX_ELEMENTS = 10_000
"""A longer result is unknown: no configuration in use has one."""

MAX_CHARACTERS = 10_000_000
"""A longer string is unknown, too."""

_MAX_LENGTH = 2**63


def elements_of(container: Value) -> tuple[Value, ...]:
    """Return the elements of a list, set or tuple, each with the container's trace before its own.

    Raises UnknownResultError: it is a set, and what is unknown in it decides its order.
    """
    if has_unknown_order(container):
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


def check_element_count(count: int) -> None:
    """Raise TooLargeError for a container of too many elements."""
    if count > MAX_ELEMENTS:
        shown = str(count) if count < _MAX_LENGTH else "countless"
        raise TooLargeError(f"it would have {shown} elements")


def is_list(value: Value) -> bool:
    """Whether it is a list or a tuple: a container with positions."""
    return isinstance(value.type, ListOf | TupleOf)


def whole_number(value: Value, name: str = "") -> int:
    """Return a number that has to be a whole one, of 64 bits. Raises EvaluationError."""
    raw: Number = number_of(value) or 0  # negative zero is zero
    if not isinstance(raw, int) or not -_MAX_LENGTH <= raw < _MAX_LENGTH:
        prefix = f"invalid {name}: " if name else ""
        raise EvaluationError(f"{prefix}value must be a whole number")
    return raw


def number_of(value: Value) -> Number:
    """Return the number that a known value of type number contains."""
    if isinstance(value.raw, Number):
        return value.raw
    raise EvaluationError("a number is required")


def strings_of(value: Value) -> list[str | None]:
    """Return the strings of a known list or set of strings; None for each null."""
    return [None if element.is_null else str(element.raw) for element in value.elements]


def record_possible_null(*arguments: Value) -> None:
    """Record that an unknown argument may be null, which the function rejects."""
    for argument in arguments:
        raw = argument.raw
        if isinstance(raw, UnknownRaw) and not raw.is_not_null and not raw.is_deferred:
            record_rejection()


def has_type_only_plan_knows(argument: Value) -> bool:
    """Whether the type of an argument, or of something in it, is unknown here and known to a plan."""
    if not argument.is_known:
        return has_dynamic(argument.type) and not argument.unknown.is_deferred
    if is_open(argument) or not isinstance(argument.raw, tuple | Mapping):
        return False
    return any(map(has_type_only_plan_knows, argument.elements))


def check_text_size(characters: int) -> None:
    """Raise TooLargeError for a string of too many characters."""
    if characters > MAX_CHARACTERS:
        raise TooLargeError(f"the result is larger than {MAX_CHARACTERS:,} characters")


def checked_string(text: str) -> Value:
    """Return the value of a string that is not too large."""
    check_text_size(len(text))
    return string(text)


def string_list(texts: list[str]) -> Value:
    """Return the value of a list of strings. Raises TooLargeError."""
    check_text_size(sum(map(len, texts)) + len(texts))
    charge(len(texts))
    return Value(ListOf(STRING), tuple(map(string, texts)))


def text_of(value: Value) -> str:
    """Return what a known string contains."""
    if not isinstance(value.raw, str):
        raise TypeError(f"{value.type} is not a string")
    charge_text(len(value.raw))
    return value.raw


def bytes_of(value: Value) -> bytes:
    """Return a known string in UTF-8."""
    return text_of(value).encode(errors="replace")
