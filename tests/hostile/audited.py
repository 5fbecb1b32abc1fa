"""Check every tree that is named, in a process in which nothing may be run, fetched or written.

    python tests/hostile/audited.py FOLDER...

Python itself reports each of these before it does it (sys.addaudithook), whatever module asks for it.
"""

import os
import socket
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from ecbackup_iac.fixers.fix_plan import plan_fixes
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.reporters import REPORTERS, reporter
from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity
from ecbackup_iac.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable

FORBIDDEN = (
    "ctypes.dlopen",
    "ftplib.",
    "http.client.",
    "os.chflags",
    "os.chmod",
    "os.chown",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.startfile",
    "os.symlink",
    "os.system",
    "os.truncate",
    "os.utime",
    "shutil.",
    "smtplib.",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "tempfile.",
    "urllib.",
    "webbrowser.",
    "winreg.",
)
"""Events, by how they begin."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ForbiddenError(BaseException):
    """Something that checking never does; nothing catches it."""


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop what is forbidden."""
    if event.startswith(FORBIDDEN):
        raise ForbiddenError(event, arguments)
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise ForbiddenError(event, arguments)


def main() -> None:
    """Check the trees, and say how many there were."""
    sys.dont_write_bytecode = True
    sys.addaudithook(watch)
    for folder in sys.argv[1:]:
        os.chdir(folder)
        report = scan(["."], Policy(), date(2026, 11, 23), EvaluationInputs(), with_excerpts=True)
        for name in REPORTERS:
            reporter(name).render(report, RenderOptions(verbosity=Verbosity.VERBOSE))
        plan_fixes(["."], Policy(), date(2026, 11, 23), EvaluationInputs(), None)
    print(f"{len(sys.argv) - 1} trees")  # noqa: T201


def try_it() -> None:
    """Do what is forbidden: the test of this script itself."""
    sys.addaudithook(watch)
    tried: dict[str, Callable[[], object]] = {
        "socket.": socket.socket,
        "os.system": lambda: os.system("true"),  # noqa: S605
        "subprocess.": lambda: subprocess.run(["true"], check=False),
        "open": lambda: open("/dev/null", "w", encoding="utf-8"),  # noqa: SIM115
        "os.remove": lambda: os.remove("/nothing-of-that-name"),
    }
    for event, attempt in tried.items():
        try:
            attempt()
        except ForbiddenError as error:
            if str(error.args[0]).startswith(event):
                continue
        sys.exit(f"{event} was not stopped")
    print("all stopped")  # noqa: T201


if __name__ == "__main__":
    try_it() if sys.argv[1:] == ["--try"] else main()
