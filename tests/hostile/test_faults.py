"""When the world around the program fails: no half report, no traceback, a status that says so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from configuration_inputs import CONFIGURATION, cache
from measuring import REPOSITORY, lay_out

OURS = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(REPOSITORY),
    "SOURCE_DATE_EPOCH": "1795392000",
    # Under a limit of the size of files, Python would leave half a .pyc file for everyone after it.
    "PYTHONDONTWRITEBYTECODE": "1",
}
CHECK = [sys.executable, "-m", "ecbackup_iac", "check"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    lay_out({"main.tf": cache("0")}, tmp_path / "tree")
    return tmp_path / "tree"


@pytest.mark.parametrize("form", ["json", "sarif", "html"])
def test_a_disk_that_is_full_leaves_the_old_report_whole(form: str, tree: Path) -> None:
    resource = pytest.importorskip("resource")
    report = tree / f"old.{form}"
    report.write_text("the old one", encoding="utf-8")
    result = subprocess.run(
        [*CHECK, "--format", f"{form}:{report.name}"],
        cwd=tree,
        env=OURS,
        capture_output=True,
        text=True,
        check=False,
        # No file may grow beyond these bytes: what a full disk looks like from inside.
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
        ),
    )
    assert result.returncode == 2, result
    assert "Traceback" not in result.stderr
    assert report.name in result.stderr
    assert report.read_text(encoding="utf-8") == "the old one"
    assert sorted(path.name for path in tree.iterdir()) == [".git", "main.tf", report.name]


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_with_130_and_no_traceback(tree: Path) -> None:
    lay_out({f"r{n}/main.tf": CONFIGURATION["ranges in ranges"]["main.tf"] for n in range(9)}, tree)
    with subprocess.Popen(
        CHECK, cwd=tree, env=OURS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        try:
            stdout, stderr = child.communicate(timeout=120)
        finally:
            child.kill()
    assert child.returncode == 130
    assert "Traceback" not in stdout + stderr


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_a_locale_that_cannot_encode_a_name_shows_its_escape(locale: str, tree: Path) -> None:
    lay_out({"main.tf": cache("0").replace('"cache"', '"\u05de\u05d8\u05de\u05d5\u05df"')}, tree)
    result = subprocess.run(
        CHECK,
        cwd=tree,
        env={
            **OURS,
            "LC_ALL": locale,
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONIOENCODING": "ascii",
        },
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1
    assert b"\\u05de" in result.stdout
    assert b"Traceback" not in result.stderr


def test_a_terminal_that_vanishes_ends_the_run(tree: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        CHECK, cwd=tree, env=OURS, stdout=theirs, stderr=subprocess.PIPE
    ) as child:
        os.close(theirs)
        os.close(ours)  # before it writes
        try:
            _, stderr = child.communicate(timeout=120)
        finally:
            child.kill()
    assert child.returncode in (1, 2)
    assert b"Traceback" not in stderr
