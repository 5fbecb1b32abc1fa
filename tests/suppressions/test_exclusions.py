"""What `exclude` leaves out: roots and caches in what matches; every report says how much, and by what."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from conftest import Run

GROUP = """\
resource "aws_elasticache_replication_group" "sessions" {
  snapshot_retention_limit = 0
}
"""
CALL = 'module "cache" {\n  source = "../modules/redis"\n}\n'
POLICY = 'exclude = ["old/", "modules/**", "live/legacy.tf"]\n'
CHILD = "Resources:\n  C:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
PARENT = """\
Resources:
  Data:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./nested/child.yaml}
  Own:
    Type: AWS::ElastiCache::ReplicationGroup
"""
PLAN = """\
{
  "format_version": "1.2",
  "terraform_version": "1.9.0",
  "planned_values": {},
  "resource_changes": [
    {
      "address": "aws_elasticache_replication_group.planned",
      "mode": "managed",
      "type": "aws_elasticache_replication_group",
      "name": "planned",
      "provider_name": "registry.terraform.io/hashicorp/aws",
      "change": {"actions": ["create"], "before": null, "after": {"snapshot_retention_limit": 0}}
    }
  ]
}
"""
ESTATE = {
    ".git/HEAD": "",
    "live/main.tf": CALL + 'variable "days" {}\n' + GROUP.replace("= 0", "= var.days"),
    "live/own.auto.tfvars": "days = 0\n",
    "modules/redis/main.tf": GROUP.replace("sessions", "called"),
    "plans/plan.json": PLAN,
    "templates/own.yaml": CHILD.replace("  C:", "  Templated:"),
}
OWN, PLANNED = (f"aws_elasticache_replication_group.{name}" for name in ("sessions", "planned"))
MODULE = "aws_elasticache_replication_group.called"
CALLED = f"module.cache.{MODULE}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with a policy that leaves out a root, a module, and one file of a root."""
    files = {
        ".git/HEAD": "",
        ".ecbackup.toml": POLICY,
        "old/main.tf": GROUP,
        "modules/redis/main.tf": GROUP,
        "live/main.tf": CALL + GROUP,
        "live/legacy.tf": GROUP.replace("sessions", "legacy"),
        "node_modules/sdk/main.tf": GROUP,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def report(run: "Run", tree: Path, *args: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run("check", *args, "--format=json", cwd=tree).stdout)
    return document


def test_excluded_roots_and_caches_are_left_out_and_counted(tree: Path, run: "Run") -> None:
    document = report(run, tree)
    assert [one["location"]["path"] for one in document["findings"]] == ["live/main.tf"]
    policy = {"by": "policy", "path": ".ecbackup.toml", "line": 1}
    assert document["excluded"] == [
        policy | {"pattern": "old/", "paths": 1, "caches": 0},
        policy | {"pattern": "modules/**", "paths": 1, "caches": 1},
        policy | {"pattern": "live/legacy.tf", "paths": 1, "caches": 1},
        {"by": "default", "path": None, "line": None}
        | {"pattern": "node_modules", "paths": 1, "caches": 0},
    ]


def test_a_root_whose_files_are_all_excluded_is_left_out(tree: Path, run: "Run") -> None:
    document = report(run, tree, "--no-policy", "--exclude=old/main.tf", "--exclude=live/*.tf")
    assert [one["location"]["path"] for one in document["findings"]] == ["modules/redis/main.tf"]
    counted = [(one["by"], one["paths"], one["caches"]) for one in document["excluded"]]
    assert counted == [("option", 1, 0), ("option", 2, 0), ("default", 1, 0)]


def test_an_excluded_template_is_read_where_another_nests_it(tree: Path, run: "Run") -> None:
    (tree / "t/nested").mkdir(parents=True)
    (tree / "t/main.yaml").write_text(PARENT, encoding="utf-8")
    (tree / "t/nested/child.yaml").write_text(CHILD, encoding="utf-8")
    document = report(run, tree, "t", "--no-policy", "--exclude=t/nested/")
    assert [one["resource"]["address"] for one in document["findings"]] == ["Own"]
    assert [(one["paths"], one["caches"]) for one in document["excluded"]] == [(1, 1)]
    assert [one["severity"] for one in document["diagnostics"]] == ["note"]


def test_what_is_not_created_in_an_excluded_file_is_counted_too(tree: Path, run: "Run") -> None:
    (tree / "live/legacy.tf").write_text(GROUP.replace("\n", "\n  count = 0\n", 1), "utf-8")
    document = report(run, tree, "live")
    assert document["absent"] == []
    assert (document["excluded"][1]["pattern"], document["excluded"][1]["caches"]) == (
        "live/legacy.tf",
        1,
    )


@pytest.mark.parametrize("name", REPORTERS)
def test_every_report_says_what_is_excluded_and_by_what(name: str, tree: Path, run: "Run") -> None:
    text = (
        run("check", "--format", name, cwd=tree).stdout.replace("&#x27;", "'").replace("<wbr>", "")
    )
    for sentence in ("'old/' leaves out 1 path", "'modules/**' leaves out 1 path and 1 cache"):
        assert sentence in text
    assert ".ecbackup.toml" in text


@pytest.mark.parametrize(
    ("args", "place"),
    [((), ".ecbackup.toml:1"), (("--no-policy", "--exclude=moduels/"), "command line")],
)
def test_a_glob_that_matches_nothing_is_a_warning(
    args: tuple[str, ...], place: str, tree: Path, run: "Run"
) -> None:
    (tree / ".ecbackup.toml").write_text('exclude = ["moduels/"]\n', encoding="utf-8")
    result = run("check", *args, cwd=tree)
    assert f"WARNING  {place}\n  exclude 'moduels/' matches no root and no cache" in result.stdout
    assert result.status == 1


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A root with a variable file that calls a module, a template and a plan."""
    for name, text in ESTATE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("glob", "remaining", "amount"),
    [
        # No root calls the module then, so that it is a root itself.
        ("live/main.tf", (MODULE, PLANNED, "Templated"), "1 path"),
        ("live", (MODULE, PLANNED, "Templated"), "1 path"),
        ("modules/redis/main.tf", (OWN, PLANNED, "Templated"), "1 path and 1 cache"),
        ("**/redis", (OWN, PLANNED, "Templated"), "1 path and 1 cache"),
        ("plans/plan.json", (OWN, CALLED, "Templated"), "1 path"),
        ("plans/", (OWN, CALLED, "Templated"), "1 path"),
        ("templates/own.yaml", (OWN, CALLED, PLANNED), "1 path"),
        ("*.yaml", (OWN, CALLED, PLANNED), "1 path"),
        # A variable file is still read: the root needs it.
        ("live/own.auto.tfvars", (OWN, CALLED, PLANNED, "Templated"), ""),
        ("*.tfvars", (OWN, CALLED, PLANNED, "Templated"), ""),
    ],
)
def test_what_matches_is_left_out_and_counted_in_every_report(
    glob: str, remaining: tuple[str, ...], amount: str, estate: Path, run: "Run"
) -> None:
    formats = [f"--format={name}:{name}.report" for name in REPORTERS]
    assert run("check", f"--exclude={glob}", *formats, cwd=estate).status == 1
    document = json.loads((estate / "json.report").read_text("utf-8"))
    findings = document["findings"]
    assert {one["resource"]["address"] for one in findings} == {*remaining}
    assert {one["status"] for one in findings} == {"fail"}
    expected = f"leaves out {amount}" if amount else "matches no root and no cache"
    for name in REPORTERS:
        text = (estate / f"{name}.report").read_text("utf-8")
        text = text.replace("&#x27;", "'").replace("<wbr>", "")
        assert f"exclude '{glob}' {expected}" in text, name
        excluded = {OWN, CALLED, PLANNED, "Templated"} - {*remaining}
        assert not [address for address in excluded if address in text], name


def test_a_glob_about_other_files_than_those_checked_gives_no_warning(
    tree: Path, run: "Run"
) -> None:
    assert "matches no root" not in run("check", "live", cwd=tree).stdout
    args = ("live/main.tf", "--no-policy", "--exclude=old/")
    assert "matches no root" not in run("check", *args, cwd=tree).stdout


def test_fix_does_not_edit_excluded_files(tree: Path, run: "Run") -> None:
    run("fix", cwd=tree)
    assert (tree / "modules/redis/main.tf").read_text(encoding="utf-8") == GROUP
    assert "= 7" in (tree / "live/main.tf").read_text(encoding="utf-8")


@pytest.mark.parametrize("pattern", ["**", "*.tf", "**/*.tf"])
def test_a_run_whose_configuration_is_all_excluded_is_incomplete(
    pattern: str, tmp_path: Path, run: "Run"
) -> None:
    (tmp_path / "stack").mkdir()
    for folder in (tmp_path, tmp_path / "stack"):
        (folder / "main.tf").write_text(GROUP, encoding="utf-8")
    result = run("check", f"--exclude={pattern}", cwd=tmp_path)
    assert (result.status, "the answer is incomplete" in result.stdout) == (3, True)
    assert run("check", "--exclude=stack/*.tf", cwd=tmp_path).status == 1
