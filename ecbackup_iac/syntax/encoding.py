"""The bytes of a text → the same text in UTF-8."""

import codecs

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def to_utf8(content: bytes) -> bytes:
    """Return a text as UTF-8 without a byte order mark; PowerShell's `>` writes UTF-16.

    Raises:
        UnicodeDecodeError: the text is not in the encoding that its mark announces.

    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding).encode()
    if content[:4:2].strip(b"\x00") == b"" and content[1:2] and len(content) > 1:
        return content.decode("utf-16-be").encode()
    if content[1:4:2] == b"\x00\x00":
        return content.decode("utf-16-le").encode()
    return content
