"""A file's text → positions in it, as byte offsets and as lines and columns."""

from collections.abc import Callable
from typing import TypeAlias

from ecbackup_iac.model.location import Location, Origin
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.columns import Lines


class SourceFile:
    """One file's text, with its lines."""

    def __init__(self, path: str, text: bytes, origin: Origin = Origin.FILE) -> None:
        self.path = path
        """As it is printed."""

        self.origin = origin

        self.text = text
        """UTF-8, without a byte order mark."""

        self._lines = Lines(text)
        self.closings: dict[int, int] = {}
        """Where deeply nested braces end, as far as that is known; see skipping."""

    def location(self, start: int, end: int) -> Location:
        """Return the location of a range of bytes; lines and columns from 1, in characters."""
        line, column = self._lines.position(start)
        end_line, end_column = self._lines.position(end)
        return Location(self.path, line, column, end_line, end_column, self.origin)


@record(eq=False)
class SourceRange:
    """A range of a file: byte offsets, the end exclusive."""

    file: SourceFile
    start: int
    end: int

    @property
    def location(self) -> Location:
        """The range as it is reported."""
        return self.file.location(self.start, self.end)

    @property
    def text(self) -> str:
        """The text of the range."""
        return self.file.text[self.start : self.end].decode(errors="replace")


RangeMapper: TypeAlias = Callable[[int, int], SourceRange]
"""Offsets in a text → the range of a file: texts inside JSON strings have offsets of their own."""

Problem: TypeAlias = tuple[str, SourceRange]
"""A syntax error: HashiCorp's summary with an explanation, and where it is."""

ProblemHandler: TypeAlias = Callable[[str, SourceRange], object]
"""Receives the problems of a body when the body is parsed."""


class HclSyntaxError(Exception):
    """An expression or template that the syntax does not allow."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
