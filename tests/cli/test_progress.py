"""The line on standard error while a person waits: when it is there, and that nothing stays of it."""

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cli import progress
from ecbackup_iac.cli.progress import TerminalProgress

if TYPE_CHECKING:
    from conftest import Run, Terminal

CACHE = """\
resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "this"
  description              = "A cache"
  snapshot_retention_limit = 7
}
"""
TEMPLATE = """\
Resources:
  Sessions:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      SnapshotRetentionLimit: 7
"""

# The real program, in a world where every look at the clock takes a quarter of a second.
SLOW = """\
import itertools, time
ticks = itertools.count()
time.monotonic = lambda: next(ticks) / 4
from ecbackup_iac.cli.main import main
main()
"""
BROKEN = """\
def broken(*_): raise RuntimeError("broken")
import ecbackup_iac.readers.terraform.configuration
ecbackup_iac.readers.terraform.configuration._Tree.closing_diagnostics = broken
main()
"""
LINE = re.compile(r"\r([^\r\n]*)(?=\r)")


@pytest.fixture(autouse=True)
def estate(tmp_path: Path) -> None:
    for number in range(1, 7):
        folder = tmp_path / f"stack-{number}"
        folder.mkdir()
        (folder / "main.tf").write_text(CACHE, "utf-8")
        (folder / "cache.yaml").write_text(TEMPLATE, "utf-8")


def lines(shown: str) -> list[str]:
    """Give all that the line said, one after the other."""
    return [text.rstrip() for text in LINE.findall(shown) if text.strip()]


def left(shown: str) -> str:
    """Give what a terminal still shows at the end."""
    rows = []
    for row in shown.replace("\r\n", "\n").split("\n"):
        cells: list[str] = []
        for part in row.split("\r"):
            cells[: len(part)] = part
        rows.append("".join(cells).rstrip())
    return "\n".join(rows)


def test_a_person_who_waits_is_told_what_is_done_and_nothing_stays(terminal: "Terminal") -> None:
    shown = terminal(sys.executable, "-c", SLOW, "check", "--no-color")
    told = lines(shown)
    assert any(re.fullmatch(r"reading: \d+ files", line) for line in told), shown
    assert "judging root 2: stack-2/cache.yaml" in told, shown
    bar = r"\[#{6}-{14}\] judging root 3 of 6: stack-3"
    assert any(re.fullmatch(bar, line) for line in told), shown
    assert left(shown) == "12 caches: 12 pass\n"


def test_the_report_in_a_pipe_has_nothing_of_it(terminal: "Terminal", tmp_path: Path) -> None:
    with (tmp_path / "report.txt").open("wb") as report:
        shown = terminal(sys.executable, "-c", SLOW, "check", stdout=report)
    assert lines(shown)
    assert left(shown) == ""
    assert (tmp_path / "report.txt").read_bytes() == b"12 caches: 12 pass\n"


def test_it_is_gone_before_an_error_is_told(terminal: "Terminal") -> None:
    shown = terminal(sys.executable, "-c", SLOW.replace("main()", BROKEN), "check")
    assert lines(shown)
    told = left(shown)
    assert told.startswith("ecbackup-iac: a defect of this program: RuntimeError: broken\n")
    assert "reading" not in told
    assert "judging" not in told


@pytest.mark.usefixtures("interruptible")
def test_it_is_gone_when_a_person_interrupts(terminal: "Terminal") -> None:
    tired = SLOW.replace(
        "main()",
        "import ecbackup_iac.cli.progress, signal\n"
        "shown = ecbackup_iac.cli.progress.TerminalProgress._write\n"
        "def once(*words): shown(*words); '#' in words[1] and signal.raise_signal(signal.SIGINT)\n"
        "ecbackup_iac.cli.progress.TerminalProgress._write = once\n"
        "main()",
    )
    shown = terminal(sys.executable, "-c", tired, "check")
    assert "judging root" in shown
    assert left(shown).strip() == ""


def test_under_a_second_nothing_is_printed(terminal: "Terminal") -> None:
    shown = terminal(sys.executable, "-m", "ecbackup_iac", "check", "--no-color")
    assert shown == "12 caches: 12 pass\r\n"


@pytest.mark.parametrize(
    ("args", "env"), [(("-q",), {}), ((), {"TERM": "dumb"}), ((), {"CI": "true"})], ids=str
)
def test_who_does_not_watch_is_told_nothing(
    args: tuple[str, ...], env: dict[str, str], terminal: "Terminal"
) -> None:
    shown = terminal(sys.executable, "-c", SLOW, "check", *args, env=env)
    assert "\r" not in shown.replace("\r\n", "")


def test_a_pipe_gets_nothing(run: "Run", tmp_path: Path) -> None:
    assert run("check").stderr == ""
    done = subprocess.run(
        [sys.executable, "-c", SLOW, "check"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"},
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (b"12 caches: 12 pass\n", b"")


def test_it_is_not_written_more_often_than_an_eye_can_see(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    stream = io.StringIO()
    told = TerminalProgress(stream)
    for millisecond in range(2000):
        now = millisecond / 1000
        told.reading()
    assert stream.getvalue().count("\r") == 10
    assert stream.getvalue().startswith("\rreading: 1,001 files\rreading: 1,1")


def test_one_root_that_takes_long_is_told_too(terminal: "Terminal", tmp_path: Path) -> None:
    many = CACHE.replace('"this" {', '"this" {\n  for_each = toset(["a", "b", "c", "d", "e", "f"])')
    (tmp_path / "stack-1" / "main.tf").write_text(many, "utf-8")
    (tmp_path / "stack-1" / "cache.yaml").unlink()
    told = lines(terminal(sys.executable, "-c", SLOW, "check", "stack-1/main.tf"))
    assert "[--------------------] judging root 1 of 1: stack-1" in told


def test_a_hostile_or_long_name_stays_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    stream = io.StringIO()
    told = TerminalProgress(stream)
    told.judging("a\x1b[2J\nb/\u202e\U0001f600" + "x" * 200, 1, 2)
    told.erase()
    written = stream.getvalue()
    assert written.isascii()
    assert written.replace("\r", "").isprintable()
    assert max(map(len, written.split("\r"))) == 79


def test_a_terminal_that_is_gone_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(text)

    monkeypatch.setattr(progress, "PATIENCE", 0)
    told = TerminalProgress(Gone())
    told.reading()
    told.reading()
    told.erase()
