"""Instance keys as Terraform writes them in an address."""

_ESCAPES = (
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("${", "$${"),
    ("%{", "%%{"),
)


def instance_key(key: str) -> str:
    """Write a for_each key: `["a"]`, with what cannot be printed as its code point."""
    for written, meant in _ESCAPES:
        key = key.replace(written, meant)
    shown = "".join(c if c.isprintable() else _code_point(c) for c in key)
    return f'["{shown}"]'


def _code_point(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the BMP's end
