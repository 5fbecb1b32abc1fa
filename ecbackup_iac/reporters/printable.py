"""Text from the input → text that does nothing but be read."""

import unicodedata

# Controls, formats (bidirectional overrides among them), surrogates, line and paragraph separators.
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    r"""Show every character that a terminal might obey as its escape: `\x1b`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if unicodedata.category(c) in _HARMFUL else c for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
