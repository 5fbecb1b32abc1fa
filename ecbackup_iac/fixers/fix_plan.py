"""Findings that fail → edits, checked again in memory → what is fixed and what is not.

Nothing is written here. The result contains only edits with which every cache passes that they are intended
for, and with which no other verdict changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from ecbackup_iac.fixers import fixer
from ecbackup_iac.fixers.bisection import Objection, bisect_accepted
from ecbackup_iac.fixers.edits import Edit, NotFixableError, SourceFiles, edited_files
from ecbackup_iac.fixers.recheck import Key, Recheck
from ecbackup_iac.fixers.traces import Traces
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Origin
from ecbackup_iac.model.policy import Policy, Requirements
from ecbackup_iac.model.progress import NO_PROGRESS, Progress
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Finding, Report
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.value import Outcome, PossibleValue, Unknown, possible_values
from ecbackup_iac.model.verdict import Level, Rule, Status
from ecbackup_iac.remedy.advice import days_instead_of, is_enough
from ecbackup_iac.scan import scan

_NOT_IN_CODE = "it was read from {}: change the code that manages it"


@record
class Fixed:
    """A cache that passes with its edits."""

    finding: Finding
    edits: tuple[Edit, ...]
    """Its own; none where the edits for others fix it too."""


@record
class Unfixed:
    """A cache that fails, or is unknown, as before."""

    finding: Finding
    reason: str


@record
class FixResult:
    """What fix can do, and what it cannot."""

    fixed: tuple[Fixed, ...]
    unfixed: tuple[Unfixed, ...]
    before: Mapping[str, bytes]
    """The contents of the files that change, by real path."""

    after: Mapping[str, bytes]
    """Their contents with the edits."""

    edits: tuple[Edit, ...]
    """All of them, each once."""

    report: Report
    """The report on the tree before any edit."""

    @property
    def fails(self) -> bool:
        """Whether a cache that fails the run is not fixed."""
        return any(unfixed.finding.level is Level.ERROR for unfixed in self.unfixed)


def plan_fixes(  # noqa: PLR0913 - what scan takes, and the days
    paths: Sequence[str],
    policy: Policy,
    today: date,
    inputs: EvaluationInputs,
    days: int | None,
    *,
    allow_empty: bool = False,
    progress: Progress = NO_PROGRESS,
) -> FixResult:
    """Return the edits that set the retention of failing caches under the paths to this many days.

    Without a number it is the policy's, and the maximum instead of a retention above that.

    Raises:
        InputError: a path does not exist.
        BaselineError: the policy's baseline cannot be used.

    """
    check = partial(scan, policy=policy, today=today, allow_empty=allow_empty, progress=progress)
    files = SourceFiles(paths)
    recheck = Recheck(paths, inputs, check, files)
    resources = [finding.resource for finding in recheck.report.findings]
    files.shared, files.traces = SharedCode(resources), Traces(resources)
    plan = _Plan(recheck, policy.requirements, days, files)
    plan.propose()
    plan.accept_edits()
    edits = tuple(plan.edits_of(plan.accepted))
    after = edited_files(edits, files.contents)
    before = {path: files.contents[path] for path in after}
    fixed, unfixed = [], []
    for key, finding in recheck.findings.items():
        if key in plan.accepted:
            fixed.append(Fixed(finding, tuple(plan.proposed[key])))
        elif key in plan.reasons and recheck.passes(key, after):
            fixed.append(Fixed(finding, ()))
        elif key in plan.reasons:
            unfixed.append(Unfixed(finding, plan.reasons[key]))
    return FixResult(tuple(fixed), tuple(unfixed), before, after, edits, recheck.report)


class _Plan:
    """The edits that are proposed for each cache, and the caches whose edits are accepted."""

    def __init__(
        self, recheck: Recheck, requirements: Requirements, days: int | None, files: SourceFiles
    ) -> None:
        self._recheck = recheck
        self._requirements = requirements
        self._days = days
        self._files = files
        self.proposed: dict[Key, Sequence[Edit]] = {}
        self.accepted: set[Key] = set()
        self.reasons: dict[Key, str] = {}

    def propose(self) -> None:
        """Propose edits for every cache that does not pass and is not suppressed."""
        for key, finding in self._recheck.findings.items():
            if finding.suppression is not None or finding.level in (Level.NONE, Level.NOTE):
                continue
            if finding.verdict.status in (Status.FAIL, Status.UNKNOWN):
                self._propose(key, finding, is_careful=False)

    def _propose(self, key: Key, finding: Finding, *, is_careful: bool) -> None:
        try:
            self.proposed[key] = self._edits(finding, is_careful=is_careful)
        except NotFixableError as error:
            self.reasons.setdefault(key, error.reason)

    def _edits(self, finding: Finding, *, is_careful: bool) -> Sequence[Edit]:
        resource = finding.resource
        source_fixer = fixer(resource.source)
        if source_fixer is None:
            raise NotFixableError(_NOT_IN_CODE.format(SOURCES[resource.source].read_from))
        if resource.location.origin is Origin.STANDARD_INPUT:
            raise NotFixableError("standard input cannot be written to")
        if resource.generator:
            raise NotFixableError(f"{resource.location.path} is generated by {resource.generator}")
        values = _failing(finding, self._requirements.minimum_days)
        edits: dict[Edit, None] = {}
        for value in values:
            days = self._days or days_instead_of(value, self._requirements)
            proposed = source_fixer.propose(
                resource, value, days, self._files, is_careful=is_careful
            )
            edits |= dict.fromkeys(proposed)
        return [*edits]

    def accept_edits(self) -> None:
        """Accept the edits that the check allows; then try the careful edits for the caches that remain."""
        self._accept_proposed()
        remaining = [key for key in (*self.proposed, *self.reasons) if key not in self.accepted]
        if not remaining:
            return
        for key in dict.fromkeys(remaining):
            self.proposed.pop(key, None)
            self._propose(key, self._recheck.findings[key], is_careful=True)
        self._accept_proposed()

    def _accept_proposed(self) -> None:
        self._drop_contradictions()
        bisection = bisect_accepted(self._groups(), self._objection)
        self.accepted.update(key for group in bisection.accepted for key in group)
        for group, reason in bisection.rejected:
            self.reasons.update(dict.fromkeys(group, reason))
        for key in self.accepted:
            self.reasons.pop(key, None)

    def _objection(self, keys: Sequence[Key]) -> Objection[Key] | None:
        intended = [*self.accepted, *keys]
        contents = edited_files(self.edits_of(intended), self._files.contents)
        return self._recheck.objection(contents, intended)

    def edits_of(self, keys: Iterable[Key]) -> list[Edit]:
        """Return the edits of some caches, each once."""
        return [*dict.fromkeys(edit for key in keys for edit in self.proposed[key])]

    def _drop_contradictions(self) -> None:
        """Withdraw edits that write different things to the same range."""
        edits = sorted(
            self.edits_of(self.proposed), key=lambda edit: (edit.path, edit.start, edit.end)
        )
        contradictory = {
            edit
            for first, second in pairwise(edits)
            if first.path == second.path
            and (second.start < first.end or second.start == first.start)
            for edit in (first, second)
        }
        for key, proposed in [*self.proposed.items()]:
            if key not in self.accepted and contradictory.intersection(proposed):
                del self.proposed[key]
                self.reasons[key] = "two caches need different edits at the same location"

    def _groups(self) -> list[list[Key]]:
        """Return the caches in groups that share edits: a group is fixed together or not at all."""
        parents: dict[Key, Key] = {}
        owners: dict[Edit, Key] = {}

        def top(key: Key) -> Key:
            while parents[key] != key:
                key = parents[key] = parents[parents[key]]
            return key

        for key, edits in self.proposed.items():
            if key not in self.accepted:
                parents[key] = key
                for edit in edits:
                    parents[top(owners.setdefault(edit, key))] = top(key)
        groups: dict[Key, list[Key]] = {}
        for key in parents:
            groups.setdefault(top(key), []).append(key)
        return [*groups.values()]


def _failing(finding: Finding, minimum_days: int) -> list[PossibleValue[int]]:
    """Return every possible value of the retention that fails.

    Raises:
        NotFixableError: the retention is unknown, or no retention would fix the cache.

    """
    resource, rule = finding.resource, finding.verdict.rule
    match rule:
        case Rule.BACKUPS_UNSUPPORTED:
            raise NotFixableError("fix does not change node types")
        case Rule.BACKUP_WINDOW_CONFLICT:
            raise NotFixableError("fix does not change backup windows")
        case Rule.RETENTION_UNKNOWN:
            raise NotFixableError(finding.verdict.message)
        case _:
            pass
    outcomes = (*map(Outcome, possible_values(resource.retention)), *resource.variants)
    values = [outcome.value for outcome in outcomes if not is_enough(outcome.value, minimum_days)]
    if not values:
        why = (
            resource.retention.why
            if isinstance(resource.retention, Unknown)
            else "only its bounds are known"
        )
        raise NotFixableError(f"no single value determines it: {why}")
    return values
