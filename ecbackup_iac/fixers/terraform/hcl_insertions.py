"""A block of HCL → a new argument where `terraform fmt` would put it.

terraform fmt aligns the equals signs of arguments on lines that follow each other, each a line long
(hashicorp/hcl, hclwrite/format.go). A new argument joins such a group where it is wide enough, else
it forms a group of its own: no existing line is moved.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.comments import comments
from ecbackup_iac.hcl.parser import parse_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.modules.schema import CONFIGURATION

_RELATED = ("snapshot_", "maintenance_window", "backup_")
_META = frozenset(("count", "for_each", "provider", "providers", "depends_on", "source", "version"))

_EQUALS = re.compile(rb"[\w-]+([ \t]*)=")
_BLANKS = re.compile(rb"[ \t]*")
_HEREDOC = re.compile(rb"[\w-]+[ \t]*=[ \t]*<<")


@record
class _Line:
    """An argument that begins a line of its own."""

    argument: Attribute
    start: int
    """Of the line."""

    end: int
    """Of the line its value ends on, with its line break."""

    indent: bytes
    is_plain: bool
    """It is one line long."""

    is_aligned: bool
    """terraform fmt aligns it with its neighbours."""

    @property
    def width(self) -> int:
        """Characters before the equals sign's blanks."""
        return len(self.argument.name)


@record
class Section:
    """A block at the top of a file, by offsets."""

    start: int
    inside: int
    """After the opening brace."""

    end: int
    items: Sequence[Attribute | Block]


def section_at(content: bytes, offset: int) -> Section | None:
    """Return the block at the top of a file that begins at an offset."""
    return _sections(content).get(offset)


@lru_cache(maxsize=4)
def _sections(content: bytes) -> dict[int, Section]:
    return {
        block.range.start: Section(block.range.start, body.start, block.range.end, body.items)
        for block in _parsed(content).items
        if isinstance(block, Block) and isinstance(body := block.body, NativeBody)
    }


def _parsed(content: bytes) -> NativeBody:
    return parse_file(SourceFile("", content), CONFIGURATION, lambda _message, _place: None)


def inserted_argument(
    content: bytes, section: Section, name: str, value: str
) -> tuple[int, int, bytes]:
    """Return the range of a file that is replaced, and its new content."""
    written = b"%s = %s" % (name.encode(), value.encode())
    if b"\n" not in content[section.inside : section.end]:
        return _in_one_line(content, section, written)
    lines = [*_lines(content, section)]
    group = _best(_groups(content, lines), len(name))
    end = _line_end(content, section)
    if group:
        last = [line for line in group if line.is_plain][-1:] or group[:1]
        at = last[0].end if last[0].is_plain else last[0].start
        width = max(line.width for line in group)
        aligned = b"%s = %s" % (name.encode().ljust(width), value.encode())
        return at, at, group[0].indent + aligned + end
    indent = _indentation(content, section, lines)
    return _in_group_of_its_own(content, section, lines, indent + written + end, end)


def comment_kept_in_place(content: bytes, start: int, end: int, new: bytes) -> tuple[int, bytes]:
    """Return the end of a replaced range and its new content, with the comment after it aligned.

    terraform fmt aligns the comments of adjacent lines too: where there are some, the blanks before
    this line's comment make up for the change in length.
    """
    line_end = content.find(b"\n", end) % (len(content) + 1)
    places = _trailing_comments(content)
    first = _first(places, end, line_end)
    if first is None or len(new) == end - start:
        return end, new
    line = content.rfind(b"\n", 0, start) + 1
    above = content.rfind(b"\n", 0, max(line - 1, 0)) + 1
    below = content.find(b"\n", line_end + 1) % (len(content) + 1)
    neighbours = (_first(places, above, line), _first(places, line_end + 1, below))
    if neighbours == (None, None):
        return end, new
    before = content[end:first]
    blanks = len(before) - len(before.rstrip(b" ")) - len(new) + end - start
    return first, new + before.rstrip(b" ") + b" " * max(1, blanks)


def _first(places: Sequence[int], start: int, end: int) -> int | None:
    """Return the first of some sorted offsets that lies in a range."""
    at = bisect_left(places, start)
    return places[at] if at < len(places) and places[at] < end else None


@lru_cache(maxsize=4)
def _trailing_comments(content: bytes) -> list[int]:
    """Return the offsets of comments that follow something else on a line."""
    starts = (place.start for _, place in comments(_parsed(content)))
    return [at for at in starts if content[content.rfind(b"\n", 0, at) + 1 : at].strip()]


