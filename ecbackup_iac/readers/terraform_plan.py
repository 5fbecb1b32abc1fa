"""`terraform show -json` of a plan → the caches that will exist once it is applied.

The core, `read_change`, takes decoded JSON and the standard library alone, because Checkov loads it
where nothing of ours is installed. The format: HashiCorp, "JSON Output Format", format_version 0.x and 1.x.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Required, TypedDict, TypeVar

from ecbackup_iac.model.cache import CacheResource, Form, Source
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Reading
from ecbackup_iac.model.value import Known, Step, Unknown, Unset, Value
from ecbackup_iac.readers.aws_provider import (
    RESOURCE_TYPES,
    Attributes,
    days_of,
    in_cluster_mode,
    shown_value,
    text_of,
)

if TYPE_CHECKING:
    from ecbackup_iac.readers.slices import Slice

FORMAT_MAJORS = ("0", "1")

# A resource that only these happen to is gone from the configuration's hands afterwards.
_GONE = {"delete", "forget"}

_MODULE_CALL = re.compile(r'module\.([^.\[]+)(?:\[(?:[^"\]]+|"(?:[^"\\]|\\.)*")\])?\.?')

Json = Mapping[str, Any]


class Change(TypedDict, total=False):
    """What a plan does to one resource instance."""

    actions: list[str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    after_unknown: dict[str, Any] | bool
    after_sensitive: dict[str, Any] | bool


class ResourceChange(TypedDict, total=False):
    """An entry of `resource_changes`, as far as it matters here."""

    address: Required[str]
    module_address: str
    mode: str
    type: Required[str]
    name: str
    deposed: str
    change: Required[Change]


class DeferredChange(TypedDict, total=False):
    """An entry of `deferred_changes`."""

    reason: str
    resource_change: Required[ResourceChange]


class ConfigurationResource(TypedDict, total=False):
    """A resource block, as a plan's `configuration` shows it."""

    mode: str
    type: Required[str]
    name: str
    expressions: dict[str, Any]


class ModuleCall(TypedDict, total=False):
    """A module call with its inputs and the module behind it."""

    expressions: dict[str, Any]
    module: "ConfigurationModule"


class ConfigurationModule(TypedDict, total=False):
    """A module of a plan's `configuration`."""

    resources: list[ConfigurationResource]
    module_calls: dict[str, ModuleCall]


def recognises(members: Mapping[str, "Slice"]) -> bool:
    """Say whether a JSON object is a plan."""
    marks = ("planned_values", "resource_changes", "configuration")
    return "format_version" in members and any(mark in members for mark in marks)


def read(members: Mapping[str, "Slice"], root: str) -> Reading:
    """Read a plan; `root` is its path."""
    place = Location(root)
    version = members["format_version"].value()
    if str(version).partition(".")[0] not in FORMAT_MAJORS:
        text = f"plan format {version} is not known: this program reads 0.x and 1.x"
        return Reading(diagnostics=(Diagnostic(text, place),))
    changes = [
        (change, "") for change in _relevant(members.get("resource_changes"), ResourceChange)
    ]
    changes += _deferred(members.get("deferred_changes"))
    configuration: ConfigurationModule = {}
    if changes and "configuration" in members:
        top = members["configuration"].members().get("root_module")
        configuration = _module(top) if top else {}
    resources = (read_change(change, configuration, root, reason) for change, reason in changes)
    found = tuple(resource for resource in resources if resource is not None)
    return Reading(found, tuple(Diagnostic(text, place) for text in _partial(members)))


def read_change(
    entry: ResourceChange, configuration: ConfigurationModule, root: str, deferred: str = ""
) -> CacheResource | None:
    """Give the cache that one entry of `resource_changes` leads to, or None where there is none.

    `configuration` is the plan's `configuration.root_module`; `deferred` says why Terraform put the
    change off, where it did.
    """
    attributes = RESOURCE_TYPES.get(entry["type"])
    actions = set(entry["change"].get("actions", ()))
    is_managed = entry.get("mode", "managed") == "managed" and "deposed" not in entry
    if attributes is None or not is_managed or (actions and actions <= _GONE):
        return None
    instance = _Instance(entry, attributes, _written(entry, configuration), Location(root))
    retention = instance.retention()
    if deferred:
        retention = Unknown(f"Terraform defers the change ({deferred})", trace=retention.trace)
    before = days_of((entry["change"].get("before") or {}).get(attributes.retention))
    return CacheResource(
        address=entry["address"],
        type=entry["type"],
        form=attributes.form,
        source=Source.TERRAFORM_PLAN,
        root=root,
        location=Location(root),
        retention=retention,
        retention_name=attributes.retention,
        engine=instance.text(attributes.engine),
        node_type=instance.text(attributes.node_type),
        replication_group=instance.replication_group(),
        cluster_mode=instance.cluster_mode(),
        backup_window=instance.text(attributes.backup_window),
        maintenance_window=instance.text(attributes.maintenance_window),
        previous_days=before.value if isinstance(before, Known) else None,
    )


