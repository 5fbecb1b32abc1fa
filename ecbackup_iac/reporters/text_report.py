"""Report → text for people: a block for each finding that fails or is unknown, and a line of summary."""

from collections.abc import Iterator
from functools import partial
from itertools import chain, repeat

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import StepKind, Unknown
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.per_cache import merge_sets
from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity
from ecbackup_iac.reporters.wording import has_several_roots, origin_text, summary, suppressed_by

_WORDS = {
    Status.PASS: ("PASS", "green"),
    Status.FAIL: ("FAIL", "red"),
    Status.UNKNOWN: ("UNKNOWN", "yellow"),
    Status.NOT_APPLICABLE: ("NOT APPLICABLE", "cyan"),
}
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_INDENT = "  "
MIN_WIDTH = 40  # columns; text folded to less is harder to read


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:
    """Return the report as text that ends with a line break; empty where there is nothing to report."""
    with_root = has_several_roots(report)
    report = merge_sets(report)
    blocks = [
        "\n".join(_block(finding, options, with_root=with_root))
        for finding in report.findings
        if _is_finding_shown(finding, options)
    ]
    if options.verbosity is Verbosity.VERBOSE:
        blocks += ["\n".join(_absent(absent, options)) for absent in report.absent]
        blocks += [
            f"{exclusion.paths} folder{'' if exclusion.paths == 1 else 's'} "
            f"named {exclusion.pattern}: not checked"
            for exclusion in report.exclusions
            if exclusion.location is None
        ]
    blocks += [
        _diagnostic(diagnostic, options)
        for diagnostic in report.diagnostics
        if _is_diagnostic_shown(diagnostic, options)
    ]
    details = sum(diagnostic.is_detail for diagnostic in report.diagnostics)
    if details and options.verbosity is Verbosity.NORMAL:
        what = "warning; --verbose lists it" if details == 1 else "warnings; --verbose lists them"
        blocks.append(f"{details} more {what}")
    if options.verbosity > Verbosity.QUIET:
        blocks.append(_summary(report, options))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _summary(report: Report, options: RenderOptions) -> str:
    plain, width = summary(report), _width(options)
    if width is not None and len(plain) > width:
        return "\n".join(_folded(plain, "", options, indent=""))
    return summary(report, partial(_colored, options=options))


def _is_diagnostic_shown(diagnostic: Diagnostic, options: RenderOptions) -> bool:
    if diagnostic.severity is Severity.ERROR or diagnostic.is_shown_when_quiet:
        return True
    return options.verbosity > (Verbosity.NORMAL if diagnostic.is_detail else Verbosity.QUIET)


def _is_finding_shown(finding: Finding, options: RenderOptions) -> bool:
    match options.verbosity:
        case Verbosity.VERBOSE:
            return True
        case Verbosity.NORMAL:
            return finding.verdict.status not in {Status.PASS, Status.NOT_APPLICABLE}
        case Verbosity.QUIET:
            return finding.level is Level.ERROR and finding.suppression is None


def _block(finding: Finding, options: RenderOptions, *, with_root: bool) -> Iterator[str]:
    resource, verdict = finding.resource, finding.verdict
    yield from _head(finding, options)
    yield from _folded(verdict.message, "", options)
    yield from _excerpts(finding, options)
    if origin := origin_text(finding, with_root=with_root):
        yield from _folded(origin, "", options)
    if options.verbosity is Verbosity.VERBOSE and len(finding.trace) > 1:
        for step in finding.trace:
            yield from _folded(f"{step.location}: {step.text}", "from ", options)
    if finding.suppression:
        yield from _folded(suppressed_by(finding.suppression), "suppressed ", options)
    elif finding.remedy:
        yield from _remedy(finding.remedy, options, is_command=resource.source is Source.AWS_CLI)
    for note in verdict.notes:
        yield from _folded(note.text, f"note {note.rule}: " if note.rule else "note: ", options)


