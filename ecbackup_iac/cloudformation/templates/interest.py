"""A file's bytes → whether they can be a template that matters, before they are parsed.

Every file of a tree is searched here, so this module loads nothing of the language.
"""

import re
from enum import Enum, auto

from ecbackup_iac.cloudformation.templates.stack_types import MODULE, NESTED
from ecbackup_iac.model.record import record

INSERTED = b"${file("
"""A file of the Serverless Framework that has it may have its caches in other files."""

MARKS = (b"AWS", b"Transform", b"Resources", b"\\x", b"\\u", b"\\U", MODULE.encode(), INSERTED)
"""A file that has none of these is no template that matters, or that can be recognised."""

_SHAPE = re.compile(
    rb"AWSTemplateFormatVersion|[\"']?Type[\"']?\s*:\s*[\"']?(?:AWS|Alexa|Custom)::"
)
STACKS = re.compile("|".join((*NESTED, MODULE)).encode())
"""Finds what deploys another template."""

# A macro that makes resources, what another program replaces (!Rain::Include, "{{ resources }}"), a type that
# is not written out, or over two lines.
_MAKERS = re.compile(
    rb"Fn::Transform|\bTransform\b|!\w+::|\b[Ii]nclude\b|AWS::[\w:]{0,80}[$&]\{"
    rb"|\bResources[\"']?\s*:(?:\s*!|[ \t]*[^\s{&#])"
    rb"|\bType[\"']?\s*:\s*(?:!|[\"']?[$&]\{)|[\w:]\\\r?\n"
)
# A letter or a colon that is written as an escape, which hides every name from a search of the bytes.
_HIDDEN_LETTER = re.compile(rb"\\(?:x|u00|U000000)(?:3[Aa]|[4-7][0-9A-Fa-f])")


class Interest(Enum):
    """What the bytes of a file show."""

    NONE = auto()
    """It is no template."""

    TEMPLATE = auto()
    """It is a template, and nothing in it can matter."""

    PARSE = auto()
    """It may be a template that matters."""


@record(eq=False)
class TemplateFile:
    """A file that may hold templates, as it was discovered."""

    path: str
    """As it is printed; "-" for standard input."""

    content: bytes
    """In UTF-8."""

    boundary: str
    """Nothing outside this folder is read for it: absolute, links resolved."""

    interest: Interest = Interest.PARSE
    is_meant: bool = True
    """The user named this very file as infrastructure code."""

    is_expected: bool = True
    """Its name suggests a template."""

    is_named: bool = False
    """It was named itself, not a folder above it: what nests it may be elsewhere."""


def interest_in(content: bytes, sought: re.Pattern[bytes]) -> Interest:
    """Return from the bytes alone (UTF-8) whether a file is worth parsing; `sought` finds what matters."""
    if not any(mark in content for mark in MARKS):
        return Interest.NONE
    if sought.search(content) or STACKS.search(content):
        return Interest.PARSE
    is_named = b"Resources" in content or b"AWSTemplateFormatVersion" in content
    if is_named and _MAKERS.search(content):
        return Interest.PARSE
    if INSERTED in content and b"resources" in content:
        return Interest.PARSE
    if _HIDDEN_LETTER.search(content):
        return Interest.PARSE
    return Interest.TEMPLATE if _SHAPE.search(content) else Interest.NONE
