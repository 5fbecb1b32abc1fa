"""Findings and the policy's exceptions → the exceptions that cover them."""

import os
from collections.abc import Iterator, Sequence
from datetime import date

from ecbackup_iac.files.globs import covers, matcher
from ecbackup_iac.files.paths import contains
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.policy import PolicyException
from ecbackup_iac.model.report import Diagnostic, Finding, Severity, Suppression, SuppressionKind
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.suppressions.inline import has_expired


class PolicySuppressions:
    """The policy's exceptions."""

    def __init__(
        self, exceptions: Sequence[PolicyException], today: date, paths: Sequence[str]
    ) -> None:
        """`paths` were evaluated: an exception that may be for something else is never called unused."""
        self._paths = paths
        self._exceptions = exceptions
        self._today = today
        self._used: set[int] = set()
        """The exceptions, by identity, that cover a finding of this run."""

    def covering(self, findings: Sequence[Finding]) -> list[Suppression | None]:
        """Return the first exception that covers each finding; every one that covers it is used."""
        covering: list[Suppression | None] = [None] * len(findings)
        for exception in self._exceptions:
            if has_expired(exception.expires, self._today):
                continue
            reported = Suppression(
                SuppressionKind.POLICY, exception.reason, exception.location, exception.expires
            )
            is_match = matcher(exception.resource or "*")
            for index, finding in enumerate(findings):
                is_needed = covering[index] is None or id(exception) not in self._used
                if is_needed and is_match(finding.resource.address) and _covers(exception, finding):
                    self._used.add(id(exception))
                    covering[index] = covering[index] or reported
        return covering

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield a warning for each exception that has expired or covers nothing."""
        for exception in self._exceptions:
            if has_expired(exception.expires, self._today):
                text = f"the exception expired on {exception.expires} and no longer applies"
            elif id(exception) not in self._used and _is_all_checked(exception, self._paths):
                text = "the exception matches no finding that fails or is unknown"
            else:
                continue
            message = f"{text}: {exception.reason}"
            yield Diagnostic(
                message, exception.location, Severity.WARNING, is_shown_when_quiet=True
            )


def _is_all_checked(exception: PolicyException, paths: Sequence[str]) -> bool:
    """Whether the checked paths contain everything that the policy file applies to."""
    folder = os.path.dirname(exception.location.path) or "."
    top = folder if contains(folder, ".") else "."
    return any(path != STANDARD_INPUT and contains(path, top) for path in paths)


def _covers(exception: PolicyException, finding: Finding) -> bool:
    """Whether a finding may need the exception, and the exception is about its rule and file."""
    glob = exception.path
    may_need_it = finding.verdict.status in (Status.FAIL, Status.UNKNOWN)
    return (
        may_need_it
        and exception.rule in (None, finding.verdict.rule)
        and (glob is None or any(covers(glob, path) for path in _paths(finding)))
    )


def _paths(finding: Finding) -> tuple[str, ...]:
    """Return the file of a finding, and the plan or state that it was read from."""
    resource = finding.resource
    has_root = SOURCES[resource.source].is_terraform_json
    return (resource.location.path, *((resource.root,) if has_root else ()))
