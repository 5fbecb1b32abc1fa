"""A folder of configuration files → one module: its declarations, overrides merged."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from ecbackup_iac.hcl.expression import GetAttribute, Index, Name, Node
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.hcl.tokens import is_identifier
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.file_names import Program, configuration_files
from ecbackup_iac.terraform.files.folders import Folders, parsed_file
from ecbackup_iac.terraform.files.schema import CONFIGURATION
from ecbackup_iac.terraform.modules.variables import Declaration

ResourceKey = tuple[str, str, str]
"""Mode (managed, data, ephemeral), type and name."""

K = TypeVar("K")

_MODES = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}
_NAMES = {
    "variable": "variable declaration", "output": "output definition", "module": "module call",
}  # fmt: skip
"""What Terraform calls the blocks that have one label."""

META_ARGUMENTS = {"source", "version", "count", "for_each", "providers", "depends_on"}
"""The arguments of a module call that are not inputs of the module."""

_NOT_TO_OVERRIDE = {"check": 1, "moved": 0, "import": 0}
"""Blocks that no override file may contain, and how many labels they have."""

MAX_REPORTED = 200
"""Diagnostics of one file."""

_MORE = f"this file has more problems than the {MAX_REPORTED} that are reported"

MAX_MAJOR = 1
"""The latest major version of Terraform and OpenTofu."""

FIRST_SHORT_CIRCUITING = (1, 12, 0)
"""The release of Terraform since which `&&` and `||` evaluate no operand that cannot matter."""

# The nested blocks without which a provider block is no more than a name for a passed provider.
_PROVIDER_BLOCKS = ("assume_role", "assume_role_with_web_identity", "default_tags", "endpoints",
                    "features", "ignore_tags")  # fmt: skip


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

    versions: list[Block] = field(factory=list)
    """Those whose `required_version` counts: only those of the last override file that has one, if any."""

    providers: list[Block] = field(factory=list)
    bodies: list[Body] = field(factory=list)
    """The files, in the order in which they were read."""

    diagnostics: list[Diagnostic] = field(factory=list)
    new_diagnostics: list[Diagnostic] = field(factory=list)
    """The same, shared by the modules of a tree, until they are reported."""

    rejection: str = ""
    """Why no release of Terraform accepts this module; empty where one does."""

    requires_providers: bool = False
    """A `required_providers` block has been read, of which there may be only one."""

    short_circuits: bool = False
    """It requires Terraform 1.12 or later, where only one operand of `&&` or `||` may be evaluated."""

    may_declare_more: str = ""
    """Why it may declare more than is known; empty where it does not."""

    repeated: dict[Location, str] = field(factory=dict)
    """The headers of blocks that are declared again, which Terraform rejects, with its message."""

    _declarations: dict[str, Declaration] = field(factory=dict)
    _counts: dict[str, int] = field(factory=dict)
    """How many diagnostics each file has."""

    def declaration(self, name: str) -> Declaration | None:
        """Return the declaration of a variable; None where the module has no such variable."""
        if name not in self._declarations and name in self.variables:
            self._declarations[name] = Declaration(name, self.variables[name])
        return self._declarations.get(name)

    def report(self, message: str, source_range: SourceRange) -> None:
        """Record a problem in a file."""
        self.note(Diagnostic(message, source_range.location))

    def add(self, body: Body) -> None:
        """Add a file's body, and report what Terraform does not expect at the top of a file."""
        self.bodies.append(body)
        for message, source_range in body.unexpected(CONFIGURATION.labels):
            self.report(message, source_range)

    def note(self, diagnostic: Diagnostic) -> None:
        """Record a diagnostic here and in `new_diagnostics`: MAX_REPORTED of a file, then that more exist."""
        path = diagnostic.location.path
        count = self._counts[path] = self._counts.get(path, 0) + 1
        if count > MAX_REPORTED:
            if count > MAX_REPORTED + 1:
                return
            diagnostic = Diagnostic(_MORE, Location(path))
        self.diagnostics.append(diagnostic)
        self.new_diagnostics.append(diagnostic)

    def release(self) -> None:
        """Drop every block: each has a reference to its module, so none would be freed otherwise."""
        for table in (self.variables, self.local_values, self.resources, self.calls, self.outputs):
            table.clear()
        for blocks in (self.settings, self.versions, self.providers, self.bodies):
            blocks.clear()

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
        """Whether the folder contains no configuration at all."""
        return not (
            self.variables or self.local_values or self.resources or self.calls or self.outputs
        )


