"""Two doors lead to `check`: what is nothing but paths and flags does without click, and says the same."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac import __main__ as door
from ecbackup_iac.cli.main import check

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parent.parent
WITH_CLICK = "from ecbackup_iac.cli.main import main; main()"

PLAIN: tuple[tuple[str, ...], ...] = (
    (),
    ("examples",),
    ("examples", "-v"),
    ("-q", "examples", "examples"),
    ("--quiet", "--exit-zero", "examples"),
    ("--verbose", "--allow-empty", "LICENSE"),
    ("--allow-empty", "README.md", "examples"),
    ("LICENSE",),
    ("nowhere",),
    ("examples", "nowhere"),
    ("-",),
)
"""Arguments of `check` that need no click."""


def said(
    program: "Sequence[str]", args: "Sequence[str]", environment: dict[str, str]
) -> tuple[bytes, bytes, int]:
    """Give all that a run says, and its status."""
    done = subprocess.run(
        [sys.executable, *program, "check", *args],
        cwd=REPOSITORY,
        env=environment,
        input=b"{",
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


@pytest.mark.parametrize("args", PLAIN, ids=" ".join)
def test_both_doors_say_the_same(args: tuple[str, ...]) -> None:
    environment = {"SOURCE_DATE_EPOCH": "1785000000", "LC_ALL": "C.UTF-8"}
    without = said(["-m", "ecbackup_iac"], args, environment)
    assert without == said(["-c", WITH_CLICK], args, environment)


@pytest.mark.parametrize("args", PLAIN, ids=" ".join)
def test_what_is_plain_loads_no_click(args: tuple[str, ...]) -> None:
    program = (
        "import os, sys\n"
        "from ecbackup_iac import __main__, process\n"
        "def leave(status): print('click' in sys.modules, file=sys.stderr); os._exit(0)\n"
        "process.leave = leave\n"
        "__main__.main()\n"
    )
    _, errors, status = said(["-c", program], args, {})
    assert (errors.split()[-1:], status) == ([b"False"], 0)


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--min-days", "7"],
        ["check", "--", "-odd-name"],
        ["check", ""],
        ["check", "-vq"],
        ["check", "--help"],
        ["explain"],
        [],
    ],
    ids=" ".join,
)
def test_whatever_else_there_is_goes_through_click(words: list[str]) -> None:
    assert not door._is_plain_check(words)  # noqa: SLF001 - what decides


def test_a_shell_that_asks_what_comes_next_goes_through_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert door._is_plain_check(["check"])  # noqa: SLF001
    monkeypatch.setenv("_ECBACKUP_IAC_COMPLETE", "bash_complete")
    assert not door._is_plain_check(["check"])  # noqa: SLF001


def test_the_flags_are_flags_of_the_command() -> None:
    names = {
        option: parameter.name
        for parameter in check.params
        if getattr(parameter, "is_flag", False)
        for option in parameter.opts
    }
    assert door._FLAGS.items() <= names.items()  # noqa: SLF001
