"""Where reports go and how a run ends: files, standard output, pipes, exit statuses."""

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cli.exit_codes import EXIT_USAGE
from ecbackup_iac.cli.output import write_edits, write_file
from ecbackup_iac.cli.runtime import exit_code_of
from ecbackup_iac.errors import OutputError
from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from conftest import Run

PASSES = "no-op.json"
FAILS = "checks.json"
UNKNOWN = "unknown-retention.json"
PARTIAL = "targeted.json"


@pytest.fixture
def plans(copy_in: Callable[[str, str], Path], tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for name in (PASSES, FAILS, UNKNOWN, PARTIAL):
        copy_in(f"readers/plans/{name}", name)
    return tmp_path


def test_text_goes_to_standard_output_and_json_to_a_file(plans: Path, run: "Run") -> None:
    result = run("check", FAILS, "--format", "text", "--format", "json:report.json")
    assert result.stdout.startswith("FAIL  aws_elasticache_replication_group.r")
    report = json.loads((plans / "report.json").read_text(encoding="utf-8"))
    assert report["findings"][0]["rule"] == "ECB001"


def test_a_report_to_a_file_prints_nothing(plans: Path, run: "Run") -> None:
    result = run("check", FAILS, "--format", "text:report.txt")
    assert (result.stdout, result.status) == ("", 1)
    assert (plans / "report.txt").read_text(encoding="utf-8").startswith("FAIL  ")


def test_a_file_contains_no_colour_codes_even_with_color_on(plans: Path, run: "Run") -> None:
    result = run("check", FAILS, "--format", "text:report.txt", "--color", "--format", "text")
    assert "\x1b[" in result.stdout
    assert "\x1b" not in (plans / "report.txt").read_text(encoding="utf-8")


@pytest.mark.usefixtures("plans")
def test_a_pipe_gets_no_colour_codes(run: "Run") -> None:
    assert "\x1b" not in run("check", FAILS, env={"TERM": "xterm-256color"}).stdout


def test_an_old_report_is_replaced_whole_and_keeps_its_permissions(plans: Path, run: "Run") -> None:
    report = plans / "report.json"
    report.write_text("x" * 100_000, encoding="utf-8")
    report.chmod(0o640)
    run("check", FAILS, "--format", "json:report.json")
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["fail"] == 1
    assert stat.S_IMODE(report.stat().st_mode) == 0o640


def test_a_link_outside_the_checked_tree_stays_a_link(
    plans: Path, run: "Run", tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("reports")
    (outside / "report.json").symlink_to("real.json")
    run("check", FAILS, "--format", f"json:{outside / 'report.json'}", cwd=plans)
    assert (outside / "report.json").is_symlink()
    assert json.loads((outside / "real.json").read_text(encoding="utf-8"))["schema_version"] == 1


def test_a_report_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.json"
    report.write_text("old", encoding="utf-8")

    def refuse(_source: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match=r"report\.json: cannot be written: No space left"):
        write_file(str(report), b"new")
    assert report.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def test_a_report_leaves_no_other_file(plans: Path, run: "Run") -> None:
    (plans / "out").mkdir()
    run("check", FAILS, "--format", "json:out/report.json")
    assert [file.name for file in (plans / "out").iterdir()] == ["report.json"]


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--format", "text", "--format", "json"],
            (
                "Error: only one report can go to standard output: "
                "write the others to files, as in json:report.json\n"
            ),
        ),
        (
            ["--format", "text:same", "--format", "json:same"],
            "Error: two reports cannot go to the same file\n",
        ),
        (
            ["--format", "xml"],
            f"unknown format 'xml'; expected one of {', '.join(REPORTERS)}\n",
        ),
        (["--format", "json:"], "'json:': a file name is missing after the colon\n"),
        (["--quiet", "--verbose"], "Error: --quiet and --verbose cannot be combined\n"),
        (["--min-days", "0"], "0 is not in the range 1<=x<=35.\n"),
        (["--min-days", "seven"], "'seven' is not a valid integer range.\n"),
        (["--unknown", "maybe"], "'maybe' is not one of 'warn', 'fail', 'ignore'.\n"),
        (["--nonsense"], "No such option"),
        (
            ["--format", "json:missing/report.json"],
            (
                "ecbackup-iac: missing/report.json: cannot be written: "
                "it is a folder, or its folder is missing\n"
            ),
        ),
        (
            ["--format", "json:.git"],
            "ecbackup-iac: .git: not written: it belongs to git\n",
        ),
        (
            ["--format", "json:/dev/full"],
            "ecbackup-iac: /dev/full: cannot be written: No space left on device\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_options_are_rejected_with_status_2_and_no_output(
    run: "Run", args: list[str], message: str
) -> None:
    result = run("check", FAILS, *args)
    assert (result.stdout, result.status) == ("", 2)
    assert message in result.stderr


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize(
    ("args", "status"),
    [
        ([PASSES], 0),
        ([UNKNOWN], 0),
        ([FAILS], 1),
        ([UNKNOWN, "--unknown", "fail"], 1),
        ([PARTIAL], 3),
        ([FAILS, PARTIAL], 1),
        ([PARTIAL, "--min-days", "8"], 1),
        ([FAILS, "--exit-zero"], 0),
        ([PARTIAL, "--exit-zero"], 0),
        ([FAILS, "missing.json"], 2),
        ([FAILS, "missing.json", "--exit-zero"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_failure_outweighs_an_incomplete_answer_and_wrong_use_outweighs_both(
    run: "Run", args: list[str], status: int
) -> None:
    assert run("check", *args, "--quiet").status == status


@pytest.mark.usefixtures("plans")
def test_the_same_input_gives_the_same_bytes(run: "Run") -> None:
    first = run("check", ".", "--format", "json", env={"PYTHONHASHSEED": "1"})
    again = run("check", ".", "--format", "json", env={"PYTHONHASHSEED": "2"})
    assert first == again


@pytest.mark.usefixtures("plans")
def test_a_reader_that_goes_away_gets_no_traceback(run: "Run") -> None:
    read, write = os.pipe()
    os.close(read)
    result = run("check", ".", "--format", "json", stdout=write)
    os.close(write)
    assert (result.stderr, result.status) == ("", 1)


@pytest.mark.usefixtures("plans")
def test_a_full_disk_is_reported_for_standard_output(run: "Run") -> None:
    with Path("/dev/full").open("wb") as full:
        result = run("check", FAILS, stdout=full)
    assert (result.stderr, result.status) == (
        "ecbackup-iac: standard output: cannot be written: No space left on device\n",
        2,
    )


@pytest.mark.parametrize("args", [["--help"], ["check", "--help"], ["--version"], ["explain"]])
def test_a_full_disk_is_reported_for_a_help_text(args: list[str], run: "Run") -> None:
    with Path("/dev/full").open("wb") as full:
        result = run(*args, stdout=full)
    assert (result.stderr, result.status) == (
        "ecbackup-iac: standard output: cannot be written: No space left on device\n",
        2,
    )


def test_a_closed_standard_output_is_reported(plans: Path, run: "Run") -> None:
    command = f'exec "{sys.executable}" -m ecbackup_iac check {PASSES} >&-'
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=plans,
        env=_environment_of(run),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (result.stderr, result.returncode) == ("ecbackup-iac: standard output is closed\n", 2)


def _environment_of(_run: "Run") -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}


def test_a_terminal_that_cannot_write_a_character_shows_its_escape(
    copy_in: Callable[[str, str], Path], run: "Run"
) -> None:
    copy_in("cases/instance-keys/plan.json", "plan.json")
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    result = run("check", "plan.json", "--verbose", env=ascii_only)
    assert r'each["\xfcn\xefcode"]' in result.stdout
    assert result.status == 1


@pytest.mark.parametrize(
    ("env", "args", "is_colored"),
    [
        ({"TERM": "xterm"}, [], True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, [], False),
        ({"TERM": "xterm", "NO_COLOR": ""}, [], True),
        ({"TERM": "dumb"}, [], False),
        ({"TERM": "xterm"}, ["--no-color"], False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, ["--color"], True),
    ],
)
def test_a_terminal_gets_colour_unless_it_is_switched_off(
    plans: Path, env: dict[str, str], args: list[str], *, is_colored: bool
) -> None:
    shown = _on_a_terminal(["check", FAILS, *args], plans, env)
    assert "FAIL" in shown
    assert ("\x1b[" in shown) is is_colored


def test_a_narrow_terminal_gets_folded_prose(plans: Path) -> None:
    shown = _on_a_terminal(
        ["check", PARTIAL, "--no-color"], plans, {"TERM": "xterm", "COLUMNS": "50"}
    )
    assert "  the plan is partial: it was targeted or defers\r\n    changes" in shown


def _on_a_terminal(args: list[str], folder: Path, env: dict[str, str]) -> str:
    """Return what the command line shows on a terminal of its own."""
    import pty  # which Windows does not have
    import select

    ours, theirs = pty.openpty()
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-m", "ecbackup_iac", *args],
        cwd=folder,
        env=base | env,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
    )
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux raises it when the other end is closed
            break
        if not piece:
            break
        shown += piece
    try:
        process.wait(timeout=120)
    finally:
        process.kill()
        os.close(ours)
    return shown.decode()


@pytest.mark.usefixtures("plans")
def test_the_step_summary_is_appended_once_for_two_github_reports(
    tmp_path: Path, run: "Run"
) -> None:
    summary = tmp_path / "summary.md"
    outputs = ("--format", "github", "--format", "github:annotations.txt")
    run("check", FAILS, *outputs, env={"GITHUB_STEP_SUMMARY": str(summary)})
    once = summary.read_text("utf-8")
    summary.unlink()
    run("check", FAILS, "--format", "github", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert once == summary.read_text("utf-8")


def test_a_full_disk_is_blamed_on_the_file_that_did_not_fit(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def run_out_of_space() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "part.tf")

    assert exit_code_of(run_out_of_space) == EXIT_USAGE
    os.write(1, b"still open")
    shown = capfd.readouterr()
    assert shown.err == "ecbackup-iac: part.tf: cannot be written: No space left on device\n"
    assert shown.out == "still open"


def test_a_file_that_cannot_be_restored_is_named_with_the_first_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in ("a.tf", "b.tf")]
    for file in files:
        file.write_text("old", encoding="utf-8")
    replace_file = os.replace
    calls = 0

    def replace_once(source: str, target: str) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, "Input/output error")
        replace_file(source, target)

    monkeypatch.setattr(os, "replace", replace_once)
    first, second = map(str, files)
    with pytest.raises(OutputError) as caught:
        write_edits(dict.fromkeys((first, second), b"old"), dict.fromkeys((first, second), b"new"))
    assert str(caught.value) == (
        f"{second}: cannot be written: Input/output error; already written, and not restored: {first}"
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.tf", "b.tf"]
