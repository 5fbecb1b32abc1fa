"""A cache that fails in Checkov and its verdict → the lines that Checkov shows as its details."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unset
from ecbackup_iac.model.verdict import Rule, Status, Verdict
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.remedy.remedies import remedy_of

MAX_CONFIG_CHARACTERS = 1_000_000
"""What is read of a file that may configure Checkov."""

_FOR_UNKNOWN = (
    "run ecbackup-iac check, which evaluates more than Checkov does, or give the attribute a value "
    "that Checkov can resolve"
)


@record
class CodeBlock:
    """The block of a cache, as Checkov locates it."""

    path: str
    """For people: relative to the folder that Checkov scans."""

    file: str = ""
    """On disk; empty where that is not known."""

    first_line: int | None = None
    last_line: int = 0

    def location(self, attribute: str | None = None) -> Location:
        """Return where the block sets an attribute; where it begins, if it does not."""
        lines: list[str] = []
        if attribute and self.file and self.first_line:
            with suppress(OSError), open(self.file, encoding="utf-8", errors="replace") as file:
                lines = list(islice(file, self.first_line - 1, self.last_line))
        for offset, line in enumerate(lines):
            if "=" in line and line.split("=")[0].strip() == attribute:
                return Location(self.path, (self.first_line or 1) + offset)
        return Location(self.path, self.first_line)


def details_of(
    cache: CacheResource, verdict: Verdict, requirements: Requirements, block: CodeBlock
) -> list[str]:
    """Return the rule and the message, the notes, the location and the remedy of a cache that fails."""
    if verdict.rule is None:
        return []
    location = block.location(_attribute(cache, verdict.rule))
    lines = [f"{verdict.rule} {verdict.rule.label}: {verdict.message}"]
    lines += [f"note: {note.text}" for note in verdict.notes]
    lines += [f"at {location}"] if location.path else []
    remedy: str | None = _FOR_UNKNOWN
    if verdict.status is not Status.UNKNOWN:
        remedy = remedy_of(_located(cache, block), verdict, requirements)
    return [*lines, *(f"fix: {line}" for line in (remedy or "").splitlines())]


def _attribute(cache: CacheResource, rule: Rule) -> str | None:
    """Return the attribute that breaks a rule."""
    if cache.source is not Source.TERRAFORM:
        return None
    attributes = RESOURCE_TYPES[cache.type]
    deciding = {
        Rule.BACKUPS_UNSUPPORTED: attributes.node_type,
        Rule.BACKUP_WINDOW_CONFLICT: attributes.backup_window,
    }
    return deciding.get(rule, cache.retention_name)


def _located(cache: CacheResource, block: CodeBlock) -> CacheResource:
    """Return a cache of configuration with the location of its block and of its retention."""
    if cache.source is not Source.TERRAFORM:
        return cache
    name, retention = cache.retention_name, cache.retention
    block_location, setting_location = block.location(), block.location(name)
    if isinstance(retention, Known | Unset) and setting_location != block_location:
        step = TraceStep("", setting_location, StepKind.ATTRIBUTE, name)
        retention = replace(retention, trace=(step,))
    return replace(cache, location=block_location, retention=retention)


def may_show_details(words: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether Checkov can report details: not where it may have been started with a SARIF output.

    As soon as there are details, Checkov 3.3.30 writes SARIF that is not valid by its schema, and that
    GitHub rejects. Any mention of SARIF counts, on the command line, in the environment and in
    configuration files, and so does a Checkov that another program runs: missing details do less harm than
    a report that is rejected.
    """
    program, arguments = (words[0] if words else "").replace("\\", "/").split("/"), words[1:]
    if not (program[-1].startswith("checkov") or program[-2:-1] == ["checkov"]):
        return False
    named = [word.rpartition("=")[2] for word in arguments]
    configured = [
        os.path.join(folder, name)
        for folder in (os.curdir, os.path.expanduser("~"), *named)
        for name in _CONFIG_FILES
    ]
    settings = [text for name, text in environment.items() if name.startswith(_OWN_SETTINGS)]
    texts = (*arguments, *settings, *map(_text_of, (*named, *configured)))
    return not any("sarif" in text.lower() for text in texts)


_CONFIG_FILES = (".checkov.yaml", ".checkov.yml")
_OWN_SETTINGS = ("CKV_", "CHECKOV_")


def _text_of(path: str) -> str:
    """Return the start of a file; empty where there is none."""
    if not os.path.isfile(path):  # a pipe that is named must not be read
        return ""
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        return file.read(MAX_CONFIG_CHARACTERS)
    return ""
