"""Functions that write values as text of some format, and read them back."""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable

from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.character_sets import decoded, encoded
from ecbackup_iac.terraform.functions.go.csv_text import csv_value
from ecbackup_iac.terraform.functions.go.json_text import json_text, json_value
from ecbackup_iac.terraform.functions.signature import Function, Parameter
from ecbackup_iac.terraform.functions.sizes import MAX_CHARACTERS, bytes_of, sized, text_of
from ecbackup_iac.terraform.values.budget import charge, charge_characters
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import EvaluationError, Value, quoting, string

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_REPLACEMENT = "\ufffd"


def _from_base64(text: str) -> bytes:
    """Return decoded base64; line breaks are ignored, as by Go."""
    bare = text.replace("\r", "").replace("\n", "")
    if not _BASE64.fullmatch(bare):
        raise quoting("failed to decode base64 data{}", f' "{text[:80]}"', "")
    return binascii.a2b_base64(bare)


def _utf8(content: bytes) -> Value:
    try:
        return string(content.decode())
    except UnicodeDecodeError as error:
        raise EvaluationError(
            "the result of decoding the provided string is not valid UTF-8"
        ) from error


def _base64encode(text: Value) -> Value:
    return sized(b64encode(bytes_of(text)).decode())


def _base64decode(text: Value) -> Value:
    return _utf8(_from_base64(text_of(text)))


def _base64gzip(_text: Value) -> Value:
    raise UnknownResultError("the result of base64gzip depends on the program's compressor")


def _base64gunzip(text: Value) -> Value:
    import zlib

    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = unpacker.decompress(_from_base64(text_of(text)), MAX_CHARACTERS)
    except zlib.error as error:
        raise EvaluationError("failed to gunzip bytestream") from error
    if unpacker.unconsumed_tail:
        raise UnknownResultError("the result of base64gunzip is too large")
    if not unpacker.eof:
        raise EvaluationError("failed to read gunzip raw data: unexpected EOF")
    return _utf8(content)


def _textencodebase64(text: Value, name: Value) -> Value:
    try:
        return sized(b64encode(encoded(text_of(text), text_of(name))).decode())
    except UnicodeEncodeError as error:
        what = "the given string contains characters that cannot be represented in {}"
        raise quoting(what, text_of(name), "that encoding") from error


def _textdecodebase64(source: Value, name: Value) -> Value:
    try:
        text = decoded(_from_base64(text_of(source)), text_of(name))
    except UnicodeDecodeError as error:
        text = f"{_REPLACEMENT}{error.reason}"
    if _REPLACEMENT in text:
        what = "the given string contains symbols that are not defined for {}"
        raise quoting(what, text_of(name), "that encoding")
    return string(text)


def _urlencode(text: Value) -> Value:
    from urllib.parse import quote_plus

    written = bytes_of(text)
    charge_characters(len(written))
    return sized(quote_plus(written))


def _urldecode(text: Value) -> Value:
    from urllib.parse import unquote_to_bytes

    written = bytes_of(text)
    charge_characters(len(written))
    if _BAD_ESCAPE.search(written):
        raise quoting("invalid URL escape{}", f' in "{text_of(text)[:80]}"', "")
    return _utf8(unquote_to_bytes(written.replace(b"+", b" ")))


_YAML_CHARACTERS_PER_STEP = 4
"""PyYAML's scanner takes longer for a value than anything else does."""


def _yamldecode(text: Value) -> Value:
    from ecbackup_iac.terraform.functions.go.yaml_text import yaml_value

    content = text_of(text)
    charge(len(content) // _YAML_CHARACTERS_PER_STEP)
    return yaml_value(content)


def _yamlencode(value: Value) -> Value:
    from ecbackup_iac.terraform.functions.go.yaml_text import yaml_text

    return string(yaml_text(value))


def _of_text(name: str, implementation: Callable[[Value], Value]) -> Function:
    return Function(name, (_TEXT,), implementation, returns=STRING)


_TEXT = Parameter("str", STRING)
_ENCODING = Parameter("encoding", STRING)

FUNCTIONS: tuple[Function, ...] = (
    _of_text("base64encode", _base64encode),
    _of_text("base64decode", _base64decode),
    _of_text("base64gzip", _base64gzip),
    _of_text("base64gunzip", _base64gunzip),
    _of_text("urlencode", _urlencode),
    _of_text("urldecode", _urldecode),
    Function(
        "textencodebase64",
        (Parameter("string", STRING), _ENCODING),
        _textencodebase64,
        returns=STRING,
    ),
    Function(
        "textdecodebase64",
        (Parameter("source", STRING), _ENCODING),
        _textdecodebase64,
        returns=STRING,
    ),
    # The type of the result depends on the text.
    Function("csvdecode", (_TEXT,), lambda text: csv_value(text_of(text)), decodes=True),
    Function("jsondecode", (_TEXT,), lambda text: json_value(text_of(text)), decodes=True),
    Function("yamldecode", (Parameter("src", STRING),), _yamldecode, decodes=True),
    Function(
        "jsonencode",
        (Parameter("val", allows_null=True),),
        lambda value: string(json_text(value)),
        returns=STRING,
    ),
    Function("yamlencode", (Parameter("value", allows_null=True),), _yamlencode, returns=STRING),
)
