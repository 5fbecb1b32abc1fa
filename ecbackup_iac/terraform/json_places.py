"""JSON text → a tree in which everything knows where it stands.

Nothing here recurses. What was whole before an error is kept.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from ecbackup_iac.model.record import changing_record, field

DEEPEST = 200
"""Objects and arrays inside each other."""

Problem: TypeAlias = tuple[str, int, int]
"""What is wrong, and from where to where."""


class Kind(StrEnum):
    """What a piece of JSON is."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    TRUE = "true"
    FALSE = "false"
    NULL = "null"


@changing_record
class JsonText:
    """A string, or the name of a member, as it stands between its quotes."""

    start: int
    """Of the opening quote."""

    end: int
    raw: bytes

    @property
    def text(self) -> str:
        """What it says, escapes resolved."""
        return _decoded(self.raw) if b"\\" in self.raw else self.raw.decode(errors="replace")

    @property
    def offsets(self) -> Callable[[int], int]:
        """Map an offset in the text, as UTF-8, to the one in the file."""
        first = self.start + 1
        if b"\\" not in self.raw:
            return lambda offset: first + offset
        inner, outer = [0], [first]
        resolved = raw = 0
        for match in _ESCAPES.finditer(self.raw):
            resolved += match.start() - raw
            raw = match.end()
            inner.append(resolved)
            outer.append(first + match.start())
            resolved += len(_decoded(match[0]).encode())
            inner.append(resolved)
            outer.append(first + raw)

        def mapped(offset: int) -> int:
            at = bisect_right(inner, offset) - 1
            following = outer[at + 1] if at + 1 < len(outer) else self.end
            return min(outer[at] + offset - inner[at], following)

        return mapped


@changing_record
class JsonNode:
    """A value in JSON."""

    kind: Kind
    start: int
    end: int
    members: "list[tuple[JsonText, JsonNode]]" = field(factory=list)
    """Of an object, in order, those of the same name too."""

    items: "list[JsonNode]" = field(factory=list)
    """Of an array."""

    string: JsonText | None = None
    """Of a string."""

    number: str = ""
    """Of a number, as it is written."""