def load_module(
    folder: str,
    reader: Folders,
    new_diagnostics: list[Diagnostic] | None = None,
    program: Program | None = None,
    may_declare_more: str = "",
) -> Module:
    """Return a folder's module; what is complete in a broken file counts.

    `new_diagnostics` is where diagnostics go as well, those of blocks that are read later included.
    """
    module = Module(
        folder,
        new_diagnostics=[] if new_diagnostics is None else new_diagnostics,
        may_declare_more=may_declare_more,
    )
    files, overrides = configuration_files(reader.names(folder), program)
    for name in (*files, *overrides):
        body = _body(os.path.join(folder, name), reader, module)
        if body is not None:
            module.add(body)
            if name in overrides:
                _check_override(module, body)
            else:
                _check_providers(module, body)
            _declare(module, body, is_override=name in overrides)
    _check_version(module)
    _check_moves(module)
    return module


def module_of(source: SourceFile) -> Module:
    """Return the module that one file is on its own; its path is the module's folder."""
    module = Module(source.path)
    parsed = parsed_file(source)
    parsed.problems.report_to(module.report)
    module.add(parsed.body)
    _declare(module, parsed.body)
    module.parse_all()
    return module


def file_body(path: str, reader: Folders) -> Body | None:
    """Return what one file declares; None where it cannot be read. What is wrong in it is not reported."""
    parsed = reader.parsed(path)
    return None if isinstance(parsed, Diagnostic) else parsed.body


def has_provider_arguments(block: Block) -> bool:
    """Whether a `provider` block configures anything, beyond its alias."""
    names = {attribute.name for attribute in block.body.attributes()}
    return bool(names - {"alias"}) or any(map(block.body.blocks, _PROVIDER_BLOCKS))


def _check_version(module: Module) -> None:
    """Record that a module is rejected where it requires a major version that is not released.

    Which of the released versions plans the module is not known from the configuration.
    """
    from ecbackup_iac.terraform.modules.versions import is_constraint, versions_of

    for block in module.versions:
        written = block.body.attribute("required_version")
        constraint = block.body.plain_text("required_version")
        if written is None or constraint is None:
            continue
        first = versions_of(constraint).first
        module.short_circuits |= first >= FIRST_SHORT_CIRCUITING
        if first[0] > MAX_MAJOR:
            reason = "Unsupported Terraform Core version: required_version requires a later version"
            _reject(module, reason, written.range)
        elif not is_constraint(constraint):
            _reject(module, "Invalid version constraint in required_version", written.range)


def _check_providers(module: Module, body: Body) -> None:
    """Record that a module is rejected where a file that overrides nothing requires providers again."""
    for block in body.blocks("terraform"):
        if _mentions(block, b"required_providers"):
            for required in block.body.blocks("required_providers"):
                if module.requires_providers:
                    _reject(module, "Duplicate required providers configuration", required.header)
                module.requires_providers = True


def _mentions(block: Block, word: bytes) -> bool:
    """Whether a word is in the text of a block: most of them need not be parsed."""
    return block.range.file.text.find(word, block.range.start, block.range.end) >= 0


def _reject(module: Module, text: str, source_range: SourceRange) -> None:
    """Record that no release of Terraform accepts a module."""
    module.rejection = text
    module.report(text, source_range)


def _check_moves(module: Module) -> None:
    """Record that a module is rejected where it moves or removes what it still declares."""
    for body in module.bodies:
        for block in (*body.blocks("moved"), *body.blocks("removed")):
            source, target = block.body.attribute("from"), block.body.attribute("to")
            key = _declared_key(source.expression) if source else ()
            is_kept = target is not None and _declared_key(target.expression) == key
            declared = module.calls if key[:1] == ("module",) else module.resources
            name = key[1] if key[:1] == ("module",) and len(key) > 1 else ("managed", *key)
            has_no_index = source is not None and isinstance(source.expression, GetAttribute)
            if has_no_index and not is_kept and name in declared:
                text = f"{block.kind} object still exists: {'.'.join(key)} is still declared"
                _reject(module, text[0].upper() + text[1:], block.header)


def _declared_key(node: Node) -> tuple[str, ...]:
    """Return the type and name of a resource, or "module" and the name of a call, in an address."""
    while isinstance(node, Index):
        node = node.of
    if isinstance(node, GetAttribute) and isinstance(node.of, Name):
        return node.of.name, node.name
    return ()


