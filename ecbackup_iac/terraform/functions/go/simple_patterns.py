"""A simple regular expression of RE2's syntax → one of Python's engine that means the same, and cannot hang.

Simple is what has at most one unbounded repetition and few ways to match. All else is left to google-re2, and
so is what is not certain to mean the same to both.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import NeedsExtra
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import charge

MAX_TEXT = 1_000
"""Characters of a text that is searched."""

MAX_WAYS = 8
"""Ways to match at one place, beside the length of the unbounded repetition."""

MAX_REPEATS = 100
"""Of a bounded repetition; RE2 has 1,000."""

_TRIED_A_STEP = 20
"""Ways that are tried for one step of the budget."""

_ESCAPES = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_Ranges = tuple[tuple[int, int], ...]
_PERL: Mapping[str, _Ranges] = {
    "d": ((0x30, 0x39),),
    "s": ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
}
_POSIX: Mapping[str, _Ranges] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": _PERL["d"],
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": _PERL["w"],
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}
_LAST = 0x10FFFF
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_FLAGS = re.compile(r"\?(i?m?s?|[ims]{2,3})(:|\))")
_NAMED = re.compile(r"\?P?<([A-Za-z_]\w*)>", re.ASCII)
_REPEAT = re.compile(r"\{(\d{1,4})(?:(,)(\d{0,4}))?\}", re.ASCII)
_HEXADECIMAL = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")


class _NotSimpleError(Exception):
    """The pattern is not simple, or it is rejected."""


@record
class _Part:
    """A part of a pattern, translated."""

    text: str
    ways: int = 1
    """In how many ways it can match at one place, without the unbounded repetition."""
    is_nullable: bool = False
    """It may match nothing."""
    first: str = ""
    """The character that it begins with, where that is always the same."""
    is_atom: bool = False


def _left_to_re2(what: str, redacted_message: str = "") -> UnknownResultError:
    """Return why something is not evaluated; `redacted_message` says it without what the pattern holds."""
    texts = (f"{text} is evaluated only by google-re2" for text in (what, redacted_message or what))
    return UnknownResultError(*map(NeedsExtra, texts))


class SimplePattern:
    """A compiled pattern, with as much of the interface of google-re2's as is used."""

    def __init__(self, pattern: str) -> None:
        """Translate a pattern. Raises UnknownResultError where it is not simple."""
        parser = _Parser(pattern)
        try:
            translated = parser.parse()
        except _NotSimpleError as error:
            what = f"the regular expression {pattern[:40]!r}"
            raise _left_to_re2(what, "a regular expression") from error
        self._compiled = re.compile(translated)
        self._needs_ascii = parser.ignores_case
        self._ways, self._is_unbounded = parser.ways, parser.is_unbounded
        self.groups = len(parser.names)
        self.groupindex = {
            name.encode(): index for index, name in enumerate(parser.names, 1) if name
        }
        self._text = ""
        self._content = b""
        self._offsets: Sequence[int] = ()

    def search(self, content: bytes, position: int) -> "SimpleMatch | None":
        """Return the leftmost match from a position on, both in bytes."""
        if content != self._content or not self._offsets:
            self._read(content)
        start = bisect_left(self._offsets, position)
        found = self._compiled.search(self._text, start)
        return None if found is None else SimpleMatch(found, self._offsets)

    def _read(self, content: bytes) -> None:
        text = content.decode()
        if len(text) > MAX_TEXT:
            raise _left_to_re2(f"a regular expression over more than {MAX_TEXT} characters")
        if self._needs_ascii and not text.isascii():
            raise _left_to_re2("a regular expression that ignores case, over other than ASCII")
        charge(
            1 + len(text) * self._ways * (len(text) if self._is_unbounded else 1) // _TRIED_A_STEP
        )
        offsets = [0]
        for character in text:
            offsets.append(offsets[-1] + len(character.encode()))
        self._text, self._content, self._offsets = text, content, offsets


class SimpleMatch:
    """A match, with its spans in bytes."""

    def __init__(self, found: "re.Match[str]", offsets: Sequence[int]) -> None:
        self._found = found
        self._offsets = offsets

    def span(self, group: int) -> tuple[int, int]:
        """Return where a group is; (-1, -1) for one that matched nothing."""
        start, end = self._found.span(group)
        return (-1, -1) if start < 0 else (self._offsets[start], self._offsets[end])


