"""Findings → a chart of every cache's retention, 0 to 35 days against the minimum, root by root.

The chart is a table: each row says in words what its strip draws.
"""

from collections.abc import Iterator, Sequence

from ecbackup_iac.model.cache import format_value
from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    PossibleValue,
    Unknown,
    Unset,
    Value,
    possible_values,
)
from ecbackup_iac.reporters.html.markup import (
    KINDS,
    Entry,
    counted,
    counts_of,
    items,
    kinds_of,
    name,
    prose,
)

_TICKS = (0, 7, 14, 21, 28, 35)
_FIRST, _LAST = 7.0, 93.0  # where 0 and 35 days are, in hundredths of the width
_BELOW, _ABOVE = 2.0, 98.0  # what AWS rejects is beyond


def chart(entries: Sequence[Entry], roots: Sequence[str], minimum_days: int) -> Iterator[str]:
    """Yield the legend, and a table for every root."""
    yield _symbols(minimum_days)
    yield _legend(minimum_days)
    by_root: dict[int, list[Entry]] = {}
    for entry in entries:
        by_root.setdefault(entry.root, []).append(entry)
    for number, root in enumerate(roots):
        yield from _table(number, root, by_root[number])


def _symbols(minimum_days: int) -> str:
    """Return the background of every strip: the days that are enough, and the lines of the scale."""
    least, most = _percent(minimum_days), _percent(MAXIMUM_DAYS)
    lines = "".join(
        f'<line x1="{_percent(day):g}%" x2="{_percent(day):g}%" y2="100%"/>' for day in _TICKS
    )
    return (
        '<svg class="symbols" aria-hidden="true" width="0" height="0"><symbol id="scale" width="100%" '
        f'height="100%"><rect class="enough" x="{least:g}%" width="{most - least:g}%" height="100%"/>'
        f'<g class="ticks">{lines}</g>'
        f'<line class="least" x1="{least:g}%" x2="{least:g}%" y2="100%"/></symbol></svg>\n'
    )


_RANGE = (
    '<line x1="20%" x2="80%" y1="50%" y2="50%"/><circle cx="20%" cy="50%" r="4"/>'
    '<circle cx="80%" cy="50%" r="4"/>'
)
_ENOUGH = (
    '<rect class="enough" width="100%" height="100%"/><line class="least" x1="1" x2="1" y2="100%"/>'
)


def _legend(minimum_days: int) -> str:
    samples = (
        ('<circle cx="50%" cy="50%" r="5"/>', "known retention"),
        ('<circle class="hollow" cx="50%" cy="50%" r="5"/>', "not set, which means 0"),
        (_RANGE, "unknown, possible values"),
        ('<line class="dashed" x1="5%" x2="95%" y1="50%" y2="50%"/>', "unknown"),
        (_cross("50%"), "rejected by AWS"),
        (_ENOUGH, f"required: {minimum_days} to {MAXIMUM_DAYS} days"),
    )
    entries = (
        f'<svg class="sample" aria-hidden="true">{shape}</svg> {text}' for shape, text in samples
    )
    return items(entries, ' class="legend"')


def _table(number: int, root: str, entries: Sequence[Entry]) -> Iterator[str]:
    counts = counts_of(entries)
    caption = ", ".join(f"{counts[kind]:,} {KINDS[kind].lower()}" for kind in KINDS if counts[kind])
    labels = "".join(f'<text x="{_percent(day):g}%" y="12">{day}</text>' for day in _TICKS)
    yield (
        f'<div class="root" data-root="{number}" data-kinds="{kinds_of(entries)}">\n'
        f'<h3 id="root-{number}">{name(root)}</h3>\n'
        f'<table role="table" aria-labelledby="root-{number}"><caption>{caption}</caption>\n'
        '<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Cache</th>'
        '<th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">Retention</th>'
        '<th role="columnheader" scope="col"><span class="unseen">On a scale of 0 to 35 days</span>'
        f'<svg class="axis" aria-hidden="true">{labels}</svg></th></tr></thead>\n'
        '<tbody role="rowgroup">\n'
    )
    for entry in entries:
        resource = entry.finding.resource
        settings = (
            resource.settings_label
            and f'<span class="settings">{name(resource.settings_label)}</span>'
        )
        yield (
            f'<tr role="row" class="{entry.kind}"><th role="rowheader" scope="row">'
            f'<a href="#c{entry.number}">{name(resource.address)}</a>{settings}</th>'
            f'<td role="cell" class="word">{KINDS[entry.kind]}</td>'
            f'<td role="cell">{prose(retention_text(resource.retention))}</td><td role="cell" class="strip">'
            f'<svg aria-hidden="true"><use href="#scale"/>{_marks(resource.retention)}</svg></td></tr>\n'
        )
    yield "</tbody></table>\n</div>\n"


