"""A tree of folders → those that lead to what is sought, their module calls, and the blocks that are sought.

A module call is a `module` block that the parser read. Bytes alone only rule files out: a file that
cannot hold a call, or a block that is sought, is not parsed.
"""

import os
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain

from ecbackup_iac.files.paths import SKIPPED_FOLDERS, is_readable
from ecbackup_iac.hcl.structure import Block, Body
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record, field, record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.modules.configuration import (
    installed_modules,
    is_local,
    local_folder,
    source_of,
)
from ecbackup_iac.terraform.modules.folders import Folders
from ecbackup_iac.terraform.modules.inputs import loaded_files
from ecbackup_iac.terraform.modules.module import (
    OPENTOFU_SUFFIXES,
    every_configuration_file,
    file_body,
    has_provider_arguments,
    is_override,
)
from ecbackup_iac.terraform.modules.ruling_out import may_hold_calls, may_name, possible_sources

_EVIDENCE = (b"backend", b"cloud", b"provider")
"""Blocks that show that a folder is planned by itself."""

_TEST_FOLDERS = {"tests", "test", "fixtures"}
"""Folders of variable files that belong to no environment."""


@record
class Sought:
    """What a tree is searched for: resources of some types, and calls of some modules outside of it."""

    words: Sequence[bytes]
    """In lower case. A file that has none of them and no escape holds no resource that is sought, and
    no call but by its source."""

    is_resource: Callable[[str], bool] = lambda _: False
    """Whether a resource type is sought."""

    is_call: Callable[[str, Sequence[str]], bool] = lambda _source, _inputs: False
    """Whether a call of a module that is not read is sought, by its source and the names of its inputs."""


@record
class SoughtBlock:
    """A resource block or a module call that is sought."""

    address: str
    """Its name within its module: `type.name`, `module.name`."""

    kind: str
    """The resource type, or the source of the call."""

    place: Location
    """Of the whole block."""

    file: str
    """The name of its file within its folder."""


@changing_record
class Folder:
    """A folder that holds configuration."""

    path: str
    """Absolute, links resolved."""

    files: tuple[str, ...] = ()
    """The names of all its files with configuration, read by Terraform or by OpenTofu alone."""

    is_sought: bool = False
    """It holds what is sought, or may hold it in a way that only its evaluation shows."""

    is_parsed: bool = False
    calls: dict[str, str] = field(factory=dict)
    """The folders that its calls of local modules name, each with the first such call's name; until it is
    parsed, those that they may name."""

    is_unclear: bool = False
    """Only the parser can tell which folders it calls."""

    to_parse: list[str] = field(factory=list)
    """The names of its files that may hold a call, or what is sought."""

    blocks: list[SoughtBlock] = field(factory=list)

    @property
    def has_opentofu_files(self) -> bool:
        """Whether Terraform and OpenTofu read different files."""
        return any(name.endswith(OPENTOFU_SUFFIXES) for name in self.files)


