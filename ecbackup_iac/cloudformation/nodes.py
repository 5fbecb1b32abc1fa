"""What a template is made of, as it is written: scalars, lists and maps, each with its place.

YAML and JSON give the same nodes. They are plain classes with slots and no records, because a template
of a megabyte has tens of thousands of them and a record's constructor takes four times as long.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import TypeAlias


class Style(IntEnum):
    """How a scalar is written, which decides what it may be."""

    QUOTED = 0
    """A text, whatever it looks like: in quotes, or a block of lines."""

    PLAIN = 1
    """YAML without quotes: a number, a boolean, null or a text, by its looks."""

    JSON = 2
    """A number, `true`, `false` or `null` in JSON."""


class Scalar:
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


class Sequence:
    """A list."""

    __slots__ = ("end", "items", "start", "tag")

    def __init__(self, items: "list[Node]", start: int, end: int, tag: str | None) -> None:
        self.items = items
        self.start = start
        self.end = end
        self.tag = tag


Entry: TypeAlias = "tuple[Node, Node]"


class Mapping:
    """A map; `entries` holds keys and values in order, as they are written, merge keys and all."""

    __slots__ = ("_entries", "end", "start", "tag")

    def __init__(
        self,
        entries: list[Entry] | Callable[[], list[Entry]],
        start: int,
        end: int,
        tag: str | None,
    ) -> None:
        self._entries = entries
        self.start = start
        self.end = end
        self.tag = tag

    @property
    def entries(self) -> list[Entry]:
        """Keys and values in order; made when they are first asked for."""
        if not isinstance(self._entries, list):
            self._entries = self._entries()
        return self._entries


Node: TypeAlias = Scalar | Sequence | Mapping

MERGE = "<<"
"""YAML's key for the maps that are merged into the one it stands in."""


def members(node: Node | None) -> dict[str, Entry]:
    """Give a map's entries by key, merge keys resolved, the last of the same name; {} for no map.

    YAML's merge keys (`<<: *base`) give way to what stands beside them, and the first of several
    maps to merge wins (yaml.org/type/merge).
    """
    found: dict[str, Entry] = {}
    if not isinstance(node, Mapping):
        return found
    merged = [entry for entry in node.entries if _is_merge(entry[0])]
    for _, source in merged:
        for one in source.items if isinstance(source, Sequence) else [source]:
            found = {**_merged(one, {id(node)}), **found}
    for key, value in node.entries:
        if isinstance(key, Scalar) and not (merged and _is_merge(key)):
            found.pop(key.text, None)  # what stands here stands where it is written
            found[key.text] = (key, value)
    return found


def _merged(node: Node, met: set[int]) -> dict[str, Entry]:
    """Give the entries of a map that is merged, and of those that it merges itself; circles end."""
    if not isinstance(node, Mapping) or id(node) in met:
        return {}
    met.add(id(node))
    found: dict[str, Entry] = {}
    for key, value in node.entries:
        if _is_merge(key):
            for one in value.items if isinstance(value, Sequence) else [value]:
                found = {**_merged(one, met), **found}
    for key, value in node.entries:
        if isinstance(key, Scalar) and not _is_merge(key):
            found[key.text] = (key, value)
    return found


def _is_merge(key: Node) -> bool:
    return isinstance(key, Scalar) and key.text == MERGE and key.style is Style.PLAIN


def member(node: Node | None, name: str) -> Node | None:
    """Give the value of a map's entry; None where there is no such entry, or no map."""
    found = members(node).get(name)
    return found[1] if found else None


def text_of(node: Node | None) -> str | None:
    """Give a scalar's text; None for anything else."""
    return node.text if isinstance(node, Scalar) else None


def function_of(node: Node) -> "tuple[str, Node] | None":
    """Give an intrinsic function's full name and its argument; None where a node is none.

    `!GetAtt a.b` and `{"Fn::GetAtt": ["a", "b"]}` are the same function.
    """
    if node.tag is not None:
        if not node.tag.startswith("!") or node.tag == "!":
            return None
        name = node.tag[1:]
        return (name if name in _BARE else f"Fn::{name}"), _untagged(node)
    if isinstance(node, Mapping) and len(node.entries) == 1:
        ((key, argument),) = node.entries
        if isinstance(key, Scalar) and (key.text in _BARE or _is_function(key.text)):
            return key.text, argument
    return None


_BARE = ("Ref", "Condition")


def _is_function(name: str) -> bool:
    return name.startswith("Fn::") and not name.startswith("Fn::ForEach")


def _untagged(node: Node) -> Node:
    match node:
        case Scalar():
            return Scalar(node.text, node.start, node.end, node.style, None)
        case Sequence():
            return Sequence(node.items, node.start, node.end, None)
        case Mapping():
            return Mapping(node.entries, node.start, node.end, None)


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
            case Sequence(items=items):
                pending.extend(reversed(items))
            case Mapping(entries=entries):
                pending.extend(part for entry in reversed(entries) for part in reversed(entry))
            case Scalar():
                pass
