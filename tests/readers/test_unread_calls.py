"""Calls of modules of which nothing is known: which look like caches, and what is reported of the others."""

import json
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.cache import CacheResource, ModuleState
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Unknown
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.remedy.remedies import remedy_of
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Evaluate, Run

PLATFORM = "git::ssh://git@example.com/acme/platform.git//datastore?ref=v1"

CACHE = """
variable "days" {
  default = 7
}
resource "aws_elasticache_replication_group" "a" {
  description              = "a"
  snapshot_retention_limit = var.days
}
"""


def call(source: str, inputs: str = "") -> str:
    return f'module "x" {{\n  source = "{source}"\n  {inputs}\n}}\n'


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("git::https://example.com/acme/terraform-aws-cache.git//modules/redis?ref=v1", ""),
        ("git::https://example.com/acme/terraform-aws-valkey.git?ref=v3", ""),
        ("git::https://example.com/acme/elasticache.git//modules/serverless-cache", ""),
        ("app.terraform.io/acme/redis/aws", ""),
        ("app.terraform.io/acme/cache/aws", ""),
        ("github.com/acme/components//modules/elasticache-redis", ""),
        ("git@example.com:acme/terraform-aws-memcached.git", ""),
        ("git::https://example.com/acme/m.git//.//modules/rediscache?ref=v1", ""),
        ("git::https://example.com/acme/m.git//redis7", ""),
        ("git::https://example.com/acme/m.git//awselasticachecluster", ""),
        (PLATFORM, 'engine = "redis"'),
        (PLATFORM, 'node_type = "cache.t4g.small"'),
        (PLATFORM, 'node_type = var.large ? "cache.r7g.large" : "cache.t4g.small"'),
        (PLATFORM, "node_type = var.node"),
        (PLATFORM, "snapshot_retention_limit = 7"),
        (PLATFORM, "snapshot_retention_limit = var.unknown"),
        (PLATFORM, "redis_snapshot_retention_limit = 7"),
        (PLATFORM, 'redis_instance_type = "large"'),
        (PLATFORM, "create_elasticache = true"),
        (PLATFORM, "num_cache_clusters = 2"),
        (PLATFORM, 'stores = { a = { type = "elasticache", backup_days = 0 } }'),
        (PLATFORM, 'clusters = [{ name = "a", settings = { engine = "Valkey" } }]'),
        ("terraform-aws-modules/vpc/aws", 'cache = { node_type = "cache.t4g.small" }'),
    ],
)
def test_it_looks_like_a_cache(evaluate: "Evaluate", source: str, inputs: str) -> None:
    variables = (
        'variable "large" {}\nvariable "unknown" {}\nvariable "node" {\n'
        '  default = "cache.m7g.large"\n}\n'
    )
    found = evaluate({"main.tf": call(source, inputs), "variables.tf": variables})
    assert found.addresses == ["module.x"]
    assert judge(found.caches[0], Requirements()).status is Status.UNKNOWN
    assert not found.diagnostics


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("terraform-aws-modules/vpc/aws", 'elasticache_subnets = ["10.1.7.0/24"]'),
        ("terraform-aws-modules/vpc/aws", "create_elasticache_subnet_group = true"),
        ("git::https://example.com/acme/network.git", 'engine = "redis"'),
        ("terraform-aws-modules/elasticache/aws//modules/user-group", 'engine = "redis"'),
        ("github.com/acme/terraform-aws-elasticache-parameter-group", 'family = "redis7"'),
        ("git::https://example.com/acme/m.git//alarms/elasticache-redis-alarms?ref=v1", ""),
        ("git::https://example.com/acme/m.git//redis-users", 'engine = "redis"'),
        ("git::https://example.com/acme/m.git//elasticache-subnet-group", ""),
        ("cloudposse/memorydb/aws", "snapshot_retention_limit = 7"),
        (PLATFORM, 'node_type = "db.t4g.small"\n  snapshot_retention_limit = 7'),
        ("terraform-aws-modules/redshift/aws", "automated_snapshot_retention_period = 7"),
        (PLATFORM, 'redis_host = "cache.example.com"'),
        (PLATFORM, 'elasticache_security_group_id = "sg-1"\n  redis_port = 6379'),
        ("terraform-aws-modules/security-group/aws//modules/redis", 'name = "redis"'),
        (PLATFORM, "create_elasticache = false"),
        (PLATFORM, "redis_clusters = {}"),
        (PLATFORM, "snapshot_retention_limit = null"),
        ("acme/redis/azurerm", ""),
        ("github.com/terraform-alicloud-modules/terraform-alicloud-redis", ""),
        ("git::https://elasticache.example.com/redis/app.git", ""),
        ("git::https://example.com/acme/m.git//redistribution", ""),
    ],
)
def test_it_is_listed_and_is_not_a_cache(evaluate: "Evaluate", source: str, inputs: str) -> None:
    found = evaluate({"main.tf": call(source, inputs)})
    assert found.caches == ()
    (listed,) = found.diagnostics
    assert listed.is_detail
    assert listed.message == (
        f"the module was not read: {source} is not in this repository (terraform init would fetch it)"
    )
    assert (listed.location.path, listed.location.line) == ("main.tf", 1)


