"""A policy file → the Policy noun.

pydantic validates the file; the models below are its format, and nothing else knows them.
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
from ecbackup_iac.files.bounded_read import bounded_content
from ecbackup_iac.files.paths import boundary_of, is_inside, is_readable, shown_path
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

MAX_GLOBS = 1_000
"""Entries of `exclude`: each is compared with every path."""

MAX_EXCEPTIONS = 1_000
"""Each is compared with every finding; a baseline, which is looked up by address, has no such bound."""

MAX_TABLES = 1_000
"""Each of `[[roots]]` is evaluated, and each of `[[templates]]` compared with every URL."""

MAX_PROBLEMS = 20
"""Wrong keys of one file that are listed; more are counted."""

MAX_QUOTED = 60
"""Characters of a wrong value that are shown."""


def _without_nul(text: str) -> str:
    """Reject a NUL character, which ends a path for the operating system."""
    if "\0" in text:
        raise PydanticCustomError("nul", "A text without a NUL character is expected")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, strict=True),
    AfterValidator(_without_nul),
]


Identifier = Annotated[Text, StringConstraints(pattern=r"^[A-Za-z_][\w-]*$")]
InputPath = Annotated[Text, StringConstraints(pattern=r"^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExceptionEntry(_Strict):
    """An accepted finding, by resource, path or both."""

    resource: Annotated[Text | None, Field(description="Glob for the address.")] = None
    path: Annotated[
        Text | None, Field(description="Glob for the path, relative to the policy file.")
    ] = None
    rule: Annotated[
        Rule | None, Field(description="The only rule that is accepted; otherwise every rule.")
    ] = None
    reason: Annotated[Text, Field(description="Why it is accepted.")]
    expires: Annotated[
        date | None,
        Field(strict=True, description="The last day (UTC) on which it counts, without quotes."),
    ] = None


class RootEntry(_Strict):
    """A Terraform root or a template, and the values that it is checked with."""

    path: Annotated[Text, Field(description="The root's folder, or the template.")]
    var_files: Annotated[
        list[Text], Field(description="Variable files of a Terraform root; later ones win.")
    ] = []
    parameter_files: Annotated[
        list[Text], Field(description="Parameter files of a template; later ones win.")
    ] = []
    workspace: Annotated[Text | None, Field(description="The Terraform workspace.")] = None


class ModuleEntry(_Strict):
    """A module that creates a cache and is not in the repository."""

    source: Annotated[Text, Field(description="The call's source, without its version.")]
    form: Annotated[Form, Field(description="The form of the cache.")] = Form.REPLICATION_GROUP
    input: Annotated[
        InputPath | None,
        Field(description="The input that sets the retention; dots lead into objects."),
    ] = None
    default: Annotated[
        int | None,
        Field(strict=True, description="Days if the caller sets none; otherwise no backups."),
    ] = None
    engine: Annotated[Identifier | None, Field(description="The input that sets the engine.")] = (
        None
    )
    default_engine: Annotated[
        Identifier | None, Field(description="The engine if the caller sets none.")
    ] = None
    switches: Annotated[
        list[Identifier], Field(description="Inputs that create no cache when false.")
    ] = []
    versions: Annotated[
        list[Text], Field(description="Version constraints; without them, every version.")
    ] = []
    serverless_input: Annotated[
        InputPath | None, Field(description="The input that sets a serverless cache's retention.")
    ] = None
    stand_in: Annotated[
        Text | None,
        Field(description="A file with the module's variables and caches, in Terraform's syntax."),
    ] = None


class TemplateEntry(_Strict):
    """The file that the URL of a nested template refers to."""

    url: Annotated[Text, Field(description="Glob for the URL, as written or evaluated.")]
    path: Annotated[Text, Field(description="The template, relative to the policy file.")]


class PolicyFile(_Strict):
    """The policy file of ecbackup-iac, .ecbackup.toml."""

    minimum_days: Annotated[
        int,
        Field(ge=1, le=MAXIMUM_DAYS, strict=True, description="The minimum retention in days."),
    ] = 1
    unknown: Annotated[
        UnknownMode, Field(description="How to treat caches whose retention cannot be known.")
    ] = UnknownMode.WARN
    exclude: Annotated[
        list[Text],
        Field(max_length=MAX_GLOBS, description="Globs for paths to leave out of the report."),
    ] = []
    exceptions: Annotated[
        list[ExceptionEntry], Field(max_length=MAX_EXCEPTIONS, description="Accepted findings.")
    ] = []
    roots: Annotated[
        list[RootEntry],
        Field(max_length=MAX_TABLES, description="Values for roots; each is checked separately."),
    ] = []
    modules: Annotated[
        list[ModuleEntry],
        Field(max_length=MAX_TABLES, description="Modules that are not in the repository."),
    ] = []
    templates: Annotated[
        list[TemplateEntry],
        Field(max_length=MAX_TABLES, description="Files for the URLs of nested templates."),
    ] = []
    baseline: Annotated[Text | None, Field(description="The baseline file.")] = None
    source: Annotated[
        Text | None, Field(description="The folder with the configuration of plans.")
    ] = None
    ignores: Annotated[
        SuppressionMode,
        Field(description="Which comments and metadata in the code suppress findings."),
    ] = SuppressionMode.ALL


def read_policy(path: str) -> Policy:
    """Return the policy of a file; its path globs are relative to the file's folder.

    Raises:
        PolicyError: the file cannot be read, is not TOML, or is not a valid policy.

    """
    shown = shown_path(path)
    text = _text_of(path, shown)
    document = _document(text, shown)
    lines = _KeyLines(text, document.get("exceptions"))
    file = _validated(document, shown, lines)
    named, shown_folder = _NamedPaths(path, shown), os.path.dirname(shown)
    return Policy(
        file.minimum_days,
        file.unknown,
        exclude=tuple(
            PathGlob(pattern, shown_folder, Location(shown, lines.key(["exclude"])))
            for pattern in file.exclude
        ),
        exceptions=tuple(
            _exception(entry, Location(shown, lines.exception(index)), shown_folder)
            for index, entry in enumerate(file.exceptions)
        ),
        roots=tuple(map(named.root_settings, file.roots)),
        modules=tuple(named.module(entry, lines.key(["modules"])) for entry in file.modules),
        templates=tuple(
            (entry.url, named.file(entry.path, "templates")) for entry in file.templates
        ),
        baseline=named.path(file.baseline, "baseline") if file.baseline else None,
        source=named.source(file.source, lines.key(["source"])) if file.source else None,
        ignores=file.ignores,
    )


def _text_of(path: str, shown: str) -> str:
    """Return the text of a policy file. Raises PolicyError."""
    try:
        content = bounded_content(path, MAX_POLICY_BYTES)
    except OSError as error:
        raise PolicyError(f"{shown}: {error.strerror or error}") from error
    if isinstance(content, str):
        raise PolicyError(f"{shown}: {content}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(f"{shown}: not UTF-8 text") from error


def _document(text: str, shown: str) -> dict[str, Any]:
    """Return the TOML document of a text. Raises PolicyError with the location of a syntax error."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Python 3.11 has the position only in the message.
        problem, position = re.sub(r"\s*\(at .*\)$", "", str(error)), ""
        if found := re.search(r"line (\d+), column (\d+)", str(error)):
            position = f":{found[1]}:{found[2]}"
        elif str(error).endswith("(at end of document)"):
            position = f":{text.count(chr(10)) + 1}:{len(text) - text.rfind(chr(10))}"
        raise PolicyError(f"{shown}{position}: not valid TOML: {problem}") from error


