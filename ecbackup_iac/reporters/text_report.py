"""Report → text for people: a block for each finding that is not a pass, and a line of summary."""

from collections.abc import Iterator
from functools import partial
from itertools import chain, repeat

from ecbackup_iac.model.report import AbsentCache, Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.style import RenderOptions, Verbosity
from ecbackup_iac.reporters.wording import summary, suppressed_by

_WORDS = {
    Status.PASS: ("PASS", "green"),
    Status.FAIL: ("FAIL", "red"),
    Status.UNKNOWN: ("UNKNOWN", "yellow"),
    Status.NOT_APPLICABLE: ("NOT APPLICABLE", "cyan"),
}
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_INDENT = "  "
MIN_WIDTH = 40  # columns; a text that is folded to less is harder to read


def render(report: Report, style: RenderOptions = RenderOptions()) -> str:
    """Return the report as text that ends with a line break; empty where there is nothing to report."""
    blocks = [
        "\n".join(_block(finding, style))
        for finding in report.findings
        if _is_finding_shown(finding, style)
    ]
    if style.detail is Verbosity.VERBOSE:
        blocks += ["\n".join(_absent(absent, style)) for absent in report.absent]
        blocks += [
            f"{one.paths} folder{'' if one.paths == 1 else 's'} named {one.pattern}: not checked"
            for one in report.exclusions
            if one.location is None
        ]
    blocks += [
        _diagnostic(diagnostic, style)
        for diagnostic in report.diagnostics
        if _is_diagnostic_shown(diagnostic, style)
    ]
    details = sum(diagnostic.is_detail for diagnostic in report.diagnostics)
    if details and style.detail is Verbosity.NORMAL:
        what = "warning; --verbose lists it" if details == 1 else "warnings; --verbose lists them"
        blocks.append(f"{details} more {what}")
    if style.detail > Verbosity.QUIET:
        blocks.append(summary(report, partial(_colored, style=style)))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _is_diagnostic_shown(diagnostic: Diagnostic, style: RenderOptions) -> bool:
    if diagnostic.severity is Severity.ERROR:
        return True
    return style.detail > (Verbosity.NORMAL if diagnostic.is_detail else Verbosity.QUIET)


def _is_finding_shown(finding: Finding, style: RenderOptions) -> bool:
    match style.detail:
        case Verbosity.VERBOSE:
            return True
        case Verbosity.NORMAL:
            return finding.verdict.status is not Status.PASS
        case Verbosity.QUIET:
            return finding.level is Level.ERROR and finding.suppression is None


def _block(finding: Finding, style: RenderOptions) -> Iterator[str]:
    resource, verdict = finding.resource, finding.verdict
    word, color = _WORDS[verdict.status]
    if finding.suppression:
        word, color = f"{word} (suppressed)", "cyan"
    rule = f"  {verdict.rule} {verdict.rule.label}" if verdict.rule else ""
    head = f"{_colored(word, color, style)}  {escape_control_characters(resource.address)}"
    yield head + _colored(rule, "bright_black", style)
    yield from _folded(verdict.message, "", style)
    yield from _folded(str(resource.location), "at ", style)
    if style.detail is Verbosity.VERBOSE:
        for step in resource.retention.trace:
            yield from _folded(f"{step.location}: {step.text}", "from ", style)
    if finding.suppression:
        yield from _folded(suppressed_by(finding.suppression), "suppressed ", style)
    elif finding.remedy:
        labels = chain(("fix: ",), repeat(" " * 5))
        for label, line in zip(labels, finding.remedy.split("\n"), strict=False):
            yield f"{_INDENT}{label}{escape_control_characters(line)}"  # never folded: people copy it
    for note in verdict.notes:
        yield from _folded(note.text, f"note {note.rule}: " if note.rule else "note: ", style)


def _absent(absent: AbsentCache, style: RenderOptions) -> Iterator[str]:
    yield f"{_colored('ABSENT', 'cyan', style)}  {escape_control_characters(absent.address)}"
    yield from _folded(f"not created with these values: {absent.reason}", "", style)
    yield from _folded(str(absent.location), "at ", style)


def _diagnostic(diagnostic: Diagnostic, style: RenderOptions) -> str:
    word = _colored(diagnostic.severity.upper(), _COLORS[diagnostic.severity], style)
    message = _folded(diagnostic.message, "", style)
    return "\n".join((f"{word}  {escape_control_characters(str(diagnostic.location))}", *message))


def _folded(text: str, label: str, style: RenderOptions) -> list[str]:
    """Return the lines of an indented text, folded where the width of the window is known."""
    line = label + escape_control_characters(text)
    if style.width is None:
        return [_INDENT + line]
    import textwrap

    return textwrap.wrap(
        line,
        max(style.width, MIN_WIDTH),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _colored(text: str, color: str, style: RenderOptions) -> str:
    if not (style.color and text):
        return text
    import click  # plain text does without

    return click.style(text, fg=color, bold=color == "red")
