"""Findings → a picture of every cache's retention, 0 to 35 days against the minimum, root by root.

The picture is a table: each row says in words what its strip draws.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ecbackup_iac.model.cache import format_value
from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.model.value import Invalid, Known, Settled, Unknown, Unset, Value, possible_values
from ecbackup_iac.reporters.html.markup import KINDS, Entry, counted, items, name, prose

MAX_ROOTS = 200
"""A page with more offers no filter by root: a browser would take long over the rules."""

_TICKS = (0, 7, 14, 21, 28, 35)
_FIRST, _LAST = 7.0, 93.0  # where 0 and 35 days lie, in hundredths of the width
_BELOW, _ABOVE = 2.0, 98.0  # what AWS refuses lies beyond


def picture(entries: Sequence[Entry], roots: Sequence[str], minimum_days: int) -> Iterator[str]:
    """Yield the legend, and a table for every root."""
    yield _symbols(minimum_days)
    yield _legend(minimum_days)
    by_root: dict[int, list[Entry]] = {}
    for entry in entries:
        by_root.setdefault(entry.root, []).append(entry)
    for number, root in enumerate(roots):
        yield from _table(number, root, by_root[number])


def filter_rules(entries: Sequence[Entry]) -> str:
    """Give the rules of style that make the filters work, without a script.

    Each asks the form alone what is chosen: a question to the whole page, asked for every root, would
    take a browser many seconds of a large page.
    """
    rules = [
        f".filters:has(#show-{kind}:not(:checked)) ~ section :is(tr,.group).{kind}"
        for kind in KINDS
    ]
    by_root: dict[int, list[Entry]] = {}
    for entry in entries:
        by_root.setdefault(entry.root, []).append(entry)
    kinds = {number: _kinds(those) for number, those in sorted(by_root.items())}
    for told in sorted(set(kinds.values())):
        boxes = ",".join(f"#show-{kind}:checked" for kind in told.split())
        rules.append(f'.filters:not(:has({boxes})) ~ section .root[data-kinds="{told}"]')
    if 1 < len(kinds) <= MAX_ROOTS:
        for number, told in kinds.items():
            others = "".join(f",h3.{kind}" for kind in KINDS if kind not in told.split())
            rules.append(
                f'.filters:has(option[value="{number}"]:checked) ~ section '
                f':is([data-root]:not([data-root="{number}"]){others})'
            )
    return "".join(f"{rule}{{display:none}}\n" for rule in rules)


def _kinds(entries: Iterable[Entry]) -> str:
    present = {entry.kind for entry in entries}
    return " ".join(kind for kind in KINDS if kind in present)


def filters(entries: Sequence[Entry], roots: Sequence[str]) -> str:
    """Give the form of the filters, which stands before and beside everything that it hides."""
    counts = counts_of(entries)
    boxes = "".join(
        f'<label class="{kind}"><input type="checkbox" id="show-{kind}" checked> {word} '
        f"<b>{counts[kind]:,}</b></label>\n"
        for kind, word in KINDS.items()
        if counts[kind]
    )
    choice = ""
    if 1 < len(roots) <= MAX_ROOTS:
        options = "".join(
            f'<option value="{number}">{prose(root)}</option>\n'
            for number, root in enumerate(roots)
        )
        choice = (
            '<label class="choice">Root <select id="root"><option value="all">all '
            f"{len(roots)} roots</option>\n{options}</select></label>\n"
        )
    return (
        # It has nowhere to be sent: a form of this method outside of a dialog does nothing.
        '<form method="dialog" autocomplete="off" class="filters" aria-label="Filters">\n'
        f"<fieldset><legend>Show</legend>\n{boxes}{choice}"
        '<button type="reset">Show all</button></fieldset>\n'
        '<p class="filtered" role="status">The filters hide some of the caches, here and under '
        "Findings.</p>\n</form>\n"
    )


def _symbols(minimum_days: int) -> str:
    """Give what every strip has behind it: the days that are enough, and the lines of the scale."""
    least, most = _x(minimum_days), _x(MAXIMUM_DAYS)
    lines = "".join(f'<line x1="{_x(day):g}%" x2="{_x(day):g}%" y2="100%"/>' for day in _TICKS)
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
        ('<circle cx="50%" cy="50%" r="5"/>', "days that are known"),
        ('<circle class="hollow" cx="50%" cy="50%" r="5"/>', "not set, which is 0"),
        (_RANGE, "what it may be, undecided"),
        ('<line class="dashed" x1="5%" x2="95%" y1="50%" y2="50%"/>', "nothing is known of it"),
        (_cross("50%"), "AWS refuses it"),
        (_ENOUGH, f"enough: {minimum_days} to {MAXIMUM_DAYS} days"),
    )
    drawn = (
        f'<svg class="sample" aria-hidden="true">{mark}</svg> {words}' for mark, words in samples
    )
    return items(drawn, ' class="legend"')


def _table(number: int, root: str, entries: Sequence[Entry]) -> Iterator[str]:
    counts = counts_of(entries)
    told = ", ".join(_counted_kind(kind, counts[kind]) for kind in KINDS if counts[kind])
    labels = "".join(f'<text x="{_x(day):g}%" y="12">{day}</text>' for day in _TICKS)
    yield (
        f'<div class="root" data-root="{number}" data-kinds="{_kinds(entries)}">\n'
        f'<h3 id="root-{number}">{name(root)}</h3>\n'
        f'<table role="table" aria-labelledby="root-{number}"><caption>{told}</caption>\n'
        '<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Cache</th>'
        '<th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">Retention</th>'
        '<th role="columnheader" scope="col"><span class="unseen">On a scale of 0 to 35 days</span>'
        f'<svg class="axis" aria-hidden="true">{labels}</svg></th></tr></thead>\n'
        '<tbody role="rowgroup">\n'
    )
    for entry in entries:
        resource = entry.finding.resource
        yield (
            f'<tr role="row" class="{entry.kind}"><th role="rowheader" scope="row">'
            f'<a href="#c{entry.number}">{name(resource.address)}</a></th>'
            f'<td role="cell" class="word">{KINDS[entry.kind]}</td>'
            f'<td role="cell">{prose(words(resource.retention))}</td><td role="cell" class="strip">'
            f'<svg aria-hidden="true"><use href="#scale"/>{_marks(resource.retention)}</svg></td></tr>\n'
        )
    yield "</tbody></table>\n</div>\n"


def counts_of(entries: Iterable[Entry]) -> Counter[str]:
    """Count the findings of each kind."""
    return Counter(entry.kind for entry in entries)


def _counted_kind(kind: str, number: int) -> str:
    word = KINDS[kind].lower()
    several = {"fail": "fail", "pass": "pass"}
    return f"{number:,} {word if number == 1 else several.get(kind, word)}"


def words(retention: Value[int]) -> str:
    """Say what a retention is, or can be."""
    if isinstance(retention, Unknown) and not retention.outcomes:
        bounds = retention.bounds
        low, high = (bounds.minimum, bounds.maximum) if bounds else (None, None)
        if low is not None and high is not None:
            return f"{low} to {high} days"
        if low is not None:
            return f"{counted(low, 'day')} or more"
        return "not known" if high is None else f"{counted(high, 'day')} or less"
    values = possible_values(retention)
    days = sorted({one.value for one in values if isinstance(one, Known) and not one.sensitive})
    told = [f"{one:,}" for one in days]
    if told:
        told[-1] += " day" if days == [1] else " days"
    others = (format_value(one) for one in values if not isinstance(one, Known) or one.sensitive)
    told += dict.fromkeys(others)
    return " or ".join((", ".join(told[:-1]), told[-1])) if len(told) > 1 else told[0]


def _marks(retention: Value[int]) -> str:
    """Draw a retention; one that must not be shown is drawn as one that is not known."""
    values = possible_values(retention)
    if isinstance(retention, Unknown) and not values and retention.bounds:
        bounds = retention.bounds
        ends = (bounds.minimum, bounds.maximum)
        first, last = (
            _place(end) for end in (ends[0] or 0, MAXIMUM_DAYS if ends[1] is None else ends[1])
        )
        return _line(first, last) + "".join(
            _dot(end, radius=4) for end in dict.fromkeys(ends) if end is not None
        )
    if not values or any(isinstance(one, Known) and one.sensitive for one in values):
        return f'<line class="dashed" x1="{_FIRST:g}%" x2="{_LAST:g}%" y1="50%" y2="50%"/>'
    if len(values) == 1:
        return _mark(values[0])
    places = [_place_of(one) for one in values]
    drawn = "".join(dict.fromkeys(_mark(one, radius=4) for one in values))
    return _line(min(places), max(places)) + drawn


def _mark(value: Settled[int], radius: int = 5) -> str:
    match value:
        case Known(value=days):
            return _dot(days, radius)
        case Unset():
            return f'<circle class="hollow" cx="{_x(0):g}%" cy="50%" r="{radius}"/>'
        case Invalid():
            return _cross(f"{_ABOVE:g}%")


def _dot(days: int, radius: int) -> str:
    place = f"{_place(days):g}%"
    if 0 <= days <= MAXIMUM_DAYS:
        return f'<circle cx="{place}" cy="50%" r="{radius}"/>'
    return _cross(place)


def _cross(place: str) -> str:
    """Draw a cross: a moved origin, because a path knows no hundredths of a width."""
    return f'<svg x="{place}" y="50%" class="cross"><path d="M-4-4 4 4M4-4-4 4"/></svg>'


def _line(first: float, last: float) -> str:
    return f'<line x1="{first:g}%" x2="{last:g}%" y1="50%" y2="50%"/>'


def _place_of(value: Settled[int]) -> float:
    match value:
        case Known(value=days):
            return _place(days)
        case Unset():
            return _x(0)
        case Invalid():
            return _ABOVE


def _place(days: int) -> float:
    """Give where so many days are drawn; what AWS refuses lies beyond the scale."""
    if days < 0:
        return _BELOW
    return _ABOVE if days > MAXIMUM_DAYS else _x(days)


def _x(days: int) -> float:
    return round(_FIRST + days * (_LAST - _FIRST) / MAXIMUM_DAYS, 1)
