"""A resource in a preview or a state → the cache it is.

The providers are aws, which is bridged from Terraform's, and aws-native, which has the properties of
CloudFormation: their resource types have the properties of Terraform's aws and awscc, in camel case. Values
that are secret or unknown are objects or strings (Pulumi's JSON Schema of property values).
"""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unknown, Unset, Value
from ecbackup_iac.readers.terraform.deployers import text_mentions_cache
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    Attributes,
    days_of,
    in_cluster_mode,
    replication_group_of,
    retention_of,
    text_of,
)

if TYPE_CHECKING:
    from ecbackup_iac.readers.raw_json import RawJson

# The type of a resource → that of the provider aws or awscc.
_TYPES = {
    "aws:elasticache/cluster:Cluster": "aws_elasticache_cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup": "aws_elasticache_replication_group",
    "aws:elasticache/serverlessCache:ServerlessCache": "aws_elasticache_serverless_cache",
    "aws-native:elasticache:CacheCluster": "awscc_elasticache_cache_cluster",
    "aws-native:elasticache:ReplicationGroup": "awscc_elasticache_replication_group",
    "aws-native:elasticache:ServerlessCache": "awscc_elasticache_serverless_cache",
}

CACHES: Mapping[str, Attributes] = {kind: RESOURCE_TYPES[name] for kind, name in _TYPES.items()}

_DEPLOYERS = (
    "aws:cloudcontrol/resource:Resource",
    "aws:cloudformation/stack:Stack",
    "aws:cloudformation/stackSet:StackSet",
    "aws:servicecatalog/product:Product",
    "aws-native:cloudformation:Stack",
    "aws-native:cloudformation:StackSet",
    "aws-native:index:ExtensionResource",
    "aws-native:servicecatalog:CloudFormationProduct",
)

# Any Terraform provider can be bridged, and calls its types in its own way.
_OTHER_CACHES = re.compile(
    r"(?<!global)(?<!global_)(cluster|replication_?group|serverless_?cache)\Z", re.IGNORECASE
)

RETENTION = "snapshotRetentionLimit"

