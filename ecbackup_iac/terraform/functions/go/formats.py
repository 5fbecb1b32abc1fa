"""format("%05d", 7) → "00007": the verbs of go-cty's format."""

import re
from collections.abc import Sequence
from fractions import Fraction

from ecbackup_iac.hcl.number import Number, int_if_whole
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.functions.arguments import check_text_size, text_of
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.graphemes import grapheme_clusters
from ecbackup_iac.terraform.functions.go.json_text import json_text, quoted
from ecbackup_iac.terraform.values.arithmetic import (
    magnitude,
    negated,
    precision_of,
    text_from,
    with_precision,
)
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.type_system import BOOL, NUMBER, STRING, Type
from ecbackup_iac.terraform.values.value import Value

MAX_WIDTH = 100_000
"""A result with a larger width or precision is unknown: no configuration in use has one."""

_STEPS_PER_VERB = 6

_VERB = re.compile(
    r"%(?P<flags>[0# +-]*)(?P<width>[1-9]\d*)?(?:\.(?P<precision>\d*))?"
    r"(?:\[(?P<argument>[1-9]\d*)\])?(?P<mode>[a-zA-Z])",
    re.ASCII,
)

_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "d": ""}

# As in Go: %g writes an exponent below the first of these and, without a precision, from the second on.
_SMALLEST_PLAIN_EXPONENT = -4
_LARGE_EXPONENT = 6

_DEFAULT_PRECISION = 6


@record
class _Verb:
    """One `%...` of a format."""

    raw: str
    offset: int
    flags: str
    width: int | None
    precision: int | None
    argument: int | None
    """The number in `[n]`."""

    mode: str


def formatted(template: str, arguments: Sequence[Value]) -> str:
    """Return a format with its verbs filled with arguments.

    Raises EvaluationError: the format is invalid, or does not fit the arguments.
    Raises UnknownResultError: a width or the result is too large.
    """
    pieces: list[str] = []
    position, size = 0, 0
    next_argument, used_arguments = 1, 0
    while position < len(template):
        percent = template.find("%", position)
        if percent < 0:
            pieces.append(template[position:])
            break
        charge(_STEPS_PER_VERB)
        pieces.append(template[position:percent])
        if template.startswith("%%", percent):
            pieces.append("%")
            position = percent + 2
            continue
        verb = _verb(template, percent)
        chosen = verb.argument or next_argument
        if chosen > len(arguments):
            raise EvaluationError(
                f"not enough arguments for {quoted(verb.raw)} at {verb.offset}: "
                f"need index {chosen} but have {len(arguments)} total",
                redacted_message=f"not enough arguments: {len(arguments)} in total",
            )
        pieces.append(_filled(verb, arguments[chosen - 1]))
        next_argument, used_arguments = chosen + 1, max(used_arguments, chosen)
        position = percent + len(verb.raw)
        size += len(pieces[-1])
        check_text_size(size)
    if arguments and not used_arguments:
        raise EvaluationError("too many arguments; no verbs in format string")
    if used_arguments < len(arguments):
        text = f"too many arguments; only {used_arguments} used by format string"
        raise EvaluationError(text)
    return "".join(pieces)


def _verb(template: str, start: int) -> _Verb:
    match = _VERB.match(template, start)
    if match is None:
        raise EvaluationError(f"unrecognized format character at offset {start + 1}")
    if any(
        len(match[name] or "") > len(str(MAX_WIDTH)) for name in ("width", "precision", "argument")
    ):
        raise UnknownResultError("a width in the format is too large")
    width = int(match["width"]) if match["width"] else None
    precision = None if match["precision"] is None else int(match["precision"] or 0)
    if max(width or 0, precision or 0) > MAX_WIDTH:
        raise UnknownResultError("a width in the format is too large")
    argument = int(match["argument"]) if match["argument"] else None
    return _Verb(match.group(), start, match["flags"], width, precision, argument, match["mode"])


def _filled(verb: _Verb, argument: Value) -> str:
    if verb.mode == "v":
        return _as_is(verb, argument)
    if argument.is_null:
        raise _unsupported(verb, "null value cannot be formatted")
    if verb.mode == "t":
        return "true" if _as(verb, argument, BOOL).raw else "false"
    if verb.mode in "bdoxX":
        number = _number(verb, argument)
        if not isinstance(number, int):
            raise _unsupported(verb, "an integer is required")
        return _integer(verb, number)
    if verb.mode in "eEfgG":
        return _floating(verb, _number(verb, argument))
    if verb.mode not in "sq":
        what = f"unsupported format verb{{}} at offset {verb.offset}"
        raise error_quoting(what, f" '{verb.mode}' in {quoted(verb.raw)}", "")
    text = text_of(_as(verb, argument, STRING))
    if verb.precision:
        text = "".join(grapheme_clusters(text)[: verb.precision])
    return _padded(verb, quoted(text) if verb.mode == "q" else text)


