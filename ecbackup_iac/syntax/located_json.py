"""JSON text → a tree of values with their offsets.

Nothing here recurses. What is complete before an error is kept.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeAlias

MAX_DEPTH = 200
"""Objects and arrays inside each other."""

Problem: TypeAlias = tuple[str, int, int]
"""What is wrong, and the start and end of it."""


class Kind(StrEnum):
    """The kinds of JSON values."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    TRUE = "true"
    FALSE = "false"
    NULL = "null"


class JsonText:
    """A string, or the name of a member.

    This and `JsonNode` are not records: a text of a megabyte has tens of thousands of them, and the
    constructor of a record takes several times as long.
    """

    __slots__ = ("end", "raw", "start")

    def __init__(self, start: int, end: int, raw: bytes) -> None:
        self.start = start
        """The offset of the opening quote."""
        self.end = end
        self.raw = raw

    @property
    def text(self) -> str:
        """The content, with escapes resolved."""
        return _decoded(self.raw) if b"\\" in self.raw else self.raw.decode(errors="replace")

    @property
    def offsets(self) -> Callable[[int], int]:
        """A function from an offset in the text, as UTF-8, to the offset in the file."""
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


class JsonNode:
    """A JSON value."""

    __slots__ = ("end", "items", "kind", "members", "raw", "start")

    def __init__(self, kind: Kind, start: int, end: int, raw: bytes = b"") -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.raw = raw
        """The text between the quotes of a string, or of a number."""
        self.members: Sequence[tuple[JsonText, JsonNode]] = ()
        """The members of an object, in order, with those of the same name."""
        self.items: Sequence[JsonNode] = ()
        """The items of an array."""

    @property
    def string(self) -> JsonText | None:
        """The value as a string; None for another kind."""
        return JsonText(self.start, self.end, self.raw) if self.kind is _STRING_KIND else None

    @property
    def number(self) -> str:
        """The source of a number; empty for another kind."""
        return self.raw.decode() if self.kind is Kind.NUMBER else ""


_BLANK = rb"[ \t\r\n]*+"
_CHARACTERS = rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_VALUE = (
    rb'(?:"(' + _CHARACTERS + rb')"'
    rb"|(-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.+-]))"
    rb"|(true|false|null)(?!\w)"
    rb"|([{\[]))"
)
_TOKEN = re.compile(_BLANK + rb'(?:([,:])|"(' + _CHARACTERS + rb')(?!")|' + _VALUE + rb"|([}\]]))")
# The groups of a token; a string in the second has no closing quote.
_MARK, _UNCLOSED, _STRING, _NUMBER, _WORD, _OPENING, _CLOSING = range(1, 8)
_VALUES = (_STRING, _NUMBER, _WORD, _OPENING)
# A whole member, item or end, with the comma before it; it matches nothing where there is none of them.
# The groups are those of a token, except that the second is the name of a member.
_STEP = re.compile(
    _BLANK + rb"(?:(,)" + _BLANK + rb")?"
    rb'(?:(?:"(' + _CHARACTERS + rb')"' + _BLANK + rb":" + _BLANK + rb")?" + _VALUE + rb"|([}\]])|)"
)
_NAME = 2
_SPACE = re.compile(_BLANK)
# A pair of surrogates is one escape.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\(?s:.)"
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {b"true": Kind.TRUE, b"false": Kind.FALSE, b"null": Kind.NULL}
# Looking up a member of an enumeration takes half as long as creating an object in Python 3.11.
_OBJECT_KIND, _ARRAY_KIND, _STRING_KIND = Kind.OBJECT, Kind.ARRAY, Kind.STRING


def parse(text: bytes) -> tuple[JsonNode | None, list[Problem]]:
    """Return the value of a JSON document, None where there is none, and the problems."""
    return _Reader(text).document()


class _Container(JsonNode):
    """An object or array whose end has not been read yet."""

    __slots__ = ()

    members: list[tuple[JsonText, JsonNode]]
    items: list[JsonNode]

    def __init__(self, bracket: bytes, start: int, end: int) -> None:
        # Not by super().__init__, which takes as long again.
        self.kind = _OBJECT_KIND if bracket == b"{" else _ARRAY_KIND
        self.start = start
        self.end = end
        self.raw = b""
        self.members = []
        self.items = []


