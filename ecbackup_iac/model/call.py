"""A call that leads to a cache: of a module, or of a nested template."""

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record


@record
class Call:
    """A module call, or the resource that nests a template."""

    location: Location
    text: str
    """As people name it: `module "cache"`, or the logical id of a nested stack."""

    module_folder: str = ""
    """The folder of the module that it leads to, as reports show it; empty for a template."""

    is_shared: bool = False
    """Other roots are known to call the module too, whether they are checked or not."""
