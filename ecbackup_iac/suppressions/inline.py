"""One suppression in the code: the record that directives.py, other_tools.py and metadata.py return."""

import re
from datetime import date
from enum import Enum, auto

from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.verdict import Rule

MAX_REASON_LENGTH = 300
"""Characters; a report shows it in a line or two."""

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


class Scope(Enum):
    """Where a suppression has to be, relative to the cause of the finding that it suppresses."""

    BLOCK = auto()
    """Anywhere in the block, or at it."""

    HEAD = auto()
    """On the first line of the block or the attribute, or directly above."""

    LINE = auto()
    """The same, but only of what the finding points to."""

    FILE = auto()
    """Anywhere in the file."""


@record
class InlineSuppression:
    """The content of one suppression."""

    directive: str
    """Its text in the code, for messages: `checkov:skip=CKV_AWS_134`."""

    reason: str = ""
    rules: tuple[Rule, ...] = ()
    """The rules that it is for; empty for every rule."""

    expires: date | None = None
    """The last day on which it counts."""

    scope: Scope = Scope.BLOCK
    is_own: bool = True
    """It is written for this program, not for another tool."""

    is_foreign_form: bool = False
    """Its syntax is that of another tool."""

    is_blanket: bool = False
    """It does not name a check, so it may be meant for something that this program does not check."""

    workspace: str = ""
    """The Terraform workspace that it is for; empty for every workspace."""

    problem: str = ""
    """Why it has no effect; empty where it has."""


def invalid(directive: str, problem: str) -> InlineSuppression:
    """Return a suppression without effect."""
    return InlineSuppression(directive, problem=problem)


def with_reason(suppression: InlineSuppression, reason: str, hint: str = "") -> InlineSuppression:
    """Return a suppression with its reason or, if that has no word, with a problem that ends in the hint."""
    if not any(character.isalnum() for character in reason):
        return replace(suppression, problem=f"it gives no reason{hint}")
    return replace(suppression, reason=shorten(reason))


def shorten(text: str) -> str:
    """Return text as messages show it: on one line, of limited length."""
    line = " ".join(text[: 4 * MAX_REASON_LENGTH].split())
    if len(line) <= MAX_REASON_LENGTH:
        return line
    return f"{line[:MAX_REASON_LENGTH].rstrip()} ..."


def has_expired(expires: date | None, today: date) -> bool:
    """Whether the last day is over on which a suppression counts."""
    return expires is not None and expires < today


def parse_date(text: str) -> date | None:
    """Return the date in a string of the form 2027-03-31; None where it is not one."""
    if re.fullmatch(_DAY, text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
