"""Comments → their lines without the signs, and which of them are code that was commented out."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.comments import Remark

_BLANKS = " \t\r"
_SIGNS = f"{_BLANKS}*#/"
_DECLARATION = re.compile(
    r"(?:resource|module|data|ephemeral)[ \t]{1,40}\"|[\"']?Type[\"']?:[ \t]{0,40}[\"']?AWS::"
)


@record
class RemarkLine:
    """A line of a comment."""

    start: int
    """The offset of its text."""

    text: str
    """Without its signs."""

    is_twofold: bool
    """It is a comment in a comment: somebody has commented it out."""


def lines_of(remark: Remark) -> Iterator[RemarkLine]:
    """Yield the lines of a comment."""
    raw, position = remark.text, remark.start
    is_block = raw.startswith("/*") and raw.endswith("*/")
    if is_block:
        raw, position = raw[2:-2], position + 2
    for line in raw.split("\n"):
        bare = line.lstrip(_SIGNS)
        start = len(line) - len(bare)
        signs = line[:start]
        groups = signs.replace("*", " ").split() if is_block else signs.split()[1:]
        yield RemarkLine(position + start, bare.rstrip(), is_twofold=bool(groups))
        position += len(line) + 1


def commented_out(remarks: Iterable[Remark]) -> set[int]:
    """Give the starts of the lines above some code that belong to a block that is commented out.

    They are about that block and not about the code: they are its own, or stand above it.
    """
    found: set[int] = set()
    for above, group in groupby(remarks, lambda remark: remark.above):
        if above is None:
            continue
        lines = [line for remark in group for line in lines_of(remark)]
        declared = [index for index, line in enumerate(lines) if _DECLARATION.match(line.text)]
        if declared:
            closed = [index for index, line in enumerate(lines) if line.text == "}"]
            last = max(declared[-1:] + closed[-1:])
            found.update(line.start for line in lines[: last + 1])
    return found
