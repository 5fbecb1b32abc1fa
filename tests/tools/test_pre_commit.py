"""The hooks, as the real pre-commit runs them on real commits."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import yaml

from ecbackup_iac.files.file_names import TEMPLATE_SUFFIXES

pytestmark = pytest.mark.extended

TOP = Path(__file__).resolve().parent.parent.parent

CACHE = """\
resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  snapshot_retention_limit = DAYS
}
"""
MODULE = """\
variable "days" {
  type = number
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "this"
  description              = "A cache"
  snapshot_retention_limit = 7
}
"""
CALLER = """\
module "redis" {
  source = "../../modules/redis"
  days   = 0
}
"""
UNIT = """\
include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "../../../modules/redis"
}
"""
TEMPLATE = """\
Parameters:
  Days:
    Type: Number
    Default: 7
Resources:
  Pages:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: Pages
      SnapshotRetentionLimit: 7
"""
PARENT = """\
Resources:
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: pages.yaml
      Parameters:
        Days: 0
"""

# None of it is infrastructure code, and some of it is not even well formed.
OTHER_FILES = {
    ".github/workflows/ci.yml": "on: push\njobs: {}\n",
    "chart/templates/service.yaml": "{{- if .Values.enabled }}\nkind: Service\n{{- end }}\n",
    "broken.yaml": "a: [1, 2\n",
    "broken.json": '{"a": ',
    "empty.yaml": "",
    "empty.json": "",
    "several.yaml": "--- {a: 1}\n--- {b: 2}\n",
    "list.json": "[1, 2, 3]\n",
    "package.json": '{"name": "shop", "Resources": 1}\n',
    "tsconfig.json": "{\n  // a comment\n}\n",
    "notes.template": "Dear {name},\n",
}


class Ran(Protocol):
    output: str
    status: int


class Tools(Protocol):
    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]: ...
    def run(self, *command: str | Path, cwd: Path = ..., env: Mapping[str, str] = ...) -> Ran: ...


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository whose commits go through pre-commit."""

    folder: Path
    tools: Tools
    env: Mapping[str, str]

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def git(self, *words: str) -> Ran:
        return self.tools.run("git", *words, cwd=self.folder, env=self.env)

    def commit(self, files: Mapping[str, str], *options: str) -> Ran:
        """Commit files, and return what the hooks print."""
        self.write(files)
        self.git("add", "--all")
        return self.git("commit", "--message", "A change", *options)

    def commit_without_hooks(self, files: Mapping[str, str]) -> None:
        """Commit files that no hook checks: what a repository contains before the hooks are used."""
        result = self.commit(files, "--no-verify")
        assert result.status == 0, result.output

    def run(self, *words: str) -> Ran:
        return self.tools.run("pre-commit", *words, cwd=self.folder, env=self.env)


@pytest.fixture
def repository(tmp_path: Path, tools: Tools, published: Path) -> Repository:
    env = tools.environment({"PRE_COMMIT_HOME": str(published / "pre-commit")})
    repository = Repository(tmp_path / "shop", tools, env)
    repository.folder.mkdir()
    assert repository.git("init", "--quiet", "--initial-branch", "main").status == 0
    repository.write({".pre-commit-config.yaml": configuration(published)})
    installed = repository.run(
        "install", "--hook-type", "pre-commit", "--hook-type", "pre-push", "--install-hooks"
    )
    if installed.status and not (published / "ready").exists():
        # Without a network the tests are skipped; in CI, which sets the variable, that is a failure.
        end = pytest.fail if os.environ.get("ECBACKUP_REQUIRE_TOOLS") else pytest.skip
        end(f"pre-commit cannot build the hooks' environment: {installed.output}")
    assert installed.status == 0, installed.output
    (published / "ready").touch()
    repository.commit_without_hooks({"README.md": "A shop.\n"})
    return repository


def configuration(published: Path, **settings: object) -> str:
    hooks = [{"id": "ecbackup-iac", **settings}, {"id": "ecbackup-iac-all"}]
    source = {"repo": str(published / "repository"), "rev": "v0.1.0", "hooks": hooks}
    return yaml.safe_dump({"repos": [source]})


def test_a_commit_that_turns_backups_off_is_stopped_until_it_is_fixed(
    repository: Repository,
) -> None:
    repository.commit_without_hooks({"main.tf": CACHE.replace("DAYS", "7")})
    before = repository.git("rev-parse", "HEAD").output

    stopped = repository.commit({"main.tf": CACHE.replace("DAYS", "0")})
    assert stopped.status == 1
    assert "FAIL  aws_elasticache_replication_group.sessions  ECB001" in stopped.output
    assert "automatic backups are off: snapshot_retention_limit is 0" in stopped.output
    assert "--> main.tf:4:3" in stopped.output
    assert "fix: set snapshot_retention_limit = 7 in main.tf:4" in stopped.output
    assert repository.git("rev-parse", "HEAD").output == before

    fixed = repository.commit({"main.tf": CACHE.replace("DAYS", "7")}, "--allow-empty")
    assert fixed.status == 0, fixed.output
    fixed = repository.commit({"main.tf": CACHE.replace("DAYS", "14")})
    assert fixed.status == 0, fixed.output
    assert re.search(r"^ElastiCache backups\.+Passed$", fixed.output, re.MULTILINE)


