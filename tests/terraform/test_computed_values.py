"""What is computed, or has no value yet, beside what is known → what is certain all the same."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.value import Known, Unknown, Unset

if TYPE_CHECKING:
    from conftest import Evaluate

GROUP = 'resource "aws_elasticache_replication_group" "a" {\n  description = "d"\n%s\n}\n'


def days(cache: CacheResource) -> object:
    """Give a retention as a number, None where it is unset, or the set of what it may be."""
    match cache.retention:
        case Known(value=value):
            return value
        case Unset():
            return None
        case Unknown(outcomes=outcomes):
            return {getattr(outcome.value, "value", None) for outcome in outcomes}
        case _:
            return "invalid"


def retention(evaluate: "Evaluate", configuration: str, expression: str) -> object:
    argument = f"  snapshot_retention_limit = {expression}"
    found = evaluate({"main.tf": configuration + GROUP % argument})
    assert found.diagnostics == ()
    return days(found.caches[0])


def test_a_validation_of_a_number_does_not_prove_a_string(evaluate: "Evaluate") -> None:
    variable = """
variable "s" {
  type = string
  validation {
    condition     = tonumber(var.s) == 7
    error_message = "seven"
  }
}
"""
    assert retention(evaluate, variable, 'var.s == "7" ? 7 : 0') == {7, 0}  # "07" is seven, too


def test_a_validation_of_a_number_bounds_the_number_in_a_string(evaluate: "Evaluate") -> None:
    variable = """
variable "s" {
  type = string
  validation {
    condition     = contains([7, 14], tonumber(var.s))
    error_message = "weeks"
  }
}
"""
    found = evaluate({"main.tf": variable + GROUP % "  snapshot_retention_limit = var.s"})
    value = found.caches[0].retention
    assert isinstance(value, Unknown)
    assert value.bounds is not None
    assert (value.bounds.minimum, value.bounds.maximum) == (7, 14)


def test_a_set_of_what_has_no_value_yet_makes_one_instance(evaluate: "Evaluate") -> None:
    variable = 'variable "env" {\n  type = string\n}\n'
    arguments = (
        '  for_each = toset([var.env])\n  snapshot_retention_limit = each.key == "p" ? 7 : 3'
    )
    found = evaluate({"main.tf": variable + GROUP % arguments})
    assert found.diagnostics == ()
    assert [days(cache) for cache in found.caches] == [{7, 3}]


def test_a_constant_for_each_key_of_a_data_source_is_known(evaluate: "Evaluate") -> None:
    configuration = """
data "aws_availability_zones" "z" {}
locals {
  caches = { for zone in data.aws_availability_zones.z.names : zone => { keep = 4 } }
}
"""
    arguments = "  for_each = local.caches\n  snapshot_retention_limit = each.value.keep"
    found = evaluate({"main.tf": configuration + GROUP % arguments})
    assert [days(cache) for cache in found.caches] == [4]


def test_an_output_of_terraform_data_has_the_type_of_its_input(evaluate: "Evaluate") -> None:
    text = 'resource "terraform_data" "t" {\n  input = "x"\n}\n'
    computed = "terraform_data.t.output"
    assert retention(evaluate, text, f"(true ? 7 : {computed}) == 7 ? 7 : 0") == 0
    number = 'resource "terraform_data" "t" {\n  input = 1\n}\n'
    assert retention(evaluate, number, f"(true ? 7 : {computed}) == 7 ? 7 : 0") == 7


def test_an_input_of_terraform_data_is_read_back_as_it_is(evaluate: "Evaluate") -> None:
    data = 'resource "terraform_data" "t" {\n  input = 7\n}\n'
    assert retention(evaluate, data, "terraform_data.t.input == 7 ? 7 : 0") == 7


def test_an_attribute_of_a_type_that_is_not_known_may_be_text(evaluate: "Evaluate") -> None:
    other = 'resource "example_thing" "t" {\n  size = 7\n}\n'
    assert retention(evaluate, other, "example_thing.t.size") == 7
    assert retention(evaluate, other, "example_thing.t.size == 7 ? 7 : 0") == {7, 0}
    other = 'resource "example_thing" "t" {\n  sizes = { a = 7 }\n}\n'
    assert retention(evaluate, other, "example_thing.t.sizes.a") == 7
    assert retention(evaluate, other, "example_thing.t.sizes.a == 7 ? 7 : 0") == {7, 0}


def test_tags_are_text(evaluate: "Evaluate") -> None:
    other = 'resource "aws_security_group" "g" {\n  tags = { days = 7 }\n}\n'
    tag = "aws_security_group.g.tags.days"
    assert retention(evaluate, other, tag) == 7
    assert retention(evaluate, other, f'{tag} == "7" ? 7 : 0') == 7
    assert retention(evaluate, other, f"{tag} == 7 ? 0 : 7") == 7


def test_an_id_is_not_null_where_its_resource_exists(evaluate: "Evaluate") -> None:
    configuration = """