def _body(path: str, reader: Folders, module: Module) -> Body | None:
    parsed = reader.parsed(path)
    if isinstance(parsed, Diagnostic):
        module.note(parsed)
        return None
    parsed.problems.report_to(module.report)
    return parsed.body


def _declare(module: Module, body: Body, *, is_override: bool = False) -> None:
    """Add what a file declares; that of an override file replaces arguments (Terraform, "Override Files")."""
    add = _merge if is_override else _once
    for word, mode in _MODES.items():
        for block in body.blocks(word, 2):
            kind, name = block.labels
            add(module, module.resources, (mode, kind, name), block)
    for word, table in (
        ("variable", module.variables),
        ("output", module.outputs),
        ("module", module.calls),
    ):
        for block in body.blocks(word, 1):
            add(module, table, block.labels[0], block)
    for block in body.blocks("locals"):
        for attribute in block.body.attributes():
            _add_local(module, attribute, is_override=is_override)
    settings = body.blocks("terraform")
    module.settings += settings
    versions = [block for block in settings if _mentions(block, b"required_version")]
    module.versions = versions if is_override and versions else [*module.versions, *versions]
    module.providers += body.blocks("provider", 1)


def _add_local(module: Module, attribute: Attribute, *, is_override: bool) -> None:
    name, is_declared = attribute.name, attribute.name in module.local_values
    if is_declared is not is_override:
        text = f'Duplicate local value definition: "{name}" was defined before'
        if is_override:
            text = f'Missing base local value definition to override: "{name}"'
        module.report(text, attribute.range)
    if is_override or not is_declared:
        module.local_values[name] = attribute


def _once(module: Module, table: dict[K, Block], key: K, block: Block) -> None:
    if key in table:
        first = table[key].header.location
        what = _NAMES.get(block.kind, f'{block.kind} "{block.labels[0]}" configuration')
        text = f'Duplicate {what}: "{block.labels[-1]}" was declared at {first}'
        module.report(text, block.header)
        module.repeated[first] = text
        return
    for label in block.labels:
        if not is_identifier(label):
            _reject(module, f'Invalid {block.kind} name: "{label}"', block.header)
    table[key] = block


def _check_override(module: Module, body: Body) -> None:
    """Record that a module is rejected where an override file contains what has nothing to override."""
    for word, labels in _NOT_TO_OVERRIDE.items():
        for block in body.blocks(word, labels):
            _reject(module, f"Cannot override {word} blocks", block.header)


def _merge(module: Module, table: dict[K, Block], key: K, override: Block) -> None:
    base = table.get(key)
    if base is None and module.may_declare_more:
        return
    if base is None:
        text = f"Missing {override.kind} to override: the base configuration has no such block"
        module.report(text, override.header)
        return
    body = MergedBody(base.body, override)
    table[key] = Block(base.kind, base.labels, base.range, base.header, body)


def overrides_of(block: Block) -> tuple[Location, ...]:
    """Return where the blocks of override files are that were merged into a block."""
    return block.body.overrides if isinstance(block.body, MergedBody) else ()


class MergedBody(Body):
    """A block's body with some arguments and nested blocks replaced by another's."""

    def __init__(self, base: Body, override: Block) -> None:
        self._base = base
        self._override = override.body
        self._override_range = override.range

    @property
    def overrides(self) -> tuple[Location, ...]:
        """The locations of the overriding blocks, in the order in which they were merged."""
        before = self._base.overrides if isinstance(self._base, MergedBody) else ()
        return (*before, self._override_range.location)

    @property
    def range(self) -> SourceRange:
        """The base's range."""
        return self._base.range

    @cached_property
    def attributes_by_name(self) -> Mapping[str, Attribute]:
        """The attributes of both, the override's where both have one; a count hides a `for_each`.

        Not where one of the blocks has both, which Terraform rejects.
        """
        own, base = self._override.attributes_by_name, self._base.attributes_by_name
        merged = {**base, **own}
        is_contradicted = any({"count", "for_each"} <= part.keys() for part in (own, base))
        if "count" in merged and not is_contradicted:
            merged.pop("for_each", None)
        return merged

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:
        """Return the override's nested blocks of a type, else the base's; `lifecycle` merges."""
        own, base = self._override.blocks(kind, labels), self._base.blocks(kind, labels)
        if kind == "lifecycle" and own and base:
            first = base[0]
            body = MergedBody(first.body, own[0])
            return [Block(first.kind, first.labels, first.range, first.header, body)]
        return own or base

    def parse_all(self) -> None:
        """Parse everything inside, so that every problem is reported."""
        self._base.parse_all()
        self._override.parse_all()
