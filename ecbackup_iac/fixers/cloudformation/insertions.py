"""A map of a template, in YAML or JSON → a new entry in the map's own style."""

import re
from collections.abc import Sequence

from ecbackup_iac.cloudformation.syntax.nodes import Entry, MapNode, Node, ScalarNode
from ecbackup_iac.fixers.cloudformation.files import OpenedFile, value_start
from ecbackup_iac.fixers.edits import LINE_BREAKS, NotFixableError, line_break, line_start
from ecbackup_iac.model.record import record

_BLANKS = re.compile(rb"[ \t]*")
_DEFAULT_UNIT = b"  "


@record
class NewEntry:
    """An entry to insert: a value under a key, or under nested keys."""

    names: tuple[str, ...]
    value: str
    """Its source text."""

    near: tuple[str, ...] = ()
    """The entries after which it is inserted, the best first."""


def inserted_entry(
    file: OpenedFile, node: MapNode, entry: NewEntry, outer: Node | None = None
) -> tuple[int, int, bytes]:
    """Return the range of a file, in bytes, that is replaced, and its new content.

    `outer` is the key that the map belongs to; it shows how far one level is indented.

    Raises:
        NotFixableError: the map is written in an unusual way.

    """
    start = file.at(node.start)
    opening = value_start(file.content, start)
    first = node.entries[0][0] if node.entries else None
    is_flow = file.content[opening : opening + 1] == b"{"
    if is_flow and (first is None or first.start > node.start or opening > start):
        return _Flow(file, node, opening).inserted(entry)
    return _Block(file, node, outer).inserted(entry)


class _Style:
    """The layout of a map."""

    def __init__(self, file: OpenedFile, node: MapNode) -> None:
        self._file = file
        self._content = file.content
        self._node = node

    def _line_start(self, at: int) -> int:
        return line_start(self._content, at)

    def _line_end(self, at: int) -> tuple[int, int]:
        """Return the end of a line without its break, and with it."""
        return line_break(self._content, at)

    def _indent(self, at: int) -> bytes:
        """Return the blanks at the beginning of a line."""
        found = _BLANKS.match(self._content, self._line_start(at))
        return found[0] if found else b""

    def _begins_line(self, at: int) -> bool:
        return not self._content[self._line_start(at) : at].strip(b" \t")

    def _break(self, at: int) -> bytes:
        """Return the line break before an offset, else the first of the file."""
        start = self._line_start(at)
        before = self._content[:start]
        if before:
            return b"\r\n" if before.endswith(b"\r\n") else before[-1:]
        first, end = line_break(self._content, 0)
        return self._content[first:end] or b"\n"

    def _quote(self, key: Node) -> bytes:
        """Return the quote of a key; empty where it is plain."""
        if self._file.is_json:
            return b'"'
        mark = self._content[self._file.at(key.start) : self._file.at(key.start) + 1]
        return mark if mark in (b"'", b'"') else b""

    def _is_alias(self, entry: Entry) -> bool:
        return entry[1].start < entry[0].end

    def _is_in_line(self, entry: Entry) -> bool:
        """Whether an entry begins and ends on one line."""
        key, value = entry
        end, _ = self._line_end(self._file.at(key.end))
        if self._is_alias(entry):
            rest = self._content[self._file.at(key.end) : end].strip(b" \t:\"'")
            return rest.startswith(b"*")
        if not isinstance(value, ScalarNode) or not isinstance(key, ScalarNode):
            return False
        opening = value_start(self._content, self._file.at(value.start))
        is_lines = not self._file.is_json and self._content[opening : opening + 1] in (b"|", b">")
        return self._file.at(value.end) <= end and not is_lines

    def _neighbour(self, entries: Sequence[Entry], near: Sequence[str]) -> "Entry | None":
        """Return the entry to insert after; None where there is none."""
        for name in near:
            for entry in entries:
                if isinstance(entry[0], ScalarNode) and entry[0].text == name:
                    return entry
        return entries[-1] if entries else None


