"""A glob and an address or path → whether they match.

`*` matches any text, slashes and dots included, `?` one character, `**/` any folders or none. Brackets
match themselves, because Terraform writes instance keys with them.
"""

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache

from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.policy import PathGlob
from ecbackup_iac.model.written_path import composed

_WILDCARD = r"(?:(?<=/)|^)\*\*/|\*+"
_ANY_FOLDERS = "(?:.*?/)??"
_ANY_TEXT = ".*?"
_ANYTHING_BELOW = "(?:/.*)?"


def matches(pattern: str, text: str) -> bool:
    """Whether the glob matches the whole text, case included."""
    return _expression(pattern).fullmatch(text) is not None


def matcher(pattern: str) -> Callable[[str], object]:
    """Return a function that says whether the glob matches the whole of a string, for many strings."""
    return _expression(pattern).fullmatch


def covers(glob: PathGlob, path: str) -> bool:
    """Whether the glob matches a path, relative to the working folder, or a folder above it."""
    pattern = glob.pattern.removeprefix("./").rstrip("/")
    if glob.base and path != STANDARD_INPUT:
        path = _relative(path, glob.base)
    return _expression(composed(pattern), _ANYTHING_BELOW).fullmatch(composed(path)) is not None


# As many as the files of a large repository: there may be a thousand globs for each.
@lru_cache(maxsize=10_000)
def _relative(path: str, base: str) -> str:
    return posixpath.relpath(path, base)


# More than a policy file may contain, so that each is compiled once.
@lru_cache(maxsize=4_096)
def _expression(pattern: str, ending: str = "") -> re.Pattern[str]:
    """Return the regular expression of a glob and what follows it; it takes at most quadratic time.

    The text between two wildcards needs no second try after its first match: hence the atomic groups.
    """
    texts = [re.escape(part).replace(r"\?", ".") for part in re.split(_WILDCARD, pattern)]
    wildcards = [
        _ANY_FOLDERS if wildcard == "**/" else _ANY_TEXT
        for wildcard in re.findall(_WILDCARD, pattern)
    ]
    steps = [wildcard + text for wildcard, text in zip(wildcards, texts[1:], strict=True)]
    groups = [f"(?>{step})" for step in steps[:-1]] + steps[-1:]
    return re.compile(texts[0] + "".join(groups) + ending, re.DOTALL)
