"""The functions of time that do not depend on the clock."""

import re
from collections.abc import Callable
from datetime import datetime

from ecbackup_iac.terraform.functions.arguments import text_of
from ecbackup_iac.terraform.functions.go.timestamps import duration, timestamp
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.budget import charge_characters
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.value import Value, count_value, string

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON = 12

# A quoted part ('' within is one quote), a letter repeated, or anything else.
_TOKEN = re.compile(r"'(?:[^']|'')*'|'|([a-zA-Z])\1*|[^a-zA-Z']+")


def _am_or_pm(time: datetime) -> str:
    return "PM" if time.hour >= _NOON else "AM"


def _zone(time: datetime) -> str:
    return time.isoformat()[-len("+00:00") :]


_VERBS: dict[str, Callable[[datetime], str]] = {
    "YY": lambda time: f"{time.year % 100:02d}",
    "YYYY": lambda time: f"{time.year:04d}",
    "M": lambda time: str(time.month),
    "MM": lambda time: f"{time.month:02d}",
    "MMM": lambda time: _MONTHS[time.month - 1][:3],
    "MMMM": lambda time: _MONTHS[time.month - 1],
    "D": lambda time: str(time.day),
    "DD": lambda time: f"{time.day:02d}",
    "EEE": lambda time: _DAYS[time.weekday()][:3],
    "EEEE": lambda time: _DAYS[time.weekday()],
    "h": lambda time: str(time.hour),
    "hh": lambda time: f"{time.hour:02d}",
    "H": lambda time: str(time.hour % _NOON or _NOON),
    "HH": lambda time: f"{time.hour % _NOON or _NOON:02d}",
    "AA": _am_or_pm,
    "aa": lambda time: _am_or_pm(time).lower(),
    "m": lambda time: str(time.minute),
    "mm": lambda time: f"{time.minute:02d}",
    "s": lambda time: str(time.second),
    "ss": lambda time: f"{time.second:02d}",
    "Z": lambda time: _zone(time) if time.utcoffset() else "Z",
    "ZZZ": lambda time: _zone(time).replace(":", "") if time.utcoffset() else "UTC",
    "ZZZZ": lambda time: _zone(time).replace(":", ""),
    "ZZZZZ": _zone,
}


def _formatdate(template: Value, time: Value) -> Value:
    moment, form = timestamp(text_of(time)).moment, text_of(template)
    charge_characters(len(form))
    return string("".join(_shown(match.group(), moment) for match in _TOKEN.finditer(form)))


def _shown(part: str, moment: datetime) -> str:
    if part == "'":
        raise EvaluationError("unterminated literal '")
    if part == "''":
        return "'"
    if part.startswith("'"):
        return part[1:-1].replace("''", "'")
    if not (part[0].isascii() and part[0].isalpha()):
        return part
    verb = _VERBS.get(part)
    if verb is None:
        raise error_quoting("invalid date format verb{}", f' "{part}"', "")
    return verb(moment)


def _timeadd(time: Value, span: Value) -> Value:
    return string(str(timestamp(text_of(time)).later(duration(text_of(span)))))


def _timecmp(left: Value, right: Value) -> Value:
    first, second = (
        (found.moment, found.nanoseconds)
        for found in (timestamp(text_of(left)), timestamp(text_of(right)))
    )
    return count_value((first > second) - (first < second))


FUNCTIONS: tuple[Function, ...] = (
    function("formatdate(format: string, time: string): string", _formatdate),
    function("timeadd(timestamp: string, duration: string): string", _timeadd),
    function("timecmp(timestamp_a: string, timestamp_b: string): number", _timecmp),
)
