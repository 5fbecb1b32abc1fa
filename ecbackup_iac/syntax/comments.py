"""The text of a file → its comments, each with the code that it is above, after, below or in."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.columns import LINE_BREAK, LINE_FEED, Lines

COMMENT_SIGNS = "#/*"
"""The characters that comment signs consist of, in every language."""

_LINE_BREAK = re.compile(LINE_BREAK)


@record(eq=False)
class Comment:
    """A comment, by offsets."""

    start: int
    end: int
    text: str
    """Its source with the comment signs; of a JSON property, the value."""

    above: int | None = None
    """The start of the code that it is directly above, or before on its line."""

    after: int | None = None
    """The end of the code that it follows on the same line."""

    below: int | None = None
    """The end of the code above that it belongs to by its indentation."""

    owner: int | None = None
    """The start of the entry, or of the file's object, that it is a property of."""

    is_head: bool = False
    """Only comments come before it."""


@record(eq=False)
class CodeBlock:
    """A block, or a resource of a template; one with another template in it contains that one's."""

    start: int
    end: int
    name: str
    """Its kind and labels, or its type: what it declares."""


class CommentedText:
    """A text with its comments, and the blocks that they can be in or at."""

    def __init__(  # noqa: PLR0913 - a text has this many parts
        self,
        text: str,
        comments: Iterable[Comment],
        blocks: Iterable[CodeBlock],
        locate: Callable[[int, int], Location],
        *,
        is_bytes: bool,
        entries: Iterable[tuple[int, int]] = (),
    ) -> None:
        """`is_bytes`: each character of the text represents a byte of UTF-8.

        `entries` are the entries of maps and lists each of which leads to caches of its own: start and end.
        """
        self.text = text
        self.comments: Sequence[Comment] = list(comments)
        self.blocks: Sequence[CodeBlock] = sorted(blocks, key=lambda block: block.start)
        self.locate = locate
        """Offsets → the location as it is reported."""

        self._is_bytes = is_bytes
        content, breaks = (text.encode("latin-1"), LINE_FEED) if is_bytes else (text, LINE_BREAK)
        self.lines = Lines(content, breaks)
        self._block_starts = [block.start for block in self.blocks]
        self._outer_blocks = _parents([(block.start, block.end) for block in self.blocks])
        self._entries = sorted(entries, key=lambda entry: (entry[0], -entry[1]))
        self._parents = _parents(self._entries)

    def column(self, offset: int) -> int:
        """Return the distance of an offset from the start of its line."""
        return offset - self.lines.start(offset)

    def readable(self, text: str) -> str:
        """Return a piece of the text in characters."""
        return text.encode("latin-1").decode(errors="replace") if self._is_bytes else text

    def entries_at(self, offset: int) -> Iterator[tuple[int, int]]:
        """Yield the entries that an offset is in, the innermost first."""
        index = bisect_right(self._entries, offset, key=lambda entry: entry[0]) - 1
        while index >= 0:
            if offset < self._entries[index][1]:
                yield self._entries[index]
            index = self._parents[index]

    def block_at(self, offset: int) -> CodeBlock | None:
        """Return the innermost block that an offset is in."""
        return next(self.blocks_at(offset), None)

    def blocks_at(self, offset: int) -> Iterator[CodeBlock]:
        """Yield the blocks that an offset is in, the innermost first."""
        index = bisect_right(self._block_starts, offset) - 1
        while index >= 0:
            if offset <= self.blocks[index].end:
                yield self.blocks[index]
            index = self._outer_blocks[index]


def _parents(entries: Sequence[tuple[int, int]]) -> list[int]:
    """Return the index of the entry that each sorted entry is in; -1 for one that is in none."""
    parents: list[int] = []
    around: list[int] = []
    for index, (start, _) in enumerate(entries):
        while around and entries[around[-1]][1] <= start:
            around.pop()
        parents.append(around[-1] if around else -1)
        around.append(index)
    return parents


def comments_of(
    text: str, spans: Sequence[tuple[int, int]], *, by_indentation: bool = False
) -> list[Comment]:
    """Return the comments with the code that each is at; the spans are in order.

    `by_indentation`: a comment that is indented deeper than what follows belongs to the code above.
    """
    gaps = _gaps(text, spans)
    code_below = _code_below(text, gaps)
    lines = Lines(text, LINE_BREAK)
    comments: list[Comment] = []
    code_end: int | None = None  # of the last code before
    is_own_line = True
    for index, (start, end) in enumerate(spans):
        gap_start, gap = gaps[index]
        if gap.strip():
            code_end = gap_start + len(gap.rstrip())
            is_own_line = _has_break(text, code_end, start)
        elif _has_break(text, gap_start, start):
            is_own_line = True
        code, above = code_below[index]
        after = below = None
        if code_end is not None and not is_own_line:
            above, after = None, code_end
        elif by_indentation and code_end is not None:
            depth = -1 if code is None else code - lines.start(code)
            if start - lines.start(start) > depth:
                above, below = None, code_end
        is_head = code_end is None
        comments.append(Comment(start, end, text[start:end], above, after, below, is_head=is_head))
    return comments


def _gaps(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
    """Return the text before each comment and after the last, with its start."""
    gaps, position = [], 0
    for start, end in (*spans, (len(text), len(text))):
        gaps.append((position, text[position:start]))
        position = end
    return gaps


class _CodeBelow(NamedTuple):
    """The code below a comment."""

    start: int | None
    """None where there is none."""

    adjacent_start: int | None
    """The same; None where a blank line is between the comment and the code."""


def _code_below(text: str, gaps: Sequence[tuple[int, str]]) -> list[_CodeBelow]:
    """Return the code below each comment."""
    below: list[_CodeBelow] = []
    code: int | None = None
    adjacent: int | None = None
    for start, gap in reversed(gaps[1:]):
        end = start + len(gap) - len(gap.lstrip())
        if end < start + len(gap):
            code = adjacent = end
        if sum(1 for _ in islice(_LINE_BREAK.finditer(text, start, end), 2)) > 1:
            adjacent = None
        below.append(_CodeBelow(code, adjacent))
    return below[::-1]


def _has_break(text: str, start: int, end: int) -> bool:
    return _LINE_BREAK.search(text, start, end) is not None
