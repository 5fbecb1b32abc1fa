"""Page → text for a terminal, folded to its width; code is never folded."""

import textwrap
from collections.abc import Iterator

from ecbackup_iac.control.pages import Fact, Page
from ecbackup_iac.control.rule_cards import RULE_CARDS

MIN_WIDTH = 40
"""Columns; text that is folded to fewer is harder to read than text that is not folded."""

MAX_WIDTH = 100


def render(page: Page, width: int) -> str:
    """Return the page as text that ends with a line break."""
    width = min(max(width, MIN_WIDTH), MAX_WIDTH)
    blocks = ["\n".join(_folded(page.title, width, ""))]
    if page.rule:
        blocks.append(f"Level: {RULE_CARDS[page.rule].level}")
    for section in page.sections:
        blocks.append(section.title.upper())
        blocks += ["\n".join(_lines(fact, width)) for fact in section.facts]
    blocks.append("SOURCES")
    blocks.append(
        "\n".join(
            line
            for name, description in page.sources
            for line in _folded(f"{name}: {description}", width, "  ", hang="  ")
        )
    )
    return "\n\n".join(blocks) + "\n"


def _lines(fact: Fact, width: int) -> Iterator[str]:
    head, text = fact.label, fact.text
    if fact.ids:
        head = f"{head}: {', '.join(fact.ids)}"
    elif not fact.original:
        head, text = f"{head}: {text}" if head else text, ""
    yield from _folded(head, width, "  ", hang="  " if fact.label else "")
    if fact.original:
        yield from _folded(f"Common statement: {fact.original}", width, "    ")
        text = f"Correct: {text}"
    yield from _folded(text, width, "    ")
    yield from _folded(f"[{'; '.join(fact.sources)}]", width, "    ")
    if fact.code:
        yield ""
        yield textwrap.indent(fact.code.rstrip("\n"), "      ")


def _folded(text: str, width: int, indent: str, hang: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
