"""Work in parts → their results, in order; each part in a process of its own, where that pays."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import BinaryIO, Generic, TypeVar

_LENGTH = 8
"""Bytes before a result that say how many it has: what is shorter is none."""

P = TypeVar("P")
R = TypeVar("R")

MOST_PROCESSES = 4
"""More gain little: what is not shared takes as long as ever."""


def processes_for(size: int, least: int) -> int:
    """Give how many processes work of a size may have, each of them at least so much of it.

    Only Linux makes a process in a millisecond, with all that was read so far; a process with other
    threads must not be copied.
    """
    if sys.platform != "linux" or len(sys._current_frames()) > 1:  # noqa: SLF001 - no import
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), MOST_PROCESSES, size // least))


def parts_of(items: Sequence[P], count: int) -> list[Sequence[P]]:
    """Cut a list into so many parts of almost the same length, in order."""
    cuts = [len(items) * number // count for number in range(count + 1)]
    return [items[start:end] for start, end in pairwise(cuts)]


def results_of(parts: Sequence[P], work: Callable[[P], R]) -> list[R]:
    """Give what the work makes of each part: the first here, each of the others meanwhile in a process.

    What a process does not bring to its end, for whatever reason, is done here. Results are pickled.
    """
    first, *others = parts
    helpers = [_Helper(work, part) for part in others]
    try:
        return [work(first), *(helper.result() for helper in helpers)]
    finally:
        for helper in helpers:
            helper.end()


class _Helper(Generic[P, R]):
    """A process that works on one part."""

    def __init__(self, work: Callable[[P], R], part: P) -> None:
        self._work = work
        self._part = part
        self._process = 0
        self._results: BinaryIO | None = None
        with suppress(OSError):  # there may be no more processes, or files
            self._start()

    def _start(self) -> None:
        source, target = os.pipe()
        self._results = open(source, "rb")  # noqa: SIM115 - closed at its end
        try:
            self._process = os.fork()
            if not self._process:
                self._be_helpful(target)
        finally:
            os.close(target)

    def _be_helpful(self, target: int) -> None:
        """Work, write the result, and end; what goes wrong is told by whoever does it again."""
        status = 1
        try:
            import pickle

            if self._results is not None:
                self._results.close()  # else it would wait for itself where nobody else reads
            whole = pickle.dumps(self._work(self._part), pickle.HIGHEST_PROTOCOL)
            with open(target, "wb", closefd=False) as results:
                results.write(len(whole).to_bytes(_LENGTH) + whole)
            status = 0
        finally:
            os._exit(status)

    def result(self) -> R:
        """Wait for the result; work here where there is none."""
        if self._process and self._results is not None:
            length, whole = self._results.read(_LENGTH), self._results.read()
            self._wait()
            if len(length) == _LENGTH and len(whole) == int.from_bytes(length):
                import pickle

                result: R = pickle.loads(whole)  # noqa: S301 - our own process made it
                return result
        return self._work(self._part)

    def _wait(self) -> None:
        process, self._process = self._process, 0
        with suppress(ChildProcessError):  # whoever started us has it that nobody waits
            os.waitpid(process, 0)

    def end(self) -> None:
        """Let go of the process, whatever it is doing."""
        if self._process:
            import signal

            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._wait()
        if self._results is not None:
            self._results.close()
