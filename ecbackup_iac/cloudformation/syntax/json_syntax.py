"""JSON text → a document of the same nodes as YAML's; the entries of a map are built on first use."""

from ecbackup_iac.cloudformation.syntax.document import Document, SourceText, duplicate_keys
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
)
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.syntax.located_json import JsonNode, JsonText, Kind
from ecbackup_iac.syntax.located_json import parse as parse_json


def parse(source: SourceText) -> tuple[list[Document], Diagnostic | None]:
    """Return the JSON document of a text in UTF-8, or its first problem."""
    text = source.text if isinstance(source.text, bytes) else source.text.encode()
    root, problems = parse_json(text)
    if problems:
        message, start, end = problems[0]
        return [], Diagnostic(message, source.location(start, end))
    if root is None:
        return [], None
    return [Document(source, _node(root), tuple(map(_scalar, _duplicates(root))))], None


def _node(node: JsonNode) -> Node:
    match node.kind:
        case Kind.OBJECT:
            return MapNode(lambda: _entries(node), node.start, node.end, None)
        case Kind.ARRAY:
            return ListNode([_node(item) for item in node.items], node.start, node.end, None)
        case Kind.STRING if node.string is not None:
            return _scalar(node.string)
        case Kind.NUMBER:
            return ScalarNode(node.number, node.start, node.end, Style.JSON, None)
        case kind:
            return ScalarNode(kind.value, node.start, node.end, Style.JSON, None)


def _entries(node: JsonNode) -> list[Entry]:
    return [(_scalar(key), _node(value)) for key, value in node.members]


def _scalar(text: JsonText) -> ScalarNode:
    return ScalarNode(text.text, text.start, text.end, Style.QUOTED, None)


def _duplicates(root: JsonNode) -> list[JsonText]:
    repeated: list[JsonText] = []
    pending = [root]
    while pending:
        node = pending.pop()
        pending += node.items
        if node.members:
            pending += [value for _, value in node.members]
            if len({key.raw for key, _ in node.members}) < len(node.members):
                repeated += duplicate_keys(key for key, _ in node.members)
    return repeated
