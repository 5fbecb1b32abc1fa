"""The README's twelve questions: every command that answers one does what it says."""

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
SECTION = re.search(
    r"^## How do I \.\.\.\n(.*?)^## ",
    (REPOSITORY / "README.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)
assert SECTION is not None
QUESTIONS = re.findall(r"^\*\*(.*?\?)\*\* .*\n\n```(\w+)\n(.*)\n```$", SECTION[1], re.MULTILINE)
COMMANDS = {question: text for question, language, text in QUESTIONS if language == "sh"}
(COMMENT,) = [text for _, language, text in QUESTIONS if language == "hcl"]

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
    "fail only on what is new?": (0, "suppressed by baseline"),
    "gate a plan before it is applied?": (1, "FAIL  aws_elasticache_cluster.jobs"),
    "ask for more than one day?": (1, "ECB002 retention-too-short"),
    "judge what production gets?": (0, "1 cache: 1 passes"),
    "fail on what cannot be decided, too?": (
        1,
        "UNKNOWN  aws_elasticache_replication_group.ledger",
    ),
    "see why it says so?": (1, "from sessions/main.tf:4:3: snapshot_retention_limit = 3"),
    "fix what fails?": (0, "+  snapshot_retention_limit = 7"),
    "leave a folder out?": (0, "2 caches: 1 passes, 1 unknown"),
    "give an auditor a page?": (0, ""),
    "see what runs now?": (1, "fix: aws elasticache modify-replication-group"),
    "have it in Checkov?": (0, "--external-checks-dir"),
}


@pytest.fixture
def estate(tmp_path: Path, run: "Run") -> Path:
    """Give a repository as the README has it in mind, with stand-ins for the programs of others."""
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


def test_there_are_twelve_and_each_has_its_answer() -> None:
    assert len(QUESTIONS) == 12
    assert [*COMMANDS] == [*ENDS]


@pytest.mark.skipif(os.name == "nt", reason="they are commands of a Unix shell")
@pytest.mark.parametrize("question", COMMANDS)
def test_the_command_does_what_it_says(question: str, estate: Path) -> None:
    path = os.pathsep.join([str(estate / ".git"), os.environ["PATH"]])
    result = subprocess.run(
        ["sh", "-c", COMMANDS[question]],
        cwd=estate,
        env={"PATH": path, "PYTHONPATH": str(REPOSITORY), "SOURCE_DATE_EPOCH": TODAY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    status, said = ENDS[question]
    assert said in result.stdout, result.stderr
    assert result.returncode == status
    if "html:" in COMMANDS[question]:
        page = re.sub("<[^>]*>", "", (estate / "report.html").read_text("utf-8"))
        assert "aws_elasticache_replication_group.old" in page


def test_the_comment_accepts_the_cache(tmp_path: Path, run: "Run") -> None:
    cache = CACHE.replace("NAME", "sessions").replace("DAYS", "0")
    (tmp_path / "main.tf").write_text(cache.replace("{\n", f"{{\n  {COMMENT}\n", 1), "utf-8")
    result = run("check")
    assert result.status == 0
    assert "until 2027-03-31: sessions are rebuilt on login" in result.stdout
