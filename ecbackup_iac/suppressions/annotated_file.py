"""A text that may hold suppressions → each of them, and what it stands at."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import changing_record, record, replace
from ecbackup_iac.model.report import SuppressionKind
from ecbackup_iac.suppressions.comment_lines import commented_out, lines_of
from ecbackup_iac.suppressions.directives import own_ignore
from ecbackup_iac.suppressions.inline import InlineSuppression, Scope
from ecbackup_iac.suppressions.metadata import metadata_ignores
from ecbackup_iac.suppressions.other_tools import foreign_ignores
from ecbackup_iac.syntax.comments import CodeBlock, Comment, CommentedText

_WORDS = ("ecbackup", ":skip=", ":ignore", "kics-scan")
_COMMENTED_OUT = "it is commented out"
_NOTHING = CommentedText("", (), (), lambda _start, _end: Location(""), is_bytes=True)


@record
class Extent:
    """From where to where something is written, by offsets; the end exclusive."""

    start: int
    end: int


@changing_record
class Placed:
    """A suppression of one text."""

    ignore: InlineSuppression
    kind: SuppressionKind
    place: Callable[[], Location]
    """Where it stands; asked for where somebody is told, because a long line makes it dear."""

    block: str = ""
    """What declares the block that it stands at; empty where it stands at none."""

    block_place: Location | None = None
    is_used: bool = False


@record(eq=False)
class _Comment:
    """A suppression in a comment."""

    remark: Comment
    placed: Placed


class AnnotatedFile:
    """One text with its suppressions, those in comments in the order in which they stand."""

    def __init__(self, marked: AnnotatedText) -> None:
        self.path = marked.path
        self.is_whole = marked.is_whole
        self._text = _NOTHING
        self._nothing: list[Placed] = []
        self._metadata: dict[Location, list[Placed]] = {}
        if marked.syntax is Syntax.TEMPLATE:
            self._read_template(marked)
        else:
            self._read_configuration(marked)
        self._comments = list(self._commented(is_terraform=marked.syntax is not Syntax.TEMPLATE))
        self._starts = [one.remark.start for one in self._comments]
        self._above = self._by(remark.above for remark in self._remarks())
        self._behind = self._by(remark.behind for remark in self._remarks())
        self._owned = self._by(remark.owner for remark in self._remarks())
        # In order, because code ends in the order in which it stands.
        self._below = [
            (remark.below, index)
            for index, remark in enumerate(self._remarks())
            if remark.below is not None
        ]
        self._whole_file = [
            one.placed for one in self._comments if one.placed.ignore.scope is Scope.FILE
        ]
        self._cached: dict[tuple[Extent, Scope], list[Placed]] = {}

    def placed(self) -> Iterator[Placed]:
        """Yield every suppression of the text."""
        for found in self._metadata.values():
            yield from found
        for one in self._comments:
            yield one.placed

    def metadata_of(self, resource: Location) -> list[Placed]:
        """Give the suppressions in the metadata of a template's resource."""
        return self._metadata.get(resource, self._nothing)

    def for_file(self) -> list[Placed]:
        """Give the suppressions that are for the whole file."""
        return self._whole_file

    def extent(self, place: Location) -> Extent | None:
        """Give the extent of a place in this text."""
        if place.line is None or place.column is None or not self._comments:
            return None
        start = self._text.offset(place.line, place.column)
        if place.end_line is None or place.end_column is None:
            return Extent(start, start)
        return Extent(start, self._text.offset(place.end_line, place.end_column))

    def block_of(self, extent: Extent) -> Extent | None:
        """Give the block that an extent lies in, or that it is the head of."""
        block = self._text.block_at(extent.start)
        return Extent(block.start, block.end) if block else None

    def near(self, extent: Extent, scope: Scope) -> list[Placed]:
        """Give the suppressions in comments of a scope that stand in an extent, or at it."""
        key = (extent, scope)
        if key not in self._cached:
            indices = self._in(extent) if scope is Scope.BLOCK else self._at(extent)
            found = [self._comments[index].placed for index in sorted(indices)]
            self._cached[key] = [one for one in found if one.ignore.scope is scope]
        return self._cached[key]

    def _in(self, extent: Extent) -> set[int]:
        """Find what stands inside an extent, or at it."""
        found = self._at(extent)
        first, last = (bisect_left(self._starts, at) for at in (extent.start, extent.end))
        found.update(
            index for index in range(first, last) if self._comments[index].remark.owner is None
        )
        column = self._text.column(extent.start)
        first = bisect_left(self._below, (extent.start, -1))
        last = bisect_right(self._below, (extent.end, len(self._comments)))
        found.update(
            index for _, index in self._below[first:last] if self._column_of(index) > column
        )
        return found

    def _at(self, extent: Extent) -> set[int]:
        """Find what stands directly above an extent, on its first line or behind its end."""
        found = {
            *self._above.get(extent.start, ()),
            *self._behind.get(extent.end, ()),
            *self._owned.get(extent.start, ()),
        }
        line = self._text.line(extent.start)
        first = bisect_left(self._starts, extent.start)
        for index in range(first, len(self._comments)):
            remark = self._comments[index].remark
            if remark.start >= extent.end or self._text.line(remark.start) != line:
                break
            if remark.owner is None:
                found.add(index)
        return found

    def _remarks(self) -> Iterator[Comment]:
        return (one.remark for one in self._comments)

    def _column_of(self, index: int) -> int:
        return self._text.column(self._comments[index].remark.start)

    @staticmethod
    def _by(keys: Iterable[int | None]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for index, key in enumerate(keys):
            if key is not None:
                found.setdefault(key, []).append(index)
        return found

    def _read_configuration(self, marked: AnnotatedText) -> None:
        from ecbackup_iac.hcl.source import SourceFile
        from ecbackup_iac.terraform.modules.comments import remarked_hcl, remarked_json

        source = SourceFile(marked.path, marked.content)
        read = remarked_hcl if marked.syntax is Syntax.HCL else remarked_json
        self._text = read(source)

    def _read_template(self, marked: AnnotatedText) -> None:
        from ecbackup_iac.cloudformation.syntax.comments import commented_yaml, resource_metadata
        from ecbackup_iac.cloudformation.syntax.files import documents_in

        documents, _ = documents_in(marked.content, marked.path)
        for found in resource_metadata(documents):
            placed = [
                Placed(
                    ignore,
                    SuppressionKind.METADATA,
                    partial(found.source.location_of, node),
                    found.kind,
                    found.resource,
                )
                for ignore, node in metadata_ignores(found.node)
            ]
            if placed:
                self._metadata[found.resource] = placed
        if documents and isinstance(documents[0].source.text, str):
            self._text = commented_yaml(documents[0].source.text, marked.path, documents)

    def _commented(self, *, is_terraform: bool) -> Iterator[_Comment]:
        text = self._text
        places: dict[int, Location] = {}
        not_code = commented_out(text.remarks)
        for remark in text.remarks:
            for found, start, end in _ignores_in(remark, text, is_terraform=is_terraform):
                is_out = start in not_code and found.scope is not Scope.FILE
                ignore = replace(found, problem=_COMMENTED_OUT) if is_out else found
                block = self._block_at(remark)
                placed = Placed(ignore, SuppressionKind.COMMENT, partial(text.locate, start, end))
                if block is not None:
                    if block.start not in places:
                        places[block.start] = text.locate(block.start, block.end)
                    placed.block, placed.block_place = block.name, places[block.start]
                yield _Comment(remark, placed)

    def _block_at(self, remark: Comment) -> CodeBlock | None:
        """Give the block that a comment stands in, or at."""
        for at in (remark.above, remark.behind, remark.owner):
            if at is not None:
                return self._text.block_at(at)
        if remark.below is not None:
            block = self._text.block_at(remark.below)
            column = self._text.column
            is_deeper = block is not None and column(remark.start) > column(block.start)
            return block if is_deeper else None
        return self._text.block_at(remark.start)


def _ignores_in(
    remark: Comment, text: CommentedText, *, is_terraform: bool
) -> Iterator[tuple[InlineSuppression, int, int]]:
    """Yield what a comment suppresses, line by line, each with its place."""
    for line in lines_of(remark):
        start, bare = line.start, line.text
        lowered = bare.lower()
        if not any(word in lowered for word in _WORDS):
            continue
        shown = text.readable(bare) if remark.owner is None else bare
        own = own_ignore(shown)
        if own and line.is_twofold:
            own = replace(own, problem=_COMMENTED_OUT)
        found = [own] if own else []
        found += foreign_ignores(shown, is_head=remark.is_head, is_terraform=is_terraform)
        has_escapes = remark.owner is not None
        place = (remark.start, remark.end) if has_escapes else (start, start + len(bare))
        yield from ((ignore, *place) for ignore in found)
