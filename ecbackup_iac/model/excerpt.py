"""Lines of a file, as a report quotes them."""

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record


@record
class SourceLine:
    """One line, as much of it as may be shown; "…" replaces the rest."""

    number: int
    text: str
    start: int = 0
    end: int = 0
    """text[start:end] is highlighted; empty in a line that is shown for context."""


@record
class Excerpt:
    """The lines at a location."""

    location: Location
    lines: tuple[SourceLine, ...]
    left_out: int = 0
    """How many more lines the location has."""
