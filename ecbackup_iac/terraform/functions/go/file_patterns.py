"""A component of a fileset pattern → the regular expression for the names that it describes.

`*`, `?`, [class] and {a,b} are translated, in the forms that are in common use; `**` is a component of its
own, and not translated here.
"""

import re
from functools import lru_cache

from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.regular_expressions import Pattern
from ecbackup_iac.terraform.values.errors import EvaluationError

ANY_FOLDERS = "**"
"""A component for any number of folders; as the last one, for any file below."""

MAGIC = frozenset("*?[{\\")
"""What makes a component more than a name."""

_MAX_KEPT = 20  # expressions; few patterns have more components

_IN_CLASS = r"(?:[^][\\^&~-]|\\.)"
_PART = re.compile(
    rf"(?P<star>\*+)|(?P<one>\?)|(?P<class>\[\^?(?:{_IN_CLASS}(?:-{_IN_CLASS})?)+\])"
    r"|\{(?P<options>[^][*?{}\\,]+(?:,[^][*?{}\\,]+)*)\}|\\(?P<escaped>.)|(?P<text>[^][*?{\\]+)",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\[[^]]*\Z|\{[^}]*\Z|\\\Z|\[(?:\]|\^?-|[^]]*-\])")


@lru_cache(_MAX_KEPT)
def component(pattern: str) -> Pattern:
    """Return the expression for the names that a component describes.

    Raises EvaluationError: Terraform rejects it, whatever the name.
    Raises UnknownResultError: a form of it is not in common use, and not translated.
    """
    pieces, position = [], 0
    while position < len(pattern):
        found = _PART.match(pattern, position)
        # An error after the beginning is found or not, depending on the name that is compared.
        if found is None and position == 0 and _UNFINISHED.match(pattern):
            raise EvaluationError("failed to glob pattern: syntax error in pattern")
        if found is None:
            raise UnknownResultError(f"the pattern {pattern} is not evaluated")
        match found.lastgroup:
            case "star":
                pieces.append(".*")
            case "one":
                pieces.append(".")
            case "options":
                quoted = (rf"\Q{option}\E" for option in found["options"].split(","))
                pieces.append(f"(?:{'|'.join(quoted)})")
            case "text" | "escaped" as kind:
                pieces.append(rf"\Q{found[kind]}\E")
            case _:
                pieces.append(re.sub(r"\\(\w)", r"\1", found[0]))
        position = found.end()
    try:
        return Pattern(rf"\A(?s:{''.join(pieces)})\z")
    except EvaluationError as error:
        raise UnknownResultError(f"the pattern {pattern} is not evaluated") from error
