"""A literal → what else depends on it besides retentions: then an edit of it is not safe.

Every edit is verified by checking again, which shows changes of caches. This search is for anything else.
The traces of caches lead through names: of variables, locals, entries of maps. Each reference to one of
these names has to be on a trace, too; any other counts as another use.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from ecbackup_iac.files.paths import SKIPPED_FOLDERS, boundary_of, display_path_of
from ecbackup_iac.fixers.edits import NotFixableError, SourceFiles, offsets
from ecbackup_iac.fixers.terraform.references import (
    UNIT_FILES,
    Names,
    Reference,
    references_in,
    source_at,
)
from ecbackup_iac.fixers.traces import Trace
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, StepShape, TraceStep
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.terraform.files.file_names import configuration_files, every_configuration_file
from ecbackup_iac.terraform.files.folders import Folders

if TYPE_CHECKING:
    from ecbackup_iac.hcl.structure import Block

_VARIABLE_FILES = (".tfvars", ".tfvars.json")
_WORD = re.compile(r"[\w-]+")
_LABEL = re.compile(rb'variable"?\s*:?\s*\{?\s*"([^"]*)"')

_TYPE_AND_NAME = 2
"""Names of a reference to a whole local or resource: `local.days`, `aws_elasticache_cluster.a`."""

_References: TypeAlias = Mapping[str, Sequence[Reference]]
"""Name → the references to it; with a dot before the name of an argument of a cache."""


def check_uses(literal: Location, resource: CacheResource, files: SourceFiles) -> None:
    """Raise NotFixableError if something besides retentions depends on a literal."""
    if literal not in files.other_uses:
        files.other_uses[literal] = _other_use(literal, resource, files)
    reason = files.other_uses[literal]
    if reason:
        raise NotFixableError(reason)


def check_owner(literal: Location, resource: CacheResource, files: SourceFiles) -> None:
    """Raise NotFixableError if a literal's file may be part of other modules or roots than a cache's."""
    path = os.path.abspath(literal.path)
    if path.endswith(_VARIABLE_FILES):
        if _module_above(os.path.realpath(path)) != os.path.realpath(resource.root):
            raise NotFixableError(f"{display_path_of(path)} may be used by other roots too")
    elif any(link != path for link in files.links_to(path)):
        raise NotFixableError(f"a link leads to {display_path_of(path)}: others may use it too")


def _other_use(literal: Location, resource: CacheResource, files: SourceFiles) -> str | None:
    pending = [
        relevant
        for trace in files.traces.through(literal)
        if (relevant := _trace_to(literal, trace))
    ]
    if not pending:
        return f"what else uses {literal} is not certain"
    text, seen = f"{pending[0][-1].name} ({literal}) is also used", set[Reference]()
    while pending:
        trace = pending.pop()
        if any(step.kind is StepKind.OUTPUT for step in trace):
            return f"{text} by the callers of its module"
        for step, index in _indices(trace, resource, files):
            name = f".{step.name}" if step.kind is StepKind.ATTRIBUTE else step.name
            for reference in index.get(name, ()):
                if reference in seen or _is_harmless(reference, step):
                    continue
                seen.add(reference)
                traces = files.traces.through(reference.entry.location)
                if not traces:
                    return f"{text} {_shown(reference)}"
                pending += traces
    return None


def _trace_to(literal: Location, trace: Trace) -> Trace:
    """Return a trace up to the last step that contains a literal; empty where no step does.

    If that is not the trace's last step, it is a map, say, in which another entry has the same value: then
    every word of it may be the literal's name.
    """
    numbers = [number for number, step in enumerate(trace, 1) if _contains(step.location, literal)]
    steps = trace[: max(numbers, default=0)]
    if len(steps) in (0, len(trace)):
        return steps
    source = source_at(os.path.abspath(literal.path))
    start, end = offsets(source.text, steps[-1].location)
    words = dict.fromkeys(_WORD.findall(source.text[start:end].decode(errors="replace")))
    return (*steps, *(replace(steps[-1], name=word) for word in words), steps[-1])


def _indices(
    trace: Trace, resource: CacheResource, files: SourceFiles
) -> Iterator[tuple[TraceStep, _References]]:
    """Yield each step of a trace, with the references of the code that may refer to it."""
    user = ""
    for step in trace:
        path = os.path.realpath(step.location.path)
        folders = {os.path.dirname(file) for file in (path, user or path)}
        if path.endswith(UNIT_FILES):
            yield step, files.cached(path, _in_unit)
            yield step, files.cached(boundary_of(path), _in_units)
            if os.path.dirname(path) != os.path.realpath(resource.root):  # all units may include it
                folders |= files.cached(boundary_of(path), _modules_by_variable).get(
                    step.name, set()
                )
        for folder in sorted(folders):
            yield step, files.cached(folder, _in_module)
        user = path


def _is_harmless(reference: Reference, step: TraceStep) -> bool:
    """Whether a reference reaches nothing but caches, their windows or what is searched for itself."""
    block, argument = reference.block, reference.argument
    if block is None:
        return False
    types = RESOURCE_TYPES.get(block.labels[0]) if block.type == "resource" else None
    if argument == "for_each" and step.shape is StepShape.COLLECTION:
        return True  # the keys of the map stay as they are
    # A window is often set only where there are backups; which caches there are is checked again.
    is_of_cache = types and argument in ("count", "for_each", types.backup_window)
    is_own_validation = block.type == "variable" and block.labels[0] == step.name
    return bool(argument == "depends_on" or is_of_cache or is_own_validation)


def _shown(reference: Reference) -> str:
    """Return what a reference is in, for people."""
    block, location = reference.block, reference.entry.location
    if block is None or location.path.endswith(UNIT_FILES):
        return f"in {location}"
    kind = {"variable": ("var",), "resource": ()}.get(block.type, (block.type,))
    return f"by {'.'.join((*kind, *block.labels))} ({location})"


def _contains(outer: Location, inner: Location) -> bool:
    """Whether a location is in another one."""
    _, line, column = inner.order
    ends_after = (outer.end_line or 0, outer.end_column or 0) >= (line, column)
    return outer.path == inner.path and outer.order[1:] <= (line, column) and ends_after


def _in_module(folder: str) -> _References:
    names = sum(configuration_files(_names(folder)), ())
    return _by_name(one for name in names for one in references_in(os.path.join(folder, name)))


def _in_unit(path: str) -> _References:
    return _by_name(references_in(path))


def _in_units(boundary: str) -> _References:
    """Return the references in all files of Terragrunt, but not those that are to a file's own locals."""
    paths = [
        os.path.join(folder, name)
        for folder, names in _walk(boundary)
        for name in sorted(names)
        if name.endswith(UNIT_FILES) and not name.endswith(".lock.hcl")
    ]
    found = (reference for path in paths for reference in references_in(path))
    return _by_name(
        one for one in found if one.names[0] != "local" or len(one.names) > _TYPE_AND_NAME
    )


