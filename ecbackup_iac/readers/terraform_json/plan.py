"""`terraform show -json` of a plan → the caches that will exist once it is applied.

The core, `read_change`, takes decoded JSON and the standard library alone, because Checkov loads it
where nothing of ours is installed. The format: HashiCorp, "JSON Output Format", format_version 0.x and 1.x.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict

from ecbackup_iac.model.cache import CacheResource, Source
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unknown, Unset, Value
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    Attributes,
    days_of,
    in_cluster_mode,
    retention_of,
    text_of,
)

if TYPE_CHECKING:
    from ecbackup_iac.readers.raw_json import RawJson

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
    for_each_expression: Any


class ModuleCall(TypedDict, total=False):
    """A module call with its inputs and the module behind it."""

    expressions: dict[str, Any]
    for_each_expression: Any
    module: "ConfigurationModule"


class ConfigurationModule(TypedDict, total=False):
    """A module of a plan's `configuration`."""

    resources: list[ConfigurationResource]
    module_calls: dict[str, ModuleCall]


def matches(members: Mapping[str, "RawJson"]) -> bool:
    """Say whether a JSON object is a plan."""
    marks = ("planned_values", "resource_changes", "configuration")
    return "format_version" in members and any(mark in members for mark in marks)


def read(members: Mapping[str, "RawJson"], root: str) -> ReadResult:
    """Read a plan; `root` is its path."""
    place = input_location(root)
    problem = unknown_format(members, "plan")
    if problem:
        return ReadResult(diagnostics=(Diagnostic(problem, place),))
    from ecbackup_iac.readers.terraform_json.plan_coverage import why_partial

    partial = why_partial(members)
    diagnostics = [Diagnostic(partial, place)] if partial else []
    changes = _changes(members, diagnostics, place)
    configuration: ConfigurationModule = {}
    if changes and "configuration" in members:
        try:
            top = members["configuration"].members().get("root_module")
            configuration = _module(top) if top else {}
        except ShapeError as error:
            diagnostics.append(Diagnostic(f"the plan's configuration is misshapen: {error}", place))
    blocks = Blocks(configuration)
    absent = () if diagnostics else _absent(members, changes, diagnostics, place)
    resources = (read_change(change, blocks, root, reason) for change, reason in changes)
    found = tuple(resource for resource in resources if resource is not None)
    return ReadResult(
        found,
        tuple(diagnostics),
        absent,
        variables=_variables(members) if found else {},
    )


def _absent(
    members: Mapping[str, "RawJson"],
    changes: list[tuple[ResourceChange, str]],
    diagnostics: list[Diagnostic],
    place: Location,
) -> tuple[AbsentCache, ...]:
    """Return the caches that the plan does not create, and add what it hides to the diagnostics."""
    from ecbackup_iac.readers.terraform_json.plan_coverage import coverage

    try:
        absent, problem = coverage(members, [change for change, _ in changes], place.path)
    except ShapeError as error:
        absent, problem = [], f"the plan is misshapen: {error}"
    if problem:
        diagnostics.append(Diagnostic(problem, place))
    return tuple(absent)


def unknown_format(members: Mapping[str, "RawJson"], what: str) -> str | None:
    """Say that a `format_version` is none this program knows; None where it is."""
    version = members["format_version"].value()
    if isinstance(version, str) and version.partition(".")[0] in FORMAT_MAJORS:
        return None
    shown = version[:20] if isinstance(version, str) else "that is no text"
    return f"a {what} of format_version {shown}: this program reads 0.x and 1.x"


def _variables(members: Mapping[str, "RawJson"]) -> dict[str, str]:
    """Give the values of the root module's variables; only where things are written depends on them."""
    found = {}
    try:
        for name, entry in members["variables"].members().items() if "variables" in members else ():
            value = entry.members().get("value")
            found[name] = value.json if value else "null"
    except ShapeError:
        return {}
    return found


def _changes(
    members: Mapping[str, "RawJson"], diagnostics: list[Diagnostic], place: Location
) -> list[tuple[ResourceChange, str]]:
    """Decode the changes to our types, with the reason where one is deferred.

    What is wrong with one entry takes nothing from the others.
    """
    found = []
    for name in ("resource_changes", "deferred_changes"):
        for entry in members[name].items() if name in members else ():
            try:
                if name == "deferred_changes":
                    deferred = entry.members()
                    reason = _reason(deferred.get("reason"))
                    entry = deferred["resource_change"]  # noqa: PLW2901 - what it is about
                else:
                    reason = ""
                if is_ours(entry):
                    found.append((entry.checked(ResourceChange), reason))
            except (ShapeError, KeyError) as error:
                text = f"an entry of {name} cannot be read: {error}"
                diagnostics.append(Diagnostic(text, place))
    return found


def is_ours(entry: "RawJson") -> bool:
    """Say whether an entry is of one of our types. Raises ShapeError where it has no type."""
    kind = entry.members().get("type")
    if kind is None:
        raise ShapeError("it has no type")
    return kind.text() in RESOURCE_TYPES


