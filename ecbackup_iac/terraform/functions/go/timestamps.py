"""Points in time as Terraform keeps them: text of RFC 3339, with nanoseconds."""

import re
from datetime import datetime, timedelta, timezone

from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import charge_characters
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting

_SECOND = 1_000_000_000  # nanoseconds
_MAX_DURATION = (1 << 63) - 1
_MAX_DIGITS = 20  # of a duration's number; more are too long anyway
_UNUSUAL = "times before the year 1 and after 9999 are not evaluated"

_STRICT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
_UNIT_SIZES = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3_600 * _SECOND,
}
_DURATION_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]+)")


@record
class Timestamp:
    """A point in time, with the offset it is written with."""

    moment: datetime
    nanoseconds: int

    def __str__(self) -> str:
        return self.moment.isoformat().replace("+00:00", "Z")

    def later(self, nanoseconds: int) -> "Timestamp":
        """Return the point so much later. Raises UnknownResultError."""
        seconds, rest = divmod(self.nanoseconds + nanoseconds, _SECOND)
        try:
            return Timestamp(self.moment + timedelta(seconds=seconds), rest)
        except OverflowError as error:
            raise UnknownResultError(_UNUSUAL) from error


def timestamp(text: str) -> Timestamp:
    """Return the point in time of a string of RFC 3339.

    Raises EvaluationError: the string is not one.
    Raises UnknownResultError: its year is 0.
    """
    match = _STRICT.fullmatch(text)
    if match is None:
        raise EvaluationError("not a valid RFC3339 timestamp")
    *parts, fraction, sign, hours, minutes = match.groups("")
    if parts[0] == "0000":
        raise UnknownResultError(_UNUSUAL)
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    try:
        moment = datetime(*map(int, parts), tzinfo=zone)  # type: ignore[arg-type, misc]
    except ValueError as error:
        raise EvaluationError("not a valid RFC3339 timestamp") from error
    return Timestamp(moment, int(fraction[:9].ljust(9, "0")))


def duration(text: str) -> int:
    """Return a duration as Go reads it ("1h30m", "-1.5s"), in nanoseconds.

    Raises EvaluationError: the string is not a duration, or it is longer than 292 years.
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
        raise error_quoting("time: invalid duration{}", f' "{text}"', "")
    return -total if is_negative else total