def test_a_commit_that_touches_only_a_child_module_is_checked_through_its_callers(
    repository: Repository,
) -> None:
    repository.commit_without_hooks(
        {"modules/redis/main.tf": MODULE, "stacks/shop/main.tf": CALLER}
    )
    stopped = repository.commit({"modules/redis/main.tf": MODULE.replace("= 7", "= var.days")})
    assert stopped.status == 1
    assert "FAIL  module.redis.aws_elasticache_replication_group.this" in stopped.output
    assert "fix: set days = 7 in stacks/shop/main.tf:3" in stopped.output
    fixed = repository.commit({"stacks/shop/main.tf": CALLER.replace("= 0", "= 7")})
    assert fixed.status == 0, fixed.output


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("live/root.hcl", "inputs = {\n  days = 7\n}\n", "inputs = {\n  days = 0\n}\n"),
        ("live/prod/redis/terragrunt.hcl", UNIT, f"{UNIT}\ninputs = {{\n  days = 0\n}}\n"),
    ],
)
def test_a_commit_that_touches_configuration_of_terragrunt_is_checked_through_its_units(
    path: str, before: str, after: str, repository: Repository
) -> None:
    files = {
        "modules/redis/main.tf": MODULE.replace("= 7", "= var.days"),
        "live/root.hcl": "inputs = {\n  days = 7\n}\n",
        "live/prod/redis/terragrunt.hcl": UNIT,
    }
    assert files[path] == before
    repository.commit_without_hooks(files)

    stopped = repository.commit({path: after})
    assert stopped.status == 1, stopped.output
    assert f"fix: set days = 7 in {path}:" in stopped.output


def test_a_commit_that_touches_only_a_nested_template_is_checked_through_its_parents(
    repository: Repository,
) -> None:
    repository.commit_without_hooks({"parent.yaml": PARENT, "pages.yaml": TEMPLATE})
    nested = TEMPLATE.replace("Limit: 7", "Limit: !Ref Days")
    stopped = repository.commit({"pages.yaml": nested})
    assert stopped.status == 1
    assert "FAIL  Nested/Pages" in stopped.output
    assert "fix: set Days: 7 in parent.yaml:7" in stopped.output


@pytest.mark.parametrize(
    "path", [*(f"cache{suffix}" for suffix in TEMPLATE_SUFFIXES), "app/.ebextensions/cache.config"]
)
def test_the_hook_runs_for_every_name_that_a_template_may_have(path: str) -> None:
    hooks = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert re.search(hooks[0]["files"], path)
    assert not re.search(hooks[0]["files"], "app/web.config")


def test_a_commit_of_other_yaml_and_json_passes(repository: Repository) -> None:
    passed = repository.commit(OTHER_FILES)
    assert passed.status == 0, passed.output
    assert re.search(r"^ElastiCache backups\.+Passed$", passed.output, re.MULTILINE)


def test_a_commit_of_source_code_and_of_downloaded_files_runs_no_hook(
    repository: Repository,
) -> None:
    off = CACHE.replace("DAYS", "0")
    files = {"app.py": "", "node_modules/x/main.tf": off, "a/.terraform/modules/x/main.tf": off}
    passed = repository.commit(files)
    assert passed.status == 0, passed.output
    assert "(no files to check)Skipped" in passed.output


def test_a_commit_that_touches_only_a_variable_file_is_checked(repository: Repository) -> None:
    variable = 'variable "days" {\n  type = number\n}\n'
    repository.commit_without_hooks(
        {
            "main.tf": variable + CACHE.replace("DAYS", "var.days"),
            "terraform.tfvars": "days = 7\n",
        }
    )
    stopped = repository.commit({"terraform.tfvars": "days = 0\n"})
    assert stopped.status == 1
    assert "fix: set days = 7 in terraform.tfvars:1" in stopped.output
    fixed = repository.commit({"terraform.tfvars": "days = 3\n"})
    assert fixed.status == 0, fixed.output


def test_a_commit_that_touches_only_the_policy_file_is_checked(repository: Repository) -> None:
    repository.commit_without_hooks({"stacks/shop/main.tf": CACHE.replace("DAYS", "7")})
    stopped = repository.commit({".ecbackup.toml": "minimum_days = 14\n"})
    assert stopped.status == 1
    assert "ECB002" in stopped.output
    assert "stacks/shop/main.tf:4" in stopped.output
    fixed = repository.commit({".ecbackup.toml": "minimum_days = 5\n"})
    assert fixed.status == 0, fixed.output


