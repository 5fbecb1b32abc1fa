"""A unit and the folder of its module → the inputs to evaluate that with, and its caches as the unit's."""

import os
from collections.abc import Iterator
from itertools import chain

from ecbackup_iac.files.paths import display_path_of, is_inside
from ecbackup_iac.model.cache import CacheResource, format_days
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import NeedsPlan, Unknown, possible_values
from ecbackup_iac.readers.cloudformation.resource_types import names_in_messages
from ecbackup_iac.readers.hidden_words import hidden_words, without_words
from ecbackup_iac.terraform.files.file_names import every_configuration_file
from ecbackup_iac.terraform.functions.data_files import DataFileStep
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.roots.folder_scan import WantedBlocks
from ecbackup_iac.terraform.roots.root_variables import VariableFiles
from ecbackup_iac.terraform.roots.roots import FolderIndex, is_within
from ecbackup_iac.terraform.roots.ruling_out import may_name
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import Value
from ecbackup_iac.terragrunt.inputs import UnitInputs, unit_inputs
from ecbackup_iac.terragrunt.module import UnitModule
from ecbackup_iac.terragrunt.tree import rejected
from ecbackup_iac.terragrunt.units import Unit


@record(eq=False)
class UnitRoot:
    """A unit with one of the folders that its module may be in."""

    unit: Unit
    module: UnitModule
    targets: frozenset[str]
    """The checked folders: the unit's own where all of it is checked, else the paths of the run."""

    index: FolderIndex
    wanted: WantedBlocks
    is_shared: bool = False
    """Other units have the same module."""

    foreign: frozenset[str] = frozenset()
    """The inputs that say nothing of what its module makes: a unit of caches inherits them, too."""

    @property
    def display_path(self) -> str:
        """The unit's folder, as it is printed."""
        return self.unit.view.tree.display_path_of(self.unit.folder)

    def inputs(
        self, given: EvaluationInputs, files: VariableFiles, workspace: Value, root: Module
    ) -> UnitInputs:
        """Return the inputs of the root module; where they are rejected, the unit is."""
        unit = self.unit
        if unit.problem is not None:
            why = rejected(unit.problem, "the unit")
            unit = replace(unit, inputs={}, extra=[], unknown_inputs=why)
        inputs = unit_inputs(unit, self.module, given, files, workspace, root)
        self.unit.problem = self.unit.problem or inputs.rejection
        return inputs

    def result(self, result: ReadResult) -> ReadResult:
        """Return the result of the module's evaluation as that of the unit, without what is hidden."""
        result = without_words(result, self._hidden_words)
        resources = tuple(map(self._of_unit, result.resources))
        if self.unit.excluded:
            excluded = (
                AbsentCache(
                    one.address, one.type, one.root, one.block or one.location, self.unit.excluded
                )
                for one in resources
            )
            return ReadResult(absent=(*result.absent, *excluded))
        absent = (
            *(replace(cache, root=self.display_path) for cache in result.absent),
            *self._replaced(),
        )
        diagnostics = (*result.diagnostics, *self.module.problems, *self._unknown_files())
        return replace(result, resources=resources, absent=absent, diagnostics=diagnostics)

    def is_target(self, folder: str) -> bool:
        """Whether a folder of the module is checked, or the unit's own that is copied over it."""
        folders = (folder, self.unit.folder, self.module.files.own_path(folder))
        return any(is_within(path, self.targets) for path in folders)

    def may_show_comments(self, path: str) -> bool:
        """Whether the comments in a file may be shown: it is not generated of what is hidden."""
        generated = (source.path for source in self.module.files.written.values())
        return not self._hidden_words or path not in generated

    @property
    def _hidden_words(self) -> frozenset[str]:
        contents = (file.contents for file in self.unit.generated)
        texts = (str(one.raw) for one in contents if one.is_hidden and one.is_known)
        return hidden_words(
            texts, chain(self._configuration(), names_in_messages(), self._shown_paths())
        )

    def _shown_paths(self) -> Iterator[bytes]:
        """Yield the paths of the unit and of what it reads: reports name them anyway."""
        for path in (self.unit.folder, *self.unit.read):
            yield self.unit.view.tree.display_path_of(path).encode(errors="replace")

    def _configuration(self) -> Iterator[bytes]:
        """Yield the texts of the configuration of the unit and of its module."""
        folder = self.module.folder
        below = self.index.below(folder) if folder in self.index.found else ()
        modules = (
            os.path.join(path, name) for path in below for name in self.index.found[path].files
        )
        read = (
            step.path
            for file in self.unit.generated
            for step in file.contents.trace
            if isinstance(step, DataFileStep) and every_configuration_file([step.path])
        )
        for path in (*self.unit.read, *modules, *read):
            content = self.module.files.content(path)
            if isinstance(content, bytes) and path not in self.module.files.written:
                yield content

    def _replaced(self) -> Iterator[AbsentCache]:
        """Yield the cache blocks in the files of the module that others replace."""
        if not self.module.is_here:
            return
        for path, folder in self.index.found.items():
            if not is_inside(path, self.module.folder):
                continue
            for block in folder.blocks:
                if self.module.files.is_replaced(os.path.join(path, block.file)):
                    reason = f"the unit replaces {block.file}"
                    yield AbsentCache(
                        block.address, block.type, self.display_path, block.location, reason
                    )

    def _unknown_files(self) -> Iterator[Diagnostic]:
        """Yield a warning for each generated file that is unknown; an error where it mentions caches."""
        for file, diagnostic in self.module.unknown_files:
            is_error = may_name(file.written, self.wanted.words)
            severity = Severity.ERROR if is_error else Severity.WARNING
            yield replace(diagnostic, severity=severity, is_detail=not is_error)

    def _of_unit(self, cache: CacheResource) -> CacheResource:
        cache = of_unit(cache, self.unit)
        if self.unit.inputs_at is not None:
            location, folder = self.unit.inputs_at.location, display_path_of(self.module.folder)
            cache = replace(cache, unit_inputs=Call(location, "inputs", folder, self.is_shared))
        unit, retention = self.unit, cache.retention
        decided = retention.trace[-1].location if retention.trace else cache.location
        if any(decided.path == source.path for source in self.module.files.written.values()):
            cache = replace(cache, generator="Terragrunt", location=decided)
        if unit.problem is not None or self.module.problems:
            problem = unit.problem or EvaluationError(self.module.problems[0].message)
            why = rejected(problem, "the unit")
            return replace(cache, retention=Unknown(why, trace=retention.trace, is_rejected=True))
        why_uncertain = self.module.why_uncertain
        if why_uncertain:
            why = why_uncertain
            if not isinstance(retention, Unknown):
                folder = display_path_of(self.module.folder)
                why += f"; in the module {folder} it is {format_days(retention)}"
            cache = replace(cache, retention=Unknown(NeedsPlan(why), trace=retention.trace))
        if unit.may_be_excluded:
            cache = replace(cache, assumptions=(*cache.assumptions, unit.may_be_excluded))
        return cache


def of_unit(cache: CacheResource, unit: Unit) -> CacheResource:
    """Return a cache as that of a unit, with the locations of the unit's configuration."""
    values = (cache.retention, *possible_values(cache.retention))
    decided = [
        step.location
        for value in values
        for step in value.trace
        if step.location.path.endswith((".hcl", ".hcl.json"))
    ]
    inherited = (
        place.location
        for place in unit.inherited
        if any(_contains(place.location, location) for location in decided)
    )
    locations = (*(place.location for place in (*unit.places, *unit.calls)), *decided, *inherited)
    return replace(cache, source=Source.TERRAGRUNT, unit_locations=tuple(dict.fromkeys(locations)))


def _contains(whole: Location, part: Location) -> bool:
    """Whether a location is in another one, by their lines."""
    is_between = (whole.line or 0) <= (part.line or 0) <= (whole.end_line or 0)
    return whole.path == part.path and is_between
