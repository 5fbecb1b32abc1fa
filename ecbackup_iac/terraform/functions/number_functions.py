"""Functions of numbers; `log` and `pow` compute in 64 bits, as Go does."""

import math
from collections.abc import Callable
from fractions import Fraction

from ecbackup_iac.hcl.number import MAX_DIGITS, Number, int_if_whole
from ecbackup_iac.terraform.functions.arguments import (
    number_of,
    record_possible_null,
    text_of,
    whole_number,
)
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.mathematics import logarithm, power
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.arithmetic import (
    DOUBLE_PRECISION,
    is_negative,
    negated,
    precision_of,
    with_precision,
)
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.outcomes import bounds, map_outcomes
from ecbackup_iac.terraform.values.type_system import NUMBER, STRING, type_name
from ecbackup_iac.terraform.values.value import UnknownRaw, Value, count_value, number

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IGNORES_CASE = 36
"""The largest base in which "Z" is "z"."""


def _computed(compute: Callable[[Number], Number]) -> Callable[[Value], Value]:
    def implementation(value: Value) -> Value:
        raw = number_of(value)
        is_infinite = compute is not _absolute and abs(raw) == math.inf
        return number(raw if is_infinite else with_precision(compute(raw), precision_of(raw)))

    return implementation


def _absolute(raw: Number) -> Number:
    return negated(raw) if is_negative(raw) else raw


def _log(value: Value, base: Value) -> Value:
    dividend, divisor = logarithm(_double(value)), logarithm(_double(base))
    if divisor == 0:
        return _number_from(math.nan if math.isnan(dividend) or dividend == 0 else math.inf)
    return _number_from(dividend / divisor)


def _pow(value: Value, exponent: Value) -> Value:
    return _number_from(power(_double(value), _double(exponent)))


def _double(value: Value) -> float:
    try:
        return float(number_of(value))
    except OverflowError as error:
        raise EvaluationError("value must be a number that fits 64 bits") from error


def _number_from(result: float) -> Value:
    if math.isnan(result):
        raise EvaluationError("the result is not a number")
    if math.isinf(result):
        return number(result)
    return number(with_precision(int_if_whole(Fraction(result)), DOUBLE_PRECISION))


def _parseint(text: Value, base: Value) -> Value:
    if text.type != STRING:
        raise EvaluationError(f"first argument must be a string, not {type_name(text.type)}")
    radix = whole_number(base, "base")
    if not 2 <= radix <= len(_DIGITS):  # noqa: PLR2004 - as the message says
        raise EvaluationError("base must be a whole number between 2 and 62 inclusive")
    written = text_of(text)
    digits = written[1:] if written.startswith(("+", "-")) else written
    if len(digits) > MAX_DIGITS:
        raise UnknownResultError(f"the number has more than {MAX_DIGITS} digits")
    charge(len(digits))
    values = [
        _DIGITS.find(digit.lower() if radix <= _IGNORES_CASE and digit.isascii() else digit)
        for digit in digits
    ]
    if not digits or not all(0 <= value < radix for value in values):
        raise error_quoting(f"cannot parse {{}} as a base {radix} integer", f'"{written}"', "it")
    total = 0
    for value in values:
        total = total * radix + value
    return count_value(-total if written.startswith("-") else total)


def _signum(value: Value) -> Value:
    raw = whole_number(value, "number")
    return count_value((raw > 0) - (raw < 0))


def _extremum(
    choose: Callable[[list[Number]], Number], *, is_maximum: bool
) -> Callable[..., Value]:
    """Return max or min; of unknown arguments the result has the bounds that follow."""

    def of_known(*arguments: Value) -> Value:
        for argument in arguments:
            if argument.is_null:
                raise EvaluationError("argument must not be null")
        return number(choose([number_of(argument) for argument in arguments]))

    def implementation(*arguments: Value) -> Value:
        if not arguments:
            raise EvaluationError("must pass at least one number")
        result = map_outcomes(of_known, *arguments, kind=NUMBER)
        if result.is_listed:
            return result
        raw = result.unknown
        record_possible_null(*arguments)
        lows, highs = zip(*(bounds(argument) for argument in arguments), strict=True)
        low = _bound(choose, lows, needs_all=not is_maximum)
        high = _bound(choose, highs, needs_all=is_maximum)
        if low is not None and low == high:
            return number(low)
        return Value(
            NUMBER,
            UnknownRaw(raw.why, (), low, high, is_deferred=raw.is_deferred, is_not_null=True),
        )

    return implementation


def _bound(
    choose: Callable[[list[Number]], Number], limits: tuple[Number | None, ...], *, needs_all: bool
) -> Number | None:
    """Return the bound that the arguments' bounds leave to the result, None where they leave it open."""
    known = [limit for limit in limits if limit is not None]
    if not known or (needs_all and len(known) < len(limits)):
        return None
    return choose(known)


FUNCTIONS: tuple[Function, ...] = (
    function("abs(num: number): number", _computed(_absolute)),
    function("ceil(num: number): number", _computed(math.ceil)),
    function("floor(num: number): number", _computed(math.floor)),
    function("log(num: number, base: number): number", _log),
    function("max(...numbers: number | unknown): number", _extremum(max, is_maximum=True)),
    function("min(...numbers: number | unknown): number", _extremum(min, is_maximum=False)),
    function("parseint(number: any, base: number): number", _parseint),
    function("pow(num: number, power: number): number", _pow),
    function("signum(num: number): number", _signum),
)
