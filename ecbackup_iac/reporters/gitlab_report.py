"""Report → GitLab Code Quality: a list of failures and diagnostics.

The format has neither passes nor suppressions: a suppressed finding has the severity "info".
"""

import json
from typing import Any

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.verdict import Level
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.fingerprints import of_diagnostics, of_findings
from ecbackup_iac.reporters.per_cache import merge_sets
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.reporters.repository_paths import relative_to_repository, reported_location
from ecbackup_iac.reporters.wording import detail_lines, has_several_roots

_SEVERITIES = {
    Level.ERROR: "critical",
    Level.WARNING: "minor",
    Level.NOTE: "info",
    Level.NONE: "info",
}

_CHECKS = {
    Severity.ERROR: "not-read",
    Severity.WARNING: "read-with-a-warning",
    Severity.NOTE: "excluded",
}


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:
    """Return the failures and diagnostics as a JSON array, in ASCII."""
    report = merge_sets(relative_to_repository(report, options))
    with_root = has_several_roots(report)
    entries = [
        _finding(finding, fingerprint, with_root=with_root)
        for finding, fingerprint in zip(report.findings, of_findings(report.findings), strict=True)
        if finding.verdict.rule
    ]
    entries += [
        _diagnostic(diagnostic, fingerprint)
        for diagnostic, fingerprint in zip(
            report.diagnostics, of_diagnostics(report.diagnostics), strict=True
        )
    ]
    return json.dumps(entries, indent=2) + "\n"


def _finding(finding: Finding, fingerprint: str, *, with_root: bool) -> dict[str, Any]:
    resource, verdict = finding.resource, finding.verdict
    message = escape_control_characters(f"{resource.address}: {verdict.message}")
    severity = "info" if finding.suppression else _SEVERITIES[finding.level]
    return {
        "description": "; ".join((message, *detail_lines(finding, with_root=with_root))),
        "check_name": verdict.rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": _location(reported_location(finding)),
    }


def _diagnostic(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    severity = diagnostic.severity
    return {
        "description": escape_control_characters(diagnostic.message),
        "check_name": _CHECKS[severity],
        "fingerprint": fingerprint,
        "severity": "major" if severity is Severity.ERROR else "info",
        "location": _location(diagnostic.location),
    }


def _location(location: Location) -> dict[str, Any]:
    """Return a location; GitLab requires a line, so the first is used where there is none."""
    return {
        "path": escape_control_characters(location.path),
        "lines": {"begin": location.line or 1},
    }
