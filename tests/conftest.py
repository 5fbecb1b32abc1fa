"""What every test may ask for: the real command line, in a folder of its own, in a clean environment."""

import gc
import inspect
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

import pytest
from filelock import FileLock
from hypothesis import settings
from jsonschema import Draft7Validator
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from ecbackup_iac.cloudformation.templates.relevance import TemplateFile
from ecbackup_iac.files.discovery import Input
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import ReadingScope, RootSettings
from ecbackup_iac.model.report import AbsentCache, CacheBlock, Diagnostic, ReadResult, Severity
from ecbackup_iac.readers.cloudformation.templates import TemplateReader
from ecbackup_iac.readers.configuration import read
from ecbackup_iac.readers.tree_request import TreeRequest

REPOSITORY = Path(__file__).parent.parent
TODAY = "1795392000"  # 2026-11-23, in seconds
NOTHING_GIVEN = EvaluationInputs()

# A machine that others use is slow at times, which says nothing about the law that is tested.
settings.register_profile("core", deadline=None, max_examples=40)
settings.register_profile("extended", deadline=None, max_examples=200)


def pytest_configure(config: pytest.Config) -> None:
    """Try more examples of each property where the extended tests run as well."""
    settings.load_profile("core" if config.getoption("markexpr") else "extended")


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of the command line said, and how it ended."""

    stdout: str
    stderr: str
    status: int

    def __post_init__(self) -> None:
        """Validate what is SARIF."""
        if self.stdout.startswith('{\n  "$schema": "https://docs.oasis-open.org/sarif/'):
            run_of_sarif(self.stdout)


def run_of_sarif(text: str) -> dict[str, Any]:
    """Return the only run of a SARIF document, which is valid by the schema that OASIS publishes."""
    document = json.loads(text)
    _sarif_validator().validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


@cache
def _sarif_validator() -> Draft7Validator:
    # As it is in the tests of cfn-lint 1.58.0.
    schema = REPOSITORY / "tests/reporters/sarif-schema-2.1.0.json"
    return Draft7Validator(json.loads(schema.read_text("utf-8")))


@pytest.fixture(scope="session")
def sarif_run() -> Callable[[str], dict[str, Any]]:
    """Return the function that validates a SARIF document and returns its run."""
    return run_of_sarif


class Run(Protocol):
    """Runs `ecbackup-iac ARGS` in the test's own folder."""

    def __call__(
        self,
        *args: str,
        stdin: bytes | None = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        **options: Any,  # noqa: ANN401 - subprocess.run's own
    ) -> Result: ...


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line: in this process, unless a test asks for another environment."""

    def run_it(
        *args: str,
        stdin: bytes | None = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        **options: Any,  # noqa: ANN401
    ) -> Result:
        if stdin is not None and env is None and not options:
            return _run_in_process(args, stdin, cwd or tmp_path)
        if stdin is not None:
            options["input"] = stdin
        result = subprocess.run(
            [sys.executable, "-m", "ecbackup_iac", *args],
            cwd=cwd or tmp_path,
            env=environment(env),
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            timeout=60,
            check=False,
            **options,
        )
        return Result(_decoded(result.stdout), _decoded(result.stderr), result.returncode)

    return run_it


def _run_in_process(args: Sequence[str], stdin: bytes, folder: Path) -> Result:
    from ecbackup_iac.cli.main import status

    output, errors = io.BytesIO(), io.BytesIO()
    depth, before = sys.getrecursionlimit(), os.getcwd()
    os.chdir(folder)
    try:
        with (
            mock.patch.dict(os.environ, environment(), clear=True),
            mock.patch.multiple(
                sys,
                argv=["ecbackup-iac", *args],
                stdin=io.TextIOWrapper(io.BytesIO(stdin), "utf-8"),
                stdout=io.TextIOWrapper(output, "utf-8", write_through=True),
                stderr=io.TextIOWrapper(errors, "utf-8", "backslashreplace", write_through=True),
            ),
        ):
            code = status()
            return Result(_decoded(output.getvalue()), _decoded(errors.getvalue()), code)
    finally:
        os.chdir(before)
        sys.setrecursionlimit(depth)


def _decoded(text: bytes | None) -> str:
    return (text or b"").decode("utf-8", "backslashreplace")


@pytest.fixture
def run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Result]]:
    """Run the command line in this very process: forty times as quick, for the many."""
    from ecbackup_iac.cli.main import main

    depth, threshold = sys.getrecursionlimit(), gc.get_threshold()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TODAY)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    def run_it(*args: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["ecbackup-iac", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Result(said.out, said.err, int(str(ended.value.code)))

    yield run_it
    sys.setrecursionlimit(depth)
    gc.set_threshold(*threshold)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the little that the program may see of the machine it is tested on."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "COVERAGE_PROCESS_START")
    clean = {name: os.environ[name] for name in kept if name in os.environ}
    ours = {"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": TODAY}
    return clean | ours | dict(extra or {})


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let child processes be interrupted, even where pytest itself was started with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Terminal(Protocol):
    """Runs a program at a terminal: types, and gives all that was shown when it has ended."""

    def __call__(
        self,
        *command: str | Path,
        typed: str = "",
        env: Mapping[str, str] | None = None,
        **streams: Any,  # noqa: ANN401 - those that are no terminal
    ) -> str: ...


# The first terminal that a session's leader opens is the one that it is controlled from.
_TAKE_TERMINAL = """\
import os, sys
os.close(os.open(sys.argv[1], os.O_RDWR))
os.execvp(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")

    def run_it(
        *command: str | Path,
        typed: str = "",
        env: Mapping[str, str] | None = None,
        **streams: Any,  # noqa: ANN401
    ) -> str:
        ours, theirs = pty.openpty()
        name = os.ttyname(theirs)
        process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, name, *command],
            cwd=tmp_path,
            env=environment({"TERM": "xterm", **(env or {})}),
            start_new_session=True,
            **{"stdin": theirs, "stdout": theirs, "stderr": theirs, **streams},
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        # The program leads a session of its own: what it has started ends with it.
        timer = threading.Timer(60, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how a terminal says that no one has it open any more
            pass
        finally:
            process.wait()
            timer.cancel()
            os.close(ours)
        return shown.decode("utf-8", "backslashreplace")

    return run_it


@pytest.fixture
def copy_in(tmp_path: Path) -> Callable[[str, str], Path]:
    """Copy an input that is kept beside the tests into the test's own folder."""

    def copy(source: str, name: str) -> Path:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(__file__).parent / source, target)
        return target

    return copy


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What configuration says: every cache, and what is wrong."""

    caches: tuple[CacheResource, ...]
    diagnostics: tuple[Diagnostic, ...]
    absent: tuple[AbsentCache, ...] = ()
    blocks: tuple[CacheBlock, ...] = ()

    @property
    def roots(self) -> list[str]:
        """Give the roots that have caches, or cache blocks that create none."""
        caches = {one.root for one in self.caches}
        return sorted(caches | {one.root for one in self.absent})

    @property
    def addresses(self) -> list[str]:
        return [cache.address for cache in self.caches]

    @property
    def errors(self) -> list[str]:
        return [one.message for one in self.diagnostics if one.severity is Severity.ERROR]

    def __getitem__(self, address: str) -> CacheResource:
        (found,) = (cache for cache in self.caches if cache.address == address)
        return found


class Evaluate(Protocol):
    """Evaluates files, as if they were in a repository of their own; targets are folders of it."""

    def __call__(
        self,
        files: Mapping[str, str],
        *targets: str,
        given: EvaluationInputs = ...,
        roots: tuple[RootSettings, ...] = ...,
        is_excluded: Callable[[str], bool] = ...,
    ) -> Evaluated: ...


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evaluate:
    monkeypatch.chdir(tmp_path)

    def evaluate_them(
        files: Mapping[str, str],
        *targets: str,
        given: EvaluationInputs = NOTHING_GIVEN,
        roots: tuple[RootSettings, ...] = (),
        is_excluded: Callable[[str], bool] = lambda _: False,
    ) -> Evaluated:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        top = os.path.realpath(tmp_path)
        folders = tuple(os.path.realpath(tmp_path / target) for target in targets or (".",))
        return _evaluated([*read(TreeRequest(top, folders, given, roots, (), is_excluded))])

    return evaluate_them


class EvaluateTemplates(Protocol):
    """Evaluates templates, which need not lie on the disk, with parameters that are given."""

    def __call__(self, files: Mapping[str, str], **parameters: str) -> Evaluated: ...


@pytest.fixture(scope="session")
def evaluate_templates() -> EvaluateTemplates:
    def evaluate_them(files: Mapping[str, str], **parameters: str) -> Evaluated:
        given = EvaluationInputs(
            parameters=[("parameter", f"{k}={v}") for k, v in parameters.items()]
        )
        reader = TemplateReader(given, ReadingScope(), lambda _: False, lambda _: ())
        for name, text in files.items():
            content = text.encode()
            found = Input(name, content, "", os.path.realpath("."))
            reader.add(TemplateFile(found, content))
        return _evaluated([*reader.results()])

    return evaluate_them


def _evaluated(readings: Sequence[ReadResult]) -> Evaluated:
    return Evaluated(
        tuple(cache for reading in readings for cache in reading.resources),
        tuple(reported for reading in readings for reported in reading.diagnostics),
        tuple(one for reading in readings for one in reading.absent),
        tuple(one for reading in readings for one in reading.blocks),
    )


class EnvironmentWith(Protocol):
    """Gives the folder of programs of an environment with packages, made once beside the repository's own."""

    def __call__(self, name: str, *packages: str) -> Path: ...


