"""Hashes of text. Those of files are in file_functions."""

import hashlib
import re
import uuid
from base64 import b64encode
from collections.abc import Callable

from ecbackup_iac.terraform.functions.signature import Function, Parameter, UndecidableError
from ecbackup_iac.terraform.functions.sizes import bytes_of, text_of
from ecbackup_iac.terraform.type_system import STRING
from ecbackup_iac.terraform.values import EvaluationError, Value, string

DIGESTS: dict[str, Callable[[bytes], str]] = {
    "md5": lambda content: hashlib.md5(content, usedforsecurity=False).hexdigest(),
    "sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    "sha256": lambda content: hashlib.sha256(content).hexdigest(),
    "sha512": lambda content: hashlib.sha512(content).hexdigest(),
    "base64sha256": lambda content: b64encode(hashlib.sha256(content).digest()).decode(),
    "base64sha512": lambda content: b64encode(hashlib.sha512(content).digest()).decode(),
}
"""What each function makes of bytes; the variants for files use it too."""

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}
_PARTED = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID = re.compile(
    rf"{_PARTED}|[0-9a-f]{{32}}|\{{{_PARTED}\}}|urn:uuid:{_PARTED}", re.IGNORECASE | re.ASCII
)


def _digest(name: str, digest: Callable[[bytes], str]) -> Function:
    def apply(text: Value) -> Value:
        return string(digest(bytes_of(text)))

    return Function(name, (Parameter("str", STRING),), apply, returns=STRING)


def _uuidv5(namespace: Value, name: Value) -> Value:
    told = text_of(namespace)
    if told in _NAMESPACES:
        space = _NAMESPACES[told]
    elif _UUID.fullmatch(told):
        space = uuid.UUID(told)
    else:
        raise EvaluationError(f"uuidv5() doesn't support namespace {told}")
    return string(str(uuid.uuid5(space, text_of(name))))


def _rsadecrypt(_ciphertext: Value, _key: Value) -> Value:
    raise UndecidableError("rsadecrypt is not evaluated")


FUNCTIONS: tuple[Function, ...] = (
    *(_digest(name, digest) for name, digest in DIGESTS.items()),
    Function(
        "uuidv5",
        (Parameter("namespace", STRING), Parameter("name", STRING)),
        _uuidv5,
        returns=STRING,
    ),
    Function(
        "rsadecrypt",
        (Parameter("ciphertext", STRING), Parameter("privatekey", STRING)),
        _rsadecrypt,
        returns=STRING,
    ),
)
