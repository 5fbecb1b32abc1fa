"""A function that runs the program → its exit status; an error is printed as a message."""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from ecbackup_iac.cli.exit_codes import EXIT_DEFECT, EXIT_FAILS, EXIT_INTERRUPTED, EXIT_USAGE
from ecbackup_iac.cli.output import discard_standard_output, print_error
from ecbackup_iac.errors import EcbackupError, OutputError

MAX_DEPTH = 5_000
"""Python's limit of nested calls; input that nests deeper is reported and not followed.

Locals that refer to locals, modules in modules: each step takes about ten calls.
"""


def exit_code_of(run: Callable[[], object]) -> int:
    """Run a function and return the exit status; an error becomes a message on standard error."""
    try:
        status = run()
    except EcbackupError as error:
        return _usage_error(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        discard_standard_output()
        return EXIT_FAILS
    except OSError as error:
        return _disk_full(error) if error.errno == errno.ENOSPC else _defect(error)
    except Exception as error:  # noqa: BLE001 - the last resort
        return _defect(error)
    return status if isinstance(status, int) else 0


def _usage_error(error: EcbackupError) -> int:
    from ecbackup_iac.reporters.escaping import escape_control_characters

    for message in (f"ecbackup-iac: {error.message}", *error.further_messages):
        print_error(escape_control_characters(message))
    return EXIT_USAGE


def _disk_full(error: OSError) -> int:
    """Report a full disk: of standard output where its text cannot be flushed, else of the error's file."""
    file = error.filename or "a file"
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        file = "standard output"
        discard_standard_output()
    return _usage_error(OutputError(f"{file}: cannot be written: {error.strerror}"))


def _defect(error: Exception) -> int:
    """Report an error of this program; with ECBACKUP_DEBUG set, raise it."""
    if os.environ.get("ECBACKUP_DEBUG"):
        raise error
    from ecbackup_iac.reporters.escaping import escape_control_characters

    message = f"ecbackup-iac: a bug in ecbackup-iac: {type(error).__name__}: {error}"
    print_error(escape_control_characters(message))
    print_error("  please report it, with what ECBACKUP_DEBUG=1 shows")
    return EXIT_DEFECT


def exit_now(status: int) -> NoReturn:
    """End without the interpreter's teardown, which takes about a tenth of a run."""
    with suppress(OSError, ValueError):  # the reader of a pipe may be gone
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    os._exit(status)
