"""Caches of CloudFormation templates → edits of templates and parameter files."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.nodes import MapNode, Node, function_of, member, members
from ecbackup_iac.files.discovery import Input, discover
from ecbackup_iac.files.paths import boundary_of, display_path_of
from ecbackup_iac.fixers.cloudformation.files import OpenedFile, opened, value_start
from ecbackup_iac.fixers.cloudformation.insertions import inserted_entry
from ecbackup_iac.fixers.cloudformation.usages import check_uses, name_at, resources_in
from ecbackup_iac.fixers.edits import (
    Edit,
    NotFixableError,
    Replacement,
    SourceFiles,
    check_no_placeholder,
    name_before,
    offsets,
    renamed,
)
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, Origin
from ecbackup_iac.model.value import Invalid, Known, PossibleValue, StepKind, Unset
from ecbackup_iac.syntax.columns import LINE_BREAK

_PARAMETERS = re.compile(rb"\bParameters\b")

# The sign before a value that is left out; comments may follow it.
_LEFT_OUT = re.compile(rb"[:-](?:[ \t\r\n]|#[^\r\n]*+)*+\Z")
_MAX_COMMENTS = 4_000
"""Bytes before a value that is left out in which its sign is searched for."""

_MAX_LENGTH = 100
"""Characters of the edited text that are shown."""


def propose(
    resource: CacheResource,
    value: PossibleValue[int],
    days: int,
    files: SourceFiles,
    *,
    is_careful: bool,
) -> Sequence[Edit]:
    """Return the edits that set a value to this many days; there are no more careful ones.

    Raises:
        NotFixableError: the value cannot be fixed, and why.

    """
    if is_careful:
        raise NotFixableError("there is no other place to set it")
    return [*dict.fromkeys(_Proposal(resource, days, files).edits(value))]


class _Proposal:
    def __init__(self, resource: CacheResource, days: int, files: SourceFiles) -> None:
        self._resource = resource
        self._days = days
        self._files = files

    def edits(self, value: PossibleValue[int]) -> Iterator[Edit]:
        """Yield an edit for each location where a value is written. Raise NotFixableError if none can be."""
        if value.literals:
            for literal in value.literals:
                yield self._at_literal(literal, value)
        elif isinstance(value, Unset) and value.trace and value.trace[-1].kind is StepKind.UNSET:
            yield self._in_properties()
        else:
            raise NotFixableError(_why_not_fixable(value))

    def _open(self, display_path: str) -> tuple[str, OpenedFile]:
        """Return a file opened for editing, and its path. Raise NotFixableError if it must not be edited."""
        if display_path == STANDARD_INPUT:
            raise NotFixableError("standard input cannot be written to")
        path = self._files.path(display_path)
        return path, opened(path, display_path, self._files.content(path))

    def _at_literal(self, literal: Location, value: PossibleValue[int]) -> Edit:
        path, file = self._open(literal.path)
        start, end = offsets(file.content, literal, LINE_BREAK)
        if not isinstance(value, Unset):
            check_no_placeholder(file.content[value_start(file.content, start) : end], literal)
        offset = file.offset(start)
        for template in file.templates:
            name = name_at(template, offset)
            check_uses(literal.path, [*filter(None, [name]), offset], literal, self._files)
        if not file.templates:
            self._check_parameter(literal, value)
        old = Replacement(start, end, file.content[start:end])
        new = _rewritten(file.content, old, self._days, value)
        text = _description(file.content, old, new, value)
        return Edit(path, new.start, new.end, new.content, literal, text)

    def _check_parameter(self, literal: Location, value: PossibleValue[int]) -> None:
        """Raise NotFixableError if an entry of a parameter file reaches more than retentions."""
        names = [
            step.name
            for step in value.trace
            if step.location.path == literal.path and step.kind is StepKind.PARAMETER
        ]
        root = self._files.path(self._resource.root)  # the file may be for any other template, too
        for path in (root, *self._files.cached(boundary_of(root), _templates)):
            check_uses(display_path_of(path), names, literal, self._files)

    def _in_properties(self) -> Edit:
        """Return the edit that adds the retention to the resource's properties."""
        block = self._resource.block or self._resource.location
        path, file = self._open(block.path)
        template, body = _resource_at(file, block)
        properties = members(body).get("Properties", (None, None))[1]
        name = self._resource.retention_name
        if not isinstance(properties, MapNode) or function_of(properties) is not None:
            raise NotFixableError(f"there is no map of Properties to add {name} to")
        start = file.at(properties.start)
        has_anchor = b"&" in file.content[start : value_start(file.content, start)]
        if has_anchor or _owners(template)[id(properties)] > 1:
            raise NotFixableError("its properties have an anchor, by which others may share them")
        near_miss = self._resource.near_miss
        if near_miss is not None:
            start, _ = offsets(file.content, near_miss.location, LINE_BREAK)
            return renamed(path, file.content, start, near_miss, name)
        added = inserted_entry(file, properties, name, str(self._days))
        text = f"{name}: {self._days} is added"
        first = properties.entries[0][0] if properties.entries else properties
        location = template.source.location_of(first)
        return Edit(path, added.start, added.end, added.content, location, text)


