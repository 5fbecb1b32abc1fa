"""A root with several sets of values: reports for people show a finding once where the sets agree."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

MAIN = """\
variable "days" {}

resource "aws_elasticache_replication_group" "agreed" {
  replication_group_id = "agreed"
  description          = "agreed"
}

resource "aws_elasticache_replication_group" "depends" {
  replication_group_id     = "depends"
  description              = "depends"
  snapshot_retention_limit = var.days
}
"""
POLICY = """\
[[roots]]
path = "stack"
var_files = ["stack/dev.tfvars"]

[[roots]]
path = "stack"
var_files = ["stack/prod.tfvars"]
workspace = "prod"
"""
BOTH = "with dev.tfvars; prod.tfvars, workspace prod"
ONE = "with dev.tfvars"


@pytest.fixture
def report(tmp_path: Path, run_here: "Callable[..., Result]") -> "Callable[[str], str]":
    """Return the report on a root with two sets: one cache fails in both, the other in one."""
    files = {
        ".git/HEAD": "",
        ".ecbackup.toml": POLICY,
        "stack/main.tf": MAIN,
        "stack/dev.tfvars": "days = 0\n",
        "stack/prod.tfvars": "days = 7\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return lambda form: run_here("check", ".", "--format", form).stdout


def test_text_shows_one_finding_for_both_sets(report: "Callable[[str], str]") -> None:
    text = report("text")
    assert text.count("FAIL ") == 2
    assert [line.strip() for line in text.splitlines() if line.startswith("  with ")] == [BOTH, ONE]
    assert "evaluated with" not in text
    assert text.endswith("\n2 caches: 2 failed\n")


@pytest.mark.usefixtures("report")
def test_text_shows_one_finding_for_both_sets_in_a_baseline(
    tmp_path: Path, run_here: "Callable[..., Result]"
) -> None:
    (tmp_path / "accepted.json").write_text(run_here("baseline").stdout, "utf-8")
    text = run_here("check", "--baseline", "accepted.json").stdout
    assert text.count("FAIL (suppressed) ") == 2
    assert [line.strip() for line in text.splitlines() if line.startswith("  with ")] == [BOTH, ONE]
    assert "    |" not in text
    assert text.endswith("\n2 caches: 2 suppressed\n")


def test_github_has_one_annotation_for_both_sets(report: "Callable[[str], str]") -> None:
    lines = [line for line in report("github").splitlines() if line.startswith("::error")]
    assert [re.findall("%0A(with [^%]*)", line) for line in lines] == [[BOTH], [ONE]]


def test_markdown_has_one_row_for_both_sets(report: "Callable[[str], str]") -> None:
    assert re.findall("<br>(with [^<]*)</td>", report("markdown")) == [
        BOTH,
        ONE,
        "with prod.tfvars, workspace prod",
    ]


def test_gitlab_has_one_entry_for_both_sets(report: "Callable[[str], str]") -> None:
    descriptions = [one["description"] for one in json.loads(report("gitlab"))]
    assert [BOTH in one for one in descriptions] == [True, False]
    assert ONE in descriptions[1]


def test_html_has_one_article_for_both_sets(report: "Callable[[str], str]") -> None:
    page = report("html")
    assert page.count('<article id="c') == 3
    assert "dev.<wbr>tfvars; prod.<wbr>tfvars, workspace prod" in page


def test_junit_has_a_case_for_each_set(report: "Callable[[str], str]") -> None:
    address = "aws_elasticache_replication_group"
    assert re.findall(r' name="([^"]*)" file', report("junit")) == [
        f"{address}.agreed (dev.tfvars)",
        f"{address}.agreed (prod.tfvars, workspace prod)",
        f"{address}.depends (dev.tfvars)",
        f"{address}.depends (prod.tfvars, workspace prod)",
    ]


def test_json_has_every_set_with_its_name(report: "Callable[[str], str]") -> None:
    found = json.loads(report("json"))["findings"]
    assert [(one["status"], one["settings"], one["notes"]) for one in found] == [
        ("fail", "dev.tfvars", []),
        ("fail", "prod.tfvars, workspace prod", []),
        ("fail", "dev.tfvars", []),
        ("pass", "prod.tfvars, workspace prod", []),
    ]
