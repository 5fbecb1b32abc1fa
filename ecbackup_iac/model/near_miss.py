"""A name and the names that are written, or known → the one that looks like a misspelling of it."""

from collections.abc import Iterable, Mapping

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record

CUTOFF = 0.85
"""The similarity from which a name counts: a letter or two in a long name."""


@record
class NearMiss:
    """An argument or property whose name is nearly the retention's, which is not set."""

    name: str
    location: Location
    """Its name and value."""

    text: str = ""
    """The same, as a trace shows them."""


def written_as(name: str, types: Mapping[str, object]) -> str:
    """Return the resource type that a name is, in the wrong case, plural or without underscores, too."""
    if name in types:
        return name
    letters = _letters(name)
    return next((one for one in types if _letters(one) == letters), "")


def _letters(name: str) -> str:
    return name.lower().replace("_", "").removesuffix("s")


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the name that is nearly another one; empty where none is."""
    from difflib import get_close_matches  # 5 ms, and rarely needed

    spellings = {one.lower(): one for one in names if one.replace("-", "_").isidentifier()}
    found = get_close_matches(name.lower(), spellings, n=1, cutoff=CUTOFF)
    return spellings[found[0]] if found else ""
