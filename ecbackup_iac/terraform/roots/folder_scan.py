"""A tree of folders → those with configuration, their module calls, and the blocks that are sought.

A module call is a `module` block that the parser read. Its bytes only rule a file out: a file that
cannot contain a call, or a block that is sought, is not parsed.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from ecbackup_iac.files.file_names import TERRAGRUNT_FILES
from ecbackup_iac.files.paths import SKIPPED_FOLDERS, is_readable
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record, field, record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.file_names import (
    OPENTOFU_SUFFIXES,
    every_configuration_file,
    is_override,
)
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.modules.configuration import is_local, local_folder, source_of
from ecbackup_iac.terraform.modules.installed_modules import installed_modules, normalised
from ecbackup_iac.terraform.modules.module import file_body
from ecbackup_iac.terraform.roots.ruling_out import may_name, possible_sources
from ecbackup_iac.terraform.roots.wrappers import is_wrapper


@record
class Sought:
    """What a tree is searched for: resources of some types, and calls of some modules outside of it."""

    words: Sequence[bytes]
    """In lower case. A file that has none of them and no escape contains no resource that is sought, and
    no call but by its source."""

    is_resource: Callable[[Block], bool] = lambda _: False
    """Whether a resource block is sought."""

    is_call: Callable[[str, Block | None], bool] = lambda _source, _call: False
    """Whether a call of a module that is not read is sought, by its source and what is written in it."""

    input_words: Sequence[bytes] = ()
    """In lower case. Where none of them is written in a folder with calls of modules that are not read, no
    such call is sought for the value of an input."""


@record
class SoughtBlock:
    """A resource block or a module call that is sought."""

    address: str
    """Its name within its module: `type.name`, `module.name`."""

    kind: str
    """The resource type, or the source of the call."""

    location: Location
    """The whole block."""

    file: str
    """The name of its file within its folder."""


@changing_record
class Folder:
    """A folder that contains configuration."""

    path: str
    """Absolute, links resolved."""

    files: tuple[str, ...] = ()
    """The names of all its files with configuration, whether Terraform or only OpenTofu reads them."""

    is_sought: bool = False
    """It contains what is sought, or may contain it in a way that only its evaluation shows."""

    is_parsed: bool = False
    calls: dict[str, str] = field(factory=dict)
    """The folders that its calls of local modules name, each with the first such call's name; until it is
    parsed, those that they may name."""

    has_unclear_calls: bool = False
    """Only the parser can find out which folders it calls."""

    has_computed_source: bool = False
    """Only the evaluation can find out which folders it calls: a source is computed."""

    to_parse: list[str] = field(factory=list)
    """The names of its files that may contain a call, or what is sought."""

    blocks: list[SoughtBlock] = field(factory=list)
    has_remote_calls: bool = False
    """It may call modules outside of the tree."""

    remote_calls: list[SoughtBlock] = field(factory=list)
    """Its calls of modules outside of the tree that are not sought, once it is parsed."""

    installed: frozenset[tuple[str, str]] = frozenset()
    """The names and sources of the calls in and below it whose modules `terraform init` fetched."""

    @property
    def has_opentofu_files(self) -> bool:
        """Whether Terraform and OpenTofu read different files."""
        return any(name.endswith(OPENTOFU_SUFFIXES) for name in self.files)


class FolderScan:
    """Reads every folder with configuration in a tree, and parses some of them on demand."""

    def __init__(self, folders: Folders, sought: Sought, reading: Callable[[], object]) -> None:
        """Scan nothing yet; `reading` is called for every file with configuration that is read."""
        self._folders = folders
        self._sought = sought
        self._reading = reading
        self._sources: dict[str, bool] = {}
        self.found: dict[str, Folder] = {}
        self.variable_files: dict[str, Sequence[str]] = {}
        """The names of the tfvars files in each folder that has any."""

        self.wrappers: list[str] = []
        """The files of programs that may set inputs of modules."""

        self.excluded_wrappers: list[str] = []
        """The files of Terragrunt in excluded folders: the modules of their units are not roots either."""

        self.size = 0
        """Bytes of configuration that were read."""

    def walk(self, is_excluded: Callable[[str], bool]) -> None:
        """Return every folder with configuration."""
        boundary = self._folders.boundary
        # What discovery listed outside of this walk, it reached through links.
        pending = [path for path in self._folders.listed_folders() if is_readable(path, boundary)]
        pending.append(boundary)
        seen: set[str] = set()
        while pending:
            path = pending.pop()
            if path in seen:
                continue
            seen.add(path)
            names, folders = self._folders.listing(path)
            prefix = os.path.join(path, "")
            inner = [prefix + name for name in folders if name not in SKIPPED_FOLDERS]
            # A link is listed where it leads to a folder that is walked from nowhere else.
            for folder in inner:
                if is_excluded(folder):
                    self.excluded_wrappers += _terragrunt_files(folder)
                else:
                    pending.append(self._folders.real(folder))
            variables = [
                name
                for name in names
                if name.endswith((".tfvars", ".tfvars.json")) and not name.startswith("._")
            ]  # macOS adds such files beside others on foreign disks
            if variables:
                self.variable_files[path] = sorted(variables)
            self.wrappers += (prefix + name for name in names if is_wrapper(name))
            files = every_configuration_file(names)
            # One whose files are all excluded may still be the module of another folder.
            if not all(is_excluded(prefix + name) for name in files):
                self.found[path] = self._folder(path, files)

    def _folder(self, path: str, files: tuple[str, ...]) -> Folder:
        folder, contents = Folder(path, files), list[bytes]()
        prefix = os.path.join(path, "")
        for name in files:
            self._reading()
            content = self._folders.content(prefix + name)
            if isinstance(content, Diagnostic):
                folder.is_sought = True  # the module's reader reports why
                continue
            self.size += len(content)
            contents.append(content)
            is_named = may_name(content, self._sought.words)
            folder.is_sought = folder.is_sought or is_named
            sources = possible_sources(content)
            may_matter = self._guess_calls(folder, sources) or (sources and is_override(name))
            if is_named or may_matter:
                folder.to_parse.append(name)
        if folder.has_remote_calls and not folder.is_sought:
            words = self._sought.input_words
            folder.is_sought = any(may_name(content, words) for content in contents)
        installed = os.path.join(prefix + ".terraform", "modules")
        if os.path.isdir(installed):
            folder.is_sought = folder.is_sought or self._is_installed(installed)
            # One that is outside is not read, and the module's reader reports it.
            listed = installed_modules(path, self._folders)
            folder.installed = frozenset(
                (key.rpartition(".")[2], normalised(one.source)) for key, one in listed.items()
            )
            folders = (os.path.normpath(os.path.join(path, one.folder)) for one in listed.values())
            is_outside = not all(map(self._folders.is_inside, folders))
            folder.is_sought = folder.is_sought or is_outside
        if not folder.is_sought:
            self._folders.forget(prefix + name for name in files if name not in folder.to_parse)
        return folder

    def _guess_calls(self, folder: Folder, sources: Sequence[str] | None) -> bool:
        """Add every text that may be a source as a call; return whether a call of any of them matters."""
        if sources is None:
            folder.has_unclear_calls = folder.has_remote_calls = True
            return True
        may_matter = False
        for source in sources:
            if is_local(source, self._folders):
                may_matter = True
                target = local_folder(folder.path, source, self._folders)
                if target is None:
                    folder.has_unclear_calls = True
                else:
                    folder.calls[target] = ""
            else:
                may_matter = folder.has_remote_calls = True
                folder.is_sought = folder.is_sought or self._is_sought_source(source)
        return may_matter

    def _is_sought_source(self, source: str) -> bool:
        """Whether a call of a module outside of the tree is sought whatever its inputs are."""
        if source not in self._sources:
            self._sources[source] = self._sought.is_call(source, None)
        return self._sources[source]

    def _is_installed(self, folder: str) -> bool:
        """Whether a module that `terraform init` fetched may contain what is sought."""
        for directory, _, names in os.walk(folder):
            for name in every_configuration_file(names):
                content = self._folders.content(os.path.join(directory, name))
                if isinstance(content, Diagnostic):
                    continue
                sources = possible_sources(content)
                if may_name(content, self._sought.words) or sources is None:
                    return True
                if any(map(self._is_sought_source, sources)):
                    return True
        return False

    def parse(self, folder: Folder) -> None:
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
                if self._sought.is_resource(block):
                    address, location = f"{kind}.{label}", block.range.location
                    folder.blocks.append(SoughtBlock(address, kind, location, name))
        self._add_calls(folder, calls)

    def _add_calls(self, folder: Folder, calls: Iterable[tuple[str, Block]]) -> None:
        sought: dict[str, list[SoughtBlock]] = {}
        others: dict[str, SoughtBlock] = {}
        # What overrides comes after what it overrides.
        for file, block in sorted(calls, key=lambda call: is_override(call[0])):
            (name,) = block.labels
            source = source_of(block)
            if source is None and block.body.attribute("source") is None:
                continue  # an override of other arguments, or what Terraform rejects
            if is_override(file):
                sought.pop(name, None)
                others.pop(name, None)
            target = None
            if source is None:
                folder.is_sought = folder.has_computed_source = True
            elif is_local(source, self._folders):
                target = local_folder(folder.path, source, self._folders)
                folder.calls.setdefault(target or source, name)
            if target is not None and (target in self.found or self._is_module(target)):
                continue
            found = SoughtBlock(f"module.{name}", source or "", block.range.location, file)
            if self._sought.is_call(source or "", block):
                sought.setdefault(name, []).append(found)
            elif source and target is None:
                others[name] = found
        folder.remote_calls += others.values()
        if sought:
            folder.is_sought = True
            folder.blocks += chain.from_iterable(sought.values())

    def _is_module(self, folder: str) -> bool:
        """Whether a folder outside of the walk contains configuration that may be read."""
        names = self._folders.names(folder) if self._folders.is_inside(folder) else ()
        return bool(every_configuration_file(names))


def _terragrunt_files(top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        yield from (os.path.join(folder, name) for name in names if name in TERRAGRUNT_FILES)