class Index:
    """Every folder with configuration in a tree, and which of them call which."""

    def __init__(
        self,
        folders: Folders,
        sought: Sought,
        is_excluded: Callable[[str], bool],
        reading: Callable[[], object] = lambda: None,
        targets: Sequence[str] | None = None,
    ) -> None:
        """Walk the tree; `reading` is called for every file with configuration.

        With `targets`, folders that neither lead to one of them nor are called from there are not parsed.
        """
        self._folders = folders
        self._sought = sought
        self._reading = reading
        self.found: dict[str, Folder] = {}
        self.size = 0
        """Bytes of configuration that were read."""

        self.terragrunt: list[str] = []
        self._variable_files: dict[str, Sequence[str]] = {}
        self._configuring: dict[str, bool] = {}
        self._sources: dict[str, bool] = {}
        self._walk(is_excluded)
        self._variable_folders: dict[str, list[tuple[str, Sequence[str]]]] = {}
        for path, names in self._variable_files.items():
            self._variable_folders.setdefault(self._owner(path), []).append((path, names))
        for folder in self.found.values():
            if folder.is_unclear:
                self._parse(folder)
        wanted = self._concerned(targets)
        for path in self._leading(wanted):
            if not self.found[path].is_parsed:
                self._parse(self.found[path])
        self.leading = self._leading(wanted)
        """The folders that hold what is sought, or lead there, as far as the targets are concerned."""

        self.relevant = self._relevant(targets)
        """Those of them that lie in a target or lead to one."""

        self.called = {
            target
            for folder in self.found.values()
            for target in folder.calls
            if target != folder.path
        }
        """The folders that a call names, or may name where nothing that is sought is at stake."""

        self.has_opentofu_files = any(one.has_opentofu_files for one in self.found.values())
        folders.keep(self.leading)

    def is_planned(self, path: str) -> bool:
        """Whether a folder shows that it is planned by itself, whatever calls it."""
        if loaded_files(self._folders.names(path)):
            return True
        initialised = os.path.join(path, ".terraform")
        with suppress(OSError):
            if self._folders.is_inside(initialised) and os.listdir(initialised):
                return True
        return any(
            block.body.blocks("backend", 1) or block.body.blocks("cloud")
            for body in self._evidence(path)
            for block in body.blocks("terraform")
        )

    def configures_providers(self, path: str) -> bool:
        """Whether a folder has a `provider` block with arguments."""
        if path not in self._configuring:
            self._configuring[path] = any(
                has_provider_arguments(block)
                for body in self._evidence(path)
                for block in body.blocks("provider", 1)
            )
        return self._configuring[path]

    def _evidence(self, path: str) -> Iterator[Body]:
        """Yield the files of a folder that may show that it is planned by itself."""
        for name in self.found[path].files:
            content = self._folders.content(os.path.join(path, name))
            if not isinstance(content, Diagnostic) and may_name(content, _EVIDENCE):
                body = file_body(os.path.join(path, name), self._folders)
                if body is not None:
                    yield body

    def below(self, path: str) -> dict[str, str]:
        """Return a folder and those that calls lead to from there, each with its address from there."""
        pending, seen = [path], {path: ""}
        while pending:
            caller = pending.pop()
            for target, name in self.found[caller].calls.items():
                if target in self.found and target not in seen:
                    seen[target] = f"{seen[caller]}.module.{name}".removeprefix(".")
                    pending.append(target)
        return seen

    def unloaded_variable_files(self, root: str) -> list[str]:
        """Return the tfvars files in and under a root that may be meant for one of its environments, sorted.

        Those in a folder with configuration of its own belong to that. Terraform loads some by itself;
        of tests and fixtures none is an environment.
        """
        found = []
        for folder, names in self._variable_folders.get(root, ()):
            between = folder[len(root) :].split(os.sep)
            if _TEST_FOLDERS.intersection(between):
                continue
            loaded = set(loaded_files(names))
            if folder != root:
                loaded -= {"terraform.tfvars", "terraform.tfvars.json"}
            found += [os.path.join(folder, name) for name in names if name not in loaded]
        return sorted(found)

    def _owner(self, folder: str) -> str:
        """Return the nearest folder with configuration, from a folder upwards."""
        while folder not in self.found and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        return folder

    def _walk(self, is_excluded: Callable[[str], bool]) -> None:
        boundary = self._folders.boundary
        # What discovery listed outside of this walk, it reached through links.
        pending = [path for path in self._folders.listed() if is_readable(path, boundary)]
        pending.append(boundary)
        seen: set[str] = set()
        while pending:
            path = pending.pop()
            if path in seen:
                continue
            seen.add(path)
            names, folders = self._folders.entries(path)
            prefix = os.path.join(path, "")
            inner = [prefix + name for name in folders if name not in SKIPPED_FOLDERS]
            # A link is listed where it leads to a folder that is walked from nowhere else.
            pending += (self._folders.real(folder) for folder in inner if not is_excluded(folder))
            variables = [name for name in names if name.endswith((".tfvars", ".tfvars.json"))]
            if variables:
                self._variable_files[path] = sorted(variables)
            if "terragrunt.hcl" in names:
                self.terragrunt.append(prefix + "terragrunt.hcl")
            files = every_configuration_file(names)
            if files:
                self.found[path] = self._folder(path, files)

    def _folder(self, path: str, files: tuple[str, ...]) -> Folder:
        folder = Folder(path, files)
        prefix = os.path.join(path, "")
        for name in files:
            self._reading()
            content = self._folders.content(prefix + name)
            if isinstance(content, Diagnostic):
                folder.is_sought = True  # the module's reader reports why
                continue
            self.size += len(content)
            is_named = may_name(content, self._sought.words)
            folder.is_sought = folder.is_sought or is_named
            sources = possible_sources(content) if may_hold_calls(content) else []
            may_matter = self._guess_calls(folder, sources) or (sources and is_override(name))
            if is_named or may_matter:
                folder.to_parse.append(name)
        installed = os.path.join(prefix + ".terraform", "modules")
        if os.path.isdir(installed):
            folder.is_sought = folder.is_sought or self._is_installed(installed)
            # One that lies outside is not read, and the module's reader reports it.
            listed = installed_modules(path, self._folders).values()
            places = (os.path.normpath(os.path.join(path, one)) for one in listed)
            is_outside = not all(map(self._folders.is_inside, places))
            folder.is_sought = folder.is_sought or is_outside
        return folder

    def _guess_calls(self, folder: Folder, sources: Sequence[str] | None) -> bool:
        """Take every text that may be a source for one; return whether a call of any of them matters."""
        if sources is None:
            folder.is_unclear = True
            return True
        may_matter = False
        for source in sources:
            if is_local(source):
                may_matter = True
                target = local_folder(folder.path, source, self._folders)
                if target is None:
                    folder.is_unclear = True
                else:
                    folder.calls[target] = ""
            elif self._is_sought_source(source):
                may_matter = folder.is_sought = True
        return may_matter

    def _is_sought_source(self, source: str) -> bool:
        """Whether a call of a module outside of the tree is sought whatever its inputs are."""
        if source not in self._sources:
            self._sources[source] = self._sought.is_call(source, ())
        return self._sources[source]

    def _is_installed(self, folder: str) -> bool:
        """Whether a module that `terraform init` fetched may hold what is sought."""
        for directory, _, names in os.walk(folder):
            for name in every_configuration_file(tuple(names)):
                content = self._folders.content(os.path.join(directory, name))
                if isinstance(content, Diagnostic):
                    continue
                sources = possible_sources(content)
                if may_name(content, self._sought.words) or sources is None:
                    return True
                if any(map(self._is_sought_source, sources)):
                    return True
        return False

    def _parse(self, folder: Folder) -> None:
        """Read the calls of a folder and the blocks that are sought."""
        folder.is_parsed = True
        folder.calls.clear()
        calls: list[tuple[str, Block]] = []
        for name in folder.to_parse:
            body = file_body(os.path.join(folder.path, name), self._folders)
            if body is None:
                continue
            calls += ((name, call) for call in body.blocks("module", 1))
            for block in body.blocks("resource", 2):
                kind, label = block.labels
                if self._sought.is_resource(kind):
                    address, place = f"{kind}.{label}", block.place.location
                    folder.blocks.append(SoughtBlock(address, kind, place, name))
        self._add_calls(folder, calls)

    def _add_calls(self, folder: Folder, calls: Iterable[tuple[str, Block]]) -> None:
        sought: dict[str, list[SoughtBlock]] = {}
        # What overrides comes after what it overrides.
        for file, block in sorted(calls, key=lambda call: is_override(call[0])):
            (name,) = block.labels
            source = source_of(block)
            if source is None and block.body.attribute("source") is None:
                continue  # an override of other arguments, or what Terraform refuses
            if is_override(file):
                sought.pop(name, None)
            target = None
            if source is None:
                folder.is_sought = True  # the module's reader reports it
            elif is_local(source):
                target = local_folder(folder.path, source, self._folders)
                folder.calls.setdefault(target or source, name)
            if target is not None and (target in self.found or self._is_module(target)):
                continue
            inputs = [attribute.name for attribute in block.body.attributes()]
            if self._sought.is_call(source or "", inputs):
                place = block.place.location
                found = SoughtBlock(f"module.{name}", source or "", place, file)
                sought.setdefault(name, []).append(found)
        if sought:
            folder.is_sought = True
            folder.blocks += chain.from_iterable(sought.values())

    def _is_module(self, folder: str) -> bool:
        """Whether a folder outside of the walk holds configuration that may be read."""
        names = self._folders.names(folder) if self._folders.is_inside(folder) else ()
        return bool(every_configuration_file(names))

    def _concerned(self, targets: Sequence[str] | None) -> Collection[str]:
        """Return the folders that may lead to a target, or may be called from one."""
        if targets is None:
            return self.found.keys()
        inside = self._inside(targets)
        found = self._callers_of(inside, self.found)
        pending, seen = [*inside], {*inside}
        while pending:
            for target in (self.found[pending.pop()].calls.keys() & self.found.keys()) - seen:
                seen.add(target)
                pending.append(target)
        return found | seen

    def _inside(self, targets: Sequence[str]) -> set[str]:
        wanted = frozenset(targets)
        return {path for path in self.found if lies_in(path, wanted)}

    def _leading(self, wanted: Collection[str]) -> set[str]:
        """Return the folders with what is sought, and those that call one of them."""
        # A module that is missing may be anything.
        sought = {
            path
            for path in wanted
            if self.found[path].is_sought or not self.found[path].calls.keys() <= self.found.keys()
        }
        return self._callers_of(sought, wanted)

    def _relevant(self, targets: Sequence[str] | None) -> set[str]:
        if targets is None:
            return self.leading
        return self._callers_of(self._inside(targets) & self.leading, self.leading)

    def _callers_of(self, folders: set[str], among: Collection[str]) -> set[str]:
        """Return some folders, and those among others from which calls lead there."""
        callers: dict[str, list[str]] = {}
        for path in among:
            for target in self.found[path].calls:
                callers.setdefault(target, []).append(path)
        found, pending = {*folders}, [*folders]
        while pending:
            for caller in callers.get(pending.pop(), ()):
                if caller not in found:
                    found.add(caller)
                    pending.append(caller)
        return found


def lies_in(path: str, folders: Container[str]) -> bool:
    """Whether a path is one of some folders, or lies in one; all absolute, links resolved."""
    while path not in folders:
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return True
