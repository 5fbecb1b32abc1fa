"""A path → how it is printed, its repository, and whether it may be read. No file is opened here."""

import os
from collections.abc import Iterator

from ecbackup_iac.model.location import STANDARD_INPUT, is_stream
from ecbackup_iac.model.written_path import as_posix, relative_path

POLICY_FILE = ".ecbackup.toml"
BASELINE_FILE = ".ecbackup-baseline.json"

GIT_FOLDER = ".git"

SKIPPED_FOLDERS = {
    GIT_FOLDER,
    "node_modules",
    ".terraform",
    ".terragrunt-cache",
    ".terragrunt-stack",
}
"""Folders without infrastructure code of the repository itself."""

LINK_LEADS_OUTSIDE = "the link leads outside the repository"


def display_path_of(path: str) -> str:
    """Return a path as it is printed: relative to the working folder, with forward slashes."""
    if path == STANDARD_INPUT or is_stream(path):
        return path
    folder, name = os.path.split(path)
    if name in ("", os.curdir, os.pardir):
        folder, name = path, ""
    display_path = os.path.normpath(os.path.join(relative_path(folder), name))
    if display_path.startswith(os.pardir):  # perhaps a folder above the working folder
        display_path = relative_path(path)
    # A name that is not UTF-8 is shown with its bytes escaped: lone surrogates break JSON readers.
    return os.fsencode(as_posix(display_path)).decode("utf-8", "backslashreplace")


def enter_real_folder() -> None:
    """Change to the working folder's real path, to which real paths are relative.

    Only Windows keeps the name by which a folder was entered: a short name, another drive's letter.
    """
    if os.name == "nt":
        os.chdir(os.path.realpath("."))


def as_listed(path: str) -> str:
    """Return a path with every name in it spelled as its folder lists it.

    Windows and macOS find a file whatever the letter case of its name, and macOS also however letters with
    accents are composed.
    """
    if path == STANDARD_INPUT or is_stream(path):
        return path
    parent, name = os.path.split(path)
    if not name:
        return path
    return os.path.join(as_listed(parent) if parent else "", listed_name(parent, name))


def listed_name(folder: str, name: str) -> str:
    """Return a name in the spelling in which its folder lists it; unchanged where there is no such file."""
    if not os.path.lexists(os.path.join(folder, name.swapcase())):
        return name  # the folder distinguishes the case, or has nothing of this name
    try:
        number = os.lstat(os.path.join(folder, name)).st_ino
        with os.scandir(folder or os.curdir) as entries:
            names = {entry.name for entry in entries if entry.inode() == number}
    except OSError:
        return name
    return name if name in names else min(names, default=name)


def is_link(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a link; a junction of Windows is one, though not to Python."""
    if entry.is_symlink() or os.name != "nt":
        return entry.is_symlink()
    status = entry.stat(follow_symlinks=False)
    return getattr(status, "st_reparse_tag", 0) == _JUNCTION


_JUNCTION = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT, which the module `stat` has only on Windows."""


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a folder, or a link to one; a link in a loop of links is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def boundary_of(path: str) -> str:
    """Return the folder outside which nothing is read for this path: absolute, links resolved.

    A link in the tree that the command is started in does not widen it: a pull request may contain one.
    """
    folder = os.path.realpath(path if os.path.isdir(path) else os.path.dirname(path) or ".")
    working_boundary = _boundary_of_folder(os.path.realpath("."))
    if not is_inside(folder, working_boundary) and link_in_tree(path) is not None:
        return working_boundary
    return _boundary_of_folder(folder)


def _boundary_of_folder(folder: str) -> str:
    top = repository_top(folder)
    if top is not None:
        return top
    working = os.path.realpath(".")
    # A container often starts in the top of the file system, which is not a project.
    is_project = is_inside(folder, working) and working != os.path.dirname(working)
    return working if is_project else folder


def leads_outside(path: str) -> bool:
    """Whether a link in the tree that the command is started in leads from a path to what is not read."""
    return link_in_tree(path) is not None and not is_readable(
        os.path.realpath(path), _boundary_of_folder(os.path.realpath("."))
    )


def repository_top(folder: str) -> str | None:
    """Return the top of the git work tree that contains an absolute folder; None without git."""
    while not os.path.exists(os.path.join(folder, GIT_FOLDER)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def working_folder() -> str:
    """Return the working folder relative to the repository's top; empty for the top itself."""
    working = os.path.realpath(".")
    top = repository_top(working) or working
    return "" if working == top else relative_path(working, top)


def contains(folder: str, path: str) -> bool:
    """Whether a path is a folder, or in it; links in both are resolved first."""
    return is_inside(os.path.realpath(path), os.path.realpath(folder))


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is a folder, or in it; both are absolute, with links resolved."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def folders_between(folder: str, top: str) -> Iterator[str]:
    """Yield a folder and those above it, up to one of them; both absolute, links resolved."""
    while is_inside(folder, top):
        yield folder
        if folder == top:
            return
        folder = os.path.dirname(folder)


def is_readable(path: str, boundary: str) -> bool:
    """Whether a real path is inside the boundary, and not in git's own folder."""
    return is_inside(path, boundary) and not is_in_git_folder(path, boundary)


def is_in_git_folder(path: str, boundary: str) -> bool:
    """Whether a real path is in git's own folder, where a checkout leaves its token."""
    rest = path.removeprefix(boundary).lower()
    return GIT_FOLDER in rest and GIT_FOLDER in rest.split(os.sep)


def link_in_tree(path: str) -> str | None:
    """Return the first link on the way to a path that is inside the working folder's boundary."""
    boundary = _boundary_of_folder(os.path.realpath("."))
    drive, rest = os.path.splitdrive(path)
    current = os.path.realpath(drive + os.sep if os.path.isabs(path) else drive or ".")
    for name in rest.replace(os.sep, "/").split("/"):
        current = os.path.dirname(current) if name == os.pardir else os.path.join(current, name)
        if os.path.islink(current) and is_inside(os.path.normpath(current), boundary):
            return display_path_of(current)
        current = os.path.realpath(current)
    return None


def walked_boundary(folder: str, boundary: str) -> str:
    """Return the folder from which a real folder is walked.

    That is the boundary, unless the folder is in a skipped one: then it is the first folder in
    that, such as a package of node_modules.
    """
    names = os.path.relpath(folder, boundary).split(os.sep)
    skipped = [number for number, name in enumerate(names) if name in SKIPPED_FOLDERS]
    return os.path.join(boundary, *names[: skipped[-1] + 2]) if skipped else boundary
