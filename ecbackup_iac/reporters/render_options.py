"""The options of a report: colour, width, verbosity, where it comes from, what paths are relative to."""

from enum import IntEnum

from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.record import record


class Verbosity(IntEnum):
    """How much a report for people contains."""

    QUIET = 0
    """Only what fails the run."""

    NORMAL = 1
    VERBOSE = 2
    """Passes too, and the trace of every value."""


@record
class Provenance:
    """What was checked, for the reports that are kept; empty where it is not supplied."""

    title: str = ""
    """The repository's name, or what the user calls the report."""

    revision: str = ""
    date: str = ""
    repository: str = ""
    """Its address on the web."""


@record
class RenderOptions:
    """How a report is rendered: colour, width in columns (None: do not fold), verbosity."""

    color: bool = False
    width: int | None = None
    verbosity: Verbosity = Verbosity.NORMAL
    folder: str = ""
    """The working folder, relative to the repository, for code hosts."""

    source: str | None = None
    """The folder in which the findings of plans and states are located."""

    provenance: Provenance = Provenance()
    standard_input: str = STANDARD_INPUT
    """What code hosts see as the path of standard input."""