def _resource_at(file: OpenedFile, block: Location) -> tuple[Template, Node]:
    """Return the resource that is declared at a location, with its template."""
    for template in file.templates:
        body = _resources(template).get(block.order)
        if body is not None:
            return template, body
    raise NotFixableError(f"{block}: there is no resource")


@lru_cache(maxsize=16)
def _resources(template: Template) -> dict[tuple[str, int, int], Node]:
    """Return the bodies of the resources by where their logical ids begin."""
    location = template.source.location
    return {location(key.start, key.end).order: body for _, key, body in resources_in(template)}


@lru_cache(maxsize=16)
def _owners(template: Template) -> Counter[int]:
    """Return how many resources have the same map of properties, by its identity."""
    return Counter(id(member(body, "Properties")) for _, _, body in resources_in(template))


def _templates(boundary: str) -> list[str]:
    """Return the files inside a boundary that may be templates with parameters."""
    return [
        os.path.realpath(file.path)
        for file in discover([boundary], ())
        if isinstance(file, Input) and _PARAMETERS.search(file.content)
    ]


def _why_not_fixable(value: PossibleValue[int]) -> str:
    for step in value.trace:
        if step.location.origin is Origin.COMMAND_LINE:
            return f"it is given on the command line: --parameter {step.name}"
    return "it is computed" + "".join(
        f": {step.text} ({step.location})" for step in value.trace[:1]
    )


def _rewritten(
    content: bytes, old: Replacement, days: int, value: PossibleValue[int]
) -> Replacement:
    """Return the replacement of a literal, or of a part of it, by a number of days."""
    start, end, new = old.start, old.end, str(days).encode()
    first = min(value_start(content, start), end)
    sign, written = content[first : first + 1], content[first:end].rstrip()
    # !Ref "AWS::NoValue", !!bool "true": the tag is replaced with the value.
    is_tagged = b"!" in content[start:first] and not isinstance(value, Known)
    if sign in (b'"', b"'") and written.endswith(sign) and len(written) > 1 and not is_tagged:
        return Replacement(first + 1, end - 1, new)
    if sign in (b"|", b">") and b"#" in written:
        raise NotFixableError("the string that contains the retention has a comment")
    if isinstance(value, Unset) or is_tagged:
        first, written = start, content[start:end].rstrip()
    if not written:
        match = _LEFT_OUT.search(content, max(0, end - _MAX_COMMENTS), end)
        if match is None:
            raise NotFixableError("no value is written for the retention")
        offset = match.start() + 1 if match[0][1:].strip(b" \t") else end
        blank = b"" if content[offset - 1 : offset] == b" " else b" "
        return Replacement(offset, offset, blank + new)
    return Replacement(first, first + len(written), new)


def _description(
    content: bytes, old: Replacement, new: Replacement, value: PossibleValue[int]
) -> str:
    """Return what an edit changes, for people; `old` is the complete literal."""
    literal = " ".join(old.content.decode(errors="replace")[:_MAX_LENGTH].split())
    shown = value.text if isinstance(value, Invalid) else literal
    before, after = content[new.start - 1 : new.start], content[new.end : new.end + 1]
    quote = after.decode() if before == after and after in (b"'", b'"') else ""
    name = name_before(content, old.start)
    days = new.content.decode().strip()
    return f"{name if shown else name.rstrip()}{shown} becomes {quote}{days}{quote}"
