"""The configuration of a Terragrunt unit → the same with a new input."""

from ecbackup_iac.fixers.edits import NotFixableError
from ecbackup_iac.fixers.terraform.hcl_insertions import Section, inserted_argument
from ecbackup_iac.hcl.expression import Call, Node, ObjectNode
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute


def inserted_input(content: bytes, name: str, value: str) -> tuple[int, int, bytes]:
    """Return the range of a file of HCL that is replaced, and its new content.

    Raises:
        NotFixableError: the inputs are not written as a map.

    """
    file = SourceFile("", content)
    attribute = parse_whole_file(file)[0].attribute("inputs")
    if attribute is None:
        end = b"\r\n" if b"\r\n" in content else b"\n"
        before = b"" if not content or content.endswith(b"\n") else end
        lines = b"", b"inputs = {", b"  %s = %s" % (name.encode(), value.encode()), b"}", b""
        return len(content), len(content), before + end.join(lines)
    node: Node = attribute.expression
    if isinstance(node, Call) and node.name == "merge" and not node.is_expanded:
        node = node.arguments[-1]  # it wins
    if not isinstance(node, ObjectNode):
        raise NotFixableError(f"the inputs are computed: add {name} = {value} to them")
    items = [_entry(file, key, value) for key, value in node.items]
    start, end_of_map = node.range.start, node.range.end
    return inserted_argument(content, Section(start, start + 1, end_of_map, items), name, value)


def _entry(file: SourceFile, key: Node, value: Node) -> Attribute:
    written = file.text[key.range.start : key.range.end].decode(errors="replace")
    return Attribute(written, SourceRange(file, key.range.start, value.range.end), lambda: value)
