"""The names of Terragrunt's files in a tree → its units and stacks, and what is only a template for them."""

import os
from collections.abc import Iterable

from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.modules.file_names import every_configuration_file
from ecbackup_iac.terraform.values.value import EvaluationError
from ecbackup_iac.terragrunt.stacks import Stack, evaluated_stack
from ecbackup_iac.terragrunt.tree import STACK_FILE, UNIT_FILES, Tree
from ecbackup_iac.terragrunt.units import Unit, evaluated_unit


@changing_record
class Deployments:
    """What Terragrunt deploys in a tree."""

    units: list[Unit] = field(factory=list)
    stacks: list[Stack] = field(factory=list)
    read: set[str] = field(factory=set)
    """The real paths of the configuration files of all of them."""

    templates: list[Unit] = field(factory=list)
    """Units that no stack copies, and that refer to values."""

    @property
    def sourced(self) -> set[str]:
        """The real folders of the modules that are planned as units alone, and those of the units."""
        return {folder for unit in self.units for folder in (*unit.modules, unit.folder)}


def deployments(tree: Tree, paths: Iterable[str]) -> Deployments:
    """Return what Terragrunt deploys by the files at these real paths."""
    found = Deployments()
    files: dict[str, str] = {}
    stack_folders = []
    for path in sorted(paths):
        folder, name = os.path.split(path)
        if name == STACK_FILE:
            stack_folders.append(folder)
        elif name in UNIT_FILES:
            files.setdefault(folder, path)
    stacks = [evaluated_stack(tree, folder) for folder in stack_folders]
    copied = set().union(*(stack.sources for stack in stacks))
    found.stacks = [
        stack
        for stack in stacks
        if not stack.needs_values and os.path.dirname(stack.file) not in copied
    ]
    copied = set().union(*(stack.sources for stack in found.stacks), copied)
    units = [
        evaluated_unit(tree, folder, path) for folder, path in files.items() if folder not in copied
    ]
    included = set().union(*(unit.included for unit in units))
    for unit in units:
        if unit.needs_values:
            found.templates.append(unit)
        elif _is_unit(tree, unit, is_included=unit.file in included):
            found.units.append(unit)
    for stack in found.stacks:
        found.units += stack.units
        found.read.add(stack.file)
    found.read |= set().union(*(unit.read for unit in found.units))
    _refuse_cycles(found.units)
    return found


def _is_unit(tree: Tree, unit: Unit, *, is_included: bool) -> bool:
    """Whether a folder is a unit, and no configuration that is only included; set its own module."""
    if unit.modules or unit.remote:
        return True
    own = every_configuration_file(tree.folders.names(unit.folder))
    if unit.source_at is not None and not own:  # it has a source, which is refused
        return True
    generated = any(every_configuration_file([one.path or "x.tf"]) for one in unit.generated)
    is_included = is_included and unit.source_at is None
    if is_included or not (own or generated):
        return unit.problem is not None and not is_included
    unit.modules.append(tree.folders.real(unit.folder))
    return True


def _refuse_cycles(units: Iterable[Unit]) -> None:
    """Refuse the units whose dependencies lead back to themselves."""
    by_folder = {unit.folder: unit for unit in units}
    done: set[str] = set()
    for start, first in by_folder.items():
        pending = [(start, iter(first.dependencies))] if start not in done else []
        path = [start] if pending else []
        while pending:
            folder, targets = pending[-1]
            target = next(targets, None)
            if target is None:
                pending.pop()
                path.pop()
                done.add(folder)
            elif target in path:
                for one in path[path.index(target) :]:
                    unit = by_folder[one]
                    origin = next(iter(unit.dependencies.values()))
                    text = "Cycle: the unit depends on itself through its dependencies"
                    unit.problem = unit.problem or EvaluationError(text, origin)
            elif target in by_folder and target not in done:
                pending.append((target, iter(by_folder[target].dependencies)))
                path.append(target)
