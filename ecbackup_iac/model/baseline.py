"""What is accepted as it stands today, so that only what is new fails."""

from datetime import date

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Rule


@record
class FindingKey:
    """What tells a finding from every other, on whatever line it stands."""

    root: str
    """Counted from the folder of the baseline file; "-" for standard input."""

    settings: str
    """What the root is judged with, where the policy has it judged with several sets of values."""

    address: str
    rule: Rule
    occurrence: int = 1
    """Which of its equals it is."""

    @property
    def order(self) -> tuple[str, str, str, str, int]:
        """The key that sorts entries, so that the file changes where the findings do."""
        return (self.root, self.address, self.settings, self.rule, self.occurrence)


@record
class AcceptedFinding:
    """An entry of a baseline."""

    key: FindingKey
    reason: str
    accepted: date
    location: Location
    """Of the entry itself."""


@record
class Baseline:
    """A baseline file."""

    path: str
    """As it is printed."""

    folder: str
    """The folder that its roots count from: absolute, links resolved."""

    entries: tuple[AcceptedFinding, ...] = ()
