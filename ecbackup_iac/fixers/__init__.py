"""A cache that fails → the edits that mend it; one file a source, and the table lists them.

Each has `propose(resource, values, days, files)`, which gives an Edit for every value that fails, and
raises NotMendableError where it cannot.
"""

from importlib import import_module
from types import ModuleType

from ecbackup_iac.model.cache import Source

# Source → the module that mends it, imported when somebody asks for it.
FIXERS = {
    Source.TERRAFORM: "terraform.edits",
    Source.CLOUDFORMATION: "cloudformation.edits",
}


def fixer(source: Source) -> ModuleType | None:
    """Give the fixer of a source; None where its files are made from others."""
    name = FIXERS.get(source)
    return import_module(f"{__name__}.{name}") if name else None
