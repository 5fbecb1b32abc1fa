"""Output of `aws elasticache describe-*` → the live caches it lists.

This reader applies the rule to caches that run, for an audit.
The members are those of botocore's CacheCluster, ReplicationGroup and ServerlessCache.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unknown, Unset, Value
from ecbackup_iac.readers.terraform.resource_types import days_of, shown_value, text_of

if TYPE_CHECKING:
    from ecbackup_iac.readers.raw_json import RawJson

RETENTION = "SnapshotRetentionLimit"


@record
class _Entry:
    """What the entries of one list have in common."""

    form: Form
    type: str
    """AWS's name of the structure."""

    identifier: str
    """The member that names the cache."""


# By the member that contains the list. A cluster shows its group's identifier too, so clusters come first.
LISTS = {
    "CacheClusters": _Entry(Form.STANDALONE_CLUSTER, "CacheCluster", "CacheClusterId"),
    "ReplicationGroups": _Entry(Form.REPLICATION_GROUP, "ReplicationGroup", "ReplicationGroupId"),
    "ServerlessCaches": _Entry(Form.SERVERLESS_CACHE, "ServerlessCache", "ServerlessCacheName"),
}

MEMBER_NAMES = (*LISTS, *(entry.identifier for entry in LISTS.values()))
"""Members without which a text contains no such output."""

# An entry with its status was not reduced by --query: AWS itself left out what it lacks.
_STATUSES = ("Status", "CacheClusterStatus")

# Members of a snapshot or an update action, which has the identifier of its cache, too.
_MEMBERS_OF_OTHERS = ("SnapshotStatus", "UpdateActionStatus")

MAX_NAMED = 3
"""Replication groups that a message lists; the rest are counted."""

# Members of truncated output, in lower case: each SDK capitalizes them in its own way.
_TRUNCATION_MEMBERS = ("nexttoken", "marker")

_DELETED = ("deleting", "deleted")
"""States of a cache that is no longer in use, in lower case."""


def matches(members: Mapping[str, "RawJson"]) -> bool:
    """Whether a JSON object is such output, or one entry of it."""
    has_list = any(name in members and members[name].is_list for name in LISTS)
    return has_list or (RETENTION in members and _list_of(members) is not None)


def matches_list(items: Sequence["RawJson"]) -> bool:
    """Whether a JSON list is output that `--query` has reduced to its entries."""
    return all(item.is_object and _list_of(item.members()) is not None for item in items)


def read(members: Mapping[str, "RawJson"], root: str) -> ReadResult:
    """Return the caches of whole output, or of one reduced entry; `root` is its path."""
    if not any(name in members for name in LISTS):
        entry = {name: piece.value() for name, piece in members.items()}
        return _result([_cache(entry, _list_of(members) or "", root, is_reduced=True)])
    entries = [
        _entry(piece, name, root, is_reduced=False)
        for name in LISTS
        if name in members
        for piece in members[name].items()
    ]
    if any(name.lower() in _TRUNCATION_MEMBERS and members[name].value() for name in members):
        text = "the output is truncated: run the command without --max-items"
        entries.append(Diagnostic(text, input_location(root)))
    return _result(entries)


def read_entries(entries: Iterable["RawJson"], root: str) -> ReadResult:
    """Return the caches of entries that `--query` has taken out of whole output."""
    return _result(
        _entry(piece, _list_of(piece.members()) or "", root, is_reduced=True) for piece in entries
    )


def unlisted_groups(live: Sequence[CacheResource], deleted: Container[str]) -> Diagnostic | None:
    """Return one error for all clusters whose replication group is in no output of the run.

    `deleted` are the groups that are listed as deleted. Such a cluster takes its retention from the group,
    so nothing says whether it is backed up.
    """
    listed = {
        (cache.address, cache.scope) for cache in live if cache.form is Form.REPLICATION_GROUP
    }
    names = {name for name, _ in listed}

    def is_listed(name: str, scope: str) -> bool:
        # Only the identifier decides where one of the outputs does not show the ARN.
        return (name, scope) in listed or (name, "") in listed or (not scope and name in names)

    orphans = [
        cache
        for cache in live
        if isinstance(group := cache.replication_group, Known)
        and not is_listed(group.value, cache.scope)
        and group.value not in deleted
    ]
    if not orphans:
        return None
    groups = (cache.replication_group for cache in orphans)
    missing = list(dict.fromkeys(group.value for group in groups if isinstance(group, Known)))
    named = ", ".join(missing[:MAX_NAMED])
    more = f" and {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
    clusters = f"{len(orphans)} clusters belong" if len(orphans) > 1 else "1 cluster belongs"
    text = (
        f"{clusters} to replication groups that are in no input: {named}{more}; also check the output of "
        "aws elasticache describe-replication-groups"
    )
    return Diagnostic(text, orphans[0].location)


