"""Irregular files, links that lead away, what changes while it is read: reported, never waited for."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from configuration_inputs import cache
from measuring import Measured, lay_out, measured

from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.scan import scan
from ecbackup_iac.terraform.files.folders import Folders

pytestmark = pytest.mark.extended

TODAY = date(2026, 11, 23)
CONTENT = "hunter2-the-content-of-a-file-outside"
OUTSIDE = "outside the repository"
OURS = {"main.tf": cache("7")}
TEMPLATE = """\
Resources:
  C:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {SnapshotRetentionLimit: 7}
"""
NESTING = {
    "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
    "    Properties: {TemplateURL: d/n.yaml}\n"
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository, with a secret beside it."""
    (tmp_path / "secret.txt").write_text(f'x = "{CONTENT}"\n', encoding="utf-8")
    lay_out({}, tmp_path / "tree")
    return tmp_path / "tree"


Make = Callable[[Path, Path], object]


def linked(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def looped(path: Path, _outside: Path) -> None:
    path.symlink_to(path.name)


def fifo(path: Path, _outside: Path) -> None:
    os.mkfifo(path)


def folder(path: Path, _outside: Path) -> None:
    path.mkdir()


def device(path: Path, _outside: Path) -> None:
    path.symlink_to("/dev/zero")


def unix_socket(path: Path, _outside: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        before = Path.cwd()
        os.chdir(path.parent)  # its own path may be too long
        try:
            made.bind(path.name)
        finally:
            os.chdir(before)


def unreadable(path: Path, _outside: Path) -> None:
    path.write_text(cache("7"), encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("nothing is unreadable for root")


KINDS = (linked, looped, fifo, folder, device, unix_socket, unreadable)

# What refers to the file, and what the file is called there.
USES = {
    "a file of configuration": ("x.tf", OURS),
    "a file of configuration in JSON": ("x.tf.json", OURS),
    "a file that a function reads": ("x.txt", {"main.tf": cache('length(file("x.txt"))')}),
    "a template that a function renders": (
        "x.tftpl",
        {"main.tf": cache('length(templatefile("x.tftpl", {}))')},
    ),
    "a file that a function looks for": (
        "x.txt",
        {"main.tf": cache('fileexists("x.txt") ? 7 : 0')},
    ),
    "a file among others": ("x.txt", {"main.tf": cache('length(fileset(".", "*.txt")) + 7')}),
    "a module": ("m", {"main.tf": 'module "m" {\n  source = "./m"\n}\n' + cache("7")}),
    "variables": (
        "terraform.tfvars",
        {"main.tf": 'variable "v" {\n  default = 7\n}\n' + cache("var.v")},
    ),
    "other variables": (
        "prod.tfvars",
        {"main.tf": 'variable "v" {\n  default = 7\n}\n' + cache("var.v")},
    ),
    "the list of modules": (
        ".terraform/modules/modules.json",
        {
            ".terraform/modules/x": "",
            "main.tf": 'module "m" {\n  source = "a/b/c"\n}\n' + cache("7"),
        },
    ),
    "a template": ("t.yaml", OURS),
    "a plan": ("plan.json", OURS),
    "a state": ("x.tfstate", {"sub/main.tf": cache("7")}),
    "a nested template": (
        "n.yaml",
        {
            "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
            "    Properties: {TemplateURL: n.yaml}\n"
        },
    ),
    "a list of assets of the CDK": (
        "x.assets.json",
        {
            "t.template.json": '{"Resources": {"S": {"Type": "AWS::CloudFormation::Stack", '
            '"Properties": {"TemplateURL": {"Fn::Sub": "https://${AWS::Region}/'
            + "a" * 64
            + '.json"}}}}}',
        },
    ),
    "the policy": (".ecbackup.toml", OURS),
    "the description of a module": (
        "x.hcl",
        {**OURS, ".ecbackup.toml": '[[modules]]\nsource = "a/b/c"\nstand_in = "x.hcl"\n'},
    ),
    "the baseline": ("baseline.json", {**OURS, ".ecbackup.toml": 'baseline = "baseline.json"\n'}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("use", USES)
def test_pipes_devices_and_sockets_are_not_read(use: str, kind: Make, tree: Path) -> None:
    name, others = USES[use]
    lay_out(others, tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    kind(tree / name, tree.parent / "secret.txt")
    result = measured(tree, "-v", "--format", "text", "--format", "json:report.json")
    assert result.status in (0, 1, 2, 3), result.text
    assert result.text.strip()
    report = tree / "report.json"
    said = result.text + (report.read_text(encoding="utf-8") if report.exists() else "")
    assert CONTENT not in said
    assert "Traceback" not in said
    assert result.kilobytes < 200_000


@pytest.mark.parametrize(
    "use",
    ["a file of configuration", "a file that a function reads", "a nested template", "the policy"],
)
def test_a_link_that_leads_outside_is_reported(use: str, tree: Path) -> None:
    name, others = USES[use]
    lay_out(others, tree)
    linked(tree / name, tree.parent / "secret.txt")
    result = measured(tree, "-v")
    assert "outside" in result.text, result.text


def test_a_list_of_assets_that_is_a_link_is_not_read(tree: Path) -> None:
    name, others = USES["a list of assets of the CDK"]
    assets = {"files": {"a" * 64: {"source": {"path": f"{CONTENT}.json"}}}}
    lay_out({**others, name: json.dumps(assets)}, tree)
    assert f"the template of the nested stack is missing: {CONTENT}.json" in measured(tree).text
    (tree / name).rename(tree.parent / name)
    (tree / name).symlink_to(f"../{name}")
    assert CONTENT not in measured(tree).text


@pytest.mark.parametrize("option", ["--policy=pipe", "--parameter-file=pipe", "--baseline=pipe"])
def test_a_pipe_that_an_option_names_is_not_waited_for(option: str, tree: Path) -> None:
    lay_out(OURS, tree)
    fifo(tree / "pipe", tree)
    assert measured(tree, option).status == 2


REPLACED = {
    "a template": ("t.yaml", {"t.yaml": TEMPLATE}, "t.yaml"),
    "the folder of a template": ("d", {"d/t.yaml": TEMPLATE}, "d/t.yaml"),
    "configuration": ("main.tf", OURS, "main.tf"),
    "the folder of a module": (
        "m",
        {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": cache("7")},
        "m/main.tf",
    ),
    "a file that a function reads": (
        "d",
        {"main.tf": cache('length(file("d/x.txt"))'), "d/x.txt": "1234567"},
        "d/x.txt",
    ),
    "a nested template": ("d", {**NESTING, "d/n.yaml": TEMPLATE}, "d/n.yaml"),
}
"""What is read → what is replaced by a link just before, the tree, and the file that is opened."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says where an open file is")
@pytest.mark.parametrize("what", REPLACED)
def test_what_becomes_a_link_before_it_is_read_is_not_read(
    what: str, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, files, opened = REPLACED[what]
    lay_out(files, tree)
    lay_out({path: files[path] for path in files}, tree.parent / "outside")
    monkeypatch.chdir(tree)
    open_before = os.open

    def replacing(path: str, flags: int) -> int:
        if path.endswith(opened) and not (tree / name).is_symlink():
            (tree / name).rename(tree.parent / "before")
            (tree / name).symlink_to(tree.parent / "outside" / name)
        return open_before(path, flags)

    monkeypatch.setattr(os, "open", replacing)
    report = scan(["."], Policy(), TODAY)
    assert (tree / name).is_symlink()
    assert not [one for one in report.findings if one.verdict.status is Status.PASS]
    assert report.is_incomplete or report.findings


def test_a_module_that_a_link_leads_to_is_outside_where_the_link_leads_outside(tree: Path) -> None:
    lay_out({"main.tf": cache(f'"{CONTENT}"')}, tree.parent / "elsewhere")
    lay_out({"main.tf": 'module "m" {\n  source = "./m"\n}\n'}, tree)
    (tree / "m").symlink_to(tree.parent / "elsewhere")
    result = measured(tree)
    assert f"./m leads {OUTSIDE}" in result.text
    assert CONTENT not in result.text


def test_a_module_that_the_list_of_modules_puts_outside_is_not_read(tree: Path) -> None:
    lay_out({"main.tf": cache(f'"{CONTENT}"')}, tree.parent / "elsewhere")
    listed = '{"Modules": [{"Key": "m", "Source": "a/b/c", "Dir": "../elsewhere"}]}'
    lay_out(
        {
            "main.tf": 'module "m" {\n  source = "a/b/c"\n}\n',
            ".terraform/modules/modules.json": listed,
        },
        tree,
    )
    result = measured(tree)
    assert OUTSIDE in result.text
    assert CONTENT not in result.text


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "a/../../secret.txt"])
@pytest.mark.parametrize(
    "function", ['file("{}")', 'filebase64("{}")', 'filesha256("{}")', 'templatefile("{}", {{}})']
)
def test_no_function_reads_a_file_outside(path: str, function: str, tree: Path) -> None:
    lay_out({"main.tf": cache(f"length({function.format(path)})")}, tree)
    result = measured(tree)
    assert OUTSIDE in result.text, result.text


def test_folders_that_are_linked_in_a_loop_end(tree: Path) -> None:
    lay_out({"a/main.tf": cache("7")}, tree)
    (tree / "a" / "again").symlink_to(tree / "a")
    (tree / "a" / "up").symlink_to("..")
    result = measured(tree)
    assert "1 cache: 1 passed" in result.text


def test_two_hundred_folders_in_each_other_are_walked(tree: Path) -> None:
    lay_out({f"{'d/' * 200}main.tf": cache("7")}, tree)
    assert "1 cache: 1 passed" in measured(tree).text


def test_an_oversized_configuration_file_is_reported(tree: Path) -> None:
    lay_out(OURS, tree)
    with (tree / "large.tf").open("wb") as file:
        file.truncate(10_000_001)
    result = measured(tree)
    assert "large.tf" in result.text
    assert "larger than 10000000 bytes" in result.text
    assert result.status == 3


def test_a_file_that_vanishes_while_it_is_read_is_reported(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out({**OURS, "other.tf": "# elasticache\n"}, tree)
    monkeypatch.chdir(tree)
    content = Folders.content

    def vanishing(folders: Folders, path: str) -> bytes | Diagnostic:
        if path.endswith("other.tf"):
            Path(path).unlink(missing_ok=True)
        return content(folders, path)

    monkeypatch.setattr(Folders, "content", vanishing)
    report = scan(["."], Policy(), TODAY)
    reported = [(one.location.path, one.message) for one in report.diagnostics]
    assert reported == [("other.tf", "cannot be read: No such file or directory")]
    assert len(report.findings) == 1


def test_a_read_that_fails_half_way_is_reported(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out({"plan.json": '{"format_version": "1.2", "resource_changes": []}'}, tree)
    monkeypatch.chdir(tree)

    def failing(_descriptor: int, _size: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", failing)
    report = scan(["."], Policy(), TODAY)
    assert "cannot be read: Input/output error" in {one.message for one in report.diagnostics}
    assert report.is_incomplete


def test_a_measured_run_is_a_real_one(tree: Path) -> None:
    lay_out({"main.tf": cache("0")}, tree)
    result: Measured = measured(tree)
    assert result.status == 1
    assert "ECB001" in result.text


def test_a_variable_file_in_the_root_folder_is_outside(tree: Path) -> None:
    try:
        outside = tempfile.NamedTemporaryFile(dir="/", suffix=".tfvars")  # noqa: SIM115
    except OSError as error:
        pytest.skip(f"nothing can be written there: {error}")
    with outside:
        outside.write(b"days = 9\n")
        outside.flush()
        lay_out({"main.tf": cache("var.days", 'variable "days" {}\n')}, tree)
        result = measured(tree, "--var-file", outside.name)
    assert "not read: it is outside the repository" in result.text
    assert result.status == 3
