"""A JSON object → a new member in the object's own style."""

import re
from functools import lru_cache

from ecbackup_iac.syntax.located_json import JsonNode, Kind, parse

_COLON = re.compile(rb"[ \t]*:[ \t]*")


def inserted_member(content: bytes, node: JsonNode, name: str, value: str) -> tuple[int, bytes]:
    """Return the offset and the bytes that add a last member to an object."""
    if not node.members:
        written = b'"%s": %s' % (name.encode(), value.encode())
        return node.start + 1, _in_empty(content, node, written)
    (first, _), (key, last) = node.members[0], node.members[-1]
    colon = _COLON.match(content, key.end)
    written = b'"%s"%s%s' % (name.encode(), colon[0] if colon else b": ", value.encode())
    before = content[node.start + 1 : first.start]
    if b"\n" not in before:
        return last.end, b", " + written
    indent = content[content.rfind(b"\n", 0, first.start) + 1 : first.start]
    return last.end, b"," + _line_end(before) + indent + written


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
    found: dict[int, JsonNode] = {}
    pending = [root] if root is not None else []
    while pending:
        node = pending.pop()
        found[node.start] = node
        found |= {key.start: value for key, value in node.members}
        pending += [*(value for _, value in node.members), *node.items]
    return found


def _in_empty(content: bytes, node: JsonNode, written: bytes) -> bytes:
    """Return the content of an object with one member: on a line of its own where the text has lines."""
    if b"\n" not in content.strip() or b"\n" in content[node.start : node.end]:
        return written
    start = content.rfind(b"\n", 0, node.start) + 1
    line = content[start : node.start]
    outer = line[: len(line) - len(line.lstrip())]
    end = _line_end(content)
    return end + outer + _unit(content) + written + end + outer


def _unit(content: bytes) -> bytes:
    """Return the indentation of one level: that of the first indented line."""
    for line in content.split(b"\n"):
        blank = line[: len(line) - len(line.lstrip())]
        if blank and line.strip():
            return blank
    return b"  "


def _line_end(text: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in text else b"\n"
