"""The how-to guide: every command does what its heading says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run

REPOSITORY = Path(__file__).resolve().parent.parent
TODAY = "1795392000"  # 2026-11-23, in seconds
GUIDE = (REPOSITORY / "docs/how-to.md").read_text("utf-8")
TASKS = re.findall(
    r"^## ([^\n]*)\n(?:(?!^## )[^\n]*\n)*?```(\w+)\n(.*?)\n```$",
    GUIDE,
    re.MULTILINE | re.DOTALL,
)
COMMANDS = {task: text for task, language, text in TASKS if language == "sh"}
(COMMENT,) = [text for _, language, text in TASKS if language == "hcl"]

CACHE = """\
resource "aws_elasticache_replication_group" "NAME" {
  replication_group_id     = "NAME"
  description              = "NAME"
  snapshot_retention_limit = DAYS
}
"""
DAYS = 'variable "days" {}\n'

# How each ends in the estate below, and something that it says.
ENDS = {
    "Fail only on new findings": (0, "suppressed by baseline"),
    "Gate a plan before it is applied": (1, "FAIL  aws_elasticache_cluster.jobs"),
    "Require a longer retention": (1, "ECB002 retention-too-short"),
    "Check the values of production": (0, "1 cache: 1 passed"),
    "Fail on what cannot be known": (
        1,
        "UNKNOWN  aws_elasticache_replication_group.ledger",
    ),
    "See where a value comes from": (1, "4 | snapshot_retention_limit = 3"),
    "Fix findings": (0, "+  snapshot_retention_limit = 7"),
    "Exclude a folder": (0, "2 caches: 1 passed, 1 unknown"),
    "Write a report for an auditor": (0, ""),
    "Check a live account": (1, "fix: aws elasticache modify-replication-group"),
    "Use it from Checkov": (0, "--external-checks-dir"),
}


@pytest.fixture
def estate(tmp_path: Path, run: "Run") -> Path:
    """A repository as the guide has it in mind, with stand-ins for the programs of others."""
    files = {
        "stacks/payments/main.tf": DAYS
        + CACHE.replace("NAME", "ledger").replace("DAYS", "var.days"),
        "stacks/payments/env/prod.tfvars": "days = 7\n",
        "sessions/main.tf": CACHE.replace("NAME", "sessions").replace("DAYS", "3"),
        "old/archive/main.tf": CACHE.replace("NAME", "old").replace("DAYS", "0"),
    }
    for name, text in files.items():
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text(text, "utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".ecbackup-baseline.json").write_text(run("baseline").stdout, "utf-8")
    examples = shlex.quote(str(REPOSITORY / "examples"))
    for name, script in {
        "ecbackup-iac": f'exec {shlex.quote(sys.executable)} -m ecbackup_iac "$@"',
        "terraform": f"exec cat {examples}/plan.json",
        "aws": f"exec cat {examples}/describe-replication-groups.json",
        "checkov": 'test -f "$4/ecbackup_checkov.py" && echo "$@"',
    }.items():
        program = tmp_path / ".git" / name
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)
    return tmp_path


def test_every_task_with_a_command_is_tested() -> None:
    assert [*COMMANDS] == [*ENDS]


@pytest.mark.skipif(os.name == "nt", reason="they are commands of a Unix shell")
@pytest.mark.parametrize("task", COMMANDS)
def test_the_command_does_what_it_says(task: str, estate: Path) -> None:
    path = os.pathsep.join([str(estate / ".git"), os.environ["PATH"]])
    result = subprocess.run(
        ["sh", "-c", COMMANDS[task]],
        cwd=estate,
        env={"PATH": path, "PYTHONPATH": str(REPOSITORY), "SOURCE_DATE_EPOCH": TODAY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    status, said = ENDS[task]
    assert said in result.stdout, result.stderr
    assert result.returncode == status
    if "html:" in COMMANDS[task]:
        page = re.sub("<[^>]*>", "", (estate / "report.html").read_text("utf-8"))
        assert "aws_elasticache_replication_group.old" in page


def test_the_comment_accepts_the_cache(tmp_path: Path, run: "Run") -> None:
    cache = CACHE.replace("NAME", "sessions").replace("DAYS", "0")
    (tmp_path / "main.tf").write_text(cache.replace("{\n", f"{{\n  {COMMENT}\n", 1), "utf-8")
    result = run("check")
    assert result.status == 0
    assert "until 2027-03-31: sessions can be lost, see OPS-12" in result.stdout
