"""One root module with its values → the caches that it creates, and the cache blocks that create none."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.deployment import TemplateDeployment
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Severity
from ecbackup_iac.model.value import Known, Unknown, Value
from ecbackup_iac.readers.terraform.arguments import rejected
from ecbackup_iac.readers.terraform.caches import (
    MAX_CHECKED_INSTANCES,
    RootReader,
    rejected_retention,
)
from ecbackup_iac.readers.terraform.deployers import DEPLOYERS, MANIFESTS
from ecbackup_iac.readers.terraform.resource_types import cache_type
from ecbackup_iac.terraform.files.file_names import configuration_files
from ecbackup_iac.terraform.modules.configuration import source_of
from ecbackup_iac.terraform.modules.expansion import (
    REPEATED_PROVIDERS,
    EmptyBlock,
    ResourceInstance,
    Search,
    UnreadCall,
    resources,
)
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.merged_bodies import overrides_of
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.modules.problems import problems
from ecbackup_iac.terraform.roots.folder_scan import DeclaredBlock
from ecbackup_iac.terraform.roots.programs import Evidence
from ecbackup_iac.terraform.roots.roots import FolderIndex, RootOrder
from ecbackup_iac.terraform.values.budget import TooMuchError, charge
from ecbackup_iac.terraform.values.errors import EvaluationError

if TYPE_CHECKING:
    from ecbackup_iac.model.cache import CacheResource


def _may_pass(retention: Value[int]) -> bool:
    """Whether a cache may pass: one without backups fails, whatever else is rejected."""
    match retention:
        case Known(value=days):
            return days > 0
        case Unknown(is_rejected=is_rejected):
            return not is_rejected
        case _:
            return False


def _syntax_error(found: ResourceInstance | UnreadCall) -> str:
    """Return a problem reported within a resource's block, or a call that leads to it; else an empty text."""
    instance: ModuleInstance | None = found.scope.instance
    for written in (found.block, *reversed(found.scope.instance.call_blocks)):
        block = written.range.location
        lines = range(block.line or 0, (block.end_line or 0) + 1)
        for problem in instance.module.diagnostics if instance else ():
            is_here = problem.location.path == block.path and problem.location.line in lines
            if is_here and problem.severity is Severity.ERROR:
                return problem.message
        instance = instance.parent if instance else None
    return ""


def _duplicate(found: ResourceInstance | UnreadCall) -> str:
    """Return the error for a resource, or a call above it, that is declared twice; empty without one."""
    instance: ModuleInstance | None = found.scope.instance
    headers = [block.header.location for block in (found.block, *found.scope.instance.call_blocks)]
    while instance is not None:
        for header in headers:
            if header in instance.module.redeclared:
                return instance.module.redeclared[header]
        instance = instance.parent
    return ""


