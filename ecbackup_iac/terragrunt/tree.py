"""Paths as Terragrunt sees them → the files of a repository, each parsed once."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecbackup_iac.files.paths import display_path_of, is_inside, repository_top
from ecbackup_iac.hcl.expression import ObjectNode
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import NO_BLOCKS, Block, Body
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.root_files import RootFiles
from ecbackup_iac.terraform.functions.call_context import OutsideError, UnknownResultError
from ecbackup_iac.terraform.values.budget import MAX_STEPS
from ecbackup_iac.terraform.values.context import evaluation
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import placeholder_of_value
from ecbackup_iac.terraform.values.value import Value

if TYPE_CHECKING:
    from ecbackup_iac.hcl.source import Problem
    from ecbackup_iac.terragrunt.copies import Copy

UNIT_FILES = ("terragrunt.hcl", "terragrunt.hcl.json")
"""The names of a unit's configuration; the first of them that exists is read."""

STACK_FILE = "terragrunt.stack.hcl"
VALUES_FILE = "terragrunt.values.hcl"
AUTOINCLUDE_FILE = "terragrunt.autoinclude.hcl"
AUTOINCLUDE_STACK_FILE = "terragrunt.autoinclude.stack.hcl"


MAX_STEPS_OF_A_UNIT = MAX_STEPS // 3
"""For the configuration of one unit or stack: what is left is for the others."""

STEPS_PER_UNIT = 100
"""For a unit or stack, before anything in it is evaluated."""


class NotEvaluatedError(EvaluationError):
    """What was not evaluated here, although Terragrunt may accept it."""


_PLACEHOLDER = re.compile(r"(?<![$%])\{\{[^{}=]*\}\}")
"""A gap in a template that another program fills in, such as boilerplate."""


def is_placeholder(path: str) -> bool:
    """Whether a part of a path is a placeholder: then what is there is a template."""
    return _PLACEHOLDER.search(path) is not None


def is_at_placeholder(error: EvaluationError) -> bool:
    """Whether what is rejected is a placeholder, or in a line with one."""
    line = ""
    if isinstance(error.origin, SourceRange):
        lines = error.origin.file.text.decode(errors="replace").splitlines()
        line = "".join(lines[(error.origin.location.line or 0) - 1 :][:1])
    return _PLACEHOLDER.search(f"{line}\n{error.message}") is not None


def rejected(error: EvaluationError, what: str) -> str:
    """Return why a unit or a file is rejected, or why it is not evaluated."""
    if isinstance(error, NotEvaluatedError):
        return f"{what} was not evaluated: {error.message}"
    return f"Terragrunt rejects {what}: {error.message}"