MAX_INSTALLATION_LENGTH = 900
"""Seconds."""


def install(folder: Path, programs: Path, packages: Sequence[str]) -> None:
    """Make an environment with some packages."""
    venv: list[str | Path] = [sys.executable, "-m", "venv", "--clear", folder]
    subprocess.run(venv, check=True, timeout=120)
    pip: list[str | Path] = [programs / "python", "-m", "pip", "install", "--quiet", *packages]
    subprocess.run(pip, check=True, timeout=MAX_INSTALLATION_LENGTH, capture_output=True)


# Files whose tests are many and have nothing in common: any process may take any of them.
SCATTERED = ("test_bounds.py", "test_functions.py", "test_planned_values.py", "test_cases.py")

# Folders whose files share what takes long to make, on the disk: one process makes it, and uses it.
SHARING = ("tests/tools",)


class ByWhatIsShared(LoadScopeScheduling):
    """Keeps a file's tests in one process of a parallel run, where they share what takes long to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder, _, name = file.rpartition("/")
        if name in SCATTERED:
            return nodeid
        return folder if folder in SHARING else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Give each process what belongs together, under `--dist loadfile`."""
    return ByWhatIsShared(config, log) if config.getvalue("dist") == "loadfile" else None


# What a test mentions → why it is skipped on a system that is not like Linux in this.
LINUX_ALONE = {"/dev/full": "there is no /dev/full", "fsdecode(b": "file names are in Unicode"}
NOT_ON_WINDOWS = LINUX_ALONE | {
    "symlink": "links need a right of their own",
    "mkfifo": "there are no named pipes",
    "chmod(": "files have no such modes",
    "geteuid": "there is no root user",
    "openpty": "there are no pseudo-terminals",
    "signal.SIG": "there are no such signals",
    '"bash"': "it needs a Unix shell",
    "/dev/": "there are no such devices",
}