class _Parser:
    """Parses one pattern, and translates it on the way."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._flags = frozenset[str]()
        self._unbounded = 0
        self.names: list[str] = []
        """The groups' names in order; empty for a group without one."""
        self.ignores_case = False
        self.ways = 1

    def parse(self) -> str:
        """Return the pattern in Python's syntax. Raises _NotSimpleError."""
        part = self._alternatives()
        ways = part.ways * MAX_TEXT if self._unbounded else part.ways
        if self._position < len(self._pattern) or ways > MAX_WAYS * MAX_TEXT:
            raise _NotSimpleError
        if self.ignores_case and not self._pattern.isascii():
            raise _NotSimpleError
        self.ways = part.ways
        return part.text

    @property
    def is_unbounded(self) -> bool:
        """Whether it has an unbounded repetition."""
        return self._unbounded > 0

    def _next(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self) -> str:
        character = self._next()
        if not character:
            raise _NotSimpleError
        self._position += 1
        return character

    def _alternatives(self) -> _Part:
        parts = [self._sequence()]
        while self._next() == "|":
            self._position += 1
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        firsts = {part.first for part in parts}
        is_distinct = "" not in firsts and len(firsts) == len(parts) and not self.ignores_case
        ways = [part.ways for part in parts]
        return _Part(
            "|".join(part.text for part in parts),
            max(ways) if is_distinct else sum(ways),
            is_nullable=any(part.is_nullable for part in parts),
        )

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._next() not in ("", "|", ")"):
            part = self._repeated(self._atom())
            if part.text:
                parts.append(part)
        ways = 1
        for part in parts:
            ways *= part.ways
        return _Part(
            "".join(part.text for part in parts),
            ways,
            is_nullable=all(part.is_nullable for part in parts),
            first=parts[0].first if parts else "",
        )

    def _repeated(self, part: _Part) -> _Part:
        """Return a part with the repetition that follows it."""
        repeat = _REPEAT.match(self._pattern, self._position)
        bounds: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if repeat:
            least, most = int(repeat[1]), int(repeat[3]) if repeat[3] else None
            if not repeat[2]:
                most = least
            self._position = repeat.end()
        elif self._next() in bounds:
            least, most = bounds[self._next()]
            self._position += 1
        else:
            return part
        is_lazy = self._next() == "?"
        self._position += is_lazy
        follows = self._next()
        if follows in ("*", "+", "?") or _REPEAT.match(self._pattern, self._position):
            raise _NotSimpleError  # RE2 rejects a repetition of a repetition
        return self._repetition(part, least, most, "?" if is_lazy else "")

    def _repetition(self, part: _Part, least: int, most: int | None, lazy: str) -> _Part:
        if not part.is_atom or part.is_nullable:
            raise _NotSimpleError  # nothing, or what may be nothing: engines differ
        if max(least, most or 0) > MAX_REPEATS or (most is not None and most < least):
            raise _NotSimpleError
        if most is None:
            self._unbounded += 1
            if self._unbounded > 1 or part.ways > 1:
                raise _NotSimpleError
            ways = 1
        else:
            ways = sum(part.ways**count for count in range(least, most + 1))
            if ways > MAX_WAYS * MAX_TEXT:
                raise _NotSimpleError
        written = f"{{{least},{'' if most is None else most}}}{lazy}"
        first = part.first if least else ""
        return _Part(f"{part.text}{written}", ways, is_nullable=not least, first=first)

    def _atom(self) -> _Part:
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._of_ranges(self._class())
            case ".":
                ranges = ((0, _LAST),) if "s" in self._flags else ((0, 9), (11, _LAST))
                return self._of_ranges(ranges)
            case "^":
                return _Part("(?m:^)" if "m" in self._flags else r"\A", is_nullable=True)
            case "$":
                return _Part("(?m:$)" if "m" in self._flags else r"\Z", is_nullable=True)
            case "\\":
                return self._escaped()
            case "*" | "+" | "?":
                raise _NotSimpleError
            case _:
                if character == "{" and _REPEAT.match(self._pattern, self._position - 1):
                    raise _NotSimpleError
                return self._literal(character)

    def _group(self) -> _Part:
        before = self._flags
        named = _NAMED.match(self._pattern, self._position)
        opening = "("
        if named:
            if named[1] in self.names:
                raise _NotSimpleError
            self.names.append(named[1])
            self._position = named.end()
        elif self._next() == "?":
            flags = _FLAGS.match(self._pattern, self._position)
            if flags is None:
                raise _NotSimpleError
            self._position = flags.end()
            self._flags |= set(flags[1])
            self.ignores_case = self.ignores_case or "i" in flags[1]
            if flags[2] == ")":
                if not flags[1]:
                    raise _NotSimpleError
                return _Part("", is_nullable=True)
            opening = "(?:"
        else:
            self.names.append("")
        inner = self._alternatives()
        if self._take() != ")":
            raise _NotSimpleError
        self._flags = before
        return _Part(
            f"{opening}{inner.text})", inner.ways, inner.is_nullable, inner.first, is_atom=True
        )

    def _escaped(self) -> _Part:
        character = self._take()
        match character:
            case "A":
                return _Part(r"\A", is_nullable=True)
            case "z":
                return _Part(r"\Z", is_nullable=True)
            case "b":
                return _Part(r"(?a:\b)", is_nullable=True)
            case "Q":
                return self._quoted()
            case _ if character.lower() in _PERL:
                return self._of_ranges(self._perl(character))
            case _:
                self._position -= 1
                return self._literal(self._escaped_literal())

    def _quoted(self) -> _Part:
        end = self._pattern.find(r"\E", self._position)
        if end < 0:
            raise _NotSimpleError
        text = self._pattern[self._position : end]
        self._position = end + len(r"\E")
        if len(text) != 1:
            # A repetition after it is of its last character.
            if self._next() in ("*", "+", "?", "{") or not text:
                raise _NotSimpleError
            parts = [self._literal(character) for character in text]
            return _Part("".join(part.text for part in parts), first=parts[0].first)
        return self._literal(text)

    def _escaped_literal(self) -> str:
        """Return the character that an escape denotes; its backslash is taken."""
        hexadecimal = _HEXADECIMAL.match(self._pattern, self._position)
        if hexadecimal:
            self._position = hexadecimal.end()
            code = int(hexadecimal[1] or hexadecimal[2], 16)
            if code > _LAST or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - no character
                raise _NotSimpleError
            return chr(code)
        character = self._take()
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character in _PUNCTUATION:
            return character
        raise _NotSimpleError

    def _class(self) -> _Ranges:
        """Return the ranges of a class whose bracket is taken."""
        is_negated = self._next() == "^"
        self._position += is_negated
        ranges: list[tuple[int, int]] = []
        is_first = True
        while is_first or self._next() != "]":
            is_first = False
            character = self._take()
            if character == "[" and self._next() == ":":
                ranges += self._posix()
                continue
            if character == "\\" and self._next() and self._next().lower() in _PERL:
                ranges += self._perl(self._take())
                continue
            low = self._escaped_literal() if character == "\\" else character
            high = low
            is_range = (
                self._next() == "-" and self._pattern[self._position + 1 : self._position + 2]
            )
            if is_range and is_range != "]":
                self._position += 1
                character = self._take()
                if character == "[" and self._next() == ":":
                    raise _NotSimpleError
                high = self._escaped_literal() if character == "\\" else character
            elif low == "-" and ranges and self._next() != "]":
                raise _NotSimpleError  # RE2 rejects a hyphen in the middle
            if high < low:
                raise _NotSimpleError
            ranges.append((ord(low), ord(high)))
        self._position += 1
        return self._folded(ranges, is_negated=is_negated)

    def _posix(self) -> _Ranges:
        end = self._pattern.find(":]", self._position)
        name = self._pattern[self._position + 1 : max(end, 0)]
        found = _POSIX.get(name.removeprefix("^"))
        if found is None:
            raise _NotSimpleError
        self._position = end + len(":]")
        return self._folded(found, is_negated=name.startswith("^"))

    def _perl(self, letter: str) -> _Ranges:
        return self._folded(_PERL[letter.lower()], is_negated=letter.isupper())

    def _folded(self, ranges: Sequence[tuple[int, int]], *, is_negated: bool) -> _Ranges:
        """Return ranges, or all but them; with the letters of the other case where case is ignored."""
        found = list(ranges)
        if "i" in self._flags:
            for first, other in (("A", "a"), ("a", "A")):
                shift = ord(other) - ord(first)
                for low, high in ranges:
                    start, end = max(low, ord(first)), min(high, ord(first) + 25)
                    if start <= end:
                        found.append((start + shift, end + shift))
        return _inverted(found) if is_negated else tuple(found)

    def _literal(self, character: str) -> _Part:
        own = (ord(character), ord(character))
        part = self._of_ranges(self._folded([own], is_negated=False))
        return _Part(part.text, first=character, is_atom=True)

    def _of_ranges(self, ranges: Sequence[tuple[int, int]]) -> _Part:
        if not ranges:
            raise _NotSimpleError
        written = "".join(
            _escape(low) if low == high else f"{_escape(low)}-{_escape(high)}"
            for low, high in ranges
        )
        return _Part(f"[{written}]", is_atom=True)


def _inverted(ranges: Sequence[tuple[int, int]]) -> _Ranges:
    found: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    if start <= _LAST:
        found.append((start, _LAST))
    return tuple(found)


def _escape(code: int) -> str:
    return f"\\U{code:08x}"