class _Reader:
    def __init__(self, text: bytes) -> None:
        self._text = text
        self._open: list[_Container] = []

    def document(self) -> tuple[JsonNode | None, list[Problem]]:
        text, root, position, expected = self._text, None, 0, "value"
        match = _TOKEN.match(text)
        if match is not None and (match.lastindex or 0) in _VALUES:
            root, position = _node(match, match.lastindex or 0), match.end()
            if isinstance(root, _Container):
                self._open.append(root)
                position, expected = self._steps(root, position)
        if root is None or self._open:
            position, problem = self._problem(position, expected)
            for node in self._open:
                node.end = position
        else:
            position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
            if position == len(text):
                return root, []
            problem = "Extraneous data after value: extra characters appear after the JSON value"
        end = min(position + 1, len(text))
        return root, [(f"Invalid JSON: {problem}", min(position, len(text)), end)]

    def _problem(self, position: int, expected: str) -> tuple[int, str]:
        """Return where the text is wrong that `_steps` did not read, and what is wrong.

        `expected`: a value, colon, item or key; "first item" or "first key", or the end; "more", a comma or
        the end.
        """
        while True:
            match = _TOKEN.match(self._text, position)
            if match is None:
                position = _SPACE.match(self._text, position).end()  # type: ignore[union-attr]
                return position, _problem_at(self._text, position)
            if match.lastindex == _UNCLOSED:
                return match.end(), "Unclosed or invalid string: no closing quote, or a bad escape"
            expected, problem = self._after(match, expected)
            if problem:
                return match.start(match.lastindex or 0) - (match.lastindex == _STRING), problem
            position = match.end()

    def _steps(self, inside: _Container, position: int) -> tuple[int, str]:
        """Read members, items and closing brackets, each by one match, up to the end or to an error."""
        opened, is_first, is_object = self._open, True, inside.kind is _OBJECT_KIND
        for match in _STEP.finditer(self._text, position):
            kind, has_comma, end = match.lastindex or 0, match.start(_MARK) >= 0, match.end()
            if kind == _CLOSING:
                if has_comma or match[_CLOSING] != (b"}" if is_object else b"]"):
                    break
                position = inside.end = end
                is_first = False
                opened.pop()
                if not opened:
                    break
                inside = opened[-1]
                is_object = inside.kind is _OBJECT_KIND
                continue
            start = match.start(_NAME)
            if (
                kind < _STRING
                or has_comma is is_first
                or (start < 0) is is_object
                or (kind == _OPENING and len(opened) >= MAX_DEPTH)
            ):
                break
            # Strings are the most frequent values, and a function call takes a tenth of the time of a step.
            node = (
                JsonNode(_STRING_KIND, match.start(_STRING) - 1, end, match[_STRING])
                if kind == _STRING
                else _node(match, kind)
            )
            if is_object:
                name = match[_NAME]
                inside.members.append((JsonText(start - 1, start + len(name) + 1, name), node))
            else:
                inside.items.append(node)
            position, is_first = end, False
            if isinstance(node, _Container):
                opened.append(node)
                inside, is_first, is_object = node, True, node.kind is _OBJECT_KIND
        first = "first key" if is_object else "first item"
        return position, first if is_first else "more"

    def _after(self, match: re.Match[bytes], expected: str) -> tuple[str, str | None]:
        """Return what is expected after a token, and what is wrong with it."""
        kind, sign = match.lastindex, match[0][-1:]
        is_object = bool(self._open) and self._open[-1].kind is _OBJECT_KIND
        if kind == _CLOSING:
            if self._open and sign != (b"}" if is_object else b"]"):
                return expected, f"this does not close the {self._open[-1].kind}"
            is_trailing = self._open and expected in ("value", "item", "key")
            return expected, "a trailing comma" if is_trailing else _expected_message(expected)
        if kind == _MARK:
            if sign == b":" and expected == "colon":
                return "value", None
            if sign == b"," and expected == "more":
                return ("key" if is_object else "item"), None
            if sign == b"," and expected in ("first item", "first key", "key"):
                return expected, "a comma with nothing before it"
            return expected, _expected_message(expected)
        if expected in ("key", "first key"):
            is_name = kind == _STRING
            return "colon", None if is_name else "member names must be in double quotes"
        if expected not in ("value", "item", "first item"):
            return expected, _expected_message(expected)
        is_deep = kind == _OPENING and len(self._open) >= MAX_DEPTH
        deep = f"objects and arrays are nested more than {MAX_DEPTH} deep"
        return "more", deep if is_deep else None


def _node(match: re.Match[bytes], kind: int) -> JsonNode:
    start, end = match.start(kind), match.end()
    if kind == _STRING:
        return JsonNode(_STRING_KIND, start - 1, end, match[_STRING])
    if kind == _OPENING:
        return _Container(match[_OPENING], start, end)
    if kind == _NUMBER:
        return JsonNode(Kind.NUMBER, start, end, match[_NUMBER])
    return JsonNode(_WORDS[match[_WORD]], start, end)


def _problem_at(text: bytes, position: int) -> str:
    if position >= len(text):
        return "the text ends before the value is complete"
    character = text[position : position + 4].decode(errors="replace")[0]
    if character == "'":
        return "strings must be in double quotes"
    return (
        f'"{character}" is not expected here'
        if character.isprintable()
        else "a character that is not expected here"
    )


def _expected_message(expected: str) -> str:
    match expected:
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
        units = bytes.fromhex(
            escape[2:6] + escape[8:]
        )  # UTF-16; half a surrogate pair is not a character
        return units.decode("utf-16-be", errors="replace").encode()

    return _ESCAPES.sub(replacement, raw).decode(errors="replace")
