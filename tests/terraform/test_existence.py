"""A setting where its cache exists: the condition that makes the cache holds in its arguments as well."""

from itertools import product
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.value import Known, Unknown
from ecbackup_iac.terraform.modules import repetitions
from ecbackup_iac.terraform.values.outcomes import one_of
from ecbackup_iac.terraform.values.value import Outcome, count_value

if TYPE_CHECKING:
    from conftest import Evaluate

VARIABLES = """
variable "on" { type = bool }
variable "off" { type = bool }
variable "env" {}
variable "days" {
  type = number
  validation {
    condition     = contains([7, 14], var.days)
    error_message = "7 or 14"
  }
}
locals {
  enabled = var.on && !var.off
  days    = local.enabled ? 7 : 0
  names   = var.on ? toset(["a"]) : toset([])
}
"""
CACHE = """
resource "aws_elasticache_replication_group" "this" {
  %s
  replication_group_id     = "this"
  description              = "this"
  snapshot_retention_limit = %s
}
"""
VALUES = {"on": ["true", "false"], "off": ["true", "false"], "env": ["prod", "dev"], "days": ["7"]}


def known_days(value: object) -> set[int] | str:
    if isinstance(value, Known):
        return {value.value}
    assert isinstance(value, Unknown)
    return {one.value.value for one in value.outcomes if isinstance(one.value, Known)}


@pytest.mark.parametrize(
    ("existence", "retention", "expected"),
    [
        ("count = var.on ? 1 : 0", "var.on ? 7 : 0", {7}),
        ("count = var.on ? 1 : 0", "var.on ? 0 : 7", {0}),
        ("count = var.off ? 0 : 1", "!var.off ? 7 : 0", {7}),
        ("count = var.on ? 1 : 0", "var.on ? var.days : 0", {7, 14}),
        ('for_each = var.on ? toset(["a"]) : []', "var.on ? 7 : 0", {7}),
        ("for_each = local.names", "var.on ? 7 : 0", {7}),
        ("count = local.enabled ? 1 : 0", "local.days", {7}),
        ("count = local.enabled ? 1 : 0", "var.on ? 7 : 0", {7}),
        ("count = local.enabled ? 1 : 0", "var.off ? 0 : 7", {7}),
        ('count = var.env == "prod" ? 1 : 0', 'var.env == "prod" ? 7 : 0', {7}),
        ('count = var.on && var.env == "prod" ? 1 : 0', "var.on ? 7 : 0", {7}),
        ("count = var.on || var.off ? 1 : 0", "var.on || var.off ? 7 : 0", {7}),
        ("count = coalesce(var.on, false) ? 1 : 0", "coalesce(var.on, false) ? 7 : 0", {7}),
        # It exists in other cases, too.
        ("count = var.on ? 2 : 1", "var.on ? 7 : 0", {7, 0}),
        ("count = var.on || var.off ? 1 : 0", "var.on ? 7 : 0", {7, 0}),
        ("count = var.on ? 1 : 0", "var.off ? 7 : 0", {7, 0}),
        ('count = var.on || var.env == "prod" ? 1 : 0', "var.on ? 7 : 0", {7, 0}),
    ],
)
def test_the_condition_that_makes_the_cache_is_true_in_it(
    existence: str, retention: str, expected: set[int], evaluate: "Evaluate"
) -> None:
    files = {"main.tf": VARIABLES + CACHE % (existence, retention)}
    open_values = {cache.address: known_days(cache.retention) for cache in evaluate(files).caches}
    assert next(iter(open_values.values())) == expected
    for chosen in product(*VALUES.values()):
        variables = tuple(
            ("var", f"{name}={value}") for name, value in zip(VALUES, chosen, strict=True)
        )
        for cache in evaluate(files, given=EvaluationInputs(variables)).caches:
            days = known_days(cache.retention)
            assert not isinstance(days, str), variables
            assert days <= set(open_values[cache.address]), variables


def test_the_condition_that_makes_a_module_call_is_true_in_the_module(evaluate: "Evaluate") -> None:
    call = """
module "group" {
  source  = "./group"
  %s
  enabled = %s
  days    = var.on ? 7 : 0
}
"""
    module = (
        """
variable "enabled" { type = bool }
variable "days" { type = number }
"""
        + CACHE % ("count = var.enabled ? 1 : 0", "var.days")
    )
    for arguments in (("count = var.on ? 1 : 0", "true"), ("", "var.on"), ("", "local.enabled")):
        files = {"main.tf": VARIABLES + call % arguments, "group/main.tf": module}
        (cache,) = evaluate(files, ".").caches
        assert known_days(cache.retention) == {7}, arguments


def test_variables_of_one_name_in_two_modules_are_two(evaluate: "Evaluate") -> None:
    variable = """
variable "env" {
  type = string
  validation {
    condition     = contains(["prod", "dev"], var.env)
    error_message = "prod or dev"
  }
}
"""
    files = {
        "main.tf": variable
        + """
variable "other" { type = string }
module "group" {
  source = "./group"
  env    = var.other
  days   = var.env == "prod" ? 0 : 7
}
""",
        "group/main.tf": variable
        + 'variable "days" { type = number }'
        + CACHE % ("", 'var.env == "dev" ? var.days : 7'),
    }
    (cache,) = evaluate(files, ".").caches
    assert known_days(cache.retention) == {0, 7}


def test_the_possible_values_of_a_count_share_their_indices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repetitions, "one_of", None)  # 64 counts of 10,000 are 640,000 indices
    count = one_of([Outcome(count_value(size)) for size in (3, 2)], "var.size is not set")
    found = repetitions.count_repetitions(count)
    assert [(one.key, bool(one.why_uncertain)) for one in found] == [
        ("[0]", False),
        ("[1]", False),
        ("[2]", True),
    ]
