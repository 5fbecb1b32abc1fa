"""Regular expressions of RE2's syntax, by google-re2 where it is installed: they cannot hang.

By Python's own engine, which can, only where a pattern is simple. Differences between Go's engine and RE2 are
handled here.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.functions.sizes import check_size
from ecbackup_iac.terraform.values.budget import charge, charge_characters
from ecbackup_iac.terraform.values.type_system import STRING, TupleOf, Type, object_of
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    Value,
    null,
    object_value,
    string,
    tuple_value,
)

_MAX_MEMORY = 8 << 20  # bytes for one compiled pattern
_MAX_KEPT = 5  # compiled patterns
MAX_PATTERN_LENGTH = 1_000
"""Characters of a pattern; with more, nested repetitions take seconds to compile."""

MAX_WORK = 100_000_000
"""Instructions of a compiled pattern times bytes of the text that it searches: a second, at worst."""

_MAX_INDEX_DIGITS = 5  # of `$1`
# Escapes, and the group names that only RE2 allows, outside of \Q...\E.
_QUOTED = re.compile(r"\\Q.*?(?:\\E|\Z)", re.DOTALL)
_ANY_BYTE = re.compile(r"(?:^|[^\\])(?:\\\\)*\\C")
_FOREIGN_NAME = re.compile(r"\(\?P?<[^>]*[^\x00-\x7f>]")
_NAME = re.compile(r"\(\?P?<(\w+)>")
_REFERENCE = r"(?a)\$(?:\$|(\w+)|\{(\w+)\})"

_Span = tuple[int, int]

_STEPS_OF_A_MATCH = 5
_BYTES_PER_STEP = 500  # that a pattern is compared with
_WORK_PER_STEP = 50_000  # where it has so many instructions that it is slower


@lru_cache(_MAX_KEPT)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 is not typed
    """Return a compiled pattern; a module's validations compile the same ones in every instance."""
    import re2  # type: ignore[import-not-found,import-untyped,unused-ignore]

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    return re2.compile(pattern.encode(errors="replace"), options)


class Pattern:
    """A compiled pattern; strings are bytes of UTF-8, so positions in them are in bytes."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN_LENGTH:
            raise TooLargeError(f"its pattern has more than {MAX_PATTERN_LENGTH:,} characters")
        charge(len(pattern))
        try:
            import re2  # type: ignore[import-not-found,import-untyped,unused-ignore]
        except ImportError:
            from ecbackup_iac.terraform.functions.go.simple_patterns import SimplePattern

            self._compiled: Any = SimplePattern(pattern)
            return
        bare = _QUOTED.sub("", pattern)
        if _ANY_BYTE.search(bare):
            raise EvaluationError("invalid regexp pattern: invalid escape sequence in \\C")
        if _FOREIGN_NAME.search(bare):
            raise EvaluationError("invalid regexp pattern: invalid named capture")
        named = _NAME.findall(bare)
        if len(set(named)) < len(named):
            raise UnknownResultError("a pattern that names two groups alike is not evaluated")
        try:
            self._compiled = _compiled(pattern)
        except re2.error as error:
            raise _rejection(error, pattern) from error

    @property
    def names(self) -> list[str]:
        """The groups' names in order; empty for a group without one."""
        indexes = {index: name.decode() for name, index in self._compiled.groupindex.items()}
        return [indexes.get(index, "") for index in range(1, self._compiled.groups + 1)]

    def spans(self, text: bytes) -> Iterator[list[_Span]]:
        """Return the spans of every match and its groups, as Go's FindAll does.

        An empty match right after another match does not count.
        """
        position, previous_end = 0, -1
        while position <= len(text):
            found = self._search(text, position)
            if found is None:
                return
            start, end = found[0]
            is_accepted = not (end == position and start == previous_end)
            position = _next(text, position) if end == position else end
            previous_end = end
            if is_accepted:
                yield found

    def first(self, text: bytes) -> list[_Span] | None:
        """Return the spans of the first match and its groups; None where nothing matches."""
        return self._search(text, 0)

    def replaced(self, text: bytes, replacement: str) -> str:
        """Return the string with every match replaced, as Go does: `$1` and `${name}` are the groups."""
        pieces: list[bytes] = []
        position, last_end, size = 0, 0, 0
        while position <= len(text):
            found = self._search(text, position)
            if found is None:
                break
            start, end = found[0]
            pieces.append(text[last_end:start])
            if end > last_end or start == 0:
                pieces.append(self._expanded(replacement, text, found))
                size += len(pieces[-1])
                check_size(size)
            last_end = end
            position = max(_next(text, position), end)
        pieces.append(text[last_end:])
        return b"".join(pieces).decode()

    def _search(self, text: bytes, position: int) -> list[_Span] | None:
        instructions = getattr(self._compiled, "programsize", 1)
        if instructions * len(text) > MAX_WORK:
            raise TooLargeError("its pattern is too large for a string of this length")
        left = len(text) - position
        charge(
            _STEPS_OF_A_MATCH
            + self._compiled.groups
            + left // _BYTES_PER_STEP
            + left * instructions // _WORK_PER_STEP
        )
        match = self._compiled.search(text, position)
        if match is None:
            return None
        return [match.span(group) for group in range(self._compiled.groups + 1)]

    def _expanded(self, replacement: str, text: bytes, spans: list[_Span]) -> bytes:
        charge_characters(len(replacement))
        names = self.names

        def group(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name is None:
                return "$"
            if name.isdigit() and (name == "0" or name[0] != "0"):
                index = int(name) if len(name) <= _MAX_INDEX_DIGITS else len(spans)
                indexes = [index] if index < len(spans) else []
            else:
                indexes = [number for number, own in enumerate(names, 1) if own == name]
            for index in indexes:
                start, end = spans[index]
                if start >= 0:
                    return text[start:end].decode()
            return ""

        return re.sub(_REFERENCE, group, replacement).encode(errors="replace")


def _next(text: bytes, position: int) -> int:
    """Return the position after the character at a position."""
    position += 1
    while position < len(text) and text[position] & 0xC0 == 0x80:  # noqa: PLR2004 - continues it
        position += 1
    return position


def _rejection(error: Exception, pattern: str) -> Exception:
    reason = error.args[0]
    message = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    if "too large" in message:
        text = f"google-re2 rejects the pattern {pattern[:40]!r}: {message}"
        return UnknownResultError(text, "google-re2 rejects the pattern")
    return EvaluationError(
        f"invalid regexp pattern: {message}", redacted_message="invalid regexp pattern"
    )


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
        raise EvaluationError(
            "invalid regexp pattern: cannot mix both named and unnamed capture groups"
        )
    return object_of(dict.fromkeys(names, STRING))


def result(pattern: Pattern, text: bytes, spans: list[_Span]) -> Value:
    """Return what one match gives."""
    names = pattern.names
    parts = [
        string(text[start:end].decode()) if start >= 0 else null(STRING) for start, end in spans
    ]
    if not names:
        return parts[0]
    if not any(names):
        return tuple_value(parts[1:])
    return object_value(dict(zip(names, parts[1:], strict=True)))
