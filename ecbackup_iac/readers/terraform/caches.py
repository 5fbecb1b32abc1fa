"""Resource instances and calls of modules that were not read → caches; what is refused → diagnostics."""

import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from ecbackup_iac.files.discovery import shown_path
from ecbackup_iac.hcl.expression import InvalidExpression, Literal, Name, TupleNode
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.cache import CacheResource, Form, Source, may_be_without_backups
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import PublishedModule
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Severity
from ecbackup_iac.model.value import (
    Known,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.terraform.published_modules import (
    looks_like_elasticache,
    published_module,
)
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    RETENTION,
    Attributes,
)
from ecbackup_iac.readers.terraform.settings import (
    MAX_STEP_LENGTH,
    brief_days,
    days_setting,
    shown_text,
    step_of,
    text_setting,
)
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.instances import (
    ModuleInstance,
    ResourceInstance,
    UnreadCall,
)
from ecbackup_iac.terraform.modules.module import overrides_of
from ecbackup_iac.terraform.values.budget import TooMuchError
from ecbackup_iac.terraform.values.operators import attribute as attribute_of
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    SourceStep,
    Value,
    unknown,
)

# The provider refuses these together with replication_group_id (provider source, cluster.go, ConflictsWith).
_NOT_FOR_MEMBERS = (
    "az_mode", "engine_version", "maintenance_window", "node_type", "notification_topic_arn",
    "num_cache_nodes", "parameter_group_name", "port", "security_group_ids", "snapshot_arns",
    "snapshot_name", "snapshot_retention_limit", "snapshot_window", "subnet_group_name",
)  # fmt: skip

# The engines that the provider takes (provider source); a group's are compared without regard to case.
_ENGINES = {
    "aws_elasticache_cluster": ("memcached", "redis", "valkey"),
    "aws_elasticache_replication_group": ("redis", "valkey"),
}