class _Block(_Style):
    """A block mapping of YAML: entries have lines of their own."""

    def __init__(self, file: OpenedFile, node: MapNode, outer: Node | None) -> None:
        super().__init__(file, node)
        self._outer = outer

    def inserted(self, entry: NewEntry) -> tuple[int, int, bytes]:
        """Return the range to replace and its new content."""
        first = self._file.at(self._node.entries[0][0].start)
        start = self._line_start(first)
        indent = self._content[start:first]
        if indent.strip(b" "):
            raise NotFixableError("the map it belongs in is written in an unusual way")
        fitting = [own for own in self._node.entries if self._is_line(own, indent)]
        neighbour = self._neighbour(fitting, entry.near)
        if neighbour is None:
            at = self._above_comments(start, indent)
            new_line = self._line_break_at(first)
            lines = self._lines(entry, indent, self._quote(self._node.entries[0][0]), new_line)
            return at, at, lines + new_line
        at, new_line = self._below_comments(neighbour, indent)
        lines = self._lines(entry, indent, self._quote(neighbour[0]), new_line)
        if self._content[at - 1 : at] in (b"\n", b"\r"):
            return at, at, lines + new_line
        return at, at, new_line + lines

    def _is_line(self, entry: Entry, indent: bytes) -> bool:
        key = self._file.at(entry[0].start)
        start = self._line_start(key)
        if self._content[start:key] != indent or not self._is_in_line(entry):
            return False
        if self._is_alias(entry):
            return True
        last = self._file.at(entry[1].end)
        rest = self._content[last : self._line_end(last)[0]].strip()
        return not rest or rest.startswith((b"#", b":"))

    def _lines(self, entry: NewEntry, indent: bytes, quote: bytes, new_line: bytes) -> bytes:
        unit = self._unit(indent)
        keys = [quote + name.encode() + quote + b":" for name in entry.names]
        keys[-1] += b" " + entry.value.encode()
        return new_line.join(indent + unit * depth + key for depth, key in enumerate(keys))

    def _unit(self, indent: bytes) -> bytes:
        if self._outer is None:
            return _DEFAULT_UNIT
        outer = self._indent(self._file.at(self._outer.start))
        is_deeper = indent.startswith(outer) and len(indent) > len(outer)
        return indent[len(outer) :] if is_deeper else _DEFAULT_UNIT

    def _line_break_at(self, at: int) -> bytes:
        end, behind = self._line_end(at)
        return self._content[end:behind] or self._break(at)

    def _above_comments(self, start: int, indent: bytes) -> int:
        """Return the start of the comment lines directly above a line."""
        while start > 0:
            above = self._line_start(start - len(self._break(start)))
            line = self._content[above:start]
            if not line.startswith(indent + b"#"):
                return start
            start = above
        return start

    def _below_comments(self, entry: Entry, indent: bytes) -> tuple[int, bytes]:
        """Return the start of the line after an entry and its indented comments, and its line break."""
        key = self._file.at(entry[0].start)
        _, at = self._line_end(key)
        new_line = self._line_break_at(key)
        while at < len(self._content):
            end, behind = self._line_end(at)
            line = self._content[at:end]
            blank = line[: len(line) - len(line.lstrip(b" "))]
            if not line.lstrip(b" ").startswith(b"#") or len(blank) <= len(indent):
                break
            at = behind
        return at, new_line


