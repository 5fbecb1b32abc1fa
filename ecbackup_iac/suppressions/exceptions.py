"""Findings and the policy's exceptions → findings that carry why they do not count."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from ecbackup_iac.errors import PolicyError
from ecbackup_iac.files.globs import covers, matches
from ecbackup_iac.model.policy import PolicyException
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import (
    Diagnostic,
    Finding,
    Severity,
    Suppression,
    SuppressionKind,
)
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.verdict import Status


def today() -> date:
    """Give today's date in UTC, or the date that SOURCE_DATE_EPOCH (seconds) sets.

    Raises:
        PolicyError: SOURCE_DATE_EPOCH is not a number of seconds that is a date.

    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise PolicyError(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}") from error


def apply_exceptions(
    findings: Iterable[Finding], exceptions: Sequence[PolicyException], on: date
) -> tuple[list[Finding], list[Diagnostic]]:
    """Mark what an exception covers; tell of every exception that is over or covers nothing."""
    diagnostics = [
        _told(one, f"the exception expired on {one.expires} and no longer counts: {one.reason}")
        for one in exceptions
        if one.expires and one.expires < on
    ]
    active = [one for one in exceptions if not (one.expires and one.expires < on)]
    used: set[int] = set()
    marked = []
    for finding in findings:
        covering = [index for index, one in enumerate(active) if _covers(one, finding)]
        used.update(covering)
        is_open = covering and finding.suppression is None
        marked.append(_suppressed(finding, active[covering[0]]) if is_open else finding)
    diagnostics += [
        _told(one, f"the exception matches no finding that fails or is undecided: {one.reason}")
        for index, one in enumerate(active)
        if index not in used
    ]
    return marked, diagnostics


def _covers(exception: PolicyException, finding: Finding) -> bool:
    """Say whether the exception is about this finding; what passes needs none."""
    return (
        finding.verdict.status in (Status.FAIL, Status.UNKNOWN)
        and exception.rule in (None, finding.verdict.rule)
        and (exception.resource is None or matches(exception.resource, finding.resource.address))
        and (exception.path is None or any(covers(exception.path, one) for one in _paths(finding)))
    )


def _paths(finding: Finding) -> tuple[str, ...]:
    """Give the file that a finding stands in; of a plan or a state that has places, the plan, too."""
    resource = finding.resource
    has_root = SOURCES[resource.source].is_terraform_json
    return (resource.location.path, *((resource.root,) if has_root else ()))


def _suppressed(finding: Finding, exception: PolicyException) -> Finding:
    suppression = Suppression(
        SuppressionKind.POLICY, exception.reason, exception.location, exception.expires
    )
    return replace(finding, suppression=suppression)


def _told(exception: PolicyException, message: str) -> Diagnostic:
    return Diagnostic(message, exception.location, Severity.WARNING)
