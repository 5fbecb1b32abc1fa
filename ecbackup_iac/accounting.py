"""Cache blocks, findings and absent caches → absent caches of the report, and errors.

A cache block that was read ends as a finding, as an absent cache, or as an error. This is the step that
compares the three with what the files declare, so that no block is lost on the way.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, CacheBlock, Diagnostic, ReadResult, Severity

MAX_REASONS = 3
"""Reasons that are shown for a block that several roots do not create."""

Identity: TypeAlias = tuple[Location, str]


def account_for_blocks(
    results: Sequence[ReadResult],
) -> tuple[tuple[AbsentCache, ...], tuple[Diagnostic, ...]]:
    """Return the absent caches, one for each block, and an error for each block that nothing mentions."""
    created = _created(resource for result in results for resource in result.resources)
    absent = _absent((entry for result in results for entry in result.absent), created)
    blocks = {
        _identity(block.location, block.address): block
        for result in results
        for block in result.blocks
    }
    errors = _Errors(diagnostic for result in results for diagnostic in result.diagnostics)
    missing = (
        block
        for identity, block in blocks.items()
        if identity not in created and identity not in absent and not errors.cover(block.location)
    )
    return (
        tuple(sorted(absent.values(), key=lambda entry: entry.order)),
        tuple(map(_not_evaluated, missing)),
    )


def _identity(location: Location, address: str) -> Identity:
    """Return what identifies a block: its location, or its address where it has no line of its own."""
    return (location, address if location.line is None else "")


def _created(resources: Iterable[CacheResource]) -> set[Identity]:
    """Return the blocks that a root creates a cache from."""
    return {
        _identity(block, resource.address)
        for resource in resources
        for block in (resource.block, *resource.overrides)
        if block is not None
    }


def _absent(entries: Iterable[AbsentCache], created: set[Identity]) -> dict[Identity, AbsentCache]:
    """Return one entry for each block that no root creates, with the reasons of all roots.

    An entry counts whether or not its block is in a file that was checked: the module of a root that was
    checked may be elsewhere.
    """
    by_block: dict[Identity, list[AbsentCache]] = defaultdict(list)
    for entry in entries:
        identity = _identity(entry.location, entry.address)
        if identity not in created:
            by_block[identity].append(entry)
    return {identity: _merged(group) for identity, group in by_block.items()}


def _merged(entries: Iterable[AbsentCache]) -> AbsentCache:
    ordered = sorted(entries, key=lambda entry: (entry.root, entry.address, entry.reason))
    reasons = list(dict.fromkeys(entry.reason for entry in ordered))
    if len(reasons) > MAX_REASONS:
        reasons[MAX_REASONS:] = [f"{len(reasons) - MAX_REASONS} more"]
    return replace(ordered[0], reason="; ".join(reasons))


def _not_evaluated(block: CacheBlock) -> Diagnostic:
    text = f"{block.address} was not evaluated: no evaluated root reaches it"
    return Diagnostic(text, block.location)


class _Errors:
    """The lines of the errors, by file."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self._lines: dict[str, list[int]] = defaultdict(list)
        for diagnostic in diagnostics:
            if diagnostic.severity is Severity.ERROR:
                # An error without a line is about the whole file; 0 comes before every line.
                location = diagnostic.location
                self._lines[location.path].append(location.line or 0)
        for lines in self._lines.values():
            lines.sort()

    def cover(self, block: Location) -> bool:
        """Whether an error is about the block's file as a whole, or about a line of the block."""
        lines = self._lines.get(block.path)
        if not lines:
            return False
        if lines[0] == 0 or block.line is None:
            return True
        first = bisect_left(lines, block.line)
        return first < len(lines) and lines[first] <= (block.end_line or block.line)