resource "aws_elasticache_replication_group" "g" {
  description              = "g"
  snapshot_retention_limit = 7
}
locals {
  group     = try(aws_elasticache_replication_group.g.id, null)
  is_member = local.group != null
}
resource "aws_elasticache_cluster" "m" {
  cluster_id               = "m"
  engine                   = local.is_member ? null : "redis"
  replication_group_id     = local.group
  snapshot_retention_limit = local.is_member ? null : 7
}
"""
    found = evaluate({"main.tf": configuration})
    member = next(cache for cache in found.caches if cache.type == "aws_elasticache_cluster")
    assert isinstance(member.replication_group, Known)


def test_what_is_rejected_only_after_apply_makes_try_take_the_next(evaluate: "Evaluate") -> None:
    configuration = 'resource "terraform_data" "d" {\n  input = [1, 2]\n}\n'
    loop = "[for one in terraform_data.d.output : !one]"  # a number is neither true nor false
    assert retention(evaluate, configuration, f"try(alltrue({loop}) ? 7 : 3, 0)") == {7, 3, 0}
    condition = f"can(alltrue({loop}) ? 7 : 3)"
    assert retention(evaluate, configuration, f"{condition} ? 7 : 0") == {7, 0}


@pytest.mark.parametrize(
    "repetition",
    ["for_each = random_pet.p", "for_each = { for name, value in random_pet.p : name => value }"],
)
def test_the_attributes_of_a_resource_are_more_than_it_shows(
    repetition: str, evaluate: "Evaluate"
) -> None:
    cache = GROUP % f"  {repetition}\n  snapshot_retention_limit = 7"
    found = evaluate({"main.tf": 'resource "random_pet" "p" {}\n' + cache})
    assert [days(cache) for cache in found.caches] == [7]
    assert found.absent == ()


@pytest.mark.parametrize(
    "expression",
    [
        "length([for name, value in random_pet.p : name])",
        'length("%{ for name, value in random_pet.p }x%{ endfor }")',
    ],
)
def test_a_loop_over_a_resource_is_unknown(expression: str, evaluate: "Evaluate") -> None:
    assert retention(evaluate, 'resource "random_pet" "p" {}\n', expression) == set()


@pytest.mark.parametrize(
    ("condition", "errors"),
    [
        ('aws_vpc.v.arn == "7" ? false : false', 0),
        ('(can(aws_vpc.v.id) ? "a" : "a") == "b"', 0),
        ("(can(aws_vpc.v.id) ? 1 : 1) == 2", 1),
        ("(can(aws_vpc.v.id) ? null : null) == 2", 1),
    ],
)
def test_of_two_branches_that_are_the_same_a_plan_knows_a_number_and_null(
    condition: str, errors: int, evaluate: "Evaluate"
) -> None:
    rule = f'precondition {{\n condition = {condition}\n error_message = "no"\n}}'
    cache = GROUP % f"  snapshot_retention_limit = 7\n  lifecycle {{\n{rule}\n}}"
    found = evaluate({"main.tf": 'resource "aws_vpc" "v" {}\n' + cache})
    assert len(found.errors) == errors
