"""The result of fix → a summary for a person: what was fixed, and what was not."""

from ecbackup_iac.fixers.plan import Fixed, FixResult, Unfixed
from ecbackup_iac.reporters.escaping import escape_control_characters


def fix_summary(result: FixResult, *, is_written: bool) -> str:
    """Return every cache with its edits or the reason why it is not fixed, and the counts."""
    listed: set[object] = set()
    lines = []
    for fixed in result.fixed:
        lines += _fixed_lines(fixed, listed, is_written=is_written)
    for unfixed in result.unfixed:
        lines += _unfixed_lines(unfixed)
    done = "fixed" if is_written else "to fix"
    counts = f"{len(result.fixed)} {done}, {len(result.unfixed)} left"
    return "\n".join((*lines, counts)) + "\n"


def _fixed_lines(fixed: Fixed, listed: set[object], *, is_written: bool) -> list[str]:
    verb = "fixed" if is_written else "fixes"
    lines = [f"{verb}  {escape_control_characters(fixed.finding.resource.address)}"]
    if not fixed.edits:
        lines.append("    with the edits for others")
    for edit in fixed.edits:
        again = " (as above)" if edit in listed else ""
        listed.add(edit)
        lines.append(f"    {escape_control_characters(f'{edit.location}: {edit.text}{again}')}")
    return lines


def _unfixed_lines(unfixed: Unfixed) -> list[str]:
    resource = unfixed.finding.resource
    remedy = unfixed.finding.remedy or ""
    return [
        f"left  {escape_control_characters(f'{resource.address}  {resource.location}')}",
        f"    {escape_control_characters(unfixed.reason)}",
        *(f"    {escape_control_characters(line)}" for line in remedy.splitlines()),
    ]
