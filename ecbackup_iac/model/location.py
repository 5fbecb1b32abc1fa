"""Locations: the file, line and column that something was read from."""

from enum import StrEnum

from ecbackup_iac.model.record import record

STANDARD_INPUT = "-"

_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Paths of streams that another program writes: `check <(terraform show -json p)`."""


class Origin(StrEnum):
    """What a location is in."""

    FILE = "file"
    COMMAND_LINE = "command_line"
    ENVIRONMENT = "environment"
    STANDARD_INPUT = "standard_input"


@record
class Location:
    """A range of a file. Lines and columns count from 1, in characters; None where there is none."""

    path: str
    """Relative to the working folder, with forward slashes; for display where it is not a file."""

    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    """Exclusive: the column after the last character."""

    origin: Origin = Origin.FILE

    def __str__(self) -> str:
        """Return the location as terminals link it: path, path:line or path:line:column."""
        parts = (self.path, self.line, self.column)
        return ":".join(str(part) for part in parts if part is not None)

    @property
    def order(self) -> tuple[str, int, int]:
        """The sort key: by path, line and column; a location without a line comes first."""
        return (self.path, self.line or 0, self.column or 0)


COMMAND_LINE = Location("command line", origin=Origin.COMMAND_LINE)
ENVIRONMENT = Location("environment", origin=Origin.ENVIRONMENT)


def input_location(path: str, line: int | None = None, column: int | None = None) -> Location:
    """Return a location in an input: in a file, or in standard input, which is called "-"."""
    origin = Origin.STANDARD_INPUT if path == "-" else Origin.FILE
    return Location(path, line, column, origin=origin)


_DOWNLOADS = frozenset((".terraform", "node_modules"))


def is_downloaded(path: str) -> bool:
    """Whether a file belongs to a module or a package that `terraform init` or npm has downloaded."""
    return not _DOWNLOADS.isdisjoint(path.split("/"))


def is_stream(path: str) -> bool:
    """Whether a path names a stream that another program writes."""
    return path.startswith(_STREAMS)
