"""Comments of other tools: each counts for what its check is about, and for nothing else."""

from datetime import date

import pytest

from ecbackup_iac.model.annotated_text import may_contain_suppression
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.suppressions.inline import InlineSuppression, Scope
from ecbackup_iac.suppressions.other_tools import KICS_QUERY, other_suppressions

OFF = {Rule.BACKUPS_DISABLED, Rule.BACKUPS_BEING_DISABLED, Rule.RETENTION_UNKNOWN}


def read(line: str, *, is_head: bool = False, is_terraform: bool = True) -> list[InlineSuppression]:
    suppressions = [*other_suppressions(line, is_head=is_head, is_terraform=is_terraform)]
    # Without an entry in SUPPRESSION_WORDS, a text with this comment alone is never looked at.
    assert may_contain_suppression(line.encode()) or not suppressions
    return suppressions


@pytest.mark.parametrize(
    "line",
    [
        "checkov:skip=CKV_AWS_29:in transit",
        "checkov:skip=CKV_AWS_1340:another",
        "checkov:skip=CKV_AWS_13,CKV_AWS_4:others",
        "checkov:skip=:nothing",
        "checkov:skip CKV_AWS_134",
        "tfsec:ignore:aws-elasticache-enable-in-transit-encryption",
        "tfsec:ignore:",
        "tfsec:ignore",
        "trivy:ignore:AVD-AWS-0051",
        "trivy:ignore:aws-s3-*",
        "trivy:ignore:AVD-AWS-005?",
        "trivy:ignore:elasticache-*",
        "see trivy for AVD-AWS-0050",
        f"kics-scan disable={KICS_QUERY.replace('8', '9')}",
        f"kics-scan enable={KICS_QUERY}",
        "kics-scan",
        "kics-scan ignore-lines",
        "kics-scan ignore-block: why",
        "kics ignore-block",
        "tflint-ignore: aws_elasticache_cluster_invalid_type",
    ],
)
def test_comments_about_other_checks_are_ignored(line: str) -> None:
    assert read(line) == []


@pytest.mark.parametrize(
    ("line", "directive", "reason"),
    [
        ("checkov:skip=CKV_AWS_134:a queue", "checkov:skip=CKV_AWS_134", "a queue"),
        ("checkov:skip=CKV_AWS_134: a: queue ", "checkov:skip=CKV_AWS_134", "a: queue"),
        (
            "checkov:skip=CKV_AWS_134",
            "checkov:skip=CKV_AWS_134",
            "checkov:skip=CKV_AWS_134 (no reason given)",
        ),
        ("checkov:skip= CKV_AWS_29,CKV_AWS_134:x", "checkov:skip=CKV_AWS_29,CKV_AWS_134", "x"),
        ("bridgecrew:skip=CKV_AWS_134:old", "bridgecrew:skip=CKV_AWS_134", "old"),
        ("cortex:skip=CKV_AWS_134:new", "cortex:skip=CKV_AWS_134", "new"),
        ("TODO checkov:skip=CKV_AWS_134:x", "checkov:skip=CKV_AWS_134", "x"),
        (
            "tfsec:ignore:aws-elasticache-enable-backup-retention",
            "tfsec:ignore:aws-elasticache-enable-backup-retention",
            "tfsec:ignore:aws-elasticache-enable-backup-retention (no reason given)",
        ),
        ("tfsec:ignore:AWS088", "tfsec:ignore:AWS088", "tfsec:ignore:AWS088 (no reason given)"),
        (
            "trivy:ignore:AVD-AWS-0050 a queue",
            "trivy:ignore:AVD-AWS-0050",
            "trivy:ignore:AVD-AWS-0050: a queue",
        ),
        (
            "trivy:ignore:AWS-0050",
            "trivy:ignore:AWS-0050",
            "trivy:ignore:AWS-0050 (no reason given)",
        ),
        (
            "tfsec:ignore:aws-x #tfsec:ignore:AWS088",
            "tfsec:ignore:AWS088",
            "tfsec:ignore:AWS088 (no reason given)",
        ),
    ],
)
def test_a_check_of_backups_counts_for_backups_that_are_off(
    line: str, directive: str, reason: str
) -> None:
    (found,) = read(line)
    assert (found.directive, found.reason) == (directive, reason)
    assert set(found.rules) == OFF
    assert found.scope is Scope.BLOCK
    assert not found.is_own


@pytest.mark.parametrize("ids", ["CKV2_ECBACKUP_1", "CKV_AWS_134,CKV2_ECBACKUP_1"])
def test_this_programs_own_check_in_checkov_counts_for_every_rule(ids: str) -> None:
    (found,) = read(f"checkov:skip={ids}:why")
    assert found.rules == ()


@pytest.mark.parametrize("prefix", ["tfsec", "trivy"])
@pytest.mark.parametrize("name", ["*", "aws-elasticache-*", "AVD-AWS-*", "*-enable-backup-*"])
def test_a_wildcard_counts_only_at_the_line_it_is_at(prefix: str, name: str) -> None:
    (found,) = read(f"{prefix}:ignore:{name}")
    assert found.scope is Scope.HEAD
    assert found.is_blanket


@pytest.mark.parametrize(("length", "counts"), [(80, True), (81, False)])
def test_a_wildcard_has_a_maximum_length(length: int, *, counts: bool) -> None:
    name = "aws-elasticache-".ljust(length, "*")
    assert bool(read(f"trivy:ignore:{name}")) == counts


def test_a_comment_of_trivy_ends_as_the_named_day_begins() -> None:
    (found,) = read("trivy:ignore:AVD-AWS-0050:exp:2027-03-31")
    assert found.expires == date(2027, 3, 30)
    assert found.problem == ""


@pytest.mark.parametrize("written", ["2027-13-01", "31.3.27", "", "0001-01-01"])
def test_a_date_that_is_not_one_is_reported(written: str) -> None:
    (found,) = read(f"tfsec:ignore:AWS088:exp:{written}")
    assert "a date such as" in found.problem


def test_the_workspace_of_a_suppression_is_read() -> None:
    (found,) = read("tfsec:ignore:aws-elasticache-enable-backup-retention:ws:dev")
    assert found.workspace == "dev"


def test_values_in_brackets_after_the_id_are_not_applied() -> None:
    (found,) = read("trivy:ignore:AVD-AWS-0050[engine=redis]")
    assert "not supported" in found.problem


@pytest.mark.parametrize(
    ("line", "is_head", "scope", "is_blanket"),
    [
        ("kics-scan ignore-block", False, Scope.HEAD, True),
        ("KICS-SCAN Ignore-Line", False, Scope.LINE, True),
        ("kics-scan ignore", True, Scope.FILE, True),
        (f"kics-scan disable=x,{KICS_QUERY}", True, Scope.FILE, False),
    ],
)
def test_commands_of_kics_count_where_kics_reads_them(
    line: str, scope: Scope, *, is_head: bool, is_blanket: bool
) -> None:
    (found,) = read(line, is_head=is_head)
    assert (found.scope, found.is_blanket, found.problem) == (scope, is_blanket, "")
    assert read(line, is_head=is_head, is_terraform=False) == []


def test_kics_reads_no_command_for_a_file_after_code() -> None:
    assert read("kics-scan ignore") == []
    (found,) = read(f"kics-scan disable={KICS_QUERY}")
    assert "before the first code" in found.problem
