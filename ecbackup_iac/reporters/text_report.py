"""Report → text for people: a block for each finding that fails or is unknown, and a line of summary."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain, repeat

from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.urls import rule_url
from ecbackup_iac.model.value import StepKind, Unknown
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.per_cache import merge_sets
from ecbackup_iac.reporters.style import RenderOptions, Verbosity
from ecbackup_iac.reporters.wording import has_several_roots, origin, summary, suppressed_by

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
    with_root = has_several_roots(report)
    report = merge_sets(report)
    blocks = [
        "\n".join(_block(finding, style, with_root=with_root))
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
        blocks.append(_summary(report, style))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _summary(report: Report, style: RenderOptions) -> str:
    plain, width = summary(report), _width(style)
    if width is not None and len(plain) > width:
        return "\n".join(_folded(plain, "", style, indent=""))
    return summary(report, partial(_colored, style=style))


def _is_diagnostic_shown(diagnostic: Diagnostic, style: RenderOptions) -> bool:
    if diagnostic.severity is Severity.ERROR or diagnostic.is_about_gate:
        return True
    return style.detail > (Verbosity.NORMAL if diagnostic.is_detail else Verbosity.QUIET)


def _is_finding_shown(finding: Finding, style: RenderOptions) -> bool:
    match style.detail:
        case Verbosity.VERBOSE:
            return True
        case Verbosity.NORMAL:
            return finding.verdict.status not in {Status.PASS, Status.NOT_APPLICABLE}
        case Verbosity.QUIET:
            return finding.level is Level.ERROR and finding.suppression is None


def _block(finding: Finding, style: RenderOptions, *, with_root: bool) -> Iterator[str]:
    resource, verdict = finding.resource, finding.verdict
    yield from _head(finding, style)
    yield from _folded(verdict.message, "", style)
    yield from _excerpts(finding, style)
    if place := origin(finding, with_root=with_root):
        yield from _folded(place, "", style)
    if style.detail is Verbosity.VERBOSE and len(finding.trace) > 1:
        for step in finding.trace:
            yield from _folded(f"{step.location}: {step.text}", "from ", style)
    if finding.suppression:
        yield from _folded(suppressed_by(finding.suppression), "suppressed ", style)
    elif finding.remedy:
        yield from _remedy(finding.remedy, style, is_command=resource.source is Source.AWS_CLI)
    for note in verdict.notes:
        yield from _folded(note.text, f"note {note.rule}: " if note.rule else "note: ", style)


def _head(finding: Finding, style: RenderOptions) -> Iterator[str]:
    """Yield the verdict, the cache and the rule: on one line, or the rule below if that is too long."""
    word, color = _WORDS[finding.verdict.status]
    if finding.suppression:
        word, color = f"{word} (suppressed)", "cyan"
    address = escape_control_characters(finding.resource.address)
    rule = finding.verdict.rule
    name = f"{rule} {rule.label}" if rule else ""
    shown = _colored(_linked(name, rule_url(rule), style), "bright_black", style) if rule else ""
    colored = _colored(word, color, style)
    width = _width(style)
    if width is None or len(f"{word}  {address}  {name}".rstrip()) <= width:
        yield f"{colored}  {address}  {shown}".rstrip()
        return
    first, *more = _address_lines(f"{word}  {address}", width)
    yield colored + first.removeprefix(word)
    yield from (_INDENT + line for line in more)
    if shown:
        yield _INDENT + shown


def _address_lines(text: str, width: int) -> list[str]:
    """Return a text folded behind the dots of an address."""
    lines = [""]
    for part in re.split(r"(?<=\.)", text):
        if lines[-1] and len(lines[-1]) + len(part) > width - len(_INDENT):
            lines.append("")
        lines[-1] += part
    return lines


def _excerpts(finding: Finding, style: RenderOptions) -> Iterator[str]:
    """Yield where the cache is found to be wrong, and where the value is decided, each with its line."""
    resource, trace = finding.resource, finding.trace
    steps = (*trace, *resource.maintenance_window.trace)
    shown = {step.location: step for step in reversed(steps) if step.kind is not StepKind.UNREAD}
    places = [finding.location]
    is_decided = not isinstance(resource.retention, Unknown) or trace != resource.retention.trace
    if is_decided and trace and trace[-1].location.line:
        places.append(trace[-1].location)
    places += [location for location, _ in finding.related]
    places = [*dict.fromkeys(places)]
    gutter = max(len(str(place.line or "")) for place in places)
    color = _WORDS[finding.verdict.status][1]
    if finding.suppression and style.detail is not Verbosity.VERBOSE:
        places, shown, gutter = [finding.location], {}, 0  # as short as can be: nobody has to act
    for place in places:
        yield f"{_INDENT}{' ' * gutter}{_dim('-->', style)} {escape_control_characters(str(place))}"
        if place.line is None or place not in shown:
            continue
        if not shown[place].is_quote:
            yield from _folded(shown[place].text, " " * (gutter + len(" | ")), style)
            continue
        text = escape_control_characters(shown[place].text.partition("\n")[0].rstrip())
        if (width := _width(style)) is not None:
            room = width - len(_INDENT) - gutter - len(" | ")
            text = text if len(text) <= room else text[: room - 1] + "…"
        bar = _dim("|", style)
        yield f"{_INDENT}{_dim(f'{place.line:>{gutter}}', style)} {bar} {text}"
        yield f"{_INDENT}{' ' * gutter} {bar} {_colored('^' * len(text), color, style)}"


def _remedy(remedy: str, style: RenderOptions, *, is_command: bool) -> Iterator[str]:
    """Yield the lines of a remedy; a folded command can still be copied into a shell."""
    for label, line in zip(chain(("fix: ",), repeat(" " * 5)), remedy.split("\n"), strict=False):
        width = _width(style)
        width = width and width - len(" \\") * is_command
        folded = _folded(line, label, replace(style, width=width))
        if is_command:
            folded[:-1] = [f"{part} \\" for part in folded[:-1]]
        yield from folded


def _absent(absent: AbsentCache, style: RenderOptions) -> Iterator[str]:
    yield f"{_colored('ABSENT', 'cyan', style)}  {escape_control_characters(absent.address)}"
    yield from _folded(f"not created with these values: {absent.reason}", "", style)
    yield from _folded(str(absent.location), "at ", style)


def _diagnostic(diagnostic: Diagnostic, style: RenderOptions) -> str:
    word = _colored(diagnostic.severity.upper(), _COLORS[diagnostic.severity], style)
    message = _folded(diagnostic.message, "", style)
    return "\n".join((f"{word}  {escape_control_characters(str(diagnostic.location))}", *message))


def _folded(text: str, label: str, style: RenderOptions, indent: str = _INDENT) -> list[str]:
    """Return the lines of an indented text, folded where the width of the window is known."""
    line = label + escape_control_characters(text)
    width = _width(style)
    if width is None:
        return [indent + line]
    import textwrap

    return textwrap.wrap(
        line,
        width,
        initial_indent=indent,
        subsequent_indent=indent + _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width(style: RenderOptions) -> int | None:
    return None if style.width is None else max(style.width, MIN_WIDTH)


def _colored(text: str, color: str, style: RenderOptions) -> str:
    if not (style.color and text):
        return text
    import click  # plain text does without

    return click.style(text, fg=color, bold=color == "red")


def _dim(text: str, style: RenderOptions) -> str:
    return _colored(text, "bright_blue", style)


def _linked(text: str, address: str, style: RenderOptions) -> str:
    """Return a text as a terminal's hyperlink (OSC 8), if it shows them."""
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if style.links else text
