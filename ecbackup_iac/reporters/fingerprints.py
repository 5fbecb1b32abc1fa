"""Findings → names of their own that last: edits above a finding do not change it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from ecbackup_iac.model.report import Diagnostic, Finding
from ecbackup_iac.reporters.repository_paths import place_of


def of_findings(findings: Iterable[Finding]) -> Iterator[str]:
    """Give each finding's: of its rule, path, root and address, and which of its equals it is."""
    return _counted(
        (
            str(finding.verdict.rule),
            place_of(finding.resource).path,
            finding.resource.root,
            finding.resource.address,
        )
        for finding in findings
    )


def of_diagnostics(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Give each diagnostic's: of its severity, path and message, and which of its equals it is."""
    return _counted(
        ("diagnostic", str(told.severity), told.location.path, told.message) for told in diagnostics
    )


def _counted(identities: Iterable[tuple[str, ...]]) -> Iterator[str]:
    seen: Counter[tuple[str, ...]] = Counter()
    for identity in identities:
        # In quotes, no part can pass for the end of another; in ASCII, every Python writes the same.
        written = ascii((*identity, seen[identity]))
        yield hashlib.sha256(written.encode()).hexdigest()
        seen[identity] += 1
