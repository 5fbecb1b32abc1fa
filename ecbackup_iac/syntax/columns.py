"""A text → its offsets ↔ lines and columns; long lines take as little time as short ones."""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

_BLOCK = 1_024
"""Bytes; the characters before each block are counted once, so that a column needs only a part of a line."""

_CONTINUING = bytes(range(0x80, 0xC0))
"""The bytes of a character after its first."""


LINE_FEED = "\n"
LINE_BREAK = "\r\n|\n|\r"


class Lines:
    """The lines of a text; offsets are in bytes of UTF-8, and in characters where the text is a `str`."""

    def __init__(self, text: bytes | str, breaks: str = LINE_FEED) -> None:
        """Take a text and the pattern of what ends its lines: LINE_FEED for HCL, LINE_BREAK for YAML."""
        self._text = text
        self._breaks = breaks
        self._characters = Characters(text) if isinstance(text, bytes) else None

    @cached_property
    def starts(self) -> list[int]:
        """Where the lines begin."""
        text, breaks = self._text, self._breaks
        if isinstance(text, str):
            return [0, *(match.end() for match in re.finditer(breaks, text))]
        if breaks == LINE_FEED:  # a pattern takes longer than most files
            return [0, *accumulate(len(line) + 1 for line in text.split(b"\n")[:-1])]
        return [0, *(match.end() for match in re.finditer(breaks.encode(), text))]

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self.starts, offset)

    def start(self, offset: int) -> int:
        """Return where the line of an offset begins."""
        return self.starts[self.line(offset) - 1]

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, from 1, in characters."""
        line = self.line(offset)
        start = self.starts[line - 1]
        return line, 1 + (
            self._characters.between(start, offset) if self._characters else offset - start
        )

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and a column; the end of the text beyond its last line."""
        if line > len(self.starts):
            return len(self._text)
        start = self.starts[line - 1]
        return (
            self._characters.offset(start, column - 1) if self._characters else start + column - 1
        )


class Characters:
    """The characters of one text in UTF-8: byte offsets ↔ numbers of characters."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def between(self, start: int, end: int) -> int:
        """Return the number of characters between two offsets."""
        if end - start <= _BLOCK:
            return len(self._text[start:end].decode(errors="replace"))
        return end - start if self._is_ascii else self._before(end) - self._before(start)

    def offset(self, start: int, count: int) -> int:
        """Return the offset of the character this many after the one at `start`."""
        if self._is_ascii:
            return min(start + count, len(self._text))
        if count > _BLOCK:
            position = self._before(start) + count
            # The last count is of the whole text, after which no block begins.
            block = bisect_right(self._before_blocks, position, hi=len(self._before_blocks) - 1) - 1
            start, count = block * _BLOCK, position - self._before_blocks[block]
            while self._text[start : start + 1] and self._text[start] in _CONTINUING:
                start += 1
        piece = self._text[start : start + 4 * count]  # a character is four bytes at most
        return start + len(piece.decode(errors="replace")[:count].encode())

    @cached_property
    def _is_ascii(self) -> bool:
        return self._text.isascii()

    @cached_property
    def _before_blocks(self) -> list[int]:
        """The number of characters that begin before each block."""
        counts = [0]
        for start in range(0, len(self._text), _BLOCK):
            counts.append(counts[-1] + _count(self._text[start : start + _BLOCK]))
        return counts

    def _before(self, offset: int) -> int:
        block, rest = divmod(offset, _BLOCK)
        return self._before_blocks[block] + _count(self._text[offset - rest : offset])


def _count(piece: bytes) -> int:
    """Return how many characters begin in a piece of UTF-8."""
    return len(piece.translate(None, _CONTINUING))
