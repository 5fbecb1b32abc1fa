"""Findings and reports → the sentences that several formats share."""

from collections.abc import Callable, Iterator

from ecbackup_iac.model.report import Finding, Report, Severity, Suppression
from ecbackup_iac.reporters.escaping import escape_control_characters


def _plain(text: str, _color: str) -> str:
    return text


def summary(report: Report, colored: Callable[[str, str], str] = _plain) -> str:
    """Return the summary, each part in its colour: "4 caches: 1 passes, 2 fail, 1 unknown"."""
    counts = report.counts
    total = len(report.findings)
    parts = [
        (counts["pass"], "passes" if counts["pass"] == 1 else "pass", "green"),
        (counts["fail"], "fails" if counts["fail"] == 1 else "fail", "red"),
        (counts["unknown"], "unknown", "yellow"),
        (counts["not_applicable"], "not applicable", "cyan"),
        (counts["suppressed"], "suppressed", "cyan"),
    ]
    listed = ", ".join(colored(f"{n} {word}", color) for n, word, color in parts if n)
    text = f"{total} cache{'' if total == 1 else 's'}"
    text = f"{text}: {listed}" if listed else f"{text} found"
    if report.absent:
        verb = "is" if len(report.absent) == 1 else "are"
        text += f" ({len(report.absent)} more {verb} not created with these values)"
    errors = sum(d.severity is Severity.ERROR for d in report.diagnostics)
    if errors:
        noun = "error" if errors == 1 else "errors"
        text += "; " + colored(f"the answer is incomplete: {errors} {noun}", "red")
    return text


def suppressed_by(suppression: Suppression) -> str:
    """Return what suppresses a finding, until when and why."""
    until = f" until {suppression.expires}" if suppression.expires else ""
    return f"by {suppression.kind} {suppression.location}{until}: {suppression.reason}"


def facts(finding: Finding) -> Iterator[str]:
    """Yield the lines that follow a finding's message: its suppression, remedy and notes."""
    if finding.suppression:
        yield escape_control_characters(f"suppressed {suppressed_by(finding.suppression)}")
    elif finding.remedy:
        first, *rest = finding.remedy.split("\n")
        yield escape_control_characters(f"fix: {first}")
        yield from map(escape_control_characters, rest)
    for note in finding.verdict.notes:
        yield escape_control_characters(
            f"note {note.rule}: {note.text}" if note.rule else f"note: {note.text}"
        )
