"""A tree of files → what the real command line says of it, and the time and memory that it took."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import SkipTest

REPOSITORY = Path(__file__).parent.parent.parent.parent

SECONDS = 60
"""Of processor time: more than this counts as a hang.

The promise is ten seconds for a megabyte, on an idle machine; CI machines are several times slower.
"""

KILOBYTES = 500_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run said, how it ended, and what it took."""

    text: str
    status: int
    seconds: float
    kilobytes: int
    written: Mapping[str, str]
    """The reports that it wrote to files called report.FORMAT."""


# What a program takes is counted with what its parent held when it was started, so a small one starts it.
_STARTER = """
import json, os, resource, subprocess, sys
measure, seconds, *program = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
child = subprocess.Popen(program)
_, ended, used = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(ended)
with open(measure, "w") as file:
    kilobytes = used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    json.dump([child.returncode, used.ru_utime + used.ru_stime, kilobytes], file)
"""


def lay_out(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Write files into a folder that is the top of a repository."""
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def measured(
    folder: Path,
    *args: str,
    command: Sequence[str] = ("check",),
    env: Mapping[str, str] | None = None,
) -> Measured:
    """Run the command line in a folder; a run that hangs is killed, and its status is negative."""
    if os.name == "nt":
        raise SkipTest("Windows does not measure an ended process")
    ours = {"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": "1795392000"}
    with tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile() as measure:
        program = [sys.executable, "-m", "ecbackup_iac", *command, *args]
        subprocess.run(
            [sys.executable, "-c", _STARTER, measure.name, str(SECONDS), *program],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **ours, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=True,
        )
        said.seek(0)
        text = said.read().decode("utf-8", "backslashreplace")
        status, seconds, kilobytes = json.loads(Path(measure.name).read_text(encoding="ascii"))
    reports = {
        path.name: path.read_text(encoding="utf-8", errors="backslashreplace")
        for path in folder.glob("report.*")
    }
    return Measured(text, status, seconds, kilobytes, reports)
