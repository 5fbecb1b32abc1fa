"""A literal → what it defines, and what else refers to that: an edit may change retentions only.

Every edit is proven by checking again, which sees caches. This search is for everything else that a
definition reaches; what it cannot follow counts as another use.
"""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ecbackup_iac.files.paths import boundary_of
from ecbackup_iac.fixers.edits import NotFixableError, SourceFiles, offsets
from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.comments import comments
from ecbackup_iac.hcl.expression import (
    GetAttribute,
    Index,
    Literal,
    Name,
    Node,
    ObjectNode,
)
from ecbackup_iac.hcl.json_syntax import parse_json, parse_json_values
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.readers.terraform.published.stand_ins import described_modules
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.terraform.modules.configuration import is_local, source_of
from ecbackup_iac.terraform.modules.file_names import configuration_files
from ecbackup_iac.terraform.modules.folders import Folders
from ecbackup_iac.terraform.modules.schema import CONFIGURATION

Path: TypeAlias = tuple[str | None, ...]
"""The keys from a whole value to a part of it; None is any key. What follows the last is unknown."""

_VARIABLE_FILES = (".tfvars", ".tfvars.json")
_REPETITIONS = ("count", "for_each")

# The blocks in which something is referred to, and how many labels they have.
_BLOCKS = {
    "resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1,
    "provider": 1, "check": 1, "import": 0, "locals": 0,
}  # fmt: skip

_BLANK = rb"[ \t\r\n]{0,10}"
_WORD = rb"[A-Za-z_\x80-\xff][\w\x80-\xff-]*"
_REFERENCE = re.compile(rb"(?<![\w\x80-\xff.-])(%b)%b\.%b(%b)" % (_WORD, _BLANK, _BLANK, _WORD))
# A key behind a reference: `.name`, `.0`, `.*`, `["name"]`, `[0]`, `[*]`.
_KEY = re.compile(
    rb'%b\.%b(%b|\d{1,9}|\*)|\[(?:\\?"([^"\\\n]{0,200})\\?"|(\d{1,9})|[^\[\]\n]{0,200})\]'
    % (_BLANK, _BLANK, _WORD)
)
_MAX_KEYS = 50


@record
class Definition:
    """Something that has a value, as the code of a folder refers to it."""

    folder: str
    """Of its module: absolute, links resolved."""

    kind: str
    """`var`, `local`, `output`, `input`, `each`, or the type of a resource."""

    name: str
    path: Path = ()
    is_default: bool = False
    """It is a variable's default, which a module call may replace."""

    block: tuple[str, int] | None = None
    """Of `each` and `input`: the file and the offset of the block."""

    def __str__(self) -> str:
        """Return it as the code refers to it."""
        return f"the input {self.name}" if self.kind == "input" else f"{self.kind}.{self.name}"


@record(eq=False)
class _Reference:
    """A reference in a block."""

    block: Block
    attribute: Attribute | None
    """The argument of the block that it is in; None in a nested block."""

    range: SourceRange
    path: Path
    """What of the value is referred to."""


@record(eq=False)
class _References:
    """The references of a folder, by their first two words: `var`, `days`."""

    by_name: dict[tuple[str, str], list[_Reference]]
    calls: list[Block]


def definition_at(
    files: SourceFiles, resource: CacheResource, literal: Location
) -> Definition | None:
    """Return what a literal is part of; None where nothing can refer to that.

    Raises:
        NotFixableError: the file cannot be read.

    """
    path = os.path.abspath(literal.path)
    offset, _ = offsets(files.once(path, _source_at).text, literal)
    folder = os.path.realpath(os.path.dirname(path))
    if path.endswith(_VARIABLE_FILES):
        for attribute in files.once(path, _values_at):
            if _holds(attribute.range, offset):
                keys = _keys_to(attribute.expression, offset)
                return Definition(os.path.realpath(resource.root), "var", attribute.name, keys)
        return None
    body = files.once(path, _body_at)
    for kind in ("variable", "locals", "output", "module", "resource"):
        for block in body.blocks(kind, _BLOCKS[kind]):
            if _holds(block.range, offset):
                for attribute in block.body.attributes():
                    if _holds(attribute.range, offset):
                        return _defined_by(folder, block, attribute, offset)
    return None


def _defined_by(folder: str, block: Block, attribute: Attribute, offset: int) -> Definition | None:
    """Return what an argument defines by the literal at an offset."""
    keys, name = _keys_to(attribute.expression, offset), attribute.name
    if block.kind == "locals":
        return Definition(folder, "local", name, keys)
    if name == "for_each":
        return Definition(folder, "each", "value", keys[1:], block=_identity(block))
    match block.kind:
        case "variable":
            is_default = name == "default" and not keys
            return Definition(folder, "var", block.labels[0], keys, is_default)
        case "output":
            return Definition(folder, "output", block.labels[0])
        case "module":
            return Definition(folder, "input", name, keys, block=_identity(block))
        case _ if name == "count":
            return None
        case _:
            return _attribute_of(folder, block, name)


