"""The source of a trace step → the part of it that a report may show."""

from collections.abc import Iterator

from ecbackup_iac.hcl.expression import (
    Call,
    Literal,
    Node,
    ObjectNode,
    Template,
    TupleNode,
    children,
)
from ecbackup_iac.hcl.source import SourceRange


def calls_sensitive(expression: Node) -> bool:
    """Whether an expression declares something in it as sensitive."""
    return any(
        isinstance(node, Call) and node.name.removeprefix("core::") == "sensitive"
        for node in _nodes(expression)
    )


def shown_source(source: SourceRange, expression: Node | None) -> str:
    """Return a source without the maps and lists in it that hold texts: the setting's neighbours."""
    if expression is None:
        return source.text
    text, position = b"", source.start
    for node in _collections(expression):
        part = node.range
        if part.file is not source.file or not position <= part.start <= part.end <= source.end:
            continue
        bracket = source.file.text[part.start : part.start + 1]
        text += source.file.text[position : part.start] + bracket + b" ..."
        position = part.end
    return (text + source.file.text[position : source.end]).decode(errors="replace")


def _collections(expression: Node) -> Iterator[ObjectNode | TupleNode]:
    """Yield the outermost maps and lists that hold texts, in the order in which they are written."""
    pending, found = [expression], []
    while pending:
        node = pending.pop()
        if isinstance(node, ObjectNode | TupleNode) and _holds_text(node):
            found.append(node)
        else:
            pending += children(node)
    yield from sorted(found, key=lambda node: node.range.start)


def _holds_text(collection: ObjectNode | TupleNode) -> bool:
    """Whether a value in a collection, at any depth, is a text; its keys are not."""
    values = (
        [value for _, value in collection.items]
        if isinstance(collection, ObjectNode)
        else collection.items
    )
    for value in values:
        if isinstance(value, ObjectNode | TupleNode):
            if _holds_text(value):
                return True
        elif any(
            isinstance(node, Template)
            or (
                isinstance(node, Literal)
                and isinstance(node.value, str)
                and not node.value.isdigit()
            )
            for node in _nodes(value)
        ):
            return True
    return False


def _nodes(expression: Node) -> Iterator[Node]:
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        pending += children(node)
