"""Numbers as text, by the verbs of Go's fmt: %d %b %o %x %X, %f, and %v."""

from fractions import Fraction

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.values.arithmetic import (
    text_from,
)

_BASES = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}
_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "d": ""}
_PLAIN_EXPONENTS = range(-4, 6)
_DEFAULT_DECIMALS = 6


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
    """Return a number by %f."""
    sign = _sign(verb, is_negative=value < 0)
    decimals = _DEFAULT_DECIMALS if verb.precision is None else verb.precision
    digits = text_from(round(abs(Fraction(value)) * 10**decimals)).rjust(decimals + 1, "0")
    shown = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    missing = max(0, (verb.width or 0) - len(sign) - len(shown))
    if "0" in verb.flags:  # goes before "-", other than for whole numbers
        return f"{sign}{'0' * missing}{shown}"
    pad = " " * missing
    return f"{sign}{shown}{pad}" if "-" in verb.flags else f"{pad}{sign}{shown}"


def shortest(value: Number) -> str:
    """Return a number by %v: in the fewest digits that identify it, if need be with an exponent."""
    text = text_from(value) if value else "0"
    whole, _, fraction = text.removeprefix("-").partition(".")
    digits, exponent = (whole + fraction).strip("0"), len(whole) - 1
    if whole == "0":
        exponent = len(fraction.lstrip("0")) - len(fraction) - 1
    if not digits or exponent in _PLAIN_EXPONENTS:
        return text
    sign, point = ("-" if value < 0 else ""), "." if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}{digits[1:]}e{exponent:+03d}"


def _sign(verb: Verb, *, is_negative: bool) -> str:
    if is_negative:
        return "-"
    if "+" in verb.flags:
        return "+"
    return " " if " " in verb.flags else ""
