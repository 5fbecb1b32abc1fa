"""Page → Markdown, for a wiki or an audit."""

import re
import textwrap
from collections.abc import Iterator

from ecbackup_iac.control.pages import Fact, Page
from ecbackup_iac.control.rule_cards import RULE_CARDS

_SIGNS = re.compile(r"([\\`*<\[\]])")


def render(page: Page, width: int) -> str:  # noqa: ARG001 - one signature for all
    """Return the page as a document of its own."""
    blocks = [f"# {_prose(page.title)}"]
    if page.rule:
        blocks.append(f"Level: {RULE_CARDS[page.rule].level}")
    for section in page.sections:
        blocks.append(f"## {_prose(section.title)}")
        blocks += map(_item, section.facts)
    blocks.append("## Sources")
    blocks.append("\n".join(f"- {_prose(f'{name}: {text}')}" for name, text in page.sources))
    return "\n\n".join(blocks) + "\n"


def _item(fact: Fact) -> str:
    paragraphs = [" ".join(_words(fact)), f"*{_prose('; '.join(fact.sources))}*"]
    item = "- " + "\\\n  ".join(paragraphs)
    if fact.code:
        item += "\n\n" + textwrap.indent(f"```{fact.language}\n{fact.code}```", "  ")
    return item


def _words(fact: Fact) -> Iterator[str]:
    if fact.label:
        yield f"**{_prose(fact.label)}:**"
    if fact.ids:
        yield ", ".join(f"`{identifier}`" for identifier in fact.ids) + ("." if fact.text else "")
    if fact.original:
        yield f"*Common statement:* {_prose(fact.original)} *Correct:*"
    if fact.text:
        yield _prose(fact.text)


def _prose(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)
