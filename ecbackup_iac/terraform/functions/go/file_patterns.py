"""A component of a fileset pattern → the regular expression for the names that it describes.

`*`, `?`, [class] and {a,b} as most write them; `**` is a component of its own, and not matched here.
"""

import re

from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.regular_expressions import Pattern
from ecbackup_iac.terraform.values.value import EvaluationError

ANY_FOLDERS = "**"
"""A component for any number of folders; as the last one, for any file below."""

MAGIC = frozenset("*?[{\\")
"""What makes a component more than a name."""

_PART = re.compile(
    r"(?P<star>\*+)|(?P<one>\?)|(?P<class>\[\^?[^][\\^&~-](?:[^][\\^&~-]|-[^][\\^&~-])*\])"
    r"|\{(?P<options>[^][*?{}\\,]+(?:,[^][*?{}\\,]+)*)\}|(?P<text>[^][*?{\\]+)"
)


def component(pattern: str) -> Pattern:
    """Return what matches the names that a component describes. Raises UnknownResultError."""
    pieces, position = [], 0
    while position < len(pattern):
        found = _PART.match(pattern, position)
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
            case "text":
                pieces.append(rf"\Q{found[0]}\E")
            case _:
                pieces.append(found[0])
        position = found.end()
    try:
        return Pattern(rf"\A(?s:{''.join(pieces)})\z")
    except EvaluationError as error:
        raise UnknownResultError(f"the pattern {pattern} is not evaluated") from error
