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
from ecbackup_iac.model.report import ReadResult
from ecbackup_iac.readers.cloudformation.resource_types import CACHE_TYPE
from ecbackup_iac.readers.cloudformation.templates import TemplateReader
from ecbackup_iac.syntax.encoding import to_utf8


class TemplateFiles:
    """The templates that Checkov checks, each read with those that may nest it."""

    def __init__(self) -> None:
        self._nesting: dict[str, tuple[TemplateFile, ...]] = {}
        """Templates that nest others, by boundary."""

    def read(self, path: str) -> list[ReadResult]:
        """Return what is read of a template."""
        reader = TemplateReader(
            EvaluationInputs(), ReadingScope(), lambda _: False, self._nesting_others
        )
        for file in _template_files(path):
            reader.add(file)
        return list(reader.results())

    def _nesting_others(self, boundary: str) -> tuple[TemplateFile, ...]:
        if boundary not in self._nesting:
            files = _template_files(boundary)
            self._nesting[boundary] = tuple(
                file for file in files if NESTED_STACK.search(file.content)
            )
        return self._nesting[boundary]


def _template_files(path: str) -> Iterator[TemplateFile]:
    """Yield the files with templates at or below a path."""
    for found in discover([path], ()):
        if isinstance(found, Input):
            try:
                text = to_utf8(found.content)
            except UnicodeDecodeError:
                continue
            file = template_file(found, text, CACHE_TYPE, is_requested=False)
            if file is not None:
                yield file
