"""A tree of Terraform configuration and Terragrunt units → the caches that a plan of each root would show."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecbackup_iac.files.file_names import TERRAGRUNT_FILES
from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.location import COMMAND_LINE, Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import CacheBlock, Diagnostic, ReadResult, Severity
from ecbackup_iac.readers.root_results import RootResults
from ecbackup_iac.readers.terraform.wanted_blocks import wanted_blocks
from ecbackup_iac.readers.tree_request import TreeRequest
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.modules.configuration import (
    NOT_IN_REPOSITORY,
    PATH_WITHOUT_DOT,
    path_without_dot,
)
from ecbackup_iac.terraform.modules.installed_modules import normalised
from ecbackup_iac.terraform.roots.folder_scan import FetchedCall, FolderScan
from ecbackup_iac.terraform.roots.roots import (
    NO_UNITS,
    FolderIndex,
    RootOrder,
    UnitFolders,
    is_within,
)
from ecbackup_iac.terraform.values.budget import MAX_STEPS

if TYPE_CHECKING:
    from ecbackup_iac.readers.terragrunt.unit_roots import UnitRoots

MAX_STEPS_OF_A_TREE = MAX_STEPS + MAX_STEPS // 3
"""For all roots together, and as much again for every million bytes of configuration."""


def read(request: TreeRequest) -> Iterator[ReadResult]:
    """Yield the result of each root module in the tree, as far as the targets are concerned."""
    return ConfigurationTree(request).results()


class ConfigurationTree:
    """The roots and units of one tree, in order, and what concerns no single one of them."""

    def __init__(self, request: TreeRequest) -> None:
        """Find the roots and the units; they are evaluated when their results are needed."""
        self._request = request
        self._units: UnitRoots | None = None
        self._folders = Folders(request.boundary, request.given.contents, request.listings)
        self._wanted = wanted_blocks(request.modules)
        self._index = index = FolderIndex(
            self._folders,
            self._wanted,
            request.is_excluded,
            request.progress.reading,
            request.targets,
            self._find_units,
        )
        self._order = RootOrder(index)
        self._targets = frozenset(request.targets)
        steps = MAX_STEPS_OF_A_TREE + 2 * index.size - (self._units.steps if self._units else 0)
        steps = max(steps, MAX_STEPS_OF_A_TREE - MAX_STEPS)
        self._roots = RootResults(request, self._folders, index, self._order, steps)

    def _find_units(self, scan: FolderScan) -> UnitFolders:
        wrappers = (*scan.wrappers, *scan.excluded_wrappers)
        if not any(os.path.basename(path) in TERRAGRUNT_FILES for path in wrappers):
            return NO_UNITS
        from ecbackup_iac.readers.terragrunt.unit_roots import UnitRoots  # most trees have none

        request = self._request
        self._units = UnitRoots(
            self._folders, request.given, request.targets, self._wanted, request.is_excluded
        )
        return self._units.find(scan)

    def data_files(self) -> frozenset[str]:
        """Return the real paths of the data files that units read."""
        units = self._units.found.units if self._units else ()
        return frozenset().union(*(unit.data for unit in units))

    def results(self) -> Iterator[ReadResult]:
        """Yield a result for each root module, and one for what concerns no single root."""
        blocks = [*self._blocks()]
        expected = len(self._order.first)
        units = (self._units.roots, self._units.remote) if self._units else ()
        for unit in (unit for roots in units for unit in roots(self._index)):
            yield from self._roots.of_root(unit.unit.folder, unit)
        for number, root in enumerate(self._order, 1):
            self._request.progress.evaluating(display_path_of(root), number, max(number, expected))
            yield from self._roots.of_root(root)
        texts = self._roots.annotated_texts()
        if self._units is not None:
            texts |= {text.path: text for text in self._units.annotated_texts()}
        yield ReadResult(
            diagnostics=tuple(self._closing_diagnostics()),
            absent=tuple(self._units.absent(self._index)) if self._units else (),
            blocks=tuple(block for block in blocks if block.location not in self._roots.read_calls),
            annotated_texts=tuple(texts.values()),
            left_out=self._units.left_out if self._units else (),
        )

    def _blocks(self) -> Iterator[CacheBlock]:
        """Yield every cache block in the files of the targets, whichever program reads them."""
        for path in sorted(self._index.leading):
            if self._is_target(path):
                for block in self._index.found[path].blocks:
                    yield CacheBlock(block.address, block.type, block.location)

    def _unread_calls(self) -> Iterator[Diagnostic]:
        """Yield a warning for each call of a module that was not read and does not look like a cache's.

        It is an error where the module is in the tree, leads to caches, and Terraform rejects the path.
        """
        for path in sorted(self._index.found):
            calls = self._index.found[path].remote_calls
            if not calls or not self._is_target(path):
                continue
            fetched = self._index.fetched_calls(path)
            for call in calls:
                as_fetched = FetchedCall(
                    call.address.removeprefix("module."), normalised(call.type)
                )
                if call.location not in self._roots.read_calls and as_fetched not in fetched:
                    target = path_without_dot(path, call.type, self._folders)
                    is_rejected = target in self._index.leading
                    why = (PATH_WITHOUT_DOT if is_rejected else NOT_IN_REPOSITORY).format(
                        source=call.type
                    )
                    header = replace(call.location, end_line=None, end_column=None)
                    severity = Severity.ERROR if is_rejected else Severity.WARNING
                    text = f"the module was not read: {why}"
                    yield Diagnostic(text, header, severity, is_detail=not is_rejected)

    def _unused_settings(self) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each input that no root uses."""
        for root in self._request.roots:
            is_here = os.path.isdir(root.path) and self._is_target(root.path)
            if is_here and root.path not in self._roots.evaluated:
                text = "[[roots]] in the policy names this folder, but it is not a root with caches"
                yield Diagnostic(text, Location(display_path_of(root.path)), Severity.WARNING)
        for kind, given in self._request.given.variables if self._roots.declared else ():
            if kind == "file":
                names = (
                    self._roots.variable_files.at(given).attributes.keys() - self._roots.declared
                )
                for name in sorted(names):
                    text = f"no evaluated root declares the variable {name}"
                    yield Diagnostic(text, Location(display_path_of(given)), Severity.WARNING)
            elif (name := given.partition("=")[0].strip()) not in self._roots.declared:
                text = f"--var {name}: no evaluated root declares this variable"
                yield Diagnostic(text, COMMAND_LINE, Severity.WARNING)

    def _is_target(self, path: str) -> bool:
        return is_within(path, self._targets)

    def _closing_diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what concerns no single root."""
        yield from self._roots.variable_files.diagnostics
        for path, why in sorted(self._folders.unreadable.items()):
            if self._is_target(path):
                yield Diagnostic(f"cannot be read: {why}", Location(display_path_of(path)))
        if self._roots.skipped:
            first, *rest = self._roots.skipped
            more = f" (and {len(rest)} more)" if rest else ""
            text = f"not evaluated{more}: the roots before it used up the evaluation limit"
            yield Diagnostic(text, Location(display_path_of(first)))
        if self._units is not None:
            yield from self._units.diagnostics(self._index)
        if self._units and self._units.has_files_without_units and not self._index.found:
            text = "nothing was evaluated: no unit of Terragrunt is here, and no configuration"
            yield Diagnostic(text, Location(display_path_of(self._request.targets[0])))
        yield from self._unread_calls()
        yield from self._unused_settings()
