"""Findings → a form that hides some of them, and the style rules that make it work without a script."""

from collections.abc import Sequence

from ecbackup_iac.reporters.html.markup import KINDS, Entry, counts_of, kinds_of, prose

MAX_ROOTS = 200
"""A page with more has no filter by root, because its rules would slow the browser down."""


def filter_rules(entries: Sequence[Entry]) -> str:
    """Return the style rules of the filters.

    Each `:has()` looks at the form only: one that searches a large page, for every root, would take a
    browser many seconds.
    """
    rules = [
        f".filters:has(#show-{kind}:not(:checked)) ~ section :is(tr,.group).{kind}"
        for kind in KINDS
    ]
    by_root: dict[int, list[Entry]] = {}
    for entry in entries:
        by_root.setdefault(entry.root, []).append(entry)
    kinds = {number: kinds_of(members) for number, members in sorted(by_root.items())}
    for present in sorted(set(kinds.values())):
        boxes = ",".join(f"#show-{kind}:checked" for kind in present.split())
        rules.append(f'.filters:not(:has({boxes})) ~ section .root[data-kinds="{present}"]')
    if 1 < len(kinds) <= MAX_ROOTS:
        for number, present in kinds.items():
            missing = "".join(f",h3.{kind}" for kind in KINDS if kind not in present.split())
            rules.append(
                f'.filters:has(option[value="{number}"]:checked) ~ section '
                f':is([data-root]:not([data-root="{number}"]){missing})'
            )
    return "".join(f"{rule}{{display:none}}\n" for rule in rules)


def filters(entries: Sequence[Entry], roots: Sequence[str]) -> str:
    """Return the form, which has to be a sibling before everything that it hides."""
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
            '<label class="choice">Root <select id="root"><option value="all">All '
            f"{len(roots)} roots</option>\n{options}</select></label>\n"
        )
    return (
        # It is never submitted: outside of a dialog, a form of this method does nothing.
        '<form method="dialog" autocomplete="off" class="filters" aria-label="Filters">\n'
        f"<fieldset><legend>Show</legend>\n{boxes}{choice}"
        '<button type="reset">Show all</button></fieldset>\n'
        '<p class="filtered" role="status">Some caches are hidden by the filters, here and under '
        "Findings.</p>\n</form>\n"
    )
