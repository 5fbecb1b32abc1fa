"""What is released: both archives, built with the locked backend and tried, and the locked requirements."""

import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from ecbackup_iac import __version__

pytestmark = pytest.mark.extended

TOP = Path(__file__).resolve().parent.parent.parent
NAMES = ("action.txt", "release.txt", "workflows.txt")


class Ran(Protocol):
    output: str
    status: int


class Tools(Protocol):
    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]: ...
    def run(self, *command: str | Path, cwd: Path = ..., env: Mapping[str, str] = ...) -> Ran: ...


class LockedTools(Protocol):
    def __call__(self, name: str) -> Path: ...


def build(tools: Tools, programs: Path, top: Path) -> dict[str, bytes]:
    """Return the archives that `make dist` builds."""
    built = tools.run(programs / "python", "-m", "build", "--no-isolation", cwd=top)
    assert built.status == 0, built.output
    return {path.name: path.read_bytes() for path in (top / "dist").iterdir()}


def test_both_archives_work_in_clean_environments_and_are_the_same_when_built_again(
    tools: Tools, locked_tools: LockedTools, published: Path, tmp_path: Path
) -> None:
    programs = locked_tools("release")
    top = Path(shutil.copytree(published / "repository", tmp_path / "top"))
    shutil.copyfile(TOP / "CHANGELOG.md", top / "CHANGELOG.md")
    shutil.copytree(TOP / "scripts", top / "scripts")
    built = build(tools, programs, top)
    released = f"ecbackup_iac-{__version__}"
    assert sorted(built) == [f"{released}-py3-none-any.whl", f"{released}.tar.gz"]
    with tarfile.open(top / "dist" / f"{released}.tar.gz") as sdist:
        names = sdist.getnames()
    assert f"{released}/CHANGELOG.md" in names
    assert not any("/tests/" in name for name in names)

    command = ("scripts/check_distributions.py", "dist", "--sbom", "build/sbom.json")
    tried = tools.run(programs / "python", *command, cwd=top)
    assert tried.status == 0, tried.output
    sbom = json.loads((top / "build/sbom.json").read_text("utf-8"))
    assert sbom["bomFormat"] == "CycloneDX"
    about = sbom["metadata"]["component"]
    assert (about["name"], about["version"]) == ("ecbackup-iac", __version__)
    assert {"click", "msgspec", "pydantic", "PyYAML"} <= {one["name"] for one in sbom["components"]}
    assert str(tmp_path) not in json.dumps(sbom)

    shutil.rmtree(top / "dist")
    assert build(tools, programs, top) == built

    # A wheel that lacks a file that the program needs is found out.
    (top / "ecbackup_iac/cli/commands/check.py").unlink()
    shutil.rmtree(top / "dist")
    build(tools, programs, top)
    tried = tools.run(programs / "python", *command, cwd=top)
    assert tried.status == 1
    assert "ecbackup-iac" in tried.output


def test_the_locked_requirements_are_what_uv_resolves(
    tools: Tools, locked_tools: LockedTools, tmp_path: Path
) -> None:
    programs = locked_tools("release")
    (tmp_path / ".venv-release").symlink_to(programs.parent)
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "pyproject.toml", *(f"requirements/{name}" for name in NAMES)):
        shutil.copyfile(TOP / name, tmp_path / name)
    touched = tools.run("touch", programs.parent / "ready")  # newer than the copies
    assert touched.status == 0
    locked = tools.run("make", "lock", cwd=tmp_path)
    assert locked.status == 0, locked.output
    for name in NAMES:
        before = (TOP / "requirements" / name).read_text("utf-8")
        assert (tmp_path / "requirements" / name).read_text("utf-8") == before, "make lock"
