"""Resource instances and calls of modules that were not read → caches; what is rejected → diagnostics."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ecbackup_iac.model.cache import CacheResource, enables_cluster_mode, may_need_cluster_mode
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, Unknown, Unset
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.terraform.arguments import Arguments, is_ignored, near_miss_in, rejected
from ecbackup_iac.readers.terraform.deployers import DEPLOYERS
from ecbackup_iac.readers.terraform.origin import with_origin
from ecbackup_iac.readers.terraform.rejections import rejections
from ecbackup_iac.readers.terraform.resource_types import (
    RESOURCE_TYPES,
    Attributes,
    cache_type,
    replication_group_of,
)
from ecbackup_iac.readers.terraform.settings import (
    MAX_STEP_LENGTH,
    days_setting,
    group_by_engine,
    shared_scenarios,
    step_of,
    text_setting,
    with_scenarios,
)
from ecbackup_iac.terraform.modules.expansion import ResourceInstance, UnreadCall
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import SourceStep

if TYPE_CHECKING:
    from ecbackup_iac.model.deployment import TemplateDeployment
    from ecbackup_iac.readers.terraform.deployed_templates import DeployedTemplates
    from ecbackup_iac.readers.terraform.published.stand_ins import StandIns
    from ecbackup_iac.readers.terraform.unread_calls import UnreadCalls

MEMCACHED = "memcached"

MAX_CHECKED_INSTANCES = 100
"""Instances of one block whose arguments are all evaluated: what is rejected in one is in most."""


class RootReader:
    """Resource instances of one root → caches; what Terraform would reject → diagnostics."""

    def __init__(
        self, root: str, diagnostics: list[Diagnostic], stand_ins: "Callable[[], StandIns]"
    ) -> None:
        self._root = root
        self._diagnostics = diagnostics
        self._is_exhausted = False
        self._checked: Counter[Location] = Counter()
        self._stand_ins = stand_ins
        self._deployed: DeployedTemplates | None = None
        self._calls: UnreadCalls | None = None

    @property
    def deployments(self) -> "Sequence[TemplateDeployment]":
        """The CloudFormation templates that resources deploy."""
        return self._deployed.found if self._deployed else ()

    @property
    def absent(self) -> Sequence[AbsentCache]:
        """Calls of modules that were not read whose inputs say that there is to be no cache."""
        return self._calls.absent if self._calls else ()

    def _give_up(self, why: str, location: Location, *, is_final: bool) -> None:
        """Report what was not evaluated; where nothing more will be, only the first."""
        if not self._is_exhausted:
            self._diagnostics.append(Diagnostic(f"not evaluated: {why}", location))
        self._is_exhausted = self._is_exhausted or is_final

    def caches(self, found: ResourceInstance | UnreadCall) -> Iterator[CacheResource]:
        """Yield the caches of a resource instance, or of a call whose module was not read."""
        if isinstance(found, UnreadCall):
            yield from self.unread_calls().caches(found)
        elif found.kind in DEPLOYERS:
            yield from self._deployed_by(found)
        else:
            yield self._cache(found)

    def unread_calls(self) -> "UnreadCalls":
        """Return the reader of calls whose modules were not read."""
        from ecbackup_iac.readers.terraform.unread_calls import UnreadCalls  # most runs do without

        if self._calls is None:
            self._calls = UnreadCalls(
                self._root, self._diagnostics, self._stand_ins(), self._give_up, self.caches
            )
        return self._calls

    def _deployed_by(self, found: ResourceInstance) -> Iterator[CacheResource]:
        """Yield an unknown cache for a template that cannot be known; others are read after the root."""
        from ecbackup_iac.readers.terraform.deployed_templates import (
            DeployedTemplates,
            unknown_cache,
        )

        if self._deployed is None:
            self._deployed = DeployedTemplates(self._root, self._diagnostics)
        arguments = Arguments(found.block, found.scope, self._give_up)
        basis = replace(unknown_cache(found, self._root), assumptions=found.reasons_uncertain)
        yield from self._deployed.read(found, arguments, basis)

    def _cache(self, found: ResourceInstance) -> CacheResource:
        attributes = RESOURCE_TYPES[cache_type(found.kind)]
        arguments = Arguments(found.block, found.scope, self._give_up)
        retention, location = self._retention(found, attributes, arguments)
        is_rejected = isinstance(retention, Unknown) and retention.is_rejected
        rejection = found.rejection or self._rejection(found, arguments)
        node_type = self._text(arguments, attributes.node_type)
        engine = self._text(arguments, attributes.engine, MEMCACHED)
        group = self._text(arguments, attributes.replication_group)
        if isinstance(retention, Unknown) and retention.outcomes:
            days = arguments.written(attributes.retention)
            engine_value = arguments.written(attributes.engine, MEMCACHED)
            group_value = arguments.written(attributes.replication_group)
            scenarios = shared_scenarios((days, engine_value, group_value))
            retention = with_scenarios(retention, days, scenarios)
            engine = with_scenarios(engine, engine_value, scenarios)
            group = with_scenarios(group, group_value, scenarios)
        group = self._group(arguments, attributes, group, engine)
        cache = CacheResource(
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
            cluster_mode=self._cluster_mode(arguments, attributes, node_type),
            backup_window=self._text(arguments, attributes.backup_window),
            maintenance_window=self._text(arguments, attributes.maintenance_window),
            retention_ignored=is_ignored(found.block, attributes.retention),
            near_miss=near_miss_in(found.block, attributes.retention),
            assumptions=found.reasons_uncertain,
        )
        cache = with_origin(cache, found.block, found.scope)
        if is_rejected and not found.rejection:  # its retention says why
            return rejected_cache(cache, "")
        return rejected_cache(cache, rejection) if rejection else cache

    def _retention(
        self, found: ResourceInstance, attributes: Attributes, arguments: Arguments
    ) -> tuple[Setting[int], Location]:
        argument = arguments.attribute(attributes.retention)
        if argument is None:
            near_miss = near_miss_in(found.block, attributes.retention)
            nearest = near_miss and arguments.attribute(near_miss.name)
            if nearest:
                step = step_of(SourceStep.of(nearest, StepKind.UNSET))
                return Unset((step,)), nearest.range.location
            header = found.block.header
            return Unset((step_of(SourceStep(header, StepKind.UNSET)),)), header.location
        step = step_of(SourceStep.of(argument, StepKind.ATTRIBUTE))
        try:
            value = arguments.value(argument)
        except EvaluationError as error:
            self._diagnostics.append(rejected(error, argument.range.location))
            why = f"Terraform rejects it: {error.message}"
            return Unknown(why, trace=(step,), is_rejected=True), argument.range.location
        return days_setting(value, (step,)), argument.range.location

    def _text(self, arguments: Arguments, name: str | None, expected: str = "") -> Setting[str]:
        argument = arguments.attribute(name) if name else None
        if argument is None:
            return Unset()
        try:
            step = step_of(SourceStep.of(argument, StepKind.ATTRIBUTE))
            return text_setting(arguments.value(argument, expected), step)
        except EvaluationError as error:
            self._diagnostics.append(rejected(error, argument.range.location))
            return Unknown(f"Terraform rejects {name}: {error.message}")

    def _group(
        self,
        arguments: Arguments,
        attributes: Attributes,
        group: Setting[str],
        engine: Setting[str],
    ) -> Setting[str]:
        """Return the group that a cluster belongs to."""
        argument = arguments.attribute(attributes.replication_group or "")
        if argument is None:
            return group
        reference = argument.range.text.partition("=")[2].strip()[:MAX_STEP_LENGTH]
        if isinstance(engine, Unknown):
            return group_by_engine(group, engine, reference)
        return replication_group_of(
            group, is_engine_set=not isinstance(engine, Unset), reference=reference
        )

    def _cluster_mode(
        self, arguments: Arguments, attributes: Attributes, node_type: Setting[str]
    ) -> Setting[bool]:
        """Return whether the cache is in cluster mode, where anything depends on that."""
        if not (attributes.cluster_mode and may_need_cluster_mode(node_type)):
            return Known(value=False)
        if arguments.has_block("cluster_mode"):
            return Known(value=True)
        answers = set()
        for name, setting in attributes.cluster_mode.items():
            argument = arguments.attribute(name)
            if argument is None:
                continue
            try:
                value = arguments.value(argument)
            except EvaluationError:
                continue
            if not value.is_known:
                answers.add("unknown")
            elif enables_cluster_mode(setting, value.raw):
                return Known(value=True)
        return Unknown("cluster mode is unknown") if answers else Known(value=False)

    def _rejection(self, found: ResourceInstance, arguments: Arguments) -> str:
        """Return what Terraform or the provider would reject of the resource itself; empty for nothing."""
        header = found.block.header.location
        self._checked[header] += 1
        is_checked = self._checked[header] <= MAX_CHECKED_INSTANCES
        rejected_here = [*rejections(found, arguments, with_arguments=is_checked)]
        self._diagnostics += rejected_here
        return rejected_here[0].message if rejected_here else ""


def rejected_cache(cache: CacheResource, why: str) -> CacheResource:
    """Return a cache whose own block is rejected: unknown, neither Memcached nor a member.

    `why` is empty where its retention says it already.
    """
    retention = rejected_retention(cache, why) if why else cache.retention
    is_known = isinstance(cache.engine, Known) and cache.engine.value.lower() != MEMCACHED
    engine = cache.engine if is_known else Unset()
    return replace(cache, retention=retention, engine=engine, replication_group=Unset())


def rejected_retention(cache: CacheResource, why: str) -> Unknown[int]:
    """Return the retention of a cache in a configuration that Terraform rejects."""
    text = f"Terraform rejects the configuration: {why}"
    return Unknown(text, trace=cache.retention.trace, is_rejected=True)
