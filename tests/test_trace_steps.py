"""Every step of a trace says what it leads through, and what that is called."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.fixers.terraform.edits import NOT_IN_A_FILE
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Origin, input_location
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.value import StepKind, StepShape, TraceStep
from ecbackup_iac.remedy.terraform import OPTIONS
from ecbackup_iac.reporters.repository_paths import is_file
from ecbackup_iac.scan import scan

if TYPE_CHECKING:
    from conftest import Run

PLANS = Path(__file__).parent / "readers/plans"
GROUP = """\
resource "aws_elasticache_replication_group" "r" {{
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = {}
}}
"""
TEMPLATE = """\
Parameters:
  Days: {{Type: Number{}}}
Mappings:
  Stages: {{dev: {{Days: 0}}}}
Resources:
  R:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: d
      {}
"""


def trace_of(**inputs: object) -> tuple[TraceStep, ...]:
    from datetime import date

    given = EvaluationInputs(**inputs)  # type: ignore[arg-type]
    report = scan(["."], Policy(), date(2026, 1, 31), given)
    (finding,) = report.findings
    return finding.resource.retention.trace


def steps_of(**inputs: object) -> list[tuple[StepKind, str]]:
    return [(step.kind, step.name) for step in trace_of(**inputs)]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


ATTRIBUTE = (StepKind.ATTRIBUTE, "snapshot_retention_limit")


@pytest.mark.parametrize(
    ("code", "value", "steps"),
    [
        ("", "0", []),
        ("locals {\n  d = 0\n}\n", "local.d", [(StepKind.LOCAL, "d")]),
        (
            "locals {\n  all = { dev = 0 }\n}\n",
            "local.all.dev",
            [(StepKind.LOCAL, "all"), (StepKind.MAPPING, "dev")],
        ),
        (
            'variable "d" {\n  default = 0\n}\n',
            "var.d",
            [(StepKind.VARIABLE_DEFAULT, "d")],
        ),
        ('variable "d" {}\n', "var.d", [(StepKind.OPEN_VARIABLE, "d")]),
    ],
)
def test_steps_of_a_terraform_value(
    code: str, value: str, steps: list[tuple[StepKind, str]]
) -> None:
    Path("main.tf").write_text(code + GROUP.format(value), encoding="utf-8")
    assert steps_of() == [ATTRIBUTE, *steps]


def test_a_module_input_and_an_output_are_steps() -> None:
    call = 'module "m" {\n  source = "./m"\n  days   = module.n.days\n}\n'
    other = 'module "n" {\n  source = "./n"\n}\n'
    Path("main.tf").write_text(call + other, encoding="utf-8")
    for name, text in {
        "m": 'variable "days" {}\n' + GROUP.format("var.days"),
        "n": 'output "days" {\n  value = 0\n}\n',
    }.items():
        Path(name).mkdir()
        Path(name, "main.tf").write_text(text, encoding="utf-8")
    assert steps_of() == [
        ATTRIBUTE,
        (StepKind.MODULE_INPUT, "days"),
        (StepKind.OUTPUT, "value"),
    ]


@pytest.mark.parametrize(
    ("inputs", "origin"),
    [
        ({"variables": [("var", "d=0")]}, Origin.COMMAND_LINE),
        ({"environment": {"TF_VAR_d": "0"}}, Origin.ENVIRONMENT),
    ],
)
def test_a_variable_that_is_set_outside_files_has_its_origin(
    inputs: dict[str, object], origin: Origin
) -> None:
    Path("main.tf").write_text('variable "d" {}\n' + GROUP.format("var.d"), encoding="utf-8")
    step = trace_of(**inputs)[-1]
    assert (step.kind, step.name, step.location.origin) == (StepKind.VARIABLE, "d", origin)


def test_a_sensitive_variable_is_a_secret_step() -> None:
    variable = 'variable "d" {\n  default   = 0\n  sensitive = true\n}\n'
    Path("main.tf").write_text(variable + GROUP.format("var.d"), encoding="utf-8")
    assert [step.is_secret for step in trace_of()] == [False, True]


def test_a_map_is_a_collection() -> None:
    code = "locals {\n  all = { dev = 0 }\n}\n" + GROUP.format("local.all.dev")
    Path("main.tf").write_text(code, encoding="utf-8")
    assert [step.shape for step in trace_of()] == [
        StepShape.EXPRESSION,
        StepShape.COLLECTION,
        StepShape.VALUE,
    ]


def test_an_expression_that_makes_a_map_is_a_collection() -> None:
    code = 'locals {\n  all = zipmap(["dev"], [0])\n}\n' + GROUP.format("local.all.dev")
    Path("main.tf").write_text(code, encoding="utf-8")
    assert [step.shape for step in trace_of()] == [StepShape.EXPRESSION, StepShape.COLLECTION]


def test_a_data_file_is_a_step() -> None:
    Path("c.yaml").write_text("days: 0\n", encoding="utf-8")
    value = 'yamldecode(file("c.yaml")).days'
    Path("main.tf").write_text(GROUP.format(value), encoding="utf-8")
    assert steps_of() == [ATTRIBUTE, (StepKind.DATA_FILE, "days")]
    assert str(trace_of()[-1].location) == "c.yaml:1"


PROPERTY = (StepKind.ATTRIBUTE, "SnapshotRetentionLimit")


@pytest.mark.parametrize(
    ("default", "value", "steps"),
    [
        ("", "0", [PROPERTY]),
        (", Default: 0", "!Ref Days", [PROPERTY, (StepKind.PARAMETER_DEFAULT, "Default")]),
        ("", "!Ref Days", [PROPERTY, (StepKind.OPEN_PARAMETER, "Days")]),
        ("", "!FindInMap [Stages, dev, Days]", [PROPERTY, (StepKind.MAPPING, "Days")]),
    ],
)
def test_steps_of_a_template_value(
    default: str, value: str, steps: list[tuple[StepKind, str]]
) -> None:
    text = TEMPLATE.format(default, f"SnapshotRetentionLimit: {value}")
    Path("t.yaml").write_text(text, encoding="utf-8")
    assert steps_of() == steps


def test_a_property_that_is_not_set_is_an_unset_step() -> None:
    Path("t.yaml").write_text(TEMPLATE.format("", "Engine: redis"), encoding="utf-8")
    assert steps_of() == [(StepKind.UNSET, "SnapshotRetentionLimit")]


def test_a_string_built_from_parts_is_a_composition() -> None:
    text = TEMPLATE.format(", Default: 0", "SnapshotRetentionLimit: !Sub '${Days}'")
    Path("t.yaml").write_text(text, encoding="utf-8")
    assert trace_of()[0].shape is StepShape.COMPOSITION


@pytest.mark.parametrize("name", ["environment", "command line"])
def test_a_file_may_have_any_name(name: str, tmp_path: Path, run: "Run") -> None:
    shutil.copy(PLANS / "update-7-to-0.json", tmp_path / name)
    commands = [
        line for line in run("check", name, "--format", "github").stdout.split("\n") if "::" in line
    ]
    assert commands
    assert all(f"file={name}," in line for line in commands)
    sarif = json.loads(run("check", name, "--format", "sarif").stdout)
    location = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == name.replace(" ", "%20")


def test_standard_input_is_not_a_file() -> None:
    assert not is_file(input_location("-"))
    assert is_file(input_location("environment"))


def test_tables_by_origin_are_complete() -> None:
    assert set(OPTIONS) == set(Origin)
    assert set(NOT_IN_A_FILE) == set(Origin)
