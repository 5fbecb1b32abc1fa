"""Bytes of literal text → the string that they mean, with its escapes resolved."""

import re
from itertools import groupby
from unicodedata import combining, is_normalized, normalize

from ecbackup_iac.hcl.source import HclSyntaxError

_BAD_ESCAPE = (
    rb'\\(?:[nrt"\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    rb"|U00(?!00[dD][89a-fA-F])(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|((?s:.[\x80-\xbf]*+)))"
)
_ESCAPED_OPENING = r"([$%])\1\{"
_ESCAPE = r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))'
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

_LONG = 1_000
"""Characters that Python normalizes in a moment, whatever they are."""

_TIBETAN_VOWELS = {0xF73: "\u0f71\u0f72", 0xF75: "\u0f71\u0f74", 0xF81: "\u0f71\u0f80"}
"""Each is decomposed into two marks, of which the first has to be sorted, too."""

NOT_UTF8 = "Invalid character encoding: the text is not valid UTF-8"


def decoded(text: bytes, start: int, end: int) -> str:
    """Return a range of the text. Raises HclSyntaxError: it is not UTF-8."""
    try:
        return text[start:end].decode()
    except UnicodeDecodeError as error:
        raise HclSyntaxError(NOT_UTF8, start + error.start, start + error.start + 1) from None


def check_escapes(text: bytes, start: int, end: int) -> None:
    """Raise HclSyntaxError if the text of a quoted string has an escape sequence that HCL does not know."""
    written = text[start:end]
    if b"\\" in written:
        for match in re.finditer(_BAD_ESCAPE, written):
            if match[1] is not None:
                first, last = match.span()
                raise HclSyntaxError("Invalid escape sequence", start + first, start + last)


def resolved(text: str, *, is_quoted: bool) -> str:
    """Return literal text with its escapes resolved."""
    if "${" in text or "%{" in text:
        text = re.sub(_ESCAPED_OPENING, r"\1{", text)
    return unescaped(text) if is_quoted and "\\" in text else text


def unescaped(text: str) -> str:
    """Return a quoted string's text with its backslash sequences resolved."""
    return re.sub(_ESCAPE, _character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _ESCAPED[match[3]]
    try:
        return chr(int(match[1] or match[2], 16)).encode().decode()
    except (ValueError, OverflowError):  # half a surrogate pair, or beyond Unicode
        return "\ufffd"


def normalized(text: str) -> str:
    """Return text in Unicode's normal form C, as HCL keeps every string, in linear time."""
    if text.isascii() or is_normalized("NFC", text):
        return text
    if (
        len(text) > _LONG
    ):  # Python takes the square of the length of a run of marks that are not in order
        runs = groupby(text.translate(_TIBETAN_VOWELS), lambda character: combining(character) > 0)
        text = "".join(
            "".join(sorted(run, key=combining) if is_mark else run) for is_mark, run in runs
        )
    return normalize("NFC", text)
