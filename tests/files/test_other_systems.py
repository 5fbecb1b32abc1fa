"""Windows and macOS: what their paths, file systems, line ends and consoles change must change no report.

A folder of this system is seen as theirs would be: their paths, and names in any case.
"""

import builtins
import errno
import io
import json
import ntpath
import os
import posixpath
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

import pytest

from ecbackup_iac.cli import runtime
from ecbackup_iac.cli.options import OutputType
from ecbackup_iac.cli.output import Output
from ecbackup_iac.files.paths import (
    display_path_of,
    enter_real_folder,
    is_in_git_folder,
    is_link,
    is_readable,
)
from ecbackup_iac.fixers.diff import unified_diff
from ecbackup_iac.fixers.edits import Edit
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import RootSettings
from ecbackup_iac.model.report import Diagnostic, Report
from ecbackup_iac.reporters import REPORTERS, repository_paths
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.terraform.files.folders import Folders

if TYPE_CHECKING:
    from conftest import Run

WINDOWS_TOP = "C:\\repo"

# What the program, click and tempfile call with paths.
_ONE_PATH = ("stat", "lstat", "listdir", "open", "chmod", "unlink", "access", "readlink", "chdir")


def folded(name: str) -> str:
    """Return what macOS and Windows compare of a name."""
    return unicodedata.normalize("NFC", name).casefold()


class OtherSystem:
    """Paths of another system, which lead to a folder of this one."""

    def __init__(self, folder: Path, paths: ModuleType) -> None:
        self.folder = os.path.realpath(folder)
        self.paths = paths
        self.top = WINDOWS_TOP if paths is ntpath else self.folder
        self.working = self.top

    def here(self, path: object) -> object:
        """Return this system's path for one of the other's; what is no path of the folder as it is."""
        if not isinstance(path, str):
            return path
        whole = self.paths.normpath(self.paths.join(self.working, path))
        drive, rest = self.paths.splitdrive(whole)
        if not folded(whole).startswith(folded(self.top)):
            return rest.replace("\\", "/") if drive in ("", "C:") else f"/no-drive/{drive}"
        found = self.folder
        for name in whole[len(self.top) :].replace(self.paths.sep, "/").split("/"):
            found = posixpath.join(found, _listed(found, name)) if name else found
        return found

    def scandir(self, path: str = ".") -> "_Entries":
        real = _SCANDIR(self.here(path))  # type: ignore[call-overload]
        return _Entries(_entry(entry, self.paths.join(path, entry.name)) for entry in real)


_SCANDIR, _LISTDIR = os.scandir, os.listdir


def _listed(folder: str, name: str) -> str:
    try:
        names = _LISTDIR(folder)
    except OSError:
        return name
    same = [one for one in names if folded(one) == folded(name)]
    return name if name in names or not same else same[0]


class _Entries:
    """What os.scandir returns: an iterator that is a context manager, too."""

    def __init__(self, entries: Iterator[SimpleNamespace]) -> None:
        self._entries = entries

    def __iter__(self) -> Iterator[SimpleNamespace]:
        return self._entries

    def __next__(self) -> SimpleNamespace:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _entry(entry: "os.DirEntry[str]", path: str) -> SimpleNamespace:
    methods = ("is_dir", "is_file", "is_symlink", "stat", "inode")
    return SimpleNamespace(
        name=entry.name, path=path, **{name: getattr(entry, name) for name in methods}
    )


@contextmanager
def other_system(folder: Path, paths: ModuleType) -> Iterator[OtherSystem]:
    """Let this process see a folder, and its own working folder, as another system would."""
    system, working = OtherSystem(folder, paths), os.getcwd()

    def translated(function: Callable[..., Any], count: int = 1) -> Callable[..., Any]:
        def call(*arguments: object, **options: object) -> object:
            here = map(system.here, arguments[:count])
            return function(*here, *arguments[count:], **options)

        return call

    patches: dict[str, Any] = {name: translated(getattr(os, name)) for name in _ONE_PATH}
    patches |= {
        "replace": translated(os.replace, 2),
        "scandir": system.scandir,
        "getcwd": lambda: system.working,
        "path": paths,
        "sep": paths.sep,
    }
    with (
        mock.patch.multiple(os, **patches),
        mock.patch.object(builtins, "open", translated(open)),
    ):
        yield system
    os.chdir(working)


