"""Paths → the inputs under them, sorted, each with its bytes.

Only files inside the boundary are read: the top of the git work tree that holds the path; without
git, the working folder where the path lies under it, else the path itself.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from ecbackup_iac.errors import InputError, PolicyError
from ecbackup_iac.files.bounded_read import (
    NO_REGULAR_FILE,
    bounded_content,
    larger_than,
    read_limited,
    regular_content,
)
from ecbackup_iac.files.globs import covers
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.policy import PathGlob
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, Severity

TERRAGRUNT_FILE = "terragrunt.hcl"
_MODULE_FILES = (".tf", ".tf.json", ".tofu", ".tofu.json")
_VARIABLE_FILES = (".tfvars", ".tfvars.json")
_CONFIGURATION = (*_MODULE_FILES, *_VARIABLE_FILES)

# What plans, states and templates are called.
_TEMPLATES = (".yaml", ".yml", ".template")
_TEXTS = (".json", *_TEMPLATES)

# What holds something else, whatever it says: a template may have any other name.
_OTHERS = frozenset((
    ".7z", ".avif", ".bat", ".bin", ".bmp", ".bz2", ".c", ".cc", ".class", ".cpp", ".cs",
    ".css", ".csv", ".db", ".dll", ".doc", ".docx", ".dylib", ".eot", ".erb", ".exe", ".gif",
    ".go", ".gradle", ".gz", ".h", ".hcl", ".hpp", ".htm", ".html", ".ico", ".ipynb", ".jar",
    ".java", ".jpeg", ".jpg", ".js", ".jsx", ".kt", ".less", ".lock", ".log", ".lua", ".map",
    ".md", ".mjs", ".mov", ".mp3", ".mp4", ".o", ".otf", ".patch", ".pdf", ".php", ".pkl",
    ".pl", ".png", ".proto", ".ps1", ".psd", ".py", ".pyc", ".pyi", ".r", ".rb", ".rs", ".rst",
    ".scala", ".scss", ".sh", ".snap", ".so", ".sql", ".svelte", ".svg", ".swift", ".tar",
    ".tf", ".tfbackend", ".tfplan", ".tfstate", ".tftest", ".tfvars", ".tgz", ".tif", ".tiff",
    ".tofu", ".toml", ".ts", ".tsv", ".tsx", ".ttf", ".vue", ".wasm", ".wav", ".webm", ".webp",
    ".whl", ".woff", ".woff2", ".xls", ".xlsx", ".xml", ".xz", ".zip",
))  # fmt: skip

_MAX_TEMPLATE_BYTES = 1_000_000
"""Bytes; CloudFormation takes no larger template, so a file of any name is not looked into beyond it."""

MAX_INPUT_BYTES = 1_000_000_000
"""Bytes of a plan, a state, or AWS CLI output; reading it takes hardly more memory than it is large."""

MAX_TEXT_BYTES = 50_000_000
"""Bytes of what CloudFormation alone reads, by its name, and of what people keep beside their code."""

STANDARD_INPUT = "-"
POLICY_FILE = ".ecbackup.toml"
BASELINE_FILE = ".ecbackup-baseline.json"

# Folders that hold no infrastructure code of the repository's own.
SKIPPED_FOLDERS = {".git", "node_modules", ".terraform"}

# Paths that are no files, yet stand for what another program writes: `check <(terraform show -json p)`.
_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")

_OUTSIDE = "not read: the link leads outside the repository"
GIT_FOLDER = ".git"


@record
class Input:
    """One file or stream, read."""

    path: str
    """As it is printed: relative to the working folder, with forward slashes; "-" for standard input."""

    content: bytes
    named: str
    """The argument that led to it."""

    boundary: str
    """The folder outside which nothing is read for it: absolute, links resolved."""

    is_expected: bool = True
    """Its name, or the person who named it, says that it holds infrastructure code."""

    @property
    def is_named(self) -> bool:
        """Whether a person named this very file, not a folder above it."""
        return self.path == self.named


@record
class ConfigurationPath:
    """A folder with Terraform configuration in it or below it."""

    folder: str
    """Absolute, links resolved."""

    boundary: str
    """The folder outside which nothing is read for it: absolute, links resolved."""

    named: str
    """The argument that led to it, as it is printed."""


Found: TypeAlias = Input | ConfigurationPath | Diagnostic

Listing: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The names of a folder's files, and of the folders in it, each sorted.

Links to folders are left out, because those are met elsewhere, unless they lead to where nobody walks.
"""


