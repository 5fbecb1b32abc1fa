"""A plan's configuration, values and changes → the caches that it does not create, and what it leaves out.

A complete plan has a change, perhaps a no-op, for every instance of every resource. A block without a change
has no instance, or the plan is partial: it was targeted, or parts of it were removed. Terraform 1.8 and later
report this (`complete`), OpenTofu does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypedDict, TypeVar

from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import AbsentCache
from ecbackup_iac.readers.raw_json import RawJson
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.terraform_json.plan_configuration import ConfigurationModule, Repeated
from ecbackup_iac.readers.terraform_json.planned_change import ResourceChange, is_managed_afterwards
from ecbackup_iac.terraform.modules.addresses import Address, CallStep, parsed_address

T = TypeVar("T")

MAX_NAMED = 3
"""Addresses, or folders, that a message lists; the rest are counted."""


class Instance(TypedDict, total=False):
    """A resource instance in the values of a state, or of a plan, or in its changes."""

    address: str
    mode: str
    type: str
    deposed: str
    deposed_key: str


class Values(TypedDict, total=False):
    """A module in the values of a state or a plan."""

    resources: list[Instance] | None
    child_modules: "list[Values] | None"


class Deferred(TypedDict, total=False):
    """An entry of `deferred_changes`."""

    resource_change: Instance


@record
class _Declared:
    """A managed resource block of the configuration."""

    address: Address
    reasons_for_none: tuple[str, ...]
    """What can leave it without an instance: "count is 0", "for_each of module.a is empty"."""

    @property
    def reason(self) -> str:
        """Why a complete plan has no instance of it; an expression without a reference is not shown."""
        return " or ".join(self.reasons_for_none) or "the plan creates no instance of it"


def why_partial(members: Mapping[str, RawJson]) -> str:
    """Return why a plan is partial, by its own members; empty where they do not say so."""
    if "errored" in members and members["errored"].value() is True:
        return "the plan is partial: terraform plan ended with an error, so caches may be missing"
    if "complete" in members and members["complete"].value() is False:
        return "the plan is partial: it was targeted or defers changes, so caches may be missing"
    if "resource_changes" not in members:
        if _has_managed(_planned_values(members)):
            return (
                "the plan is incomplete: it has no resource_changes; "
                "pass the complete output of terraform show -json"
            )
        if _has_managed(_prior_values(members)):
            return (
                "the plan is refresh-only and has no changes to check: plan without -refresh-only"
            )
    return ""


def coverage(
    members: Mapping[str, RawJson],
    configuration: ConfigurationModule,
    changes: Sequence[ResourceChange],
    root: str,
) -> tuple[list[AbsentCache], str]:
    """Return the caches that a plan declares and does not create, or why it is partial after all.

    `changes` are those of caches, deferred ones too. Raises ShapeError.
    """
    blocks = list(_declared(configuration))
    caches = [block for block in blocks if block.address.type in RESOURCE_TYPES]
    current = [change for change in changes if "deposed" not in change]
    changed = _blocks_of(change["address"] for change in current)
    without_change = _without_change(members, current)
    unplanned = [block for block in caches if block.address not in changed]
    if without_change or (unplanned and _leaves_out(members, blocks)):
        return [], _partial([*(_shown(block.address) for block in unplanned), *without_change])
    kept = _blocks_of(change["address"] for change in current if is_managed_afterwards(change))
    is_destroyed = not any(_instances(_planned_values(members))) and bool(_changed(members))
    removal = "the plan removes everything" if unplanned and is_destroyed else ""
    absent = [
        (block, "the plan removes it" if block.address in changed else removal or block.reason)
        for block in caches
        if block.address not in kept
    ]
    return [
        AbsentCache(_shown(block.address), block.address.type, root, input_location(root), reason)
        for block, reason in absent
    ], ""


def _shown(address: Address) -> str:
    modules = "".join(f"module.{name}." for name, _ in address.calls)
    return f"{modules}{address.type}.{address.name}"


def _partial(names: Iterable[str]) -> str:
    return (
        f"the plan is partial: it has no change for {listed(names)}; plan without -target and -exclude, "
        "and pass the complete output of show -json"
    )


def listed(names: Iterable[str]) -> str:
    """Return the first names in a line, and how many more there are."""
    distinct = list(dict.fromkeys(names))
    more = f" and {len(distinct) - MAX_NAMED} more" if len(distinct) > MAX_NAMED else ""
    return ", ".join(distinct[:MAX_NAMED]) + more


def _blocks_of(addresses: Iterable[str]) -> set[Address]:
    parsed = map(parsed_address, addresses)
    return {address.block for address in parsed if address}


def _declared(configuration: ConfigurationModule) -> Iterator[_Declared]:
    """Yield the managed resource blocks of the configuration, of the modules that it calls, too."""
    pending: list[tuple[ConfigurationModule, tuple[str, ...], tuple[str, ...]]] = [
        (configuration, (), ())
    ]
    while pending:
        module, path, reasons_of_calls = pending.pop()
        calls = tuple(map(CallStep, path))
        for block in module.get("declared", ()):
            if block.get("mode", "managed") == "managed":
                address = Address(calls, block["type"], block.get("name", ""))
                yield _Declared(address, (*_reasons_for_none(block), *reasons_of_calls))
        for name, call in module.get("module_calls", {}).items():
            inner = (*path, name)
            called = ".".join(f"module.{part}" for part in inner)
            reasons = (*_reasons_for_none(call, called), *reasons_of_calls)
            pending.append((call.get("module", {}), inner, reasons))


def _reasons_for_none(block: Repeated, called: str = "") -> Iterator[str]:
    """Yield what can leave a resource, or a module that is `called`, without an instance."""
    of_call = f" of {called}" if called else ""
    if "count_expression" in block:
        yield f"count{of_call} is 0"
    if "for_each_expression" in block:
        yield f"for_each{of_call} is empty"


def _leaves_out(members: Mapping[str, RawJson], blocks: Iterable[_Declared]) -> bool:
    """Whether a block that is not repeated has no change, in a plan that does not show to be complete.

    All blocks count, because a target also leaves out other resources, and a cache may be repeated. A
    refresh-only plan calls itself complete, too, but has no changes.
    """
    addresses = _changed(members)
    if addresses and "complete" in members and members["complete"].value() is True:
        return False
    changed = _blocks_of(addresses)
    return any(not block.reasons_for_none and block.address not in changed for block in blocks)


def _changed(members: Mapping[str, RawJson]) -> list[str]:
    """Return the addresses of all changes, deferred ones too."""
    changes = _part(members, "resource_changes", kind=list[Instance]) or []
    deferred = _part(members, "deferred_changes", kind=list[Deferred]) or []
    instances = (*changes, *(entry.get("resource_change", Instance()) for entry in deferred))
    return [entry.get("address", "") for entry in instances if "deposed" not in entry]


def _without_change(members: Mapping[str, RawJson], changes: Iterable[ResourceChange]) -> list[str]:
    """Return the addresses of caches that exist, or are planned, and have no change, not even a no-op."""
    known = {change["address"] for change in changes}
    states = (_planned_values(members), _prior_values(members))
    caches = (
        entry.get("address", "an instance without an address")
        for state in states
        for entry in _instances(state)
        if entry.get("type") in RESOURCE_TYPES
        and entry.get("mode", "managed") == "managed"
        and "deposed_key" not in entry
    )
    return [address for address in caches if address not in known]


def _has_managed(values: Values | None) -> bool:
    return any(entry.get("mode") == "managed" for entry in _instances(values))


def _instances(values: Values | None) -> Iterator[Instance]:
    """Yield the resource instances of a module and of those below it."""
    pending = [values] if values else []
    while pending:
        module = pending.pop()
        yield from module.get("resources") or ()
        pending += module.get("child_modules") or ()


def _planned_values(members: Mapping[str, RawJson]) -> Values | None:
    return _part(members, "planned_values", "root_module", kind=Values)


def _prior_values(members: Mapping[str, RawJson]) -> Values | None:
    return _part(members, "prior_state", "values", "root_module", kind=Values)


def _part(members: Mapping[str, RawJson], *path: str, kind: type[T]) -> T | None:
    """Decode what is at a path; None where it is missing or null. Raises ShapeError."""
    *outer, last = path
    for name in outer:
        piece = members.get(name)
        if piece is None or _is_null(piece):
            return None
        members = piece.members()
    piece = members.get(last)
    return None if piece is None or _is_null(piece) else piece.checked(kind)


def _is_null(piece: RawJson) -> bool:
    return not (piece.is_object or piece.is_list or piece.is_text) and piece.value() is None
