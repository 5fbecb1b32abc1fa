"""Findings and reports → the sentences that several formats share; those of verdicts are in rule.py."""

from collections.abc import Callable, Iterator

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Finding, Report, Severity, Suppression
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.per_cache import cache_counts


def summary(report: Report, colored: Callable[[str, str], str] = lambda text, _: text) -> str:
    """Return the summary, each part in its colour: "4 caches: 1 passed, 2 failed, 1 unknown"."""
    counts = cache_counts(report.findings)
    total = counts.total()
    parts = [
        (counts["pass"], "passed", "green"),
        (counts["fail"], "failed", "red"),
        (counts["unknown"], "unknown", "yellow"),
        (counts["suppressed"], "suppressed", "cyan"),
        (counts["not_applicable"], "not applicable", "cyan"),
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


def has_several_roots(report: Report) -> bool:
    """Whether the report has findings or absent caches of several roots, so that each names its root."""
    roots = {finding.resource.root for finding in report.findings}
    return len(roots | {absent.root for absent in report.absent}) > 1


def origin_text(finding: Finding, *, with_root: bool) -> str:
    """Return the root, the module call and the values that a finding comes from; may be empty.

    "in stacks/a, called at stacks/a/main.tf:3, with env/prod.tfvars"
    """
    resource = finding.resource
    parts = []
    if with_root:
        if resource.root != finding.location.path:
            parts.append(f"in {resource.root}")
        if resource.calls and resource.calls[-1].location != finding.location:
            parts.append(f"called at {line_of(resource.calls[-1].location)}")
    if resource.settings_label:
        parts.append(f"with {resource.settings_label}")
    return escape_control_characters(", ".join(parts))


def line_of(location: Location) -> str:
    """Return a location without its column."""
    return location.path if location.line is None else f"{location.path}:{location.line}"


def suppressed_by(suppression: Suppression) -> str:
    """Return a suppression for people: "by comment main.tf:3 until 2027-03-31: the reason"."""
    until = f" until {suppression.expires}" if suppression.expires else ""
    return f"by {suppression.kind} {suppression.location}{until}: {suppression.reason}"


def detail_lines(finding: Finding, *, with_root: bool) -> Iterator[str]:
    """Yield the lines that follow a finding's message: its origin, suppression, remedy and notes."""
    if origin := origin_text(finding, with_root=with_root):
        yield origin
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
