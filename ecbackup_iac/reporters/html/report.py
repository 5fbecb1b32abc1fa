"""Report → one HTML page for an auditor: nothing is fetched, nothing is run, and it reads in print.

The page has no script. Its filters are rules of style, and where a browser does not know them everything
is shown.
"""

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterator

from ecbackup_iac import __version__
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Report, Severity
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.html.chart import filter_rules, filters, picture
from ecbackup_iac.reporters.html.control import control
from ecbackup_iac.reporters.html.findings import definitions, findings, suppression_facts
from ecbackup_iac.reporters.html.markup import Entry, code, counted, items, name, prose
from ecbackup_iac.reporters.style import RenderOptions


def render(report: Report, style: RenderOptions = RenderOptions()) -> str:  # noqa: ARG001 - one signature for all
    """Give the report as a page of its own."""
    entries, roots = _entries(report)
    word, kind = _verdict(report)
    parts = (
        _head(word, _style() + filter_rules(entries)),
        _header(report, word, kind),
        _contents(report),
        '<main id="main" tabindex="-1">\n',
        *_main(report, entries, roots),
        "</main>\n",
        _FOOTER,
    )
    return "".join(parts)


_FOOTER = (
    f"<footer><p>Written by ecbackup-iac {__version__}. The page stands alone: it fetches nothing, and "
    "has no script.</p></footer>\n</body>\n</html>\n"
)


def _head(word: str, rules: str) -> str:
    """Give what comes before the page's contents; of all style and script, these rules alone are allowed."""
    digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode("ascii")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        # Without one, a browser asks the host of the page for it.
        '<link rel="icon" href="data:,">\n'
        f"<title>ElastiCache backups: {word.lower()}</title>\n<style>{rules}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the report</a>\n'
    )


_WEIGHS = {
    Level.ERROR: "The policy counts that as a failure",
    Level.WARNING: "The policy warns of that",
    Level.NONE: "The policy ignores that",
}
"""What becomes of the undecided."""


def _style() -> str:
    path = os.path.join(os.path.dirname(__file__), "page.css")
    with open(path, encoding="utf-8") as file:
        return file.read()


def _entries(report: Report) -> tuple[list[Entry], list[str]]:
    """Give the findings numbers, and roots, which are sorted by name."""
    names = [_root(one.resource) for one in report.findings]
    roots = sorted(set(names))
    numbers = {root: number for number, root in enumerate(roots)}
    entries = [
        Entry(finding, number, numbers[root])
        for number, (finding, root) in enumerate(zip(report.findings, names, strict=True), 1)
    ]
    return entries, roots


def _root(resource: CacheResource) -> str:
    root = _root_name(resource.root)
    return f"{root} ({resource.settings})" if resource.settings else root


def _root_name(root: str) -> str:
    return "- (standard input)" if root == STANDARD_INPUT else root


def _verdict(report: Report) -> tuple[str, str]:
    """Give the verdict in a word or two, and the kind that colours it."""
    if report.fails:
        return "Fail", "fail"
    if report.is_incomplete:
        return "Incomplete", "unknown"
    if not report.findings:
        return "No cache created" if report.absent else "No cache found", "na"
    if _undecided(report)[Level.WARNING]:
        return "Undecided", "unknown"
    return "Pass", "pass"


def _undecided(report: Report) -> Counter[Level]:
    """Count what is undecided and not suppressed, by how much the policy makes of it."""
    return Counter(
        one.level
        for one in report.findings
        if one.verdict.status is Status.UNKNOWN and one.suppression is None
    )


def _errors(report: Report) -> int:
    return sum(one.severity is Severity.ERROR for one in report.diagnostics)


def _header(report: Report, word: str, kind: str) -> str:
    counts = report.counts
    figures = (
        ("fail", "Fail", counts["fail"]),
        ("unknown", "Undecided", counts["unknown"]),
        ("suppressed", "Suppressed", counts["suppressed"]),
        ("pass", "Pass", counts["pass"]),
        ("na", "Not applicable", counts["not_applicable"]),
    )
    boxes = "".join(
        f'<div class="{kind}{"" if number else " none"}"><dt>{label}</dt><dd>{number:,}</dd></div>\n'
        for kind, label, number in figures
    )
    sentences = "".join(f"<p>{sentence}</p>\n" for sentence in _sentences(report))
    return (
        f'<header class="{kind}">\n<p class="what">ElastiCache automatic backups</p>\n'
        f'<h1><span class="unseen">Backups of ElastiCache caches: </span>{word}</h1>\n'
        f'<div class="sentences">\n{sentences}</div>\n<dl class="figures">\n{boxes}</dl>\n'
        f"{_share(figures, len(report.findings))}</header>\n"
    )


def _share(figures: tuple[tuple[str, str, int], ...], total: int) -> str:
    """Draw how the caches divide; the figures above say the same."""
    if not total:
        return ""
    bars, start = [], 0
    for kind, _, number in figures:
        if number:
            x, width = 100 * start / total, 100 * number / total
            bars.append(f'<rect class="{kind}" x="{x:.3f}%" width="{width:.3f}%" height="100%"/>')
        start += number
    return f'<svg class="share" aria-hidden="true">{"".join(bars)}</svg>\n'


