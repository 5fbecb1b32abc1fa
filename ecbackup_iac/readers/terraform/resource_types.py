"""A resource type of the AWS providers → its attributes that describe a cache, in any input.

Only the standard library, because Checkov loads it where nothing of ours is installed.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ecbackup_iac.model.cache import ClusterModeSetting, Form, enables_cluster_mode
from ecbackup_iac.model.hidden import hidden_unless_days, placeholder_of, setting_or_placeholder
from ecbackup_iac.model.near_miss import type_meant_by
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.value import Invalid, Known, PossibleValue, TraceStep, Unknown, Unset, Value

RETENTION = "snapshot_retention_limit"
"""The retention's name in every resource type of both providers."""

CACHE_WORDS = (b"elasticache", b"redis", b"valkey", b"memcached", b'"cache.')
"""In lower case: configuration in which none of them is written passes no cache's settings on by value."""


@record
class Attributes:
    """The names of a resource type's attributes that describe a cache."""

    form: Form
    node_type: str | None = None
    replication_group: str | None = None
    backup_window: str | None = None
    maintenance_window: str | None = None
    cluster_mode: Mapping[str, ClusterModeSetting] = field(factory=dict)
    """What can put a replication group in cluster mode."""

    computes_retention: bool = False
    """The provider plans an unset retention as unknown (Optional and Computed)."""

    retention: str = RETENTION
    engine: str = "engine"


def _cluster_mode(parameter_group: str) -> Mapping[str, ClusterModeSetting]:
    return {
        "cluster_mode": ClusterModeSetting.MODE,
        "num_node_groups": ClusterModeSetting.SHARD_COUNT,
        parameter_group: ClusterModeSetting.PARAMETER_GROUP,
    }


# Provider source hashicorp/aws 6.62 and the generated awscc resources, whose optional attributes are
# all Optional and Computed.
RESOURCE_TYPES: Mapping[str, Attributes] = {
    "aws_elasticache_cluster": Attributes(
        Form.STANDALONE_CLUSTER,
        node_type="node_type",
        replication_group="replication_group_id",
        backup_window="snapshot_window",
        maintenance_window="maintenance_window",
    ),
    "aws_elasticache_replication_group": Attributes(
        Form.REPLICATION_GROUP,
        cluster_mode=_cluster_mode("parameter_group_name"),
        node_type="node_type",
        backup_window="snapshot_window",
        maintenance_window="maintenance_window",
    ),
    "aws_elasticache_serverless_cache": Attributes(Form.SERVERLESS_CACHE, computes_retention=True),
    "awscc_elasticache_cache_cluster": Attributes(
        Form.STANDALONE_CLUSTER,
        node_type="cache_node_type",
        backup_window="snapshot_window",
        maintenance_window="preferred_maintenance_window",
        computes_retention=True,
    ),
    "awscc_elasticache_replication_group": Attributes(
        Form.REPLICATION_GROUP,
        cluster_mode=_cluster_mode("cache_parameter_group_name"),
        node_type="cache_node_type",
        backup_window="snapshot_window",
        maintenance_window="preferred_maintenance_window",
        computes_retention=True,
    ),
    "awscc_elasticache_serverless_cache": Attributes(
        Form.SERVERLESS_CACHE, computes_retention=True
    ),
}


def cache_type(kind: str) -> str:
    """Return the type of cache that a resource type is, or is a misspelling of; empty for any other."""
    return type_meant_by(kind, RESOURCE_TYPES) if "elasticache" in kind.lower() else ""


# What Terraform takes for a number in a string: "007", "+7", "7.0" and "1e1" are; " 7" and "0x7" are not.
_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?"
_MAX_NUMBER_LENGTH = 64
_MAX_EXACT_FLOAT = 2.0**53  # beyond it a float does not distinguish neighbouring whole numbers


MAX_SHOWN_NUMBER = 10**18
"""Python writes no whole number of more than 4,300 digits, and one of twenty is unreadable."""


def number_in(text: str) -> int | None:
    """Return the whole number that a string is to Terraform; None for any other string."""
    if len(text) > _MAX_NUMBER_LENGTH or not re.fullmatch(_NUMBER, text):
        return None
    number = Fraction(text)
    return int(number) if number.denominator == 1 else None


def days_of(
    written: object,
    trace: tuple[TraceStep, ...] = (),
    number_in: Callable[[str], int | None] = number_in,
) -> PossibleValue[int]:
    """Return the retention that a decoded value means, in days; `number_in` reads a string as its source."""
    match written:
        case None:
            return Unset(trace)
        case int() if not isinstance(written, bool) and abs(written) >= MAX_SHOWN_NUMBER:
            return Invalid("a number that is too large", trace)
        case int() if not isinstance(written, bool):
            return Known(written, trace)
        case float() if written.is_integer() and abs(written) < _MAX_EXACT_FLOAT:
            return Known(int(written), trace)
        case str() if (days := number_in(written)) is not None:
            return Known(days, trace)
        case _:
            return Invalid(shown_value(written), trace)


def retention_of(
    written: object, name: str, step: Callable[[str], TraceStep], *, sensitive: bool = False
) -> PossibleValue[int]:
    """Return a decoded retention with its step; a sensitive one is shown where it is a number of days."""
    days = days_of(written)
    if sensitive:
        days = hidden_unless_days(days, placeholder_of(str(written)))
    if isinstance(days, Invalid) and sensitive:
        return replace(days, trace=(replace(step(f"{name} = {days.text}"), is_secret=True),))
    shown = "not set" if written is None else f"= {shown_value(written)}"
    return replace(days, trace=(step(f"{name} {shown}"),))


def text_of(written: object, *, sensitive: bool = False) -> Known[str] | Unset:
    """Return a setting that is text; anything else counts as not set."""
    if isinstance(written, str) and written:
        return Known(setting_or_placeholder(written) if sensitive else written)
    return Unset()


def is_marked(marks: object, name: str) -> bool:
    """Whether `after_unknown`, `after_sensitive` or `sensitive_values` marks an attribute, or all of them."""
    return marks is True or (isinstance(marks, dict) and marks.get(name) is True)


def in_cluster_mode(settings: Mapping[str, Any], attributes: Attributes) -> bool:
    """Whether a cache's known settings put it in cluster mode.

    Before version 5 of the provider `cluster_mode` was a block, which only cluster mode has.
    """
    block = settings.get("cluster_mode")
    is_on = (isinstance(block, list) and bool(block)) or settings.get("cluster_enabled") is True
    return bool(attributes.cluster_mode) and (
        is_on
        or any(
            enables_cluster_mode(setting, settings.get(name))
            for name, setting in attributes.cluster_mode.items()
        )
    )


def replication_group_of(group: Value[str], *, is_engine_set: bool, reference: str) -> Value[str]:
    """Return the group that a cluster belongs to.

    Of engine and replication_group_id a configuration sets exactly one (provider source, cluster.go), so a
    cluster without an engine belongs to a group, even where its id is unknown.
    """
    if isinstance(group, Unknown) and not is_engine_set:
        return Known(reference or "of its own")
    return group


def shown_value(written: object, longest: int = 40) -> str:
    """Return a decoded value as messages show it: `7`, `true`, `"abc"`, `a map`; cut where it is long."""
    match written:
        case str():
            return f'"{written[:longest]}{"..." if len(written) > longest else ""}"'
        case bool():
            return str(written).lower()
        case Mapping():
            return "a map"
        case list() | tuple():
            return "a list"
        case _:
            return str(written)[:longest]
