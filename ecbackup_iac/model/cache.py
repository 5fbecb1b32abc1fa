"""One ElastiCache cache as the code would deploy it."""

import re
from enum import Enum, StrEnum, auto
from fractions import Fraction

from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.near_miss import NearMiss
from ecbackup_iac.model.record import record
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    Outcome,
    PossibleValue,
    Unset,
    Value,
    possible_values,
)

NODE_WITHOUT_BACKUPS = "cache.t1.micro"
"""It cannot be backed up outside cluster mode (ElastiCache user guide, backup constraints)."""


class Form(StrEnum):
    """The three forms of ElastiCache caches."""

    STANDALONE_CLUSTER = "standalone_cluster"
    REPLICATION_GROUP = "replication_group"
    SERVERLESS_CACHE = "serverless_cache"


class ModuleState(StrEnum):
    """What is known of a module that was not read."""

    DESCRIBED = "described"
    """Its variables and caches, from a stand-in or the policy."""

    REMOTE = "remote"
    """Nothing: it is not in the repository."""

    MISSING = "missing"
    """Nothing: it should be in the repository, and cannot be read there."""


@record
class CalledModule:
    """A module that was not read, and the call of it."""

    address: str
    """The address of the call: `module.cache`."""

    source: str
    state: ModuleState
    retention_input: str = ""
    """The input that sets the retention, with dots for members of objects; empty where none is known."""


@record
class CacheResource:
    """An ElastiCache cache, with what is known of the settings that its backups depend on."""

    address: str
    """Its name in the source: Terraform's address, a template's logical id, an AWS identifier."""

    type: str
    """The source's name for its type: aws_elasticache_cluster, ReplicationGroup."""

    form: Form
    source: Source
    root: str
    """The folder or file that was evaluated on its own; "-" for standard input."""

    location: Location
    """The location of the retention where it is written, otherwise of what declares the cache."""

    retention: Value[int]
    """The number of days for which automatic backups are kept."""

    retention_name: str = "snapshot_retention_limit"
    """The source's name for the retention, for messages."""

    engine: Value[str] = Unset()
    node_type: Value[str] = Unset()
    replication_group: Value[str] = Unset()
    """The group that a cluster belongs to: its id, or what the code refers to; an empty id means none."""

    cluster_mode: Value[bool] = Known(value=False)
    """A reader may leave the default for node types that can be backed up without cluster mode."""

    backup_window: Value[str] = Unset()
    """Daily, UTC, `hh24:mi-hh24:mi`."""

    maintenance_window: Value[str] = Unset()
    """Weekly, UTC, `ddd:hh24:mi-ddd:hh24:mi`."""

    previous_days: int | None = None
    """The retention of the cache as it exists today, in days, where a plan changes one."""

    retention_ignored: bool = False
    """Later edits of the retention never reach the cache (`ignore_changes`)."""

    near_miss: NearMiss | None = None
    """What looks like a misspelling of the retention's name, where that is not set."""

    variants: tuple[Outcome[int], ...] = ()
    """What the retention would be with variable files that exist and are not used in this run."""

    assumptions: tuple[str, ...] = ()
    """Assumptions that were made when it was read, for people."""

    settings_label: str = ""
    """The label of the RootSettings that its root was evaluated with; empty where it has none."""

    has_hidden_key: bool = False
    """An instance key in its address must not be shown: only this run knows which `(hidden 1)` is."""

    node_ids: tuple[str, ...] = ()
    """The ids of a live replication group's nodes."""

    scope: str = ""
    """Partition, Region and account of a live cache, within which its id is unique; empty where not shown."""

    block: Location | None = None
    """The block, or entry of a template, that declares it; None where no code does."""

    overrides: tuple[Location, ...] = ()
    """The blocks of override files that are merged into that block."""

    unit_locations: tuple[Location, ...] = ()
    """Where the Terragrunt unit that deploys it sets its module and its inputs, and what decides these."""

    unit_inputs: Call | None = None
    """The inputs of that unit, which set the variables of its module; None where it is not a unit."""

    calls: tuple[Call, ...] = ()
    """The module calls and nested stacks that lead to it, outermost first.

    Where a call or stack represents the cache, because its module or template was not read, it is not in it.
    """

    generator: str = ""
    """The program that generates the file that declares it; empty where a person writes the file."""

    construct: str = ""
    """The path of the construct that it is generated from, where the file names one."""

    for_each_entries: tuple[Location, ...] = ()
    """Where the entries of `for_each` are written that this instance and the calls to it come from."""

    module: CalledModule | None = None
    """The module that declares it, where that was not read: the cache is then located at its call."""

    @property
    def variable_sources(self) -> tuple[Call, ...]:
        """What sets the variables of its modules: the inputs of its unit, and the module calls."""
        return self.calls if self.unit_inputs is None else (self.unit_inputs, *self.calls)


def may_need_cluster_mode(node_type: Value[str]) -> bool:
    """Whether a setting may be a node type that cannot be backed up outside cluster mode."""
    return any(map(needs_cluster_mode, possible_values(node_type)))


def needs_cluster_mode(node_type: PossibleValue[str]) -> bool:
    """Whether a node type cannot be backed up outside cluster mode."""
    return isinstance(node_type, Known) and node_type.value.lower() == NODE_WITHOUT_BACKUPS


class ClusterModeSetting(Enum):
    """The kinds of settings that can put a replication group in cluster mode."""

    MODE = auto()
    SHARD_COUNT = auto()
    SHARDS = auto()
    """A list with an entry for each shard."""

    PARAMETER_GROUP = auto()


# A whole number above 1, as a string.
_SEVERAL = r"0*([2-9]|[1-9][0-9]{1,9})"


def enables_cluster_mode(setting: ClusterModeSetting, value: object) -> bool:
    """Whether the known value of a setting puts a replication group in cluster mode.

    AWS's own parameter groups for cluster mode are called `default.redis7.cluster.on`, and others are
    mostly named after them.
    """
    match setting:
        case ClusterModeSetting.MODE:
            return isinstance(value, str) and value.lower() == "enabled"
        case ClusterModeSetting.SHARD_COUNT if isinstance(value, str):
            return re.fullmatch(_SEVERAL, value) is not None
        case ClusterModeSetting.SHARD_COUNT:
            return isinstance(value, int | float | Fraction) and value > 1
        case ClusterModeSetting.SHARDS:
            return isinstance(value, list | tuple) and len(value) > 1
        case ClusterModeSetting.PARAMETER_GROUP:
            return isinstance(value, str) and "cluster.on" in value


def format_days(value: PossibleValue[int], unset: str = "not set") -> str:
    """Return a retention as people write it: "1 day", "7 days"."""
    match value:
        case Known(value=days):
            return f"{days} day" if days == 1 else f"{days} days"
        case _:
            return format_value(value, unset)


def format_value(value: PossibleValue[int], unset: str = "not set") -> str:
    """Return a retention without its unit."""
    match value:
        case Known(value=days):
            return str(days)
        case Unset():
            return unset
        case Invalid(text=text):
            return text
