"""The module of a unit, the unit's own files and what is generated → the folders that it is planned in.

Terragrunt copies the folder of the source, then the unit's own over the module's. Hidden files are left out.
"""

import os
import re
from collections.abc import Callable, Sequence

from ecbackup_iac.files.discovery import Listing
from ecbackup_iac.files.paths import is_inside
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.written_path import as_posix, relative_path
from ecbackup_iac.terraform.files.folders import Folders, ParsedFile, parsed_file
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import MAX_STEPS, TooMuchError
from ecbackup_iac.terraform.values.context import evaluation
from ecbackup_iac.terraform.values.errors import EvaluationError

_LOCK_FILE = ".terraform.lock.hcl"
_CACHE = ".terragrunt-cache"


class Copy:
    """What Terragrunt copies of a folder."""

    def __init__(self, top: str, include: Sequence[str], exclude: Sequence[str]) -> None:
        """`include` and `exclude` are the patterns of include_in_copy and exclude_from_copy."""
        self.top = top
        self.why_uncertain = ""
        """Why it is not known what is copied; empty where it is."""

        self._included = self._matching(include)
        self._excluded = self._matching(exclude)

    def has(self, path: str) -> bool:
        """Whether it copies the file or folder at a path in the folder."""
        below = as_posix(_below(path, self.top))
        if any(below.startswith(one) for one in self._excluded):
            return False
        is_hidden = any(name.startswith(".") for name in below.split("/") if name != ".")
        if not is_hidden or os.path.basename(path) == _LOCK_FILE:
            return True
        return any(one.startswith(below) for one in self._included)

    def _matching(self, patterns: Sequence[str]) -> tuple[str, ...]:
        """Return the paths below the folder that some patterns describe, with everything in such folders."""
        if not patterns:
            return ()
        # Imported here, because few units have patterns.
        from ecbackup_iac.terragrunt.globs import glob_expression, matcher

        described = (
            f"{glob_expression(os.path.normpath(one).lstrip('/'))}(?:/.*)?" for one in patterns
        )
        try:
            with evaluation(MAX_STEPS):
                return self._found([*map(matcher, described)])
        except re.error:  # braces that do not match
            return ()
        except (EvaluationError, UnknownResultError, TooMuchError):
            self.why_uncertain = "the patterns of what is copied are not evaluated"
            return ()

    def _found(self, matchers: Sequence[Callable[[str], object]]) -> tuple[str, ...]:
        found = []
        for folder, folders, files in os.walk(self.top):
            folders[:] = [name for name in folders if name not in (".git", _CACHE)]
            for name in (*folders, *files):
                below = relative_path(os.path.join(folder, name), self.top)
                if any(is_match(below) for is_match in matchers):
                    found.append(below)
        return tuple(found)


class UnitFolders(Folders):
    """The files that a unit is planned with: paths below the module's folder, as if all were copied there."""

    def __init__(self, folders: Folders, module: str, source: Copy, unit: Copy) -> None:
        """`source` is what is copied of the folder around the module, `unit` what is copied of the unit's."""
        super().__init__(folders.boundary)
        self.real = folders.real  # type: ignore[method-assign]
        self._folders = folders
        self._module = module
        self._source = source
        self._unit = unit
        self.written: dict[str, SourceFile] = {}
        """What is generated, by path."""

        self.unknown: dict[str, str] = {}
        """The files of which it is unknown what they contain, with the reason."""

        self._removed: set[str] = set()

    def write(self, path: str, source: SourceFile) -> None:
        """Add a generated file at a path."""
        self.written[path] = source
        self._changed(path)

    def remove(self, path: str) -> None:
        """Remove the file at a path."""
        self._removed.add(path)
        self.written.pop(path, None)
        self._changed(path)

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths of what was generated or removed, or may have been."""
        return (*self.written, *self.unknown, *self._removed)

    def is_replaced(self, path: str) -> bool:
        """Whether something else replaces a file of the module."""
        return path in self.written or path in self._removed or self.origin(path) != path

    def _changed(self, path: str) -> None:
        self._listings.pop(os.path.dirname(path), None)

    def own_path(self, path: str) -> str:
        """Return the path in the unit's folder of what would be copied to a path; empty for none."""
        if self._unit.top == self._module or not is_inside(path, self._module):
            return ""
        own = os.path.join(self._unit.top, _below(path, self._module))
        return own if self._unit.has(own) else ""

    def is_copied(self, path: str) -> bool:
        """Whether a path is in what is copied; without a source, earlier releases copy nothing."""
        return self._unit.top == self._module or is_inside(path, self._source.top)

    def origin(self, path: str) -> str:
        """Return the path of the file or folder that is copied to a path; it need not exist."""
        own = self.own_path(path)
        if own and os.path.exists(own):
            return own
        is_left_out = is_inside(path, self._source.top) and not self._source.has(path)
        return "" if is_left_out else path

    def is_file(self, path: str) -> bool:
        """Whether a file is at a path. Raises UnknownResultError."""
        if path in self.unknown:
            raise UnknownResultError(self.unknown[path])
        if path in self.written:
            return True
        return path not in self._removed and os.path.isfile(self.origin(path))

    def is_folder(self, path: str) -> bool:
        """Whether a folder is at a path."""
        is_written = any(os.path.dirname(one) == path for one in (*self.written, *self.unknown))
        return is_written or os.path.isdir(self.origin(path))

    def listing(self, folder: str) -> Listing:
        """Return the names of the files in a folder, and of the folders that are not links, each sorted."""
        if folder not in self._listings:
            files: set[str] = set()
            folders: set[str] = set()
            for place in filter(None, (folder, self.own_path(folder))):
                listed = self._folders.listing(place)
                for names, found in zip(listed, (files, folders), strict=True):
                    paths = {name: os.path.join(folder, name) for name in names}
                    found |= {name for name, path in paths.items() if self._exists(path)}
            files |= {
                os.path.basename(one) for one in self.written if os.path.dirname(one) == folder
            }
            self._listings[folder] = Listing(tuple(sorted(files)), tuple(sorted(folders)))
        return self._listings[folder]

    def _exists(self, path: str) -> bool:
        return path not in self._removed and os.path.lexists(self.origin(path))

    def listed_names(self, folder: str) -> list[str]:
        """Return the names of everything in a folder, links included."""
        places = filter(os.path.isdir, (folder, self.own_path(folder)))
        names = {name for place in places for name in os.listdir(place)}
        written = (*self.written, *self.unknown)
        return [
            *{name for name in names if self._exists(os.path.join(folder, name))}
            | {os.path.basename(one) for one in written if os.path.dirname(one) == folder}
        ]

    def content(self, path: str) -> bytes | Diagnostic:
        """Return a file's bytes, or why it was not read."""
        if path in self.written:
            return self.written[path].text
        return self._folders.content(self.origin(path))

    def source(self, path: str) -> SourceFile | Diagnostic:
        """Return a file as UTF-8 text."""
        return self.written.get(path) or self._folders.source(self.origin(path))

    def parsed(self, path: str) -> ParsedFile | Diagnostic:
        """Return a file of configuration, parsed."""
        if path in self.written:
            return parsed_file(self.written[path])
        return self._folders.parsed(self.origin(path))


def _below(path: str, folder: str) -> str:
    """Return a path relative to a folder."""
    # Nearly every path is in the folder; relpath would take a tenth of a run of many units.
    if path.startswith(folder + os.sep) and os.pardir not in path:
        return path[len(folder) + 1 :]
    return os.path.relpath(path, folder)
