"""Resource instances and calls of modules that were not read → caches; what is refused → diagnostics."""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ecbackup_iac.files.generated import CDK_FOR_TERRAFORM, generator_of
from ecbackup_iac.files.paths import shown_path
from ecbackup_iac.hcl.expression import InvalidExpression
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.cache import (
    CacheResource,
    Form,
    enables_cluster_mode,
    format_days,
    may_be_without_backups,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import PublishedModule
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import (
    Known,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.terraform.arguments import Arguments, refused
from ecbackup_iac.readers.terraform.lifecycle import failed_conditions, is_ignored
from ecbackup_iac.readers.terraform.provider_rules import provider_rules
from ecbackup_iac.readers.terraform.published_modules import (
    looks_like_elasticache,
    published_module,
)
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    RETENTION,
    Attributes,
    replication_group_of,
)
from ecbackup_iac.readers.terraform.settings import (
    MAX_STEP_LENGTH,
    days_setting,
    step_of,
    text_setting,
)
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.expansion import ResourceInstance, UnreadCall
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.overrides import overrides_of
from ecbackup_iac.terraform.values.operators import attribute as attribute_of
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    SourceStep,
)


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

    def _give_up(self, why: str, location: Location, *, is_final: bool) -> None:
        """Report what was not evaluated; where nothing more will be, only the first."""
        if not self._is_exhausted:
            self._diagnostics.append(Diagnostic(f"not worked out: {why}", location))
        self._is_exhausted = self._is_exhausted or is_final

    def resources(self, found: ResourceInstance | UnreadCall) -> Iterator[CacheResource]:
        """Yield the cache that an instance is, or that an unread module would make."""
        if isinstance(found, UnreadCall):
            yield from self._called(found)
        else:
            yield self._resource(found)

    def _resource(self, found: ResourceInstance) -> CacheResource:
        attributes = RESOURCE_TYPES[found.kind]
        block = Arguments(found.block, Evaluator(found.scope), self._give_up)
        retention, location = self._retention(found, attributes, block)
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
        if is_refused:  # what is refused is neither Memcached nor a member: it is unknown
            group = Unset()
            is_known = isinstance(engine, Known) and engine.value.lower() != "memcached"
            engine = engine if is_known else Unset()
        return CacheResource(
            address=found.address,
            type=found.kind,
            form=attributes.form,
            source=Source.TERRAFORM,
            root=self._root,
            location=location,
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
            generator=generator_of(found.block.range.file.path),
            construct=_construct(found.block),
            block=found.block.range.location,
            overrides=overrides_of(found.block),
            calls=found.scope.instance.calls,
            called=called_by(found.scope.instance),
        )

    def _retention(
        self, found: ResourceInstance, attributes: Attributes, block: Arguments
    ) -> tuple[Setting[int], Location]:
        argument = block.attribute(attributes.retention)
        if argument is None:
            header = found.block.header
            step = step_of(SourceStep(header, StepKind.UNSET))
            return Unset((step,)), header.location
        step = step_of(SourceStep.of(argument, StepKind.ATTRIBUTE))
        try:
            value = block.value(argument)
        except EvaluationError as error:
            self._diagnostics.append(refused(error, argument.range.location))
            why = f"Terraform refuses it: {error.message}"
            return Unknown(why, trace=(step,), is_refused=True), argument.range.location
        setting = days_setting(value, (step,))
        if isinstance(setting, Unknown) and isinstance(argument.expression, InvalidExpression):
            setting = replace(setting, is_refused=True)
        return setting, argument.range.location

    def _text(self, block: Arguments, name: str | None) -> Setting[str]:
        argument = block.attribute(name) if name else None
        if argument is None:
            return Unset()
        try:
            return text_setting(block.value(argument))
        except EvaluationError as error:
            self._diagnostics.append(refused(error, argument.range.location))
            return Unknown(f"Terraform refuses {name}: {error.message}")

    def _group(self, block: Arguments, attributes: Attributes) -> Setting[str]:
        """Return the group that a cluster belongs to."""
        group = self._text(block, attributes.replication_group)
        argument = block.attribute(attributes.replication_group or "")
        if argument is None:
            return group
        return replication_group_of(
            group,
            is_engine_set=block.attribute(attributes.engine) is not None,
            reference=argument.range.text.partition("=")[2].strip()[:MAX_STEP_LENGTH],
        )

    def _cluster_mode(
        self, block: Arguments, attributes: Attributes, node_type: Setting[str]
    ) -> Setting[bool]:
        """Return whether the cache is in cluster mode, where anything depends on that."""
        if not (attributes.cluster_mode and may_be_without_backups(node_type)):
            return Known(value=False)
        if block.has_block("cluster_mode"):
            return Known(value=True)
        answers = set()
        for name, setting in attributes.cluster_mode.items():
            argument = block.attribute(name)
            if argument is None:
                continue
            try:
                value = block.value(argument)
            except EvaluationError:
                continue
            if not value.is_known:
                answers.add("unknown")
            elif enables_cluster_mode(setting, value.raw):
                return Known(value=True)
        return Unknown("cluster mode is unknown") if answers else Known(value=False)

    def _refusal(self, found: ResourceInstance, block: Arguments) -> str:
        """Return what Terraform or the provider would refuse of the resource itself; empty for nothing.

        Of the provider's rules only those on engine, replication_group_id and retention are held.
        """
        for location, message in (
            *failed_conditions(found.block, block),
            *provider_rules(found.kind, block),
        ):
            self._diagnostics.append(Diagnostic(message, location))
            return message
        return ""

    def _called(self, call: UnreadCall) -> Iterator[CacheResource]:
        """Return the cache that a module which was not read makes, as far as its interface is known."""
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
        block = Arguments(call.block, Evaluator(call.scope), self._give_up)
        doubts = []
        for switch in module.switches:
            argument = block.attribute(switch)
            if argument is not None:
                try:
                    value = block.value(argument)
                except EvaluationError:
                    continue
                if value.is_known and value.raw in (False, "false"):
                    self._skip(call, f"{switch} is false")
                    return
                if not value.is_known:
                    doubts.append(f"it exists only when {switch} is true: {value.unknown.why}")
        retention, location = self._published_retention(call, module, block)
        note = f"by the published interface of {module.source}: the module itself was not read"
        note = "; ".join((note, *doubts))
        engine: Setting[str] = self._text(block, module.engine) if module.engine else Unset()
        if isinstance(engine, Unset) and module.default_engine:
            engine = Known(module.default_engine)
        yield replace(
            self._unread(call, retention, module.form, engine, location, note),
            retention_name=module.input or RETENTION,
        )

    def _skip(self, call: UnreadCall, reason: str) -> None:
        source = call.unreadable.source
        for location in (call.block.range.location, *overrides_of(call.block)):
            self.absent.append(AbsentCache(call.address, source, self._root, location, reason))

    def _published_retention(
        self, call: UnreadCall, module: PublishedModule, block: Arguments
    ) -> tuple[Setting[int], Location]:
        header = call.block.header
        kept = (
            f"backups for {format_days(Known(module.default))}" if module.default else "no backups"
        )
        step = TraceStep(
            f"{module.source} keeps {kept} unless told", header.location, StepKind.UNSET
        )
        silent: Setting[int] = Unset((step,))
        if module.default is not None:
            silent = Known(module.default, (step,))
        name, *path = (module.input or "").split(".")
        argument = block.attribute(name) if name else None
        if argument is None:
            return silent, header.location
        try:
            value = block.value(argument)
            for part in path:
                if value.is_null or (isinstance(value.raw, Mapping) and part not in value.raw):
                    return silent, argument.range.location
                value = attribute_of(value, part)
        except EvaluationError as error:
            self._diagnostics.append(refused(error, argument.range.location))
            why = f"Terraform refuses it: {error.message}"
            step = step_of(SourceStep.of(argument, StepKind.MODULE_INPUT))
            return Unknown(why, trace=(step,), is_refused=True), argument.range.location
        if value.is_null and path:
            return silent, argument.range.location
        return days_setting(
            value, (step_of(SourceStep.of(argument, StepKind.MODULE_INPUT)),)
        ), argument.range.location

    def _unread(  # noqa: PLR0913, PLR0917 - what differs between the three callers
        self,
        call: UnreadCall,
        retention: Setting[int],
        form: Form,
        engine: Setting[str] = Unset(),
        location: Location | None = None,
        note: str = "",
    ) -> CacheResource:
        return CacheResource(
            address=call.address,
            type=call.unreadable.source,
            form=form,
            source=Source.TERRAFORM,
            root=self._root,
            location=location or call.block.header.location,
            retention=retention,
            engine=engine,
            assumptions=tuple(filter(None, (*call.doubts, note, self._note))),
            generator=generator_of(call.block.range.file.path),
            construct=_construct(call.block),
            block=call.block.range.location,
            overrides=overrides_of(call.block),
            calls=call.scope.instance.calls,
            called=called_by(call.scope.instance),
            is_unread_call=True,
        )


def _construct(block: Block) -> str:
    """Return the path of the construct that CDK for Terraform has generated a block from."""
    if generator_of(block.range.file.path) != CDK_FOR_TERRAFORM:
        return ""
    import json

    try:
        path = json.loads(block.body.range.text)["//"]["metadata"]["path"]
    except (ValueError, LookupError, TypeError):
        return ""
    return path if isinstance(path, str) else ""


def called_by(instance: ModuleInstance) -> tuple[str, ...]:
    """Return the folders of the modules that those calls lead to, as they are printed."""
    return _shown(instance.called, os.getcwd())


@lru_cache(maxsize=500)  # instances of a module are called through the same folders
def _shown(folders: tuple[str, ...], here: str) -> tuple[str, ...]:
    return tuple(_shown_folder(folder, here) for folder in folders)


@lru_cache(maxsize=1 << 14)
def _shown_folder(folder: str, _here: str) -> str:
    return shown_path(folder)