def discover(
    paths: Sequence[str],
    exclude: Sequence[PathGlob],
    contents: Mapping[str, bytes] | None = None,
    listings: dict[str, Listing] | None = None,
) -> Iterator[Found]:
    """Yield every input under the paths, each once, or why it could not be read.

    `contents` is what files are taken to hold, by real path, whatever the disk says. `listings` takes
    what is in the folders that are met, by real path, for whoever walks them next.

    Raises:
        InputError: a path does not exist.

    """
    for path in paths:
        if path != STANDARD_INPUT and not os.path.lexists(path):
            raise InputError(f"{path}: no such file or folder")
    walk = _Walk(tuple(exclude), contents or {}, {} if listings is None else listings)
    for path in dict.fromkeys(paths):
        if path == STANDARD_INPUT or is_stream(path):
            yield _stream(path)
        elif os.path.isdir(path):
            yield from walk.folder(path)
        else:
            shown = shown_path(path)
            place = _Place(path, os.path.realpath(path), shown)
            yield from walk.file(place, shown, boundary_of(path))


def _stream(path: str) -> Input | Diagnostic:
    """Read standard input, or what stands for it, to its end."""
    if path == STANDARD_INPUT and sys.stdin is None:
        return Diagnostic("cannot be read: standard input is closed", input_location(path))
    try:
        if path == STANDARD_INPUT:
            content = read_limited(MAX_INPUT_BYTES, sys.stdin.buffer.read)
        else:
            content = bounded_content(path, MAX_INPUT_BYTES)
    except OSError as error:
        return _unreadable(path, error)
    if content is None:
        return Diagnostic(f"not read: {larger_than(MAX_INPUT_BYTES)}", input_location(path))
    return Input(path, content, path, boundary_of("."))


def holds(named: str, path: str) -> bool:
    """Say whether a path that was named is this file, or a folder above it, links resolved."""
    return is_inside(os.path.realpath(path), os.path.realpath(named))


def is_stream(path: str) -> bool:
    """Say whether a path stands for what another program writes."""
    return path.startswith(_STREAMS)


def shown_path(path: str) -> str:
    """Give a path as it is printed: relative to the working folder, with forward slashes."""
    if path == STANDARD_INPUT or is_stream(path):
        return path
    folder, name = os.path.split(path)
    if name in ("", os.curdir, os.pardir):
        folder, name = path, ""
    shown = os.path.normpath(os.path.join(_from_here(folder, os.getcwd()), name))
    if shown.startswith(os.pardir):  # perhaps above here
        shown = _from_here(path, os.getcwd())
    # A name that is no UTF-8 is shown with its bytes escaped: half surrogates break JSON readers.
    return os.fsencode(shown.replace(os.sep, "/")).decode("utf-8", "backslashreplace")


@lru_cache(maxsize=1 << 14)
def _from_here(folder: str, here: str) -> str:
    try:
        return os.path.relpath(folder or os.curdir, here)
    except ValueError:  # another drive on Windows
        return folder


def boundary_of(path: str) -> str:
    """Give the folder outside which nothing is read for this path: absolute, links resolved."""
    folder = os.path.realpath(path if os.path.isdir(path) else os.path.dirname(path) or ".")
    top = repository_top(folder)
    if top is not None:
        return top
    working = os.path.realpath(".")
    return working if is_inside(folder, working) else folder


def repository_top(folder: str) -> str | None:
    """Give the top of the git work tree that holds an absolute folder."""
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def working_folder() -> str:
    """Give the working folder from the repository's top, with forward slashes; empty where it is the top."""
    working = os.path.realpath(".")
    top = repository_top(working) or working
    return "" if working == top else os.path.relpath(working, top).replace(os.sep, "/")


def found_policy() -> str | None:
    """Find the policy file upwards from the working folder to the repository's top.

    Raises:
        PolicyError: it is a link that leads outside.

    """
    working = folder = os.path.realpath(".")
    top = repository_top(working) or working
    while not os.path.isfile(os.path.join(folder, POLICY_FILE)):
        if folder == top:
            return None
        folder = os.path.dirname(folder)
    file = os.path.join(folder, POLICY_FILE)
    if not is_readable(os.path.realpath(file), top):
        raise PolicyError(f"{shown_path(file)}: {_OUTSIDE}")
    return file


