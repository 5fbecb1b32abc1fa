"""Findings ↔ the baseline file: what was accepted when it was made does not count, what is new does.

pydantic checks the file; the models below are the file's format and nothing else knows them.
"""

import json
import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ecbackup_iac.errors import BaselineError
from ecbackup_iac.files.bounded_read import MAX_TEXT_BYTES, bounded_content, larger_than
from ecbackup_iac.files.paths import holds, shown_path
from ecbackup_iac.model.baseline import AcceptedFinding, Baseline, FindingKey
from ecbackup_iac.model.location import STANDARD_INPUT, Location, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import (
    Diagnostic,
    Finding,
    Severity,
    Suppression,
    SuppressionKind,
)
from ecbackup_iac.model.verdict import Rule, Status
from ecbackup_iac.syntax.encoding import to_utf8
from ecbackup_iac.syntax.located_json import JsonNode, parse

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SCHEMA_VERSION = 1
USUAL_REASON = "accepted when the baseline was made"

_NAMED = 3
"""Entries that a warning names; it counts the others."""

_TOLD = 10
"""Problems of a file that are told; a file that is none of ours has thousands."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BaselineEntry(_Strict):
    """One finding that is accepted."""

    root: str
    address: str
    settings: str = ""
    rule: Rule
    occurrence: Annotated[int, Field(ge=1)] = 1
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    accepted: date


class BaselineFile(_Strict):
    """The whole of `.ecbackup-baseline.json`."""

    schema_version: Literal[1]
    findings: list[BaselineEntry]


def read_baseline(path: str) -> Baseline:
    """Read a baseline file.

    Raises:
        BaselineError: it cannot be read, is no JSON, or is no baseline.

    """
    shown = shown_path(path)
    if os.path.exists(path) and not (os.path.isfile(path) or is_stream(path)):
        raise BaselineError(f"{shown}: it is no regular file")
    try:
        written = bounded_content(path, MAX_TEXT_BYTES)
        if written is None:
            raise BaselineError(f"{shown}: not read: {larger_than(MAX_TEXT_BYTES)}")
        content = to_utf8(written)
        content.decode()
    except OSError as error:
        raise BaselineError(f"{shown}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BaselineError(f"{shown}: not UTF-8 text") from error
    tree, problems = parse(content)
    lines = _Lines(shown, content, tree)
    for problem, start, _ in problems:
        raise BaselineError(f"{lines.at(start)}: {problem[:1].lower()}{problem[1:]}")
    try:
        file = BaselineFile.model_validate_json(content)
    except ValidationError as error:
        told = [_problem(detail, lines) for detail in error.errors(include_url=False)]
        first, *more = told[:_TOLD]
        if len(told) > _TOLD:
            more.append(f"{shown}: and {len(told) - _TOLD} more")
        raise BaselineError(first, more=more) from error
    entries = (
        AcceptedFinding(_key_of(entry), entry.reason, entry.accepted, lines.of(("findings", index)))
        for index, entry in enumerate(file.findings)
    )
    return Baseline(shown, folder_of(path), tuple(entries))


def folder_of(path: str) -> str:
    """Give the folder that the roots in a baseline file count from: absolute, links resolved."""
    return os.path.realpath(os.path.dirname(path) or ".")


def baseline_of(findings: Iterable[Finding], path: str, reason: str, on: date) -> Baseline:
    """Accept, for a file of this path, what fails or is undecided and is not suppressed otherwise."""
    findings, shown, folder = [*findings], shown_path(path), folder_of(path)
    accepted = [
        AcceptedFinding(key, _unicode(reason), on, Location(shown))
        for index, key in _keys(findings, folder).items()
        if findings[index].suppression is None
    ]
    return Baseline(shown, folder, tuple(accepted))


def baseline_text(baseline: Baseline) -> str:
    """Write a baseline as a file: sorted, one entry a line, in ASCII."""
    lines = [
        json.dumps(_written(entry))
        for entry in sorted(baseline.entries, key=lambda entry: entry.key.order)
    ]
    findings = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
    return f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "findings": {findings}\n}}\n'


def apply_baseline(findings: Iterable[Finding], baseline: Baseline) -> list[Finding]:
    """Mark what the baseline has; what is suppressed already stays as it is."""
    findings = [*findings]
    entries = {entry.key: entry for entry in reversed(baseline.entries)}
    for index, key in _keys(findings, baseline.folder).items():
        entry = entries.get(key)
        if entry is not None and findings[index].suppression is None:
            suppression = Suppression(SuppressionKind.BASELINE, entry.reason, entry.location)
            findings[index] = replace(findings[index], suppression=suppression)
    return findings


def stale_entries(
    findings: Iterable[Finding], baseline: Baseline, paths: Sequence[str]
) -> list[AcceptedFinding]:
    """Give the entries that match no finding, of the roots that were looked into: those under the paths."""
    left = set(_keys([*findings], baseline.folder).values())
    stale = []
    for entry in baseline.entries:
        if entry.key in left:
            left.remove(entry.key)  # an entry that stands there twice is needed once
        elif _is_under(entry.key.root, baseline.folder, paths):
            stale.append(entry)
    return stale


def told_stale(baseline: Baseline, stale: Sequence[AcceptedFinding]) -> list[Diagnostic]:
    """Tell of the entries that match no finding, all in one."""
    if not stale:
        return []
    named = [
        f"{one.key.address} ({one.key.rule} in {_shown_root(one.key.root, baseline.folder)})"
        for one in stale[:_NAMED]
    ]
    if len(stale) > _NAMED:
        named.append(f"and {len(stale) - _NAMED} more")
    what = (
        "1 entry no longer matches" if len(stale) == 1 else f"{len(stale)} entries no longer match"
    )
    text = (
        f"{what} any finding: {', '.join(named)}; "
        f"ecbackup-iac baseline --update {baseline.path} prunes {'it' if len(stale) == 1 else 'them'}"
    )
    return [Diagnostic(text, Location(baseline.path), Severity.WARNING)]


def pruned(baseline: Baseline, stale: Sequence[AcceptedFinding]) -> Baseline:
    """Give a baseline without these entries; the others stay as they are."""
    gone = {id(entry) for entry in stale}
    kept = tuple(entry for entry in baseline.entries if id(entry) not in gone)
    return replace(baseline, entries=kept)


def _keys(findings: Sequence[Finding], folder: str) -> dict[int, FindingKey]:
    """Give the key of every finding that fails or is undecided, by its index."""
    keys: dict[int, FindingKey] = {}
    roots: dict[str, str] = {}
    seen: Counter[FindingKey] = Counter()
    for index, finding in sorted(enumerate(findings), key=lambda pair: pair[1].order):
        resource, verdict = finding.resource, finding.verdict
        if verdict.status not in (Status.FAIL, Status.UNKNOWN) or verdict.rule is None:
            continue
        root = roots.get(resource.root)
        if root is None:
            root = roots[resource.root] = _root(resource.root, folder)
        key = FindingKey(
            root, _unicode(resource.settings), _unicode(resource.address), verdict.rule
        )
        seen[key] += 1
        keys[index] = replace(key, occurrence=seen[key])
    return keys


def _root(root: str, folder: str) -> str:
    """Count a root from the baseline's folder; a stream, which has another name each time, is "-"."""
    if root == STANDARD_INPUT or is_stream(root):
        return STANDARD_INPUT
    real = os.path.realpath(root)
    with suppress(ValueError):  # another drive on Windows
        real = os.path.relpath(real, folder)
    return _unicode(real.replace(os.sep, "/"))


