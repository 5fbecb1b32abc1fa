"""The units of a tree → the roots to evaluate, and what concerns no single one of them."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.files.file_names import TERRAGRUNT_FILES
from ecbackup_iac.files.paths import display_path_of, is_inside
from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax, may_contain_suppression
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Severity
from ecbackup_iac.readers.terragrunt.unit_root import UnitRoot
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.functions.data_files import DataFileStep
from ecbackup_iac.terraform.roots.folder_scan import FolderScan, WantedBlocks
from ecbackup_iac.terraform.roots.roots import NO_UNITS, FolderIndex, UnitFolders, is_within
from ecbackup_iac.terraform.roots.ruling_out import may_name
from ecbackup_iac.terraform.roots.wrappers import ExternalInputs
from ecbackup_iac.terraform.values.budget import MAX_STEPS
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terragrunt.discovery import Deployments, deployments
from ecbackup_iac.terragrunt.module import UnitModule
from ecbackup_iac.terragrunt.stacks import Stack
from ecbackup_iac.terragrunt.tree import Tree, rejected
from ecbackup_iac.terragrunt.units import Unit

TEMPLATE_FOLDER = ".boilerplate"
"""The folder of what `terragrunt scaffold` generates a unit from; it contains no unit."""

MAX_STEPS_OF_UNITS = MAX_STEPS // 2
"""For the configuration of all units together, and a step for each byte of it."""


def _may_lead_to_cache(unit: Unit, folder: str, index: FolderIndex) -> bool:
    """Whether the module of a unit contains or calls a cache, as far as is known without evaluating it.

    A configuration that units include is one only if its own folder contains a cache.
    """
    if folder not in index.leading:
        return False
    is_own = unit.is_parent and not unit.source
    return not is_own or any(index.found[path].blocks for path in index.below(folder))


def _inherited_inputs(units: Iterable[Unit]) -> dict[str, set[str]]:
    """Return the files, as they are printed, that some units read besides their own, by each input's name."""
    found: dict[str, set[str]] = {}
    for unit in units:
        read = {display_path_of(path) for path in (*unit.read, *unit.data) if path != unit.file}
        for name in unit.inputs:
            found.setdefault(name, set()).update(read)
    return found


