"""Contents of edited files → the report with them, and the reason to reject the edits, if any."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from ecbackup_iac.files.paths import is_inside
from ecbackup_iac.fixers.bisection import Objection
from ecbackup_iac.fixers.edits import SourceFiles
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.value import possible_values
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.model.written_path import relative_path

Key: TypeAlias = tuple[str, str, str, int]
"""A cache, by what edits do not change: root, settings, address, and the number among equal ones."""


class Recheck:
    """Reports of the tree: as it is, and as it would be with edits.

    A file below the paths may be shared with roots outside them: these are checked, too.
    """

    def __init__(
        self,
        paths: Sequence[str],
        inputs: EvaluationInputs,
        check: Callable[..., Report],
        files: SourceFiles,
    ) -> None:
        self._paths = paths
        self._inputs = inputs
        self._check = check
        self._files = files
        self._folders = [os.path.realpath(path) for path in paths if os.path.isdir(path)]
        self.report = self._report((), {})
        self.findings = _by_key(self.report.findings)
        self._unedited: dict[tuple[str, ...], Report] = {(): self.report}
        self._last: tuple[Mapping[str, bytes], Report] = ({}, self.report)

    def passes(self, key: Key, contents: Mapping[str, bytes]) -> bool:
        """Whether a cache passes with files that have these contents."""
        finding = _by_key(self._edited(contents).findings).get(key)
        return finding is not None and finding.verdict.status is Status.PASS

    def objection(
        self, contents: Mapping[str, bytes], intended: Iterable[Key]
    ) -> Objection[Key] | None:
        """Return the objection to the edits: an intended cache does not pass, or another changes."""
        before, after = self._before(tuple(contents)), self._edited(contents)
        findings, intended = _by_key(after.findings), set(intended)
        not_passing = {key: why for key in intended if (why := _why_not_passing(findings.get(key)))}
        if not_passing:
            # A cache may be unknown only because of the edits for others.
            failing = {
                key: why
                for key, why in not_passing.items()
                if key in findings and findings[key].verdict.status is Status.FAIL
            }
            return Objection(next(iter((failing or not_passing).values())), failing)
        others = {
            key: finding for key, finding in _by_key(before.findings).items() if key not in intended
        }
        text = _change(others, findings, intended) or _rejection(before, after)
        return Objection(text) if text else None

    def _edited(self, contents: Mapping[str, bytes]) -> Report:
        if contents != self._last[0]:
            self._last = (contents, self._report(self._paths_beside(contents), contents))
        return self._last[1]

    def _before(self, files: Iterable[str]) -> Report:
        beside = self._paths_beside(files)
        if beside not in self._unedited:
            self._unedited[beside] = self._report(beside, {})
        return self._unedited[beside]

    def _paths_beside(self, files: Iterable[str]) -> tuple[str, ...]:
        """Return the paths to check too, so that everything that the files are part of is checked."""
        links = [link for path in files for link in self._files.links_to(path)]
        names = dict.fromkeys([*files, *links, *map(os.path.dirname, links)])
        return tuple(
            name for name in names if not any(is_inside(name, folder) for folder in self._folders)
        )

    def _report(self, beside: Sequence[str], contents: Mapping[str, bytes]) -> Report:
        paths = (*self._paths, *map(relative_path, beside))
        return self._check(paths, inputs=replace(self._inputs, contents=contents))


def _by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    counts: Counter[tuple[str, str, str]] = Counter()
    by_key: dict[Key, Finding] = {}
    for finding in findings:
        resource = finding.resource
        name = (resource.root, resource.settings_label, resource.address)
        counts[name] += 1
        by_key[(*name, counts[name])] = finding
    return by_key


def _why_not_passing(finding: Finding | None) -> str | None:
    """Return why a cache that is to pass does not; None where it does."""
    if finding is None:
        return "the cache would no longer exist with the edit"
    if finding.verdict.status is not Status.PASS:
        return f"it would still not pass: {finding.verdict.message}"
    return None


def _change(
    before: Mapping[Key, Finding], after: Mapping[Key, Finding], intended: set[Key]
) -> str | None:
    """Return a message that names a cache that would change, though no edit is intended for it."""
    for key, finding in before.items():
        changed = after.get(key)
        if changed is None or not _may_change_to(finding, changed):
            return f"the edit would also change {_name(finding)}"
    for key, finding in after.items():
        if key not in before and key not in intended:
            return f"the edit would create {_name(finding)}"
    return None


def _rejection(before: Report, after: Report) -> str | None:
    """Return a message about an error that only the edited files have."""
    known = set(map(_without_line, before.diagnostics))
    for diagnostic in after.diagnostics:
        if diagnostic.severity is Severity.ERROR and _without_line(diagnostic) not in known:
            return f"the edited code would be rejected: {diagnostic.location}: {diagnostic.message}"
    return None


def _may_change_to(before: Finding, after: Finding) -> bool:
    """Whether a cache that no edit is intended for may get this verdict: the same, or a pass."""
    if after.verdict.status is Status.PASS and before.suppression is None:
        was_open = before.verdict.status in (Status.FAIL, Status.UNKNOWN)
        return was_open or _comparable(before) == _comparable(after)
    return _comparable(before) == _comparable(after)


def _comparable(finding: Finding) -> tuple[object, ...]:
    """Return what is compared of a finding: no locations."""
    resource, verdict = finding.resource, finding.verdict
    variants = (variant.value for variant in resource.variants)
    values = [
        (type(value).__name__, getattr(value, "value", None))
        for value in (*possible_values(resource.retention), *variants)
    ]
    return verdict.status, verdict.rule, values, finding.suppression is None


def _name(finding: Finding) -> str:
    return f"{finding.resource.address} in {finding.resource.root}"


def _without_line(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return what identifies a diagnostic; edits move its line."""
    return diagnostic.location.path, diagnostic.message
