"""Paths → the caches under them: each input is handed to the reader of its source.

JSON documents are read one by one. Templates and configuration are collected and read at the end of the
run, because templates nest each other and root modules call modules anywhere in the tree.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ecbackup_iac.files.bounded_read import read_regular_file
from ecbackup_iac.files.discovery import ConfigurationPath, Input, LeftOut, Listing, discover
from ecbackup_iac.files.file_names import TERRAGRUNT_FILES, is_sam_configuration
from ecbackup_iac.files.globs import covers
from ecbackup_iac.files.paths import (
    BASELINE_FILE,
    POLICY_FILE,
    SKIPPED_FOLDERS,
    boundary_of,
    contains,
    display_path_of,
    folders_between,
    walked_boundary,
)
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import STANDARD_INPUT, Location
from ecbackup_iac.model.policy import ReadingScope
from ecbackup_iac.model.progress import NO_PROGRESS, Progress
from ecbackup_iac.model.report import Diagnostic, ReadResult
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.readers.cloudformation.deployment_files import (
    MAX_DEPLOYMENT_BYTES,
    deployments_in_file,
    passes_parameters,
    templates_deployed_by,
)

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.templates.relevance import TemplateFile
    from ecbackup_iac.model.cache import CacheResource
    from ecbackup_iac.readers.cloudformation.templates import TemplateReader
    from ecbackup_iac.readers.configuration import ConfigurationTree
    from ecbackup_iac.readers.other_programs import OtherProgram
    from ecbackup_iac.readers.terraform_json.source_locations import SourceLocator

_DEPLOYMENT_FILE_SUFFIXES = (".yaml", ".yml", ".json", ".toml")

NOTHING_READ = (
    "no infrastructure code found: expected Terraform configuration, Terragrunt units or stacks, plan or "
    "state JSON, CloudFormation templates, Pulumi previews or exported stacks, or output of aws elasticache "
    "describe-*; name a path that contains some (ecbackup-iac check PATH), or accept that there is none "
    "(--allow-empty)"
)

NOTHING_EVALUATED = "nothing was evaluated: everything here is deployed by another program"


def read_inputs(
    paths: Sequence[str],
    scope: ReadingScope,
    evaluation_inputs: EvaluationInputs,
    *,
    allow_empty: bool,
    progress: Progress = NO_PROGRESS,
) -> Iterator[ReadResult]:
    """Yield what each input under the paths contains, and an error for each path that contains nothing.

    Raises:
        InputError: a path does not exist.

    """
    reader = _InputReader(
        paths, scope, evaluation_inputs, allow_empty=allow_empty, progress=progress
    )
    everything = (*paths, *reader.implied_paths(paths))
    contents = evaluation_inputs.contents
    for discovered in discover(everything, scope.exclude, contents, reader.listings):
        match discovered:
            case ConfigurationPath():
                reader.add_configuration(discovered)
            case Diagnostic():
                reader.mark_read(discovered.location.path)
                yield ReadResult(diagnostics=(discovered,))
            case LeftOut():
                yield ReadResult(left_out=(discovered.path,))
            case Input():
                progress.reading()
                yield from reader.results_of(discovered)
    yield from reader.closing_results()


class _InputReader:
    """Reads the inputs of a run, and collects what can only be read when all inputs are known."""

    def __init__(
        self,
        paths: Sequence[str],
        scope: ReadingScope,
        evaluation_inputs: EvaluationInputs,
        *,
        allow_empty: bool,
        progress: Progress,
    ) -> None:
        self._scope = scope
        self._evaluation_inputs = evaluation_inputs
        self._allow_empty = allow_empty
        self._progress = progress
        self.listings: dict[str, Listing] = {}
        self._unread = dict.fromkeys(map(display_path_of, paths))
        """The paths of the command line under which nothing has been read yet; only the keys matter."""

        self._read: list[str] = []
        """The files and folders that were read."""

        self._folders: dict[str, list[str]] = {}
        """The folders of configuration to check, by the boundary of their repository."""

        self._templates: TemplateReader | None = None
        self._locator: SourceLocator | None = None
        self._live: list[CacheResource] = []
        """Caches that run, from AWS CLI output."""

        self._others: dict[str, OtherProgram] = {}
        """The files of other programs that are recognised by their content, by real path."""

        self._absent: set[str] = set()
        """Addresses of the absent caches in JSON documents."""

    def mark_read(self, named: str, path: str | None = None) -> None:
        """Note that a path of the command line contains something, and which file or folder that is."""
        self._unread.pop(named, None)
        if path is not None:
            self._read.append(path)

    def implied_paths(self, paths: Sequence[str]) -> Iterator[str]:
        """Yield the paths that are checked because of a file on the command line, and add such root modules.

        A policy file or a baseline implies its whole repository, a variable file for its root module, a
        parameter file or one that deploys a template for that.
        """
        baseline = os.path.realpath(self._scope.baseline) if self._scope.baseline else None
        for path in paths:
            real_path = os.path.realpath(path)
            if real_path == baseline or os.path.basename(path) in (POLICY_FILE, BASELINE_FILE):
                self.mark_read(display_path_of(path))
                yield display_path_of(boundary_of(path))
            for root in self._scope.roots:
                if real_path in root.var_files:
                    boundary = boundary_of(root.path)
                    self.add_configuration(
                        ConfigurationPath(root.path, boundary, display_path_of(path))
                    )
                elif real_path in root.parameter_files:
                    self.mark_read(display_path_of(path))
                    yield display_path_of(root.path)
            for template in _deployed_by(path):
                self.mark_read(display_path_of(path))
                yield display_path_of(template)

    def add_configuration(self, configuration: ConfigurationPath) -> None:
        """Add a folder of configuration to those that are read at the end."""
        self._folders.setdefault(configuration.boundary, []).append(configuration.path)
        self.mark_read(configuration.argument, configuration.path)

    def results_of(self, file: Input) -> Iterator[ReadResult]:
        """Yield what one input contains; a template is added to those that are read at the end."""
        from ecbackup_iac.readers.json_documents import read_documents
        from ecbackup_iac.readers.other_programs import program_in
        from ecbackup_iac.readers.recognition import recognise

        program = program_in(file.path, file.content)
        if program is not None:
            self._others[os.path.realpath(file.path)] = program
        self._add_deployment_file(file)
        if is_sam_configuration(file.path):
            return
        is_requested = file.path == STANDARD_INPUT or (file.is_named and not self._allow_empty)
        recognised = recognise(file, is_requested=is_requested)
        if recognised.template is not None and self._template_reader().add(recognised.template):
            self.mark_read(file.argument, file.path)
            return
        if recognised.problem is not None:
            self.mark_read(file.argument, file.path)
            yield ReadResult(diagnostics=(recognised.problem,))
        elif recognised.documents is not None:
            for result in read_documents(recognised.documents):
                self.mark_read(file.argument, file.path)
                self._live += [cache for cache in result.resources if SOURCES[cache.source].is_live]
                self._absent.update(cache.address for cache in result.absent)
                for deployment in result.deployments:
                    self._template_reader().add_deployment(deployment, file.boundary)
                yield self._located(result)

    def _add_deployment_file(self, file: Input) -> None:
        """Add a file that deploys templates, which then have its parameters."""
        if passes_parameters(file.path, file.content):
            for deployed in deployments_in_file(file.path, file.content, file.boundary):
                self._template_reader().add_file_deployment(deployed)

    def closing_results(self) -> Iterator[ReadResult]:
        """Yield the results of templates and configuration, and an error for each path without any."""
        from ecbackup_iac.readers.other_programs import warnings

        others = self._files_of_others()  # first, because reading a tree removes its listings
        data = self._data_files()
        rendered: set[str] = set()
        for boundary in dict.fromkeys((*self._folders, *data)):
            folders, files = self._folders.get(boundary, ()), data.get(boundary, {})
            tree = self._configuration_tree(boundary, (*folders, *files))
            read_by_units = tree.data_files()
            if not folders and read_by_units.isdisjoint(files):
                continue
            for real_path in read_by_units & files.keys():
                self.mark_read(files[real_path])
            rendered |= read_by_units
            for result in tree.results():
                for deployment in result.deployments:
                    self._template_reader().add_deployment(deployment, boundary)
                yield result
        if self._templates is not None:
            self._add_deployments_elsewhere(self._templates)
            yield from self._templates.results()
            self._templates = None
        if self._live:
            from ecbackup_iac.readers.aws_cli import unlisted_groups

            unlisted = unlisted_groups(self._live, self._absent)
            yield ReadResult(diagnostics=(unlisted,) if unlisted else ())
        yield ReadResult(diagnostics=tuple(warnings(others, rendered)))
        # A path may be given twice, or be in a folder that is given too.
        for path in self._unread:
            is_skipped = any(contains(path, other) for other in others)
            is_accepted = self._allow_empty and not (is_skipped and os.path.isdir(path))
            if not is_accepted and not any(contains(path, checked) for checked in self._read):
                problem = self._nothing_read(path, is_skipped=is_skipped)
                yield ReadResult(diagnostics=(problem,))

    def _add_deployments_elsewhere(self, templates: "TemplateReader") -> None:
        """Add what configuration elsewhere in the repository deploys of the templates that were named."""
        from ecbackup_iac.readers.terraform.deploying_folders import deploying_folders

        for boundary, paths in templates.without_deployment().items():
            folders = [*deploying_folders(boundary, paths, self._is_excluded)]
            for result in self._configuration_tree(boundary, folders).results() if folders else ():
                for deployment in result.deployments:
                    if deployment.file in paths:
                        templates.add_deployment(deployment, boundary)

    def _data_files(self) -> dict[str, dict[str, str]]:
        """Return the files on the command line that units may read, by boundary and real path."""
        data_files: dict[str, dict[str, str]] = {}
        for path in self._unread:
            if os.path.isfile(path) and not self._is_excluded(path):
                real_path = os.path.realpath(path)
                boundary = walked_boundary(real_path, boundary_of(path))
                if boundary in data_files or boundary in self._folders or _has_units(boundary):
                    data_files.setdefault(boundary, {})[real_path] = path
        return data_files

    def _files_of_others(self) -> dict[str, "OtherProgram"]:
        """Return the files of other programs under the paths, and above the configuration under them."""
        from ecbackup_iac.readers.other_programs import files_of_others, program_of

        above = {
            folder
            for boundary, targets in self._folders.items()
            for target in targets
            for folder in folders_between(target, boundary)
        }
        programs = files_of_others(self.listings, above - self.listings.keys(), self._is_excluded)
        for path in self._unread:
            program = program_of(os.path.realpath(path)) if os.path.isfile(path) else None
            if program is not None:
                programs.setdefault(os.path.realpath(path), program)
        return programs | self._others

    def _configuration_tree(self, boundary: str, targets: Sequence[str]) -> "ConfigurationTree":
        from ecbackup_iac.readers.configuration import ConfigurationTree
        from ecbackup_iac.readers.tree_request import TreeRequest

        return ConfigurationTree(
            TreeRequest(
                boundary,
                tuple(dict.fromkeys(targets)),
                given=self._evaluation_inputs,
                roots=self._scope.roots,
                modules=self._scope.modules,
                is_excluded=self._is_excluded,
                progress=self._progress,
                listings=self.listings,
            )
        )

    def _located(self, result: ReadResult) -> ReadResult:
        """Return the caches of a plan or a state with their locations under the policy's source folder."""
        if self._scope.source is None or not result.resources:
            return result
        from ecbackup_iac.readers.terraform_json.source_locations import SourceLocator

        if self._locator is None:
            self._locator = SourceLocator(
                self._scope.source, self._evaluation_inputs, self._is_excluded
            )
        return self._locator.locate(result)

    def _template_reader(self) -> "TemplateReader":
        from ecbackup_iac.readers.cloudformation.templates import TemplateReader

        if self._templates is None:
            self._templates = TemplateReader(
                self._evaluation_inputs,
                self._scope,
                self._is_excluded,
                self._template_files,
                self._progress,
            )
        return self._templates

    def _template_files(self, boundary: str) -> Iterator["TemplateFile"]:
        from ecbackup_iac.readers.recognition import recognise

        for discovered in discover(
            [boundary], self._scope.exclude, self._evaluation_inputs.contents
        ):
            if isinstance(discovered, Input):
                self._progress.reading()
                self._add_deployment_file(discovered)
                template = recognise(discovered, is_requested=False).template
                if template is not None:
                    yield template

    def _is_excluded(self, path: str) -> bool:
        return any(covers(glob, display_path_of(path)) for glob in self._scope.exclude)

    def _nothing_read(self, path: str, *, is_skipped: bool) -> Diagnostic:
        glob = next((glob for glob in self._scope.exclude if covers(glob, path)), None)
        text = NOTHING_EVALUATED if is_skipped else NOTHING_READ
        return Diagnostic(f"not read: {glob.pattern} excludes it" if glob else text, Location(path))


def _deployed_by(path: str) -> Iterator[str]:
    """Yield the templates that a file on the command line deploys."""
    if not (path.endswith(_DEPLOYMENT_FILE_SUFFIXES) and os.path.isfile(path)):
        return
    with suppress(OSError):  # it is reported where it is read
        content = read_regular_file(os.path.realpath(path), MAX_DEPLOYMENT_BYTES)
        if isinstance(content, bytes):
            yield from templates_deployed_by(path, content, boundary_of(path))


def _has_units(boundary: str) -> bool:
    """Whether there are files of Terragrunt in a repository."""
    for _, folders, names in os.walk(boundary):
        folders[:] = set(folders) - SKIPPED_FOLDERS
        if not set(names).isdisjoint(TERRAGRUNT_FILES):
            return True
    return False
