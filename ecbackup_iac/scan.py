"""The whole flow on one screen: paths → inputs → resources → verdicts → findings → report."""

from collections.abc import Sequence
from datetime import date

from ecbackup_iac.model.baseline import Baseline
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.given import Given
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity, report_of
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
        BaselineError: the policy's baseline cannot be used.

    """
    baseline = _baseline(policy)
    findings: list[Finding] = []
    diagnostics: list[Diagnostic] = []
    for reading in readings(paths, policy, given or Given(), allow_empty=allow_empty):
        diagnostics += reading.diagnostics
        findings += [_finding(resource, policy) for resource in reading.resources]
    findings, told = apply_exceptions(findings, policy.exceptions, today)
    diagnostics += told
    if baseline is not None:
        from ecbackup_iac.baseline import apply_baseline, stale_entries, told_stale

        findings = apply_baseline(findings, baseline)
        # What could not be read may well be what an entry is about.
        if not any(one.severity is Severity.ERROR for one in diagnostics):
            diagnostics += told_stale(baseline, stale_entries(findings, baseline, paths))
    return report_of(findings, diagnostics)


def _baseline(policy: Policy) -> Baseline | None:
    if policy.baseline is None:
        return None
    from ecbackup_iac.baseline import read_baseline  # pydantic, which most runs do without

    return read_baseline(policy.baseline)


def _finding(resource: CacheResource, policy: Policy) -> Finding:
    verdict = judge(resource, policy)
    return Finding(
        resource, verdict, level_of(verdict, policy), remedy_of(resource, verdict, policy)
    )
