"""A file and its body → its comments, inside blocks and templates too."""

from collections.abc import Iterator

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.scanner import tokens
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.tokens import Kind


def comments(body: NativeBody) -> Iterator[tuple[str, SourceRange]]:
    """Yield the comments of a whole file in order, with their signs and without their line breaks."""
    source = body.source
    for start, end in comment_spans(body):
        raw = source.text[start:end].rstrip(b"\r")
        yield raw.decode(errors="replace"), SourceRange(source, start, start + len(raw))


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
