"""The verdict on one resource."""

from enum import StrEnum

from ecbackup_iac.model.record import record


class Status(StrEnum):
    """The result; the rule is the reason."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Level(StrEnum):
    """The level of a finding."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NONE = "none"


class Rule(StrEnum):
    """The reasons for a verdict. An id is never reused or given another meaning."""

    BACKUPS_DISABLED = "ECB001"
    RETENTION_TOO_SHORT = "ECB002"
    RETENTION_INVALID = "ECB003"
    BACKUPS_UNSUPPORTED = "ECB004"
    RETENTION_UNKNOWN = "ECB005"
    BACKUPS_BEING_DISABLED = "ECB006"
    BACKUP_WINDOW_CONFLICT = "ECB007"
    RETENTION_NOT_MANAGED = "ECB008"

    @property
    def label(self) -> str:
        """The rule's name: backups-disabled."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def _missing_(cls, value: object) -> "Rule | None":
        """Return the rule with an id or a name, in any letter case."""
        word = str(value).lower()
        return next((rule for rule in cls if word in (rule.lower(), rule.label)), None)


@record
class Note:
    """Information in addition to the verdict."""

    text: str
    rule: Rule | None = None


@record
class Verdict:
    """Status, rule and message for one resource."""

    status: Status
    rule: Rule | None
    """None for a pass, and where the control does not apply."""

    message: str
    notes: tuple[Note, ...] = ()
