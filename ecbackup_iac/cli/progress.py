"""How far a run has come → one line on standard error, while a person waits for it.

click.progressbar does not fit: it shows itself at once, stays when it is done, and wants to know at its
start how much there will be.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.reporters.printable import printable

PATIENCE = 1.0
"""Seconds in which nothing is shown."""

PAUSE = 0.1
"""Seconds from one look of the line to the next."""

_BAR = 20  # columns


@contextmanager
def watched(*, quiet: bool) -> Iterator[Progress]:
    """Give what is to be told of a run: it shows something only where a person is watching."""
    if quiet or not _is_watched(sys.stderr):
        yield UNWATCHED
        return
    progress = TerminalProgress(sys.stderr)
    try:
        yield progress
    finally:
        progress.erase()


def _is_watched(stream: TextIO | None) -> bool:
    return (
        stream is not None
        and stream.isatty()
        and os.environ.get("TERM") != "dumb"
        and not os.environ.get("CI")
    )


class TerminalProgress(Progress):
    """Writes over one and the same line, in plain characters that every terminal knows."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._read = 0
        self._root: tuple[str, int, int | None] | None = None
        self._widest = 0
        self._due = time.monotonic() + PATIENCE

    def reading(self) -> None:
        """Count."""
        self._read += 1
        self._root = None
        self.going_on()

    def judging(self, root: str, number: int, total: int | None = None) -> None:
        """Show a bar with what has been judged, and the root that is next."""
        self._root = (root, number, total)
        self.going_on()

    def going_on(self) -> None:
        """Show what is being done, where that is due."""
        if time.monotonic() < self._due:
            return
        if self._root is None:
            self._show(f"reading: {self._read:,} files")
            return
        root, number, total = self._root
        self._show(f"{_bar(number, total)}judging root {number:,}{_of(total)}: {root}")

    def erase(self) -> None:
        """Leave the line as it was found."""
        if self._widest:
            self._write(f"\r{' ' * self._widest}\r")
            self._widest = 0

    def _show(self, text: str) -> None:
        # One column a character, whatever the root is called; the last column would begin a new line.
        text = printable(text).encode("ascii", "backslashreplace").decode("ascii")
        most = self._columns() - 1
        text = text[:most].ljust(min(self._widest, most))
        self._due = time.monotonic() + PAUSE
        self._widest = len(text)  # before it is written: an interrupt may come right after
        self._write(f"\r{text}")

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except OSError:
            return 80

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal is gone; the run is not
            self._due = float("inf")


def _bar(number: int, total: int | None) -> str:
    if total is None:
        return ""
    done = (number - 1) * _BAR // total
    return f"[{'#' * done}{'-' * (_BAR - done)}] "


def _of(total: int | None) -> str:
    return "" if total is None else f" of {total:,}"
