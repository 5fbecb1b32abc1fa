"""What fix did, and what it left → text for a person."""

from ecbackup_iac.fixers.plan import Fixed, FixResult, Unfixed
from ecbackup_iac.reporters.escaping import escape_control_characters


def mending_text(mending: FixResult, *, is_written: bool) -> str:
    """Tell of every cache that was asked about, each edit once, and count them."""
    told: set[object] = set()
    lines = []
    for mended in mending.fixed:
        lines += _mended_lines(mended, told, is_written=is_written)
    for left in mending.unfixed:
        lines += _left_lines(left)
    done = "mended" if is_written else "to mend"
    counts = f"{len(mending.fixed)} {done}, {len(mending.unfixed)} left"
    return "\n".join((*lines, counts)) + "\n"


def _mended_lines(mended: Fixed, told: set[object], *, is_written: bool) -> list[str]:
    resource = mended.finding.resource
    lines = [
        f"{'mended' if is_written else 'mends'}  {escape_control_characters(resource.address)}"
    ]
    if not mended.edits:
        lines.append("    with the edits for others")
    for edit in mended.edits:
        again = " (as above)" if edit in told else ""
        told.add(edit)
        lines.append(f"    {escape_control_characters(f'{edit.location}: {edit.text}{again}')}")
    return lines


def _left_lines(left: Unfixed) -> list[str]:
    resource = left.finding.resource
    lines = [f"left  {escape_control_characters(f'{resource.address}  {resource.location}')}"]
    lines.append(f"    {escape_control_characters(left.reason)}")
    remedy = left.finding.remedy
    if remedy:
        lines += [f"    {escape_control_characters(line)}" for line in remedy.splitlines()]
    return lines