class _Flow(_Style):
    """A map in braces: of JSON, or a flow mapping of YAML."""

    def __init__(self, file: OpenedFile, node: MapNode, opening: int) -> None:
        super().__init__(file, node)
        self._opening = opening
        self._closing = file.at(node.end) - 1

    def inserted(self, entry: NewEntry) -> tuple[int, int, bytes]:
        """Return the range to replace and its new content."""
        if self._content[self._closing : self._closing + 1] != b"}":
            raise NotFixableError("the map it belongs in is written in an unusual way")
        if not self._node.entries:
            return self._in_empty(entry)
        whole = [own for own in self._node.entries if self._is_whole(own)]
        in_line = [own for own in whole if self._is_in_line(own)]
        neighbour = self._neighbour(in_line or whole, entry.near)
        if neighbour is None:
            return self._as_first(entry)
        return self._after(neighbour, entry)

    def _is_whole(self, entry: Entry) -> bool:
        """Whether the end of an entry is known."""
        key, value = entry
        return isinstance(key, ScalarNode) and not self._is_alias(entry) and value.end > value.start

    def _in_empty(self, entry: NewEntry) -> tuple[int, int, bytes]:
        at = self._opening + 1
        inner = self._content[at : self._closing]
        quote = b'"' if self._file.is_json else b""
        has_lines = LINE_BREAKS.search(inner) is not None
        is_pretty = self._file.is_json and self._begins_line_of_entry()
        if not has_lines and not is_pretty:
            blank = inner if not inner.strip(b" ") else b""
            is_compact = quote != b"" and self._content[self._opening - 1 : at] == b":{"
            return at, at, blank + self._written(entry, quote, is_compact=is_compact)
        outer = self._indent(self._closing)
        unit, new_line = self._unit_of_file(outer), self._break(self._closing)
        written = self._in_lines(entry, outer + unit, unit, new_line, quote)
        end = b"" if has_lines else new_line + outer
        return at, at if has_lines else self._closing, new_line + outer + unit + written + end

    def _begins_line_of_entry(self) -> bool:
        """Whether the entry that the braces belong to begins a line."""
        line = self._content[self._line_start(self._opening) : self._opening]
        return line.strip().startswith(b'"') and line[:1] in (b" ", b"\t")

    def _as_first(self, entry: NewEntry) -> tuple[int, int, bytes]:
        key = self._node.entries[0][0]
        at = self._file.at(key.start)
        written = self._written(entry, self._quote(key), is_compact=False)
        if self._begins_line(at):
            return at, at, written + b"," + self._break(at) + self._indent(at)
        return at, at, written + b", "

    def _after(self, neighbour: Entry, entry: NewEntry) -> tuple[int, int, bytes]:
        key, value = neighbour
        at, quote = self._file.at(value.end), self._quote(key)
        between = self._content[self._file.at(key.end) : self._file.at(value.start)]
        is_compact = between == b":" and quote != b""
        first = self._file.at(key.start)
        if not self._begins_line(first):
            gap = b"," if is_compact else b", "
            return at, at, gap + self._written(entry, quote, is_compact=is_compact)
        indent, new_line = self._indent(first), self._break(first)
        outer = self._indent(self._opening)
        is_deeper = indent.startswith(outer) and len(indent) > len(outer)
        unit = indent[len(outer) :] if is_deeper else _DEFAULT_UNIT
        written = self._in_lines(entry, indent, unit, new_line, quote, is_compact=is_compact)
        end, behind = self._line_end(at)
        rest = self._content[at:end]
        follows = rest.strip()
        if not self._file.is_json and follows.startswith(b"#"):
            return at, end, b"," + rest + new_line + indent + written
        if not self._file.is_json and follows[:1] == b"," and behind > end:
            comment = follows[1:].strip()
            if not comment or comment.startswith(b"#"):
                return behind, behind, indent + written + b"," + new_line
        is_alone = self._file.is_json or not follows
        if is_alone and not (self._file.is_json and follows not in (b"", b",")):
            return at, at, b"," + new_line + indent + written
        return at, at, b", " + self._written(entry, quote, is_compact=is_compact)

    def _written(self, entry: NewEntry, quote: bytes, *, is_compact: bool) -> bytes:
        """Return an entry written on the line it is inserted in."""
        colon = b":" if is_compact else b": "
        written = entry.value.encode()
        for name in reversed(entry.names):
            written = quote + name.encode() + quote + colon + written
            if name != entry.names[0]:
                written = b"{%s}" % written
        return written

    def _in_lines(  # noqa: PLR0913 - how lines of this map look
        self,
        entry: NewEntry,
        indent: bytes,
        unit: bytes,
        new_line: bytes,
        quote: bytes,
        *,
        is_compact: bool = False,
    ) -> bytes:
        """Return an entry written on lines of its own; the first is already indented."""
        colon = b":" if is_compact else b": "
        *outer, last = [quote + name.encode() + quote + colon for name in entry.names]
        depths = [indent + unit * depth for depth in range(len(entry.names))]
        opened = [key + b"{" + new_line + depths[n + 1] for n, key in enumerate(outer)]
        closed = [new_line + depth + b"}" for depth in reversed(depths[:-1])]
        return b"".join((*opened, last, entry.value.encode(), *closed))

    def _unit_of_file(self, outer: bytes) -> bytes:
        """Return the indentation of one level: that of the first indented line."""
        found = re.search(rb"[\r\n]([ \t]+)\S", self._content)
        unit = found[1] if found else _DEFAULT_UNIT
        return unit if not outer or outer.startswith(unit) else _DEFAULT_UNIT