def retention_text(retention: Value[int]) -> str:
    """Return what a retention is, or can be, in words."""
    if isinstance(retention, Unknown) and not retention.outcomes:
        bounds = retention.bounds
        low, high = (bounds.minimum, bounds.maximum) if bounds else (None, None)
        if low is not None and high is not None:
            return f"{low} to {high} days"
        if low is not None:
            return f"{counted(low, 'day')} or more"
        return "unknown" if high is None else f"{counted(high, 'day')} or less"
    values = possible_values(retention)
    days = sorted({item.value for item in values if isinstance(item, Known)})
    parts = [f"{number:,}" for number in days]
    if parts:
        parts[-1] += " day" if days == [1] else " days"
    parts += dict.fromkeys(format_value(item) for item in values if not isinstance(item, Known))
    return " or ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def _marks(retention: Value[int]) -> str:
    values = possible_values(retention)
    if isinstance(retention, Unknown) and not values and retention.bounds:
        bounds = retention.bounds
        ends = (bounds.minimum, bounds.maximum)
        first, last = (
            _position(end) for end in (ends[0] or 0, MAXIMUM_DAYS if ends[1] is None else ends[1])
        )
        return _line(first, last) + "".join(
            _dot(end, radius=4) for end in dict.fromkeys(ends) if end is not None
        )
    if not values:
        return f'<line class="dashed" x1="{_FIRST:g}%" x2="{_LAST:g}%" y1="50%" y2="50%"/>'
    if len(values) == 1:
        return _mark(values[0])[1]
    marks = [_mark(value, radius=4) for value in values]
    positions = [position for position, _ in marks]
    shapes = dict.fromkeys(shape for _, shape in marks)
    return _line(min(positions), max(positions)) + "".join(shapes)


def _mark(value: PossibleValue[int], radius: int = 5) -> tuple[float, str]:
    """Return where a value is drawn, and its shape."""
    match value:
        case Known(value=days):
            return _position(days), _dot(days, radius)
        case Unset():
            hollow = f'<circle class="hollow" cx="{_percent(0):g}%" cy="50%" r="{radius}"/>'
            return _percent(0), hollow
        case Invalid():
            return _ABOVE, _cross(f"{_ABOVE:g}%")


def _dot(days: int, radius: int) -> str:
    x = f"{_position(days):g}%"
    if 0 <= days <= MAXIMUM_DAYS:
        return f'<circle cx="{x}" cy="50%" r="{radius}"/>'
    return _cross(x)


def _cross(x: str) -> str:
    """Return a cross, in a nested image because the coordinates of a path cannot be percentages."""
    return f'<svg x="{x}" y="50%" class="cross"><path d="M-4-4 4 4M4-4-4 4"/></svg>'


def _line(first: float, last: float) -> str:
    return f'<line x1="{first:g}%" x2="{last:g}%" y1="50%" y2="50%"/>'


def _position(days: int) -> float:
    """Return where a number of days is drawn; what AWS rejects is beyond the scale."""
    if days < 0:
        return _BELOW
    return _ABOVE if days > MAXIMUM_DAYS else _percent(days)


def _percent(days: int) -> float:
    return round(_FIRST + days * (_LAST - _FIRST) / MAXIMUM_DAYS, 1)
