"""Comments and where they stand among the code: above something, behind it, inside it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@record(eq=False)
class Remark:
    """A comment, by offsets."""

    start: int
    end: int
    text: str
    """With its signs, as it is written; of a JSON property the text alone."""

    above: int | None = None
    """The start of the code that it stands directly above or before, with no blank line between."""

    behind: int | None = None
    """The end of the code that it follows on the same line."""

    below: int | None = None
    """The end of the code that it belongs to by its indentation, though that has ended."""

    owner: int | None = None
    """The start of the entry that it is a property of."""

    is_head: bool = False
    """Nothing but comments stands before it."""


@record(eq=False)
class CodeBlock:
    """A block, or an entry of a template, at the outermost level where a cache can stand."""

    start: int
    end: int
    name: str
    """Its kind and labels, or its type: what it declares."""


class RemarkedText:
    """A text with its comments, and with what they can stand at."""

    def __init__(
        self,
        text: str,
        remarks: Iterable[Remark],
        blocks: Iterable[CodeBlock],
        locate: Callable[[int, int], Location],
        *,
        is_bytes: bool,
    ) -> None:
        """`is_bytes`: each character of the text stands for a byte of UTF-8."""
        self.text = text
        self.remarks: Sequence[Remark] = list(remarks)
        self.blocks: Sequence[CodeBlock] = sorted(blocks, key=lambda block: block.start)
        self.locate = locate
        """Offsets → the place as it is reported."""

        self._is_bytes = is_bytes
        self._starts = _line_starts(text, is_bytes=is_bytes)
        self._block_starts = [block.start for block in self.blocks]

    def offset(self, line: int, column: int) -> int:
        """Give the offset of a place, which counts from 1 in characters."""
        if line > len(self._starts):
            return len(self.text)
        start = self._starts[line - 1]
        if not self._is_bytes:
            return start + column - 1
        before = self.text[start : start + 4 * (column - 1)]  # a character has four bytes at most
        if not before[: column - 1].isascii():
            return start + len(self.readable(before)[: column - 1].encode())
        return start + column - 1

    def line(self, offset: int) -> int:
        """Give the line of an offset, from 1."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """Give how far an offset is from its line's start."""
        return offset - self._starts[self.line(offset) - 1]

    def readable(self, text: str) -> str:
        """Give a piece of the text as a person reads it."""
        return text.encode("latin-1").decode(errors="replace") if self._is_bytes else text

    def block_at(self, offset: int) -> CodeBlock | None:
        """Give the block that an offset lies in."""
        index = bisect_right(self._block_starts, offset) - 1
        block = self.blocks[index] if index >= 0 else None
        return block if block is not None and offset <= block.end else None


def _line_starts(text: str, *, is_bytes: bool) -> list[int]:
    """Where lines begin; HCL knows one line break, YAML three."""
    starts = [0]
    if is_bytes:
        position = text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = text.find("\n", position + 1)
    else:
        starts += [match.end() for match in _LINE_BREAK.finditer(text)]
    return starts


def remarks_of(
    text: str, spans: Sequence[tuple[int, int]], *, by_indentation: bool = False
) -> list[Remark]:
    """Say of each comment what it stands at; the spans are in order.

    `by_indentation`: a comment that is indented deeper than what follows belongs to what stands before.
    """
    gaps = _gaps(text, spans)
    following = _following(text, gaps)
    lines = _line_starts(text, is_bytes=False) if by_indentation else []
    found: list[Remark] = []
    code_end: int | None = None  # of the last code before
    is_own_line = True
    for index, (start, end) in enumerate(spans):
        gap_start, gap = gaps[index]
        if gap.strip():
            code_end = gap_start + len(gap.rstrip())
            is_own_line = _has_break(text, code_end, start)
        elif _has_break(text, gap_start, start):
            is_own_line = True
        code, above = following[index]
        behind = below = None
        if code_end is not None and not is_own_line:
            above, behind = None, code_end
        elif by_indentation and code_end is not None:
            depth = -1 if code is None else code - lines[bisect_right(lines, code) - 1]
            if start - lines[bisect_right(lines, start) - 1] > depth:
                above, below = None, code_end
        is_head = code_end is None
        found.append(Remark(start, end, text[start:end], above, behind, below, is_head=is_head))
    return found


def _gaps(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
    """Give what stands before each comment, and behind the last one, with its start."""
    gaps, position = [], 0
    for start, end in (*spans, (len(text), len(text))):
        gaps.append((position, text[position:start]))
        position = end
    return gaps


def _following(text: str, gaps: Sequence[tuple[int, str]]) -> list[tuple[int | None, int | None]]:
    """Give, for each comment, the start of the code below it, and again where no blank line is between."""
    found: list[tuple[int | None, int | None]] = []
    code: int | None = None
    near: int | None = None
    for start, gap in reversed(gaps[1:]):
        end = start + len(gap) - len(gap.lstrip())
        if end < start + len(gap):
            code = near = end
        if sum(1 for _ in islice(_LINE_BREAK.finditer(text, start, end), 2)) > 1:
            near = None
        found.append((code, near))
    return found[::-1]


def _has_break(text: str, start: int, end: int) -> bool:
    return _LINE_BREAK.search(text, start, end) is not None
