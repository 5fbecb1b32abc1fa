"""CloudFormation's resource types → the properties with ElastiCache's backup settings.

Only the standard library, because Checkov loads it where nothing of ours is installed.
Facts: CloudFormation's resource schemas. A CacheCluster is always standalone, because the type has no
property for a group; a ReplicationGroup is always Redis OSS or Valkey.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from ecbackup_iac.model.cache import ClusterModeSetting, Form
from ecbackup_iac.model.near_miss import type_meant_by
from ecbackup_iac.model.value import Known, PossibleValue, TraceStep
from ecbackup_iac.readers.terraform import resource_types as terraform_types
from ecbackup_iac.readers.terraform.resource_types import Attributes

RETENTION = "SnapshotRetentionLimit"

CACHE_TYPE = re.compile(rb"AWS::Elastic?[Cc]ache\b")
"""Matches in every template with a cache, or with a type that is meant to be one."""

_DIGITS = re.compile(r"-?[0-9]+")
_MAX_NUMBER_LENGTH = 40  # digits; AWS takes two


_properties = partial(Attributes, retention=RETENTION, engine="Engine")

RESOURCE_TYPES: Mapping[str, Attributes] = {
    "AWS::ElastiCache::CacheCluster": _properties(
        Form.STANDALONE_CLUSTER,
        node_type="CacheNodeType",
        backup_window="SnapshotWindow",
        maintenance_window="PreferredMaintenanceWindow",
    ),
    "AWS::ElastiCache::ReplicationGroup": _properties(
        Form.REPLICATION_GROUP,
        node_type="CacheNodeType",
        backup_window="SnapshotWindow",
        maintenance_window="PreferredMaintenanceWindow",
        cluster_mode={
            "ClusterMode": ClusterModeSetting.MODE,
            "NumNodeGroups": ClusterModeSetting.SHARD_COUNT,
            "NodeGroupConfiguration": ClusterModeSetting.SHARDS,
            "CacheParameterGroupName": ClusterModeSetting.PARAMETER_GROUP,
        },
    ),
    "AWS::ElastiCache::ServerlessCache": _properties(Form.SERVERLESS_CACHE),
}


def names_in_messages() -> Iterator[bytes]:
    """Yield what templates and configuration call each resource type and its settings: no secret."""
    for table in (RESOURCE_TYPES, terraform_types.RESOURCE_TYPES):
        for name, kind in table.items():
            yield f"{name} {kind.retention} {kind.backup_window}".encode()


def properties_of(names: Attributes) -> tuple[str, ...]:
    """Return the names of all properties that are read of a resource type."""
    named = (names.node_type, names.backup_window, names.maintenance_window)
    return (names.retention, names.engine, *filter(None, named), *names.cluster_mode)


def cache_type(kind: str) -> str:
    """Return the type of cache that a resource type is, or is a misspelling of; empty for any other."""
    return type_meant_by(kind, RESOURCE_TYPES) if "AWS::Elasti" in kind else ""


def is_cache(kind: str) -> bool:
    """Whether a resource type is a cache's, or a misspelling of one."""
    return bool(cache_type(kind))


def days_of(value: object, trace: tuple[TraceStep, ...]) -> PossibleValue[int]:
    """Return the retention that a property's value is, in days.

    CloudFormation converts a string of digits to the number for an integer property, but not "7.0".
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0:
        return Known(int(value), trace)
    return terraform_types.days_of(value, trace, _number_in)


def _number_in(text: str) -> int | None:
    is_number = len(text) <= _MAX_NUMBER_LENGTH and _DIGITS.fullmatch(text)
    return int(text) if is_number else None