class RootEvaluation(Search):
    """The evaluation of one root module: what its configuration is searched for, and what was found."""

    def __init__(  # noqa: PLR0913, PLR0917 - what all roots share, and what this one is
        self,
        root: ModuleInstance,
        program: Evidence,
        reader: RootReader,
        index: FolderIndex,
        order: RootOrder,
        is_target: Callable[[str], bool],
    ) -> None:
        self._root = root
        self._program = program
        self._reader = reader
        self._index = index
        self._order = order
        self._is_target = is_target
        self._empty_calls: set[Location] = set()
        self._sources: dict[str, ResourceInstance | UnreadCall] = {}
        self._rejections: dict[ModuleInstance, str] = {}
        self._checked: Counter[str] = Counter()
        self.is_indexed = True
        """The index has the calls that are evaluated: Terragrunt generates no others for this root."""

        self.used_variables: set[str] = set()
        """The root's variables that the caches depend on."""

        self.resources: dict[str, CacheResource] = {}
        """The caches that the root creates, by address."""

        self.absent: dict[Location, AbsentCache] = {}
        """The cache blocks without an instance, by the location of the block."""

        self._fetched_calls: dict[Location, tuple[str, Block]] = {}
        """The calls whose module `terraform init` fetched: address and block, by the header's location."""

        self._calls_with_caches: set[Location] = set()
        """The headers of the calls below which there is a cache, or a cache block without an instance."""

        self.read_calls: set[Location] = set()
        """The calls whose module `terraform init` fetched, and the resources that deploy templates: what they
        create is found in the module or the template; and the calls that are reported."""

    @property
    def deployments(self) -> tuple[TemplateDeployment, ...]:
        """The CloudFormation templates that resources deploy."""
        return tuple(self._reader.deployments)

    def is_wanted(self, block: Block) -> bool:
        """Whether a resource is of a cache's type, or may deploy one."""
        kind = block.labels[0]
        if kind in MANIFESTS:
            from ecbackup_iac.readers.terraform.deployed_templates import mentions_cache

            return mentions_cache(block)
        return kind in DEPLOYERS or bool(cache_type(kind))

    def may_lead_to_wanted(self, folder: str) -> bool:
        """Whether a module may lead to a cache; one that the index does not know may."""
        is_known = folder in self._index.found and self.is_indexed
        return not is_known or folder in self._index.leading

    def record_call(self, folder: str | None, address: str, call: Block) -> None:
        """Record a call whose module is evaluated."""
        if folder is None:
            self.read_calls.add(call.range.location)
            self._fetched_calls[call.header.location] = (address, call)
        else:
            self._order.mark_done(folder)
            if not self.is_indexed:
                self.read_calls.add(call.range.location)

    def run(self, diagnostics: list[Diagnostic]) -> Iterator[None]:
        """Evaluate the root, a step for each instance; what is rejected goes to the diagnostics.

        Raises RecursionError: modules or expressions are nested too deeply.
        Raises TooMuchError: it takes too much work.
        """
        here = Location(display_path_of(self._root.module.folder))
        for found in resources(self._root, self):
            yield
            if isinstance(found, EvaluationError):
                diagnostics.append(rejected(found, here))
            elif isinstance(found, EmptyBlock):
                problem = self._skip(found)
                if problem is not None:
                    diagnostics.append(problem)
            elif self._is_in_target(found.scope.instance):
                self._add_caches(found)
        self.used_variables = self._root.used_variables()
        for absent in self._reader.absent:
            self.absent.setdefault(absent.location, absent)
        for module in self._root.configuration.used.values():
            module.parse_all()
            self._skip_unread_files(module)
        self._add_fetched_calls_without_caches()
        self._reject(diagnostics)

    def _add_caches(self, found: ResourceInstance | UnreadCall) -> None:
        """Add the caches that an instance is, or that an unread module would make."""
        is_reported = isinstance(found, UnreadCall) and found.unreadable.is_missing
        if is_reported or (isinstance(found, ResourceInstance) and found.kind in DEPLOYERS):
            self.read_calls.add(found.block.range.location)
        for cache in self._reader.caches(found):
            self.resources[cache.address] = cache
            self._sources[cache.address] = found
            if self._fetched_calls:
                self._lead_to_cache(cache.calls)

    def _lead_to_cache(self, calls: Iterable[Call]) -> None:
        self._calls_with_caches.update(call.location for call in calls)

    def _add_fetched_calls_without_caches(self) -> None:
        """Record the calls of modules that are known to make caches, where what was fetched makes none.

        Anyone can put a module into `.terraform` that only has the name of the published one.
        """
        if not self._fetched_calls:
            return
        from ecbackup_iac.readers.terraform.published.stand_ins import described_modules

        for header, (address, call) in self._fetched_calls.items():
            source = source_of(call) or ""
            if header not in self._calls_with_caches and described_modules(source):
                reason = "the module that terraform init fetched for this call creates no cache"
                self._add_absent(address, kind=source, location=call.range.location, reason=reason)

    def _reject(self, diagnostics: list[Diagnostic]) -> None:
        """Make each cache unknown that would pass, where Terraform rejects its block or a module above it."""
        for address, found in self._sources.items():
            cache = self.resources[address]
            rejection = self._rejection(found.scope.instance, diagnostics)
            rejection = rejection or _syntax_error(found) or _duplicate(found)
            if rejection and _may_pass(cache.retention):
                self.resources[address] = replace(
                    cache, retention=rejected_retention(cache, rejection)
                )

    def _rejection(self, instance: ModuleInstance, diagnostics: list[Diagnostic]) -> str:
        """Return what Terraform rejects of the modules that lead to a cache, beside the cache itself."""
        if instance in self._rejections:
            return self._rejections[instance]
        rejection = self._rejection(instance.parent, diagnostics) if instance.parent else ""
        if instance.is_rejected:  # its call is, and what follows from that says nothing more
            return rejection
        folder = instance.module.folder
        self._checked[folder] += 1
        # Where it takes too much work, it is not checked: no verdict depends on it.
        with suppress(RecursionError, TooMuchError):
            found = problems(instance) if self._checked[folder] <= MAX_CHECKED_INSTANCES else ()
            for error in found:
                diagnostics.append(rejected(error, Location(display_path_of(folder))))
                rejection = rejection or error.message
        self._rejections[instance] = rejection
        return rejection

    def _is_in_target(self, instance: ModuleInstance | None) -> bool:
        """Whether a module instance, or one that calls it, is in a target."""
        while instance is not None:
            if self._is_target(instance.module.folder):
                return True
            instance = instance.parent
        return False

    def _skip(self, found: EmptyBlock) -> Diagnostic | None:
        """Record the caches that a block without instances does not create.

        Returns what Terraform rejects about a module call.
        """
        self._lead_to_cache(found.instance.calls if cache_type(found.kind) else ())
        location = found.block.range.location
        locations = (location, *overrides_of(found.block))
        is_call = found.target is not None
        if found.kind in DEPLOYERS and not _declares_cache(found):
            return None
        if self._is_in_target(found.instance) and (
            not is_call or self._is_cache_call(found, locations)
        ):
            for absent in locations:
                self._add_absent(
                    found.address, kind=found.kind, location=absent, reason=found.reason
                )
        if not isinstance(found.target, Module) or found.target.folder not in self._index.found:
            return None
        if found.instance.is_rejected or location in self._empty_calls:
            return None
        if found.instance.never_creates(found.block):
            # Then the module is evaluated on its own, if nothing else calls it. So is one below it
            # whose own call is rejected.
            self._order.never_created.update(self._index.below(found.target.folder))
            return None
        self._empty_calls.add(location)
        below = self._index.below(found.target.folder)
        if any(map(self._index.configures_providers, below)):
            return Diagnostic(REPEATED_PROVIDERS, found.block.header.location)
        header = found.block.header.location
        reason = f"the call at {header.path}:{header.line} creates no instance: {found.reason}"
        for path, names in below.items():
            charge()
            self._order.mark_done(path)
            self._root.configuration.modules.at(path).parse_all()
            if self._is_target(path) or self._is_in_target(found.instance):
                prefix = f"{found.address}.{names}".rstrip(".")
                self._add_blocks(self._index.found[path].blocks, prefix, reason)
        return None

    def _is_cache_call(self, found: EmptyBlock, locations: Sequence[Location]) -> bool:
        """Whether a module call is one of a module outside of the tree that creates caches."""
        folder = self._index.found.get(found.instance.module.folder)
        return folder is not None and any(block.location in locations for block in folder.blocks)

    def _skip_unread_files(self, module: Module) -> None:
        """Record the cache blocks in files that the program does not read which plans this root."""
        folder = self._index.found.get(module.folder)
        if folder is None or not self._program.shown_by or not self._is_target(module.folder):
            return
        files, overrides = configuration_files(folder.files, self._program.program)
        unread = [block for block in folder.blocks if block.file not in (*files, *overrides)]
        shown_by, program = self._program.shown_by, self._program.program
        reason = f"{program} does not read this file, and {shown_by} shows that {program} is used"
        self._add_blocks(unread, "", reason)

    def _add_blocks(self, blocks: list[DeclaredBlock], prefix: str, reason: str) -> None:
        for block in blocks:
            address = f"{prefix}.{block.address}" if prefix else block.address
            self._add_absent(address, kind=block.type, location=block.location, reason=reason)

    def _add_absent(self, address: str, *, kind: str, location: Location, reason: str) -> None:
        root = display_path_of(self._root.module.folder)
        self.absent.setdefault(
            location, AbsentCache(address, type=kind, root=root, location=location, reason=reason)
        )


def _declares_cache(found: EmptyBlock) -> bool:
    from ecbackup_iac.readers.terraform.deployed_templates import declares_cache

    return declares_cache(found)
