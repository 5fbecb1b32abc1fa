"""What stops a whole run. Everything smaller is a Diagnostic in the report."""


class EcbackupError(Exception):
    """A run that cannot go on because of how it was asked: one sentence and, perhaps, one hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class PolicyError(EcbackupError):
    """The policy file cannot be used."""


class InputError(EcbackupError):
    """A path that was named does not exist or cannot be used."""


class OutputError(EcbackupError):
    """A report cannot be written where it was asked for."""
