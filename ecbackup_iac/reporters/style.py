"""The options of a report: colour, width, verbosity, and the folder that paths are relative to."""

from enum import IntEnum

from ecbackup_iac.model.record import record


class Verbosity(IntEnum):
    """How much a report for people contains."""

    QUIET = 0
    """Only what fails the run."""

    NORMAL = 1
    VERBOSE = 2
    """Passes too, and the trace of every value."""


@record
class RenderOptions:
    """How a report is rendered: colour, width in columns (None: do not fold), verbosity."""

    color: bool = False
    width: int | None = None
    detail: Verbosity = Verbosity.NORMAL
    links: bool = False
    """Whether the terminal shows hyperlinks (OSC 8)."""

    folder: str = ""
    """The working folder, relative to the repository, for code hosts."""