def _result(entries: Iterable[CacheResource | AbsentCache | Diagnostic]) -> ReadResult:
    read = list(entries)
    return ReadResult(
        tuple(entry for entry in read if isinstance(entry, CacheResource)),
        tuple(entry for entry in read if isinstance(entry, Diagnostic)),
        tuple(entry for entry in read if isinstance(entry, AbsentCache)),
    )


def _entry(
    piece: "RawJson", name: str, root: str, *, is_reduced: bool
) -> CacheResource | AbsentCache | Diagnostic:
    """Return the cache of one entry, or what is wrong with it."""
    entry = piece.value()
    identifier = LISTS[name].identifier
    if not isinstance(entry, dict) or not isinstance(entry.get(identifier), str):
        text = f"an entry of {name} has no {identifier}: include it in --query"
        return Diagnostic(text, input_location(root))
    return _cache(entry, name, root, is_reduced=is_reduced)


def _list_of(entry: Mapping[str, "RawJson"]) -> str | None:
    """Return the list that an entry comes from; `--query` writes null for what an entry lacks."""
    if any(name in entry for name in _MEMBERS_OF_OTHERS):
        return None
    for name, of_list in LISTS.items():
        if of_list.identifier in entry and entry[of_list.identifier].is_text:
            return name
    return None


def _cache(
    entry: Mapping[str, Any], name: str, root: str, *, is_reduced: bool
) -> CacheResource | AbsentCache:
    """Return the cache of one entry; it is absent where AWS is deleting it."""
    form = LISTS[name].form
    location = input_location(root)
    address = str(entry.get(LISTS[name].identifier))
    if any(str(entry.get(member)).lower() in _DELETED for member in _STATUSES):
        return AbsentCache(address, LISTS[name].type, root, location, "it is being deleted")
    cluster_mode: Value[bool] = Known(entry.get("ClusterEnabled") is True)
    if form is Form.REPLICATION_GROUP and "ClusterEnabled" not in entry:
        cluster_mode = Unknown("the output does not include ClusterEnabled")
    members = entry.get("MemberClusters")
    return CacheResource(
        address=address,
        type=LISTS[name].type,
        form=form,
        source=Source.AWS_CLI,
        root=root,
        location=location,
        retention=_retention(entry, address, location),
        retention_name=RETENTION,
        engine=text_of(entry.get("Engine")),
        node_type=text_of(entry.get("CacheNodeType")),
        replication_group=text_of(entry.get("ReplicationGroupId"))
        if form is Form.STANDALONE_CLUSTER
        else Unset(),
        cluster_mode=cluster_mode,
        backup_window=text_of(entry.get("SnapshotWindow")),
        maintenance_window=text_of(entry.get("PreferredMaintenanceWindow")),
        assumptions=_assumptions(entry, form, is_reduced=is_reduced),
        node_ids=tuple(map(str, members)) if isinstance(members, list) else (),
        scope=_scope(entry.get("ARN")),
    )


def _scope(arn: object) -> str:
    """Return the beginning of an ARN: "arn:aws:elasticache:eu-west-1:123456789012"."""
    return ":".join(arn.split(":")[:5]) if isinstance(arn, str) else ""


def _retention(entry: Mapping[str, Any], address: str, location: Location) -> Value[int]:
    if RETENTION not in entry and not any(member in entry for member in _STATUSES):
        return Unknown(f"the output was filtered by --query and does not include {RETENTION}")
    days = entry.get(RETENTION)
    shown = "not set" if days is None else f"= {shown_value(days)}"
    text = f"{address}: {RETENTION} {shown}"
    return days_of(days, (TraceStep(text, location, StepKind.RECORDED, RETENTION),))


def _assumptions(entry: Mapping[str, Any], form: Form, *, is_reduced: bool) -> tuple[str, ...]:
    """Return what is assumed of an entry that lacks members."""
    exceptions = []
    if "Engine" not in entry and form is not Form.REPLICATION_GROUP:
        exceptions.append("is Memcached")
    if "ReplicationGroupId" not in entry and form is Form.STANDALONE_CLUSTER and is_reduced:
        exceptions.append("belongs to a replication group")
    if not exceptions:
        return ()
    return (f"treated as a standalone Redis cache, unless it {' or '.join(exceptions)}",)
