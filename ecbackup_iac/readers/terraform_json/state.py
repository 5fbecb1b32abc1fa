"""A Terraform state → the caches it holds: `terraform show -json`, or a raw state file of version 4."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unset
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    in_cluster_mode,
    is_marked,
    retention_of,
    text_of,
)
from ecbackup_iac.readers.terraform_json.plan import unknown_format
from ecbackup_iac.readers.terraform_json.recorded_deployments import (
    KINDS,
    RecordedResource,
    deployed,
)
from ecbackup_iac.terraform.modules.addresses import instance_key

if TYPE_CHECKING:
    from ecbackup_iac.readers.raw_json import RawJson

MARKS = ("format_version", "terraform_version")
"""Members without which a text holds no state."""

RAW_VERSION = 4

_KINDS = {*RESOURCE_TYPES, *KINDS}

_CACHE_TYPE = "aws_elasticache_"  # how the type of each cache in an older state begins

_DEPOSED = "only a deposed object is left of it"


class StateResource(TypedDict, total=False):
    """A resource instance in `values`, as far as it matters here."""

    address: Required[str]
    type: Required[str]
    deposed_key: str
    values: dict[str, Any] | None
    sensitive_values: dict[str, Any] | bool


class RawInstance(TypedDict, total=False):
    """An instance in a raw state file."""

    index_key: int | str | None
    deposed: str
    attributes: dict[str, Any] | None
    attributes_flat: dict[str, Any] | None
    """Instead of attributes, as texts, if no Terraform since 0.12 has written the resource."""

    sensitive_attributes: list[Any]


class RawResource(TypedDict, total=False):
    """A resource in a raw state file."""

    module: str
    type: Required[str]
    name: Required[str]
    instances: list[RawInstance] | None


def matches(members: Mapping[str, "RawJson"]) -> bool:
    """Whether a JSON object is a state."""
    is_raw = {"version", "terraform_version"} <= members.keys() and (
        "lineage" in members or "modules" in members
    )
    is_empty = members.keys() in ({"format_version"}, {"format_version", "terraform_version"})
    return is_raw or is_empty or {"format_version", "values"} <= members.keys()


def read(members: Mapping[str, "RawJson"], root: str) -> ReadResult:
    """Return the caches of a state; `root` is its path. An error in one entry does not affect the others."""
    problem = _unknown_format(members)
    if problem:
        return ReadResult(diagnostics=(Diagnostic(problem, input_location(root)),))
    is_shown = "format_version" in members
    resources: list[CacheResource] = []
    diagnostics: list[Diagnostic] = []
    absent: list[AbsentCache] = []
    recorded: list[RecordedResource] = []
    for entry in _shown(members) if is_shown else _raw(members):
        try:
            if not (entry.type_name() in _KINDS and _is_managed(entry.members())):
                continue
            for instance, reason in (_shown_instance if is_shown else _raw_instances)(entry):
                address, kind = instance["address"], instance["type"]
                if kind in KINDS:
                    recorded += [] if reason else [_recorded(instance, root)]
                elif reason:
                    absent.append(AbsentCache(address, kind, root, input_location(root), reason))
                elif instance.get("values") is not None:
                    resources.append(_resource(instance, root))
                else:
                    text = f"{address} is in the state without its attributes"
                    diagnostics.append(Diagnostic(text, input_location(root)))
        except ShapeError as error:
            text = f"an entry of the state cannot be read: {error}"
            diagnostics.append(Diagnostic(text, input_location(root)))
    current = {resource.address for resource in resources}
    gone = tuple(cache for cache in absent if cache.address not in current)
    deployments, unread = deployed(recorded, Source.TERRAFORM_STATE)
    return ReadResult((*resources, *unread), tuple(diagnostics), gone, deployments=deployments)


def _recorded(instance: StateResource, root: str) -> RecordedResource:
    values, marks = instance.get("values") or {}, instance.get("sensitive_values", False)
    return RecordedResource(
        root, instance["address"], instance["type"], values, unknown=False, sensitive=marks
    )


def _unknown_format(members: Mapping[str, "RawJson"]) -> str | None:
    if "format_version" in members:
        return unknown_format(members, "state")
    version = members["version"].value()
    if version == RAW_VERSION:
        return None
    if isinstance(version, int) and version < RAW_VERSION:
        if "modules" in members and _CACHE_TYPE not in members["modules"].json:
            return None  # it holds no cache
        return "a state file older than version 4: run terraform show -json | ecbackup-iac check -"
    shown = f"{version}" if isinstance(version, int) else "that is no number"
    return f"a raw state file of version {shown}: this program reads version {RAW_VERSION}"


def _resource(entry: StateResource, root: str) -> CacheResource:
    attributes = RESOURCE_TYPES[entry["type"]]
    values = entry.get("values") or {}
    marks = entry.get("sensitive_values", False)
    location = input_location(root)
    retention = retention_of(
        values.get(attributes.retention),
        attributes.retention,
        lambda text: TraceStep(f"{entry['address']}: {text}", location, StepKind.RECORDED),
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
        cluster_mode=Known(in_cluster_mode(values, attributes)),
        backup_window=text(attributes.backup_window),
        maintenance_window=text(attributes.maintenance_window),
    )


def _is_managed(entry: Mapping[str, "RawJson"]) -> bool:
    return "mode" not in entry or entry["mode"].value() == "managed"


def _shown_instance(entry: "RawJson") -> Iterator[tuple[StateResource, str]]:
    """Yield the resource instance, with the reason where it is absent."""
    instance = entry.checked(StateResource)
    yield instance, _DEPOSED if "deposed_key" in instance else ""


def _shown(members: Mapping[str, "RawJson"]) -> Iterator["RawJson"]:
    """Yield the resources of `values`, the root module's first, then its children's."""
    top = members["values"].members().get("root_module") if "values" in members else None
    modules = [top] if top else []
    while modules:
        module = modules.pop(0).members()
        yield from module["resources"].items() if "resources" in module else ()
        modules += module["child_modules"].items() if "child_modules" in module else ()


def _raw(members: Mapping[str, "RawJson"]) -> Iterator["RawJson"]:
    """Yield the resources of a raw state file."""
    yield from members["resources"].items() if "resources" in members else ()


def _raw_instances(entry: "RawJson") -> Iterator[tuple[StateResource, str]]:
    """Yield a raw resource's instances under their addresses, with the reason of each that is absent."""
    resource = entry.checked(RawResource)
    kind = resource["type"]
    module = f"{resource['module']}." if resource.get("module") else ""
    address = f"{module}{kind}.{resource['name']}"
    instances = resource.get("instances")
    if not instances:
        yield StateResource(address=address, type=kind), "the state has no instance of it"
        return
    for instance in instances:
        shown = StateResource(
            address=f"{address}{_instance_key(instance.get('index_key'))}",
            type=kind,
            values=instance.get("attributes") or instance.get("attributes_flat"),
            sensitive_values=_sensitive_names(instance.get("sensitive_attributes", [])),
        )
        yield shown, _DEPOSED if "deposed" in instance else ""


def _instance_key(key: int | str | None) -> str:
    """Return an instance key as in an address of Terraform: `[0]`, `["a"]`."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else instance_key(key)


def _sensitive_names(paths: list[Any]) -> dict[str, Any]:
    """Return the top-level attributes that the `sensitive_attributes` paths of a raw state mark."""
    steps = (path[0] for path in paths if isinstance(path, list) and len(path) == 1)
    return {
        str(step["value"]): True
        for step in steps
        if isinstance(step, dict) and step.get("type") == "get_attr" and "value" in step
    }
