"""Findings and the policy's exceptions → the exceptions that cover them."""

from collections.abc import Iterator, Sequence
from datetime import date

from ecbackup_iac.files.globs import covers, matcher
from ecbackup_iac.model.policy import PolicyException
from ecbackup_iac.model.report import (
    Diagnostic,
    Finding,
    Severity,
    Suppression,
    SuppressionKind,
)
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.suppressions.tracked import TrackedSuppression


class PolicySuppressions:
    """The policy's exceptions."""

    def __init__(self, exceptions: Sequence[PolicyException], on: date) -> None:
        self._exceptions = [(exception, _tracked(exception)) for exception in exceptions]
        self._on = on

    def covering(self, findings: Sequence[Finding]) -> list[Suppression | None]:
        """Return the first exception that covers each finding; every one that covers it is used."""
        active = [
            (exception, tracked)
            for exception, tracked in self._exceptions
            if not tracked.is_expired(self._on)
        ]
        failing = [  # a pass needs none
            (index, finding.resource.address, finding)
            for index, finding in enumerate(findings)
            if finding.verdict.status in (Status.FAIL, Status.UNKNOWN)
        ]
        covering: list[Suppression | None] = [None] * len(findings)
        for exception, tracked in active:
            matching = failing
            if exception.resource is not None:
                is_match = matcher(exception.resource)
                matching = [one for one in failing if is_match(one[1])]
            for index, _, finding in matching:
                if _covers(exception, finding):
                    tracked.is_used = True
                    covering[index] = covering[index] or tracked.reported
        return covering

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield a warning for each exception that has expired or covers nothing."""
        for exception, tracked in self._exceptions:
            if tracked.is_expired(self._on):
                text = f"the exception expired on {exception.expires} and no longer counts"
            elif not tracked.is_used:
                text = "the exception matches no finding that fails or is unknown"
            else:
                continue
            message = f"{text}: {exception.reason}"
            yield Diagnostic(message, exception.location, Severity.WARNING, is_about_gate=True)


def _tracked(exception: PolicyException) -> TrackedSuppression:
    return TrackedSuppression(
        SuppressionKind.POLICY, exception.reason, lambda: exception.location, exception.expires
    )


def _covers(exception: PolicyException, finding: Finding) -> bool:
    """Whether the exception is about the rule and the file of this finding."""
    glob = exception.path
    return exception.rule in (None, finding.verdict.rule) and (
        glob is None or any(covers(glob, path) for path in _paths(finding))
    )


def _paths(finding: Finding) -> tuple[str, ...]:
    """Return the file of a finding, and the plan or state that it was read from."""
    resource = finding.resource
    has_root = SOURCES[resource.source].is_terraform_json
    return (resource.location.path, *((resource.root,) if has_root else ()))
