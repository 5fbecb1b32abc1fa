"""Report → CSV (RFC 4180) for spreadsheets: a row for each cache, absent or not, and for each diagnostic.

A spreadsheet evaluates a cell that begins like a formula, even a quoted one. Such a string gets an apostrophe
in front, as OWASP advises (CSV injection). Numbers are written as they are.
"""

import csv
import re
from io import StringIO

from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Finding, Report
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.plain_values import plain_days, plain_setting, plain_state
from ecbackup_iac.reporters.render_options import RenderOptions

COLUMNS = (
    "status", "rule", "level", "address", "type", "form", "engine", "node_type", "retention_state",
    "days", "source", "root", "path", "line", "message", "remedy", "suppression_kind",
    "suppression_reason", "suppression_path", "suppression_line",
)  # fmt: skip
"""The names are a stable interface: add to the end, never rename."""

# The place before the first character of a formula; that may be of full width, too. Where semicolons separate
# cells, as in the spreadsheets of much of Europe, a formula can begin after each of them.
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:  # noqa: ARG001 - one signature for all
    """Return the whole report as CSV with a header row; the rows end with LF."""
    text = StringIO()
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(map(_finding, report.findings))
    rows.writerows(map(_absent, report.absent))
    rows.writerows(map(_diagnostic, report.diagnostics))
    return text.getvalue()


def _finding(finding: Finding) -> dict[str, str | int | None]:
    resource, verdict, suppression = finding.resource, finding.verdict, finding.suppression
    return {
        "status": verdict.status.value,
        "rule": verdict.rule and verdict.rule.value,
        "level": finding.level.value,
        "address": _text(resource.address),
        "type": _text(resource.type),
        "form": resource.form.value,
        "engine": _text(plain_setting(resource.engine)),
        "node_type": _text(plain_setting(resource.node_type)),
        "retention_state": plain_state(resource.retention),
        "days": plain_days(resource.retention),
        "source": resource.source.value,
        "root": _text(resource.root),
        "path": _text(finding.location.path),
        "line": finding.location.line,
        "message": _text(verdict.message),
        "remedy": _lines(finding.remedy),
        "suppression_kind": suppression.kind.value if suppression else None,
        "suppression_reason": _text(suppression.reason) if suppression else None,
        "suppression_path": _text(suppression.location.path) if suppression else None,
        "suppression_line": suppression.location.line if suppression else None,
    }


def _absent(absent: AbsentCache) -> dict[str, str | int | None]:
    return {
        "status": "absent",
        "address": _text(absent.address),
        "type": _text(absent.type),
        "root": _text(absent.root),
        "path": _text(absent.location.path),
        "line": absent.location.line,
        "message": _text(absent.reason),
    }


def _diagnostic(diagnostic: Diagnostic) -> dict[str, str | int | None]:
    return {
        "status": "diagnostic",
        "level": diagnostic.severity.value,
        "path": _text(diagnostic.location.path),
        "line": diagnostic.location.line,
        "message": _text(diagnostic.message),
    }


def _lines(text: str | None) -> str:
    """Return a remedy; its line breaks are our own, and people copy the lines between them."""
    return "\n".join(_text(line) for line in (text or "").split("\n"))


def _text(text: str | None) -> str:
    if text is None or text == STANDARD_INPUT:
        return text or ""
    return _FORMULA.sub("'", escape_control_characters(text))