READ_ONLY = "it is only read here, and managed elsewhere"

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The member that says of which kind an object is."""

_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the signature of a kind
_INTEGER = "7eb310220ed6211bd6f147f2a75bfbb6"

_BLINDED = "[secret]"
"""What a preview writes instead of a secret."""

_UNKNOWN = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a string, and a value of any type in previews and states
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
)

Properties = Mapping[str, Any]


class ResourceState(TypedDict, total=False):
    """A resource as previews and states record it, as far as it matters here."""

    urn: Required[str]
    type: Required[str]
    custom: bool
    """A provider manages it; a component groups others."""

    viewOf: str
    """The resource whose provider manages this one: a Terraform module, for those in it."""

    inputs: dict[str, Any] | None
    outputs: dict[str, Any] | None
    external: bool
    """It is read, and not managed."""

    delete: bool
    """It was replaced, and is still to be deleted."""

    pendingReplacement: bool
    """It was deleted, and is still to be created again."""

    ignoreChanges: list[str] | None
    propertyDependencies: dict[str, list[str] | None] | None


def recorded(state: ResourceState | None) -> Properties:
    """Return the properties that a resource has: what the provider returned, else what it was given."""
    if state is None:
        return {}
    return {**(state.get("inputs") or {}), **(state.get("outputs") or {})}


def is_ignored(state: ResourceState, name: str) -> bool:
    """Whether an update does not change a property: its name, or all, is in `ignoreChanges`."""
    return not {name, "*"}.isdisjoint(state.get("ignoreChanges") or ())


def address_of(urn: str) -> str:
    """Return a URN without what all of them begin with: `stack::project::types::name`."""
    return urn.removeprefix("urn:pulumi:")


def type_in(urn: str) -> str:
    """Return the type that a URN names last, after those of its parents; empty where it names none."""
    parts = urn.split("::", 3)  # urn:pulumi:stack, project, types, name
    return parts[2].rpartition("$")[2] if len(parts) > 2 else ""  # noqa: PLR2004


def unread(resource: "RawJson") -> str:
    """Return the error for a resource that may be or deploy a cache and is not read. Raises ShapeError."""
    kind, text = resource.type_name(), ""
    if kind in _DEPLOYERS and text_mentions_cache(resource.json):
        text = "deploys a template with caches: check the template itself"
    # One pattern for both would try each "elasticache" with all the text after it.
    elif kind not in CACHES and "elasticache" in kind.lower() and _OTHER_CACHES.search(kind):
        text = "is a cache of a provider that is not read: aws and aws-native are"
    state = resource.checked(ResourceState) if text else None
    is_managed = state and (state.get("custom") or state.get("viewOf"))
    return f"{address_of(state['urn'])} {text}" if state and is_managed else ""


@record
class PropertyValue:
    """The value of a property, or why it is unknown."""

    value: object = None
    is_secret: bool = False
    why_unknown: str = ""


def _property_value(written: object) -> PropertyValue:
    """Return what a decoded value means."""
    match written:
        case str() if written in _UNKNOWN:
            return PropertyValue(why_unknown="it is known only after the update")
        case str() if written == _BLINDED:
            return PropertyValue(is_secret=True, why_unknown="it is a secret")
        case dict() if _SIGNATURE in written:
            return _special(written)
        case _:
            return PropertyValue(written)


def _special(written: Mapping[str, object]) -> PropertyValue:
    kind = written[_SIGNATURE]
    if kind == _INTEGER:
        return PropertyValue(written.get("value"))
    if kind != _SECRET:
        return PropertyValue(why_unknown="it is a reference to a resource or an asset")
    try:
        value = _property_value(json.loads(str(written["plaintext"])))
    except (KeyError, ValueError, RecursionError):
        return PropertyValue(is_secret=True, why_unknown="it is an encrypted secret")
    return replace(value, is_secret=True)


class PulumiCache:
    """A resource that is a cache, with its properties."""

    def __init__(self, state: ResourceState, properties: Properties, root: str) -> None:
        self._state = state
        self._attributes = CACHES[state["type"]]
        self._address = address_of(state["urn"])
        self._location = input_location(root)
        self._properties = {_snake(name): _property_value(properties[name]) for name in properties}

    def resource(self, source: Source, previous: Properties) -> CacheResource:
        """Return the cache; `previous` are the properties that it has today."""
        attributes, before = self._attributes, _property_value(previous.get(RETENTION))
        days = days_of(None if before.is_secret else before.value)
        return CacheResource(
            address=self._address,
            type=self._state["type"],
            form=attributes.form,
            source=source,
            root=self._location.path,
            location=self._location,
            retention=self._retention(),
            retention_name=RETENTION,
            engine=self._text(attributes.engine),
            node_type=self._text(attributes.node_type),
            replication_group=self._replication_group(),
            cluster_mode=self._cluster_mode(),
            backup_window=self._text(attributes.backup_window),
            maintenance_window=self._text(attributes.maintenance_window),
            previous_days=days.value if isinstance(days, Known) else None,
            retention_ignored=is_ignored(self._state, RETENTION),
        )

    def _retention(self) -> Value[int]:
        retention = self._property(self._attributes.retention)
        if retention.why_unknown:
            return Unknown(retention.why_unknown, trace=(self._step(RETENTION),))
        return retention_of(retention.value, RETENTION, self._step, sensitive=retention.is_secret)

    def _text(self, name: str | None) -> Value[str]:
        setting = self._property(name)
        if setting.why_unknown:
            return Unknown(f"{_camel(name or '')} is unknown: {setting.why_unknown}")
        return text_of(setting.value, sensitive=setting.is_secret)

    def _replication_group(self) -> Value[str]:
        name, engine = self._attributes.replication_group, self._attributes.engine
        if name is None:
            return Unset()
        dependencies = (self._state.get("propertyDependencies") or {}).get(_camel(name)) or [""]
        return replication_group_of(
            self._text(name),
            is_engine_set=self._property(engine) != PropertyValue(),
            reference=address_of(dependencies[0]),
        )

    def _cluster_mode(self) -> Value[bool]:
        names = self._attributes.cluster_mode
        values = {name: self._property(name).value for name in (*names, "cluster_enabled")}
        if isinstance(values.get("cluster_mode"), dict):  # before version 6 of the provider aws
            values["cluster_mode"] = [values["cluster_mode"]]
        if in_cluster_mode(values, self._attributes):
            return Known(value=True)
        if any(self._property(name).why_unknown for name in names):
            return Unknown("cluster mode is known only after the update")
        return Known(value=False)

    def _property(self, name: str | None) -> PropertyValue:
        return self._properties.get(name or "", PropertyValue())

    def _step(self, text: str) -> TraceStep:
        return TraceStep(f"{self._address}: {text}", self._location, StepKind.RECORDED, RETENTION)


def _snake(name: str) -> str:
    """Return Terraform's name of a property: snapshotWindow is snapshot_window."""
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
