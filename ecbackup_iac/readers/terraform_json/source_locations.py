"""Caches of plans and states → the same caches, with the places in the configuration that they come from.

What is judged is the plan's. The configuration says where it is written, how it came about, and
whether it can be the one that was planned.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.errors import InputError
from ecbackup_iac.files.paths import boundary_of, is_inside, shown_path
from ecbackup_iac.model.cache import CacheResource, Source
from ecbackup_iac.model.inputs import EvaluationInputs
from ecbackup_iac.model.location import STANDARD_INPUT, Location, input_location, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    Settled,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
    Value,
    possible_values,
)
from ecbackup_iac.readers.terraform.annotated_files import annotated_files
from ecbackup_iac.readers.terraform.caches import called_by
from ecbackup_iac.readers.terraform.lifecycle import is_ignored
from ecbackup_iac.readers.terraform.settings import days_setting, step_of
from ecbackup_iac.readers.terraform_json.planned_root import (
    PlannedInputs,
    PlannedRoot,
    ResourceSite,
)
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.addresses import Address, parsed_address
from ecbackup_iac.terraform.modules.configuration import Configuration, Modules
from ecbackup_iac.terraform.modules.file_names import configuration_files
from ecbackup_iac.terraform.modules.folder_scan import Sought
from ecbackup_iac.terraform.modules.folders import Folders, RootFiles
from ecbackup_iac.terraform.modules.inputs import RootInputs, VariableFiles, workspace_of
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.root_order import RootOrder
from ecbackup_iac.terraform.modules.roots import Index
from ecbackup_iac.terraform.values.budget import MAX_STEPS, TooMuchError
from ecbackup_iac.terraform.values.context import evaluation
from ecbackup_iac.terraform.values.value import EvaluationError, SourceStep

SOURCES = {Source.TERRAFORM_PLAN: "plan", Source.TERRAFORM_STATE: "state"}
"""The inputs whose caches have Terraform's addresses, and no place of their own; what people call them."""

# What the files of a root name, somewhere below it, for it to be asked for a cache.
_SOUGHT = Sought((b"elasticache",))

_NAMED = 3
"""Addresses and folders that a warning names; it counts the others."""


