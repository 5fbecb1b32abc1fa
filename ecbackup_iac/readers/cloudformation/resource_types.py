"""Where ElastiCache stands in CloudFormation's resource types, for templates.

Standard library alone, because Checkov loads it where nothing of ours is installed.
Facts: CloudFormation's resource schemas. A CacheCluster is always standalone, because the type has no
property for a group; a ReplicationGroup is always Redis OSS or Valkey.
"""

import re
from collections.abc import Mapping

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import Invalid, Known, Settled, Step, Unset
from ecbackup_iac.readers.terraform.resource_types import shown_value

RETENTION = "SnapshotRetentionLimit"

SOUGHT = re.compile(rb"AWS::ElastiCache\b")
"""What a file has to name for its template to matter."""

_DIGITS = re.compile(r"-?[0-9]+")
_SEVERAL = re.compile(r"0*([2-9]|[1-9][0-9]{1,9})")
_LONGEST_NUMBER = 40  # digits; AWS takes two


@record
class Properties:
    """A resource type's own names for what is judged."""

    form: Form
    node_type: str | None = None
    backup_window: str | None = None
    maintenance_window: str | None = None
    cluster_mode: tuple[str, ...] = ()
    """The properties that say whether a group runs in cluster mode."""

    retention: str = RETENTION
    engine: str = "Engine"

    @property
    def names(self) -> tuple[str, ...]:
        """All that is asked of a resource."""
        named = (self.node_type, self.backup_window, self.maintenance_window)
        return (self.retention, self.engine, *filter(None, named), *self.cluster_mode)


RESOURCE_TYPES: Mapping[str, Properties] = {
    "AWS::ElastiCache::CacheCluster": Properties(
        Form.STANDALONE_CLUSTER,
        node_type="CacheNodeType",
        backup_window="SnapshotWindow",
        maintenance_window="PreferredMaintenanceWindow",
    ),
    "AWS::ElastiCache::ReplicationGroup": Properties(
        Form.REPLICATION_GROUP,
        node_type="CacheNodeType",
        backup_window="SnapshotWindow",
        maintenance_window="PreferredMaintenanceWindow",
        cluster_mode=(
            "ClusterMode",
            "NumNodeGroups",
            "NodeGroupConfiguration",
            "CacheParameterGroupName",
        ),
    ),
    "AWS::ElastiCache::ServerlessCache": Properties(Form.SERVERLESS_CACHE),
}


def days_of(written: object, trace: tuple[Step, ...]) -> Settled[int]:
    """Give the retention that a property's value means, in days.

    CloudFormation hands a text of digits to an integer property as the number; "7.0" is no such text.
    """
    match written:
        case None:
            return Unset(trace)
        case int() if not isinstance(written, bool):
            return Known(written, trace)
        case float() if written.is_integer():
            return Known(int(written), trace)
        case str() if len(written) <= _LONGEST_NUMBER and _DIGITS.fullmatch(written):
            return Known(int(written), trace)
        case _:
            return Invalid(shown_value(written), trace)


def speaks_of_cluster_mode(name: str, written: object) -> bool:
    """Say whether a property's value puts a replication group in cluster mode."""
    match name:
        case "NumNodeGroups":
            return _SEVERAL.fullmatch(str(written)) is not None
        case "ClusterMode":
            return str(written).lower() == "enabled"
        case "NodeGroupConfiguration":
            return isinstance(written, list | tuple) and len(written) > 1
        case _:
            return "cluster.on" in str(written)
