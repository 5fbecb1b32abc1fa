"""An entry of a plan's `resource_changes` → the cache that will exist once the plan is applied.

It takes decoded JSON and imports only the standard library: Checkov loads it without our dependencies.
"""

from typing import Any, Required, TypedDict

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unknown, Unset, Value
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    Attributes,
    days_of,
    in_cluster_mode,
    is_marked,
    replication_group_of,
    retention_of,
    text_of,
)
from ecbackup_iac.readers.terraform_json.plan_configuration import (
    BlockExpressions,
    Blocks,
    Json,
    is_always_known,
)

REMOVALS = {"delete", "forget"}
"""Actions after which a resource is no longer managed."""


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


def is_managed_afterwards(entry: ResourceChange) -> bool:
    """Whether a change leaves a managed resource, which it neither removes nor forgets."""
    actions = set(entry["change"].get("actions", ()))
    is_managed = entry.get("mode", "managed") == "managed" and "deposed" not in entry
    return is_managed and not (actions and actions <= REMOVALS)


def read_change(
    entry: ResourceChange,
    blocks: Blocks,
    root: str,
    deferred: str = "",
    source: Source = Source.TERRAFORM_PLAN,
) -> CacheResource | None:
    """Return the cache of one entry of `resource_changes`; None where it is not one, or will not exist.

    `blocks` are those of the plan's configuration; `deferred` is why Terraform defers the change, or "".
    """
    attributes = RESOURCE_TYPES.get(entry["type"])
    if attributes is None or not is_managed_afterwards(entry):
        return None
    block = blocks.block_of(
        module_address=entry.get("module_address", ""),
        kind=entry["type"],
        name=entry.get("name", ""),
    )
    instance = _Instance(entry, attributes, block, input_location(root))
    retention = instance.retention()
    if deferred:
        retention = Unknown(f"Terraform defers the change ({deferred})", trace=retention.trace)
    before = days_of((entry["change"].get("before") or {}).get(attributes.retention))
    return CacheResource(
        address=entry["address"],
        type=entry["type"],
        form=attributes.form,
        source=source,
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
    """What a plan contains about one resource instance: its values, and the expressions for them."""

    def __init__(
        self,
        entry: ResourceChange,
        attributes: Attributes,
        block: BlockExpressions,
        location: Location,
    ) -> None:
        change = entry["change"]
        self._after: Json = change.get("after") or {}
        self._after_unknown = change.get("after_unknown", False)
        self._after_sensitive = change.get("after_sensitive", False)
        self._address = entry["address"]
        self._attributes = attributes
        self._block = block
        self._location = location

    def retention(self) -> Value[int]:
        """Return the planned retention, with what it refers to where it is unknown."""
        name = self._attributes.retention
        if not self._is_unknown(name):
            is_sensitive = is_marked(self._after_sensitive, name)
            return retention_of(self._after.get(name), name, self._step, sensitive=is_sensitive)
        if self._block.sets(name) is False:
            return Unset((self._step(f"{name} is not set"),))
        trace = tuple(
            self._step(reference.text, reference.module)
            for reference in self._block.reference_chain(name)
        )
        if self._attributes.computes_retention and self._block.is_known(name):
            return Unset((*trace, self._step(f"{name} is null")))
        return Unknown(self._why_unknown(name), trace=trace)

    def _why_unknown(self, name: str) -> str:
        origins = self._block.origins(name)
        unknown = [origin for origin in origins if not is_always_known(origin)] or list(origins)
        if not unknown:
            return "the plan does not show what it depends on"
        listed = " and ".join(unknown)
        is_local = all(origin.startswith("local.") for origin in unknown)
        if self._attributes.computes_retention and is_local:
            # Null, too, is planned as unknown where the provider computes the retention.
            return f"it depends on {listed}, null or known only after apply"
        return f"it depends on {listed}, known only after apply"

    def text(self, name: str | None) -> Value[str]:
        """Return a setting that is text; what the configuration leaves to the provider is unset."""
        if name is None:
            return Unset()
        if not self._is_unknown(name):
            return text_of(self._after.get(name), sensitive=is_marked(self._after_sensitive, name))
        if self._block.sets(name) is False:
            return Unset()
        return Unknown(f"{name} is known only after apply")

    def replication_group(self) -> Value[str]:
        """Return the group that a cluster belongs to.

        That the plan shows it as unknown does not mean that there is one, because the provider computes it.
        """
        name = self._attributes.replication_group
        if name is None or not self._is_unknown(name):
            return self.text(name)
        is_set = self._block.sets(name)
        engine = self._attributes.engine
        is_engine_known = isinstance(text_of(self._after.get(engine)), Known)
        if is_engine_known or is_set is False or self._block.is_known(name):
            return Unset()
        if is_set is None:
            return Unknown(f"{name} is known only after apply")
        references = " and ".join(self._block.references(name))
        return replication_group_of(
            Unknown(f"{name} depends on {references or 'values known only after apply'}"),
            is_engine_set=bool(self._block.sets(engine)) and not self._block.is_known(engine),
            reference=references,
        )

    def cluster_mode(self) -> Value[bool]:
        """Return whether a replication group runs in cluster mode."""
        if in_cluster_mode(self._after, self._attributes):
            return Known(value=True)
        names = self._attributes.cluster_mode
        if any(self._is_unknown(name) and self._block.sets(name) for name in names):
            return Unknown("cluster mode is known only after apply")
        return Known(value=False)

    def _is_unknown(self, name: str) -> bool:
        return is_marked(self._after_unknown, name)

    def _step(self, text: str, module: str = "") -> TraceStep:
        return TraceStep(f"{module or self._address}: {text}", self._location, StepKind.RECORDED)
