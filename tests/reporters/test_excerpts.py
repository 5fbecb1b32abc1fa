"""What is shown of the files that findings stand in, and what is not."""

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.excerpt import Excerpt
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.readers.excerpts import MAX_LINE_LENGTH, MAX_LINES
from ecbackup_iac.scan import NO_INPUTS, scan

TODAY = date(2026, 11, 23)
Shown: TypeAlias = Callable[..., list[str]]


def lines_of(excerpt: Excerpt) -> list[str]:
    """Return an excerpt's lines, with the location in angle quotes."""
    lines = []
    for line in excerpt.lines:
        before, meant = line.text[: line.start], line.text[line.start : line.end]
        marked = f"«{meant}»" if meant else ""
        lines.append(f"{line.number}: {before}{marked}{line.text[line.end :]}")
    if excerpt.left_out:
        lines.append(f"{excerpt.left_out} more")
    return lines


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shown:
    monkeypatch.chdir(tmp_path)

    def show(
        files: Mapping[str, str | bytes], *paths: str, given: EvaluationInputs = NO_INPUTS
    ) -> list[str]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        report = scan(paths or (".",), Policy(), TODAY, given, with_excerpts=True)
        assert report.findings
        return [line for excerpt in report.excerpts for line in lines_of(excerpt)]

    return show


def cluster(retention: str, more: str = "") -> str:
    return (
        'resource "aws_elasticache_cluster" "this" {\n'
        '  engine                   = "redis"\n'
        '  auth_token               = "hunter2"\n'
        f"  snapshot_retention_limit = {retention}\n"
        f"}}\n{more}"
    )


def test_an_excerpt_of_an_attribute_includes_its_block(shown: Shown) -> None:
    assert shown({"main.tf": cluster("0")}) == [
        '1: resource "aws_elasticache_cluster" "this" {',
        "4:   «snapshot_retention_limit = 0»",
    ]


def test_every_step_of_a_trace_is_shown(shown: Shown) -> None:
    files = {
        "main.tf": cluster("var.days", 'variable "days" {\n  default = 3\n}\n'),
        "prod.auto.tfvars": "days = 5\n",
    }
    assert shown(files)[1:] == ["4:   «snapshot_retention_limit = var.days»", "1: «days = 5»"]


def test_a_retention_that_is_not_set_is_shown_by_what_declares_the_cache(shown: Shown) -> None:
    files = {"main.tf": 'resource "aws_elasticache_cluster" "this" {\n  engine = "redis"\n}\n'}
    assert shown(files) == ['1: «resource "aws_elasticache_cluster" "this"» {']


def test_an_excerpt_omits_the_rest_of_the_line(shown: Shown) -> None:
    assert shown({"main.tf": cluster("0 # hunter2")})[1] == "4:   «snapshot_retention_limit = 0» …"
    template = (
        "Mappings:\n  Of: {one: {Token: hunter2, Days: 0, Other: hunter3}}\nResources:\n  Cache:\n"
        "    Type: AWS::ElastiCache::CacheCluster\n    Properties: {Engine: redis, AuthToken: hunter4, "
        "SnapshotRetentionLimit: !FindInMap [Of, one, Days], Other: hunter5}\n"
    )
    assert shown({"t.yaml": template}, "t.yaml") == [
        "2:   … «Days: 0» …",
        "4:   Cache:",
        "6:     … «SnapshotRetentionLimit: !FindInMap [Of, one, Days]» …",
    ]


def test_an_excerpt_shows_only_the_first_line_of_a_step(shown: Shown) -> None:
    settings = 'locals {\n  all = {\n    days     = 0\n    password = "hunter2"\n  }\n}\n'
    lines = shown({"main.tf": cluster("local.all.days", settings)})
    assert not any("hunter" in line for line in lines)


def test_of_the_attribute_itself_all_lines_are_shown_up_to_a_number(shown: Shown) -> None:
    few = "(\n    true\n    ? 0\n    : 7\n  )"
    assert shown({"main.tf": cluster(few)}) == [
        '1: resource "aws_elasticache_cluster" "this" {',
        "4:   «snapshot_retention_limit = (»",
        "5:     «true»",
        "6:     «? 0»",
        "7:     «: 7»",
        "8:   «)»",
    ]
    many = "(\n" + "    # more\n" * 20 + "    0\n  )"
    lines = shown({"main.tf": cluster(many)})
    assert len(lines) == 1 + MAX_LINES + 1
    assert lines[-1] == f"{23 - MAX_LINES} more"


