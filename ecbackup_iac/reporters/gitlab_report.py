"""Report → GitLab Code Quality: a list of what is wrong, and of nothing else.

It cannot say what passes, and it has no word for a suppression: a suppressed finding is mere information.
"""

import json
from typing import Any

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.verdict import Level
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.fingerprints import of_diagnostics, of_findings
from ecbackup_iac.reporters.repository_paths import place_of, relative_to_repository
from ecbackup_iac.reporters.style import RenderOptions
from ecbackup_iac.reporters.wording import facts

_SEVERITIES = {
    Level.ERROR: "critical",
    Level.WARNING: "minor",
    Level.NOTE: "info",
    Level.NONE: "info",
}


def render(report: Report, style: RenderOptions = RenderOptions()) -> str:
    """Give what is wrong as a JSON array, in ASCII."""
    told = relative_to_repository(report, style)
    entries = [
        _finding(finding, fingerprint)
        for finding, fingerprint in zip(told.findings, of_findings(told.findings), strict=True)
        if finding.verdict.rule
    ]
    entries += [
        _diagnostic(one, fingerprint)
        for one, fingerprint in zip(told.diagnostics, of_diagnostics(told.diagnostics), strict=True)
    ]
    return json.dumps(entries, indent=2) + "\n"


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    resource, verdict = finding.resource, finding.verdict
    message = escape_control_characters(f"{resource.address}: {verdict.message}")
    severity = "info" if finding.suppression else _SEVERITIES[finding.level]
    return {
        "description": "; ".join((message, *facts(finding))),
        "check_name": verdict.rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": _location(place_of(resource)),
    }


def _diagnostic(told: Diagnostic, fingerprint: str) -> dict[str, Any]:
    is_error = told.severity is Severity.ERROR
    return {
        "description": escape_control_characters(told.message),
        "check_name": "not-read" if is_error else "read-with-a-warning",
        "fingerprint": fingerprint,
        "severity": "major" if is_error else "info",
        "location": _location(told.location),
    }


def _location(place: Location) -> dict[str, Any]:
    """Give a place; GitLab takes no entry without a line, and the first one stands for none."""
    return {"path": escape_control_characters(place.path), "lines": {"begin": place.line or 1}}