def _why_skipped(item: pytest.Item) -> str | None:
    """Return why this system cannot run a test; None on Linux."""
    lacking = {"win32": NOT_ON_WINDOWS, "darwin": LINUX_ALONE}.get(sys.platform, {})
    text = inspect.getsource(item.function) if lacking and hasattr(item, "function") else ""
    return next((why for word, why in lacking.items() if word in text), None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need an environment of their own, and those that this system cannot run."""
    for item in items:
        if "environment_with" in getattr(item, "fixturenames", ()):
            item.add_marker("extended")
        if why := _why_skipped(item):
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Return the path of an installed program.

    Without it a test is skipped, or fails where every tool has to be there, as in .ci/run.
    """

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            end = pytest.fail if os.environ.get("ECBACKUP_REQUIRE_TOOLS") else pytest.skip
            end(f"{name} is not installed")
        return found

    return find


@pytest.fixture(scope="session")
def environment_with() -> EnvironmentWith:
    """Some tools must not share an environment with us, or with each other."""

    def make(name: str, *packages: str) -> Path:
        folder = REPOSITORY / name
        programs = folder / ("Scripts" if os.name == "nt" else "bin")
        ready = folder / "ready"
        wanted = "\n".join((sys.version, *packages))
        try:
            with FileLock(folder.with_suffix(".lock"), timeout=MAX_INSTALLATION_LENGTH):
                if not ready.exists() or ready.read_text("utf-8") != wanted:
                    install(folder, programs, packages)
                    ready.write_text(wanted, "utf-8")
        except (OSError, subprocess.SubprocessError) as error:
            # Where they have to be had, as in .ci/run, that is no excuse.
            end = pytest.fail if os.environ.get("ECBACKUP_REQUIRE_TOOLS") else pytest.skip
            said = getattr(error, "stderr", None) or b""
            end(
                f"{', '.join(packages)} cannot be had in {name}: {error}\n{said.decode(errors='replace')}"
            )
        return programs

    return make
