"""What the parity tests share: third-party readers of templates, and the files of the cases.

They live in an environment of their own, made once beside the repository's: they are no dependency of
anything.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ecbackup_iac.accounting import account_for_blocks
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import ReadingScope
from ecbackup_iac.model.report import Diagnostic, ReadResult
from ecbackup_iac.readers.inputs import read_inputs

if TYPE_CHECKING:
    from conftest import EnvironmentWith

HERE = Path(__file__).parent
ENVIRONMENT = ".venv-cloudformation"
PACKAGES = ("cfn-lint==1.58.0", "moto[cloudformation]==5.2.5", "PyYAML==6.0.4")
OURS = ("case.json", "expect.json")


class RunScript(Protocol):
    """Runs a script of this folder in the other environment: JSON in, JSON out."""

    def __call__(self, script: str, data: object) -> Any: ...  # noqa: ANN401 - JSON


@pytest.fixture(scope="session")
def run_script(environment_with: "EnvironmentWith") -> RunScript:
    def run(script: str, data: object) -> Any:  # noqa: ANN401 - JSON
        programs = environment_with(ENVIRONMENT, *PACKAGES)
        answer = subprocess.run(
            [str(programs / "python"), str(HERE / script)],
            input=json.dumps(data).encode(),
            capture_output=True,
            check=False,
            timeout=300,
        )
        assert answer.returncode == 0, answer.stderr.decode("utf-8", "backslashreplace")
        return json.loads(answer.stdout)

    return run


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of a case, a template or not, that is no parameter file."""

    case: str
    key: str
    """What lists of exceptions call it: the case's name, with the path where there are several files."""

    path: Path
    given: tuple[tuple[str, str], ...]
    """The case's parameters, as `EvaluationInputs` has them."""


@pytest.fixture(scope="session")
def case_files() -> tuple[CaseFile, ...]:
    cases = sorted((HERE / "cases").glob("*/case.json"))
    return tuple(one for case in cases for one in _files_of(case.parent))


def _files_of(case: Path) -> Iterator[CaseFile]:
    words = json.loads((case / "case.json").read_text("utf-8"))["args"]
    options = list(zip(words[::2], words[1::2], strict=True))
    values = [("parameter", text) for option, text in options if option == "--parameter"]
    files = [("file", str(case / text)) for option, text in options if option == "--parameter-file"]
    kept = [
        path
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.name not in OURS and ("file", str(path)) not in files
    ]
    for path in kept:
        inside = path.relative_to(case).as_posix()
        key = case.name if len(kept) == 1 else f"{case.name}/{inside}"
        yield CaseFile(case.name, key, path, (*files, *values))


class Accounts:
    """What a run reports about cache blocks."""

    def __init__(self, found: Sequence[ReadResult]) -> None:
        self.created = [one for reading in found for one in reading.resources]
        self.absent, _ = account_for_blocks(found)
        self.blocks = [one for reading in found for one in reading.blocks]
        diagnostics = (one for reading in found for one in reading.diagnostics)
        self.diagnostics: list[Diagnostic] = [*dict.fromkeys(diagnostics)]

    @property
    def created_blocks(self) -> set[Location | None]:
        return {one.block for one in self.created}

    @property
    def unaccounted(self) -> list[str]:
        """Blocks that are not reported in any way."""
        reported = self.created_blocks | {one.location for one in self.absent}
        return [str(one.location) for one in self.blocks if one.location not in reported]


class AccountsOf(Protocol):
    """Reads paths in the working folder, with options of the command line."""

    def __call__(self, words: Sequence[str], paths: Sequence[str]) -> Accounts: ...


@pytest.fixture
def accounts_of() -> AccountsOf:
    kinds = {"--parameter": "parameter", "--parameter-file": "file"}

    def read(words: Sequence[str], paths: Sequence[str]) -> Accounts:
        options = zip(words[::2], words[1::2], strict=True)
        given = EvaluationInputs(
            parameters=tuple((kinds[option], text) for option, text in options)
        )
        return Accounts([*read_inputs(paths, ReadingScope(), given, allow_empty=False)])

    return read
