"""A plan's file → its caches, with only the standard library: Checkov has no msgspec."""

import json
from contextlib import suppress
from typing import Any

from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.report import AbsentCache, ReadResult
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.terraform_json.plan_configuration import Blocks, ConfigurationModule
from ecbackup_iac.readers.terraform_json.planned_change import ResourceChange, read_change

MAX_PLAN_BYTES = 500_000_000
"""Bytes; Checkov itself reads 50 MB."""


def read_plan(path: str) -> ReadResult:
    """Return the caches of a plan, and those that it removes as absent; none for any other file."""
    plan: Any = {}
    with suppress(OSError, ValueError, RecursionError), open(path, "rb") as file:
        content = file.read(MAX_PLAN_BYTES + 1)
        plan = json.loads(content) if len(content) <= MAX_PLAN_BYTES else {}
    changes = plan.get("resource_changes") if isinstance(plan, dict) else None
    caches = (
        [change for change in changes if _is_cache(change)] if isinstance(changes, list) else []
    )
    configuration = plan.get("configuration") if caches else None
    top = configuration.get("root_module") if isinstance(configuration, dict) else None
    module: ConfigurationModule = top if isinstance(top, dict) else {}  # type: ignore[assignment]  # every reader of it checks what it reads
    blocks = Blocks(module)
    pairs = [(change, read_change(change, blocks, path)) for change in caches]
    return ReadResult(
        resources=tuple(resource for _, resource in pairs if resource is not None),
        absent=tuple(_removed(change, path) for change, resource in pairs if resource is None),
    )


def _is_cache(change: object) -> bool:
    return (
        isinstance(change, dict)
        and change.get("type") in RESOURCE_TYPES
        and isinstance(change.get("address"), str)
        and isinstance(change.get("change"), dict)
    )


def _removed(change: ResourceChange, path: str) -> AbsentCache:
    location = input_location(path)
    return AbsentCache(change["address"], change["type"], path, location, "the plan removes it")
