"""How Checkov is started → whether the check sets details, which make Checkov's SARIF invalid."""

from pathlib import Path

import pytest

from ecbackup_iac.checkov.details import may_show_details

CHECKOV = "/usr/bin/checkov"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    "command",
    [
        [CHECKOV, "-d", "."],
        [CHECKOV, "-d", ".", "-o", "json", "-o", "cli"],
        ["C:\\Python\\Scripts\\checkov.exe", "--output=junitxml"],
        ["/lib/site-packages/checkov/main.py", "-d", "."],
    ],
)
def test_details_are_set_for_text_and_json(command: list[str]) -> None:
    assert may_show_details(command, {"CKV_FRAMEWORK": "terraform"})


@pytest.mark.parametrize(
    "command",
    [
        [CHECKOV, "-o", "sarif"],
        [CHECKOV, "-osarif"],
        [CHECKOV, "--output", "cli", "--output", "sarif"],
        [CHECKOV, "--output=sarif"],
        [CHECKOV, "--out=cli,sarif", "-d", "."],
        ["/usr/bin/our-wrapper", "-o", "json"],  # it may set any option of Checkov
        [],
    ],
)
def test_details_are_not_set_where_sarif_may_be_written(command: list[str]) -> None:
    assert not may_show_details(command, {})


@pytest.mark.parametrize(
    ("path", "command"),
    [
        (".checkov.yaml", [CHECKOV]),
        ("infra/.checkov.yml", [CHECKOV, "-d", "infra"]),
        ("ci.conf", [CHECKOV, "--config-file=ci.conf"]),
        ("ci.conf", [CHECKOV, "--config-file", "ci.conf"]),
    ],
)
def test_a_configuration_file_may_choose_sarif(
    path: str, command: list[str], tmp_path: Path
) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("output: [cli]\n", "utf-8")
    assert may_show_details(command, {})
    (tmp_path / path).write_text("output: [cli, sarif]\n", "utf-8")
    assert not may_show_details(command, {})


def test_the_environment_may_choose_sarif() -> None:
    assert not may_show_details([CHECKOV], {"CKV_OUTPUT": "sarif"})
