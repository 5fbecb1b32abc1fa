"""A map of a template, in YAML or JSON → a new first entry in the style of the entry that was first."""

from ecbackup_iac.cloudformation.syntax.nodes import MapNode
from ecbackup_iac.fixers.cloudformation.files import OpenedFile, value_start
from ecbackup_iac.fixers.edits import NotFixableError, line_break, line_start


def inserted_entry(file: OpenedFile, node: MapNode, name: str, value: str) -> tuple[int, bytes]:
    """Return the offset and the bytes that add an entry. Raise NotFixableError for an unusual layout."""
    content, opening = file.content, value_start(file.content, file.at(node.start))
    is_flow = content[opening : opening + 1] == b"{"
    if not node.entries:
        quote = '"' if file.is_json else ""
        return opening + 1, f"{quote}{name}{quote}: {value}".encode()
    key, first_value = node.entries[0]
    first = file.at(key.start)
    mark = content[first : first + 1]
    quote = mark.decode() if mark in (b"'", b'"') else ""
    is_compact = content[file.at(key.end) : file.at(first_value.start)] == b":"
    written = f"{quote}{name}{quote}:{'' if is_compact and quote else ' '}{value}".encode()
    start = line_start(content, first)
    indent, new_line = content[start:first], _line_break(content, start)
    begins_line = not indent.strip(b" \t")
    if is_flow and first > opening:
        separator = new_line + indent if begins_line else b"" if is_compact else b" "
        return first, written + b"," + separator
    if not begins_line:
        raise NotFixableError("the map it belongs in is written in an unusual way")
    return _above_comments(content, start, indent), indent + written + new_line


def _line_break(content: bytes, start: int) -> bytes:
    """Return the line break before the start of a line, else the first of the file."""
    at = line_start(content, start - 1) if start else 0
    first, end = line_break(content, at)
    return content[first:end] or b"\n"


def _above_comments(content: bytes, start: int, indent: bytes) -> int:
    """Return the start of the comment lines directly above a line."""
    while start:
        above = line_start(content, start - 1)
        if not content[above:start].startswith(indent + b"#"):
            break
        start = above
    return start
