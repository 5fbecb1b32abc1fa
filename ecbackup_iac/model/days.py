"""A number of days, or a retention → text for people."""

from typing import assert_never

from ecbackup_iac.model.value import Invalid, Known, Settled, Unset


def format_days(days: int) -> str:
    """Return a number of days with its unit: "1 day", "7 days"."""
    return f"{days} day" if days == 1 else f"{days} days"


def format_retention(retention: Settled[int]) -> str:
    """Return a retention as a sentence names it: "7 days", "not set", the text of what is invalid."""
    match retention:
        case Known(value=days, sensitive=False):
            return format_days(days)
        case Known():
            return retention.shown
        case Unset():
            return "not set"
        case Invalid(text=text):
            return text
        case never:
            assert_never(never)
