"""An input → the file with CloudFormation templates that it may be."""

from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.templates.interest import Interest, TemplateFile, interest_in
from ecbackup_iac.readers.cloudformation.resource_types import SOUGHT

if TYPE_CHECKING:
    from ecbackup_iac.files.discovery import Input

_MAX_BINARY_HEAD = 1024  # bytes in which a program or an image has a NUL, which no template has


def template_file(found: "Input", text: bytes, *, is_meant: bool) -> TemplateFile | None:
    """Return an input, decoded, as a file with templates; None where it is certain to hold none."""
    if not found.is_expected and b"\0" in text[:_MAX_BINARY_HEAD]:
        return None
    interest = interest_in(text, SOUGHT)
    if interest is Interest.NONE:
        return None
    return TemplateFile(
        found.path,
        text,
        found.boundary,
        interest,
        is_meant=is_meant,
        is_expected=found.is_expected,
        is_named=found.is_named,
    )
