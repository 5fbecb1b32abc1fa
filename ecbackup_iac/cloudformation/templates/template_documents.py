"""Paths of templates, and of the files that they insert → their documents, from inside the repository."""

import os
from collections.abc import Mapping

from ecbackup_iac.cloudformation.syntax.document import Document, SourceText
from ecbackup_iac.cloudformation.syntax.files import Read, documents_in, file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import ScalarNode, Style
from ecbackup_iac.cloudformation.templates.nested_stacks import MAX_FILE_BYTES, NotReadError
from ecbackup_iac.files.paths import display_path_of, is_readable
from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax, may_contain_suppression
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.syntax.encoding import to_utf8

PROGRAM_SUFFIXES = (".ts", ".js")
"""Files of programs that produce a configuration when they run; they are kept as text, unparsed."""


class TemplateDocuments:
    """The documents of files that templates name."""

    def __init__(self, contents: Mapping[str, bytes] | None) -> None:
        """`contents` overrides the contents of files, by real path."""
        self._contents = contents or {}
        self.annotated: list[AnnotatedText] = []
        """The texts that may contain suppressions."""

    def at(self, path: str) -> tuple[str, bytes, list[Document]]:
        """Return a file's path as it is shown, its content and its documents. Raises NotReadError."""
        display_path = display_path_of(path)
        try:
            if os.path.getsize(path) > MAX_FILE_BYTES:
                raise NotReadError(
                    f"not read: {display_path} is larger than {MAX_FILE_BYTES} bytes"
                )
            content = to_utf8(file_bytes(path, self._contents))
        except OSError as error:
            raise NotReadError(
                f"{display_path} cannot be read: {error.strerror or error}"
            ) from error
        except UnicodeDecodeError as error:
            raise NotReadError(f"{display_path} cannot be read: {error.reason}") from error
        if path.endswith(PROGRAM_SUFFIXES):
            return display_path, content, [_text_document(content, display_path)]
        documents, problem = documents_in(content, display_path)
        if problem:
            raise NotReadError(problem.message, location=problem.location)
        return display_path, content, documents

    def reader(self, path: str, boundary: str) -> Read:
        """Return what reads the files that a file inserts."""

        def read(name: str) -> tuple[str, Document] | str | None:
            real_path = os.path.realpath(os.path.join(os.path.dirname(path), name))
            if path == STANDARD_INPUT or not is_readable(real_path, boundary):
                return f"{name} is outside the repository"
            if not os.path.isfile(real_path):
                return f"there is no file {name}"
            try:
                display_path, content, documents = self.at(real_path)
            except NotReadError as error:
                return error.message
            if not documents:
                return None
            self.annotate(display_path, content, is_evaluated=False)
            return real_path, documents[0]

        return read

    def annotate(self, display_path: str, content: bytes, *, is_evaluated: bool) -> None:
        """Keep a text that may have suppressions."""
        if may_contain_suppression(content):
            self.annotated.append(
                AnnotatedText(display_path, content, Syntax.TEMPLATE, is_evaluated=is_evaluated)
            )


def _text_document(content: bytes, path: str) -> Document:
    """Return a document that is one string."""
    text = content.decode(errors="replace")
    return Document(SourceText(path, text), ScalarNode(text, 0, len(text), Style.QUOTED, None))
