"""`pulumi preview --json` → the caches that will exist after the update.

The format: Pulumi's PreviewDigest. A step has the resource as it is (`oldState`) and will be (`newState`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Required, TypedDict

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.source import Source
from ecbackup_iac.readers.pulumi.resources import (
    CACHES,
    READ_ONLY,
    Properties,
    PulumiCache,
    ResourceState,
    address_of,
    is_ignored,
    recorded,
    type_in,
    unread,
)
from ecbackup_iac.readers.raw_json import RawJson
from ecbackup_iac.readers.shape import ShapeError

MEMBER_NAMES = ("changeSummary", "newState", "oldState")
"""Members without which a text contains no preview with resources."""

_DIGEST = {"config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"}

_REPLACED = ("delete-replaced", "discard-replaced", "remove-pending-replace")
"""What happens to the old copy of a resource, while other steps create it again."""

_READ = ("read", "read-replacement")
_REMOVED = ("delete", "discard")
_CREATED = ("create", "create-replacement", "import", "import-replacement", "replace")
_UPDATED = ("same", "update")


class Step(TypedDict, total=False):
    """A step of a preview."""

    op: Required[str]
    urn: Required[str]
    newState: ResourceState | None
    oldState: ResourceState | None


def matches(members: Mapping[str, RawJson]) -> bool:
    """Whether a JSON object is a preview: without a summary where it ended early."""
    if not members.keys() <= _DIGEST:
        return {"steps", "changeSummary"} <= members.keys()
    if "steps" in members and "changeSummary" not in members:
        return '"urn:pulumi:' in members["steps"].json
    return "changeSummary" in members or {"diagnostics", "duration"} <= members.keys()


def read(members: Mapping[str, RawJson], root: str) -> ReadResult:
    """Return the caches of a preview; `root` is its path. An error in one step does not affect the others."""
    location = input_location(root)
    entries = list(_items(members, "steps"))
    diagnostics = [Diagnostic(why, location) for why in _why_partial(members, entries)]
    caches: dict[str, CacheResource] = {}
    absent: dict[str, AbsentCache] = {}
    for entry in entries:
        try:
            step = _cache_step(entry, diagnostics, location)
        except ShapeError as error:
            diagnostics.append(Diagnostic(f"a step cannot be read: {error}", location))
            continue
        if step is None:
            continue
        result = _result_of(step, root)
        if isinstance(result, CacheResource):
            caches[result.address] = result  # the last step of a resource decides
        elif isinstance(result, Diagnostic):
            diagnostics.append(result)
        else:
            absent[result.address] = result
            if step["op"] not in _REPLACED:
                caches.pop(result.address, None)
    removed = (cache for address, cache in absent.items() if address not in caches)
    return ReadResult(tuple(caches.values()), tuple(diagnostics), tuple(removed))


def _cache_step(entry: RawJson, diagnostics: list[Diagnostic], location: Location) -> Step | None:
    """Return a step of a cache; None for any other. Raises ShapeError."""
    members = entry.members()
    if not {"op", "urn"} <= members.keys():
        raise ShapeError("it has no op or no urn")
    states = [members[name] for name in ("newState", "oldState") if name in members]
    kinds = {state.type_name() for state in states if state.is_object}
    if not CACHES.keys().isdisjoint(kinds or {type_in(members["urn"].text())}):
        return entry.checked(Step)
    new = members.get("newState")
    if new and new.is_object and (text := unread(new)):
        diagnostics.append(Diagnostic(text, location))
    return None


def _result_of(step: Step, root: str) -> CacheResource | AbsentCache | Diagnostic:
    """Return the cache after a step; why it is absent; or that the operation is unknown."""
    operation, old, new = step["op"], step.get("oldState"), step.get("newState")
    location, address = input_location(root), address_of(step["urn"])
    if operation in _READ or (new and new.get("external")):
        reason = READ_ONLY
    elif operation in (*_REMOVED, *_REPLACED):
        reason = "the update removes it"
    elif operation == "refresh" and not new:
        reason = "the refresh did not find it"
    elif operation not in (*_CREATED, *_UPDATED, "refresh"):
        shown = operation if re.fullmatch(r"[a-z-]{1,40}", operation) else "of an unusual name"
        return Diagnostic(f"what the operation {shown} does to {address} is not known", location)
    elif new is None or new["type"] not in CACHES:
        return Diagnostic(f"{address} is in the preview without its new state", location)
    else:
        properties = _properties(operation, old, new)
        before = {} if operation == "refresh" else recorded(old)  # the cache is as it was found
        return PulumiCache(new, properties, root).resource(Source.PULUMI_PREVIEW, before)
    state = new or old
    kind = state["type"] if state else type_in(step["urn"])
    return AbsentCache(address, kind, root, location, reason)


def _properties(operation: str, old: ResourceState | None, new: ResourceState) -> Properties:
    """Return the properties that a resource will have.

    They are its inputs, because a preview's outputs may still be those of today. An update does not change
    what `ignoreChanges` lists, nor what neither the old nor the new inputs set if the provider computes it.
    """
    if operation == "refresh":
        return recorded(new)
    inputs = new.get("inputs") or {}
    if old is None or operation not in _UPDATED:
        return inputs
    today, set_before = recorded(old), old.get("inputs") or {}
    ignored = {name: value for name, value in today.items() if is_ignored(new, name)}
    if not CACHES[new["type"]].computes_retention:
        return {**inputs, **ignored}
    kept = {name: value for name, value in today.items() if name not in set_before}
    return {**kept, **inputs, **ignored}


def _why_partial(members: Mapping[str, RawJson], entries: list[RawJson]) -> Iterator[str]:
    """Yield why a preview may not show every cache."""
    if "error" in (_text(diagnostic, "severity") for diagnostic in _items(members, "diagnostics")):
        yield "the preview ended with an error, so caches may be missing"
    elif "changeSummary" not in members:
        yield "the preview did not end, so caches may be missing"
    else:
        counts = members["changeSummary"].checked(dict[str, int])
        shown = [_text(entry, "op") for entry in entries]
        hidden = counts.get("same", 0) - shown.count("same") - shown.count("refresh")
        if hidden > 0:
            yield (
                f"the preview does not show {hidden} unchanged resources, which may be caches: "
                "run pulumi preview --json --show-sames"
            )


def _items(members: Mapping[str, RawJson], name: str) -> Iterator[RawJson]:
    return members[name].items() if name in members else iter(())


def _text(entry: RawJson, name: str) -> str:
    """Return a member that is a string; empty where it is not."""
    value = entry.members().get(name) if entry.is_object else None
    return value.text() if value and value.is_text else ""
