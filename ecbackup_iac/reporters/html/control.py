"""The control's facts → the part of the page with its requirement, rules and mappings."""

from collections.abc import Iterable, Iterator

from ecbackup_iac.control.pages import Fact, Section, page_of, source_name
from ecbackup_iac.control.rule_cards import RULE_CARDS
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.reporters.html.markup import items, prose

_SECTIONS = ("requirement", "rationale", "mappings", "equivalents")
_TABLES = {"mappings": "Framework", "equivalents": "Tool"}


def control() -> Iterator[str]:
    """Yield the requirement, the rules, the mappings, and their sources."""
    page = page_of(None)
    sections = {section.id: section for section in page.sections}
    sections_in_order = [sections[name] for name in _SECTIONS]
    for section in sections_in_order[:2]:
        yield f'<h3 id="{section.id}">{prose(section.title)}</h3>\n'
        yield items(map(_fact, section.facts), ' class="facts"')
    yield '<h3 id="rules">Rules</h3>\n<div class="cards">\n'
    yield from map(_card, Rule)
    yield "</div>\n"
    for section in sections_in_order[2:]:
        yield f'<h3 id="{section.id}">{prose(section.title)}</h3>\n'
        yield _table(section)
    source_names = {
        source_name(source_of_fact)
        for part in sections_in_order
        for fact in part.facts
        for source_of_fact in fact.sources
    }
    sources = (
        (source, description) for source, description in page.sources if source in source_names
    )
    yield '<h3 id="sources">Sources</h3>\n'
    yield items(
        (f"<b>{prose(source)}</b>: {prose(description)}" for source, description in sources),
        ' class="facts small"',
    )


def _fact(fact: Fact) -> str:
    label = f"<b>{prose(fact.label)}</b>: " if fact.label else ""
    return f"{label}{prose(fact.text)} {_sources(fact.sources)}"


def _sources(sources: Iterable[str]) -> str:
    return f'<span class="source">{prose("; ".join(sources))}</span>'


def _card(rule: Rule) -> str:
    card = RULE_CARDS[rule]
    return (
        f'<section id="{rule}" class="card" aria-labelledby="{rule}-title"><h4 id="{rule}-title">{rule} '
        f"{rule.label}</h4>\n<p><b>{prose(card.title)}</b> Level: {card.level}.</p>\n"
        f"<p>{prose(card.description)}</p>\n<p>{prose(card.remedy)}</p></section>\n"
    )


def _table(section: Section) -> str:
    heads = (_TABLES[section.id], "Identifiers", "Details")
    head = "".join(f'<th role="columnheader" scope="col">{head}</th>' for head in heads)
    rows = "".join(
        f'<tr role="row"><th role="rowheader" scope="row">{prose(fact.label)}</th>'
        f'<td role="cell">{" ".join(f"<code>{prose(identifier)}</code>" for identifier in fact.ids)}</td>'
        f'<td role="cell">{prose(fact.text)} {_sources(fact.sources)}</td></tr>\n'
        for fact in section.facts
    )
    return (
        f'<table role="table" class="plain" aria-labelledby="{section.id}"><thead role="rowgroup">'
        f'<tr role="row">{head}</tr></thead>\n<tbody role="rowgroup">\n{rows}</tbody></table>\n'
    )