def _as_is(verb: _Verb, argument: Value) -> str:
    raw = argument.raw
    if "#" not in verb.flags:
        if isinstance(raw, str):
            return _padded(verb, raw)
        if isinstance(raw, int | Fraction) and not isinstance(raw, bool):
            return _padded(verb, _general(raw))
    return _padded(verb, json_text(argument))


def _as(verb: _Verb, argument: Value, kind: Type) -> Value:
    try:
        return converted(argument, kind)
    except EvaluationError as error:
        raise _unsupported(verb, error.message, error.redacted_message) from error


def _number(verb: _Verb, argument: Value) -> Number:
    raw = _as(verb, argument, NUMBER).raw
    if isinstance(raw, float):
        if raw != 0:
            raise UnknownResultError("the format of an infinite number is not evaluated")
        return 0
    if not isinstance(raw, int | Fraction):
        raise TypeError("a number was converted to something else")
    return raw


def _unsupported(verb: _Verb, why: str, redacted_message: str = "") -> EvaluationError:
    return EvaluationError(
        f"unsupported value for {quoted(verb.raw)} at {verb.offset}: {why}",
        redacted_message=f"unsupported value for a verb at {verb.offset}: {redacted_message or why}",
    )


def _padded(verb: _Verb, text: str) -> str:
    missing = verb.width - len(grapheme_clusters(text)) if verb.width else 0
    if missing <= 0:
        return text
    pad = ("0" if "0" in verb.flags else " ") * missing
    return text + pad if "-" in verb.flags else pad + text


def _integer(verb: _Verb, value: int) -> str:
    """Return a whole number by %d, %b, %o, %x or %X."""
    sign = _sign(verb, is_negative=value < 0)
    prefix = _PREFIXES[verb.mode] if "#" in verb.flags else ""
    digits = text_from(abs(value)) if verb.mode == "d" else format(abs(value), verb.mode)
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


def _floating(verb: _Verb, value: Number) -> str:
    """Return a number by %e, %E, %f, %g or %G."""
    sign = _sign(verb, is_negative=value < 0)
    size = abs(Fraction(value))
    precision = _DEFAULT_PRECISION if verb.precision is None else verb.precision
    match verb.mode.lower():
        case "e":
            digits, exponent = _significant(size, precision + 1)
            shown = _scientific(digits, exponent, precision)
        case "f":
            digits = text_from(round(size * 10**precision)).rjust(precision + 1, "0")
            shown = f"{digits[:-precision]}.{digits[-precision:]}" if precision else digits
        case _:
            shown = _general(negated(value) if value < 0 else value, verb.precision)
    if verb.mode in "EG":
        shown = shown.upper()
    missing = " " * max(0, (verb.width or 0) - len(sign) - len(shown))
    if "0" in verb.flags:  # overrides "-", other than for whole numbers
        return f"{sign}{missing.replace(' ', '0')}{shown}"
    if "-" in verb.flags:
        return f"{sign}{shown}{missing}"
    return f"{missing}{sign}{shown}"


def _general(value: Number, precision: int | None = None) -> str:
    """Return a number as %g writes it; without a precision in the fewest digits that identify it."""
    sign, size = ("-" if value < 0 else ""), abs(Fraction(value))
    if precision is None:
        digits, exponent = _shortest(with_precision(int_if_whole(size), precision_of(value)))
        limit = _LARGE_EXPONENT
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


def _sign(verb: _Verb, *, is_negative: bool) -> str:
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
    exponent = magnitude(size)
    scaled = round(size / Fraction(10) ** (exponent - count + 1))
    digits = text_from(scaled)
    if len(digits) > count:  # 9.99 became 10.0
        return digits[:count], exponent + 1
    return digits, exponent


def _scientific(digits: str, exponent: int, decimals: int) -> str:
    point = f".{digits[1 : decimals + 1].ljust(decimals, '0')}" if decimals > 0 else ""
    return f"{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
