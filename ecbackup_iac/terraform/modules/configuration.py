"""Folders → modules, each read once; module calls → the modules they call."""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from ecbackup_iac.files.paths import folders_between
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.written_path import relative_path
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.files.file_names import Program
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.functions.call_context import CONSTANT_SCOPE, Files, Scope
from ecbackup_iac.terraform.modules.installed_modules import installed_modules
from ecbackup_iac.terraform.modules.module import Module, load_module
from ecbackup_iac.terraform.modules.resource_values import Schemas
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import placeholder_of_value

NOT_IN_REPOSITORY = "{source} is not in this repository (terraform init would fetch it)"
"""Why a module from elsewhere was not read."""

PATH_WITHOUT_DOT = "Invalid module source address: {source}: a local path begins with ./"
"""Why a module was not read that is in the tree: Terraform has rejected such a path since 0.12."""

_PATH = r"[\w-]+(?:/[\w.-]+)*(?://.*)?"
_IN_REGISTRY = r"[0-9A-Za-z][\w-]*/[0-9A-Za-z][\w-]*/[0-9a-z]+(?://.*)?"


class Caller(Scope, Protocol):
    """A module instance, as far as its module calls are concerned."""

    @property
    def module(self) -> Module:
        """The module of which it is an instance."""

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the calls that lead to it, outermost first."""

    @property
    def parent(self) -> "Caller | None":
        """The instance that calls it; None for the root."""


@record
class UnreadModule:
    """A called module that was not read, and why."""

    source: str
    why: str
    version: str = ""
    is_missing: bool = False
    """It should be in the tree, and is not."""


class Modules:
    """Every module that was read, by its folder (absolute, links resolved)."""

    def __init__(
        self,
        folders: Folders,
        program: Program | None = None,
        new_diagnostics: list[Diagnostic] | None = None,
        why_incomplete: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Read no module yet; `program` plans them, where that matters for what is read.

        Diagnostics go to `new_diagnostics`. `why_incomplete` is why modules may, by folder.
        """
        self.folders = folders
        self.program = program
        self._loaded: dict[str, Module] = {}
        self._new_diagnostics: list[Diagnostic] = [] if new_diagnostics is None else new_diagnostics
        self._may_declare_more = why_incomplete

    def loaded(self) -> list[Module]:
        """Return the modules that were read so far, in the order in which they were."""
        return list(self._loaded.values())

    def forget(self, folder: str) -> None:
        """Release the module in a folder, which is not needed again."""
        module = self._loaded.pop(folder, None)
        if module is not None:
            module.release()
        self.folders.forget(os.path.join(folder, name) for name in self.folders.names(folder))

    def new_diagnostics(self) -> list[Diagnostic]:
        """Return the diagnostics since the last call."""
        new_diagnostics = [*self._new_diagnostics]
        self._new_diagnostics.clear()
        return new_diagnostics

    def at(self, folder: str) -> Module:
        """Return the module in a folder."""
        real = self.folders.real(folder)
        if real not in self._loaded:
            more = self._may_declare_more.get(real, "")
            self._loaded[real] = load_module(
                real, self.folders, self._new_diagnostics, self.program, more
            )
        return self._loaded[real]


