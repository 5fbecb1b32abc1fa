"""A rule → its title, description, remedy and level, the same in every run.

Code scanning rejects rules whose text varies.
"""

from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Level, Rule

GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html"
"""The ElastiCache user guide, scheduling automatic backups."""


@record
class RuleCard:
    """The description of a rule, for people and for code scanning."""

    title: str
    """A sentence that is true of any cache."""

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
RULE_CARDS = {
    Rule.BACKUPS_DISABLED: RuleCard(
        title="Automatic backups of the cache are off.",
        description="The retention of automatic backups is unset, null or 0, so ElastiCache takes none."
        " After a failed change or a fault, the cache's data cannot be restored.",
        remedy="Set the retention to the number of days that backups must be kept, 1 to 35: "
        "snapshot_retention_limit in Terraform, SnapshotRetentionLimit in CloudFormation.",
        level=Level.ERROR,
        severity=7.0,
        precision="very-high",
    ),
    Rule.RETENTION_TOO_SHORT: RuleCard(
        title="Backups of the cache are not kept for as long as the policy requires.",
        description="Automatic backups are on, but their retention is below the minimum of the"
        " organisation's policy. Data that was lost earlier than that cannot be restored.",
        remedy="Raise the retention to the policy's minimum or more; the maximum is 35 days.",
        level=Level.ERROR,
        severity=5.0,
        precision="very-high",
    ),
    Rule.RETENTION_INVALID: RuleCard(
        title="AWS rejects the retention of the cache's backups.",
        description="The retention is negative, above 35, or not a whole number of days. The deployment"
        " fails, and the cache does not get the intended backups.",
        remedy="Set the retention to a whole number of days, 1 to 35.",
        level=Level.ERROR,
        severity=5.0,
        precision="very-high",
    ),
    Rule.BACKUPS_UNSUPPORTED: RuleCard(
        title="The cache's node type cannot be backed up.",
        description="A cache.t1.micro node outside cluster mode cannot take backups, whatever the"
        " retention. The cache's data cannot be restored.",
        remedy="Choose another node type, then set the retention to 1 to 35 days.",
        level=Level.ERROR,
        severity=7.0,
        precision="very-high",
    ),
    Rule.RETENTION_UNKNOWN: RuleCard(
        title="It is unknown whether the cache will be backed up.",
        description="The retention depends on something that cannot be known from the code, and at least"
        " one of its possible values leaves the cache without the required backups.",
        remedy="Give the retention a value that can be known from the code, or check with the values"
        " that the deployment uses: variable files, parameters, or the plan.",
        level=Level.WARNING,
        severity=4.0,
        precision="medium",
    ),
    Rule.BACKUPS_BEING_DISABLED: RuleCard(
        title="Automatic backups of an existing cache are being turned off.",
        description="The plan changes the retention of a cache that is backed up today to 0, or removes"
        " it. ElastiCache then stops taking automatic backups of it.",
        remedy="Keep the retention at 1 day or more, or accept the change in the policy with a reason.",
        level=Level.ERROR,
        severity=8.0,
        precision="very-high",
    ),
    Rule.BACKUP_WINDOW_CONFLICT: RuleCard(
        title="AWS rejects the cache's backup window.",
        description="The backup window overlaps the maintenance window, or is shorter than 60 minutes. The"
        " change fails, and the intended backups are not set up.",
        remedy="Choose a backup window of an hour or more that does not overlap the maintenance window.",
        level=Level.ERROR,
        severity=4.0,
        precision="high",
    ),
    Rule.RETENTION_NOT_MANAGED: RuleCard(
        title="Later edits of the retention never reach the cache.",
        description="ignore_changes covers the retention, so Terraform sets it when it creates the cache"
        " and never changes it afterwards. The code and the cache can drift apart.",
        remedy="Remove the retention from ignore_changes, or monitor the live cache.",
        level=Level.NOTE,
        severity=2.0,
        precision="high",
    ),
}
