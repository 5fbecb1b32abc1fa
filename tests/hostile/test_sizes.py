"""Files of many gigabytes, sparse on the disk: rejected by their size, and not read."""

import os
import subprocess
import sys
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from configuration_inputs import cache
from measuring import KILOBYTES, REPOSITORY, lay_out, measured
from plan_inputs import plan
from template_inputs import template

from ecbackup_iac.files import bounded_read as bounded_file
from ecbackup_iac.files import discovery
from ecbackup_iac.files.bounded_read import MAX_INPUT_BYTES, MAX_TEXT_BYTES
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.policy.policy_file import MAX_POLICY_BYTES

pytestmark = pytest.mark.extended

GIGABYTES = 20_000_000_000
CONFIGURATION_FILE = 10_000_000


def sparse(path: Path, size: int) -> None:
    """Make a file longer, with zeros that are nowhere."""
    path.touch()
    os.truncate(path, size)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("plan.json", MAX_INPUT_BYTES),
        ("template.yaml", MAX_TEXT_BYTES),
        ("template.YML", MAX_TEXT_BYTES),
        ("cache.template", MAX_TEXT_BYTES),
        ("terraform.tfstate", MAX_INPUT_BYTES),
        ("terraform.tfvars", CONFIGURATION_FILE),
    ],
)
@pytest.mark.parametrize("size", ["one byte more", "gigabytes"])
def test_a_file_that_is_too_large_is_an_error_and_the_others_are_checked(
    name: str, most: int, size: str, tmp_path: Path
) -> None:
    is_variables = name.endswith("tfvars")
    files = {"main.tf": 'variable "x" {}\n' + cache("7")} if is_variables else {}
    lay_out({**files, **template("7")}, tmp_path)
    (tmp_path / "template.yaml").rename(tmp_path / "other.yaml")
    sparse(tmp_path / name, most + 1 if size == "one byte more" else GIGABYTES)
    result = measured(tmp_path)
    assert f"ERROR  {name}\n  not read: it is larger than {most} bytes" in result.text
    assert "pass" in result.text
    assert result.kilobytes < KILOBYTES
    assert result.status == 3


def test_a_file_that_is_as_large_as_one_may_be_is_read(tmp_path: Path) -> None:
    lay_out(template("7", more="#" + "x" * 1_000), tmp_path)
    path = tmp_path / "template.yaml"
    content = path.read_bytes()
    path.write_bytes(content + b"\n" * (MAX_TEXT_BYTES - len(content)))
    assert bounded_file.read_regular_file(str(path), MAX_TEXT_BYTES) == path.read_bytes()
    assert len(bounded_file.read_file_or_stream(str(path), MAX_TEXT_BYTES)) == MAX_TEXT_BYTES
    with path.open("ab") as file:
        file.write(b"\n")
    assert bounded_file.read_file_or_stream(str(path), MAX_TEXT_BYTES) == (
        f"it is larger than {MAX_TEXT_BYTES} bytes"
    )


def test_a_file_is_read_in_full_where_the_system_returns_few_bytes_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(template("7"), tmp_path)
    path = tmp_path / "template.yaml"
    content, read = path.read_bytes(), os.read
    monkeypatch.setattr(os, "read", lambda descriptor, count: read(descriptor, min(count, 7)))
    assert bounded_file.read_regular_file(str(path), MAX_TEXT_BYTES) == content


@pytest.mark.parametrize("name", ["plan.json", "template.yaml"])
def test_a_named_file_that_is_too_large_is_an_error(name: str, tmp_path: Path) -> None:
    lay_out({}, tmp_path)
    sparse(tmp_path / name, GIGABYTES)
    result = measured(tmp_path, name)
    assert f"ERROR  {name}\n  not read: it is larger than " in result.text
    assert result.status == 3


