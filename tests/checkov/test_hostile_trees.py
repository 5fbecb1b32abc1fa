"""Trees that try to hide a cache from the check, or to make it run their code, in a real Checkov."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_checkov import CHECK_ID, CHECKOV, scan

if TYPE_CHECKING:
    from conftest import EnvironmentWith

pytestmark = pytest.mark.extended

GROUP = "aws_elasticache_replication_group"
PLAN = {
    "format_version": "1.2",
    "resource_changes": [
        {
            "address": f"{GROUP}.read_elsewhere",
            "mode": "managed",
            "type": GROUP,
            "name": "read_elsewhere",
            "change": {"actions": ["create"], "after": {"snapshot_retention_limit": 7}},
        }
    ],
}
MODULES = ("json", "typing", "fractions", "tomllib", "yaml", "ecbackup_iac", "ecbackup_iac_copy")


@pytest.fixture(scope="session")
def checkov(environment_with: "EnvironmentWith") -> Path:
    return environment_with(".venv-checkov", CHECKOV) / "checkov"


def resource(name: str, *lines: str) -> str:
    return f'resource "{GROUP}" "{name}" {{\n' + "".join(f"  {line}\n" for line in lines) + "}\n"


def test_attributes_named_like_checkovs_own_lead_to_no_other_file(
    checkov: Path, tmp_path: Path
) -> None:
    """A plan that passes, a pipe that never ends, an address that is not theirs."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "plan.txt").write_text(json.dumps(PLAN), "utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "main.tf").write_text(
        resource("read_elsewhere", '__file__ = "plan.txt"')
        + resource("waits", '__file__ = "pipe"')
        + resource("in_another_place", "__start_line__ = 999999999999", "__end_line__ = -1"),
        "utf-8",
    )
    (tmp_path / "other.tf").write_text(resource("renamed", f'__address__ = "{GROUP}.x"'), "utf-8")
    result = scan(checkov, tmp_path, "--check", CHECK_ID, "-o", "csv")
    for name in ("read_elsewhere", "waits", "in_another_place"):
        assert f"{GROUP}.{name}" in result.output
    assert f"['{GROUP}.x']" in result.output
    assert result.status == 1
    assert "Traceback" not in result.errors


def test_nothing_of_the_checked_tree_is_imported(checkov: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "infra"):
        folder.mkdir(exist_ok=True)
        for name in MODULES:
            (folder / f"{name}.py").write_text("open('imported', 'w').close()\n", "utf-8")
    (tmp_path / "infra" / "main.tf").write_text(
        resource("off", 'snapshot_retention_limit = yamldecode("a: 0").a'), "utf-8"
    )
    result = scan(checkov, tmp_path)
    assert result.results == {("infra/main.tf", f"{GROUP}.off"): "FAILED"}
    assert not (tmp_path / "imported").exists()


def test_a_check_that_raises_fails_the_cache_and_says_so(checkov: Path, tmp_path: Path) -> None:
    """Checkov drops a check that raises, without a word in its report."""
    (tmp_path / "main.tf").write_text(resource("kept", "snapshot_retention_limit = 7"), "utf-8")
    checks = tmp_path / "policies"
    checks.mkdir()
    text = (Path(__file__).parents[2] / "checks" / "ecbackup_checkov.py").read_text("utf-8")
    broken = text.replace("finding = self._evaluations.finding", "finding = self._no.finding")
    assert broken != text
    (checks / "ecbackup_checkov.py").write_text(broken, "utf-8")
    (checks / "__init__.py").touch()
    env = {"PYTHONPATH": str(Path(__file__).parents[2])}
    result = scan(checkov, tmp_path, checks=checks, env=env)
    assert result.results == {("main.tf", f"{GROUP}.kept"): "FAILED"}
    assert "the check cannot run, so every cache fails: 'Library' object has no" in result.errors
