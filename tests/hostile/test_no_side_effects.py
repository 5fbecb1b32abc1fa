"""Checking runs nothing, fetches nothing and writes nothing, whatever it reads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from configuration_inputs import cache
from measuring import REPOSITORY, lay_out

SCRIPT = Path(__file__).parent / "audited.py"


def trees() -> list[Path]:
    """Give every example and every case that is a tree of files."""
    tests = REPOSITORY / "tests"
    tops = ("cases", "terraform/cases", "cloudformation/cases", "fixers/cases")
    found = [path for top in tops for path in sorted((tests / top).iterdir()) if path.is_dir()]
    examples = REPOSITORY / "examples"
    return [
        *found,
        tests / "readers" / "plans",
        examples,
        *(p for p in examples.iterdir() if p.is_dir()),
    ]


def audited(*args: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, SCRIPT, *args],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("step", [40, pytest.param(1, marks=pytest.mark.extended)])
def test_every_example_and_case_is_checked_without_a_side_effect(step: int, tmp_path: Path) -> None:
    named = []
    for number, tree in enumerate(trees()[::step]):
        # Each is the top of a repository of its own: no more than it is read.
        named.append(tmp_path / str(number) / tree.name)
        shutil.copytree(tree, named[-1], symlinks=True)
        (named[-1] / ".git").mkdir(exist_ok=True)
    assert len(named) > 600 // step
    result = audited(*named)
    assert (result.stdout, result.stderr[-2_000:]) == (f"{len(named)} trees\n", "")


def test_input_that_demands_a_side_effect_has_none(tmp_path: Path) -> None:
    lay_out(
        {
            "main.tf": 'terraform {\n  backend "http" {\n    address = "http://127.0.0.1:1"\n  }\n}\n'
            'data "external" "x" {\n  program = ["touch", "owned"]\n}\n'
            'data "http" "x" {\n  url = "http://127.0.0.1:1"\n}\n'
            'module "m" {\n  source = "git::https://127.0.0.1:1/x.git"\n}\n'
            + cache("data.external.x.result.days"),
            "t.yaml": "Transform: !!python/object/apply:os.system ['touch owned']\nResources:\n  S:\n"
            "    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'http://127.0.0.1:1/t'}\n",
            "conftest.py": "open('owned', 'w')\n",
            "sitecustomize.py": "open('owned', 'w')\n",
            "ecbackup_iac.py": "open('owned', 'w')\n",
        },
        tmp_path,
    )
    assert audited(tmp_path).stdout == "1 trees\n"
    assert not (tmp_path / "owned").exists()


def test_the_watch_stops_what_it_is_there_for() -> None:
    assert audited("--try").stdout == "all stopped\n"
