"""Findings → the same with one finding for each cache that several sets of values give the same verdict.

The policy's `[[roots]]` may have a root checked with several sets of values: that is one finding for each
cache and set. Reports for people show caches.
"""

from collections import Counter
from collections.abc import Iterable

from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Report

# The worst first: the one that counts where sets of values give a cache different verdicts.
_WORST_FIRST = ("fail", "unknown", "suppressed", "pass", "not_applicable")


def merge_sets(report: Report) -> Report:
    """Return a report in which equal findings of several sets of values are one, with all remedies."""
    merged: dict[object, Finding] = {}
    for finding in report.findings:
        key: object = (
            (*_identity(finding), finding.verdict, finding.level, _suppression_of(finding))
            if finding.resource.settings_label
            else id(finding)
        )
        first = merged.get(key)
        merged[key] = finding if first is None else _merged(first, finding)
    return replace(report, findings=tuple(merged.values()))


def cache_counts(findings: Iterable[Finding]) -> Counter[str]:
    """Return the number of caches by status, or "suppressed": the worst that a set of values gives."""
    return Counter(finding.counted_as for finding in worst_of_caches(findings))


def worst_of_caches(findings: Iterable[Finding]) -> list[Finding]:
    """Return a finding for each cache: the worst that a set of values gives."""
    worst: dict[object, Finding] = {}
    for finding in findings:
        key: object = _identity(finding) if finding.resource.settings_label else id(finding)
        worst[key] = min(
            worst.get(key, finding), finding, key=lambda one: _WORST_FIRST.index(one.counted_as)
        )
    return list(worst.values())


def _identity(finding: Finding) -> tuple[object, ...]:
    resource = finding.resource
    return (resource.root, resource.address, resource.location)


def _suppression_of(finding: Finding) -> tuple[object, ...]:
    """Return what suppresses a finding, wherever it is: a baseline has an entry for each set of values."""
    suppression = finding.suppression
    return (suppression.kind, suppression.reason, suppression.expires) if suppression else ()


def _merged(first: Finding, other: Finding) -> Finding:
    settings = f"{first.resource.settings_label}; {other.resource.settings_label}"
    lines = [
        line for finding in (first, other) if finding.remedy for line in finding.remedy.split("\n")
    ]
    remedy = "\n".join(dict.fromkeys(lines)) or None
    return replace(first, resource=replace(first.resource, settings_label=settings), remedy=remedy)
