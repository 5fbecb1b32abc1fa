"""Findings and diagnostics → fingerprints: edits above a finding do not change its fingerprint."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from ecbackup_iac.model.report import Diagnostic, Finding
from ecbackup_iac.model.written_path import composed
from ecbackup_iac.reporters.repository_paths import reported_location_of


def of_findings(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the fingerprint of each finding: of its rule, path, root and address, and a counter.

    The path is that of the cache's retention, whichever rule is broken.
    """
    return _counted(
        (
            str(finding.verdict.rule),
            reported_location_of(finding.resource.location, finding.resource).path,
            finding.resource.root,
            finding.resource.address,
        )
        for finding in findings
    )


def of_diagnostics(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield the fingerprint of each diagnostic: of its severity, path and message, and a counter."""
    return _counted(
        ("diagnostic", str(diagnostic.severity), diagnostic.location.path, diagnostic.message)
        for diagnostic in diagnostics
    )


def _counted(identities: Iterable[tuple[str, ...]]) -> Iterator[str]:
    seen: Counter[tuple[str, ...]] = Counter()
    for identity in identities:
        # The quotes separate the parts, and ASCII is the same in every version of Python.
        written = ascii((*map(composed, identity), seen[identity]))
        yield hashlib.sha256(written.encode()).hexdigest()
        seen[identity] += 1
