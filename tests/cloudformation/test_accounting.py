"""Templates whose every cache block has to be accounted for: found, absent with its reason, or an error.

`expect.json` of a case is written by hand: the place of what is found by address, the absent caches, and
the diagnostics.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cloudformation.conftest import AccountsOf

    from ecbackup_iac.model.report import Diagnostic

ACCOUNTED = Path(__file__).parent / "accounting"
CASES = Path(__file__).parent / "cases"
OURS = ("case.json", "expect.json")

Json = Mapping[str, Any]


def load(case: Path, name: str) -> Json:
    """Load a case's own file."""
    document: Json = json.loads((case / name).read_text(encoding="utf-8"))
    return document


def copied(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Json:
    """Put a case's files into an empty repository, the working folder; return how it is run."""
    shutil.copytree(case, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return load(case, "case.json")


def differences(
    expected: Iterable[Json], diagnostics: "Iterable[Diagnostic]"
) -> "tuple[list[Json], list[Diagnostic]]":
    """Return what was expected and not reported, and what was reported and not expected."""
    missing, surplus = [], [*diagnostics]
    for one in expected:
        place = (one["severity"], one["path"], one["line"])
        for other in surplus:
            there = (other.severity.value, other.location.path, other.location.line)
            if there == place and one["contains"] in other.message:
                surplus.remove(other)
                break
        else:
            missing.append(one)
    return missing, surplus


@pytest.mark.parametrize("name", sorted(path.name for path in ACCOUNTED.iterdir()))
def test_every_cache_block_is_accounted_for(
    name: str, accounts_of: "AccountsOf", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ACCOUNTED / name
    command_line, expected = copied(case, tmp_path, monkeypatch), load(case, "expect.json")

    accounts = accounts_of(command_line["args"], command_line["paths"])

    found = [(one.address, one.block) for one in accounts.created]
    assert sorted((address, block.path, block.line) for address, block in found if block) == sorted(
        (address, place["path"], place["line"]) for address, place in expected["found"].items()
    )
    assert {
        one.address: {
            "path": one.location.path,
            "line": one.location.line,
            "type": one.type,
            "root": one.root,
            "reason": one.reason,
        }
        for one in accounts.absent
    } == expected["absent"]
    assert differences(expected["diagnostics"], accounts.diagnostics) == ([], [])
    assert accounts.unaccounted == []
    assert "hush-hush" not in repr((accounts.absent, accounts.diagnostics))


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_no_template_of_the_cases_has_a_cache_block_that_vanishes(
    name: str, accounts_of: "AccountsOf", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(CASES / name, tmp_path, monkeypatch)

    accounts = accounts_of((), ".")

    assert accounts.unaccounted == []
    places = [one.location for one in accounts.absent]
    assert len(set(places)) == len(places)
    assert accounts.created_blocks.isdisjoint(places)
