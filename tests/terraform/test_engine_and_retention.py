"""One variable that is not given decides the engine, or the group, and the retention of a cache."""

from itertools import product
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import Evaluate

DECLARED = """
variable "on" { type = bool }
variable "engine" { type = string }
variable "listed" {
  type = string
  validation {
    condition     = contains(["redis", "memcached"], var.listed)
    error_message = "redis or memcached"
  }
}
locals {
  settings = {
    redis     = { engine = "redis", days = 7 }
    memcached = { engine = "memcached", days = null }
  }
}
resource "aws_elasticache_replication_group" "group" {
  description              = "group"
  snapshot_retention_limit = 7
}
"""
GIVEN = {
    "on": ["true", "false"],
    "engine": ["redis", "valkey", "memcached"],
    "listed": ["redis", "memcached"],
}
GROUP = "aws_elasticache_replication_group.group.id"


def status(
    evaluate: "Evaluate", arguments: str, given: tuple[tuple[str, str], ...] = ()
) -> Status | None:
    """Return the verdict on the cluster; None where the values create none."""
    cache = f'resource "aws_elasticache_cluster" "this" {{\n{arguments}\n}}\n'
    variables = tuple(("var", f"{name}={value}") for name, value in given)
    found = evaluate({"main.tf": DECLARED + cache}, given=EvaluationInputs(variables))
    clusters = [one for one in found.caches if one.type == "aws_elasticache_cluster"]
    return judge(clusters[0], Requirements()).status if clusters else None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            """
            engine                   = var.on ? "redis" : "memcached"
            snapshot_retention_limit = var.on ? 7 : null
            """,
            Status.PASS,
        ),
        (
            """
            engine                   = var.on ? "redis" : "memcached"
            snapshot_retention_limit = var.on ? null : 7
            """,
            Status.UNKNOWN,
        ),
        (
            """
            engine                   = var.on || var.engine == "valkey" ? "redis" : "memcached"
            snapshot_retention_limit = var.on ? 7 : null
            """,
            Status.UNKNOWN,
        ),
        (
            """
            engine                   = var.listed
            snapshot_retention_limit = var.listed == "redis" ? 7 : null
            """,
            Status.PASS,
        ),
        (
            """
            engine                   = local.settings[var.listed].engine
            snapshot_retention_limit = local.settings[var.listed].days
            """,
            Status.PASS,
        ),
        (
            """
            engine                   = var.engine
            snapshot_retention_limit = var.engine == "memcached" ? null : 7
            """,
            Status.PASS,
        ),
        (
            """
            engine                   = var.engine
            snapshot_retention_limit = var.engine != "memcached" ? 7 : 0
            """,
            Status.PASS,
        ),
        (
            """
            engine                   = var.engine
            snapshot_retention_limit = var.engine == "redis" ? 7 : null
            """,
            Status.UNKNOWN,
        ),
        (
            """
            engine                   = var.engine
            snapshot_retention_limit = var.engine == "memcached" ? 7 : null
            """,
            Status.UNKNOWN,
        ),
        (
            """
            count  = var.engine == "memcached" ? 1 : 0
            engine = var.engine
            """,
            Status.NOT_APPLICABLE,
        ),
        (
            f"""
            engine                   = var.on ? null : "redis"
            replication_group_id     = var.on ? {GROUP} : null
            snapshot_retention_limit = var.on ? null : 7
            """,
            Status.PASS,
        ),
        (
            """
            engine                   = var.on ? null : "redis"
            replication_group_id     = var.on ? "sessions" : null
            snapshot_retention_limit = var.on ? null : 7
            """,
            Status.PASS,
        ),
        (
            f"""
            engine                   = var.on ? null : "redis"
            replication_group_id     = var.on ? {GROUP} : null
            snapshot_retention_limit = var.on ? null : 0
            """,
            Status.UNKNOWN,
        ),
    ],
)
def test_what_occurs_together_is_judged_together(
    arguments: str, expected: Status, evaluate: "Evaluate"
) -> None:
    assert status(evaluate, arguments) is expected
    names = [name for name in GIVEN if f"var.{name}" in arguments]
    with_values = {
        status(evaluate, arguments, tuple(zip(names, values, strict=True)))
        for values in product(*map(GIVEN.__getitem__, names))
    }
    if expected is Status.UNKNOWN:
        assert Status.FAIL in with_values
    else:
        assert with_values <= {expected, Status.NOT_APPLICABLE, None}


@pytest.mark.parametrize(
    ("default", "in_file", "arguments"),
    [
        ('"memcached"', '"redis"', "engine = var.x"),
        ('"redis"', '"memcached"', "engine = var.x"),
        (
            '"sessions"',
            "null",
            'engine = var.x == null ? "redis" : null\nreplication_group_id = var.x',
        ),
    ],
)
def test_a_variable_file_that_is_not_loaded_may_set_another_engine(
    default: str, in_file: str, arguments: str, evaluate: "Evaluate"
) -> None:
    files = {
        "main.tf": f'variable "x" {{ default = {default} }}\n'
        f'resource "aws_elasticache_cluster" "this" {{\n{arguments}\n}}\n',
        "prod.tfvars": f"x = {in_file}\n",
    }
    (cache,) = evaluate(files).caches
    verdict = judge(cache, Requirements())
    assert verdict.status is Status.UNKNOWN
    assert verdict.message.startswith(
        "automatic backups are off: snapshot_retention_limit is not set"
    )
