"""Where a root's variables come from, which wins, and how they become what their types ask for."""

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.hidden import PLACEHOLDER, placeholder_of
from ecbackup_iac.model.value import Invalid, Known, Unknown, Unset, Value

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Evaluate

CACHE = """
resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "this"
  description              = "this"
  snapshot_retention_limit = %s
}
"""
NUMBER = 'variable "days" {\n  type    = number\n  default = 1\n}\n'


def days(value: Value[int]) -> int | str | None:
    match value:
        case Known():
            return value.value
        case Unset():
            return None
        case Invalid():
            return value.text
        case Unknown():
            return "unknown"


# Each place that sets a variable, from the weakest to the strongest.
PLACES = [
    "default",
    "TF_VAR_",
    "terraform.tfvars",
    "terraform.tfvars.json",
    "a.auto.tfvars",
    "b.auto.tfvars.json",
    "--var-file",
    "--var",
]


@pytest.mark.parametrize(("weaker", "stronger"), [*pairwise(PLACES)])
def test_the_value_with_the_highest_precedence_wins(
    evaluate: "Evaluate", tmp_path: "Path", weaker: str, stronger: str
) -> None:
    files = {"main.tf": 'variable "days" {\n  type = number\n}\n' + CACHE % "var.days"}
    variables: list[tuple[str, str]] = []
    environment: dict[str, str] = {}
    for place, number in ((weaker, 2), (stronger, 3)):
        if place == "default":
            files["main.tf"] = NUMBER + CACHE % "var.days"
        elif place == "TF_VAR_":
            environment["TF_VAR_days"] = str(number)
        elif place == "--var":
            variables.append(("var", f"days={number}"))
        elif place == "--var-file":
            files["given/x.tfvars"] = f"days = {number}"
            variables.append(("file", str(tmp_path / "given/x.tfvars")))
        else:
            files[place] = f'{{"days": {number}}}' if "json" in place else f"days = {number}"
    (cache,) = evaluate(files, given=EvaluationInputs(tuple(variables), environment)).caches
    assert days(cache.retention) == 3


def test_a_variable_file_in_json_is_one_object(evaluate: "Evaluate") -> None:
    files = {"main.tf": NUMBER + CACHE % "var.days", "terraform.tfvars.json": '[{"days": 3}]'}
    (error,) = evaluate(files).errors
    assert str(error).endswith("Incorrect JSON value type: an object is required here")


def test_of_var_and_var_file_the_last_wins(evaluate: "Evaluate", tmp_path: "Path") -> None:
    files = {"main.tf": NUMBER + CACHE % "var.days", "x.tfvars": "days = 2"}
    file, option = ("file", str(tmp_path / "x.tfvars")), ("var", "days=3")
    assert days(evaluate(files, given=EvaluationInputs((file, option))).caches[0].retention) == 3
    assert days(evaluate(files, given=EvaluationInputs((option, file))).caches[0].retention) == 2


def test_the_environment_sets_only_the_variables_of_a_root(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": NUMBER + CACHE % "var.days" + 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": NUMBER + CACHE % "var.days",
    }
    caches = evaluate(files, given=EvaluationInputs((), {"TF_VAR_days": "5"})).caches
    found = {cache.address.partition(".aws")[0]: days(cache.retention) for cache in caches}
    assert sorted(found.values(), key=str) == [1, 5]
    assert found["module.m"] == 1


@pytest.mark.parametrize(
    ("type_", "text", "expression", "expected"),
    [
        ("number", "7", "var.x", 7),
        ("string", "7", "var.x", 7),
        ("number", "7.5", "var.x", placeholder_of("15/2")),
        ("bool", "true", "var.x ? 3 : 4", 3),
        ("list(number)", "[5, 6]", "var.x[1]", 6),
        ("list(string)", "[5]", "var.x[0]", 5),
        ("map(number)", "{a = 8}", "var.x.a", 8),
        ("object({ days = optional(number, 9) })", "{}", "var.x.days", 9),
        ("object({ days = optional(number, 9) })", "{days = null}", "var.x.days", 9),
        ("object({ days = optional(number) })", "{}", "var.x.days", None),
        ("set(string)", '["7", "7"]', "length(var.x)", 1),
        ("tuple([string, number])", '["a", 4]', "var.x[1]", 4),
        ("any", "{a = [1, 2]}", "var.x.a[1]", 2),
    ],
)
def test_a_string_from_outside_becomes_what_its_type_requires(
    evaluate: "Evaluate", type_: str, text: str, expression: str, expected: int | str | None
) -> None:
    files = {"main.tf": f'variable "x" {{\n  type = {type_}\n}}\n' + CACHE % expression}
    by_option = evaluate(files, given=EvaluationInputs((("var", f"x={text}"),)))
    by_environment = evaluate(files, given=EvaluationInputs((), {"TF_VAR_x": text}))
    assert [days(one.caches[0].retention) for one in (by_option, by_environment)] == [expected] * 2