def test_a_commit_that_touches_only_the_baseline_is_checked(repository: Repository) -> None:
    accepted = (
        '{"schema_version": 1, "findings": [{"root": ".", "rule": "ECB001", "reason": "r", '
        '"address": "aws_elasticache_replication_group.sessions", "accepted": "2026-11-23"}]}\n'
    )
    named = {".ecbackup.toml": 'baseline = ".ecbackup-baseline.json"\n'}
    repository.commit_without_hooks(
        {"main.tf": CACHE.replace("DAYS", "0"), ".ecbackup-baseline.json": accepted, **named}
    )
    emptied = {".ecbackup-baseline.json": '{"schema_version": 1, "findings": []}\n'}
    stopped = repository.commit(emptied)
    assert stopped.status == 1
    assert "FAIL  aws_elasticache_replication_group.sessions" in stopped.output
    fixed = repository.commit({".ecbackup-baseline.json": accepted}, "--allow-empty")
    assert fixed.status == 0, fixed.output


def test_arguments_of_the_configuration_reach_the_command(
    repository: Repository, published: Path
) -> None:
    repository.commit_without_hooks(
        {".pre-commit-config.yaml": configuration(published, args=["--min-days=14"])}
    )
    stopped = repository.commit({"main.tf": CACHE.replace("DAYS", "7")})
    assert stopped.status == 1
    assert "ECB002" in stopped.output


def test_a_list_of_files_that_is_split_is_checked_part_by_part(
    repository: Repository, published: Path
) -> None:
    # pre-commit passes at most about 128 KiB of names to one command; these are 160 KB.
    folder = "f" * 90
    many = {f"{folder}/{number:04}.json": "{}\n" for number in range(1600)}
    calling = {
        "stacks/shop/main.tf": CALLER,
        "a/redis/main.tf": MODULE.replace("= 7", "= var.days"),
    }
    calling["stacks/shop/main.tf"] = CALLER.replace("../../modules", "../../a")
    repository.commit_without_hooks(
        {".pre-commit-config.yaml": configuration(published, verbose=True)}
    )
    stopped = repository.commit(many | calling)
    assert stopped.status == 1
    hook, _, _ = stopped.output.partition("ElastiCache backups (whole repository)")
    ends = re.findall(r"^\d+ caches?[^\n]*$", hook, re.MULTILINE)
    assert len(ends) >= 2
    assert "1 cache: 1 failed" in ends
    fixed = repository.commit(
        {"stacks/shop/main.tf": calling["stacks/shop/main.tf"].replace("0", "7")}
    )
    assert fixed.status == 0, fixed.output


def test_a_push_is_checked_completely_also_where_a_commit_only_deletes(
    repository: Repository, tmp_path: Path
) -> None:
    variable = 'variable "days" {\n  type    = number\n  default = 0\n}\n'
    repository.commit_without_hooks(
        {
            "main.tf": variable + CACHE.replace("DAYS", "var.days"),
            "terraform.tfvars": "days = 7\n",
        }
    )
    remote = tmp_path / "remote.git"
    assert repository.git("init", "--quiet", "--bare", str(remote)).status == 0
    assert repository.git("remote", "add", "origin", str(remote)).status == 0
    pushed = repository.git("push", "origin", "main")
    assert pushed.status == 0, pushed.output
    assert "ElastiCache backups (whole repository)" in pushed.output

    (repository.folder / "terraform.tfvars").unlink()
    deleted = repository.commit({})
    assert deleted.status == 0, deleted.output  # pre-commit passes no file that is gone
    stopped = repository.git("push", "origin", "main")
    assert stopped.status == 1
    assert "fix: set default = 7 in main.tf:3" in stopped.output


def test_the_whole_repository_can_be_checked_by_hand(repository: Repository) -> None:
    repository.commit_without_hooks({"a/main.tf": CACHE.replace("DAYS", "0")})
    command = ("run", "ecbackup-iac-all", "--hook-stage", "manual", "--all-files")
    stopped = repository.run(*command)
    assert stopped.status == 1
    assert "--> a/main.tf:4:3" in stopped.output
    repository.commit_without_hooks({"a/main.tf": CACHE.replace("DAYS", "7")})
    passed = repository.run(*command)
    assert passed.status == 0, passed.output


def test_pre_commit_accepts_the_manifest(tools: Tools) -> None:
    accepted = tools.run("pre-commit", "validate-manifest", TOP / ".pre-commit-hooks.yaml")
    assert accepted.status == 0, accepted.output


def test_the_documented_configuration_names_hooks_that_exist(tools: Tools, tmp_path: Path) -> None:
    page = (TOP / "docs/ci.md").read_text("utf-8")
    (sample,) = re.findall(r"^```yaml\n(repos:.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "config.yaml").write_text(sample, "utf-8")
    accepted = tools.run("pre-commit", "validate-config", tmp_path / "config.yaml")
    assert accepted.status == 0, accepted.output
    (source,) = yaml.safe_load(sample)["repos"]
    manifest = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in source["hooks"]] == [hook["id"] for hook in manifest]
