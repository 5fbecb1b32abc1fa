"""`unknown || true` is true, and `unknown && false` is false: the other operand cannot change the result.

Terraform 1.11 calls both unknown at plan time; but every value of the unknown operand gives this result.
"""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Known, Unknown
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import Evaluate

    from ecbackup_iac.model.cache import CacheResource

CONFIGURATION = """
variable "x" {
  type = bool
}
resource "aws_elasticache_replication_group" "cache" {
  engine                   = "redis"
  snapshot_retention_limit = EXPRESSION
}
"""


def cache_with(retention: str, evaluate: "Evaluate") -> "CacheResource":
    (cache,) = evaluate({"main.tf": CONFIGURATION.replace("EXPRESSION", retention)}).caches
    return cache


@pytest.mark.parametrize(
    "condition",
    [
        "var.x || true",
        "true || var.x",
        "!(var.x && false)",
        "!(false && var.x)",
        "(var.x && false) == false",
        "var.x || var.x || true",
        "!var.x || !false",
    ],
)
def test_an_unknown_operand_that_cannot_matter_is_ignored(
    condition: str, evaluate: "Evaluate"
) -> None:
    cache = cache_with(f"({condition}) ? 5 : 0", evaluate)
    assert isinstance(cache.retention, Known)
    assert cache.retention.value == 5
    assert judge(cache, Requirements()).status is Status.PASS


REFUSED = """
terraform {
  required_version = "VERSION"
}
variable "mode" {
  default = null
  validation {
    condition     = var.mode == null || contains(["on", "off"], var.mode)
    error_message = "No such mode."
  }
}
locals {
  limit = null
}
resource "aws_elasticache_replication_group" "cache" {
  engine                   = "redis"
  snapshot_retention_limit = local.limit != null && local.limit > 3 ? 7 : 5
}
"""


@pytest.mark.parametrize("version", [">= 1.12", ">=1.9, ~> 1.13.0", "1.14.2", ">= 1.0, > 1.12.1"])
def test_terraform_1_12_evaluates_no_operand_that_cannot_matter(
    version: str, evaluate: "Evaluate"
) -> None:
    found = evaluate({"main.tf": REFUSED.replace("VERSION", version)})
    assert found.diagnostics == ()
    (cache,) = found.caches
    assert isinstance(cache.retention, Known)
    assert cache.retention.value == 5


@pytest.mark.parametrize("version", [">= 1.11", "~> 1.5", "< 1.14", "!= 1.12.0", ">= 1"])
def test_earlier_versions_reject_what_is_wrong_in_an_operand_that_cannot_matter(
    version: str, evaluate: "Evaluate"
) -> None:
    found = evaluate({"main.tf": REFUSED.replace("VERSION", version)})
    both, either = sorted(found.errors)
    hint = (
        "(Terraform before 1.12 evaluates both sides of %s; "
        'if yours is later, set required_version = ">= 1.12")'
    )
    assert both == f"Invalid operand for >: it is null {hint % '&&'}"
    assert either.endswith(f"must not be null. {hint % '||'}")


PINS = {
    "of tfenv": ({".terraform-version": "1.13.5\n"}, True),
    "of tfenv, in a folder above": ({"../../.terraform-version": "v1.12.0"}, True),
    "of asdf": ({"../.tool-versions": "nodejs 24.1.0\nterraform 1.14.0\n"}, True),
    "of mise": ({"mise.toml": '[tools]\nterraform = "1.12"\n'}, True),
    "of an earlier release": ({".terraform-version": "1.11.4"}, False),
    "that depends on what is installed": ({".terraform-version": "latest:^1.13"}, False),
    "of a folder above, and an earlier one": (
        {".terraform-version": "1.9.0", "../.tool-versions": "terraform 1.14.0"},
        False,
    ),
    "of other programs": ({".tool-versions": "tflint 1.20.0\nterraform-docs 1.24.0\n"}, False),
}


@pytest.mark.parametrize("name", PINS)
def test_a_version_file_shows_the_release_where_required_version_allows_several(
    name: str, evaluate: "Evaluate"
) -> None:
    files, is_accepted = PINS[name]
    root = {"stacks/shop/main.tf": REFUSED.replace("VERSION", ">= 1.0")}
    found = evaluate(root | {f"stacks/shop/{path}": text for path, text in files.items()})
    assert bool(found.errors) is not is_accepted


def test_a_module_that_requires_1_12_is_planned_with_it_whatever_its_root_requires(
    evaluate: "Evaluate",
) -> None:
    module = REFUSED.replace("VERSION", ">= 1.12")
    found = evaluate({"main.tf": 'module "a" {\n  source = "./a"\n}\n', "a/main.tf": module})
    assert not found.errors
    assert [cache.address for cache in found.caches] == [
        "module.a.aws_elasticache_replication_group.cache"
    ]


DECIDED = """
terraform {
  required_version = "VERSION"
}
resource "terraform_data" "later" {
  input = true
}
resource "aws_elasticache_replication_group" "cache" {
  engine                   = "redis"
  snapshot_retention_limit = false && terraform_data.later.output ? 7 : sum([])
}
"""


@pytest.mark.parametrize(("version", "refused"), [(">= 1.12", 1), (">= 1.11", 0)])
def test_only_terraform_1_12_plans_a_branch_that_is_decided_before_a_later_operand(
    version: str, refused: int, evaluate: "Evaluate"
) -> None:
    found = evaluate({"main.tf": DECIDED.replace("VERSION", version)})
    assert len(found.errors) == refused
    (cache,) = found.caches
    assert judge(cache, Requirements()).status is Status.UNKNOWN


@pytest.mark.parametrize("condition", ["var.x || false", "false || var.x", "var.x && true"])
def test_an_unknown_operand_that_matters_is_unknown(condition: str, evaluate: "Evaluate") -> None:
    cache = cache_with(f"({condition}) ? 5 : 0", evaluate)
    assert isinstance(cache.retention, Unknown)
    assert judge(cache, Requirements()).status is Status.UNKNOWN