class _Instance:
    """What a plan knows of one resource instance: its values, and the expressions behind them."""

    def __init__(
        self, entry: ResourceChange, attributes: Attributes, written: "_Written", place: Location
    ) -> None:
        change = entry["change"]
        self._after: Json = change.get("after") or {}
        self._after_unknown = change.get("after_unknown", False)
        self._after_sensitive = change.get("after_sensitive", False)
        self._address = entry["address"]
        self._attributes = attributes
        self._written = written
        self._place = place

    def retention(self) -> Value[int]:
        """Give the planned retention, with what it refers to where it is unknown."""
        name = self._attributes.retention
        if not self._is_unknown(name):
            planned = self._after.get(name)
            shown = "not set" if planned is None else f"= {shown_value(planned)}"
            return days_of(planned, (self._step(f"{name} {shown}"),))
        if self._written.sets(name) is False:
            return Unset((self._step(f"{name} is not set"),))
        trace = tuple(self._step(hop.text, hop.module) for hop in self._written.hops(name))
        origins = self._written.origins(name)
        if self._attributes.computes_retention and self._written.is_known(name):
            return Unset((*trace, self._step(f"{name} = null")))
        waiting = [origin for origin in origins if not origin.startswith("var.")]
        origin = " and ".join(waiting or origins) or "something"
        return Unknown(f"it depends on {origin}, known only after apply", trace=trace)

    def text(self, name: str | None) -> Value[str]:
        """Give a setting that is text; what the configuration leaves to the provider is unset."""
        if name is None:
            return Unset()
        if not self._is_unknown(name):
            sensitive = is_marked(self._after_sensitive, name)
            return text_of(self._after.get(name), sensitive=sensitive)
        if self._written.sets(name) is False:
            return Unset()
        return Unknown(f"{name} is known only after apply")

    def replication_group(self) -> Value[str]:
        """Give the group that a cluster belongs to.

        Unknown in the plan is no sign of one, because the provider computes it. Of engine and
        replication_group_id a configuration sets exactly one (provider source, cluster.go).
        """
        name = self._attributes.replication_group
        if name is None or not self._is_unknown(name):
            return self.text(name)
        is_set = self._written.sets(name)
        engine_is_known = isinstance(text_of(self._after.get(self._attributes.engine)), Known)
        if not is_set:
            is_standalone = is_set is False or engine_is_known
            return Unset() if is_standalone else Unknown(f"{name} is known only after apply")
        references = self._written.references(name)
        if not references:
            return Unset()  # written as null
        if engine_is_known:
            return Unknown(f"{name} depends on {' and '.join(references)}")
        return Known(" and ".join(references))

    def cluster_mode(self) -> Value[bool]:
        """Say whether a replication group runs in cluster mode."""
        deciding = ("cluster_mode", "num_node_groups", "parameter_group_name")
        if self._attributes.form is not Form.REPLICATION_GROUP:
            return Known(value=False)
        if in_cluster_mode(self._after):
            return Known(value=True)
        if any(self._is_unknown(name) and self._written.sets(name) for name in deciding):
            return Unknown("cluster mode is known only after apply")
        return Known(value=False)

    def _is_unknown(self, name: str) -> bool:
        return is_marked(self._after_unknown, name)

    def _step(self, text: str, module: str = "") -> Step:
        return Step(f"{module or self._address}: {text}", self._place)


def is_marked(marks: object, name: str) -> bool:
    """Say whether `after_unknown` or `after_sensitive` marks an attribute, or all of them."""
    return marks is True or (isinstance(marks, dict) and marks.get(name) is True)


@dataclass(frozen=True, slots=True)
class _Hop:
    """One expression on the way to an unknown value, and what it refers to."""

    text: str
    references: tuple[str, ...]
    module: str = ""
    """The module call that holds it; empty for the resource's own block."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What the configuration in a plan says of one resource."""

    expressions: Json | None
    """Those of its block, or None where no block was found."""

    calls: Sequence[tuple[str, Json]] = ()
    """The module calls down to it, outermost first: address and inputs."""

    def sets(self, name: str) -> bool | None:
        """Say whether the block sets an attribute; None where no block was found."""
        return None if self.expressions is None else name in self.expressions

    def references(self, name: str) -> tuple[str, ...]:
        """Give what an attribute's expression refers to, each in its longest form."""
        return _references((self.expressions or {}).get(name))

    def origins(self, name: str) -> tuple[str, ...]:
        """Give what an attribute refers to in the end, with every module input followed to its caller."""
        found = self.references(name)
        for _, inputs in reversed(self.calls):
            found = tuple(
                origin
                for reference in found
                for origin in (
                    _references(inputs.get(_variable(reference)))
                    if reference.startswith("var.")
                    else (reference,)
                )
            )
        return tuple(dict.fromkeys(found))

    def is_known(self, name: str) -> bool:
        """Say whether an attribute comes from constants and root variables alone.

        A plan knows those, so what it shows as unknown all the same was written as null and is left
        to the provider.
        """
        expression = (self.expressions or {}).get(name)
        is_plain = isinstance(expression, Mapping) and bool(expression)
        return is_plain and all(origin.startswith("var.") for origin in self.origins(name))

    def hops(self, name: str) -> list[_Hop]:
        """Follow an attribute from its block up through module inputs, as long as it is a variable."""
        references = self.references(name)
        found = [_hop(name, references)] if references else []
        for module, inputs in reversed(self.calls):
            if len(references) != 1 or not references[0].startswith("var."):
                break
            variable = _variable(references[0])
            references = _references(inputs.get(variable))
            if not references:
                break
            found.append(_hop(variable, references, module))
        return found