class RootReader:
    """Resource instances of one root → caches; what Terraform would refuse → diagnostics."""

    def __init__(
        self,
        root: str,
        diagnostics: list[Diagnostic],
        note: str,
        modules: Sequence[PublishedModule],
    ) -> None:
        self._root = root
        self._diagnostics = diagnostics
        self._note = note
        self._modules = modules
        self._is_exhausted = False
        self.absent: list[AbsentCache] = []
        """Calls of published modules whose inputs say that there is to be no cache."""

    def _give_up(self, why: str, place: Location, *, is_final: bool) -> None:
        """Tell what was not worked out; where nothing more will be, the first thing stands for all."""
        if not self._is_exhausted:
            self._diagnostics.append(Diagnostic(f"not worked out: {why}", place))
        self._is_exhausted = self._is_exhausted or is_final

    def resources(self, found: ResourceInstance | UnreadCall) -> Iterator[CacheResource]:
        """Yield the cache that an instance is, or that an unread module would make."""
        if isinstance(found, UnreadCall):
            yield from self._called(found)
        else:
            yield self._resource(found)

    def _resource(self, found: ResourceInstance) -> CacheResource:
        attributes = RESOURCE_TYPES[found.kind]
        block = _Arguments(found.block, Evaluator(found.scope), self._give_up)
        retention, place = self._retention(found, attributes, block)
        refusal = found.refusal or self._refusal(found, block)
        if refusal:
            retention = Unknown(
                f"Terraform refuses the configuration: {refusal}",
                trace=retention.trace,
                is_refused=True,
            )
        is_refused = isinstance(retention, Unknown) and retention.is_refused
        node_type = self._text(block, attributes.node_type)
        engine = self._text(block, attributes.engine)
        group = self._group(block, attributes)
        if is_refused:  # what is refused is neither Memcached nor a member: it is undecided
            group = Unset()
            is_known = isinstance(engine, Known) and engine.value.lower() != "memcached"
            engine = engine if is_known else Unset()
        return CacheResource(
            address=found.address,
            type=found.kind,
            form=attributes.form,
            source=Source.TERRAFORM,
            root=self._root,
            location=place,
            retention=retention,
            retention_name=attributes.retention,
            engine=engine,
            node_type=node_type,
            replication_group=group,
            cluster_mode=self._cluster_mode(block, attributes, node_type),
            backup_window=self._text(block, attributes.backup_window),
            maintenance_window=self._text(block, attributes.maintenance_window),
            retention_ignored=is_ignored(found.block, attributes.retention),
            assumptions=tuple(filter(None, (*found.doubts, self._note))),
            block=found.block.place.location,
            overrides=overrides_of(found.block),
            calls=found.scope.instance.calls,
            called=called_by(found.scope.instance),
        )

    def _retention(
        self, found: ResourceInstance, attributes: Attributes, block: "_Arguments"
    ) -> tuple[Setting[int], Location]:
        written = block.attribute(attributes.retention)
        if written is None:
            header = found.block.header
            step = step_of(SourceStep(header, StepKind.UNSET))
            return Unset((step,)), header.location
        step = step_of(SourceStep.of(written, StepKind.ATTRIBUTE))
        try:
            value = block.value(written)
        except EvaluationError as error:
            self._diagnostics.append(refused(error, written.place.location))
            why = f"Terraform refuses it: {error.message}"
            return Unknown(why, trace=(step,), is_refused=True), written.place.location
        setting = days_setting(value, (step,))
        if isinstance(setting, Unknown) and isinstance(written.expression, InvalidExpression):
            setting = replace(setting, is_refused=True)
        return setting, written.place.location

    def _text(self, block: "_Arguments", name: str | None) -> Setting[str]:
        written = block.attribute(name) if name else None
        if written is None:
            return Unset()
        try:
            return text_setting(block.value(written))
        except EvaluationError as error:
            self._diagnostics.append(refused(error, written.place.location))
            return Unknown(f"Terraform refuses {name}: {error.message}")

    def _group(self, block: "_Arguments", attributes: Attributes) -> Setting[str]:
        """Give the group that a cluster belongs to; without an engine it belongs to one.

        Of engine and replication_group_id a configuration sets exactly one (provider source, cluster.go).
        """
        group = self._text(block, attributes.replication_group)
        written = block.attribute(attributes.replication_group or "")
        if isinstance(group, Unknown) and written and block.attribute(attributes.engine) is None:
            return Known(
                written.place.text.partition("=")[2].strip()[:MAX_STEP_LENGTH] or "of its own"
            )
        return group

    def _cluster_mode(
        self, block: "_Arguments", attributes: Attributes, node_type: Setting[str]
    ) -> Setting[bool]:
        """Give whether the cache is in cluster mode, where anything depends on that."""
        group = attributes.parameter_group
        if group is None or not may_be_without_backups(node_type):
            return Known(value=False)
        if block.has_block("cluster_mode"):
            return Known(value=True)
        answers = set()
        for name in ("cluster_mode", "num_node_groups", group):
            written = block.attribute(name)
            if written is None:
                continue
            try:
                value = block.value(written)
            except EvaluationError:
                continue
            if not value.is_known:
                answers.add("unknown")
            elif _is_cluster_mode(name, value):
                return Known(value=True)
        return Unknown("cluster mode is undecided") if answers else Known(value=False)

    def _refusal(self, found: ResourceInstance, block: "_Arguments") -> str:
        """Say what Terraform or the provider would refuse of the resource itself; empty for nothing.

        Of the provider's rules only those on engine, replication_group_id and retention are held.
        """
        for place, message in (
            *self._conditions(found, block),
            *_provider_rules(found.kind, block),
        ):
            self._diagnostics.append(Diagnostic(message, place))
            return message
        return ""

    def _conditions(
        self, found: ResourceInstance, block: "_Arguments"
    ) -> Iterator[tuple[Location, str]]:
        for lifecycle in found.block.body.blocks("lifecycle"):
            rules = [(one, "pre") for one in lifecycle.body.blocks("precondition")]
            rules += [(one, "post") for one in lifecycle.body.blocks("postcondition")]
            for rule, when in rules:
                condition = rule.body.attribute("condition")
                if condition is None:
                    continue
                try:
                    holds = block.value(condition)
                except EvaluationError as error:
                    if when == "pre":
                        yield (error.place or condition.place).location, error.message
                    continue
                if holds.is_known and holds.raw in (False, "false"):
                    yield condition.place.location, f"Resource {when}condition failed"

    def _called(self, call: UnreadCall) -> Iterator[CacheResource]:
        """Give the cache that a module which was not read makes, as far as its interface is known."""
        source = call.unreadable.source
        header = call.block.header
        names = [attribute.name for attribute in call.block.body.attributes()]
        known = published_module(source, self._modules)
        if call.unreadable.is_missing:
            why = call.unreadable.why
            text = why if source else f"the module was not read: {why}"
            self._diagnostics.append(Diagnostic(text, header.location))
            if known is None and not looks_like_elasticache(source, names):
                return
        if known is not None:
            yield from self._published(call, known)
        elif looks_like_elasticache(source, names):
            yield self._unread(
                call, Unknown(f"module {call.unreadable.why}"), Form.REPLICATION_GROUP
            )
        else:
            message = f"the module was not read: {call.unreadable.why}"
            self._diagnostics.append(
                Diagnostic(message, header.location, Severity.WARNING, is_detail=True)
            )

    def _published(self, call: UnreadCall, module: PublishedModule) -> Iterator[CacheResource]:
        block = _Arguments(call.block, Evaluator(call.scope), self._give_up)
        doubts = []
        for switch in module.switches:
            written = block.attribute(switch)
            if written is not None:
                try:
                    value = block.value(written)
                except EvaluationError:
                    continue
                if value.is_known and value.raw in (False, "false"):
                    self._skip(call, f"{switch} is false")
                    return
                if not value.is_known:
                    doubts.append(f"it exists only when {switch} is true: {value.unknown.why}")
        retention, place = self._published_retention(call, module, block)
        note = f"by the published interface of {module.source}: the module itself was not read"
        note = "; ".join((note, *doubts))
        engine: Setting[str] = self._text(block, module.engine) if module.engine else Unset()
        if isinstance(engine, Unset) and module.default_engine:
            engine = Known(module.default_engine)
        yield replace(
            self._unread(call, retention, module.form, engine, place, note),
            retention_name=module.input or RETENTION,
        )

    def _skip(self, call: UnreadCall, reason: str) -> None:
        source = call.unreadable.source
        for place in (call.block.place.location, *overrides_of(call.block)):
            self.absent.append(AbsentCache(call.address, source, self._root, place, reason))

    def _published_retention(
        self, call: UnreadCall, module: PublishedModule, block: "_Arguments"
    ) -> tuple[Setting[int], Location]:
        header = call.block.header
        kept = (
            f"backups for {brief_days(Known(module.default))}" if module.default else "no backups"
        )
        step = TraceStep(
            f"{module.source} keeps {kept} unless told", header.location, StepKind.UNSET
        )
        silent: Setting[int] = Unset((step,))
        if module.default is not None:
            silent = Known(module.default, (step,))
        name, *path = (module.input or "").split(".")
        written = block.attribute(name) if name else None
        if written is None:
            return silent, header.location
        try:
            value = block.value(written)
            for part in path:
                if value.is_null or (isinstance(value.raw, Mapping) and part not in value.raw):
                    return silent, written.place.location
                value = attribute_of(value, part)
        except EvaluationError as error:
            self._diagnostics.append(refused(error, written.place.location))
            why = f"Terraform refuses it: {error.message}"
            step = step_of(SourceStep.of(written, StepKind.MODULE_INPUT))
            return Unknown(why, trace=(step,), is_refused=True), written.place.location
        if value.is_null and path:
            return silent, written.place.location
        return days_setting(
            value, (step_of(SourceStep.of(written, StepKind.MODULE_INPUT)),)
        ), written.place.location

    def _unread(  # noqa: PLR0913, PLR0917 - what differs between the three callers
        self,
        call: UnreadCall,
        retention: Setting[int],
        form: Form,
        engine: Setting[str] = Unset(),
        place: Location | None = None,
        note: str = "",
    ) -> CacheResource:
        return CacheResource(
            address=call.address,
            type=call.unreadable.source,
            form=form,
            source=Source.TERRAFORM,
            root=self._root,
            location=place or call.block.header.location,
            retention=retention,
            engine=engine,
            assumptions=tuple(filter(None, (*call.doubts, note, self._note))),
            block=call.block.place.location,
            overrides=overrides_of(call.block),
            calls=call.scope.instance.calls,
            called=called_by(call.scope.instance),
        )


