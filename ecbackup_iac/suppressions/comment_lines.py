"""Comments → their lines without comment signs, and those lines that are code commented out."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.comments import COMMENT_SIGNS, Comment

_LINE_START = f" \t\r{COMMENT_SIGNS}"
_DECLARATION = re.compile(
    r"(?:resource|module|data|ephemeral)[ \t]{1,40}\"|[\"']?Type[\"']?:[ \t]{0,40}[\"']?AWS::"
)


@record
class CommentLine:
    """A line of a comment."""

    start: int
    """The offset of its text."""

    text: str
    """Without its signs."""

    is_nested: bool
    """It is a comment in a comment: it is commented out."""


def lines_of(comment: Comment) -> Iterator[CommentLine]:
    """Yield the lines of a comment."""
    raw, position = comment.text, comment.start
    is_block = raw.startswith("/*") and raw.endswith("*/")
    if is_block:
        raw, position = raw[2:-2], position + 2
    for line in raw.split("\n"):
        bare = line.lstrip(_LINE_START)
        start = len(line) - len(bare)
        signs = line[:start]
        groups = signs.replace("*", " ").split() if is_block else signs.split()[1:]
        yield CommentLine(position + start, bare.rstrip(), is_nested=bool(groups))
        position += len(line) + 1


def commented_out(comments: Iterable[Comment]) -> set[int]:
    """Return the starts of the lines above some code that belong to a block that is commented out.

    Such a line, in that block or above it, is about that block and not about the code below.
    """
    starts: set[int] = set()
    for above, group in groupby(comments, lambda comment: comment.above):
        if above is None:
            continue
        lines = [line for comment in group for line in lines_of(comment)]
        declared = [index for index, line in enumerate(lines) if _DECLARATION.match(line.text)]
        if declared:
            closed = [index for index, line in enumerate(lines) if line.text == "}"]
            last = max(declared[-1:] + closed[-1:])
            starts.update(line.start for line in lines[: last + 1])
    return starts