class Tree:
    """The configuration files of one repository."""

    def __init__(
        self, folders: Folders, environment: Mapping[str, str], max_steps: int = MAX_STEPS
    ) -> None:
        """Read nothing yet; `max_steps` is for the evaluation of all configurations together."""
        self.folders = folders
        self.environment = environment
        self.steps_left = max_steps
        self.top = repository_top(folders.boundary) or folders.boundary
        self._hidden: dict[str, str] = {}
        self._bodies: dict[str, tuple[Body, Sequence[Problem]] | Diagnostic] = {}
        self.copies: dict[tuple[object, ...], Copy] = {}
        """What Terragrunt copies of a folder: by its path and the patterns of what to include and exclude."""

        self.read: set[str] = set()
        """The configuration files that were read: real paths."""

        self.data: set[str] = set()
        """The other files that were read: real paths."""

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Evaluate one unit or stack, in no more steps than are left for it."""
        limit = max(0, min(MAX_STEPS_OF_A_UNIT, self.steps_left))
        self.steps_left -= STEPS_PER_UNIT
        with evaluation(limit) as context:
            try:
                yield
            finally:
                self.steps_left -= limit - max(0, context.steps_left)

    def hide(self, path: str, folder: str, text: Value) -> None:
        """Print a path in a folder with a placeholder instead of its name, if the name is hidden."""
        if text.is_hidden:
            self._hidden[path] = f"{self.display_path_of(folder)}/{placeholder_of_value(text)}"

    def display_path_of(self, path: str) -> str:
        """Return a path as it is printed."""
        above = self.hidden_part(path)
        return self._hidden[above] + path[len(above) :] if above else display_path_of(path)

    def hidden_part(self, path: str) -> str:
        """Return the beginning of a path that ends in a hidden name; empty where it has none."""
        above, below = path, ""
        while self._hidden and above != below:
            if above in self._hidden:
                return above
            above, below = os.path.dirname(above), above
        return ""

    def body(self, real: str) -> Body:
        """Return what a file declares, as far as it is intact. Raises EvaluationError."""
        if real not in self._bodies:
            source = self.folders.source(real)
            if isinstance(source, Diagnostic):
                self._bodies[real] = source
            elif real.endswith(".json"):
                from ecbackup_iac.hcl.json_syntax import parse_json

                self._bodies[real] = parse_json(source, NO_BLOCKS)
            else:
                self._bodies[real] = parse_whole_file(source)
        self.read.add(real)
        found = self._bodies[real]
        if isinstance(found, Diagnostic):
            raise EvaluationError(f"{self.display_path_of(real)} {found.message}")
        return found[0]

    def check_syntax(self, real: str) -> None:
        """Raise EvaluationError for the first syntax error of a file."""
        found = self._bodies.get(real)
        for message, source_range in () if isinstance(found, Diagnostic | None) else found[1]:
            raise EvaluationError(message, source_range)


class View:
    """The files of the tree as one unit sees them: with the folders that stacks copy for it."""

    def __init__(self, tree: Tree, copies: Mapping[str, str]) -> None:
        self.tree = tree
        self.variables: dict[str, Value] = {}
        """The variables of tfvars files that are read, by path."""

        # Those in others come first.
        self._copies = sorted(copies.items(), key=lambda pair: len(pair[0]), reverse=True)

    def path(self, folder: str, text: Value) -> str:
        """Return the absolute path that a known text names; what hides a name is not printed."""
        path = os.path.normpath(os.path.join(folder, str(text.raw)))
        if not self.exists(path):
            self.tree.hide(path, folder, text)
        return path

    def real(self, path: str) -> str:
        """Return the path of the file that is read for an absolute path, links resolved.

        Raises OutsideError where it is not in the repository.
        """
        path = os.path.normpath(path)
        for generated, copied in self._copies:
            if is_inside(path, generated):
                path = copied + path[len(generated) :]
                break
        try:
            if self.tree.folders.is_inside(path):
                return self.tree.folders.real(path)
        except ValueError:
            pass
        raise OutsideError(f"{self.tree.display_path_of(path)} is outside the repository")

    def exists(self, path: str) -> bool:
        """Whether a file or folder is there, inside the repository."""
        try:
            return os.path.exists(self.real(path))
        except OutsideError:
            return False

    def folder(self, path: str) -> str:
        """Return the real path of a folder, or the path of one that is not there."""
        return self.real(path) if self.exists(path) else path

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, inside the repository."""
        return self.exists(path) and os.path.isdir(self.real(path))

    def body(self, path: str) -> Body:
        """Return what a file declares. Raises EvaluationError, or UnknownResultError."""
        return self.tree.body(self.real(path))


class ConfigFiles(RootFiles):
    """The files that functions in a configuration may read; relative paths count from its folder."""

    def __init__(self, view: View, folder: str) -> None:
        super().__init__(view.tree.folders, folder)
        self._view = view

    def read(self, path: str) -> bytes:
        """Return a file's content. Raises EvaluationError where there is none, OutsideError beyond."""
        found = self._present(path)
        if not os.path.isfile(found):
            text = f'Invalid function argument: no file exists at "{self._view.tree.display_path_of(found)}"'
            raise EvaluationError(text)
        self._view.tree.data.add(found)
        content = self._folders.content(found)
        if isinstance(content, Diagnostic):
            raise UnknownResultError(
                f"the file {self._view.tree.display_path_of(found)} was {content.message}"
            )
        return content

    def absolute(self, path: str) -> str:
        """Return a path as an absolute one."""
        return self._present(path)

    def _present(self, path: str) -> str:
        return self._inside(path)

    def _inside(self, path: str) -> str:
        return self._view.real(os.path.join(self._root, path))


def includes(body: Body) -> list[Block]:
    """Return the include blocks, in order, with a label or without."""
    bare = [*body.blocks("include")]
    if hasattr(body, "items"):  # HCL: JSON does not show whether a level of objects is of labels
        return sorted((*bare, *body.blocks("include", 1)), key=lambda block: block.range.start)
    paths = (block.body.attribute("path") for block in bare)
    is_bare = any(
        path is not None and not isinstance(path.expression, ObjectNode) for path in paths
    )
    return bare if is_bare else [*body.blocks("include", 1)]
