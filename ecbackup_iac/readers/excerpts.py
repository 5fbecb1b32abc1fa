"""Findings → the lines that they and their traces stand on, read again, inside the boundary.

Nothing is shown but what a place covers: whatever else stands on its lines may be a password.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.files.discovery import STANDARD_INPUT, boundary_of, is_stream
from ecbackup_iac.model.excerpt import Excerpt, SourceLine
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Finding
from ecbackup_iac.model.value import Known
from ecbackup_iac.syntax.encoding import to_utf8
from ecbackup_iac.terraform.modules.folders import Folders

MAX_LINES = 12
"""Of one place."""

MAX_LINE_LENGTH = 120
"""Characters of a line; as many as a step of a trace has."""

# What two programs would count as the ends of lines in different ways.
_ODD_LINE_ENDS = re.compile("\r(?!\n)|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INDENTATION = re.compile(r"[ \t]*(?:- +)?")
_PUNCTUATION = " \t,:;{}[]()"
_MORE = "…"


def excerpts_of(
    findings: Iterable[Finding], paths: Sequence[str], contents: Mapping[str, bytes]
) -> tuple[Excerpt, ...]:
    """Give what stands at every place of the findings, as far as it may be shown; in order.

    `contents` is what files are taken to hold, by real path, whatever the disk says.
    """
    wanted = _Wanted(findings)
    files = _Files(paths, contents)
    found = []
    for path, places in wanted.by_path():
        lines = files.lines(path)
        found += [
            excerpt for place in places if (excerpt := wanted.excerpt(place, lines)) is not None
        ]
    return tuple(found)


class _Wanted:
    """The places of findings, and what of them must stay hidden."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._places: dict[Location, Location | None] = {}
        """Place → the head of the block it belongs to."""
        self._whole: dict[Location, str] = {}
        """A cache's own place, of which more than the first line is shown → the name it begins with."""
        self._secret: set[Location] = set()
        for finding in findings:
            self._add(finding)
        self._hidden = {(place.path, line) for place in self._secret for line in _lines_of(place)}

    def _add(self, finding: Finding) -> None:
        resource = finding.resource
        trace = resource.retention.trace
        is_hidden = isinstance(resource.retention, Known) and resource.retention.sensitive
        for step in trace:
            self._places.setdefault(step.location, None)
            if step.is_secret:
                is_hidden = True
                self._secret.add(step.location)
        self._places[resource.location] = resource.block
        if not is_hidden:
            self._whole[resource.location] = resource.retention_name.rpartition(".")[2]

    def by_path(self) -> Iterator[tuple[str, list[Location]]]:
        """Yield the places that have an end, file by file."""
        grouped: dict[str, list[Location]] = {}
        for place in sorted(self._places, key=_order):
            if _has_ends(place):
                grouped.setdefault(place.path, []).append(place)
        yield from grouped.items()

    def excerpt(self, place: Location, lines: Sequence[str]) -> Excerpt | None:
        """Give what stands at a place; None where nothing may be shown, or the file is another by now."""
        numbers = _lines_of(place)
        if numbers.stop > len(lines) + 1:
            return None
        shown = [_cut(number, lines[number - 1], place) for number in numbers[:MAX_LINES]]
        # The values beside the one that is meant, in a map of several, are nobody's business.
        name = self._whole.get(place)
        if name is None or not shown[0].text[shown[0].start :].lstrip("\"'").startswith(name):
            shown = shown[:1]
        if any((place.path, line.number) in self._hidden for line in shown):
            return None
        if not any(line.end > line.start for line in shown):
            return None
        left_out = len(numbers) - len(shown)
        head = self._places[place]
        if head is not None and head.line is not None and head.path == place.path:
            shown = [*_head(head, lines, before=numbers.start), *shown]
        return Excerpt(place, tuple(shown), left_out)


def _order(place: Location) -> tuple[tuple[str, int, int], int, int]:
    return (place.order, place.end_line or 0, place.end_column or 0)


def _has_ends(place: Location) -> bool:
    return None not in (place.line, place.column, place.end_line, place.end_column)


def _lines_of(place: Location) -> range:
    """Give the numbers of a place's lines; an end at the start of a line does not reach into it."""
    if place.line is None:
        return range(0)
    end = place.end_line or place.line
    if end > place.line and place.end_column == 1:
        end -= 1
    return range(place.line, end + 1)


def _cut(number: int, line: str, place: Location) -> SourceLine:
    """Show what of a line belongs to a place, and that there is more."""
    start = (place.column or 1) - 1 if number == place.line else 0
    end = len(line)
    if number == place.end_line and place.end_column is not None:
        end = min(end, place.end_column - 1)
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
    """Yield the first line of a block, where it only opens the block."""
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
        """Give a file's lines; none where it is no text that can be read."""
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
