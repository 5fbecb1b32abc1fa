"""One annotated text → its suppressions, each with the code that it is at."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import assert_never

from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record, record, replace
from ecbackup_iac.model.report import Suppression, SuppressionKind
from ecbackup_iac.suppressions.comment_lines import commented_out, lines_of
from ecbackup_iac.suppressions.directives import own_suppression
from ecbackup_iac.suppressions.inline import InlineSuppression, Scope
from ecbackup_iac.suppressions.metadata import suppressions_in
from ecbackup_iac.suppressions.other_tools import other_suppressions
from ecbackup_iac.syntax.comments import CodeBlock, Comment, CommentedText

_COMMENTED_OUT = "it is commented out"
_EMPTY = CommentedText("", (), (), lambda _start, _end: Location(""), is_bytes=True)


@record
class Extent:
    """A part of a text, by offsets; the end is exclusive."""

    start: int
    end: int


@changing_record
class LocatedSuppression:
    """A suppression in the code, with the block that it is in or at."""

    suppression: InlineSuppression
    kind: SuppressionKind
    locate: Callable[[], Location]
    """Returns where it is written. Called only for what is reported: it is slow for a long line."""

    block: str = ""
    """What declares the block, as in CodeBlock.name; empty where there is none."""

    block_start: int = -1
    block_location: Location | None = None
    entries: tuple[Extent, ...] = ()
    """The entries of a call's maps and lists that it is in or at, the innermost first."""

    is_used: bool = False
    """It covers a finding of this run."""

    @property
    def reported(self) -> Suppression:
        """The suppression as a finding carries it."""
        inline = self.suppression
        return Suppression(self.kind, inline.reason, self.locate(), inline.expires)


