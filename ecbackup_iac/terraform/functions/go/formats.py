"""format("%05d", 7) → "00007": the verbs of go-cty's format."""

import re
from collections.abc import Sequence
from fractions import Fraction

from ecbackup_iac.hcl.number import Number
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.graphemes import clusters
from ecbackup_iac.terraform.functions.go.json_text import json_text, quoted
from ecbackup_iac.terraform.functions.go.number_formats import Verb, floating, general, integer
from ecbackup_iac.terraform.functions.sizes import check_size, text_of
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.type_system import BOOL, NUMBER, STRING, Type
from ecbackup_iac.terraform.values.value import EvaluationError, Value, quoting

WIDEST = 100_000
"""A result with a larger width or precision is unknown: no configuration in use has one."""

_STEPS_PER_VERB = 6

_VERB = re.compile(
    r"%(?P<flags>[0# +-]*)(?P<width>[1-9]\d*)?(?:\.(?P<precision>\d*))?"
    r"(?:\[(?P<argument>[1-9]\d*)\])?(?P<mode>[a-zA-Z])",
    re.ASCII,
)


def formatted(template: str, arguments: Sequence[Value]) -> str:
    """Return a format with its verbs filled with arguments.

    Raises EvaluationError: the format is invalid, or does not fit the arguments.
    Raises UnknownResultError: a width is beyond reason, or the result too large.
    """
    pieces: list[str] = []
    position, following, most, size = 0, 1, 0, 0
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
        chosen = verb.argument or following
        if chosen > len(arguments):
            raise EvaluationError(
                f"not enough arguments for {quoted(verb.raw)} at {verb.offset}: "
                f"need index {chosen} but have {len(arguments)} total",
                redacted_message=f"not enough arguments: {len(arguments)} in total",
            )
        pieces.append(_filled(verb, arguments[chosen - 1]))
        following, most = chosen + 1, max(most, chosen)
        position = percent + len(verb.raw)
        size += len(pieces[-1])
        check_size(size)
    if most < len(arguments):
        used = f"only {most} used by format string" if most else "no verbs in format string"
        raise EvaluationError(f"too many arguments; {used}")
    return "".join(pieces)


def _verb(template: str, start: int) -> Verb:
    match = _VERB.match(template, start)
    if match is None:
        raise EvaluationError(f"unrecognized format character at offset {start + 1}")
    if any(
        len(match[name] or "") > len(str(WIDEST)) for name in ("width", "precision", "argument")
    ):
        raise UnknownResultError("a width in the format is too large")
    width = int(match["width"]) if match["width"] else None
    precision = None if match["precision"] is None else int(match["precision"] or 0)
    if max(width or 0, precision or 0) > WIDEST:
        raise UnknownResultError("a width in the format is too large")
    argument = int(match["argument"]) if match["argument"] else None
    return Verb(match.group(), start, match["flags"], width, precision, argument, match["mode"])


def _filled(verb: Verb, argument: Value) -> str:
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
        return integer(verb, number)
    if verb.mode in "eEfgG":
        return floating(verb, _number(verb, argument))
    if verb.mode not in "sq":
        what = f"unsupported format verb{{}} at offset {verb.offset}"
        raise quoting(what, f" '{verb.mode}' in {quoted(verb.raw)}", "")
    text = text_of(_as(verb, argument, STRING))
    if verb.precision:
        text = "".join(clusters(text)[: verb.precision])
    return _padded(verb, quoted(text) if verb.mode == "q" else text)


def _as_is(verb: Verb, argument: Value) -> str:
    raw = argument.raw
    if "#" not in verb.flags:
        if isinstance(raw, str):
            return _padded(verb, raw)
        if isinstance(raw, int | Fraction) and not isinstance(raw, bool):
            return _padded(verb, general(raw))
    return _padded(verb, json_text(argument))


def _as(verb: Verb, argument: Value, kind: Type) -> Value:
    try:
        return converted(argument, kind)
    except EvaluationError as error:
        raise _unsupported(verb, error.message, error.redacted_message) from error


def _number(verb: Verb, argument: Value) -> Number:
    raw = _as(verb, argument, NUMBER).raw
    if isinstance(raw, float):
        if raw != 0:
            raise UnknownResultError("the format of an infinite number is not evaluated")
        return 0
    if not isinstance(raw, int | Fraction):
        raise TypeError("a number was converted to something else")
    return raw


def _unsupported(verb: Verb, why: str, redacted_message: str = "") -> EvaluationError:
    return EvaluationError(
        f"unsupported value for {quoted(verb.raw)} at {verb.offset}: {why}",
        redacted_message=f"unsupported value for a verb at {verb.offset}: {redacted_message or why}",
    )


def _padded(verb: Verb, text: str) -> str:
    missing = (verb.width or 0) - len(clusters(text)) if verb.width else 0
    if missing <= 0:
        return text
    pad = ("0" if "0" in verb.flags else " ") * missing
    return text + pad if "-" in verb.flags else pad + text