class _Arguments:
    """A block's arguments, evaluated on demand."""

    def __init__(self, block: Block, evaluator: Evaluator, give_up: "_GiveUp") -> None:
        self._block = block
        self._evaluator = evaluator
        self._give_up = give_up

    def attribute(self, name: str) -> Attribute | None:
        """Give an argument as it is written."""
        return self._block.body.attribute(name)

    def has_block(self, kind: str) -> bool:
        """Whether there is a nested block of a type, written out or dynamic."""
        dynamic = self._block.body.blocks("dynamic", 1)
        return bool(self._block.body.blocks(kind)) or any(one.labels[0] == kind for one in dynamic)

    def value(self, written: Attribute) -> Value:
        """Evaluate an argument; what is too much is told, and unknown. Raises EvaluationError."""
        try:
            return self._evaluator.value(written.expression)
        except (RecursionError, TooMuchError) as error:
            why, is_final = given_up(error), isinstance(error, TooMuchError)
            self._give_up(why, written.place.location, is_final=is_final)
            return unknown(f"not worked out: {why}")

    def known(self, name: str) -> Value | None:
        """Give an argument's value where it is written, known and not null."""
        written = self.attribute(name)
        if written is None:
            return None
        try:
            value = self.value(written)
        except EvaluationError:
            return None
        return value if value.is_known and not value.is_null else None


