"""Module calls → module instances: inputs, outputs, repetition, overrides, and what is rejected."""

from typing import TYPE_CHECKING

import pytest

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
DAYS = 'variable "days" {\n  type    = number\n  default = 1\n}\n'


def days(value: Value[int]) -> int | str | None:
    """Give a settled retention as a person would write it."""
    match value:
        case Known():
            return value.value
        case Unset():
            return None
        case Invalid():
            return value.text
        case Unknown():
            return "unknown"


def test_an_argument_of_the_call_replaces_the_default_and_so_does_null(
    evaluate: "Evaluate",
) -> None:
    files = {
        "redis/main.tf": DAYS + CACHE % "var.days",
        "main.tf": """
module "silent" {
  source = "./redis"
}
module "reported" {
  source = "./redis"
  days   = "7"
}
module "nothing" {
  source = "./redis"
  days   = null
}
""",
    }
    found = evaluate(files)
    assert {cache.address.split(".")[1]: days(cache.retention) for cache in found.caches} == {
        "silent": 1,
        "reported": 7,
        "nothing": None,
    }


def test_a_variable_that_is_not_nullable_takes_its_default_for_null(evaluate: "Evaluate") -> None:
    variable = 'variable "days" {\n  default  = 5\n  nullable = false\n}\n'
    files = {
        "redis/main.tf": variable + CACHE % "var.days",
        "main.tf": 'module "r" {\n  source = "./redis"\n  days   = null\n}\n',
    }
    assert days(evaluate(files).caches[0].retention) == 5


@pytest.mark.parametrize(
    ("variable", "passed"),
    [
        ("type = number\n  default = 0\n  nullable = false", "var.on ? null : 7"),
        ("type = object({ d = optional(number, 0) })", "{ d = var.on ? null : 7 }"),
        ("type = list(object({ d = optional(number, 0) }))", "[{ d = var.on ? null : 7 }]"),
    ],
)
def test_a_default_replaces_what_may_be_null_as_well(
    variable: str, passed: str, evaluate: "Evaluate"
) -> None:
    part = (
        "var.days[0].d" if "list" in variable else "var.days.d" if "d =" in variable else "var.days"
    )
    files = {
        "redis/main.tf": f'variable "days" {{\n  {variable}\n}}\n'
        + CACHE % f"coalesce({part}, 7)",  # 0 is a value
        "main.tf": f'variable "on" {{ type = bool }}\n'
        f'module "r" {{\n  source = "./redis"\n  days   = {passed}\n}}\n',
    }
    retention = evaluate(files).caches[0].retention
    assert isinstance(retention, Unknown)
    assert [days(outcome.value) for outcome in retention.outcomes] == [0, 7]


def test_null_for_a_variable_that_needs_a_value_is_rejected(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": 'variable "days" {\n  nullable = false\n}\n' + CACHE % "var.days",
        "main.tf": 'variable "on" { type = bool }\n'
        'module "r" {\n  source = "./redis"\n  days   = var.on ? null : 7\n}\n',
    }
    assert days(evaluate(files).caches[0].retention) == 7


def test_what_a_resource_computes_where_an_argument_may_be_null_is_unknown(
    evaluate: "Evaluate",
) -> None:
    files = {
        "main.tf": """
        variable "on" { type = bool }
        resource "aws_elasticache_serverless_cache" "other" {
          snapshot_retention_limit = var.on ? null : 7
        }
        """
        + CACHE % "coalesce(aws_elasticache_serverless_cache.other.snapshot_retention_limit, 7)"
    }
    found = evaluate(files)["aws_elasticache_replication_group.this"].retention
    assert isinstance(found, Unknown)
    assert not found.outcomes


def test_a_variable_file_in_a_called_module_is_not_used(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": DAYS + CACHE % "var.days",
        "redis/terraform.tfvars": "days = 30\n",
        "main.tf": 'module "r" {\n  source = "./redis"\n}\n',
    }
    found = evaluate(files)
    assert days(found["module.r.aws_elasticache_replication_group.this"].retention) == 1


def test_every_instance_of_a_call_has_its_own_inputs(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": DAYS + CACHE % "var.days",
        "main.tf": """
module "each" {
  source   = "./redis"
  for_each = { "a b" = 2, c = 3 }
  days     = each.value
}
module "count" {
  source = "./redis"
  count  = 2
  days   = count.index + 10
}
module "none" {
  source = "./redis"
  count  = 0
}
""",
    }
    name = "aws_elasticache_replication_group.this"
    assert {cache.address: days(cache.retention) for cache in evaluate(files).caches} == {
        f'module.each["a b"].{name}': 2,
        f'module.each["c"].{name}': 3,
        f"module.count[0].{name}": 10,
        f"module.count[1].{name}": 11,
    }


