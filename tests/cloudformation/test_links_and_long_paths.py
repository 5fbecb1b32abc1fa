"""Links into folders that are not walked, and paths that are too long: followed, or an error."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cloudformation.conftest import Accounts, AccountsOf

TEMPLATE = "Resources:\n  Cache:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
MODULE = 'resource "aws_elasticache_cluster" "x" {\n  cluster_id = "x"\n  engine = "redis"\n}\n'

SKIPPED = ("node_modules", ".terraform")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def errors(accounts: "Accounts") -> list[tuple[str, str]]:
    return [
        (one.location.path, one.message)
        for one in accounts.diagnostics
        if one.severity.value == "error"
    ]


@pytest.mark.parametrize("skipped", SKIPPED)
@pytest.mark.parametrize(("name", "text"), [("t.yaml", TEMPLATE), ("main.tf", MODULE)])
def test_a_link_to_a_folder_outside_the_walk_is_followed(
    skipped: str, name: str, text: str, repository: Path, accounts_of: "AccountsOf"
) -> None:
    written(repository / skipped / "live" / "deep" / name, text)
    assert accounts_of((), ".").created == []
    (repository / "live").symlink_to(Path(skipped) / "live")

    accounts = accounts_of((), ".")

    assert len(accounts.created) == 1
    assert errors(accounts) == []


@pytest.mark.parametrize(("name", "text"), [("t.yaml", TEMPLATE), ("main.tf", MODULE)])
def test_a_link_to_a_file_outside_the_walk_is_read(
    name: str, text: str, repository: Path, accounts_of: "AccountsOf"
) -> None:
    written(repository / "node_modules" / "live" / name, text)
    (repository / "app").mkdir()
    (repository / "app" / name).symlink_to(Path("..") / "node_modules" / "live" / name)

    assert len(accounts_of((), ".").created) == 1


@pytest.mark.parametrize(("name", "text"), [("t.yaml", TEMPLATE), ("main.tf", MODULE)])
@pytest.mark.parametrize(
    "named", ["node_modules", "node_modules/live", "node_modules/live/deep", "link"]
)
def test_what_is_named_is_walked_wherever_it_is(
    named: str, name: str, text: str, repository: Path, accounts_of: "AccountsOf"
) -> None:
    written(repository / "node_modules" / "live" / "deep" / name, text)
    (repository / "link").symlink_to(Path("node_modules") / "live")

    assert len(accounts_of((), [named]).created) == 1


def test_loops_of_links_end(repository: Path, accounts_of: "AccountsOf") -> None:
    written(repository / "node_modules" / "live" / "main.tf", MODULE)
    (repository / "node_modules" / "live" / "again").symlink_to(Path(".."))
    (repository / "node_modules" / "live" / "top").symlink_to(Path("..") / "..")
    (repository / "live").symlink_to(Path("node_modules") / "live")
    (repository / "self").symlink_to("self")
    (repository / "nowhere").symlink_to("gone")

    accounts = accounts_of((), ".")

    assert len(accounts.created) == 1
    assert errors(accounts) == []


def test_a_link_out_of_the_repository_is_not_followed(
    repository: Path, accounts_of: "AccountsOf"
) -> None:
    outside = repository.parent / "outside"
    written(outside / "t.yaml", TEMPLATE)
    written(repository / "here.yaml", TEMPLATE)
    (repository / "live").symlink_to(outside)

    assert [one.root for one in accounts_of((), ".").created] == ["here.yaml"]


@pytest.mark.parametrize("name", ["t.yaml", "template"])
def test_a_path_that_is_too_long_is_an_error(
    name: str, repository: Path, accounts_of: "AccountsOf", monkeypatch: pytest.MonkeyPatch
) -> None:
    written(repository / "here.yaml", TEMPLATE)
    longest = os.pathconf(repository, "PC_PATH_MAX")
    for _ in range(longest // 200 + 1):
        Path("d" * 200).mkdir()
        monkeypatch.chdir("d" * 200)
    Path(name).write_text(TEMPLATE, "utf-8")
    os.chdir(repository)

    accounts = accounts_of((), ".")

    assert [one.root for one in accounts.created] == ["here.yaml"]
    assert [message for _, message in errors(accounts)] == ["cannot be read: File name too long"]


@pytest.mark.parametrize("name", ["t.yaml", "template"])
def test_a_file_whose_own_path_is_too_long_is_an_error(
    name: str, repository: Path, accounts_of: "AccountsOf", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder can be listed, and what is in it cannot be opened."""
    written(repository / "here.yaml", TEMPLATE)
    longest = os.pathconf(repository, "PC_PATH_MAX")
    length = len("./")
    while length < longest - 6:  # the path of the file is six characters longer, and ends with NUL
        part = "d" * (min(200, longest - 4 - length) - 1)
        Path(part).mkdir()
        monkeypatch.chdir(part)
        length += len(part) + 1
    Path(name).write_text(TEMPLATE, "utf-8")
    os.chdir(repository)

    accounts = accounts_of((), ".")

    assert [one.root for one in accounts.created] == ["here.yaml"]
    ((path, message),) = errors(accounts)
    assert message == "cannot be read: File name too long"
    assert path.endswith(f"/{name}")


def test_a_link_to_a_name_that_is_too_long_is_an_error(
    repository: Path, accounts_of: "AccountsOf"
) -> None:
    written(repository / "here.yaml", TEMPLATE)
    (repository / "link").symlink_to("x" * 300)

    assert errors(accounts_of((), ".")) == [("link", "cannot be read: File name too long")]
