"""A block of HCL, or the inputs of a Terragrunt unit → a new argument where `terraform fmt` would accept it.

terraform fmt aligns the equals signs of arguments on lines that follow each other, and so their comments
(hashicorp/hcl, hclwrite/format.go). A new argument has a blank line before and after it, so no other moves.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from ecbackup_iac.fixers.edits import NotFixableError, Replacement
from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.expression import FunctionCall, Node, ObjectNode
from ecbackup_iac.hcl.parser import parse_file, parse_whole_file
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.files.schema import CONFIGURATION

_BLANKS = re.compile(rb"[ \t]*")


@record
class Section:
    """A block at the top of a file, by offsets."""

    start: int
    inside: int
    """After the opening brace."""

    end: int
    items: Sequence[Attribute | Block]


@lru_cache(maxsize=4)
def sections(content: bytes) -> dict[int, Section]:
    """Return the blocks at the top of a file by where they begin."""
    file = parse_file(SourceFile("", content), CONFIGURATION, lambda _message, _place: None)
    return {
        block.range.start: Section(block.range.start, body.start, block.range.end, body.items)
        for block in file.items
        if isinstance(block, Block) and isinstance(body := block.body, NativeBody)
    }


def inserted_argument(content: bytes, section: Section, name: str, value: str) -> Replacement:
    """Return the replacement that adds an argument, as the last of those before the nested blocks."""
    argument = b"%s = %s" % (name.encode(), value.encode())
    end, outer = _line_end(content, section), _indentation(content, section.start)
    if b"\n" not in content[section.inside : section.end]:
        inner = content[section.inside : section.end - 1].strip()
        lines = [inner, b"", argument] if inner else [argument]
        body = end.join(outer + b"  " + line if line else b"" for line in lines)
        return Replacement(section.inside, section.end - 1, end + body + end + outer)
    blocks = [item.range.start for item in section.items if isinstance(item, Block)]
    arguments = [
        item
        for item in section.items
        if isinstance(item, Attribute) and (not blocks or item.range.start < blocks[0])
    ]
    if arguments:
        position = _next_line(content, arguments[-1].range.end)
        before, indent = end, _indentation(content, arguments[-1].range.start)
    else:
        position = _next_line(content, section.inside)
        before = b""
        indent = _indentation(content, blocks[0]) if blocks else outer + b"  "
    follows = content[position : _next_line(content, position)].strip()
    after = end if follows and not follows.startswith(b"}") else b""
    return Replacement(position, position, before + indent + argument + end + after)


def inserted_input(content: bytes, name: str, value: str) -> Replacement:
    """Return the replacement in a unit's file that adds an input.

    Raises:
        NotFixableError: the inputs are not written as a map.

    """
    file = SourceFile("", content)
    attribute = parse_whole_file(file)[0].attribute("inputs")
    if attribute is None:
        end = b"\r\n" if b"\r\n" in content else b"\n"
        before = b"" if not content or content.endswith(b"\n") else end
        lines = b"", b"inputs = {", b"  %s = %s" % (name.encode(), value.encode()), b"}", b""
        return Replacement(len(content), len(content), before + end.join(lines))
    node: Node = attribute.expression
    if isinstance(node, FunctionCall) and node.name == "merge" and not node.is_expanded:
        node = node.arguments[-1]  # it wins
    if not isinstance(node, ObjectNode):
        raise NotFixableError(f"the inputs are computed: add {name} = {value} to them")
    items = [_entry(file, key, value) for key, value in node.items]
    start, end_of_map = node.range.start, node.range.end
    return inserted_argument(content, Section(start, start + 1, end_of_map, items), name, value)


def _entry(file: SourceFile, key: Node, value: Node) -> Attribute:
    written = file.text[key.range.start : key.range.end].decode(errors="replace")
    return Attribute(written, SourceRange(file, key.range.start, value.range.end), lambda: value)


def _next_line(content: bytes, offset: int) -> int:
    """Return the start of the line after an offset; the end of the file where it is on the last one."""
    end = content.find(b"\n", offset)
    return end + 1 if end >= 0 else len(content)


def _indentation(content: bytes, offset: int) -> bytes:
    """Return the blanks at the start of the line that an offset is in."""
    match = _BLANKS.match(content, content.rfind(b"\n", 0, offset) + 1)
    return match[0] if match else b""


def _line_end(content: bytes, section: Section) -> bytes:
    """Return the line break of the block's own lines, else of the file's first line."""
    for start in (section.start, 0):
        offset = content.find(b"\n", start)
        if offset >= 0:
            return b"\r\n" if content[offset - 1 : offset] == b"\r" else b"\n"
    return b"\n"
