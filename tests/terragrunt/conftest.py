"""A tree of files with Terragrunt units → the findings of `check`, by root."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def check(tmp_path: Path, run_here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Write files, and check them."""

    def check_it(
        files: Mapping[str, str], *args: str, env: Mapping[str, str] | None = None
    ) -> Outcome:
        for name in ("DAYS", "ENVIRONMENT", "TF_VAR_days", "TG_FEATURE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        result = run_here("check", *(args or (".",)), "--format", "json")
        return Outcome(json.loads(result.stdout), result.status)

    return Check(check_it)