CASES = Path(__file__).parents[1] / "cases"
FIXED = Path(__file__).parents[1] / "fixers" / "cases"

GROUP = """\
resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  snapshot_retention_limit = %s
}
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write files into the test's repository."""

    def write(files: dict[str, str]) -> Path:
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return tmp_path

    return write


def copied(case: Path, target: Path, newline: bytes = b"\n") -> Path:
    """Copy a case, perhaps as Git for Windows would check it out."""
    shutil.copytree(case, target)
    (target / ".git").mkdir()
    for path in filter(Path.is_file, target.rglob("*")):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", newline))
    return target


WITH_MANY_PATHS = [
    CASES / "baseline-of-a-repository",
    CASES / "configuration-of-a-repository",
    CASES / "excluded-configuration",
    CASES / "local-modules-that-are-missing",
    CASES / "nested-modules",
    CASES / "plan-source-of-several-roots",
    CASES / "roots-of-the-policy",
    CASES / "templates-of-a-repository",
    CASES / "variable-files-that-terraform-does-not-load",
    FIXED / "cloudformation-nested-stacks",
    FIXED / "terraform-module-shared-with-an-unnamed-stack",
    FIXED / "terraform-values-of-variable-files",
]


@pytest.mark.parametrize("case", WITH_MANY_PATHS, ids=lambda case: case.name)
@pytest.mark.parametrize(
    "arguments",
    [("check", "-v"), ("check", "--format", "sarif"), ("baseline",), ("fix", "--diff"), ("fix",)],
    ids=" ".join,
)
def test_windows_gets_the_same_report(
    case: Path, arguments: tuple[str, ...], tmp_path: Path, run: "Run"
) -> None:
    here, there = copied(case, tmp_path / "here" / "x"), copied(case, tmp_path / "there" / "x")
    expected = run(*arguments, cwd=here)
    with other_system(there, ntpath):
        assert run(*arguments, cwd=there) == expected
    files = sorted(path.relative_to(here) for path in here.rglob("*") if path.is_file())
    assert [(there / name).read_bytes() for name in files] == [
        (here / name).read_bytes() for name in files
    ]


def test_windows_gets_the_inputs_of_a_component(
    written: Callable[[dict[str, str]], Path], run: "Run"
) -> None:
    folder = written({
        "stack/main.tfcomponent.hcl": 'component "cache" {\n  source = "../modules/cache"\n'
        "  inputs = {\n    days = 0\n  }\n}\n",
        "modules/cache/main.tf": 'variable "days" {\n  default = 7\n}\n' + GROUP % "var.days",
        "others/modules/cache/main.tf": 'variable "days" {\n  default = 7\n}\n' + GROUP % "var.days",
    })  # fmt: skip
    with other_system(folder, ntpath):
        result = run("check", "--format", "json")
    assert [(one["status"], one["root"]) for one in json.loads(result.stdout)["findings"]] == [
        ("unknown", "modules/cache"),
        ("pass", "others/modules/cache"),
    ]


