"""The text of a baseline file ↔ the Baseline.

The pydantic models are the format of the file; the rest of the program uses the Baseline only.
"""

import json
import os
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ecbackup_iac.errors import BaselineError
from ecbackup_iac.files.bounded_read import MAX_TEXT_BYTES, read_file_or_stream
from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.baseline import AcceptedFinding, Baseline, FindingKey
from ecbackup_iac.model.location import Location, is_stream
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.model.written_path import composed
from ecbackup_iac.suppressions.baseline import folder_of
from ecbackup_iac.syntax.columns import Lines
from ecbackup_iac.syntax.encoding import to_utf8
from ecbackup_iac.syntax.located_json import JsonNode, parse

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SCHEMA_VERSION = 1

MAX_PROBLEMS = 10
"""Problems of a file that are reported; a file that is not a baseline has thousands."""


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
    """Return the baseline in a file.

    Raises:
        BaselineError: it cannot be read, is not JSON, or is not a baseline.

    """
    display_path = display_path_of(path)
    content = _content_of(path, display_path)
    tree, problems = parse(content)
    lines = _Lines(display_path, content, tree)
    for problem, start, _ in problems:
        raise BaselineError(f"{lines.at(start)}: {problem[:1].lower()}{problem[1:]}")
    try:
        file = BaselineFile.model_validate_json(content)
    except ValidationError as error:
        messages = [_problem(detail, lines) for detail in error.errors(include_url=False)]
        first, *others = messages[:MAX_PROBLEMS]
        if len(messages) > MAX_PROBLEMS:
            others.append(f"{display_path}: and {len(messages) - MAX_PROBLEMS} more")
        raise BaselineError(first, further_messages=others) from error
    entries = (
        AcceptedFinding(_key_of(entry), entry.reason, entry.accepted, lines.of(("findings", index)))
        for index, entry in enumerate(file.findings)
    )
    return Baseline(display_path, folder_of(path), tuple(entries))


def _content_of(path: str, display_path: str) -> bytes:
    if os.path.exists(path) and not (os.path.isfile(path) or is_stream(path)):
        raise BaselineError(f"{display_path}: it is not a regular file")
    try:
        raw = read_file_or_stream(path, MAX_TEXT_BYTES)
        if isinstance(raw, str):
            raise BaselineError(f"{display_path}: not read: {raw}")
        content = to_utf8(raw)
        content.decode()
    except OSError as error:
        raise BaselineError(f"{display_path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BaselineError(f"{display_path}: not UTF-8 text") from error
    return content


def baseline_text(baseline: Baseline) -> str:
    """Return the text of a baseline file: sorted, one entry per line, in ASCII."""
    lines = [
        json.dumps(_members(entry))
        for entry in sorted(baseline.entries, key=lambda entry: entry.key.order)
    ]
    findings = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
    return f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "findings": {findings}\n}}\n'


def _key_of(entry: BaselineEntry) -> FindingKey:
    root, settings, address = map(composed, (entry.root, entry.settings, entry.address))
    return FindingKey(root, settings, address, entry.rule, entry.occurrence)


def _members(entry: AcceptedFinding) -> dict[str, object]:
    """Return the members of an entry in the file, without those that have their default value."""
    key = entry.key
    members: dict[str, object] = {"root": key.root, "address": key.address}
    if key.settings_label:
        members["settings"] = key.settings_label
    members["rule"] = key.rule
    if key.occurrence > 1:
        members["occurrence"] = key.occurrence
    return members | {"reason": entry.reason, "accepted": entry.accepted.isoformat()}


class _Lines:
    """The lines of a baseline's keys and entries."""

    def __init__(self, display_path: str, content: bytes, tree: JsonNode | None) -> None:
        self._display_path = display_path
        self._tree = tree
        self._lines = Lines(content)

    def at(self, offset: int) -> Location:
        """Return the location of a byte."""
        return Location(self._display_path, self._lines.line(offset))

    def of(self, path: Sequence[str | int]) -> Location:
        """Return the location of what a path leads to, or of the last part of it that exists."""
        node = self._tree
        if node is None:
            return Location(self._display_path)
        for step in path:
            nodes = [
                *(node.items[step : step + 1] if isinstance(step, int) else ()),
                *(member for name, member in node.members if name.text == step),
            ]
            if not nodes:
                break
            node = nodes[-1]
        return self.at(node.start)


def _problem(detail: "ErrorDetails", lines: _Lines) -> str:
    """Return what is wrong with one key, with its location."""
    path = detail["loc"]
    where = lines.of(path)
    key = ".".join(str(part) for part in path if isinstance(part, str))
    match detail["type"]:
        case "extra_forbidden":
            return f"{where}: not a baseline: unknown key {key}"
        case "missing":
            return f"{where}: not a baseline: {key} is missing"
        case _:
            problem = detail["msg"][:1].lower() + detail["msg"][1:]
            return f"{where}: not a baseline: {f'{key}: ' if key else ''}{problem}"
