"""The result of fix → a summary for a person: what was fixed, and what was not."""

from ecbackup_iac.fixers.fix_plan import Fixed, FixResult, Unfixed
from ecbackup_iac.model.report import Finding
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.wording import has_several_roots, origin_text


def fix_summary(result: FixResult, *, is_written: bool) -> str:
    """Return every cache with its edits or the reason why it is not fixed, and the counts."""
    listed: set[object] = set()
    with_root = has_several_roots(result.report)
    lines = []
    for fixed in result.fixed:
        lines += _fixed_lines(fixed, listed, is_written=is_written, with_root=with_root)
    for unfixed in result.unfixed:
        lines += _unfixed_lines(unfixed, with_root=with_root)
    done = "fixed" if is_written else "fixable"
    counts = f"{len(result.fixed)} {done}, {len(result.unfixed)} skipped"
    if suppressed := sum(finding.suppression is not None for finding in result.report.findings):
        counts += f", {suppressed} suppressed: not changed"
    return "\n".join((*lines, counts)) + "\n"


def _fixed_lines(
    fixed: Fixed, listed: set[object], *, is_written: bool, with_root: bool
) -> list[str]:
    verb = "fixed" if is_written else "would fix"
    lines = [f"{verb}  {escape_control_characters(fixed.finding.resource.address)}"]
    lines += _origin_lines(fixed.finding, with_root=with_root)
    if not fixed.edits:
        lines.append("    by the edits for other caches")
    for edit in fixed.edits:
        again = " (as above)" if edit in listed else ""
        listed.add(edit)
        text = f"{edit.location}: {' '.join(edit.text.split())}{again}"  # without its alignment
        lines.append(f"    {escape_control_characters(text)}")
    return lines


def _unfixed_lines(unfixed: Unfixed, *, with_root: bool) -> list[str]:
    resource = unfixed.finding.resource
    remedy = unfixed.finding.remedy or ""
    return [
        f"skipped  {escape_control_characters(f'{resource.address}  {unfixed.finding.location}')}",
        *_origin_lines(unfixed.finding, with_root=with_root),
        f"    {escape_control_characters(unfixed.reason)}",
        *(f"    {escape_control_characters(line)}" for line in remedy.splitlines()),
    ]


def _origin_lines(finding: Finding, *, with_root: bool) -> list[str]:
    origin = origin_text(finding, with_root=with_root)
    return [f"    {origin}"] if origin else []
