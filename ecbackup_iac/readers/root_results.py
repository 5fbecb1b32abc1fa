"""A root module or a unit of Terragrunt → its result: the caches it creates, and what is wrong in it."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.annotated_text import AnnotatedText
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult, Severity
from ecbackup_iac.readers.terraform.arguments import why_not_evaluated
from ecbackup_iac.readers.terraform.caches import RootReader
from ecbackup_iac.readers.terraform.provider_schemas import provider_schema
from ecbackup_iac.readers.terraform.root import RootEvaluation
from ecbackup_iac.readers.tree_request import TreeRequest
from ecbackup_iac.terraform.files.file_names import OPENTOFU_SUFFIXES, Program, is_read_in_two_ways
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.root_files import RootFiles
from ecbackup_iac.terraform.modules.configuration import Configuration, Modules
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.module import FIRST_SHORT_CIRCUITING
from ecbackup_iac.terraform.roots.programs import Evidence, pinned_release, program_of
from ecbackup_iac.terraform.roots.root_variables import (
    RootVariableValues,
    VariableFiles,
    workspace_of,
)
from ecbackup_iac.terraform.roots.roots import FolderIndex, RootOrder, is_within
from ecbackup_iac.terraform.values.budget import MAX_STEPS, TooMuchError
from ecbackup_iac.terraform.values.context import evaluation

if TYPE_CHECKING:
    from ecbackup_iac.model.deployment import TemplateDeployment
    from ecbackup_iac.readers.terraform.published.stand_ins import StandIns
    from ecbackup_iac.readers.terragrunt.unit_root import UnitRoot
    from ecbackup_iac.terraform.modules.variables import VariableValues

MAX_VARIABLE_FILES = 100
"""Variable files beside one root, which Terraform does not load, that are tried."""


class RootResults:
    """The results of the roots of one tree; the modules that they share are read once."""

    def __init__(
        self,
        request: TreeRequest,
        folders: Folders,
        index: FolderIndex,
        order: RootOrder,
        steps_left: int,
    ) -> None:
        """`steps_left` is for the evaluation of all roots together."""
        self._request = request
        self._folders = folders
        self._index = index
        self._order = order
        self._steps_left = steps_left
        targets = frozenset(request.targets)
        # It is needed for every module instance, and for those that call it.
        self._is_target: Callable[[str], bool] = cache(lambda path: is_within(path, targets))
        self._modules: dict[Program | None, Modules] = {}
        self._stand_ins: StandIns | None = None
        self._unit_texts: dict[str, AnnotatedText] = {}
        """The files that units are planned with and that may contain suppressions, by path."""

        self.variable_files = VariableFiles(folders)
        self.declared: set[str] = set()
        """The names of the variables that the roots declare."""

        self.evaluated: set[str] = set()
        """The folders of the roots and units."""

        self.skipped: list[str] = []
        """The folders of the roots and units for which no steps were left."""

        self.read_calls: set[Location] = set()
        """The calls whose module was read, or whose caches were found without reading it."""

    def of_root(self, folder: str, unit: "UnitRoot | None" = None) -> Iterator[ReadResult]:
        """Yield a root's result, or one for each set of variables that the policy names."""
        self.evaluated.add(folder)
        settings = [root for root in self._request.roots if os.path.realpath(root.path) == folder]
        if not settings:
            yield self._result(folder, self._request.given, unit)
        for root in settings:
            variables = [("file", path) for path in root.var_files]
            given = replace(
                self._request.given,
                variables=(*variables, *self._request.given.variables),
                workspace=self._request.given.workspace or root.workspace,
            )
            yield self._result(folder, given, unit).with_settings_label(root.label)
        if unit is None:
            yield self._release(folder)

    def _result(
        self, folder: str, given: EvaluationInputs, unit: "UnitRoot | None" = None
    ) -> ReadResult:
        if self._steps_left <= 0:
            self.skipped.append(folder)
            return ReadResult()
        diagnostics: list[Diagnostic] = []
        if unit is not None and not unit.module.is_here:
            return self._remote_result(unit, given, diagnostics)
        programs = self._programs(folder, unit)
        found: list[dict[str, CacheResource]] = []
        absent: dict[Location, AbsentCache] = {}
        deployments: dict[tuple[str, str], TemplateDeployment] = {}
        for program in programs:
            evaluated = self._evaluate(folder, given, program, diagnostics, unit)
            absent = evaluated.absent | absent
            for deployment in evaluated.deployments:
                key = (deployment.address, deployment.url or deployment.text)
                deployments.setdefault(key, deployment)
            resources = evaluated.resources
            if unit is None and not any(kind == "file" for kind, _ in given.variables):
                resources = self._with_unloaded_files(
                    folder, given, evaluated, program, diagnostics
                )
            found.append(resources)
        if folder in self._order.never_created and not self._index.is_planned(folder):
            diagnostics = [*map(_as_root_of_its_own, diagnostics)]
        for modules in self._modules.values():
            diagnostics += modules.new_diagnostics()
        if self._stand_ins is not None:
            diagnostics += self._stand_ins.new_diagnostics
        caches: Iterable[CacheResource] = found[0].values()
        if len(found) > 1:
            from ecbackup_iac.readers.terraform.variants import with_programs

            caches = with_programs(*found)
        result = ReadResult(
            tuple(caches),
            tuple(dict.fromkeys(diagnostics)),
            absent=tuple(absent.values()),
            deployments=tuple(deployments.values()),
        )
        return unit.result(result) if unit else result

    def _programs(self, folder: str, unit: "UnitRoot | None") -> tuple[Evidence, ...]:
        """Return the program that plans a root, or both where they read different files of it."""
        unknown = (Evidence(None),)
        folder = unit.module.folder if unit else folder
        own = unit.module.files.names(folder) if unit else ()
        if not self._index.has_opentofu_files and not any(map(_is_of_opentofu, own)):
            return unknown
        below = self._index.below(folder) if folder in self._index.found else ()
        files = [own, *(self._index.found[path].files for path in below)]
        if not any(_is_of_opentofu(name) for names in files for name in names):
            return unknown
        module = self._modules_for(Program.OPENTOFU).at(folder)
        shown = program_of(folder, module, self._folders)
        if shown is not None:
            return (shown,)
        if not any(map(is_read_in_two_ways, files)):
            return unknown
        return Evidence(Program.TERRAFORM), Evidence(Program.OPENTOFU)

    def _known_stand_ins(self) -> "StandIns":
        """Return the stand-ins for modules that were not read, loaded when the first is needed."""
        from ecbackup_iac.readers.terraform.published.stand_ins import StandIns

        if self._stand_ins is None:
            self._stand_ins = StandIns(self._request.modules)
        return self._stand_ins

    def _evaluate(
        self,
        folder: str,
        given: EvaluationInputs,
        program: Evidence,
        diagnostics: list[Diagnostic],
        unit: "UnitRoot | None" = None,
    ) -> RootEvaluation:
        """Return the evaluation of a root with the given values; problems go to the diagnostics."""
        instance = self._instance(folder, given, program.program, unit, diagnostics)
        display_path = unit.display_path if unit is not None else display_path_of(folder)
        reader = RootReader(display_path, diagnostics, self._known_stand_ins)
        is_target = self._is_target if unit is None else unit.is_target
        root = RootEvaluation(instance, program, reader, self._index, self._order, is_target)
        root.is_indexed = unit is None or not unit.module.changes_calls
        max_steps = min(MAX_STEPS, self._steps_left)
        with evaluation(max_steps) as context:
            context.short_circuits = (
                instance.module.short_circuits
                or pinned_release(folder, self._folders) >= FIRST_SHORT_CIRCUITING[:2]
            )
            try:
                for _ in root.run(diagnostics):
                    self._request.progress.update()
            except (RecursionError, TooMuchError) as error:
                text = f"only part of this root was evaluated: {why_not_evaluated(error)}"
                diagnostics.append(Diagnostic(text, Location(display_path)))
            if context.too_large:
                text = f"only part of this root was evaluated: {context.too_large}"
                diagnostics.append(Diagnostic(text, Location(display_path)))
            self._steps_left -= max_steps - max(0, context.steps_left)
        if unit is not None and not unit.module.is_unchanged:
            for path in instance.configuration.used:
                texts = unit.module.files.annotated(path, is_evaluated=self._is_target(path))
                self._unit_texts |= {
                    text.path: text for text in texts if unit.may_show_comments(text.path)
                }
                if unit.module.changes_calls:
                    self._order.mark_done(unit.module.files.own_path(path))
        self.read_calls |= root.read_calls
        self.read_calls |= {
            one.block for one in root.resources.values() if one.module and one.block
        }
        return root

    def _instance(
        self,
        folder: str,
        given: EvaluationInputs,
        program: Program | None,
        unit: "UnitRoot | None",
        diagnostics: list[Diagnostic],
    ) -> ModuleInstance:
        """Return a root module with the values of its variables, which for a unit Terragrunt sets, too."""
        modules, folders, workspace = self._modules_for(program), self._folders, workspace_of(given)
        values: VariableValues
        if unit is None:
            module = modules.at(folder)
            names, other = folders.names(folder), self._index.external_inputs.get(folder)
            values = RootVariableValues(folder, names, given, self.variable_files, workspace, other)
        else:
            folder, folders = unit.module.folder, unit.module.files
            module, modules = unit.module.loaded(modules, diagnostics)
            values = unit.inputs(given, self.variable_files, workspace, module)

        def shows_terraform() -> bool:
            shown = program_of(folder, module, folders) if unit is None else None
            return shown is not None and shown.program is Program.TERRAFORM

        files = RootFiles(folders, folder)
        configuration = Configuration(modules, folder, files, shows_terraform, provider_schema)
        self.declared |= module.variables.keys()
        return ModuleInstance(module, configuration, values)

    def _remote_result(
        self, unit: "UnitRoot", given: EvaluationInputs, diagnostics: list[Diagnostic]
    ) -> ReadResult:
        """Return the caches of a unit whose module is fetched from elsewhere."""
        from ecbackup_iac.readers.terragrunt.remote_units import RemoteUnit

        modules = self._modules_for(None)
        remote = RemoteUnit(unit, self._folders, modules, self._known_stand_ins, diagnostics)
        found = [
            self._evaluate(unit.unit.folder, given, Evidence(None), diagnostics, root)
            for _, root in remote.roots
        ]
        with evaluation(min(MAX_STEPS, self._steps_left)):
            return remote.roots[0][1].result(remote.result(found))

    def _with_unloaded_files(
        self,
        folder: str,
        given: EvaluationInputs,
        root: RootEvaluation,
        program: Evidence,
        diagnostics: list[Diagnostic],
    ) -> dict[str, CacheResource]:
        """Return the caches with the variants of each variable file that Terraform does not load on its own.

        Such a file is how many teams choose an environment: a verdict by only the defaults would
        mislead where it sets a variable that decides.
        """
        used = root.used_variables
        variants: list[tuple[str, dict[str, CacheResource]]] = []
        for path in self._index.unloaded_variable_files(folder):
            names = set(self.variable_files.at(path).attributes) & used
            if names and len(variants) == MAX_VARIABLE_FILES:
                text = f"not evaluated: more than {MAX_VARIABLE_FILES} variable files set what is used here"
                diagnostics.append(Diagnostic(text, Location(display_path_of(path))))
                break
            if names:
                chosen = replace(given, variables=(("file", path), *given.variables))
                found = self._evaluate(folder, chosen, program, [])
                variants.append((display_path_of(path), found.resources))
        resources = root.resources
        if not variants:
            return resources
        from ecbackup_iac.readers.terraform.variants import with_variants

        addresses = dict.fromkeys((*resources, *(a for _, found in variants for a in found)))
        return {
            address: with_variants(
                resources.get(address), [(path, found.get(address)) for path, found in variants]
            )
            for address in addresses
        }

    def _release(self, folder: str) -> ReadResult:
        """Release a root that is not called: a tree of many would fill the memory.

        The result has the root's files that may have suppressions.
        """
        if folder in self._index.called:
            return ReadResult()
        marked = self._folders.annotated(folder, is_evaluated=self._is_target(folder))
        result = ReadResult(annotated_texts=tuple(marked))
        for modules in self._modules.values():
            modules.forget(folder)
        return result

    def _modules_for(self, program: Program | None) -> Modules:
        if program not in self._modules:
            self._modules[program] = Modules(self._folders, program)
        return self._modules[program]

    def annotated_texts(self) -> dict[str, AnnotatedText]:
        """Return the files of the modules that were read, where they may have suppressions, by path."""
        found = dict(self._unit_texts)
        loaded = (module for modules in self._modules.values() for module in modules.loaded())
        for module in loaded:
            is_evaluated = self._is_target(module.folder)
            texts = self._folders.annotated(module.folder, is_evaluated=is_evaluated)
            found |= {text.path: text for text in texts}
        return found


def _as_root_of_its_own(diagnostic: Diagnostic) -> Diagnostic:
    """Return a problem of a folder whose calls create nothing as a warning.

    What Terraform rejects there does not concern its callers, and such a module need not be planned itself.
    """
    text = f"{diagnostic.message} (its calls create nothing, so it was evaluated as a root)"
    return replace(diagnostic, message=text, severity=Severity.WARNING)


def _is_of_opentofu(name: str) -> bool:
    return name.endswith(OPENTOFU_SUFFIXES)
