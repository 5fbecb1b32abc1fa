"""A regular expression of Go's syntax → the program that matches it, as regexp/syntax reads it."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import NoReturn, TypeAlias
from unicodedata import category

from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.functions.go.pattern_program import Add, Op, Program
from ecbackup_iac.terraform.values.errors import EvaluationError

MAX_REPEATS = 1_000
"""Repeats of a repetition, multiplied by those around it: Go rejects more."""

MAX_GROUP_DEPTH = 100

MAX_FOLDED = 5_000
"""Characters of a class that ignores case; one with more is not evaluated."""

MAX_REMEMBERED = 1_000
"""Characters of which it is remembered whether they are of a class."""

Test: TypeAlias = Callable[[str], bool]
"""Whether a character is one of a class."""

# Pairs of the first and the last character of each range.
_PERL: Mapping[str, str] = {"d": "09", "s": "\t\n\f\r  ", "w": "09AZ__az"}
_POSIX: Mapping[str, str] = {
    "alnum": "09AZaz", "alpha": "AZaz", "ascii": "\0\x7f", "blank": "\t\t  ", "cntrl": "\0\x1f\x7f\x7f",
    "digit": "09", "graph": "!~", "lower": "az", "print": " ~", "punct": "!/:@[`{~", "space": "\t\r  ",
    "upper": "AZ", "word": "09AZ__az", "xdigit": "09AFaf",
}  # fmt: skip
_LAST_CODE = 0x10FFFF
_CATEGORIES = "C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?"
_ESCAPES = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_BOUNDS: Mapping[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_NUMBER = r"(0|[1-9][0-9]*)"
_REPEAT = rf"(?:([*+?])|\{{{_NUMBER}(?:(,){_NUMBER}?)?\}})(\??)"
_CAPTURE = r"(?a)\?P?<(\w+)>"
_FLAGS = r"\?([imsU]*)(?:-([imsU]+))?([:)])"
_CODE = r"x(?:([0-9A-Fa-f]{2})|\{0*([0-9A-Fa-f]{1,6})\})|(0[0-7]{0,2}|[1-7][0-7]{1,2})"
_QUOTED = r"(?s)Q(.*?)(?:\\E|\Z)"
_TO = r"-(?![\]]|\Z)"
_EDGE = "[AzbB]"
_POSIX_CLASS = r"(?s)\[:(\^?)(.*?):\]"
_CATEGORY = r"(?s)([pP])(?:([^{])|\{(\^?)([^}]*)\})"


def _any(_character: str) -> bool:
    return True


def _is_any(tests: Iterable[Test], character: str) -> bool:
    return any(test(character) for test in tests)


def _is_of_category(name: str, character: str) -> bool:
    found = category(character)
    return found.startswith(name) and found != "Cn"


def _is_word_edge(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    return _is_word(before) is not _is_word(after)


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


_CONDITIONS: Mapping[str, Callable[[str, int], bool]] = {
    "A": lambda _text, at: at == 0,
    "z": lambda text, at: at == len(text),
    "b": _is_word_edge,
    "B": lambda text, at: not _is_word_edge(text, at),
    "^": lambda text, at: at == 0 or text[at - 1] == "\n",
    "$": lambda text, at: at == len(text) or text[at] == "\n",
}
"""By their escapes; by `^` and `$` as they are with the flag m."""


def compiled_pattern(pattern: str) -> tuple[Program, list[str]]:
    """Return the program of a pattern, and the names of its groups in order: empty for one without.

    Raises EvaluationError: Go rejects it.
    Raises UnknownResultError: it is not evaluated.
    """
    parser = _Parser(pattern)
    add = parser.alternatives()
    if parser.has_more:
        reject_pattern("unexpected )")
    parser.program.finish(add, len(parser.names))
    return parser.program, parser.names


def reject_pattern(why: str) -> NoReturn:
    """Raise EvaluationError for an invalid pattern."""
    what = "invalid regexp pattern"
    raise EvaluationError(f"{what}: {why}", redacted_message=what)


@lru_cache(MAX_REMEMBERED)
def _folded(character: str) -> str:
    """Return what all characters have in common that differ in case only."""
    forms = (character.casefold(), character.lower(), character)
    return next(form for form in forms if len(form) == 1)


def _all_but(test: Test) -> Test:
    return lambda character: not test(character)


class _Parser:
    """Parses one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._flags = frozenset[str]()
        self._depth = 0
        self._repeats = 1
        self.names: list[str] = []
        self.program = Program()

    @property
    def has_more(self) -> bool:
        """Whether something of the pattern is left."""
        return self._position < len(self._pattern)

    def _next(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self, why: str) -> str:
        """Take the next character; `why` is what is wrong where there is none."""
        character = self._next()
        if not character:
            reject_pattern(why)
        self._position += 1
        return character

    def _matched(self, expected: str) -> re.Match[str] | None:
        """Take what matches here; None where nothing does."""
        found = re.compile(expected).match(self._pattern, self._position)
        self._position = found.end() if found else self._position
        return found

    def alternatives(self) -> Add:
        """Parse up to the end, or to the parenthesis that closes the group."""
        parts = [self._sequence()]
        while self._next() == "|":
            self._position += 1
            parts.append(self._sequence())
        return partial(self.program.add_alternatives, parts)

    def _sequence(self) -> Add:
        parts: list[Add] = []
        is_repeated = False
        while self._next() not in ("", "|", ")"):
            repeat = self._matched(_REPEAT)
            if repeat is None:
                parts += self._atom()
            elif is_repeated:
                reject_pattern("invalid nested repetition operator")
            elif not parts:
                reject_pattern("missing argument to repetition operator")
            else:
                parts[-1] = self._repetition(parts[-1], repeat)
            is_repeated = repeat is not None
        return partial(self.program.add_sequence, parts)

    def _repetition(self, part: Add, written: re.Match[str]) -> Add:
        sign, low, comma, high, lazy = written.groups()
        least, most = _BOUNDS[sign] if sign else (int(low[:9]), int((high or low)[:9]))
        most = None if comma and not high else most
        if max(least, most or 0) > MAX_REPEATS or (most is not None and least > most):
            reject_pattern("invalid repeat count")
        is_lazy = bool(lazy) is not ("U" in self._flags)
        return partial(self._add_repetition, part, least, most, is_lazy)

    def _add_repetition(
        self,
        part: Add,
        least: int,
        most: int | None,
        is_lazy: bool,  # noqa: FBT001 - what is bound comes before `then`
        then: int,
    ) -> int:
        """Add a repetition to the program; Go rejects nested ones of more repeats than one may have."""
        before = self._repeats
        self._repeats *= max(1, least if most is None else most)
        if self._repeats > MAX_REPEATS:
            reject_pattern("invalid repeat count")
        start = self.program.add_repetition(part, least, most, is_lazy, then)
        self._repeats = before
        return start

    def _atom(self) -> list[Add]:
        character = self._take("")
        match character:
            case "(":
                return self._group()
            case "[":
                return [self._one_of(self._class())]
            case ".":
                return [self._one_of(_any if "s" in self._flags else "\n".__ne__)]
            case "^":
                return [self._condition("^" if "m" in self._flags else "A")]
            case "$":
                return [self._condition("$" if "m" in self._flags else "z")]
            case "\\":
                return self._escaped()
            case _:
                return [self._one_of(self._ranges(character * 2))]

    def _one_of(self, test: Test) -> Add:
        return partial(self.program.add, Op.CHARACTER, lru_cache(MAX_REMEMBERED)(test))

    def _condition(self, name: str) -> Add:
        return partial(self.program.add, Op.CONDITION, _CONDITIONS[name])

    def _group(self) -> list[Add]:
        before, number = self._flags, 0
        capture = self._matched(_CAPTURE)
        if capture or self._next() != "?":
            self.names.append(capture[1] if capture else "")
            number = len(self.names)
        else:
            flags = self._matched(_FLAGS)
            if flags is None:
                reject_pattern("invalid or unsupported Perl syntax")
            self._flags = (self._flags | set(flags[1])) - set(flags[2] or "")
            if flags[3] == ")":
                return []
        self._depth += 1
        if self._depth > MAX_GROUP_DEPTH:
            raise TooLargeError(f"its groups are nested more than {MAX_GROUP_DEPTH} deep")
        inner = self.alternatives()
        self._take("missing closing )")
        self._depth -= 1
        self._flags = before
        return [partial(self.program.add_group, number, inner) if number else inner]

    def _escaped(self) -> list[Add]:
        if quoted := self._matched(_QUOTED):
            return [self._one_of(self._ranges(character * 2)) for character in quoted[1]]
        if edge := self._matched(_EDGE):
            return [self._condition(edge[0])]
        test = self._class_escape() or self._ranges(self._escaped_character() * 2)
        return [self._one_of(test)]

    def _class_escape(self) -> Test | None:
        r"""Return the class of an escape like `\d` or `\pL`, whose backslash is taken; None for any other."""
        letter = self._next()
        if letter and letter.lower() in _PERL:
            self._position += 1
            test = self._ranges(_PERL[letter.lower()])
            return test if letter.islower() else _all_but(test)
        found = self._matched(_CATEGORY)
        if found is None:
            return None
        name = found[2] or found[4]
        if name != "Any" and (not re.fullmatch(_CATEGORIES, name) or "i" in self._flags):
            why = "a regular expression with a class of Unicode characters is not evaluated"
            raise UnknownResultError(why)
        test = _any if name == "Any" else partial(_is_of_category, name)
        return _all_but(test) if (found[1] == "P") is not bool(found[3]) else test

    def _escaped_character(self) -> str:
        """Return the character that an escape denotes; its backslash is taken."""
        code = self._matched(_CODE)
        if code:
            number = int(code[3], 8) if code[3] else int(code[1] or code[2], 16)
            if number > _LAST_CODE:
                reject_pattern("invalid escape sequence")
            return chr(number)
        character = self._take("trailing backslash at end of expression")
        if character in _ESCAPES:
            return _ESCAPES[character]
        if not character.isascii() or character.isalnum():
            reject_pattern("invalid escape sequence")
        return character

    def _class(self) -> Test:
        """Parse a class whose bracket is taken."""
        is_negated = self._next() == "^"
        if is_negated:
            self._position += 1
        tests: list[Test] = []
        pairs = ""
        is_first = True
        while is_first or self._next() != "]":
            is_first = False
            if named := self._matched(_POSIX_CLASS):
                if named[2] not in _POSIX:
                    reject_pattern("invalid character class range")
                test = self._ranges(_POSIX[named[2]])
                tests.append(_all_but(test) if named[1] else test)
                continue
            character = self._take("missing closing ]")
            if character == "\\" and (escape := self._class_escape()):
                tests.append(escape)
                continue
            low = high = self._escaped_character() if character == "\\" else character
            if self._matched(_TO):
                character = self._take("missing closing ]")
                high = self._escaped_character() if character == "\\" else character
                if high < low:
                    reject_pattern("invalid character class range")
            pairs += low + high
        self._position += 1
        tests.append(self._ranges(pairs))
        test = partial(_is_any, tests)
        return _all_but(test) if is_negated else test

    def _ranges(self, pairs: str) -> Test:
        """Return the class of some ranges; with the other case of their characters where that is ignored."""
        ranges = [*zip(pairs[::2], pairs[1::2], strict=True)]
        if "i" not in self._flags:
            return lambda one: any(low <= one <= high for low, high in ranges)
        codes = [range(ord(low), ord(high) + 1) for low, high in ranges]
        if sum(map(len, codes)) > MAX_FOLDED:
            why = (
                "a regular expression that ignores the case of so many characters is not evaluated"
            )
            raise UnknownResultError(why)
        folded = {_folded(chr(code)) for each in codes for code in each}
        return lambda one: _folded(one) in folded
