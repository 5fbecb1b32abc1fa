"""Folders with configuration and their calls → those that lead to wanted blocks, and those to evaluate.

A folder that the evaluation of another one reaches is not evaluated on its own.
"""

import os
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from ecbackup_iac.files.file_names import OLD_TERRAGRUNT_FILE
from ecbackup_iac.hcl.structure import Body
from ecbackup_iac.model.record import field, record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.modules.module import file_body, has_provider_arguments
from ecbackup_iac.terraform.roots.folder_scan import FetchedCall, FolderScan, WantedBlocks
from ecbackup_iac.terraform.roots.root_variables import loaded_files
from ecbackup_iac.terraform.roots.ruling_out import may_name
from ecbackup_iac.terraform.roots.wrappers import ExternalInputs, external_inputs, old_terragrunt

_TEST_FOLDERS = {"tests", "fixtures"}
"""Folders of variable files that belong to no environment."""

_TEST_FOLDER = "test"
"""The same directly below a root; beside others with variable files it is an environment."""


_EVIDENCE = (b"backend", b"cloud", b"provider")
"""Blocks that are evidence that a folder is planned on its own."""


@record
class UnitFolders:
    """The folders of Terragrunt's units and of the modules that they deploy."""

    folders: frozenset[str] = frozenset()
    """All of them."""

    targets: tuple[str, ...] = ()
    """Those of modules whose units are checked."""

    read_files: frozenset[str] = frozenset()
    """The files of Terragrunt that are evaluated."""

    excluded_inputs: Mapping[str, ExternalInputs] = field(factory=dict)
    """What units that `--exclude` leaves out set of their modules' inputs, by folder."""


NO_UNITS = UnitFolders()


