"""The first entry of a map of YAML or JSON → a new entry before it, written in the same style."""

from ecbackup_iac.fixers.edits import line_break, line_start
from ecbackup_iac.model.record import record


@record
class FirstEntry:
    """The first entry of a map, by offsets in bytes."""

    start: int
    key_end: int
    value: int
    """Where its value starts."""

    def written_like(self, content: bytes, name: str, value: str) -> bytes:
        """Return an entry with the quotes and the blanks of this one."""
        first = content[self.start : self.start + 1]
        quote = first if first in (b"'", b'"') else b""
        blank = b"" if quote and self.is_compact(content) else b" "
        return b"%s%s%s:%s%s" % (quote, name.encode(), quote, blank, value.encode())

    def is_compact(self, content: bytes) -> bool:
        """Whether no blank follows its colon."""
        return content[self.key_end : self.value] == b":"

    def before_in_braces(self, content: bytes, name: str, value: str) -> bytes:
        """Return the entry to insert before it in braces, with the comma and what separates them."""
        entry = self.written_like(content, name, value) + b","
        start = line_start(content, self.start)
        indent = content[start : self.start]
        if not indent.strip(b" \t"):
            return entry + break_before(content, start) + indent
        return entry if self.is_compact(content) else entry + b" "


def break_before(content: bytes, start: int) -> bytes:
    """Return the line break before the start of a line, else the first of the file."""
    first, end = line_break(content, line_start(content, start - 1) if start else 0)
    return content[first:end] or b"\n"
