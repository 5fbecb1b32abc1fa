"""A number of stacks → an estate: a repository of them, with the verdicts that are expected.

    python benchmarks/estate.py --write FOLDER [--stacks 2000] [--seed 1]
    python benchmarks/estate.py --check FOLDER
    python benchmarks/estate.py --terraform PLUGINS [--stacks 100]

The same numbers give the same bytes. `--write` puts the verdicts beside the estate, into
FOLDER.verdicts.json; `--check` holds what `ecbackup-iac check` says against them. `--terraform` asks the
real `terraform` what it plans for every stack with a cache of a small estate; PLUGINS is a folder with
the AWS provider, as `terraform providers mirror` makes one.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from estate_modules import module_files
from estate_neighbours import Site
from estate_stacks import MAX_LENGTH, Cache, Stack, stack
from side_by_side import program

MEGABYTE = 1_000_000
STACKS = 2_000
EXIT_STATUSES = (0, 1, 3)
"""The exit statuses with a report."""

DOMAINS = (
    "accounts", "billing", "catalogue", "checkout", "content", "delivery", "fraud", "growth",
    "identity", "loyalty", "media", "payments", "platform", "pricing", "returns", "search",
    "stock", "support", "tax", "warehouse",
)  # fmt: skip

_GITIGNORE = ".terraform/\n*.tfplan\n"
_TOP = "# Estate\n\nOne folder a stack, in the folder of its domain. What stacks share is in `modules/`.\n"
_WORKFLOW = """\
name: plan
on: [pull_request]
jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ./plan-changed-stacks.sh
"""

# What lets the real program plan without an account, and without the state that a backend keeps.
_OFFLINE = """\
terraform {
  backend "local" {}
}

