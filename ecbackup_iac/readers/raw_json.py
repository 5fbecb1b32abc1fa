"""JSON text → pieces of it, decoded on demand.

Only a little of a plan of 100 MB is about caches. msgspec finds where each member begins and ends without
decoding it, in a quarter of the time and memory that `json.load` takes.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from ecbackup_iac.readers.shape import ShapeError

T = TypeVar("T")

_MAX_BLANKS = 64  # bytes; if all of these are white space, the rest is copied to be searched

_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")


class JsonError(Exception):
    """A text that is not JSON: what is wrong, with line and column (from 1, in characters)."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class RawJson:
    """A piece of JSON text that is known to be complete."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes | memoryview | msgspec.Raw) -> None:
        self._raw = raw

    @property
    def is_object(self) -> bool:
        """Whether it is a JSON object."""
        return self._first == b"{"

    @property
    def is_list(self) -> bool:
        """Whether it is a JSON list."""
        return self._first == b"["

    @property
    def is_text(self) -> bool:
        """Whether it is a JSON string."""
        return self._first == b'"'

    @property
    def _first(self) -> bytes:
        return bytes(memoryview(self._raw)[:1])

    @property
    def json(self) -> str:
        """The text itself; bytes that are not UTF-8 are replaced."""
        return bytes(memoryview(self._raw)).decode(errors="replace")

    def members(self) -> dict[str, "RawJson"]:
        """Return an object's members; of members with the same name, the last.

        Raises:
            ShapeError: it is not an object.

        """
        if not self.is_object:
            raise ShapeError(f"expected an object, not {self._kind()}")
        return {name: RawJson(raw) for name, raw in self.checked(dict[str, msgspec.Raw]).items()}

    def type_name(self) -> str:
        """Return the text of an object's member `type`.

        Raises:
            ShapeError: it is not an object, or has no such member.

        """
        members = self.members()
        if "type" not in members:
            raise ShapeError("it has no type")
        return members["type"].text()

    def items(self) -> Iterator["RawJson"]:
        """Yield a list's items.

        Raises:
            ShapeError: it is not a list.

        """
        if not self.is_list:
            raise ShapeError(f"expected a list, not {self._kind()}")
        return (RawJson(raw) for raw in self.checked(list[msgspec.Raw]))

    def text(self) -> str:
        """Return a string's text.

        Raises:
            ShapeError: it is not a string.

        """
        if not self.is_text:
            raise ShapeError(f"expected a string, not {self._kind()}")
        return self.checked(str)

    def value(self) -> Any:  # noqa: ANN401 - any JSON value
        """Return it decoded: a dict, a list, a string, a number, a boolean or None."""
        return self.checked(object)

    def checked(self, kind: type[T]) -> T:
        """Return it decoded as a TypedDict, a list or a scalar, without the members that a TypedDict lacks.

        Raises:
            ShapeError: it is not of that kind, or not UTF-8.

        """
        try:
            return msgspec.json.decode(self._raw, type=kind)
        except msgspec.ValidationError as error:
            raise ShapeError(str(error)) from error
        except UnicodeDecodeError as error:
            raise ShapeError("it is not UTF-8") from error
        except (msgspec.DecodeError, RecursionError):
            return self._decoded_with_infinities(kind)

    def _decoded_with_infinities(self, kind: type[T]) -> T:
        """Return it decoded, with numbers beyond a float's range, which msgspec rejects, as infinite."""
        try:
            return msgspec.convert(json.loads(bytes(memoryview(self._raw))), kind)
        except (ValueError, RecursionError) as error:
            raise ShapeError("it is not UTF-8, or nested too deeply") from error

    def _kind(self) -> str:
        kinds = {b'"': "a string", b"{": "an object", b"[": "a list", b"n": "null"}
        return kinds.get(self._first, "a number or a boolean")


def documents_in(text: bytes) -> Iterator[RawJson]:
    """Yield the JSON documents that follow each other in a UTF-8 text, mostly one.

    Raises:
        JsonError: something is not JSON; the documents before it have been yielded.

    """
    rest = memoryview(text)
    while bytes(rest[:_MAX_BLANKS]).strip() or bytes(rest).strip():
        try:
            yield RawJson(msgspec.json.decode(rest, type=msgspec.Raw))
        except (msgspec.DecodeError, RecursionError) as error:
            end = _TRAILING.search(str(error))
            if end is None:
                raise _problem(text, len(text) - len(rest), error) from error
            length = int(end[1]) - 1  # msgspec counts the byte that it could not use
            yield RawJson(msgspec.json.decode(rest[:length], type=msgspec.Raw))
            rest = rest[length:]
        else:
            return


def _problem(text: bytes, start: int, error: Exception) -> JsonError:
    """Return what is wrong with the document that starts at a byte, in the words of Python's parser."""
    decoded, begin = text.decode(errors="replace"), len(text[:start].decode(errors="replace"))
    while begin < len(decoded) and decoded[begin] in " \t\r\n":
        begin += 1
    try:
        json.JSONDecoder().raw_decode(decoded, begin)
    except json.JSONDecodeError as better:
        ended = better.pos >= len(decoded.rstrip()) or better.msg.startswith("Unterminated")
        message = "the JSON is truncated" if ended else f"not valid JSON: {better.msg}"
        return JsonError(message, better.lineno, better.colno)
    except RecursionError:
        return JsonError("the JSON is nested too deeply")
    match = re.search(r"\(byte (\d+)\)", str(error))
    if match is None:
        return JsonError("not valid JSON: a string contains an unpaired surrogate")
    before = text[: start + int(match[1])].decode(errors="replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return JsonError("not valid JSON: NaN and Infinity are not JSON numbers", line, column)
