"""Paths, links, pipes and standard input, with the real command line: what is read, and how it is shown."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.files.discovery import Input, discover
from ecbackup_iac.files.file_names import configuration_path
from ecbackup_iac.model.location import Location, is_stream
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.readers.inputs import NOTHING_READ

if TYPE_CHECKING:
    from conftest import Result, Run

    RunHere = Callable[..., Result]

TESTS = Path(__file__).parents[1]
PLAN = (TESTS / "readers" / "plans" / "checks.json").read_text(encoding="utf-8")
ONE_PASSES = "1 cache: 1 passed\n"


@pytest.fixture
def repository(tmp_path: Path, copy_in: Callable[[str, str], Path]) -> Path:
    """A repository with a plan that passes in `plans`."""
    (tmp_path / "top" / ".git").mkdir(parents=True)
    copy_in("readers/plans/no-op.json", "top/plans/plan.json")
    return tmp_path / "top"


@pytest.mark.parametrize("above", ["..", "../..", "ABSOLUTE"])
def test_a_path_from_above_is_shown_relative_to_the_working_folder(
    above: str, repository: Path, run: "Run"
) -> None:
    here = repository / "plans" / "deeper"
    template = "Resources:\n  A:\n    Type: AWS::ElastiCache::CacheCluster\n    Properties: {Engine: redis}\n"
    for folder in (here, here / "inner"):
        folder.mkdir()
        (folder / "a.yaml").write_text(template, "utf-8")
        (folder / "main.tf").write_text('resource "aws_elasticache_cluster" "a" {}\n', "utf-8")
    named = str(repository) if above == "ABSOLUTE" else above
    result = run("check", named, "--exclude", "a.yaml", cwd=here)
    places = [line.strip() for line in result.stdout.splitlines() if "-->" in line]
    assert places == ["--> inner/a.yaml:4:5", "--> inner/main.tf:1:1", "--> main.tf:1:1"]


@pytest.mark.parametrize("folder", ["+live", "#old", "$app", "(copy)", " x"])
def test_a_file_is_shown_with_its_folder_whatever_that_begins_with(
    folder: str, repository: Path, run: "Run"
) -> None:
    below = repository / folder / "below"
    below.mkdir(parents=True)
    text = "Resources: {A: {Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: redis}}}"
    (below / "cache.yaml").write_text(text, encoding="utf-8")
    result = run("check", ".", "--format", "json", cwd=repository)
    found = {finding["location"]["path"] for finding in json.loads(result.stdout)["findings"]}
    assert found == {"plans/plan.json", f"{folder}/below/cache.yaml"}


def test_a_path_that_does_not_exist_stops_the_run(repository: Path, run: "Run") -> None:
    result = run("check", "plans", "missing.json", cwd=repository)
    assert (result.stdout, result.stderr, result.status) == (
        "",
        "ecbackup-iac: missing.json: no such file or folder\n",
        2,
    )


def test_a_hostile_path_is_shown_harmlessly(repository: Path, run: "Run") -> None:
    result = run("check", "\x1b[31m\u202e.json", cwd=repository)
    assert result.stderr == "ecbackup-iac: \\x1b[31m\\u202e.json: no such file or folder\n"


def test_empty_standard_input_is_an_error(repository: Path, run: "Run") -> None:
    result = run("check", "-", cwd=repository)
    assert result.status == 3
    assert result.stdout.startswith(
        "ERROR  -\n  the input is empty: did the command before the pipe fail?\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_elasticache_cluster" "a" {\n  engine = "redis"\n}\n',
        '# a comment\n\nmodule "cache" {\n  source = "./redis"\n}\n',
        "terraform {\n}\n",
    ],
)
def test_configuration_on_standard_input_is_an_error_that_says_where_it_is_read_from(
    text: str, repository: Path, run: "Run"
) -> None:
    result = run("check", "-", cwd=repository, stdin=text.encode())
    assert (result.stdout.splitlines()[:2], result.status) == (
        [
            "ERROR  -",
            (
                "  Terraform configuration, which is read from folders and files, not from "
                "standard input: run ecbackup-iac check PATH"
            ),
        ],
        3,
    )


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="needs /dev/fd")
def test_an_empty_pipe_that_is_named_is_not_standard_input(repository: Path, run: "Run") -> None:
    read_end, write_end = os.pipe()
    os.close(write_end)
    result = run("check", f"/dev/fd/{read_end}", cwd=repository, pass_fds=[read_end])
    os.close(read_end)
    assert "the input is empty: did the command that writes it fail?\n" in result.stdout
    assert result.status == 3


def test_a_file_is_read_once_however_often_it_is_named(repository: Path, run: "Run") -> None:
    (repository / "link.json").symlink_to("plans/plan.json")
    for named in (
        ["plans/plan.json", "plans/plan.json"],
        ["plans/plan.json", "./plans/../plans/plan.json"],
        ["plans", "plans/plan.json"],
        ["plans/plan.json", "plans"],
        ["plans/plan.json", "link.json"],
        [".", "plans", "link.json"],
    ):
        result = run("check", *named, cwd=repository)
        assert (named, result.stdout, result.status) == (named, ONE_PASSES, 0)


def test_standard_input_is_read_once_however_often_it_is_named(
    repository: Path, run: "Run"
) -> None:
    result = run("check", "-", "-", stdin=PLAN.encode(), cwd=repository)
    assert result.stdout.endswith("\n1 cache: 1 failed\n")


def test_a_process_substitution_is_read(repository: Path, run: "Run") -> None:
    read, write = os.pipe()
    os.write(write, PLAN.encode())
    os.close(write)
    result = run("check", f"/dev/fd/{read}", cwd=repository, pass_fds=(read,))
    os.close(read)
    assert (f"  --> /dev/fd/{read}\n" in result.stdout, result.status) == (True, 1)


def test_closed_standard_input_is_an_error(repository: Path) -> None:
    result = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m ecbackup_iac check - <&-'],
        cwd=repository,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout.splitlines()[:2], result.stderr, result.returncode) == (
        ["ERROR  -", "  cannot be read: standard input is closed"],
        "",
        3,
    )


def test_a_link_out_of_the_repository_is_not_followed(repository: Path, run: "Run") -> None:
    (repository.parent / "outside").mkdir()
    (repository.parent / "outside" / "secret.json").write_text(PLAN, encoding="utf-8")
    (repository / "plans" / "file.json").symlink_to(repository.parent / "outside" / "secret.json")
    (repository / "plans" / "folder").symlink_to(repository.parent / "outside")
    result = run("check", "plans", cwd=repository)
    assert (result.stdout, result.status) == (
        "WARNING  plans/file.json\n"
        "  not read: the link leads outside the repository\n\n"
        "WARNING  plans/folder\n"
        "  not read: the link leads outside the repository\n\n" + ONE_PASSES,
        0,
    )


def test_the_target_of_a_link_out_of_the_repository_can_be_named(
    repository: Path, run: "Run"
) -> None:
    (repository.parent / "outside").mkdir()
    (repository.parent / "outside" / "plan.json").write_text(PLAN, encoding="utf-8")
    (repository / "plans" / "file.json").symlink_to(repository.parent / "outside" / "plan.json")
    (repository / "plans" / "folder").symlink_to(repository.parent / "outside")
    for named in ("../outside", "../outside/plan.json"):
        result = run("check", "plans", named, "--quiet", cwd=repository)
        assert (result.stdout.splitlines()[0], result.status) == (
            "FAIL  aws_elasticache_replication_group.r  ECB001 backups-disabled",
            1,
        )


def test_a_link_out_of_the_repository_that_is_named_is_an_error(
    repository: Path, run: "Run"
) -> None:
    (repository.parent / "secret.json").write_text(PLAN, encoding="utf-8")
    (repository / "file.json").symlink_to(repository.parent / "secret.json")
    result = run("check", "file.json", cwd=repository)
    assert result.status == 3
    assert result.stdout.startswith(
        "ERROR  file.json\n  not read: the link leads outside the repository\n"
    )


def test_a_link_inside_the_repository_is_followed_once(repository: Path, run: "Run") -> None:
    (repository / "plans" / "again.json").symlink_to("plan.json")
    (repository / "plans" / "round").symlink_to("..")
    assert run("check", "plans", cwd=repository).stdout == ONE_PASSES


@pytest.mark.parametrize(
    ("links", "named"),
    [
        ({"live/stack": "../shared"}, "live"),
        ({"live/a": "../shared", "live/b": "../shared"}, "live"),
        ({"live/team": "../teams", "teams/stack": "../shared"}, "live"),
        ({"live/all": ".."}, "live"),
        ({"live/stack": "../shared"}, "live/stack"),
        ({"live/stack": "../shared"}, "."),
    ],
)
def test_configuration_that_a_link_below_a_named_folder_leads_to_is_read(
    links: dict[str, str], named: str, repository: Path, run: "Run"
) -> None:
    text = 'resource "aws_elasticache_cluster" "%s" {\n  engine = "redis"\n}\n'
    for folder in ("live/own", "shared/below", "teams"):
        (repository / folder).mkdir(parents=True)
    (repository / "shared/below/main.tf").write_text(text % "shared", encoding="utf-8")
    if named == "live":
        (repository / "live/own/main.tf").write_text(text % "own", encoding="utf-8")
    for link, target in links.items():
        (repository / link).symlink_to(target, target_is_directory=True)
    result = run("check", named, "--exclude", "**/plans/", "--format", "json", cwd=repository)
    addresses = [one["resource"]["address"] for one in json.loads(result.stdout)["findings"]]
    own = ["aws_elasticache_cluster.own"] if named == "live" else []
    assert sorted(addresses) == [*own, "aws_elasticache_cluster.shared"]


@pytest.mark.parametrize(
    "name", ["gone.json", "gone.yml", "gone.tfstate", "gone", "gone.tfvars", ".git", ".#main.tf"]
)
@pytest.mark.parametrize("target", ["nowhere", "no/where.yml", "ITSELF"])
def test_a_dangling_link_is_an_error_only_where_it_is_named(
    name: str, target: str, repository: Path, run_here: "RunHere", monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "plans" / name).symlink_to(name if target == "ITSELF" else target)
    monkeypatch.chdir(repository)
    result = run_here("check", "plans")
    assert (result.stdout, result.status) == (ONE_PASSES, 0)
    if name != ".git":
        result = run_here("check", f"plans/{name}")
        assert result.stdout.startswith(f"ERROR  plans/{name}\n  cannot be read: ")
        assert result.status == 3


@pytest.mark.parametrize("package", ["stacks", "node_modules/stacks", "a/node_modules/@b/stacks"])
def test_a_module_in_a_package_has_the_values_of_its_calls_in_the_package(
    package: str, repository: Path, run: "Run"
) -> None:
    files = {
        "module": 'variable "days" {}\nresource "aws_elasticache_replication_group" "a" {\n'
        "  snapshot_retention_limit = var.days\n}\n",
        "live": 'module "m" {\n  source = "../module"\n  days = 7\n}\n',
    }
    for folder, text in files.items():
        (repository / package / folder).mkdir(parents=True)
        (repository / package / folder / "main.tf").write_text(text, encoding="utf-8")
    assert run("check", f"{package}/module", cwd=repository).stdout == ONE_PASSES


@pytest.mark.parametrize("name", ["+gone.json", "$gone.yaml", " gone"])
def test_a_dangling_link_is_ignored_whatever_its_name_begins_with(
    name: str, repository: Path, run: "Run"
) -> None:
    (repository / name).symlink_to("nowhere")
    assert run("check", ".", cwd=repository).stdout == ONE_PASSES


def test_the_root_module_of_a_variable_file_is_not_above_the_repository(
    repository: Path, run: "Run"
) -> None:
    text = 'resource "aws_elasticache_replication_group" "a" {\n  snapshot_retention_limit = 0\n}\n'
    (repository.parent / "main.tf").write_text(text, encoding="utf-8")
    (repository / "plans" / "x.tfvars").touch()
    assert run("check", "plans/x.tfvars", cwd=repository).stdout == "0 caches found\n"
    plans = str(repository / "plans")
    assert configuration_path(f"{plans}/x.tfvars", str(repository)) == plans
    (repository / "main.tf").write_text(text.replace("0", "7"), encoding="utf-8")
    assert run("check", "plans/x.tfvars", cwd=repository).stdout == ONE_PASSES


def test_a_fifo_does_not_hang_the_run(repository: Path, run: "Run") -> None:
    os.mkfifo(repository / "plans" / "pipe.json")
    in_folder = run("check", "plans", cwd=repository)
    assert (in_folder.stdout, in_folder.status) == (
        f"WARNING  plans/pipe.json\n  not read: it is not a regular file\n\n{ONE_PASSES}",
        0,
    )
    named = run("check", "plans/pipe.json", cwd=repository)
    assert named.status == 3
    assert named.stdout.startswith("ERROR  plans/pipe.json\n  not read: it is not a regular file\n")


def test_a_folder_with_a_files_name_is_a_folder(repository: Path, run: "Run") -> None:
    (repository / "plans").rename(repository / "plans.json")
    assert run("check", "plans.json", cwd=repository).stdout == ONE_PASSES
    assert run("check", ".", cwd=repository).stdout == ONE_PASSES


def test_a_file_that_cannot_be_read_is_an_error(
    repository: Path, monkeypatch: pytest.MonkeyPatch, run: "Run"
) -> None:
    if os.geteuid() != 0:
        (repository / "plans" / "plan.json").chmod(0)
        result = run("check", "plans", cwd=repository)
        assert (result.stdout.splitlines()[1], result.status) == (
            "  cannot be read: Permission denied",
            3,
        )
        return
    from ecbackup_iac.files import discovery  # root may read everything, so deny it here

    def refuse(_path: str, _most: int) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.chdir(repository)
    monkeypatch.setattr(discovery, "read_regular_file", refuse)
    assert list(discovery.discover(["plans"], ())) == [
        Diagnostic("cannot be read: Permission denied", Location("plans/plan.json"))
    ]


def test_a_folder_that_cannot_be_listed_is_an_error(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ecbackup_iac.files import discovery

    def refuse(_folder: str) -> list[os.DirEntry[str]]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.chdir(repository)
    monkeypatch.setattr(os, "scandir", refuse)
    assert list(discovery.discover(["plans"], ())) == [
        Diagnostic("cannot be read: Permission denied", Location("plans"))
    ]


@pytest.mark.parametrize("folder", [".git", ".terraform", "node_modules"])
def test_folders_of_other_programs_are_not_walked(
    repository: Path, run: "Run", folder: str
) -> None:
    (repository / folder).mkdir(exist_ok=True)
    (repository / folder / "plan.json").write_text(PLAN, encoding="utf-8")
    assert run("check", ".", cwd=repository).stdout == ONE_PASSES


def test_a_raw_state_beside_configuration_is_a_working_copy_and_not_checked(
    repository: Path, run: "Run", copy_in: Callable[[str, str], Path]
) -> None:
    copy_in("cases/raw-state-file/terraform.tfstate", "top/plans/terraform.tfstate")
    assert run("check", "plans", cwd=repository).status == 1
    (repository / "plans" / "main.tf").write_text("", encoding="utf-8")
    assert run("check", "plans", cwd=repository).stdout == ONE_PASSES
    assert run("check", "plans/terraform.tfstate", cwd=repository).status == 1


def test_a_file_name_that_is_not_text_is_shown_as_its_escape(repository: Path, run: "Run") -> None:
    name = os.fsdecode(b"plans/\xff.json")
    (repository / name).write_text(PLAN, encoding="utf-8")
    result = run("check", "plans", cwd=repository)
    assert (r"  --> plans/\xff.json" in result.stdout.splitlines(), result.status) == (True, 1)


def test_unrelated_json_in_a_folder_is_ignored_silently(repository: Path, run: "Run") -> None:
    (repository / "plans" / "package.json").write_text('{"name": "x"}', encoding="utf-8")
    (repository / "plans" / "broken.json").write_text('{"name": ', encoding="utf-8")
    assert run("check", "plans", cwd=repository).stdout == ONE_PASSES


def test_unrelated_json_that_is_named_is_an_error(repository: Path, run: "Run") -> None:
    (repository / "package.json").write_text('{"name": "x"}', encoding="utf-8")
    result = run("check", "package.json", cwd=repository)
    assert (result.stdout.splitlines()[:2], result.status) == (
        ["ERROR  package.json", f"  {NOTHING_READ}"],
        3,
    )


def test_contents_that_an_edit_has_emptied_are_not_read_from_the_disk(repository: Path) -> None:
    plan = repository / "plans" / "plan.json"
    (found,) = discover([str(plan)], (), {os.path.realpath(plan): b""})
    assert isinstance(found, Input)
    assert found.content == b""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/dev/fd/63", True),
        ("/dev/stdin", True),
        ("/proc/self/fd/11", True),
        ("/dev/shm/plan.json", False),  # noqa: S108 - a file like any other
        ("plans/dev/fd/plan.json", False),
    ],
)
def test_a_file_in_dev_is_not_reported_as_a_stream(path: str, *, expected: bool) -> None:
    assert is_stream(path) is expected