class Configuration:
    """One root module and the modules below it, as they are in the tree."""

    def __init__(
        self,
        modules: Modules,
        root: str,
        files: Files,
        shows_terraform: Callable[[], bool] = lambda: False,
        schemas: Schemas = lambda _: {},
    ) -> None:
        """Take the root's folder; `shows_terraform` is whether the tree shows that Terraform plans it."""
        self.modules = modules
        self.schemas = schemas
        """What providers say of resource types."""

        self.root = modules.folders.real(root)
        self.files = files
        self._shows_terraform = shows_terraform
        self._installed = installed_modules(self.root, modules.folders)
        self.used: dict[str, Module] = {}
        """The modules of which there are instances, by folder."""

    @cached_property
    def is_terraform(self) -> bool:
        """Whether it is Terraform that plans this, which rejects what only OpenTofu has."""
        return self.modules.program is Program.TERRAFORM or self._shows_terraform()

    def called_folder(self, caller: Caller, name: str) -> str | None:
        """Return the real folder of the local module that a call names; None for any other source."""
        source = self._source(caller, name)
        if isinstance(source, UnreadModule):
            return None
        return local_folder(caller.module.folder, source, self.modules.folders)

    def _source(self, caller: Caller, name: str) -> str | UnreadModule:
        """Return the source of a call; where it is not known, the module as one that is not read.

        OpenTofu evaluates it with the module's variables and locals, since 1.8.
        """
        block = caller.module.calls[name]
        source = source_of(block)
        if source is not None:
            return source
        written = block.body.attribute("source")
        if written is None or self.is_terraform:
            return UnreadModule("", "its source is not a literal string", is_missing=True)
        try:
            value = Evaluator(caller).value(written.expression)
        except EvaluationError as error:
            return UnreadModule("", f"its source is invalid: {error.message}", is_missing=True)
        if value.is_sensitive or not (value.is_known and isinstance(value.raw, str)):
            why = "" if value.is_known else f": {value.unknown.why}"
            return UnreadModule("", f"its source is unknown{why}", is_missing=True)
        if value.is_hidden and not os.path.isdir(os.path.join(caller.module.folder, value.raw)):
            placeholder = placeholder_of_value(value)
            return UnreadModule("", f"its source is {placeholder}", is_missing=True)
        return without_credentials(value.raw)

    def called_module(self, caller: Caller, name: str) -> Module | UnreadModule:
        """Return the module that a call names."""
        block = caller.module.calls[name]
        source = self._source(caller, name)
        if isinstance(source, UnreadModule):
            return source
        if is_local(source, self.modules.folders):
            folder = os.path.normpath(os.path.join(caller.module.folder, source))
            if os.path.isabs(source):
                source = relative_path(folder, caller.module.folder)
            return self._module(folder, source, caller)
        installed, version = self._installed.get(".".join((*caller.path, name))), version_of(block)
        if installed is not None and installed.is_for(source, version):
            folder = os.path.normpath(os.path.join(self.root, installed.folder))
            return self._module(folder, source, caller)
        if path_without_dot(caller.module.folder, source, self.modules.folders):
            return UnreadModule(
                source, PATH_WITHOUT_DOT.format(source=source), version, is_missing=True
            )
        why = NOT_IN_REPOSITORY.format(source=source)
        why += ": .terraform contains another source" if installed else ""
        return UnreadModule(source, why, version)

    def _module(self, folder: str, source: str, caller: Caller) -> Module | UnreadModule:
        if not self.modules.folders.is_inside(folder):
            return UnreadModule(source, f"{source} leads outside the repository", is_missing=True)
        module = self.modules.at(folder)
        above: Caller | None = caller
        while above is not None:
            if above.module is module:
                return UnreadModule(source, f"{source} calls itself", is_missing=True)
            above = above.parent
        if module.is_empty and not module.diagnostics:
            why = why_empty(folder, source, self.modules.folders)
            if why:
                return UnreadModule(source, why, is_missing=True)
        return module

    def path_value(self, name: str, instance: Caller) -> str:
        """Return path.module or path.root as Terraform would, started in the root's folder."""
        if name == "root" or instance.module.folder == self.root:
            return "."
        return relative_path(instance.module.folder, self.root)


def source_of(block: Block) -> str | None:
    """Return a module call's source, where it is a plain text, or its value is."""
    text = block.body.literal_string("source")
    if text is None and (written := block.body.attribute("source")):
        with suppress(EvaluationError):
            raw = Evaluator(CONSTANT_SCOPE).value(written.expression).raw
            text = raw if isinstance(raw, str) else None
    if text is None:
        return None
    # Terraform reads a local path with the separators of Windows on every system.
    return text.replace("\\", "/") if is_local(text) else without_credentials(text)


def version_of(block: Block) -> str:
    """Return a module call's version constraint, where it is a plain text."""
    return block.body.literal_string("version") or ""


def is_local(source: str, folders: Folders | None = None) -> bool:
    """Whether a module source is a path from the caller; or an absolute one in what a folders may read.

    Terragrunt generates absolute ones: `${get_repo_root()}/modules/queue`.
    """
    if source.startswith(("./", "../", ".\\", "..\\")) or source in (".", ".."):
        return True
    return (
        os.path.isabs(source)
        and folders is not None
        and folders.is_inside(os.path.normpath(source))
    )


def local_folder(folder: str, source: str, folders: Folders) -> str | None:
    """Return the real folder that a local source names, seen from a folder; None where it is not a path."""
    if not is_local(source, folders):
        return None
    try:
        return folders.real(os.path.normpath(os.path.join(folder, source)))
    except ValueError:  # a NUL in it, or half a surrogate pair
        return None


def path_without_dot(folder: str, source: str, folders: Folders) -> str | None:
    """Return the folder that a source names without the ./ of a path; None where it is anything else."""
    if not re.fullmatch(_PATH, source) or re.fullmatch(_IN_REGISTRY, source):
        return None
    named = local_folder(folder, f"./{source}", folders)
    return named if named and folders.is_inside(named) and os.path.isdir(named) else None


def why_empty(folder: str, source: str, folders: Folders) -> str:
    """Return why a called folder without configuration is not read; empty for one that Terraform plans.

    Terraform reads a local folder without configuration as an empty module.
    """
    try:
        is_empty = not os.listdir(folder)
    except OSError:
        return f"there is no configuration in {source}"
    if is_empty and _is_submodule(folders.real(folder), folders):
        return (
            f"{source} is a git submodule that is not checked out: run git submodule update --init"
        )
    return "" if is_local(source) else f"there is no configuration in {source}"


def _is_submodule(folder: str, folders: Folders) -> bool:
    """Whether a `.gitmodules` above a folder names it."""
    for above in folders_between(os.path.dirname(folder), folders.boundary):
        source = folders.source(os.path.join(above, ".gitmodules"))
        if not isinstance(source, Diagnostic):
            path = re.escape(relative_path(folder, above)).encode()
            if re.search(rb'^\s*path\s*=\s*"?%s"?\s*$' % path, source.text, re.MULTILINE):
                return True
    return False