class FolderIndex:
    """Every folder with configuration in a tree, and which of them call which.

    Parsing is slow, so a folder is parsed only where its bytes leave open which folders it calls, or where
    it may lead to a wanted block.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what to walk, and for what
        self,
        folders: Folders,
        wanted: WantedBlocks,
        is_excluded: Callable[[str], bool],
        reading: Callable[[], object] = lambda: None,
        targets: Sequence[str] | None = None,
        find_units: Callable[[FolderScan], UnitFolders] = lambda _: NO_UNITS,
    ) -> None:
        """Call `reading` for every file with configuration.

        With `targets`, folders that neither lead to one of them nor are called from there are not parsed.
        """
        self._folders = folders
        self._configuring: dict[str, bool] = {}
        scan = FolderScan(folders, wanted, reading)
        scan.walk(is_excluded)
        units = find_units(scan)
        self.found = scan.found
        self.size = scan.size
        """Bytes of configuration that were read."""

        self._variable_folders: dict[str, list[tuple[str, Sequence[str]]]] = {}
        for path, names in scan.variable_files.items():
            self._variable_folders.setdefault(self._owner(path), []).append((path, names))
        self._with_computed_source = self._parse_unclear(scan)
        inside = None if targets is None else self._inside((*targets, *units.targets))
        self.leading = self._parse_leading(scan, inside)
        """The folders that contain a wanted block, or lead to one, as far as the targets are concerned."""

        self.relevant = self.leading if targets is None else self._relevant(targets)
        """Those of them that are in a target or lead to one."""

        self.called = {
            target
            for folder in self.found.values()
            for target in folder.calls
            if target != folder.path
        }
        """The folders that a call names; in folders that were not parsed, those that a call may name."""

        wrappers = {*scan.wrappers, *scan.excluded_wrappers} - units.read_files
        self.external_inputs = {
            **units.excluded_inputs,
            **external_inputs(wrappers, folders, self.leading, self.called),
        }
        """What other programs set of the modules' inputs, by folder."""

        self.unit_folders = {
            folder
            for folder in units.folders
            if folder not in self.external_inputs or self.external_inputs[folder].is_by_terragrunt
        }
        """The folders that Terragrunt plans, with the inputs of its units: they are not roots."""

        self.has_opentofu_files = any(folder.has_opentofu_files for folder in self.found.values())
        folders.keep(self.leading)

    def fetched_calls(self, path: str) -> set[FetchedCall]:
        """Return the calls whose modules were fetched for a root that leads to a folder."""
        return {
            call
            for folder in self._callers_of({path}, self.found)
            for call in self.found[folder].fetched_calls
        }

    def is_planned(self, path: str) -> bool:
        """Whether a folder shows that it is planned on its own, whatever calls it."""
        if path in self.unit_folders:
            return False
        if path in self.external_inputs or loaded_files(self._folders.names(path)):
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
        """Yield the files of a folder that may show that it is planned on its own."""
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

        Those in a folder with configuration of its own belong to that. Terraform loads some automatically;
        of tests and fixtures none is an environment.
        """
        found = []
        folders = self._variable_folders.get(root, ())
        tops = {folder[len(root) :].split(os.sep)[1] for folder, _ in folders if folder != root}
        tests = _TEST_FOLDERS | ({_TEST_FOLDER} if tops == {_TEST_FOLDER} else set())
        for folder, names in folders:
            if tests.intersection(folder[len(root) :].split(os.sep)):
                continue
            loaded = set(loaded_files(names))
            if folder != root:
                loaded -= {"terraform.tfvars", "terraform.tfvars.json"}
            found += [os.path.join(folder, name) for name in names if name not in loaded]
        present = filter(os.path.exists, found)  # a link may lead to what does not exist
        return sorted(path for path in present if not self._is_old_unit(path))

    def _is_old_unit(self, path: str) -> bool:
        """Whether a variable file is one of Terragrunt before 0.19: then it is for a module of its own."""
        if os.path.basename(path) != OLD_TERRAGRUNT_FILE:
            return False
        content = self._folders.content(path)
        return isinstance(content, bytes) and old_terragrunt(path, content) is not None

    def _owner(self, folder: str) -> str:
        """Return the nearest folder with configuration, from a folder upwards."""
        while folder not in self.found and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        return folder

    def _parse_unclear(self, scan: FolderScan) -> set[str]:
        """Parse folders whose bytes do not show what they call; return those where only evaluation does."""
        for folder in self.found.values():
            if folder.has_unclear_calls:
                scan.parse(folder)
        return {path for path, folder in self.found.items() if folder.has_computed_source}

    def _parse_leading(self, scan: FolderScan, inside: set[str] | None) -> set[str]:
        """Parse the folders that may lead to a wanted block; return those that do.

        `inside` are those in a target; None where all of the tree is.
        """
        concerned = self._concerned(inside)
        may_lead = self._leading(concerned)
        counted = (  # their calls of modules outside of the tree are reported
            path
            for path in (concerned if inside is None else inside)
            if self.found[path].has_remote_calls
        )
        for path in dict.fromkeys((*may_lead, *counted)):
            if not self.found[path].is_parsed:
                scan.parse(self.found[path])
        return self._leading(concerned)

    def _concerned(self, inside: set[str] | None) -> Collection[str]:
        """Return the folders that may lead to one inside a target, or may be called from one."""
        if inside is None or self._with_computed_source:
            return self.found.keys()
        called = _reached(inside, lambda path: self.found[path].calls.keys() & self.found.keys())
        return self._callers_of(inside, self.found) | called

    def _inside(self, targets: Iterable[str]) -> set[str]:
        folders = frozenset(targets)
        return {path for path in self.found if is_within(path, folders)}

    def _leading(self, among: Collection[str]) -> set[str]:
        """Return the folders with a wanted block, and those from which calls lead there."""
        # A module that is missing may be anything.
        wanted = {
            path
            for path in among
            if self.found[path].may_have_wanted
            or not self.found[path].calls.keys() <= self.found.keys()
        }
        return self._callers_of(wanted, among)

    def _relevant(self, targets: Sequence[str]) -> set[str]:
        inside = self._inside(targets) & self.leading
        return self._callers_of(inside | self._with_computed_source, self.leading)

    def leading_to_computed_sources(self) -> set[str]:
        """Return the folders from which calls lead to one with a computed source."""
        return self._callers_of(self._with_computed_source, self.leading)

    def _callers_of(self, folders: set[str], among: Collection[str]) -> set[str]:
        """Return some folders, and those among others from which calls lead there."""
        callers: dict[str, list[str]] = {}
        for path in among:
            for target in self.found[path].calls:
                callers.setdefault(target, []).append(path)
        return _reached(folders, lambda path: callers.get(path, ()))


def _reached(starts: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """Return some folders, and all that can be reached from them."""
    found, pending = {*starts}, [*starts]
    while pending:
        for path in following(pending.pop()):
            if path not in found:
                found.add(path)
                pending.append(path)
    return found


def is_within(path: str, folders: Container[str]) -> bool:
    """Whether a path is one of some folders, or in one; all absolute, links resolved."""
    while path not in folders:
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return True


class RootOrder:
    """The root modules of a tree, in order; the later ones depend on what the earlier ones reach."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._calls: Mapping[str, set[str]] = {
            path: (index.found[path].calls.keys() & index.relevant) - {path}
            for path in index.relevant
        }
        called = set().union(*self._calls.values())
        anywhere = index.leading_to_computed_sources()
        self.first = sorted(
            (
                path
                for path in index.relevant - index.unit_folders
                if path not in called or index.is_planned(path)
            ),
            key=lambda path: (path not in anywhere, path),
        )
        """The folders that no call reaches, and those that show that they are planned."""

        self.never_created: set[str] = set()
        """The folders of modules whose evaluated calls never create an instance, and of the modules below."""

        self._done: set[str] = set(index.unit_folders)

    def mark_done(self, path: str) -> None:
        """Record that a folder need not be evaluated on its own (any more)."""
        self._done.add(path)

    def expected(self) -> list[str]:
        """Return the folders to evaluate if every call reached its module, sorted."""
        found: list[str] = []
        seen: set[str] = set()
        for root in self:
            found.append(root)
            pending = [root]
            while pending:
                for target in self._calls[pending.pop()] - seen:
                    seen.add(target)
                    pending.append(target)
                    self.mark_done(target)
        return sorted(found)

    def __iter__(self) -> Iterator[str]:
        """Yield the next folder to evaluate; what its evaluation reaches has to be added meanwhile."""
        for path in self.first:
            # Only a computed source reaches one that no call names.
            if path not in self._done or self._index.is_planned(path):
                self.mark_done(path)
                yield path
        for path in _callers_first(self._calls):
            if path not in self._done:
                self.mark_done(path)
                yield path


def _callers_first(calls: Mapping[str, set[str]]) -> list[str]:
    """Return the folders, each before those that it calls; of a cycle the first by path."""
    found: list[str] = []
    seen: set[str] = set()
    for start in sorted(calls):
        waiting = [(start, iter(sorted(calls[start])))] if start not in seen else []
        seen.add(start)
        while waiting:
            path, targets = waiting[-1]
            target = next((target for target in targets if target not in seen), None)
            if target is None:
                found.append(path)
                waiting.pop()
            else:
                seen.add(target)
                waiting.append((target, iter(sorted(calls[target]))))
    return found[::-1]