def test_a_line_without_an_end_is_cut(shown: Shown) -> None:
    lines = shown({"main.tf": cluster("0 + " * 200 + "0")})
    assert len(lines[1]) < MAX_LINE_LENGTH + 10
    assert lines[1].endswith("»…")


def test_a_sensitive_value_is_not_shown(shown: Shown) -> None:
    variable = 'variable "days" {\n  sensitive = true\n  default   = 3\n}\n'
    lines = shown({"main.tf": cluster("var.days", variable)})
    assert lines == [
        '1: resource "aws_elasticache_cluster" "this" {',
        "4:   «snapshot_retention_limit = var.days»",
    ]


def test_what_is_sensitive_for_one_cache_is_not_shown_for_another(shown: Shown) -> None:
    files = {
        "main.tf": cluster("var.days", 'variable "days" {\n  sensitive = true\n}\n'),
        "open/main.tf": cluster("var.days", 'variable "days" {}\n'),
        "both.tfvars": "days = 3\n",
    }
    given = EvaluationInputs(variables=(("file", "both.tfvars"),))
    assert [line for line in shown(files, given=given) if "days = 3" in line] == []


TEMPLATE = """\
Parameters:
  Days: {Type: Number, NoEcho: %s, Default: 3}
Resources:
  Cache:
    Type: AWS::ElastiCache::CacheCluster
    Properties:
      Engine: redis
      SnapshotRetentionLimit: !Ref Days
"""


def test_a_template_is_shown_by_its_properties(shown: Shown) -> None:
    assert shown({"t.yaml": TEMPLATE % "false"}) == [
        "2:   … «Default: 3»}",
        "4:   Cache:",
        "8:       «SnapshotRetentionLimit: !Ref Days»",
    ]


def test_a_parameter_without_echo_is_not_shown(shown: Shown) -> None:
    assert shown({"t.yaml": TEMPLATE % "true"}) == [
        "4:   Cache:",
        "8:       «SnapshotRetentionLimit: !Ref Days»",
    ]


def test_an_excerpt_of_a_one_line_template_shows_only_the_property(shown: Shown) -> None:
    text = (
        '{"Resources": {"Cache": {"Type": "AWS::ElastiCache::CacheCluster", "Properties": '
        '{"Engine": "redis", "AuthToken": "hunter2", "SnapshotRetentionLimit": 0, "X": "hunter3"}}}}'
    )
    (line,) = shown({"t.json": text})
    assert line == '1: … «"SnapshotRetentionLimit": 0» …'


def test_a_file_with_unusual_line_separators_has_no_excerpt(shown: Shown) -> None:
    assert shown({"main.tf": cluster("0") + "# \u2028\n"}) == []


def test_an_excerpt_omits_windows_line_ends(shown: Shown) -> None:
    lines = shown({"main.tf": b"\xef\xbb\xbf" + cluster("0").replace("\n", "\r\n").encode()})
    assert lines[1] == "4:   «snapshot_retention_limit = 0»"


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_nothing_outside_the_boundary_is_read(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "tree/.git").mkdir(parents=True)
    (tmp_path / "outside.tfvars").write_text("days = 3\n", "utf-8")
    files = {"tree/main.tf": cluster("var.days", 'variable "days" {}\n')}
    given = EvaluationInputs(variables=(("file", "outside.tfvars"),))
    lines = shown(files, "tree", given=given)
    assert [line for line in lines if "days = 3" in line] == []
    assert lines[1] == "4:   «snapshot_retention_limit = var.days»"


def test_contents_that_override_a_file_are_shown(shown: Shown, tmp_path: Path) -> None:
    edited = cluster("9").encode()
    given = EvaluationInputs(contents={os.path.realpath(tmp_path / "main.tf"): edited})
    assert shown({"main.tf": cluster("0")}, given=given)[1] == "4:   «snapshot_retention_limit = 9»"


def test_without_excerpts_no_file_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(cluster("0"), "utf-8")
    assert scan(["."], Policy(), TODAY).excerpts == ()
