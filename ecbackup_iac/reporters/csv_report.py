"""Report → CSV (RFC 4180) for spreadsheets: a row for each cache, absent or not, and for each diagnostic.

A spreadsheet evaluates a cell that begins like a formula, even a quoted one. Such a string gets an apostrophe
in front, as OWASP advises (CSV injection). Numbers are written as they are.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.report import Report
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.json_report import document_of
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
    for row in _rows(document_of(report)):
        rows.writerow({name: _cell(name, row.get(name)) for name in COLUMNS})
    return text.getvalue()


def _rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of a JSON report, each with what its columns are called."""
    for entry in document["findings"]:
        suppression = entry["suppression"] or {}
        retention = {"retention_state": entry["retention"]["state"], **entry["retention"]}
        accepted = {f"suppression_{name}": value for name, value in suppression.items()}
        yield entry | entry["resource"] | entry["location"] | retention | accepted
    for entry in document["absent"]:
        yield entry | entry["location"] | {"status": "absent", "message": entry["reason"]}
    for entry in document["diagnostics"]:
        yield entry | {"status": "diagnostic", "level": entry["severity"]}


def _cell(name: str, value: str | int | None) -> str | int | None:
    """Return a cell. The line breaks of a remedy are our own, and people copy the lines between them."""
    if not isinstance(value, str) or value == STANDARD_INPUT:
        return value
    lines = value.split("\n") if name == "remedy" else [value]
    return "\n".join(_FORMULA.sub("'", escape_control_characters(line)) for line in lines)
