"""A folder of configuration files → one module: its declarations, overrides merged."""

import os
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Protocol, TypeVar

from ecbackup_iac.hcl.parser import parse_file
from ecbackup_iac.hcl.source import Place, Problem, SourceFile
from ecbackup_iac.hcl.structure import Attribute, Block, Body, PlainTexts
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.modules.schema import CONFIGURATION

ResourceKey = tuple[str, str, str]
"""Mode (managed, data, ephemeral), type and name."""

K = TypeVar("K")

_MODES = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}
MAX_TOLD = 200
"""Diagnostics of one file."""

_MORE = f"this file has more problems than the {MAX_TOLD} that are told"

MAX_MAJOR = 1
"""Of Terraform and OpenTofu."""

_AT_LEAST = re.compile(r"(?:>=|~>|>|(?<![<>!~])=|^)\s*v?(\d{1,9})")

TERRAFORM_SUFFIXES = (".tf", ".tf.json")
OPENTOFU_SUFFIXES = (".tofu", ".tofu.json")

# The nested blocks without which a provider block is no more than a name for a passed provider.
_PROVIDER_BLOCKS = ("assume_role", "assume_role_with_web_identity", "default_tags", "endpoints",
                    "features", "ignore_tags")  # fmt: skip


class Program(StrEnum):
    """The programs that plan a configuration."""

    TERRAFORM = "Terraform"
    OPENTOFU = "OpenTofu"


class FolderReader(Protocol):
    """What modules are read through: inside the boundary, each file once."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Give the names of the files in a folder, sorted; none where it cannot be read."""

    def real(self, path: str) -> str:
        """Give an absolute path without `..` with its links resolved."""

    def is_inside(self, path: str) -> bool:
        """Say whether an absolute path without `..` lies inside the boundary, links resolved."""

    def forget(self, paths: Iterable[str]) -> None:
        """Forget what was read of files."""

    def source(self, path: str) -> "SourceFile | Diagnostic":
        """Read a file as UTF-8 text."""