def _sentences(report: Report) -> Iterator[str]:
    """Say what the verdict comes to, what is asked, and how the command ended."""
    counts, total, errors = report.counts, len(report.findings), _errors(report)
    failing, suppressed, undecided = counts["fail"], counts["suppressed"], _undecided(report)
    if failing:
        verb = "fails" if failing == 1 else "fail"
        yield (
            f"{failing:,} of {counted(total, 'cache')} {verb}: no backups, or not the backups that are "
            "asked for."
        )
    elif total:
        verb = "passes" if counts["pass"] == 1 else "pass"
        none = "nothing that counts fails" if suppressed else "none fails"
        yield f"{counts['pass']:,} of {counted(total, 'cache')} {verb}: {none}."
    for level, weighs in _WEIGHS.items():
        if number := undecided[level]:
            verb = "is" if number == 1 else "are"
            yield f"{number:,} {verb} undecided: it cannot be known from what was read. {weighs}."
    if errors:
        yield (
            f"The answer is incomplete: {counted(errors, 'error')}; see "
            '<a href="#not-read">what could not be read</a>.'
        )
    elif report.diagnostics:
        warnings = counted(len(report.diagnostics), "warning")
        yield f'{warnings}, and the answer stands; see <a href="#not-read">what they are</a>.'
    if suppressed:
        verb = "does" if suppressed == 1 else "do"
        yield (
            f"{counted(suppressed, 'finding')} {verb} not count, each with its reason; see "
            '<a href="#suppressions">suppressions</a>.'
        )
    if number := len(report.absent):
        verb = "is" if number == 1 else "are"
        yield (
            f"{counted(number, 'more cache')} {verb} in the code and not created with these values; see "
            '<a href="#absent">the reasons</a>.'
        )
    yield (
        f"Asked for: automatic backups kept for at least {counted(report.minimum_days, 'day')}. "
        f"AWS takes 1 to {MAXIMUM_DAYS}."
    )
    yield _exit_meaning(report)


def _exit_meaning(report: Report) -> str:
    if report.fails:
        status, meaning = 1, "at least one cache fails"
    elif report.is_incomplete:
        status, meaning = 3, "the answer is incomplete"
    else:
        status, meaning = 0, "everything was read, and nothing fails"
    unless = "" if status == 0 else " (0 where --exit-zero was given)"
    return f"Exit status of the check: <b>{status}</b>, {meaning}{unless}."


def _contents(report: Report) -> str:
    links = [
        ("retention", "Retention"),
        ("findings", "Findings"),
        ("suppressions", "Suppressions"),
        ("absent", "Not created"),
        ("not-read", "Not read"),
        ("control", "The control"),
    ]
    if not report.findings:
        links = links[3:]
    if not report.absent:
        links.remove(("absent", "Not created"))
    return (
        '<nav aria-label="Contents">\n'
        + items(f'<a href="#{place}">{label}</a>' for place, label in links)
        + "</nav>\n"
    )


def _main(report: Report, entries: list[Entry], roots: list[str]) -> Iterator[str]:
    excerpts = {excerpt.location: excerpt for excerpt in report.excerpts}
    if entries:
        yield filters(entries, roots)
        yield _opened("retention", "Retention of every cache")
        yield from picture(entries, roots, report.minimum_days)
        yield "</section>\n" + _opened("findings", "Findings")
        yield from findings(entries, roots, excerpts)
        yield "</section>\n" + _opened("suppressions", "Suppressions")
        yield _suppressions(entries, roots)
        yield "</section>\n"
    if report.absent:
        yield _opened("absent", "Not created with these values")
        yield items(map(_absent, report.absent), ' class="boxes"')
        yield "</section>\n"
    yield _opened("not-read", "What could not be read or decided")
    yield _diagnostics(report)
    yield "</section>\n" + _opened("control", "The control")
    yield from control()
    yield "</section>\n"


def _opened(place: str, title: str) -> str:
    return f'<section id="{place}" aria-labelledby="{place}-title">\n<h2 id="{place}-title">{title}</h2>\n'


def _suppressions(entries: list[Entry], roots: list[str]) -> str:
    told = (
        f'<a href="#c{entry.number}">{name(entry.finding.resource.address)}</a>'
        + definitions(_accepted(entry, roots[entry.root]))
        for entry in entries
        if entry.finding.suppression
    )
    return items(told, ' class="boxes"') or "<p>None.</p>\n"


def _accepted(entry: Entry, root: str) -> Iterator[tuple[str, str]]:
    finding = entry.finding
    status = {Status.FAIL: "fails", Status.UNKNOWN: "is undecided", Status.PASS: "passes"}
    rule = (
        f'<a href="#{finding.verdict.rule}">{finding.verdict.rule}</a>, '
        if finding.verdict.rule
        else ""
    )
    yield "Finding", f"{rule}{status.get(finding.verdict.status, 'not applicable')}"
    yield "Root", code(root)
    if finding.suppression:
        yield from suppression_facts(finding.suppression)


def _absent(absent: AbsentCache) -> str:
    facts = (
        ("Reason", prose(absent.reason)),
        ("Location", code(str(absent.location))),
        ("Root", code(_root_name(absent.root))),
    )
    return name(absent.address) + definitions(facts)


def _diagnostics(report: Report) -> str:
    told = sorted(report.diagnostics, key=lambda one: (one.severity, one.is_detail))
    return items(map(_diagnostic, told), ' class="boxes"') or "<p>Everything was read.</p>\n"


def _diagnostic(told: Diagnostic) -> str:
    kind, word = ("fail", "Error") if told.severity is Severity.ERROR else ("unknown", "Warning")
    return (
        f'<span class="{kind}"><span class="tag">{word}</span></span> {code(str(told.location))}'
        f"<br>{prose(told.message)}"
    )
