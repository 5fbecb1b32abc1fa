"""Variables that TF_CLI_ARGS and TF_CLI_ARGS_plan give to terraform plan, as they reach every root."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run

CONFIGURATION = """\
variable "days" {
  default = 7
}
resource "aws_elasticache_replication_group" "sessions" {
  snapshot_retention_limit = var.days
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "a b.tfvars").write_text("days = 3\n", encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("environment", "args", "days"),
    [
        ({}, [], 7),
        ({"TF_CLI_ARGS_plan": "-var days=0"}, [], 0),
        ({"TF_CLI_ARGS_plan": "-lock=false -var=days=5 -input=false"}, [], 5),
        ({"TF_CLI_ARGS_plan": "--var 'days=5'"}, [], 5),
        ({"TF_CLI_ARGS": "-no-color -var-file='a b.tfvars'"}, [], 3),
        # As in Terraform's main.go: what is for all commands comes behind what is for this one.
        ({"TF_CLI_ARGS_plan": "-var days=1", "TF_CLI_ARGS": "-var days=2"}, [], 2),
        ({"TF_CLI_ARGS_plan": "-var days=1", "TF_VAR_days": "4"}, [], 1),
        ({"TF_CLI_ARGS_plan": "-var days=1"}, ["--var", "days=6"], 6),
        ({"TF_CLI_ARGS_apply": "-var days=1"}, [], 7),
    ],
)
def test_the_arguments_of_terraform_plan_set_variables(
    environment: dict[str, str], args: list[str], days: int, run: "Run"
) -> None:
    result = run("check", "--format", "json", *args, env=environment)
    (finding,) = json.loads(result.stdout)["findings"]
    assert finding["retention"]["days"] == days


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-var 'days=1", "TF_CLI_ARGS_plan: No closing quotation"),
        ("-var hunter2", "TF_CLI_ARGS_plan: NAME=VALUE is expected after -var"),
        ("-var-file=none.tfvars", "TF_CLI_ARGS_plan: -var-file=none.tfvars: no such file"),
    ],
)
def test_arguments_that_cannot_be_used_are_a_usage_error(
    text: str, message: str, run: "Run"
) -> None:
    result = run("check", env={"TF_CLI_ARGS_plan": text})
    assert (result.status, result.stdout) == (2, "")
    assert message in result.stderr
