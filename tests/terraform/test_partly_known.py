"""An unknown value of which the beginning, the length or a bound is known → what follows from that."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.value import Known, Unknown

if TYPE_CHECKING:
    from conftest import Evaluate

CONFIGURATION = """
variable "at_least_one" {
  type = number
  validation {
    condition     = var.at_least_one >= 1
    error_message = "at least 1"
  }
}
resource "random_pet" "p" {}
resource "random_integer" "n" {
  min = 1
  max = 3
}
locals {
  id   = random_pet.p.id
  name = "cache-${random_pet.p.id}"
  two  = toset([random_pet.p.id, "b"])
}
resource "aws_elasticache_replication_group" "a" {
  description              = "d"
  snapshot_retention_limit = %s ? 7 : 3
}
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # A text begins with what is known before its first unknown part.
        ('startswith(local.name, "cache-")', True),
        ('startswith("${local.name}-x", "cache")', True),
        ('startswith(local.name, "prod")', False),
        ('startswith(local.name, "cache-1")', None),
        ('startswith(local.id, "")', True),
        ('local.name == "other"', False),
        ('local.name == "cache-1"', None),
        ('local.name != ""', True),
        ('contains(["a", "b"], local.name)', False),
        ("length(local.name) > 5", True),
        ("length(local.name) > 6", None),
        ("length(local.name) == 0", False),
        # A mark that follows may combine with a letter, or with one of <, = and >, to another character.
        ('startswith("cache${local.id}", "cache")', None),
        ('startswith("a-=${local.id}", "a-")', True),
        ('startswith("a-=${local.id}", "a-=")', None),
        # Bounds decide a comparison.
        ("length(local.id) >= 0", True),
        ("length(local.id) < 0", False),
        ("length(local.id) > 0", None),
        ("length(local.two) > 0", True),
        ("length(local.two) > 2", False),
        ("length(local.two) == 2", None),
        ("max(random_integer.n.result, 1) > 0", True),
        ("random_integer.n.result > 0", None),
        ("var.at_least_one > 0", True),
        ("0 < var.at_least_one", True),
        ("var.at_least_one == 0", False),
        ("var.at_least_one > 1", None),
        # The time and an identifier are never null.
        ("timestamp() == null", False),
        ("core::uuid() == null", False),
        # An element is where it is, whatever comes after it.
        ('index(["b", local.id], "b") == 0', True),
        ('index([local.id, "b"], "b") == 0', None),
        ("index([], local.id) == 0", None),  # it is rejected at the apply
        # What is rejected whatever the unknown elements are.
        ('can(matchkeys([local.id, "b"], ["x"], ["x"]))', False),
        ("can(length(random_integer.n.result))", False),
    ],
)
def test_what_is_certain_of_an_unknown_value(
    evaluate: "Evaluate", condition: str, *, expected: bool | None
) -> None:
    found = evaluate({"main.tf": CONFIGURATION % condition})
    assert found.errors == []
    retention = found.caches[0].retention
    if expected is None:
        assert isinstance(retention, Unknown)
    else:
        assert isinstance(retention, Known)
        assert retention.value == (7 if expected else 3)


def test_a_condition_that_fails_only_at_the_apply_is_not_rejected(evaluate: "Evaluate") -> None:
    rule = """3
  lifecycle {
    precondition {
      condition     = contains(["a", "b"], local.name)
      error_message = "unknown to the plan"
    }
  }
#"""
    found = evaluate({"main.tf": CONFIGURATION % rule})
    assert found.errors == []
    assert isinstance(found.caches[0].retention, Known)