@pytest.mark.parametrize(
    ("args", "most", "status"),
    [
        (["--policy", "large"], MAX_POLICY_BYTES, 2),
        (["--baseline", "large"], MAX_TEXT_BYTES, 2),
        (["--parameter-file", "large"], MAX_TEXT_BYTES, 3),
        (["--var-file", "large"], CONFIGURATION_FILE, 3),
    ],
)
def test_policy_baseline_and_variable_files_have_a_size_limit(
    args: list[str], most: int, status: int, tmp_path: Path
) -> None:
    lay_out({**template("7"), "main.tf": cache("7")}, tmp_path)
    sparse(tmp_path / "large", GIGABYTES)
    result = measured(tmp_path, *args)
    assert "large" in result.text
    assert f"it is larger than {most} bytes" in result.text
    assert "Traceback" not in result.text
    assert result.kilobytes < KILOBYTES
    assert result.status == status


def test_a_policy_that_is_found_has_a_bound_too(tmp_path: Path) -> None:
    lay_out(plan('{"snapshot_retention_limit": 7}'), tmp_path)
    sparse(tmp_path / ".ecbackup.toml", GIGABYTES)
    result = measured(tmp_path)
    assert f".ecbackup.toml: not read: it is larger than {MAX_POLICY_BYTES} bytes" in result.text
    assert result.status == 2


def test_a_large_file_without_a_suffix_is_read_in_full_where_it_is_named(tmp_path: Path) -> None:
    lay_out({**plan('{"engine": "redis", "snapshot_retention_limit": 7}')}, tmp_path)
    (tmp_path / "plan.json").rename(tmp_path / "tfplan")
    with (tmp_path / "tfplan").open("ab") as file:
        file.write(b" " * MAX_TEXT_BYTES)
    assert "1 passed" in measured(tmp_path, "tfplan").text
    assert "0 caches" in measured(tmp_path, ".").text


def test_a_words_place_in_a_large_file_does_not_matter_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "large"
    piece = 1 << 20
    for before, expected in (
        (0, True),
        (piece - 2, True),
        (2 * piece - 5, True),
        (2 * piece, False),
    ):
        path.write_bytes(b" " * before + b"AWS::" + b" " * piece)
        assert bounded_file.contains_any(str(path), [b"AWS::"], 2 * piece) is expected


def test_a_large_file_in_a_streams_place_is_not_read(tmp_path: Path) -> None:
    sparse(tmp_path / "large", GIGABYTES)
    tracemalloc.start()
    try:
        found = bounded_file.read_file_or_stream(str(tmp_path / "large"), MAX_TEXT_BYTES)
        assert tracemalloc.get_traced_memory()[1] < MAX_TEXT_BYTES / 10
    finally:
        tracemalloc.stop()
    assert found == f"it is larger than {MAX_TEXT_BYTES} bytes"


def test_a_nested_template_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    parent = (
        "Resources:\n  Caches:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: ./caches.yaml}\n"
    )
    lay_out({"parent.yaml": parent}, tmp_path)
    sparse(tmp_path / "caches.yaml", GIGABYTES)
    result = measured(tmp_path, "parent.yaml")
    assert f"caches.yaml is larger than {MAX_TEXT_BYTES} bytes" in result.text
    assert result.status == 3


class Endless(BytesIO):
    """A stream without an end."""

    def read(self, size: int | None = -1, /) -> bytes:
        return b" " * (size or 0)


def test_standard_input_is_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = Endless()

    monkeypatch.setattr(discovery, "MAX_INPUT_BYTES", 10_000_000)
    monkeypatch.setattr(sys, "stdin", Stream)
    (found,) = discovery.discover(["-"], ())
    assert isinstance(found, Diagnostic)
    assert found.message == "not read: it is larger than 10000000 bytes"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such streams")
def test_standard_input_is_read_to_its_end_whatever_the_size_of_its_pieces(tmp_path: Path) -> None:
    lay_out({}, tmp_path)
    text = next(iter(plan('{"engine": "redis", "snapshot_retention_limit": 7}').values()))
    assert isinstance(text, str)
    slow = f"cat; sleep 0.2; printf '%{3_000_000}s'"
    for path in ("-", "/dev/stdin"):
        result = subprocess.run(
            ["sh", "-c", f"({slow}) | {sys.executable} -m ecbackup_iac check {path}"],
            input=text.encode(),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            check=False,
        )
        assert b"1 passed" in result.stdout, result.stdout + result.stderr
        assert result.returncode == 0
