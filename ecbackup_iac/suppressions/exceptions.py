"""Findings and the policy's exceptions → the exceptions that cover them."""

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate

from ecbackup_iac.files.globs import covers, literal_parts, matcher
from ecbackup_iac.files.paths import contains
from ecbackup_iac.model.location import STANDARD_INPUT
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
        failing = [  # the indices of the findings that may need an exception
            index
            for index, finding in enumerate(findings)
            if finding.verdict.status in (Status.FAIL, Status.UNKNOWN)
        ]
        addresses = _Addresses([findings[index].resource.address for index in failing])
        for exception in self._exceptions:
            if has_expired(exception.expires, self._today):
                continue
            reported = Suppression(
                SuppressionKind.POLICY, exception.reason, exception.location, exception.expires
            )
            for position in addresses.matching(exception.resource):
                index = failing[position]
                is_needed = covering[index] is None or id(exception) not in self._used
                if is_needed and _covers(exception, findings[index]):
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


class _Addresses:
    """Addresses in one string, in which each of many globs is searched for at once."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._text = "\n".join(addresses)
        self._starts = [0, *accumulate(len(address) + 1 for address in addresses)]

    def matching(self, glob: str | None) -> Iterable[int]:
        """Return the positions of the addresses that a glob matches; all where there is none."""
        if glob is None:
            return range(len(self._addresses))
        is_match, addresses = matcher(glob), self._addresses
        rarest = min(literal_parts(glob), key=self._text.count, default="")
        return (position for position in self._having(rarest) if is_match(addresses[position]))

    def _having(self, text: str) -> Iterator[int]:
        """Yield the positions of the addresses that contain a text, and perhaps of some others."""
        offset = self._text.find(text)
        while offset >= 0:
            position = bisect_right(self._starts, offset) - 1
            if position >= len(self._addresses):
                return
            yield position
            offset = self._text.find(text, self._starts[position + 1])


def _is_all_checked(exception: PolicyException, paths: Sequence[str]) -> bool:
    """Whether the checked paths contain everything that the policy file applies to."""
    folder = os.path.dirname(exception.location.path) or "."
    top = folder if contains(folder, ".") else "."
    return any(path != STANDARD_INPUT and contains(path, top) for path in paths)


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
