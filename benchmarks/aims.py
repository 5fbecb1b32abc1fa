"""Commands whose speed matters → one table of ratios beside the aims, all measured in one run.

    python benchmarks/aims.py [--runs 5] [--only start,estate,growth,plan,units,reports] [--stacks 2000]

Each number is a ratio of the times of two processes, which run alternately with a warm file cache: the
median, the minimum and the maximum. Beside it is the ratio of processor times, which is steadier on a busy
machine; the aims are for the time that a user waits. The first row shows the noise: one command against
itself. The verdicts are checked in the same run; if one is wrong, nothing is measured.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from estate import MEGABYTE, STACKS, verdicts_file, write_estate, wrong_verdicts
from estate_modules import module_files
from estate_stacks import PASS, Cache
from make_plan import write_plan
from make_units import write_roots, write_units
from plan import check_verdicts
from side_by_side import MIN_RUNS, Contender, Pairs, Spread, alternated, peak_memory, program

from ecbackup_iac.reporters import REPORTERS

HERE = Path(__file__).parent
CHECKOV = HERE.parent / ".venv-checkov" / "bin" / "checkov"
FAILS = 1
MIN_SPEEDUP = 30
MAX_GROWTH = 1.15
GROUP = "aws_elasticache_replication_group"
UNITS = 300
FINDINGS = 1000
FORMATS = [*REPORTERS]
STEP = 4
"""How many times as large the next estate is."""

BARE = Contender("`python -c pass`", [sys.executable, "-c", "pass"])

_SOUGHT = "aws_elasticache_|AWS::ElastiCache"
_WALK = """\
import os
for folder, _, names in os.walk("."):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            file.read()
"""

_SMALL = """\
terraform {
  required_version = ">= 1.5"
}

module "uploads" {
  source = "./modules/bucket"
  name   = "shop-uploads"
}

module "cache" {
  source      = "./modules/redis"
  name        = "shop"
  backup_days = var.environment == "prod" ? 14 : 7
}

variable "environment" {
  description = "Where this is deployed"
  type        = string
  default     = "prod"
}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    work: str
    against: str
    found: str
    cpu_seconds: str = ""
    """The same of the processor's time."""

    aim: str = ""
    holds: bool | None = None
    """None where nothing is aimed at, or nothing could be measured."""


def _times(work: str, against: str, pairs: Pairs, most: float) -> Row:
    return _at_most(work, against, pairs.time_ratio, most, pairs.cpu_ratio)


def _ratio(work: str, against: str, pairs: Pairs) -> Row:
    """Return a row without an aim."""
    return Row(work, against, pairs.time_ratio.shown(), pairs.cpu_ratio.shown())


def _at_most(  # noqa: PLR0913, PLR0917 - a row has these columns
    work: str,
    against: str,
    spread: Spread,
    most: float,
    cpu_seconds: Spread | None = None,
    unit: str = "",
) -> Row:
    aim = f"at most {most:g}{unit}"
    shown = cpu_seconds.shown() if cpu_seconds else ""
    return Row(work, against, spread.shown(unit), shown, aim, spread.middle <= most)


def _checking(folder: Path, name: str = "ecbackup-iac check") -> Contender:
    return Contender(name, [*program(), "check"], (0, FAILS), folder)


def _at_start(runs: int) -> Iterator[Row]:
    """Measure what costs next to nothing: the version, and one small root."""
    with tempfile.TemporaryDirectory() as top:
        small = Path(top, "small")
        _write_small(small)
        _expect_right_verdicts(small)
        version = Contender("--version", [*program(), "--version"])
        contenders = [BARE, BARE, version, _checking(small)]
        one, other, reported, judged = alternated(contenders, 3 * runs)
        noise = Pairs(one, other)
        shown = noise.time_ratio.shown(), noise.cpu_ratio.shown()
        yield Row("noise: `python -c pass`", "itself", *shown)
        name = "`ecbackup-iac --version`"
        yield _times(name, BARE.name, Pairs(reported, one), 3.5)
        name = "one root, two modules, one cache"
        yield _times(name, BARE.name, Pairs(judged, one), 8)
        yield _against_checkov(small, runs)


