"""What to read of a tree of configuration, and with which values."""

from collections.abc import Callable

from ecbackup_iac.files.discovery import Listing
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import PublishedModule, RootSettings
from ecbackup_iac.model.progress import NO_PROGRESS, Progress
from ecbackup_iac.model.record import field, record


@record
class TreeRequest:
    """What to read of a tree."""

    boundary: str
    """The folder outside which nothing is read: absolute, links resolved."""

    targets: tuple[str, ...]
    """The folders whose caches are read: absolute, links resolved."""

    given: EvaluationInputs = field(factory=EvaluationInputs)
    roots: tuple[RootSettings, ...] = ()
    modules: tuple[PublishedModule, ...] = ()
    is_excluded: Callable[[str], bool] = lambda _: False
    progress: Progress = NO_PROGRESS
    listings: dict[str, Listing] = field(factory=dict)
    """The folders that are listed already; each is removed when the tree is read."""
