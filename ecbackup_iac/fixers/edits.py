"""Edits → contents of files with them, and diffs."""

import difflib
import os
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from ecbackup_iac.files.bounded_read import regular_content
from ecbackup_iac.files.paths import SKIPPED_FOLDERS, boundary_of, is_readable, shown_path
from ecbackup_iac.model.location import Location, is_downloaded
from ecbackup_iac.model.policy import PublishedModule, RootSettings
from ecbackup_iac.model.record import record

T = TypeVar("T")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

MAX_FILE_BYTES = 50_000_000
"""Bytes; no larger file is edited."""


class NotFixableError(Exception):
    """Why a cache is not fixed, for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@record
class Edit:
    """A range of a file and its new content."""

    path: str
    """Absolute, links resolved."""

    start: int
    """Offset in bytes."""

    end: int
    """Offset in bytes, exclusive; equal to the start for an insertion."""

    content: bytes
    location: Location
    """The edited range, as it is reported."""

    text: str
    """A description for people: "days = 0 becomes 7"."""


class SourceFiles:
    """The files that may be edited, each read once."""

    def __init__(
        self, roots: Sequence[RootSettings] = (), modules: Sequence[PublishedModule] = ()
    ) -> None:
        self.roots = roots
        """The policy's settings of roots."""

        self.modules = modules
        """The published modules that the policy describes."""

        self.answers: dict[Hashable, str | None] = {}
        """Results that fixers keep, by key."""

        self._contents: dict[str, bytes] = {}
        self._results: dict[tuple[str, Callable[[str], Any]], Any] = {}

    def once(self, path: str, make: Callable[[str], T]) -> T:
        """Return the result of a function for a path, called once."""
        key = (path, make)
        if key not in self._results:
            self._results[key] = make(path)
        result: T = self._results[key]
        return result

    def path(self, shown: str) -> str:
        """Return the real path of a file that a location names.

        Raises:
            NotFixableError: it is outside the repository or part of a downloaded module.

        """
        real = os.path.realpath(shown)
        if is_downloaded(real.replace(os.sep, "/")):
            what = "package" if "node_modules" in real.split(os.sep) else "module"
            raise NotFixableError(f"{shown} is part of a downloaded {what}")
        if not is_readable(real, boundary_of(shown)):
            raise NotFixableError(f"{shown} leads outside the repository")
        return real

    def content(self, path: str) -> bytes:
        """Return a file's bytes as they are on disk.

        Raises:
            NotFixableError: it cannot be read or written, or is not UTF-8 text.

        """
        if path not in self._contents:
            self._contents[path] = _content(path)
        return self._contents[path]

    def links_to(self, path: str) -> Sequence[str]:
        """Return the symbolic links inside the boundary that lead to a file."""
        return self.once(boundary_of(path), _links).get(os.path.realpath(path), ())

    @property
    def contents(self) -> Mapping[str, bytes]:
        """The contents of every file read, by path."""
        return self._contents


def _links(boundary: str) -> dict[str, list[str]]:
    """Return the symbolic links inside a boundary by their targets."""
    links: dict[str, list[str]] = {}
    for folder, folders, names in os.walk(boundary):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.islink(path):
                links.setdefault(os.path.realpath(path), []).append(path)
    return links


def _content(path: str) -> bytes:
    shown = shown_path(path)
    try:
        content = regular_content(path, MAX_FILE_BYTES)
    except OSError as error:
        raise NotFixableError(f"{shown} cannot be read: {error.strerror or error}") from error
    if isinstance(content, str):
        raise NotFixableError(f"{shown} was {content}")
    if not os.access(path, os.W_OK):
        raise NotFixableError(f"{shown} may not be written")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content:
        raise NotFixableError(f"{shown} is not written in UTF-8")
    return content


# Line breaks: Terraform knows one, YAML knows three.
LINE_FEEDS = re.compile(rb"\n")
LINE_BREAKS = re.compile(rb"\r\n|\n|\r")


def offsets(
    content: bytes, location: Location, breaks: re.Pattern[bytes] = LINE_FEEDS
) -> tuple[int, int]:
    """Return the start and end of a location in bytes. Raise NotFixableError if it has no line."""
    if location.line is None or location.end_line is None:
        raise NotFixableError(f"{location}: no place in a file")
    starts = _line_starts(content, breaks)
    first = _offset(content, starts, location.line, location.column or 1)
    last = _offset(content, starts, location.end_line, location.end_column or 1)
    return first, last


@lru_cache(maxsize=4)
def _line_starts(content: bytes, breaks: re.Pattern[bytes]) -> list[int]:
    return [0, *(match.end() for match in breaks.finditer(content))]


def _offset(content: bytes, starts: Sequence[int], line: int, column: int) -> int:
    start = starts[line - 1] if line <= len(starts) else len(content)
    if line == 1 and content.startswith(BYTE_ORDER_MARK):
        start = len(BYTE_ORDER_MARK)
    # A character is four bytes at most.
    before = content[start : start + 4 * column].decode(errors="replace")[: column - 1]
    return start + len(before.encode())


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a file's bytes with edits applied; they do not overlap."""
    parts, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [content[position : edit.start], edit.content]
        position = edit.end
    return b"".join((*parts, content[position:]))


def edited_files(edits: Iterable[Edit], contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the new contents of every file that edits change, by path."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    return {path: edited(contents[path], own) for path, own in sorted(by_path.items())}


def unified_diff(before: Mapping[str, bytes], after: Mapping[str, bytes], top: str | None) -> bytes:
    """Return a diff for `git apply`, with paths relative to the working folder or to `top`."""
    return b"".join(
        _file_diff(before[path], after[path], _diff_name(path, top), is_from_top=top is not None)
        for path in sorted(after)
    )


def _file_diff(before: bytes, after: bytes, name: bytes, *, is_from_top: bool) -> bytes:
    old, new = _quoted(b"a/" + name), _quoted(b"b/" + name)
    lines = difflib.diff_bytes(
        difflib.unified_diff, _lines(before), _lines(after), b"--- old", b"+++ new"
    )
    # With this line git takes paths as relative to the repository, else to the working folder.
    head = b"diff --git %s %s\n" % (old, new) if is_from_top else b""
    written = [head, b"--- %s%s\n" % (old, _name_end(old)), b"+++ %s%s\n" % (new, _name_end(new))]
    for line in [*lines][2:]:
        written.append(line)
        if not line.endswith(b"\n"):
            written.append(b"\n\\ No newline at end of file\n")
    return b"".join(written)


def _lines(content: bytes) -> list[bytes]:
    """Split at line feeds alone, as git does."""
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _diff_name(path: str, top: str | None) -> bytes:
    return os.fsencode(os.path.relpath(path, top or ".").replace(os.sep, "/"))


def _name_end(name: bytes) -> bytes:
    """Return the tab that ends a name with blanks in a diff."""
    return b"\t" if b" " in name and not name.startswith(b'"') else b""


_SPECIAL = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')


def _quoted(name: bytes) -> bytes:
    """Return a name quoted as git does, where it holds special characters."""
    if not _SPECIAL.search(name):
        return name
    return b'"%s"' % _SPECIAL.sub(lambda match: b"\\%03o" % match[0][0], name)
