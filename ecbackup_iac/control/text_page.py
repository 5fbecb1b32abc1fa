"""Page → text for a terminal, folded to its width; what is to be copied is never folded."""

import textwrap
from collections.abc import Iterator

from ecbackup_iac.control.pages import Fact, Page
from ecbackup_iac.control.rule_cards import CARDS

_NARROWEST = 40  # columns; below that folding makes text harder to read, not easier
_WIDEST = 100


def render(page: Page, width: int) -> str:
    """Give the page as text that ends with a line break."""
    width = min(max(width, _NARROWEST), _WIDEST)
    blocks = ["\n".join(_folded(page.title, width, ""))]
    if page.rule:
        blocks.append(f"Level: {CARDS[page.rule].level}")
    for section in page.sections:
        blocks.append(section.title.upper())
        blocks += ["\n".join(_lines(fact, width)) for fact in section.facts]
    blocks.append("SOURCES")
    blocks.append(
        "\n".join(
            line
            for name, told in page.sources
            for line in _folded(f"{name}: {told}", width, "  ", hang="  ")
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
        yield from _folded(f"The original says: {fact.original}", width, "    ")
        text = f"Right is: {text}"
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
