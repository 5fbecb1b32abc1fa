"""Points in time as Terraform keeps them: text of RFC 3339, any year, nanoseconds.

Python's datetime knows no year 0 and none after 9999; days are counted here.
"""

import re

from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.values.budget import charge_characters
from ecbackup_iac.terraform.values.value import EvaluationError, quoting

SECOND = 1_000_000_000  # nanoseconds
_DAY = 86_400  # seconds
_MAX_DURATION = (1 << 63) - 1
_MAX_DIGITS = 20  # of a duration's number; more are too long anyway
_HOURS, _MINUTES, _MONTHS, _FEBRUARY = 24, 60, 12, 2
_EPOCH = 719_468  # days from 0000-03-01 to 1970-01-01
_ERA = 146_097  # days in 400 years

_STRICT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_UNIT_SIZES = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3_600 * SECOND,
}
_DURATION_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]+)")


@record
class Timestamp:
    """A point in time, with the offset it is written with."""

    seconds: int
    """Since 1970, in UTC."""

    nanoseconds: int
    offset: int
    """Seconds east of UTC."""

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day, in its own offset."""
        return _date_of((self.seconds + self.offset) // _DAY)

    @property
    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and second, in its own offset."""
        rest = (self.seconds + self.offset) % _DAY
        return rest // 3_600, rest // 60 % 60, rest % 60

    @property
    def weekday(self) -> int:
        """The day of the week, 0 for Sunday."""
        return ((self.seconds + self.offset) // _DAY + 4) % 7

    @property
    def zone(self) -> str:
        """The offset as `+01:00`."""
        hours, minutes = divmod(abs(self.offset) // 60, 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"

    def __str__(self) -> str:
        year, month, day = self.date
        hour, minute, second = self.clock
        zone = self.zone if self.offset else "Z"
        shown = f"{year:04d}" if year >= 0 else f"-{-year:04d}"
        return f"{shown}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"

    def later(self, nanoseconds: int) -> "Timestamp":
        """Return the point so much later."""
        seconds, rest = divmod(self.nanoseconds + nanoseconds, SECOND)
        return Timestamp(self.seconds + seconds, rest, self.offset)


def timestamp(text: str) -> Timestamp:
    """Return the point in time of a text of RFC 3339. Raises EvaluationError: it is not one."""
    match = _STRICT.fullmatch(text)
    if match is None:
        raise EvaluationError("not a valid RFC3339 timestamp")
    zone = match[8]
    offset = 0
    if zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours >= _HOURS or minutes >= _MINUTES:
            raise EvaluationError("not a valid RFC3339 timestamp: UTC offset out of range")
        offset = (hours * 3_600 + minutes * 60) * (-1 if zone[0] == "-" else 1)
    found = point([int(match[group]) for group in range(1, 7)], match[7] or "", offset)
    if found is None:
        raise EvaluationError("not a valid RFC3339 timestamp: a part of it is out of range")
    return found


def point(parts: list[int], fraction: str, offset: int) -> Timestamp | None:
    """Return a point in time of year, month, day, hour, minute, second; None where one is too large."""
    year, month, day, hour, minute, second = parts
    if not 1 <= month <= _MONTHS or not 1 <= day <= _days_in(year, month):
        return None
    if hour >= _HOURS or minute >= _MINUTES or second >= _MINUTES:
        return None
    seconds = _days(year, month, day) * _DAY + hour * 3_600 + minute * 60 + second - offset
    return Timestamp(seconds, int(fraction[:9].ljust(9, "0")), offset)


def duration(text: str) -> int:
    """Return a duration as Go reads it ("1h30m", "-1.5s"), in nanoseconds.

    Raises EvaluationError: it is not one, or longer than 292 years.
    """
    is_negative = text.startswith("-")
    rest = text[1:] if text.startswith(("+", "-")) else text
    if rest == "0":
        return 0
    charge_characters(2 * len(rest))
    total, position = 0, 0
    while position < len(rest):
        match = _DURATION_PART.match(rest, position)
        if match is None or not (match[1] or match[2]) or match[3] not in _UNIT_SIZES:
            break
        unit = _UNIT_SIZES[match[3]]
        total += int(match[1].lstrip("0")[:_MAX_DIGITS] or 0) * unit
        fraction = (match[2] or "")[:18]
        # In floating point, as Go does it.
        total += int(float(int(fraction or 0)) * (unit / float(10 ** len(fraction))))
        position = match.end()
    if not rest or position < len(rest) or total > _MAX_DURATION:
        raise quoting("time: invalid duration{}", f' "{text}"', "")
    return -total if is_negative else total


def _days_in(year: int, month: int) -> int:
    if month == _FEBRUARY:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01; a year is taken to begin in March."""
    shifted = year - (month <= _FEBRUARY)
    era, of_era = divmod(shifted, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * _ERA + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _EPOCH


def _date_of(days: int) -> tuple[int, int, int]:
    """Return the date of a number of days: the inverse of `_days`."""
    era, of_era = divmod(days + _EPOCH, _ERA)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = (shifted + 2) % 12 + 1
    return year + era * 400 + (month <= _FEBRUARY), month, day
