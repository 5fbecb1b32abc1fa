"""Text of the input → escaped HTML, and what else the parts of the page share."""

from collections import Counter
from collections.abc import Iterable
from html import escape

from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Finding
from ecbackup_iac.reporters.escaping import escape_control_characters

# What findings count as: the class of their elements, and its name.
KINDS = {
    "fail": "Failed",
    "unknown": "Unknown",
    "suppressed": "Suppressed",
    "pass": "Passed",
    "not_applicable": "Not applicable",
}


@record
class Entry:
    """A finding, and its number and root in the page."""

    finding: Finding
    number: int
    """From 1; the finding's anchor."""

    root: int
    """The index of its root among the page's."""

    @property
    def kind(self) -> str:
        """The finding's kind: a key of KINDS."""
        return self.finding.counted_as


def prose(text: str) -> str:
    """Return a string, escaped."""
    return escape(escape_control_characters(text))


def breakable(text: str) -> str:
    """Return a string, escaped, that may break at dots and slashes."""
    return prose(text).replace(".", ".<wbr>").replace("/", "/<wbr>")


def name(text: str) -> str:
    """Return an address or a path, with a text direction of its own."""
    return f"<bdi>{breakable(text)}</bdi>"


def code(text: str) -> str:
    """Return a piece of code, or a path, as code."""
    return f"<code>{name(text)}</code>"


def items(entries: Iterable[str], attributes: str = "") -> str:
    """Return a list; an empty text where it would have no items."""
    listed = "".join(f"<li>{entry}</li>\n" for entry in entries)
    return f"<ul{attributes}>\n{listed}</ul>\n" if listed else ""


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def counts_of(entries: Iterable[Entry]) -> Counter[str]:
    """Return the number of findings of each kind."""
    return Counter(entry.kind for entry in entries)


def kinds_of(entries: Iterable[Entry]) -> str:
    """Return the kinds of findings that are present, as one text."""
    present = {entry.kind for entry in entries}
    return " ".join(kind for kind in KINDS if kind in present)
