"""Template text → its comments, and the metadata of its resources."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ecbackup_iac.cloudformation.syntax.document import Document, SourceText
from ecbackup_iac.cloudformation.syntax.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    member,
    text_of,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.comments import CodeBlock, CommentedText, comments_of

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@record(eq=False)
class ResourceMetadata:
    """What stands under the `Metadata` of a resource."""

    resource: Location
    """Of the whole entry, as its cache has it."""

    kind: str
    """The resource's type, as it is written."""

    node: Node
    source: SourceText


def remarked_yaml(text: str, path: str, documents: list[Document]) -> CommentedText:
    """Find the comments of a text in YAML, up to the first thing that is wrong with it."""
    blocks = [
        CodeBlock(start, end, kind)
        for document in documents
        for start, end, kind, _ in _resources(document)
    ]
    remarks = comments_of(text, [*_comment_spans(text)], by_indentation=True)
    return CommentedText(text, remarks, blocks, SourceText(path, text).location, is_bytes=False)


def resource_metadata(documents: list[Document]) -> Iterator[ResourceMetadata]:
    """Yield the metadata of every resource in the documents, and that of whole templates."""
    for document in documents:
        root, source = document.root, document.source
        own = member(root, "Metadata")
        if own is not None and member(root, "Type") is None:
            yield ResourceMetadata(source.location_of(own), "", own, source)
        for start, end, kind, body in _resources(document):
            node = member(body, "Metadata")
            if node is not None:
                place = document.source.location(start, end)
                yield ResourceMetadata(place, kind, node, document.source)


def _resources(document: Document) -> Iterator[tuple[int, int, str, Mapping]]:
    """Yield what has a type, wherever it stands: in loops and parts, too; with its type and its extent."""
    source, root = document.source, document.root
    if isinstance(root, Mapping) and (kind := text_of(member(root, "Type"))):
        yield root.start, source.extent(root, None), kind, root
        return
    pending: list[Node] = [root]
    met: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        match node:
            case Sequence(items=items):
                pending += items
            case Mapping(entries=entries):
                for key, value in entries:
                    kind = text_of(member(value, "Type"))
                    if kind is not None and isinstance(value, Mapping):
                        yield key.start, source.extent(key, value), kind, value
                    else:
                        pending.append(value)
            case Scalar():
                pass


def _comment_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where comments begin and end: what stands between libyaml's tokens and is no blank."""
    loader = _LOADER(text)
    position = 0
    try:
        while (token := loader.get_token()) is not None:
            start, end = token.start_mark.index, token.end_mark.index
            if start > position:
                yield from _comments_between(text, position, start)
            position = max(position, end)
            if type(token) is yaml.ScalarToken and text[start : start + 1] in _BLOCK_SCALARS:
                # Behind the sign of a block of lines, on its own line, a comment may stand.
                line_end = _BREAK.search(text, start, end)
                yield from _comments_between(text, start, line_end.start() if line_end else end)
    except (yaml.YAMLError, UnicodeEncodeError, ValueError):
        return
    finally:
        loader.dispose()
    yield from _comments_between(text, position, len(text))


_BLOCK_SCALARS = ("|", ">")
_BREAK = re.compile("[\r\n\x85\u2028\u2029]")


def _comments_between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    sign = text.find("#", start, end)
    while sign >= 0:
        line_end = _BREAK.search(text, sign, end)
        stop = line_end.start() if line_end else end
        yield sign, stop
        sign = text.find("#", stop, end)
