"""The whole flow on one screen: paths → inputs → resources → verdicts → findings → report."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from ecbackup_iac.accounting import account_for
from ecbackup_iac.model.baseline import Baseline
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.inputs import Given
from ecbackup_iac.model.policy import IgnoreMode, Policy
from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity, report_of
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.readers.inputs import readings
from ecbackup_iac.rule import judge, level_of
from ecbackup_iac.suppressions.exceptions import apply_exceptions

if TYPE_CHECKING:
    from ecbackup_iac.model.annotated_text import MarkedText


def scan(  # noqa: PLR0913 - most have defaults, and are given by name
    paths: Sequence[str],
    policy: Policy,
    today: date,
    given: Given | None = None,
    *,
    allow_empty: bool = False,
    with_excerpts: bool = False,
    progress: Progress = UNWATCHED,
) -> Report:
    """Judge every cache under the paths, evaluated with what is given; "-" is standard input.

    Raises:
        InputError: a path does not exist.
        BaselineError: the policy's baseline cannot be used.

    """
    baseline = _baseline(policy)
    findings: list[Finding] = []
    diagnostics: list[Diagnostic] = []
    marked: list[MarkedText] = []
    read = tuple(
        readings(paths, policy, given or Given(), allow_empty=allow_empty, progress=progress)
    )
    for reading in read:
        diagnostics += reading.diagnostics
        marked += reading.marked
        findings += [_finding(resource, policy) for resource in reading.resources]
    absent, not_evaluated = account_for(read)
    diagnostics += not_evaluated
    if policy.ignores is not IgnoreMode.NONE and marked:
        from ecbackup_iac.suppressions.matching import apply_ignores

        findings, told = apply_ignores(findings, marked, policy.ignores, today, given or Given())
        diagnostics += told
    findings, told = apply_exceptions(findings, policy.exceptions, today)
    diagnostics += told
    if baseline is not None:
        from ecbackup_iac.suppressions.baseline import apply_baseline, stale_entries, told_stale

        findings = apply_baseline(findings, baseline)
        # What could not be read may well be what an entry is about.
        if not any(one.severity is Severity.ERROR for one in diagnostics):
            diagnostics += told_stale(baseline, stale_entries(findings, baseline, paths))
    report = report_of(findings, diagnostics)
    report = replace(report, absent=absent, minimum_days=policy.minimum_days)
    if not with_excerpts:
        return report
    from ecbackup_iac.readers.excerpts import excerpts_of

    contents = given.contents if given else {}
    tops = paths if policy.source is None else (*paths, policy.source)
    return replace(report, excerpts=excerpts_of(report.findings, tops, contents))


def _baseline(policy: Policy) -> Baseline | None:
    if policy.baseline is None:
        return None
    from ecbackup_iac.suppressions.baseline import (
        read_baseline,  # pydantic, which most runs do without
    )

    return read_baseline(policy.baseline)


def _finding(resource: CacheResource, policy: Policy) -> Finding:
    verdict = judge(resource, policy)
    if verdict.status in (Status.PASS, Status.NOT_APPLICABLE):
        return Finding(resource, verdict, level_of(verdict, policy))
    from ecbackup_iac.remedy import remedy_of  # what passes needs none

    return Finding(
        resource, verdict, level_of(verdict, policy), remedy_of(resource, verdict, policy)
    )
