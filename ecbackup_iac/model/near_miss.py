"""A name and other names → the other one that looks like a misspelling of it."""

from collections.abc import Iterable, Mapping

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record

CUTOFF = 0.85
"""The least similarity (difflib) of a misspelling: a letter or two differ in a long name."""


@record
class NearMiss:
    """An argument or property whose name is nearly the retention's, which is not set."""

    name: str
    location: Location
    """Its name and value."""

    text: str = ""
    """The same, as a trace shows them."""


def type_meant_by(name: str, types: Mapping[str, object]) -> str:
    """Return the type that a name means but for case, underscores, a plural s or "elasticcache".

    Blanks around it and characters that show nothing do not count either.
    """
    if name in types:
        return name
    letters = _letters(name)
    return next((kind for kind in types if _letters(kind) == letters), "")


def _letters(name: str) -> str:
    visible = "".join(filter(str.isprintable, name.lower()))
    return visible.replace("_", "").replace("cc", "c").strip().removesuffix("s")


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the most similar of some names; empty where none is similar enough."""
    from difflib import get_close_matches  # 5 ms, and rarely needed

    spellings = {known.lower(): known for known in names if known.replace("-", "_").isidentifier()}
    similar = get_close_matches(name.lower(), spellings, n=1, cutoff=CUTOFF)
    return spellings[similar[0]] if similar else ""
