"""A version constraint, or the ref of a git address → the versions that it allows."""

import re
from typing import TypeAlias

from ecbackup_iac.model.record import record

Version: TypeAlias = tuple[int, int, int]

_FIRST: Version = (0, 0, 0)
_END: Version = (10**9, 0, 0)

_CLAUSE = re.compile(r"\s*(=|!=|>=?|<=?|~>)?\s*v?(\d{1,8}(?:\.\d{1,8})*)([-+][\w.+-]+)?\s*")
_TAG = r"(?:refs/tags/|tags/)?v?(\d{1,6}(?:\.\d{1,8}){0,2})(?:[-+][\w.+-]*)?"
_COMMIT = r"[0-9a-fA-F]{7,64}"


@record
class VersionRange:
    """The versions from one up to another."""

    first: Version = _FIRST
    end: Version = _END
    """Exclusive."""

    def overlaps(self, other: "VersionRange") -> bool:
        """Whether a version may be in both ranges."""
        return max(self.first, other.first) < min(self.end, other.end)


ANY_VERSION = VersionRange()


def meets(version: str, constraint: str) -> bool:
    """Whether a version meets a constraint: `~> 5.0, != 5.3.1`."""
    if not constraint.strip():
        return True
    if not re.fullmatch(r"\d{1,8}(?:\.\d{1,8}){0,2}", version):
        return version == constraint.strip().lstrip("=v ")  # a pre-release meets no range
    own = _allowed("=", version)
    for clause in constraint.split(","):
        found = _CLAUSE.fullmatch(clause)
        if found is None or found[3]:  # nor does a release meet the bound of a pre-release
            return False
        is_excluded = found[1] == "!="
        clause_range = _allowed("=" if is_excluded else found[1] or "=", found[2])
        if clause_range.overlaps(own) is is_excluded:
            return False
    return True


def is_constraint(text: str) -> bool:
    """Whether a string is a version constraint."""
    return all(map(_CLAUSE.fullmatch, text.split(",")))


def versions_of(constraint: str) -> VersionRange:
    """Return the versions that a constraint allows: any, where it is empty or cannot be read."""
    allowed = ANY_VERSION
    for clause in constraint.split(","):
        found = _CLAUSE.fullmatch(clause)
        if found is None:
            return ANY_VERSION
        clause_range = _allowed(found[1] or "=", found[2])
        allowed = VersionRange(
            max(allowed.first, clause_range.first), min(allowed.end, clause_range.end)
        )
    return allowed


def versions_of_ref(ref: str) -> VersionRange | None:
    """Return the versions that a git ref may be: one for a tag, any for a branch.

    None for a commit: a host of git repositories shows the commits of every fork under the name of the
    original, so that nothing shows whose commit it is.
    """
    if re.fullmatch(_COMMIT, ref):
        return None
    tag = re.fullmatch(_TAG, ref)
    if tag is None:
        return ANY_VERSION
    is_exact = tag[1].count(".") == 2  # noqa: PLR2004 - major.minor.patch
    # `v1` is a tag that moves with the releases of version 1.
    return _allowed("=" if is_exact else "~>", tag[1] if is_exact else f"{tag[1]}.0")


def _allowed(operator: str, text: str) -> VersionRange:
    numbers = [int(part) for part in text.split(".")]
    version = _version(numbers)
    match operator:
        case ">=":
            return VersionRange(version)
        case ">":
            return VersionRange(_after(version))
        case "<":
            return VersionRange(end=version)
        case "<=":
            return VersionRange(end=_after(version))
        case "=":
            return VersionRange(version, _after(version))
        case "~>" if len(numbers) > 1:
            *same, last, _ = numbers
            return VersionRange(version, _version([*same, last + 1]))
        case "~>":
            return VersionRange(version)
        case _:  # != rules out one version, and leaves all others
            return ANY_VERSION


def _version(numbers: list[int]) -> Version:
    major, minor, patch = (*numbers, 0, 0)[:3]
    return major, minor, patch


def _after(version: Version) -> Version:
    major, minor, patch = version
    return major, minor, patch + 1
