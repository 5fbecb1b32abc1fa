"""A suppression of any kind, and whether it covered a finding of this run."""

from collections.abc import Callable
from datetime import date

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record
from ecbackup_iac.model.report import Suppression, SuppressionKind


@changing_record
class TrackedSuppression:
    """A comment, an entry of metadata, an exception of the policy or an entry of the baseline."""

    kind: SuppressionKind
    reason: str
    locate: Callable[[], Location]
    """Returns where it is written. Called only for what is reported: it is slow for a long line."""

    expires: date | None = None
    """The last day on which it counts."""

    is_used: bool = False
    """It covers a finding of this run."""

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and self.expires < today

    @property
    def reported(self) -> Suppression:
        """The suppression as a finding carries it."""
        return Suppression(self.kind, self.reason, self.locate(), self.expires)
