"""What a literal defines, a variable or a local value, and who else uses that."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from ecbackup_iac.discovery import boundary_of
from ecbackup_iac.fixers.edits import NotMendableError, SourceFiles, offsets
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.readers.aws_provider import RESOURCE_TYPES
from ecbackup_iac.terraform.configuration import is_local, source_of
from ecbackup_iac.terraform.folders import Folders
from ecbackup_iac.terraform.hcl_syntax import comments, parse_hcl
from ecbackup_iac.terraform.json_syntax import parse_json, parse_json_values
from ecbackup_iac.terraform.modules import Module, ResourceKey, load_module
from ecbackup_iac.terraform.nodes import (
    AttributeNode,
    Block,
    Body,
    Literal,
    Node,
    ObjectNode,
    Place,
    SourceFile,
    TupleNode,
)

Path: TypeAlias = tuple[str | None, ...]
"""The steps from a whole value to a part of it; None is any step."""

_ARGUMENTS = ("count", "for_each")
"""What decides that a cache exists: judged again after an edit, as its retention is."""


@record
class Definition:
    """A variable or a local value, or a part of one."""

    folder: str
    """Of its module: absolute, links resolved."""

    kind: str
    """`var` or `local`."""

    name: str
    path: Path = ()
    is_default: bool = False
    """It is a variable's default, which a module call may replace."""

    def __str__(self) -> str:
        """Give it as the code refers to it."""
        return f"{self.kind}.{self.name}"


def definition_at(files: SourceFiles, path: str, literal: Location) -> Definition | None:
    """Find what a literal is part of; None where that is a resource's or a module call's own argument.

    Raises:
        NotMendableError: the file cannot be read.

    """
    source = files.once(path, _source)
    offset, _ = offsets(source.text, literal)
    folder = os.path.dirname(path)
    if path.endswith((".tfvars", ".tfvars.json")):
        for attribute in files.once(path, _values):
            if _holds(attribute.place, offset):
                path_to = _path_to(attribute.expression, offset)
                return Definition(folder, "var", attribute.name, path_to)
        return None
    body = files.once(path, _body)
    for block in body.blocks("variable", 1):
        default = block.body.attribute("default")
        if _holds(block.place, offset):
            is_default = default is not None and _holds(default.place, offset)
            path_to = _path_to(default.expression, offset) if default and is_default else ()
            return Definition(folder, "var", block.labels[0], path_to, is_default and not path_to)
    for block in body.blocks("output", 1):
        if _holds(block.place, offset):
            raise NotMendableError(f"output.{block.labels[0]} ({literal}) is there for others, too")
    for block in body.blocks("locals"):
        for attribute in block.body.attributes():
            if _holds(attribute.place, offset):
                path_to = _path_to(attribute.expression, offset)
                return Definition(folder, "local", attribute.name, path_to)
    return None


def _source(path: str) -> SourceFile:
    source = Folders(boundary_of(path)).source(path)
    if isinstance(source, Diagnostic):
        raise NotMendableError(f"{source.location} {source.message}")
    return source


def _values(path: str) -> Sequence[AttributeNode]:
    if path.endswith(".json"):
        return parse_json_values(_source(path))[0]
    return _body(path).attributes()


def _body(path: str) -> Body:
    return (parse_json if path.endswith(".json") else parse_hcl)(_source(path))[0]


def _module(folder: str) -> Module:
    return load_module(folder, Folders(boundary_of(folder)))


def _comments(path: str) -> list[Place]:
    return [place for _, place in comments(_source(path))]


def _holds(place: Place, offset: int) -> bool:
    return place.start <= offset < place.end


def _path_to(node: Node, offset: int) -> Path:
    """Give the steps from a value to the part of it that stands at an offset."""
    steps: list[str | None] = []
    while True:
        match node:
            case ObjectNode(items=items):
                inner = next(((k, v) for k, v in items if _holds(v.place, offset)), None)
                if inner is None:
                    return (*steps, None)
                key, node = inner
                steps.append(str(key.value.raw) if isinstance(key, Literal) else None)
            case TupleNode(items=elements):
                index = next((i for i, v in enumerate(elements) if _holds(v.place, offset)), None)
                if index is None:
                    return (*steps, None)
                steps.append(str(index))
                node = elements[index]
            case Literal():
                return tuple(steps)
            case _:
                return (*steps, None)


