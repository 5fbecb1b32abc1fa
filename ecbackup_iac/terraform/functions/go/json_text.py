"""Values ⇄ JSON text, as jsonencode and jsondecode have them."""

import json
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NoReturn

from ecbackup_iac.hcl.literal_text import normalized
from ecbackup_iac.hcl.number import NumberTooLargeError
from ecbackup_iac.terraform.functions.arguments import check_text_size
from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.values.arithmetic import number_from, text_from
from ecbackup_iac.terraform.values.budget import charge, charge_characters, charge_text
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.value import (
    Value,
    boolean,
    null,
    number,
    object_value,
    string,
    tuple_value,
)

MAX_DEPTH = 100
"""Levels of nesting; a document with more is unknown."""

_SHORT_ESCAPES = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES = {
    ord(character): f"\\u{ord(character):04x}"
    for character in (*map(chr, range(32)), "<", ">", "&", "\u2028", "\u2029")
}
_ESCAPES |= str.maketrans({**_SHORT_ESCAPES, '"': '\\"', "\\": "\\\\"})
_SURROGATE = "[\ud800-\udfff]"


def quoted(text: str) -> str:
    """Return a string as JSON; `<`, `>` and `&` are escaped too."""
    return f'"{text.translate(_ESCAPES)}"'


def json_text(value: Value) -> str:
    """Return a wholly known value as JSON."""
    pieces: list[str] = []
    _write(value, pieces)
    check_text_size(sum(map(len, pieces)))
    return "".join(pieces)


def _write(value: Value, pieces: list[str]) -> None:
    charge()
    match value.raw:
        case None:
            pieces.append("null")
        case bool() as truth:
            pieces.append("true" if truth else "false")
        case int() | Fraction() | float() as numeral:
            if abs(numeral) == math.inf:
                raise EvaluationError("cannot serialize infinity as JSON")
            pieces.append(text_from(numeral))
        case str() as text:
            charge_text(len(text))
            pieces.append(quoted(text))
        case tuple() as elements:
            for index, element in enumerate(elements):
                pieces.append("," if index else "[")
                _write(element, pieces)
            pieces.append("]" if elements else "[]")
        case Mapping() as members:
            for index, name in enumerate(sorted(members)):
                pieces.append(f"{',' if index else '{'}{quoted(name)}:")
                _write(members[name], pieces)
            pieces.append("}" if members else "{}")
        case unknown:
            raise UnknownResultError(unknown.why)


def _reject(name: str) -> NoReturn:
    raise EvaluationError(f"invalid character '{name[0]}' looking for beginning of value")


def _numeral(text: str) -> Value:
    try:
        parsed = number_from(text)
    except NumberTooLargeError as error:
        raise UnknownResultError("a number in the JSON text is too large") from error
    if parsed is None:
        raise EvaluationError(f"invalid number {text}", redacted_message="invalid number")
    return number(parsed)


def json_value(text: str) -> Value:
    """Return the value of JSON, each element with its own type; the last of equal keys wins.

    Raises EvaluationError: it is not JSON.
    """
    charge_characters(len(text))
    try:
        document = json.loads(
            text, parse_int=_numeral, parse_float=_numeral, parse_constant=_reject
        )
    except json.JSONDecodeError as error:
        what, where = error.msg.lower(), f"at offset {error.pos}"
        redacted = f"{what.partition(':')[0]} {where}"
        raise EvaluationError(f"{what} {where}", redacted_message=redacted) from error
    except RecursionError as error:
        raise TooLargeError("the JSON text is nested too deeply") from error
    return _read(document, 0)


def _read(document: Any, depth: int) -> Value:  # noqa: ANN401 - any value of json
    if depth > MAX_DEPTH:
        raise TooLargeError("the JSON text is nested too deeply")
    match document:
        case None:
            return null()
        case bool():
            return boolean(document)
        case str():
            return string(_without_lone_surrogates(document))
        case list():
            return tuple_value(_read(element, depth + 1) for element in document)
        case dict():
            return object_value(
                {_name(name): _read(member, depth + 1) for name, member in document.items()}
            )
        case Value():
            return document
        case _:
            raise TypeError(f"json gave {document!r}")


def _name(text: str) -> str:
    """Return an attribute's name; Terraform finds no attribute of a name that it writes otherwise."""
    name = _without_lone_surrogates(text)
    if normalized(name) != name:
        raise error_quoting("unsupported attribute{}", f' "{name}"', "")
    return name


def _without_lone_surrogates(text: str) -> str:
    """Return the string with the replacement character for each half of a surrogate pair."""
    return re.sub(_SURROGATE, "\ufffd", text)
