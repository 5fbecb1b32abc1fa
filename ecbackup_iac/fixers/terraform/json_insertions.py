"""A JSON object → a new first member."""

from functools import lru_cache

from ecbackup_iac.fixers.entries import FirstEntry
from ecbackup_iac.syntax.located_json import JsonNode, Kind, parse


def inserted_member(content: bytes, node: JsonNode, name: str, value: str) -> tuple[int, bytes]:
    """Return the offset and the bytes that add a member to an object."""
    if not node.members:
        return node.start + 1, f'"{name}": {value}'.encode()
    key, first_value = node.members[0]
    first = FirstEntry(key.start, key.end, first_value.start)
    return first.start, first.before_in_braces(content, name, value)


def object_at(content: bytes, offset: int) -> JsonNode | None:
    """Return the object that begins at an offset, or is the value of a member that does."""
    node = _nodes(content).get(offset)
    if node is None or node.kind is Kind.OBJECT:
        return node
    # An array of blocks of one name: only a single block is unambiguous.
    items = [item for item in node.items if item.kind is Kind.OBJECT]
    return items[0] if len(items) == 1 else None


@lru_cache(maxsize=4)
def _nodes(content: bytes) -> dict[int, JsonNode]:
    """Return the values of a text by where they begin, and those of members by where their names do."""
    root, _ = parse(content)
    values: dict[int, JsonNode] = {}
    pending = [root] if root is not None else []
    while pending:
        node = pending.pop()
        values[node.start] = node
        values |= {key.start: value for key, value in node.members}
        pending += [*(value for _, value in node.members), *node.items]
    return values
