"""Report → Markdown for a pull request's comment, or for a step's summary.

The tables are HTML, each a block without a blank line: nothing in such a block is Markdown, so no name
can break a table or make a link, an image or a heading.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from html import escape
from operator import attrgetter

from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Finding, Report
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.per_cache import merge_sets
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.reporters.wording import has_several_roots, origin_text, summary, suppressed_by

MAX_COMMENT_LENGTH = 65_536
"""Characters that a comment on GitHub may have; compared with bytes, which are never fewer."""

MAX_SUMMARY_BYTES = 1_048_576
"""Bytes; GitHub drops a step's summary that is larger."""

_PROBLEMS = {Status.FAIL, Status.UNKNOWN}

# Outside <code>, GitHub turns @name into a mention and #1 into a link, unless a tag separates the sign.
_SEPARATED = str.maketrans({"@": "<span>@</span>", "#": "<span>#</span>"})


@record
class _Section:
    """A table, which may be folded, and is shortened if there is no room for all of its rows."""

    title: str
    """The summary that it is folded under; empty where it is always visible."""

    heads: tuple[str, ...]
    rows: tuple[str, ...]
    is_open: bool = False

    @property
    def min_size(self) -> int:
        """The most bytes that it takes in addition to its rows."""
        table = "\n".join(("<table>", _row(self.heads, "th"), "</table>", ""))
        return _size(self.text(()) + table)

    def text(self, rows: Iterable[str]) -> str:
        """Return the table with some of its rows, and a line that counts the others."""
        shown = tuple(rows)
        omitted = len(self.rows) - len(shown)
        lines = [_row(self.heads, "th"), *shown]
        lines = ["<table>", *lines, "</table>"] if shown else []
        if omitted:
            noun = "row is" if omitted == 1 else "rows are"
            lines.append(f"<p>{omitted} more {noun} left out here: there is no room</p>")
        if self.title:
            is_open = " open" if self.is_open else ""
            head = f"<details{is_open}><summary>{self.title}: {len(self.rows)}</summary>"
            lines = [head, *lines, "</details>"]
        return "\n" + "\n".join(lines) + "\n"


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:  # noqa: ARG001 - one signature for all
    """Return the report as a comment."""
    return render_within(report, MAX_COMMENT_LENGTH)


def render_within(report: Report, max_bytes: int) -> str:
    """Return the report within a number of bytes: failures first, and what does not fit is counted."""
    report = merge_sets(report)
    head = f"## ElastiCache backups: {_verdict(report)}\n\n{summary(report)}\n"
    sections = [section for section in _sections(report) if section.rows]
    bytes_left = max_bytes - _size(head) - sum(section.min_size for section in sections)
    text = head
    for section in sections:
        rows = []
        for row in section.rows:
            if _size(row) < bytes_left:
                bytes_left -= _size(row) + 1
                rows.append(row)
        text += section.text(rows)
    return text if _size(text) <= max_bytes else ""


def _verdict(report: Report) -> str:
    active = [finding for finding in report.findings if finding.suppression is None]
    words = ["fail"] if report.fails else []
    if any(finding.level is Level.WARNING for finding in active):
        words.append("unknown")
    if report.is_incomplete:
        words.append("incomplete")
    if words:
        return ", ".join(words)
    if report.findings:
        return "pass"
    return "no cache created" if report.absent else "no cache found"


def _sections(report: Report) -> Iterator[_Section]:
    """Yield the tables, the most important first."""
    problems = [finding for finding in report.findings if finding.verdict.status in _PROBLEMS]
    active = [finding for finding in problems if finding.suppression is None]
    active.sort(key=lambda finding: finding.level is not Level.ERROR)
    with_root = has_several_roots(report)
    problem_row = partial(_problem_row, with_root=with_root)
    columns = ("cache", "rule", "location", "finding")
    yield _Section("", (*columns, "remedy"), tuple(map(problem_row, active)))
    diagnostics = sorted(report.diagnostics, key=attrgetter("rank"))
    yield _Section(
        "Errors, warnings and exclusions",
        ("severity", "location", "message"),
        tuple(map(_diagnostic, diagnostics)),
        is_open=report.is_incomplete,
    )
    suppressed = [finding for finding in report.findings if finding.suppression]
    yield _Section("Suppressed", (*columns, "suppressed"), tuple(map(problem_row, suppressed)))
    others = [
        finding
        for finding in report.findings
        if finding.verdict.status not in _PROBLEMS and finding.suppression is None
    ]
    yield _Section(
        "Passed, or not applicable",
        ("cache", "status", "location", "finding"),
        tuple(_other_row(finding, with_root=with_root) for finding in others),
    )
    yield _Section(
        "Not created with these values",
        ("cache", "location", "reason"),
        tuple(map(_absent, report.absent)),
    )
    traced = [finding for finding in active if len(finding.trace) > 1]
    yield _Section("Where the values come from", ("cache", "steps"), tuple(map(_trace, traced)))


def _problem_row(finding: Finding, *, with_root: bool) -> str:
    resource, verdict = finding.resource, finding.verdict
    rule = f"{verdict.rule}<br>{verdict.rule.label}" if verdict.rule else ""
    remedy = "<br>".join(map(_code, (finding.remedy or "").split("\n"))) if finding.remedy else ""
    if finding.suppression:
        remedy = _prose(suppressed_by(finding.suppression))
    cells = (
        _code(resource.address),
        rule,
        _location(finding, with_root=with_root),
        _message(finding),
        remedy,
    )
    return _row(cells)


def _other_row(finding: Finding, *, with_root: bool) -> str:
    resource = finding.resource
    word = finding.verdict.status.replace("_", " ")
    location = _location(finding, with_root=with_root)
    return _row((_code(resource.address), word, location, _message(finding)))


def _location(finding: Finding, *, with_root: bool) -> str:
    """Return where a finding is, and below it the root and the call that it comes from."""
    origin = origin_text(finding, with_root=with_root)
    location = _code(str(finding.location))
    return f"{location}<br>{_prose(origin)}" if origin else location


def _message(finding: Finding) -> str:
    notes = [
        f"note {note.rule}: {note.text}" if note.rule else f"note: {note.text}"
        for note in finding.verdict.notes
    ]
    return "<br>".join(map(_prose, (finding.verdict.message, *notes)))


def _trace(finding: Finding) -> str:
    steps = (f"{step.location}: {step.text}" for step in finding.trace)
    return _row((_code(finding.resource.address), "<br>".join(map(_code, steps))))


def _absent(absent: AbsentCache) -> str:
    return _row((_code(absent.address), _code(str(absent.location)), _prose(absent.reason)))


def _diagnostic(diagnostic: Diagnostic) -> str:
    return _row(
        (diagnostic.severity.value, _code(str(diagnostic.location)), _prose(diagnostic.message))
    )


def _row(cells: Iterable[str], kind: str = "td") -> str:
    return f"<tr>{''.join(f'<{kind}>{cell}</{kind}>' for cell in cells)}</tr>"


def _code(text: str) -> str:
    return f"<code>{escape(escape_control_characters(text))}</code>"


def _prose(text: str) -> str:
    return escape(escape_control_characters(text), quote=False).translate(_SEPARATED)


def _size(text: str) -> int:
    return len(text.encode())