def _attribute_of(folder: str, block: Block, name: str) -> Definition:
    is_repeated = any(block.body.attribute(repetition) for repetition in _REPETITIONS)
    kind, label = block.labels
    return Definition(folder, kind, label, (None, name) if is_repeated else (name,))


class Usages:
    """Uses of a definition in its own module, and in the modules that it is passed to."""

    def __init__(self, resource: CacheResource, files: SourceFiles) -> None:
        self._resource = resource
        self._files = files
        self._called = {
            (os.path.realpath(call.path), call.line): os.path.realpath(folder)
            for call, folder in zip(resource.calls, resource.called, strict=True)
        }

    def other_use(self, definition: Definition, path: str | None = None) -> str | None:
        """Return what uses a definition and is no cache's retention; None where nothing does.

        `path` is the file that holds it, which may belong to several folders.
        """
        key = (definition, path, self._resource.calls, self._resource.called)
        answers = self._files.answers
        if key not in answers:
            answers[key] = self._search(definition, path)
        return answers[key]

    def input_of(self, call: Location, name: str) -> Definition | None:
        """Return the variable that a module call's argument sets; None where the module is not read."""
        folder = self._called.get((os.path.realpath(call.path), call.line))
        return None if folder is None else Definition(folder, "var", name)

    def _search(self, definition: Definition, path: str | None) -> str | None:
        folders = [definition.folder, *self._folders_of(path, definition.folder)]
        pending = [replace(definition, folder=folder) for folder in dict.fromkeys(folders)]
        met: set[Definition] = set()
        while pending:
            current = pending.pop()
            if current in met:
                continue
            met.add(current)
            if current.kind == "output":
                return "the callers of its module"
            if current.kind == "input":
                pending += self._passed(current)
            for reference in self._references(current):
                following = self._following(reference, current)
                if following is None:
                    return f"{_shown(reference.block)} ({reference.range.location})"
                pending += following
        return None

    def _folders_of(self, path: str | None, root: str) -> list[str]:
        """Return the folders that a file is part of. Raises NotFixableError where they are not known."""
        if path is None:
            return []
        real = os.path.realpath(path)
        if not path.endswith(_VARIABLE_FILES):
            links = self._files.links_to(path)
            return [os.path.realpath(os.path.dirname(name)) for name in (path, *links)]
        takers = [
            settings.path
            for settings in self._files.roots
            if real in map(os.path.realpath, settings.var_files)
        ]
        if not takers and _module_above(real) != root:
            raise NotFixableError(f"{os.path.relpath(path)} may be used by other roots too")
        return takers

    def _references(self, definition: Definition) -> Iterator[_Reference]:
        by_name = self._files.once(definition.folder, _references).by_name
        for reference in by_name.get((definition.kind, definition.name), ()):
            is_in_block = definition.block in (None, _identity(reference.block))
            if is_in_block and _overlap(reference.path, definition.path):
                yield reference

    def _passed(self, definition: Definition) -> Iterator[Definition]:
        """Yield the variable that a module call's argument sets."""
        for block in self._files.once(definition.folder, _references).calls:
            folder = self._folder_of(block, definition.folder)
            if _identity(block) == definition.block and folder is not None:
                yield Definition(folder, "var", definition.name, definition.path)

    def _following(self, reference: _Reference, definition: Definition) -> list[Definition] | None:
        """Return the definitions that a reference passes a value on to; None where it is another use."""
        block, folder = reference.block, definition.folder
        argument = reference.attribute.name if reference.attribute else ""
        expression = reference.attribute.expression if reference.attribute else None
        if argument == "depends_on" or isinstance(expression, Literal):
            return []  # no value is used: an order, or a text that mentions the name
        keys = _rest(expression, reference, definition.path)
        is_cache = block.kind == "resource" and block.labels[0] in RESOURCE_TYPES
        if argument == "for_each" and (is_cache or keys):
            # The keys of the map stay as they are, or are the addresses of caches.
            return [Definition(folder, "each", "value", keys[1:], block=_identity(block))]
        match block.kind:
            case "variable" if (definition.kind, definition.name) == ("var", block.labels[0]):
                return []  # its own validation
            case "locals":
                return [Definition(folder, "local", argument, keys)]
            case "module" if argument and argument not in _REPETITIONS:
                return self._following_into(block, folder, argument, keys)
            case "resource" if is_cache and argument == "count":
                return []
            case "resource" if is_cache:
                is_retention = argument == RESOURCE_TYPES[block.labels[0]].retention
                return [_attribute_of(folder, block, argument)] if is_retention else None
            case _:
                return None

    def _following_into(
        self, block: Block, caller: str, argument: str, keys: Path
    ) -> list[Definition] | None:
        folder = self._folder_of(block, caller)
        if folder is not None:
            return [Definition(folder, "var", argument, keys)]
        source = source_of(block)
        described = described_modules(source, self._files.modules) if source else ()
        inputs = {
            (name or "").partition(".")[0]
            for module in described
            for name in (module.input, module.serverless_input)
        }
        return [] if argument in inputs else None

    def _folder_of(self, block: Block, caller: str) -> str | None:
        source = source_of(block)
        if source is not None and is_local(source) and "\0" not in source:
            return os.path.realpath(os.path.join(caller, source.replace("\\", "/")))
        header = block.header.location
        return self._called.get((os.path.realpath(header.path), header.line))


