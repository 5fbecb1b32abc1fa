"""Strings and whole numbers in arguments and results; none is larger than in any configuration in use."""

from ecbackup_iac.terraform.functions.call_context import TooLargeError
from ecbackup_iac.terraform.values.budget import charge, charge_text
from ecbackup_iac.terraform.values.type_system import STRING, ListOf
from ecbackup_iac.terraform.values.value import EvaluationError, Value, string

MAX_CHARACTERS = 10_000_000
_MAX_INTEGER_BITS = 63


def check_size(characters: int) -> None:
    """Raise TooLargeError for a string of too many characters."""
    if characters > MAX_CHARACTERS:
        raise TooLargeError(f"the result is larger than {MAX_CHARACTERS:,} characters")


def sized(text: str) -> Value:
    """Return the value of a string that is not too large."""
    check_size(len(text))
    return string(text)


def strings(texts: list[str]) -> Value:
    """Return a list of strings."""
    check_size(sum(map(len, texts)) + len(texts))
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


def whole_number(value: Value) -> int:
    """Return a known number that has to be whole. Raises EvaluationError: it is not, or is beyond 64 bits."""
    raw = value.raw
    if not isinstance(raw, int):
        raise EvaluationError("value must be a whole number")
    if raw.bit_length() > _MAX_INTEGER_BITS:
        raise EvaluationError("value must be a whole number, between -2^63 and 2^63 - 1 inclusive")
    return raw
