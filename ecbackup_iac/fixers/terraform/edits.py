"""Caches of a Terraform configuration → edits of its files."""

import os
import re
from collections.abc import Iterator, Sequence

from ecbackup_iac.fixers.edits import (
    BYTE_ORDER_MARK,
    Edit,
    NotFixableError,
    SourceFiles,
    check_no_placeholder,
    name_before,
    offsets,
    renamed,
)
from ecbackup_iac.fixers.terraform.hcl_insertions import (
    inserted_argument,
    inserted_input,
    sections,
)
from ecbackup_iac.fixers.terraform.references import UNIT_FILES
from ecbackup_iac.fixers.terraform.usages import check_owner, check_uses
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location, Origin, is_downloaded
from ecbackup_iac.model.value import Invalid, PossibleValue, StepKind, StepShape, TraceStep, Unset
from ecbackup_iac.model.written_path import as_posix

NOT_IN_A_FILE = {
    Origin.COMMAND_LINE: "it is given on the command line",
    Origin.ENVIRONMENT: "it is given in the environment",
    Origin.STANDARD_INPUT: "it is read from standard input",
    Origin.FILE: None,
}

_SCALAR = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[+-]?[\w.+-]+')

_NAME = re.compile(r"[A-Za-z_][\w-]*\Z")


def propose(
    resource: CacheResource,
    value: PossibleValue[int],
    days: int,
    files: SourceFiles,
    *,
    is_careful: bool,
) -> Sequence[Edit]:
    """Return the edits that set a value to this many days; careful ones affect the fewest.

    Raises:
        NotFixableError: the value cannot be fixed, and why.

    """
    proposal = _Proposal(resource, days, files, is_careful=is_careful)
    return [*dict.fromkeys(proposal.edits(value))]


class _Proposal:
    def __init__(
        self, resource: CacheResource, days: int, files: SourceFiles, *, is_careful: bool
    ) -> None:
        self._resource = resource
        self._days = days
        self._files = files
        self._is_careful = is_careful

    def edits(self, value: PossibleValue[int]) -> Iterator[Edit]:
        """Yield an edit for each location where a value is written. Raise NotFixableError if none can be."""
        for step in value.trace:
            why = NOT_IN_A_FILE[step.location.origin]
            if why:
                raise NotFixableError(f"{why}: {step.text}")
            if step.kind is StepKind.DATA_FILE:
                raise NotFixableError(f"it is read from a data file, {step.location}")
        if value.literals:
            for literal in value.literals:
                yield self._at_literal(literal, value)
        elif self._is_unset(value):
            module = self._resource.module
            name = module.retention_input if module else self._resource.retention_name
            near_miss = self._resource.near_miss
            if near_miss:
                path = self._files.path(near_miss.location.path)
                content = self._files.content(path)
                yield renamed(
                    path, content, offsets(content, near_miss.location)[0], near_miss, name
                )
            else:
                yield self._in_block(self._resource.block, name)
        else:
            shown = "".join(f": {step.text} ({step.location})" for step in value.trace[-1:])
            raise NotFixableError(f"it is computed{shown}")

    def _is_unset(self, value: PossibleValue[int]) -> bool:
        """Whether the cache's block does not set the retention."""
        block, location = self._resource.block, self._resource.location
        if value.trace and value.trace[-1].kind is StepKind.UNSET:
            return True
        if not isinstance(value, Unset) or block is None:
            return False
        start = (location.path, location.line, location.column)
        return (block.path, block.line, block.column) == start

    def _at_literal(self, literal: Location, value: PossibleValue[int]) -> Edit:
        """Return the edit of a literal, or of the module call where it is an input's default."""
        last = value.trace[-1] if value.trace else None
        call = self._call_of(last) if last else None
        is_in_download = is_downloaded(as_posix(os.path.realpath(literal.path)))
        if last and self._files.shared.call_that_must_set(self._resource, last):
            is_in_call = not self._is_careful
        else:
            is_in_call = isinstance(value, Unset) or self._is_careful
        if last and call and (is_in_call or is_in_download):
            check_uses(literal, self._resource, self._files)
            return self._in_block(call, last.name)
        path = self._files.path(literal.path)
        check_owner(literal, self._resource, self._files)
        check_uses(literal, self._resource, self._files)
        return self._replaced(path, literal, value)

    def _call_of(self, step: TraceStep) -> Location | None:
        """Return the call of the module whose variable has this default; None where there is none."""
        if step.kind is StepKind.VARIABLE_DEFAULT and step.shape is StepShape.VALUE:
            folder = os.path.realpath(os.path.dirname(step.location.path))
            for call in self._resource.variable_sources:
                if call.module_folder and os.path.realpath(call.module_folder) == folder:
                    return call.location
        return None

    def _replaced(self, path: str, literal: Location, value: PossibleValue[int]) -> Edit:
        content = self._files.content(path)
        start, end = offsets(content, literal)
        old = content[start:end]
        check_no_placeholder(old, literal)
        if not _SCALAR.fullmatch(old):
            raise NotFixableError(f"{literal} is not a plain number")
        new = str(self._days).encode()
        if old.startswith(b'"'):
            new = b'"%s"' % new
        shown = value.text if isinstance(value, Invalid) else old.decode(errors="replace")
        text = f"{name_before(content, start)}{shown} becomes {new.decode()}"
        return Edit(path, start, end, new, literal, text)

    def _in_block(self, block: Location | None, name: str) -> Edit:
        """Return the edit that adds an argument to a block."""
        if not name:
            raise NotFixableError("the module has no input for the retention")
        if block is None or not _NAME.match(name):
            raise NotFixableError(f"{name} is not set, and is a part of a map")
        path = self._files.path(block.path)
        content, value = self._files.content(path), str(self._days)
        start, _ = offsets(content, block)
        shift = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
        if path.endswith(".json"):
            raise NotFixableError("nothing is added to a file of JSON")
        if path.endswith(UNIT_FILES):
            added = inserted_input(content[shift:], name, value)
        else:
            section = sections(content[shift:]).get(start - shift)
            if section is None:
                raise NotFixableError(f"{block}: no block to set {name} in")
            added = inserted_argument(content[shift:], section, name, value)
        first, last, text = added.start + shift, added.end + shift, f"{name} = {value} is added"
        return Edit(path, first, last, added.content, block, text)