@pytest.mark.parametrize("source", ["modules/store", "store", "modules/redis"])
@pytest.mark.parametrize("beside", ["", CACHE])
def test_a_path_without_a_dot_to_a_module_with_caches_is_an_error(
    evaluate: "Evaluate", source: str, beside: str
) -> None:
    found = evaluate({"main.tf": call(source, "days = 0") + beside, f"{source}/main.tf": CACHE})
    assert found.errors == [
        f"the module was not read: Invalid module source address: {source}: a local path begins with ./"
    ]


def test_a_path_without_a_dot_to_a_module_without_caches_is_listed(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": call("modules/vpc"), "modules/vpc/main.tf": "locals {}\n"})
    assert [one.is_detail for one in found.diagnostics] == [True]


def test_calls_are_listed_whatever_else_their_root_holds(run_here: "Run", tmp_path: "Path") -> None:
    (tmp_path / "main.tf").write_text(
        'module "x" {\n  source = "git::file:///srv/git/x"\n}\n'
        'module "y" {\n  source = "/opt/modules/y"\n}\n',
        "utf-8",
    )
    brief = run_here("check")
    assert brief.status == 0
    assert "2 more warnings; --verbose lists them" in brief.stdout
    verbose = run_here("check", "--verbose")
    assert "git::file:///srv/git/x is not in this repository" in verbose.stdout
    assert "/opt/modules/y is not in this repository" in verbose.stdout
    report = json.loads(run_here("check", "--format", "json").stdout)
    assert [(one["severity"], one["line"]) for one in report["diagnostics"]] == [
        ("warning", 1),
        ("warning", 4),
    ]


def test_a_call_is_listed_once_and_a_fetched_one_is_not(evaluate: "Evaluate") -> None:
    modules = {"Modules": [{"Key": "a.fetched", "Source": "acme/f/aws", "Dir": ".terraform/f"}]}
    shared = 'module "unread" {\n  source = "acme/u/aws"\n}\n'
    shared += 'module "fetched" {\n  source = "acme/f/aws"\n}\n'
    files = {
        "one/main.tf": 'module "a" {\n  source = "../shared"\n}\n',
        "two/main.tf": 'module "a" {\n  source = "../shared"\n}\n',
        "shared/main.tf": shared,
        "one/.terraform/modules/modules.json": json.dumps(modules),
        "one/.terraform/f/main.tf": 'output "x" {\n  value = 1\n}\n',
    }
    found = evaluate(files)
    assert [(one.location.path, one.location.line) for one in found.diagnostics] == [
        ("shared/main.tf", 1)
    ]


def test_the_retention_of_a_database_is_not_that_of_the_cache(
    run_here: "Run", tmp_path: "Path"
) -> None:
    inputs = "redis_snapshot_retention = 5\n  rds_backup_retention = 7\n  main_db_backup_days = 9"
    (tmp_path / "main.tf").write_text(call(PLATFORM, inputs), "utf-8")
    (finding,) = json.loads(run_here("check", "--format", "json").stdout)["findings"]
    assert finding["message"].endswith("; the call passes redis_snapshot_retention = 5")


def test_a_retention_that_is_passed_is_reported_and_does_not_decide(
    run_here: "Run", tmp_path: "Path"
) -> None:
    inputs = "snapshot_retention_limit = var.days"
    text = f'variable "days" {{\n  default = 7\n}}\n{call(PLATFORM, inputs)}'
    (tmp_path / "main.tf").write_text(text, "utf-8")
    (finding,) = json.loads(run_here("check", "--format", "json").stdout)["findings"]
    assert finding["status"] == "unknown"
    assert finding["message"].endswith("; the call passes snapshot_retention_limit = 7")
    assert finding["retention"] == {"state": "unknown", "days": None, "possible": [7]}
    assert finding["location"]["line"] == 6
    assert [step["line"] for step in finding["trace"]] == [6]


def test_a_retention_that_must_not_be_shown_is_not(evaluate: "Evaluate") -> None:
    text = 'variable "days" {\n  default = 7\n  sensitive = true\n}\n'
    (cache,) = evaluate(
        {"main.tf": text + call(PLATFORM, "snapshot_retention_limit = var.days")}
    ).caches
    assert isinstance(cache.retention, Unknown)
    assert cache.retention.passed_values == ()


def test_memcached_is_not_redis_wherever_the_module_is(evaluate: "Evaluate") -> None:
    (cache,) = evaluate({"main.tf": call(PLATFORM, 'engine = "memcached"')}).caches
    assert judge(cache, Requirements()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("../nowhere/redis", "there is no configuration in ../nowhere/redis"),
        ("../../elsewhere/redis", "../../elsewhere/redis leads outside the repository"),
    ],
)
def test_a_local_module_that_is_missing_is_provided_and_not_fetched(
    evaluate: "Evaluate", source: str, why: str
) -> None:
    found = evaluate({"root/main.tf": call(source, "snapshot_retention_limit = 7")})
    assert found.errors == [f"the module was not read: {why}"]
    (cache,) = found.caches
    assert remedy(cache) == (
        f"provide the module at {source} inside the repository, "
        "or correct the source of module.x, root/main.tf:1"
    )
    assert cache.module is not None
    assert cache.module.state is ModuleState.MISSING


def test_a_module_from_elsewhere_is_fetched_or_described(evaluate: "Evaluate") -> None:
    (cache,) = evaluate({"main.tf": call(PLATFORM, 'engine = "redis"')}).caches
    assert remedy(cache).startswith("run terraform init, or describe the module under [[modules]]")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "cloudposse/elasticache-redis/aws",
            "add snapshot_retention_limit = 7 to module.x, main.tf:1",
        ),
        (
            "oozou/elasticache/aws",
            "set it to 7 days in serverless_config, main.tf:3",
        ),
        (
            "infrablocks/elasticache-redis/aws",
            "call a module that can keep backups instead of infrablocks/elasticache-redis/aws, main.tf:1",
        ),
    ],
)
def test_the_remedy_for_a_published_module_is_at_its_call(
    evaluate: "Evaluate", source: str, expected: str
) -> None:
    inputs = ""
    if "oozou" in source:
        inputs = 'serverless_config = { engine_version = "8" }\n  cache_type = "redis-serverless"'
    cache = evaluate({"main.tf": call(source, inputs)}).caches[0]
    assert remedy(cache) == expected


def remedy(cache: CacheResource) -> str:
    return str(remedy_of(cache, judge(cache, Requirements()), Requirements()))
