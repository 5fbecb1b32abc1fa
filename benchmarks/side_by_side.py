"""Two commands as whole processes, by turns → their times and memory, and the ratios pair by pair."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MEGABYTE = 1_000_000
LEAST_RUNS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One process: how long it took, and the most memory it held."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A command, what to call it, and the statuses it may end with."""

    name: str
    command: Sequence[str]
    statuses: Sequence[int] = (0,)


def compare(ours: Contender, theirs: Contender, runs: int, what: str) -> None:
    """Measure both, at least five times each after one that does not count, and print the table."""
    runs = max(LEAST_RUNS, runs)
    for contender in (ours, theirs):
        _measured(contender)
    pairs = [(_measured(ours), _measured(theirs)) for _ in range(runs)]
    python = sys.version.split()[0]
    print(f"{what}, {runs} runs each by turns, Python {python}; median (least to most)")
    _print_row(ours.name, [our for our, _ in pairs])
    _print_row(theirs.name, [their for _, their in pairs])
    time_ratio = _spread([our.seconds / their.seconds for our, their in pairs], "")
    memory_ratio = _spread([our.megabytes / their.megabytes for our, their in pairs], "")
    print(f"{'ratio':20}{time_ratio:30}{memory_ratio}\n")


def _measured(contender: Contender) -> Run:
    """Run a process to its end, and ask the system what it took."""
    # A user's installation has its bytecode ready, whatever this shell says.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(contender.command, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in contender.statuses:
        sys.exit(f"{contender.command} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kibibytes elsewhere
    return Run(seconds, usage.ru_maxrss * unit / MEGABYTE)


def _print_row(name: str, runs: Sequence[Run]) -> None:
    seconds = _spread([run.seconds for run in runs], " s")
    memory = _spread([run.megabytes for run in runs], " MB")
    print(f"{name:20}{seconds:30}{memory}")


def _spread(values: Sequence[float], unit: str) -> str:
    digits = 0 if min(values) >= 10 else 2  # noqa: PLR2004 - three digits are enough
    middle, least, most = (
        f"{value:.{digits}f}" for value in (median(values), min(values), max(values))
    )
    return f"{middle}{unit} ({least} to {most})"
