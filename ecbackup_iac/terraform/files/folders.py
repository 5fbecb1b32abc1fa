"""Paths → the files that are read, and parsed: inside the boundary only, each once."""

import errno
import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping

from ecbackup_iac.files.bounded_read import CAN_REJECT_LINKS, read_regular_file
from ecbackup_iac.files.discovery import Listing
from ecbackup_iac.files.paths import (
    LINK_LEADS_OUTSIDE,
    display_path_of,
    is_folder,
    is_inside,
    is_link,
    is_readable,
    listed_name,
)
from ecbackup_iac.hcl.parser import parse_file
from ecbackup_iac.hcl.source import Problem, ProblemHandler, SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Body
from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax, may_contain_suppression
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.file_names import every_configuration_file
from ecbackup_iac.terraform.files.schema import CONFIGURATION

MAX_FILE_BYTES = 10_000_000
"""Bytes; a larger configuration or data file is not read."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

MAX_PROBLEMS = 201
"""Problems that are kept of one file: one more than a module reports."""


class Problems:
    """What is wrong in a file, as far as it is parsed; its readers receive what is found later, too."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._handlers: list[ProblemHandler] = []

    def add(self, message: str, source_range: SourceRange) -> None:
        """Add a problem."""
        if len(self._found) < MAX_PROBLEMS:
            self._found.append((message, source_range))
            for handler in self._handlers:
                handler(message, source_range)

    def report_to(self, handler: ProblemHandler) -> None:
        """Report every problem to a reader, those included that are found later."""
        for message, source_range in self._found:
            handler(message, source_range)
        self._handlers.append(handler)


@record(eq=False)
class ParsedFile:
    """A file of configuration, in HCL or JSON."""

    body: Body
    problems: Problems


def parsed_file(source: SourceFile) -> ParsedFile:
    """Return a file of configuration, its blocks still to be parsed."""
    problems = Problems()
    if not source.path.endswith(".json"):
        return ParsedFile(parse_file(source, CONFIGURATION, problems.add), problems)
    from ecbackup_iac.hcl.json_syntax import parse_json

    body, found = parse_json(source, CONFIGURATION)
    for message, source_range in found:
        problems.add(message, source_range)
    return ParsedFile(body, problems)


