"""The progress of a run → one line on a terminal's standard error.

click.progressbar does not fit: it appears at once, remains at the end, and must know the total at the
start.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ecbackup_iac.model.progress import NO_PROGRESS, Progress
from ecbackup_iac.reporters.escaping import escape_control_characters

DELAY_SECONDS = 1.0
"""How long nothing is shown: most runs end before."""

INTERVAL_SECONDS = 0.1
"""The time between two updates of the line."""


@contextmanager
def show_progress(*, is_quiet: bool = False) -> Iterator[Progress]:
    """Yield a progress that is shown only on a terminal, and erased at the end."""
    is_plain = os.environ.get("TERM") == "dumb" or os.environ.get("CI")
    if is_quiet or is_plain or sys.stderr is None or not sys.stderr.isatty():
        yield NO_PROGRESS
        return
    progress = TerminalProgress(sys.stderr)
    try:
        yield progress
    finally:
        progress.erase()


class TerminalProgress(Progress):
    """Overwrites one line, with only ASCII and carriage returns, which every terminal understands."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._read = 0
        self._root: tuple[str, int, int | None] | None = None
        self._widest = 0
        self._due = time.monotonic() + DELAY_SECONDS

    def reading(self) -> None:
        """Count one more file that is being read."""
        self._read += 1
        self._root = None
        self.update()

    def evaluating(self, root: str, number: int, total: int | None = None) -> None:
        """Show the root that is next."""
        self._root = (root, number, total)
        self.update()

    def update(self) -> None:
        """Update the line if it is due."""
        if time.monotonic() < self._due:
            return
        if self._root is None:
            self._show(f"reading: {self._read:,} files")
            return
        root, number, total = self._root
        of_total = "" if total is None else f" of {total:,}"
        self._show(f"evaluating root {number:,}{of_total}: {root}")

    def erase(self) -> None:
        """Clear the line."""
        if self._widest:
            self._write(f"\r{' ' * self._widest}\r")
            self._widest = 0

    def _show(self, text: str) -> None:
        # ASCII, so that every character takes one column; a full line would wrap.
        text = escape_control_characters(text).encode("ascii", "backslashreplace").decode("ascii")
        width = self._columns() - 1
        text = text[:width].ljust(min(self._widest, width))
        self._due = time.monotonic() + INTERVAL_SECONDS
        self._widest = len(text)  # before the text is written: an interrupt may follow at once
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
        except OSError:  # the terminal is gone, but the run continues
            self._due = float("inf")