_TOKEN = re.compile(
    rb"[ \t\r\n]*+(?:"
    rb'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)(")?'
    rb"|(-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.+-]))"
    rb"|(true|false|null)(?!\w)"
    rb"|([{\[])"
    rb"|([}\]])"
    rb"|([,:])"
    rb")"
)
_STRING, _QUOTE, _NUMBER, _WORD, _OPEN, _CLOSE, _MARK = range(1, 8)
_SPACE = re.compile(rb"[ \t\r\n]*+")
# A pair of surrogates is one escape.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\(?s:.)"
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def parse(text: bytes) -> tuple[JsonNode | None, list[Problem]]:
    """Read a JSON document; None where there is no value at all."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: bytes) -> None:
        self._text = text
        self._root: JsonNode | None = None
        self._open: list[JsonNode] = []
        self._key: JsonText | None = None

    def document(self) -> tuple[JsonNode | None, list[Problem]]:
        text, position, problem = self._text, 0, None
        wants = "value"  # value, first (value or end), key, first key, colon, more (comma or end)
        while problem is None:
            match = _TOKEN.match(text, position)
            if self._root is not None and not self._open:
                position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
                if position < len(text):
                    problem = (
                        "Extraneous data after value: extra characters appear after the JSON value"
                    )
                break
            if match is None:
                position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
                problem = _what_is_wrong(text, position)
                break
            kind = match.lastindex or 0
            start = match.start(_STRING) - 1 if kind in (_STRING, _QUOTE) else match.start(kind)
            if kind == _STRING:  # no closing quote
                position, problem = (
                    match.end(),
                    "Unclosed or invalid string: no closing quote, or a bad escape",
                )
                break
            end = match.end()
            wants, problem = self._token(kind, match, start, end, wants)
            position = start if problem else end
        for node in self._open:
            node.end = position
        if problem is None:
            return self._root, []
        end = min(position + 1, len(text))
        return self._root, [(f"Invalid JSON: {problem}", min(position, len(text)), end)]

    def _token(
        self, kind: int, match: re.Match[bytes], start: int, end: int, wants: str
    ) -> tuple[str, str | None]:
        """Take a token; give what may follow, or what is wrong with it."""
        mark = match[0][-1:]
        if kind == _CLOSE:
            return self._close(mark, end, wants)
        if kind == _MARK:
            if mark == b":" and wants == "colon":
                return "value", None
            if mark == b"," and wants == "more":
                return ("key" if self._open[-1].kind is Kind.OBJECT else "value"), None
            if mark == b"," and wants in ("first", "first key", "key"):
                return wants, "a comma where nothing stands before it"
            return wants, _expected(wants)
        if wants in ("key", "first key"):
            if kind != _QUOTE:
                return wants, "the name of a member has to be in double quotes"
            self._key = JsonText(start, end, match[_STRING])
            return "colon", None
        if wants not in ("value", "first"):
            return wants, _expected(wants)
        return self._value(kind, match, start, end)

    def _close(self, mark: bytes, end: int, wants: str) -> tuple[str, str | None]:
        if not self._open:
            return wants, _expected(wants)
        node = self._open[-1]
        if mark != (b"}" if node.kind is Kind.OBJECT else b"]"):
            return wants, f"this does not close the {node.kind}"
        if wants not in ("more", "first", "first key"):
            return wants, "a trailing comma" if wants in ("value", "key") else _expected(wants)
        node.end = end
        self._open.pop()
        return "more", None

    def _value(
        self, kind: int, match: re.Match[bytes], start: int, end: int
    ) -> tuple[str, str | None]:
        if kind == _OPEN:
            node = JsonNode(Kind.OBJECT if match[_OPEN] == b"{" else Kind.ARRAY, start, end)
        elif kind == _QUOTE:
            node = JsonNode(Kind.STRING, start, end, string=JsonText(start, end, match[_STRING]))
        elif kind == _NUMBER:
            node = JsonNode(Kind.NUMBER, start, end, number=match[_NUMBER].decode())
        else:
            node = JsonNode(Kind(match[_WORD].decode()), start, end)
        if not self._open:
            self._root = node
        elif self._key is not None:
            self._open[-1].members.append((self._key, node))
            self._key = None
        else:
            self._open[-1].items.append(node)
        if kind != _OPEN:
            return "more", None
        if len(self._open) >= DEEPEST:
            return "value", f"objects and arrays are nested more than {DEEPEST} deep"
        self._open.append(node)
        return ("first key" if node.kind is Kind.OBJECT else "first"), None


def _what_is_wrong(text: bytes, position: int) -> str:
    if position >= len(text):
        return "the text ends before the value does"
    character = text[position : position + 4].decode(errors="replace")[0]
    if character == "'":
        return "strings are in double quotes"
    return (
        f'"{character}" is not expected here'
        if character.isprintable()
        else "a character that is not expected here"
    )


def _expected(wants: str) -> str:
    match wants:
        case "colon":
            return "a colon is expected here"
        case "more":
            return "a comma, or the end of the object or array, is expected here"
        case "key" | "first key":
            return "the name of a member is expected here"
        case _:
            return "a value is expected here"


def _decoded(raw: bytes) -> str:
    def replacement(match: re.Match[bytes]) -> bytes:
        escape = match[0].decode(errors="replace")
        if escape[1] != "u":
            return _SHORT.get(escape[1], escape[1]).encode()
        units = bytes.fromhex(escape[2:6] + escape[8:])  # UTF-16; a half pair is no character
        return units.decode("utf-16-be", errors="replace").encode()

    return _ESCAPES.sub(replacement, raw).decode(errors="replace")
