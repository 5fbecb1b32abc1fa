"""Text of the input → HTML that shows it and does nothing else; what the parts of the page share."""

from collections.abc import Iterable
from html import escape

from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Finding
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.reporters.escaping import escape_control_characters

# How a finding stands in the page: the class of its elements, and the words for it.
KINDS = {
    "fail": "Fails",
    "unknown": "Undecided",
    "suppressed": "Suppressed",
    "pass": "Passes",
    "na": "Not applicable",
}
_OF_STATUS = {
    Status.FAIL: "fail",
    Status.UNKNOWN: "unknown",
    Status.PASS: "pass",
    Status.NOT_APPLICABLE: "na",
}


@record
class Entry:
    """A finding, and its place in the page."""

    finding: Finding
    number: int
    """From 1; the finding's anchor."""

    root: int
    """Which of the page's roots it belongs to."""

    @property
    def kind(self) -> str:
        """How it stands: one of KINDS."""
        if self.finding.suppression:
            return "suppressed"
        return _OF_STATUS[self.finding.verdict.status]


def prose(text: str) -> str:
    """Give a text as it is read."""
    return escape(escape_control_characters(text))


def name(text: str) -> str:
    """Give an address or a path: it may break at its joints, and its direction stays within it."""
    broken = prose(text).replace(".", ".<wbr>").replace("/", "/<wbr>")
    return f"<bdi>{broken}</bdi>"


def code(text: str) -> str:
    """Give a piece of code, or of a file's path."""
    return f"<code>{name(text)}</code>"


def items(entries: Iterable[str], attributes: str = "") -> str:
    """Give a list; nothing where it would be empty."""
    listed = "".join(f"<li>{entry}</li>\n" for entry in entries)
    return f"<ul{attributes}>\n{listed}</ul>\n" if listed else ""


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Give a number with its noun."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"
