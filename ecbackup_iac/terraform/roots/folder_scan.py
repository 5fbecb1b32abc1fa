"""A tree of folders → those with configuration, their module calls, and the wanted blocks.

A module call is a `module` block that the parser read. Its bytes only rule a file out: a file that
can contain neither a call nor a wanted block is not parsed.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

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
class WantedBlocks:
    """What a tree is searched for: resources of some types, and calls of some modules outside of it."""

    words: Sequence[bytes]
    """In lower case. A file with none of them and no escape contains no wanted resource; a call in it may be
    wanted only for its source."""

    is_resource: Callable[[Block], bool] = lambda _: False
    """Whether a resource block is wanted."""

    is_call: Callable[[str, Block | None], bool] = lambda _source, _call: False
    """Whether a call of a module that is not read is wanted, by its source and what is written in it."""

    input_words: Sequence[bytes] = ()
    """In lower case. In a folder with none of them, no call of a module that is not read is wanted for the
    value of an input."""


@record
class DeclaredBlock:
    """A resource block or a module call, as a folder declares it."""

    address: str
    """Its name within its module: `type.name`, `module.name`."""

    type: str
    """The resource type, or the source of the call."""

    location: Location
    """The whole block."""

    file: str
    """The name of its file within its folder."""


class FetchedCall(NamedTuple):
    """A module call whose module `terraform init` fetched."""

    name: str
    source: str
    """As `normalised` writes it."""


@changing_record
class Folder:
    """A folder that contains configuration."""

    path: str
    """Absolute, links resolved."""

    files: tuple[str, ...] = ()
    """The names of all its files with configuration, whether Terraform or only OpenTofu reads them."""

    may_have_wanted: bool = False
    """It contains a wanted block, or may contain one, which only its evaluation shows."""

    is_parsed: bool = False
    calls: dict[str, str] = field(factory=dict)
    """The folders that its calls of local modules name, each with the first such call's name; until it is
    parsed, those that they may name."""

    has_unclear_calls: bool = False
    """Only the parser can find out which folders it calls."""

    has_computed_source: bool = False
    """Only the evaluation can find out which folders it calls: a source is computed."""

    to_parse: list[str] = field(factory=list)
    """The names of its files that may contain a call or a wanted block."""

    blocks: list[DeclaredBlock] = field(factory=list)
    """The wanted blocks, once it is parsed."""

    has_remote_calls: bool = False
    """It may call modules outside of the tree."""

    remote_calls: list[DeclaredBlock] = field(factory=list)
    """Its calls of modules outside of the tree that are not wanted, once it is parsed."""

    fetched_calls: frozenset[FetchedCall] = frozenset()
    """The calls in and below it whose modules `terraform init` fetched."""

    @property
    def has_opentofu_files(self) -> bool:
        """Whether Terraform and OpenTofu read different files."""
        return any(name.endswith(OPENTOFU_SUFFIXES) for name in self.files)


class FolderScan:
    """Reads every folder with configuration in a tree, and parses some of them on demand."""

    def __init__(
        self, folders: Folders, wanted: WantedBlocks, reading: Callable[[], object]
    ) -> None:
        """Call `reading` for every file with configuration that is read."""
        self._folders = folders
        self._wanted = wanted
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
        """Add every folder with configuration to `found`."""
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
                folder.may_have_wanted = True  # the module's reader reports why
                continue
            self.size += len(content)
            contents.append(content)
            is_named = may_name(content, self._wanted.words)
            folder.may_have_wanted = folder.may_have_wanted or is_named
            sources = possible_sources(content)
            may_matter = self._guess_calls(folder, sources) or (sources and is_override(name))
            if is_named or may_matter:
                folder.to_parse.append(name)
        if folder.has_remote_calls and not folder.may_have_wanted:
            words = self._wanted.input_words
            folder.may_have_wanted = any(may_name(content, words) for content in contents)
        installed = os.path.join(prefix + ".terraform", "modules")
        if os.path.isdir(installed):
            folder.may_have_wanted = folder.may_have_wanted or self._may_install_wanted(installed)
            # One that is outside is not read, and the module's reader reports it.
            listed = installed_modules(path, self._folders)
            folder.fetched_calls = frozenset(
                FetchedCall(key.rpartition(".")[2], normalised(one.source))
                for key, one in listed.items()
            )
            folders = (os.path.normpath(os.path.join(path, one.folder)) for one in listed.values())
            is_outside = not all(map(self._folders.is_inside, folders))
            folder.may_have_wanted = folder.may_have_wanted or is_outside
        if not folder.may_have_wanted:
            self._folders.forget(prefix + name for name in files if name not in folder.to_parse)
        return folder

    def _guess_calls(self, folder: Folder, sources: Sequence[str] | None) -> bool:
        """Add what may be the source of a call; return whether the file has to be parsed for it."""
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
                folder.may_have_wanted = folder.may_have_wanted or self._is_wanted_source(source)
        return may_matter

    def _is_wanted_source(self, source: str) -> bool:
        """Whether a call of a module outside of the tree is wanted whatever its inputs are."""
        if source not in self._sources:
            self._sources[source] = self._wanted.is_call(source, None)
        return self._sources[source]

    def _may_install_wanted(self, folder: str) -> bool:
        """Whether a module that `terraform init` fetched may contain a wanted block."""
        for directory, _, names in os.walk(folder):
            for name in every_configuration_file(names):
                content = self._folders.content(os.path.join(directory, name))
                if isinstance(content, Diagnostic):
                    continue
                sources = possible_sources(content)
                if may_name(content, self._wanted.words) or sources is None:
                    return True
                if any(map(self._is_wanted_source, sources)):
                    return True
        return False

    def parse(self, folder: Folder) -> None:
        """Read the calls of a folder and its wanted blocks."""
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
                if self._wanted.is_resource(block):
                    address, location = f"{kind}.{label}", block.range.location
                    folder.blocks.append(DeclaredBlock(address, kind, location, name))
        self._add_calls(folder, calls)

    def _add_calls(self, folder: Folder, calls: Iterable[tuple[str, Block]]) -> None:
        wanted: dict[str, list[DeclaredBlock]] = {}
        others: dict[str, DeclaredBlock] = {}
        # What overrides comes after what it overrides.
        for file, block in sorted(calls, key=lambda call: is_override(call[0])):
            (name,) = block.labels
            source = source_of(block)
            if source is None and block.body.attribute("source") is None:
                continue  # an override of other arguments, or what Terraform rejects
            if is_override(file):
                wanted.pop(name, None)
                others.pop(name, None)
            target = None
            if source is None:
                folder.may_have_wanted = folder.has_computed_source = True
            elif is_local(source, self._folders):
                target = local_folder(folder.path, source, self._folders)
                folder.calls.setdefault(target or source, name)
            if target is not None and (target in self.found or self._is_module(target)):
                continue
            found = DeclaredBlock(f"module.{name}", source or "", block.range.location, file)
            if self._wanted.is_call(source or "", block):
                wanted.setdefault(name, []).append(found)
            elif source and target is None:
                others[name] = found
        folder.remote_calls += others.values()
        if wanted:
            folder.may_have_wanted = True
            folder.blocks += chain.from_iterable(wanted.values())

    def _is_module(self, folder: str) -> bool:
        """Whether a folder outside of the walk contains configuration that may be read."""
        names = self._folders.names(folder) if self._folders.is_inside(folder) else ()
        return bool(every_configuration_file(names))


def _terragrunt_files(top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        yield from (os.path.join(folder, name) for name in names if name in TERRAGRUNT_FILES)
