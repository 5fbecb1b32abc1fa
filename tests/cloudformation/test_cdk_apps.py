"""What the CDK made of real apps → exactly the caches that the apps declare (cdk/README.md)."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Run

CDK = Path(__file__).parent / "cdk"
APPS = sorted(path.parent.name for path in CDK.glob("*/app.js"))


@pytest.mark.parametrize("app", APPS)
def test_an_app_has_exactly_the_caches_that_it_declares(
    app: str, run: "Run", tmp_path: Path
) -> None:
    shutil.copytree(CDK / app / "cdk.out", tmp_path / "cdk.out")
    expected = json.loads((CDK / app / "expected.json").read_text("utf-8"))

    report = json.loads(run("check", "cdk.out", "--format", "json").stdout)

    found = [_as_expected(finding) for finding in report["findings"]]
    assert sorted(found, key=_key) == sorted(map(_normal, expected), key=_key)


@pytest.mark.parametrize("app", [app for app in APPS if (CDK / app / "synth.yaml").exists()])
def test_what_synth_prints_is_evaluated_as_what_it_writes(
    app: str, run: "Run", tmp_path: Path
) -> None:
    """Nested templates are found in the cdk.out of the working folder."""
    shutil.copytree(CDK / app / "cdk.out", tmp_path / "cdk.out")
    expected = json.loads((CDK / app / "expected.json").read_text("utf-8"))
    synthesised = (CDK / app / "synth.yaml").read_bytes()

    result = run("check", "-", "--format", "json", stdin=synthesised)

    report = json.loads(result.stdout)
    found = {(one["resource"]["address"], one["status"]) for one in report["findings"]}
    assert found
    assert found <= {(one["address"], one["status"]) for one in expected}
    assert all(one["root"] == "-" for one in report["findings"])


def _as_expected(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding in the words of expected.json."""
    notes = [note["text"] for note in finding["notes"]]
    return {
        "template": finding["root"].removeprefix("cdk.out/"),
        "address": finding["resource"]["address"],
        "construct": _after("CDK construct ", notes),
        "type": finding["resource"]["type"],
        "retention": _retention(finding["retention"]),
        "exists_when": _after("it exists only when ", notes),
        "status": finding["status"],
    }


def _retention(shown: Mapping[str, Any]) -> dict[str, Any]:
    if shown["state"] != "unknown":
        days = {"days": shown["days"]} if shown["state"] == "known" else {}
        return {"state": shown["state"], **days}
    if "bounds" in shown:
        return {"state": "bounds", **shown["bounds"]}
    if shown["possible"]:
        return {"state": "outcomes", "values": sorted(shown["possible"], key=str)}
    return {"state": "unknown"}


def _normal(expected: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of expected.json with its outcomes sorted; a single one is known."""
    retention = dict(expected["retention"])
    if retention["state"] == "outcomes":
        values = sorted(retention["values"], key=str)
        retention["values"] = values
        if len(values) == 1:
            retention = {"state": "known", "days": values[0]}
    return {**expected, "retention": retention}


def _after(words: str, notes: list[str]) -> str | None:
    return next((note.removeprefix(words) for note in notes if note.startswith(words)), None)


def _key(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["template"], entry["address"]
