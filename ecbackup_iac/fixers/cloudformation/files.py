"""Template files → their templates, with offsets converted to bytes."""

import re
from functools import lru_cache

from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.cloudformation.templates.recognition import template_in
from ecbackup_iac.fixers.edits import BYTE_ORDER_MARK, NotFixableError
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.columns import Characters
from ecbackup_iac.syntax.encoding import to_utf8


@record(eq=False)
class OpenedFile:
    """A file's bytes and templates."""

    content: bytes
    templates: tuple[Template, ...]
    """Empty for a file of parameters."""

    is_json: bool
    shift: int
    """Bytes before the text: a byte order mark."""

    characters: Characters | None = None
    """The characters of the content, where the offsets of the documents count characters."""

    def at(self, offset: int) -> int:
        """Return the offset in the file of an offset in the document."""
        characters, shift = self.characters, self.shift
        return characters.offset(shift, offset) if characters else offset + shift

    def offset(self, position: int) -> int:
        """Return the offset in the document of an offset in the file."""
        characters, shift = self.characters, self.shift
        return characters.between(shift, position) if characters else position - shift


@lru_cache(maxsize=16)
def opened(path: str, display_path: str, content: bytes) -> OpenedFile:
    """Return an opened file; `path` is its real path, `display_path` the reported one."""
    shift = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    try:
        documents, _ = documents_in(to_utf8(content), display_path)
    except UnicodeDecodeError as error:
        raise NotFixableError(f"{display_path} cannot be read: {error.reason}") from error
    parsed = (template_in(document, path) for document in documents)
    templates = tuple(template for template in parsed if template is not None)
    is_json = any(isinstance(document.source.text, bytes) for document in documents)
    characters = None if is_json or content.isascii() else Characters(content)
    return OpenedFile(content, templates, is_json, shift, characters)


# Anchors and tags, with the blanks, line breaks and comments after each.
_BEFORE_VALUE = re.compile(rb"(?:[&!][^ \t\r\n]*+(?:[ \t\r\n]|\#[^\r\n]*+)*+)*+")


def value_start(content: bytes, offset: int) -> int:
    """Return the offset of a YAML value after its anchor and tag, which begin at an offset."""
    match = _BEFORE_VALUE.match(content, offset)
    return match.end() if match else offset