def _output_file() -> os.stat_result | None:
    """Find the file that standard output goes to: `> report.json` has made it before this reads."""
    try:
        status = os.fstat(sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):  # closed, or no file at all
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _is_same(path: str, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(path), status)
    except OSError:
        return False


class _Walk:
    """Which files and folders have been met, so that each is read once and no link leads in circles."""

    def __init__(
        self,
        exclude: tuple[PathGlob, ...],
        contents: Mapping[str, bytes],
        listings: dict[str, Listing],
    ) -> None:
        self._exclude = exclude
        self._contents = contents
        self._listings = listings
        self._met: set[str] = set()
        self._output = _output_file()

    def folder(self, named: str) -> Iterator[Found]:
        """Yield the inputs in a folder and below it."""
        boundary, shown = boundary_of(named), shown_path(named)
        pending = [_Place(named, os.path.realpath(named), shown)]
        is_told = False
        while pending:
            folder = pending.pop()
            if not is_readable(folder.real, boundary):
                yield Diagnostic(_OUTSIDE, Location(folder.shown), Severity.WARNING)
                continue
            if folder.real in self._met:
                continue
            self._met.add(folder.real)
            try:
                entries = sorted(os.scandir(folder.path), key=attrgetter("name"))
            except OSError as error:
                yield _unreadable(folder.shown, error)
                continue
            names = {entry.name for entry in entries}
            places = _Places(folder)
            folders = {entry.name: entry for entry in entries if _is_folder(entry)}
            self._listings[folder.real] = (
                tuple([entry.name for entry in entries if entry.name not in folders]),
                tuple(
                    [
                        name
                        for name, entry in folders.items()
                        if not entry.is_symlink() or _leads_to_skipped(entry, folder.real, boundary)
                    ]
                ),
            )
            pending += [
                places.of(entry)
                for name, entry in reversed(folders.items())
                if name not in SKIPPED_FOLDERS
                and not (self._exclude and self._is_excluded(shown_path(entry.path)))
            ]
            if not is_told and any(map(_is_configuration, names)):
                is_told = True
                top = os.path.realpath(named)
                yield ConfigurationPath(top, _walked_boundary(top, boundary), shown)
            for entry in entries:
                if entry.name in folders:
                    continue
                is_expected = _may_matter(entry.name, names)
                try:
                    is_file_content = is_expected or _may_be_template(entry)
                except OSError as error:
                    yield _unreadable(places.of(entry).shown, error)
                    continue
                if is_file_content:
                    place = places.of(entry)
                    yield from self.file(place, shown, boundary, is_expected=is_expected)

    def file(
        self, place: "_Place", named: str, boundary: str, *, is_expected: bool = True
    ) -> Iterator[Found]:
        """Yield one file's input, unless it was met before or is excluded."""
        if self._exclude and self._is_excluded(place.shown):
            return
        severity = Severity.ERROR if place.shown == named else Severity.WARNING
        if not is_readable(place.real, boundary):
            yield Diagnostic(_OUTSIDE, Location(place.shown), severity)
            return
        if place.real in self._met:
            return
        self._met.add(place.real)
        if self._output is not None and _is_same(place.real, self._output):
            return
        folder = _configured_folder(place.path, boundary)
        if folder is not None:
            yield ConfigurationPath(folder, _walked_boundary(folder, boundary), named)
            return
        try:
            most = MAX_TEXT_BYTES if place.path.lower().endswith(_TEMPLATES) else MAX_INPUT_BYTES
            content = self._contents.get(place.real) or regular_content(place.path, most)
        except OSError as error:
            yield _unreadable(place.shown, error)
            return
        if isinstance(content, str):
            severity = severity if content == NO_REGULAR_FILE else Severity.ERROR
            yield Diagnostic(content, Location(place.shown), severity)
            return
        yield Input(place.shown, content, named, boundary, is_expected)

    def _is_excluded(self, shown: str) -> bool:
        return any(covers(glob, shown) for glob in self._exclude)


class _Place(NamedTuple):
    """A file, by its three names."""

    path: str
    """As it is opened."""

    real: str
    """Absolute, links resolved."""

    shown: str
    """As it is printed."""


