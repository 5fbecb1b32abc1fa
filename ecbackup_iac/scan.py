"""The whole flow on one screen: paths → inputs → resources → verdicts → findings → report."""

from collections.abc import Sequence
from datetime import date

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.given import Given
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Diagnostic, Finding, Report, report_of
from ecbackup_iac.readers.inputs import readings
from ecbackup_iac.remedy import remedy_of
from ecbackup_iac.rule import judge, level_of
from ecbackup_iac.suppression import apply_exceptions


def scan(
    paths: Sequence[str],
    policy: Policy,
    today: date,
    given: Given | None = None,
    *,
    allow_empty: bool = False,
) -> Report:
    """Judge every cache under the paths, evaluated with what is given; "-" is standard input.

    Raises:
        InputError: a path does not exist.

    """
    findings: list[Finding] = []
    diagnostics: list[Diagnostic] = []
    for reading in readings(paths, policy, given or Given(), allow_empty=allow_empty):
        diagnostics += reading.diagnostics
        findings += [_finding(resource, policy) for resource in reading.resources]
    findings, told = apply_exceptions(findings, policy.exceptions, today)
    return report_of(findings, diagnostics + told)


def _finding(resource: CacheResource, policy: Policy) -> Finding:
    verdict = judge(resource, policy)
    return Finding(
        resource, verdict, level_of(verdict, policy), remedy_of(resource, verdict, policy)
    )
