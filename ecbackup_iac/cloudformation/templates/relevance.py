"""A file's bytes → whether they may be a template with resources that are looked for, before they are parsed.

Every file of a tree is searched here, so this module does not import the parser.
"""

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.templates.stack_types import MODULE, NESTED
from ecbackup_iac.model.record import record

if TYPE_CHECKING:
    from ecbackup_iac.files.discovery import Input

_MAX_BINARY_HEAD = 1024  # bytes in which a program or an image has a NUL, which no template has

FILE_VARIABLE = b"${file("
"""A file of the Serverless Framework with this variable may have resources in other files."""

_ESCAPES = (b"\\x", b"\\u", b"\\U")
TEMPLATE_WORDS = (b"AWS", b"Transform", b"Resources", MODULE.encode(), FILE_VARIABLE, *_ESCAPES)
"""A file with none of these is not a template, or has no resource that is looked for."""

_SHAPE = re.compile(
    rb"AWSTemplateFormatVersion|[\"']?Type[\"']?\s*:\s*[\"']?(?:AWS|Alexa|Custom)::"
)
NESTED_STACK = re.compile("|".join((*NESTED, MODULE)).encode())
"""The types of resources that deploy another template."""

# A macro that adds resources, what another program replaces (!Rain::Include, "{{ resources }}"), a type that
# is not written out, or over two lines.
_UNKNOWN_RESOURCES = re.compile(
    rb"Fn::Transform|\bTransform\b|!\w+::|\b[Ii]nclude\b|AWS::[\w:]{0,80}[$&]\{"
    rb"|\bResources[\"']?\s*:(?:\s*!|[ \t]*[^\s{&#])"
    rb"|\bType[\"']?\s*:\s*(?:!|[\"']?[$&]\{)|[\w:]\\\r?\n"
)
# A letter or a colon that is written as an escape, which hides every name from a search of the bytes.
_HIDDEN_LETTER = re.compile(rb"\\(?:x|u00|U000000)(?:3[Aa]|[4-7][0-9A-Fa-f])")


class Relevance(Enum):
    """What the bytes of a file show about it."""

    NONE = auto()
    """It is not a template."""

    TEMPLATE = auto()
    """It is a template without resources that are looked for."""

    PARSE = auto()
    """It may be a template with such resources: it has to be parsed."""


@record(eq=False)
class TemplateFile:
    """A file that may contain templates."""

    input: "Input"
    """As it was discovered; templates that nest one that the user named may be elsewhere."""

    content: bytes
    """In UTF-8."""

    relevance: Relevance = Relevance.PARSE
    is_requested: bool = True
    """It is named or standard input, without --allow-empty: it is an error if it is not recognised."""


def relevance_of(content: bytes, types: re.Pattern[bytes]) -> Relevance:
    """Return from the bytes (UTF-8) whether a file has to be parsed; `types` matches the types looked for."""
    if not any(word in content for word in TEMPLATE_WORDS):
        return Relevance.NONE
    if types.search(content) or NESTED_STACK.search(content):
        return Relevance.PARSE
    has_section = b"Resources" in content or b"AWSTemplateFormatVersion" in content
    if has_section and _UNKNOWN_RESOURCES.search(content):
        return Relevance.PARSE
    if FILE_VARIABLE in content and b"resources" in content:
        return Relevance.PARSE
    if _HIDDEN_LETTER.search(content):
        return Relevance.PARSE
    return Relevance.TEMPLATE if _SHAPE.search(content) else Relevance.NONE


def may_have_sections(content: bytes) -> bool:
    """Whether a text (UTF-8) may have the sections of a template: resources, or what a macro makes."""
    return any(word in content for word in (b"Resources", b"Transform", *_ESCAPES))


def template_file(
    file: "Input", text: bytes, types: re.Pattern[bytes], *, is_requested: bool
) -> TemplateFile | None:
    """Return an input, decoded, as a file with templates; None where it is certain to contain none."""
    if not file.is_expected and b"\0" in text[:_MAX_BINARY_HEAD]:
        return None
    relevance = relevance_of(text, types)
    if relevance is Relevance.NONE:
        return None
    return TemplateFile(file, text, relevance, is_requested)
