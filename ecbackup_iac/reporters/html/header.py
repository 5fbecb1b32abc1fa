"""Report → the head of the page's contents: the verdict, the figures, and what they mean in sentences."""

from collections import Counter
from collections.abc import Iterator

from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.report import Report, Severity
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.html.markup import counted
from ecbackup_iac.reporters.per_cache import cache_counts

_POLICY_EFFECTS = {
    Level.ERROR: "The policy counts that as a failure",
    Level.WARNING: "The policy warns of that",
    Level.NONE: "The policy ignores that",
}
"""The level of unknown retentions → what the policy makes of them."""


def verdict(report: Report) -> tuple[str, str]:
    """Return the verdict in a word or two, and the kind that colours it."""
    if report.fails:
        return "Fail", "fail"
    if report.is_incomplete:
        return "Incomplete", "unknown"
    if not report.findings:
        return "No cache created" if report.absent else "No cache found", "na"
    if _unknown(report)[Level.WARNING]:
        return "Unknown", "unknown"
    return "Pass", "pass"


def header(report: Report, word: str, kind: str) -> str:
    """Return the header: the verdict, sentences about it, and the number of findings of each kind."""
    counts = cache_counts(report.findings)
    figures = (
        ("fail", "Fail", counts["fail"]),
        ("unknown", "Unknown", counts["unknown"]),
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
        f"{_share(figures, counts.total())}</header>\n"
    )


def _share(figures: tuple[tuple[str, str, int], ...], total: int) -> str:
    """Return a bar of the shares of the kinds; the figures above say the same."""
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
    """Yield what the verdict is, what the policy requires, and how the command ended."""
    yield from _verdict_sentences(report)
    yield from _gap_sentences(report)
    yield (
        f"Asked for: automatic backups kept for at least {counted(report.requirements.minimum_days, 'day')}. "
        f"AWS takes 1 to {MAXIMUM_DAYS}."
    )
    yield _exit_meaning(report)


def _verdict_sentences(report: Report) -> Iterator[str]:
    counts = cache_counts(report.findings)
    total = counts.total()
    failing, unknown = counts["fail"], _unknown(report)
    if failing:
        verb = "fails" if failing == 1 else "fail"
        yield (
            f"{failing:,} of {counted(total, 'cache')} {verb}: no backups, or not the backups that are "
            "asked for."
        )
    elif total:
        verb = "passes" if counts["pass"] == 1 else "pass"
        none = "nothing that counts fails" if counts["suppressed"] else "none fails"
        yield f"{counts['pass']:,} of {counted(total, 'cache')} {verb}: {none}."
    for level, effect in _POLICY_EFFECTS.items():
        if number := unknown[level]:
            verb = "is" if number == 1 else "are"
            yield f"{number:,} {verb} unknown: it cannot be known from what was read. {effect}."


def _gap_sentences(report: Report) -> Iterator[str]:
    """Yield what was not read, what does not count, and what is not created."""
    errors, suppressed = _errors(report), report.counts["suppressed"]
    if errors:
        yield (
            f"The answer is incomplete: {counted(errors, 'error')}; see "
            '<a href="#not-read">what could not be read</a>.'
        )
    elif number := sum(one.severity is Severity.WARNING for one in report.diagnostics):
        warnings = counted(number, "warning")
        yield f'{warnings}, and the answer stands; see <a href="#not-read">what they are</a>.'
    if any(exclusion.location for exclusion in report.exclusions):
        yield (
            "Something is excluded and not in this report; see "
            '<a href="#not-read">what, and by what</a>.'
        )
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


def _exit_meaning(report: Report) -> str:
    if report.fails:
        status, meaning = 1, "at least one cache fails"
    elif report.is_incomplete:
        status, meaning = 3, "the answer is incomplete"
    else:
        status, meaning = 0, "everything was read, and nothing fails"
    unless = "" if status == 0 else " (0 where --exit-zero was given)"
    return f"Exit status of the check: <b>{status}</b>, {meaning}{unless}."


def _unknown(report: Report) -> Counter[Level]:
    """Return the number of unknown retentions that are not suppressed, by level."""
    return Counter(
        finding.level
        for finding in report.findings
        if finding.verdict.status is Status.UNKNOWN and finding.suppression is None
    )


def _errors(report: Report) -> int:
    return sum(one.severity is Severity.ERROR for one in report.diagnostics)