def _by_name(references: Iterable[Reference]) -> _References:
    references, index = [*references], dict[str, list[Reference]]()
    iterated: dict[Block | None, list[str]] = {}  # what the `each.value` of a block is a part of
    for reference in references:
        if reference.argument == "for_each":
            iterated.setdefault(reference.block, []).extend(_last_names(reference.names))
    for reference in references:
        names = _last_names(reference.names)
        if reference.names[:2] == ("each", "value") and names[-1] == "value":
            names = [*names, *iterated.get(reference.block, ())]
        for name in names:
            index.setdefault(name, []).append(reference)
    return index


def _last_names(names: Names) -> Sequence[str]:
    """Return the name that a traversal ends with; all of its names where it ends with a computed key."""
    if names[0] in RESOURCE_TYPES:
        last = names[-1] if len(names) > _TYPE_AND_NAME else ""
        return (f".{last or RESOURCE_TYPES[names[0]].retention}",)
    return names[-1:] if names[-1] else [*filter(None, names)]


def _modules_by_variable(boundary: str) -> dict[str, set[str]]:
    """Return the folders that declare a variable, by its name."""
    modules: dict[str, set[str]] = {}
    for folder, names in _walk(boundary):
        for name in every_configuration_file(names):
            for label in _LABEL.findall(source_at(os.path.join(folder, name)).text):
                modules.setdefault(label.decode(errors="replace"), set()).add(folder)
    return modules


def _walk(boundary: str) -> Iterator[tuple[str, list[str]]]:
    for folder, folders, names in os.walk(boundary):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        yield folder, names


def _module_above(path: str) -> str:
    """Return the nearest folder above a file that is a module."""
    folder = os.path.dirname(path)
    while folder != os.path.dirname(folder) and not any(configuration_files(_names(folder))):
        folder = os.path.dirname(folder)
    return folder


def _names(folder: str) -> tuple[str, ...]:
    return Folders(boundary_of(folder)).names(folder)
