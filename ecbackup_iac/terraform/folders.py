"""What modules and file functions read of the disk: inside the boundary only, each file once."""

import os
import re
import stat
from collections.abc import Mapping, Sequence

from ecbackup_iac.discovery import is_inside, shown_path
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.effort import spend
from ecbackup_iac.terraform.functions.signature import OutsideError, UndecidableError
from ecbackup_iac.terraform.nodes import SourceFile
from ecbackup_iac.terraform.path_patterns import PathPattern
from ecbackup_iac.terraform.values import EvaluationError

LARGEST_FILE = 10_000_000
"""Bytes; a larger configuration or data file is not read."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Folders:
    """The folders of one tree, as far as somebody asked for them."""

    def __init__(self, boundary: str, contents: Mapping[str, bytes] | None = None) -> None:
        """`contents` is what files are taken to hold, by real path, whatever the disk says."""
        self.boundary = boundary
        self._contents = contents or {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._bytes: dict[str, bytes | Diagnostic] = {}

    def names(self, folder: str) -> Sequence[str]:
        """Give the names of the files in a folder, sorted; none where it cannot be read."""
        if folder not in self._names:
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
                found = tuple(entry.name for entry in entries if not entry.is_dir())
            except OSError:
                found = ()
            self._names[folder] = found
        return self._names[folder]

    def is_inside(self, path: str) -> bool:
        """Say whether a path lies inside the boundary, links resolved."""
        try:
            return is_inside(os.path.realpath(path), self.boundary)
        except ValueError:  # a NUL in it, or half a surrogate pair: no path at all
            return False

    def content(self, path: str) -> bytes | Diagnostic:
        """Give a file's bytes, or why it was not read."""
        if path not in self._bytes:
            self._bytes[path] = self._read(path)
        return self._bytes[path]

    def source(self, path: str) -> SourceFile | Diagnostic:
        """Read a file as UTF-8 text, without its byte order mark."""
        content = self.content(path)
        if isinstance(content, Diagnostic):
            return content
        return SourceFile(shown_path(path), content.removeprefix(_BYTE_ORDER_MARK))

    def _read(self, path: str) -> bytes | Diagnostic:
        place = Location(shown_path(path))
        if not self.is_inside(path):
            return Diagnostic("not read: the link leads outside the repository", place)
        if self._contents and (content := self._contents.get(os.path.realpath(path))) is not None:
            return content
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):
                return Diagnostic("not read: it is no regular file", place)
            if status.st_size > LARGEST_FILE:
                return Diagnostic(f"not read: it is larger than {LARGEST_FILE} bytes", place)
            with open(path, "rb") as file:
                return file.read(LARGEST_FILE + 1)
        except OSError as error:
            return Diagnostic(f"cannot be read: {error.strerror or error}", place)


class RootFiles:
    """The files that a root module's functions may read; relative paths count from its folder."""

    def __init__(self, folders: Folders, root: str) -> None:
        self._folders = folders
        self._root = root

    def read(self, path: str) -> bytes:
        """Give a file's content. Raises EvaluationError where there is none, OutsideError beyond."""
        found = self._inside(path)
        if not os.path.isfile(found):
            raise EvaluationError(f'Invalid function argument: no file exists at "{path}"')
        content = self._folders.content(found)
        if isinstance(content, Diagnostic):
            raise UndecidableError(f"the file {path} was {content.message}")
        return content

    def exists(self, path: str) -> bool:
        """Say whether a file is there. Raises OutsideError, EvaluationError for a folder."""
        found = self._inside(path)
        if os.path.isdir(found):
            raise EvaluationError(f"{path} is a directory, not a file")
        return os.path.isfile(found)

    def matching(self, folder: str, pattern: str) -> list[str]:
        """Give the files under a folder that match a fileset pattern, sorted. Raises OutsideError."""
        upward = re.match(r"(?:\.{1,2}/)*", pattern)
        prefix = os.path.normpath(upward[0]) + "/" if upward and ".." in upward[0] else ""
        top = self._inside(os.path.join(folder, prefix))
        wanted = PathPattern(pattern[upward.end() :] if upward else pattern)
        found = []
        for directory, _, names in os.walk(top):
            spend(1 + len(names))
            for name in names:
                path = os.path.relpath(os.path.join(directory, name), top).replace(os.sep, "/")
                if wanted.describes(path):
                    found.append(prefix + path)
        return sorted(found)

    def absolute(self, path: str) -> str:
        """Give a path as an absolute one; a relative path counts from the root module's folder."""
        return os.path.normpath(os.path.join(self._root, path)).replace(os.sep, "/")

    def _inside(self, path: str) -> str:
        found = os.path.normpath(os.path.join(self._root, path))
        if path.startswith("~") or not self._folders.is_inside(found):
            raise OutsideError(f"the file {path} lies outside the repository")
        return found