def test_outputs_are_followed_through_modules_and_their_instances(evaluate: "Evaluate") -> None:
    files = {
        "settings/main.tf": DAYS + 'output "days" {\n  value = var.days * 2\n}\n',
        "main.tf": """
module "one" {
  source = "./settings"
  days   = 4
}
module "each" {
  source   = "./settings"
  for_each = toset(["a"])
  days     = 5
}
"""
        + CACHE % "module.one.days"
        + (CACHE % 'module.each["a"].days').replace('"this"', '"that"')
        + (CACHE % "max(values(module.each)[*].days...)").replace('"this"', '"most"'),
    }
    found = evaluate(files)
    name = "aws_elasticache_replication_group"
    assert days(found[f"{name}.this"].retention) == 8
    assert days(found[f"{name}.that"].retention) == 10
    assert days(found[f"{name}.most"].retention) == 10


def test_the_trace_leads_through_an_output_to_the_literal(evaluate: "Evaluate") -> None:
    files = {
        "settings/main.tf": 'output "days" {\n  value = 3\n}\n',
        "main.tf": 'module "s" {\n  source = "./settings"\n}\n' + CACHE % "module.s.days",
    }
    trace = evaluate(files).caches[0].retention.trace
    assert [(step.location.path, step.text) for step in trace] == [
        ("main.tf", "snapshot_retention_limit = module.s.days"),
        ("settings/main.tf", "value = 3"),
    ]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("dayz = 7", 'Unsupported argument: the module has no variable named "dayz"'),
        ("days = 7\n  count = -1", "Invalid count argument: it must not be negative"),
        ("days = 7\n  count = 1.5", "Invalid count argument: it must be a whole number"),
        (
            "days = 7\n  for_each = [1]",
            "Invalid for_each argument: it must be a map or a set of strings",
        ),
        (
            "days = 7\n  count = 1\n  for_each = {}",
            'Invalid combination of "count" and "for_each"',
        ),
    ],
)
def test_a_module_call_that_terraform_rejects_has_unknown_caches(
    evaluate: "Evaluate", inputs: str, message: str
) -> None:
    files = {
        "redis/main.tf": DAYS + CACHE % "var.days",
        "main.tf": f'module "r" {{\n  source = "./redis"\n  {inputs}\n}}\n',
    }
    found = evaluate(files)
    assert found.errors == [message]
    assert {cache.root: days(cache.retention) for cache in found.caches} == {
        ".": "unknown",
        "redis": 1,  # nothing that Terraform accepts calls it
    }


def test_a_missing_required_input_is_rejected(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": 'variable "days" {}\n' + CACHE % "var.days",
        "main.tf": 'module "r" {\n  source = "./redis"\n}\n',
    }
    found = evaluate(files)
    assert [days(cache.retention) for cache in found.caches] == ["unknown", "unknown"]
    assert len(found.errors) == 1
    assert found.errors[0].startswith("Missing required argument")


def test_inputs_of_a_module_call_without_instances_are_not_evaluated(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": 'variable "days" {}\n' + CACHE % "var.days",
        "main.tf": """
variable "settings" {
  default = null
}
module "r" {
  source = "./redis"
  count  = var.settings == null ? 0 : 1
  days   = var.settings.days
}
""",
    }
    found = evaluate(files)
    assert (found.addresses, found.errors) == ([], [])


CALL = 'module "a" {\n  source = "SOURCE"\n}\n'


@pytest.mark.parametrize(
    "source",
    [
        r".\\modules\\redis",
        r"./modules\\redis",
        r"..\\app\\modules/redis",
        r".\\modules\\.\\redis\\",
    ],
)
@pytest.mark.parametrize("name", ["app/main.tf", "app/main.tf.json"])
def test_a_local_source_may_have_the_separators_of_windows(
    name: str, source: str, evaluate: "Evaluate"
) -> None:
    in_json = f'{{"module": {{"a": {{"source": "{source}"}}}}}}'
    call = in_json if name.endswith("json") else CALL.replace("SOURCE", source)
    found = evaluate({name: call, "app/modules/redis/main.tf": CACHE % "0"})
    assert found.addresses == ["module.a.aws_elasticache_replication_group.this"]
    assert found.errors == []


@pytest.mark.parametrize("file", ["", "README.md", "inner/main.tf"])
def test_a_called_folder_without_configuration_is_an_empty_module(
    file: str, evaluate: "Evaluate", tmp_path: "Path"
) -> None:
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    files = {"main.tf": CALL.replace("SOURCE", "./empty") + CACHE % "7"}
    found = evaluate(files | ({f"empty/{file}": ""} if file else {}))
    assert found.addresses == ["aws_elasticache_replication_group.this"]
    assert found.errors == []


def test_an_argument_of_an_empty_module_is_rejected(evaluate: "Evaluate", tmp_path: "Path") -> None:
    (tmp_path / "empty").mkdir()
    call = 'module "a" {\n  source = "./empty"\n  days   = 7\n}\n'
    found = evaluate({"main.tf": call + CACHE % "7"})
    assert found.errors == ['Unsupported argument: the module has no variable named "days"']


