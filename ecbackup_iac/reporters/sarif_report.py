"""Report → SARIF 2.1.0, for code scanning.

A pass is not a result, because code hosts show every result as a failure. It is in the run's properties.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ecbackup_iac import __version__
from ecbackup_iac.control.rule_cards import GUIDE, RULE_CARDS, RuleCard
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Suppression, SuppressionKind
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.urls import rule_url
from ecbackup_iac.model.verdict import Level, Rule
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.fingerprints import of_findings
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.reporters.repository_paths import (
    is_file,
    relative_to_repository,
    reported_location,
)
from ecbackup_iac.reporters.wording import detail_lines

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


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:
    """Return the complete report as SARIF, in ASCII."""
    fingerprints = of_findings(relative_to_repository(report, options).findings)
    warning = warning_of(report, options)
    options = replace(options, standard_input=_standard_input(options))
    report = relative_to_repository(report, options)
    results = [
        _result(finding, fingerprint)
        for finding, fingerprint in zip(report.findings, fingerprints, strict=True)
        if _is_result(finding)
    ]
    notifications = [_notification(diagnostic) for diagnostic in report.diagnostics]
    if warning:
        notifications.append({"level": "warning", "message": _message(warning)})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "ecbackup-iac",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule, RULE_CARDS[rule]) for rule in _RULES],
            }
        },
        # GitHub takes what is before the last slash as the category.
        "automationDetails": {"id": f"ecbackup-iac/{_uri(options.folder)}/".replace("//", "/")},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.is_incomplete,
                "toolExecutionNotifications": notifications,
            }
        ],
        "results": results,
        "properties": {
            "summary": report.counts,
            "excluded": [
                {
                    "by": exclusion.by,
                    "pattern": escape_control_characters(exclusion.pattern),
                    "paths": exclusion.paths,
                    "caches": exclusion.caches,
                }
                for exclusion in report.exclusions
            ],
            "others": [_other(finding) for finding in report.findings if not _is_result(finding)],
        },
    }
    if options.provenance.repository:
        revision = escape_control_characters(options.provenance.revision)
        checked = {"repositoryUri": options.provenance.repository}
        run["versionControlProvenance"] = [checked | ({"revisionId": revision} if revision else {})]
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def warning_of(report: Report, options: RenderOptions) -> str | None:
    """Return the warning that results have no line of their own, and what gives them one."""
    lineless = [
        SOURCES[finding.resource.source]
        for finding in report.findings
        if _is_result(finding) and reported_location(finding).line is None
    ]
    if not lineless:
        return None
    results = (
        "1 result has no line and is"
        if len(lineless) == 1
        else (f"{len(lineless):,} results have no line and are")
    )
    text = f"{results} reported at line 1, because SARIF requires one"
    if options.source is None and any(source.is_terraform_json for source in lineless):
        text += "; pass --source DIR to report the lines of the configuration"
    return text


def _standard_input(options: RenderOptions) -> str:
    """Return a path that replaces standard input: code scanning needs one that a repository can contain."""
    if options.source is not None:
        path = posixpath.normpath(posixpath.join(options.folder, options.source))
        if not path.startswith(("../", "/")) and path != "..":
            return path
    return "stdin.json"


def _is_result(finding: Finding) -> bool:
    """Whether a code host should show a finding: not a pass, and not what the policy ignores."""
    return finding.verdict.rule is not None and finding.level is not Level.NONE


def _rule(rule: Rule, card: RuleCard) -> dict[str, Any]:
    return {
        "id": rule,
        "name": rule.label,
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": card.description},
        "help": {
            "text": f"{card.description}\n\n{card.remedy}\n\n{rule_url(rule)}",
            "markdown": f"{card.description}\n\n**What to do.** {card.remedy}\n\n"
            f"[{rule}]({rule_url(rule)}) · [Scheduling automatic backups]({GUIDE})",
        },
        "helpUri": rule_url(rule),
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
            *detail_lines(finding, with_root=True),
        ),
        "locations": [
            _location(reported_location(finding))
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
        "properties": _properties(finding),
    }
    if finding.trace:
        steps: list[dict[str, Any]] = [
            {"location": _location(step.location) | {"message": _message(step.text)}}
            for step in finding.trace
        ]
        steps[0]["importance"] = "essential"
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    related = [
        {"id": index} | _location(location) | {"message": _message(text)}
        for index, (location, text) in enumerate(_related(finding), start=1)
    ]
    if related:
        result["relatedLocations"] = related
    if finding.suppression:
        result["suppressions"] = [_suppression(finding.suppression)]
    return result


def _related(finding: Finding) -> Iterator[tuple[Location, str]]:
    """Yield the other locations of a finding: the cache, another setting, its calls, the end of the trace."""
    resource = finding.resource
    seen = {reported_location(finding)}
    locations = [(finding.location, "the cache, in a module"), *finding.related]
    locations += [
        (call.location, f"{'the module' if call.module_folder else 'the template'} is called here")
        for call in reversed(resource.calls)
    ]
    locations += [(step.location, f"decided here: {step.text}") for step in finding.trace[-1:]]
    for location, text in locations:
        if location not in seen and is_file(location):
            seen.add(location)
            yield location, text


def _properties(finding: Finding) -> dict[str, Any]:
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
    """Return a finding that is not a result, in short."""
    lines = [
        escape_control_characters(finding.verdict.message),
        *detail_lines(finding, with_root=False),
    ]
    location = escape_control_characters(str(reported_location(finding)))
    return _properties(finding) | {"location": location, "message": "\n".join(lines)}


def _suppression(suppression: Suppression) -> dict[str, Any]:
    until = f" (until {suppression.expires})" if suppression.expires else ""
    entry: dict[str, Any] = {
        "kind": _KINDS[suppression.kind],
        "status": "accepted",
        "justification": escape_control_characters(suppression.reason) + until,
    }
    if is_file(suppression.location):
        entry["location"] = _location(suppression.location)
    return entry


def _notification(diagnostic: Diagnostic) -> dict[str, Any]:
    text = (
        diagnostic.message
        if is_file(diagnostic.location)
        else f"{diagnostic.location}: {diagnostic.message}"
    )
    notification: dict[str, Any] = {"level": diagnostic.severity, "message": _message(text)}
    if is_file(diagnostic.location):
        notification["locations"] = [_location(diagnostic.location)]
    return notification


def _location(location: Location) -> dict[str, Any]:
    """Return a location; what has no line is at line 1, because code scanning requires one."""
    region = {
        "startLine": location.line or 1,
        "startColumn": location.column,
        "endLine": location.end_line,
        "endColumn": location.end_column,
    }
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(location.path)},
            "region": {name: value for name, value in region.items() if value is not None},
        }
    }


def _uri(path: str) -> str:
    """Return a path as a relative URI: nothing in it can be a scheme, a host or a query."""
    return quote(path, safe="/", errors="backslashreplace")


def _message(*lines: str) -> dict[str, str]:
    """Return a string without links and placeholders: hostile names have `](` and `{0}` in them."""
    text = "\n".join(map(escape_control_characters, lines)).replace("](", "] (")
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", text)}  # SARIF 2.1.0, messages with placeholders
