"""Report → workflow commands of GitHub Actions, which show findings beside the lines of a pull request.

GitHub shows ten errors and ten warnings of a step, so the worst come first and the rest are counted; the
step's summary, which the command line writes, has them all.
"""

from collections.abc import Iterable, Iterator, Mapping

from ecbackup_iac.control.rule_cards import RULES
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.verdict import Level
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.markdown_report import render_within
from ecbackup_iac.reporters.repository_paths import is_file, place_of, relative_to_repository
from ecbackup_iac.reporters.style import RenderOptions
from ecbackup_iac.reporters.wording import facts, summary

MAX_OF_A_KIND = 10
"""Annotations that GitHub shows of a step's errors, and of its warnings."""

MAX_SUMMARY_BYTES = 1_048_576
"""Bytes that GitHub takes of a step's summary; of a larger one it takes nothing."""

# Level → the command that annotates; what weighs nothing is in the summary alone.
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: Report, style: RenderOptions = RenderOptions()) -> str:
    """Give the worst of the report as annotations, and a line that sums up."""
    told = relative_to_repository(report, style)
    errors = [*_findings(told, Level.ERROR), *_diagnostics(told, Severity.ERROR)]
    warnings = [*_findings(told, Level.WARNING), *_diagnostics(told, Severity.WARNING)]
    notes = [*_findings(told, Level.NOTE)]
    lines = [line for kind in (errors, warnings, notes) for line in kind[:MAX_OF_A_KIND]]
    more = len(errors) + len(warnings) + len(notes) - len(lines)
    if more:
        lines.append(_command("notice", f"{more} more, see the summary", {"title": "ecbackup-iac"}))
    return "\n".join((*lines, f"ecbackup-iac: {summary(report)}")) + "\n"


def step_summary(report: Report, style: RenderOptions, room: int = MAX_SUMMARY_BYTES) -> str:
    """Give what belongs into the step's summary, in as many bytes as there is room for."""
    return render_within(report, style, room)


def _findings(report: Report, level: Level) -> Iterator[str]:
    """Yield the annotations of one level, the gravest first."""
    told = [one for one in report.findings if one.level is level and one.suppression is None]
    return map(_finding, sorted(told, key=_gravity, reverse=True))


def _gravity(finding: Finding) -> float:
    return RULES[finding.verdict.rule].severity if finding.verdict.rule else 0


def _finding(finding: Finding) -> str:
    resource, rule = finding.resource, finding.verdict.rule
    title = f"{rule} {rule.label}" if rule else "ecbackup-iac"
    lines = (f"{resource.address}: {finding.verdict.message}", *facts(finding))
    return _command(_COMMANDS[finding.level], lines, _place(place_of(resource)) | {"title": title})


def _diagnostics(report: Report, severity: Severity) -> Iterator[str]:
    """Yield the annotations of one severity, what is one of many last."""
    told = [one for one in report.diagnostics if one.severity is severity]
    return map(_diagnostic, sorted(told, key=lambda one: one.is_detail))


def _diagnostic(told: Diagnostic) -> str:
    is_error = told.severity is Severity.ERROR
    title = "not read or decided" if is_error else "ecbackup-iac"
    where = "" if is_file(told.location) else f"{told.location}: "
    properties = _place(told.location) | {"title": title}
    return _command(told.severity.value, [where + told.message], properties)


def _place(place: Location) -> dict[str, str]:
    if not is_file(place):
        return {}
    parts = {
        "file": place.path,
        "line": place.line,
        "endLine": place.end_line,
        "col": place.column,
        "endColumn": place.end_column,
    }
    return {name: str(value) for name, value in parts.items() if value is not None}


def _command(name: str, lines: str | Iterable[str], properties: Mapping[str, str]) -> str:
    """Write a workflow command; its own line breaks are all that a text can have."""
    lines = [lines] if isinstance(lines, str) else lines
    message = "%0A".join(_data(line) for line in lines)
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {written}::{message}"


def _data(text: str) -> str:
    return escape_control_characters(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
