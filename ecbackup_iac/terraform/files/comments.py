"""Configuration text, HCL or JSON → its comments, and the blocks that they may belong to."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from ecbackup_iac.hcl.comments import comment_spans
from ecbackup_iac.hcl.expression import ObjectNode, TupleNode, nodes_in
from ecbackup_iac.hcl.parser import parse_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.syntax.comments import CodeBlock, Comment, CommentedText, comments_of
from ecbackup_iac.terraform.files.schema import CONFIGURATION

_WITH_ENTRIES = ("locals", "module", "resource", "stack", "unit")


def commented_hcl(source: SourceFile) -> CommentedText:
    """Return the comments of a file in HCL, of all three kinds; what is broken may have some, too."""
    body = parse_file(source, CONFIGURATION, lambda _message, _place: None)
    text = source.text.decode("latin-1")
    blocks = [
        CodeBlock(item.range.start, item.range.end, " ".join((item.type, *item.labels)))
        for item in body.items
        if isinstance(item, Block)
    ]
    spans = [(start, end - text.endswith("\r", start, end)) for start, end in comment_spans(body)]
    return CommentedText(
        text,
        comments_of(text, spans),
        blocks,
        source.location,
        is_bytes=True,
        entries=_entries(body.items, spans),
    )


def _entries(
    items: Iterable[Attribute | Block], comments: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield the entries of maps and lists in calls, in inputs, and in the `for_each` of resources.

    What has no comment is not parsed for them.
    """
    for item in items:
        if isinstance(item, Block) and item.type not in _WITH_ENTRIES:
            continue
        after = bisect_left(comments, (item.range.start,))
        if after == len(comments) or comments[after][0] >= item.range.end:
            continue
        attributes = item.body.attributes() if isinstance(item, Block) else [item]
        nodes = (
            node
            for attribute in attributes
            if isinstance(item, Attribute)
            or item.type != "resource"
            or attribute.name == "for_each"
            for node in nodes_in(attribute.expression)
        )
        for node in nodes:
            if isinstance(node, TupleNode):
                yield from ((item.range.start, item.range.end) for item in node.items)
            elif isinstance(node, ObjectNode):
                yield from ((key.range.start, value.range.end) for key, value in node.items)


def commented_json(source: SourceFile) -> CommentedText:
    """Return the comments of a file in JSON: the values of `"//"` in a block, and in the file itself."""
    from ecbackup_iac.hcl.json_syntax import JsonBody, parse_json  # most trees have no such file

    body, _ = parse_json(source, CONFIGURATION)
    found = [
        block
        for kind, labels in CONFIGURATION.labels.items()
        for block in body.blocks(kind, len(labels))
    ]
    owners = [(0, body), *((block.range.start, block.body) for block in found)]
    comments = [
        Comment(value.start, value.end, value.string.text, owner=start)
        for start, owner in owners
        if isinstance(owner, JsonBody)
        for value in owner.comments
        if value.string is not None
    ]
    blocks = [
        CodeBlock(block.range.start, block.range.end, " ".join((block.type, *block.labels)))
        for block in found
    ]
    text = source.text.decode("latin-1")
    return CommentedText(text, comments, blocks, source.location, is_bytes=True)
