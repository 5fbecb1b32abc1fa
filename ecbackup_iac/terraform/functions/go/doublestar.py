"""A name in a path and a component of a fileset pattern → whether they match, as Go's doublestar 1.1 says it.

`*`, `?`, [class], {a,b} and a backslash; `**` is a component of its own, and not matched here.
"""

import re

from ecbackup_iac.terraform.values.budget import charge

ANY_FOLDERS = "**"
"""A component for any number of folders; as the last one, for any file below."""

MAGIC = frozenset("*?[{\\")
"""What makes a component more than a name."""

_CLASS_END = re.compile(r"(?:[^\\\]]|\\.)*\]", re.DOTALL)
_OPTIONS_END = re.compile(r"(?:[^\\}]|\\.)*\}", re.DOTALL)
_OPTION = re.compile(r"(?:[^\\,]|\\.)*", re.DOTALL)


class BadPatternError(Exception):
    """A pattern with invalid syntax; only what is compared with a name is checked."""


class Component:
    """A pattern for one name; each part of it is compared with each part of a name once."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._answers: dict[tuple[str, str], bool] = {}

    def matches(self, name: str) -> bool:
        """Whether a whole name is what the pattern describes. Raises BadPatternError."""
        self._answers.clear()
        return self._matches(self._pattern, name)

    def _matches(self, pattern: str, name: str) -> bool:
        key = (pattern, name)
        if key not in self._answers:
            charge()
            self._answers[key] = self._compared(pattern, name)
        return self._answers[key]

    def _compared(self, pattern: str, name: str) -> bool:
        position = 0
        while position < len(pattern) and name:
            if pattern[position] == "*":
                return self._after_star(pattern[position + 1 :], name)
            if pattern[position] == "{":
                return self._any_option(pattern, position + 1, name)
            following = _after_character(pattern, position, name[0])
            if following is None:
                return False
            position, name = following, name[1:]
        return not name and not pattern[position:].strip("*")

    def _after_star(self, rest: str, name: str) -> bool:
        if not rest:
            return True
        for start in range(len(name)):
            try:
                if self._matches(rest, name[start:]):
                    return True
            except BadPatternError:  # not seen after a star
                continue
        return False

    def _any_option(self, pattern: str, position: int, name: str) -> bool:
        end = _OPTIONS_END.match(pattern, position)
        if end is None:
            raise BadPatternError
        written, start = end[0][:-1], 0
        while start <= len(written):
            charge()
            option = _OPTION.match(written, start)
            text = option[0] if option else ""
            if self._matches(text + pattern[end.end() :], name):
                return True
            start += len(text) + 1
        return False


def _after_character(pattern: str, position: int, character: str) -> int | None:
    """Return the position after what describes one character; None where that is another one.

    Raises BadPatternError: what is there is no valid syntax.
    """
    match pattern[position]:
        case "?":
            return position + 1
        case "[":
            end = _CLASS_END.match(pattern, position + 1)
            if end is None:
                raise BadPatternError
            return end.end() if _is_in_class(end[0][:-1], character) else None
        case "\\":
            position += 1
            if position == len(pattern):
                raise BadPatternError
        case _:
            pass
    return position + 1 if pattern[position] == character else None


def _is_in_class(written: str, character: str) -> bool:
    """Whether `a-z_` or `^a-z_` has a character. Raises BadPatternError."""
    if not written:
        raise BadPatternError
    is_negated = written[0] == "^"
    rest = list(reversed(written[is_negated:]))
    found = False
    while rest:
        low = high = _bound(rest)
        if rest and rest[-1] == "-":
            rest.pop()
            high = _bound(rest)
        found = found or low <= character <= high
    return found is not is_negated


def _bound(rest: list[str]) -> str:
    """Take the next bound of a range from the reversed text of a class. Raises BadPatternError."""
    if not rest or rest[-1] == "-" or rest == ["\\"]:
        raise BadPatternError
    bound = rest.pop()
    return rest.pop() if bound == "\\" else bound
