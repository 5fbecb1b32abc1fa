"""Bytes → one of the program's doors: what a fuzzer feeds, and what must hold whatever it feeds.

An input is a small tree of files, each under a line `=== path`, so that what refers to other files is
reached too. A harness lays the tree out, judges it, and renders every report.
"""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType

from ecbackup_iac.errors import EcbackupError
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.reporters import REPORTERS, reporter
from ecbackup_iac.reporters.style import RenderOptions, Verbosity
from ecbackup_iac.scan import scan

HERE = Path(__file__).parent
TESTS = HERE.parent
TODAY = date(2026, 11, 23)

SECONDS = 5.0
"""Of processor time for one input; they are a few kilobytes each."""

MAX_SEED_BYTES = 20_000
MAX_FILES = 12

_HEAD = re.compile(rb"^=== ([a-z0-9_.\-/]{1,60})\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Harness:
    """One door of the program."""

    name: str
    first: str
    """What a file is called where an input names none."""

    folders: tuple[str, ...]
    """Where the seeds lie, from `tests/`."""

    endings: tuple[str, ...]
    mark: bytes = b""
    """Only what holds this is a seed."""

    def seeds(self) -> list[bytes]:
        """Give the inputs to begin with: the cases, and whatever once fell out."""
        found = []
        for top in self.folders:
            for folder in sorted(path for path in (TESTS / top).rglob("*") if path.is_dir()):
                seed = self._seed(folder)
                if seed and self.mark in seed:
                    found.append(seed)
        own = (file.read_bytes() for file in sorted((HERE / "seeds" / self.name).glob("*")))
        return [*dict.fromkeys((*found, *own, *self.regressions().values()))]

    def regressions(self) -> dict[str, bytes]:
        """Give what once fell out, by the name of its file."""
        files = sorted((HERE / "regressions" / self.name).glob("*"))
        return {file.name: file.read_bytes() for file in files}

    def feed(self, data: bytes, folder: Path) -> None:
        """Judge an input; whatever is raised but an EcbackupError is a defect."""
        lay_out(data, self.first, folder)
        policy_file = folder / ".ecbackup.toml"
        with working_in(folder):
            try:
                policy = Policy()
                if policy_file.exists():
                    from ecbackup_iac.policy.policy_file import read_policy

                    policy = read_policy(str(policy_file))
                report = scan(["."], policy, TODAY, EvaluationInputs(), with_excerpts=True)
            except EcbackupError:
                return
            for name in REPORTERS:
                reporter(name).render(report, RenderOptions(detail=Verbosity.VERBOSE))

    def _seed(self, folder: Path) -> bytes:
        files = [
            file
            for file in sorted(folder.rglob("*"))
            if file.is_file() and file.name.endswith(self.endings)
        ]
        parts = []
        for file in files[:MAX_FILES]:
            name = file.relative_to(folder).as_posix().lower()
            parts.append(b"=== %s\n%s\n" % (name.encode(), file.read_bytes()))
        seed = b"".join(parts)
        return seed if len(seed) <= MAX_SEED_BYTES else b""


HARNESSES = {
    harness.name: harness
    for harness in (
        Harness(
            "configuration",
            "main.tf",
            ("terraform/cases", "cases"),
            (".tf", ".tf.json", ".tfvars", ".tftpl", ".tofu"),
            b"elasticache",
        ),
        Harness(
            "template",
            "template.yaml",
            ("cloudformation/cases", "cases/templates-of-a-repository"),
            (".yaml", ".yml", ".template", ".json"),
            b"Resources",
        ),
        Harness("plan", "plan.json", ("cases",), (".json", ".tfstate"), b"{"),
        Harness("policy", ".ecbackup.toml", (), ()),
        Harness(
            "suppression",
            "main.tf",
            ("fixers/cases",),
            (".tf", ".tf.json", ".yaml", ".yml", ".json"),
            b"ignore",
        ),
    )
}


def lay_out(data: bytes, first: str, folder: Path) -> None:
    """Write an input's files into an empty folder; nothing lands outside it."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".git").mkdir(parents=True)
    pieces = _HEAD.split(data)
    named = [(first, pieces[0]), *zip(map(os.fsdecode, pieces[1::2]), pieces[2::2], strict=True)]
    for name, content in named[: MAX_FILES + 1]:
        path = os.path.normpath(os.path.join(folder, name.lstrip("/")))
        if not content or not path.startswith(f"{folder}{os.sep}"):
            continue
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Path(path).write_bytes(content)
        except OSError:  # a file and a folder of one name
            continue


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Work in a folder for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


class TooLongError(BaseException):
    """An input takes longer than any may; nothing but a harness's driver catches it."""


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raise TooLongError where the processor is kept busy for longer; other programs do not count."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLongError(f"over {seconds} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
