"""Why an evaluation ends without a value: CloudFormation rejects the template, or it takes too much work."""

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic


class NoResultError(Exception):
    """Why an evaluation ends without a value, with its location."""

    prefix = ""
    is_rejection = False

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = f"{self.prefix}{message}"
        self.location = location
        """None where the caller has to supply it."""

    def diagnostic(self, location: Location) -> Diagnostic:
        """Return the error to report; at a location where it has none of its own."""
        at = self.location or location
        return Diagnostic(self.message, at, is_rejection=self.is_rejection)


class TemplateRejectedError(NoResultError):
    """What CloudFormation rejects before it deploys anything."""

    prefix = "CloudFormation rejects the template: "
    is_rejection = True


class TooMuchError(NoResultError):
    """What this program does not evaluate, although CloudFormation may accept it."""

    prefix = "not evaluated: "
