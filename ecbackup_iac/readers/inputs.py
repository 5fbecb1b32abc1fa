"""Paths → readings: what discovery finds, each handed to the reader that knows it."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ecbackup_iac.files.discovery import ConfigurationPath, Input, Listing, discover
from ecbackup_iac.files.globs import covers
from ecbackup_iac.files.paths import BASELINE_FILE, POLICY_FILE, boundary_of, holds, shown_path
from ecbackup_iac.model.cache import CacheResource, Source
from ecbackup_iac.model.inputs import EvaluationInputs
from ecbackup_iac.model.location import STANDARD_INPUT, Location
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.model.report import Diagnostic, ReadResult

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.templates.recognition import TemplateFile
    from ecbackup_iac.readers.cloudformation.templates import TemplateReader
    from ecbackup_iac.readers.terraform_json.source_locations import SourceLocator

# What plans, states and AWS CLI output are called, where nobody named the file itself.
_OTHER_SOURCES = (".json", ".JSON", ".tfstate")

NOTHING_READ = (
    "no infrastructure code that ecbackup-iac reads: Terraform configuration, plan or state JSON, "
    "CloudFormation templates, or output of aws elasticache describe-*"
)


def readings(
    paths: Sequence[str],
    policy: Policy,
    given: EvaluationInputs,
    *,
    allow_empty: bool,
    progress: Progress = UNWATCHED,
) -> Iterator[ReadResult]:
    """Yield what every input under the paths gives, and which paths hold none.

    Raises:
        InputError: a path does not exist.

    """
    inputs = _Inputs(paths, policy, given, allow_empty=allow_empty, progress=progress)
    everything = (*paths, *inputs.implied(paths))
    for found in discover(everything, policy.exclude, given.contents, inputs.listings):
        match found:
            case ConfigurationPath():
                inputs.add_configuration(found)
            case Diagnostic():
                inputs.note(found.location.path)
                yield ReadResult(diagnostics=(found,))
            case Input():
                progress.reading()
                yield from inputs.readings_of(found)
    yield from inputs.closing_readings()


class _Inputs:
    """What a run has met: which paths held something, and what is read at its end, all together."""

    def __init__(
        self,
        paths: Sequence[str],
        policy: Policy,
        given: EvaluationInputs,
        *,
        allow_empty: bool,
        progress: Progress,
    ) -> None:
        self._policy = policy
        self._given = given
        self._allow_empty = allow_empty
        self._progress = progress
        self.listings: dict[str, Listing] = {}
        self._barren = dict.fromkeys(map(shown_path, paths))
        self._known: list[str] = []
        self._configured: dict[str, list[str]] = {}
        self._templates: TemplateReader | None = None
        self._places: SourceLocator | None = None
        self._live: list[CacheResource] = []

    def note(self, named: str, found: str | None = None) -> None:
        """Remember that a path that was named holds something, and where."""
        self._barren.pop(named, None)
        if found is not None:
            self._known.append(found)

    def implied(self, paths: Sequence[str]) -> Iterator[str]:
        """Yield what is judged with a file that was named: templates, or everything; keep roots, too."""
        rules = {os.path.realpath(self._policy.baseline)} if self._policy.baseline else set()
        for path in paths:
            real = os.path.realpath(path)
            if real in rules or os.path.basename(path) in (POLICY_FILE, BASELINE_FILE):
                self.note(shown_path(path))
                yield shown_path(boundary_of(path))
            for root in self._policy.roots:
                if real in root.var_files:
                    boundary = boundary_of(root.path)
                    self.add_configuration(ConfigurationPath(root.path, boundary, shown_path(path)))
                elif real in root.parameter_files:
                    self.note(shown_path(path))
                    yield shown_path(root.path)

    def add_configuration(self, found: ConfigurationPath) -> None:
        """Keep a folder of configuration for the end: roots call modules anywhere in the tree."""
        self._configured.setdefault(found.boundary, []).append(found.folder)
        self.note(found.named, found.folder)

    def readings_of(self, found: Input) -> Iterator[ReadResult]:
        """Yield what one input gives; a template is kept for the end, because others may nest it."""
        from ecbackup_iac.readers.recognition import reading_of, template_file

        is_empty = not found.content or found.content.isspace()
        if self._allow_empty and is_empty and found.path != STANDARD_INPUT:
            return
        is_meant = found.path == STANDARD_INPUT or (found.is_named and not self._allow_empty)
        file = template_file(found, is_meant=is_meant)
        if file is not None and self._template_reader().add(file):
            self.note(found.named, found.path)
            return
        reading = None
        if is_meant or found.path.endswith(_OTHER_SOURCES):
            placed = self._placed if self._policy.source else None
            reading = reading_of(found.content, found.path, is_meant=is_meant, placed=placed)
        if reading is not None:
            self.note(found.named, found.path)
            self._live += [one for one in reading.resources if one.source is Source.AWS_CLI]
            yield reading

    def closing_readings(self) -> Iterator[ReadResult]:
        """Yield what templates and configuration give, and the paths that hold nothing."""
        if self._templates is not None:
            yield from self._templates.readings()
            self._templates = None
        for boundary, folders in self._configured.items():
            yield from self._configuration_readings(boundary, folders)
        if self._live:
            from ecbackup_iac.readers.aws_cli import unlisted_groups

            unlisted = unlisted_groups(self._live)
            yield ReadResult(diagnostics=(unlisted,) if unlisted else ())
        if not self._allow_empty:
            # What was named twice, or stands in a folder that was named too, has been read already.
            for path in self._barren:
                if not any(holds(path, read) for read in self._known):
                    yield ReadResult(diagnostics=(self._nothing_in(path),))

    def _configuration_readings(
        self, boundary: str, folders: Sequence[str]
    ) -> Iterator[ReadResult]:
        from ecbackup_iac.readers.terraform.configuration import Request, read

        policy, targets = self._policy, tuple(dict.fromkeys(folders))
        return read(
            Request(
                boundary,
                targets,
                self._given,
                policy.roots,
                policy.modules,
                self._is_excluded,
                self._progress,
                self.listings,
            )
        )

    def _placed(self, reading: ReadResult) -> ReadResult:
        """Give what a plan or a state says its places in the configuration that the policy names."""
        if self._policy.source is None or not reading.resources:
            return reading
        from ecbackup_iac.readers.terraform_json.source_locations import SourceLocator

        if self._places is None:
            self._places = SourceLocator(self._policy.source, self._given, self._is_excluded)
        return self._places.placed(reading)

    def _template_reader(self) -> "TemplateReader":
        from ecbackup_iac.readers.cloudformation.templates import TemplateReader

        if self._templates is None:
            self._templates = TemplateReader(
                self._given,
                self._policy.roots,
                self._is_excluded,
                self._template_files,
                self._progress,
            )
        return self._templates

    def _template_files(self, boundary: str) -> Iterator["TemplateFile"]:
        from ecbackup_iac.readers.recognition import template_file

        for found in discover([boundary], self._policy.exclude, self._given.contents):
            if isinstance(found, Input):
                self._progress.reading()
                file = template_file(found, is_meant=False)
                if file is not None:
                    yield file

    def _is_excluded(self, path: str) -> bool:
        return any(covers(glob, shown_path(path)) for glob in self._policy.exclude)

    def _nothing_in(self, path: str) -> Diagnostic:
        glob = next((glob for glob in self._policy.exclude if covers(glob, path)), None)
        text = f"not read: {glob.pattern} excludes it" if glob else NOTHING_READ
        return Diagnostic(text, Location(path))
