"""The names of Terragrunt's files in a tree → its units and stacks, and what is only a template for them."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from ecbackup_iac.files.paths import is_inside
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.files.file_names import every_configuration_file
from ecbackup_iac.terraform.functions.call_context import OutsideError
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terragrunt.configuration import ConfigFile
from ecbackup_iac.terragrunt.stacks import NOT_ENABLED, STACK_FOLDER, Stack, evaluated_stack
from ecbackup_iac.terragrunt.tree import STACK_FILE, UNIT_FILES, Tree, View
from ecbackup_iac.terragrunt.units import Unit, evaluated_unit


@changing_record
class Deployments:
    """What Terragrunt deploys in a tree."""

    units: list[Unit] = field(factory=list)
    stacks: list[Stack] = field(factory=list)
    read: set[str] = field(factory=set)
    """The real paths of the configuration files of all of them."""

    templates: list[Unit] = field(factory=list)
    """Units that no stack copies, and that refer to values, or that only a template for stacks copies."""

    stack_templates: list[Stack] = field(factory=list)
    """Stacks that no stack copies, and that refer to values."""

    unit_folders: dict[str, str] = field(factory=dict)
    """The real folders of the units and of their modules → a unit's file; none of them is a root."""

    excluded_unit_folders: dict[str, str] = field(factory=dict)
    """The same of the units that are excluded from the check."""

    left_out: set[str] = field(factory=set)
    """The folders of generated units that are excluded from the check, though their stack is not."""

    unresolved: set[str] = field(factory=set)
    """The real paths of the files of units whose module is not found by evaluating them."""


def deployments(
    tree: Tree, paths: Iterable[str], is_excluded: Callable[[str], bool] = lambda _: False
) -> Deployments:
    """Return what Terragrunt deploys by the files at these real paths, without what is excluded."""
    found = Deployments()
    files: dict[str, str] = {}
    stack_folders = []
    for path in sorted(paths):
        folder, name = os.path.split(path)
        if name == STACK_FILE:
            stack_folders.append(folder)
        elif name in UNIT_FILES:
            files.setdefault(folder, path)
    _set_stacks(found, [evaluated_stack(tree, folder) for folder in stack_folders])
    generated = [unit for stack in found.stacks for unit in stack.units]
    copied = set().union(*(stack.sources for stack in found.stacks))
    # A stack writes over what is where it generates a unit.
    copied |= {unit.folder for unit in generated if unit.excluded != NOT_ENABLED}
    units = [
        evaluated_unit(tree, ConfigFile(View(tree, {}), path))
        for folder, path in files.items()
        if folder not in copied
    ]
    _set_units(tree, found, units, generated)
    for stack in found.stacks:
        folder = os.path.dirname(stack.file)
        if folder in files:
            _reject_coexistence(tree, stack, [one for one in units if one.folder == folder])
    _reject_missing_dependencies(found.units, generated)
    _reject_cycles(found.units)
    _exclude_dependencies(found.units)
    _leave_out(found, units, is_excluded)
    return found


def _set_stacks(found: Deployments, stacks: list[Stack]) -> None:
    """Set the stacks that are generated: one that another copies, or that needs values, is a template."""
    stacks_by_folder = {os.path.dirname(one.file): one for one in stacks}
    nested = {
        source
        for folder, one in stacks_by_folder.items()
        for source in one.sources & stacks_by_folder.keys()
        if not one.needs_values and folder not in stacks_by_folder[source].sources  # no cycle
    }
    found.stacks = [
        one
        for folder, one in stacks_by_folder.items()
        if not one.needs_values and folder not in nested
    ]
    copied = set().union(*(stack.sources for stack in found.stacks))
    found.stack_templates = [
        one for one in stacks if one.needs_values and os.path.dirname(one.file) not in copied
    ]


def _set_units(tree: Tree, found: Deployments, units: list[Unit], generated: list[Unit]) -> None:
    """Set the units and the templates, and what is read for them."""
    # A file that units below its folder include is their parent, and need not be a unit itself.
    parents = {
        path
        for unit in (*units, *generated)
        for path in unit.included
        if is_inside(unit.folder, os.path.dirname(path))
    }
    for unit in units:
        unit.is_parent = unit.file in parents
    copied_by_templates = set().union(*(stack.sources for stack in found.stack_templates))
    found.templates = [
        unit for unit in units if unit.needs_values or unit.folder in copied_by_templates
    ]
    template_folders = {unit.folder for unit in found.templates}
    written = (unit for unit in units if unit.folder not in template_folders)
    found.units = [unit for unit in (*written, *generated) if _is_unit(tree, unit)]
    found.read = set().union(
        (stack.file for stack in found.stacks), *(unit.read for unit in found.units)
    )
    unresolved = (
        unit
        for unit in found.units
        if not (unit.remote or unit.copied_folders or (unit.modules and unit.source_at is None))
    )
    found.unresolved = set().union(
        (unit.file for unit in found.templates), *(unit.read for unit in unresolved)
    )


