"""A file → its bytes → its documents, YAML or JSON."""

import errno
from collections.abc import Callable, Mapping
from functools import partial

from ecbackup_iac.cloudformation.syntax.document import Document, SourceText
from ecbackup_iac.files.bounded_read import (
    MAX_TEXT_BYTES,
    read_file_or_stream,
    read_regular_file,
)
from ecbackup_iac.model.location import is_stream
from ecbackup_iac.model.report import Diagnostic

Read = Callable[[str], tuple[str, Document] | str | None]
"""Returns the real path and the document of a file that another one inserts; or why it is not read.

None for a file without content.
"""


def not_read(name: str) -> str:
    """Return why a file is not read that another one inserts."""
    return f"{name} is not read"


def file_bytes(path: str, contents: Mapping[str, bytes] | None = None) -> bytes:
    """Return the bytes of a file by its real path; `contents` overrides what the disk contains.

    Raises OSError.
    """
    if contents and (content := contents.get(path)) is not None:
        return content
    if is_stream(path):
        read = read_file_or_stream(path, MAX_TEXT_BYTES)
    else:
        read = read_regular_file(path, MAX_TEXT_BYTES)
    if isinstance(read, str):
        raise OSError(errno.EINVAL, read)
    return read


def documents_in(
    content: bytes, path: str, source_of: Callable[[str | bytes], SourceText] | None = None
) -> tuple[list[Document], Diagnostic | None]:
    """Return the documents of a text in UTF-8 up to its first problem, and that problem.

    A text that begins like JSON is read as JSON, which allows tabs and escapes that YAML does not; if it is
    not JSON, it may still be YAML that begins with a brace.
    """
    source_of = source_of or partial(SourceText, path)
    json_problem = None
    if content.lstrip()[:1] in (b"{", b"["):
        from ecbackup_iac.cloudformation.syntax.json_syntax import parse as parse_json

        documents, json_problem = parse_json(source_of(content))
        if json_problem is None:
            return documents, None
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        location = source_of(content).location(error.start, error.start + 1)
        return [], Diagnostic("not UTF-8 text", location)
    from ecbackup_iac.cloudformation.syntax.yaml_syntax import parse as parse_yaml

    documents, problem = parse_yaml(source_of(text))
    if problem is None:
        return documents, None
    return documents, json_problem or problem
