"""A policy file (TOML) → the Policy that the rest of the program uses, or a PolicyError."""

import os
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ecbackup_iac.errors import PolicyError
from ecbackup_iac.files.bounded_read import read_file_or_stream, read_regular_file
from ecbackup_iac.files.paths import boundary_of, display_path_of, is_inside, is_readable
from ecbackup_iac.model.location import Location, is_stream
from ecbackup_iac.model.policy import (
    PathGlob,
    Policy,
    PolicyException,
    PublishedModule,
    RootSettings,
)
from ecbackup_iac.policy.policy_errors import KeyLines, problem
from ecbackup_iac.policy.policy_keys import ExceptionEntry, ModuleEntry, PolicyFile, RootEntry
from ecbackup_iac.syntax.toml_text import TomlError, toml_document

MAX_POLICY_BYTES = 10_000_000

MAX_PROBLEMS = 20
"""Wrong keys of one file that are listed; more are counted."""


def read_policy(path: str) -> Policy:
    """Return the policy of a file; its path globs are relative to the file's folder.

    Raises:
        PolicyError: the file cannot be read, is not TOML, or is not a valid policy.

    """
    display_path = display_path_of(path)
    text = _text_of(path, display_path)
    document = _document(text, display_path)
    lines = KeyLines(text, document)
    file = _validated(document, display_path, lines)
    named, display_folder = _NamedPaths(path, display_path, lines), os.path.dirname(display_path)
    return Policy(
        file.minimum_days,
        file.unknown,
        exclude=tuple(
            PathGlob(pattern, display_folder, Location(display_path, lines.key(["exclude"])))
            for pattern in file.exclude
        ),
        exceptions=tuple(
            _exception(
                entry, Location(display_path, lines.key(["exceptions", index])), display_folder
            )
            for index, entry in enumerate(file.exceptions)
        ),
        roots=tuple(named.root_settings(index, entry) for index, entry in enumerate(file.roots)),
        modules=tuple(named.module(index, entry) for index, entry in enumerate(file.modules)),
        templates=tuple(
            (entry.url, named.file(entry.path, "templates", index, "path"))
            for index, entry in enumerate(file.templates)
        ),
        baseline=named.path(file.baseline, "baseline") if file.baseline else None,
        source=named.source(file.source) if file.source else None,
        ignores=file.ignores,
        path=display_path,
    )


