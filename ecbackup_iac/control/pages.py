"""control.toml and the cards of the rules → the page about the control, or about a rule."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ecbackup_iac.control.rule_cards import RULE_CARDS
from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Rule


@record
class Fact:
    """A fact and its sources."""

    text: str
    """Empty where the ids say everything."""

    sources: tuple[str, ...]
    """Each is the name of a source and, after a colon, the part of it."""

    label: str = ""
    """What it is about."""

    original: str = ""
    """The common statement that the fact corrects, if any."""

    ids: tuple[str, ...] = ()
    """What frameworks, checks and IAM call it."""

    language: str = ""
    code: str = ""
    """Whole lines, to be copied."""


@record
class Section:
    """Facts under a title; the id stays when the title changes."""

    id: str
    title: str
    facts: tuple[Fact, ...]


@record
class Page:
    """The content of the page about the control, or about a rule."""

    title: str
    rule: Rule | None
    """None for the control itself."""

    sections: tuple[Section, ...]
    sources: tuple[tuple[str, str], ...]
    """Name and description of every source that a fact names."""


def page_of(rule: Rule | None) -> Page:
    """Return the page about a rule, or about the control."""
    import tomllib

    path = os.path.join(os.path.dirname(__file__), "control.toml")
    with open(path, "rb") as file:
        data = tomllib.load(file)
    if rule:
        title = f"{rule} {rule.label}: {RULE_CARDS[rule].title}"
        sections = _of_rule(rule, data["rules"][rule])
    else:
        title = data["title"]
        sections = tuple(
            Section(section["id"], section["title"], _facts(section["facts"]))
            for section in data["control"]
        )
    named = {
        source_name(source)
        for section in sections
        for fact in section.facts
        for source in fact.sources
    }
    sources = tuple(
        (name, description) for name, description in data["sources"].items() if name in named
    )
    return Page(title, rule, sections, sources)


def source_name(source: str) -> str:
    """Return the name of a source without the part of it."""
    return source.partition(": ")[0]


def _of_rule(rule: Rule, data: Mapping[str, Any]) -> tuple[Section, ...]:
    card = RULE_CARDS[rule]
    why = Fact(card.description, tuple(data["why"]))
    remedy = Fact(card.remedy, tuple(data["remedy"]))
    return (
        Section("why", "Why", (why,)),
        Section("test", "How to test", _facts(data["test"])),
        Section("remedy", "Remedy", (remedy, *_facts(data.get("fix", ())))),
        Section("notes", "Notes", _facts(data["notes"])),
    )


def _facts(entries: Iterable[Mapping[str, Any]]) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            entry.get("text", ""),
            tuple(entry["sources"]),
            label=entry.get("label", ""),
            original=entry.get("original", ""),
            ids=tuple(entry.get("ids", ())),
            language=entry.get("language", ""),
            code=entry.get("code", ""),
        )
        for entry in entries
    )