def test_an_untyped_variable_from_outside_is_a_string(evaluate: "Evaluate") -> None:
    files = {"main.tf": 'variable "x" {}\n' + CACHE % "var.x == 7 ? 0 : 7"}
    assert days(evaluate(files, given=EvaluationInputs((("var", "x=7"),))).caches[0].retention) == 7


@pytest.mark.parametrize("text", ["seven", "", " 7", "0x7", "[7]"])
def test_a_string_that_is_not_a_number_is_rejected(evaluate: "Evaluate", text: str) -> None:
    found = evaluate(
        {"main.tf": NUMBER + CACHE % "var.days"}, given=EvaluationInputs((("var", f"days={text}"),))
    )
    assert days(found.caches[0].retention) == "unknown"
    assert len(found.errors) == 1


def test_a_failed_validation_is_reported_with_its_message(
    evaluate: "Evaluate",
) -> None:
    variable = """
variable "days" {
  type    = number
  default = 0
  validation {
    condition     = var.days > 0
    error_message = "Keep backups for ${var.days + 1} days or more."
  }
}
"""
    found = evaluate({"main.tf": variable + CACHE % "var.days"})
    assert days(found.caches[0].retention) == "unknown"
    assert found.errors == [
        (
            "Invalid value for variable days: Keep backups for 1 days or more. "
            "(its default: pass another with --var or --var-file)"
        )
    ]


def test_a_sensitive_value_counts_and_is_hidden(evaluate: "Evaluate") -> None:
    variable = 'variable "settings" {\n  type      = any\n  sensitive = true\n}\n'
    files = {
        "main.tf": variable + CACHE % "var.settings.days",
        "terraform.tfvars": 'settings = {\n  days = "seven"\n}\n',
    }
    retention = evaluate(files).caches[0].retention
    assert days(retention) == placeholder_of("seven")
    first, *others = [step.text for step in retention.trace]
    assert first == "snapshot_retention_limit = var.settings.days"
    assert [PLACEHOLDER.sub("(hidden)", text) for text in others] == [
        "settings = (hidden)",
        "days = (hidden)",
    ]


@pytest.mark.parametrize(
    ("given", "note", "expected"),
    [
        (EvaluationInputs(workspace="prod"), None, 14),
        (EvaluationInputs(environment={"TF_WORKSPACE": "prod"}), None, 14),
        (EvaluationInputs(workspace="dev", environment={"TF_WORKSPACE": "prod"}), None, 2),
        (EvaluationInputs(), "prod\n", "unknown"),
        (EvaluationInputs(workspace="dev"), "prod", 2),
        (EvaluationInputs(), None, "unknown"),
    ],
)
def test_the_workspace_is_given_by_option_or_environment_and_no_file(
    evaluate: "Evaluate", given: EvaluationInputs, note: str | None, expected: int | str
) -> None:
    files = {"main.tf": CACHE % 'terraform.workspace == "prod" ? 14 : 2'}
    if note:
        files[".terraform/environment"] = note
    assert days(evaluate(files, given=given).caches[0].retention) == expected


def test_a_name_that_no_root_declares_is_a_warning_once(evaluate: "Evaluate") -> None:
    files = {"a/main.tf": NUMBER + CACHE % "var.days", "b/main.tf": CACHE % "7"}
    found = evaluate(files, given=EvaluationInputs((("var", "days=7"), ("var", "dayz=7"))))
    assert [str(reported.message) for reported in found.diagnostics] == [
        "--var dayz: no evaluated root declares this variable"
    ]


def test_a_broken_variable_file_is_reported_and_its_valid_part_counts(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": NUMBER + CACHE % "var.days",
        "terraform.tfvars": "days = 7\nother = = 1\n",
    }
    found = evaluate(files)
    assert days(found.caches[0].retention) == 7
    assert len(found.errors) == 1


def test_a_reference_in_a_variable_file_is_rejected(evaluate: "Evaluate") -> None:
    files = {"main.tf": NUMBER + CACHE % "var.days", "terraform.tfvars": "days = var.other\n"}
    found = evaluate(files)
    assert days(found.caches[0].retention) == "unknown"
    assert len(found.errors) == 1