def _validated(document: dict[str, Any], shown: str, lines: "_KeyLines") -> PolicyFile:
    """Return a document as a policy file. Raises PolicyError with the wrong keys."""
    try:
        return PolicyFile.model_validate(document)
    except ValidationError as error:
        first, *more = (_problem(detail, shown, lines) for detail in error.errors()[:MAX_PROBLEMS])
        if error.error_count() > MAX_PROBLEMS:
            more.append(f"{shown}: {error.error_count() - MAX_PROBLEMS} more keys are wrong")
        raise PolicyError(first, more=more) from error


def _exception(entry: ExceptionEntry, location: Location, folder: str) -> PolicyException:
    if entry.resource is None and entry.path is None:
        raise PolicyError(f"{location}: the exception covers everything: name resource or path")
    glob = PathGlob(entry.path, folder) if entry.path else None
    return PolicyException(entry.reason, location, entry.resource, glob, entry.rule, entry.expires)


class _NamedPaths:
    """The files and folders that a policy file names, relative to its own folder.

    A policy file in the checked tree may be anyone's pull request: what it names has to lie in the tree, too.
    """

    def __init__(self, policy: str, shown: str) -> None:
        self._folder = os.path.dirname(policy)
        self._shown = shown
        boundary = boundary_of(".")
        is_in_tree = is_inside(os.path.realpath(policy), boundary)
        self._boundary = boundary if is_in_tree else None

    def path(self, name: str, key: str, line: int | None = None) -> str:
        """Return the path of a name. Raises PolicyError where it leads outside."""
        path = os.path.join(self._folder, name)
        if self._boundary is not None and not is_readable(os.path.realpath(path), self._boundary):
            location = Location(self._shown, line)
            raise PolicyError(f"{location}: {key}: {name} leads outside the repository")
        return path

    def file(self, name: str, key: str) -> str:
        """Return the real path of a file. Raises PolicyError where there is none, or it leads outside."""
        file = os.path.realpath(self.path(name, key))
        if not os.path.isfile(file):
            raise PolicyError(f"{self._shown}: {key}: there is no file {name}")
        return file

    def source(self, name: str, line: int | None) -> str:
        """Return the path of the folder of a plan's configuration. Raises PolicyError."""
        source = self.path(name, "source", line)
        if not os.path.isdir(source):
            location = Location(self._shown, line)
            raise PolicyError(f"{location}: source: there is no folder {name}")
        return source

    def root_settings(self, entry: RootEntry) -> RootSettings:
        """Return the settings of a root. Raises PolicyError."""
        root = os.path.realpath(self.path(entry.path, "roots"))
        if not os.path.exists(root):
            raise PolicyError(f"{self._shown}: roots: there is no folder or template {entry.path}")
        if entry.parameter_files if os.path.isdir(root) else (entry.var_files or entry.workspace):
            raise PolicyError(
                f"{self._shown}: roots: {entry.path}: a folder takes var_files and a workspace, "
                "a template takes parameter_files"
            )
        return RootSettings(
            root,
            tuple(self.file(name, "roots") for name in entry.var_files),
            entry.workspace,
            tuple(self.file(name, "roots") for name in entry.parameter_files),
        )

    def module(self, entry: ModuleEntry, line: int | None) -> PublishedModule:
        """Return the description of a module, with the content of its stand-in. Raises PolicyError."""
        file, text = "", b""
        if entry.stand_in:
            file = self.path(entry.stand_in, "modules: stand_in", line)
            text = _stand_in_text(file, entry, Location(self._shown, line))
        keys = entry.model_dump() | {
            "switches": tuple(entry.switches),
            "versions": tuple(entry.versions),
            "stand_in": shown_path(file) if file else "",
        }
        return PublishedModule(**keys, stand_in_text=text)


