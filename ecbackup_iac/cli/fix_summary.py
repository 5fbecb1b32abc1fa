"""What fix did, and what it left → text for a person."""

from ecbackup_iac.fixers.plan import Left, Mended, Mending
from ecbackup_iac.reporters.printable import printable


def mending_text(mending: Mending, *, is_written: bool) -> str:
    """Tell of every cache that was asked about, each edit once, and count them."""
    told: set[object] = set()
    lines = []
    for mended in mending.mended:
        lines += _mended_lines(mended, told, is_written=is_written)
    for left in mending.left:
        lines += _left_lines(left)
    done = "mended" if is_written else "to mend"
    counts = f"{len(mending.mended)} {done}, {len(mending.left)} left"
    return "\n".join((*lines, counts)) + "\n"


def _mended_lines(mended: Mended, told: set[object], *, is_written: bool) -> list[str]:
    resource = mended.finding.resource
    lines = [f"{'mended' if is_written else 'mends'}  {printable(resource.address)}"]
    if not mended.edits:
        lines.append("    with the edits for others")
    for edit in mended.edits:
        again = " (as above)" if edit in told else ""
        told.add(edit)
        lines.append(f"    {printable(f'{edit.location}: {edit.text}{again}')}")
    return lines


def _left_lines(left: Left) -> list[str]:
    resource = left.finding.resource
    lines = [f"left  {printable(f'{resource.address}  {resource.location}')}"]
    lines.append(f"    {printable(left.reason)}")
    remedy = left.finding.remedy
    if remedy:
        lines += [f"    {printable(line)}" for line in remedy.splitlines()]
    return lines
