"""`pulumi stack export` → the caches in the state of a stack.

The format: Pulumi's JSON Schema of deployments, version 3; version 4 adds features to it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Unknown
from ecbackup_iac.readers.pulumi.resources import (
    CACHES,
    READ_ONLY,
    PulumiCache,
    ResourceState,
    address_of,
    recorded,
    unread,
)
from ecbackup_iac.readers.raw_json import RawJson
from ecbackup_iac.readers.shape import ShapeError

if TYPE_CHECKING:
    from ecbackup_iac.model.cache import CacheResource

MEMBER_NAMES = ("magic", "secrets_providers")
"""Members without which a text contains no state; every manifest has a magic number."""

VERSIONS = (3, 4)


def matches(members: Mapping[str, RawJson]) -> bool:
    """Whether a JSON object is an exported stack."""
    deployment = members.get("deployment")
    if "version" not in members or deployment is None or not deployment.is_object:
        return False
    try:
        return "manifest" in deployment.members()
    except ShapeError:
        return False


def read(members: Mapping[str, RawJson], root: str) -> ReadResult:
    """Return the caches of a state; `root` is its path. An error in one entry does not affect the others."""
    location = input_location(root)
    if members["version"].value() not in VERSIONS:
        text = "a Pulumi state of another version than 3 and 4: run pulumi stack export"
        return ReadResult(diagnostics=(Diagnostic(text, location),))
    deployment = members["deployment"].members()
    diagnostics: list[Diagnostic] = []
    caches: dict[str, CacheResource] = {}
    absent: list[AbsentCache] = []
    for state in _states(deployment, "resources", diagnostics, location):
        address, reason = address_of(state["urn"]), _why_absent(state)
        if reason:
            absent.append(AbsentCache(address, state["type"], root, location, reason))
        elif state.get("inputs") is None and state.get("outputs") is None:
            text = f"{address} is in the state without its properties"
            diagnostics.append(Diagnostic(text, location))
        else:
            caches[address] = PulumiCache(state, recorded(state), root).resource(
                Source.PULUMI_STATE, {}
            )
    for state in _states(deployment, "pending_operations", diagnostics, location):
        address = address_of(state["urn"])
        if cache := caches.get(address):
            caches[address] = replace(
                cache, retention=Unknown(_INTERRUPTED, trace=cache.retention.trace)
            )
        else:
            diagnostics.append(Diagnostic(f"{address} may exist: {_INTERRUPTED}", location))
    removed = (cache for cache in absent if cache.address not in caches)
    return ReadResult(tuple(caches.values()), tuple(diagnostics), tuple(removed))


_INTERRUPTED = "an update was interrupted while it changed the cache; run pulumi refresh"


def _states(
    deployment: Mapping[str, RawJson], name: str, diagnostics: list[Diagnostic], location: Location
) -> Iterator[ResourceState]:
    """Yield the caches in a list of resources, or of operations on resources."""
    for entry in deployment[name].items() if name in deployment else ():
        try:
            resource = entry if name == "resources" else entry.members()["resource"]
            if resource.type_name() in CACHES:
                yield resource.checked(ResourceState)
            elif text := unread(resource):
                diagnostics.append(Diagnostic(text, location))
        except (ShapeError, KeyError) as error:
            diagnostics.append(Diagnostic(f"an entry of {name} cannot be read: {error}", location))


def _why_absent(state: ResourceState) -> str:
    """Return why a resource in the state is not a cache of the stack; empty where it is one."""
    if state.get("external"):
        return READ_ONLY
    if state.get("delete"):
        return "it was replaced, and the next update deletes it"
    return "it was deleted to be replaced" if state.get("pendingReplacement") else ""