_KEYS_OF_NO_STAND_IN = ("form", "default", "engine", "default_engine", "switches")


def _stand_in_text(file: str, entry: ModuleEntry, location: Location) -> bytes:
    """Return the content of a stand-in. Raises PolicyError."""
    name = entry.stand_in
    both = [key for key in _KEYS_OF_NO_STAND_IN if key in entry.model_fields_set]
    if both:
        raise PolicyError(f"{location}: modules: {both[0]}: the stand-in {name} says this")
    if not file.endswith(".hcl"):
        # Terraform, and this program, would read a .tf file as configuration.
        raise PolicyError(f"{location}: modules: stand_in: the name of {name} has to end in .hcl")
    try:
        content = bounded_content(os.path.realpath(file), MAX_POLICY_BYTES)
    except OSError as error:
        problem = error.strerror or error
        raise PolicyError(f"{location}: modules: stand_in: {name}: {problem}") from error
    if isinstance(content, str) or not content:
        raise PolicyError(f"{location}: modules: stand_in: {name}: {content or 'it is empty'}")
    return content


_TABLES: dict[str, type[BaseModel]] = {
    "exceptions": ExceptionEntry,
    "roots": RootEntry,
    "modules": ModuleEntry,
    "templates": TemplateEntry,
}


class _KeyLines:
    """The lines of keys, which tomllib does not report; None where a line is not certain."""

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
        """Return the line of the header of an `[[exceptions]]` table."""
        return self.headers[index] if self.headers else None

    def key(self, path: Sequence[str | int]) -> int | None:
        """Return the line of a key, or of the table it is missing from."""
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
        matches = [
            number
            for number in range(first, last + 1)
            if re.match(rf"""\s*\[*\s*["']?{name}["']?\s*[=\].]""", self.lines[number - 1])
        ]
        return matches[0] if len(matches) == 1 else table


def _problem(detail: "ErrorDetails", shown: str, lines: _KeyLines) -> str:
    """Return what is wrong with one key, where, and what would be right."""
    path = detail["loc"]
    location = Location(shown, lines.key(path))
    key = ".".join(str(part) for part in path if isinstance(part, str))
    match detail["type"]:
        case "extra_forbidden":
            model = _TABLES.get(str(path[0]), PolicyFile) if len(path) > 1 else PolicyFile
            near = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1, cutoff=0.5)
            known = ", ".join(model.model_fields)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {known}"
            return f"{location}: unknown key {key}: {hint}"
        case "missing":
            return f"{location}: {key} is missing"
        case "model_type":
            return f"{location}: {key}: a table is expected, not {_quoted(detail['input'])}"
        case _:
            return (
                f"{location}: {key}: {_lower_first(detail['msg'])}, not {_quoted(detail['input'])}"
            )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _quoted(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, date):
        text = value.isoformat()
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 3] + "..."
