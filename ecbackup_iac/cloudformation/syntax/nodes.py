"""The syntax tree of a template: scalars, lists and maps with their offsets, the same for YAML and JSON.

The nodes are plain classes with slots, not records, because a template of a megabyte has tens of thousands
of them and the constructor of a record takes four times as long.
"""

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import TypeAlias


class Style(Enum):
    """How a scalar is written, which decides what it can be."""

    PLAIN = auto()
    """YAML without quotes: a number, a boolean, null or a string, depending on its characters."""

    QUOTED = auto()
    """A string: in quotes, or folded (`>`)."""

    LITERAL = auto()
    """A block scalar of YAML: `|`."""

    JSON = auto()
    """A number, `true`, `false` or `null` in JSON."""


class ScalarNode:
    """A single value."""

    __slots__ = ("end", "start", "style", "tag", "text")

    def __init__(self, text: str, start: int, end: int, style: Style, tag: str | None) -> None:
        self.text = text
        self.start = start
        """The offset in the document's text, before a tag or anchor."""
        self.end = end
        """The offset of the end, exclusive."""
        self.style = style
        self.tag = tag
        """YAML's tag: `!Ref`; None where there is none."""


class ListNode:
    """A list."""

    __slots__ = ("end", "items", "start", "tag")

    def __init__(self, items: "list[Node]", start: int, end: int, tag: str | None) -> None:
        self.items = items
        self.start = start
        self.end = end
        self.tag = tag


Entry: TypeAlias = tuple["Node", "Node"]


class MapNode:
    """A map."""

    __slots__ = ("_entries", "_members", "end", "start", "tag")

    def __init__(
        self,
        entries: list[Entry] | Callable[[], list[Entry]],
        start: int,
        end: int,
        tag: str | None,
    ) -> None:
        self._entries = entries
        self._members: dict[str, Entry] | None = None
        self.start = start
        self.end = end
        self.tag = tag

    @property
    def entries(self) -> list[Entry]:
        """Keys and values in the order of the text, merge keys included; built on first use."""
        if not isinstance(self._entries, list):
            self._entries = self._entries()
        return self._entries

    @property
    def members(self) -> "dict[str, Entry]":
        """The entries by key, with merge keys resolved and the last of each name."""
        if self._members is None:
            self._members = _merged_members(self)
        return self._members


Node: TypeAlias = ScalarNode | ListNode | MapNode

MERGE = "<<"
"""YAML's key for maps that are merged into the map that has the key."""


def members(node: Node | None) -> dict[str, Entry]:
    """Return a map's entries by key, with merge keys resolved; {} for a node that is not a map."""
    return node.members if isinstance(node, MapNode) else {}


def _merged_members(node: MapNode) -> dict[str, Entry]:
    """Return a map's entries with its merge keys resolved (`<<: *base`).

    A map's own entries override merged ones, and the first of several merged maps wins
    (yaml.org/type/merge).
    """
    # Most maps merge nothing, and a template has tens of thousands.
    entries = {entry[0].text: entry for entry in node.entries if isinstance(entry[0], ScalarNode)}
    if MERGE not in entries:
        return entries
    first, *merged = merged_maps(node)
    entries = dict(own_entries(first))
    for source in merged:
        entries |= {name: entry for name, entry in own_entries(source) if name not in entries}
    return entries


def merged_maps(node: Node) -> Iterator[MapNode]:
    """Yield a map and the maps that it merges, each once, before those that it overrides."""
    pending, seen = [node], set[int]()
    while pending:
        current = pending.pop()
        if not isinstance(current, MapNode) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        for key, value in reversed(current.entries):
            if is_merge(key):
                pending += reversed(value.items) if isinstance(value, ListNode) else [value]


def own_entries(node: MapNode) -> Iterator[tuple[str, Entry]]:
    """Yield the entries that are written in a map itself, repeated ones too, with their names."""
    for key, value in node.entries:
        if isinstance(key, ScalarNode) and not is_merge(key):
            yield key.text, (key, value)


def is_merge(key: Node) -> bool:
    """Whether a key merges other maps into its own."""
    return isinstance(key, ScalarNode) and key.text == MERGE and key.style is Style.PLAIN


def member(node: Node | None, name: str) -> Node | None:
    """Return the value of a map's entry; None where there is no such entry, or no map."""
    entry = members(node).get(name)
    return entry[1] if entry else None


def text_of(node: Node | None) -> str | None:
    """Return a scalar's text; None for anything else."""
    return node.text if isinstance(node, ScalarNode) else None


def function_of(node: Node) -> "tuple[str, Node] | None":
    """Return the full name and the argument of an intrinsic function; None for another node.

    `!GetAtt a.b` and `{"Fn::GetAtt": ["a", "b"]}` are the same function.
    """
    if node.tag is not None:
        if not node.tag.startswith("!") or node.tag == "!":
            return None
        name = node.tag[1:]
        return (name if name in _WITHOUT_PREFIX else f"Fn::{name}"), _untagged(node)
    if isinstance(node, MapNode) and len(node.entries) == 1:
        ((key, argument),) = node.entries
        name = key.text if isinstance(key, ScalarNode) else ""
        is_loop = name.startswith("Fn::ForEach")
        if name in _WITHOUT_PREFIX or (name.startswith("Fn::") and not is_loop):
            return name, argument
    return None


_WITHOUT_PREFIX = ("Ref", "Condition")


def is_placeholder(node: Node) -> bool:
    """Whether a node is what YAML makes of `{{ days }}` without quotes."""
    return (
        isinstance(node, MapNode) and bool(node.entries) and isinstance(node.entries[0][0], MapNode)
    )


def _untagged(node: Node) -> Node:
    match node:
        case ScalarNode():  # a scalar with a tag is a string, whatever its characters (`!Ref On`)
            style = Style.QUOTED if node.style is Style.PLAIN else node.style
            return ScalarNode(node.text, node.start, node.end, style, None)
        case ListNode():
            return ListNode(node.items, node.start, node.end, None)
        case MapNode():
            return MapNode(node.entries, node.start, node.end, None)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it, each once."""
    pending, seen = [node], set()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        match current:
            case ListNode(items=items):
                pending.extend(reversed(items))
            case MapNode(entries=entries):
                pending.extend(part for entry in reversed(entries) for part in reversed(entry))
            case ScalarNode():
                pass
