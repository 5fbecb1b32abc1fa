"""Every template of the cases after fix: a second run changes nothing, and cfn-lint finds nothing new."""

import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.fixers.fix_plan import plan_fixes
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloudformation.conftest import RunScript

    from ecbackup_iac.fixers.fix_plan import FixResult

TEMPLATES = sorted((Path(__file__).parent / "cases").iterdir())
FIXES = sorted((Path(__file__).parents[1] / "fixers" / "cases").glob("cloudformation-*"))

# What cfn-lint cannot evaluate: see test_lint_parity.py.
LEFT_OUT = {"forty-conditions", "forty-conditions-beside", "aliases-without-end"}


def fixed_copy(case: Path, top: Path, monkeypatch: pytest.MonkeyPatch) -> "FixResult":
    """Copy a case, and return what fix would change in the copy."""
    shutil.copytree(case, top, symlinks=True)
    (top / ".git").mkdir(exist_ok=True)
    monkeypatch.chdir(top)
    return fixed_here(case)


def fixed_here(case: Path) -> "FixResult":
    """Return what fix would change in the working folder, a copy of a case, with the case's parameters."""
    words = []
    if (case / "case.json").exists():
        words = json.loads((case / "case.json").read_text("utf-8"))["args"]
    options = [*zip(words[::2], words[1::2], strict=False)]
    values = [("parameter", text) for option, text in options if option == "--parameter"]
    files = [("file", text) for option, text in options if option == "--parameter-file"]
    given = EvaluationInputs(parameters=(*files, *values))
    return plan_fixes(["."], Policy(), date(2026, 1, 31), given, 7)


@pytest.mark.extended
@pytest.mark.parametrize("case", TEMPLATES, ids=lambda case: case.name)
def test_a_second_fix_changes_nothing_and_leaves_the_same_findings(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fixed_copy(case, tmp_path / "case", monkeypatch)
    for path, after in made.after.items():
        Path(path).write_bytes(after)
    again = fixed_here(case)
    assert again.after == {}
    left = [(one.finding.resource.address, one.reason) for one in made.unfixed]
    assert [(one.finding.resource.address, one.reason) for one in again.unfixed] == left


def test_cfn_lint_finds_nothing_in_a_fixed_template_that_it_did_not_find_before(
    run_script: "RunScript", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs: dict[str, str] = {}
    for case in (*TEMPLATES, *FIXES):
        if case.name in LEFT_OUT:
            continue
        made = fixed_copy(case, tmp_path / case.name, monkeypatch)
        for path, after in made.after.items():
            before = tmp_path / case.name / f"before-{Path(path).name}"
            before.write_bytes(made.before[path])
            Path(path).write_bytes(after)
            pairs[path] = str(before)
    found = run_script("lint_reader.py", [*pairs, *pairs.values()])
    new = {path: without_lines(found[path]) for path in pairs}
    old = {path: without_lines(found[before]) for path, before in pairs.items()}
    assert len(pairs) > 80
    assert {path: more for path in pairs if (more := new[path] - old[path])} == {}


def without_lines(errors: "Sequence[str]") -> Counter[str]:
    return Counter(re.sub(r" \((line )?\d+\)", "", error) for error in errors)