def _foreign_inputs(unit: Unit, inherited: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the inputs of a unit that it does not name itself, and that units of caches inherit, too.

    A root configuration passes what an environment sets to every unit, the node type of its cache included.
    """
    own = display_path_of(unit.file)
    for name in unit.inputs.keys() & inherited.keys():
        paths = [
            display_path_of(step.path) if isinstance(step, DataFileStep) else step.location.path
            for step in unit.inputs[name].trace
        ]
        if paths and own not in paths and paths[-1] in inherited[name]:
            yield name


class UnitRoots:
    """Every unit of one tree."""

    def __init__(
        self,
        folders: Folders,
        given: EvaluationInputs,
        targets: Sequence[str],
        wanted: WantedBlocks,
        is_excluded: Callable[[str], bool],
    ) -> None:
        self._folders = folders
        self._is_excluded = is_excluded
        self._given = given
        self._targets = frozenset(targets)
        self._wanted = wanted
        self.found = Deployments()
        self.steps = 0
        """What the evaluation of their configuration took."""

        self._has_files = False

    def find(self, scan: FolderScan) -> UnitFolders:
        """Find the units, and return what the index has to know of them."""
        paths = [
            path
            for path in (*scan.wrappers, *scan.excluded_wrappers)
            if os.path.basename(path) in TERRAGRUNT_FILES
            and TEMPLATE_FOLDER not in path.split(os.sep)
        ]
        self._has_files = bool(paths)
        if not paths:
            return NO_UNITS
        size = sum(map(os.path.getsize, filter(os.path.exists, paths)))
        max_steps = MAX_STEPS_OF_UNITS + size
        tree = Tree(self._folders, self._given.environment, max_steps)
        self.found = deployments(tree, paths, self._is_excluded)
        self.steps = max_steps - tree.steps_left
        targets = (
            folder for unit in self.found.units if self._is_target(unit) for folder in unit.modules
        )
        wrappers = (*scan.wrappers, *scan.excluded_wrappers)
        read = {path for path in wrappers if path.endswith((".hcl", ".hcl.json"))}
        excluded = {
            folder: ExternalInputs(display_path_of(file))
            for folder, file in self.found.excluded_unit_folders.items()
        }
        return UnitFolders(
            frozenset(self.found.unit_folders),
            tuple(targets),
            frozenset(read - self.found.unresolved),
            excluded,
        )

    def _is_target(self, unit: Unit) -> bool:
        is_here = is_within(unit.folder, self._targets) or is_within(unit.file, self._targets)
        return is_here or not self._targets.isdisjoint((*unit.read, *unit.data))

    def _is_here(self, stack: Stack) -> bool:
        return is_within(os.path.dirname(stack.file), self._targets)

    def roots(self, index: FolderIndex) -> Iterator[UnitRoot]:
        """Yield the units to evaluate: those that may lead to a cache and concern what is checked."""
        times = Counter(folder for unit in self.found.units for folder in unit.modules)
        for unit in self.found.units:
            targets = self._targets_of(unit)
            for folder in () if unit.excluded else unit.modules:
                module = UnitModule(unit, folder, self._folders)
                leads = _may_lead_to_cache(unit, folder, index) or self._has_caches(module, index)
                own_folders = (unit.folder, module.own_folder)
                if leads and (
                    folder in index.relevant
                    or any(is_inside(target, own) for target in targets for own in own_folders)
                ):
                    is_shared = times[folder] > 1
                    yield UnitRoot(unit, module, targets, index, self._wanted, is_shared)

    def _targets_of(self, unit: Unit) -> frozenset[str]:
        """Return what is checked of a unit: its own folder where all of it is."""
        return frozenset((unit.folder,)) if self._is_target(unit) else self._targets

    def _has_caches(self, module: UnitModule, index: FolderIndex) -> bool:
        """Whether the unit itself may add a cache to its module; a parent does for those that include it."""
        if module.unit.is_parent:
            return False
        is_own = module.own_folder == module.folder  # then what it calls has been followed
        copied = () if is_own else index.leading
        return any(is_inside(path, module.own_folder) for path in copied) or any(
            b"module" in text or may_name(text, self._wanted.words)  # a call may lead to one
            for text in (
                *(source.text for source in module.files.written.values()),
                *(file.written for file, _ in module.unknown_files),
            )
        )

    def remote(self, index: FolderIndex) -> Iterator[UnitRoot]:
        """Yield the units in what is checked whose module is fetched from elsewhere, without what it is."""
        remote = [unit for unit in self.found.units if unit.remote and not unit.modules]
        caches = [unit for unit in self.found.units if remote and self._is_of_caches(unit, index)]
        inherited, is_cache = _inherited_inputs(caches), {*map(id, caches)}
        for unit in filter(self._is_target, remote):
            module = UnitModule(unit, unit.view.folder(unit.folder), self._folders)
            root = UnitRoot(unit, module, self._targets_of(unit), index, self._wanted)
            foreign = () if id(unit) in is_cache else _foreign_inputs(unit, inherited)
            yield replace(root, foreign=frozenset(foreign))

    def _is_of_caches(self, unit: Unit, index: FolderIndex) -> bool:
        """Whether a unit's module makes caches, by its source."""
        if unit.remote:
            return self._wanted.is_call(unit.remote, None)
        return any(_may_lead_to_cache(unit, folder, index) for folder in unit.modules)

    def diagnostics(self, index: FolderIndex) -> Iterator[Diagnostic]:
        """Yield what Terragrunt rejects, where it concerns what is checked."""
        for unit in self.found.units:
            is_concerned = any(folder in index.relevant for folder in unit.modules)
            if self._is_target(unit):
                is_concerned = not unit.modules or any(
                    _may_lead_to_cache(unit, folder, index) for folder in unit.modules
                )
            if unit.problem is not None and is_concerned:
                yield _rejected(unit.problem, unit.file)
        units = [unit.file for unit in self.found.templates if self._is_target(unit)]
        stacks = [stack.file for stack in self.found.stack_templates if self._is_here(stack)]
        for kind, templates in (("units", units), ("stacks", stacks)):
            if templates:
                more = f" (and {len(templates) - 1} more)" if len(templates) > 1 else ""
                text = f"a template for {kind}{more}: not evaluated, because no stack here uses it"
                yield Diagnostic(text, Location(display_path_of(templates[0])), Severity.WARNING)
        for stack in self.found.stacks:
            if self._is_here(stack):
                yield from (_rejected(problem, stack.file) for problem in stack.problems)

    def absent(self, index: FolderIndex) -> Iterator[AbsentCache]:
        """Yield the cache blocks in the modules of units that are never applied."""
        for unit in self.found.units:
            display_path = unit.view.tree.display_path_of(unit.folder)
            for folder in {*unit.modules, unit.folder} if unit.excluded else ():
                if folder not in index.leading:
                    continue
                for path, names in index.below(folder).items():
                    for block in index.found[path].blocks:
                        address = f"{names}.{block.address}" if names else block.address
                        yield AbsentCache(
                            address, block.type, display_path, block.location, unit.excluded
                        )

    def annotated_texts(self) -> Iterator[AnnotatedText]:
        """Yield the configuration files that may contain suppressions."""
        for path in sorted(self.found.read):
            source = self._folders.source(path)
            if not isinstance(source, Diagnostic) and may_contain_suppression(source.text):
                syntax = Syntax.TERRAFORM_JSON if path.endswith(".json") else Syntax.HCL
                is_evaluated = is_within(os.path.dirname(path), self._targets)
                yield AnnotatedText(source.path, source.text, syntax, is_evaluated=is_evaluated)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The units of stacks that are excluded, as they are printed."""
        return tuple(sorted(map(display_path_of, self.found.left_out)))

    @property
    def has_files_without_units(self) -> bool:
        """Whether there are files of Terragrunt, and neither a unit nor a stack, nor a template for one."""
        found = self.found
        is_any = found.units or found.stacks or found.templates or found.stack_templates
        return self._has_files and not is_any


def _rejected(error: EvaluationError, file: str) -> Diagnostic:
    location = (
        error.origin.location if error.origin is not None else Location(display_path_of(file))
    )
    return Diagnostic(rejected(error, "it"), location)
