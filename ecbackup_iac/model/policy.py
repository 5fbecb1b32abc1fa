"""What an organisation asks of its caches."""

import os
from datetime import date
from enum import StrEnum

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Rule

MAXIMUM_DAYS = 35
"""The longest retention AWS takes, in days (ElastiCache user guide, scheduling automatic backups)."""

USUAL_DAYS = 7
"""The retention that a remedy proposes where the policy does not ask for more."""


class UnknownMode(StrEnum):
    """What becomes of a cache whose retention is undecided."""

    WARN = "warn"
    FAIL = "fail"
    IGNORE = "ignore"


class SuppressionMode(StrEnum):
    """Which suppressions in the code itself, comments and metadata, count."""

    ALL = "all"
    OWN = "own"
    """Those that are written for this program."""

    NONE = "none"


@record
class PathGlob:
    """A glob over paths, and where they count from."""

    pattern: str
    base: str = ""
    """That folder, relative to the working folder; empty where it is the working folder itself."""


@record
class PolicyException:
    """A finding that the organisation accepts, and why."""

    reason: str
    location: Location
    resource: str | None = None
    """A glob over addresses."""

    path: PathGlob | None = None

    rule: Rule | None = None
    expires: date | None = None
    """The last day on which it counts."""


@record
class RootSettings:
    """How a root is judged: with these variable files, in this workspace; with these parameter files."""

    path: str
    """A Terraform root's folder, or a template: absolute, links resolved."""

    var_files: tuple[str, ...] = ()
    """Absolute."""

    workspace: str | None = None
    parameter_files: tuple[str, ...] = ()
    """A template's. Absolute."""

    @property
    def label(self) -> str:
        """What tells it from other settings of its root, wherever the command runs."""
        folder = os.path.dirname(self.path) if self.parameter_files else self.path
        files = (
            os.path.relpath(file, folder).replace(os.sep, "/")
            for file in (*self.var_files, *self.parameter_files)
        )
        return ", ".join((*files, *([f"workspace {self.workspace}"] if self.workspace else ())))


@record
class PublishedModule:
    """What is known of a module that makes a cache, without reading it."""

    source: str
    form: Form = Form.REPLICATION_GROUP
    input: str | None = None
    """The input that sets the retention; dots lead into objects; None where it cannot be set."""

    default: int | None = None
    """The retention where the caller is silent, in days."""

    engine: str | None = None
    """The input that sets the engine."""

    default_engine: str | None = None
    switches: tuple[str, ...] = ()
    """Inputs that make nothing where they are false."""


@record
class Policy:
    """What is asked, and what is let pass."""

    minimum_days: int = 1
    unknown: UnknownMode = UnknownMode.WARN
    exclude: tuple[PathGlob, ...] = ()
    """What is not read."""

    exceptions: tuple[PolicyException, ...] = ()
    roots: tuple[RootSettings, ...] = ()
    modules: tuple[PublishedModule, ...] = ()
    """In addition to those that this program knows."""

    baseline: str | None = None
    """The file of what is accepted as it stands."""

    source: str | None = None
    """The folder of the configuration that plans and states are of."""

    ignores: SuppressionMode = SuppressionMode.ALL

    @property
    def remedy_days(self) -> int:
        """The retention to propose, in days."""
        return max(USUAL_DAYS, self.minimum_days)
