"""The URL of a template in a bucket → the file of the repository that was uploaded there.

CloudFormation reads templates from S3, so a nested stack names an uploaded copy of a file in the repository.
The file is chosen whose path has the longest common ending with the path of the URL.
"""

import fnmatch
import os
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from ecbackup_iac.cloudformation.templates.nested_stacks import NotReadError
from ecbackup_iac.files.paths import SKIPPED_FOLDERS, display_path_of
from ecbackup_iac.model.record import record

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
        self._is_excluded = is_excluded
        self._listed: dict[str, dict[str, list[str]]] = {}

    def file_of(
        self, texts: Sequence[str], boundary: str, parents: Sequence[str]
    ) -> UploadedTemplate | None:
        """Return the file that a URL names; None where none does.

        `texts` are the URL as it is written, and as it is evaluated or the known end of that. It is the file
        that the policy names, else the one that ends like it; those of the `parents` are not meant.
        """
        for glob, path in self._named:
            if any(text == glob or fnmatch.fnmatchcase(text, glob) for text in texts):
                note = f"its template is {display_path_of(path)}, which the policy names for {glob}"
                return UploadedTemplate(path, note)
        names = _path_of(texts[-1]).split("/")
        candidates = self._files(boundary).get(names[-1], []) if names[-1] else []
        lengths = {
            path: _common_ending(names, os.path.relpath(path, boundary).split(os.sep))
            for path in candidates
            if path not in parents
        }
        longest = max(lengths.values(), default=0)
        best = [path for path, length in lengths.items() if length == longest]
        if len(best) > 1:  # of a copy that a build makes, the original is meant
            best = [path for path in best if not self._is_excluded(display_path_of(path))] or best
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


def file_name_of(url: str) -> str:
    """Return the last part of a URL's path."""
    return _path_of(url).rpartition("/")[2]


def _path_of(url: str) -> str:
    """Return the path of a URL, or of the known end of one."""
    _, _, rest = url.rpartition("://")
    return unquote(rest.partition("?")[0].partition("#")[0])


def _common_ending(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
        count += 1
    return count
