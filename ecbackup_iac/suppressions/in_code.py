"""Findings and all annotated texts of a run → the suppression in the code of each finding, and warnings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ecbackup_iac.model.annotated_text import AnnotatedText
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location, is_downloaded
from ecbackup_iac.model.policy import SuppressionMode
from ecbackup_iac.model.report import Diagnostic, Finding, Severity, Suppression
from ecbackup_iac.model.value import possible_values
from ecbackup_iac.model.verdict import Rule, Status
from ecbackup_iac.suppressions.annotated_file import AnnotatedFile, LocatedSuppression
from ecbackup_iac.suppressions.inline import InlineSuppression, Scope, has_expired
from ecbackup_iac.suppressions.other_tools import is_match

MAX_WARNINGS = 20
"""Suppressions of one file that each have a warning because they are of no use; more are counted."""

# What may declare a cache that does not exist with the values of this run, by what CodeBlock.name says.
_CACHE_BLOCK = re.compile(
    r"module |resource \w+_elasticache_(?:cache_)?(?:cluster|replication_group|serverless_cache) "
    r"|AWS::ElastiCache::(?:CacheCluster|ReplicationGroup|ServerlessCache$|.*\{)"
)


class CodeSuppressions:
    """The suppressions in comments and metadata: this program's own, and those of other tools."""

    def __init__(
        self,
        texts: Iterable[AnnotatedText],
        mode: SuppressionMode,
        today: date,
        inputs: EvaluationInputs,
    ) -> None:
        self._files = _files(texts)
        self._mode = mode
        self._today = today
        self._workspace = inputs.workspace or inputs.environment.get("TF_WORKSPACE") or ""
        # With values of one environment only: in another, another cache may fail.
        self._has_values = bool(inputs.variables or inputs.parameters or inputs.workspace)
        self._evaluated: set[tuple[str, int | None, int | None]] = set()

    def covering(self, findings: Sequence[Finding]) -> list[Suppression | None]:
        """Return what covers each finding: our own before other tools', the nearest before the farthest."""
        if not self._files:
            return [None] * len(findings)
        for finding in findings:
            resource = finding.resource
            calls = (call.location for call in resource.calls)
            blocks = (*calls, *(() if resource.block is None else (resource.block,)))
            self._evaluated.update((block.path, block.line, block.column) for block in blocks)
            for location in _value_locations(finding):
                if location.path in self._files:
                    self._files[location.path].mark_entries(location)
        return [self._covering(finding) for finding in findings]

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield a warning for what has no effect or covers nothing, up to a number for each file."""
        for file in self._files.values():
            count = 0
            for located in file.suppressions():
                if located.is_used or not self._is_enabled(located):
                    continue
                message, is_detail = self._warning(located, is_evaluated=file.is_evaluated)
                if not message:
                    continue
                count += 1
                if count <= MAX_WARNINGS:
                    location = located.locate()
                    yield Diagnostic(message, location, Severity.WARNING, is_detail=is_detail)
            if count > MAX_WARNINGS:
                text = f"{count - MAX_WARNINGS} more suppressions in this file have no effect"
                yield Diagnostic(text, Location(file.path), Severity.WARNING)

    def _covering(self, finding: Finding) -> Suppression | None:
        """Return what covers a finding; None where nothing does, or it does not fail."""
        if finding.verdict.status not in (Status.FAIL, Status.UNKNOWN):
            return None
        covering = [
            located
            for candidates in self._candidates(finding)
            for located in candidates
            if self._covers(located, finding.verdict.rule)
        ]
        if not covering:
            return None
        for located in covering:
            located.is_used = True
        own_suppressions = (located for located in covering if located.suppression.is_own)
        return next(own_suppressions, covering[0]).reported

    def _candidates(self, finding: Finding) -> Iterator[list[LocatedSuppression]]:
        """Yield the suppressions at the cache, at what breaks its rule and at what leads to it."""
        resource = finding.resource
        for location in _value_locations(finding):
            if location.path in self._files:
                yield from self._files[location.path].at_entries(location)
        for location in _suppressible_locations(finding):
            file = self._files.get(location.path)
            if file is None:
                continue
            if location is resource.block:
                yield file.metadata.get(location, [])
            if location is resource.block or location in resource.unit_locations:
                yield file.for_file
            extent = file.extent(location)
            if extent is None:
                continue
            if location == finding.location:
                yield file.near(extent, Scope.LINE)
            yield file.near(extent, Scope.HEAD)
            yield file.near(extent, Scope.BLOCK)
            # What decides may be one of many values in a block of Terragrunt.
            for block in () if location in resource.unit_locations else file.blocks_of(extent):
                yield file.near(block, Scope.BLOCK)

    def _covers(self, located: LocatedSuppression, rule: Rule | None) -> bool:
        suppression = located.suppression
        return (
            (not suppression.rules or rule in suppression.rules)
            and self._is_enabled(located)
            and not self._problem(located)
            and not self._is_for_another_workspace(suppression)
        )

    def _is_enabled(self, located: LocatedSuppression) -> bool:
        """Whether the policy allows suppressions of this form."""
        return self._mode is SuppressionMode.ALL or not located.suppression.is_foreign_form

    def _problem(self, located: LocatedSuppression) -> str:
        """Return why a suppression has no effect; empty where it has."""
        suppression = located.suppression
        if suppression.problem:
            return f"{suppression.directive} has no effect: {suppression.problem}"
        if has_expired(suppression.expires, self._today):
            last = f"{suppression.directive} applied until {suppression.expires}"
            return f"{last} and no longer does{_reason_of(suppression)}"
        return ""

    def _is_for_another_workspace(self, suppression: InlineSuppression) -> bool:
        return bool(suppression.workspace) and not is_match(suppression.workspace, self._workspace)

    def _warning(self, located: LocatedSuppression, *, is_evaluated: bool) -> tuple[str, bool]:
        """Return the warning about a suppression that covers nothing, and whether it is a detail."""
        problem = self._problem(located)
        if problem:
            return problem, False
        suppression = located.suppression
        if (
            not is_evaluated
            or suppression.is_blanket
            or self._is_for_another_workspace(suppression)
        ):
            return "", False
        why = self._why_unused(located)
        text = f"{suppression.directive} {why}{_reason_of(suppression)}" if why else ""
        return text, not suppression.is_own

    def _why_unused(self, located: LocatedSuppression) -> str:
        """Return why a suppression that covers nothing is of no use; empty where that is not certain."""
        block = located.block_location
        if block is not None and (block.path, block.line, block.column) in self._evaluated:
            return "" if self._has_values else "matches no finding that fails or is unknown"
        if _CACHE_BLOCK.match(located.block):
            return ""
        return "is not at a cache, nor at a module call or stack that creates one"


def _files(texts: Iterable[AnnotatedText]) -> dict[str, AnnotatedFile]:
    """Return every text that may contain a suppression, each read once."""
    texts_by_path: dict[str, AnnotatedText] = {}
    for text in texts:
        if not is_downloaded(text.path) and (text.path not in texts_by_path or text.is_evaluated):
            texts_by_path[text.path] = text
    return {path: AnnotatedFile(text) for path, text in texts_by_path.items()}


def _suppressible_locations(finding: Finding) -> tuple[Location, ...]:
    """Return where a suppression of a finding can be, the nearest first."""
    resource = finding.resource
    block = () if resource.block is None else (resource.block,)
    calls = (call.location for call in reversed(resource.calls))
    return (finding.location, *block, *calls, *resource.unit_locations)


def _value_locations(finding: Finding) -> tuple[Location, ...]:
    """Return where the values and keys are written that lead to a finding."""
    resource = finding.resource
    values = (resource.retention, *possible_values(resource.retention))
    traces = (finding.trace, *(value.trace for value in values))
    steps = (step.location for trace in traces for step in trace)
    return tuple(dict.fromkeys((finding.location, *steps, *resource.for_each_entries)))


def _reason_of(suppression: InlineSuppression) -> str:
    """Return the reason, where it says more than the directive itself."""
    return "" if suppression.reason.startswith(suppression.directive) else f": {suppression.reason}"
