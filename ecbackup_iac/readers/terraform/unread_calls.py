"""Calls of modules that were not read → the caches that they make, as far as that is known."""

from collections.abc import Callable, Iterator, Sequence

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.cache import CacheResource, CalledModule, Form, ModuleState, format_days
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, PossibleValue, StepKind, TraceStep, Unknown, Unset
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.terraform.arguments import Arguments, GiveUp, near_miss_in, rejected
from ecbackup_iac.readers.terraform.origin import with_origin
from ecbackup_iac.readers.terraform.published.likeness import looks_like_cache, passed_retentions
from ecbackup_iac.readers.terraform.published.stand_ins import StandIn, StandIns
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.terraform.settings import step_of, text_setting
from ecbackup_iac.readers.terraform.variants import with_versions
from ecbackup_iac.terraform.modules.expansion import (
    EmptyBlock,
    ResourceInstance,
    Search,
    UnreadCall,
    resources,
)
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.merged_bodies import overrides_of
from ecbackup_iac.terraform.modules.variables import CallArguments
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import SourceStep


class UnreadCalls:
    """The calls of one root whose modules were not read."""

    def __init__(
        self,
        root: str,
        diagnostics: list[Diagnostic],
        stand_ins: StandIns,
        give_up: GiveUp,
        read: Callable[[ResourceInstance | UnreadCall], Iterator[CacheResource]],
    ) -> None:
        """`read` yields the caches of an instance in a stand-in."""
        self._root = root
        self._diagnostics = diagnostics
        self._stand_ins = stand_ins
        self._give_up = give_up
        self._read = read
        self.absent: list[AbsentCache] = []
        """Calls whose inputs say that there is to be no cache."""

    def caches(self, call: UnreadCall) -> Iterator[CacheResource]:
        """Yield the caches that a call makes: those of its module's stand-in, or one that is unknown."""
        unread = call.unreadable
        if unread.is_missing:
            text = f"the module was not read: {unread.why}"
            self._diagnostics.append(Diagnostic(text, call.block.header.location))
        else:
            stand_ins = self._stand_ins.of(call.block, unread.source, unread.version)
            if stand_ins:
                yield from self._known(call, stand_ins)
                return
        yield from self.likely(call)

    def likely(self, call: UnreadCall) -> Iterator[CacheResource]:
        """Yield an unknown cache where the module of a call looks like one."""
        source, block = call.unreadable.source, call.block
        if (
            self._stand_ins.describes(source)
            or looks_like_cache(source, block)
            or looks_like_cache(source, block, call.scope)
        ):
            yield self._unknown(call)

    def _known(self, call: UnreadCall, stand_ins: Sequence[StandIn]) -> Iterator[CacheResource]:
        found = [(one.versions, [*self._of_stand_in(call, one)]) for one in stand_ins]
        if any(caches for _, caches in found):
            yield from with_versions(found)
            return
        source = call.unreadable.source
        off = ", ".join(f"{name} is false" for name in self._switched_off(call, stand_ins[0]))
        reason = off or f"{source} creates no cache with these inputs"
        if stand_ins[0].is_of_policy:
            reason += f" ({stand_ins[0].note})"
        for location in (call.block.range.location, *overrides_of(call.block)):
            self.absent.append(AbsentCache(call.address, source, self._root, location, reason))

    def _of_stand_in(self, call: UnreadCall, stand_in: StandIn) -> Iterator[CacheResource]:
        parent, first = call.scope.instance, len(self._diagnostics)
        instance = ModuleInstance(
            stand_in.module,
            parent.configuration,
            CallArguments(call.block, call.scope),
            parent,
            call.address,
            (*parent.path, call.block.labels[0]),
        )
        instance.is_rejected = parent.is_rejected
        try:
            for found in resources(instance, _CachesOfStandIn()):
                if isinstance(found, EvaluationError):
                    self._diagnostics.append(rejected(found, call.block.header.location))
                elif not isinstance(found, EmptyBlock):
                    for cache in self._read(found):
                        yield at_call(cache, call, stand_in)
        finally:
            for number, each in enumerate(self._diagnostics[first:], first):
                if each.location.path == stand_in.module.folder:
                    moved = replace(each, location=call.block.header.location)
                    self._diagnostics[number] = moved

    def _switched_off(self, call: UnreadCall, stand_in: StandIn) -> Iterator[str]:
        """Yield the inputs that a call sets to false, of those that decide what is created."""
        arguments = Arguments(call.block, call.scope, self._give_up)
        for name in stand_in.module.variables:
            value = arguments.known(name)
            if value is not None and value.raw in (False, "false"):
                yield name

    def _unknown(self, call: UnreadCall) -> CacheResource:
        """Return the cache that a module probably makes, of which only the call is known."""
        unread, block = call.unreadable, call.block
        passed = passed_retentions(block, call.scope)
        why = f"the module was not read: {unread.why}"
        if self._stand_ins.describes(unread.source):
            why += "; its published interface is not known for this version with these inputs"
        if passed:
            listed = ", ".join(f"{one.name} = {one.days.value}" for one in passed)
            why += f"; the call passes {listed}"
        trace = tuple(
            step_of(SourceStep.of(argument, StepKind.MODULE_INPUT))
            for argument in block.body.attributes()
            if any(one.name.partition(".")[0] == argument.name for one in passed)
        )
        engine, node_type = (self._text(call, name) for name in ("engine", "node_type"))
        form = Form.REPLICATION_GROUP
        if isinstance(engine, Known) and engine.value.lower() == "memcached":
            form = Form.STANDALONE_CLUSTER
        state = ModuleState.MISSING if unread.is_missing else ModuleState.REMOTE
        cache = CacheResource(
            address=call.address,
            type=unread.source,
            form=form,
            source=Source.TERRAFORM,
            root=self._root,
            location=passed[0].location if passed else block.header.location,
            retention=Unknown(why, trace=trace, passed_values=tuple(one.days for one in passed)),
            engine=engine,
            node_type=node_type,
            assumptions=call.reasons_uncertain,
            module=CalledModule(call.address, unread.source, state),
        )
        return with_origin(cache, block, call.scope)

    def _text(self, call: UnreadCall, name: str) -> Setting[str]:
        """Return an input of a call that is named like a cache's own setting, where it is known."""
        arguments = Arguments(call.block, call.scope, self._give_up)
        value = arguments.known(name)
        setting = text_setting(value) if value is not None else Unset()
        return setting if isinstance(setting, Known) else Unset()