class SourceLocator:
    """The configuration under a folder, in which caches of plans and states are looked for."""

    def __init__(
        self, source: str, given: EvaluationInputs, is_excluded: Callable[[str], bool]
    ) -> None:
        """Take a root module's folder, or the common top of several.

        Raises:
            InputError: there is no such folder.

        """
        if not os.path.isdir(source):
            raise InputError(f"{source}: no such folder")
        self._shown = shown_path(source)
        self._top = os.path.realpath(source)
        self._given = given
        self._is_excluded = is_excluded
        self._folders = Folders(boundary_of(source), given.contents)
        self._modules = Modules(self._folders)
        self._variable_files = VariableFiles(self._folders)
        self._roots: list[str] | None = None
        self._outlines: dict[str, PlannedRoot] = {}
        self._told: set[Diagnostic] = set()

    def placed(self, reading: ReadResult) -> ReadResult:
        """Give what was read of one plan or state with its places; what has none keeps what it has."""
        try:
            with evaluation(MAX_STEPS):
                return self._placed(reading)
        except TooMuchError as error:
            text = f"where the plan's caches are written was not worked out: {error}"
            told = Diagnostic(text, Location(self._shown), Severity.WARNING)
            return replace(reading, diagnostics=(*reading.diagnostics, told))

    def _placed(self, reading: ReadResult) -> ReadResult:
        addresses = {
            one.address: parsed_address(one.address)
            for one in reading.resources
            if one.source in SOURCES
        }
        if not addresses:
            return reading
        plan = next(one.root for one in reading.resources if one.source in SOURCES)
        blocks = {address.block for address in addresses.values() if address}
        folder, problem = self._root_of(plan, blocks)
        if folder is None:
            told = [*self._problems(self._outline(self._top)), *problem]
            return replace(reading, diagnostics=(*reading.diagnostics, *told))
        root = self._root(folder, reading.variables, plan)
        missing, resources = [], []
        for resource in reading.resources:
            address = addresses.get(resource.address)
            placed = _placed(resource, root, address, shown_path(folder)) if address else None
            if placed is None and resource.address in addresses:
                missing.append(resource)
            resources.append(placed or resource)
        diagnostics = [*reading.diagnostics]
        if missing:
            diagnostics += [*self._problems(root), _told_missing(missing, shown_path(folder))]
        # What suppresses nothing here may do so in another plan of the same configuration.
        marked = [
            text
            for module in root.modules()
            for text in annotated_files(self._folders, module.folder, is_whole=False)
        ]
        return replace(
            reading,
            resources=tuple(resources),
            diagnostics=tuple(diagnostics),
            marked=(*reading.marked, *marked),
        )

    def _root_of(
        self, plan: str, blocks: Iterable[Address]
    ) -> tuple[str | None, Sequence[Diagnostic]]:
        """Give the root module that a plan is of, or why it cannot be told.

        The one that has all of its caches: the root that the plan lies in, the folder itself, or the
        only one below it. Where none has all, the first of them that has some, in the same order.
        """
        wanted = [*blocks]
        likely = [*dict.fromkeys(filter(None, (self._own_root(plan), self._top)))]
        for folder in likely:
            if all(map(self._outline(folder).holds, wanted)):
                return folder, ()
        below = self._roots_below()
        fitting = [folder for folder in below if all(map(self._outline(folder).holds, wanted))]
        if not fitting:
            for folder in likely:
                if any(map(self._outline(folder).holds, wanted)):
                    return folder, ()
            fitting = [folder for folder in below if any(map(self._outline(folder).holds, wanted))]
        if len(fitting) == 1:
            return fitting[0], ()
        return None, (self._told_no_root(plan, fitting),)

    def _told_no_root(self, plan: str, fitting: Sequence[str]) -> Diagnostic:
        text = f"none of these caches is in the configuration under {self._shown}: "
        text += "is it the one that was planned?"
        if fitting:
            named = _listed([shown_path(folder) for folder in fitting])
            text = f"several root modules under {self._shown} may be the one that was planned: "
            text += f"{named}; no place is taken: name one with --source"
        return Diagnostic(text, input_location(plan), Severity.WARNING)

    def _own_root(self, plan: str) -> str | None:
        """Give the nearest folder with configuration around a plan, inside the folder that is given."""
        if plan == STANDARD_INPUT or is_stream(plan):
            return None
        folder = os.path.dirname(os.path.realpath(plan))
        while is_inside(folder, self._top):
            if any(configuration_files(self._folders.names(folder))):
                return folder
            folder = os.path.dirname(folder)
        return None

    def _roots_below(self) -> list[str]:
        """Give the root modules in the folder that is given and below it, looked for once."""
        if self._roots is None:
            index = Index(self._folders, _SOUGHT, self._is_excluded)
            self._roots = [root for root in RootOrder(index).likely() if is_inside(root, self._top)]
        return self._roots

    def _outline(self, folder: str) -> PlannedRoot:
        """Give a root to be asked what it holds, without evaluating anything."""
        if folder not in self._outlines:
            self._outlines[folder] = self._root(folder, {}, "", is_evaluated=False)
        return self._outlines[folder]

    def _root(
        self, folder: str, variables: Mapping[str, str], plan: str, *, is_evaluated: bool = True
    ) -> PlannedRoot:
        module = self._modules.at(folder)
        workspace = workspace_of(folder, self._given, self._folders)
        names = self._folders.names(folder) if is_evaluated else ()
        base = RootInputs(folder, names, self._given, self._variable_files, workspace)
        inputs = PlannedInputs(base, module, variables, input_location(plan))
        configuration = Configuration(self._modules, folder, RootFiles(self._folders, folder))
        return PlannedRoot(ModuleInstance(module, configuration, inputs), is_evaluated=is_evaluated)

    def _problems(self, root: "PlannedRoot") -> Iterator[Diagnostic]:
        """Yield why a block may not have been seen, each once: the judgement stands without it."""
        for module in root.modules():
            for problem in module.diagnostics:
                if problem not in self._told:
                    self._told.add(problem)
                    yield replace(problem, severity=Severity.WARNING)


