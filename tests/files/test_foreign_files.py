"""Files of any name: templates among them are found; a file that quotes a template is not one."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecbackup_iac.files.bounded_read import MAX_TEXT_BYTES
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

    RunHere = Callable[..., Result]

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Sessions:
    Type: AWS::ElastiCache::ServerlessCache
    Properties: {ServerlessCacheName: s, Engine: valkey, SnapshotRetentionLimit: 0}
"""
GROUP = 'resource "aws_elasticache_replication_group" "a" {\n  description = "d"\n}\n'
RESOURCES = TEMPLATE.partition("\n")[2]
INDENTED = TEMPLATE.replace("\n", "\n    ")
COMMENTED = TEMPLATE.replace("\n", "\n# ")

QUOTING = {
    "guide.mdx": f"# Guide\n\nDeploy it with this file:\n\n```yaml\n{TEMPLATE}```\n\n- note: one: two\n",
    "guide.adoc": f"= Guide\n\nDeploy it:\n\n[source,yaml]\n----\n{TEMPLATE}----\n\n- note: one: two\n",
    "guide.org": f"Deploy it with this:\n\n#+BEGIN_SRC yaml\n{TEMPLATE}#+END_SRC\n- note: one: two\n",
    "guide": f"Title: Guide\n\n```\n{RESOURCES}```\n- note: one: two\n",
    "check_test.rego": f"# {COMMENTED}\npackage checks\n\nmock := {{\n  {TEMPLATE}}}\n",
    "check.guard": f"rule a {{\n  %x exists\n}}\n# {COMMENTED}\n{TEMPLATE}",
    "cache.feature": f'Feature: caches\n  Given "x"\n    """\n    {INDENTED}\n    """\n',
    "notes.txt": f"AWSTemplateFormatVersion: x\n\tand\n{TEMPLATE}",
    "deploy": f"#!/bin/sh\naws cloudformation deploy <<EOF\n{TEMPLATE}EOF\n",
}


@pytest.mark.parametrize("name", QUOTING)
def test_what_quotes_a_template_is_an_error_only_where_it_is_named(
    name: str, tmp_path: Path, run_here: "RunHere"
) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}\nAWSTemplateFormatVersion: x\n", "utf-8")
    (tmp_path / name).write_text(QUOTING[name], "utf-8")
    result = run_here("check", ".")
    assert (result.stdout, result.status) == ("0 caches found\n", 0)
    result = run_here("check", name)
    assert (result.stdout.splitlines()[0].partition(":")[0], result.status) == (f"ERROR  {name}", 3)


NAMES = (
    "cache.cfn",
    "cache.tpl",
    "cache.yaml.j2",
    "cache.json.jinja2",
    "cache.yaml.erb",
    "cache",
    "c.x",
)
HEADS = {
    "nothing": "",
    "a comment": "# The caches of the shop: all of them\n",
    "a comment of Jinja": "{# The caches\nof the shop #}\n",
    "a statement of Jinja": "{% set stage = 'prod' %}\n",
    "a statement of ERB": "<%- caches.each do |cache|\n   next -%>\n",
    "an include": '{{- include "header" . }}\n',
    "a comment of JavaScript": "/* The caches\n of the shop */\n",
    "the separator": "---\n",
    "a directive": "%YAML 1.1\n---\n",
    "a description": "Description: the caches of the shop\n",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("template", [TEMPLATE, RESOURCES], ids=["with version", "without"])
def test_a_template_that_cannot_be_parsed_is_an_error_whatever_its_name(
    template: str, head: str, name: str, tmp_path: Path, run_here: "RunHere"
) -> None:
    (tmp_path / name).write_text(f"{head}{template}{{% endif %}}\n", "utf-8")
    result = run_here("check", ".")
    assert (result.stdout.splitlines()[0].partition(":")[0], result.status) == (f"ERROR  {name}", 3)


PADDING = st.sampled_from(["", "# a comment\n", "\n" * 50, "# " + "x" * 1_200_000 + "\n"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    stem=st.text("abcXYZ-_", min_size=1, max_size=8),
    suffix=st.sampled_from(
        ["", ".cfn", ".tpl", ".txt", ".rego", ".j2", ".json", ".yml", ".YAML", ".x"]
    ),
    before=PADDING,
    after=PADDING,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    is_escaped=st.booleans(),
)
def test_a_template_is_found_whatever_its_name_size_and_encoding(  # noqa: PLR0913 - what varies
    stem: str,
    suffix: str,
    before: str,
    after: str,
    encoding: str,
    *,
    is_escaped: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    kind = r'"\x41WS::Elasti\u0043ache\x3a:ServerlessCache"'
    text = RESOURCES.replace("AWS::ElastiCache::ServerlessCache", kind) if is_escaped else RESOURCES
    (folder / f"{stem}{suffix}").write_bytes(f"{before}{text}{after}".encode(encoding))
    report = scan([str(folder)], Policy(), date(2026, 11, 29))
    assert [finding.resource.address for finding in report.findings] == ["Sessions"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("holds_template", [True, False])
def test_a_file_of_any_name_that_is_too_large_is_an_error_where_it_may_be_a_template(
    encoding: str, *, holds_template: bool, tmp_path: Path, run_here: "RunHere"
) -> None:
    (tmp_path / "ok.tf").write_text("", "utf-8")
    text = (TEMPLATE if holds_template else "caches: []\n").encode(encoding)
    padding = "#".encode(encoding) * MAX_TEXT_BYTES
    (tmp_path / "cache.cfn").write_bytes(padding + "\n".encode(encoding) + text)
    result = run_here("check", ".")
    if holds_template:
        assert result.stdout.startswith("ERROR  cache.cfn\n  not read: it is larger than ")
        assert result.status == 3
    else:
        assert (result.stdout, result.status) == ("0 caches found\n", 0)


def test_a_program_that_names_aws_is_not_a_template(tmp_path: Path, run_here: "RunHere") -> None:
    (tmp_path / "ok.tf").write_text("", "utf-8")
    (tmp_path / "tool").write_bytes(b"\x7fELF\2\1\1\0" + TEMPLATE.encode() + b"\0\t- \xff: [")
    assert run_here("check", ".").status == 0


def test_a_submodule_and_a_work_tree_of_git_give_no_warning(
    tmp_path: Path, run_here: "RunHere"
) -> None:
    (tmp_path / ".git").write_text("gitdir: /elsewhere/.git/worktrees/here\n", "utf-8")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / ".git").write_text("gitdir: ../.git/modules/modules\n", "utf-8")
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("Limit: 0", "Limit: 7"), "utf-8")
    result = run_here("check", ".")
    assert (result.stdout, result.status) == ("1 cache: 1 passed\n", 0)


def test_what_terragrunt_copied_is_not_checked_unless_it_is_named(
    tmp_path: Path, run_here: "RunHere"
) -> None:
    copied = tmp_path / "live" / ".terragrunt-cache" / "a" / "b"
    copied.mkdir(parents=True)
    (tmp_path / "main.tf").write_text("", "utf-8")
    (copied / "main.tf").write_text(GROUP, "utf-8")
    (copied / "cache.yaml").write_text(TEMPLATE, "utf-8")
    result = run_here("check", ".")
    assert (result.stdout, result.status) == ("0 caches found\n", 0)
    result = run_here("check", "live/.terragrunt-cache/a/b")
    assert (result.stdout.splitlines()[-1], result.status) == ("2 caches: 2 failed", 1)
