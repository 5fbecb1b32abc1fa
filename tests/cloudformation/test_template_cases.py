"""Small templates, each with what AWS's documentation says that it means.

`expect.json` is written by hand: address by address the retention and its place, and the diagnostics. It is
never made of what this program says.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Result, Run

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/expect.json"))
OURS = ("case.json", "expect.json")
"""What a case folder holds that is no input."""

ONLY_WHEN = "it exists only when "

Json = Mapping[str, Any]


def load(case: Path, name: str) -> Json:
    """Load a case's own file."""
    document: Json = json.loads((case / name).read_text(encoding="utf-8"))
    return document


IN_A_PROCESS = 10
"""One case in so many is a process of its own, as a user starts it; so are those that read standard input."""


@pytest.mark.parametrize("name", NAMES)
def test_a_template_means_what_aws_says(
    name: str, run: "Run", run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    case = CASES / name
    command_line, expected = load(case, "case.json"), load(case, "expect.json")
    shutil.copytree(case, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
    (tmp_path / ".git").mkdir()  # no policy file of the folders above is meant
    stdin = (case / command_line["stdin"]).read_bytes() if "stdin" in command_line else b""

    words = ("check", *command_line["args"], "--format", "json", *command_line["paths"])
    is_process = "stdin" in command_line or NAMES.index(name) % IN_A_PROCESS == 0
    result = run(*words, stdin=stdin) if is_process else run_here(*words)

    assert result.stderr == ""
    report = json.loads(result.stdout)
    findings = report["findings"]
    assert sorted(one["resource"]["address"] for one in findings) == sorted(expected["caches"])
    assert {
        one["resource"]["address"]: disagreement(
            expected["caches"][one["resource"]["address"]], one, command_line["paths"]
        )
        for one in findings
    } == {address: [] for address in expected["caches"]}
    assert unmatched(expected["diagnostics"], report["diagnostics"], command_line["paths"]) == (
        [],
        [],
    )
    assert result.status == expected["exit"]
    assert [text for text in expected.get("hides", ()) if text in result.stdout] == []


def disagreement(expected: Json, finding: Json, paths: list[str]) -> list[str]:
    """Return in what a finding differs from what is expected."""
    retention, notes = finding["retention"], [note["text"] for note in finding["notes"]]
    existence = [note.removeprefix(ONLY_WHEN) for note in notes if note.startswith(ONLY_WHEN)]
    said: dict[str, object] = {
        "status": finding["status"],
        "rule": finding["rule"],
        "state": retention["state"],
        "days": retention["days"],
        "possible": sorted(retention["possible"], key=lambda days: (days is not None, days or 0)),
        "bounds": retention.get("bounds"),
        "path": finding["location"]["path"],
        "line": finding["location"]["line"],
    }
    meant = {**expected, **place_of(expected, paths)}
    wrong = [
        f"{key}: {said[key]!r}, not {meant[key]!r}"
        for key in said
        if key in meant and said[key] != meant[key]
    ]
    if existence != [meant[key] for key in ("exists_when",) if key in meant]:
        wrong.append(f"exists_when: {existence}, not {meant.get('exists_when')!r}")
    if expected.get("says", "") not in finding["message"]:
        wrong.append(f"{finding['message']!r} does not say {expected['says']!r}")
    unsaid = [text for text in expected.get("notes", ()) if not any(text in note for note in notes)]
    return [*wrong, *(f"{notes} do not say {text!r}" for text in unsaid)]


def place_of(expected: Json, paths: list[str]) -> dict[str, str]:
    """Return the file that is meant: the one that was named, unless another is."""
    if "path" in expected or len(paths) > 1 or "." in paths:
        return {}
    return {"path": paths[0]}


def unmatched(
    expected: list[Json], diagnostics: Iterable[Json], paths: list[str]
) -> tuple[list[Json], list[Json]]:
    """Return what was expected and not reported, and what was reported and not expected."""
    missing, surplus = [], [*diagnostics]
    for one in expected:
        keys = {key: one[key] for key in ("severity", "line", "path") if key in one}
        if one.get("line") is not None:
            keys |= place_of(one, paths)
        found = next(
            (
                entry
                for entry in surplus
                if keys.items() <= entry.items()
                and one["contains"] in f"{entry['message']} {entry['path']}"
            ),
            None,
        )
        if found is None:
            missing.append(one)
        else:
            surplus.remove(found)
    return missing, surplus
