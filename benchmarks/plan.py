"""`ecbackup-iac check` and `json.load` on one large plan → their times and memory, side by side.

    python benchmarks/plan.py [PLAN.json] [--runs 7]

Each run is a whole process, the two by turns. Without PLAN.json a plan of 100 MB is made for it; with
one, the verdicts are not compared, because only the maker knows what they should be.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from make_plan import MEGABYTE, write_plan
from side_by_side import Contender, compare, program

FAILS = 1


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description="Compare ecbackup-iac check with json.load.")
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=7)
    words = parser.parse_args()
    runs = words.runs
    if words.path:
        _compare(words.path, runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.json")
        expected = write_plan(path)
        check_verdicts(path, expected)
        _compare(path, runs)


def check_verdicts(path: Path, expected: Counter[str]) -> None:
    """Compare the counts of the report with those of the generated plan."""
    command = [*_check(path), "--format", "json"]
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    found = {name: count for name, count in report["summary"].items() if count}
    if found != +expected:
        sys.exit(f"the verdicts are wrong: {found}, and {dict(+expected)} were made")
    shown = ", ".join(f"{count} {name}" for name, count in found.items())
    print(f"verdicts as made: {shown}")


def _compare(path: Path, runs: int) -> None:
    load = [sys.executable, "-c", f"import json; json.load(open({str(path)!r}))"]
    size = path.stat().st_size / MEGABYTE
    compare(
        Contender("ecbackup-iac check", _check(path), (0, FAILS)),
        Contender("json.load", load),
        runs,
        f"a plan of {size:.1f} MB",
    )


def _check(path: Path) -> list[str]:
    return [*program(), "check", str(path)]


if __name__ == "__main__":
    main()
