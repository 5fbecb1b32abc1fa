"""A template's file → its caches, as they are in the stacks that nest it."""

from collections.abc import Iterator

from ecbackup_iac.cloudformation.templates.relevance import (
    NESTED_STACK,
    TemplateFile,
    template_file,
)
from ecbackup_iac.files.discovery import Input, discover
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import ReadingScope
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import ReadResult
from ecbackup_iac.readers.cloudformation.deployment_files import (
    FileDeployment,
    deployments_in_file,
    passes_parameters,
)
from ecbackup_iac.readers.cloudformation.resource_types import CACHE_TYPE
from ecbackup_iac.readers.cloudformation.templates import TemplateReader
from ecbackup_iac.syntax.encoding import to_utf8


@record
class _OtherFiles:
    """What the files inside a boundary do with other templates."""

    nesting: list[TemplateFile]
    """The templates that nest others."""

    deployments: list[FileDeployment]


class TemplateFiles:
    """The templates that Checkov checks, each read with those that may nest it."""

    def __init__(self) -> None:
        self._others: dict[str, _OtherFiles] = {}
        """By boundary."""

    def read(self, path: str) -> list[ReadResult]:
        """Return what is read of a template."""
        reader = TemplateReader(
            EvaluationInputs(),
            ReadingScope(),
            is_excluded=lambda _: False,
            files_in=lambda boundary: self._files_in(boundary).nesting,
        )
        for found, file in _files(path):
            if file is None:
                continue
            reader.add(file)
            if b"Parameters" in file.content:
                for deployment in self._files_in(found.boundary).deployments:
                    reader.add_file_deployment(deployment)
        return list(reader.results())

    def _files_in(self, boundary: str) -> _OtherFiles:
        if boundary not in self._others:
            nesting: list[TemplateFile] = []
            deployments: list[FileDeployment] = []
            for found, file in _files(boundary):
                if file is not None and NESTED_STACK.search(file.content):
                    nesting.append(file)
                if passes_parameters(found.path, found.content):
                    deployments += deployments_in_file(found.path, found.content, boundary)
            self._others[boundary] = _OtherFiles(nesting, deployments)
        return self._others[boundary]


def _files(path: str) -> Iterator[tuple[Input, TemplateFile | None]]:
    """Yield the files at or below a path, each with the template that it may be."""
    for found in discover([path], ()):
        if isinstance(found, Input):
            try:
                text = to_utf8(found.content)
            except UnicodeDecodeError:
                continue
            yield found, template_file(found, text, CACHE_TYPE, is_requested=False)
