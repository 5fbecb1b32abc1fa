"""A retention that is not set, and a name that is nearly its own: the message names it, `fix` renames it."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.near_miss import nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    RunHere = Callable[..., Result]

NAME = "snapshot_retention_limit"
GROUP = 'resource "aws_elasticache_replication_group" "a" {\n  description = "a"\n  %s\n}\n'
JSON_GROUP = (
    '{"resource": {"aws_elasticache_replication_group": {"a": {"description": "a", %s}}}}\n'
)
AWSCC = 'resource "awscc_elasticache_replication_group" "a" {\n  %s\n}\n'
CALL = 'module "a" {\n  source  = "terraform-aws-modules/elasticache/aws"\n  version = "1.2.0"\n  %s\n}\n'
TEMPLATE = (
    "Resources:\n  Db:\n    Type: AWS::ElastiCache::ReplicationGroup\n    Properties:\n      %s\n"
)

# File, its text, the argument, its line.
MISSPELT = {
    "a letter is missing": ("main.tf", GROUP, "snapshot_retenton_limit = 7", 3),
    "a word is in the plural": ("main.tf", GROUP, "snapshots_retention_limit = 7", 3),
    "with hyphens": ("main.tf", GROUP, "snapshot-retention-limit = 7", 3),
    "in capitals": ("main.tf", GROUP, "Snapshot_Retention_Limit = 7", 3),
    "in JSON": ("main.tf.json", JSON_GROUP, '"snapshot_retenton_limit": 7', 1),
    "the Cloud Control provider": ("main.tf", AWSCC, "snapshot_retension_limit = 7", 2),
    "a module that was not read": ("main.tf", CALL, "snapshot_retenton_limit = 7", 4),
    "a property": ("a.yaml", TEMPLATE, "SnapshotRetentonLimit: 7", 5),
    "a property in quotes": ("a.yaml", TEMPLATE, '"SnapshotRetentonLimit": 7', 5),
    "a property in the wrong case": ("a.yaml", TEMPLATE, "snapshotRetentionLimit: 7", 5),
}


@pytest.mark.parametrize("kind", MISSPELT)
def test_a_misspelt_name_is_named_and_renamed(
    kind: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    path, text, argument, line = MISSPELT[kind]
    right = "SnapshotRetentionLimit" if path == "a.yaml" else NAME
    wrong = argument.split()[0].strip('":')
    (tmp_path / path).write_text(text % argument, "utf-8")

    report = run_here("check", path if path == "a.yaml" else ".").stdout
    assert f"{right} is not set (is {wrong} a misspelling of it?)" in report
    assert f"\n  fix: rename {wrong} to {right}, {path}:{line}\n" in report

    fixed = run_here("fix", ".")
    assert f"{wrong} becomes {right}" in fixed.stdout
    assert (tmp_path / path).read_text("utf-8") == text % argument.replace(wrong, right)
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"


def test_the_finding_is_at_the_misspelt_name(tmp_path: "Path", run_here: "RunHere") -> None:
    (tmp_path / "main.tf").write_text(GROUP % "snapshot_retenton_limit = 7", "utf-8")
    assert "--> main.tf:3:3\n  3 | snapshot_retenton_limit = 7\n" in run_here("check", ".").stdout


def test_a_value_that_fails_is_not_renamed(tmp_path: "Path", run_here: "RunHere") -> None:
    text = GROUP % "snapshot_retenton_limit = 0"
    (tmp_path / "main.tf").write_text(text, "utf-8")
    fixed = run_here("fix", ".").stdout
    assert f"it would still not pass: automatic backups are off: {NAME} is 0" in fixed
    assert (tmp_path / "main.tf").read_text("utf-8") == text


def test_the_error_about_an_unknown_input_names_the_one_that_was_meant(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    (tmp_path / "redis").mkdir()
    variable = 'variable "' + NAME + '" {\n  default = 0\n}\n'
    (tmp_path / "redis/main.tf").write_text(variable + GROUP % f"{NAME} = var.{NAME}", "utf-8")
    call = 'module "redis" {\n  source = "./redis"\n  snapshot_retenton_limit = 7\n}\n'
    (tmp_path / "main.tf").write_text(call, "utf-8")
    report = run_here("check", ".").stdout
    assert f'no variable named "snapshot_retenton_limit"; did you mean "{NAME}"?' in report


@pytest.mark.parametrize(
    "argument",
    [
        'snapshot_window = "04:00-05:00"',
        "retention_limit = 7",
        "snapshot_arns = []",
        "auto_minor_version_upgrade = true",
    ],
)
def test_another_name_is_not_a_misspelling(
    argument: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    (tmp_path / "main.tf").write_text(GROUP % argument, "utf-8")
    report = run_here("check", ".").stdout
    assert f"automatic backups are off: {NAME} is not set\n" in report
    assert "fix: add snapshot_retention_limit = 7 to" in report


def test_a_retention_that_is_set_has_no_misspelling(tmp_path: "Path", run_here: "RunHere") -> None:
    both = f"{NAME} = 0\n  snapshot_retenton_limit = 7"
    (tmp_path / "main.tf").write_text(GROUP % both, "utf-8")
    assert f"automatic backups are off: {NAME} is 0\n" in run_here("check", ".").stdout


def test_a_name_with_a_line_break_is_not_shown() -> None:
    assert nearest("SnapshotRetentionLimit", ["SnapshotRetention\nLimit"]) == ""
