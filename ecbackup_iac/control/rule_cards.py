"""A rule → its title, description, remedy and level, the same in every run.

Code scanning rejects rules whose text varies.
"""

from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Level, Rule

GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html"
"""The ElastiCache user guide, scheduling automatic backups."""


@record
class RuleMetadata:
    """The description of a rule, for people and for code scanning."""

    title: str
    """A sentence that names no particular cache."""

    description: str
    """When the rule applies and why that matters, in two or three sentences."""

    remedy: str
    """What to do, in a sentence or two."""

    level: Level
    """The level, unless the policy sets another."""

    severity: float
    """0 to 10, as code scanning ranks security findings: from 7 high, from 4 medium."""

    precision: str
    """How precise the rule is, in code scanning's terms."""


# AWS Security Hub rates missing backups (ElastiCache.1) as high.
RULES = {
    Rule.BACKUPS_DISABLED: RuleMetadata(
        title="Automatic backups of the cache are off.",
        description="The retention of automatic backups is unset, null or 0, and ElastiCache then takes"
        " none. After a failed change or a fault, the cache's data cannot be restored.",
        remedy="Set the retention to the number of days that backups have to be kept, 1 to 35: "
        "snapshot_retention_limit in Terraform, SnapshotRetentionLimit in CloudFormation.",
        level=Level.ERROR,
        severity=7.0,
        precision="very-high",
    ),
    Rule.RETENTION_TOO_SHORT: RuleMetadata(
        title="Backups of the cache are not kept for as long as the policy asks.",
        description="Automatic backups are on, and their retention is under the minimum of the"
        " organisation's policy. What was lost earlier than that cannot be restored.",
        remedy="Raise the retention to the policy's minimum, or more; 35 days is the most.",
        level=Level.ERROR,
        severity=5.0,
        precision="very-high",
    ),
    Rule.RETENTION_INVALID: RuleMetadata(
        title="AWS refuses the retention of the cache's backups.",
        description="The retention is negative, above 35, or not a whole number of days. The deployment"
        " fails, and the cache is without the backups that were meant.",
        remedy="Set the retention to a whole number of days, 1 to 35.",
        level=Level.ERROR,
        severity=5.0,
        precision="very-high",
    ),
    Rule.BACKUPS_UNSUPPORTED: RuleMetadata(
        title="The cache's node type cannot be backed up.",
        description="A cache.t1.micro node outside cluster mode takes no backups, whatever the retention"
        " is. The cache's data cannot be restored.",
        remedy="Choose another node type, then set the retention to 1 to 35 days.",
        level=Level.ERROR,
        severity=7.0,
        precision="very-high",
    ),
    Rule.RETENTION_UNKNOWN: RuleMetadata(
        title="It cannot be known whether the cache will be backed up.",
        description="The retention depends on something that the code does not settle, and at least one"
        " of the values it can take leaves the cache without the backups that are asked for.",
        remedy="Give the retention a value that the code settles, or judge with the values that the"
        " deployment uses: variable files, parameters, or the plan.",
        level=Level.WARNING,
        severity=4.0,
        precision="medium",
    ),
    Rule.BACKUPS_BEING_DISABLED: RuleMetadata(
        title="Automatic backups of an existing cache are being turned off.",
        description="The plan takes a cache that is backed up today to a retention of 0. ElastiCache then"
        " takes no more automatic backups of it.",
        remedy="Keep the retention at 1 day or more, or accept the change in the policy with its reason.",
        level=Level.ERROR,
        severity=8.0,
        precision="very-high",
    ),
    Rule.BACKUP_WINDOW_CONFLICT: RuleMetadata(
        title="AWS refuses the cache's backup window.",
        description="The backup window overlaps the maintenance window, or is under 60 minutes. The change"
        " fails, and the backups that were meant are not set up.",
        remedy="Choose a backup window of an hour or more, clear of the maintenance window.",
        level=Level.ERROR,
        severity=4.0,
        precision="high",
    ),
    Rule.RETENTION_NOT_MANAGED: RuleMetadata(
        title="Later edits of the retention never reach the cache.",
        description="ignore_changes covers the retention, so Terraform sets it when it makes the cache and"
        " leaves it alone from then on. What the code says and what the cache does can drift apart.",
        remedy="Take the retention out of ignore_changes, or watch the live cache.",
        level=Level.NOTE,
        severity=2.0,
        precision="high",
    ),
}