class _CachesOfStandIn(Search):
    def is_wanted(self, block: Block) -> bool:
        """Whether a resource is of a cache's type."""
        return block.labels[0] in RESOURCE_TYPES


def at_call(cache: CacheResource, call: UnreadCall, stand_in: StandIn) -> CacheResource:
    """Return a stand-in's cache as the user's own code shows it: located at the call."""
    header, described = call.block.header, stand_in.described
    name = stand_in.input_of(cache.type)
    argument = call.block.body.attribute(name.partition(".")[0]) if name else None
    cache = replace(
        cache,
        address=call.address if stand_in.is_table else cache.address,
        type=call.unreadable.source if stand_in.is_table else cache.type,
        location=(argument.range if argument else header).location,
        retention=_in_user_code(cache.retention, stand_in, header),
        node_type=_without_steps_of(cache.node_type, stand_in),
        backup_window=_without_steps_of(cache.backup_window, stand_in),
        maintenance_window=_without_steps_of(cache.maintenance_window, stand_in),
        retention_name=name or cache.retention_name,
        near_miss=near_miss_in(call.block, name, stand_in.module.variables),
        assumptions=tuple(
            dict.fromkeys((*call.reasons_uncertain, *cache.assumptions, stand_in.note))
        ),
        module=CalledModule(call.address, described.source, ModuleState.DESCRIBED, name),
    )
    return with_origin(cache, call.block, call.scope)


def _in_user_code(setting: Setting[int], stand_in: StandIn, header: SourceRange) -> Setting[int]:
    """Return a retention without the steps that are in a stand-in."""
    if not isinstance(setting, Unknown):
        return _possible_in_user_code(setting, stand_in, header)
    outcomes = tuple(
        replace(outcome, value=_possible_in_user_code(outcome.value, stand_in, header))
        for outcome in setting.outcomes
    )
    return replace(setting, outcomes=outcomes, trace=_own_steps(setting.trace, stand_in))


def _possible_in_user_code(
    setting: PossibleValue[int], stand_in: StandIn, header: SourceRange
) -> PossibleValue[int]:
    path = stand_in.module.folder
    trace = _own_steps(setting.trace, stand_in)
    if not trace:
        effect = "disables backups"
        if isinstance(setting, Known) and setting.value:
            effect = f"keeps backups for {format_days(setting)}"
        text = f"{stand_in.described.source} {effect} by default"
        trace = (TraceStep(text, header.location, StepKind.UNSET, is_quote=False),)
    literals = tuple(location for location in setting.literals if location.path != path)
    return replace(setting, trace=trace, literals=literals)


def _without_steps_of(setting: Setting[str], stand_in: StandIn) -> Setting[str]:
    return replace(setting, trace=_own_steps(setting.trace, stand_in))


def _own_steps(trace: Sequence[TraceStep], stand_in: StandIn) -> tuple[TraceStep, ...]:
    return tuple(step for step in trace if step.location.path != stand_in.module.folder)
