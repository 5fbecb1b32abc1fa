"""Paths → the inputs under them, sorted, each with its bytes.

Only files inside the boundary are read: the top of the git work tree that contains the path; without
git, the working folder where the path is under it, else the path itself.
"""

import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from ecbackup_iac.errors import InputError
from ecbackup_iac.files.bounded_read import (
    MAX_INPUT_BYTES,
    MAX_TEXT_BYTES,
    NO_REGULAR_FILE,
    contains_any,
    read_file_or_stream,
    read_regular_file,
    read_stream,
)
from ecbackup_iac.files.file_names import (
    DOCUMENT_SUFFIXES,
    TEMPLATE_SUFFIXES,
    configuration_path,
    is_configuration,
    is_expected_input,
    may_be_template,
)
from ecbackup_iac.files.globs import covers
from ecbackup_iac.files.paths import (
    GIT_FOLDER,
    LINK_LEADS_OUTSIDE,
    SKIPPED_FOLDERS,
    boundary_of,
    display_path_of,
    is_folder,
    is_inside,
    is_link,
    is_readable,
    walked_boundary,
)
from ecbackup_iac.model.location import STANDARD_INPUT, Location, input_location, is_stream
from ecbackup_iac.model.policy import PathGlob
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, Severity

_TEMPLATE_WORDS = tuple(
    "AWS::".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
"""A template that is too large to be read is reported only with one of these words."""


@record
class Input:
    """One file or stream, read."""

    path: str
    """As it is printed: relative to the working folder, with forward slashes; "-" for standard input."""

    content: bytes
    argument: str
    """The argument of the command line that led to it."""

    boundary: str
    """The folder outside which nothing is read for it: absolute, links resolved."""

    is_expected: bool = True
    """It is infrastructure code by its name, or because the user named it."""

    @property
    def is_named(self) -> bool:
        """Whether the user named this very file, not a folder above it."""
        return self.path == self.argument


@record
class ConfigurationPath:
    """A folder with Terraform configuration in it or below it, or a file that Terragrunt units include."""

    path: str
    """Absolute, links resolved."""

    boundary: str
    """The folder outside which nothing is read for it: absolute, links resolved."""

    argument: str
    """The argument of the command line that led to it, as it is printed."""


@record
class LeftOut:
    """A file or folder that is excluded, or a folder that is never walked."""

    path: str
    """As it is printed."""


Discovered: TypeAlias = Input | ConfigurationPath | LeftOut | Diagnostic


class Listing(NamedTuple):
    """The names of what a folder contains, sorted.

    Links to folders are left out, because their targets are walked themselves, unless a link leads into a
    skipped folder.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]


def discover(
    paths: Sequence[str],
    exclude: Sequence[PathGlob],
    contents: Mapping[str, bytes] | None = None,
    listings: dict[str, Listing] | None = None,
) -> Iterator[Discovered]:
    """Yield every input under the paths, each once, or why it could not be read.

    `contents` replaces the contents of files on the disk, by real path. `listings` receives the listing
    of every walked folder, by real path, so that the folder is not listed again.

    Raises:
        InputError: a path does not exist.

    """
    for path in paths:
        if path != STANDARD_INPUT and not os.path.lexists(path):
            raise InputError(f"{path or 'an empty path'}: no such file or folder")
    walk = _Walk(tuple(exclude), contents or {}, {} if listings is None else listings)
    for path in dict.fromkeys(paths):
        if path == STANDARD_INPUT or is_stream(path):
            yield _stream(path)
        elif os.path.isdir(path):
            yield from walk.folder(path)
        else:
            display_path = display_path_of(path)
            file = _FilePath(path, os.path.realpath(path), display_path)
            yield from walk.file(file, display_path, boundary_of(path))


def _stream(path: str) -> Input | Diagnostic:
    """Return standard input, or another stream, read to its end."""
    if path == STANDARD_INPUT and sys.stdin is None:
        return Diagnostic("cannot be read: standard input is closed", input_location(path))
    try:
        if path == STANDARD_INPUT:
            content = read_stream(sys.stdin.buffer.read, MAX_INPUT_BYTES)
        else:
            content = read_file_or_stream(path, MAX_INPUT_BYTES)
    except OSError as error:
        return _unreadable(path, error)
    if isinstance(content, str):
        return Diagnostic(f"not read: {content}", input_location(path))
    return Input(path, content, path, boundary_of("."))


@record
class _FilePath:
    """A file or folder, by its three names."""

    path: str
    """As it is opened."""

    real: str
    """Absolute, links resolved."""

    display_path: str
    """As it is printed."""

    def child(self, entry: os.DirEntry[str]) -> "_FilePath":
        """Return an entry of this folder, without further calls of the file system if possible."""
        path = entry.path
        # A path from above the working folder may lead back into it, and is then shown from there.
        if path.isascii() and not self.display_path.startswith(os.pardir):
            prefix = "" if self.display_path == "." else f"{self.display_path.rstrip('/')}/"
            display_path = prefix + entry.name
        else:
            display_path = display_path_of(path)
        real = os.path.realpath(path) if is_link(entry) else os.path.join(self.real, entry.name)
        return _FilePath(path, real, display_path)


@record
class _FolderEntries:
    """What a folder contains, sorted by name."""

    files: tuple[os.DirEntry[str], ...]
    folders: tuple[os.DirEntry[str], ...]
    """Including links to folders."""

    @property
    def names(self) -> set[str]:
        """The names of the files and folders."""
        return {entry.name for entry in (*self.files, *self.folders)}


class _Walk:
    """A walk: it remembers what it visited, so that each file is read once, and loops of links end."""

    def __init__(
        self,
        exclude: tuple[PathGlob, ...],
        contents: Mapping[str, bytes],
        listings: dict[str, Listing],
    ) -> None:
        self._exclude = exclude
        self._contents = contents
        self._listings = listings
        self._visited: set[str] = set()

    def folder(self, argument: str) -> Iterator[Discovered]:
        """Yield the inputs in a folder and below it."""
        top = _FilePath(argument, os.path.realpath(argument), display_path_of(argument))
        boundary = boundary_of(argument)
        # Each folder with the top of its tree: the argument, or a folder that a link leads to.
        pending = [(top, top)]
        configured = set[str]()
        while pending:
            folder, tree = pending.pop()
            if not is_readable(folder.real, boundary):
                severity = Severity.ERROR if folder is top else Severity.WARNING
                yield Diagnostic(
                    f"not read: {LINK_LEADS_OUTSIDE}", Location(folder.display_path), severity
                )
                continue
            if folder.real in self._visited:
                continue
            self._visited.add(folder.real)
            try:
                entries = _entries_of(folder.path)
            except OSError as error:
                yield _unreadable(folder.display_path, error)
                continue
            self._listings[folder.real] = _listing(entries, folder.real, boundary)
            for entry in reversed(entries.folders):  # the last one first, as a stack takes them
                child = folder.child(entry)
                if entry.name not in SKIPPED_FOLDERS and not self._is_excluded(child.display_path):
                    is_below = is_inside(child.real, tree.real)
                    pending.append((child, tree if is_below else child))
                elif entry.name != GIT_FOLDER:
                    yield LeftOut(child.display_path)
            if tree.real not in configured and self._has_configuration(folder, entries):
                configured.add(tree.real)
                yield ConfigurationPath(
                    tree.real, walked_boundary(tree.real, boundary), top.display_path
                )
            yield from self._files(folder, entries, top.display_path, boundary)

    def file(
        self, file: _FilePath, argument: str, boundary: str, *, is_expected: bool = True
    ) -> Iterator[Discovered]:
        """Yield one file's input, unless it was visited or is excluded."""
        if self._is_excluded(file.display_path):
            yield LeftOut(file.display_path)
            return
        severity = Severity.ERROR if file.display_path == argument else Severity.WARNING
        if not is_readable(file.real, boundary):
            yield Diagnostic(
                f"not read: {LINK_LEADS_OUTSIDE}", Location(file.display_path), severity
            )
            return
        if file.real in self._visited:
            return
        self._visited.add(file.real)
        path = configuration_path(file.path, boundary) if os.path.exists(file.path) else None
        if path is not None:
            yield ConfigurationPath(path, walked_boundary(path, boundary), argument)
            return
        try:
            content = self._content(file, is_named=file.display_path == argument)
        except OSError as error:
            is_missing = error.errno in (errno.ENOENT, errno.ELOOP)
            is_dangling = is_missing and os.path.islink(file.path)
            # What exists has become a link since its path was resolved.
            is_dangling = is_dangling and not os.path.exists(file.path)
            if file.display_path == argument or not is_dangling:
                yield _unreadable(file.display_path, error)
            return
        if content is None:
            return
        if isinstance(content, str):
            severity = severity if content == NO_REGULAR_FILE else Severity.ERROR
            yield Diagnostic(f"not read: {content}", Location(file.display_path), severity)
            return
        yield Input(file.display_path, content, argument, boundary, is_expected)

    def _files(
        self, folder: _FilePath, entries: _FolderEntries, argument: str, boundary: str
    ) -> Iterator[Discovered]:
        neighbours = entries.names
        for entry in entries.files:
            if entry.name == GIT_FOLDER:  # of a work tree, or of a submodule
                continue
            is_expected = is_expected_input(entry.name, neighbours)
            try:
                is_candidate = is_expected or may_be_template(entry)
            except OSError as error:
                yield _unreadable(folder.child(entry).display_path, error)
                continue
            if is_candidate:
                file = folder.child(entry)
                yield from self.file(file, argument, boundary, is_expected=is_expected)
            elif self._exclude and is_configuration(entry.name):
                display_path = folder.child(entry).display_path
                if self._is_excluded(display_path):
                    yield LeftOut(display_path)

    def _content(self, file: _FilePath, *, is_named: bool) -> bytes | str | None:
        """Return a file's bytes, or why it is not read; None for a large file of another kind.

        Raises:
            OSError: it cannot be read.

        """
        content = self._contents.get(file.real)
        if content is not None:
            return content
        name = file.path.lower()
        if not name.endswith(TEMPLATE_SUFFIXES) and (is_named or name.endswith(DOCUMENT_SUFFIXES)):
            return read_regular_file(file.real, MAX_INPUT_BYTES)
        read = read_regular_file(file.real, MAX_TEXT_BYTES)
        is_text = is_named or name.endswith(TEMPLATE_SUFFIXES)
        if isinstance(read, bytes) or read == NO_REGULAR_FILE or is_text:
            return read
        may_be_template = contains_any(file.path, _TEMPLATE_WORDS, MAX_INPUT_BYTES)
        return read if may_be_template else None

    def _has_configuration(self, folder: _FilePath, entries: _FolderEntries) -> bool:
        """Whether a folder has a file of configuration that is not excluded."""
        return any(
            is_configuration(entry.name)
            and not (self._exclude and self._is_excluded(folder.child(entry).display_path))
            for entry in (*entries.files, *entries.folders)
        )

    def _is_excluded(self, display_path: str) -> bool:
        return any(covers(glob, display_path) for glob in self._exclude)


def _entries_of(folder: str) -> _FolderEntries:
    """Return what a folder contains. Raises OSError."""
    entries = sorted(os.scandir(folder), key=attrgetter("name"))
    folders = tuple(entry for entry in entries if is_folder(entry))
    names = {entry.name for entry in folders}
    return _FolderEntries(tuple(entry for entry in entries if entry.name not in names), folders)


def _listing(entries: _FolderEntries, folder: str, boundary: str) -> Listing:
    return Listing(
        tuple(entry.name for entry in entries.files),
        tuple(
            entry.name
            for entry in entries.folders
            if not is_link(entry) or _leads_to_skipped(entry, folder, boundary)
        ),
    )


def _leads_to_skipped(link: os.DirEntry[str], folder: str, boundary: str) -> bool:
    """Whether a link in a walked folder leads to a folder inside the boundary that is not walked."""
    real = os.path.realpath(link.path)
    return is_readable(real, boundary) and (
        walked_boundary(folder, boundary) == boundary != walked_boundary(real, boundary)
    )


def _unreadable(display_path: str, error: OSError) -> Diagnostic:
    return Diagnostic(f"cannot be read: {error.strerror or error}", input_location(display_path))
