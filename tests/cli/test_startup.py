"""Start-up: --version and --help import little, and what Checkov loads needs the standard library alone."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ecbackup_iac

if TYPE_CHECKING:
    from conftest import Run

REPOSITORY = Path(ecbackup_iac.__file__).parent.parent

HEAVY = {"json", "msgspec", "pydantic", "tomllib"}

MODEL = [
    f"ecbackup_iac.model.{file.stem}"
    for file in sorted((REPOSITORY / "ecbackup_iac" / "model").glob("*.py"))
    if file.stem != "__init__"
]


@pytest.mark.parametrize(
    "args",
    [["--version"], ["--help"], ["check", "--help"], ["explain", "--help"], ["baseline", "--help"]],
    ids=" ".join,
)
def test_asking_for_version_or_help_imports_nothing_heavy(args: list[str]) -> None:
    program = (
        "import sys\n"
        "from ecbackup_iac.cli.main import cli\n"
        f"cli.main({args!r}, standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert result.stdout
    assert HEAVY & set(result.stderr.split()) == set()


def test_the_version_is_the_packages_own(run: "Run") -> None:
    result = run("--version")
    assert (result.stdout, result.status) == (f"ecbackup-iac {ecbackup_iac.__version__}\n", 0)


@pytest.mark.parametrize(
    "module",
    [
        "ecbackup_iac.rule",
        "ecbackup_iac.readers.terraform.resource_types",
        "ecbackup_iac.checkov.details",
        "ecbackup_iac.checkov.evaluation",
        "ecbackup_iac.checkov.plans",
        "ecbackup_iac.readers.configuration",
        *MODEL,
    ],
)
def test_what_checkov_loads_needs_only_the_standard_library(module: str) -> None:
    program = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import {module}"
    result = subprocess.run(
        [sys.executable, "-S", "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert (result.stderr, result.returncode) == ("", 0)


def test_a_decoded_plan_is_read_with_only_the_standard_library() -> None:
    program = f"""
import json, sys
sys.path.insert(0, {str(REPOSITORY)!r})
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.readers.terraform_json.plan_configuration import Blocks
from ecbackup_iac.readers.terraform_json.planned_change import read_change
from ecbackup_iac.rule import judge
plan = json.load(open("tests/readers/plans/update-7-to-0.json", encoding="utf-8"))
for entry in plan["resource_changes"]:
    cache = read_change(entry, Blocks(plan["configuration"]["root_module"]), "plan.json")
    print(cache and (cache.address, judge(cache, Requirements()).rule.value))
"""
    result = subprocess.run(
        [sys.executable, "-S", "-I", "-c", program],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "('aws_elasticache_replication_group.r', 'ECB006')\n"
