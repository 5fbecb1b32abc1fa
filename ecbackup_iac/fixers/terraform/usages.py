"""A literal → its definition, and what uses that besides retentions: then an edit is not safe.

Every edit is verified by checking again, which shows changes of caches. This search is for any other use of
a definition; a reference that it cannot follow counts as another use.
"""

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias, TypeVar

from ecbackup_iac.files.paths import boundary_of, display_path_of
from ecbackup_iac.fixers.edits import NotFixableError, SourceFiles, offsets
from ecbackup_iac.hcl.expression import (
    Element,
    GetAttribute,
    Index,
    Literal,
    Name,
    Node,
    ObjectNode,
    Splat,
    children,
)
from ecbackup_iac.hcl.json_syntax import parse_json, parse_json_values
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.terraform.modules.configuration import is_local, source_of
from ecbackup_iac.terraform.modules.file_names import configuration_files
from ecbackup_iac.terraform.modules.folders import Folders
from ecbackup_iac.terraform.modules.schema import CONFIGURATION

T = TypeVar("T", Attribute, Block)

Keys: TypeAlias = tuple[str | None, ...]
"""The keys from a whole value to a part of it; None is any key."""

_VARIABLE_FILES = (".tfvars", ".tfvars.json")
_REPETITIONS = ("count", "for_each")
_ADDRESSES_ONLY = ("import", "moved", "removed", "terraform")
"""Blocks that refer to addresses, not to values."""


@record
class Definition:
    """Something that has a value, as the code of a folder refers to it."""

    folder: str
    """Of its module: absolute, links resolved."""

    kind: str
    """`var`, `local`, `output`, `each`, or the type of a resource."""

    name: str
    keys: Keys = ()
    is_default: bool = False
    """It is a variable's default, which a module call may replace."""

    is_one_resource: bool = False
    """It is an argument of a resource that is not repeated."""

    block: tuple[str, int] | None = None
    """Of `each`: the file and the offset of the block."""

    def __str__(self) -> str:
        """Return it as the code refers to it."""
        return f"{self.kind}.{self.name}"


@record(eq=False)
class _Reference:
    """A reference in a block."""

    block: Block
    argument: str
    """Of the block; empty in a nested block."""

    range: SourceRange
    keys: Keys
    """The keys of the part of the value that it refers to."""

    is_entire_expression: bool
    """It is the argument's whole expression."""


