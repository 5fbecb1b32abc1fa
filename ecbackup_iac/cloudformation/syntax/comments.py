"""Template text → its comments, and the metadata of its resources."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ecbackup_iac.cloudformation.syntax.document import Document, SourceText
from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    member,
    text_of,
    walk,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.comments import CodeBlock, CommentedText, comments_of

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def annotated_documents(content: bytes, path: str) -> list[Document]:
    """Return a text's documents, with each template in a block scalar (`TemplateBody: |`) parsed as a map.

    The block's header is replaced by blanks, so its lines are parsed as YAML at the same offsets.
    """
    documents, _ = documents_in(content, path)
    text = documents[0].source.text if documents else b""
    blocks = {
        node.start
        for document in documents
        for part in walk(document.root)
        if isinstance(node := member(part, "TemplateBody"), ScalarNode)
        and node.style is Style.LITERAL
    }
    if not blocks or not isinstance(text, str):
        return documents
    pieces, position = [], 0
    for start in sorted(blocks):
        header = _BLOCK_HEADER.search(text, start)
        if header is not None:
            pieces += [text[position : header.start()], " " * len(header[0])]
            position = header.end()
    without_headers = "".join((*pieces, text[position:]))
    annotated, problem = documents_in(without_headers.encode(), path)
    return documents if problem else annotated


def commented_yaml(text: str, path: str, documents: list[Document]) -> CommentedText:
    """Return a YAML text with its comments, up to its first syntax error."""
    blocks = [
        CodeBlock(resource.start, resource.end, resource.type)
        for document in documents
        for resource in _resources(document)
    ]
    comments = comments_of(text, [*_comment_spans(text)], by_indentation=True)
    return CommentedText(text, comments, blocks, SourceText(path, text).location, is_bytes=False)


@record(eq=False)
class ResourceMetadata:
    """The `Metadata` of a resource, or of a whole template."""

    resource: Location
    """The location of the whole entry, the same as that of its cache; of a template, the metadata itself."""

    type: str
    """Empty for a template."""

    node: Node
    source: SourceText


def resource_metadata(documents: list[Document]) -> Iterator[ResourceMetadata]:
    """Yield the metadata of every resource and of whole templates."""
    for document in documents:
        root, source = document.root, document.source
        metadata = member(root, "Metadata")
        if metadata is not None and member(root, "Type") is None:
            yield ResourceMetadata(source.location_of(metadata), "", metadata, source)
        for resource in _resources(document):
            node = member(resource.body, "Metadata")
            if node is not None:
                location = source.location(resource.start, resource.end)
                yield ResourceMetadata(location, resource.type, node, source)


@record(eq=False)
class _Resource:
    """A map with a `Type`, from the start of its key to its end."""

    start: int
    end: int
    type: str
    body: MapNode


def _resources(document: Document) -> Iterator[_Resource]:
    """Yield every map with a `Type`, in loops and parts as well."""
    source, root = document.source, document.root
    if isinstance(root, MapNode) and (kind := text_of(member(root, "Type"))):
        yield _Resource(root.start, source.end_of(root, None), kind, root)
        return
    pending: list[Node] = [root]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ListNode(items=items):
                pending += items
            case MapNode(entries=entries):
                for key, value in entries:
                    kind = text_of(member(value, "Type"))
                    if kind is not None and isinstance(value, MapNode):
                        yield _Resource(key.start, source.end_of(key, value), kind, value)
                        inline = member(member(value, "Properties"), "TemplateBody")
                        pending += [] if inline is None else [inline]
                    else:
                        pending.append(value)
            case ScalarNode():
                pass


def _comment_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the extents of comments: the texts between libyaml's tokens that are not blank."""
    loader = _LOADER(text)
    position = 0
    try:
        while (token := loader.get_token()) is not None:
            start, end = token.start_mark.index, token.end_mark.index
            if start > position:
                yield from _comments_between(text, position, start)
            position = max(position, end)
            if type(token) is yaml.ScalarToken and text[start : start + 1] in _BLOCK_SCALARS:
                # A comment may follow the indicator of a block scalar, on the same line.
                line_break = _BREAK.search(text, start, end)
                line_end = line_break.start() if line_break else end
                yield from _comments_between(text, start, line_end)
    except (yaml.YAMLError, UnicodeEncodeError, ValueError):
        return
    finally:
        loader.dispose()
    yield from _comments_between(text, position, len(text))


_BLOCK_HEADER = re.compile(r"\|[-+0-9]*")
_BLOCK_SCALARS = ("|", ">")
_BREAK = re.compile("[\r\n\x85\u2028\u2029]")


def _comments_between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    sign = text.find("#", start, end)
    while sign >= 0:
        line_break = _BREAK.search(text, sign, end)
        comment_end = line_break.start() if line_break else end
        yield sign, comment_end
        sign = text.find("#", comment_end, end)
