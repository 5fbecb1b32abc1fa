"""What pydantic finds wrong with a policy file → messages with the line of the key and what to write."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import TYPE_CHECKING, Any

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import MAXIMUM_DAYS
from ecbackup_iac.policy.policy_keys import TABLES, PolicyFile

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAX_QUOTED = 60
"""Characters of a wrong value that are shown."""


class KeyLines:
    """The line of each key of a TOML text, which tomllib does not report; None where it is not certain."""

    def __init__(self, text: str, document: Mapping[str, object]) -> None:
        self._lines = text.splitlines()
        self._headers: dict[str, list[int]] = {}
        """The lines of the headers of each array of tables; none where one is written inline."""

        self._starts = [n for n, line in enumerate(self._lines, 1) if re.match(r"\s*\[", line)]
        for name in TABLES:
            header = re.compile(rf"""\s*\[\[\s*["']?{name}["']?\s*\]\]""")
            lines = [n for n in self._starts if header.match(self._lines[n - 1])]
            entries = document.get(name)
            if isinstance(entries, list) and len(lines) == len(entries):
                self._headers[name] = lines

    def key(self, path: Sequence[str | int]) -> int | None:
        """Return the line of a key, or of the table it is missing from."""
        table, first, last = None, 1, len(self._lines)
        if path[0] in TABLES and len(path) > 1 and isinstance(path[1], int):
            headers = self._headers.get(str(path[0]))
            if not headers:
                return None
            table = first = headers[path[1]]
            last = next((line - 1 for line in self._starts if line > first), last)
            path = path[2:]
        if not path:
            return table
        name = re.escape(str(path[0]))
        matches = [
            number
            for number in range(first, last + 1)
            if re.match(rf"""\s*\[*\s*["']?{name}["']?\s*[=\].]""", self._lines[number - 1])
        ]
        return matches[0] if len(matches) == 1 else table


def problem(detail: "ErrorDetails", display_path: str, lines: KeyLines) -> str:
    """Return what is wrong with one key, where, and what to write."""
    path = detail["loc"]
    location = Location(display_path, lines.key(path))
    key = ".".join(str(part) for part in path if isinstance(part, str))
    return f"{location}: {_description(detail, key)}"


_WHOLE_NUMBER = "a whole number, as in {name} = 7"
_DATE = "a date without quotes and time, as in {name} = 2027-01-01"
_RANGE = f"1 to {MAXIMUM_DAYS}"

# pydantic's type of an error → what is expected.
_EXPECTED = {
    "model_type": "a table",
    "list_type": 'a list, as in {name} = ["..."]',
    "string_type": 'a string in quotes, as in {name} = "..."',
    "string_pattern_mismatch": "the name of an input",
    "int_type": _WHOLE_NUMBER,
    "date_type": _DATE,
    "date_from_datetime_inexact": _DATE,
    "greater_than_equal": _RANGE,
    "less_than_equal": _RANGE,
}


def _description(detail: "ErrorDetails", key: str) -> str:
    path, value = detail["loc"], detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            model = TABLES.get(str(path[0]), PolicyFile) if len(path) > 1 else PolicyFile
            near = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1, cutoff=0.5)
            known = ", ".join(model.model_fields)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {known}"
            return f"unknown key {key}: {hint}"
        case "missing":
            return f"{key} is missing"
        case "string_too_short":
            return f"{key}: the string is empty"
        case "list_type" if isinstance(value, dict) and key in TABLES:
            return f"{key}: write [[{key}]], with two brackets"
        case "enum":
            expected = str(detail["ctx"]["expected"])
        case kind if kind in _EXPECTED:
            expected = _EXPECTED[kind].format(name=key.rpartition(".")[2])
        case _:
            return f"{key}: {detail['msg'][:1].lower()}{detail['msg'][1:]}, not {_quoted(value)}"
    return f"{key}: expected {expected}, not {_quoted(value)}"


def _quoted(value: Any) -> str:  # noqa: ANN401 - whatever the file contains
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, date | time):
        text = value.isoformat()
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 3] + "..."
