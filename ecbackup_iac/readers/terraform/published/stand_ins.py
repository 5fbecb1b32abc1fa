"""A module call's source and version → the stand-ins for its module: what is known of it without reading it.

A stand-in declares the variables and the caches of a published module, as far as they decide about backups,
and is evaluated like any module. There is one for each range of versions that differ in that.
"""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ecbackup_iac.files.package_data import package_data
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.policy import PublishedModule
from ecbackup_iac.model.record import record
from ecbackup_iac.readers.terraform.published.sources import module_source
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES, RETENTION
from ecbackup_iac.terraform.modules.module import META_ARGUMENTS, Module, module_of
from ecbackup_iac.terraform.modules.versions import versions_of

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Diagnostic

_FOLDER = os.path.dirname(__file__)


@record(eq=False)
class StandIn:
    """What is known of one module, in some of its versions."""

    described: PublishedModule
    text: SourceFile
    module: Module

    @property
    def is_table(self) -> bool:
        """Whether the policy describes the module by keys: then the names of its resources are not known."""
        return not self.described.stand_in

    @property
    def is_of_policy(self) -> bool:
        """Whether the policy describes the module, by keys or by a stand-in of its own."""
        return self.is_table or bool(self.described.stand_in_text)

    @property
    def note(self) -> str:
        """What a cache's settings are known from, for people."""
        described = f"based on the published interface of {self.described.source}"
        if self.is_of_policy:
            described = f"described by {self.described.stand_in or 'the policy'}"
        return f"{described}: the module itself was not read"

    @property
    def versions(self) -> str:
        """The versions, for people."""
        return " or ".join(self.described.versions)

    def input_of(self, resource_type: str) -> str:
        """Return the input that sets the retention of such a resource; empty where none does."""
        is_serverless = RESOURCE_TYPES[resource_type].form is Form.SERVERLESS_CACHE
        other = self.described.serverless_input if is_serverless else None
        return other or self.described.input or ""

    def accepts(self, call: Block, others: Iterable["StandIn"]) -> bool:
        """Whether this version accepts a call: it declares what is passed, and gets what it needs.

        Only variables that another version's stand-in declares are known to be missing from this one.
        """
        given = {argument.name for argument in call.body.attributes()} - META_ARGUMENTS
        known = {name for other in others for name in other.module.variables}
        needed = {
            name
            for name, variable in self.module.variables.items()
            if variable.body.attribute("default") is None
        }
        return given & known <= self.module.variables.keys() and needed <= given


class StandIns:
    """The stand-ins for the modules that this program knows, and for those that the policy describes."""

    def __init__(self, more: Iterable[PublishedModule] = ()) -> None:
        """`more` are those that the policy describes."""
        self._more = by_address(more)
        self._loaded: dict[PublishedModule, StandIn] = {}
        self.new_diagnostics: list[Diagnostic] = []
        """What is wrong with the policy's own, until it is reported."""

    def of(self, call: Block, source: str, constraint: str) -> list[StandIn]:
        """Return the stand-ins for the versions that a call may have, the newest first; usually one.

        Of these versions only those that accept the call.
        """
        everything = [self._load(entry) for entry in described_modules(source, self._more)]
        # Terraform rejects a call with an argument that its module does not declare.
        return [one for one in self.of_version(source, constraint) if one.accepts(call, everything)]

    def of_version(self, source: str, constraint: str) -> list[StandIn]:
        """Return the stand-ins for the versions that a module may have, the newest first."""
        wanted = module_source(source, constraint).versions
        if wanted is None:
            return []
        return [
            self._load(entry)
            for entry in described_modules(source, self._more)
            if any(versions_of(versions).overlaps(wanted) for versions in entry.versions or ("",))
        ]

    def describes(self, source: str) -> bool:
        """Whether something is known of the module that a source names, if only of other versions."""
        return bool(described_modules(source, self._more))

    def _load(self, entry: PublishedModule) -> StandIn:
        if entry not in self._loaded:
            text = self._source(entry)
            self._loaded[entry] = StandIn(entry, text, module_of(text))
            self.new_diagnostics += self._loaded[entry].module.diagnostics
        return self._loaded[entry]

    @staticmethod
    def _source(entry: PublishedModule) -> SourceFile:
        if not entry.stand_in:
            return SourceFile(f"[[modules]] {entry.source}", _generated_stand_in(entry).encode())
        if entry.stand_in_text:
            return SourceFile(entry.stand_in, entry.stand_in_text)
        return SourceFile(entry.stand_in, package_data(__name__, entry.stand_in))


@cache
def known_modules() -> tuple[PublishedModule, ...]:
    """Return the modules that this program knows."""
    import tomllib

    table = tomllib.loads(package_data(__name__, "modules.toml").decode())
    return tuple(_known_module(entry) for entry in table["modules"])


def _known_module(entry: Mapping[str, Any]) -> PublishedModule:
    return PublishedModule(
        entry["source"],
        input=entry.get("input"),
        serverless_input=entry.get("serverless_input"),
        stand_in=os.path.join(_FOLDER, "modules", entry["stand_in"]),
        versions=tuple(entry["versions"]),
    )


@cache
def _known_by_address() -> Mapping[str, tuple[PublishedModule, ...]]:
    return by_address(known_modules())


def by_address(modules: Iterable[PublishedModule]) -> dict[str, tuple[PublishedModule, ...]]:
    """Return what is known of modules by their addresses."""
    found: dict[str, tuple[PublishedModule, ...]] = {}
    for module in modules:
        address = module_source(module.source).address
        found[address] = (*found.get(address, ()), module)
    return found


def described_modules(
    source: str, more: Mapping[str, tuple[PublishedModule, ...]] = MappingProxyType({})
) -> tuple[PublishedModule, ...]:
    """Return what is known of the module that a source names: of `more`, or else of those known here."""
    address = module_source(source).address
    return more.get(address) or _known_by_address().get(address, ())


def _generated_stand_in(entry: PublishedModule) -> str:
    """Return Terraform configuration that does what the keys of a table `[[modules]]` say."""
    name, _, path = (entry.input or "").partition(".")
    default = "null" if entry.default is None else str(entry.default)
    defaults = dict.fromkeys(entry.switches, "null")
    retention = default
    if name:
        defaults[name] = "null" if path else default
        inner = f"try(var.{entry.input}, null)"
        retention = f"{inner} == null ? {default} : {inner}" if path else f"var.{name}"
    engine = f'"{entry.default_engine}"' if entry.default_engine else "null"
    arguments = [f"{RETENTION} = {retention}"]
    if entry.switches:
        on = (f"coalesce(try(tobool(var.{switch}), null), true)" for switch in entry.switches)
        arguments.append(f"count = alltrue([{', '.join(on)}]) ? 1 : 0")
    if entry.engine:
        defaults[entry.engine] = "null"
        arguments.append(f"engine = var.{entry.engine} == null ? {engine} : var.{entry.engine}")
    else:
        arguments.append(f"engine = {engine}")
    variables = (
        f'variable "{name}" {{\n  default = {default}\n}}\n' for name, default in defaults.items()
    )
    body = "\n  ".join(arguments)
    kind = next(kind for kind, names in RESOURCE_TYPES.items() if names.form is entry.form)
    return "".join(variables) + f'resource "{kind}" "this" {{\n  {body}\n}}\n'