def _text_of(path: str, display_path: str) -> str:
    """Return the text of a policy file. Raises PolicyError."""
    try:
        read = read_file_or_stream if is_stream(path) else read_regular_file
        content = read(path, MAX_POLICY_BYTES)
    except OSError as error:
        raise PolicyError(f"{display_path}: {error.strerror or error}") from error
    if isinstance(content, str):
        raise PolicyError(f"{display_path}: not read: {content}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(f"{display_path}: not UTF-8 text") from error


def _document(text: str, display_path: str) -> dict[str, Any]:
    """Return the TOML document of a text. Raises PolicyError with the location of a syntax error."""
    try:
        return toml_document(text)
    except TomlError as error:
        location = Location(display_path, error.line, error.column)
        raise PolicyError(f"{location}: {error}") from error


def _validated(document: dict[str, Any], display_path: str, lines: KeyLines) -> PolicyFile:
    """Return a document as a policy file. Raises PolicyError with the wrong keys."""
    try:
        return PolicyFile.model_validate(document)
    except ValidationError as error:
        first, *others = (
            problem(detail, display_path, lines) for detail in error.errors()[:MAX_PROBLEMS]
        )
        if error.error_count() > MAX_PROBLEMS:
            others.append(
                f"{display_path}: {error.error_count() - MAX_PROBLEMS} more keys are wrong"
            )
        raise PolicyError(first, further_messages=others) from error


def _exception(entry: ExceptionEntry, location: Location, folder: str) -> PolicyException:
    if entry.resource is None and entry.path is None:
        raise PolicyError(
            f"{location}: exceptions: the exception covers everything: add resource or path"
        )
    glob = PathGlob(entry.path, folder) if entry.path else None
    return PolicyException(entry.reason, location, entry.resource, glob, entry.rule, entry.expires)


class _NamedPaths:
    """The files and folders that a policy file names, relative to its own folder.

    A policy file in the checked tree may come from anyone's pull request: it may name files of the tree only.
    """

    def __init__(self, policy: str, display_path: str, lines: KeyLines) -> None:
        self._folder = os.path.dirname(policy)
        self._display_path = display_path
        self._lines = lines
        boundary = boundary_of(".")
        is_in_tree = is_inside(os.path.realpath(policy), boundary)
        self._boundary = boundary if is_in_tree else None

    def path(self, name: str, *key: str | int) -> str:
        """Return the path of a name. Raises PolicyError if it leads outside."""
        path = os.path.join(self._folder, name)
        if self._boundary is not None and not is_readable(os.path.realpath(path), self._boundary):
            raise self._error(f"{name} leads outside the repository", key)
        return path

    def file(self, name: str, *key: str | int) -> str:
        """Return the real path of a file. Raises PolicyError if there is none, or it leads outside."""
        file = os.path.realpath(self.path(name, *key))
        if not os.path.isfile(file):
            raise self._error(f"there is no file {name}", key)
        return file

    def source(self, name: str) -> str:
        """Return the path of the folder of a plan's configuration. Raises PolicyError."""
        source = self.path(name, "source")
        if not os.path.isdir(source):
            raise self._error(f"there is no folder {name}", ["source"])
        return source

    def root_settings(self, index: int, entry: RootEntry) -> RootSettings:
        """Return the settings of a root. Raises PolicyError."""
        root = os.path.realpath(self.path(entry.path, "roots", index, "path"))
        if not os.path.exists(root):
            raise self._error(
                f"there is no folder or template {entry.path}", ["roots", index, "path"]
            )
        if entry.parameter_files if os.path.isdir(root) else (entry.var_files or entry.workspace):
            raise self._error(
                f"{entry.path}: a folder takes var_files and a workspace, a template takes "
                "parameter_files",
                ["roots", index],
            )
        return RootSettings(
            root,
            tuple(self.file(name, "roots", index, "var_files") for name in entry.var_files),
            entry.workspace,
            tuple(
                self.file(name, "roots", index, "parameter_files") for name in entry.parameter_files
            ),
        )

    def module(self, index: int, entry: ModuleEntry) -> PublishedModule:
        """Return the description of a module, with the content of its stand-in. Raises PolicyError."""
        file, text = "", b""
        if entry.stand_in:
            key = ("modules", index, "stand_in")
            file = self.path(entry.stand_in, *key)
            text = _stand_in_text(file, entry, Location(self._display_path, self._lines.key(key)))
        keys = entry.model_dump() | {
            "switches": tuple(entry.switches),
            "versions": tuple(entry.versions),
            "stand_in": display_path_of(file) if file else "",
        }
        return PublishedModule(**keys, stand_in_text=text)

    def _error(self, problem: str, key: Sequence[str | int]) -> PolicyError:
        location = Location(self._display_path, self._lines.key(key))
        name = ".".join(str(part) for part in key if isinstance(part, str))
        return PolicyError(f"{location}: {name}: {problem}")


_KEYS_THAT_STAND_INS_REPLACE = ("form", "default", "engine", "default_engine", "switches")


def _stand_in_text(file: str, entry: ModuleEntry, location: Location) -> bytes:
    """Return the content of a stand-in. Raises PolicyError."""
    name = entry.stand_in
    conflicting = [key for key in _KEYS_THAT_STAND_INS_REPLACE if key in entry.model_fields_set]
    if conflicting:
        raise PolicyError(
            f"{location}: modules.{conflicting[0]}: the stand-in {name} already says this"
        )
    if not file.endswith(".hcl"):
        # Terraform, and this program, would read a .tf file as configuration.
        raise PolicyError(f"{location}: modules.stand_in: the name of {name} must end in .hcl")
    try:
        content = read_regular_file(os.path.realpath(file), MAX_POLICY_BYTES)
    except OSError as error:
        problem = error.strerror or error
        raise PolicyError(f"{location}: modules.stand_in: {name}: {problem}") from error
    if isinstance(content, str) or not content:
        problem = f"not read: {content}" if content else "it is empty"
        raise PolicyError(f"{location}: modules.stand_in: {name}: {problem}")
    return content
