"""Report → workflow commands of GitHub Actions, which show findings next to the lines of a pull request.

GitHub shows ten errors and ten warnings of a step, so the worst come first and the rest are counted. The
step's summary, which the command line writes, has them all.
"""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from ecbackup_iac.control.rule_cards import RULE_CARDS
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.verdict import Level
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.per_cache import merge_sets
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.reporters.repository_paths import (
    is_file,
    relative_to_repository,
    reported_location,
)
from ecbackup_iac.reporters.wording import detail_lines, has_several_roots, summary

MAX_PER_LEVEL = 10
"""Annotations of each level that GitHub shows for a step."""

# Level → the command that annotates; a finding of level none is in the summary only.
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:
    """Return the worst of the report as annotations, and a line of summary."""
    report = merge_sets(relative_to_repository(report, options))
    errors = [*_findings(report, Level.ERROR), *_diagnostics(report, Severity.ERROR)]
    warnings = [*_findings(report, Level.WARNING), *_diagnostics(report, Severity.WARNING)]
    with_root = has_several_roots(report)
    suppressed = [
        _finding(finding, with_root=with_root) for finding in report.findings if finding.suppression
    ]
    notes = [*_findings(report, Level.NOTE), *suppressed, *_diagnostics(report, Severity.NOTE)]
    lines = [line for kind in (errors, warnings, notes) for line in kind[:MAX_PER_LEVEL]]
    more = len(errors) + len(warnings) + len(notes) - len(lines)
    if more:
        lines.append(_command("notice", f"{more} more, see the summary", {"title": "ecbackup-iac"}))
    return "\n".join((*lines, f"ecbackup-iac: {summary(report)}")) + "\n"


def _findings(report: Report, level: Level) -> Iterator[str]:
    """Yield the annotations of one level, the most severe first."""
    findings = [
        finding
        for finding in report.findings
        if finding.level is level and finding.suppression is None
    ]
    with_root = has_several_roots(report)
    for finding in sorted(findings, key=_rule_severity, reverse=True):
        yield _finding(finding, with_root=with_root)


def _rule_severity(finding: Finding) -> float:
    return RULE_CARDS[finding.verdict.rule].severity if finding.verdict.rule else 0


def _finding(finding: Finding, *, with_root: bool) -> str:
    resource, rule = finding.resource, finding.verdict.rule
    title = f"{rule} {rule.label}" if rule else "ecbackup-iac"
    lines = (
        f"{resource.address}: {finding.verdict.message}",
        *detail_lines(finding, with_root=with_root),
    )
    command = "notice" if finding.suppression else _COMMANDS[finding.level]
    return _command(command, lines, _parameters(reported_location(finding)) | {"title": title})


def _diagnostics(report: Report, severity: Severity) -> Iterator[str]:
    """Yield the annotations of one severity, details last."""
    diagnostics = sorted(report.diagnostics, key=attrgetter("rank"))
    return (_diagnostic(entry) for entry in diagnostics if entry.severity is severity)


def _diagnostic(diagnostic: Diagnostic) -> str:
    is_error = diagnostic.severity is Severity.ERROR
    title = "not read or decided" if is_error else "ecbackup-iac"
    where = "" if is_file(diagnostic.location) else f"{diagnostic.location}: "
    properties = _parameters(diagnostic.location) | {"title": title}
    name = "notice" if diagnostic.severity is Severity.NOTE else diagnostic.severity.value
    return _command(name, [where + diagnostic.message], properties)


def _parameters(location: Location) -> dict[str, str]:
    if not is_file(location):
        return {}
    parts = {
        "file": location.path,
        "line": location.line,
        "endLine": location.end_line,
        "col": location.column,
        "endColumn": location.end_column,
    }
    return {name: str(value) for name, value in parts.items() if value is not None}


def _command(name: str, lines: str | Iterable[str], properties: Mapping[str, str]) -> str:
    """Return a workflow command; only the line breaks between `lines` are kept."""
    lines = [lines] if isinstance(lines, str) else lines
    message = "%0A".join(_data(line) for line in lines)
    parameters = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {parameters}::{message}"


def _data(text: str) -> str:
    return escape_control_characters(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