def _in_group_of_its_own(
    content: bytes, section: Section, lines: Sequence[_Line], written: bytes, end: bytes
) -> tuple[int, int, bytes]:
    """Insert after the arguments before the nested blocks, else at the block's beginning."""
    blocks = [item.range.start for item in section.items if isinstance(item, Block)]
    above = [line for line in lines if not blocks or line.start < blocks[0]] or lines
    if above:
        at = above[-1].end
        after = b"" if _is_blank_at(content, at) else end
        return at, at, end + written + after
    at = content.find(b"\n", section.inside) + 1
    is_last = _is_blank_at(content, at) or not section.items
    return at, at, written + (b"" if is_last else end)


def _is_blank_at(content: bytes, at: int) -> bool:
    """Whether a line is blank or closes the block."""
    line = content[at : content.find(b"\n", at) % (len(content) + 1)].strip()
    return not line or line.startswith(b"}")


def _in_one_line(content: bytes, section: Section, written: bytes) -> tuple[int, int, bytes]:
    """Insert into a block on one line, which is split into lines."""
    inner = content[section.inside : section.end - 1].strip()
    outer = _outer_indentation(content, section)
    end = _line_end(content, section)
    indent = outer + b"  "
    parts = [inner, b"", written] if inner else [written]
    body = end.join(indent + part if part else b"" for part in parts)
    return section.inside, section.end - 1, end + body + end + outer


def _lines(content: bytes, section: Section) -> Iterator[_Line]:
    for item in section.items:
        if not isinstance(item, Attribute):
            continue
        first, last = item.range.start, item.range.end
        start = content.rfind(b"\n", 0, first) + 1
        indent = content[start:first]
        if indent.strip():
            continue  # after the opening brace
        text = content[first:last]
        end = content.find(b"\n", last)
        is_heredoc = _HEREDOC.match(content, first) is not None
        is_plain = b"\n" not in text
        ends = end + 1 if end >= 0 else len(content)
        is_aligned = (is_plain or is_heredoc) and b"/*" not in content[first:end]
        yield _Line(item, start, ends, indent, is_plain, is_aligned)


def _groups(content: bytes, lines: Iterable[_Line]) -> list[list[_Line]]:
    """Return the arguments in groups whose equals signs are aligned."""
    groups: list[list[_Line]] = []
    position = -1
    for line in lines:
        if line.is_aligned:
            if line.start == position and groups:
                groups[-1].append(line)
            else:
                groups.append([line])
        position = line.end if line.is_plain and line.is_aligned else -1
    return [group for group in groups if _is_tidy(content, group)]


def _is_tidy(content: bytes, group: Sequence[_Line]) -> bool:
    """Whether the equals signs of a group are aligned as terraform fmt does."""
    width = max(line.width for line in group)
    for line in group:
        found = _EQUALS.match(content, line.argument.range.start)
        if found is None or line.width + len(found[1]) != width + 1:
            return False
    return True


def _best(groups: Sequence[Sequence[_Line]], width: int) -> Sequence[_Line]:
    """Return the group that an argument of this width joins; empty where none is wide enough."""
    fitting = [group for group in groups if max(line.width for line in group) >= width]
    related = [
        group for group in fitting if any(line.argument.name.startswith(_RELATED) for line in group)
    ]
    own = [group for group in fitting if not all(line.argument.name in _META for line in group)]
    for candidates in (related, own):
        if candidates:
            return candidates[-1]
    return ()


def _indentation(content: bytes, section: Section, lines: Sequence[_Line]) -> bytes:
    if lines:
        return lines[-1].indent
    for item in section.items:
        first = item.range.start
        start = content.rfind(b"\n", 0, first) + 1
        if not content[start:first].strip():
            return content[start:first]
    return _outer_indentation(content, section) + b"  "


def _outer_indentation(content: bytes, section: Section) -> bytes:
    start = content.rfind(b"\n", 0, section.start) + 1
    found = _BLANKS.match(content, start)
    return found[0] if found else b""


def _line_end(content: bytes, section: Section) -> bytes:
    """Return the line break of the block's own lines, else of the file's first line."""
    for start in (section.start, 0):
        at = content.find(b"\n", start)
        if at >= 0:
            return b"\r\n" if content[at - 1 : at] == b"\r" else b"\n"
    return b"\n"
