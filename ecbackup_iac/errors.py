"""What stops a whole run. Everything smaller is a Diagnostic in the report."""

from collections.abc import Sequence


class EcbackupError(Exception):
    """A run that cannot go on because of how it was asked: one sentence and, perhaps, one hint.

    Where several things are wrong, `more` has a sentence for each of the others. A line break in one of
    them comes from the input, and is shown as an escape.
    """

    def __init__(self, message: str, hint: str = "", more: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.more = more


class PolicyError(EcbackupError):
    """The policy file cannot be used."""


class BaselineError(EcbackupError):
    """The baseline file cannot be used."""


class InputError(EcbackupError):
    """A path that was named does not exist or cannot be used."""


class OutputError(EcbackupError):
    """A report cannot be written where it was asked for."""
