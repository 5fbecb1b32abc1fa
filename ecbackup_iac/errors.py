"""Errors that stop a whole run; every smaller one is a Diagnostic in the report."""

from collections.abc import Sequence


class EcbackupError(Exception):
    """An error that the user can correct: a sentence, and one for each further problem.

    A line break in a sentence comes from the input, and is printed as an escape.
    """

    def __init__(self, message: str, further_messages: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.further_messages = further_messages


class PolicyError(EcbackupError):
    """The policy file cannot be used."""


class BaselineError(EcbackupError):
    """The baseline file cannot be used."""


class InputError(EcbackupError):
    """A named path does not exist or cannot be used."""


class OutputError(EcbackupError):
    """A report or an edit cannot be written."""
