"""Findings and a baseline → the entries that cover them, and those that cover nothing any more."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from ecbackup_iac.files.paths import contains, display_path_of
from ecbackup_iac.model.baseline import AcceptedFinding, Baseline, FindingKey
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Severity, Suppression, SuppressionKind
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.model.written_path import composed, relative_path

USUAL_REASON = "accepted when the baseline was made"

MAX_NAMED = 3
"""Entries that a warning names; it counts the others."""


class BaselineSuppressions:
    """The entries of a baseline."""

    def __init__(self, baseline: Baseline, paths: Sequence[str]) -> None:
        """`paths` were evaluated: an entry of another root is never stale."""
        self._baseline = baseline
        self._paths = paths
        self._used: set[int] = set()
        """The numbers of the entries that cover a finding of this run."""

    def covering(self, findings: Sequence[Finding]) -> list[Suppression | None]:
        """Return the entry of each finding, in order."""
        # Of two entries with one key the first counts, and the second is never used.
        entries = [*enumerate(self._baseline.entries)]
        by_key = {entry.key: (number, entry) for number, entry in reversed(entries)}
        covering: list[Suppression | None] = [None] * len(findings)
        for index, key in _keys(findings, self._baseline.folder).items():
            if key in by_key:
                number, entry = by_key[key]
                self._used.add(number)
                covering[index] = Suppression(
                    SuppressionKind.BASELINE, entry.reason, entry.location
                )
        return covering

    def stale(self) -> list[AcceptedFinding]:
        """Return the entries that cover nothing, of the roots under the paths."""
        folder = self._baseline.folder
        return [
            entry
            for number, entry in enumerate(self._baseline.entries)
            if number not in self._used and _is_under(entry.key.root, folder, self._paths)
        ]

    def warnings(self) -> list[Diagnostic]:
        """Return one warning that names the stale entries."""
        return stale_warnings(self._baseline, self.stale())


def stale_entries(
    findings: Iterable[Finding], baseline: Baseline, paths: Sequence[str]
) -> list[AcceptedFinding]:
    """Return the entries that match no finding, of the roots under the paths that were evaluated."""
    entries = BaselineSuppressions(baseline, paths)
    entries.covering([*findings])
    return entries.stale()


def folder_of(path: str) -> str:
    """Return the folder that the roots in a baseline file are relative to: absolute, links resolved."""
    return os.path.realpath(os.path.dirname(path) or ".")


def baseline_of(findings: Iterable[Finding], path: str, reason: str, today: date) -> Baseline:
    """Return a baseline for a file of this path: what fails or is unknown, and is not suppressed."""
    findings, display_path, folder = [*findings], display_path_of(path), folder_of(path)
    accepted = [
        AcceptedFinding(key, _unicode(reason), today, Location(display_path))
        for index, key in _keys(findings, folder).items()
        if findings[index].suppression is None
    ]
    return Baseline(display_path, folder, tuple(accepted))


def not_acceptable(findings: Iterable[Finding]) -> list[CacheResource]:
    """Return the caches that no baseline can accept: another run may number their hidden keys otherwise."""
    return [
        finding.resource
        for finding in findings
        if finding.resource.has_hidden_key
        and finding.verdict.status in (Status.FAIL, Status.UNKNOWN)
        and finding.suppression is None
    ]


def stale_warnings(baseline: Baseline, stale: Sequence[AcceptedFinding]) -> list[Diagnostic]:
    """Return one warning that names the entries that match no finding; none where there are none."""
    if not stale:
        return []
    entry_names = [
        f"{entry.key.address} ({entry.key.rule} in {_shown_root(entry.key.root, baseline.folder)})"
        for entry in stale[:MAX_NAMED]
    ]
    if len(stale) > MAX_NAMED:
        entry_names.append(f"and {len(stale) - MAX_NAMED} more")
    subject = (
        "1 entry no longer matches" if len(stale) == 1 else f"{len(stale)} entries no longer match"
    )
    text = (
        f"{subject} any finding: {', '.join(entry_names)}; "
        f"ecbackup-iac baseline --update {baseline.path} prunes {'it' if len(stale) == 1 else 'them'}"
    )
    return [Diagnostic(text, Location(baseline.path), Severity.WARNING, is_shown_when_quiet=True)]


def pruned(baseline: Baseline, stale: Sequence[AcceptedFinding]) -> Baseline:
    """Return the baseline without these entries; the others do not change."""
    removed = {id(entry) for entry in stale}
    kept = tuple(entry for entry in baseline.entries if id(entry) not in removed)
    return replace(baseline, entries=kept)


def _keys(findings: Sequence[Finding], folder: str) -> dict[int, FindingKey]:
    """Return the key of every finding that fails or is unknown, by its index."""
    keys: dict[int, FindingKey] = {}
    roots: dict[str, str] = {}
    seen: Counter[FindingKey] = Counter()
    for index, finding in sorted(enumerate(findings), key=lambda pair: pair[1].order):
        resource, verdict = finding.resource, finding.verdict
        if verdict.status not in (Status.FAIL, Status.UNKNOWN) or verdict.rule is None:
            continue
        if resource.has_hidden_key:
            continue
        root = roots.get(resource.root)
        if root is None:
            root = roots[resource.root] = _root(resource.root, folder)
        key = FindingKey(
            root, _unicode(resource.settings_label), _unicode(resource.address), verdict.rule
        )
        seen[key] += 1
        keys[index] = replace(key, occurrence=seen[key])
    return keys


def _root(root: str, folder: str) -> str:
    """Return a root relative to the baseline's folder; a stream, whose name differs each time, is "-"."""
    if root == STANDARD_INPUT or is_stream(root):
        return STANDARD_INPUT
    return _unicode(relative_path(os.path.realpath(root), folder))


def _shown_root(root: str, folder: str) -> str:
    return root if root == STANDARD_INPUT else display_path_of(os.path.join(folder, root))


def _is_under(root: str, folder: str, paths: Sequence[str]) -> bool:
    """Whether a root is one of the paths, or is under one: then all of its caches were evaluated."""
    if root == STANDARD_INPUT:
        return any(path == STANDARD_INPUT or is_stream(path) for path in paths)
    root_path = os.path.join(folder, root)
    return any(path != STANDARD_INPUT and contains(path, root_path) for path in paths)


def _unicode(text: str) -> str:
    """Return text that a file can contain: composed, and half a surrogate pair becomes its escape."""
    return composed(text.encode("utf-8", "backslashreplace").decode())
