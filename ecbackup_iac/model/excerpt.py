"""Lines of a file that a person is shown, beside where they stand."""

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record


@record
class SourceLine:
    """One line, as much of it as may be shown; "…" stands for the rest."""

    number: int
    text: str
    start: int = 0
    end: int = 0
    """What is meant is text[start:end]; nothing of a line that only says where it belongs."""


@record
class Excerpt:
    """What stands at a place."""

    location: Location
    lines: tuple[SourceLine, ...]
    left_out: int = 0
    """How many more lines the place has."""
