"""What an organisation asks of its caches."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ecbackup_iac.model.location import Location
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


@dataclass(frozen=True, slots=True)
class PathGlob:
    """A glob over paths, and where they count from."""

    pattern: str
    base: str = ""
    """That folder, relative to the working folder; empty where it is the working folder itself."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked, and what is let pass."""

    minimum_days: int = 1
    unknown: UnknownMode = UnknownMode.WARN
    exclude: tuple[PathGlob, ...] = ()
    """What is not read."""

    exceptions: tuple[PolicyException, ...] = ()

    @property
    def remedy_days(self) -> int:
        """The retention to propose, in days."""
        return max(USUAL_DAYS, self.minimum_days)