class _Places:
    """Makes the places of what is in a folder; asking the system for each takes most of a walk's time."""

    def __init__(self, folder: _Place) -> None:
        self._real = os.path.join(folder.real, "")
        self._shown = "" if folder.shown == "." else f"{folder.shown.rstrip('/')}/"

    def of(self, entry: os.DirEntry[str]) -> _Place:
        """Give the place of one of the folder's files, or of a folder in it."""
        path = entry.path
        # From above the working folder a way may lead back into it, and is told from there.
        is_plain = path.isascii() and not self._shown.startswith(os.pardir)
        shown = self._shown + entry.name if is_plain else shown_path(path)
        real = os.path.realpath(path) if entry.is_symlink() else self._real + entry.name
        return _Place(path, real, shown)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry is a folder, or a link to one; a link in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _leads_to_skipped(link: os.DirEntry[str], folder: str, boundary: str) -> bool:
    """Whether a link in a folder that is walked leads to one inside the boundary that is not."""
    real = os.path.realpath(link.path)
    return is_readable(real, boundary) and (
        _walked_boundary(folder, boundary) == boundary != _walked_boundary(real, boundary)
    )


def _walked_boundary(folder: str, boundary: str) -> str:
    """Return the boundary of a folder, links resolved, so that the folder is walked from there.

    For one that lies in a folder which is not walked, it is the first one in that: a package of
    node_modules.
    """
    names = os.path.relpath(folder, boundary).split(os.sep)
    skipped = [number for number, name in enumerate(names) if name in SKIPPED_FOLDERS]
    return os.path.join(boundary, *names[: skipped[-1] + 2]) if skipped else boundary


def _may_matter(name: str, neighbours: set[str]) -> bool:
    """Say whether a file in a folder is looked into.

    A raw state beside configuration is a working copy of what the configuration says.
    """
    if name.endswith(".tfstate"):
        return not any(neighbour.endswith((".tf", ".tofu")) for neighbour in neighbours)
    return name.lower().endswith(_TEXTS) and not name.endswith(_CONFIGURATION)


def _may_be_template(entry: os.DirEntry[str]) -> bool:
    """Say whether a file whose name says nothing is looked into: a template may have any name.

    Raises:
        OSError: nobody can tell what it is; a link in a circle, or one that leads nowhere, is nothing.

    """
    stem, dot, ending = entry.name.rpartition(".")
    if (stem and dot + ending.lower() in _OTHERS) or entry.name.endswith(_CONFIGURATION):
        return False
    try:
        return entry.is_file() and 0 < entry.stat().st_size <= _MAX_TEMPLATE_BYTES
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOENT, errno.ENOTDIR):
            return False
        raise


def _is_configuration(name: str) -> bool:
    """Say whether a file makes its folder one of configuration."""
    return name.endswith(_MODULE_FILES) or name == TERRAGRUNT_FILE


def _configured_folder(path: str, boundary: str) -> str | None:
    """Give the folder that a file of configuration stands for; None where it is none.

    A tfvars file stands for its root: the nearest folder above it that holds configuration. The
    policy file stands for everything.
    """
    name = os.path.basename(path)
    if name == POLICY_FILE:
        return boundary
    if not name.endswith(_VARIABLE_FILES) and not _is_configuration(name):
        return None
    folder = os.path.dirname(os.path.realpath(path))
    if name.endswith(_VARIABLE_FILES):
        while not any(other.endswith(_MODULE_FILES) for other in os.listdir(folder)):
            if folder == boundary or not is_inside(folder, boundary):
                return os.path.dirname(os.path.realpath(path))
            folder = os.path.dirname(folder)
        return folder
    return folder


def is_inside(path: str, folder: str) -> bool:
    """Say whether a path is a folder or lies in it; both absolute, links resolved."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def is_readable(path: str, boundary: str) -> bool:
    """Say whether a real path lies inside the boundary, and not in what git keeps for itself."""
    return is_inside(path, boundary) and not is_gits_own(path, boundary)


def is_gits_own(path: str, boundary: str) -> bool:
    """Say whether a real path lies in a folder of git's: a checkout leaves its token there."""
    rest = path.removeprefix(boundary).lower()
    return GIT_FOLDER in rest and GIT_FOLDER in rest.split(os.sep)


def _unreadable(shown: str, error: OSError) -> Diagnostic:
    return Diagnostic(f"cannot be read: {error.strerror or error}", input_location(shown))
