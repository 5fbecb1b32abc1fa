"""The JSON documents of one input → their caches: each document is read by the first reader that matches."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, ReadResult
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.readers import aws_cli
from ecbackup_iac.readers.shape import ShapeError
from ecbackup_iac.readers.wrong_input_hints import (
    hint_for_foreign_object,
    hint_for_object,
    hint_for_rows,
)

if TYPE_CHECKING:
    from ecbackup_iac.readers.raw_json import RawJson


class DocumentReader(Protocol):
    """What the module of a source provides whose files are JSON documents."""

    @property
    def MEMBER_NAMES(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """Names of members; a text with none of them has no document of this source."""

    def matches(self, members: Mapping[str, "RawJson"]) -> bool:
        """Whether an object is a document of this source."""

    def read(self, members: Mapping[str, "RawJson"], root: str) -> ReadResult:
        """Return the caches of a document; `root` is the path of its input."""


# The first reader that matches an object reads it.
READERS: tuple[DocumentReader, ...] = tuple(
    import_module(f"ecbackup_iac.readers.{facts.document_reader}")
    for facts in SOURCES.values()
    if facts.document_reader
)

# At the top level, only plans and AWS CLI output have these members; at deeper levels, data of SDKs, too.
_DISTINCTIVE_NAMES = frozenset(("resource_changes", *aws_cli.LISTS))
_DISTINCTIVE_TEXT = re.compile(rb'"(?:%s)"' % "|".join(sorted(_DISTINCTIVE_NAMES)).encode())

_UNKNOWN_DOCUMENT = "looks like a plan, state or AWS CLI output but has an unexpected structure"
_EMPTY_LIST = "an empty list, without caches: pass --allow-empty to accept it"

_MAX_EMPTY_LIST_BYTES = 256  # a longer text is not copied to see whether it is an empty list


@record(eq=False)
class JsonFile:
    """An input that is JSON, in UTF-8."""

    path: str
    text: bytes
    documents: "Iterator[RawJson]"
    """Parsed on demand, and once."""

    is_requested: bool
    """It is named or standard input, without --allow-empty: it is an error if no reader matches."""


def read_documents(file: JsonFile) -> Iterator[ReadResult]:
    """Yield what each document contains; nothing where none is of a source that is read."""
    from ecbackup_iac.readers.raw_json import JsonError

    if len(file.text) < _MAX_EMPTY_LIST_BYTES and file.text.strip() == b"[]":
        yield _problem(_EMPTY_LIST, input_location(file.path))
        return
    is_any_known = is_any_unknown = has_distinctive = False
    try:
        for document in file.documents:
            try:
                results = list(_results(document, file.path, is_requested=file.is_requested))
            except ShapeError as error:
                message = f"not the JSON that Terraform, AWS or Pulumi writes: {error}"
                results = [_problem(message, input_location(file.path))]
            is_any_known = is_any_known or bool(results)
            is_any_unknown = is_any_unknown or not results
            has_distinctive = has_distinctive or (not results and _has_distinctive_member(document))
            yield from results
            if any(result.is_wrong_kind for result in results):
                break
    except JsonError as error:
        is_any_known = True
        yield _problem(error.message, input_location(file.path, error.line, error.column))
    if file.is_requested and is_any_unknown:
        has_distinctive = _DISTINCTIVE_TEXT.search(file.text) is not None
    if is_any_unknown and (is_any_known or has_distinctive):
        yield _problem(_UNKNOWN_DOCUMENT, input_location(file.path))


def _has_distinctive_member(document: "RawJson") -> bool:
    """Whether a document, or an object in a list, has a member that only plans and AWS CLI output have."""
    try:
        objects = list(document.items()) if document.is_list else [document]
        return any(
            _DISTINCTIVE_NAMES & candidate.members().keys()
            for candidate in objects
            if candidate.is_object
        )
    except ShapeError:
        return False


def _results(
    document: "RawJson", root: str, *, is_requested: bool, is_outermost: bool = True
) -> Iterator[ReadResult]:
    """Read a document, or each of those that a list (`jq -s`) or an object by Region contains."""
    if document.is_list:
        items = list(document.items())
        yield from _list_results(items, root, is_requested=is_requested, is_outermost=is_outermost)
        return
    members = document.members()
    for reader in READERS:
        if reader.matches(members):
            yield reader.read(members, root)
            return
    hint = hint_for_object(members) or (is_requested and hint_for_foreign_object(members))
    if hint:
        yield ReadResult(diagnostics=(Diagnostic(hint, input_location(root)),), is_wrong_kind=True)
    elif is_outermost and members:
        yield from _nested_results(list(members.values()), root, is_requested=is_requested)


def _list_results(
    items: "list[RawJson]", root: str, *, is_requested: bool, is_outermost: bool
) -> Iterator[ReadResult]:
    if not items and is_outermost:
        yield ReadResult()  # --query prints [] for a Region without caches
    elif items and aws_cli.matches_list(items):
        yield aws_cli.read_entries(items, root)
    elif is_requested and is_outermost and (hint := hint_for_rows(items)):
        yield ReadResult(diagnostics=(Diagnostic(hint, input_location(root)),), is_wrong_kind=True)
    elif items and is_outermost:
        yield from _nested_results(items, root, is_requested=is_requested)


def _nested_results(
    documents: "list[RawJson]", root: str, *, is_requested: bool
) -> Iterator[ReadResult]:
    """Yield the results of documents inside a document, if each of them is of a known source."""
    if not all(document.is_object or document.is_list for document in documents):
        return
    nested = [
        list(_results(document, root, is_requested=is_requested, is_outermost=False))
        for document in documents
    ]
    if all(nested):
        for results in nested:
            yield from results


def _problem(message: str, location: Location) -> ReadResult:
    return ReadResult(diagnostics=(Diagnostic(message, location),))