@pytest.mark.parametrize("path", ["modules/redis", '"modules/redis"'])
def test_a_submodule_of_git_that_is_not_checked_out_is_missing(
    path: str, evaluate: "Evaluate", tmp_path: "Path"
) -> None:
    (tmp_path / "modules" / "redis").mkdir(parents=True)
    files = {
        ".gitmodules": f'[submodule "redis"]\n\tpath = {path}\n\turl = https://example.com/redis\n',
        "main.tf": CALL.replace("SOURCE", "./modules/redis"),
    }
    (error,) = evaluate(files).errors
    assert error == (
        "the module was not read: ./modules/redis is a git submodule that is not checked out: "
        "run git submodule update --init"
    )
    (tmp_path / "modules" / "redis" / "main.tf").write_text(CACHE % "0", "utf-8")
    assert evaluate(files).errors == []


def test_an_installed_module_without_configuration_is_an_error(
    evaluate: "Evaluate", tmp_path: "Path"
) -> None:
    (tmp_path / ".terraform" / "modules" / "a").mkdir(parents=True)
    source = "registry.terraform.io/acme/elasticache/aws"
    entry = f'{{"Key": "a", "Source": "{source}", "Dir": ".terraform/modules/a"}}'
    files = {
        ".terraform/modules/modules.json": f'{{"Modules": [{entry}]}}',
        "main.tf": CALL.replace("SOURCE", "acme/elasticache/aws"),
    }
    assert evaluate(files).errors == [
        "the module was not read: there is no configuration in acme/elasticache/aws"
    ]


def test_overrides_reach_module_calls_locals_and_variables(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": DAYS + CACHE % "var.days",
        "main.tf": """
locals {
  days = 1
}
module "r" {
  source = "./redis"
  days   = 0
}
variable "more" {
  default = 0
}
"""
        + CACHE % "local.days + var.more",
        "main_override.tf": """
locals {
  days = 2
}
module "r" {
  days = 9
}
variable "more" {
  default = 3
}
""",
    }
    found = evaluate(files)
    assert days(found["module.r.aws_elasticache_replication_group.this"].retention) == 9
    assert days(found["aws_elasticache_replication_group.this"].retention) == 5


@pytest.mark.parametrize(("first", "expected"), [("7", "unknown"), ("0", 0)])
def test_a_resource_declared_twice_is_reported_and_does_not_pass(
    first: str, expected: object, evaluate: "Evaluate"
) -> None:
    found = evaluate({"a.tf": CACHE % first, "b.tf": CACHE % "3"})
    assert [days(cache.retention) for cache in found.caches] == [expected]
    assert len(found.errors) == 1
    assert found.errors[0].startswith("Duplicate resource")


def test_a_call_declared_twice_is_reported_and_nothing_of_it_passes(evaluate: "Evaluate") -> None:
    call = 'module "m" {\n  source = "./m"\n}\n'
    other = 'module "n" {\n  source = "./m"\n}\n'
    found = evaluate({"a.tf": call + other, "b.tf": call, "m/main.tf": CACHE % "7"})
    assert {cache.address[:8]: days(cache.retention) for cache in found.caches} == {
        "module.m": "unknown",
        "module.n": 7,
    }
    assert [error.partition(":")[0] for error in found.errors] == ["Duplicate module call"]


def test_wrappers_with_defaults_in_a_map_are_followed(evaluate: "Evaluate") -> None:
    """The shape of terraform-aws-modules' wrappers and of cloudposse's modules."""
    files = {
        "module/main.tf": """
variable "create" {
  type    = bool
  default = true
}
variable "snapshot_retention_limit" {
  type    = number
  default = null
}
variable "create_snapshots" {
  default = "true"
}
locals {
  create = var.create && tobool(var.create_snapshots)
}
resource "aws_elasticache_replication_group" "this" {
  count                    = local.create ? 1 : 0
  replication_group_id     = "x"
  description              = coalesce(null, "x")
  snapshot_retention_limit = local.create ? var.snapshot_retention_limit : 0
}
""",
        "wrapper/main.tf": """
variable "defaults" {
  type    = any
  default = {}
}
variable "items" {
  type    = any
  default = {}
}
module "wrapper" {
  source                   = "../module"
  for_each                 = var.items
  create                   = try(each.value.create, var.defaults.create, true)
  snapshot_retention_limit = try(
    each.value.snapshot_retention_limit, var.defaults.snapshot_retention_limit, null
  )
}
""",
        "main.tf": """
module "caches" {
  source   = "./wrapper"
  defaults = { snapshot_retention_limit = 5 }
  items = {
    plain = {}
    reported  = { snapshot_retention_limit = 7 }
    off   = { create = false }
    zero  = { snapshot_retention_limit = 0 }
  }
}
""",
    }
    found = evaluate(files)
    assert found.errors == []
    assert {cache.address.split('"')[1]: days(cache.retention) for cache in found.caches} == {
        "plain": 5,
        "reported": 7,
        "zero": 0,
    }