class Usages:
    """Uses of a definition in its own module, and in the modules that it is passed to."""

    def __init__(self, resource: CacheResource, files: SourceFiles) -> None:
        self._resource = resource
        self._files = files
        self._called = {
            (os.path.realpath(call.location.path), call.location.line): os.path.realpath(
                call.folder
            )
            for call in resource.calls
            if call.folder
        }

    def definition_at(self, literal: Location) -> Definition | None:
        """Return what a literal is part of; None where nothing can refer to that.

        Raises:
            NotFixableError: the file cannot be read.

        """
        path = os.path.abspath(literal.path)
        offset, _ = offsets(self._files.once(path, source_at).text, literal)
        if path.endswith(_VARIABLE_FILES):
            folder = os.path.realpath(self._resource.root)
            for attribute in _at(self._files.once(path, _values_at), offset):
                return Definition(folder, "var", attribute.name, _keys_to(attribute, offset))
            return None
        folder = os.path.realpath(os.path.dirname(path))
        for block in _at(self._files.once(path, _blocks_at), offset):
            for attribute in _at(block.body.attributes(), offset):
                return self._definition(folder, block, attribute, offset)
        return None

    def _definition(
        self, folder: str, block: Block, attribute: Attribute, offset: int
    ) -> Definition | None:
        keys, name = _keys_to(attribute, offset), attribute.name
        if name == "for_each":
            return Definition(folder, "each", "value", keys[1:], block=_identity(block))
        match block.kind:
            case "variable":
                is_default = name == "default" and not keys
                return Definition(folder, "var", block.labels[0], keys, is_default)
            case "locals":
                return Definition(folder, "local", name, keys)
            case "output":
                return Definition(folder, "output", block.labels[0])
            case "module":
                called = self._folder_of(block, folder)
                return Definition(called, "var", name, keys) if called else None
            case "resource" if name != "count":
                return _attribute_of(folder, block, name)
        return None

    def other_use(self, definition: Definition, path: str | None = None) -> str | None:
        """Return what uses a definition and is not a cache's retention; None where nothing does.

        `path` is the file that contains it, which may belong to several folders.
        """
        key = (definition, path, self._resource.calls)
        answers = self._files.answers
        if key not in answers:
            answers[key] = self._search(definition, path)
        return answers[key]

    def _search(self, definition: Definition, path: str | None) -> str | None:
        if path is not None:
            self._check_owner(path, definition.folder)
        pending = [definition]
        seen: set[Definition] = set()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if current.kind == "output":
                return "the callers of its module"
            references = self._files.once(current.folder, _references)
            for reference in references.get((current.kind, current.name), ()):
                is_in_block = current.block in (None, _identity(reference.block))
                if is_in_block and _overlap(_keys_of(reference, current), current.keys):
                    passed_on = self._passed_on(reference, current)
                    if passed_on is None:
                        return f"{_shown(reference.block)} ({reference.range.location})"
                    pending += passed_on
        return None

    def _check_owner(self, path: str, folder: str) -> None:
        """Raise NotFixableError if a file may be part of other modules or roots than that of a folder."""
        if path.endswith(_VARIABLE_FILES):
            if _module_above(os.path.realpath(path)) != folder:
                raise NotFixableError(f"{display_path_of(path)} may be used by other roots too")
        elif any(link != path for link in self._files.links_to(path)):
            raise NotFixableError(f"a link leads to {display_path_of(path)}: others may use it too")

    def _passed_on(self, reference: _Reference, current: Definition) -> list[Definition] | None:
        """Return the definitions that a reference passes a value on to; None where it is another use."""
        block, folder, argument = reference.block, current.folder, reference.argument
        keys = current.keys[len(reference.keys) :] if reference.is_entire_expression else ()
        is_cache = block.kind == "resource" and block.labels[0] in RESOURCE_TYPES
        if argument == "depends_on":
            return []
        if argument == "for_each" and (is_cache or keys):
            # The keys of the map stay as they are, or are the addresses of caches.
            return [Definition(folder, "each", "value", keys[1:], block=_identity(block))]
        match block.kind:
            case "variable" if (current.kind, current.name) == ("var", block.labels[0]):
                return []  # its own validation
            case "locals":
                return [Definition(folder, "local", argument, keys)]
            case "module" if argument and argument not in _REPETITIONS:
                return self._passed_to_module(block, folder, argument, keys)
            case "resource" if is_cache and argument == "count":
                return []
            case "resource" if is_cache and argument == RESOURCE_TYPES[block.labels[0]].retention:
                return [_attribute_of(folder, block, argument)]
            case "resource" if (
                is_cache and argument == RESOURCE_TYPES[block.labels[0]].backup_window
            ):
                return []  # often set only where there are backups
        return None

    def _passed_to_module(
        self, block: Block, caller: str, argument: str, keys: Keys
    ) -> list[Definition] | None:
        folder = self._folder_of(block, caller)
        if folder is not None:
            return [Definition(folder, "var", argument, keys)]
        attribute = block.body.attribute(argument)
        is_known = attribute and self._files.shared.is_of_retention(attribute.range.location)
        return (
            [] if is_known else None
        )  # the policy or a stand-in says what a published module does

    def _folder_of(self, block: Block, caller: str) -> str | None:
        """Return the folder of the module that a block calls; None where it was not read."""
        source = source_of(block)
        if source is not None and is_local(source) and "\0" not in source:
            return os.path.realpath(os.path.join(caller, source.replace("\\", "/")))
        header = block.header.location
        return self._called.get((os.path.realpath(header.path), header.line))


def _keys_of(reference: _Reference, definition: Definition) -> Keys:
    """Return what of a definition is referred to: the splat of one resource (`r.*.port`) is that resource."""
    is_one = definition.is_one_resource and reference.keys[:1] == (None,)
    return reference.keys[1:] if is_one else reference.keys


def _attribute_of(folder: str, block: Block, name: str) -> Definition:
    is_repeated = any(block.body.attribute(repetition) for repetition in _REPETITIONS)
    kind, label = block.labels
    keys = (None, name) if is_repeated else (name,)
    return Definition(folder, kind, label, keys, is_one_resource=not is_repeated)


def source_at(path: str) -> SourceFile:
    """Return the text of a file. Raises NotFixableError."""
    source = Folders(boundary_of(path)).source(path)
    if isinstance(source, Diagnostic):
        raise NotFixableError(f"{source.location} {source.message}")
    return source


def _values_at(path: str) -> Sequence[Attribute]:
    source = source_at(path)
    if path.endswith(".json"):
        return parse_json_values(source)[0]
    return parse_whole_file(source)[0].attributes()


