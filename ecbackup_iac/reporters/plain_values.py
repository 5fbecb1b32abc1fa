"""A cache's settings → the plain values that reports for programs have."""

from typing import Any

from ecbackup_iac.model.value import Invalid, Known, Unknown, Unset, Value

_STATES = {Known: "known", Unset: "unset", Unknown: "unknown", Invalid: "invalid"}


def plain_setting(value: Value[str]) -> str | None:
    """Return a setting as text: "unknown" where it is not determined, None where none is set."""
    match value:
        case Known():
            return value.value
        case Unknown():
            return "unknown"
        case Unset() | Invalid():
            return None


def plain_state(value: Value[Any]) -> str:
    """Return what is known of a value: "known", "unset", "unknown" or "invalid"."""
    return _STATES[type(value)]


def plain_days(value: Value[int]) -> int | None:
    """Return a retention in days; None where it is not known."""
    return value.value if isinstance(value, Known) else None
