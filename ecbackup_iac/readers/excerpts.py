"""Findings → the source lines of their locations and traces, inside the boundary.

Only the text of a location is shown: the rest of its lines may contain a password.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.files.paths import boundary_of
from ecbackup_iac.model.excerpt import Excerpt, SourceLine
from ecbackup_iac.model.location import STANDARD_INPUT, Location, is_stream
from ecbackup_iac.model.report import Diagnostic, Finding
from ecbackup_iac.syntax.encoding import to_utf8
from ecbackup_iac.terraform.files.folders import Folders

MAX_LINES = 12
"""Lines of one location that are shown."""

MAX_LINE_LENGTH = 120
"""Characters of a line; as many as a trace step has."""

# Line breaks that programs count differently.
_ODD_LINE_ENDS = re.compile("\r(?!\n)|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INDENTATION = re.compile(r"[ \t]*(?:- +)?")
_PUNCTUATION = " \t,:;{}[]()"
_MORE = "…"


def excerpts_of(
    findings: Iterable[Finding], paths: Sequence[str], contents: Mapping[str, bytes]
) -> tuple[Excerpt, ...]:
    """Return the source of every location of the findings, as far as it may be shown; in order.

    `contents` overrides the contents of files on disk, by real path.
    """
    shown = _ShownLocations(findings)
    files = _Files(paths, contents)
    excerpts: list[Excerpt] = []
    for path, locations in shown.by_path():
        lines = files.lines(path)
        excerpts += [
            excerpt
            for location in locations
            if (excerpt := shown.excerpt(location, lines)) is not None
        ]
    return tuple(excerpts)


class _ShownLocations:
    """The locations of findings, and those that must stay hidden."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._locations: dict[Location, Location | None] = {}
        """Location → the head of the block it belongs to."""
        self._whole: dict[Location, str] = {}
        """A cache's own location, shown in full → the name it begins with."""
        self._secret: set[Location] = set()
        self._partial: dict[Location, str] = {}
        """The location of a step with neighbours → the part of it that may be shown."""
        for finding in findings:
            self._add(finding)
        self._hidden = {
            (location.path, line) for location in self._secret for line in _lines_of(location)
        }

    def _add(self, finding: Finding) -> None:
        resource = finding.resource
        is_hidden = False
        related = resource.maintenance_window.trace if finding.related else ()
        for step in (*resource.retention.trace, *finding.trace, *related):
            self._locations.setdefault(step.location, None)
            if step.is_partial:
                self._partial[step.location] = step.text
            if step.is_secret:
                is_hidden = True
                self._secret.add(step.location)
        self._locations[finding.location] = resource.block
        self._locations.update((location, resource.block) for location, _ in finding.related)
        if not is_hidden and finding.location == resource.location:
            self._whole[resource.location] = resource.retention_name.rpartition(".")[2]

    def by_path(self) -> Iterator[tuple[str, list[Location]]]:
        """Yield the locations that have an end, file by file."""
        grouped: dict[str, list[Location]] = {}
        for location in sorted(self._locations, key=_order):
            if None not in (location.line, location.column, location.end_line, location.end_column):
                grouped.setdefault(location.path, []).append(location)
        yield from grouped.items()

    def excerpt(self, location: Location, lines: Sequence[str]) -> Excerpt | None:
        """Return the source at a location; None if it must not be shown or the file has changed."""
        numbers = _lines_of(location)
        if numbers.stop > len(lines) + 1:
            return None
        shown = [_cut(number, lines[number - 1], location) for number in numbers[:MAX_LINES]]
        # Other values in a map are not shown.
        name = self._whole.get(location)
        part = self._partial.get(location)
        if (
            part is not None
            or name is None
            or not shown[0].text[shown[0].start :].lstrip("\"'").startswith(name)
        ):
            shown = shown[:1]
        if any((location.path, line.number) in self._hidden for line in shown):
            return None
        if part is not None and not part.startswith(shown[0].text[shown[0].start : shown[0].end]):
            return None
        if not any(line.end > line.start for line in shown):
            return None
        left_out = len(numbers) - len(shown)
        head = self._locations[location]
        if head is not None and head.line is not None and head.path == location.path:
            shown = [*_head(head, lines, before=numbers.start), *shown]
        return Excerpt(location, tuple(shown), left_out)


def _order(location: Location) -> tuple[tuple[str, int, int], int, int]:
    return (location.order, location.end_line or 0, location.end_column or 0)


def _lines_of(location: Location) -> range:
    """Return the numbers of a location's lines; a line is not included if the end is at its start."""
    if location.line is None:
        return range(0)
    end = location.end_line or location.line
    if end > location.line and location.end_column == 1:
        end -= 1
    return range(location.line, end + 1)


def _cut(number: int, line: str, location: Location) -> SourceLine:
    """Return the part of a line that belongs to a location, and marks of what is left out."""
    start = (location.column or 1) - 1 if number == location.line else 0
    end = len(line)
    if number == location.end_line and location.end_column is not None:
        end = min(end, location.end_column - 1)
    before, meant, after = line[:start], line[start:end].rstrip(), line[end:]
    blank = _INDENTATION.match(line[: start or None])
    indentation = blank[0] if blank else ""
    if start == 0:
        meant = meant[len(indentation) :]
    lead = (
        indentation
        if not before[len(indentation) :].strip(_PUNCTUATION)
        else f"{indentation}{_MORE} "
    )
    rest = after if not after.strip(_PUNCTUATION) else f" {_MORE}"
    if len(meant) > MAX_LINE_LENGTH:
        meant, rest = meant[:MAX_LINE_LENGTH], _MORE
    return SourceLine(number, (lead + meant + rest).rstrip(), len(lead), len(lead + meant))


def _head(block: Location, lines: Sequence[str], *, before: int) -> Iterator[SourceLine]:
    """Yield the first line of a block, if it only opens the block."""
    number = block.line or 0
    if not 0 < number < before:
        return
    line = lines[number - 1].rstrip()
    opened = line.strip()
    opens = (opened.endswith("{") and opened.count("{") == 1) or (
        opened.endswith(":") and opened.count(":") == 1
    )
    if opens and len(line) <= MAX_LINE_LENGTH:
        yield SourceLine(number, line)


class _Files:
    """The files of a run, each read once."""

    def __init__(self, paths: Sequence[str], contents: Mapping[str, bytes]) -> None:
        files = (path for path in paths if path != STANDARD_INPUT and not is_stream(path))
        boundaries = dict.fromkeys(map(boundary_of, files))
        self._trees = [Folders(boundary, contents) for boundary in boundaries]

    def lines(self, path: str) -> list[str]:
        """Return a file's lines; none if it is not readable text."""
        absolute = os.path.realpath(path)
        for tree in self._trees:
            if tree.is_inside(absolute):
                content = tree.content(absolute)
                return [] if isinstance(content, Diagnostic) else _lines(content)
        return []


def _lines(content: bytes) -> list[str]:
    try:
        text = to_utf8(content).decode()
    except UnicodeDecodeError:
        return []
    if _ODD_LINE_ENDS.search(text):
        return []
    return [line.removesuffix("\r") for line in text.split("\n")]
