"""What the README and the pages in docs/ show is what the program does."""

import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Protocol

import pytest
from click import Context, Option

from ecbackup_iac.cli.help import COMMANDS, MAX_UNGROUPED_OPTIONS, OTHER, group_of
from ecbackup_iac.cli.main import cli
from ecbackup_iac.model.source import SOURCES, Source
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.policy.policy_keys import PolicyFile

TOP = Path(__file__).resolve().parent.parent
DOCS = [TOP / "README.md", *sorted(TOP.glob("docs/**/*.md"))]
OTHER_PAGES = ("CONTRIBUTING", "CHANGELOG", "CODE_OF_CONDUCT", "SECURITY", "examples/README")
PAGES = [*DOCS, *(TOP / f"{name}.md" for name in OTHER_PAGES)]
RULE_PAGES = {rule: TOP / "docs/rules" / f"{rule}.md" for rule in Rule}
MAX_README_LINES = 150


def page_id(page: Path) -> str:
    return page.relative_to(TOP).as_posix()


SAMPLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n", re.MULTILINE)
POLICY = re.compile(r"(?<=^```toml\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
TEST_NAME = re.compile(r"`((?:[\w/]+/)?test_\w+\.py)?(?:::(test_\w+))?`")
STAND_IN = re.compile(r"^```hcl\n(variable \"store\".*?)^```$", re.MULTILINE | re.DOTALL)


class Result(Protocol):
    stdout: str
    stderr: str
    status: int


class Run(Protocol):
    def __call__(self, *args: str, env: dict[str, str] = ..., cwd: Path = ...) -> Result: ...


@pytest.mark.parametrize("page", DOCS, ids=page_id)
def test_every_sample_is_what_the_command_prints(page: Path, run: Run) -> None:
    written = page.read_text("utf-8")
    real = SAMPLE.sub(lambda sample: _with_output(run, sample.group()), written)
    _compare_or_rewrite(page, written, real)


@pytest.mark.parametrize("rule", Rule)
def test_the_page_of_a_rule_is_what_explain_prints(rule: Rule, run: Run) -> None:
    page = RULE_PAGES[rule]
    written = page.read_text("utf-8") if page.exists() else ""
    _compare_or_rewrite(page, written, run("explain", rule, "--format", "markdown").stdout)


@pytest.mark.parametrize(
    ("name", "script"),
    [("policy.md", "policy_reference.py"), ("published-modules.md", "published_modules.py")],
)
def test_a_reference_page_is_generated_from_what_it_describes(name: str, script: str) -> None:
    page = TOP / "docs/reference" / name
    command = [sys.executable, str(TOP / "docs" / script)]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    _compare_or_rewrite(page, page.read_text("utf-8"), result.stdout)


def test_the_readme_is_short() -> None:
    assert len(DOCS[0].read_text("utf-8").splitlines()) <= MAX_README_LINES


def test_every_sample_runs_this_program() -> None:
    commands = _commands()
    assert len(commands) >= 5
    assert all(command.startswith("ecbackup-iac ") for command in commands)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_begins_with_examples(command: str, run: Run) -> None:
    page = run(*filter(None, [command]), "--help").stdout
    usage, what, examples, *rest = page.split("\n\n")
    assert usage.startswith("Usage: ecbackup-iac")
    assert what.startswith("  ")
    assert examples.startswith("  Examples:\n    ")
    assert "ecbackup-iac" in examples
    assert any("xit status" in part for part in rest)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_a_group_of_the_help(command: str) -> None:
    found = cli.get_command(Context(cli), command)
    assert found is not None
    options = [one for one in found.params if isinstance(one, Option)]
    others = [one.name for one in options if group_of(one) == OTHER]
    assert len(options) <= MAX_UNGROUPED_OPTIONS or others == [], "missing in OPTION_GROUPS"


def test_the_policy_that_is_shown_can_be_used(run: Run, tmp_path: Path) -> None:
    policies = POLICY.findall(_text())
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
                (text,) = STAND_IN.findall(_text())
                tmp_path.joinpath(module["stand_in"]).write_text(text, "utf-8")
        assert run("check", "--exit-zero", str(TOP / "examples/plan.json")).status == 0


@pytest.mark.parametrize("source", Source)
def test_every_source_has_a_row(source: Source) -> None:
    name = SOURCES[source].name.partition(" ")[2]
    index = (TOP / "docs/sources/index.md").read_text("utf-8")
    rows = [line for line in index.splitlines() if line.startswith("| [")]
    assert any(all(word in row for word in name.split()) for row in rows), name


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_a_row(rule: Rule) -> None:
    for page, folder in ((TOP / "README.md", "docs/rules/"), (TOP / "docs/rules/index.md", "")):
        assert f"| [{rule}]({folder}{rule}.md) | {rule.label} |" in page.read_text("utf-8")


def test_make_run_has_the_verdicts_that_the_examples_name(run: Run) -> None:
    recipe = re.search(r"^run:.*\n\t(.*)$", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe is not None
    command = recipe[1].removeprefix("$(BIN)/")
    assert command.startswith("ecbackup-iac ")
    report = _output(run, command)
    assert "WARNING" not in report
    assert "exclude '**/archive/' leaves out 1 path" in report
    last_line = report.splitlines()[-1]
    assert last_line == "23 caches: 7 passed, 7 failed, 5 unknown, 2 suppressed, 2 not applicable"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [link for link in links if not page.parent.joinpath(link).exists()]
    named = re.findall(r"`((?:ecbackup_iac|tests|examples|benchmarks|\.ci)/[\w./-]*)`", text)
    missing += [name for name in named if not TOP.joinpath(name).exists()]
    assert missing == []


def test_the_tree_of_the_package_is_whole() -> None:
    page = (TOP / "CONTRIBUTING.md").read_text("utf-8")
    package = TOP / "ecbackup_iac"
    names = [path.name for path in package.glob("*.py") if path.name != "__init__.py"]
    names += [f"{path.parent.name}/" for path in package.glob("*/__init__.py")]
    assert sorted(re.findall(r"^[├└]── (\S+) ", page, re.MULTILINE)) == sorted(names)


@pytest.mark.extended
def test_external_links_lead_somewhere(tmp_path: Path) -> None:
    sphinx = TOP / ".venv-docs/bin/sphinx-build"
    if not sphinx.exists():
        pytest.skip("`make docs` installs Sphinx")
    try:
        socket.create_connection(("docs.aws.amazon.com", 443), timeout=5).close()
    except OSError as error:
        pytest.skip(f"the network cannot be reached: {error}")
    command = [str(sphinx), "-q", "-W", "--keep-going", "-b", "linkcheck", "docs", str(tmp_path)]
    result = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def _text() -> str:
    """The text of the README and of all pages in docs/."""
    return "\n".join(page.read_text("utf-8") for page in DOCS)


def _commands() -> list[str]:
    return [command for sample in SAMPLE.findall(_text()) for command in COMMAND.findall(sample)]


def _compare_or_rewrite(page: Path, written: str, real: str) -> None:
    if os.environ.get("ECBACKUP_GOLDEN") == "rewrite":
        page.write_text(real, encoding="utf-8", newline="\n")
    else:
        assert written == real, "make golden rewrites what commands print"


def _with_output(run: Run, sample: str) -> str:
    """A sample with the output that its commands print today."""
    return "".join(f"$ {command}\n{_output(run, command)}" for command in COMMAND.findall(sample))


def _output(run: Run, command: str) -> str:
    result = run(*shlex.split(command)[1:], cwd=TOP, env={"COLUMNS": "80"})
    return result.stdout + result.stderr


@pytest.mark.parametrize("readme", sorted(TOP.glob("tests/*/README.md")), ids=page_id)
def test_every_test_that_a_readme_names_exists(readme: Path) -> None:
    file = readme
    for path, name in TEST_NAME.findall(readme.read_text("utf-8")):
        if path:
            file = (TOP if path.startswith("tests/") else readme.parent) / path
        assert file.exists(), path
        assert not name or f"def {name}(" in file.read_text("utf-8"), name


def test_the_security_page_lists_every_key_of_the_policy_as_what_a_pull_request_can_turn_off() -> (
    None
):
    page = (TOP / "docs/security.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `\.ecbackup\.toml` \|.*$", page, re.MULTILINE)
    named = set(re.findall(r"`(?:\[\[)?(\w+)(?:\]\])?`", row))
    assert named == set(PolicyFile.model_fields)
