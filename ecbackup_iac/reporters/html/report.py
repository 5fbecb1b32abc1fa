"""Report → one HTML page for an auditor, which loads nothing, runs no script, and can be printed.

Its filters are style rules; a browser that does not support them shows everything.
"""

import base64
import hashlib
import os
from collections.abc import Iterator

from ecbackup_iac import __version__
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Report, Severity
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.reporters.html.chart import chart
from ecbackup_iac.reporters.html.control import control
from ecbackup_iac.reporters.html.filters import filter_rules, filters
from ecbackup_iac.reporters.html.findings import definitions, findings, suppression_facts
from ecbackup_iac.reporters.html.header import header, verdict
from ecbackup_iac.reporters.html.markup import Entry, code, items, name, prose
from ecbackup_iac.reporters.per_cache import merge_sets
from ecbackup_iac.reporters.style import RenderOptions


def render(report: Report, style: RenderOptions = RenderOptions()) -> str:  # noqa: ARG001 - one signature for all
    """Return the report as a page of its own."""
    report = merge_sets(report)
    entries, roots = _entries(report)
    word, kind = verdict(report)
    parts = (
        _head(word, _style() + filter_rules(entries)),
        header(report, word, kind),
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
    """Return the head of the page, whose security policy allows these style rules and no script."""
    digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode("ascii")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        # Without one, a browser requests it from the host of the page.
        '<link rel="icon" href="data:,">\n'
        f"<title>ElastiCache backups: {word.lower()}</title>\n<style>{rules}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the report</a>\n'
    )


def _style() -> str:
    path = os.path.join(os.path.dirname(__file__), "page.css")
    with open(path, encoding="utf-8") as file:
        return file.read()


def _entries(report: Report) -> tuple[list[Entry], list[str]]:
    """Return the numbered findings, and the names of their roots, sorted."""
    names = [_root(finding.resource) for finding in report.findings]
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
        + items(f'<a href="#{anchor}">{label}</a>' for anchor, label in links)
        + "</nav>\n"
    )


def _main(report: Report, entries: list[Entry], roots: list[str]) -> Iterator[str]:
    excerpts = {excerpt.location: excerpt for excerpt in report.excerpts}
    if entries:
        yield filters(entries, roots)
        yield _section("retention", "Retention of every cache")
        yield from chart(entries, roots, report.requirements.minimum_days)
        yield "</section>\n" + _section("findings", "Findings")
        yield from findings(entries, roots, excerpts)
        yield "</section>\n" + _section("suppressions", "Suppressions")
        yield _suppressions(entries, roots)
        yield "</section>\n"
    if report.absent:
        yield _section("absent", "Not created with these values")
        yield items(map(_absent, report.absent), ' class="boxes"')
        yield "</section>\n"
    yield _section("not-read", "What could not be read or decided")
    yield _diagnostics(report)
    yield "</section>\n" + _section("control", "The control")
    yield from control()
    yield "</section>\n"


_KINDS = {Severity.ERROR: "fail", Severity.WARNING: "unknown", Severity.NOTE: "na"}


def _section(anchor: str, title: str) -> str:
    return f'<section id="{anchor}" aria-labelledby="{anchor}-title">\n<h2 id="{anchor}-title">{title}</h2>\n'


def _suppressions(entries: list[Entry], roots: list[str]) -> str:
    suppressed = (
        f'<a href="#c{entry.number}">{name(entry.finding.resource.address)}</a>'
        + definitions(_accepted(entry, roots[entry.root]))
        for entry in entries
        if entry.finding.suppression
    )
    return items(suppressed, ' class="boxes"') or "<p>None.</p>\n"


def _accepted(entry: Entry, root: str) -> Iterator[tuple[str, str]]:
    finding = entry.finding
    status = {Status.FAIL: "fails", Status.UNKNOWN: "is unknown", Status.PASS: "passes"}
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
    diagnostics = sorted(report.diagnostics, key=lambda one: (one.severity.rank, one.is_detail))
    return items(map(_diagnostic, diagnostics), ' class="boxes"') or "<p>Everything was read.</p>\n"


def _diagnostic(diagnostic: Diagnostic) -> str:
    kind, word = _KINDS[diagnostic.severity], diagnostic.severity.title()
    return (
        f'<span class="{kind}"><span class="tag">{word}</span></span> {code(str(diagnostic.location))}'
        f"<br>{prose(diagnostic.message)}"
    )
