"""What an edit defines, and who else uses that: it must change nothing but retentions."""

import os
from collections.abc import Iterator

from ecbackup_iac.files.paths import boundary_of
from ecbackup_iac.fixers.edits import SourceFiles, offsets
from ecbackup_iac.fixers.terraform.references import (
    Path,
    Reference,
    Tree,
    body_at,
    handed_on,
    holds,
    meets,
    references,
    source_at,
    tree,
    values_at,
)
from ecbackup_iac.hcl.expression import Literal
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.readers.terraform.published_modules import published_module
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.terraform.modules.configuration import is_local, source_of

_REPETITIONS = ("count", "for_each")
_VARIABLE_FILES = (".tfvars", ".tfvars.json")


@record
class Definition:
    """Something that has a value, or a part of one: what it is called in the code of a folder."""

    folder: str
    """Of its module: absolute, links resolved."""

    kind: str
    """`var`, `local`, `output`, `module`, `each`, or the type of a resource."""

    name: str
    path: Path = ()
    is_default: bool = False
    """It is a variable's default, which a module call may replace."""

    block: tuple[str, int] | None = None
    """Of `each`: the file and the offset of the block that it means something in."""

    def __str__(self) -> str:
        """Give it as the code refers to it."""
        return f"the input {self.name}" if self.kind == "input" else f"{self.kind}.{self.name}"


def definition_at(
    files: SourceFiles, resource: CacheResource, literal: Location
) -> Definition | None:
    """Find what a literal is part of; None where nobody can refer to that.

    Raises:
        NotMendableError: the file cannot be read.

    """
    path = os.path.abspath(literal.path)
    source = files.once(path, source_at)
    offset, _ = offsets(source.text, literal)
    folder = os.path.realpath(os.path.dirname(path))
    if path.endswith(_VARIABLE_FILES):
        for attribute in files.once(path, values_at):
            if holds(attribute.range, offset):
                part = handed_on(attribute.expression, offset)
                return Definition(os.path.realpath(resource.root), "var", attribute.name, part)
        return None
    return _in_body(files.once(path, body_at), folder, offset)


def _in_body(body: Body, folder: str, offset: int) -> Definition | None:
    for block in body.blocks("variable", 1):
        if holds(block.range, offset):
            default = block.body.attribute("default")
            is_default = default is not None and holds(default.range, offset)
            part = handed_on(default.expression, offset) if default and is_default else ()
            return Definition(folder, "var", block.labels[0], part, is_default and not part)
    return next(
        (
            _argument(folder, block, attribute, offset)
            for kind, labels in (("locals", 0), ("output", 1), ("module", 1), ("resource", 2))
            for block in body.blocks(kind, labels)
            if holds(block.range, offset)
            for attribute in block.body.attributes()
            if holds(attribute.range, offset)
        ),
        None,
    )


def _argument(folder: str, block: Block, attribute: Attribute, offset: int) -> Definition | None:
    """Find what an argument of a block decides."""
    part = handed_on(attribute.expression, offset)
    place = (block.range.file.path, block.range.start)
    if block.kind == "locals":
        return Definition(folder, "local", attribute.name, part)
    if block.kind == "output":
        return Definition(folder, "output", block.labels[0], part)
    if attribute.name == "for_each":
        return Definition(folder, "each", "value", part[1:], block=place)
    if block.kind == "module":
        return Definition(folder, "input", attribute.name, part, block=place)
    return _of_resource(folder, block, attribute.name)


def _of_resource(folder: str, block: Block, attribute: str) -> Definition | None:
    kind, name = block.labels
    if attribute in _REPETITIONS:
        return None
    return Definition(folder, kind, name, (*_keys(block), attribute))


def _keys(block: Block) -> Path:
    """Give the steps from a block that is repeated to one of what it makes."""
    return (None,) if any(block.body.attribute(name) for name in _REPETITIONS) else ()


