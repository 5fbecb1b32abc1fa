"""YAML text → documents of nodes, built from libyaml's events.

PyYAML's own composer recurses in C until the stack overflows, and calls Python for the tag of every scalar.
Events are read one by one, so that a text nested too deeply is rejected early, in a third of the time.
"""

from collections.abc import Callable, Iterator
from typing import Any

import yaml

from ecbackup_iac.cloudformation.syntax.document import Document, SourceText, duplicate_keys
from ecbackup_iac.cloudformation.syntax.nodes import (
    MERGE,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    is_merge,
)
from ecbackup_iac.model.report import Diagnostic

MAX_DEPTH = 200
"""Lists and maps inside each other; CloudFormation allows far fewer."""

_STYLES = {"'": Style.QUOTED, '"': Style.QUOTED, ">": Style.QUOTED, "|": Style.LITERAL}

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(source: SourceText) -> tuple[list[Document], Diagnostic | None]:
    """Return the documents of a text up to its first problem, and that problem."""
    text = str(source.text)
    documents: list[Document] = []
    loader = None
    try:
        loader = _LOADER(text)
        for root, duplicates in _documents(loader.get_event):
            documents.append(Document(source, root, tuple(duplicates)))
    except yaml.MarkedYAMLError as error:
        return documents, _problem(error, source)
    except yaml.reader.ReaderError as error:
        return documents, _unreadable(error, source)
    except _UnusableError as error:
        return documents, Diagnostic(str(error), source.location(error.start, error.end))
    except (UnicodeEncodeError, ValueError) as error:
        return documents, Diagnostic(f"not valid YAML: {error}", source.location(0, 0))
    finally:
        if loader is not None:
            loader.dispose()
    return documents, None


def _documents(next_event: Callable[[], Any]) -> Iterator[tuple[Node, list[ScalarNode]]]:
    """Yield the root of each document and its duplicate keys."""
    builder = _Builder()
    while True:
        event = next_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:  # most events are, so these are handled without a call
            start, end = event.start_mark.index, event.end_mark.index
            style = _STYLES.get(event.style, Style.PLAIN)
            node = ScalarNode(event.value, start, end, style, event.tag)
            builder.children.append(node)
            if event.anchor is not None:
                builder.anchors[event.anchor] = node
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            builder.open(event, is_map=kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            builder.close(event)
        elif kind is yaml.AliasEvent:
            builder.alias(event)
        elif kind is yaml.DocumentEndEvent:
            if builder.children:
                yield builder.children[0], builder.duplicates
            builder = _Builder()
        elif kind is yaml.StreamEndEvent:
            return


MAX_MERGED = 200_000
"""Entries that the merge keys (`<<`) of a document may add to its maps, each time they do."""


class _UnusableError(Exception):
    """Well-formed YAML that is not read any further."""

    def __init__(self, message: str, event: Any) -> None:  # noqa: ANN401 - PyYAML has no types
        super().__init__(message)
        self.start = event.start_mark.index
        self.end = event.end_mark.index


class _Builder:
    """Builds the nodes of one document from its events, without recursion."""

    def __init__(self) -> None:
        self.children: list[Node] = []
        """The nodes in the innermost open list or map; in the end, the root of the document."""
        self._open: list[tuple[list[Node], Any, bool]] = []
        self.anchors: dict[str, Node | None] = {}
        self.duplicates: list[ScalarNode] = []
        self._merged: dict[int, int] = {}
        """How many entries merge keys add to a map, by its id."""
        self._all_merged = 0

    def open(self, event: Any, *, is_map: bool) -> None:  # noqa: ANN401
        """Start a list or a map."""
        if len(self._open) >= MAX_DEPTH:
            raise _UnusableError(f"lists and maps are nested more than {MAX_DEPTH} deep", event)
        self._open.append((self.children, event, is_map))
        self.children = []
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def close(self, end: Any) -> None:  # noqa: ANN401
        """End the innermost open list or map."""
        children = self.children
        self.children, event, is_map = self._open.pop()
        start, stop = event.start_mark.index, end.end_mark.index
        node: Node
        if is_map:
            keys = children[::2]
            node = MapNode(list(zip(keys, children[1::2], strict=True)), start, stop, event.tag)
            names = {key.text for key in keys if isinstance(key, ScalarNode)}
            if MERGE in names:
                self._count_merged(node, event)
            if len(names) < len(keys):
                named = (key for key in keys if isinstance(key, ScalarNode) and key.text != MERGE)
                self.duplicates += duplicate_keys(named)
        else:
            node = ListNode(children, start, stop, event.tag)
        self.children.append(node)
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def _count_merged(self, node: MapNode, event: Any) -> None:  # noqa: ANN401
        """Count what merge keys add to a map, which grows with the square of the text."""
        values = [value for key, value in node.entries if is_merge(key)]
        lists = (value.items if isinstance(value, ListNode) else [value] for value in values)
        added = sum(
            len(source.entries) + self._merged.get(id(source), 0)
            for sources in lists
            for source in sources
            if isinstance(source, MapNode)
        )
        self._merged[id(node)] = added
        self._all_merged += added
        if self._all_merged > MAX_MERGED:
            raise _UnusableError(f"merge keys add more than {MAX_MERGED} entries", event)

    def alias(self, event: Any) -> None:  # noqa: ANN401
        """Add the node that an anchor names: the same object, so that an alias bomb stays small."""
        node = self.anchors.get(event.anchor)
        if node is None:
            is_open = event.anchor in self.anchors
            why = (
                "is inside the value that it refers to"
                if is_open
                else "refers to no earlier anchor"
            )
            raise _UnusableError(f"the alias *{event.anchor} {why}", event)
        self.children.append(node)


def _problem(error: yaml.MarkedYAMLError, source: SourceText) -> Diagnostic:
    text = source.text
    mark = error.problem_mark or error.context_mark
    offset = min(mark.index, len(text)) if mark is not None else len(text)
    message = error.problem or error.context or "it cannot be read"
    if error.context and error.problem and error.context not in error.problem:
        message = f"{error.problem} ({error.context})"
    return Diagnostic(f"not valid YAML: {message}", source.location(offset, offset))


def _unreadable(error: yaml.reader.ReaderError, source: SourceText) -> Diagnostic:
    """Return the problem of a character that YAML forbids; libyaml counts bytes."""
    offset = len(str(source.text).encode()[: error.position].decode(errors="ignore"))
    return Diagnostic(f"not valid YAML: {error.reason}", source.location(offset, offset + 1))
