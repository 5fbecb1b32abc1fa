"""The progress line on standard error: when it is shown, and that it is erased."""

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

# The real program with a clock that advances by a quarter of a second at every call.
SLOW = """\
import itertools, time
ticks = itertools.count()
time.monotonic = lambda: next(ticks) / 4
from ecbackup_iac.cli.main import main
main()
"""
BROKEN = """\
def broken(*_): raise RuntimeError("broken")
import ecbackup_iac.readers.configuration
ecbackup_iac.readers.configuration.ConfigurationTree._closing_diagnostics = broken
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
    """Return the successive texts of the line."""
    return [text.rstrip() for text in LINE.findall(shown) if text.strip()]


def left(shown: str) -> str:
    """Return what a terminal shows at the end."""
    rows = []
    for row in shown.replace("\r\n", "\n").split("\n"):
        cells: list[str] = []
        for part in row.split("\r"):
            cells[: len(part)] = part
        rows.append("".join(cells).rstrip())
    return "\n".join(rows)


def test_progress_is_shown_on_a_terminal_and_erased(terminal: "Terminal") -> None:
    shown = terminal(sys.executable, "-c", SLOW, "check", "--no-color")
    texts = lines(shown)
    assert any(re.fullmatch(r"reading: \d+ files", line) for line in texts), shown
    assert "evaluating root 2: stack-2/cache.yaml" in texts, shown
    assert "evaluating root 3 of 6: stack-3" in texts, shown
    assert left(shown) == "12 caches: 12 passed\n"


def test_a_redirected_report_contains_no_progress(terminal: "Terminal", tmp_path: Path) -> None:
    with (tmp_path / "report.txt").open("wb") as report:
        shown = terminal(sys.executable, "-c", SLOW, "check", stdout=report)
    assert lines(shown)
    assert left(shown) == ""
    assert (tmp_path / "report.txt").read_bytes() == b"12 caches: 12 passed\n"


def test_it_is_erased_before_an_error_is_printed(terminal: "Terminal") -> None:
    shown = terminal(sys.executable, "-c", SLOW.replace("main()", BROKEN), "check")
    assert lines(shown)
    remaining = left(shown)
    assert remaining.startswith("ecbackup-iac: a bug in ecbackup-iac: RuntimeError: broken\n")
    assert "reading" not in remaining
    assert "evaluating" not in remaining


@pytest.mark.usefixtures("interruptible")
def test_it_is_erased_on_an_interrupt(terminal: "Terminal") -> None:
    interrupted = SLOW.replace(
        "main()",
        "import ecbackup_iac.cli.progress, signal\n"
        "shown = ecbackup_iac.cli.progress.TerminalProgress._write\n"
        "def once(*words): shown(*words); 'root' in words[1] and signal.raise_signal(signal.SIGINT)\n"
        "ecbackup_iac.cli.progress.TerminalProgress._write = once\n"
        "main()",
    )
    shown = terminal(sys.executable, "-c", interrupted, "check")
    assert "evaluating root" in shown
    assert left(shown).strip() == ""


def test_under_a_second_nothing_is_printed(terminal: "Terminal") -> None:
    shown = terminal(sys.executable, "-m", "ecbackup_iac", "check", "--no-color")
    assert shown == "12 caches: 12 passed\r\n"


@pytest.mark.parametrize(
    ("args", "env"), [(("-q",), {}), ((), {"TERM": "dumb"}), ((), {"CI": "true"})], ids=str
)
def test_quiet_runs_dumb_terminals_and_ci_show_no_progress(
    args: tuple[str, ...], env: dict[str, str], terminal: "Terminal"
) -> None:
    shown = terminal(sys.executable, "-c", SLOW, "check", *args, env=env)
    assert "\r" not in shown.replace("\r\n", "")


def test_a_pipe_gets_no_progress(run: "Run", tmp_path: Path) -> None:
    assert run("check").stderr == ""
    result = subprocess.run(
        [sys.executable, "-c", SLOW, "check"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"},
        capture_output=True,
        check=False,
    )
    assert (result.stdout, result.stderr) == (b"12 caches: 12 passed\n", b"")


def test_it_is_updated_at_most_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    stream = io.StringIO()
    line = TerminalProgress(stream)
    for millisecond in range(2000):
        now = millisecond / 1000
        line.reading()
    assert stream.getvalue().count("\r") == 10
    assert stream.getvalue().startswith("\rreading: 1,001 files\rreading: 1,1")


def test_a_single_slow_root_is_shown_too(terminal: "Terminal", tmp_path: Path) -> None:
    many = CACHE.replace('"this" {', '"this" {\n  for_each = toset(["a", "b", "c", "d", "e", "f"])')
    (tmp_path / "stack-1" / "main.tf").write_text(many, "utf-8")
    (tmp_path / "stack-1" / "cache.yaml").unlink()
    texts = lines(terminal(sys.executable, "-c", SLOW, "check", "stack-1/main.tf"))
    assert "evaluating root 1 of 1: stack-1" in texts


def test_a_hostile_or_long_name_stays_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0)
    stream = io.StringIO()
    line = TerminalProgress(stream)
    line.evaluating("a\x1b[2J\nb/\u202e\U0001f600" + "x" * 200, 1, 2)
    line.erase()
    written = stream.getvalue()
    assert written.isascii()
    assert written.replace("\r", "").isprintable()
    assert max(map(len, written.split("\r"))) == 79


def test_a_closed_terminal_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(text)

    monkeypatch.setattr(progress, "DELAY_SECONDS", 0)
    line = TerminalProgress(Gone())
    line.reading()
    line.reading()
    line.erase()
