"""The name of a character set in IANA's registry → Python's codec."""

import codecs

from ecbackup_iac.terraform.functions.call_context import UnknownResultError

_UTF_16 = "utf-16"
"""Written big-endian with a byte order mark; read so too without a mark."""

_CODECS = {
    "utf-8": "utf-8", "utf-16": _UTF_16, "utf-16be": "utf-16-be", "utf-16le": "utf-16-le",
    "us-ascii": "ascii", "iso-8859-1": "latin-1", "windows-1252": "cp1252",
}  # fmt: skip


def _codec(name: str) -> str:
    """Return Python's codec for a character set. Raises UnknownResultError for one that is not evaluated."""
    found = _CODECS.get(name.lower())
    if found is None:
        text = f'the character set "{name}" is not evaluated'
        raise UnknownResultError(text, "that character set is not evaluated")
    return found


def encoded(text: str, name: str) -> bytes:
    """Return a string in a character set; UnicodeEncodeError where it does not fit."""
    encoding = _codec(name)
    if encoding == _UTF_16:
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    return text.encode(encoding)


def decoded(content: bytes, name: str) -> str:
    """Return the string of bytes in a character set; UnicodeDecodeError where it is not one."""
    encoding = _codec(name)
    if encoding == _UTF_16 and not content.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        encoding = "utf-16-be"
    return content.decode(encoding)
