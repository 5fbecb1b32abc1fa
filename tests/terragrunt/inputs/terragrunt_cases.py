"""Trees of files with Terragrunt units, and what `check` is expected to say of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MODULE = """\
variable "days" {
  type    = number
  default = 7
}
resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "a"
  description              = "a"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.days
}
"""
"""Seven days unless `days` is set."""

SOURCE = 'terraform {\n  source = "../../modules//redis"\n}\n'
"""Of a unit two folders below the top."""


@dataclass(frozen=True)
class Case:
    """Files, and what is expected of each root: a status with the days, or with a part of the message."""

    files: Mapping[str, str]
    expected: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = (".",)
    errors: tuple[str, ...] = ()
    """Parts of the errors, each with its location: `live/a/terragrunt.hcl:3: no folder`."""


class Outcome:
    """What `check --format json` says."""

    def __init__(self, report: dict[str, Any], status: int) -> None:
        self.report = report
        self.status = status
        self.findings = report["findings"]
        self.errors = [
            f"{one['path']}:{one['line']}: {one['message']}"
            for one in report["diagnostics"]
            if one["severity"] == "error"
        ]

    def of_root(self, root: str) -> str:
        """Return the status and the days of the only finding of a root, or its message."""
        found = [one for one in self.findings if one["root"] == root]
        found = found or [
            {**one, "status": "absent", "message": one["reason"]}
            for one in self.report["absent"]
            if one["root"] == root
        ]
        assert len(found) == 1, (root, self.findings, self.report["absent"], self.errors)
        (one,) = found
        days = one.get("retention", {}).get("days")
        return f"{one['status']} {one['message'] if days is None else days}"


class Check:
    """Writes files, and checks them."""

    def __init__(self, run: Callable[..., Outcome]) -> None:
        self._run = run

    def __call__(
        self, files: Mapping[str, str], *args: str, env: Mapping[str, str] | None = None
    ) -> Outcome:
        """Return what is said of the files."""
        return self._run(files, *args, env=env)

    def expect(self, case: Case) -> None:
        """Fail where a case turns out otherwise."""
        outcome = self(case.files, *case.args, env=case.env)
        found = {root: outcome.of_root(root) for root in case.expected}
        for root, expected in case.expected.items():
            assert found[root].startswith(expected), (found, outcome.errors)
        listed = (*outcome.findings, *outcome.report["absent"])
        assert {one["root"] for one in listed} == set(case.expected)
        assert len(outcome.errors) == len(case.errors), outcome.errors
        for error, part in zip(outcome.errors, case.errors, strict=True):
            assert part in error


UNIT = "live/a/terragrunt.hcl"
REFUSED = "unknown snapshot_retention_limit is unknown: Terragrunt rejects the unit: "
CACHE = (
    'resource "aws_elasticache_replication_group" "own" {\n  replication_group_id = "o"\n'
    '  description = "o"\n  node_type = "cache.t4g.small"\n  snapshot_retention_limit = %s\n}'
)
ROOT = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
INPUTS = "inputs = {\n  days = %s\n}\n"


def unit(text: str, **more: str) -> dict[str, str]:
    """Return a tree with one unit, `live/a`, of the module `modules/redis`."""
    return {"modules/redis/main.tf": MODULE, UNIT: text, **more}


def days(value: str) -> str:
    """Return a unit's text with one input."""
    return f"{SOURCE}inputs = {{\n  days = {value}\n}}\n"


def root(text: str, own: str = "", include: str = ROOT) -> dict[str, str]:
    """Return a unit that includes `root.hcl`, which has this text."""
    return unit(include + own, **{"root.hcl": text})


def stack(text: str, **files: str) -> dict[str, str]:
    """Return a stack in `live`, with a template for units of the module."""
    template = (
        'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n' + INPUTS % "values.days"
    )
    return {
        "modules/redis/main.tf": MODULE,
        "catalog/redis/terragrunt.hcl": template,
        "live/terragrunt.stack.hcl": text,
        **files,
    }


def component(
    name: str, more: str = "", *, kind: str = "unit", source: str = "../catalog/redis"
) -> str:
    return f'{kind} "{name}" {{\n  source = "{source}"\n  path   = "{name}"\n{more}}}\n'


def generate(contents: str, *, path: str = "x.tf", how: str = "overwrite", more: str = "") -> str:
    return (
        f'generate "x" {{\n  path      = "{path}"\n  if_exists = "{how}"\n{more}'
        f"  contents  = <<EOF\n{contents}\nEOF\n}}\n"
    )
