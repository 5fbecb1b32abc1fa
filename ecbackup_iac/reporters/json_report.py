"""Report → JSON for programs, schema_version 1: the keys below are a stable interface."""

import json
from typing import Any

from ecbackup_iac import __version__
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import (
    AbsentCache,
    Diagnostic,
    Exclusion,
    Finding,
    Report,
    Suppression,
)
from ecbackup_iac.model.value import Invalid, Known, Outcome, TraceStep, Unknown, Unset, Value
from ecbackup_iac.reporters.escaping import escape_commands_in_json
from ecbackup_iac.reporters.render_options import RenderOptions

SCHEMA_VERSION = 1

_STATES = {Known: "known", Unset: "unset", Unknown: "unknown", Invalid: "invalid"}


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:  # noqa: ARG001 - one signature for all
    """Return the whole report as JSON, in ASCII."""
    return escape_commands_in_json(json.dumps(document_of(report), indent=2)) + "\n"


def document_of(report: Report) -> dict[str, Any]:
    """Return the whole report as what JSON consists of."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "ecbackup-iac", "version": __version__},
        "policy": {
            "minimum_days": report.requirements.minimum_days,
            "unknown": report.requirements.unknown,
            "path": report.requirements.path,
        },
        "summary": report.counts,
        "findings": [_finding(finding) for finding in report.findings],
        "absent": [_absent(absent) for absent in report.absent],
        "excluded": [_exclusion(exclusion) for exclusion in report.exclusions],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    resource, verdict = finding.resource, finding.verdict
    return {
        "status": verdict.status,
        "rule": verdict.rule,
        "level": finding.level,
        "message": verdict.message,
        "resource": {
            "address": resource.address,
            "type": resource.type,
            "form": resource.form,
            "engine": _setting(resource.engine),
            "node_type": _setting(resource.node_type),
        },
        "retention": _retention(resource.retention, resource.variants),
        "source": resource.source,
        "root": resource.root,
        "settings": resource.settings_label or None,
        "calls": [_step(call) for call in resource.calls],
        "location": _location(finding.location),
        "trace": [_step(step) for step in finding.trace],
        "notes": [{"rule": note.rule, "text": note.text} for note in verdict.notes],
        "remedy": finding.remedy,
        "suppression": _suppression(finding.suppression) if finding.suppression else None,
    }


def _retention(retention: Value[int], variants: tuple[Outcome[int], ...]) -> dict[str, Any]:
    outcomes = (
        (*retention.outcomes, *map(Outcome, retention.passed_values))
        if isinstance(retention, Unknown)
        else (Outcome(retention),)
    )
    shown: dict[str, Any] = {
        "state": _STATES[type(retention)],
        "days": _days(retention),
        "possible": list(
            dict.fromkeys(
                _days(outcome.value)
                for outcome in (*outcomes, *variants)
                if not isinstance(outcome.value, Invalid)
            )
        ),
    }
    if isinstance(retention, Unknown) and retention.bounds and not retention.outcomes:
        bounds = retention.bounds
        shown["bounds"] = {"min": bounds.minimum, "max": bounds.maximum}
    return shown


def _setting(value: Value[str]) -> str | None:
    """Return a setting as text: "unknown" where it is not determined, None where none is set."""
    if isinstance(value, Unknown):
        return "unknown"
    return value.value if isinstance(value, Known) else None


def _days(value: Value[int]) -> int | None:
    return value.value if isinstance(value, Known) else None


def _location(location: Location) -> dict[str, Any]:
    return _start(location) | {"end_line": location.end_line, "end_column": location.end_column}


def _start(location: Location) -> dict[str, Any]:
    return {"path": location.path, "line": location.line, "column": location.column}


def _step(step: Call | TraceStep) -> dict[str, Any]:
    return _start(step.location) | {"text": step.text}


def _suppression(suppression: Suppression) -> dict[str, Any]:
    return {
        "kind": suppression.kind,
        "reason": suppression.reason,
        "expires": suppression.expires.isoformat() if suppression.expires else None,
        "path": suppression.location.path,
        "line": suppression.location.line,
    }


def _absent(absent: AbsentCache) -> dict[str, Any]:
    return {
        "address": absent.address,
        "type": absent.type,
        "root": absent.root,
        "location": _location(absent.location),
        "reason": absent.reason,
    }


def _exclusion(exclusion: Exclusion) -> dict[str, Any]:
    return {
        "by": exclusion.by,
        "pattern": exclusion.pattern,
        "path": exclusion.location.path
        if exclusion.by == "policy" and exclusion.location
        else None,
        "line": exclusion.location.line if exclusion.location else None,
        "paths": exclusion.paths,
        "caches": exclusion.caches,
    }


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    severity, message = {"severity": diagnostic.severity}, {"message": diagnostic.message}
    return severity | _start(diagnostic.location) | message
