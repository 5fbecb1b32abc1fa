"""A cache that fails → the edits that fix it, by `propose` in edits.py of the folder of its source."""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.source import SOURCES, Source
from ecbackup_iac.model.value import PossibleValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecbackup_iac.fixers.edits import Edit, SourceFiles


class Fixer(Protocol):
    """What the module that edits a source's files provides."""

    def propose(
        self,
        resource: CacheResource,
        value: PossibleValue[int],
        days: int,
        files: "SourceFiles",
        *,
        is_careful: bool,
    ) -> "Sequence[Edit]":
        """Return edits that set a failing value to this many days; careful ones affect the fewest.

        Raises:
            NotFixableError: the value cannot be fixed.

        """


def fixer(source: Source) -> Fixer | None:
    """Return the fixer of a source, imported on demand; None where its files are made from others."""
    name = SOURCES[source].fixer
    return import_module(f"{__name__}.{name}") if name else None
