"""Report → the head of the page's contents: the verdict, the figures, and what they mean in sentences."""

from collections import Counter
from collections.abc import Iterator

from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.report import Report, Severity
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.html.markup import KINDS, code, counted, name, prose
from ecbackup_iac.reporters.per_cache import cache_counts, worst_of_caches
from ecbackup_iac.reporters.render_options import Provenance

_POLICY_EFFECTS = {
    Level.ERROR: "The policy treats this as a failure",
    Level.WARNING: "The policy only warns about this",
    Level.NONE: "The policy ignores this",
}
"""The level of unknown retentions → how the policy treats them."""


def verdict(report: Report) -> tuple[str, str]:
    """Return the verdict in a word or two, and the kind that colours it."""
    if report.fails:
        return "Fail", "fail"
    if report.is_incomplete:
        return "Incomplete", "unknown"
    if not report.findings:
        return "No cache created" if report.absent else "No cache found", "not_applicable"
    if _unknown(report)[Level.WARNING]:
        return "Unknown", "unknown"
    return "Pass", "pass"


def header(report: Report, word: str, kind: str, provenance: Provenance) -> str:
    """Return the header: the verdict, sentences about it, and the number of caches of each kind."""
    counts = cache_counts(report.findings)
    boxes = "".join(
        f'<div class="{key}{"" if counts[key] else " none"}"><dt>{label}</dt><dd>{counts[key]:,}</dd></div>\n'
        for key, label in KINDS.items()
    )
    sentences = "".join(f"<p>{sentence}</p>\n" for sentence in _sentences(report, counts))
    return (
        f'<header class="{kind}">\n<p class="back"><a href="#main">Show the full report</a></p>\n'
        f'<p class="what">ElastiCache automatic backups</p>\n'
        f'<h1><span class="unseen">Backups of ElastiCache caches: </span>{word}</h1>\n'
        f'{_origin(provenance)}<div class="sentences">\n{sentences}</div>\n'
        f'<dl class="figures">\n{boxes}</dl>\n</header>\n'
    )


def _origin(provenance: Provenance) -> str:
    """Return what was checked: the title, the revision and the date, as far as they are supplied."""
    parts = []
    if provenance.title:
        parts.append(f"<b>{name(provenance.title)}</b>")
    if provenance.revision:
        parts.append(f"revision {code(provenance.revision)}")
    if provenance.date:
        parts.append(prose(provenance.date))
    return f'<p class="origin">{", ".join(parts)}</p>\n' if parts else ""


def _sentences(report: Report, counts: Counter[str]) -> Iterator[str]:
    """Yield what the verdict is, what the policy requires, and how the command ended."""
    yield from _verdict_sentences(report, counts)
    yield from _gap_sentences(report, counts)
    yield (
        "The policy requires automatic backups to be kept for at least "
        f"{counted(report.requirements.minimum_days, 'day')}; AWS allows 1 to {MAXIMUM_DAYS}."
    )
    yield _exit_meaning(report)


def _verdict_sentences(report: Report, counts: Counter[str]) -> Iterator[str]:
    total, unknown = counts.total(), _unknown(report)
    if failing := counts["fail"]:
        they = "it does" if failing == 1 else "they do"
        yield (
            f"{failing:,} of {counted(total, 'cache')} failed: {they} not have the required backups."
        )
    elif total:
        none = "all failures are suppressed" if counts["suppressed"] else "none failed"
        yield f"{counts['pass']:,} of {counted(total, 'cache')} passed, {none}."
    for level, effect in _POLICY_EFFECTS.items():
        if number := unknown[level]:
            yield (
                f"{number:,} {'is' if number == 1 else 'are'} unknown: the retention cannot be "
                f"determined from what was read. {effect}."
            )


def _gap_sentences(report: Report, counts: Counter[str]) -> Iterator[str]:
    """Yield what was not read, what is suppressed, and what is not created."""
    severities = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    suppressed = counts["suppressed"]
    if errors := severities[Severity.ERROR]:
        yield (
            f"The answer is incomplete: {counted(errors, 'error')}; see "
            '<a href="#not-read">errors and warnings</a>.'
        )
    elif number := severities[Severity.WARNING]:
        effect = "does not affect" if number == 1 else "do not affect"
        yield (
            f"{counted(number, 'warning')}, which {effect} the result; see "
            '<a href="#not-read">errors and warnings</a>.'
        )
    if any(exclusion.location for exclusion in report.exclusions):
        yield (
            "Some paths are excluded from this report; see "
            '<a href="#not-read">which, and by what</a>.'
        )
    if suppressed:
        verb = "is" if suppressed == 1 else "are"
        yield (
            f"{counted(suppressed, 'cache')} {verb} suppressed, with a reason; see "
            '<a href="#suppressions">suppressions</a>.'
        )
    if number := len(report.absent):
        verb = "is" if number == 1 else "are"
        yield (
            f"{counted(number, 'more cache')} {verb} in the code but not created with these values; see "
            '<a href="#absent">the reasons</a>.'
        )


def _exit_meaning(report: Report) -> str:
    if report.fails:
        status, meaning = 1, "at least one cache failed"
    elif report.is_incomplete:
        status, meaning = 3, "the answer is incomplete"
    else:
        status, meaning = 0, "everything was read, nothing failed"
    unless = "" if status == 0 else " (or 0 with --exit-zero)"
    return f"Exit status of the check: <b>{status}</b>, {meaning}{unless}."


def _unknown(report: Report) -> Counter[Level]:
    """Return the number of caches of unknown retention that are not suppressed, by level."""
    return Counter(
        finding.level
        for finding in worst_of_caches(report.findings)
        if finding.verdict.status is Status.UNKNOWN and finding.suppression is None
    )