@changing_record
class Module:
    """What the files of one folder declare together."""

    folder: str
    variables: dict[str, Block] = field(factory=dict)
    local_values: dict[str, Attribute] = field(factory=dict)
    resources: dict[ResourceKey, Block] = field(factory=dict)
    calls: dict[str, Block] = field(factory=dict)
    outputs: dict[str, Block] = field(factory=dict)
    settings: list[Block] = field(factory=list)
    """The `terraform` blocks."""

    providers: list[Block] = field(factory=list)
    bodies: list[Body] = field(factory=list)
    """The files, in the order in which they were read."""

    diagnostics: list[Diagnostic] = field(factory=list)
    news: list[Diagnostic] = field(factory=list)
    """The same, shared by the modules of a tree: somebody tells them, and empties it."""

    refusal: str = ""
    """Why no Terraform there is takes this module; empty where one does."""

    _told: dict[str, int] = field(factory=dict)
    """How many diagnostics each file has."""

    def tell(self, message: str, place: Place) -> None:
        """Take note of something that is wrong in a file."""
        self.note(Diagnostic(message, place.location))

    def add(self, body: Body) -> None:
        """Keep a file's body, and report what Terraform does not expect at the top of a file."""
        self.bodies.append(body)
        for message, place in body.unexpected(CONFIGURATION.labels):
            self.tell(message, place)

    def note(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic, here and for whoever waits for news; from some on, that there are more."""
        path = diagnostic.location.path
        count = self._told[path] = self._told.get(path, 0) + 1
        if count > MAX_TOLD:
            if count > MAX_TOLD + 1:
                return
            diagnostic = Diagnostic(_MORE, Location(path))
        self.diagnostics.append(diagnostic)
        self.news.append(diagnostic)

    def release(self) -> None:
        """Forget every block: each knows the module that it tells of, so none would go by itself."""
        for table in (
            self.variables,
            self.local_values,
            self.resources,
            self.calls,
            self.outputs,
        ):
            table.clear()
        self.settings.clear()
        self.providers.clear()
        self.bodies.clear()

    @property
    def configures_providers(self) -> bool:
        """Whether a `provider` block has arguments: then no call of it may be repeated."""
        return any(map(has_provider_arguments, self.providers))

    def parse_all(self) -> None:
        """Parse every block that has not been read yet; what is wrong goes to the diagnostics."""
        for body in self.bodies:
            body.parse_all()
        self.bodies.clear()

    @property
    def is_empty(self) -> bool:
        """Whether the folder holds no configuration at all."""
        return not (
            self.variables or self.local_values or self.resources or self.calls or self.outputs
        )


@lru_cache(maxsize=500)  # folders of a tree have names in common
def configuration_files(
    names: tuple[str, ...], program: Program | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files of a folder that make up its module, and those of them that override, sorted.

    Terraform reads no `.tofu` file. OpenTofu reads it in place of the `.tf` file of the same stem; so
    does whoever does not say which program plans the folder.
    """
    found = every_configuration_file(names)
    if program is Program.TERRAFORM:
        kept = [name for name in found if name.endswith(TERRAFORM_SUFFIXES)]
    else:
        replaced = set(replaced_files(found))
        kept = [name for name in found if name not in replaced]
    overrides = tuple(name for name in kept if is_override(name))
    return tuple(name for name in kept if name not in overrides), overrides


@lru_cache(maxsize=500)
def every_configuration_file(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of a folder that Terraform or OpenTofu reads, sorted.

    Hidden files and editors' backups do not count.
    """
    suffixes = (*TERRAFORM_SUFFIXES, *OPENTOFU_SUFFIXES)
    return tuple(
        sorted(
            name
            for name in names
            if name.endswith(suffixes) and not name.startswith((".", "#")) and name[-1] != "~"
        )
    )


def replaced_files(files: Iterable[str]) -> Iterator[str]:
    """Yield the `.tf` files of which OpenTofu reads the `.tofu` file of the same stem instead."""
    present = set(files)
    for name in present:
        for suffix, other in zip(OPENTOFU_SUFFIXES, TERRAFORM_SUFFIXES, strict=True):
            if name.endswith(suffix) and (twin := name.removesuffix(suffix) + other) in present:
                yield twin


def is_override(name: str) -> bool:
    """Say whether a configuration file overrides others."""
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def load_module(
    folder: str,
    reader: FolderReader,
    news: list[Diagnostic] | None = None,
    program: Program | None = None,
) -> Module:
    """Read a folder's module; what stands whole in a broken file counts.

    `news` is where diagnostics go as well, those of blocks that are read later included.
    """
    module = Module(folder, news=[] if news is None else news)
    files, overrides = configuration_files(reader.names(folder), program)
    for name in files:
        body = _body(os.path.join(folder, name), reader, module)
        if body is not None:
            module.add(body)
            _declare(module, body)
    for name in overrides:
        body = _body(os.path.join(folder, name), reader, module)
        if body is not None:
            module.add(body)
            _override(module, body)
    _check_version(module)
    return module


def file_body(path: str, reader: FolderReader) -> Body | None:
    """Return what one file declares; None where it cannot be read. What is wrong in it is not reported."""
    return _body(path, reader, Module(os.path.dirname(path)))


def has_provider_arguments(block: Block) -> bool:
    """Whether a `provider` block configures anything, beyond its alias."""
    names = {attribute.name for attribute in block.body.attributes()}
    return bool(names - {"alias"}) or any(map(block.body.blocks, _PROVIDER_BLOCKS))


def _check_version(module: Module) -> None:
    """Refuse a module that asks for a major version nobody has released.

    Which of the released versions plans the module cannot be told from the configuration.
    """
    for block in module.settings:
        place = block.place
        if place.file.text.find(b"required_version", place.start, place.end) < 0:
            continue  # most of such blocks need not be read
        wanted = _AT_LEAST.findall(block.body.plain_text("required_version") or "")
        written = None
        if any(int(major) > MAX_MAJOR for major in wanted):
            written = block.body.attribute("required_version")
        if written is not None:
            module.refusal = (
                "Unsupported Terraform Core version: required_version asks for a later one"
            )
            module.note(Diagnostic(module.refusal, written.place.location))


def _body(path: str, reader: FolderReader, module: Module) -> Body | None:
    source = reader.source(path)
    if isinstance(source, Diagnostic):
        module.note(source)
        return None
    if path.endswith(".json"):
        from ecbackup_iac.hcl.json_syntax import parse_json

        body, problems = parse_json(source, CONFIGURATION)
        for text, place in problems:
            module.tell(text, place)
        return body
    return parse_file(source, CONFIGURATION, module.tell)


def _declare(module: Module, body: Body) -> None:
    for word, mode in _MODES.items():
        for block in body.blocks(word, 2):
            kind, name = block.labels
            _once(
                module,
                module.resources,
                (mode, kind, name),
                block,
                f'{word} "{kind}" configuration',
            )
    for block in body.blocks("variable", 1):
        _once(module, module.variables, block.labels[0], block, "variable declaration")
    for block in body.blocks("output", 1):
        _once(module, module.outputs, block.labels[0], block, "output definition")
    for block in body.blocks("module", 1):
        _once(module, module.calls, block.labels[0], block, "module call")
    for block in body.blocks("locals"):
        for attribute in block.body.attributes():
            if attribute.name in module.local_values:
                text = f'Duplicate local value definition: "{attribute.name}" was defined before'
                module.note(Diagnostic(text, attribute.place.location))
                continue
            module.local_values[attribute.name] = attribute
    module.settings += body.blocks("terraform")
    module.providers += body.blocks("provider", 1)


def _once(module: Module, table: dict[K, Block], key: K, block: Block, what: str) -> None:
    if key in table:
        first = table[key].header.location
        text = f'Duplicate {what}: "{block.labels[-1]}" was declared at {first}'
        module.note(Diagnostic(text, block.header.location))
        return
    table[key] = block


def _override(module: Module, body: Body) -> None:
    """Merge an override file: what it declares replaces arguments (Terraform, "Override Files")."""
    for word, mode in _MODES.items():
        for block in body.blocks(word, 2):
            kind, name = block.labels
            _merge(module, module.resources, (mode, kind, name), block)
    for block in body.blocks("variable", 1):
        _merge(module, module.variables, block.labels[0], block)
    for block in body.blocks("output", 1):
        _merge(module, module.outputs, block.labels[0], block)
    for block in body.blocks("module", 1):
        _merge(module, module.calls, block.labels[0], block)
    for block in body.blocks("locals"):
        for attribute in block.body.attributes():
            if attribute.name not in module.local_values:
                text = f'Missing base local value definition to override: "{attribute.name}"'
                module.note(Diagnostic(text, attribute.place.location))
            module.local_values[attribute.name] = attribute
    module.settings += body.blocks("terraform")
    module.providers += body.blocks("provider", 1)


def _merge(module: Module, table: dict[K, Block], key: K, override: Block) -> None:
    base = table.get(key)
    if base is None:
        text = f"Missing {override.kind} to override: the base configuration has no such block"
        module.note(Diagnostic(text, override.header.location))
        return
    body = MergedBody(base.body, override)
    table[key] = Block(base.kind, base.labels, base.place, base.header, body)


def overrides_of(block: Block) -> tuple[Location, ...]:
    """Return where the blocks of override files are that were merged into a block."""
    return block.body.overrides if isinstance(block.body, MergedBody) else ()


_RIVALS = {"count": "for_each", "for_each": "count"}


class MergedBody(PlainTexts):
    """A block's body with another's arguments and nested blocks in the place of its own."""

    def __init__(self, base: Body, override: Block) -> None:
        self._base = base
        self._override = override.body
        self._place = override.place

    @property
    def overrides(self) -> tuple[Location, ...]:
        """Where the overriding blocks are, in the order in which they were merged."""
        before = self._base.overrides if isinstance(self._base, MergedBody) else ()
        return (*before, self._place.location)

    @property
    def place(self) -> Place:
        """The base's place."""
        return self._base.place

    def attribute(self, name: str) -> Attribute | None:
        """Give the override's attribute, else the base's; count and for_each hide each other."""
        own = self._override.attribute(name)
        rival = _RIVALS.get(name)
        if own is None and rival and self._override.attribute(rival):
            return None
        return own or self._base.attribute(name)

    def attributes(self) -> Sequence[Attribute]:
        """Give the attributes of both, the override's where both have one."""
        merged = {attribute.name: attribute for attribute in self._base.attributes()}
        merged |= {attribute.name: attribute for attribute in self._override.attributes()}
        return list(merged.values())

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:
        """Give the override's nested blocks of a type, else the base's; `lifecycle` merges."""
        own, others = self._override.blocks(kind, labels), self._base.blocks(kind, labels)
        if kind == "lifecycle" and own and others:
            first = others[0]
            body = MergedBody(first.body, own[0])
            return [Block(first.kind, first.labels, first.place, first.header, body)]
        return own or others

    def parse_all(self) -> None:
        """Parse everything inside, so that every problem is reported."""
        self._base.parse_all()
        self._override.parse_all()

    def unexpected(self, kinds: Container[str]) -> Sequence[Problem]:  # noqa: ARG002 - a body's
        """Return nothing: it is the body of a block."""
        return ()