def _reason(reason: "RawJson | None") -> str:
    """Give Terraform's word for a deferral; nothing else is printed."""
    text = reason.value() if reason else None
    is_word = isinstance(text, str) and re.fullmatch(r"[a-z_]{1,60}", text)
    return str(text) if is_word else "no reason given"


def read_change(
    entry: ResourceChange, blocks: "Blocks", root: str, deferred: str = ""
) -> CacheResource | None:
    """Give the cache that one entry of `resource_changes` leads to, or None where there is none.

    `blocks` are those of the plan's configuration; `deferred` says why Terraform put the change
    off, where it did.
    """
    attributes = RESOURCE_TYPES.get(entry["type"])
    actions = set(entry["change"].get("actions", ()))
    is_managed = entry.get("mode", "managed") == "managed" and "deposed" not in entry
    if attributes is None or not is_managed or (actions and actions <= _GONE):
        return None
    instance = _Instance(entry, attributes, blocks.behind(entry), input_location(root))
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
        location=input_location(root),
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
            sensitive = may_hold_suppression(self._after_sensitive, name)
            return retention_of(self._after.get(name), name, self._step, sensitive=sensitive)
        if self._written.sets(name) is False:
            return Unset((self._step(f"{name} is not set"),))
        trace = tuple(self._step(hop.text, hop.module) for hop in self._written.hops(name))
        if self._attributes.computes_retention and self._written.is_known(name):
            return Unset((*trace, self._step(f"{name} is null")))
        origins = self._written.origins(name)
        waiting = [origin for origin in origins if not _is_always_known(origin)] or list(origins)
        if not waiting:
            return Unknown("the plan does not show what it depends on", trace=trace)
        origin = " and ".join(waiting)
        if self._attributes.computes_retention and all(one.startswith("local.") for one in waiting):
            # Null, too, is planned as unknown where the provider computes the retention.
            return Unknown(f"it depends on {origin}, null or known only after apply", trace=trace)
        return Unknown(f"it depends on {origin}, known only after apply", trace=trace)

    def text(self, name: str | None) -> Value[str]:
        """Give a setting that is text; what the configuration leaves to the provider is unset."""
        if name is None:
            return Unset()
        if not self._is_unknown(name):
            sensitive = may_hold_suppression(self._after_sensitive, name)
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
        engine = self._attributes.engine
        engine_is_known = isinstance(text_of(self._after.get(engine)), Known)
        if engine_is_known or is_set is False or self._written.is_known(name):
            return Unset()
        if is_set is None:
            return Unknown(f"{name} is known only after apply")
        references = " and ".join(self._written.references(name))
        if not self._written.sets(engine) or self._written.is_known(engine):
            return Known(references or "of its own")
        return Unknown(f"{name} depends on {references or 'what only the apply shows'}")

    def cluster_mode(self) -> Value[bool]:
        """Say whether a replication group runs in cluster mode."""
        group = self._attributes.parameter_group
        if group is None:
            return Known(value=False)
        deciding = ("cluster_mode", "num_node_groups", group)
        if in_cluster_mode(self._after, group):
            return Known(value=True)
        if any(self._is_unknown(name) and self._written.sets(name) for name in deciding):
            return Unknown("cluster mode is known only after apply")
        return Known(value=False)

    def _is_unknown(self, name: str) -> bool:
        return may_hold_suppression(self._after_unknown, name)

    def _step(self, text: str, module: str = "") -> TraceStep:
        return TraceStep(f"{module or self._address}: {text}", self._place, StepKind.RECORDED)


def may_hold_suppression(marks: object, name: str) -> bool:
    """Say whether `after_unknown` or `after_sensitive` marks an attribute, or all of them."""
    return marks is True or (isinstance(marks, dict) and marks.get(name) is True)


@record
class _Hop:
    """One expression on the way to an unknown value, and what it refers to."""

    text: str
    references: tuple[str, ...]
    module: str = ""
    """The module call that holds it; empty for the resource's own block."""


@record
class _Level:
    """Expressions at one level of the module tree: a block's own, or those of a call to its module."""

    expressions: Json
    for_each: object = None
    module: str = ""
    """The module call that holds them; empty for the resource's own block."""


