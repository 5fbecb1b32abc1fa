"""A string → its characters as a reader sees them, as far as none is made of several."""

import re
from unicodedata import category

from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import charge_characters

_ONE = re.compile(r"\r\n|.", re.DOTALL)

# Parts of Korean syllables and of flags, skin tones, and letters that join the one before or behind them.
_JOINED = re.compile(
    "[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\uff9e\uff9f"
    "\u0d4e\u0e33\u0eb3\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a\U00011a84-\U00011a89"
    "\U00011d46\U00011f02]"
)


def clusters(text: str) -> list[str]:
    """Return the characters of a string.

    Raises UnknownResultError: it has marks, or others that are joined to what is beside them.
    """
    charge_characters(3 * len(text))
    if not text.isascii() and (_JOINED.search(text) or any(map(_is_mark, text))):
        raise UnknownResultError("a string with combined characters is not evaluated")
    return _ONE.findall(text)


def _is_mark(character: str) -> bool:
    kind = category(character)
    return kind[0] == "M" or kind in ("Cf", "Cn")
