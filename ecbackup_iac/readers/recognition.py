"""The bytes of one input → what the reader that knows them makes of it."""

import re
from types import ModuleType
from typing import TYPE_CHECKING

from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.report import Diagnostic, ReadResult
from ecbackup_iac.readers import aws_cli
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.terraform_json import plan as terraform_plan
from ecbackup_iac.readers.terraform_json import state as terraform_state
from ecbackup_iac.readers.wrong_input_hints import hint_for_object, hint_for_text
from ecbackup_iac.syntax.encoding import to_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecbackup_iac.cloudformation.templates.recognition import TemplateFile
    from ecbackup_iac.files.discovery import Input
    from ecbackup_iac.readers.raw_json import RawJson

# Readers of JSON objects, the first that recognises one reads it. To add a format, add its row.
READERS: tuple[ModuleType, ...] = (terraform_plan, terraform_state, aws_cli)

# A JSON text that has none of these is none of ours, and is not parsed.
_MARKS = re.compile(
    rb'"(?:format_version|lineage|@level|CacheClusters|ReplicationGroups|ServerlessCaches'
    rb'|CacheClusterId|ReplicationGroupId|ServerlessCacheName)"'
)

# What only plans and AWS CLI output have: with one of these in it, a text that no reader knows is told.
_NAMES = re.compile(rb'"(?:resource_changes|CacheClusters|ReplicationGroups|ServerlessCaches)"')

# As cloudformation.templates.recognition.MARKS, which is not imported for files that have none of them.
_MARKS_OF_TEMPLATES = (b"AWS", b"Transform", b"\\x", b"\\u", b"\\U", b"::MODULE")

_STRANGER = "looks like a plan, a state or AWS CLI output, and is none as they are written"
_EMPTY_LIST = "an empty list: no cache was listed; --allow-empty accepts that"

_BLANKS = 256  # bytes; more than that does not stand before a line of a wrapper's own


def reading_of(
    content: bytes,
    root: str,
    *,
    is_meant: bool,
    placed: "Callable[[ReadResult], ReadResult] | None" = None,
) -> ReadResult | None:
    """Read one input; None where it is no infrastructure code that this program knows.

    `is_meant` says that a person named this very input as infrastructure code: then what is broken
    is told even where it does not look like ours. `placed` is asked for the places of each document's
    caches.
    """
    try:
        text = to_utf8(content)
    except UnicodeDecodeError as error:
        return _problem(
            f"not the UTF-16 or UTF-32 that it looks like: {error.reason}", input_location(root)
        )
    if _begins_like_json(text) and not text[:_BLANKS].lstrip().startswith(b"[command]"):
        return _json_reading(text, root, placed, is_meant=is_meant)
    mistake = hint_for_text(text)
    return _problem(mistake, input_location(root)) if mistake else None


def template_file(found: "Input", *, is_meant: bool) -> "TemplateFile | None":
    """Give an input that may be a template, by a look at its bytes; None for anything else.

    A plan or a state may speak of templates, so JSON is asked for its own members first.
    """
    content = found.content
    if not any(map(content.__contains__, _MARKS_OF_TEMPLATES)) and b"\x00" not in content[:4]:
        return None
    from ecbackup_iac.cloudformation.templates.recognition import (
        Interest,
        TemplateFile,
        interest_in,
    )
    from ecbackup_iac.readers.cloudformation.resource_types import SOUGHT

    try:
        text = to_utf8(content)
    except UnicodeDecodeError:
        return None
    if _begins_like_json(text) and _MARKS.search(text) and _is_other_json(text):
        return None
    interest = interest_in(text, SOUGHT)
    if interest is Interest.NONE:
        return None
    kind = (interest, is_meant, found.is_expected, found.is_named)
    return TemplateFile(found.path, text, found.boundary, *kind)


def _is_other_json(text: bytes) -> bool:
    """Say whether a JSON text is a plan, a state or AWS CLI output, by its own members."""
    from ecbackup_iac.readers.raw_json import JsonError, documents_in

    try:
        document = next(documents_in(text), None)
        if document is None or not document.is_object:
            return document is not None
        members = document.members()
    except (JsonError, ShapeError):
        return False
    is_template = "Resources" in members or "AWSTemplateFormatVersion" in members
    return not is_template and any(reader.matches(members) for reader in READERS)


def _begins_like_json(text: bytes) -> bool:
    return text[:1] in (b"{", b"[") or text.lstrip()[:1] in (b"{", b"[")


def _json_reading(
    text: bytes, root: str, placed: "Callable[[ReadResult], ReadResult] | None", *, is_meant: bool
) -> ReadResult | None:
    # msgspec takes longer to import than all of the above.
    from ecbackup_iac.readers.raw_json import JsonError, documents_in

    if _MARKS.search(text) is None and not is_meant:
        return None
    readings: list[ReadResult] = []
    strangers = 0
    documents = documents_in(text)
    while True:
        try:
            document = next(documents, None)
            if document is None:
                break
            found = list(_document_readings(document, root))
        except JsonError as error:
            readings.append(_problem(error.message, input_location(root, error.line, error.column)))
            break
        except ShapeError as error:
            found = [_misshapen(error, root)]
        strangers += not found
        readings += map(placed, found) if placed else found
        if any(reading.is_wrong_kind for reading in readings):
            break
    if strangers and (readings or _NAMES.search(text)):
        readings.append(_problem(_STRANGER, input_location(root)))
    if not readings:
        return None
    if len(text) < _BLANKS and text.strip() == b"[]":  # a strip copies a large plan
        return _problem(_EMPTY_LIST, input_location(root))
    return ReadResult(
        tuple(resource for reading in readings for resource in reading.resources),
        tuple(dict.fromkeys(d for reading in readings for d in reading.diagnostics)),
        tuple(one for reading in readings for one in reading.absent),
        marked=tuple(text for reading in readings for text in reading.marked),
    )


def _document_readings(
    document: "RawJson", root: str, *, is_outermost: bool = True
) -> "Iterator[ReadResult]":
    """Read a document, or each of those that a list (`jq -s`) or an object by Region holds."""
    if document.is_list:
        yield from _list_readings(list(document.items()), root, is_outermost=is_outermost)
        return
    members = document.members()
    for reader in READERS:
        if reader.matches(members):
            yield reader.read(members, root)
            return
    mistake = hint_for_object(members)
    if mistake:
        yield ReadResult(
            diagnostics=(Diagnostic(mistake, input_location(root)),), is_wrong_kind=True
        )
    elif is_outermost and members:
        yield from _nested_readings(list(members.values()), root)


def _list_readings(
    items: "list[RawJson]", root: str, *, is_outermost: bool
) -> "Iterator[ReadResult]":
    if not items and is_outermost:
        yield ReadResult()  # --query prints [] for a Region without caches
    elif items and aws_cli.recognises_list(items):
        yield aws_cli.read_entries(items, root)
    elif items and is_outermost:
        yield from _nested_readings(items, root)


def _nested_readings(documents: "list[RawJson]", root: str) -> "Iterator[ReadResult]":
    """Read documents inside a document, where all of them are ours."""
    if not all(document.is_object or document.is_list for document in documents):
        return
    found = [list(_document_readings(one, root, is_outermost=False)) for one in documents]
    if all(found):
        for readings in found:
            yield from readings


def _misshapen(error: ShapeError, root: str) -> ReadResult:
    return _problem(f"not the JSON that Terraform or AWS writes: {error}", input_location(root))


def _problem(message: str, location: Location) -> ReadResult:
    return ReadResult(diagnostics=(Diagnostic(message, location),))