def _source_at(path: str) -> SourceFile:
    source = Folders(boundary_of(path)).source(path)
    if isinstance(source, Diagnostic):
        raise NotFixableError(f"{source.location} {source.message}")
    return source


def _values_at(path: str) -> Sequence[Attribute]:
    source = _source_at(path)
    if path.endswith(".json"):
        return parse_json_values(source)[0]
    return parse_whole_file(source)[0].attributes()


def _body_at(path: str) -> Body:
    source = _source_at(path)
    if path.endswith(".json"):
        return parse_json(source, CONFIGURATION)[0]
    return parse_whole_file(source, CONFIGURATION)[0]


def _module_above(path: str) -> str | None:
    """Return the nearest folder above a file that is a module."""
    folders = Folders(boundary_of(path))
    folder = os.path.dirname(path)
    while not any(configuration_files(folders.names(folder))):
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)
    return folder


def _references(folder: str) -> _References:
    """Return what the blocks of a folder refer to, override files included."""
    found = _References({}, [])
    for name in sum(configuration_files(Folders(boundary_of(folder)).names(folder)), ()):
        body = _body_at(os.path.join(folder, name))
        spans = [span for _, span in comments(body)] if isinstance(body, NativeBody) else []
        starts = [span.start for span in spans]
        for kind, labels in _BLOCKS.items():
            for block in body.blocks(kind, labels):
                if kind == "module":
                    found.calls.append(block)
                for key, reference in _in_block(block):
                    before = bisect_right(starts, reference.range.start)
                    if not before or not _holds(spans[before - 1], reference.range.start):
                        found.by_name.setdefault(key, []).append(reference)
    return found


def _in_block(block: Block) -> Iterator[tuple[tuple[str, str], _Reference]]:
    source = block.range.file
    attributes = sorted(block.body.attributes(), key=lambda attribute: attribute.range.start)
    starts = [attribute.range.start for attribute in attributes]
    for match in _REFERENCE.finditer(source.text, block.range.start, block.range.end):
        before = bisect_right(starts, match.start())
        attribute = attributes[before - 1] if before else None
        if attribute is not None and not _holds(attribute.range, match.start()):
            attribute = None
        place = SourceRange(source, match.start(), match.end())
        key = (match[1].decode(errors="replace"), match[2].decode(errors="replace"))
        yield key, _Reference(block, attribute, place, _path_at(source.text, match.end()))


def _path_at(text: bytes, at: int) -> Path:
    """Return the keys that follow a reference."""
    keys: list[str | None] = []
    while (match := _KEY.match(text, at)) and len(keys) < _MAX_KEYS:
        key = match[1] or match[2] or match[3]
        keys.append(None if key is None or key == b"*" else key.decode(errors="replace"))
        at = match.end()
    return tuple(keys)


def _keys_to(node: Node, offset: int) -> Path:
    """Return the keys from a value to the literal at an offset, as far as they are literal too."""
    keys: list[str | None] = []
    while isinstance(node, ObjectNode):
        at = bisect_right(node.items, offset, key=lambda item: item[1].range.start) - 1
        if at < 0:
            break
        key, node = node.items[at]
        keys.append(str(key.value) if isinstance(key, Literal) else None)
    return tuple(keys)


def _rest(expression: Node | None, reference: _Reference, path: Path) -> Path:
    """Return the path in an argument that is a part of a value as it is; else (), which is any part."""
    node, length = expression, 1
    while isinstance(node, GetAttribute | Index):
        node, length = node.of, length + 1
    is_plain = isinstance(node, Name) and node.range.start == reference.range.start
    return path[max(0, length - 2) :] if is_plain else ()


def _overlap(first: Path, second: Path) -> bool:
    """Whether two paths lead to parts of a value of which one is in the other."""
    pairs = zip(first, second, strict=False)
    return all(a is None or b is None or a == b for a, b in pairs)


def _holds(source_range: SourceRange, offset: int) -> bool:
    return source_range.start <= offset < source_range.end


def _identity(block: Block) -> tuple[str, int]:
    return block.range.file.path, block.range.start


def _shown(block: Block) -> str:
    match block.kind:
        case "resource":
            return ".".join(block.labels)
        case "import":
            return "an import block"
        case "variable":
            return f"var.{block.labels[0]}"
        case _:
            return ".".join((block.kind, *block.labels))
