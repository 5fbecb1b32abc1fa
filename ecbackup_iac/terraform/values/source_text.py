"""The source of a trace step → the part of it that a report may show."""

from functools import lru_cache

from ecbackup_iac.hcl.expression import (
    Call,
    Literal,
    Node,
    ObjectNode,
    Template,
    TupleNode,
    children,
    nodes_in,
)
from ecbackup_iac.hcl.source import SourceRange

MAX_STEP_BYTES = 1000
"""The start of a source that is looked at: its first line is shown, and cut where it is long."""


@lru_cache(maxsize=1000)
def calls_sensitive(expression: Node) -> bool:
    """Whether an expression declares something in it as sensitive."""
    return any(
        isinstance(node, Call) and node.name.removeprefix("core::") == "sensitive"
        for node in nodes_in(expression)
    )


def has_neighbours(source: SourceRange, expression: Node | None) -> bool:
    """Whether a source has parts that are not shown."""
    return expression is not None and any(_is_in(node, source) for node in _collections(expression))


def shown_source(source: SourceRange, expression: Node | None) -> str:
    """Return the beginning of a source, without the maps and lists in it that contain strings: neighbours."""
    content = source.file.text
    end = min(source.end, source.start + MAX_STEP_BYTES)
    text, position = b"", source.start
    for node in _collections(expression) if expression is not None else ():
        start = node.range.start
        if _is_in(node, source) and position <= start < end:
            text += content[position : start + 1] + b" ..."
            position = node.range.end
    return (text + content[position:end]).decode(errors="replace")


def _is_in(node: ObjectNode | TupleNode, source: SourceRange) -> bool:
    part = node.range
    return part.file is source.file and source.start <= part.start <= part.end <= source.end


@lru_cache(maxsize=1000)
def _collections(expression: Node) -> tuple[ObjectNode | TupleNode, ...]:
    """Return the outermost maps and lists that contain strings, in the order in which they are written."""
    pending, found = [expression], []
    while pending:
        node = pending.pop()
        if isinstance(node, ObjectNode | TupleNode) and _holds_text(node):
            found.append(node)
        else:
            pending += children(node)
    return tuple(sorted(found, key=lambda node: node.range.start))


def _holds_text(collection: ObjectNode | TupleNode) -> bool:
    """Whether a value in a collection, at any depth, is a string; its keys are not."""
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
            for node in nodes_in(value)
        ):
            return True
    return False
