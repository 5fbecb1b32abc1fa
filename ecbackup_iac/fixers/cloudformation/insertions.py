"""A map of a template, in YAML or JSON → a new first entry."""

from ecbackup_iac.cloudformation.syntax.nodes import MapNode
from ecbackup_iac.fixers.cloudformation.files import OpenedFile, value_start
from ecbackup_iac.fixers.edits import NotFixableError, line_start
from ecbackup_iac.fixers.entries import FirstEntry, break_before


def inserted_entry(file: OpenedFile, node: MapNode, name: str, value: str) -> tuple[int, bytes]:
    """Return the offset and the bytes that add an entry. Raise NotFixableError for an unusual layout."""
    content, opening = file.content, value_start(file.content, file.at(node.start))
    if not node.entries:
        quote = '"' if file.is_json else ""
        return opening + 1, f"{quote}{name}{quote}: {value}".encode()
    key, first_value = node.entries[0]
    first = FirstEntry(file.at(key.start), file.at(key.end), file.at(first_value.start))
    if content[opening : opening + 1] == b"{" and first.start > opening:
        return first.start, first.before_in_braces(content, name, value)
    start = line_start(content, first.start)
    indent = content[start : first.start]
    if indent.strip(b" "):
        raise NotFixableError("the map it belongs in is written in an unusual way")
    line = indent + first.written_like(content, name, value) + break_before(content, start)
    return _above_comments(content, start, indent), line


def _above_comments(content: bytes, start: int, indent: bytes) -> int:
    """Return the start of the comment lines directly above a line."""
    while start:
        above = line_start(content, start - 1)
        if not content[above:start].startswith(indent + b"#"):
            break
        start = above
    return start
