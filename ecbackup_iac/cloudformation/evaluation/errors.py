"""Why an evaluation ends without a value: CloudFormation rejects the template, or it takes too much work."""

from ecbackup_iac.model.location import Location


class TemplateRejectedError(Exception):
    """What CloudFormation rejects before it deploys anything, with its location."""

    prefix = "CloudFormation rejects the template: "

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = self.prefix + message
        self.location = location
        """None where the caller has to supply it."""


class TooMuchError(Exception):
    """What this program does not evaluate, although CloudFormation may accept it."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = f"not evaluated: {message}"
        self.location = location
