"""A CloudFormation template that another source deploys, with the parameters that it passes."""

from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import TraceStep

DEFERRED = "Fn::Deferred"
"""In a text that is partly known, the function whose value is known to the other source alone, later."""


@record(eq=False)
class DeployedParameter:
    """The value of a parameter of a deployed template."""

    name: str
    possible: tuple[str, ...]
    """The texts that it can be: one where it is known, none where it can be anything."""

    why: str
    """Why it is not known, for people; empty where it is."""

    trace: tuple[TraceStep, ...]
    is_secret: bool = False


@record(eq=False)
class TemplateDeployment:
    """A template that a resource deploys."""

    address: str
    """The address of the resource."""

    kind: str
    root: str
    location: Location
    """Of what names the template."""

    block: Location
    text: str = ""
    """The template itself."""

    url: str = ""
    """Where it is, where the resource does not contain it. Without both it is not known."""

    file: str = ""
    """The absolute path of the file that it is made of, which is not evaluated on its own."""

    parameters: tuple[DeployedParameter, ...] = ()
    others: DeployedParameter | None = None
    """What each parameter is given that is not listed; None where they are not passed."""

    is_hidden: bool = False
    """Something in its text must not be shown, so that nothing of it is."""

    is_resource: bool = False
    """The template represents the resource itself, and its only cache has the resource's address."""

    looks_like_cache: bool = False
    """What is written in the resource mentions caches."""

    assumptions: tuple[str, ...] = ()
    overrides: tuple[Location, ...] = ()
    calls: tuple[Call, ...] = ()
    settings: str = ""