@record
class _Written:
    """What the configuration in a plan says of one resource."""

    levels: tuple[_Level, ...] = ()
    """The block's own, then those of the calls above it, innermost first; empty where no block was found."""

    def sets(self, name: str) -> bool | None:
        """Say whether the block sets an attribute; None where no block was found."""
        return name in self.levels[0].expressions if self.levels else None

    def references(self, name: str) -> tuple[str, ...]:
        """Give what an attribute's expression refers to, each in its longest form."""
        return _references(self.levels[0].expressions.get(name)) if self.levels else ()

    def origins(self, name: str) -> tuple[str, ...]:
        """Give what an attribute refers to in the end, every module input followed to its caller."""
        return self._followed(name)[0]

    def is_known(self, name: str) -> bool:
        """Say whether an attribute comes from nothing but what a plan knows.

        What a plan shows as unknown all the same was written as null, and is left to the provider.
        """
        origins, is_told = self._followed(name)
        return is_told and all(map(_is_always_known, origins))

    def _followed(self, name: str) -> tuple[tuple[str, ...], bool]:
        """Follow an attribute up; also say whether every expression on the way tells what it refers to."""
        if not self.levels:
            return (), False
        wanted, is_told = [name], True
        found: list[str] = []
        for level in self.levels:
            following: list[str] = []
            for variable in dict.fromkeys(wanted):
                if variable not in level.expressions and level is not self.levels[0]:
                    continue  # the call leaves it to the variable's default
                expression = level.expressions.get(variable)
                is_told = is_told and isinstance(expression, Mapping) and bool(expression)
                for reference in _with_each(_references(expression), level.for_each):
                    is_input = reference.startswith("var.") and level is not self.levels[-1]
                    (following if is_input else found).append(
                        _variable(reference) if is_input else reference
                    )
            wanted = following
        return tuple(dict.fromkeys(found)), is_told

    def hops(self, name: str) -> list[_Hop]:
        """Follow an attribute from its block up through module inputs, as long as it is a variable."""
        found: list[_Hop] = []
        for level in self.levels:
            references = _references(level.expressions.get(name))
            if not references:
                break
            found.append(_hop(name, references, level.module))
            if len(references) != 1 or not references[0].startswith("var."):
                break
            name = _variable(references[0])
        return found


def _hop(name: str, references: tuple[str, ...], module: str = "") -> _Hop:
    return _Hop(f"{name} refers to {', '.join(references)}", references, module)


def _with_each(references: Iterable[str], for_each: object) -> Iterator[str]:
    """Yield references, what `for_each` refers to in the place of `each`."""
    for reference in references:
        if reference.startswith("each.") and isinstance(for_each, Mapping) and for_each:
            yield from _references(for_each)
        else:
            yield reference


def _is_always_known(reference: str) -> bool:
    """Say whether a plan knows what a root module's expression refers to."""
    return reference.startswith(("var.", "count.", "path.")) or reference == "terraform.workspace"


class Blocks:
    """The resource blocks of a plan's configuration, found by module path, type and name."""

    def __init__(self, configuration: ConfigurationModule) -> None:
        self._found: dict[tuple[str, str, str], _Written] = {}
        pending: list[tuple[str, ConfigurationModule, tuple[_Level, ...]]] = [
            ("", configuration, ())
        ]
        while pending:
            path, module, calls = pending.pop()
            for block in module.get("resources", ()):
                if block.get("mode", "managed") == "managed":
                    own = _Level(block.get("expressions", {}), block.get("for_each_expression"))
                    key = (path, block["type"], block.get("name", ""))
                    self._found[key] = _Written((own, *calls))
            for name, call in module.get("module_calls", {}).items():
                inner = f"{path}.module.{name}".removeprefix(".")
                level = _Level(call.get("expressions", {}), call.get("for_each_expression"), inner)
                pending.append((inner, call.get("module", {}), (level, *calls)))

    def behind(self, entry: ResourceChange) -> _Written:
        """Give the block behind an instance."""
        names = _MODULE_CALL.findall(entry.get("module_address", ""))
        path = ".".join(f"module.{name}" for name in names)
        return self._found.get((path, entry["type"], entry.get("name", "")), _Written())


def _variable(reference: str) -> str:
    """Give the name of the variable that a reference begins with: "days" of var.days["x"].y."""
    return re.split(r"[.\[]", reference.removeprefix("var."))[0]


def _references(expression: object) -> tuple[str, ...]:
    """Give an expression's references without those that are only the beginning of another."""
    listed = expression.get("references") if isinstance(expression, Mapping) else None
    if not isinstance(listed, list):
        return ()
    written = dict.fromkeys(one for one in listed if isinstance(one, str))
    beginnings = {one[: cut.start()] for one in written for cut in re.finditer(r"[.\[]", one)}
    return tuple(one for one in written if one not in beginnings)


def _module(slices: "RawJson") -> ConfigurationModule:
    """Decode of a module what can matter: blocks of our types, and every call's inputs."""
    members = slices.members()
    calls: dict[str, ModuleCall] = {}
    if "module_calls" in members:
        for name, call in members["module_calls"].members().items():
            parts = call.members()
            inputs = parts["expressions"].checked(dict[str, Any]) if "expressions" in parts else {}
            module = _module(parts["module"]) if "module" in parts else ConfigurationModule()
            each = parts["for_each_expression"].value() if "for_each_expression" in parts else None
            calls[name] = ModuleCall(expressions=inputs, for_each_expression=each, module=module)
    blocks = members["resources"].items() if "resources" in members else ()
    ours = [block.checked(ConfigurationResource) for block in blocks if is_ours(block)]
    return ConfigurationModule(resources=ours, module_calls=calls)
