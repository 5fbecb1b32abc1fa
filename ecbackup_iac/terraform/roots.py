"""A tree of folders → which of them are root modules that lead to what is sought.

Decided by bytes: a file is parsed only when its module lies on a path to what is sought.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain

from ecbackup_iac.discovery import SKIPPED_FOLDERS, is_inside
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.configuration import installed_modules
from ecbackup_iac.terraform.folders import Folders
from ecbackup_iac.terraform.inputs import loaded_files
from ecbackup_iac.terraform.modules import configuration_files

# `source = "../x"`, and the same in JSON; more than module calls match, which does no harm.
_LOCAL_SOURCE = re.compile(rb'source"?\s*[=:]\s*"(\.{1,2}(?:[/\\][^"$%\x00]*)?)"')
_MODULES = "modules"
"""What a folder of modules is called, as a rule."""

# Where a module's source may be written, and where it is written as most are: a text and nothing else.
# (The word stands first, so that it is found at once.)
_SOURCES = re.compile(rb'source(?<![\w.-]source)"?\s*(?:[=:]|/\*|\#|//)')
_PLAIN_SOURCES = re.compile(
    rb'source(?<![\w.-]source)"?[ \t]*[=:]\s*"[^"\\$%\x00\n]*"(?=[ \t]*(?:\r?\n|[,}]|\#|//|\Z))'
)
_ESCAPES = (b"\\u", b"\\U")
"""What may stand for a letter: with one of these in it, a file may name anything."""

_STATE_BLOCKS = (re.compile(rb'backend"?\s*[:"{]'), re.compile(rb'cloud"?\s*:?\s*\{'))


@lru_cache(maxsize=500)
def _variable_files(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name.endswith((".tfvars", ".tfvars.json"))))


@changing_record
class Folder:
    """A folder that holds configuration, as far as its bytes tell."""

    path: str
    """Absolute, links resolved."""

    is_sought: bool = False
    """Some file of it names what is sought."""

    shows_root: bool = False
    """Tfvars, a lock file or an initialised folder say that it is planned."""

    files: tuple[str, ...] = ()
    """The names of its files with configuration."""

    calls: set[str] = field(factory=set)
    """The folders that its local module sources name."""


class Index:
    """Every folder with configuration in a tree, and who calls whom."""

    def __init__(
        self,
        folders: Folders,
        sought: Sequence[bytes],
        is_excluded: Callable[[str], bool],
        reading: Callable[[], object] = lambda: None,
    ) -> None:
        """Walk the tree; `reading` is told of every file with configuration."""
        self._folders = folders
        self._sought = sought
        self._reading = reading
        self.found: dict[str, Folder] = {}
        self.size = 0
        """Bytes of configuration that were read."""

        self.terragrunt: list[str] = []
        self._variable_files: dict[str, Sequence[str]] = {}
        self._dead: set[str] = set()
        """Folders that are known to lead nowhere: nobody will ask for their files."""

        self._waiting: dict[str, list[str]] = {}
        """Folders that are called → callers that lead nowhere if they do."""

        self._walk(folders.boundary, is_excluded)
        self._variable_folders: dict[str, list[tuple[str, Sequence[str]]]] = {}
        for path, names in self._variable_files.items():
            self._variable_folders.setdefault(self._owner(path), []).append((path, names))
        self.leading = self._leading()
        folders.keep(self.leading)
        self.called = {
            target
            for folder in self.found.values()
            for target in folder.calls
            if target != folder.path
        }

    def roots(self) -> list[str]:
        """Give the root folders that lead to what is sought, sorted.

        A folder that nobody calls is one; so is a called one that shows it is planned itself. Of
        folders that call each other in a circle one is taken, so that none is left out.
        """
        chosen = {path for path in self.leading if path not in self.called or self.is_planned(path)}
        covered = set().union(*map(self._reached, chosen))
        for path in sorted(self.leading):
            if path not in covered:
                chosen.add(path)
                covered |= self._reached(path)
        return sorted(chosen)

    def is_planned(self, path: str) -> bool:
        """Say whether a folder shows that it is planned itself: a backend or cloud block says so, too."""
        folder = self.found[path]
        if folder.shows_root:
            return True
        contents = (self._folders.content(os.path.join(path, name)) for name in folder.files)
        return any(
            isinstance(content, bytes) and any(block.search(content) for block in _STATE_BLOCKS)
            for content in contents
        )

    def unloaded_variable_files(self, root: str) -> list[str]:
        """Give the tfvars files in and under a root that Terraform does not load by itself, sorted.

        Those in a folder that holds configuration of its own belong to that.
        """
        found = []
        for folder, names in self._variable_folders.get(root, ()):
            loaded = loaded_files(names) if folder == root else []
            found += [os.path.join(folder, name) for name in names if name not in loaded]
        return sorted(found)

    def _owner(self, folder: str) -> str:
        """Give the nearest folder with configuration, from a folder upwards."""
        while folder not in self.found and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        return folder

    def reaches(self, root: str, targets: Iterable[str]) -> bool:
        """Say whether a root, or a module that it calls, lies in one of the targets."""
        wanted = tuple(targets)
        return any(is_inside(path, target) for path in self._reached(root) for target in wanted)

    def _reached(self, root: str) -> set[str]:
        """Give a root's folder and those of all modules that it leads to."""
        pending, seen = [root], {root}
        while pending:
            folder = self.found.get(pending.pop())
            new = (folder.calls if folder else set()) - seen
            seen |= new
            pending += new
        return seen

    def _walk(self, top: str, is_excluded: Callable[[str], bool]) -> None:
        pending = [top]
        while pending:
            path = pending.pop()
            names, folders = self._folders.entries(path)
            prefix = os.path.join(path, "")
            inner = [prefix + name for name in folders if name not in SKIPPED_FOLDERS]
            # The last one is the next: modules come before those who call them.
            if prefix + _MODULES in inner:
                inner.remove(prefix + _MODULES)
                inner.append(prefix + _MODULES)
            pending += (folder for folder in inner if not is_excluded(folder))
            variables = _variable_files(names)
            if variables:
                self._variable_files[path] = variables
            files, overrides = configuration_files(names)
            if "terragrunt.hcl" in names:
                self.terragrunt.append(os.path.join(path, "terragrunt.hcl"))
            if files or overrides:
                self.found[path] = self._folder(path, files + overrides, names)
                self._forget_what_leads_nowhere(path)

    def _folder(self, path: str, files: tuple[str, ...], names: tuple[str, ...]) -> Folder:
        folder = Folder(path, files=files)
        folder.shows_root = ".terraform.lock.hcl" in names or path in self._variable_files
        prefix = os.path.join(path, "")
        for name in files:
            self._reading()
            content = self._folders.content(prefix + name)
            if isinstance(content, Diagnostic):
                folder.is_sought = True  # the module's reader will tell
                continue
            self.size += len(content)
            folder.is_sought = folder.is_sought or self._may_name_it(content)
            for source in _LOCAL_SOURCE.findall(content):
                relative = source.decode(errors="replace").replace("\\", "/")
                folder.calls.add(self._folders.real(os.path.normpath(prefix + relative)))
        installed = os.path.join(prefix + ".terraform", "modules")
        if os.path.isdir(installed):
            folder.shows_root = True
            folder.is_sought = folder.is_sought or self._is_installed(installed)
            # One that lies outside is not read, and the module's reader will tell.
            listed = installed_modules(path, self._folders).values()
            places = (os.path.normpath(os.path.join(path, one)) for one in listed)
            is_outside = not all(map(self._folders.is_inside, places))
            folder.is_sought = folder.is_sought or is_outside
        return folder

    def _forget_what_leads_nowhere(self, path: str) -> None:
        """Let go of a folder's files where none of what it calls can matter; callers may have waited."""
        pending = [path]
        while pending:
            path = pending.pop()
            folder = self.found[path]
            alive = () if folder.is_sought else folder.calls - self._dead
            for target in alive:
                self._waiting.setdefault(target, []).append(path)
            if not folder.is_sought and not alive and path not in self._dead:
                self._dead.add(path)
                prefix = os.path.join(path, "")
                self._folders.forget([prefix + name for name in folder.files])
                pending += self._waiting.pop(path, ())

    def _may_name_it(self, content: bytes) -> bool:
        """Say whether a file names what is sought, or may do so in a way that only its reader sees."""
        return (
            any(map(content.__contains__, self._sought))
            or b"\0" in content
            or any(map(content.__contains__, _ESCAPES))
            or len(_SOURCES.findall(content)) != len(_PLAIN_SOURCES.findall(content))
        )

    def _is_installed(self, folder: str) -> bool:
        """Say whether a module that terraform init fetched names what is sought, or may do so."""
        for directory, _, names in os.walk(folder):
            for name in chain(*configuration_files(tuple(names))):
                content = self._folders.content(os.path.join(directory, name))
                if not isinstance(content, Diagnostic) and self._may_name_it(content):
                    return True
        return False

    def _leading(self) -> set[str]:
        """Give the folders that name what is sought, and those that call one that does."""
        callers: dict[str, list[str]] = {}
        for folder in self.found.values():
            for target in folder.calls:
                callers.setdefault(target, []).append(folder.path)
        # A module that is missing may be anything.
        leading = {
            path
            for path, folder in self.found.items()
            if folder.is_sought or not folder.calls <= self.found.keys()
        }
        pending = list(leading)
        while pending:
            for caller in callers.get(pending.pop(), ()):
                if caller not in leading:
                    leading.add(caller)
                    pending.append(caller)
        return leading
