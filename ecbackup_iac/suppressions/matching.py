"""Findings and the suppressions that stand in the code → findings that carry why they do not count."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ecbackup_iac.model.annotated_text import MarkedText
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.inputs import Given
from ecbackup_iac.model.location import Location, is_downloaded
from ecbackup_iac.model.policy import IgnoreMode
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Severity, Suppression
from ecbackup_iac.model.verdict import Rule, Status
from ecbackup_iac.suppressions.annotated_file import Placed, Sheet
from ecbackup_iac.suppressions.inline import Ignore, Scope
from ecbackup_iac.suppressions.other_tools import describes

MOST_TOLD = 20
"""Suppressions of one file that are told because they are of no use; more are counted."""


def apply_ignores(
    findings: Sequence[Finding],
    texts: Iterable[MarkedText],
    mode: IgnoreMode,
    on: date,
    given: Given,
) -> tuple[list[Finding], list[Diagnostic]]:
    """Mark what comments and metadata cover; tell of those that do not count or cover nothing."""
    sheets = _sheets(texts)
    if not sheets:
        return [*findings], []
    workspace = given.workspace or given.environment.get("TF_WORKSPACE") or ""
    matching = _Matching(sheets, mode, on, workspace)
    marked = [matching.marked(finding) for finding in findings]
    judged = _Judged(findings, given)
    told = [one for sheet in sheets.values() for one in _told(sheet, matching, judged)]
    return marked, told


def _sheets(texts: Iterable[MarkedText]) -> dict[str, Sheet]:
    """Read every text that may hold a suppression, each once."""
    found: dict[str, MarkedText] = {}
    for text in texts:
        if not is_downloaded(text.path) and (text.path not in found or text.is_whole):
            found[text.path] = text
    return {path: Sheet(text) for path, text in found.items()}


_WRONG = (Status.FAIL, Status.UNKNOWN)


def _places(resource: CacheResource) -> tuple[Location, ...]:
    """Give where a suppression of a cache can stand, the nearest first."""
    block = () if resource.block is None else (resource.block,)
    return (resource.location, *block, *reversed(resource.calls))


class _Matching:
    """Which suppressions cover which findings."""

    def __init__(
        self, sheets: Mapping[str, Sheet], mode: IgnoreMode, on: date, workspace: str
    ) -> None:
        self._sheets = sheets
        self._mode = mode
        self._on = on
        self._workspace = workspace
        # By the identity of a sheet's list, which stays as it is while the sheet does.
        self._chosen: dict[tuple[int, Rule | None], list[Placed]] = {}

    def marked(self, finding: Finding) -> Finding:
        """Give the finding with what covers it: ours before others, the nearer before the farther."""
        if finding.verdict.status not in _WRONG:
            return finding
        covering = [
            one
            for candidates in self._candidates(finding.resource)
            for one in self._covering(candidates, finding.verdict.rule)
        ]
        if not covering:
            return finding
        chosen = next((one for one in covering if one.ignore.is_own), covering[0])
        ignore = chosen.ignore
        suppression = Suppression(chosen.kind, ignore.reason, chosen.place(), ignore.expires)
        return replace(finding, suppression=suppression)

    def is_asked(self, placed: Placed) -> bool:
        """Say whether suppressions of its kind are looked at."""
        return self._mode is IgnoreMode.ALL or not placed.ignore.is_foreign_form

    def problem(self, placed: Placed) -> str:
        """Say why a suppression does not count; nothing where it does."""
        ignore = placed.ignore
        if ignore.problem:
            return f"{ignore.written} does not count: {ignore.problem}"
        if ignore.expires is not None and ignore.expires < self._on:
            last = f"{ignore.written} counted until {ignore.expires}"
            return f"{last} and no longer does{_because(ignore)}"
        return ""

    def is_for_another_workspace(self, placed: Placed) -> bool:
        """Say whether a suppression is for a workspace, and this run is not."""
        workspace = placed.ignore.workspace
        return bool(workspace) and not describes(workspace, self._workspace)

    def _covering(self, candidates: list[Placed], rule: Rule | None) -> list[Placed]:
        """Give those that cover a rule, the first of ours and of others alone; all of them are used."""
        key = (id(candidates), rule)
        if key not in self._chosen:
            covering = [one for one in candidates if self._covers(one, rule)]
            for one in covering:
                one.is_used = True
            own = [one for one in covering if one.ignore.is_own]
            self._chosen[key] = [*own[:1], *covering[:1]]
        return self._chosen[key]

    def _covers(self, placed: Placed, rule: Rule | None) -> bool:
        return (
            (not placed.ignore.rules or rule in placed.ignore.rules)
            and self.is_asked(placed)
            and not self.problem(placed)
            and not self.is_for_another_workspace(placed)
        )

    def _candidates(self, resource: CacheResource) -> Iterator[list[Placed]]:
        """Yield lists of what stands at a cache, at its attribute, or at a module call that leads to it."""
        for number, place in enumerate(_places(resource)):
            sheet = self._sheets.get(place.path)
            if sheet is None:
                continue
            if place is resource.block:
                yield sheet.metadata_of(place)
                yield sheet.for_file()
            extent = sheet.extent(place)
            if extent is None:
                continue
            if not number:
                yield sheet.near(extent, Scope.LINE)
            yield sheet.near(extent, Scope.HEAD)
            block = sheet.block_of(extent)
            for one in (extent,) if block is None else (extent, block):
                yield sheet.near(one, Scope.BLOCK)


class _Judged:
    """Which blocks were judged in this run, so that what covers nothing there is of no use."""

    def __init__(self, findings: Iterable[Finding], given: Given) -> None:
        self._blocks: set[tuple[str, int | None, int | None]] = set()
        for finding in findings:
            resource = finding.resource
            for place in (*resource.calls, *(() if resource.block is None else (resource.block,))):
                self._blocks.add((place.path, place.line, place.column))
        # With other values, of another environment, another cache may fail.
        self._is_partial = bool(given.variables or given.parameters or given.workspace)

    def why_unused(self, placed: Placed) -> str:
        """Say why a suppression that covers nothing is of no use; nothing where that is not certain."""
        place = placed.block_place
        if place is not None and (place.path, place.line, place.column) in self._blocks:
            if self._is_partial:
                return ""
            return "matches no finding that fails or is undecided"
        if _may_make_cache(placed.block):
            return ""
        return "stands at no cache, and at no module call that leads to one"


_MAKER = re.compile(
    r"module |resource \w+_elasticache_(?:cache_)?(?:cluster|replication_group|serverless_cache) "
    r"|AWS::ElastiCache::(?:CacheCluster|ReplicationGroup|ServerlessCache$|.*\{)"
)


def _may_make_cache(block: str) -> bool:
    """Say whether a block may declare a cache that does not exist with the values of this run."""
    return _MAKER.match(block) is not None


def _told(sheet: Sheet, matching: _Matching, judged: _Judged) -> Iterator[Diagnostic]:
    """Yield what does not count, and what covers nothing; beyond some of one file, how many."""
    told = 0
    last: Placed | None = None
    for placed in sheet.placed():
        if placed.is_used or not matching.is_asked(placed):
            continue
        message, is_detail = _message(placed, sheet, matching, judged)
        if not message:
            continue
        told += 1
        last = placed
        if told <= MOST_TOLD:
            yield Diagnostic(message, placed.place(), Severity.WARNING, is_detail=is_detail)
    if last is not None and told > MOST_TOLD:
        text = f"{told - MOST_TOLD} more suppressions of this file do not count or match nothing"
        yield Diagnostic(text, Location(sheet.path), Severity.WARNING)


def _message(
    placed: Placed, sheet: Sheet, matching: _Matching, judged: _Judged
) -> tuple[str, bool]:
    """Say what is to be told of a suppression that covers nothing, and whether as a detail."""
    problem = matching.problem(placed)
    if problem:
        return problem, False
    ignore = placed.ignore
    if not sheet.is_whole or ignore.is_blanket or matching.is_for_another_workspace(placed):
        return "", False
    why = judged.why_unused(placed)
    told = f"{ignore.written} {why}{_because(ignore)}" if why else ""
    return told, not ignore.is_own


def _because(ignore: Ignore) -> str:
    """Give the reason, where it says more than how the suppression is written."""
    return "" if ignore.reason.startswith(ignore.written) else f": {ignore.reason}"