provider "aws" {
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, in sum."""

    files: int
    size: int
    caches: tuple[Cache, ...]


def stacks(count: int, seed: int = 1) -> Iterator[Stack]:
    """Yield the stacks of an estate; the first of a large one are those of a small one."""
    for number in range(count):
        yield stack(Site(number, seed, DOMAINS[number % len(DOMAINS)]))


def write_estate(folder: Path, count: int = STACKS, seed: int = 1) -> Written:
    """Write an estate."""
    files = size = 0
    caches: list[Cache] = []
    for path, text in _shared_files():
        size += _write(folder / path, text)
        files += 1
    for one in stacks(count, seed):
        for path, text in one.files.items():
            size += _write(folder / one.folder / path, text)
            files += 1
        caches += one.caches
    return Written(files, size, tuple(caches))


def _shared_files() -> Iterator[tuple[str, str]]:
    yield "README.md", _TOP
    yield ".gitignore", _GITIGNORE
    yield ".github/workflows/plan.yml", _WORKFLOW
    yield from module_files()


def _write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_text(text, encoding="utf-8", newline="\n")


def verdicts_file(folder: Path) -> Path:
    """Return the path of the expected verdicts: beside the estate, so that they are not a part of it."""
    top = folder.resolve()
    return top.with_name(f"{top.name}.verdicts.json")


def wrong_verdicts(folder: Path) -> list[str]:
    """Check a written estate, and return one line for each verdict that is not the expected one."""
    all_expected = {
        _key(one): one for one in json.loads(verdicts_file(folder).read_text(encoding="utf-8"))
    }
    command = [*program(), "check", "--format", "json"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=False)
    if done.returncode not in EXIT_STATUSES:
        return [f"ecbackup-iac check ended with {done.returncode}"]
    report = json.loads(done.stdout)
    reported = {_key(one): one for one in map(_flat, report["findings"])}
    wrong = [f"diagnostic: {one['path']}: {one['message']}" for one in report["diagnostics"]]
    if len(reported) != len(report["findings"]):
        wrong.append("a cache was reported twice")
    for key in sorted(all_expected.keys() | reported.keys()):
        expected, found = all_expected.get(key), reported.get(key)
        if expected is None or found is None:
            wrong.append(f"{' '.join(key)}: {'not expected' if expected is None else 'missing'}")
        elif any(expected[name] != found[name] for name in ("status", "days")):
            shown = [f"{one['status']} {one['days']}" for one in (expected, found)]
            wrong.append(f"{' '.join(key)}: {shown[0]} is expected, {shown[1]} was reported")
    return wrong


def _flat(finding: dict[str, Any]) -> dict[str, Any]:
    return {
        "root": finding["root"],
        "path": finding["location"]["path"],
        "address": finding["resource"]["address"],
        "status": finding["status"],
        "days": finding["retention"]["days"],
    }


def _key(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["root"], one["path"], one["address"]


def _plan_all(plugins: Path, count: int, seed: int) -> list[str]:
    """Ask the real program about every stack of an estate whose caches it can plan."""
    reported = []
    with tempfile.TemporaryDirectory() as top:
        write_estate(Path(top), count, seed)
        for one in stacks(count, seed):
            files = sorted({file for cache in one.caches for file, _ in cache.planned})
            if not files:
                continue
            root = Path(top, one.folder)
            (root / "offline_override.tf").write_text(_OFFLINE, encoding="utf-8")
            plugin_folder = f"-plugin-dir={plugins.resolve()}"
            _expect_success(_terraform(root, "init", "-no-color", "-input=false", plugin_folder))
            for file in files:
                expected = {
                    cache.address: dict(cache.planned)[file]
                    for cache in one.caches
                    if file in dict(cache.planned)
                }
                wrong = _disagreements(expected, _planned(root, file))
                where = f"{one.folder} {file or '(no file)'}"
                print(f"{where}: {'; '.join(wrong) or 'as expected'}", flush=True)
                reported += [f"{where} {text}" for text in wrong]
    return reported


def _disagreements(expected: dict[str, int | None], planned: dict[str, Any] | None) -> list[str]:
    if planned is None:
        # The provider rejects the whole root for one retention that AWS would not take.
        is_refused = any(days is not None and days > MAX_LENGTH for days in expected.values())
        return [] if is_refused else ["the retention is refused"]
    return [
        f"{address}: {days} is expected, {planned.get(address)} is planned"
        for address, days in expected.items()
        if address not in planned or planned[address] != days
    ]


def _planned(root: Path, variables: str) -> dict[str, Any] | None:
    """Return the retention that is planned for every cache, by address; None where Terraform rejects one."""
    given = [f"-var-file={variables}"] if variables else []
    done = _terraform(root, "plan", "-no-color", "-input=false", "-out=plan.tfplan", *given)
    if done.returncode and "snapshot_retention_limit" in done.stderr:
        return None
    _expect_success(done)
    shown = _terraform(root, "show", "-json", "plan.tfplan")
    _expect_success(shown)
    return {
        one["address"]: one["change"]["after"].get("snapshot_retention_limit")
        for one in json.loads(shown.stdout)["resource_changes"]
        if one["type"].startswith("aws_elasticache_")
    }


def _terraform(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    terraform = shutil.which("terraform")
    if terraform is None:
        sys.exit("terraform is not installed")
    environment = {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1", "HOME": str(folder)}
    command = [terraform, *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def _expect_success(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        sys.exit(f"{' '.join(done.args)} failed:\n{done.stderr}")


def main() -> None:
    """Write an estate, check one, or compare a small one with the real Terraform."""
    parser = argparse.ArgumentParser(
        description="Make an estate, with the verdicts that are expected."
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", type=Path, metavar="FOLDER")
    what.add_argument("--check", type=Path, metavar="FOLDER")
    what.add_argument("--terraform", type=Path, metavar="PLUGINS")
    parser.add_argument("--stacks", type=int, default=None)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    if words.write and words.write.exists() and any(words.write.iterdir()):
        parser.error(f"{words.write} is not empty")
    if words.check and not verdicts_file(words.check).exists():
        parser.error(f"{verdicts_file(words.check)} is missing: --write makes it")
    if words.write:
        written = write_estate(words.write, words.stacks or STACKS, words.seed)
        listed = json.dumps([asdict(cache) for cache in written.caches])
        verdicts_file(words.write).write_text(listed, encoding="utf-8")
        print(
            f"{written.files} files, {written.size / MEGABYTE:.1f} MB, {len(written.caches)} caches"
        )
        return
    reported = (
        wrong_verdicts(words.check)
        if words.check
        else _plan_all(words.terraform, words.stacks or 100, words.seed)
    )
    print("\n".join(reported) or "every verdict is as expected")
    sys.exit(bool(reported))


if __name__ == "__main__":
    main()
