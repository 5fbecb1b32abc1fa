"""Report → SARIF 2.1.0, for code scanning.

What passes is no result: code hosts know no kind of result but a failure, and would show it as one. It
stands in the run's properties.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ecbackup_iac import __version__
from ecbackup_iac.control.rule_cards import GUIDE, RULES, RuleMetadata
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import (
    Diagnostic,
    Finding,
    Report,
    Suppression,
    SuppressionKind,
)
from ecbackup_iac.model.value import TraceStep
from ecbackup_iac.model.verdict import Level, Rule
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.fingerprints import of_findings
from ecbackup_iac.reporters.repository_paths import is_file, place_of, relative_to_repository
from ecbackup_iac.reporters.style import RenderOptions
from ecbackup_iac.reporters.wording import facts

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "ecbackupResource/v1"

_KINDS = {
    SuppressionKind.COMMENT: "inSource",
    SuppressionKind.METADATA: "inSource",
    SuppressionKind.POLICY: "external",
    SuppressionKind.BASELINE: "external",
}
_RULES = tuple(Rule)

_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def render(report: Report, style: RenderOptions = RenderOptions()) -> str:
    """Give the whole report as SARIF, in ASCII."""
    told = relative_to_repository(report, style)
    prints = dict(enumerate(of_findings(told.findings)))
    results = [
        _result(finding, prints[index])
        for index, finding in enumerate(told.findings)
        if _is_result(finding)
    ]
    run = {
        "tool": {
            "driver": {
                "name": "ecbackup-iac",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule, RULES[rule]) for rule in _RULES],
            }
        },
        "automationDetails": {"id": _category(style)},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.is_incomplete,
                "toolExecutionNotifications": [_notification(one) for one in told.diagnostics],
            }
        ],
        "results": results,
        "properties": {
            "summary": report.counts,
            "others": [_other(finding) for finding in told.findings if not _is_result(finding)],
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _category(style: RenderOptions) -> str:
    """Give what tells this analysis from others of its kind: up to its last slash, as GitHub reads it."""
    return "".join(f"{part}/" for part in ("ecbackup-iac", _uri(style.folder)) if part)


def _is_result(finding: Finding) -> bool:
    """Say whether a finding is for a code host to show: what passes, or is to be ignored, is not."""
    return finding.verdict.rule is not None and finding.level is not Level.NONE


def _rule(rule: Rule, card: RuleMetadata) -> dict[str, Any]:
    return {
        "id": rule,
        "name": rule.label,
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": card.description},
        "help": {
            "text": f"{card.description}\n\n{card.remedy}\n\n{GUIDE}",
            "markdown": f"{card.description}\n\n**What to do.** {card.remedy}\n\n"
            f"[Scheduling automatic backups]({GUIDE})",
        },
        "helpUri": GUIDE,
        "defaultConfiguration": {"level": card.level},
        "properties": {
            "precision": card.precision,
            "security-severity": f"{card.severity:.1f}",
            "tags": ["security", "backup", "elasticache"],
        },
    }


def _result(finding: Finding, fingerprint: str) -> dict[str, Any]:
    resource, rule = finding.resource, finding.verdict.rule
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": _RULES.index(rule) if rule else -1,
        "level": finding.level,
        "message": _message(
            f"{finding.verdict.message} ({resource.address})",
            *facts(finding),
        ),
        "locations": [
            _location(place_of(resource))
            | {
                "logicalLocations": [
                    {
                        "fullyQualifiedName": escape_control_characters(resource.address),
                        "kind": "resource",
                    }
                ]
            }
        ],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": _facts(finding),
    }
    if resource.retention.trace:
        steps = [_step(step) for step in resource.retention.trace]
        steps[0]["importance"] = "essential"
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    related = [
        {"id": index} | _location(place) | {"message": _message(text)}
        for index, (place, text) in enumerate(_related(finding), start=1)
    ]
    if related:
        result["relatedLocations"] = related
    if finding.suppression:
        result["suppressions"] = [_suppression(finding.suppression)]
    return result


def _related(finding: Finding) -> Iterator[tuple[Location, str]]:
    """Yield what else a reader will want to see: the cache itself, who calls it, what decides."""
    resource = finding.resource
    seen = {place_of(resource)}
    trace = resource.retention.trace
    places = [(resource.location, "the cache, in a module")]
    places += [(call, "the module is called here") for call in reversed(resource.calls)]
    places += [(step.location, f"decided here: {step.text}") for step in trace[-1:]]
    for place, text in places:
        if place not in seen and is_file(place):
            seen.add(place)
            yield place, text


def _facts(finding: Finding) -> dict[str, Any]:
    resource, verdict = finding.resource, finding.verdict
    return {
        "status": verdict.status,
        "address": escape_control_characters(resource.address),
        "type": escape_control_characters(resource.type),
        "form": resource.form,
        "source": resource.source,
        "root": escape_control_characters(resource.root),
    }


def _other(finding: Finding) -> dict[str, Any]:
    """Give a finding that is no result, as short as it can be told."""
    told = [escape_control_characters(finding.verdict.message), *facts(finding)]
    place = escape_control_characters(str(place_of(finding.resource)))
    return _facts(finding) | {"place": place, "message": "\n".join(told)}


def _step(step: TraceStep) -> dict[str, Any]:
    return {"location": _location(step.location) | {"message": _message(step.text)}}


def _suppression(suppression: Suppression) -> dict[str, Any]:
    until = f" (until {suppression.expires})" if suppression.expires else ""
    told: dict[str, Any] = {
        "kind": _KINDS[suppression.kind],
        "status": "accepted",
        "justification": escape_control_characters(suppression.reason) + until,
    }
    if is_file(suppression.location):
        told["location"] = _location(suppression.location)
    return told


def _notification(told: Diagnostic) -> dict[str, Any]:
    text = told.message if is_file(told.location) else f"{told.location}: {told.message}"
    notification: dict[str, Any] = {"level": told.severity, "message": _message(text)}
    if is_file(told.location):
        notification["locations"] = [_location(told.location)]
    return notification


def _location(place: Location) -> dict[str, Any]:
    """Give a place; what has no line has no region.

    Standard input is "-", though it is no file: code scanning refuses a result without a file.
    """
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path)}}
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    if place.line is not None:
        physical["region"] = {name: value for name, value in region.items() if value is not None}
    return {"physicalLocation": physical}


def _uri(path: str) -> str:
    """Give a path as a relative URI: nothing in it can be a scheme, a host or a query."""
    return quote(path, safe="/", errors="backslashreplace")


def _message(*lines: str) -> dict[str, str]:
    """Give a text in which nothing is a link or a placeholder: hostile names have `](` and `{0}` in them."""
    text = "\n".join(map(escape_control_characters, lines)).replace("](", "] (")
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", text)}  # SARIF 2.1.0, messages with placeholders