def _reject_coexistence(tree: Tree, stack: Stack, beside: list[Unit]) -> None:
    """Reject a stack with the unit in its folder."""
    at = SourceRange(SourceFile(tree.display_path_of(stack.file), b""), 0, 0)
    rejection = EvaluationError("the folder of a stack has the configuration of a unit too", at)
    stack.problems.append(rejection)
    for unit in (*stack.units, *beside):
        unit.problem = unit.problem or rejection


def _leave_out(found: Deployments, units: list[Unit], is_excluded: Callable[[str], bool]) -> None:
    """Remove what is excluded from the check; its modules are kept, because they are not roots."""
    of_excluded_stacks = {
        unit.folder for stack in found.stacks if is_excluded(stack.file) for unit in stack.units
    }
    generated = {unit.folder for stack in found.stacks for unit in stack.units}
    found.left_out = set(filter(is_excluded, generated)) - of_excluded_stacks
    left_out = found.left_out.union(
        of_excluded_stacks, (unit.folder for unit in units if is_excluded(unit.file))
    )
    for unit in found.units:
        is_left_out = unit.folder in left_out
        folders = found.excluded_unit_folders if is_left_out else found.unit_folders
        folders.update((one, unit.file) for one in (*unit.modules, unit.folder))
    found.units = [unit for unit in found.units if unit.folder not in left_out]
    found.stacks = [one for one in found.stacks if not is_excluded(one.file)]
    found.templates = [one for one in found.templates if not is_excluded(one.file)]
    found.stack_templates = [one for one in found.stack_templates if not is_excluded(one.file)]


def _is_unit(tree: Tree, unit: Unit) -> bool:
    """Whether a folder is a unit, and not only included by others; a module in the folder is added to it."""
    if unit.modules or unit.remote:
        return True
    own = unit.view.folder(unit.folder)
    is_own = bool(every_configuration_file(tree.folders.names(own)))
    if unit.is_parent and not is_own and (unit.problem is not None or unit.source_at is None):
        return False
    if unit.source_at is not None and not is_own:  # it has a source, which is rejected
        return True
    # A generated file whose name is unknown may be one of configuration.
    generates = any(every_configuration_file([one.path or "x.tf"]) for one in unit.generated)
    if is_own or generates:
        unit.modules.append(own)
    return bool(unit.modules) or unit.problem is not None


def _exclude_dependencies(units: Iterable[Unit]) -> None:
    """Exclude the units that excluded ones depend on directly, where these say so."""
    by_folder = {unit.folder: unit for unit in units}
    for unit in by_folder.values():
        is_excluding = unit.excludes_dependencies
        if is_excluding is None or is_excluding.raw is False:
            continue
        for target in filter(None, map(by_folder.get, unit.dependencies)):
            if not is_excluding.is_known:
                why = f"it may be excluded: {is_excluding.unknown.why}"
                target.may_be_excluded = target.may_be_excluded or why
            elif unit.excluded:
                target.excluded = target.excluded or "a unit that depends on it excludes it"
            else:
                target.may_be_excluded = target.may_be_excluded or unit.may_be_excluded


def _reject_missing_dependencies(units: Iterable[Unit], generated: Iterable[Unit]) -> None:
    """Reject the units that depend on a folder which neither exists nor is generated by a stack."""
    folders = {unit.folder for unit in generated}
    for unit in units:
        for folder, origin in unit.dependencies.items():
            if STACK_FOLDER in folder.split(os.sep) or folder in folders:
                continue
            with suppress(OutsideError):
                if not os.path.exists(unit.view.real(folder)):
                    display_path = unit.view.tree.display_path_of(folder)
                    text = f"there is no folder {display_path}, which the unit depends on"
                    unit.problem = unit.problem or EvaluationError(text, origin)


def _reject_cycles(units: Iterable[Unit]) -> None:
    """Reject the units whose dependencies lead back to themselves."""
    by_folder = {unit.folder: unit for unit in units}
    done: set[str] = set()
    for start, first in by_folder.items():
        pending = [(start, iter(first.dependencies))] if start not in done else []
        path = dict.fromkeys([start] if pending else [])
        while pending:
            folder, targets = pending[-1]
            target = next(targets, None)
            if target is None:
                pending.pop()
                path.popitem()
                done.add(folder)
            elif target in path:
                listed = [*path]
                for one in listed[listed.index(target) :]:
                    unit = by_folder[one]
                    origin = next(iter(unit.dependencies.values()))
                    text = "Cycle: the unit depends on itself through its dependencies"
                    unit.problem = unit.problem or EvaluationError(text, origin)
            elif target in by_folder and target not in done:
                pending.append((target, iter(by_folder[target].dependencies)))
                path[target] = None
