"""The name of a character set in IANA's registry → Python's codec."""

import codecs

from ecbackup_iac.terraform.functions.call_context import UnknownResultError

UTF_16 = "utf-16"
"""Written big-endian with a byte order mark; read so too without a mark."""

# Only those that Go's golang.org/x/text reads and writes as Python does: those of one byte a
# character, and Unicode's own.
_CODECS = {
    "utf-8": "utf-8", "csutf8": "utf-8",
    "utf-16": UTF_16, "csutf16": UTF_16,
    "utf-16be": "utf-16-be", "csutf16be": "utf-16-be",
    "utf-16le": "utf-16-le", "csutf16le": "utf-16-le",
    "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "iso646-us": "ascii", "us": "ascii",
    "ibm367": "ascii", "cp367": "ascii", "csascii": "ascii", "iso-ir-6": "ascii",
    "iso-8859-1": "latin-1", "iso_8859-1": "latin-1", "latin1": "latin-1", "l1": "latin-1",
    "ibm819": "latin-1", "cp819": "latin-1", "csisolatin1": "latin-1",
    "iso-8859-2": "iso8859-2", "latin2": "iso8859-2", "l2": "iso8859-2",
    "iso-8859-3": "iso8859-3", "iso-8859-4": "iso8859-4", "iso-8859-5": "iso8859-5",
    "iso-8859-7": "iso8859-7", "iso-8859-9": "iso8859-9", "latin5": "iso8859-9",
    "iso-8859-10": "iso8859-10", "iso-8859-13": "iso8859-13", "iso-8859-14": "iso8859-14",
    "iso-8859-15": "iso8859-15", "latin-9": "iso8859-15", "iso-8859-16": "iso8859-16",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1252": "cp1252",
    "windows-1253": "cp1253", "windows-1254": "cp1254", "windows-1255": "cp1255",
    "windows-1256": "cp1256", "windows-1257": "cp1257", "windows-1258": "cp1258",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "cskoi8r": "koi8-r",
    "ibm437": "cp437", "cp437": "cp437", "ibm850": "cp850", "cp850": "cp850",
    "ibm852": "cp852", "cp852": "cp852", "ibm855": "cp855", "cp855": "cp855",
    "ibm866": "cp866", "cp866": "cp866", "macintosh": "mac-roman", "mac": "mac-roman",
}  # fmt: skip


def codec(name: str) -> str:
    """Return Python's codec for a character set.

    Raises UnknownResultError: it is not one of those that are evaluated, or there is none of that name.
    """
    found = _CODECS.get(name.lower())
    if found is None:
        text = f'the character set "{name}" is not evaluated'
        raise UnknownResultError(text, "that character set is not evaluated")
    return found


def encoded(text: str, name: str) -> bytes:
    """Return a string in a character set; UnicodeEncodeError where it does not fit."""
    encoding = codec(name)
    if encoding == UTF_16:
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    return text.encode(encoding)


def decoded(content: bytes, name: str) -> str:
    """Return the string of bytes in a character set; UnicodeDecodeError where it is not one."""
    encoding = codec(name)
    if encoding == UTF_16 and not content.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        encoding = "utf-16-be"
    return content.decode(encoding)
