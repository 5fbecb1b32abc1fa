"""What a template is made of, as it is written: scalars, lists and maps, each with its place.

YAML and JSON give the same nodes. They are plain classes with slots and no records, because a template
of a megabyte has tens of thousands of them and a record's constructor takes four times as long.
"""

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import TypeAlias


class Style(Enum):
    """How a scalar is written, which decides what it can be."""

    PLAIN = auto()
    """YAML without quotes: a number, a boolean, null or a text, depending on its characters."""

    SINGLE_QUOTED = auto()
    DOUBLE_QUOTED = auto()
    """YAML or JSON."""

    LITERAL = auto()
    """A block scalar of YAML: `|`."""

    FOLDED = auto()
    """A block scalar of YAML: `>`."""

    JSON = auto()
    """A number, `true`, `false` or `null` in JSON."""


class ScalarNode:
    """A single value."""

    __slots__ = ("end", "start", "style", "tag", "text")

    def __init__(self, text: str, start: int, end: int, style: Style, tag: str | None) -> None:
        self.text = text
        self.start = start
        """Offset in the document's text."""
        self.end = end
        """Offset, exclusive."""
        self.style = style
        self.tag = tag
        """YAML's tag, `!Ref`; None where there is none."""


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
    """A map; `entries` holds keys and values in order, as they are written, merge keys and all."""

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
        """Keys and values in order; made when they are first asked for."""
        if not isinstance(self._entries, list):
            self._entries = self._entries()
        return self._entries

    @property
    def members(self) -> "dict[str, Entry]":
        """The entries by key, merge keys resolved; see `members`."""
        if self._members is None:
            self._members = _merged_members(self)
        return self._members


Node: TypeAlias = ScalarNode | ListNode | MapNode

MERGE = "<<"
"""YAML's key for the maps that are merged into the one it stands in."""


def members(node: Node | None) -> dict[str, Entry]:
    """Give a map's entries by key, merge keys resolved, the last of the same name; {} for no map."""
    return node.members if isinstance(node, MapNode) else {}


def _merged_members(node: MapNode) -> dict[str, Entry]:
    """Resolve YAML's merge keys (`<<: *base`).

    What is merged gives way to what stands beside it, and the first of several maps wins
    (yaml.org/type/merge).
    """
    found: dict[str, Entry] = {}
    merging = False
    for key, value in node.entries:
        if _is_merge(key):
            merging = True
        elif isinstance(key, ScalarNode):
            found[key.text] = (key, value)
    if merging:
        _merge(node, found, {id(node)})
    return found


def _merge(node: MapNode, found: dict[str, Entry], met: set[int]) -> None:
    """Add what a map merges, each source once; circles end."""
    for key, value in node.entries:
        if not _is_merge(key):
            continue
        for source in value.items if isinstance(value, ListNode) else [value]:
            if not isinstance(source, MapNode) or id(source) in met:
                continue
            met.add(id(source))
            own = {
                one.text: (one, v)
                for one, v in source.entries
                if isinstance(one, ScalarNode) and not _is_merge(one)
            }
            for name, entry in own.items():
                found.setdefault(name, entry)
            _merge(source, found, met)


def _is_merge(key: Node) -> bool:
    return isinstance(key, ScalarNode) and key.text == MERGE and key.style is Style.PLAIN


def member(node: Node | None, name: str) -> Node | None:
    """Give the value of a map's entry; None where there is no such entry, or no map."""
    found = members(node).get(name)
    return found[1] if found else None


def text_of(node: Node | None) -> str | None:
    """Give a scalar's text; None for anything else."""
    return node.text if isinstance(node, ScalarNode) else None


def function_of(node: Node) -> "tuple[str, Node] | None":
    """Give an intrinsic function's full name and its argument; None where a node is none.

    `!GetAtt a.b` and `{"Fn::GetAtt": ["a", "b"]}` are the same function.
    """
    if node.tag is not None:
        if not node.tag.startswith("!") or node.tag == "!":
            return None
        name = node.tag[1:]
        return (name if name in _BARE else f"Fn::{name}"), _untagged(node)
    if isinstance(node, MapNode) and len(node.entries) == 1:
        ((key, argument),) = node.entries
        if isinstance(key, ScalarNode) and (key.text in _BARE or _is_function(key.text)):
            return key.text, argument
    return None


_BARE = ("Ref", "Condition")


def _is_function(name: str) -> bool:
    return name.startswith("Fn::") and not name.startswith("Fn::ForEach")


def _untagged(node: Node) -> Node:
    match node:
        case ScalarNode():
            return ScalarNode(node.text, node.start, node.end, node.style, None)
        case ListNode():
            return ListNode(node.items, node.start, node.end, None)
        case MapNode():
            return MapNode(node.entries, node.start, node.end, None)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, each once."""
    pending, met = [node], set()
    while pending:
        one = pending.pop()
        if id(one) in met:
            continue
        met.add(id(one))
        yield one
        match one:
            case ListNode(items=items):
                pending.extend(reversed(items))
            case MapNode(entries=entries):
                pending.extend(part for entry in reversed(entries) for part in reversed(entry))
            case ScalarNode():
                pass
