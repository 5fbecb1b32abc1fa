"""A folder of configuration files → one module: its declarations, overrides merged."""

import os
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeVar

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
from ecbackup_iac.terraform.modules.merged_bodies import MergedBody, with_escaped
from ecbackup_iac.terraform.modules.variables import Declaration
from ecbackup_iac.terraform.values.steps import Located


class ResourceKey(NamedTuple):
    """What identifies a resource in its module."""

    mode: str
    """As Terraform calls it: managed, data, ephemeral."""

    type: str
    name: str


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
    terraform_blocks: list[Block] = field(factory=list)
    """The `terraform` blocks."""

    version_blocks: list[Block] = field(factory=list)
    """The `terraform` blocks whose `required_version` counts: in the last override file with one, or all."""

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

    why_incomplete: str = ""
    """Why it may declare more than is known; empty where all of it is known."""

    redeclared: dict[Location, str] = field(factory=dict)
    """The headers of the first of several blocks with the same name, with Terraform's error."""

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
        self.add_diagnostic(Diagnostic(message, source_range.location))

    def add_body(self, body: Body) -> None:
        """Add a file's body, and report what Terraform does not expect at the top of a file."""
        self.bodies.append(body)
        for message, source_range in body.unexpected(CONFIGURATION.labels):
            self.report(message, source_range)

    def add_diagnostic(self, diagnostic: Diagnostic) -> None:
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
        for blocks in (self.terraform_blocks, self.version_blocks, self.providers, self.bodies):
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
    folders: Folders,
    new_diagnostics: list[Diagnostic] | None = None,
    program: Program | None = None,
    why_incomplete: str = "",
) -> Module:
    """Return a folder's module, with the blocks of a broken file that are complete.

    `new_diagnostics` is where diagnostics go as well, those of blocks that are read later included.
    """
    module = Module(
        folder,
        new_diagnostics=[] if new_diagnostics is None else new_diagnostics,
        why_incomplete=why_incomplete,
    )
    files, overrides = configuration_files(folders.names(folder), program)
    for name in (*files, *overrides):
        body = _body(os.path.join(folder, name), folders, module)
        if body is not None:
            module.add_body(body)
            if name in overrides:
                _check_override(module, body)
            else:
                _check_providers(module, body)
            _declare(module, body, is_override=name in overrides)
    _check_version(module)
    _check_moves(module)
    _check_blocks(module)
    return module


def module_of(source: SourceFile) -> Module:
    """Return the module that one file is on its own; its path is the module's folder."""
    module = Module(source.path)
    parsed = parsed_file(source)
    parsed.problems.report_to(module.report)
    module.add_body(parsed.body)
    _declare(module, parsed.body)
    module.parse_all()
    return module


def file_body(path: str, folders: Folders) -> Body | None:
    """Return what one file declares; None where it cannot be read. What is wrong in it is not reported."""
    parsed = folders.parsed(path)
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

    for block in module.version_blocks:
        written = block.body.attribute("required_version")
        constraint = block.body.literal_string("required_version")
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


def _reject(module: Module, text: str, place: Located) -> None:
    """Record that no release of Terraform accepts a module."""
    module.rejection = text
    module.add_diagnostic(Diagnostic(text, place.location))


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
                text = f"{block.type} object still exists: {'.'.join(key)} is still declared"
                _reject(module, text[0].upper() + text[1:], block.header)


def _check_blocks(module: Module) -> None:
    """Record that a module is rejected for what is in the blocks that no cache depends on."""
    blocks = {
        kind: [block for body in module.bodies for block in body.blocks(kind, labels)]
        for kind, labels in (("moved", 0), ("removed", 0), ("import", 0), ("check", 1))
    }
    if not any(blocks.values()):
        return  # as in most modules
    from ecbackup_iac.terraform.modules.block_schemas import block_problems
    from ecbackup_iac.terraform.modules.static_references import move_problems

    found = [error for block in chain(*blocks.values()) for error in block_problems(block)]
    for error in found or move_problems(blocks["moved"]):
        _reject(module, error.message, error.origin or module.bodies[0].range)


def _declared_key(node: Node) -> tuple[str, ...]:
    """Return the type and name of a resource, or "module" and the name of a call, in an address."""
    while isinstance(node, Index):
        node = node.of
    if isinstance(node, GetAttribute) and isinstance(node.of, Name):
        return node.of.name, node.name
    return ()


def _body(path: str, folders: Folders, module: Module) -> Body | None:
    parsed = folders.parsed(path)
    if isinstance(parsed, Diagnostic):
        module.add_diagnostic(parsed)
        return None
    parsed.problems.report_to(module.report)
    return parsed.body


def _declare(module: Module, body: Body, *, is_override: bool = False) -> None:
    """Add what a file declares; that of an override file replaces arguments (Terraform, "Override Files")."""
    add = _override_block if is_override else _add_block
    reject = partial(_reject, module)
    for word, mode in _MODES.items():
        for block in body.blocks(word, 2):
            key = ResourceKey(mode, *block.labels)
            add(module, module.resources, key, with_escaped(block, reject))
    for word, table in (
        ("variable", module.variables),
        ("output", module.outputs),
        ("module", module.calls),
    ):
        for block in body.blocks(word, 1):
            whole = with_escaped(block, reject) if word == "module" else block
            add(module, table, block.labels[0], whole)
    for block in body.blocks("locals"):
        for attribute in block.body.attributes():
            _add_local(module, attribute, is_override=is_override)
    blocks = body.blocks("terraform")
    module.terraform_blocks += blocks
    versions = [block for block in blocks if _mentions(block, b"required_version")]
    module.version_blocks = (
        versions if is_override and versions else [*module.version_blocks, *versions]
    )
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


def _add_block(module: Module, table: dict[K, Block], key: K, block: Block) -> None:
    if key in table:
        first = table[key].header.location
        what = _NAMES.get(block.type, f'{block.type} "{block.labels[0]}" configuration')
        text = f'Duplicate {what}: "{block.labels[-1]}" was declared at {first}'
        module.report(text, block.header)
        module.redeclared[first] = text
        return
    for what, label in zip(("name", "type name"), reversed(block.labels), strict=False):
        if not is_identifier(label):
            _reject(module, f'Invalid {block.type} {what}: "{label}"', block.header)
    table[key] = block


def _check_override(module: Module, body: Body) -> None:
    """Record that a module is rejected where an override file contains what has nothing to override."""
    for word, labels in _NOT_TO_OVERRIDE.items():
        for block in body.blocks(word, labels):
            _reject(module, f"Cannot override {word} blocks", block.header)


def _override_block(module: Module, table: dict[K, Block], key: K, override: Block) -> None:
    base = table.get(key)
    if base is None and module.why_incomplete:
        return
    if base is None:
        text = f"Missing {override.type} to override: the base configuration has no such block"
        module.report(text, override.header)
        return
    body = MergedBody(base.body, override)
    table[key] = Block(base.type, base.labels, base.range, base.header, body)