def _placed(
    resource: CacheResource, root: PlannedRoot, address: Address, source: str
) -> CacheResource | None:
    """Give a cache the places that the configuration has for it; None where it has none."""
    try:
        spot = root.spot(address)
        return _at(resource, spot, source) if spot else None
    except RecursionError:  # modules in modules in modules
        return None


def _at(resource: CacheResource, spot: ResourceSite, source: str) -> CacheResource:
    """Give a cache the places of a spot in the configuration under a folder."""
    block, name = spot.block, resource.retention_name
    assumptions, trace = [*resource.assumptions], resource.retention.trace
    place, retention_ignored = block.header, resource.retention_ignored
    if spot.unread:
        assumptions.append(f"{spot.unread}: the place is that of the module call")
    else:
        attribute = block.body.attribute(name)
        place = attribute.range if attribute else place
        retention_ignored = retention_ignored or is_ignored(block, name)
        written = _written(spot, name)
        steps = _steps_to(written, resource.retention)
        trace = (*trace, *steps)
        if not steps and not retention_ignored:
            assumptions.append(_contradiction(resource, written, source))
    return replace(
        resource,
        location=place.location,
        retention=replace(resource.retention, trace=tuple(dict.fromkeys(trace))),
        retention_ignored=retention_ignored,
        assumptions=tuple(assumptions),
        block=block.range.location,
        calls=spot.scope.instance.calls,
        called=called_by(spot.scope.instance),
    )


def _written(spot: ResourceSite, name: str) -> Value[int]:
    """Give the retention that the configuration comes to, with its trace."""
    attribute = spot.block.body.attribute(name)
    if attribute is None:
        return Unset((step_of(SourceStep(spot.block.header, StepKind.UNSET)),))
    step = step_of(SourceStep.of(attribute, StepKind.ATTRIBUTE))
    try:
        return days_setting(Evaluator(spot.scope).value(attribute.expression), (step,))
    except EvaluationError as error:
        return Unknown(error.message, trace=(step,))
    except RecursionError:
        return Unknown("its expressions nest too deeply", trace=(step,))


def _steps_to(written: Value[int], planned: Value[int]) -> tuple[TraceStep, ...]:
    """Give the steps that lead to what is planned; none where the configuration comes to something else."""
    possible = possible_values(written)
    if isinstance(planned, Unknown) or not possible:
        return written.trace
    agreeing = [one for one in possible if _is_same(one, planned)]
    if not agreeing:
        return ()
    steps = (step for one in agreeing for step in one.trace)
    return tuple(dict.fromkeys((*written.trace, *steps)))


def _is_same(one: Settled[int], other: Settled[int]) -> bool:
    """Say whether two retentions are one: what is not set is 0 once it is applied."""
    if isinstance(one, Invalid) or isinstance(other, Invalid):
        return isinstance(one, Invalid) and isinstance(other, Invalid)
    return _number(one) == _number(other)


def _number(days: Known[int] | Unset) -> int:
    return days.value if isinstance(days, Known) else 0


def _contradiction(resource: CacheResource, written: Value[int], source: str) -> str:
    kind = SOURCES[resource.source]
    question = (
        "is it the one that was planned?"
        if kind == "plan"
        else "has it been applied, with these variables?"
    )
    said = " or ".join(dict.fromkeys(map(_said, possible_values(written))))
    planned = " or ".join(map(_said, possible_values(resource.retention)))
    return f"the configuration under {source} says {said}, the {kind} {planned}: {question}"


def _said(value: Settled[int]) -> str:
    match value:
        case Known():
            return value.shown
        case Invalid(text=text):
            return text
        case Unset():
            return "nothing"


def _told_missing(missing: Sequence[CacheResource], folder: str) -> Diagnostic:
    """Tell of the caches that the configuration has no block for, all in one."""
    named = _listed([one.address for one in missing])
    text = f"not in the configuration under {folder}: {named}; is it the one that was planned?"
    return Diagnostic(text, input_location(missing[0].root), Severity.WARNING)


def _listed(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join((*names[:_NAMED], *more))
