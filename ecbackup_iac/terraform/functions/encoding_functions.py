"""Functions that write values as text of some format, and read them back; and hashes of texts."""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable

from ecbackup_iac.terraform.functions.arguments import bytes_of, checked_string, text_of
from ecbackup_iac.terraform.functions.go.csv_text import csv_value
from ecbackup_iac.terraform.functions.go.json_text import json_text, json_value
from ecbackup_iac.terraform.functions.signature import Function, function, not_evaluated
from ecbackup_iac.terraform.values.budget import charge, charge_characters
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.value import Value, string

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)


def _from_base64(text: str) -> bytes:
    """Return decoded base64; line breaks are ignored, as by Go."""
    bare = text.replace("\r", "").replace("\n", "")
    if not _BASE64.fullmatch(bare):
        raise error_quoting("failed to decode base64 data{}", f' "{text[:80]}"', "")
    return binascii.a2b_base64(bare)


def _utf8(content: bytes) -> Value:
    try:
        return string(content.decode())
    except UnicodeDecodeError as error:
        raise EvaluationError(
            "the result of decoding the provided string is not valid UTF-8"
        ) from error


def _base64encode(text: Value) -> Value:
    return checked_string(b64encode(bytes_of(text)).decode())


def _base64decode(text: Value) -> Value:
    return _utf8(_from_base64(text_of(text)))


def _urlencode(text: Value) -> Value:
    from urllib.parse import quote_plus

    written = bytes_of(text)
    charge_characters(len(written))
    return checked_string(quote_plus(written))


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


def _hashed(algorithm: str, content: bytes) -> bytes:
    import hashlib

    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


DIGESTS: dict[str, Callable[[bytes], str]] = {
    "md5": lambda content: _hashed("md5", content).hex(),
    "sha1": lambda content: _hashed("sha1", content).hex(),
    "sha256": lambda content: _hashed("sha256", content).hex(),
    "sha512": lambda content: _hashed("sha512", content).hex(),
    "base64sha256": lambda content: b64encode(_hashed("sha256", content)).decode(),
    "base64sha512": lambda content: b64encode(_hashed("sha512", content)).decode(),
}
"""What each function makes of bytes; the variants for files use it too."""


def _digest(name: str, digest: Callable[[bytes], str]) -> Function:
    def apply(text: Value) -> Value:
        return string(digest(bytes_of(text)))

    return function(f"{name}(str: string): string", apply)


FUNCTIONS: tuple[Function, ...] = (
    *(_digest(name, digest) for name, digest in DIGESTS.items()),
    not_evaluated("uuidv5(namespace: string, name: string): string"),
    not_evaluated("rsadecrypt(ciphertext: string, privatekey: string): string"),
    function("base64encode(str: string): string", _base64encode),
    function("base64decode(str: string): string", _base64decode),
    not_evaluated("base64gzip(str: string): string"),
    not_evaluated("base64gunzip(str: string): string"),
    function("urlencode(str: string): string", _urlencode),
    not_evaluated("urldecode(str: string): string"),
    not_evaluated("textencodebase64(string: string, encoding: string): string"),
    not_evaluated("textdecodebase64(source: string, encoding: string): string"),
    # The type of the result depends on the text.
    function("csvdecode(str: string)", lambda text: csv_value(text_of(text)), decodes=True),
    function("jsondecode(str: string)", lambda text: json_value(text_of(text)), decodes=True),
    function("yamldecode(src: string)", _yamldecode, decodes=True),
    function("jsonencode(val: any | null): string", lambda value: string(json_text(value))),
    function("yamlencode(value: any | null): string", _yamlencode),
)
