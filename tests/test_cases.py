"""Every folder under cases/: inputs as a user could have written them → the whole output, word for word.

`ECBACKUP_GOLDEN=rewrite` (make golden) writes what the program says now, to be read in the diff.
"""

import json
import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from published_schemas import schema_text
from report_schema import ReportDocument

if TYPE_CHECKING:
    from conftest import Run

TESTS = Path(__file__).parent
CASES = TESTS / "cases"
OURS = ("case.toml", "expected*")
"""What a case folder holds that is no input."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run of the command line, and what has to come of it."""

    folder: Path
    args: tuple[str, ...]
    status: int
    stdin: str | None
    expected: str
    absent: tuple[str, ...]
    """What must stand in no output, whatever else does."""

    @property
    def name(self) -> str:
        """Name it for its situation."""
        return f"{self.folder.name}: {self.expected}"


def _cases() -> list[Case]:
    found = []
    for file in sorted(CASES.glob("*/case.toml")):
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        for run in document.get("run", [document]):
            is_json = "json" in run["args"]
            case = Case(
                file.parent,
                tuple(run["args"]),
                run["status"],
                run.get("stdin"),
                run.get("expected", "expected.json" if is_json else "expected.txt"),
                tuple(document.get("absent", ())),
            )
            found.append(case)
    return found


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_a_case_gives_exactly_its_expected_output(case: Case, run: "Run", tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    shutil.copytree(case.folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
    stdin = (case.folder / case.stdin).read_bytes() if case.stdin else b""

    result = run("check", *case.args, stdin=stdin)

    expected = case.folder / case.expected
    if os.environ.get("ECBACKUP_GOLDEN") == "rewrite":
        expected.write_text(result.stdout, encoding="utf-8", newline="\n")
    assert result.stdout == expected.read_text(encoding="utf-8")
    assert (result.status, result.stderr) == (case.status, "")
    assert [text for text in case.absent if text in result.stdout + result.stderr] == []
    if case.expected.endswith(".json"):
        _assert_is_a_report(result.stdout)


def _assert_is_a_report(text: str) -> None:
    """Hold the output against both forms of the promise: the published schema and its model."""
    jsonschema.Draft202012Validator(json.loads(schema_text(ReportDocument))).validate(
        json.loads(text)
    )
    ReportDocument.model_validate_json(text)


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_a_case_folder_contains_no_expected_file_that_no_run_expects(folder: Path) -> None:
    expected = {case.expected for case in _cases() if case.folder == folder}
    assert {file.name for file in folder.glob("expected*")} == expected


@pytest.mark.parametrize(
    ("folder", "file", "count"),
    [
        ("cases", "case.toml", 59),
        ("fixers/cases", "case.toml", 40),
        ("terraform/cases", "expect.json", 469),
        ("cloudformation/cases", "expect.json", 287),
        ("cloudformation/accounting", "expect.json", 27),
        ("cloudformation/cdk", "expected.json", 6),
    ],
)
def test_no_case_folder_is_lost(folder: str, file: str, count: int) -> None:
    """Cases are found by glob, so nothing else would miss a folder that was moved."""
    cases = [path for path in (TESTS / folder).iterdir() if path.is_dir()]
    assert [case.name for case in cases if not (case / file).is_file()] == []
    assert len(cases) == count