def _shown_root(root: str, folder: str) -> str:
    return root if root == STANDARD_INPUT else shown_path(os.path.join(folder, root))


def _is_under(root: str, folder: str, paths: Sequence[str]) -> bool:
    """Say whether a root is one of the paths, or lies under one: then all of its caches were judged."""
    if root == STANDARD_INPUT:
        return any(path == STANDARD_INPUT or is_stream(path) for path in paths)
    real = os.path.join(folder, root)
    return any(path != STANDARD_INPUT and holds(path, real) for path in paths)


def _unicode(text: str) -> str:
    """Show half a surrogate pair as its escape: no file can hold one."""
    return text.encode("utf-8", "backslashreplace").decode()


def _key_of(entry: BaselineEntry) -> FindingKey:
    return FindingKey(entry.root, entry.settings, entry.address, entry.rule, entry.occurrence)


def _written(entry: AcceptedFinding) -> dict[str, object]:
    """Give an entry as it is written; what is as in most entries is left out."""
    key = entry.key
    written: dict[str, object] = {"root": key.root, "address": key.address}
    if key.settings:
        written["settings"] = key.settings
    written["rule"] = key.rule
    if key.occurrence > 1:
        written["occurrence"] = key.occurrence
    return written | {"reason": entry.reason, "accepted": entry.accepted.isoformat()}


class _Lines:
    """The places of a baseline's keys and entries."""

    def __init__(self, shown: str, content: bytes, tree: JsonNode | None) -> None:
        self._shown = shown
        self._tree = tree
        self._breaks = [index for index, byte in enumerate(content) if byte == _LINE_BREAK]

    def at(self, offset: int) -> Location:
        """Give the place of a byte."""
        return Location(self._shown, bisect_right(self._breaks, offset - 1) + 1)

    def of(self, path: Sequence[str | int]) -> Location:
        """Give the place of what a path leads to, or of the last on its way that is there."""
        node = self._tree
        if node is None:
            return Location(self._shown)
        for step in path:
            found = [
                *(node.items[step : step + 1] if isinstance(step, int) else ()),
                *(member for name, member in node.members if name.text == step),
            ]
            if not found:
                break
            node = found[-1]
        return self.at(node.start)


_LINE_BREAK = ord("\n")


def _problem(detail: "ErrorDetails", lines: _Lines) -> str:
    """Say what is wrong with one key, and where."""
    path = detail["loc"]
    where = lines.of(path)
    key = ".".join(str(part) for part in path if isinstance(part, str))
    match detail["type"]:
        case "extra_forbidden":
            return f"{where}: not a baseline: unknown key {key}"
        case "missing":
            return f"{where}: not a baseline: {key} is missing"
        case _:
            told = detail["msg"][:1].lower() + detail["msg"][1:]
            return f"{where}: not a baseline: {f'{key}: ' if key else ''}{told}"
