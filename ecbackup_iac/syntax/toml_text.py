"""A text in TOML → its document, or what is wrong with it and where."""

import re
import tomllib
from typing import Any

MAX_KEY_PARTS = 100
"""Parts of a dotted key; the time and memory that tomllib takes grow with their square."""

_KEY_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(
    rf"(?<![\w-]){_KEY_PART}(?:[ \t]*+\.[ \t]*+{_KEY_PART}){{{MAX_KEY_PARTS}}}", re.ASCII
)


class TomlError(ValueError):
    """A text is not read as TOML; the message says why."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        """Line and column are None where they are not known."""
        super().__init__(message)
        self.line = line
        self.column = column


def toml_document(text: str) -> dict[str, Any]:
    """Return the TOML document of a text. Raises TomlError."""
    if match := _LONG_KEY.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise TomlError(f"a key has more than {MAX_KEY_PARTS} parts", line)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Python 3.11 has the position only in the message.
        message = "not valid TOML: " + re.sub(r"\s*\(at .*\)$", "", str(error))
        if match := re.search(r"line (\d+), column (\d+)", str(error)):
            raise TomlError(message, int(match[1]), int(match[2])) from error
        if str(error).endswith("(at end of document)"):
            end = len(text) - text.rfind("\n")
            raise TomlError(message, text.count("\n") + 1, end) from error
        raise TomlError(message) from error
