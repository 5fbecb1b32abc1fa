"""Two commands, run alternately → their times and memory, and the ratio of each pair."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MEGABYTE = 1_000_000
MIN_RUNS = 5

# A process is started by one that is smaller than any Python: what the system tells of a process's
# memory begins with what the one that started it held.
_STARTER = """\
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
silent = [(os.POSIX_SPAWN_DUP2, null, 1)]
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - start
cpu_seconds = usage.ru_utime + usage.ru_stime
print(seconds, cpu_seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: how long it took, its processor time and its peak memory."""

    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A command, what to call it, and the statuses it may end with."""

    name: str
    command: Sequence[str]
    statuses: Sequence[int] = (0,)
    folder: Path | None = None
    """Where it runs; None is here."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure, taken several times."""

    values: Sequence[float]

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    def shown(self, unit: str = "") -> str:
        """Return the median with the minimum and the maximum."""
        digits = 0 if min(self.values) >= 10 else 2  # noqa: PLR2004 - three digits are enough
        middle, least, most = (
            f"{value:.{digits}f}" for value in (self.middle, min(self.values), max(self.values))
        )
        return f"{middle}{unit} ({least} to {most})"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two commands, measured by turns."""

    ours: Sequence[Run]
    theirs: Sequence[Run]

    @property
    def time_ratio(self) -> Spread:
        """How many times as long ours takes."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return Spread([our.seconds / their.seconds for our, their in pairs])

    @property
    def cpu_ratio(self) -> Spread:
        """How many times as much processor time ours takes: steadier where others use the machine."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return Spread([our.cpu_seconds / their.cpu_seconds for our, their in pairs])

    @property
    def memory_ratio(self) -> Spread:
        """How many times as much memory ours takes."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return Spread([our.megabytes / their.megabytes for our, their in pairs])

    @property
    def more_memory(self) -> Spread:
        """How many megabytes more ours takes."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return Spread([our.megabytes - their.megabytes for our, their in pairs])


def program() -> list[str]:
    """Return the installed command of the environment of this Python."""
    installed = Path(sys.executable).with_name("ecbackup-iac")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "ecbackup_iac"]


def alternated(contenders: Sequence[Contender], runs: int) -> list[list[Run]]:
    """Measure each, at least five times by turns after once that does not count."""
    for contender in contenders:
        measured(contender)
    rounds = [[measured(contender) for contender in contenders] for _ in range(max(MIN_RUNS, runs))]
    return [list(column) for column in zip(*rounds, strict=True)]


def measure(ours: Contender, theirs: Contender, runs: int) -> Pairs:
    """Measure two by turns."""
    return Pairs(*alternated([ours, theirs], runs))


def compare(ours: Contender, theirs: Contender, runs: int, what: str) -> Pairs:
    """Measure two by turns, and print the table."""
    pairs = measure(ours, theirs, runs)
    python = sys.version.split()[0]
    print(f"{what}, {len(pairs.ours)} runs each by turns, Python {python}; median (least to most)")
    _print_row(ours.name, pairs.ours)
    _print_row(theirs.name, pairs.theirs)
    print(f"{'ratio':20}{pairs.time_ratio.shown():30}{pairs.memory_ratio.shown()}\n")
    return pairs


def measured(contender: Contender) -> Run:
    """Run a process to its end, and ask the system what it took."""
    # A user's installation has its bytecode ready, whatever this shell says.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    starter = [sys.executable, "-I", "-S", "-c", _STARTER, *contender.command]
    reported = subprocess.run(
        starter, env=environment, cwd=contender.folder, stdout=subprocess.PIPE, check=True
    ).stdout
    seconds, cpu_seconds, memory, status = reported.split()
    if int(status) not in contender.statuses:
        sys.exit(f"{contender.command} ended with {int(status)}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kibibytes elsewhere
    return Run(float(seconds), float(cpu_seconds), int(memory) * unit / MEGABYTE)


def peak_memory(contender: Contender) -> float:
    """Run a process, and return the most megabytes that it and those it started held together.

    What several of them share counts once (Linux, proportional set size).
    """
    most = 0
    child = subprocess.Popen(
        contender.command, cwd=contender.folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    while child.poll() is None:
        most = max(most, sum(map(_kibibytes, _with_descendants(child.pid))))
        time.sleep(0.002)
    if child.returncode not in contender.statuses:
        sys.exit(f"{contender.command} ended with {child.returncode}")
    return most * 1024 / MEGABYTE


def _with_descendants(process: int) -> list[int]:
    found = [process]
    with suppress(OSError):  # it has ended
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text().split():
                found += _with_descendants(int(child))
    return found


def _kibibytes(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _print_row(name: str, runs: Sequence[Run]) -> None:
    seconds = Spread([run.seconds for run in runs]).shown(" s")
    memory = Spread([run.megabytes for run in runs]).shown(" MB")
    print(f"{name:20}{seconds:30}{memory}")
