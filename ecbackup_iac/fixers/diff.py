"""Edits → a unified diff, in linear time, because the edits determine which lines differ."""

import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from ecbackup_iac.fixers.edits import Edit, edited, edits_by_path
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.written_path import relative_path

_CONTEXT = 3
"""Unchanged lines around a change."""


@record
class _Change:
    """Lines of a file that are replaced."""

    start: int
    """The index of the first."""

    old: Sequence[bytes]
    new: Sequence[bytes]

    @property
    def end(self) -> int:
        """The index of the line after the last."""
        return self.start + len(self.old)


def unified_diff(before: Mapping[str, bytes], edits: Iterable[Edit], top: str | None) -> bytes:
    """Return a diff for `git apply`, with paths relative to the working folder or to `top`."""
    output = []
    for path, file_edits in edits_by_path(edits).items():
        name = os.fsencode(relative_path(path, top or os.curdir))
        output.append(_file_diff(before[path], file_edits, name, is_from_top=top is not None))
    return b"".join(output)


def _file_diff(before: bytes, edits: Sequence[Edit], name: bytes, *, is_from_top: bool) -> bytes:
    old, new = _quoted(b"a/" + name), _quoted(b"b/" + name)
    # With this line git takes paths as relative to the repository, else to the working folder.
    head = b"diff --git %s %s\n" % (old, new) if is_from_top else b""
    output = [head, b"--- %s%s\n" % (old, _name_end(old)), b"+++ %s%s\n" % (new, _name_end(new))]
    lines = _lines(before)
    shift, hunk = 0, list[_Change]()
    for change in _changes(lines, edits):
        if hunk and change.start - hunk[-1].end > 2 * _CONTEXT:
            output += _hunk(lines, hunk, shift)
            shift += sum(len(earlier.new) - len(earlier.old) for earlier in hunk)
            hunk = []
        hunk.append(change)
    output += _hunk(lines, hunk, shift)
    return b"".join(output)


def _changes(lines: Sequence[bytes], edits: Sequence[Edit]) -> list[_Change]:
    """Return the lines that edits change, in order; those next to each other are one change."""
    starts = [0, *accumulate(map(len, lines))]
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        first = min(bisect_right(starts, edit.start), len(lines)) - 1
        end = max(bisect_left(starts, edit.end), first + 1)
        group = [edit]
        if groups and first <= groups[-1][1]:
            first, before, others = groups.pop()
            end, group = max(before, end), [*others, edit]
        groups.append((first, end, group))
    changes = []
    for first, end, group in groups:
        old, offset = lines[first:end], starts[first]
        shifted = [
            replace(edit, start=edit.start - offset, end=edit.end - offset) for edit in group
        ]
        changes.append(_without_common_lines(first, old, _lines(edited(b"".join(old), shifted))))
    return changes


def _without_common_lines(start: int, old: Sequence[bytes], new: Sequence[bytes]) -> _Change:
    after = _common(old[::-1], new[::-1])
    old, new = old[: len(old) - after], new[: len(new) - after]
    before = _common(old, new)
    return _Change(start + before, old[before:], new[before:])


def _common(first: Sequence[bytes], second: Sequence[bytes]) -> int:
    """Return how many lines are the same at the start."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(first), len(second)))


def _hunk(lines: Sequence[bytes], changes: Sequence[_Change], shift: int) -> Iterator[bytes]:
    """Yield the lines of a hunk; `shift`: how many lines the hunks above have added."""
    if not changes:
        return
    start, end = max(changes[0].start - _CONTEXT, 0), min(changes[-1].end + _CONTEXT, len(lines))
    length = end - start + sum(len(change.new) - len(change.old) for change in changes)
    yield b"@@ -%b +%b @@\n" % (_range(start, end - start), _range(start + shift, length))
    for change in changes:
        yield from _with_sign(b" ", lines[start : change.start])
        yield from _with_sign(b"-", change.old)
        yield from _with_sign(b"+", change.new)
        start = change.end
    yield from _with_sign(b" ", lines[start:end])


def _range(start: int, length: int) -> bytes:
    """Return a range of lines as a hunk's header has it: from 1, and from 0 where it is empty."""
    first = start + 1 if length else start
    return b"%d" % first if length == 1 else b"%d,%d" % (first, length)


def _with_sign(sign: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield sign + line
        if not line.endswith(b"\n"):
            yield b"\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[bytes]:
    """Return the lines of a text, split only at line feeds, as git does."""
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _name_end(name: bytes) -> bytes:
    """Return the tab that ends a name with blanks in a diff."""
    return b"\t" if b" " in name and not name.startswith(b'"') else b""


_SPECIAL = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')


def _quoted(name: bytes) -> bytes:
    """Return a name quoted as git does, where it has special characters."""
    if not _SPECIAL.search(name):
        return name
    return b'"%s"' % _SPECIAL.sub(lambda match: b"\\%03o" % match[0][0], name)
