"""Paths and patterns in calls of file functions → the files that they may read, inside the boundary only."""

import os
from contextlib import suppress

from ecbackup_iac.files.paths import is_in_git_folder
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.written_path import as_posix, relative_path
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.functions.call_context import OutsideError, UnknownResultError
from ecbackup_iac.terraform.values.errors import EvaluationError


def is_made_by_terraform(path: str) -> bool:
    """Whether Terraform itself makes what is at a path, which counts from the root module's folder."""
    first = path.partition("/")[0]
    names = (".terraform", ".terraform.lock.hcl", ".terraform.tfstate.lock.info")
    return first in names or first.startswith("terraform.tfstate")


class RootFiles:
    """The files that a root module's functions may read; relative paths count from its folder."""

    def __init__(self, folders: Folders, root: str) -> None:
        self._folders = folders
        self._root = root

    def read(self, path: str) -> bytes:
        """Return a file's content. Raises EvaluationError where there is none, OutsideError beyond."""
        found = self._present(path)
        if not self._folders.is_file(found):
            raise EvaluationError(f'Invalid function argument: no file exists at "{path}"')
        content = self._folders.content(found)
        if isinstance(content, Diagnostic):
            raise UnknownResultError(f"the file {path} was {content.message}")
        return content

    def exists(self, path: str) -> bool:
        """Whether a file is there. Raises OutsideError, EvaluationError for a folder."""
        found = self._present(path)
        if self._folders.is_folder(found):
            raise EvaluationError(f"{path} is a directory, not a file")
        return self._folders.is_file(found)

    def matching(self, folder: str, pattern: str) -> list[str]:
        """Return the files under a folder that match a fileset pattern, sorted.

        Raises EvaluationError: Terraform rejects the pattern.
        Raises UnknownResultError: it may describe more where Terraform runs, or what is not read.
        """
        from ecbackup_iac.terraform.files.file_sets import FileSet  # most runs do without

        top = os.path.join(self._root, folder)
        found = FileSet(self._root, f"{folder}/{pattern}", self._inside, self._folders).files()
        return sorted(relative_path(os.path.join(self._root, path), top) for path in found)

    def absolute(self, path: str) -> str:
        """Return where a file is; a relative path counts from the root module's folder."""
        return as_posix(self._folders.origin(os.path.normpath(os.path.join(self._root, path))))

    def _present(self, path: str) -> str:
        """Return the absolute path of a file; UnknownResultError where Terraform may have made it."""
        found = self._inside(path)
        below = relative_path(found, self._root)
        if is_made_by_terraform(below) and not os.path.exists(found):
            raise UnknownResultError(
                f"{path} does not exist here, but may exist where Terraform runs"
            )
        return found

    def _inside(self, path: str) -> str:
        found = os.path.normpath(os.path.join(self._root, path))
        if not path.startswith("~") and self._folders.is_inside(found):
            return found
        with suppress(ValueError):  # a NUL in it, or half a surrogate pair: no path at all
            if is_in_git_folder(os.path.realpath(found), self._folders.boundary):
                raise OutsideError(f"the file {path} belongs to git, and may contain a password")
        raise OutsideError(f"the file {path} is outside the repository")
