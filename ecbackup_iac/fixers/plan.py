"""The flow of fix: findings that fail → edits → judged again in memory → what is mended, what is left.

Nothing is written here. What is given holds only edits with which every cache passes that they are meant
for, and with which nothing else is judged otherwise.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from ecbackup_iac.files.paths import is_inside
from ecbackup_iac.fixers import fixer
from ecbackup_iac.fixers.edits import Edit, NotFixableError, SourceFiles, edited_files
from ecbackup_iac.model.inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.value import Outcome, Settled, Unknown, possible_values
from ecbackup_iac.model.verdict import Level, Rule, Status
from ecbackup_iac.remedy import is_enough
from ecbackup_iac.scan import scan

Key: TypeAlias = tuple[str, str, str, int]
"""Root, settings, address, and which of its equals: what an edit does not change."""

MAX_TRIALS = 100
"""Judgements of the tree with some of the edits, where all together do not hold."""

_NOT_TRIED = "there are too many edits that do not hold to try this one by itself"

_BY_SOURCE = "it was read from {}: mend the configuration or template that it comes from"


@record
class Fixed:
    """A cache that passes with its edits."""

    finding: Finding
    edits: tuple[Edit, ...]
    """Its own; none where the edits for others mend it as well."""


@record
class Unfixed:
    """A cache that fails, or is undecided, as before."""

    finding: Finding
    reason: str


@record
class FixResult:
    """What fix can do, and what it cannot."""

    mended: tuple[Fixed, ...]
    left: tuple[Unfixed, ...]
    before: Mapping[str, bytes]
    """What the files that change hold, by real path."""

    after: Mapping[str, bytes]
    """What they hold once they are mended."""

    report: Report
    """As the tree is judged before anything is mended."""

    @property
    def fails(self) -> bool:
        """Whether a cache is left that fails the run."""
        return any(one.finding.level is Level.ERROR for one in self.left)


def mending(  # noqa: PLR0913 - what scan takes, and the days
    paths: Sequence[str],
    policy: Policy,
    today: date,
    given: EvaluationInputs,
    days: int,
    *,
    allow_empty: bool = False,
    progress: Progress = UNWATCHED,
) -> FixResult:
    """Find the edits that set the retention of what fails under the paths to so many days.

    Raises:
        InputError: a path does not exist.
        BaselineError: the policy's baseline cannot be used.

    """
    judge = partial(scan, policy=policy, today=today, allow_empty=allow_empty, progress=progress)
    files = SourceFiles(policy.roots, policy.modules)
    judgement = _Judgement(paths, given, judge, files)
    plan = _Plan(judgement, policy, days, files)
    plan.propose()
    plan.settle()
    after = edited_files(plan.edits_of(plan.accepted), plan.files.contents)
    before = {path: plan.files.contents[path] for path in after}
    mended, left = [], []
    for key, finding in judgement.asked.items():
        if key in plan.accepted:
            mended.append(Fixed(finding, tuple(plan.proposed[key])))
        elif key in plan.reasons and judgement.passes(key, after):
            mended.append(Fixed(finding, ()))
        elif key in plan.reasons:
            left.append(Unfixed(finding, plan.reasons[key]))
    return FixResult(tuple(mended), tuple(left), before, after, judgement.report)


class _Judgement:
    """How the tree is judged: as it is, and as it would be with edits.

    Judged are the paths, and everything that the edited files are part of: what a path names may be
    shared with what it does not.
    """

    def __init__(
        self,
        paths: Sequence[str],
        given: EvaluationInputs,
        judge: Callable[..., Report],
        files: SourceFiles,
    ) -> None:
        self._paths = paths
        self._given = given
        self._judge = judge
        self._files = files
        self._folders = [os.path.realpath(path) for path in paths if os.path.isdir(path)]
        self.report = self._judged((), {})
        self.asked = _by_key(self.report.findings)
        self._before: dict[tuple[str, ...], Report] = {(): self.report}
        self._last: tuple[Mapping[str, bytes], Report] = ({}, self.report)

    def passes(self, key: Key, contents: Mapping[str, bytes]) -> bool:
        """Say whether a cache passes with files that hold this."""
        now = _by_key(self._with(contents).findings).get(key)
        return now is not None and now.verdict.status is Status.PASS

    def _with(self, contents: Mapping[str, bytes]) -> Report:
        if contents != self._last[0]:
            self._last = (contents, self._judged(self._beside(contents), contents))
        return self._last[1]

    def _without(self, files: Iterable[str]) -> Report:
        """Judge the tree as it is, together with what these files are part of."""
        beside = self._beside(files)
        if beside not in self._before:
            self._before[beside] = self._judged(beside, {})
        return self._before[beside]

    def _beside(self, files: Iterable[str]) -> tuple[str, ...]:
        """Give what has to be named beside the paths, so that all that files are part of is judged."""
        links = [link for path in files for link in self._files.links_to(path)]
        names = [*files, *links, *map(os.path.dirname, links)]
        return tuple(
            dict.fromkeys(
                name for name in names if not any(is_inside(name, one) for one in self._folders)
            )
        )

    def _judged(self, beside: Sequence[str], contents: Mapping[str, bytes]) -> Report:
        paths = (*self._paths, *map(os.path.relpath, beside))
        return self._judge(paths, given=replace(self._given, contents=contents))

    def objection(self, contents: Mapping[str, bytes], meant: Iterable[Key]) -> "_Objection | None":
        """Say what speaks against files that hold this: what is meant has to pass, no more to change."""
        before, after = self._without(tuple(contents)), self._with(contents)
        findings, meant = _by_key(after.findings), set(meant)
        short = {key: why for key in meant if (why := _shortcoming(findings.get(key)))}
        if short:
            # One that is undecided may be so because of what is done for others.
            wrong = {key: why for key, why in short.items() if _fails(findings.get(key))}
            return _Objection(next(iter((wrong or short).values())), wrong)
        others = {key: one for key, one in _by_key(before.findings).items() if key not in meant}
        told = _change(others, findings, meant) or _refusal(before, after)
        return _Objection(told) if told else None


def _fails(now: Finding | None) -> bool:
    return now is not None and now.verdict.status is Status.FAIL


@record
class _Objection:
    """What speaks against edits."""

    text: str
    wrong: Mapping[Key, str] = field(factory=dict)
    """The caches that would fail with them, whatever is done for others, and why."""


def _shortcoming(now: Finding | None) -> str | None:
    """Say why a cache is not as it is meant to be; None where it passes."""
    if now is None:
        return "the edit would make another cache of it"
    if now.verdict.status is not Status.PASS:
        return f"it would not pass then: {now.verdict.message}"
    return None


def _change(
    before: Mapping[Key, Finding], after: Mapping[Key, Finding], meant: set[Key]
) -> str | None:
    """Name a cache that would change though nobody meant to mend it."""
    for key, finding in before.items():
        now = after.get(key)
        if now is None or not _may_become(finding, now):
            return f"{_called(finding)} would change with it"
    new = next((one for key, one in after.items() if key not in before and key not in meant), None)
    return f"{_called(new)} would come to be with it" if new else None


def _refusal(before: Report, after: Report) -> str | None:
    """Tell of something that could be read before, and could not be then."""
    told = set(map(_told, before.diagnostics))
    for one in after.diagnostics:
        if one.severity is Severity.ERROR and _told(one) not in told:
            return f"the code would be refused: {one.location}: {one.message}"
    return None


class _Plan:
    """Which edits are proposed for which caches, and which of them hold."""

    def __init__(
        self, judgement: _Judgement, policy: Policy, days: int, files: SourceFiles
    ) -> None:
        self._judgement = judgement
        self._policy = policy
        self._days = days
        self.files = files
        self.proposed: dict[Key, Sequence[Edit]] = {}
        self.accepted: set[Key] = set()
        self.reasons: dict[Key, str] = {}
        self._refused: set[frozenset[tuple[Key, Edit]]] = set()

    def propose(self) -> None:
        """Ask the fixers about everything that counts and does not pass."""
        for key, finding in self._judgement.asked.items():
            if finding.suppression is not None or finding.level in (Level.NONE, Level.NOTE):
                continue
            if finding.verdict.status not in (Status.FAIL, Status.UNKNOWN):
                continue
            self._propose(key, finding, is_careful=False)

    def _propose(self, key: Key, finding: Finding, *, is_careful: bool) -> None:
        try:
            self.proposed[key] = self._edits(finding, is_careful=is_careful)
        except NotFixableError as error:
            self.reasons.setdefault(key, error.reason)

    def _edits(self, finding: Finding, *, is_careful: bool) -> Sequence[Edit]:
        resource = finding.resource
        found = fixer(resource.source)
        if found is None:
            raise NotFixableError(_BY_SOURCE.format(SOURCES[resource.source].read_from))
        if resource.location.path == "-":
            raise NotFixableError("standard input cannot be written to")
        values = _failing(finding, self._policy.minimum_days)
        edits: Sequence[Edit] = found.propose(
            resource, values, self._days, self.files, is_careful=is_careful
        )
        return edits

    def settle(self) -> None:
        """Keep what holds, all together where it does, else piece by piece; then try the careful way."""
        self._settle()
        again = [key for key in (*self.proposed, *self.reasons) if key not in self.accepted]
        if not again:
            return
        for key in dict.fromkeys(again):
            self.proposed.pop(key, None)
            self._propose(key, self._judgement.asked[key], is_careful=True)
        self._settle()

    def _settle(self) -> None:
        self._drop_contradictions()
        groups = [group for group in self._groups() if self._as_tried(group) not in self._refused]
        # Where all together do not hold, halves are tried: what is wrong is mostly a few of many.
        pending, trials = [groups], MAX_TRIALS
        while pending:
            batch = pending.pop()
            trials -= 1
            objection = self._objection([key for group in batch for key in group])
            if objection is None:
                self.accepted |= {key for group in batch for key in group}
                continue
            wrong = [group for group in batch if any(key in objection.wrong for key in group)]
            if len(batch) == 1 or trials <= 0:
                wrong = batch
            for group in wrong:
                self._refuse(group, objection, is_alone=len(batch) == 1)
            left = [group for group in batch if group not in wrong]
            half = len(left) // 2 if not wrong else 0
            pending += [part for part in (left[half:], left[:half]) if part]
        for key in self.accepted:
            self.reasons.pop(key, None)

    def _refuse(self, group: Sequence[Key], objection: _Objection, *, is_alone: bool) -> None:
        own = next((why for key in group if (why := objection.wrong.get(key))), None)
        self._refused.add(self._as_tried(group))
        for key in group:
            self.reasons[key] = own or (objection.text if is_alone else _NOT_TRIED)

    def _as_tried(self, group: Iterable[Key]) -> frozenset[tuple[Key, Edit]]:
        return frozenset((key, edit) for key in group for edit in self.proposed[key])

    def _objection(self, keys: Sequence[Key]) -> _Objection | None:
        if not keys:
            return None
        meant = [*self.accepted, *keys]
        contents = edited_files(self.edits_of(meant), self.files.contents)
        return self._judgement.objection(contents, meant)

    def edits_of(self, keys: Iterable[Key]) -> list[Edit]:
        """Give the edits of some caches, each once."""
        return [*dict.fromkeys(edit for key in keys for edit in self.proposed[key])]

    def _drop_contradictions(self) -> None:
        """Take back edits that write different things in one place."""
        edits = sorted(
            self.edits_of(self.proposed), key=lambda edit: (edit.path, edit.start, edit.end)
        )
        wrong = {
            edit
            for one, other in pairwise(edits)
            if one.path == other.path and (other.start < one.end or other.start == one.start)
            for edit in (one, other)
        }
        for key in [key for key, made in self.proposed.items() if wrong.intersection(made)]:
            if key not in self.accepted:
                del self.proposed[key]
                self.reasons[key] = "two caches ask for different edits of one place"

    def _groups(self) -> list[list[Key]]:
        """Put together the caches that share edits: they are mended together or not at all."""
        above: dict[Key, Key] = {}
        owners: dict[Edit, Key] = {}

        def top(key: Key) -> Key:
            while above[key] != key:
                key = above[key] = above[above[key]]
            return key

        for key, made in self.proposed.items():
            if key not in self.accepted:
                above[key] = key
                for edit in made:
                    above[top(owners.setdefault(edit, key))] = top(key)
        groups: dict[Key, list[Key]] = {}
        for key in above:
            groups.setdefault(top(key), []).append(key)
        return [*groups.values()]


def _failing(finding: Finding, minimum_days: int) -> list[Settled[int]]:
    """Give every value that the retention can be and that fails.

    Raises:
        NotMendableError: it is undecided, or no retention would mend it.

    """
    resource, rule = finding.resource, finding.verdict.rule
    match rule:
        case Rule.BACKUPS_UNSUPPORTED:
            raise NotFixableError("its node type cannot take backups: choose another")
        case Rule.BACKUP_WINDOW_CONFLICT:
            raise NotFixableError("its backup window has to be chosen anew")
        case Rule.RETENTION_UNKNOWN:
            raise NotFixableError(finding.verdict.message)
        case _:
            pass
    outcomes = (*map(Outcome, possible_values(resource.retention)), *resource.variants)
    values = [one.value for one in outcomes if not is_enough(one.value, minimum_days)]
    if not values:
        why = resource.retention.why if isinstance(resource.retention, Unknown) else "it is bounded"
        raise NotFixableError(f"no single value decides it: {why}")
    return values


def _by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    seen: Counter[tuple[str, str, str]] = Counter()
    found: dict[Key, Finding] = {}
    for finding in findings:
        resource = finding.resource
        name = (resource.root, resource.settings, resource.address)
        seen[name] += 1
        found[(*name, seen[name])] = finding
    return found


def _may_become(before: Finding, after: Finding) -> bool:
    """Say whether a cache that nobody meant to mend may be judged so: as it was, or better."""
    if after.verdict.status is Status.PASS and before.suppression is None:
        return before.verdict.status in (Status.FAIL, Status.UNKNOWN) or _same(before, after)
    return _same(before, after)


def _same(before: Finding, after: Finding) -> bool:
    return _judged(before) == _judged(after)


def _judged(finding: Finding) -> tuple[object, ...]:
    """Give what is said of a cache, without places."""
    resource, verdict = finding.resource, finding.verdict
    outcomes = (*possible_values(resource.retention), *(one.value for one in resource.variants))
    values = [(type(one).__name__, getattr(one, "value", None)) for one in outcomes]
    return verdict.status, verdict.rule, values, finding.suppression is None


def _called(finding: Finding) -> str:
    return f"{finding.resource.address} in {finding.resource.root}"


def _told(diagnostic: Diagnostic) -> tuple[str, str]:
    """Tell diagnostics apart without their lines, which edits move."""
    return diagnostic.location.path, diagnostic.message
