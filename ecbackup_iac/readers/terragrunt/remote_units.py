"""A unit whose module is fetched from elsewhere → the caches that it makes, as for a call of that module."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ecbackup_iac.files.paths import shown_path
from ecbackup_iac.hcl.expression import GetAttribute, Name
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, PlainTexts
from ecbackup_iac.hidden_numbers import with_texts
from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.readers.terraform.caches import RootReader
from ecbackup_iac.terraform.modules.configuration import (
    NOT_HERE,
    Configuration,
    Modules,
    UnreadModule,
)
from ecbackup_iac.terraform.modules.expansion import UnreadCall
from ecbackup_iac.terraform.modules.folders import Folders, RootFiles
from ecbackup_iac.terraform.modules.inputs import RootInputs
from ecbackup_iac.terraform.modules.instances import BlockScope, ModuleInstance
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.modules.repetitions import Repetition
from ecbackup_iac.terraform.values.value import Located, SourceStep, Value
from ecbackup_iac.terragrunt.units import Unit

if TYPE_CHECKING:
    from collections.abc import Container

    from ecbackup_iac.hcl.source import Problem
    from ecbackup_iac.readers.terraform.published.stand_ins import StandIns

_INPUT = "input"


class _InputsBody(PlainTexts):
    """The inputs of a unit, as the arguments of a call."""

    def __init__(self, unit: Unit, origin: SourceRange) -> None:
        self.range = origin
        self._attributes = {
            name: _attribute(name, value, origin) for name, value in unit.inputs.items()
        }

    def attribute(self, name: str) -> Attribute | None:
        """Return an input."""
        return self._attributes.get(name)

    def attributes(self) -> Sequence[Attribute]:
        """Return every input."""
        return list(self._attributes.values())

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:  # noqa: ARG002
        """Return nothing: inputs are no blocks."""
        return ()

    def parse_all(self) -> None:
        """Do nothing: every input is evaluated."""

    def unexpected(self, kinds: "Container[str]") -> "Sequence[Problem]":  # noqa: ARG002
        """Return nothing."""
        return ()


def _attribute(name: str, value: Value, origin: SourceRange) -> Attribute:
    steps = [step for step in value.trace if isinstance(step, SourceStep)]
    at = steps[0].range if steps else origin
    return Attribute(name, at, lambda: GetAttribute(at, Name(at, _INPUT), name))


def remote_unit_result(
    unit: Unit,
    inputs: RootInputs,
    folders: Folders,
    modules: Modules,
    stand_ins: "Callable[[], StandIns]",
) -> ReadResult:
    """Return the caches of a unit whose module was not read."""
    diagnostics: list[Diagnostic] = []
    origin = _range_of(unit.source_at, unit)
    module = Module(unit.folder)
    files = RootFiles(folders, unit.folder)
    root = ModuleInstance(module, Configuration(modules, unit.folder, files), inputs)
    block = Block(
        "module", (unit.folder.rpartition("/")[2],), origin, origin, _InputsBody(unit, origin)
    )
    names = {(_INPUT, name): value for name, value in unit.inputs.items()}
    source = without_credentials(unit.remote)
    unread = UnreadModule(
        source, NOT_HERE.format(source=source).replace("terraform init", "Terragrunt")
    )
    call = UnreadCall("", block, BlockScope(root, Repetition(names=names)), unread)
    reader = RootReader(unit.view.tree.shown(unit.folder), diagnostics, stand_ins)
    caches = [*reader.resources(call)]
    if not caches and not reader.absent:
        text = f"the module was not read: {unread.why}"
        location = replace(origin.location, end_line=None, end_column=None)
        diagnostics.append(Diagnostic(text, location, Severity.WARNING, is_detail=True))
    name = f"unit.{block.labels[0]}"
    named = [
        cache
        if cache.address
        else replace(
            cache,
            address=name,
            module=replace(cache.module, address=name) if cache.module else None,
        )
        for cache in caches
    ]
    absent = tuple(replace(one, address=one.address or name) for one in reader.absent)
    result = ReadResult(tuple(named), tuple(diagnostics), absent=absent)
    shown = without_credentials(unit.source)
    shown_result: ReadResult = with_texts(result, lambda text: text.replace(source, shown))
    return shown_result


def _range_of(origin: Located | None, unit: Unit) -> SourceRange:
    if isinstance(origin, SourceRange):
        return origin
    return SourceRange(SourceFile(shown_path(unit.file), b""), 0, 0)