def _hop(name: str, references: tuple[str, ...], module: str = "") -> _Hop:
    return _Hop(f"{name} refers to {', '.join(references)}", references, module)


def _written(entry: ResourceChange, configuration: ConfigurationModule) -> _Written:
    """Find the block behind an instance: down the module calls of its address."""
    module, calls, address = configuration, [], ""
    for match in _MODULE_CALL.finditer(entry.get("module_address", "")):
        address += f".module.{match[1]}"
        call = module.get("module_calls", {}).get(match[1])
        if call is None:
            return _Written(None)
        calls.append((address[1:], call.get("expressions", {})))
        module = call.get("module", {})
    for resource in module.get("resources", ()):
        same = resource["type"] == entry["type"] and resource.get("name") == entry.get("name")
        if same and resource.get("mode", "managed") == "managed":
            return _Written(resource.get("expressions", {}), calls)
    return _Written(None)


def _variable(reference: str) -> str:
    """Give the name of the variable that a reference begins with: "days" of var.days["x"].y."""
    return re.split(r"[.\[]", reference.removeprefix("var."))[0]


def _references(expression: object) -> tuple[str, ...]:
    """Give an expression's references without those that are only the beginning of another."""
    if not isinstance(expression, Mapping):
        return ()
    listed = expression.get("references")
    written = [str(reference) for reference in listed] if isinstance(listed, list) else []
    return tuple(
        one
        for one in dict.fromkeys(written)
        if not any(other.startswith((f"{one}.", f"{one}[")) for other in written)
    )


Entry = TypeVar("Entry", ResourceChange, ConfigurationResource)


def _relevant(entries: "Slice | None", kind: type[Entry]) -> Iterator[Entry]:
    """Decode those entries of a list whose type is one of ours."""
    for entry in entries.items() if entries else ():
        name = entry.members().get("type")
        if name is not None and name.is_text and name.value() in RESOURCE_TYPES:
            yield entry.checked(kind)


def _deferred(entries: "Slice | None") -> Iterator[tuple[ResourceChange, str]]:
    for entry in entries.items() if entries else ():
        deferred = entry.checked(DeferredChange)
        yield deferred["resource_change"], deferred.get("reason") or "no reason given"


def _module(slices: "Slice") -> ConfigurationModule:
    """Decode of a module what can matter: blocks of our types, and every call's inputs."""
    members = slices.members()
    calls: dict[str, ModuleCall] = {}
    if "module_calls" in members:
        for name, call in members["module_calls"].members().items():
            parts = call.members()
            inputs = parts["expressions"].checked(dict[str, Any]) if "expressions" in parts else {}
            module = _module(parts["module"]) if "module" in parts else ConfigurationModule()
            calls[name] = ModuleCall(expressions=inputs, module=module)
    resources = list(_relevant(members.get("resources"), ConfigurationResource))
    return ConfigurationModule(resources=resources, module_calls=calls)


def _partial(members: Mapping[str, "Slice"]) -> Iterator[str]:
    """Say why a plan may not show every cache."""
    if "errored" in members and members["errored"].value() is True:
        yield "the plan is partial: terraform plan ended with an error, so caches may be missing"
    elif "complete" in members and members["complete"].value() is False:
        yield "the plan is partial: it was targeted or defers changes, so caches may be missing"
    if "resource_changes" not in members and _holds_managed(members.get("prior_state")):
        yield "the plan is refresh-only and has no changes to judge: plan without -refresh-only"


def _holds_managed(state: "Slice | None") -> bool:
    """Say whether a `prior_state` holds a managed resource, which any other plan would list."""
    values = state.members().get("values") if state else None
    modules = (
        [values.members()["root_module"]] if values and "root_module" in values.members() else []
    )
    while modules:
        module = modules.pop().members()
        for resource in module["resources"].items() if "resources" in module else ():
            mode = resource.members().get("mode")
            if mode is not None and mode.value() == "managed":
                return True
        modules += module["child_modules"].items() if "child_modules" in module else ()
    return False
