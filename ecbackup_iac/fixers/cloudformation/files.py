"""Files of templates, opened to be edited: what stands where, in bytes."""

import os
from functools import lru_cache
from itertools import accumulate

from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.cloudformation.templates.recognition import template_in
from ecbackup_iac.fixers.edits import BYTE_ORDER_MARK, NotFixableError
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.encoding import to_utf8

# What makes templates of something else leaves its name in the path → who, and where to mend it.
_MAKERS = {
    "cdk.out": "the CDK: set snapshotRetentionLimit in the app",
    ".aws-sam": "sam build: mend the template that it is made of",
    ".serverless": "the Serverless Framework: mend serverless.yml",
}
_CDK_MANIFEST = "manifest.json"
_CDK_TEMPLATE = ".template.json"

_STRIDE = 1024
"""Characters; how far what was counted once reaches."""


@record(eq=False)
class OpenedFile:
    """A file's bytes, and the templates that they are."""

    content: bytes
    templates: tuple[Template, ...]
    """Empty for a file of parameters."""

    is_json: bool
    shift: int
    """Bytes before the text: a byte order mark."""

    widths: tuple[int, ...] = ()
    """Bytes of the text up to every so many characters of it; empty where each is one byte."""

    def at(self, offset: int) -> int:
        """Give where in the file an offset of the document is."""
        if not self.widths or not self.templates:
            return offset + self.shift
        text = str(self.templates[0].source.text)
        whole = offset // _STRIDE
        piece = text[whole * _STRIDE : offset].encode()
        return self.shift + self.widths[whole] + len(piece)

    def offset(self, at: int) -> int:
        """Give the offset in the document of a place in the file."""
        if not self.widths:
            return at - self.shift
        return len(self.content[self.shift : at].decode(errors="replace"))


@lru_cache(maxsize=16)
def opened(path: str, shown: str, content: bytes) -> OpenedFile:
    """Open a file; `path` is its real one, `shown` how it is printed."""
    shift = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    try:
        documents, _ = documents_in(to_utf8(content), shown)
    except UnicodeDecodeError as error:
        raise NotFixableError(f"{shown} cannot be read: {error.reason}") from error
    found = tuple(one for document in documents if (one := template_in(document, path)))
    is_json = any(isinstance(document.source.text, bytes) for document in documents)
    text = documents[0].source.text if documents else b""
    widths = _widths(text) if isinstance(text, str) and not text.isascii() else ()
    return OpenedFile(content, found, is_json, shift, widths)


def _widths(text: str) -> tuple[int, ...]:
    pieces = (text[start : start + _STRIDE] for start in range(0, len(text), _STRIDE))
    return tuple(accumulate((len(piece.encode()) for piece in pieces), initial=0))


def check_source(path: str, shown: str) -> None:
    """Refuse to edit what is made of something else.

    Raises:
        NotMendableError: it is.

    """
    for part in path.split(os.sep)[:-1]:
        if part in _MAKERS:
            raise NotFixableError(f"{shown} is made by {_MAKERS[part]}")
    folder, name = os.path.split(path)
    if name.endswith(_CDK_TEMPLATE) and os.path.isfile(os.path.join(folder, _CDK_MANIFEST)):
        raise NotFixableError(f"{shown} is made by {_MAKERS['cdk.out']}")


def behind_properties(content: bytes, at: int) -> int:
    """Give where a YAML value itself begins, behind its anchor and its tag."""
    while content[at : at + 1] in (b"&", b"!") and at < len(content):
        while at < len(content) and content[at : at + 1] not in b" \t\r\n":
            at += 1
        at = _behind_blanks(content, at)
    return at


def _behind_blanks(content: bytes, at: int) -> int:
    """Give where the next thing stands that is no blank, line break or comment."""
    while at < len(content):
        if content[at : at + 1] in b" \t\r\n":
            at += 1
        elif content[at : at + 1] == b"#":
            while at < len(content) and content[at : at + 1] not in b"\r\n":
                at += 1
        else:
            break
    return at
