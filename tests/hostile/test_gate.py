"""A pull request against the gate itself: its policy file, links and file names change nothing outside it."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.policy.policy_keys import MAX_EXCEPTIONS, MAX_GLOBS, MAX_TABLES

if TYPE_CHECKING:
    from conftest import Run

GROUP = """\
resource "aws_elasticache_replication_group" "sessions" {
  snapshot_retention_limit = 0
}
"""
TEMPLATE = """\
Parameters:
  Token: {Type: String}
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {SnapshotRetentionLimit: !Ref Token}
"""
SECRET = "hunter2secret"  # noqa: S105 - what must not be shown


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository whose cache fails, with a secret file next to it."""
    (tmp_path / "secret.json").write_text(f'{{"Token": "{SECRET}"}}', encoding="utf-8")
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "main.tf").write_text(GROUP, encoding="utf-8")
    (tree / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tree


NAMED = {
    "parameter file": '[[roots]]\npath = "t.yaml"\nparameter_files = ["NAME"]\n',
    "variable file": '[[roots]]\npath = "."\nvar_files = ["NAME"]\n',
    "root": '[[roots]]\npath = "NAME"\n',
    "baseline": 'baseline = "NAME"\n',
    "source": 'source = "NAME"\n',
    "stand-in of a module": '[[modules]]\nsource = "a/b/c"\nstand_in = "NAME"\n',
    "template of a URL": '[[templates]]\nurl = "https://x/t.yaml"\npath = "NAME"\n',
}


def in_git(tree: Path) -> str:
    (tree / ".git/p.json").write_bytes((tree.parent / "secret.json").read_bytes())
    return ".git/p.json"


def through_a_link(tree: Path) -> str:
    (tree / "p.json").symlink_to("../secret.json")
    return "p.json"


WAYS: dict[str, Callable[[Path], str]] = {
    "outside": lambda _: "../secret.json",
    "absolute": lambda tree: str(tree.parent / "secret.json"),
    "in .git": in_git,
    "through a link": through_a_link,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", NAMED)
@pytest.mark.parametrize("command", [("check",), ("fix",), ("baseline",)], ids=str)
def test_a_policy_file_in_the_tree_names_nothing_outside(
    key: str, way: str, command: tuple[str, ...], tree: Path, run: "Run"
) -> None:
    policy = NAMED[key].replace("NAME", WAYS[way](tree))
    (tree / ".ecbackup.toml").write_text(policy, encoding="utf-8")
    result = run(*command, cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert "leads outside the repository" in result.stderr
    assert SECRET not in result.stderr


OPTIONS = ("--policy", "--baseline", "--source", "--var-file", "--parameter-file")


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("target", ["..", ".git"])
def test_an_option_names_nothing_outside_through_a_link_of_the_tree(
    option: str, target: str, tree: Path, run: "Run"
) -> None:
    in_git(tree)
    name = "p.json" if target == ".git" else "secret.json"
    (tree / "link").symlink_to(target)
    path = "link" if option == "--source" else f"link/{name}"
    result = run("check", option, path, "t.yaml", cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert f"{path}: not read: the link leads outside the repository" in result.stderr


def test_an_option_may_name_what_is_outside_and_a_link_within_the_tree(
    tree: Path, run: "Run"
) -> None:
    (tree / "days.json").write_text('{"Token": 7}', encoding="utf-8")
    (tree / "p.json").symlink_to("days.json")
    (tree.parent / "days.json").symlink_to("tree/days.json")
    for path in ("p.json", "../days.json"):
        assert run("check", "--parameter-file", path, "t.yaml", cwd=tree).status == 0


def test_fix_edits_no_file_outside_that_an_option_names(tree: Path, run: "Run") -> None:
    (tree.parent / "days.json").write_text('{"Token": 0}', encoding="utf-8")
    for path in ("../days.json", str(tree.parent / "days.json")):
        result = run("fix", "--parameter-file", path, "t.yaml", cwd=tree)
        assert "days.json leads outside the repository" in result.stdout
        assert (result.status, "0 fixed, 1 skipped" in result.stdout) == (1, True)
    assert (tree.parent / "days.json").read_text(encoding="utf-8") == '{"Token": 0}'
    (tree / "days.json").write_text('{"Token": 0}', encoding="utf-8")
    assert run("fix", "--parameter-file", "days.json", "t.yaml", cwd=tree).status == 0
    assert (tree / "days.json").read_text(encoding="utf-8") == '{"Token": 7}'


@pytest.mark.parametrize(
    "path", ["stack", "./stack", "stack/", "stack/main.tf", "{tree}/stack", "sub/../stack"]
)
def test_a_named_path_does_not_lead_outside_through_a_link_of_the_tree(
    path: str, tree: Path, run: "Run"
) -> None:
    (tree.parent / "other").mkdir()
    (tree.parent / "other/main.tf").write_text(GROUP.replace("0", "7"), encoding="utf-8")
    (tree / "sub").mkdir()
    (tree / "stack").symlink_to("../other")
    result = run("check", "--verbose", path.format(tree=tree), cwd=tree)
    assert (result.status, "PASS" in result.stdout) == (3, False)
    assert "not read: the link leads outside the repository" in result.stdout


def test_a_policy_file_outside_the_tree_names_what_it_likes(tree: Path, run: "Run") -> None:
    policy = '[[roots]]\npath = "tree/t.yaml"\nparameter_files = ["days.json"]\n'
    (tree.parent / "owner.toml").write_text(policy, encoding="utf-8")
    (tree.parent / "days.json").write_text('{"Token": 7}', encoding="utf-8")
    result = run("check", "t.yaml", "--policy", "../owner.toml", cwd=tree)
    assert (result.status, result.stderr) == (0, "")


def test_no_policy_ignores_the_policy_file_of_the_tree(tree: Path, run: "Run") -> None:
    policy = '[[exceptions]]\nresource = "*"\nreason = "trust me"\n'
    (tree / ".ecbackup.toml").write_text(policy, encoding="utf-8")
    assert run("check", "main.tf", cwd=tree).status == 0
    result = run("check", "main.tf", "--no-policy", cwd=tree)
    assert (result.status, "1 failed" in result.stdout) == (1, True)
    both = run("check", "--no-policy", "--policy", ".ecbackup.toml", cwd=tree)
    assert (both.status, both.stdout) == (2, "")


@pytest.mark.parametrize("option", ["--exclude=main.tf", "--policy=p.json", "-q", "--unknown=warn"])
def test_a_file_that_is_called_like_an_option_is_not_an_option(
    option: str, tree: Path, run: "Run"
) -> None:
    (tree / "p.json").write_text('exclude = ["*"]\n', encoding="utf-8")
    (tree / option).touch()
    # As pre-commit runs a hook: the names of the files follow the arguments.
    result = run("check", "--allow-empty", "--unknown=fail", option, "main.tf", cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert f"{option} is both an option and a file" in result.stderr
    assert run("check", "--allow-empty", "--", option, "main.tf", cwd=tree).status == 1


@pytest.mark.parametrize("option", ["", "--var-file=", "--source=", "--policy="])
def test_a_usage_error_escapes_the_name_that_it_quotes(option: str, tree: Path, run: "Run") -> None:
    name = "-x\n::error title=owned::\x1b]0;owned\x07##vso[x].tf"
    if not option:
        (tree / name).write_text(GROUP, encoding="utf-8")
    result = run("check", f"{option}{name}", cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert r"-x\n::error title=owned::\x1b]0;owned\x07#\x23vso[x].tf" in result.stderr


LINKS = {
    "to a file outside": ("../precious", "report"),
    "to git's own": (".git/config", "report"),
    "to a folder outside": ("..", "out/precious"),
    "within the tree": ("main.tf", "report"),
}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("base", ["", "{tree}/"], ids=["relative", "absolute"])
@pytest.mark.parametrize(
    "option", ["check --format=json:", "baseline --update="], ids=["report", "baseline"]
)
def test_nothing_is_written_through_a_link_of_the_tree(
    option: str, link: str, base: str, tree: Path, run: "Run"
) -> None:
    (tree.parent / "precious").write_text("precious", encoding="utf-8")
    (tree / ".git/config").write_text("precious", encoding="utf-8")
    target, name = LINKS[link]
    (tree / name.partition("/")[0]).symlink_to(target)
    before = {path: path.read_bytes() for path in tree.parent.rglob("*") if path.is_file()}
    command, word = option.split(" ")
    result = run(command, word + base.format(tree=tree) + name, cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert "is a link" in result.stderr
    assert {path: path.read_bytes() for path in tree.parent.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("name", "target"),
    [("copy", "../.."), ("copy/new", "../.."), ("copy/ecbackup_checkov.py", "../../precious")],
    ids=["the folder", "a folder above it", "a file in it"],
)
def test_a_copy_of_the_check_is_written_through_no_link_of_the_tree(
    name: str, target: str, tree: Path, run: "Run"
) -> None:
    (tree.parent / "precious").write_text("precious", encoding="utf-8")
    link = tree / name.removesuffix("/new")
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target)
    before = sorted(tree.parent.rglob("*"))
    result = run("checkov-dir", "--copy", name.removesuffix("/ecbackup_checkov.py"), cwd=tree)
    assert (result.status, "is a link" in result.stderr) == (2, True)
    assert (tree.parent / "precious").read_text(encoding="utf-8") == "precious"
    assert {path.name for path in {*tree.parent.rglob("*")} - {*before}} <= {"__init__.py"}


@pytest.mark.parametrize(
    "words",
    [("check", "--format=json:.git/config"), ("checkov-dir", "--copy=.git/hooks")],
    ids=["report", "copy"],
)
def test_nothing_is_written_into_git_s_own_folder(
    words: tuple[str, str], tree: Path, run: "Run"
) -> None:
    result = run(*words, cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert "it belongs to git" in result.stderr
    assert [*(tree / ".git").iterdir()] == []


COMMAND = "::error title=owned::pwned"


def test_no_line_of_text_begins_with_a_command_of_a_runner(tree: Path, run: "Run") -> None:
    (tree / "t.yaml").write_text(
        "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
        f"    Properties: {{TemplateURL: '{COMMAND}'}}\n",
        encoding="utf-8",
    )
    (tree / COMMAND).write_text("hello: 1\n", encoding="utf-8")
    (tree / "::stop-commands::x").mkdir()
    (tree / "::stop-commands::x/main.tf").write_text(GROUP, encoding="utf-8")
    for command in (["check", "-v"], ["fix", "--diff"], ["baseline"], ["check", "--", COMMAND]):
        result = run(*command, cwd=tree)
        lines = (result.stdout + result.stderr).splitlines()
        assert not [line for line in lines if line.lstrip().startswith("::")], command


@pytest.mark.parametrize("sign", ["##[error]", "##vso[task.complete]", "##teamcity[x]"])
def test_a_command_is_escaped_anywhere_in_a_line(sign: str, tree: Path, run: "Run") -> None:
    (tree / "t.yaml").write_text(TEMPLATE.replace("!Ref Token", f"'{sign}'"), encoding="utf-8")
    result = run("check", cwd=tree)
    assert sign not in result.stdout + result.stderr


@pytest.mark.parametrize("sign", ["##[error]", "##vso[task.complete]", "##TeamCity[x]"])
@pytest.mark.parametrize("command", ["check --format=json", "baseline"])
def test_no_json_on_standard_output_contains_a_command(
    command: str, sign: str, tree: Path, run: "Run"
) -> None:
    looped = GROUP.replace("{\n", f'{{\n  for_each = toset(["{sign}"])\n')
    (tree / "main.tf").write_text(looped, encoding="utf-8")
    result = run(*command.split(), "main.tf", cwd=tree)
    assert sign not in result.stdout
    address = f'aws_elasticache_replication_group.sessions["{sign}"]'
    (finding,) = json.loads(result.stdout)["findings"]
    assert finding.get("address", finding.get("resource", {}).get("address")) == address


@pytest.mark.parametrize("variable", ["TF_BUILD", "TEAMCITY_VERSION"])
def test_a_diff_with_a_command_is_not_printed_where_none_can_be_turned_off(
    variable: str, tree: Path, run: "Run"
) -> None:
    environment = {variable: "1"}
    assert "+" in run("fix", "--diff", "main.tf", cwd=tree, env=environment).stdout
    (tree / "main.tf").write_text(f"# ##vso[task.complete]\n{GROUP}", encoding="utf-8")
    result = run("fix", "--diff", "main.tf", cwd=tree, env=environment)
    assert (result.status, result.stdout) == (2, "")
    assert "it contains a command to the CI service" in result.stderr


def test_a_diff_in_a_log_of_github_contains_no_command(tree: Path, run: "Run") -> None:
    (tree / "main.tf").write_text(f"/*\n{COMMAND}\n*/\n{GROUP}", encoding="utf-8")
    plain = run("fix", "--diff", "main.tf", cwd=tree).stdout
    logged = run("fix", "--diff", "main.tf", cwd=tree, env={"GITHUB_ACTIONS": "true"}).stdout
    token = hashlib.sha256(plain.encode()).hexdigest()
    assert logged == f"::stop-commands::{token}\n{plain}::{token}::\n"
    (tree / "d.diff").write_text(logged, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    subprocess.run(["git", "apply", "d.diff"], cwd=tree, check=True)
    assert run("check", "main.tf", cwd=tree).status == 0


def test_a_diff_on_a_terminal_is_printable(tree: Path) -> None:
    sequence = "\x1b]0;owned\x07\u202e"
    (tree / "main.tf").write_text(f"# {sequence}\n{GROUP}", encoding="utf-8")
    import pty  # which Windows does not have

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "ecbackup_iac", "fix", "--diff", "main.tf"]
    with subprocess.Popen(command, cwd=tree, stdout=follower, stderr=subprocess.DEVNULL) as process:
        process.wait()
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "+  snapshot_retention_limit = 7" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)  # our own colours
    assert not set(sequence) & set(plain) - set("]0;owned")


def test_a_working_folder_that_is_gone_is_a_usage_error(tree: Path) -> None:
    script = f"rmdir . && exec {sys.executable} -m ecbackup_iac check {tree}"
    (tree / "gone").mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        ["/bin/sh", "-c", f"rmdir {tree}/gone; {script.partition('&& ')[2]}"],
        cwd=tree / "gone",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "the working folder no longer exists" in done.stderr


def test_as_many_globs_as_a_policy_may_have_are_compiled_once(tree: Path, run: "Run") -> None:
    globs = [f"folder-{number}/*.tf" for number in range(MAX_GLOBS)]
    (tree / ".ecbackup.toml").write_text(f"exclude = {globs}\n", encoding="utf-8")
    for number in range(300):
        (tree / f"{number}.tf").write_text("", encoding="utf-8")
    # Compiling each glob once takes a tenth of a second; for each file, minutes.
    assert run("check", "main.tf", cwd=tree, preexec_fn=limit_of_processor_time).status == 1


def limit_of_processor_time() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


@pytest.mark.extended
def test_as_many_tables_as_a_policy_may_have_are_not_a_hang(tree: Path, run: "Run") -> None:
    names = [f"acme/m{number}/aws" for number in range(MAX_TABLES)]
    tables = [
        f'[[roots]]\npath = "."\n[[modules]]\nsource = "{name}"\ndefault = 7\n' for name in names
    ]
    calls = [
        f'module "m{number}" {{\n  source = "{name}"\n}}\n' for number, name in enumerate(names)
    ]
    (tree / ".ecbackup.toml").write_text("".join(tables), encoding="utf-8")
    (tree / "calls").mkdir()
    (tree / "calls/main.tf").write_text("".join(calls) * 3, encoding="utf-8")
    assert run("check", cwd=tree, preexec_fn=limit_of_processor_time).status == 1


@pytest.mark.parametrize(
    "policy",
    [
        f"exclude = {['x'] * (MAX_GLOBS + 1)}",
        '[[exceptions]]\nreason = "x"\nresource = "x"\n' * (MAX_EXCEPTIONS + 1),
        '[[roots]]\npath = "."\n' * (MAX_TABLES + 1),
        '[[modules]]\nsource = "x"\n' * (MAX_TABLES + 1),
        '[[templates]]\nurl = "x"\npath = "t.yaml"\n' * (MAX_TABLES + 1),
    ],
    ids=["globs", "exceptions", "roots", "modules", "templates"],
)
def test_more_globs_or_tables_are_a_policy_error(policy: str, tree: Path, run: "Run") -> None:
    (tree / ".ecbackup.toml").write_text(policy, encoding="utf-8")
    result = run("check", cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert "1000" in result.stderr


@pytest.mark.parametrize(
    "key", ["a", '"a.b"', "'a'", "a "], ids=["bare", "text", "literal", "blanks"]
)
@pytest.mark.parametrize(
    "place", ["{} = 1", "[{}]", "x = {{ {} = 1 }}"], ids=["key", "table", "inline"]
)
def test_a_key_of_many_parts_takes_little_memory(
    place: str, key: str, tree: Path, run: "Run"
) -> None:
    """The module tomllib takes gigabytes for it."""
    text = f"minimum_days = 7\n{place.format('.'.join([key] * 50_000))}\n"
    (tree / ".ecbackup.toml").write_text(text, encoding="utf-8")
    result = run("check", cwd=tree)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr == "ecbackup-iac: .ecbackup.toml:2: a key has more than 100 parts\n"


def test_a_string_in_a_policy_may_have_many_dots(tree: Path, run: "Run") -> None:
    (tree / ".ecbackup.toml").write_text(
        f'exclude = ["{"one sentence. " * 500}"]\n', encoding="utf-8"
    )
    assert run("check", cwd=tree).status == 1
