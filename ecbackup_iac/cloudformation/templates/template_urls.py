"""The URL of a template in a bucket → the file of the repository that was uploaded there.

CloudFormation reads templates from S3, so a nested stack names an uploaded copy of a file in the repository.
The file is chosen whose path has the longest common ending with the path of the URL.
"""

import fnmatch
import os
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import unquote

from ecbackup_iac.cloudformation.syntax.files import file_bytes
from ecbackup_iac.cloudformation.templates.nested_stacks import NotReadError
from ecbackup_iac.cloudformation.templates.relevance import may_have_sections
from ecbackup_iac.files.paths import SKIPPED_FOLDERS, display_path_of
from ecbackup_iac.model.record import record
from ecbackup_iac.syntax.encoding import to_utf8

MAX_PATHS = 5
"""Files that a message lists."""

MAX_FILES = 500_000
"""Files of one repository that are compared."""


@record
class UploadedTemplate:
    """The file of the repository that a URL probably names."""

    path: str
    """Absolute."""

    note: str
    """How it was found, for people."""

    is_certain: bool = True
    """The policy names it, or more than the file name is the same."""

    is_copy: bool = False
    """The deployed copy in the bucket may be of another version."""


class TemplateUrls:
    """Finds the files that URLs name; the names in each repository are listed once."""

    def __init__(
        self,
        named: Sequence[tuple[str, str]],
        is_excluded: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        """`named` has globs over URLs, each with the path of the file that the policy names for them."""
        self._named = named
        self._is_excluded = cache(lambda path: is_excluded(display_path_of(path)))
        self._listed: dict[str, dict[str, list[str]]] = {}
        self._endings: dict[tuple[str, str], dict[str, list[str]]] = {}
        """The files of a name in a repository, by each ending of their paths."""

    def file_of(
        self, texts: Sequence[str], boundary: str, parents: Sequence[str]
    ) -> UploadedTemplate | None:
        """Return the file that a URL names; None where none does.

        `texts` are the URL as the template contains it, and its value or the known end of that. The file that
        the policy names comes first, then the one whose path ends like it; the `parents` are left out.
        """
        for glob, path in self._named:
            if any(text == glob or fnmatch.fnmatchcase(text, glob) for text in texts):
                note = f"its template is {display_path_of(path)}, which the policy names for {glob}"
                return UploadedTemplate(path, note)
        best, longest = self._alike(boundary, _path_of(texts[-1]).split("/"), parents)
        if len(best) > 1:
            listed = ", ".join(map(display_path_of, best[:MAX_PATHS]))
            choose = "choose one under [[templates]] in the policy file"
            text = f"several files may be the nested template ({listed}): {choose}"
            raise NotReadError(text, is_elsewhere=True, candidates=best)
        if not best:
            return None
        display_path = display_path_of(best[0])
        note = f"its template is assumed to be {display_path}, whose path ends like the TemplateURL"
        return UploadedTemplate(best[0], note, longest > 1, is_copy=True)

    def _alike(
        self, boundary: str, names: Sequence[str], parents: Sequence[str]
    ) -> tuple[list[str], int]:
        """Return the files whose paths share the most names with the end of a URL, and how many those are."""
        key = boundary, names[-1]
        if key not in self._endings:
            self._endings[key] = self._by_ending(boundary, names[-1])
        endings, ending = self._endings[key], ""
        found: tuple[list[str], int] = [], 0
        for length, name in enumerate(reversed(names), 1):
            ending = f"{name}/{ending}"
            paths = endings.get(ending)
            if paths is None:
                break
            if not set(parents).isdisjoint(paths):
                paths = [path for path in paths if path not in parents]
            found = (paths, length) if paths else found
        paths, length = found
        if len(paths) > 1:  # of a copy that a build makes, the original is meant
            paths = [path for path in paths if not self._is_excluded(path)] or paths
        return paths, length

    def _by_ending(self, boundary: str, name: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        paths = self._files(boundary).get(name, []) if name else []
        for path in filter(_may_be_template, paths):
            ending = ""
            for part in reversed(os.path.relpath(path, boundary).split(os.sep)):
                ending = f"{part}/{ending}"
                found.setdefault(ending, []).append(path)
        return found

    def _files(self, boundary: str) -> dict[str, list[str]]:
        """Return the paths of the files in a repository by name."""
        if boundary not in self._listed:
            paths_by_name: dict[str, list[str]] = {}
            count = 0
            for folder, folders, names in os.walk(boundary):
                folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
                for name in names:
                    paths_by_name.setdefault(name, []).append(os.path.join(folder, name))
                count += len(names)
                if count > MAX_FILES:
                    break
            self._listed[boundary] = {name: sorted(paths) for name, paths in paths_by_name.items()}
        return self._listed[boundary]


def _may_be_template(path: str) -> bool:
    """Whether a file may be a template, by its bytes: a manifest or a pipeline may have the same name."""
    try:
        content = to_utf8(file_bytes(path))
    except (OSError, UnicodeDecodeError):
        return True
    return may_have_sections(content)


def file_name_of(url: str) -> str:
    """Return the last part of a URL's path."""
    return _path_of(url).rpartition("/")[2]


def _path_of(url: str) -> str:
    """Return the path of a URL, or of the known end of one."""
    _, _, rest = url.rpartition("://")
    return unquote(rest.partition("?")[0].partition("#")[0])
