"""How a report for people is laid out."""

from enum import IntEnum

from ecbackup_iac.model.record import record


class Verbosity(IntEnum):
    """How much a report for people tells."""

    QUIET = 0
    """What fails the run, and nothing else."""

    NORMAL = 1
    VERBOSE = 2
    """Passes too, and the steps behind every value."""


@record
class RenderOptions:
    """The reader's side of a report: colour, width in columns (None: do not fold), detail."""

    color: bool = False
    width: int | None = None
    detail: Verbosity = Verbosity.NORMAL
    folder: str = ""
    """The working folder, from the repository's top: what code hosts count paths from."""
