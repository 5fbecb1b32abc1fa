"""A file and its body → its comments, inside blocks and templates too."""

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.scanner import tokens
from ecbackup_iac.hcl.tokens import Kind


def comment_spans(body: NativeBody) -> list[tuple[int, int]]:
    """Return where the comments of a whole file begin and end, in order.

    Each block is scanned apart: in a broken file, one that is not closed hides no comment of the next.
    """
    text, position = body.source.text, body.start
    regions: list[tuple[int, int]] = []
    for item in body.items:
        regions += [(position, item.range.start), (item.range.start, item.range.end)]
        position = max(position, item.range.end)
    return [
        (token.start, token.end)
        for start, end in (*regions, (position, body.end))
        for token in tokens(text, start, end)
        if token.kind == Kind.COMMENT
    ]
