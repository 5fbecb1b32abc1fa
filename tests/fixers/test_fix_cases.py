"""Every folder under cases/: files as a user could have them → the diff that fix makes of them.

`expected.diff` is what `fix --diff` prints, `expected.txt` what it says beside. What holds for every case:
git applies the diff, writing gives the same files, a second run finds nothing to do, what is reported as
fixed passes, and files that `terraform fmt -check` accepted it still accepts.
`ECBACKUP_GOLDEN=rewrite` (make golden) writes both files, to be read in the diff.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

CASES = Path(__file__).parent / "cases"
OURS = ("case.toml", "expected.*")


@dataclass(frozen=True, slots=True)
class Case:
    """A folder of files and a run of fix."""

    folder: Path
    args: tuple[str, ...]
    status: int

    def expected(self, ending: str) -> str:
        file = self.folder / f"expected.{ending}"
        return file.read_bytes().decode() if file.exists() else ""

    def copied_to(self, top: Path) -> Path:
        (top / ".git").mkdir(parents=True)
        shutil.copytree(self.folder, top, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
        return top


def _cases() -> list[Case]:
    found = []
    for file in sorted(CASES.glob("*/case.toml")):
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append(Case(file.parent, tuple(document["args"]), document["status"]))
    return found


each_case = pytest.mark.parametrize("case", _cases(), ids=lambda case: case.folder.name)


def files_of(top: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(top)): file.read_bytes()
        for file in sorted(top.rglob("*"))
        if file.is_file()
    }


@each_case
def test_the_diff_is_as_expected(
    case: Case, run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    before = files_of(case.copied_to(tmp_path))
    result = run_here("fix", "--diff", *case.args)
    if os.environ.get("ECBACKUP_GOLDEN") == "rewrite":
        (case.folder / "expected.diff").write_bytes(result.stdout.encode())
        (case.folder / "expected.txt").write_bytes(result.stderr.encode())
        if not result.stdout:
            (case.folder / "expected.diff").unlink()
    assert result.stdout == case.expected("diff")
    assert result.stderr == case.expected("txt")
    assert result.status == case.status
    assert files_of(tmp_path) == before, "nothing is written"


@each_case
def test_git_apply_gives_the_same_files_as_fix(
    case: Case,
    run_here: "Callable[..., Result]",
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    case.copied_to(tmp_path)
    patched = case.copied_to(tmp_path_factory.mktemp("patched"))
    diff = case.expected("diff").encode()
    if diff:
        (patched / ".git").rmdir()
        subprocess.run(["git", "init", "-q", "."], cwd=patched, check=True)
        subprocess.run(["git", "apply", "-"], input=diff, cwd=patched, check=True)
        shutil.rmtree(patched / ".git")
        (patched / ".git").mkdir()

    result = run_here("fix", *case.args)

    assert result.status == case.status
    assert files_of(tmp_path) == files_of(patched)


@each_case
def test_what_is_fixed_passes_and_a_second_run_has_nothing_to_do(
    case: Case, run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    case.copied_to(tmp_path)
    output = run_here("fix", *case.args).stdout
    after = files_of(tmp_path)

    check = [arg for arg in case.args if arg != "--diff"]
    report = json.loads(run_here("check", "--format", "json", *check).stdout)

    status = {one["resource"]["address"]: one["status"] for one in report["findings"]}
    fixed = re.findall(r"^fixed  (.*)$", output, re.MULTILINE)
    not_fixed = re.findall(r"^skipped  (.*?)  \S+$", output, re.MULTILINE)
    assert {status[address] for address in fixed} <= {"pass"}
    assert {status[address] for address in not_fixed} <= {"fail", "unknown"}
    assert fixed or not_fixed

    again = run_here("fix", *case.args)
    last = again.stdout.splitlines()[-1].partition(" skipped")[0]
    assert last == f"0 fixed, {len(not_fixed)}"
    assert files_of(tmp_path) == after


@each_case
@pytest.mark.extended
def test_terraform_accepts_what_it_accepted_before(
    case: Case,
    run_here: "Callable[..., Result]",
    tmp_path: Path,
    program: "Callable[[str], str]",
) -> None:
    program("terraform")
    case.copied_to(tmp_path)
    tidy = [file for file in sorted(tmp_path.rglob("*.tf")) if _is_tidy(file)]
    if not tidy:
        pytest.skip("no file is laid out as terraform fmt has it")
    run_here("fix", *case.args)
    assert [file for file in tidy if not _is_tidy(file)] == []


def _is_tidy(file: Path) -> bool:
    result = subprocess.run(
        ["terraform", "fmt", "-check", "-"],
        input=file.read_bytes(),
        capture_output=True,
        check=False,
    )
    return result.returncode == 0