def _against_checkov(small: Path, runs: int) -> Row:
    work, against = "the same", "`checkov -c CKV_AWS_134`"
    if not CHECKOV.exists():
        return Row(work, against, "not measured: make test builds .venv-checkov")
    # Without --skip-download it asks its maker's server for texts, and would be slower yet.
    command = [
        str(CHECKOV),
        "-c",
        "CKV_AWS_134",
        "--quiet",
        "--compact",
        "--skip-download",
        "-d",
        ".",
    ]
    checkov = Contender(against, command, (0, FAILS), small)
    ours, theirs = alternated([_checking(small), checkov], runs)
    pairs = Pairs(theirs, ours)
    shown = f"{pairs.time_ratio.shown()} faster", pairs.cpu_ratio.shown()
    aim = f"at least {MIN_SPEEDUP} faster"
    return Row(work, against, *shown, aim, pairs.time_ratio.middle >= MIN_SPEEDUP)


def _write_small(folder: Path) -> None:
    for path, text in [("main.tf", _SMALL), *module_files()]:
        if not path.startswith("modules/") or path.split("/")[1] in ("bucket", "redis"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    address = "module.cache.aws_elasticache_replication_group.this"
    cache = Cache(".", "modules/redis/main.tf", address, PASS, 14)
    verdicts_file(folder).write_text(json.dumps([asdict(cache)]), encoding="utf-8")


def _on_the_estate(runs: int, stacks: int) -> Iterator[Row]:
    """Measure an estate beside those that only read it."""
    with tempfile.TemporaryDirectory() as top:
        estate = Path(top, "estate")
        said = _make(estate, stacks)
        grep = Contender("`grep -rlE`", ["grep", "-rlE", _SOUGHT, "."], (0,), estate)
        name = "a Python walk that reads every file"
        walk = Contender(name, [sys.executable, "-c", _WALK], (0,), estate)
        stack = json.loads(verdicts_file(estate).read_text(encoding="utf-8"))[0]["root"]
        one = Contender("one stack", [*program(), "check", stack], (0, FAILS), estate)
        contenders = [_checking(estate), grep, walk, one, BARE]
        ours, found, read, alone, python = alternated(contenders, runs)
        yield _times(said, grep.name, Pairs(ours, found), 10)
        yield _times("the same", walk.name, Pairs(ours, read), 2)
        yield _ratio("one of these stacks, by its path", BARE.name, Pairs(alone, python))
        if sys.platform == "linux":
            idle = Contender("bare Python", [sys.executable, "-c", "import time; time.sleep(0.1)"])
            bare = peak_memory(idle)
            more = [peak_memory(_checking(estate)) - bare for _ in range(max(MIN_RUNS, runs))]
            name = "peak memory on it, all processes together"
            yield _at_most(name, "bare Python's", Spread(more), 60, unit=" MB more")


def _as_it_grows(runs: int, stacks: int) -> Iterator[Row]:
    """Measure estates of three sizes: the time for a stack, start-up taken off, has to stay."""
    sizes = (stacks // STEP, stacks, stacks * STEP)
    with tempfile.TemporaryDirectory() as top:
        folders = [Path(top, f"estate{size}") for size in sizes]
        for folder, size in zip(folders, sizes, strict=True):
            _make(folder, size)
        small = Path(top, "small")
        _write_small(small)
        small_runs, *others = alternated([_checking(folder) for folder in (small, *folders)], runs)
        for number, size in enumerate(sizes[1:], 1):
            larger, smaller = others[number], others[number - 1]
            growth = [
                Spread([_growth(*taken) / STEP for taken in zip(*times, strict=True)])
                for times in (
                    [[run.seconds for run in column] for column in (larger, smaller, small_runs)],
                    [
                        [run.cpu_seconds for run in column]
                        for column in (larger, smaller, small_runs)
                    ],
                )
            ]
            work, against = f"a stack among {size:,}", f"among {sizes[number - 1]:,}"
            yield _at_most(work, against, growth[0], MAX_GROWTH, growth[1])


def _growth(larger: float, smaller: float, small: float) -> float:
    """Return how many times as long the larger takes, without the start-up time of both."""
    return (larger - small) / (smaller - small)


def _on_a_plan(runs: int) -> Iterator[Row]:
    """Measure a plan of 100 MB beside `json.load`."""
    with tempfile.TemporaryDirectory() as top:
        path = Path(top, "plan.json")
        check_verdicts(path, write_plan(path))
        checking = Contender("check", [*program(), "check", str(path)], (0, FAILS))
        load = f"import json; json.load(open({str(path)!r}))"
        ours, theirs = alternated([checking, Contender("load", [sys.executable, "-c", load])], runs)
        pairs = Pairs(ours, theirs)
        work, against = f"a plan of {path.stat().st_size / MEGABYTE:.0f} MB", "`json.load` of it"
        yield _times(work, against, pairs, 1)
        yield _at_most("its peak memory", "`json.load`'s", pairs.memory_ratio, 1)


def _on_units(runs: int) -> Iterator[Row]:
    """Measure Terragrunt units beside the same roots in plain Terraform."""
    with tempfile.TemporaryDirectory() as top:
        units, roots = Path(top, "units"), Path(top, "roots")
        write_units(units, UNITS)
        write_roots(roots, UNITS)
        for folder in (units, roots):
            _expect_passes(folder, UNITS)
        ours, theirs = alternated([_checking(units), _checking(roots)], runs)
        yield _ratio(f"{UNITS} Terragrunt units", "the same as plain roots", Pairs(ours, theirs))


def _in_each_format(runs: int) -> Iterator[Row]:
    """Measure a report of many findings in each format beside the one that prints the least."""
    with tempfile.TemporaryDirectory() as top:
        caches = (f'resource "{GROUP}" "c{number}" {{}}\n' for number in range(FINDINGS))
        Path(top, "main.tf").write_text("".join(caches), encoding="utf-8")
        contenders = [
            Contender(form, [*program(), "check", "--format", form, top], (FAILS,))
            for form in FORMATS
        ]
        *others, least = alternated([*contenders, contenders[FORMATS.index("csv")]], runs)
        for form, taken in zip(FORMATS, others, strict=True):
            yield _ratio(f"{FINDINGS:,} findings as {form}", "as csv", Pairs(taken, least))


def _expect_passes(folder: Path, count: int) -> None:
    """Exit with an error if not every cache of a tree passes."""
    command = [*program(), "check", "."]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if f"{count} caches: {count} passed" not in said.stdout:
        sys.exit(f"the verdicts are wrong, so nothing is measured:\n{said.stdout[-1000:]}")


def _make(folder: Path, stacks: int) -> str:
    """Write an estate, exit if a verdict is wrong, and return a description of it."""
    written = write_estate(folder, stacks)
    verdicts = json.dumps([asdict(cache) for cache in written.caches])
    verdicts_file(folder).write_text(verdicts, encoding="utf-8")
    _expect_right_verdicts(folder)
    size = written.size / MEGABYTE
    caches = len(written.caches)
    return f"{stacks:,} stacks: {written.files:,} files, {size:.0f} MB, {caches:,} caches"


def _expect_right_verdicts(folder: Path) -> None:
    reported = wrong_verdicts(folder)
    if reported:
        sys.exit("\n".join(["the verdicts are wrong, so nothing is measured:", *reported[:20]]))


def _print_table(rows: Sequence[Row]) -> None:
    """Print it as Markdown, the columns under each other."""
    head = ("work", "against", "median (least to most)", "processor time", "aim", "holds")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, tuple("-" * width for width in widths))
    for line in lines:
        print(f"| {' | '.join(c.ljust(width) for c, width in zip(line, widths, strict=True))} |")


def _cells(row: Row) -> tuple[str, ...]:
    holds = "" if row.holds is None else "yes" if row.holds else "NO"
    return row.work, row.against, row.found, row.cpu_seconds, row.aim, holds


def main() -> None:
    """Measure the programs that the command line names, and print the table."""
    parser = argparse.ArgumentParser(description="Measure everything that is to be fast.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--only", default="start,estate,growth,plan,units,reports", metavar="PART,..."
    )
    parser.add_argument("--stacks", type=int, default=STACKS)
    words = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "start": lambda: _at_start(words.runs),
        "estate": lambda: _on_the_estate(words.runs, words.stacks),
        "growth": lambda: _as_it_grows(words.runs, words.stacks),
        "plan": lambda: _on_a_plan(words.runs),
        "units": lambda: _on_units(words.runs),
        "reports": lambda: _in_each_format(words.runs),
    }
    chosen = words.only.split(",")
    if unknown := set(chosen) - parts.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    rows: list[Row] = []
    for part in chosen:
        print(f"measuring: {part}", file=sys.stderr, flush=True)
        rows += parts[part]()
    python = sys.version.split()[0]
    print(f"at least {words.runs} runs each by turns, Python {python}\n")
    _print_table(rows)


if __name__ == "__main__":
    main()
