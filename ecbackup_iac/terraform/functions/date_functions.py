"""The functions of time that do not depend on the clock."""

import re
from collections.abc import Callable

from ecbackup_iac.terraform.functions.go.timestamps import SECOND, Timestamp, duration, timestamp
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.functions.sizes import text_of
from ecbackup_iac.terraform.values.budget import charge_characters
from ecbackup_iac.terraform.values.value import EvaluationError, Value, count_value, quoting, string

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_NOON = 12

# A quoted part ('' within is one quote), a letter repeated, or anything else.
_TOKEN = re.compile(r"'(?:[^']|'')*'|'|([a-zA-Z])\1*|[^a-zA-Z']+")


def _am_or_pm(time: Timestamp) -> str:
    return "PM" if time.clock[0] >= _NOON else "AM"


def _utc(time: Timestamp) -> str:
    return time.zone.replace(":", "") if time.offset else "UTC"


_VERBS: dict[str, Callable[[Timestamp], str]] = {
    "YY": lambda time: f"{abs(time.date[0]) % 100:02d}",
    "YYYY": lambda time: f"{time.date[0]:04d}",
    "M": lambda time: str(time.date[1]),
    "MM": lambda time: f"{time.date[1]:02d}",
    "MMM": lambda time: _MONTHS[time.date[1] - 1][:3],
    "MMMM": lambda time: _MONTHS[time.date[1] - 1],
    "D": lambda time: str(time.date[2]),
    "DD": lambda time: f"{time.date[2]:02d}",
    "EEE": lambda time: _DAYS[time.weekday][:3],
    "EEEE": lambda time: _DAYS[time.weekday],
    "h": lambda time: str(time.clock[0]),
    "hh": lambda time: f"{time.clock[0]:02d}",
    "H": lambda time: str(time.clock[0] % _NOON or _NOON),
    "HH": lambda time: f"{time.clock[0] % _NOON or _NOON:02d}",
    "AA": _am_or_pm,
    "aa": lambda time: _am_or_pm(time).lower(),
    "m": lambda time: str(time.clock[1]),
    "mm": lambda time: f"{time.clock[1]:02d}",
    "s": lambda time: str(time.clock[2]),
    "ss": lambda time: f"{time.clock[2]:02d}",
    "Z": lambda time: time.zone if time.offset else "Z",
    "ZZZ": _utc,
    "ZZZZ": lambda time: time.zone.replace(":", ""),
    "ZZZZZ": lambda time: time.zone,
}


def _formatdate(template: Value, time: Value) -> Value:
    moment, form = timestamp(text_of(time)), text_of(template)
    charge_characters(len(form))
    return string("".join(_shown(match.group(), moment) for match in _TOKEN.finditer(form)))


def _shown(part: str, moment: Timestamp) -> str:
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
        raise quoting("invalid date format verb{}", f' "{part}"', "")
    return verb(moment)


def _timeadd(time: Value, span: Value) -> Value:
    return string(str(timestamp(text_of(time)).later(duration(text_of(span)))))


def _timecmp(left: Value, right: Value) -> Value:
    first, second = (
        moment.seconds * SECOND + moment.nanoseconds
        for moment in (timestamp(text_of(left)), timestamp(text_of(right)))
    )
    return count_value((first > second) - (first < second))


FUNCTIONS: tuple[Function, ...] = (
    function("formatdate(format: string, time: string): string", _formatdate),
    function("timeadd(timestamp: string, duration: string): string", _timeadd),
    function("timecmp(timestamp_a: string, timestamp_b: string): number", _timecmp),
)
