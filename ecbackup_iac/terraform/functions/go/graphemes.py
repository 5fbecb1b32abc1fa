"""A string → its characters as a reader sees them: Unicode's extended grapheme clusters.

The classes are those that Terraform 1.11 applies, measured with `terraform console` for every code point
(it has Unicode 15's, without the rule for conjuncts of Indian scripts).
"""

import sys
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

from ecbackup_iac.terraform.values.budget import charge_characters

_PREPENDED = (
    "600-605 6dd 70f 890-891 8e2 d4e 110bd 110cd 111c2-111c3 1193f 11941 11a3a 11a84-11a89 11d46 "
    "11f02"
)
_EXTENDING = (
    "cf3 e33 eb3 ece 200c-200d ff9e-ff9f 10efd-10eff 11241 11f00-11f01 11f03 11f34-11f3a 11f3e-11f42 "
    "13440 13447-13455 1e08f 1e4ec-1e4ef 1f3fb-1f3ff e0020-e007f"
)
"""In addition to the marks (Mn, Me, Mc)."""

_SEPARATE_MARKS = (
    "102b-102c 1038 1062-1064 1067-106d 1083 1087-108c 108f 109a-109c 1a61 1a63-1a64 aa7b aa7d "
    "11720-11721"
)
"""Marks (Mc) that do not join what is before them."""

_PICTOGRAPHS = (
    "a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa 24c2 "
    "25aa-25ab 25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271d 2721 "
    "2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf 2934-2935 "
    "2b05-2b07 2b1b-2b1c 2b50 2b55 3030 303d 3297 3299 1f000-1f0ff 1f10d-1f10f 1f12f 1f16c-1f171 "
    "1f17e-1f17f 1f18e 1f191-1f19a 1f1ad-1f1e5 1f201-1f20f 1f21a 1f22f 1f232-1f23a 1f23c-1f23f "
    "1f249-1f3fa 1f400-1f53d 1f546-1f64f 1f680-1f6ff 1f774-1f77f 1f7d5-1f7ff 1f80c-1f80f 1f848-1f84f "
    "1f85a-1f85f 1f888-1f88f 1f8ae-1f8ff 1f90c-1f93a 1f93c-1f945 1f947-1faff 1fc00-1fffd"
)

_OTHER, _CONTROL, _PREPEND, _EXTEND = "", "control", "prepend", "extend"
_PICTOGRAPH, _FLAG = "pictograph", "flag"
_LEADING, _VOWEL, _TRAILING, _LV, _LVT = "L", "V", "T", "LV", "LVT"

_HANGUL = {
    _LEADING: (_LEADING, _VOWEL, _LV, _LVT),
    _LV: (_VOWEL, _TRAILING),
    _VOWEL: (_VOWEL, _TRAILING),
    _LVT: (_TRAILING,),
    _TRAILING: (_TRAILING,),
}
"""Which parts of a syllable may follow which."""


def grapheme_count(text: str) -> int:
    """Return the number of grapheme clusters in a string."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(grapheme_clusters(text))


def grapheme_clusters(text: str) -> list[str]:
    """Return the grapheme clusters of a string."""
    charge_characters(3 * len(text))
    if text.isascii() and "\r" not in text:
        return list(text)
    starts = []
    before, character_before, flags = _CONTROL, "", 0
    # Whether the cluster so far ends in a pictograph and what extends it: joined, a pictograph may follow.
    has_pictograph = False
    for index, character in enumerate(text):
        kind = _class(character)
        is_joined = has_pictograph and character_before == "\u200d"
        if not (
            _belongs(before, kind, is_odd_flag=flags % 2 == 1)
            or (is_joined and kind == _PICTOGRAPH)
            or (character_before == "\r" and character == "\n")
        ):
            starts.append(index)
        has_pictograph = kind == _PICTOGRAPH or (has_pictograph and kind == _EXTEND)
        flags = flags + 1 if kind == _FLAG else 0
        before, character_before = kind, character
    return [text[start:end] for start, end in pairwise((*starts, len(text)))]


def _belongs(before: str, kind: str, *, is_odd_flag: bool) -> bool:
    """Whether a character is in the same cluster as the one before, by the classes of both.

    `is_odd_flag`: the one before is the first of the two regional indicators that are a flag.
    """
    if _CONTROL in (before, kind):
        return False
    if kind == _EXTEND or before == _PREPEND:
        return True
    if kind == _FLAG:
        return before == _FLAG and is_odd_flag
    return kind in _HANGUL.get(before, ())


@lru_cache(maxsize=4096)
def _class(character: str) -> str:
    code = ord(character)
    for kind, ranges in _tables():
        index = bisect_right(ranges, (code, sys.maxunicode)) - 1
        if index >= 0 and ranges[index][0] <= code <= ranges[index][1]:
            return kind
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Mc"):
        return _EXTEND
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return _CONTROL
    if 0x1F1E6 <= code <= 0x1F1FF:  # noqa: PLR2004 - the regional indicators
        return _FLAG
    return _syllable_part(code)


def _syllable_part(code: int) -> str:
    if 0xAC00 <= code <= 0xD7A3:  # noqa: PLR2004 - the Hangul syllables
        return _LVT if (code - 0xAC00) % 28 else _LV
    for kind, ranges in (
        (_LEADING, ((0x1100, 0x115F), (0xA960, 0xA97C))),
        (_VOWEL, ((0x1160, 0x11A7), (0xD7B0, 0xD7C6))),
        (_TRAILING, ((0x11A8, 0x11FF), (0xD7CB, 0xD7FB))),
    ):
        if any(first <= code <= last for first, last in ranges):
            return kind
    return _OTHER


@lru_cache(maxsize=1)
def _tables() -> tuple[tuple[str, list[tuple[int, int]]], ...]:
    return tuple(
        (kind, [_range(item) for item in table.split()])
        for kind, table in (
            (_PREPEND, _PREPENDED),
            (_EXTEND, _EXTENDING),
            (_OTHER, _SEPARATE_MARKS),
            (_PICTOGRAPH, _PICTOGRAPHS),
        )
    )


def _range(item: str) -> tuple[int, int]:
    first, _, last = item.partition("-")
    return int(first, 16), int(last or first, 16)
