"""An input → the file with CloudFormation templates that it may be."""

from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.templates.relevance import Relevance, TemplateFile, relevance_of
from ecbackup_iac.readers.cloudformation.resource_types import CACHE_TYPE

if TYPE_CHECKING:
    from ecbackup_iac.files.discovery import Input

_MAX_BINARY_HEAD = 1024  # bytes in which a program or an image has a NUL, which no template has


def template_file(file: "Input", text: bytes, *, is_requested: bool) -> TemplateFile | None:
    """Return an input, decoded, as a file with templates; None where it is certain to contain none."""
    if not file.is_expected and b"\0" in text[:_MAX_BINARY_HEAD]:
        return None
    relevance = relevance_of(text, CACHE_TYPE)
    if relevance is Relevance.NONE:
        return None
    return TemplateFile(
        file.path,
        text,
        file.boundary,
        relevance,
        is_requested=is_requested,
        is_expected=file.is_expected,
        is_named=file.is_named,
    )
