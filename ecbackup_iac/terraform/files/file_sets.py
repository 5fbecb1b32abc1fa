"""A fileset pattern → the files that Terraform's `fileset` lists, links followed."""

import os
import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from ecbackup_iac.files.paths import GIT_FOLDER
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.file_patterns import ANY_FOLDERS, MAGIC, component
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError

MADE_BY_TERRAFORM = (
    ".terraform.lock.hcl",
    ".terraform.tfstate.lock.info",
    ".terraform/environment",
    ".terraform/modules/modules.json",
    ".terraform/modules/name/main.tf",
    ".terraform/providers/registry.terraform.io/hashicorp/aws/6.0.0/linux_amd64/LICENSE.txt",
    ".terraform/providers/registry.terraform.io/hashicorp/aws/6.0.0/linux_amd64/terraform-provider-aws_v6.0.0_x5",
    ".terraform/terraform.tfstate",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "terraform.tfstate.d/name/terraform.tfstate",
)
"""Files of the kinds that `terraform init` and a local backend make in a root module's folder."""

_FILES_OF_GIT = (
    "HEAD", "config", "description", "index", "packed-refs", "hooks/commit-msg.sample", "info/exclude",
    "logs/HEAD", "logs/refs/heads/main", "refs/heads/main",
    "objects/4b/825dc642cb6eb9a060e54bf8d69288fbee4904", "objects/pack/pack-4b825dc6.idx",
)  # fmt: skip
"""Files of the kinds that there are in every `.git`; it is not read."""


class FileSet:
    """The files that a pattern matches below a folder."""

    def __init__(
        self, root: str, pattern: str, inside: Callable[[str], str], folders: Folders
    ) -> None:
        """`root` is the root module's folder, from which the pattern counts.

        `inside` returns the absolute path of a relative one; it raises OutsideError where nothing is read.
        """
        self._root = root
        self._inside = inside
        self._folders = folders
        self._names = [name for name in posixpath.normpath(pattern).split("/") if name != "."]
        if pattern.startswith("/"):
            self._names[0] = "/"
        self._visited: set[tuple[str, int]] = set()

    def files(self) -> Iterator[str]:
        """Yield the files as paths from the root module's folder.

        Raises EvaluationError: Terraform rejects the pattern, or it matches a link to what does not exist.
        Raises UnknownResultError: it matches what may be there where Terraform runs, or what is not read.
        """
        for path in MADE_BY_TERRAFORM:
            if not os.path.exists(os.path.join(self._root, path)):
                self._reject_match(path.split("/"), 0, path)
        yield from self._below("", 0, ())

    def _reject_match(self, names: Sequence[str], position: int, display_path: str) -> None:
        """Raise UnknownResultError where the pattern from a position on matches a path that may be there."""
        if self._matches(names, position):
            raise UnknownResultError(f"{display_path} may exist where Terraform runs")

    def _matches(self, names: Sequence[str], position: int) -> bool:
        charge()
        if not names or position == len(self._names):
            return not names and position == len(self._names)
        if self._names[position] == ANY_FOLDERS:
            is_last = position + 1 == len(self._names)
            starts = range(len(names))
            return is_last or any(
                self._matches_first(names[start:], position + 1) for start in starts
            )
        return self._matches_first(names, position)

    def _matches_first(self, names: Sequence[str], position: int) -> bool:
        # A wrong pattern is rejected where it is compared with the files that there are.
        with suppress(EvaluationError):
            return self._matches_name(position, names[0]) and self._matches(names[1:], position + 1)
        return False

    def _matches_name(self, position: int, name: str) -> bool:
        """Whether the pattern's component at a position matches a name. Raises EvaluationError."""
        return component(self._names[position]).search(name) is not None

    def _below(self, path: str, position: int, above: tuple[str, ...]) -> Iterator[str]:
        """Yield the files below a folder that the pattern from a position on matches.

        `above` are the real paths of the folders that lead to it.
        """
        while position < len(self._names) and not MAGIC.intersection(self._names[position]):
            path = posixpath.join(path, self._names[position])
            position += 1
        found = self._inside(path)
        if position == len(self._names):
            if os.path.islink(found) and not os.path.exists(found):
                raise EvaluationError(f"failed to stat {path}: no such file or directory")
            if self._folders.is_file(found):
                yield path
            return
        if not self._folders.is_folder(found):
            return
        real = os.path.realpath(found)
        if real in above:
            raise UnknownResultError("symbolic links form a loop")
        if (path, position) in self._visited:
            return
        self._visited.add((path, position))
        yield from self._below_entries(
            self._entries(path, position), path, position, (*above, real)
        )

    def _entries(self, path: str, position: int) -> list[str]:
        """Return the names in a folder, without `.git`, which is not read."""
        found = self._inside(path)
        names = sorted(self._folders.listed_names(found))
        charge(1 + len(names))
        if GIT_FOLDER in names:
            for file in _FILES_OF_GIT:
                display_path = posixpath.join(path, GIT_FOLDER, file)
                self._reject_match([GIT_FOLDER, *file.split("/")], position, display_path)
            if os.path.isdir(os.path.join(found, GIT_FOLDER)):
                names.remove(GIT_FOLDER)
        return names

    def _below_entries(
        self, names: list[str], path: str, position: int, above: tuple[str, ...]
    ) -> Iterator[str]:
        """Yield the files at and below some names of a folder that the pattern from a position on matches."""
        if self._names[position] == ANY_FOLDERS:
            is_last = position + 1 == len(self._names)
            for name in names:
                inner = posixpath.join(path, name)
                found = self._inside(inner)
                if self._folders.is_folder(found):
                    yield from self._below(inner, position, above)
                elif is_last and self._folders.is_file(found):
                    yield inner
            if is_last:
                return
            position += 1  # a second one after it counts as a star
        for name in names:
            if self._matches_name(position, name):
                yield from self._below(posixpath.join(path, name), position + 1, above)
