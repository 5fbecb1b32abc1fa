"""A Terraform state → the caches it contains: `terraform show -json`, or a raw state file of version 4."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict

from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.source import Source
from ecbackup_iac.readers.raw_json import RawJson
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.terraform_json.plan import SOUGHT_TYPES, unknown_format
from ecbackup_iac.readers.terraform_json.plan_configuration import Blocks
from ecbackup_iac.readers.terraform_json.planned_change import Change, ResourceChange, read_change
from ecbackup_iac.readers.terraform_json.recorded_deployments import KINDS, deployed
from ecbackup_iac.terraform.modules.addresses import instance_key

if TYPE_CHECKING:
    from ecbackup_iac.model.cache import CacheResource

MEMBER_NAMES = ("format_version", "terraform_version")
"""Members without which a text contains no state."""

RAW_VERSION = 4

_CACHE_TYPE = "aws_elasticache_"  # how the type of each cache in an older state begins

_DEPOSED = "only a deposed object remains"


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
    """Instead of attributes, as strings, if no Terraform since 0.12 has written the resource."""

    sensitive_attributes: list[Any]


class RawResource(TypedDict, total=False):
    """A resource in a raw state file."""

    module: str
    type: Required[str]
    name: Required[str]
    instances: list[RawInstance] | None


def matches(members: Mapping[str, RawJson]) -> bool:
    """Whether a JSON object is a state."""
    is_raw = {"version", "terraform_version"} <= members.keys() and (
        "lineage" in members or "modules" in members
    )
    is_empty = members.keys() in ({"format_version"}, {"format_version", "terraform_version"})
    return is_raw or is_empty or {"format_version", "values"} <= members.keys()


def read(members: Mapping[str, RawJson], root: str) -> ReadResult:
    """Return the caches of a state; `root` is its path. An error in one entry does not affect the others."""
    problem = _unknown_format(members)
    if problem:
        return ReadResult(diagnostics=(Diagnostic(problem, input_location(root)),))
    source, is_shown = Source.TERRAFORM_STATE, "format_version" in members
    resources: list[CacheResource] = []
    diagnostics: list[Diagnostic] = []
    absent: list[AbsentCache] = []
    deploying: list[ResourceChange] = []
    raw = members["resources"].items() if "resources" in members and not is_shown else ()
    for entry in _shown(members) if is_shown else raw:
        try:
            mode = entry.members().get("mode")
            if entry.type_name() not in SOUGHT_TYPES or (mode and mode.value() != "managed"):
                continue
            instances = _shown_instance(entry) if is_shown else _raw_instances(entry)
            for instance, reason in instances:
                address, kind = instance["address"], instance["type"]
                if kind in KINDS:
                    deploying += [] if reason else [instance]
                elif reason:
                    absent.append(AbsentCache(address, kind, root, input_location(root), reason))
                elif instance["change"].get("after") is None:
                    text = f"{address} is in the state without its attributes"
                    diagnostics.append(Diagnostic(text, input_location(root)))
                elif cache := read_change(instance, Blocks({}), root, source=source):
                    resources.append(cache)
        except ShapeError as error:
            text = f"an entry of the state cannot be read: {error}"
            diagnostics.append(Diagnostic(text, input_location(root)))
    current = {resource.address for resource in resources}
    gone = tuple(cache for cache in absent if cache.address not in current)
    deployments, unread = deployed(deploying, root, source)
    return ReadResult((*resources, *unread), tuple(diagnostics), gone, deployments=deployments)


def _unknown_format(members: Mapping[str, RawJson]) -> str | None:
    if "format_version" in members:
        return unknown_format(members, "state")
    version = members["version"].value()
    if version == RAW_VERSION:
        return None
    if isinstance(version, int) and version < RAW_VERSION:
        if "modules" in members and _CACHE_TYPE not in members["modules"].json:
            return None  # it contains no cache
        return "a state file older than version 4: run terraform show -json | ecbackup-iac check -"
    shown = f"{version}" if isinstance(version, int) else "that is not a number"
    return f"a raw state file of version {shown}: ecbackup-iac reads version {RAW_VERSION}"


def _shown_instance(entry: RawJson) -> Iterator[tuple[ResourceChange, str]]:
    """Yield the one resource instance of an entry in `values`, with the reason where it is absent."""
    shown = entry.checked(StateResource)
    change = Change(after=shown.get("values"), after_sensitive=shown.get("sensitive_values", False))
    instance = ResourceChange(address=shown["address"], type=shown["type"], change=change)
    yield instance, _DEPOSED if "deposed_key" in shown else ""


def _shown(members: Mapping[str, RawJson]) -> Iterator[RawJson]:
    """Yield the resources of `values`, the root module's first, then its children's."""
    top = members["values"].members().get("root_module") if "values" in members else None
    modules = [top] if top else []
    while modules:
        module = modules.pop(0).members()
        yield from module["resources"].items() if "resources" in module else ()
        modules += module["child_modules"].items() if "child_modules" in module else ()


def _raw_instances(entry: RawJson) -> Iterator[tuple[ResourceChange, str]]:
    """Yield a raw resource's instances under their addresses, with the reason of each that is absent."""
    resource = entry.checked(RawResource)
    kind = resource["type"]
    module = f"{resource['module']}." if resource.get("module") else ""
    address = f"{module}{kind}.{resource['name']}"
    instances = resource.get("instances")
    if not instances:
        nothing = ResourceChange(address=address, type=kind, change=Change())
        yield nothing, "the state has no instance of it"
        return
    for instance in instances:
        key = _instance_key(instance.get("index_key"))
        change = Change(
            after=instance.get("attributes") or instance.get("attributes_flat"),
            after_sensitive=_sensitive_names(instance.get("sensitive_attributes", [])),
        )
        shown = ResourceChange(address=f"{address}{key}", type=kind, change=change)
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
