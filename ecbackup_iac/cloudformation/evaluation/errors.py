"""Why an evaluation ends without a value: CloudFormation rejects the template, or it takes too much work."""

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic


class TemplateRejectedError(Exception):
    """What CloudFormation rejects before it deploys anything, with its location."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = f"CloudFormation rejects the template: {message}"
        self.location = location
        """None where the caller has to supply it."""

    def diagnostic(self, location: Location) -> Diagnostic:
        """Return the error to report; at a location where it has none of its own."""
        return Diagnostic(self.message, self.location or location, is_rejection=True)


class TooMuchError(Exception):
    """What this program does not evaluate, although CloudFormation may accept it."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = f"not evaluated: {message}"
        self.location = location

    def diagnostic(self, location: Location) -> Diagnostic:
        """Return the error to report; at a location where it has none of its own."""
        return Diagnostic(self.message, self.location or location)
