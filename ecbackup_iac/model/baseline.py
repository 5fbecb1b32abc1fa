"""Findings that are accepted, so that only new ones fail."""

from datetime import date

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Rule


@record
class FindingKey:
    """What identifies a finding, whatever line it is on."""

    root: str
    """Relative to the folder of the baseline file; "-" for standard input."""

    settings_label: str
    """The values that the root is evaluated with, where the policy lists several sets: RootSettings.label."""

    address: str
    rule: Rule
    occurrence: int = 1
    """Which one it is of several findings with the same other fields, from 1."""

    @property
    def order(self) -> tuple[str, str, str, str, int]:
        """The key that sorts entries, so that the file changes only where the findings do."""
        return (self.root, self.address, self.settings_label, self.rule, self.occurrence)


@record
class AcceptedFinding:
    """An entry of a baseline."""

    key: FindingKey
    reason: str
    accepted: date
    location: Location
    """The location of the entry."""


@record
class Baseline:
    """The content of a baseline file."""

    path: str
    """As reports show it."""

    folder: str
    """The folder that its roots are relative to: absolute, links resolved."""

    entries: tuple[AcceptedFinding, ...] = ()
