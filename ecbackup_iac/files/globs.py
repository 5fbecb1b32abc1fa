"""Globs over addresses and paths.

`*` stands for any text, slashes and dots included, `?` for one character, `**/` for any folders or
none. Brackets are themselves, because Terraform writes instance keys with them.
"""

import posixpath
import re
from functools import lru_cache

from ecbackup_iac.model.policy import PathGlob

_WILDCARD = re.compile(r"(?:(?<=/)|^)\*\*/|\*+")
_ANY_FOLDERS = "(?:.*?/)??"
_ANY_TEXT = ".*?"


def matches(pattern: str, text: str) -> bool:
    """Say whether the whole text is what the glob describes. Case counts."""
    return _expression(pattern).fullmatch(text) is not None


def covers(glob: PathGlob, path: str) -> bool:
    """Say whether the glob describes the path, relative to the working folder, or a folder above it."""
    pattern = glob.pattern.removeprefix("./").rstrip("/")
    if glob.base and path != "-":
        path = posixpath.relpath(path, glob.base)
    parts = path.split("/")
    return any(matches(pattern, "/".join(parts[:end])) for end in range(len(parts), 0, -1))


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """Translate a glob so that no text takes more than quadratic time.

    What stands between two wildcards may be found where it comes first, once and for all: hence
    the atomic groups.
    """
    fixed = [re.escape(part).replace(r"\?", ".") for part in _WILDCARD.split(pattern)]
    wild = [_ANY_FOLDERS if mark == "**/" else _ANY_TEXT for mark in _WILDCARD.findall(pattern)]
    steps = [mark + part for mark, part in zip(wild, fixed[1:], strict=True)]
    groups = [f"(?>{step})" for step in steps[:-1]] + steps[-1:]
    return re.compile(fixed[0] + "".join(groups), re.DOTALL)
