"""CloudFormation's resource types → the properties that hold ElastiCache's backup settings.

Standard library alone, because Checkov loads it where nothing of ours is installed.
Facts: CloudFormation's resource schemas. A CacheCluster is always standalone, because the type has no
property for a group; a ReplicationGroup is always Redis OSS or Valkey.
"""

import re
from collections.abc import Mapping

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import Invalid, Known, Settled, TraceStep, Unset
from ecbackup_iac.readers.terraform.resource_types import shown_value

RETENTION = "SnapshotRetentionLimit"

SOUGHT = re.compile(rb"AWS::ElastiCache\b")
"""What a template that matters contains."""

_DIGITS = re.compile(r"-?[0-9]+")
_SEVERAL = re.compile(r"0*([2-9]|[1-9][0-9]{1,9})")
_MAX_NUMBER_LENGTH = 40
"""In digits; AWS accepts two."""


@record
class Properties:
    """The names of a resource type's properties that the rule depends on."""

    form: Form
    node_type: str | None = None
    backup_window: str | None = None
    maintenance_window: str | None = None
    cluster_mode: tuple[str, ...] = ()
    """The properties that put a group in cluster mode."""

    retention: str = RETENTION
    engine: str = "Engine"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all properties that are read."""
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


def days_of(value: object, trace: tuple[TraceStep, ...]) -> Settled[int]:
    """Return the retention that a property's value is, in days.

    CloudFormation converts a text of digits to the number for an integer property, but not "7.0".
    """
    match value:
        case None:
            return Unset(trace)
        case int() if not isinstance(value, bool):
            return Known(value, trace)
        case float() if value.is_integer():
            return Known(int(value), trace)
        case str() if len(value) <= _MAX_NUMBER_LENGTH and _DIGITS.fullmatch(value):
            return Known(int(value), trace)
        case _:
            return Invalid(shown_value(value), trace)


def is_in_cluster_mode(name: str, value: object) -> bool:
    """Whether a property's value puts a replication group in cluster mode."""
    match name:
        case "NumNodeGroups":
            return _SEVERAL.fullmatch(str(value)) is not None
        case "ClusterMode":
            return str(value).lower() == "enabled"
        case "NodeGroupConfiguration":
            return isinstance(value, list | tuple) and len(value) > 1
        case _:
            return "cluster.on" in str(value)
