"""A template inside another file, as a text or as a map → the template, with its locations in that file."""

from collections.abc import Callable
from functools import partial

from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.document import Document, SourceText
from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.cloudformation.syntax.nodes import MapNode, Node, ScalarNode, Style, function_of
from ecbackup_iac.cloudformation.templates.nested_stacks import NotReadError
from ecbackup_iac.cloudformation.templates.recognition import template_in
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic


def template_of_node(node: Node, parent: Template) -> Template | None:
    """Return the template that a map or a literal string contains; None for anything else.

    In a block scalar (`|`) every line of the template is a line of the file. In any other string,
    everything is located where the string is. Raises NotReadError.
    """
    if isinstance(node, MapNode) and function_of(node) is None:
        return template_in(Document(parent.source, node), parent.path)
    if not isinstance(node, ScalarNode) or node.tag is not None:
        return None
    source = parent.source
    has_lines = not isinstance(source, EmbeddedText) and isinstance(source.text, str)
    if node.style is Style.LITERAL and has_lines:
        _, _, block = source.text_at(node).partition("\n")
        line = source.location(node.end - len(block), node.end).line or 1
        result = _template_in(block, parent.path, partial(BlockText, source.path, line))
        if isinstance(result, Template):
            return result
    return template_of_text(node.text, parent.path, source.location_of(node))


def template_of_text(text: str, path: str, location: Location) -> Template:
    """Return the template in a string; everything in it has the same location. Raises NotReadError."""
    result = _template_in(text, path, partial(EmbeddedText, location))
    if isinstance(result, Template):
        return result
    if result is None:
        raise NotReadError("its text is not a template", is_elsewhere=True)
    raise NotReadError(result.message, location=result.location, is_elsewhere=True)


class BlockText(SourceText):
    """The lines of a block in another file."""

    def __init__(self, path: str, first_line: int, text: str | bytes) -> None:
        super().__init__(path, text)
        self._first_line = first_line

    def _position(self, offset: int) -> tuple[int, int]:
        line, column = super()._position(offset)
        return line + self._first_line - 1, column


class EmbeddedText(SourceText):
    """A text that has no lines of its own in a file."""

    def __init__(self, location: Location, text: str | bytes) -> None:
        super().__init__(location.path, text)
        self._location = location

    def location(self, start: int, end: int) -> Location:  # noqa: ARG002
        """Return the location of the whole text."""
        return self._location


def _template_in(
    text: str, path: str, source_of: Callable[[str | bytes], SourceText]
) -> Template | Diagnostic | None:
    documents, problem = documents_in(text.encode("utf-8", "replace"), path, source_of)
    if problem is not None:
        return problem
    templates = (template_in(document, path) for document in documents)
    return next((template for template in templates if template is not None), None)
