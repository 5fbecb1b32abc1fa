"""Functions of paths and of files; files are read inside the boundary only."""

import posixpath
import re
from base64 import b64encode
from collections.abc import Callable

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.hcl.literal_text import normalized
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.tokens import is_identifier
from ecbackup_iac.terraform.functions.arguments import members_of, text_of
from ecbackup_iac.terraform.functions.call_context import CallContext, Files, UnknownResultError
from ecbackup_iac.terraform.functions.data_files import DataFileStep
from ecbackup_iac.terraform.functions.encoding_functions import DIGESTS
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.functions.template_rendering import FileScope, rendered
from ecbackup_iac.terraform.values.budget import charge_text
from ecbackup_iac.terraform.values.context import evaluation_context
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.marks import placeholder_of_value
from ecbackup_iac.terraform.values.sets import set_of
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import Privacy, Value, boolean, string


def _abspath(path: Value) -> Value:
    text = text_of(path)
    if not text.startswith("/"):
        raise UnknownResultError("an absolute path depends on where Terraform runs")
    return string(_cleaned(text))


def _dirname(path: Value) -> Value:
    folder, slash, _ = text_of(path).rpartition("/")
    return string(_cleaned(folder + slash))


def _basename(path: Value) -> Value:
    text = text_of(path)
    if not text:
        return string(".")
    return string(text.rstrip("/").rpartition("/")[2] or "/")


def _cleaned(path: str) -> str:
    """Return the shortest path that means the same, as Go's filepath.Clean does."""
    clean = posixpath.normpath(path) if path else "."
    return clean[1:] if clean.startswith("//") else clean


def _pathexpand(path: Value) -> Value:
    text = text_of(path)
    if not text.startswith("~"):
        return string(text)
    if text != "~" and not text.startswith("~/"):
        raise EvaluationError("cannot expand user-specific home dir")
    raise UnknownResultError("it depends on the home folder of the user who runs Terraform")


def _content(files: Files, path: Value) -> bytes:
    text = text_of(_pathexpand(path))
    try:
        content = files.read(text)
    except EvaluationError as error:
        redacted = "Invalid function argument: no file exists of that name"
        raise EvaluationError(error.message, error.origin, redacted) from error
    charge_text(len(content))
    return content


def _text(files: Files, path: Value) -> str:
    try:
        return normalized(_content(files, path).decode())
    except UnicodeDecodeError as error:
        what = "contents of {} are not valid UTF-8; use the filebase64 function"
        raise error_quoting(what, text_of(path), "the file") from error


_DATA_FILE = re.compile(r".*\.(json|ya?ml|csv)", re.IGNORECASE | re.DOTALL)
_CREDENTIALS_FILE = re.compile(
    r"creds|credential|secret|token|service.?account|kubeconfig", re.IGNORECASE
)


def _read(files: Files, path: Value, text: str) -> Value:
    """Return what a file contains, or what is computed of that: a string that is not in the code."""
    value = string(text).with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE)
    return value if path.is_hidden else value.through(_step(files, path))


def _step(files: Files, path: Value, content: str = "") -> DataFileStep:
    return DataFileStep(files.absolute(str(path.raw)), content)


def _file(files: Files, path: Value) -> Value:
    text, name = _text(files, path), text_of(path)
    if not _DATA_FILE.fullmatch(name) or _CREDENTIALS_FILE.search(name):
        return _read(files, path, text)
    document = string(text).with_marks(is_sensitive=False, privacy=Privacy.DOCUMENT)
    return document if path.is_hidden else document.through(_step(files, path, text))


def _fileexists(files: Files, path: Value) -> Value:
    try:
        return boolean(files.exists(text_of(_pathexpand(path))))
    except EvaluationError as error:
        raise EvaluationError(
            error.message, error.origin, "it is a directory, not a file"
        ) from error


def _fileset(files: Files, folder: Value, pattern: Value) -> Value:
    found = files.matching(text_of(_pathexpand(folder)), text_of(pattern))
    return set_of(map(string, found), STRING)


def _of_content(compute: Callable[[bytes], str]) -> Callable[[Files, Value], Value]:
    def implementation(files: Files, path: Value) -> Value:
        return _read(files, path, compute(_content(files, path)))

    return implementation


def _templatefile(context: CallContext, path: Value, variables: Value) -> Value:
    try:
        return _rendered(context, path, variables)
    except EvaluationError as error:
        if path.is_hidden:
            error.origin = None  # it names the file
        raise


def _rendered(context: CallContext, path: Value, variables: Value) -> Value:
    if isinstance(context.scope, FileScope):
        raise EvaluationError(
            "cannot recursively call templatefile from inside another template function"
        )
    names = members_of(variables)
    for name in names:
        if not is_identifier(name):
            raise error_quoting("invalid template variable name{}", f' "{name}"', "")
    files = context.scope.files
    text = _text(files, path)
    source = SourceFile(display_path_of(files.absolute(text_of(path))), text.encode())
    evaluation = evaluation_context()
    evaluation.template_calls += 1
    shown = placeholder_of_value(path) if path.is_hidden else text_of(path)
    scope = FileScope(files, f"{shown} ({evaluation.template_calls})")
    result = rendered(context, source, names, scope, is_hidden=True)
    return result if path.is_hidden or result.trace else result.through(_step(files, path))


def _reading(name: str, compute: Callable[[bytes], str]) -> Function:
    return function(f"{name}(path: string): string", _of_content(compute), reads_files=True)


FUNCTIONS: tuple[Function, ...] = (
    function("abspath(path: string): string", _abspath),
    function("basename(path: string): string", _basename),
    function("dirname(path: string): string", _dirname),
    function("file(path: string): string", _file, reads_files=True),
    function("fileexists(path: string): bool", _fileexists, reads_files=True),
    function("fileset(path: string, pattern: string): set of string", _fileset, reads_files=True),
    function("pathexpand(path: string): string", _pathexpand),
    function(
        "templatefile(path: string, vars: map or object | elements | late)",
        _templatefile,
        reads_files=True,
        renders_templates=True,
    ),
    _reading("filebase64", lambda content: b64encode(content).decode()),
    *(_reading(f"file{name}", digest) for name, digest in DIGESTS.items()),
)
