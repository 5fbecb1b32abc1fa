"""A cache that fails → the edits that fix it; one folder a source."""

from collections.abc import Sequence
from typing import Protocol, assert_never

from ecbackup_iac.fixers.edits import Edit, SourceFiles
from ecbackup_iac.model.cache import CacheResource, Source
from ecbackup_iac.model.value import Settled


class Fixer(Protocol):
    """A module that fixes the caches of a source."""

    def propose(
        self,
        resource: CacheResource,
        values: Sequence[Settled[int]],
        days: int,
        files: SourceFiles,
        *,
        is_careful: bool,
    ) -> Sequence[Edit]:
        """Return the edits that set every value to this many days; careful ones affect the fewest.

        Raises:
            NotFixableError: a value cannot be fixed, and why.

        """


def fixer(source: Source) -> Fixer | None:
    """Return the fixer of a source, imported when needed; None where files are made from others."""
    match source:
        case Source.TERRAFORM:
            from ecbackup_iac.fixers.terraform import edits as terraform_edits

            return terraform_edits
        case Source.CLOUDFORMATION:
            from ecbackup_iac.fixers.cloudformation import edits as cloudformation_edits

            return cloudformation_edits
        case Source.TERRAFORM_PLAN | Source.TERRAFORM_STATE | Source.AWS_CLI:
            return None
        case _:
            assert_never(source)