def test_windows_gets_the_units_of_terragrunt(
    written: Callable[[dict[str, str]], Path], run: "Run"
) -> None:
    folder = written({
        "root.hcl": 'terraform {\n  source = "${get_repo_root()}/modules//cache"\n}\n'
        'inputs = {\n  days = yamldecode(file(find_in_parent_folders("days.yaml"))).days\n'
        '  zone = path_relative_to_include()\n}\n',
        "live/prod/terragrunt.hcl": 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n',
        "live/prod/own/own.auto.tfvars": "",
        "live/days.yaml": "days: 0\n",
        "modules/cache/main.tf": 'variable "days" {\n  default = 7\n}\nvariable "zone" {\n}\n'
        + GROUP % 'var.zone == "live/prod" ? var.days : 3',
    })  # fmt: skip
    with other_system(folder, ntpath):
        result = run("check", "--format", "json")
    findings = json.loads(result.stdout)["findings"]
    assert [(one["status"], one["root"]) for one in findings] == [("fail", "live/prod")]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("stacks\\main.tf", "stacks/main.tf"),
        (".\\stacks\\", "stacks"),
        ("C:\\repo\\stacks\\main.tf", "stacks/main.tf"),
        ("c:/REPO/stacks", "stacks"),
        ("..\\other\\main.tf", "../other/main.tf"),
        ("D:\\policies\\main.tf", "D:/policies/main.tf"),
        ("\\\\server\\share\\main.tf", "//server/share/main.tf"),
    ],
)
def test_a_path_of_windows_is_shown_with_slashes(path: str, shown: str, tmp_path: Path) -> None:
    with other_system(tmp_path, ntpath):
        assert display_path_of(path) == shown
        moved = repository_paths.relative_to_repository(
            Report(diagnostics=(Diagnostic("x", Location(shown, 1)),)), RenderOptions(folder="a/b")
        )
    expected = shown if ":" in shown or shown.startswith("//") else posixpath.join("a/b", shown)
    assert moved.diagnostics[0].location.path == posixpath.normpath(expected)


def test_a_file_on_another_drive_is_named_as_it_is(tmp_path: Path) -> None:
    with other_system(tmp_path, ntpath):
        settings = RootSettings("C:\\repo\\stacks", ("D:\\values\\prod.tfvars",))
        assert settings.label == "D:/values/prod.tfvars"
        edit = Edit("D:\\other\\main.tf", 0, 1, b"7", Location("x"), "")
        diff = unified_diff({edit.path: b"0\n"}, [edit], None)
        assert diff.startswith(b"--- a/D:/other/main.tf\n+++ b/D:/other/main.tf\n")


@pytest.mark.parametrize(
    ("path", "is_gits"),
    [
        ("C:\\repo\\.git\\config", True),
        ("C:\\repo\\modules\\.GIT\\config", True),
        ("C:\\repo\\.gitignore", False),
    ],
)
def test_the_folder_of_git_is_recognised_on_windows(
    path: str, *, is_gits: bool, tmp_path: Path
) -> None:
    with other_system(tmp_path, ntpath):
        assert is_in_git_folder(path, WINDOWS_TOP) is is_gits
        assert is_readable(path, WINDOWS_TOP) is not is_gits
        assert not is_readable("C:\\repository\\main.tf", WINDOWS_TOP)