class Uses:
    """Who uses a definition, in its own module and in those that it is passed to."""

    def __init__(self, resource: CacheResource, files: SourceFiles) -> None:
        self._resource = resource
        self._files = files

    @cached_property
    def _called(self) -> dict[tuple[str, int | None], str]:
        """The folders of the modules on the way to the cache, by the places of their calls."""
        return {
            (os.path.realpath(call.path), call.line): os.path.realpath(folder)
            for call, folder in zip(self._resource.calls, self._resource.called, strict=True)
        }

    def other_use(self, definition: Definition) -> str | None:
        """Name something that uses a definition and is no cache's retention; None where all are.

        Outputs are not followed.
        """
        pending, met = [definition], set()
        while pending:
            one = pending.pop()
            if one in met:
                continue
            met.add(one)
            module = self._files.once(one.folder, _module)
            use = self._use_by_resource(module, one) or self._use_by_unread_call(module, one)
            if use:
                return use
            pending += self._passed_on(module, one)
        return None

    def _use_by_resource(self, module: Module, definition: Definition) -> str | None:
        for key, block in module.resources.items():
            for attribute, place in self._mentions(block, definition):
                if not _is_retention(key, attribute):
                    return f"{_address(key)} ({place})"
        return None

    def _use_by_unread_call(self, module: Module, definition: Definition) -> str | None:
        for name, block in module.calls.items():
            if self._folder_of(block, module.folder) is not None:
                continue
            if block.header.location.line in self._own_lines(block):
                continue
            for attribute, place in self._mentions(block, definition):
                if attribute not in _ARGUMENTS:
                    return f"module.{name} ({place})"
        return None

    def _passed_on(self, module: Module, definition: Definition) -> Iterator[Definition]:
        """Yield the local values made of a definition, and the inputs of modules that it is given to."""
        for name, written in module.local_values.items():
            if any(self._matches(written.place, definition)):
                yield Definition(module.folder, "local", name, (None,))
        for block in module.calls.values():
            folder = self._folder_of(block, module.folder)
            for attribute, _ in self._mentions(block, definition) if folder else ():
                if attribute not in _ARGUMENTS:
                    yield Definition(folder or "", "var", attribute, (None,))

    def _own_lines(self, block: Block) -> set[int | None]:
        """Give the lines of the block's file on which the cache is made, by a module that was not read."""
        path = block.header.location.path
        own = (*self._resource.calls, self._resource.block or self._resource.location)
        return {place.line for place in own if place.path == path}

    def _folder_of(self, block: Block, caller: str) -> str | None:
        source = source_of(block)
        if source is not None and is_local(source) and "\0" not in source:
            return os.path.realpath(os.path.join(caller, source))
        header = block.header.location
        return self._called.get((os.path.realpath(header.path), header.line))

    def _mentions(self, block: Block, definition: Definition) -> Iterator[tuple[str, Location]]:
        """Yield the arguments of a block that use a definition, each with the place of the use."""
        for match in self._matches(block.place, definition):
            offset = block.place.start + match.start()
            name = _argument_at(block, offset)
            place = Place(block.place.file, offset, block.place.start + match.end())
            rest = definition.path[len(_steps(match[2])) :]
            if name == "for_each" and rest:
                yield from self._uses_of_each(block, rest[1:])
            else:
                yield name, place.location

    def _uses_of_each(self, block: Block, path: Path) -> Iterator[tuple[str, Location]]:
        """Yield the arguments that use this part of `each.value`."""
        each = Definition("", "each", "value", path)
        for match in self._matches(block.place, each):
            offset = block.place.start + match.start()
            place = Place(block.place.file, offset, block.place.start + match.end())
            yield _argument_at(block, offset), place.location

    def _matches(self, place: Place, definition: Definition) -> Iterator["re.Match[bytes]"]:
        name = re.escape(definition.name.encode())
        pattern = rb"(?<![\w.-])(" + definition.kind.encode() + rb")\." + name + rb"(?![\w-])"
        written = place.file.text[place.start : place.end]
        for match in re.finditer(pattern + _CHAIN, written):
            offset = place.start + match.start()
            if not self._is_comment(place.file, offset) and _meets(
                _steps(match[2]), definition.path
            ):
                yield match

    def _is_comment(self, source: SourceFile, offset: int) -> bool:
        if source.path.endswith(".json"):
            return False
        places = self._files.once(os.path.realpath(source.path), _comments)
        return any(_holds(place, offset) for place in places)


# What follows a reference: `.name`, `["key"]`, `[0]`, `[*]`.
_CHAIN = rb"((?:\.[A-Za-z_][\w-]*|\[[^\[\]\n]{0,200}\])*)"
_STEP = re.compile(rb'\.([A-Za-z_][\w-]*)|\[(?:\\?"([^"\\]*)\\?"|(\d+)|[^\]]*)\]')


def _is_retention(key: ResourceKey, attribute: str) -> bool:
    """Say whether an argument of a resource is a cache's retention, or decides that the cache is there."""
    mode, kind, _ = key
    attributes = RESOURCE_TYPES.get(kind) if mode == "managed" else None
    return attributes is not None and attribute in (*_ARGUMENTS, attributes.retention)


def _address(key: ResourceKey) -> str:
    mode, kind, name = key
    return f"{kind}.{name}" if mode == "managed" else f"{mode}.{kind}.{name}"


def _steps(chain: bytes) -> Path:
    """Read the steps of a reference's chain; what is no plain key is any."""
    found = (match[1] or match[2] or match[3] for match in _STEP.finditer(chain))
    return tuple(None if key is None else key.decode(errors="replace") for key in found)


def _meets(chain: Path, path: Path) -> bool:
    """Say whether a reference may lead to a part of what it refers to, or to what holds it."""
    return all(one is None or other is None or one == other for one, other in zip(chain, path))  # noqa: B905


def _argument_at(block: Block, offset: int) -> str:
    """Give the name of a block's own argument at an offset; empty inside a nested block."""
    for attribute in block.body.attributes():
        if _holds(attribute.place, offset):
            return attribute.name
    return ""
