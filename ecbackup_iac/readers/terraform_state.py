"""A Terraform state → the caches it holds: `terraform show -json`, or a raw state file of version 4."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict

from ecbackup_iac.model.cache import CacheResource, Source
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Reading
from ecbackup_iac.model.value import Known, Step, Unset
from ecbackup_iac.readers.aws_provider import (
    RESOURCE_TYPES,
    in_cluster_mode,
    retention_of,
    text_of,
)
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.terraform_plan import is_marked, is_ours, unknown_format
from ecbackup_iac.terraform.addresses import instance_key

if TYPE_CHECKING:
    from ecbackup_iac.readers.slices import Slice

RAW_VERSION = 4


class StateResource(TypedDict, total=False):
    """A resource instance in `values`, as far as it matters here."""

    address: Required[str]
    mode: str
    type: Required[str]
    deposed_key: str
    values: dict[str, Any]
    sensitive_values: dict[str, Any] | bool


class RawInstance(TypedDict, total=False):
    """An instance in a raw state file."""

    index_key: int | str | None
    deposed: str
    attributes: dict[str, Any] | None
    sensitive_attributes: list[Any]


class RawResource(TypedDict, total=False):
    """A resource in a raw state file."""

    module: str
    mode: str
    type: Required[str]
    name: Required[str]
    instances: list[RawInstance]


def recognises(members: Mapping[str, "Slice"]) -> bool:
    """Say whether a JSON object is a state."""
    is_raw = {"version", "terraform_version", "lineage"} <= members.keys()
    is_empty = members.keys() in ({"format_version"}, {"format_version", "terraform_version"})
    return is_raw or is_empty or {"format_version", "values"} <= members.keys()


def read(members: Mapping[str, "Slice"], root: str) -> Reading:
    """Read a state; `root` is its path. What is wrong with one entry takes nothing from the others."""
    problem = _unknown_format(members)
    if problem:
        return Reading(diagnostics=(Diagnostic(problem, Location(root)),))
    is_shown = "format_version" in members
    resources: list[CacheResource] = []
    diagnostics: list[Diagnostic] = []
    for entry in _shown(members) if is_shown else _raw(members):
        try:
            if is_ours(entry) and _is_there(entry.members()):
                instances = [entry.checked(StateResource)] if is_shown else _raw_instances(entry)
                resources += [_resource(instance, root) for instance in instances]
        except ShapeError as error:
            text = f"an entry of the state cannot be read: {error}"
            diagnostics.append(Diagnostic(text, Location(root)))
    return Reading(tuple(resources), tuple(diagnostics))


def _unknown_format(members: Mapping[str, "Slice"]) -> str | None:
    if "format_version" in members:
        return unknown_format(members, "state")
    version = members["version"].value()
    if version == RAW_VERSION:
        return None
    shown = f"{version}" if isinstance(version, int) else "that is no number"
    return f"a raw state file of version {shown}: this program reads version {RAW_VERSION}"


def _resource(entry: StateResource, root: str) -> CacheResource:
    attributes = RESOURCE_TYPES[entry["type"]]
    values = entry.get("values", {})
    marks = entry.get("sensitive_values", False)
    location, group = Location(root), attributes.parameter_group
    retention = retention_of(
        values.get(attributes.retention),
        attributes.retention,
        lambda text: Step(f"{entry['address']}: {text}", location),
        sensitive=is_marked(marks, attributes.retention),
    )

    def text(name: str | None) -> Known[str] | Unset:
        if name is None:
            return Unset()
        return text_of(values.get(name), sensitive=is_marked(marks, name))

    return CacheResource(
        address=entry["address"],
        type=entry["type"],
        form=attributes.form,
        source=Source.TERRAFORM_STATE,
        root=root,
        location=location,
        retention=retention,
        retention_name=attributes.retention,
        engine=text(attributes.engine),
        node_type=text(attributes.node_type),
        replication_group=text(attributes.replication_group),
        cluster_mode=Known(bool(group) and in_cluster_mode(values, group or "")),
        backup_window=text(attributes.backup_window),
        maintenance_window=text(attributes.maintenance_window),
    )


def _is_there(entry: Mapping[str, "Slice"]) -> bool:
    """Say whether an entry is a managed resource that is not about to go."""
    mode = entry["mode"].value() if "mode" in entry else "managed"
    return mode == "managed" and not {"deposed", "deposed_key"} & entry.keys()


def _shown(members: Mapping[str, "Slice"]) -> Iterator["Slice"]:
    """Yield the resources of `values`, the root module's first, then its children's."""
    top = members["values"].members().get("root_module") if "values" in members else None
    modules = [top] if top else []
    while modules:
        module = modules.pop(0).members()
        yield from module["resources"].items() if "resources" in module else ()
        modules += module["child_modules"].items() if "child_modules" in module else ()


def _raw(members: Mapping[str, "Slice"]) -> Iterator["Slice"]:
    """Yield the resources of a raw state file."""
    yield from members["resources"].items() if "resources" in members else ()


def _raw_instances(entry: "Slice") -> Iterator[StateResource]:
    """Yield a raw resource's instances under Terraform's own addresses."""
    resource = entry.checked(RawResource)
    module = f"{resource['module']}." if resource.get("module") else ""
    for instance in resource.get("instances", ()):
        if "deposed" not in instance:
            key = _instance_key(instance.get("index_key"))
            yield StateResource(
                address=f"{module}{resource['type']}.{resource['name']}{key}",
                type=resource["type"],
                values=instance.get("attributes") or {},
                sensitive_values=_sensitive_names(instance.get("sensitive_attributes", [])),
            )


def _instance_key(key: int | str | None) -> str:
    """Write an instance key as Terraform does in an address: `[0]`, `["a"]`."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else instance_key(key)


def _sensitive_names(paths: list[Any]) -> dict[str, Any]:
    """Give the top-level attributes that a raw state's `sensitive_attributes` paths mark."""
    steps = (path[0] for path in paths if isinstance(path, list) and len(path) == 1)
    return {
        str(step["value"]): True
        for step in steps
        if isinstance(step, dict) and step.get("type") == "get_attr" and "value" in step
    }
