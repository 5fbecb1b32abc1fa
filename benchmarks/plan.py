"""`ecbackup-iac check` and `json.load` on one large plan → their times and memory, side by side.

    python benchmarks/plan.py [PLAN.json] [--runs 7]

Each run is a whole process, the two by turns. Without PLAN.json a plan of 100 MB is made for it; with
one, the verdicts are not compared, because only the maker knows what they should be.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from make_plan import MEGABYTE, write_plan

FAILS = 1
LEAST_RUNS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One process: how long it took, and the most memory it held."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description="Compare ecbackup-iac check with json.load.")
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=7)
    words = parser.parse_args()
    runs = max(LEAST_RUNS, words.runs)
    if words.path:
        _compare(words.path, runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.json")
        expected = write_plan(path)
        _check_verdicts(path, expected)
        _compare(path, runs)


def _check_verdicts(path: Path, expected: Counter[str]) -> None:
    """Hold the report's counts against what the plan was made to hold."""
    command = [*_check(path), "--format", "json"]
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    found = {name: count for name, count in report["summary"].items() if count}
    if found != dict(expected):
        sys.exit(f"the verdicts are wrong: {found}, and {dict(expected)} were made")
    shown = ", ".join(f"{count} {name}" for name, count in found.items())
    print(f"verdicts as made: {shown}")


def _compare(path: Path, runs: int) -> None:
    load = [sys.executable, "-c", f"import json; json.load(open({str(path)!r}))"]
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(_measured(_check(path), (0, FAILS)))
        theirs.append(_measured(load, (0,)))
    size = path.stat().st_size / MEGABYTE
    python = sys.version.split()[0]
    print(f"{size:.1f} MB, {runs} runs each by turns, Python {python}; median (least to most)")
    _print_row("ecbackup-iac check", ours)
    _print_row("json.load", theirs)
    pairs = list(zip(ours, theirs, strict=True))
    time_ratio = _spread([our.seconds / their.seconds for our, their in pairs], "")
    memory_ratio = _spread([our.megabytes / their.megabytes for our, their in pairs], "")
    print(f"{'ratio':20}{time_ratio:30}{memory_ratio}")


def _check(path: Path) -> list[str]:
    return [sys.executable, "-m", "ecbackup_iac", "check", str(path)]


def _measured(command: Sequence[str], statuses: Sequence[int]) -> Run:
    """Run a process to its end, and ask the system what it took."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        sys.exit(f"{command} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kibibytes elsewhere
    return Run(seconds, usage.ru_maxrss * unit / MEGABYTE)


def _print_row(name: str, runs: Sequence[Run]) -> None:
    seconds = _spread([run.seconds for run in runs], " s")
    memory = _spread([run.megabytes for run in runs], " MB")
    print(f"{name:20}{seconds:30}{memory}")


def _spread(values: Sequence[float], unit: str) -> str:
    digits = 0 if min(values) >= 10 else 2  # noqa: PLR2004 - three digits are enough
    middle, least, most = (f"{value:.{digits}f}" for value in (median(values), *_ends(values)))
    return f"{middle}{unit} ({least} to {most})"


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


if __name__ == "__main__":
    main()
