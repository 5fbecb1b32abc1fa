"""A resource's arguments → what the AWS provider refuses of them in a plan."""

from collections.abc import Iterator

from ecbackup_iac.model.location import Location
from ecbackup_iac.readers.terraform.arguments import Arguments
from ecbackup_iac.readers.terraform.settings import shown_text

# The provider refuses these together with replication_group_id (provider source, cluster.go, ConflictsWith).
_NOT_FOR_MEMBERS = (
    "az_mode", "engine_version", "maintenance_window", "node_type", "notification_topic_arn",
    "num_cache_nodes", "parameter_group_name", "port", "security_group_ids", "snapshot_arns",
    "snapshot_name", "snapshot_retention_limit", "snapshot_window", "subnet_group_name",
)  # fmt: skip

# The engines that the provider takes (provider source); a group's are compared without regard to case.
_ENGINES = {
    "aws_elasticache_cluster": ("memcached", "redis", "valkey"),
    "aws_elasticache_replication_group": ("redis", "valkey"),
}


def provider_rules(kind: str, block: Arguments) -> Iterator[tuple[Location, str]]:
    """Yield what the provider refuses about engine and membership."""
    yield from _engine_rule(kind, block)
    if kind == "aws_elasticache_cluster":
        yield from _membership_rules(block)


def _engine_rule(kind: str, block: Arguments) -> Iterator[tuple[Location, str]]:
    engine, argument = block.known("engine"), block.attribute("engine")
    engines = _ENGINES.get(kind)
    if not engines or engine is None or not isinstance(engine.raw, str) or argument is None:
        return
    name = engine.raw if kind == "aws_elasticache_cluster" else engine.raw.lower()
    if name not in engines:
        shown = shown_text(engine, engine.raw)
        listed = " ".join(f'"{accepted}"' for accepted in engines)
        yield argument.range.location, f"expected engine to be one of [{listed}], got {shown}"


def _membership_rules(block: Arguments) -> Iterator[tuple[Location, str]]:
    group, argument = block.known("replication_group_id"), block.attribute("replication_group_id")
    if group is not None and argument is not None:
        location = argument.range.location
        if block.known("engine") is not None:
            yield location, "only one of engine, replication_group_id can be specified"
        for name in _NOT_FOR_MEMBERS:
            if block.known(name) is not None:
                yield location, f'"replication_group_id": conflicts with {name}'
    elif argument is None and block.attribute("engine") is None:
        text = "one of engine, replication_group_id must be specified"
        yield block.header.location, text
