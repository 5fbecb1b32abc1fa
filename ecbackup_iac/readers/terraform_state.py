"""A Terraform state → the caches it holds: `terraform show -json`, or a raw state file of version 4."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict

from ecbackup_iac.model.cache import CacheResource, Form, Source
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Reading
from ecbackup_iac.model.value import Known, Step, Unset
from ecbackup_iac.readers.aws_provider import (
    RESOURCE_TYPES,
    days_of,
    in_cluster_mode,
    shown_value,
    text_of,
)
from ecbackup_iac.readers.terraform_plan import FORMAT_MAJORS, is_marked

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
    is_empty = members.keys() <= {"format_version", "terraform_version"} and bool(members)
    return is_raw or is_empty or {"format_version", "values"} <= members.keys()


def read(members: Mapping[str, "Slice"], root: str) -> Reading:
    """Read a state; `root` is its path."""
    problem = _unknown_format(members)
    if problem:
        return Reading(diagnostics=(Diagnostic(problem, Location(root)),))
    entries = _shown(members) if "format_version" in members else _raw(members)
    return Reading(tuple(_resource(entry, root) for entry in entries))


def _unknown_format(members: Mapping[str, "Slice"]) -> str | None:
    if "format_version" in members:
        version = members["format_version"].value()
        if str(version).partition(".")[0] not in FORMAT_MAJORS:
            return f"state format {version} is not known: this program reads 0.x and 1.x"
        return None
    version = members["version"].value()
    if version != RAW_VERSION:
        return f"a raw state file of version {version}: this program reads version {RAW_VERSION}"
    return None


def _resource(entry: StateResource, root: str) -> CacheResource:
    attributes = RESOURCE_TYPES[entry["type"]]
    values = entry.get("values", {})
    marks = entry.get("sensitive_values", False)
    location = Location(root)
    days = values.get(attributes.retention)
    shown = "not set" if days is None else f"= {shown_value(days)}"
    step = Step(f"{entry['address']}: {attributes.retention} {shown}", location)

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
        retention=days_of(days, (step,)),
        retention_name=attributes.retention,
        engine=text(attributes.engine),
        node_type=text(attributes.node_type),
        replication_group=text(attributes.replication_group),
        cluster_mode=Known(attributes.form is Form.REPLICATION_GROUP and in_cluster_mode(values)),
        backup_window=text(attributes.backup_window),
        maintenance_window=text(attributes.maintenance_window),
    )


def _is_ours(entry: Mapping[str, "Slice"]) -> bool:
    """Say whether an entry is a managed resource of one of our types that is not about to go."""
    mode = entry["mode"].value() if "mode" in entry else "managed"
    gone = {"deposed", "deposed_key"} & entry.keys()
    kind = entry.get("type")
    is_ours = kind is not None and kind.is_text and kind.value() in RESOURCE_TYPES
    return mode == "managed" and not gone and is_ours


def _shown(members: Mapping[str, "Slice"]) -> Iterator[StateResource]:
    """Yield the resources of `values`, the root module's first, then its children's."""
    top = members["values"].members().get("root_module") if "values" in members else None
    modules = [top] if top else []
    while modules:
        module = modules.pop(0).members()
        for entry in module["resources"].items() if "resources" in module else ():
            if _is_ours(entry.members()):
                yield entry.checked(StateResource)
        modules += module["child_modules"].items() if "child_modules" in module else ()


def _raw(members: Mapping[str, "Slice"]) -> Iterator[StateResource]:
    """Yield the resources of a raw state file under Terraform's own addresses."""
    for entry in members["resources"].items() if "resources" in members else ():
        if not _is_ours(entry.members()):
            continue
        resource = entry.checked(RawResource)
        module = f"{resource['module']}." if resource.get("module") else ""
        for instance in resource.get("instances", ()):
            if "deposed" in instance:
                continue
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
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    for written, meant in (
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\t", "\\t"),
        ("${", "$${"),
        ("%{", "%%{"),
    ):
        escaped = escaped.replace(written, meant)
    return f'["{escaped}"]'


def _sensitive_names(paths: list[Any]) -> dict[str, Any]:
    """Give the top-level attributes that a raw state's `sensitive_attributes` paths mark."""
    steps = (path[0] for path in paths if isinstance(path, list) and len(path) == 1)
    return {
        str(step["value"]): True
        for step in steps
        if isinstance(step, dict) and step.get("type") == "get_attr" and "value" in step
    }