def test_the_real_path_is_what_counts_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.git.` and `GIT~1` are other names of `.git` there, and a junction is no link to Python."""
    (tmp_path / ".git.").mkdir()
    folders = Folders(str(tmp_path))
    config = str(tmp_path / ".git." / "config")
    assert Folders(str(tmp_path)).is_inside(config)
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        windows.setattr(os.path, "realpath", lambda path: path.replace(".git.", ".git"))
        is_inside = folders.is_inside(config)
    assert not is_inside


def test_a_junction_is_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    status = SimpleNamespace(st_reparse_tag=0xA0000003)
    entry: Any = SimpleNamespace(is_symlink=lambda: False, stat=lambda **_: status)
    answers = [is_link(entry)]
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        answers.append(is_link(entry))
        status.st_reparse_tag = 0
        answers.append(is_link(entry))
    assert answers == [False, True, False]


def test_windows_runs_in_the_real_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short name or the letter of another drive is no beginning of a real path."""
    entered: list[str] = []
    monkeypatch.setattr(os, "chdir", entered.append)
    monkeypatch.setattr(os.path, "realpath", lambda _: "C:\\Users\\runneradmin\\x")
    enter_real_folder()
    on_linux = [*entered]
    monkeypatch.setattr(os, "name", "nt")
    enter_real_folder()
    monkeypatch.undo()
    assert (on_linux, entered) == ([], ["C:\\Users\\runneradmin\\x"])


def test_a_glob_of_exclude_stays_a_glob_on_windows(
    written: Callable[[dict[str, str]], Path], run: "Run", monkeypatch: pytest.MonkeyPatch
) -> None:
    """click replaces it by the files that match, of which all but the first would become paths."""
    written({f"stacks/{name}/main.tf": GROUP % "0" for name in "ab"} | {"main.tf": GROUP % "7"})
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        result = run("check", "--exclude", "stacks/*", ".")
    assert result.stdout.endswith("1 cache: 1 passed\n")


@pytest.mark.parametrize("glob", ["stacks\\old", ".\\stacks\\old\\", "stacks/old", "**\\old"])
def test_windows_may_exclude_with_its_own_separators(
    glob: str, written: Callable[[dict[str, str]], Path], run: "Run"
) -> None:
    folder = written({"stacks/old/main.tf": GROUP % "0", "main.tf": GROUP % "7"})
    with other_system(folder, ntpath):
        result = run("check", "--exclude", glob)
    assert result.stdout.endswith("1 cache: 1 passed\n")


def test_a_report_may_go_to_another_drive() -> None:
    output = OutputType().convert("html:D:\\reports\\x.html", None, None)
    assert output == Output("html", "D:\\reports\\x.html")


def test_a_pipe_that_windows_calls_invalid_is_a_closed_pipe(
    written: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch, run: "Run"
) -> None:
    written({"main.tf": GROUP % "0"})

    class Pipe(io.TextIOWrapper):
        def write(self, _: str) -> int:
            raise OSError(errno.EINVAL, "Invalid argument")

    closed: list[int] = []
    monkeypatch.setattr(runtime, "discard_standard_output", lambda: closed.append(1))
    monkeypatch.setattr(io, "TextIOWrapper", Pipe)
    result = run("check", "--format", "text", "main.tf")
    assert (closed, result.stderr, result.status) == ([1], "", 1)


# macOS and Windows: names in any case, and accents composed or not.


@pytest.mark.parametrize("paths", [ntpath, posixpath], ids=["windows", "macos"])
@pytest.mark.parametrize(
    ("source", "folder"),
    [("./Modules/Cache", "modules/cache"), ("./módulo", unicodedata.normalize("NFD", "módulo"))],
    ids=["letter case", "accents"],
)
def test_a_module_is_read_by_any_of_its_names(
    paths: ModuleType,
    source: str,
    folder: str,
    written: Callable[[dict[str, str]], Path],
    run: "Run",
) -> None:
    top = written({
        "main.tf": f'module "cache" {{\n  source = "{source}"\n  days   = 7\n}}\n',
        f"{folder}/main.tf": 'variable "days" {\n  default = 0\n}\n' + GROUP % "var.days",
    })  # fmt: skip
    with other_system(top, paths):
        result = run("check", "--format", "json")
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["status"], finding["root"]) == ("pass", ".")
    assert finding["location"]["path"] == f"{folder}/main.tf"


@pytest.mark.parametrize("paths", [ntpath, posixpath], ids=["windows", "macos"])
def test_a_file_that_is_named_twice_is_read_once(
    paths: ModuleType, written: Callable[[dict[str, str]], Path], run: "Run"
) -> None:
    template = "Resources:\n  C:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
    top = written({"stacks/main.tf": GROUP % "0", "stacks/cache.yaml": template})
    with other_system(top, paths):
        result = run("check", "--format", "json", "STACKS", "stacks", "Stacks/Cache.YAML")
    found = [one["location"]["path"] for one in json.loads(result.stdout)["findings"]]
    assert found == ["stacks/cache.yaml", "stacks/main.tf"]


def test_names_that_differ_in_case_are_two_where_the_system_says_so(
    written: Callable[[dict[str, str]], Path], run: "Run"
) -> None:
    written({
        "main.tf": 'module "a" {\n  source = "./Cache"\n}\n',
        "Cache/main.tf": GROUP % "7",
        "cache/main.tf": GROUP % "0",
    })  # fmt: skip
    findings = json.loads(run("check", "--format", "json").stdout)["findings"]
    assert [(one["location"]["path"], one["status"]) for one in findings] == [
        ("Cache/main.tf", "pass"),
        ("cache/main.tf", "fail"),
    ]


def test_accents_do_not_matter_to_a_baseline_and_globs(
    written: Callable[[dict[str, str]], Path], run: "Run", tmp_path: Path
) -> None:
    composed = written({"größe/main.tf": GROUP % "0"})
    baseline = run("baseline", cwd=composed).stdout
    (tmp_path / "größe").rename(tmp_path / unicodedata.normalize("NFD", "größe"))
    (tmp_path / "baseline.json").write_text(baseline, "utf-8")
    assert run("check", "--baseline", "baseline.json").stdout.endswith("1 cache: 1 suppressed\n")
    excluded = run("check", "--exclude", "größe", "--allow-empty")
    assert "0 caches" in excluded.stdout


def test_what_macos_adds_beside_files_is_nothing(
    written: Callable[[dict[str, str]], Path], run: "Run"
) -> None:
    """On foreign disks, `._x` has what the disk cannot keep of `x`."""
    added = "\0\5\x16\7\0\2\0\0Mac OS X        \0\2"
    names = ("main.tf", "prod.tfvars", "cache.yaml", "plan.json", "state.tfstate", "env.hcl")
    written({f"._{name}": added for name in names} | {"main.tf": GROUP % "7"})
    result = run("check")
    assert (result.stdout, result.status) == ("1 cache: 1 passed\n", 0)


# A checkout with CRLF.


@pytest.mark.parametrize(
    "case",
    [
        CASES / "ignores-in-configuration",
        CASES / "ignores-in-templates",
        CASES / "policy-file-with-exceptions",
        CASES / "syntaxes-and-overrides",
        CASES / "templates-of-a-repository",
        FIXED / "terraform-suppressed-and-baselined",
        FIXED / "cloudformation-not-set-in-blocks",
        FIXED / "terraform-not-set-among-aligned-neighbours",
    ],
    ids=lambda case: case.name,
)
def test_line_ends_change_neither_report_nor_baseline_nor_edit(
    case: Path, tmp_path: Path, run: "Run"
) -> None:
    lf = copied(case, tmp_path / "lf" / "x")
    crlf = copied(case, tmp_path / "crlf" / "x", b"\r\n")
    for arguments in (
        ("check", "--format", "json", "."),
        ("check", "--format", "sarif"),
        ("check", "-v"),
        ("baseline",),
        ("fix",),
    ):
        assert run(*arguments, cwd=crlf) == run(*arguments, cwd=lf)
    for path in filter(Path.is_file, lf.rglob("*")):
        edited = (crlf / path.relative_to(lf)).read_bytes()
        assert edited == path.read_bytes().replace(b"\n", b"\r\n")


# Output that is not in UTF-8.


@pytest.mark.parametrize("name", REPORTERS)
def test_a_code_page_breaks_no_report(
    name: str, written: Callable[[dict[str, str]], Path], run: "Run", tmp_path: Path
) -> None:
    written({"größe-日本/main.tf": GROUP % "0"})
    page = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"}
    report, output = tmp_path / "report", tmp_path / "output"
    with output.open("wb") as stdout:
        run("check", "--format", name, env=page, stdout=stdout)
    run("check", "--format", f"{name}:report", env=page)
    shown = output.read_bytes()
    assert b"\r" not in shown
    if name == "text":
        assert "größe-\\u65e5\\u672c/main.tf".encode("cp1252") in shown
    else:
        assert shown == report.read_bytes()


# The repository itself.


def test_every_file_can_be_checked_out_on_windows_and_macos() -> None:
    command = ["git", "-C", str(CASES), "ls-files", "--full-name", "-sz", ":/"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not in a clone")
    entries = [entry.split("\t", 1) for entry in listed.stdout.decode().split("\0") if entry]
    names = [name for _, name in entries]
    assert [name for head, name in entries if head.startswith("120000")] == []
    assert [name for name in names if not CAN_BE_ON_WINDOWS(name)] == []
    assert [name for name in names if len(name) > MAX_LENGTH_IN_CLONE] == []
    assert [name for name, count in Counter(map(folded, names)).items() if count > 1] == []


MAX_LENGTH_IN_CLONE = 160
"""Windows reads paths of at most 260 characters unless it is configured otherwise."""

CAN_BE_ON_WINDOWS = re.compile(
    r'(?:(?!(?:con|nul|aux|prn|com\d|lpt\d)(?:\.|/|$))[^<>:"|?*\\/]*[^<>:"|?*\\/. ](?:/|$))+',
    re.IGNORECASE,
).fullmatch