class _GiveUp(Protocol):
    """Tells what was not worked out, and where; `is_final`: nor will anything else be."""

    def __call__(self, why: str, place: Location, *, is_final: bool) -> None: ...


def given_up(error: RecursionError | TooMuchError) -> str:
    """Say why something is not worked out."""
    if isinstance(error, TooMuchError):
        return str(error)
    return "expressions or modules nest too deeply"


def _provider_rules(kind: str, block: _Arguments) -> Iterator[tuple[Location, str]]:
    """Yield what the provider refuses at plan about engine and membership."""
    engine, written = block.known("engine"), block.attribute("engine")
    engines = _ENGINES.get(kind)
    if engines and engine is not None and isinstance(engine.raw, str) and written is not None:
        name = engine.raw if kind == "aws_elasticache_cluster" else engine.raw.lower()
        if name not in engines:
            shown = shown_text(engine, engine.raw)
            listed = " ".join(f'"{one}"' for one in engines)
            yield written.place.location, f"expected engine to be one of [{listed}], got {shown}"
    if kind != "aws_elasticache_cluster":
        return
    group = block.known("replication_group_id")
    group_written = block.attribute("replication_group_id")
    if group is not None and group_written is not None:
        if engine is not None:
            text = "only one of engine, replication_group_id can be specified"
            yield group_written.place.location, text
        for name in _NOT_FOR_MEMBERS:
            if block.known(name) is not None:
                text = f'"replication_group_id": conflicts with {name}'
                yield group_written.place.location, text
    elif written is None and group_written is None:
        place = block._block.header.location  # noqa: SLF001 - the same module
        yield place, "one of engine, replication_group_id must be specified"


def _is_cluster_mode(name: str, value: Value) -> bool:
    if name == "num_node_groups":
        return isinstance(value.raw, int | Fraction) and value.raw > 1
    if name == "cluster_mode":
        return value.raw == "enabled"
    return isinstance(value.raw, str) and "cluster.on" in value.raw


def is_ignored(block: Block, name: str) -> bool:
    """Say whether `ignore_changes` covers an attribute."""
    for lifecycle in block.body.blocks("lifecycle"):
        ignored = lifecycle.body.attribute("ignore_changes")
        if ignored is None:
            continue
        node = ignored.expression
        items = node.items if isinstance(node, TupleNode) else (node,)
        for item in items:
            if isinstance(item, Name) and item.name in (name, "all"):
                return True
            if isinstance(item, Literal) and item.value in (name, "all"):
                return True
    return False


def called_by(instance: ModuleInstance) -> tuple[str, ...]:
    """Give the folders of the modules that those calls lead to, as they are printed."""
    return _shown(instance.called, os.getcwd())


@lru_cache(maxsize=500)  # instances of a module are called through the same folders
def _shown(folders: tuple[str, ...], here: str) -> tuple[str, ...]:
    return tuple(_shown_folder(folder, here) for folder in folders)


@lru_cache(maxsize=1 << 14)
def _shown_folder(folder: str, _here: str) -> str:
    return shown_path(folder)


def refused(error: EvaluationError, place: Location) -> Diagnostic:
    """Tell what Terraform refuses, where it says so itself, else at a place."""
    return Diagnostic(error.message, error.place.location if error.place else place)
