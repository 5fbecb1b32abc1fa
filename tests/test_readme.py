"""What the pages for people say is what the program does."""

import os
import re
import shlex
import tomllib
from pathlib import Path
from typing import Protocol

import pytest
from click import Option

from ecbackup_iac.cli.help import MAX_UNGROUPED_OPTIONS, OTHER, group_of
from ecbackup_iac.cli.main import cli
from ecbackup_iac.model.verdict import Rule

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")

SAMPLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n", re.MULTILINE)
POLICY = re.compile(r"(?<=^```toml\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
STAND_IN = re.compile(r"^```hcl\n(variable \"store\".*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


class Result(Protocol):
    stdout: str
    stderr: str
    status: int


class Run(Protocol):
    def __call__(self, *args: str, env: dict[str, str] = ..., cwd: Path = ...) -> Result: ...


def test_every_sample_is_what_the_command_prints(run: Run) -> None:
    written = _readme()
    real = SAMPLE.sub(lambda sample: _played(run, sample.group()), written)
    if os.environ.get("ECBACKUP_GOLDEN") == "rewrite":
        README.write_text(real, encoding="utf-8", newline="\n")
    else:
        assert written == real, "make golden rewrites the samples"


def test_every_sample_runs_this_program() -> None:
    commands = _commands()
    assert len(commands) >= 5
    assert all(command.startswith("ecbackup-iac ") for command in commands)


def test_every_command_shows_its_help() -> None:
    assert {f"ecbackup-iac {name} --help" for name in cli.commands} <= set(_commands())
    assert "ecbackup-iac --help" in _commands()


@pytest.mark.parametrize("command", ["", *cli.commands])
def test_help_begins_with_examples(command: str, run: Run) -> None:
    page = run(*filter(None, [command]), "--help").stdout
    usage, what, examples, *rest = page.split("\n\n")
    assert usage.startswith("Usage: ecbackup-iac")
    assert what.startswith("  ")
    assert examples.startswith("  Examples:\n    ")
    assert "ecbackup-iac" in examples
    assert any("xit status" in part for part in rest)


@pytest.mark.parametrize("command", cli.commands)
def test_every_option_is_in_a_group_of_the_help(command: str) -> None:
    options = [one for one in cli.commands[command].params if isinstance(one, Option)]
    others = [one.name for one in options if group_of(one) == OTHER]
    assert len(options) <= MAX_UNGROUPED_OPTIONS or others == []


@pytest.mark.parametrize("command", cli.commands)
def test_every_option_is_named(command: str) -> None:
    options = {
        name
        for parameter in cli.commands[command].params
        if isinstance(parameter, Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert options
    assert options - set(OPTION.findall(_readme())) == set()


def test_the_policy_that_is_shown_can_be_used(run: Run, tmp_path: Path) -> None:
    policies = POLICY.findall(_readme())
    assert policies
    for policy in policies:
        tmp_path.joinpath(".ecbackup.toml").write_text(policy, "utf-8")
        for template in tomllib.loads(policy).get("templates", ()):
            tmp_path.joinpath(template["path"]).parent.mkdir(parents=True, exist_ok=True)
            tmp_path.joinpath(template["path"]).touch()
        for root in tomllib.loads(policy).get("roots", ()):
            files = [*root.get("var_files", ()), *root.get("parameter_files", ())]
            for file in (*files, root["path"]) if "parameter_files" in root else files:
                tmp_path.joinpath(file).parent.mkdir(parents=True, exist_ok=True)
                tmp_path.joinpath(file).touch()
        for module in tomllib.loads(policy).get("modules", ()):
            if "stand_in" in module:
                tmp_path.joinpath(module["stand_in"]).parent.mkdir(parents=True, exist_ok=True)
                (text,) = STAND_IN.findall(_readme())
                tmp_path.joinpath(module["stand_in"]).write_text(text, "utf-8")
        assert run("check", "--exit-zero", str(TOP / "examples/plan.json")).status == 0


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_a_row(rule: Rule) -> None:
    assert f"| {rule} | {rule.label} |" in _readme()


def test_make_run_has_the_verdicts_that_the_examples_name(run: Run) -> None:
    recipe = re.search(r"^run:.*\n\t(.*)$", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe is not None
    command = recipe[1].removeprefix("$(BIN)/")
    assert command.startswith("ecbackup-iac ")
    report = _printed(run, command)
    assert "WARNING" not in report
    assert "exclude '**/archive/' leaves out 1 path" in report
    last_line = report.splitlines()[-1]
    assert last_line == "21 caches: 6 pass, 6 fail, 5 unknown, 2 not applicable, 2 suppressed"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    text = (TOP / page).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [link for link in links if not (TOP / page).parent.joinpath(link).exists()]
    named = re.findall(r"`((?:ecbackup_iac|tests|examples|benchmarks|\.ci)/[\w./-]*)`", text)
    missing += [name for name in named if not TOP.joinpath(name).exists()]
    assert missing == []


def test_the_tree_of_the_package_is_whole() -> None:
    page = (TOP / "CONTRIBUTING.md").read_text("utf-8")
    package = TOP / "ecbackup_iac"
    names = [path.name for path in package.glob("*.py") if path.name != "__init__.py"]
    names += [f"{path.parent.name}/" for path in package.glob("*/__init__.py")]
    assert sorted(re.findall(r"^[├└]── (\S+) ", page, re.MULTILINE)) == sorted(names)


def _readme() -> str:
    return README.read_text("utf-8")


def _commands() -> list[str]:
    return [command for sample in SAMPLE.findall(_readme()) for command in COMMAND.findall(sample)]


def _played(run: Run, sample: str) -> str:
    """Give a sample with what its commands print today."""
    return "".join(f"$ {command}\n{_printed(run, command)}" for command in COMMAND.findall(sample))


def _printed(run: Run, command: str) -> str:
    result = run(*shlex.split(command)[1:], cwd=TOP, env={"COLUMNS": "80"})
    return result.stdout + result.stderr
