"""Numbers as text, by the verbs of Go's fmt: %d %b %o %x %X and %e %E %f %g %G."""

from fractions import Fraction

from ecbackup_iac.hcl.number import Number, plain
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.values.arithmetic import (
    negated,
    precision_of,
    text_from,
    with_precision,
)

_BASES = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}
_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "d": ""}
_SMALLEST_PLAIN_EXPONENT = -4
_SHORTEST_PLAIN_DIGITS = 6
_DEFAULT_PRECISION = 6


@record
class Verb:
    """One `%...` of a format."""

    raw: str
    offset: int
    flags: str
    width: int | None
    precision: int | None
    argument: int | None
    """The number in `[n]`."""

    mode: str


def integer(verb: Verb, value: int) -> str:
    """Return a whole number by %d, %b, %o, %x or %X."""
    sign = _sign(verb, is_negative=value < 0)
    prefix = _PREFIXES[verb.mode] if "#" in verb.flags else ""
    digits = text_from(abs(value)) if verb.mode == "d" else format(abs(value), _BASES[verb.mode])
    zeros = 0
    if verb.precision is not None:
        if verb.precision == 0 and value == 0:
            return ""
        zeros = max(0, verb.precision - len(digits))
    missing = max(0, (verb.width or 0) - len(sign) - len(prefix) - zeros - len(digits))
    number = f"{sign}{prefix}{'0' * zeros}{digits}"
    if "-" in verb.flags:
        return number + " " * missing
    if "0" in verb.flags and verb.precision is None:
        return f"{sign}{prefix}{'0' * missing}{digits}"
    return " " * missing + number


def floating(verb: Verb, value: Number) -> str:
    """Return a number by %e, %E, %f, %g or %G."""
    sign = _sign(verb, is_negative=value < 0)
    size = abs(Fraction(value))
    precision = _DEFAULT_PRECISION if verb.precision is None else verb.precision
    match verb.mode.lower():
        case "e":
            digits, exponent = _significant(size, precision + 1)
            shown = _scientific(digits, exponent, precision)
        case "f":
            shown = _fixed(size, precision)
        case _:
            shown = general(negated(value) if value < 0 else value, verb.precision)
    if verb.mode in "EG":
        shown = shown.upper()
    missing = " " * max(0, (verb.width or 0) - len(sign) - len(shown))
    if "0" in verb.flags:  # goes before "-", other than for whole numbers
        return f"{sign}{missing.replace(' ', '0')}{shown}"
    if "-" in verb.flags:
        return f"{sign}{shown}{missing}"
    return f"{missing}{sign}{shown}"


def general(value: Number, precision: int | None = None) -> str:
    """Return a number as %g has it; without a precision in the fewest digits that identify it."""
    sign, size = ("-" if value < 0 else ""), abs(Fraction(value))
    if precision is None:
        digits, exponent = _shortest(with_precision(plain(size), precision_of(value)))
        limit = _SHORTEST_PLAIN_DIGITS
    else:
        digits, exponent = _significant(size, max(precision, 1))
        digits = digits.rstrip("0") or "0"
        limit = max(precision, 1)
        if limit > len(digits) and len(digits) >= exponent + 1:
            limit = len(digits)
    if exponent < _SMALLEST_PLAIN_EXPONENT or exponent >= limit:
        return sign + _scientific(digits, exponent, len(digits) - 1)
    if exponent >= len(digits) - 1:
        return sign + digits.ljust(exponent + 1, "0")
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    return f"{sign}{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def _sign(verb: Verb, *, is_negative: bool) -> str:
    if is_negative:
        return "-"
    if "+" in verb.flags:
        return "+"
    return " " if " " in verb.flags else ""


def _shortest(size: Number) -> tuple[str, int]:
    """Return the digits of the shortest text, and the exponent of the first."""
    whole, _, fraction = text_from(size).partition(".")
    if whole != "0":
        return (whole + fraction).rstrip("0"), len(whole) - 1
    digits = fraction.lstrip("0")
    return (digits, len(digits) - len(fraction) - 1) if digits else ("0", 0)


def _significant(size: Fraction, count: int) -> tuple[str, int]:
    """Return a number rounded to so many digits, half to even, and the exponent of the first."""
    if size == 0:
        return "0" * count, 0
    exponent = len(text_from(size.numerator)) - len(text_from(size.denominator))
    if size < Fraction(10) ** exponent:
        exponent -= 1
    scaled = round(size / Fraction(10) ** (exponent - count + 1))
    digits = text_from(scaled)
    if len(digits) > count:  # 9.99 became 10.0
        return digits[:count], exponent + 1
    return digits, exponent


def _scientific(digits: str, exponent: int, decimals: int) -> str:
    point = f".{digits[1 : decimals + 1].ljust(decimals, '0')}" if decimals > 0 else ""
    return f"{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _fixed(size: Fraction, decimals: int) -> str:
    digits = text_from(round(size * 10**decimals)).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
