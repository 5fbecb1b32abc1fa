"""Backup and maintenance windows, as ElastiCache writes them → whether AWS rejects them, or what it accepts.

AWS rejects a change whose backup window overlaps the maintenance window, or is under 60 minutes
(hashicorp/terraform#17247, hashicorp/terraform-provider-aws#2153).
"""

import re

from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import Known, Unset, Value

DAY = 24 * 60
WEEK = 7 * DAY
MINIMUM_MINUTES = 60

SHIFT_MINUTES = 15
"""A proposed window begins so many minutes, or a multiple of that, before or after the present one."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = f"(?a){_CLOCK}-{_CLOCK}"
_WEEKLY = f"(?a)([a-z]{{3}}):{_CLOCK}-([a-z]{{3}}):{_CLOCK}"


@record
class Window:
    """A recurring period: its start in minutes from Monday 00:00 UTC, and its length in minutes."""

    start: int
    minutes: int

    def overlaps(self, other: "Window") -> bool:
        """Whether two windows share a minute of the week; windows that only touch do not."""
        first = (other.start - self.start) % WEEK < self.minutes and other.minutes > 0
        return first or ((self.start - other.start) % WEEK < other.minutes and self.minutes > 0)


def daily_window(text: str) -> Window | None:
    """Return the window `hh24:mi-hh24:mi`, which may cross midnight; None for any other form."""
    match = re.fullmatch(_DAILY, text.strip())
    if match is None:
        return None
    start, end = (_minutes(*match.group(i, i + 1)) for i in (1, 3))
    return Window(start, (end - start) % DAY)


def weekly_window(text: str) -> Window | None:
    """Return the window `ddd:hh24:mi-ddd:hh24:mi`, which may cross into the next week; None otherwise."""
    match = re.fullmatch(_WEEKLY, text.strip().lower())
    if match is None or not {match[1], match[4]} <= set(_WEEKDAYS):
        return None
    start, end = (
        _WEEKDAYS.index(match[i]) * DAY + _minutes(*match.group(i + 1, i + 2)) for i in (1, 4)
    )
    return Window(start, (end - start) % WEEK)


def conflict(backup: Value[str], maintenance: Value[str]) -> str | None:
    """Return why AWS would reject the two windows, for people; None where it would not.

    A window of another form is not considered: AWS rejects it whatever the other window is.
    """
    daily = daily_window(backup.value) if isinstance(backup, Known) else None
    if not isinstance(backup, Known) or daily is None:
        return None
    if daily.minutes < MINIMUM_MINUTES:
        return f"the backup window {backup.value} is under {MINIMUM_MINUTES} minutes"
    if isinstance(maintenance, Known) and overlap(backup, maintenance):
        return (
            f"the backup window {backup.value} overlaps the maintenance window {maintenance.value}"
        )
    return None


def overlap(backup: Value[str], maintenance: Value[str]) -> bool:
    """Whether a backup window overlaps a maintenance window; no where either is not known."""
    if not (isinstance(backup, Known) and isinstance(maintenance, Known)):
        return False
    daily, weekly = daily_window(backup.value), weekly_window(maintenance.value)
    return daily is not None and weekly is not None and _overlap(daily, weekly)


def proposed_window(backup: Value[str], maintenance: Value[str]) -> str | None:
    """Return the backup window nearest to the present one that AWS accepts; None where none is known.

    It is as long as the present one, or the minimum where that is shorter or such a window has no room.
    """
    daily = daily_window(backup.value) if isinstance(backup, Known) else None
    weekly = weekly_window(maintenance.value) if isinstance(maintenance, Known) else None
    if daily is None or (weekly is None and not isinstance(maintenance, Unset)):
        return None
    shifts = sorted(
        range(-DAY // 2, DAY // 2, SHIFT_MINUTES), key=lambda shift: (abs(shift), shift)
    )
    for minutes in dict.fromkeys((max(daily.minutes, MINIMUM_MINUTES), MINIMUM_MINUTES)):
        for shift in shifts:
            proposed = Window((daily.start + shift) % DAY, minutes)
            if weekly is None or not _overlap(proposed, weekly):
                return f"{_clock(proposed.start)}-{_clock(proposed.start + minutes)}"
    return None


def _overlap(daily: Window, weekly: Window) -> bool:
    return any(Window(daily.start + day * DAY, daily.minutes).overlaps(weekly) for day in range(7))


def _clock(minutes: int) -> str:
    return f"{minutes % DAY // 60:02}:{minutes % 60:02}"


def _minutes(hours: str, minutes: str) -> int:
    return int(hours) * 60 + int(minutes)
