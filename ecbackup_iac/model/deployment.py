"""A CloudFormation template that another source deploys, with the parameters that it passes."""

from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import TraceStep

DEFERRED = "Fn::Deferred"
"""In a partly known template, the function instead of a value that the other source computes later."""


@record(eq=False)
class DeployedParameter:
    """The value of a parameter of a deployed template."""

    name: str
    possible: tuple[str, ...]
    """The strings that it can be: one where it is known, none where it can be anything."""

    why: str
    """Why it is not known, for people; empty where it is."""

    trace: tuple[TraceStep, ...]
    is_secret: bool = False


@record(eq=False)
class TemplateDeployment:
    """A template that a resource deploys."""

    address: str
    """The address of the resource."""

    type: str
    """The type of the resource."""

    root: str
    location: Location
    """The location of the argument that names the template."""

    block: Location
    text: str = ""
    """The template itself."""

    url: str = ""
    """Where it is, where the resource does not contain it. Without both it is not known."""

    file: str = ""
    """The absolute path of the file with the template, which is then not evaluated on its own."""

    parameters: tuple[DeployedParameter, ...] = ()
    unlisted_parameters: DeployedParameter | None = None
    """The value of each parameter that is not listed above; None where it keeps its default."""

    hidden_words: frozenset[str] = frozenset()
    """The words of its text that are written in no file. Names of resource types may be among them."""

    is_resource: bool = False
    """The template represents the resource itself, and its only cache has the resource's address."""

    looks_like_cache: bool = False
    """What is written in the resource mentions caches."""

    assumptions: tuple[str, ...] = ()
    overrides: tuple[Location, ...] = ()
    calls: tuple[Call, ...] = ()
    settings_label: str = ""