class Folders:
    """Lists folders and reads files inside one boundary, each once, when they are first needed."""

    def __init__(
        self,
        boundary: str,
        contents: Mapping[str, bytes] | None = None,
        listings: dict[str, Listing] | None = None,
    ) -> None:
        """`contents` replaces the content of files, by real path.

        `listings` are folders that are listed already, by real path. The object takes it over: it adds
        folders, and `keep` removes some.
        """
        self.boundary = boundary
        self._contents = contents or {}
        self._listings: dict[str, Listing] = {} if listings is None else listings
        self._real_folders: dict[str, str] = {}
        """Folders → their real paths; empty for one outside the boundary."""

        self._reals: dict[str, str] = {}
        self._display_folders: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        """Folders that could not be listed, with the reason."""

        self._bytes: dict[str, bytes | Diagnostic] = {}
        self._parsed: dict[str, ParsedFile] = {}

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted; none where it cannot be read."""
        return self.listing(folder).files

    def listing(self, folder: str) -> Listing:
        """Return the names of the files in a folder, and of the folders that are not links, each sorted."""
        if folder not in self._listings:
            files, folders = [], []
            try:
                for entry in os.scandir(folder):
                    if entry.is_dir(follow_symlinks=False) and not is_link(entry):
                        folders.append(entry.name)
                    elif not (is_link(entry) and is_folder(entry)):
                        files.append(entry.name)
            except OSError as error:
                files, folders = [], []
                if not isinstance(error, FileNotFoundError | NotADirectoryError):
                    self.unreadable[folder] = error.strerror or str(error)
            self._listings[folder] = Listing(tuple(sorted(files)), tuple(sorted(folders)))
        return self._listings[folder]

    def listed_names(self, folder: str) -> list[str]:
        """Return the names of everything in a folder, links included. Raises OSError."""
        return os.listdir(folder)

    def origin(self, path: str) -> str:
        """Return the path of the file that is copied to a path; here nothing is a copy."""
        return path

    def is_file(self, path: str) -> bool:
        """Whether a file is at a path. Raises UnknownResultError where that is not known."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """Whether a folder is at a path."""
        return os.path.isdir(path)

    def listed_folders(self) -> list[str]:
        """Return the folders that have been listed so far."""
        return list(self._listings)

    def is_inside(self, path: str) -> bool:
        """Whether an absolute path without `..` is inside the boundary, links resolved."""
        try:
            return is_readable(self.real(path), self.boundary)
        except ValueError:  # a NUL in it, or half a surrogate pair: no path at all
            return False

    def real(self, path: str) -> str:
        """Return an absolute path without `..` with its links resolved; each name on it is looked up once.

        Raises ValueError: a NUL in it, or half a surrogate pair: it is not a path at all.
        """
        real = self._reals.get(path)
        if real is None:
            parent, name = os.path.split(path)
            real = path if parent == path or not name else self._real(self.real(parent), name)
            self._reals[path] = real
        return real

    def _real(self, parent: str, name: str) -> str:
        path = os.path.join(parent, name)
        try:
            may_be_link = os.name == "nt" or stat.S_ISLNK(os.lstat(path).st_mode)
        except OSError:
            return path
        if may_be_link:  # on Windows this also resolves junctions, short names and `.git.`
            return os.path.realpath(path)
        is_below = is_inside(parent, self.boundary)
        return os.path.join(parent, listed_name(parent, name)) if is_below else path

    def content(self, path: str) -> bytes | Diagnostic:
        """Return a file's bytes, or why it was not read."""
        if path not in self._bytes:
            self._bytes[path] = self._read(path)
        return self._bytes[path]

    def forget(self, paths: Iterable[str]) -> None:
        """Forget what was read of files; it is read again where it is needed."""
        for path in paths:
            self._bytes.pop(path, None)
            self._parsed.pop(path, None)

    def keep(self, folders: Container[str]) -> None:
        """Forget what was read in other folders; it is read again where it is needed."""
        self._bytes = {
            path: content
            for path, content in self._bytes.items()
            if os.path.dirname(path) in folders
        }
        for path in [path for path in self._parsed if os.path.dirname(path) not in folders]:
            del self._parsed[path]
        for path in [path for path in self._listings if path not in folders]:
            del self._listings[path]

    def source(self, path: str) -> SourceFile | Diagnostic:
        """Return a file as UTF-8 text, without its byte order mark."""
        content = self.content(path)
        if isinstance(content, Diagnostic):
            return content
        return SourceFile(self._display_path_of(path), content.removeprefix(_BYTE_ORDER_MARK))

    def parsed(self, path: str) -> ParsedFile | Diagnostic:
        """Return a file of configuration, parsed once."""
        if path not in self._parsed:
            source = self.source(path)
            if isinstance(source, Diagnostic):
                return source
            self._parsed[path] = parsed_file(source)
        return self._parsed[path]

    def annotated(self, folder: str, *, is_evaluated: bool) -> Iterator[AnnotatedText]:
        """Yield the files of a module's folder that may have suppressions, with `is_evaluated`."""
        for name in every_configuration_file(self.names(folder)):
            source = self.source(os.path.join(folder, name))
            if not isinstance(source, Diagnostic) and may_contain_suppression(source.text):
                syntax = Syntax.TERRAFORM_JSON if name.endswith(".json") else Syntax.HCL
                yield AnnotatedText(source.path, source.text, syntax, is_evaluated=is_evaluated)

    def _display_path_of(self, path: str) -> str:
        """Return a path as it is printed; what its folder's files share is computed once."""
        folder, name = os.path.split(path)
        if folder not in self._display_folders:
            display_path = display_path_of(folder) if folder else os.curdir
            self._display_folders[folder] = "" if display_path == os.curdir else f"{display_path}/"
        is_plain = name.isascii() and name not in ("", os.curdir, os.pardir)
        return self._display_folders[folder] + name if is_plain else display_path_of(path)

    def _read(self, path: str) -> bytes | Diagnostic:
        if (
            self._contents
            and (content := self._contents.get(self.real(os.path.abspath(path)))) is not None
        ):
            return content
        try:
            read = self._read_of_folder(path) or self._read_at(os.path.abspath(path))
        except OSError as error:
            text = f"cannot be read: {error.strerror or error}"
            return Diagnostic(text, Location(display_path_of(path)))
        if isinstance(read, bytes):
            return read
        return Diagnostic(f"not read: {read}", Location(display_path_of(path)))

    def _read_of_folder(self, path: str) -> bytes | str | None:
        """Return the bytes of a file, or why it is not read; None for a link, or outside the boundary.

        Faster than `_read_at`, because links are resolved once for each folder. Raises OSError.
        """
        folder, name = os.path.split(path)
        if folder not in self._real_folders:
            absolute = os.path.abspath(folder)
            self._real_folders[folder] = self.real(absolute) if self.is_inside(absolute) else ""
        if not self._real_folders[folder] or not CAN_REJECT_LINKS:
            return None
        try:
            real = os.path.join(self._real_folders[folder], name)
            return read_regular_file(real, MAX_FILE_BYTES)
        except OSError as error:
            if error.errno == errno.ELOOP:
                return None
            raise

    def _read_at(self, path: str) -> bytes | str:
        """Return the bytes of a file by its absolute path, or why it is not read. Raises OSError."""
        real = self.real(path)
        if is_readable(real, self.boundary):
            return read_regular_file(real, MAX_FILE_BYTES)
        return "it is outside the repository" if real == path else LINK_LEADS_OUTSIDE
