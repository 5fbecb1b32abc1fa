"""How fix behaves as a command: what it writes and what it leaves, statuses, diffs from anywhere."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cli import output
from ecbackup_iac.errors import OutputError

if TYPE_CHECKING:
    from conftest import Run

OFF = """\
resource "aws_elasticache_cluster" "a" {
  cluster_id               = "a"
  engine                   = "redis"
  snapshot_retention_limit = 0
}
"""
ON = OFF.replace("= 0", "= 7")
UNKNOWN = OFF.replace("= 0", "= var.days") + 'variable "days" { type = number }\n'


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text(OFF, encoding="utf-8")
    return tmp_path


def test_files_keep_their_mode_and_links_stay_links(top: Path, run: "Run") -> None:
    real = top / "common" / "cache.tf"
    real.parent.mkdir()
    (top / "main.tf").rename(real)
    real.chmod(0o640)
    (top / "stack").mkdir()
    (top / "stack" / "main.tf").symlink_to("../common/cache.tf")
    result = run("fix", "stack")
    assert result.status == 0, result.stdout
    assert real.read_text(encoding="utf-8") == ON
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert (top / "stack" / "main.tf").is_symlink()
    assert sorted(file.name for file in real.parent.iterdir()) == ["cache.tf"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_not_fixed(top: Path, run: "Run") -> None:
    (top / "main.tf").chmod(0o444)
    result = run("fix")
    assert "main.tf may not be written" in result.stdout
    assert result.status == 1


def test_a_file_that_has_changed_meanwhile_is_not_fixed(top: Path) -> None:
    path = str(top / "main.tf")
    with pytest.raises(OutputError, match="it has changed meanwhile; nothing was written"):
        output.write_edits({path: b"something else"}, {path: b"new"})
    assert (top / "main.tf").read_text(encoding="utf-8") == OFF


def test_days_are_not_fewer_than_the_policy_requires(top: Path, run: "Run") -> None:
    (top / ".ecbackup.toml").write_text("minimum_days = 14\n", encoding="utf-8")
    result = run("fix", "--days", "7")
    assert result.status == 2
    assert "Error: --days 7: the policy requires at least 14 days\n" in result.stderr
    assert run("fix").status == 0
    assert "= 14\n" in (top / "main.tf").read_text(encoding="utf-8")


@pytest.mark.usefixtures("top")
@pytest.mark.parametrize(
    ("files", "args", "status"),
    [
        ({"main.tf": ON}, (), 0),
        ({"main.tf": OFF}, (), 0),
        ({"main.tf": UNKNOWN}, (), 0),
        ({"main.tf": UNKNOWN}, ("--unknown", "fail"), 1),
        ({"main.tf": OFF, "b/broken.tf": 'resource "aws_elasticache_cluster" {\n'}, (), 3),
        ({"main.tf": OFF.replace("= 0", "= 1 - 1 + length([])")}, (), 1),
        ({"main.tf": OFF}, ("missing",), 2),
        ({"main.tf": OFF}, ("--days", "36"), 2),
    ],
)
@pytest.mark.parametrize("diff", [True, False])
def test_the_status_says_whether_something_that_fails_is_not_fixed(  # noqa: PLR0913, PLR0917
    files: dict[str, str],
    args: tuple[str, ...],
    status: int,
    diff: bool,  # noqa: FBT001
    tmp_path: Path,
    run: "Run",
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = run("fix", *args, *["--diff"] * diff)
    assert result.status == status, result


def test_what_is_made_from_other_files_is_not_fixed(
    copy_in: Callable[[str, str], Path], top: Path, run: "Run"
) -> None:
    (top / "main.tf").unlink()
    copy_in("readers/plans/checks.json", "plan.json")
    result = run("fix", "plan.json")
    assert "it was read from a plan: change the code that manages it" in (result.stdout)
    assert result.status == 1


def test_standard_input_is_not_fixed(top: Path, run: "Run") -> None:
    template = (
        b"Resources:\n  A: {Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: redis}}\n"
    )
    result = run("fix", "-", stdin=template)
    assert "standard input cannot be written to" in result.stdout
    assert result.status == 1
    assert (top / "main.tf").read_text(encoding="utf-8") == OFF


def test_a_diff_of_files_above_counts_from_the_top(
    top: Path, run: "Run", program: "Callable[[str], str]"
) -> None:
    program("git")
    (top / ".git").rmdir()
    subprocess.run(["git", "init", "-q", "."], cwd=top, check=True)
    module = top / "a module" / 'of "names"'
    module.mkdir(parents=True)
    (top / "main.tf").rename(module / "main.tf")
    stack = top / "stack"
    stack.mkdir()
    call = 'module "c" {\n  source = "../a module/of \\"names\\""\n}\n'
    (stack / "main.tf").write_text(call, encoding="utf-8")

    result = run("fix", "--diff", cwd=stack)

    assert result.stdout.startswith("diff --git ")
    assert "apply it there" in result.stderr
    subprocess.run(["git", "apply", "-"], input=result.stdout.encode(), cwd=top, check=True)
    assert (module / "main.tf").read_text(encoding="utf-8") == ON


def test_only_the_literal_of_a_line_is_shown(top: Path, run: "Run") -> None:
    text = 'locals { m = { password = "hunter2", days = 0 } }\n' + OFF.replace(
        "= 0", "= local.m.days"
    )
    (top / "main.tf").write_text(text, encoding="utf-8")
    result = run("fix")
    assert "main.tf:1:45: days = 0 becomes 7\n" in result.stdout
    assert "hunter2" not in result.stdout


def test_a_sensitive_value_is_not_shown(top: Path, run: "Run") -> None:
    text = 'variable "days" {\n  sensitive = true\n  default   = "hunter2"\n}\n'
    (top / "main.tf").write_text(text + OFF.replace("= 0", "= var.days"), encoding="utf-8")
    result = run("fix")
    assert 'main.tf:3:15: default = (hidden 1) becomes "7"\n' in result.stdout
    assert "hunter2" not in result.stdout


def test_suppressed_findings_are_counted_and_not_changed(top: Path, run: "Run") -> None:
    text = OFF.replace("= 0", "= 0 # ecbackup:ignore a cache of pages")
    (top / "main.tf").write_text(text, encoding="utf-8")
    result = run("fix")
    assert (result.stdout, result.status) == (
        "0 fixed, 0 skipped, 1 suppressed: not changed\n",
        0,
    )
    assert (top / "main.tf").read_text(encoding="utf-8") == text
