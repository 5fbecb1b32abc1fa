"""A unit whose module is fetched from elsewhere → the caches that it makes, as for a call of that module."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.expression import GetAttribute, Name
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, ReadResult, Severity
from ecbackup_iac.placeholder_numbers import map_texts
from ecbackup_iac.readers.terraform.caches import RootReader
from ecbackup_iac.readers.terraform.root import RootEvaluation
from ecbackup_iac.readers.terraform.unread_calls import at_call
from ecbackup_iac.readers.terraform.variants import with_versions
from ecbackup_iac.readers.terragrunt.unit_root import UnitRoot
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.root_files import RootFiles
from ecbackup_iac.terraform.modules.configuration import (
    NOT_IN_REPOSITORY,
    Configuration,
    Modules,
    UnreadModule,
)
from ecbackup_iac.terraform.modules.expansion import UnreadCall
from ecbackup_iac.terraform.modules.instances import BlockScope, ModuleInstance
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.modules.repetitions import Repetition
from ecbackup_iac.terraform.roots.root_variables import RootVariableValues, VariableFiles
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.value import Value, unknown
from ecbackup_iac.terragrunt.module import UnitModule

if TYPE_CHECKING:
    from ecbackup_iac.model.location import Location
    from ecbackup_iac.readers.terraform.published.stand_ins import StandIn, StandIns

_INPUT = "input"


class _InputsBody(NativeBody):
    """The inputs of a unit, as the arguments of a call."""

    def __init__(self, root: UnitRoot, origin: SourceRange) -> None:
        super().__init__(origin.file, origin.start, origin.end, lambda *_: None)
        inputs = root.unit.inputs.items()
        self.items = [
            _attribute(name, value, origin) for name, value in inputs if name not in root.foreign
        ]


def _attribute(name: str, value: Value, origin: SourceRange) -> Attribute:
    steps = [step for step in value.trace if isinstance(step, SourceStep)]
    source_range = steps[0].range if steps else origin
    return Attribute(
        name, source_range, lambda: GetAttribute(source_range, Name(source_range, _INPUT), name)
    )


class RemoteUnit:
    """A unit whose module was not read: evaluated with the stand-ins for the module, where there are some."""

    def __init__(
        self,
        root: UnitRoot,
        folders: Folders,
        modules: Modules,
        stand_ins: "Callable[[], StandIns]",
        diagnostics: list[Diagnostic],
    ) -> None:
        self._root = root
        self._unit = unit = root.unit
        self._diagnostics = diagnostics
        at, folder = unit.source_at, root.module.folder
        file = SourceFile(display_path_of(unit.file), b"")
        origin = at if isinstance(at, SourceRange) else SourceRange(file, 0, 0)
        files = RootFiles(folders, folder)
        inputs = RootVariableValues("", (), EvaluationInputs(), VariableFiles(folders), unknown(""))
        instance = ModuleInstance(Module(folder), Configuration(modules, folder, files), inputs)
        name = root.display_path.rpartition("/")[2]
        block = Block("module", (name,), origin, origin, _InputsBody(root, origin))
        scope = BlockScope(
            instance,
            Repetition(names={(_INPUT, name): value for name, value in unit.inputs.items()}),
        )
        self._source = without_credentials(unit.remote)
        why = NOT_IN_REPOSITORY.format(source=self._source).replace("terraform init", "Terragrunt")
        self._call = UnreadCall("", block, scope, UnreadModule(self._source, why))
        self._reader = RootReader(root.display_path, diagnostics, stand_ins)
        # Terragrunt passes what a module does not declare as well, and it is ignored.
        stand_ins_here = () if unit.is_unread_unit else stand_ins().of_version(self._source, "")
        self.roots: list[tuple[StandIn | None, UnitRoot]] = [
            (one, replace(root, module=UnitModule(unit, folder, folders, one.text)))
            for one in stand_ins_here
        ] or [(None, root)]
        """What is evaluated, for each version that the module may have."""

    def result(self, evaluations: Sequence[RootEvaluation]) -> ReadResult:
        """Return the caches of all versions of the module, merged; or the unread module itself."""
        absent: dict[Location, AbsentCache] = {}
        call_location, name = self._call.block.header.location, self._call.block.labels[0]
        by_version = []
        for (stand_in, _), evaluated in zip(self.roots, evaluations, strict=True):
            caches = [*evaluated.resources.values()]
            absent |= evaluated.absent
            if stand_in is not None:
                path = stand_in.module.folder
                caches = [self._at_call(cache, stand_in) for cache in caches]
                absent = {key: cache for key, cache in absent.items() if key.path != path}
                for number, diagnostic in enumerate(self._diagnostics):
                    if diagnostic.location.path == path:
                        self._diagnostics[number] = replace(diagnostic, location=call_location)
            by_version.append((stand_in.versions if stand_in else "", tuple(caches)))
        caches = [*with_versions(by_version)]
        if self.roots[0][0] is None:
            address = f"unit.{name}"
            unread = []
            for cache in self._reader.unread_calls().likely(self._call):
                module = cache.module and replace(cache.module, address=address)
                unread.append(replace(cache, address=address, module=module))
            if not unread:
                location = replace(call_location, end_line=None, end_column=None)
                text = f"the module was not read: {self._call.unreadable.why}"
                self._diagnostics.append(
                    Diagnostic(text, location, Severity.WARNING, is_detail=True)
                )
            caches += unread
        elif not caches:
            reason = f"{self._source} creates no cache with these inputs"
            absent[call_location] = AbsentCache(
                name, self._source, self._root.display_path, call_location, reason
            )
        diagnostics = tuple(dict.fromkeys(self._diagnostics))
        result = ReadResult(tuple(caches), diagnostics, absent=tuple(absent.values()))
        source, shown = self._source, without_credentials(self._unit.source)
        if source == shown:
            return result
        hidden: ReadResult = map_texts(
            result, lambda text: text.replace(source, shown) if source in text else text
        )
        return hidden

    def _at_call(self, cache: CacheResource, stand_in: "StandIn") -> CacheResource:
        """Return a cache that a stand-in declares as the unit's."""
        is_in_stand_in = cache.block is None or cache.block.path == stand_in.module.folder
        if not is_in_stand_in:
            return cache
        located = at_call(cache, self._call, stand_in)
        is_overridden = cache.location.path != stand_in.module.folder
        return replace(
            located,
            location=cache.location if is_overridden else located.location,
            module=located.module and replace(located.module, address="inputs"),
            overrides=cache.overrides,
        )
