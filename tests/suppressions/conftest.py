"""Evaluates files; returns what is suppressed and why, and the messages about the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Report
from ecbackup_iac.scan import scan

TODAY = date(2026, 11, 23)
NOTHING_GIVEN = EvaluationInputs()
USUAL_POLICY = Policy()

GROUP = "aws_elasticache_replication_group"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run."""

    report: Report

    @property
    def reasons(self) -> dict[str, str | None]:
        """Why each cache that fails or is unknown does not count, by address; None where it does."""
        return {
            one.resource.address: one.suppression.reason if one.suppression else None
            for one in self.report.findings
            if one.verdict.rule
        }

    @property
    def messages(self) -> list[str]:
        """The messages of the diagnostics, each with its line."""
        return [f"{one.location.line}: {one.message}" for one in self.report.diagnostics]


class Checker(Protocol):
    """Evaluates files as a repository of their own."""

    def __call__(
        self,
        files: Mapping[str, str | bytes],
        *paths: str,
        policy: Policy = ...,
        given: EvaluationInputs = ...,
        on: date = ...,
    ) -> Outcome: ...


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checker:
    monkeypatch.chdir(tmp_path)

    def check_them(
        files: Mapping[str, str | bytes],
        *paths: str,
        policy: Policy = USUAL_POLICY,
        given: EvaluationInputs = NOTHING_GIVEN,
        on: date = TODAY,
    ) -> Outcome:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        return Outcome(scan(paths or (".",), policy, on, given))

    return check_them


@pytest.fixture(scope="session")
def one_group() -> str:
    """A replication group without backups; three gaps take what a test puts above, inside and behind."""
    return (
        "@above@\n"
        f'resource "{GROUP}" "sessions" {{\n'
        '  description = "sessions"\n'
        "  @inside@\n"
        "  snapshot_retention_limit = 0 @behind@\n"
        "}\n"
    )
