"""Output of `aws elasticache describe-*` → the live caches it lists.

An audit asks the same question of caches that run; this reader lets the same rule answer it.
The members are those of botocore's CacheCluster, ReplicationGroup and ServerlessCache.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ecbackup_iac.model.cache import CacheResource, Form, Source
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Reading
from ecbackup_iac.model.value import Known, Step, Unknown, Unset, Value
from ecbackup_iac.readers.aws_provider import days_of, shown_value, text_of

if TYPE_CHECKING:
    from ecbackup_iac.readers.slices import Slice

RETENTION = "SnapshotRetentionLimit"

# The list that each command prints → (form, AWS's name of an entry, the member that names one).
# A cluster names its group too, so clusters are looked for first.
LISTS = {
    "CacheClusters": (Form.STANDALONE_CLUSTER, "CacheCluster", "CacheClusterId"),
    "ReplicationGroups": (Form.REPLICATION_GROUP, "ReplicationGroup", "ReplicationGroupId"),
    "ServerlessCaches": (Form.SERVERLESS_CACHE, "ServerlessCache", "ServerlessCacheName"),
}

# What the CLI leaves in the output where it was told to stop before the end.
_MORE = ("NextToken", "Marker")


def recognises(members: Mapping[str, "Slice"]) -> bool:
    """Say whether a JSON object is such output, or one entry of it."""
    is_whole = any(name in members and members[name].is_list for name in LISTS)
    return is_whole or (RETENTION in members and _kind(members) is not None)


def recognises_list(items: Iterable["Slice"]) -> bool:
    """Say whether a JSON list is output that `--query` has reduced to its entries."""
    entries = [item.members() if item.is_object else {} for item in items]
    return bool(entries) and all(_kind(entry) is not None for entry in entries)


def read(members: Mapping[str, "Slice"], root: str) -> Reading:
    """Read whole output, or one reduced entry; `root` is its path."""
    if not any(name in members for name in LISTS):
        return read_entries([{name: piece.value() for name, piece in members.items()}], root)
    resources = tuple(
        _resource(entry, name, root, is_whole=True)
        for name in LISTS
        if name in members
        for entry in members[name].checked(list[dict[str, Any]])
    )
    diagnostics: tuple[Diagnostic, ...] = ()
    if any(name in members and members[name].value() for name in _MORE):
        text = "the output stops before the last cache: run the command without --max-items"
        diagnostics = (Diagnostic(text, Location(root)),)
    return Reading(resources, diagnostics)


def read_entries(entries: Iterable[Mapping[str, Any]], root: str) -> Reading:
    """Read entries that `--query` has taken out of whole output."""
    kinds = ((entry, _kind(entry)) for entry in entries)
    return Reading(tuple(_resource(e, kind, root, is_whole=False) for e, kind in kinds if kind))


def _kind(entry: Mapping[str, object]) -> str | None:
    """Say which of the lists an entry comes from."""
    return next((name for name, (_, _, member) in LISTS.items() if member in entry), None)


def _resource(entry: Mapping[str, Any], name: str, root: str, *, is_whole: bool) -> CacheResource:
    form, kind, identifier = LISTS[name]
    location = Location(root)
    address = str(entry.get(identifier))
    cluster_mode: Value[bool] = Known(entry.get("ClusterEnabled") is True)
    if form is Form.REPLICATION_GROUP and "ClusterEnabled" not in entry:
        cluster_mode = Unknown("the output does not show ClusterEnabled")
    members = entry.get("MemberClusters")
    return CacheResource(
        address=address,
        type=kind,
        form=form,
        source=Source.AWS_CLI,
        root=root,
        location=location,
        retention=_retention(entry, address, location, is_whole=is_whole),
        retention_name=RETENTION,
        engine=text_of(entry.get("Engine")),
        node_type=text_of(entry.get("CacheNodeType")),
        replication_group=text_of(entry.get("ReplicationGroupId"))
        if form is Form.STANDALONE_CLUSTER
        else Unset(),
        cluster_mode=cluster_mode,
        backup_window=text_of(entry.get("SnapshotWindow")),
        maintenance_window=text_of(entry.get("PreferredMaintenanceWindow")),
        assumptions=_assumptions(entry, form, is_whole=is_whole),
        node_ids=tuple(map(str, members)) if isinstance(members, list) else (),
    )


def _retention(
    entry: Mapping[str, Any], address: str, location: Location, *, is_whole: bool
) -> Value[int]:
    if RETENTION not in entry and not is_whole:
        return Unknown(f"the output was reduced by --query and does not show {RETENTION}")
    days = entry.get(RETENTION)
    shown = "not set" if days is None else f"= {shown_value(days)}"
    return days_of(days, (Step(f"{address}: {RETENTION} {shown}", location),))


def _assumptions(entry: Mapping[str, Any], form: Form, *, is_whole: bool) -> tuple[str, ...]:
    """Say what an entry that leaves members out was taken for."""
    doubts = []
    if "Engine" not in entry and form is not Form.REPLICATION_GROUP:
        doubts.append("is Memcached")
    if "ReplicationGroupId" not in entry and form is Form.STANDALONE_CLUSTER and not is_whole:
        doubts.append("belongs to a replication group")
    if not doubts:
        return ()
    return (f"taken as a Redis cache of its own, unless it {' or '.join(doubts)}",)
