"""Hashes of strings. Those of files are in file_functions."""

import re
from base64 import b64encode
from collections.abc import Callable

from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.functions.sizes import bytes_of, text_of
from ecbackup_iac.terraform.values.value import Value, quoting, string


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

_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}
_PARTED = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID = re.compile(
    rf"{_PARTED}|[0-9a-f]{{32}}|\{{{_PARTED}\}}|urn:uuid:{_PARTED}", re.IGNORECASE | re.ASCII
)


def _digest(name: str, digest: Callable[[bytes], str]) -> Function:
    def apply(text: Value) -> Value:
        return string(digest(bytes_of(text)))

    return function(f"{name}(str: string): string", apply)


def _uuidv5(namespace: Value, name: Value) -> Value:
    import uuid

    given = text_of(namespace)
    space = _NAMESPACES.get(given, given)
    if not _UUID.fullmatch(space):
        raise quoting("uuidv5() doesn't support {}", f"namespace {given}", "that namespace")
    return string(str(uuid.uuid5(uuid.UUID(space), text_of(name))))


def _rsadecrypt(_ciphertext: Value, _key: Value) -> Value:
    raise UnknownResultError("rsadecrypt is not evaluated")


FUNCTIONS: tuple[Function, ...] = (
    *(_digest(name, digest) for name, digest in DIGESTS.items()),
    function("uuidv5(namespace: string, name: string): string", _uuidv5),
    function("rsadecrypt(ciphertext: string, privatekey: string): string", _rsadecrypt),
)