class Usages:
    """Who uses a definition: in its own module, in those that it is passed to, and in their callers."""

    def __init__(self, resource: CacheResource, files: SourceFiles) -> None:
        self._resource = resource
        self._files = files
        self._called = {
            (os.path.realpath(call.path), call.line): os.path.realpath(folder)
            for call, folder in zip(resource.calls, resource.called, strict=True)
        }

    def other_use(self, definition: Definition, path: str | None = None) -> str | None:
        """Name something that uses a definition and is no cache's retention; None where all are.

        `path` is the file that holds it, which may belong to several folders.
        """
        resource = self._resource
        block = None if resource.type in RESOURCE_TYPES else resource.block
        asked = (definition, path, resource.calls, resource.called, block)
        answers = self._files.answers
        if asked not in answers:
            answers[asked] = self._found_use(definition, path)
        return answers[asked]

    def _found_use(self, definition: Definition, path: str | None) -> str | None:
        pending, met = [*self._everywhere(definition, path)], set()
        while pending:
            one = pending.pop()
            if one in met:
                continue
            met.add(one)
            for mention in self._mentions(one):
                use, following = self._use(mention, one)
                if use:
                    return f"{use} ({mention.location})"
                pending += following
            pending += self._beyond(one)
        return None

    def input_of(self, call: Location, name: str) -> Definition | None:
        """Give the variable that a module call's argument sets; None where the module is not read."""
        folder = self._called.get((os.path.realpath(call.path), call.line))
        return None if folder is None else Definition(folder, "var", name)

    def _tree(self, folder: str) -> Tree:
        return self._files.once(boundary_of(folder), tree)

    def _everywhere(self, definition: Definition, path: str | None) -> Iterator[Definition]:
        """Yield a definition as every folder has it that its file is part of."""
        yield definition
        if path is None:
            return
        found = self._tree(definition.folder)
        names = (path, *self._files.links_to(path))
        folders = [os.path.realpath(os.path.dirname(name)) for name in names]
        if path.endswith(_VARIABLE_FILES):
            real, root = os.path.realpath(path), definition.folder
            given = self._files.roots
            folders += [one.path for one in given if real in map(os.path.realpath, one.var_files)]
            if not found.is_own(path, root):
                folders += found.roots()
        for folder in dict.fromkeys(folders):
            if folder in found.index.found:
                is_declared = definition.name in self._files.once(folder, references).variables
                if is_declared or definition.kind != "var":
                    yield replace(definition, folder=folder)

    def _mentions(self, definition: Definition) -> Iterator[Reference]:
        if definition.kind in ("output", "input"):
            return
        found = self._files.once(definition.folder, references).found
        for mention in found.get((definition.kind, definition.name), ()):
            place = (mention.block.range.file.path, mention.block.range.start)
            if definition.block in (None, place) and meets(mention.steps, definition.path):
                yield mention

    def _beyond(self, definition: Definition) -> Iterator[Definition]:
        """Yield what a definition is called where it is handed to another module."""
        match definition.kind:
            case "output":
                for caller in self._tree(definition.folder).callers(definition.folder):
                    for block in self._files.once(caller, references).calls:
                        if self._folder_of(block, caller) == definition.folder:
                            path = (*_keys(block), definition.name, *definition.path)
                            yield Definition(caller, "module", block.labels[0], path)
            case "input":
                for block in self._files.once(definition.folder, references).calls:
                    if (block.range.file.path, block.range.start) == definition.block:
                        folder = self._folder_of(block, definition.folder)
                        if folder is not None:
                            yield Definition(folder, "var", definition.name, definition.path)
            case _:
                pass

    def _use(
        self, mention: Reference, definition: Definition
    ) -> tuple[str | None, list[Definition]]:
        """Name what uses a definition in a way that is not judged, else give what it hands it on to."""
        block, folder, argument = mention.block, definition.folder, mention.argument
        if isinstance(mention.attribute and mention.attribute.expression, Literal):
            return None, []  # a text that only tells of it
        match block.kind:
            case "variable":
                own = (definition.kind, definition.name) == ("var", block.labels[0])
                return (None if own or argument else f"var.{block.labels[0]}"), []
            case "locals":
                return None, [
                    Definition(folder, "local", argument, self._part(mention, definition))
                ]
            case "output" if argument == "value":
                path = self._part(mention, definition)
                return None, [Definition(folder, "output", block.labels[0], path)]
            case "output" if argument:
                return None, []
            case "module":
                return self._use_by_call(mention, definition)
            case "resource" if argument == "depends_on" or self._is_judged(block, argument):
                if argument == "for_each":
                    return None, self._each(mention, definition)
                made = _of_resource(folder, block, argument) if argument != "depends_on" else None
                return None, [made] if made else []
            case "resource" if argument == "for_each" and self._is_same_set(mention, definition):
                return None, self._each(mention, definition)
            case _:
                return _shown(block), []

    def _use_by_call(
        self, mention: Reference, definition: Definition
    ) -> tuple[str | None, list[Definition]]:
        block, argument = mention.block, mention.argument
        folder = self._folder_of(block, definition.folder)
        shown = f"module.{block.labels[0]}"
        if argument == "depends_on":
            return None, []
        if argument in _REPETITIONS:
            # Where caches come of it, they are judged again.
            is_known = self._is_own(block) or (
                argument == "for_each" and self._is_same_set(mention, definition)
            )
            if not is_known:
                return shown, []
            return None, self._each(mention, definition) if argument == "for_each" else []
        if folder is None:
            return (None if argument and argument == self._retention_of(block) else shown), []
        if not argument:
            return shown, []
        return None, [Definition(folder, "var", argument, self._part(mention, definition))]

    def _part(self, mention: Reference, definition: Definition) -> Path:
        if mention.attribute is None:
            return (None,)
        return handed_on(mention.attribute.expression, mention.range.start, definition.path)

    def _is_same_set(self, mention: Reference, definition: Definition) -> bool:
        """Say whether a for_each has the same keys, whatever the value is."""
        return self._part(mention, definition)[:1] not in {(), (None,)}

    def _each(self, mention: Reference, definition: Definition) -> list[Definition]:
        """Give what a definition is called where a for_each takes it in."""
        block = mention.block
        place = (block.range.file.path, block.range.start)
        path = self._part(mention, definition)
        # The keys are part of the addresses: where they change, it is no longer the same cache.
        return [Definition(definition.folder, "each", "value", path[1:], block=place)]

    def _is_own(self, block: Block) -> bool:
        """Say whether a block makes the cache, or calls the module that does."""
        path = os.path.realpath(block.header.location.path)
        own = (*self._resource.calls, self._resource.block or self._resource.location)
        line = block.header.location.line
        return any((os.path.realpath(one.path), one.line) == (path, line) for one in own)

    def _retention_of(self, block: Block) -> str:
        """Give the argument of a published module's call that is a cache's retention."""
        source = source_of(block)
        known = published_module(source, self._files.modules) if source else None
        return (known.input or "").split(".")[0] if known else ""

    def _folder_of(self, block: Block, caller: str) -> str | None:
        source = source_of(block)
        if source is not None and is_local(source) and "\0" not in source:
            return os.path.realpath(os.path.join(caller, source.replace("\\", "/")))
        header = block.header.location
        return self._called.get((os.path.realpath(header.path), header.line))

    def _is_judged(self, block: Block, argument: str) -> bool:
        """Say whether an argument is a cache's retention, or decides that the cache is there."""
        attributes = RESOURCE_TYPES.get(block.labels[0])
        return attributes is not None and argument in (*_REPETITIONS, attributes.retention)


def _shown(block: Block) -> str:
    match block.kind:
        case "resource":
            return ".".join(block.labels)
        case "import":
            return "an import block"
        case _:
            return ".".join((block.kind, *block.labels))
