"""A suppression as somebody wrote it beside the code."""

import re
from datetime import date
from enum import Enum, auto

from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Rule

LONGEST_REASON = 300
"""Characters; a report shows it in a line or two."""

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Scope(Enum):
    """How near to what fails a suppression has to stand."""

    BLOCK = auto()
    """Anywhere in the block, or at it."""

    HEAD = auto()
    """On the first line of the block or the attribute, or directly above."""

    LINE = auto()
    """The same, of what the finding points to alone."""

    FILE = auto()
    """Anywhere in the file."""


@record
class Ignore:
    """What one suppression says."""

    written: str
    """Its sign, as it is shown: `checkov:skip=CKV_AWS_134`."""

    reason: str = ""
    rules: tuple[Rule, ...] = ()
    """The rules that it is for; every rule where there are none."""

    expires: date | None = None
    """The last day on which it counts."""

    scope: Scope = Scope.BLOCK
    is_own: bool = True
    """It is written for this program, not for another tool."""

    is_foreign_form: bool = False
    """Another tool has defined how it is written."""

    is_blanket: bool = False
    """It names no check: that it covers nothing here says nothing about it."""

    workspace: str = ""
    """The Terraform workspace that it is for; every one where it is empty."""

    problem: str = ""
    """Why it does not count; empty where nothing is wrong."""


def cut(text: str) -> str:
    """Give a reason as it is shown: on one line, and not without end."""
    line = " ".join(text[: 4 * LONGEST_REASON].split())
    if len(line) <= LONGEST_REASON:
        return line
    return f"{line[:LONGEST_REASON].rstrip()} ..."


def day(text: str) -> date | None:
    """Read a date, which has one form: 2027-03-31."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
