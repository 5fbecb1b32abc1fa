"""`check --quiet` → warnings about the gate itself still appear; about what is checked, only what fails."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Run

GROUP = "aws_elasticache_replication_group.kept"
KEPT = """\
# ecbackup:ignore[ECB999] no such rule
resource "aws_elasticache_replication_group" "kept" {
  snapshot_retention_limit = 7
}
"""
POLICY = """\
exclude = ["old/", "nowhere/"]

[[exceptions]]
resource = "*"
reason = "the migration"
expires = 2020-01-01

[[exceptions]]
resource = "*.gone"
reason = "to be replaced"
"""


def test_warnings_about_the_gate_are_shown(tmp_path: Path, run: "Run") -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/main.tf").write_text(KEPT, "utf-8")
    (tmp_path / "main.tf").write_text(KEPT.replace("= 7", "= 0"), "utf-8")
    (tmp_path / "accepted.json").write_text(run("baseline", cwd=tmp_path).stdout, "utf-8")
    (tmp_path / "main.tf").write_text(KEPT, "utf-8")
    (tmp_path / ".ecbackup.toml").write_text(POLICY, "utf-8")

    result = run("check", "--quiet", "--baseline=accepted.json", cwd=tmp_path)
    assert result.status == 0
    assert [block.split("\n  ") for block in result.stdout.rstrip().split("\n\n")] == [
        ["NOTE  .ecbackup.toml:1", "exclude 'old/' leaves out 1 path"],
        [
            "WARNING  .ecbackup.toml:1",
            (
                "exclude 'nowhere/' matches no root and no cache; "
                "files that a root needs are read even if they match"
            ),
        ],
        [
            "WARNING  .ecbackup.toml:3",
            "the exception expired on 2020-01-01 and no longer applies: the migration",
        ],
        [
            "WARNING  .ecbackup.toml:8",
            "the exception matches no finding that fails or is unknown: to be replaced",
        ],
        [
            "WARNING  accepted.json",
            (
                f"1 entry no longer matches any finding: {GROUP} (ECB001 in .); "
                "ecbackup-iac baseline --update accepted.json prunes it"
            ),
        ],
    ]


def test_other_warnings_are_not_shown(tmp_path: Path, run: "Run") -> None:
    (tmp_path / "main.tf").write_text(KEPT, "utf-8")
    assert "WARNING  main.tf:1" in run("check", cwd=tmp_path).stdout
    assert run("check", "--quiet", cwd=tmp_path).stdout == ""