class AnnotatedFile:
    """One text with its suppressions, those in comments in the order of the text."""

    def __init__(self, text: AnnotatedText) -> None:
        self.path = text.path
        self.is_evaluated = text.is_evaluated
        self._text = _EMPTY
        self.metadata: dict[Location, list[LocatedSuppression]] = {}
        """The suppressions in the metadata of a template's resources, by the resource."""

        is_terraform = False
        match text.syntax:
            case Syntax.HCL | Syntax.TERRAFORM_JSON:
                self._read_configuration(text)
                is_terraform = True
            case Syntax.TEMPLATE:
                self._read_template(text)
            case _:
                assert_never(text.syntax)
        comments_and_suppressions = [*self._in_comments(is_terraform=is_terraform)]
        self._comments = [comment for comment, _ in comments_and_suppressions]
        self._located = [located for _, located in comments_and_suppressions]
        self._starts = [comment.start for comment in self._comments]
        self._above = _indices_by(comment.above for comment in self._comments)
        self._after = _indices_by(comment.after for comment in self._comments)
        self._owned = _indices_by(comment.owner for comment in self._comments)
        # Sorted, because comments are in the order of the code that they are below.
        self._below = [
            (comment.below, index)
            for index, comment in enumerate(self._comments)
            if comment.below is not None
        ]
        self.for_file = [
            located for located in self._located if located.suppression.scope is Scope.FILE
        ]
        """The suppressions that are for the whole file."""

        self._near: dict[tuple[Extent, Scope], list[LocatedSuppression]] = {}
        self._of_entries = [located for located in self._located if located.entries]
        """The suppressions in or at an entry of a map or a list."""

        self._entries_of_caches: set[Extent] = set()
        """The entries from which a cache gets its values."""

        self._by_entry: dict[Extent, list[LocatedSuppression]] | None = None

    def suppressions(self) -> Iterator[LocatedSuppression]:
        """Yield every suppression of the text."""
        for located in self.metadata.values():
            yield from located
        yield from self._located

    def extent(self, location: Location) -> Extent | None:
        """Return the part of the text that a location is about; None where no comment suppresses anything."""
        if location.line is None or location.column is None or not self._comments:
            return None
        start = self._text.lines.offset(location.line, location.column)
        if location.end_line is None or location.end_column is None:
            return Extent(start, start)
        return Extent(start, self._text.lines.offset(location.end_line, location.end_column))

    def blocks_of(self, extent: Extent) -> Iterator[Extent]:
        """Yield the blocks that an extent is in, or is the head of, the innermost first."""
        for block in self._text.blocks_at(extent.start):
            yield Extent(block.start, block.end)

    def near(self, extent: Extent, scope: Scope) -> list[LocatedSuppression]:
        """Return the suppressions of a scope in the comments in or at an extent.

        Kept, because thousands of caches can share one block.
        """
        key = (extent, scope)
        if key not in self._near:
            indices = self._comments_in(extent) if scope is Scope.BLOCK else self._at(extent)
            nearby = (self._located[index] for index in sorted(indices))
            self._near[key] = [
                located
                for located in nearby
                if located.suppression.scope is scope
                and not located.entries
                # A comment in an inner block is about that block only.
                and located.block_start <= extent.start
            ]
        return self._near[key]

    def mark_entries(self, location: Location) -> None:
        """Record that a cache gets a value from the entries around a location."""
        if self._of_entries:
            self._entries_of_caches.update(self._entries_at(location))

    def at_entries(self, location: Location) -> Iterator[list[LocatedSuppression]]:
        """Yield the suppressions of the entries that a location is in.

        Each is for the innermost entry around it from which a cache gets a value.
        """
        if self._by_entry is None:
            self._by_entry = {}
            for located in self._of_entries:
                entry = next(
                    (entry for entry in located.entries if entry in self._entries_of_caches), None
                )
                if entry is not None:
                    self._by_entry.setdefault(entry, []).append(located)
        if self._by_entry:
            entries = self._entries_at(location)
            yield from (self._by_entry[entry] for entry in entries if entry in self._by_entry)

    def _entries_at(self, location: Location) -> Iterator[Extent]:
        if location.line is not None and location.column is not None:
            offset = self._text.lines.offset(location.line, location.column)
            yield from (Extent(*entry) for entry in self._text.entries_at(offset))

    def _entries_of(self, comment: Comment) -> tuple[Extent, ...]:
        offset = comment.start if comment.above is None else comment.above
        if comment.after is not None:
            offset = comment.after - 1
            while self._text.text[offset] in ", \t":
                offset -= 1
        return tuple(Extent(*entry) for entry in self._text.entries_at(offset))

    def _comments_in(self, extent: Extent) -> set[int]:
        """Return the comments inside an extent or at it, by index."""
        indices = self._at(extent)
        first, last = (bisect_left(self._starts, offset) for offset in (extent.start, extent.end))
        indices.update(index for index in range(first, last) if self._comments[index].owner is None)
        column = self._text.column(extent.start)
        first = bisect_left(self._below, (extent.start, -1))
        last = bisect_right(self._below, (extent.end, len(self._comments)))
        indices.update(
            index
            for _, index in self._below[first:last]
            if self._text.column(self._comments[index].start) > column
        )
        return indices

    def _at(self, extent: Extent) -> set[int]:
        """Return the comments directly above an extent, on its first line or after its end, by index."""
        indices = {
            *self._above.get(extent.start, ()),
            *self._after.get(extent.end, ()),
            *self._owned.get(extent.start, ()),
        }
        line = self._text.lines.line(extent.start)
        first = bisect_left(self._starts, extent.start)
        for index in range(first, len(self._comments)):
            comment = self._comments[index]
            if comment.start >= extent.end or self._text.lines.line(comment.start) != line:
                break
            if comment.owner is None:
                indices.add(index)
        return indices

    def _read_configuration(self, text: AnnotatedText) -> None:
        from ecbackup_iac.hcl.source import SourceFile
        from ecbackup_iac.terraform.files.comments import commented_hcl, commented_json

        source = SourceFile(text.path, text.content)
        read = commented_hcl if text.syntax is Syntax.HCL else commented_json
        self._text = read(source)

    def _read_template(self, text: AnnotatedText) -> None:
        from ecbackup_iac.cloudformation.syntax.comments import (
            annotated_documents,
            commented_yaml,
            resource_metadata,
        )

        documents = annotated_documents(text.content, text.path)
        for metadata in resource_metadata(documents):
            located = [
                LocatedSuppression(
                    suppression,
                    SuppressionKind.METADATA,
                    partial(metadata.source.location_of, node),
                    metadata.type,
                    block_location=metadata.resource,
                )
                for suppression, node in suppressions_in(metadata.node)
            ]
            if located:
                self.metadata[metadata.resource] = located
        if documents and isinstance(documents[0].source.text, str):
            self._text = commented_yaml(documents[0].source.text, text.path, documents)

    def _in_comments(self, *, is_terraform: bool) -> Iterator[tuple[Comment, LocatedSuppression]]:
        """Yield the suppressions in comments, each with its comment and the block that it is in or at."""
        text = self._text
        locations: dict[int, Location] = {}
        not_code = commented_out(text.comments)
        for comment in text.comments:
            for suppression, start, end in _suppressions_in(
                comment, text, is_terraform=is_terraform
            ):
                if start in not_code and suppression.scope is not Scope.FILE:
                    suppression = replace(suppression, problem=_COMMENTED_OUT)  # noqa: PLW2901
                located = LocatedSuppression(
                    suppression, SuppressionKind.COMMENT, partial(text.locate, start, end)
                )
                located.entries = self._entries_of(comment)
                if block := self._block_at(comment):
                    if block.start not in locations:
                        locations[block.start] = text.locate(block.start, block.end)
                    located.block, located.block_start = block.name, block.start
                    located.block_location = locations[block.start]
                yield comment, located

    def _block_at(self, comment: Comment) -> CodeBlock | None:
        for offset in (comment.above, comment.after, comment.owner):
            if offset is not None:
                return self._text.block_at(offset)
        if comment.below is not None:
            block = self._text.block_at(comment.below)
            column = self._text.column
            is_deeper = block is not None and column(comment.start) > column(block.start)
            return block if is_deeper else None
        return self._text.block_at(comment.start)


def _indices_by(offsets: Iterable[int | None]) -> dict[int, list[int]]:
    indices: dict[int, list[int]] = {}
    for index, offset in enumerate(offsets):
        if offset is not None:
            indices.setdefault(offset, []).append(index)
    return indices


def _suppressions_in(
    comment: Comment, text: CommentedText, *, is_terraform: bool
) -> Iterator[tuple[InlineSuppression, int, int]]:
    """Yield what a comment suppresses, line by line, each with its offsets."""
    for line in lines_of(comment):
        line_text = text.readable(line.text) if comment.owner is None else line.text
        directive = own_suppression(line_text)
        if directive and line.is_nested:
            directive = replace(directive, problem=_COMMENTED_OUT)
        suppressions = [directive] if directive else []
        suppressions += other_suppressions(
            line_text, is_head=comment.is_head, is_terraform=is_terraform
        )
        # The text of a JSON property has its escapes resolved, so its lines have no offsets.
        is_property = comment.owner is not None
        start, end = line.start, line.start + len(line.text)
        extent = (comment.start, comment.end) if is_property else (start, end)
        yield from ((suppression, *extent) for suppression in suppressions)
