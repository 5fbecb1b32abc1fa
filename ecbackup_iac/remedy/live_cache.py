"""A cache that AWS describes → the commands that change, verify and restore it."""

import shlex

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.value import Known, Unknown
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.remedy.advice import days_instead_of, for_attribute


def for_live_cache(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, _shared: SharedCode
) -> str:
    """Return the commands that enable backups, verify that, and back out."""
    if rule is Rule.BACKUPS_UNSUPPORTED:
        return for_attribute(resource, rule, requirements)
    cache = shlex.quote(resource.address)
    change, verify = _AWS_COMMANDS[resource.form]
    if isinstance(resource.retention, Unknown):
        return f"find out what it is: {verify} {cache}"
    days = days_instead_of(resource.retention, requirements)
    enable = f"{change} {cache} --snapshot-retention-limit {days}"
    lines = [enable + _snapshotting_cluster(resource), f"verify:   {verify} {cache}"]
    if rule is not Rule.RETENTION_INVALID:  # AWS would reject the present value
        lines.append(
            f"back out: {change} {cache} --snapshot-retention-limit {_present_days(resource)}"
        )
    return "\n".join(lines)


def change_command(resource: CacheResource) -> str:
    """Return the command that changes a cache, up to the identifier."""
    return _AWS_COMMANDS[resource.form][0]


# Form → the command that changes a cache and the one that shows it, each up to the identifier
# (AWS CLI reference: modify-* and describe-* of elasticache).
_AWS_COMMANDS = {
    Form.STANDALONE_CLUSTER: (
        "aws elasticache modify-cache-cluster --cache-cluster-id",
        "aws elasticache describe-cache-clusters --cache-cluster-id",
    ),
    Form.REPLICATION_GROUP: (
        "aws elasticache modify-replication-group --replication-group-id",
        "aws elasticache describe-replication-groups --replication-group-id",
    ),
    Form.SERVERLESS_CACHE: (
        "aws elasticache modify-serverless-cache --serverless-cache-name",
        "aws elasticache describe-serverless-caches --serverless-cache-name",
    ),
}


def _snapshotting_cluster(resource: CacheResource) -> str:
    """Return the option for the node to back up from, needed outside cluster mode when backups are off.

    In cluster mode the parameter must not be given (botocore ModifyReplicationGroupMessage;
    hashicorp/terraform#10581, #19336). A replica is the better choice, so the last node is named.
    """
    if resource.form is not Form.REPLICATION_GROUP or _present_days(resource) > 0:
        return ""
    option = "--snapshotting-cluster-id"
    node = resource.node_ids[-1] if resource.node_ids else f"{resource.address}-001"
    match resource.cluster_mode:
        case Known(value=True):
            return ""
        case Known(value=False):
            return f" {option} {shlex.quote(node)}"
        case _:
            return f" {option} {shlex.quote(node)}   # without {option} in cluster mode"


def _present_days(resource: CacheResource) -> int:
    return resource.retention.value if isinstance(resource.retention, Known) else 0
