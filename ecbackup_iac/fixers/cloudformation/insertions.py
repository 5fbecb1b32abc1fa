"""A map of a template, in YAML or JSON → a new first entry, written in the style of the one after it."""

import re

from ecbackup_iac.cloudformation.syntax.nodes import MapNode
from ecbackup_iac.fixers.cloudformation.files import OpenedFile, value_start
from ecbackup_iac.fixers.edits import NotFixableError, Replacement, line_start
from ecbackup_iac.syntax.columns import LINE_BREAK


def inserted_entry(file: OpenedFile, node: MapNode, name: str, value: str) -> Replacement:
    """Return the replacement that adds an entry. Raise NotFixableError for an unusual layout."""
    content, opening = file.content, value_start(file.content, file.at(node.start))
    if not node.entries:
        quote = '"' if file.is_json else ""
        return _insertion(opening + 1, f"{quote}{name}{quote}: {value}".encode())
    key, first_value = node.entries[0]
    first = file.at(key.start)
    sign = content[first : first + 1] if content[first : first + 1] in (b"'", b'"') else b""
    is_compact = content[file.at(key.end) : file.at(first_value.start)] == b":"
    blank = b"" if sign and is_compact else b" "
    entry = b"%s%s%s:%s%s" % (sign, name.encode(), sign, blank, value.encode())
    start = line_start(content, first)
    indent = content[start:first]
    if content[opening : opening + 1] == b"{" and first > opening:
        separator = b"" if is_compact else b" "
        if not indent.strip(b" \t"):
            separator = _break_before(content, start) + indent
        return _insertion(first, entry + b"," + separator)
    if indent.strip(b" "):
        raise NotFixableError("the map it belongs in is written in an unusual way")
    line = indent + entry + _break_before(content, start)
    return _insertion(_above_comments(content, start, indent), line)


def _insertion(offset: int, content: bytes) -> Replacement:
    return Replacement(offset, offset, content)


def _break_before(content: bytes, start: int) -> bytes:
    """Return the line break before the start of a line, else the first of the file."""
    match = re.compile(LINE_BREAK.encode()).search(
        content, line_start(content, start - 1) if start else 0
    )
    return match[0] if match else b"\n"


def _above_comments(content: bytes, start: int, indent: bytes) -> int:
    """Return the start of the comment lines directly above a line."""
    while start:
        above = line_start(content, start - 1)
        if not content[above:start].startswith(indent + b"#"):
            break
        start = above
    return start
