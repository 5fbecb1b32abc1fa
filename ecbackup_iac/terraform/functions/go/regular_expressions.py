"""A regular expression and a string → its matches, and the string with them replaced, as by Go's regexp."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ecbackup_iac.terraform.functions.arguments import check_text_size
from ecbackup_iac.terraform.functions.call_context import TooLargeError
from ecbackup_iac.terraform.functions.go.pattern_parser import compiled_pattern, reject_pattern
from ecbackup_iac.terraform.functions.go.pattern_program import Spans
from ecbackup_iac.terraform.values.budget import charge, charge_characters
from ecbackup_iac.terraform.values.type_system import STRING, TupleOf, Type, object_of
from ecbackup_iac.terraform.values.value import Value, null, object_value, string, tuple_value

MAX_PATTERN_LENGTH = 1_000
"""Characters of a pattern; one in use has a tenth."""

_MAX_KEPT = 5  # compiled patterns
_MAX_INDEX_DIGITS = 5  # of `$1`
_REFERENCE = r"\$(?:\$|(\w+)|\{(\w+)\})"


# A module's validations compile the same ones in every instance.
_compiled = lru_cache(_MAX_KEPT)(compiled_pattern)


class Pattern:
    """A compiled pattern."""

    def __init__(self, pattern: str) -> None:
        """Compile a pattern. Raises EvaluationError or UnknownResultError."""
        if len(pattern) > MAX_PATTERN_LENGTH:
            raise TooLargeError(f"its pattern has more than {MAX_PATTERN_LENGTH:,} characters")
        charge(len(pattern))
        self._program, self.names = _compiled(pattern)

    def spans(self, text: str) -> Iterator[Spans]:
        """Return the spans of every match and its groups, as Go's FindAll does.

        An empty match right after another match is left out.
        """
        position, previous_end = 0, -1
        while position <= len(text):
            found = self.search(text, position)
            if found is None:
                return
            start, end = found[0]
            is_accepted = not (end == position and start == previous_end)
            position = position + 1 if end == position else end
            previous_end = end
            if is_accepted:
                yield found

    def search(self, text: str, position: int = 0) -> Spans | None:
        """Return the spans of the first match from a position on, and of its groups; None without one."""
        return self._program.search(text, position)

    def replaced(self, text: str, replacement: str) -> str:
        """Return the string with every match replaced, as Go does: `$1` and `${name}` are the groups."""
        pieces: list[str] = []
        position, last_end, size = 0, 0, 0
        while position <= len(text):
            found = self.search(text, position)
            if found is None:
                break
            start, end = found[0]
            pieces.append(text[last_end:start])
            if end > last_end or start == 0:
                pieces.append(self._expanded(replacement, text, found))
                size += len(pieces[-1])
                check_text_size(size)
            last_end = end
            position = max(position + 1, end)
        pieces.append(text[last_end:])
        return "".join(pieces)

    def _expanded(self, replacement: str, text: str, spans: Spans) -> str:
        charge_characters(len(replacement))

        def group(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name is None:
                return "$"
            if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0"):
                index = int(name) if len(name) <= _MAX_INDEX_DIGITS else len(spans)
                indexes = [index] if index < len(spans) else []
            else:
                indexes = [number for number, own in enumerate(self.names, 1) if own == name]
            for index in indexes:
                start, end = spans[index]
                if start >= 0:
                    return text[start:end]
            return ""

        return re.sub(_REFERENCE, group, replacement)


def result_type(pattern: Pattern) -> Type:
    """Return what a match gives: a string, a tuple of the groups, or an object of the named groups.

    Raises EvaluationError: some groups have names, and some have none.
    """
    names = pattern.names
    if not names:
        return STRING
    if not any(names):
        return TupleOf((STRING,) * len(names))
    if not all(names):
        reject_pattern("cannot mix both named and unnamed capture groups")
    return object_of(dict.fromkeys(names, STRING))


def result(pattern: Pattern, text: str, spans: Spans) -> Value:
    """Return what one match gives."""
    names = pattern.names
    parts = [string(text[start:end]) if start >= 0 else null(STRING) for start, end in spans]
    if not names:
        return parts[0]
    if not any(names):
        return tuple_value(parts[1:])
    return object_value(dict(zip(names, parts[1:], strict=True)))
