"""The Dockerfile: what it copies and runs, done in a folder instead of an image, gives a working program."""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

pytestmark = pytest.mark.extended

TOP = Path(__file__).resolve().parent.parent.parent
TEXT = (TOP / "Dockerfile").read_text("utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1) for line in re.sub(r"\\\n", " ", TEXT).splitlines() if line[:1].isupper()
]
CACHE = """\
resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  snapshot_retention_limit = 0
}
"""


class Ran(Protocol):
    output: str
    status: int


class Tools(Protocol):
    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]: ...
    def run(self, *command: str | Path, cwd: Path = ..., env: Mapping[str, str] = ...) -> Ran: ...


@pytest.fixture(scope="module")
def image(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is the image's root: absolute paths of the Dockerfile are below it."""
    root = tmp_path_factory.mktemp("image")
    programs = root / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    env = tools.environment()
    env["PATH"] = f"{programs}:{env['PATH']}"
    for instruction, text in INSTRUCTIONS:
        below = re.sub(r"(?<![\w.])/(?=wheels|source|opt)", f"{root}/", text)
        if instruction == "COPY" and not text.startswith("--from"):
            *sources, target = below.split()
            for source in sources:
                copied = Path(target) / Path(source).name if target.endswith("/") else Path(target)
                copied.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (TOP / source).is_dir() else shutil.copyfile
                copy(TOP / source, copied)
        elif instruction == "RUN":
            result = tools.run("sh", "-e", "-c", below, cwd=root, env=env)
            assert result.status == 0, result.output
    return root


@pytest.fixture
def source(image: Path) -> Path:
    """A mounted folder into which no one can write."""
    folder = image / "src"
    if not folder.exists():
        folder.mkdir()
        (folder / "main.tf").write_text(CACHE, "utf-8")
        (folder / "main.tf").chmod(0o444)
        folder.chmod(0o555)
    return folder


def run(
    image: Path, source: Path, *arguments: str, stdin: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run the entry point without the rights that root has beyond those of the files' owner."""
    entry = image / "opt/ecbackup-iac/bin/ecbackup-iac"
    env = {"PATH": f"{entry.parent}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    command = [*drop, str(entry), *arguments]
    return subprocess.run(
        command, cwd=source, env=env, input=stdin, capture_output=True, check=False, timeout=60
    )


def test_a_read_only_mount_is_checked_without_rights(image: Path, source: Path) -> None:
    result = run(image, source, "check", ".")
    assert result.returncode == 1, result.stderr
    assert b"FAIL  aws_elasticache_replication_group.sessions" in result.stdout
    assert result.stderr == b""
    fixed = run(image, source, "fix", ".")
    assert fixed.returncode not in {0, 70}
    assert b"main.tf" in fixed.stdout + fixed.stderr
    assert (source / "main.tf").read_text("utf-8") == CACHE


def test_a_plan_is_read_from_standard_input(image: Path, source: Path) -> None:
    plan = (TOP / "examples/plan.json").read_bytes()
    result = run(image, source, "check", "-", "--source", ".", stdin=plan)
    assert result.returncode == 1
    assert b"5 caches" in result.stdout


def test_the_image_has_what_the_program_needs_and_no_more(image: Path) -> None:
    (packages,) = (image / "opt/ecbackup-iac/lib").glob("python*/site-packages")
    names = {path.name.partition("-")[0].lower() for path in packages.glob("*.dist-info")}
    assert {"ecbackup_iac", "click", "pydantic"} <= names
    assert names & {"pip", "hatchling", "setuptools", "hatch_fancy_pypi_readme"} == set()
    assert not (image / "opt/ecbackup-iac/bin/pip").exists()


def test_what_is_copied_is_what_is_not_ignored() -> None:
    lines = (TOP / ".dockerignore").read_text("utf-8").splitlines()
    assert [line for line in lines if line[:1] not in "#!"] == ["*", "**/__pycache__"]
    allowed = [line[1:] for line in lines if line.startswith("!")]
    sources = [
        source
        for instruction, text in INSTRUCTIONS
        if instruction == "COPY" and not text.startswith("--from")
        for source in text.split()[:-1]
    ]
    assert sorted(sources) == sorted(allowed)
    assert all((TOP / source).exists() for source in sources)


def test_the_image_is_pinned_and_its_user_is_not_root() -> None:
    images = [text for instruction, text in INSTRUCTIONS if instruction == "FROM"]
    digests = {re.sub(r" AS \w+$", "", text) for text in images}
    assert len(digests) == 1
    assert fnmatch.fnmatch(digests.pop(), f"python:3.*-slim@sha256:{'[0-9a-f]' * 64}")
    last = dict(INSTRUCTIONS)
    assert last["ENTRYPOINT"] == '["ecbackup-iac"]'
    assert int(last["USER"].partition(":")[0]) > 0
    assert last["WORKDIR"] == "/src"
    for number, line in enumerate((TOP / "docs/container.md").read_text("utf-8").splitlines(), 1):
        if "docker run" in line:
            words = shlex.split(line.rpartition("|")[2], comments=True)
            assert "$PWD:/src:ro" in words, number
