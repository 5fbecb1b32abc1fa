"""The process: what it is allowed, how trouble becomes one sentence and a status, and how it ends."""

import errno
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from ecbackup_iac.cli.output import forget_standard_output, tell
from ecbackup_iac.errors import EcbackupError

DEEPEST = 5_000
"""Calls within calls; what nests deeper is told and not followed."""

OBJECTS_BETWEEN_COLLECTIONS = 200_000

EXIT_FAILS = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_DEFECT = 70
EXIT_INTERRUPTED = 130


def prepare() -> None:
    """Set what the interpreter allows a run."""
    # Locals that lead to locals, modules in modules: each step takes some ten calls.
    sys.setrecursionlimit(DEEPEST)
    # A run makes many objects and no garbage: looking for it costs a third of the time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


def status_of(run: Callable[[], object]) -> int:
    """Run it and give its status; trouble becomes one sentence on standard error, and a status."""
    try:
        status = run()
    except EcbackupError as error:
        from ecbackup_iac.reporters.printable import printable

        for line in (f"ecbackup-iac: {error.message}", *error.more):
            tell(printable(line))
        for line in error.hint.splitlines():
            tell(f"  {printable(line)}")
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        forget_standard_output()
        return EXIT_FAILS
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _defect(error)
        forget_standard_output()
        tell(f"ecbackup-iac: standard output: cannot be written: {error.strerror}")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001 - the last resort
        return _defect(error)
    return status if isinstance(status, int) else 0


def _defect(error: Exception) -> int:
    """Tell what no run should come to. Raises it where somebody looks for it."""
    if os.environ.get("ECBACKUP_DEBUG"):
        raise error
    tell(f"ecbackup-iac: a defect of this program: {type(error).__name__}: {error}")
    tell("  please report it, with what ECBACKUP_DEBUG=1 shows")
    return EXIT_DEFECT


def leave(status: int) -> NoReturn:
    """End at once: to take everything apart first takes a tenth of a run, and serves nobody."""
    with suppress(OSError, ValueError):  # whoever listened is gone
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    os._exit(status)
