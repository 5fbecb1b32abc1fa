"""`terraform show -json` of a plan → the caches that will exist once it is applied.

The format: HashiCorp, "JSON Output Format", format_version 0.x and 1.x.
"""

import re
from collections.abc import Mapping
from typing import Any

from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.source import Source
from ecbackup_iac.readers.raw_json import RawJson
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.terraform_json.plan_configuration import (
    Blocks,
    ConfigurationModule,
    ConfigurationResource,
    DeclaredResource,
    ModuleCall,
    Repeated,
)
from ecbackup_iac.readers.terraform_json.planned_change import (
    ResourceChange,
    is_managed_afterwards,
    read_change,
)
from ecbackup_iac.readers.terraform_json.recorded_deployments import KINDS, deployed

MEMBER_NAMES = ("format_version",)
"""Members without which a text contains no plan."""

FORMAT_MAJORS = ("0", "1")

SOUGHT_TYPES = {*RESOURCE_TYPES, *KINDS}


def matches(members: Mapping[str, RawJson]) -> bool:
    """Whether a JSON object is a plan."""
    names = ("planned_values", "resource_changes", "configuration")
    return "format_version" in members and any(name in members for name in names)


def read(members: Mapping[str, RawJson], root: str) -> ReadResult:
    """Return the caches of a plan; `root` is its path."""
    location = input_location(root)
    problem = unknown_format(members, "plan")
    if problem:
        return ReadResult(diagnostics=(Diagnostic(problem, location),))
    from ecbackup_iac.readers.terraform_json.plan_coverage import why_partial

    partial = why_partial(members)
    diagnostics = [Diagnostic(partial, location)] if partial else []
    changes = _changes(members, diagnostics, location)
    configuration = _configuration(members, diagnostics, location)
    absent = () if diagnostics else _absent(members, configuration, changes, diagnostics, location)
    blocks = Blocks(configuration)
    caches = (read_change(change, blocks, root, reason) for change, reason in changes)
    resources = tuple(cache for cache in caches if cache is not None)
    planned = (change for change, _ in changes if is_managed_afterwards(change))
    deployments, unread = deployed(planned, root, Source.TERRAFORM_PLAN)
    return ReadResult(
        (*resources, *unread),
        tuple(diagnostics),
        absent,
        variables=_variables(members) if resources else {},
        deployments=deployments,
    )


def _configuration(
    members: Mapping[str, RawJson], diagnostics: list[Diagnostic], location: Location
) -> ConfigurationModule:
    try:
        top = members["configuration"].members().get("root_module")
        return _configuration_module(top) if top else {}
    except KeyError:
        return {}
    except ShapeError as error:
        message = f"the plan's configuration is malformed: {error}"
        diagnostics.append(Diagnostic(message, location))
        return {}


def _configuration_module(piece: RawJson) -> ConfigurationModule:
    """Return the blocks of a module, and the inputs of every call. Raises ShapeError."""
    members = piece.members()
    calls: dict[str, ModuleCall] = {}
    if "module_calls" in members:
        for name, call in members["module_calls"].members().items():
            parts = call.members()
            calls[name] = ModuleCall(
                **call.checked(Repeated),
                expressions=parts["expressions"].checked(dict[str, Any])
                if "expressions" in parts
                else {},
                module=_configuration_module(parts["module"]) if "module" in parts else {},
            )
    blocks = list(members["resources"].items()) if "resources" in members else []
    declared = [block.checked(DeclaredResource) for block in blocks]
    caches = [
        block.checked(ConfigurationResource)
        for block, one in zip(blocks, declared, strict=True)
        if one["type"] in RESOURCE_TYPES
    ]
    return ConfigurationModule(resources=caches, declared=declared, module_calls=calls)


def _absent(
    members: Mapping[str, RawJson],
    configuration: ConfigurationModule,
    changes: list[tuple[ResourceChange, str]],
    diagnostics: list[Diagnostic],
    location: Location,
) -> tuple[AbsentCache, ...]:
    """Return the caches that the plan does not create, and add what it hides to the diagnostics."""
    from ecbackup_iac.readers.terraform_json.plan_coverage import coverage

    try:
        current = [change for change, _ in changes]
        absent, problem = coverage(members, configuration, current, location.path)
    except ShapeError as error:
        absent, problem = [], f"the plan is malformed: {error}"
    if problem:
        diagnostics.append(Diagnostic(problem, location))
    return tuple(absent)


def unknown_format(members: Mapping[str, RawJson], noun: str) -> str | None:
    """Return the error for a `format_version` that is not supported; None for one that is."""
    version = members["format_version"].value()
    if isinstance(version, str) and version.partition(".")[0] in FORMAT_MAJORS:
        return None
    shown = version[:20] if isinstance(version, str) else "that is not a string"
    return f"a {noun} of format_version {shown}: ecbackup-iac reads 0.x and 1.x"


def _variables(members: Mapping[str, RawJson]) -> dict[str, str]:
    """Return the values of the root module's variables, as JSON; only locations depend on them."""
    values = {}
    try:
        for name, entry in members["variables"].members().items() if "variables" in members else ():
            value = entry.members().get("value")
            values[name] = value.json if value else "null"
    except ShapeError:
        return {}
    return values


def _changes(
    members: Mapping[str, RawJson], diagnostics: list[Diagnostic], location: Location
) -> list[tuple[ResourceChange, str]]:
    """Return the changes of caches and of deployers of templates; each with why it is deferred, or "".

    An error in one entry does not affect the others.
    """
    changes = []
    for name in ("resource_changes", "deferred_changes"):
        for entry in members[name].items() if name in members else ():
            try:
                change, reason = entry, ""
                if name == "deferred_changes":
                    parts = entry.members()
                    change, reason = parts["resource_change"], _reason(parts.get("reason"))
                if change.type_name() in SOUGHT_TYPES:
                    changes.append((change.checked(ResourceChange), reason))
            except (ShapeError, KeyError) as error:
                message = f"an entry of {name} cannot be read: {error}"
                diagnostics.append(Diagnostic(message, location))
    return changes


def _reason(reason: RawJson | None) -> str:
    """Return Terraform's word for a deferral; any other text is not shown."""
    text = reason.value() if reason else None
    is_word = isinstance(text, str) and re.fullmatch(r"[a-z_]{1,60}", text)
    return str(text) if is_word else "no reason given"