def _head(finding: Finding, options: RenderOptions) -> Iterator[str]:
    """Yield the verdict, the cache and the rule: on one line, or the rule below if that is too long."""
    word, color = _WORDS[finding.verdict.status]
    if finding.suppression:
        word, color = f"{word} (suppressed)", "cyan"
    address = escape_control_characters(finding.resource.address)
    rule = finding.verdict.rule
    name = f"{rule} {rule.label}" if rule else ""
    shown, colored = _colored(name, "bright_black", options), _colored(word, color, options)
    width = _width(options)
    if width is None or len(f"{word}  {address}  {name}".rstrip()) <= width:
        yield f"{colored}  {address}  {shown}".rstrip()
        return
    yield f"{colored}  {address}"  # which can be copied as a whole
    if shown:
        yield _INDENT + shown


def _excerpts(finding: Finding, options: RenderOptions) -> Iterator[str]:
    """Yield the locations of a finding, each with the source line at it."""
    steps = (*finding.trace, *finding.resource.maintenance_window.trace)
    steps_at = {step.location: step for step in reversed(steps) if step.kind is not StepKind.UNREAD}
    locations = _locations(finding)
    gutter = max(len(str(location.line or "")) for location in locations)
    color = _WORDS[finding.verdict.status][1]
    if finding.suppression and options.verbosity is not Verbosity.VERBOSE:
        locations, steps_at, gutter = [finding.location], {}, 0  # short: there is nothing to do
    for location in locations:
        arrow = _dimmed("-->", options)
        yield f"{_INDENT}{' ' * gutter}{arrow} {escape_control_characters(str(location))}"
        step = steps_at.get(location)
        if location.line is None or step is None:
            continue
        if not step.is_quote:
            yield from _folded(step.text, " " * (gutter + len(" | ")), options)
            continue
        text = escape_control_characters(step.text.partition("\n")[0].rstrip())
        if (width := _width(options)) is not None:
            room = width - len(_INDENT) - gutter - len(" | ")
            text = text if len(text) <= room else text[: room - 1] + "…"
        bar = _dimmed("|", options)
        yield f"{_INDENT}{_dimmed(f'{location.line:>{gutter}}', options)} {bar} {text}"
        yield f"{_INDENT}{' ' * gutter} {bar} {_colored('^' * len(text), color, options)}"


def _locations(finding: Finding) -> list[Location]:
    """Return where the setting is written, where its value is decided, and what contradicts it."""
    retention, trace = finding.resource.retention, finding.trace
    locations = [finding.location]
    is_decided = not isinstance(retention, Unknown) or trace != retention.trace
    if is_decided and trace and trace[-1].location.line:
        locations.append(trace[-1].location)
    return [*dict.fromkeys((*locations, *(location for location, _ in finding.related)))]


def _remedy(remedy: str, options: RenderOptions, *, is_command: bool) -> Iterator[str]:
    """Yield the lines of a remedy; a folded command can still be copied into a shell."""
    for label, line in zip(chain(("fix: ",), repeat(" " * 5)), remedy.split("\n"), strict=False):
        width = _width(options)
        width = width and width - len(" \\") * is_command
        folded = _folded(line, label, replace(options, width=width))
        if is_command:
            folded[:-1] = [f"{part} \\" for part in folded[:-1]]
        yield from folded


def _absent(absent: AbsentCache, options: RenderOptions) -> Iterator[str]:
    yield f"{_colored('ABSENT', 'cyan', options)}  {escape_control_characters(absent.address)}"
    yield from _folded(f"not created with these values: {absent.reason}", "", options)
    yield from _folded(str(absent.location), "at ", options)


def _diagnostic(diagnostic: Diagnostic, options: RenderOptions) -> str:
    word = _colored(diagnostic.severity.upper(), _COLORS[diagnostic.severity], options)
    message = _folded(diagnostic.message, "", options)
    return "\n".join((f"{word}  {escape_control_characters(str(diagnostic.location))}", *message))


def _folded(text: str, label: str, options: RenderOptions, indent: str = _INDENT) -> list[str]:
    """Return the lines of an indented text, folded where the width of the window is known."""
    line = label + escape_control_characters(text)
    width = _width(options)
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


def _width(options: RenderOptions) -> int | None:
    return None if options.width is None else max(options.width, MIN_WIDTH)


def _colored(text: str, color: str, options: RenderOptions) -> str:
    if not (options.color and text):
        return text
    import click  # plain text does without

    return click.style(text, fg=color, bold=color == "red")


def _dimmed(text: str, options: RenderOptions) -> str:
    return _colored(text, "bright_blue", options)
