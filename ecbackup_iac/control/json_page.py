"""Page → JSON for programs. The names are stable while the version is 1."""

import json

from ecbackup_iac import __version__
from ecbackup_iac.control.pages import Fact, Page, source_name
from ecbackup_iac.control.rule_cards import RULE_CARDS

SCHEMA_VERSION = 1


def render(page: Page, width: int) -> str:  # noqa: ARG001 - one signature for all
    """Return the page as an object in which every name is present."""
    rule = page.rule
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "ecbackup-iac", "version": __version__},
        "title": page.title,
        "rule": rule and {"id": rule, "name": rule.label, "level": RULE_CARDS[rule].level},
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "facts": [_fact(fact) for fact in section.facts],
            }
            for section in page.sections
        ],
        "sources": [{"name": name, "description": text} for name, text in page.sources],
    }
    return json.dumps(document, indent=2) + "\n"


def _fact(fact: Fact) -> dict[str, object]:
    return {
        "label": fact.label or None,
        "text": fact.text or None,
        "original": fact.original or None,
        "ids": list(fact.ids),
        "code": {"language": fact.language, "text": fact.code} if fact.code else None,
        "sources": [_source(source) for source in fact.sources],
    }


def _source(source: str) -> dict[str, str | None]:
    name = source_name(source)
    return {"name": name, "place": source.removeprefix(name).removeprefix(": ") or None}
