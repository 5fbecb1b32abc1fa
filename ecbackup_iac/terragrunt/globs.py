"""A pattern of Terragrunt → a regular expression, and the files that one of `mark_glob_as_read` matches."""

import os
import re
from collections.abc import Callable, Iterator

from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.functions.go.regular_expressions import Pattern
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError

MAX_BACKTRACKING = 3
"""Wildcards of an expression that Python's engine matches; with more, it may take years."""

_SKIPPED = (".git", ".terraform", ".terragrunt-cache", ".terragrunt-stack")
"""Folders of what is made where Terragrunt runs, and of git."""

_BETWEEN_LITERALS = r"(?<=/)(?<![*?\]}]/)\*\*/(?=[^*?\[{]*$|[^*?\[{/]+/)"
"""The `**/` that match no folder, too, in Go's gobwas/glob: those between literals."""

_PART = re.compile(r"\\.|\*\*|\*|\?|\[!|[\[\]{},]|.", re.DOTALL)
_MAGIC = {
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
    "[!": "[^",
    "[": "[",
    "]": "]",
    "{": "(?:",
    "}": ")",
}


def matching_files(pattern: str, real_path_of: Callable[[str], str], folders: Folders) -> list[str]:
    """Return the files that an absolute pattern matches, in the order of a walk.

    Raises EvaluationError: it is not a pattern.
    Raises OutsideError: it leads out of the repository.
    """
    top = re.split(r"[*?\[{\\]", pattern, maxsplit=1)[0]
    if top != pattern:
        top = os.path.dirname(top)
    real = real_path_of(top)
    if os.path.isfile(real):
        return [top] if top == pattern else []
    try:
        is_match = matcher(glob_expression(pattern, _BETWEEN_LITERALS))
    except re.error as error:
        raise EvaluationError(f"it is not a pattern: {error}") from None
    found = (top + path for path in _files(folders, real))
    return sorted(filter(is_match, found), key=lambda path: path.split("/"))


def _files(folders: Folders, folder: str) -> Iterator[str]:
    """Yield the files below a folder as paths from there, with a slash in front."""
    charge()
    names, below = folders.listing(folder)
    yield from (f"/{name}" for name in names)
    for name in below:
        if name not in _SKIPPED:
            paths = _files(folders, os.path.join(folder, name))
            yield from (f"/{name}{path}" for path in paths)


def matcher(expression: str) -> Callable[[str], object]:
    """Return a function that is true for the strings that an expression matches as a whole.

    Raises re.error, EvaluationError: it is not an expression.
    Raises UnknownResultError: it is not evaluated.
    """
    found = re.compile(expression, re.DOTALL)
    if expression.count("*") <= MAX_BACKTRACKING:
        return found.fullmatch
    return Pattern(rf"\A(?s:{expression})\z").search


def glob_expression(pattern: str, optional_folders: str = r"\*\*/") -> str:
    """Return a pattern as a regular expression.

    `optional_folders` matches each `**/` that matches no folder, too.
    """
    depth, found = 0, []
    for part in _PART.findall(re.sub(optional_folders, "\0", pattern)):
        depth += {"{": 1, "}": -1}.get(part, 0)
        if part == "\0":
            found.append("(?:.*/)?")
        elif part == "," and depth:
            found.append("|")
        else:
            found.append(_MAGIC.get(part) or re.escape(part[-1]))
    return "".join(found)
