"""Hashes of strings. Those of files are in file_functions."""

from base64 import b64encode
from collections.abc import Callable

from ecbackup_iac.terraform.functions.signature import Function, function, not_evaluated
from ecbackup_iac.terraform.functions.sizes import bytes_of
from ecbackup_iac.terraform.values.value import Value, string


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
)
