"""Policy file and command-line options → the Policy noun: what the organisation asks for.

pydantic checks the file; the models below are the file's format and nothing else knows them.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from ecbackup_iac.errors import PolicyError
from ecbackup_iac.files.bounded_read import bounded_content, larger_than
from ecbackup_iac.files.paths import boundary_of, is_readable, shown_path
from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import (
    MAXIMUM_DAYS,
    PathGlob,
    Policy,
    PolicyException,
    PublishedModule,
    RootSettings,
    SuppressionMode,
    UnknownMode,
)
from ecbackup_iac.model.verdict import Rule

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


MAX_POLICY_BYTES = 10_000_000
"""Bytes."""

MAX_PROBLEMS = 20
"""Wrong keys of one file that are told; more are counted."""


def _without_nul(text: str) -> str:
    """Refuse what no path, address or reason has, and what the system takes for its end."""
    if "\0" in text:
        raise PydanticCustomError("nul", "A text without a NUL character is expected")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, strict=True),
    AfterValidator(_without_nul),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExceptionEntry(_Strict):
    """One `[[exceptions]]` table."""

    resource: Text | None = None
    path: Text | None = None
    rule: Rule | None = None
    reason: Text
    expires: Annotated[date, Field(strict=True)] | None = None


class RootEntry(_Strict):
    """One `[[roots]]` table: a Terraform root or a template, and what it is judged with."""

    path: Text
    var_files: list[Text] = []
    parameter_files: list[Text] = []
    workspace: Text | None = None


class ModuleEntry(_Strict):
    """One `[[modules]]` table: a module that makes a cache, and is not read."""

    source: Text
    form: Form = Form.REPLICATION_GROUP
    input: Text | None = None
    default: Annotated[int, Field(strict=True)] | None = None
    engine: Text | None = None
    default_engine: Text | None = None
    switches: list[Text] = []


class PolicyFile(_Strict):
    """The whole of `.ecbackup.toml`."""

    minimum_days: Annotated[int, Field(ge=1, le=MAXIMUM_DAYS, strict=True)] = 1
    unknown: UnknownMode = UnknownMode.WARN
    exclude: list[Text] = []
    exceptions: list[ExceptionEntry] = []
    roots: list[RootEntry] = []
    modules: list[ModuleEntry] = []
    baseline: Text | None = None
    source: Text | None = None
    ignores: SuppressionMode = SuppressionMode.ALL


def read_policy(path: str) -> Policy:
    """Read a policy file; its path globs count from the folder that it lies in.

    Raises:
        PolicyError: it cannot be read, is no TOML, or says something that a policy cannot say.

    """
    shown, text = shown_path(path), ""
    base = os.path.dirname(shown)
    try:
        content = bounded_content(path, MAX_POLICY_BYTES)
        if content is None:
            raise PolicyError(f"{shown}: not read: {larger_than(MAX_POLICY_BYTES)}")
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        raise PolicyError(f"{shown}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{shown}: not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"{shown}:{place[1]}:{place[2]}" if place else shown
        if str(error).endswith("(at end of document)"):
            where = f"{shown}:{text.count(chr(10)) + 1}:{len(text) - text.rfind(chr(10))}"
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise PolicyError(f"{where}: not valid TOML: {what}") from error
    lines = _Lines(text, document.get("exceptions"))
    try:
        file = PolicyFile.model_validate(document)
    except ValidationError as error:
        told = error.errors()[:MAX_PROBLEMS]
        first, *more = (_problem(detail, shown, lines) for detail in told)
        if error.error_count() > len(told):
            more.append(f"{shown}: {error.error_count() - len(told)} more keys are wrong")
        raise PolicyError(first, more=more) from error
    exceptions = []
    for index, entry in enumerate(file.exceptions):
        location = Location(shown, lines.exception(index))
        if entry.resource is None and entry.path is None:
            raise PolicyError(f"{location}: the exception covers everything: name resource or path")
        glob = PathGlob(entry.path, base) if entry.path else None
        exceptions.append(
            PolicyException(entry.reason, location, entry.resource, glob, entry.rule, entry.expires)
        )
    exclude = tuple(PathGlob(pattern, base) for pattern in file.exclude)
    folder = os.path.dirname(os.path.realpath(path))
    roots = tuple(_root_settings(entry, folder, shown) for entry in file.roots)
    modules = tuple(
        PublishedModule(**{**entry.model_dump(), "switches": tuple(entry.switches)})
        for entry in file.modules
    )
    baseline = os.path.join(os.path.dirname(path), file.baseline) if file.baseline else None
    return Policy(
        file.minimum_days,
        file.unknown,
        exclude,
        tuple(exceptions),
        roots,
        modules,
        baseline,
        source=_source(file.source, path, Location(shown, lines.key(["source"]))),
        ignores=file.ignores,
    )


def _source(folder: str | None, path: str, place: Location) -> str | None:
    """Resolve the folder of a plan's configuration, which counts from the policy file's folder."""
    if folder is None:
        return None
    found = os.path.join(os.path.dirname(path), folder)
    if not os.path.isdir(found):
        raise PolicyError(f"{place}: source: there is no folder {folder}")
    if not is_readable(os.path.realpath(found), boundary_of(path)):
        raise PolicyError(f"{place}: source: {folder} leads outside the repository")
    return found


def _root_settings(entry: RootEntry, folder: str, shown: str) -> RootSettings:
    """Resolve an entry's paths, which count from the policy file's folder."""
    root = os.path.realpath(os.path.join(folder, entry.path))
    if not os.path.exists(root):
        raise PolicyError(f"{shown}: roots: there is no folder or template {entry.path}")
    if entry.parameter_files if os.path.isdir(root) else (entry.var_files or entry.workspace):
        raise PolicyError(
            f"{shown}: roots: {entry.path}: a folder takes var_files and a workspace, "
            "a template takes parameter_files"
        )

    def files(written: Sequence[str]) -> tuple[str, ...]:
        found = tuple(os.path.realpath(os.path.join(folder, file)) for file in written)
        for file, name in zip(found, written, strict=True):
            if not os.path.isfile(file):
                raise PolicyError(f"{shown}: roots: there is no file {name}")
        return found

    return RootSettings(root, files(entry.var_files), entry.workspace, files(entry.parameter_files))


_TABLES: dict[str, type[BaseModel]] = {
    "exceptions": ExceptionEntry,
    "roots": RootEntry,
    "modules": ModuleEntry,
}


class _Lines:
    """The lines on which keys stand, which TOML parsers do not tell; None where it is not certain."""

    def __init__(self, text: str, exceptions: object) -> None:
        self.lines = text.splitlines()
        headers = [
            number
            for number, line in enumerate(self.lines, 1)
            if re.match(r"""\s*\[\[\s*["']?exceptions["']?\s*\]\]""", line)
        ]
        is_certain = isinstance(exceptions, list) and len(headers) == len(exceptions)
        self.headers = headers if is_certain else []

    def exception(self, index: int) -> int | None:
        """Give the line of the table's header."""
        return self.headers[index] if self.headers else None

    def key(self, path: Sequence[str | int]) -> int | None:
        """Give the line of a key, or of the table it is missing from."""
        table, first, last = None, 1, len(self.lines)
        if path[0] == "exceptions" and len(path) > 1 and isinstance(path[1], int):
            if not self.headers:
                return None
            table = first = self.headers[path[1]]
            last = next((line - 1 for line in self.headers if line > first), last)
            path = path[2:]
        if not path:
            return table
        name = re.escape(str(path[0]))
        found = [
            number
            for number in range(first, last + 1)
            if re.match(rf"""\s*\[*\s*["']?{name}["']?\s*[=\].]""", self.lines[number - 1])
        ]
        return found[0] if len(found) == 1 else table


def _problem(detail: "ErrorDetails", shown: str, lines: _Lines) -> str:
    """Say what is wrong with one key, where, and what would be right."""
    path = detail["loc"]
    where = Location(shown, lines.key(path))
    key = ".".join(str(part) for part in path if isinstance(part, str))
    match detail["type"]:
        case "extra_forbidden":
            model = _TABLES.get(str(path[0]), PolicyFile) if len(path) > 1 else PolicyFile
            near = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1, cutoff=0.5)
            known = ", ".join(model.model_fields)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {known}"
            return f"{where}: unknown key {key}: {hint}"
        case "missing":
            return f"{where}: {key} is missing"
        case "model_type":
            return f"{where}: {key}: a table is expected, not {_quoted(detail['input'])}"
        case _:
            return f"{where}: {key}: {_lower_first(detail['msg'])}, not {_quoted(detail['input'])}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _quoted(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, date):
        text = value.isoformat()
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - a line's worth
