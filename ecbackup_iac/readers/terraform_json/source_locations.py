"""Caches of plans and states → the same caches, with their locations in the configuration.

A root module is found that has the caches' addresses; see `located_cache` for what it says of each.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.errors import InputError
from ecbackup_iac.files.paths import boundary_of, display_path_of, is_inside
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import STANDARD_INPUT, Location, input_location, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.readers.terraform_json.located_cache import located_at
from ecbackup_iac.readers.terraform_json.plan_coverage import listed
from ecbackup_iac.readers.terraform_json.planned_root import PlannedRoot, PlannedVariableValues
from ecbackup_iac.terraform.files.file_names import configuration_files
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.root_files import RootFiles
from ecbackup_iac.terraform.modules.addresses import Address, parsed_address
from ecbackup_iac.terraform.modules.configuration import Configuration, Modules
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.roots.folder_scan import WantedBlocks
from ecbackup_iac.terraform.roots.root_variables import (
    RootVariableValues,
    VariableFiles,
    workspace_of,
)
from ecbackup_iac.terraform.roots.roots import FolderIndex, RootOrder
from ecbackup_iac.terraform.values.budget import MAX_STEPS, TooMuchError
from ecbackup_iac.terraform.values.context import evaluation

# A root is not searched unless its files, or those below it, name this.
_WANTED = WantedBlocks((b"elasticache",))


class SourceLocator:
    """The configuration under a folder, in which the caches of plans and states are located."""

    def __init__(
        self, source: str, inputs: EvaluationInputs, is_excluded: Callable[[str], bool]
    ) -> None:
        """Take a root module's folder, or the common top of several. Raises InputError."""
        if not os.path.isdir(source):
            raise InputError(f"{source}: no such folder")
        self._display_path = display_path_of(source)
        self._top = os.path.realpath(source)
        self._inputs = inputs
        self._is_excluded = is_excluded
        self._folders = Folders(boundary_of(source), inputs.contents)
        self._modules = Modules(self._folders)
        self._variable_files = VariableFiles(self._folders)
        self._roots: list[str] | None = None
        self._outlines: dict[str, PlannedRoot] = {}
        self._reported: set[Diagnostic] = set()

    def locate(self, result: ReadResult) -> ReadResult:
        """Return the caches of one plan or state with their locations; what has none is left as it is."""
        try:
            with evaluation(MAX_STEPS):
                return self._located(result)
        except TooMuchError as error:
            message = f"the plan's caches were not located in the configuration: {error}"
            return _with(
                result, [Diagnostic(message, Location(self._display_path), Severity.WARNING)]
            )

    def _located(self, result: ReadResult) -> ReadResult:
        caches = [cache for cache in result.resources if SOURCES[cache.source].is_terraform_json]
        if not caches:
            return result
        plan = caches[0].root
        addresses = map(parsed_address, (cache.address for cache in caches))
        blocks = {address.block for address in addresses if address}
        folder, problem = self._root_of(plan, blocks)
        if folder is None:
            return _with(result, [*self._problems(self._outline(self._top)), *problem])
        root, display_path = self._root(folder, result.variables, plan), display_path_of(folder)
        located = [_located(cache, root, display_path) for cache in caches]
        pairs = [*zip(caches, located, strict=True)]
        missing = [cache for cache, located_cache in pairs if located_cache is None]
        if missing:
            result = _with(result, [*self._problems(root), _missing(missing, display_path)])
        # What suppresses nothing here may do so in another plan of the same configuration.
        marked = [
            text
            for module in root.modules()
            for text in self._folders.annotated(module.folder, is_evaluated=False)
        ]
        resources = tuple(located_cache or cache for cache, located_cache in pairs)
        texts = (*result.annotated_texts, *marked)
        return replace(result, resources=resources, annotated_texts=texts)

    def _root_of(
        self, plan: str, blocks: Iterable[Address]
    ) -> tuple[str | None, Sequence[Diagnostic]]:
        """Return the root module that a plan was made of, or why it is not known.

        It is the one that has all of the caches: the root around the plan's file, the folder itself, or the
        only one below it. If none has all, it is the first that has some, in the same order.
        """
        addresses = [*blocks]
        fitting: list[str] = []
        likely = dict.fromkeys(filter(None, (self._own_root(plan), self._top)))
        for test in (all, any):
            for folder in likely:
                if test(map(self._outline(folder).has_block, addresses)):
                    return folder, ()
            below = self._roots_below()
            fitting = [
                folder for folder in below if test(map(self._outline(folder).has_block, addresses))
            ]
            if len(fitting) == 1:
                return fitting[0], ()
            if fitting:
                break
        return None, (self._no_root(plan, fitting),)

    def _no_root(self, plan: str, fitting: Sequence[str]) -> Diagnostic:
        text = f"none of these caches is in the configuration in {self._display_path}; "
        text += "was the plan made from another folder?"
        if fitting:
            named = listed([display_path_of(folder) for folder in fitting])
            text = f"several root modules in {self._display_path} may be the one that was planned: "
            text += f"{named}; pass one of them with --source"
        return Diagnostic(text, input_location(plan), Severity.WARNING)

    def _own_root(self, plan: str) -> str | None:
        """Return the nearest folder with configuration around a plan's file, inside the source folder."""
        if plan == STANDARD_INPUT or is_stream(plan):
            return None
        folder = os.path.dirname(os.path.realpath(plan))
        while is_inside(folder, self._top):
            if any(configuration_files(self._folders.names(folder))):
                return folder
            folder = os.path.dirname(folder)
        return None

    def _roots_below(self) -> list[str]:
        """Return the root modules in the source folder and below it; they are searched for once."""
        if self._roots is None:
            index = FolderIndex(self._folders, _WANTED, self._is_excluded)
            self._roots = [
                root for root in RootOrder(index).expected() if is_inside(root, self._top)
            ]
        return self._roots

    def _outline(self, folder: str) -> PlannedRoot:
        """Return a root that knows which blocks it has, without evaluating anything."""
        if folder not in self._outlines:
            self._outlines[folder] = self._root(folder, {}, "", is_evaluated=False)
        return self._outlines[folder]

    def _root(
        self, folder: str, variables: Mapping[str, str], plan: str, *, is_evaluated: bool = True
    ) -> PlannedRoot:
        module = self._modules.at(folder)
        workspace = workspace_of(self._inputs)
        names = self._folders.names(folder) if is_evaluated else ()
        base = RootVariableValues(folder, names, self._inputs, self._variable_files, workspace)
        inputs = PlannedVariableValues(base, module, variables, input_location(plan))
        configuration = Configuration(self._modules, folder, RootFiles(self._folders, folder))
        return PlannedRoot(ModuleInstance(module, configuration, inputs), is_evaluated=is_evaluated)

    def _problems(self, root: "PlannedRoot") -> Iterator[Diagnostic]:
        """Yield why a block may not have been found, each once; the verdict does not depend on it."""
        for module in root.modules():
            for problem in module.diagnostics:
                if problem not in self._reported:
                    self._reported.add(problem)
                    yield replace(problem, severity=Severity.WARNING)


def _with(result: ReadResult, diagnostics: Sequence[Diagnostic]) -> ReadResult:
    return replace(result, diagnostics=(*result.diagnostics, *diagnostics))


def _located(cache: CacheResource, root: PlannedRoot, source: str) -> CacheResource | None:
    """Return a cache with its locations; None where the configuration has no block for it."""
    address = parsed_address(cache.address)
    try:
        site = root.site(address) if address else None
        return located_at(cache, site, source) if site else None
    except RecursionError:  # modules in modules in modules
        return None


def _missing(missing: Sequence[CacheResource], folder: str) -> Diagnostic:
    """Return one warning for all caches that the configuration has no block for."""
    named = listed([cache.address for cache in missing])
    text = f"not in the configuration in {folder}: {named}; was the plan made from another folder?"
    return Diagnostic(text, input_location(missing[0].root), Severity.WARNING)
