"""Where something stands in the files that were read."""

from ecbackup_iac.model.record import record

STANDARD_INPUT = "-"

_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Paths of streams that another program writes: `check <(terraform show -json p)`."""


@record
class Location:
    """A place in a file. Lines and columns count from 1, in characters; None where there is none."""

    path: str
    """Relative to the folder the command was started in, with forward slashes; "-" is standard input."""

    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    """Exclusive: the column after the last character."""

    def __str__(self) -> str:
        """Give the place as people click on it: path, path:line or path:line:column."""
        parts = (self.path, self.line, self.column)
        return ":".join(str(part) for part in parts if part is not None)

    @property
    def order(self) -> tuple[str, int, int]:
        """The key that sorts places as a reader meets them; what has no line comes first."""
        return (self.path, self.line or 0, self.column or 0)


def is_downloaded(path: str) -> bool:
    """Say whether a file is of a module that `terraform init` has fetched: others wrote it."""
    return ".terraform" in path.split("/")


def is_stream(path: str) -> bool:
    """Whether a path names a stream that another program writes."""
    return path.startswith(_STREAMS)
