"""An input → its text, decoded once, and which readers may read it."""

import re
from itertools import chain
from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.templates.relevance import template_file
from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.readers.cloudformation.resource_types import CACHE_TYPE
from ecbackup_iac.readers.json_documents import READERS, JsonFile
from ecbackup_iac.readers.raw_json import JsonError, RawJson, documents_in
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.wrong_input_hints import (
    WRONG_INPUT_MEMBERS,
    hint_for_empty,
    hint_for_text,
    is_output_as_yaml,
)
from ecbackup_iac.syntax.encoding import to_utf8

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.templates.relevance import TemplateFile
    from ecbackup_iac.files.discovery import Input

# How the names of files with JSON documents end, where the user did not name the file itself.
_DOCUMENT_EXTENSIONS = tuple(
    {*chain(*(facts.extensions for facts in SOURCES.values() if facts.document_reader))}
)

# A JSON text without any of these members is not parsed.
_MEMBER_NAMES = chain(*(reader.MEMBER_NAMES for reader in READERS), WRONG_INPUT_MEMBERS)
_DOCUMENT_MEMBERS = re.compile(rb'"(?:%s)"' % "|".join(_MEMBER_NAMES).encode())

_MAX_WRAPPER_INDENT = 256  # bytes of white space before a line that a wrapper script has added


@record(eq=False)
class Recognised:
    """What an input may be. The template reader is tried first; nothing is set for other files."""

    template: "TemplateFile | None" = None
    documents: JsonFile | None = None
    problem: Diagnostic | None = None
    """Why it is neither, where the user or the file's name says that it is infrastructure code."""


def recognise(file: "Input", *, is_requested: bool) -> Recognised:
    """Return what an input may be.

    `is_requested`: it is named or standard input, without --allow-empty; then an error is reported even if
    it does not look like infrastructure code.
    """
    may_be_document = is_requested or file.path.endswith(_DOCUMENT_EXTENSIONS)
    try:
        text = to_utf8(file.content)
    except UnicodeDecodeError as error:
        message = f"not valid UTF-16 or UTF-32: {error.reason}"
        return _without_documents(file, message if may_be_document else None)
    if not text or text.isspace():
        return _without_documents(file, hint_for_empty(file.path) if is_requested else None)
    begins_like_json = text[:1] in (b"{", b"[") or text.lstrip()[:1] in (b"{", b"[")
    is_wrapped = text[:_MAX_WRAPPER_INDENT].lstrip().startswith(b"[command]")
    is_json = begins_like_json and not is_wrapped
    documents, is_document = None, False
    if is_json:
        documents, is_document = _documents(file.path, text, is_requested=is_requested)
    # A plan is not searched: it may be as large as 1 GB.
    template = (
        None if is_document else template_file(file, text, CACHE_TYPE, is_requested=is_requested)
    )
    if is_json or not (may_be_document or (file.is_expected and is_output_as_yaml(text))):
        return Recognised(template, documents if may_be_document else None)
    return _without_documents(file, hint_for_text(text, file.path), template)


def _without_documents(
    file: "Input", message: str | None, template: "TemplateFile | None" = None
) -> Recognised:
    problem = Diagnostic(message, input_location(file.path)) if message else None
    return Recognised(template, problem=problem)


def _documents(path: str, text: bytes, *, is_requested: bool) -> tuple[JsonFile | None, bool]:
    """Return the JSON documents of a text, and whether the first is a plan, a state or AWS CLI output."""
    has_members = _DOCUMENT_MEMBERS.search(text) is not None
    if not (has_members or is_requested):
        return None, False
    documents = documents_in(text)
    if not has_members:
        return JsonFile(path, text, documents, is_requested), False
    try:
        first = next(documents, None)
    except JsonError:
        # Reported when it is read.
        return JsonFile(path, text, documents_in(text), is_requested), False
    first_document = () if first is None else (first,)
    is_document = first is not None and _is_not_template(first)
    return JsonFile(path, text, chain(first_document, documents), is_requested), is_document


def _is_not_template(document: RawJson) -> bool:
    """Whether a JSON document is certainly not a template, by the members of other sources.

    The strings in a plan, a state or AWS CLI output may look like a template.
    """
    if not document.is_object:
        return True
    try:
        members = document.members()
    except ShapeError:
        return False
    is_template = "Resources" in members or "AWSTemplateFormatVersion" in members
    return not is_template and any(reader.matches(members) for reader in READERS)
