"""Shell completion: how the real shells complete a line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cli.help import COMMANDS
from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from conftest import Run, Terminal

# When a shell completes, it is the real program; otherwise it shows its arguments.
PROGRAM = """\
#!/bin/sh
if [ -n "$_ECBACKUP_IAC_COMPLETE" ]; then exec "{python}" -m ecbackup_iac "$@"; fi
printf '<%s>' "$@"
"""

# The line as it is typed, and the arguments after one press of the tab key.
LINES = {
    "base": "<baseline>",
    "check --form": "<check><--format>",
    "check --format sar": "<check><--format><sarif>",
    "check --unknown f": "<check><--unknown><fail>",
    "check --var days=7 --unknown i": "<check><--var><days=7><--unknown><ignore>",
    "check --var-file env/pr": "<check><--var-file><env/prod.tfvars>",
    "check --parameter-file pla": "<check><--parameter-file><plan.json>",
    "check --policy env/pr": "<check><--policy><env/prod.tfvars>",
    "check --baseline pla": "<check><--baseline><plan.json>",
    "check pla": "<check><plan.json>",
    "check -q -- pla": "<check><-q><--><plan.json>",
    "check plan.json env/pr": "<check><plan.json><env/prod.tfvars>",
    "check two\\ words/pl": "<check><two words/plan.json>",
    "baseline --update pla": "<baseline><--update><plan.json>",
    "explain ecb00": "<explain><ECB00>",
    "explain --format m": "<explain><--format><markdown>",
    "checkov-dir --self": "<checkov-dir><--selftest>",
}

START = {
    "bash": (
        ("--norc", "--noprofile", "-i"),
        'eval "$(_ECBACKUP_IAC_COMPLETE=bash_source ecbackup-iac)"',
    ),
    "zsh": (
        ("-f", "-i"),
        'autoload -U compinit; compinit -u -D; eval "$(_ECBACKUP_IAC_COMPLETE=zsh_source ecbackup-iac)"',
    ),
}
FISH = "_ECBACKUP_IAC_COMPLETE=fish_source ecbackup-iac | source"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return an environment with the program on its path, in a folder with files to complete."""
    for name in (
        "plan.json",
        "report.json",
        "out/report.html",
        "env/prod.tfvars",
        "two words/plan.json",
    ):
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).touch()
    program = tmp_path / "programs" / "ecbackup-iac"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable), "utf-8")
    program.chmod(0o755)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(tmp_path / "programs"), "PS1": "> "}


def program_of(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        # In .ci/run the tools are required.
        end = pytest.fail if os.environ.get("ECBACKUP_REQUIRE_TOOLS") else pytest.skip
        end(f"{shell} is not here")
    return found


@pytest.mark.parametrize("shell", ["bash", pytest.param("zsh", marks=pytest.mark.extended)])
def test_one_press_of_the_tab_key_completes_a_line(
    shell: str, home: dict[str, str], terminal: "Terminal"
) -> None:
    options, start = START[shell]
    lines = "".join(f"ecbackup-iac {line}\t\n" for line in LINES)
    shown = terminal(program_of(shell), *options, typed=f"{start}\n{lines}exit\n", env=home)
    missing = [line for line, words in LINES.items() if words not in shown]
    assert missing == [], shown


def test_bash_lists_all_completions(home: dict[str, str], terminal: "Terminal") -> None:
    options, start = START["bash"]
    every = "\x1b*"  # readline: insert all possible completions
    typed = "".join(
        f"ecbackup-iac {line}{every}\n"
        for line in ("", "check --format ", "explain ", "check --unknown ", "checkov-dir --copy ")
    )
    shown = terminal(program_of("bash"), *options, typed=f"{start}\n{typed}exit\n", env=home)
    formats = "".join(f"<{name}><{name}:>" for name in REPORTERS)
    assert "".join(f"<{name}>" for name in COMMANDS) in shown
    assert f"<check><--format>{formats}" in shown
    assert "<explain>" + "".join(f"<ECB00{number}>" for number in range(1, 9)) in shown
    assert "<check><--unknown><warn><fail><ignore>" in shown
    folders = shown.rpartition("<checkov-dir><--copy>")[2]
    assert all(f"<{name}>" in folders for name in ("env", "out", "programs", "two words"))
    assert "plan.json" not in folders


@pytest.mark.extended
def test_fish_offers_the_same_completions(home: dict[str, str]) -> None:
    fish = program_of("fish")
    lines = [line for line in LINES if "\\ " not in line]
    commands = "\n".join(f"echo '== {line}'; complete -C 'ecbackup-iac {line}'" for line in lines)
    result = subprocess.run(
        [fish, "--no-config", "-c", f"{FISH}\n{commands}"],
        cwd=Path(home["HOME"]).parent,
        env={**os.environ, **home, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stderr == ""
    offers = dict(part.split("\n", 1) for part in result.stdout.removeprefix("== ").split("\n== "))
    missing = [
        line for line in lines if LINES[line].rpartition("<")[2].rstrip(">") not in offers[line]
    ]
    assert missing == [], result.stdout
    assert "ECB001\tbackups-disabled" in offers["explain ecb00"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_only_the_completion_script_is_printed(shell: str, run: "Run") -> None:
    if shell == "bash":
        program_of(shell)  # click asks it for its version
    result = run(env={"_ECBACKUP_IAC_COMPLETE": f"{shell}_source"})
    assert (result.stderr, result.status) == ("", 0)
    assert "_ecbackup_iac_completion" in result.stdout


@pytest.mark.parametrize("line", ["check --var-file", "explain nothing ", "nothing at all", "--x"])
def test_a_wrong_line_completes_to_nothing_without_an_error(line: str, run: "Run") -> None:
    variables = {"COMP_WORDS": f"ecbackup-iac {line}", "COMP_CWORD": "3"}
    result = run(env={"_ECBACKUP_IAC_COMPLETE": "bash_complete", **variables})
    assert (result.stderr, result.status) == ("", 0)


@pytest.mark.parametrize("line", ["explain ", "check --format ", "check --unknown "])
def test_an_answer_imports_nothing_heavy(line: str) -> None:
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from ecbackup_iac.cli.main import main\n"
        "main()\n"
    )
    words = f"ecbackup-iac {line}"
    variables = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()))}
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **variables, "_ECBACKUP_IAC_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout
    heavy = {"json", "msgspec", "pydantic", "tomllib", "tree_sitter", "yaml"}
    assert heavy & set(result.stderr.split()) == set()
