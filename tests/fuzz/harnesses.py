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
from unittest.mock import patch

from hcl_inputs import Input
from hcl_readers import Findings, compare

from ecbackup_iac.errors import EcbackupError
from ecbackup_iac.hcl import body, skipping
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Report
from ecbackup_iac.model.value import Known, Unknown, possible_values
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.reporters import REPORTERS, reporter
from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity
from ecbackup_iac.scan import scan
from ecbackup_iac.terraform.roots import folder_scan, roots

HERE = Path(__file__).parent
TESTS = HERE.parent
TODAY = date(2026, 11, 23)

SECONDS = 20.0
"""Of processor time for one input of a few kilobytes: a hang, on a busy machine or instrumented."""

MAX_BYTES = 30_000
"""Bytes of an input."""

MAX_FILES = 12
MAX_CORPUS = 2_000
"""Inputs that a campaign begins with: the shortest that earlier ones kept."""

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
        """Check an input; whatever is raised but an EcbackupError is a defect."""
        lay_out(data, self.first, folder)
        before = files_in(folder)
        with working_in(folder):
            try:
                report = checked()
            except EcbackupError:
                return
            for name in REPORTERS:
                reporter(name).render(report, RenderOptions(verbosity=Verbosity.VERBOSE))
        assert files_in(folder) == before, "the checked tree is changed"
        for finding in report.findings:
            is_pass = finding.verdict.status is Status.PASS
            assert not is_pass or is_enabled(finding.resource), finding

    def _seed(self, folder: Path) -> bytes:
        files = [
            file
            for file in sorted(folder.rglob("*"))
            if file.name.endswith(self.endings) and not file.name.startswith("expect")
        ]
        parts = []
        for file in files[:MAX_FILES]:
            name = file.relative_to(folder).as_posix().lower()
            parts.append(b"=== %s\n%s\n" % (name.encode(), file.read_bytes()))
        seed = b"".join(parts)
        return seed if len(seed) <= MAX_BYTES else b""


class SkippingHarness(Harness):
    """The reader of HCL that skips blocks and files, compared with one that parses everything."""

    def feed(self, data: bytes, folder: Path) -> None:
        """Check an input in both ways; findings that differ are a defect."""
        lay_out(data, self.first, folder)
        with working_in(folder), patch.object(skipping, "MIN_RECOGNISED_BYTES", 0):
            findings = Findings()
            for file in folder.rglob("*.tf"):
                compare(Input("", file.read_bytes()), findings)
            assert not findings.found, findings.found
            try:
                skipped = checked()
            except EcbackupError:
                return
            with patch.object(body, "need_not_be_parsed", return_value=False):
                assert checked() == skipped, "the reports differ where blocks are skipped"
                with every_file_parsed():
                    full = checked()
        # Errors in a file that cannot hold a cache are not reported.
        assert full.findings == skipped.findings, "the findings differ where files are skipped"
        assert full.absent == skipped.absent, "the absent caches differ where files are skipped"


_CONFIGURATION = (
    "main.tf",
    ("terraform/cases", "cases"),
    (".tf", ".tf.json", ".tfvars", ".tftpl", ".tofu"),
    b"elasticache",
)

HARNESSES = {
    harness.name: harness
    for harness in (
        Harness("configuration", *_CONFIGURATION),
        SkippingHarness("skipping", *_CONFIGURATION),
        Harness("terragrunt", "terragrunt.hcl", (), ()),
        Harness(
            "template",
            "template.yaml",
            ("cloudformation/cases", "cases/templates-of-a-repository"),
            (".yaml", ".yml", ".template", ".json"),
            b"Resources",
        ),
        Harness("plan", "plan.json", ("cases",), (".json", ".tfstate"), b"{"),
        Harness("pulumi", "preview.json", ("cases",), (".json",), b'"urn"'),
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


def checked() -> Report:
    """Return the report on the working folder, with its policy."""
    policy = Policy()
    if os.path.exists(".ecbackup.toml"):
        from ecbackup_iac.policy.policy_file import read_policy

        policy = read_policy(".ecbackup.toml")
    return scan(["."], policy, TODAY, EvaluationInputs(), with_excerpts=True)


def is_enabled(cache: CacheResource) -> bool:
    """Whether the retention is known to be one day at least, in some cases where it may be Memcached."""
    values = possible_values(cache.retention)
    if isinstance(cache.retention, Unknown) and not values:
        return bool(cache.retention.bounds and (cache.retention.bounds.minimum or 0) > 0)
    are_enough = any if isinstance(cache.engine, Unknown) else all
    return are_enough(isinstance(value, Known) and value.value > 0 for value in values)


@contextmanager
def every_file_parsed() -> Iterator[None]:
    """Parse files that cannot hold a cache, too, for a while."""
    with (
        patch.object(folder_scan, "may_name", return_value=True),
        patch.object(folder_scan, "possible_sources", return_value=None),
        patch.object(roots, "may_name", return_value=True),
    ):
        yield


def files_in(folder: Path) -> dict[str, bytes | None]:
    """Return the content of every file, and the name of every folder."""
    paths = sorted(folder.rglob("*"))
    return {str(path): path.read_bytes() if path.is_file() else None for path in paths}


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


def bounded(corpus: Path) -> Path:
    """Return a folder with the inputs that campaigns kept, after deleting all but MAX_CORPUS."""
    corpus.mkdir(parents=True, exist_ok=True)
    by_size = sorted(corpus.iterdir(), key=lambda file: (file.stat().st_size, file.name))
    for file in by_size[MAX_CORPUS:]:
        file.unlink()
    return corpus


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
