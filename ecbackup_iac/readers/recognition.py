"""The bytes of one input → what the reader that knows them makes of it."""

import codecs
import re
from types import ModuleType
from typing import TYPE_CHECKING

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Reading, Severity
from ecbackup_iac.readers import aws_cli, terraform_plan, terraform_state
from ecbackup_iac.readers.mistakes import mistake_in_object, mistake_in_text

if TYPE_CHECKING:
    from ecbackup_iac.readers.slices import Slice

# Readers of JSON objects, the first that recognises one reads it. To add a format, add its row.
READERS: tuple[ModuleType, ...] = (terraform_plan, terraform_state, aws_cli)

# A JSON text that has none of these is none of ours, and is not parsed.
_MARKS = re.compile(
    rb'"(?:format_version|lineage|@level|CacheClusters|ReplicationGroups|ServerlessCaches'
    rb'|CacheClusterId|ReplicationGroupId|ServerlessCacheName)"'
)

_BLANKS = 256  # bytes; more than that does not stand before a line of a wrapper's own

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def reading_of(content: bytes, root: str, *, is_meant: bool) -> Reading | None:
    """Read one input; None where it is no infrastructure code that this program knows.

    `is_meant` says that a person named this very input as infrastructure code: then what is broken
    is told even where it does not look like ours.
    """
    try:
        text = _utf8(content)
    except UnicodeDecodeError as error:
        return _problem(
            f"not the text its byte order mark announces: {error.reason}", Location(root)
        )
    begins_like_json = text[:1] in (b"{", b"[") or text.lstrip()[:1] in (b"{", b"[")
    if begins_like_json and not text[:_BLANKS].lstrip().startswith(b"[command]"):
        return _json_reading(text, root, is_meant=is_meant)
    mistake = mistake_in_text(text)
    if mistake is None:
        return None
    is_mere_blank = not is_meant and not text.strip()
    return _problem(mistake, Location(root), Severity.WARNING if is_mere_blank else Severity.ERROR)


def _json_reading(text: bytes, root: str, *, is_meant: bool) -> Reading | None:
    # msgspec takes longer to import than all of the above.
    from ecbackup_iac.readers.slices import JsonError, ShapeError, documents_in

    looks_like_ours = _MARKS.search(text) is not None
    if not looks_like_ours and not is_meant:
        return None
    try:
        documents = documents_in(text)
    except JsonError as error:
        return _problem(error.message, Location(root, error.line, error.column))
    readings = []
    for document in documents:
        try:
            readings.append(_document_reading(document, root))
        except ShapeError as error:
            readings.append(
                _problem(f"not the JSON that Terraform or AWS writes: {error}", Location(root))
            )
    known = [reading for reading in readings if reading is not None]
    if not known:
        return None
    if len(known) < len(readings):
        text_ = "one of the documents is no plan, state or AWS CLI output"
        known.append(_problem(text_, Location(root)))
    return Reading(
        tuple(resource for reading in known for resource in reading.resources),
        tuple(dict.fromkeys(d for reading in known for d in reading.diagnostics)),
    )


def _document_reading(document: "Slice", root: str) -> Reading | None:
    if document.is_list:
        entries = list(document.items())
        if not aws_cli.recognises_list(entries):
            return None
        return aws_cli.read_entries([entry.value() for entry in entries], root)
    members = document.members()
    for reader in READERS:
        if reader.recognises(members):
            reading: Reading = reader.read(members, root)
            return reading
    mistake = mistake_in_object(members)
    return _problem(mistake, Location(root)) if mistake else None


def _utf8(content: bytes) -> bytes:
    """Give the text as UTF-8 without a byte order mark; PowerShell's `>` writes UTF-16.

    Raises:
        UnicodeDecodeError: the text is not in the encoding that its mark announces.

    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding).encode()
    if content[:4:2].strip(b"\x00") == b"" and content[1:2] and len(content) > 1:
        return content.decode("utf-16-be").encode()
    if content[1:4:2] == b"\x00\x00":
        return content.decode("utf-16-le").encode()
    return content


def _problem(message: str, location: Location, severity: Severity = Severity.ERROR) -> Reading:
    return Reading(diagnostics=(Diagnostic(message, location, severity),))
