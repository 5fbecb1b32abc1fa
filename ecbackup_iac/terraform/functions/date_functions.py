"""The functions of time: what they are given is checked, and what they give is not known."""

import re
from datetime import datetime

from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.functions.sizes import text_of
from ecbackup_iac.terraform.values.value import EvaluationError, Value

_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def _check(value: Value) -> None:
    """Raise EvaluationError for what is no timestamp of RFC 3339."""
    found = _TIMESTAMP.fullmatch(text_of(value))
    try:
        # Python knows no year 0, which has a leap day.
        datetime.fromisoformat(re.sub("^0000", "2000", found[1] if found else ""))
    except ValueError as error:
        raise EvaluationError("not a valid RFC3339 timestamp") from error


def _formatdate(_template: Value, time: Value) -> Value:
    _check(time)
    raise UnknownResultError("formatdate is not evaluated")


def _timeadd(time: Value, _span: Value) -> Value:
    _check(time)
    raise UnknownResultError("timeadd is not evaluated")


def _timecmp(left: Value, right: Value) -> Value:
    _check(left)
    _check(right)
    raise UnknownResultError("timecmp is not evaluated")


FUNCTIONS: tuple[Function, ...] = (
    function("formatdate(format: string, time: string): string", _formatdate),
    function("timeadd(timestamp: string, duration: string): string", _timeadd),
    function("timecmp(timestamp_a: string, timestamp_b: string): number", _timecmp),
)