def _blocks_at(path: str) -> list[Block]:
    """Return the blocks at the top of a configuration file that use values."""
    parse = parse_json if path.endswith(".json") else parse_whole_file
    body, _ = parse(source_at(path), CONFIGURATION)
    blocks = (
        block
        for kind, labels in CONFIGURATION.labels.items()
        if kind not in _ADDRESSES_ONLY
        for block in body.blocks(kind, len(labels))
    )
    return sorted(blocks, key=lambda block: block.range.start)


def _module_above(path: str) -> str:
    """Return the nearest folder above a file that is a module."""
    folder = os.path.dirname(path)
    while folder != os.path.dirname(folder) and not any(configuration_files(_names(folder))):
        folder = os.path.dirname(folder)
    return folder


def _names(folder: str) -> tuple[str, ...]:
    return Folders(boundary_of(folder)).names(folder)


def _references(folder: str) -> dict[tuple[str | None, str | None], list[_Reference]]:
    """Return what the blocks of a folder refer to, by the first two words: `var`, `days`."""
    references: dict[tuple[str | None, str | None], list[_Reference]] = {}
    for name in sum(configuration_files(_names(folder)), ()):
        for block in _blocks_at(os.path.join(folder, name)):
            for argument, attribute in attributes_in(block.body):
                for node, (kind, *keys) in _traversals(attribute.expression):
                    if keys:
                        is_entire_expression = node is attribute.expression
                        reference = _Reference(
                            block, argument, node.range, (*keys[1:],), is_entire_expression
                        )
                        references.setdefault((kind, keys[0]), []).append(reference)
    return references


def attributes_in(body: Body, *, is_nested: bool = False) -> Iterator[tuple[str, Attribute]]:
    """Yield every attribute in a body, with its name where it is the body's own."""
    for attribute in body.attributes():
        yield "" if is_nested else attribute.name, attribute
    for item in getattr(body, "items", ()):  # in JSON, nested blocks are attributes
        if isinstance(item, Block):
            yield from attributes_in(item.body, is_nested=True)


def traversal(node: Node) -> tuple[tuple[str, ...], list[Node]]:
    """Return the names of a traversal (`local.a.b`, `f(x).a["b"]`), and the nodes inside a node.

    The first name is empty where it begins with something else than a name.
    """
    keys: list[str] = []
    of = node
    while isinstance(of, GetAttribute | Index):
        if isinstance(of, GetAttribute):
            keys.append(of.name)
        elif isinstance(of.key, Literal):
            keys.append(str(of.key.value))
        else:
            keys.clear()  # any of them
        of = of.of
    if isinstance(of, Name):
        return (of.name, *reversed(keys)), []
    return (("", *reversed(keys)), [of]) if keys else ((), [*children(node)])


def _traversals(expression: Node) -> Iterator[tuple[Node, Keys]]:
    """Yield the traversals in an expression, each with its names and keys."""
    pending = [expression]
    while pending:
        node = inner = pending.pop()
        keys: list[str | None] = []
        splats: list[Node] = []
        while True:
            match inner:
                case GetAttribute(of=inner, name=name):
                    keys.append(name)
                case Index(of=inner, key=key):
                    keys.append(str(key.value) if isinstance(key, Literal) else None)
                    pending.append(key)
                case Splat(of=of, each=inner):
                    splats.append(of)
                case Element() if splats:
                    keys.append(None)
                    inner = splats.pop()
                case _:
                    break
        if isinstance(inner, Name):
            yield node, (inner.name, *reversed(keys))
        else:
            pending += [*children(inner), *splats]


def _at(items: Sequence[T], offset: int) -> Sequence[T]:
    """Return the attribute or block that an offset is in: one of some in order, or none."""
    before = bisect_right(items, offset, key=lambda item: item.range.start)
    return [item for item in items[max(before - 1, 0) : before] if offset < item.range.end]


def _keys_to(attribute: Attribute, offset: int) -> Keys:
    """Return the keys from a value to the literal at an offset, as far as they are literal too."""
    node, keys = attribute.expression, list[str | None]()
    while isinstance(node, ObjectNode):
        before = [entry for entry in node.items if entry[1].range.start <= offset]
        if not before:
            break
        key, node = before[-1]
        keys.append(str(key.value) if isinstance(key, Literal) else None)
    return tuple(keys)


def _overlap(first: Keys, second: Keys) -> bool:
    """Whether two paths lead to parts of a value of which one is in the other."""
    pairs = zip(first, second, strict=False)
    return all(a is None or b is None or a == b for a, b in pairs)


def _identity(block: Block) -> tuple[str, int]:
    return block.range.file.path, block.range.start


def _shown(block: Block) -> str:
    if block.kind == "resource":
        return ".".join(block.labels)
    return ".".join(("var" if block.kind == "variable" else block.kind, *block.labels))
