"""What only OpenTofu has: `enabled`, computed sources of modules, `for_each` of providers."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.value import Known, Unknown

if TYPE_CHECKING:
    from conftest import Evaluate, Evaluated

KIND = "aws_elasticache_replication_group"
ON = 'variable "on" {\n  default = false\n}\n'
LOCK = 'provider "registry.{}/hashicorp/aws" {{\n  version = "6.0.0"\n}}\n'


def group(days: str = "0", name: str = "r", enabled: str = "", more: str = "") -> str:
    lifecycle = f"  lifecycle {{\n    enabled = {enabled}\n  }}\n" if enabled else ""
    return (
        f'resource "{KIND}" "{name}" {{\n  replication_group_id = "r"\n  description = "x"\n'
        f"  snapshot_retention_limit = {days}\n{more}{lifecycle}}}\n"
    )


def call(source: str = '"./m"', name: str = "x", more: str = "") -> str:
    return f'module "{name}" {{\n  source = {source}\n{more}}}\n'


def days_of(found: "Evaluated") -> dict[str, int | str]:
    return {
        cache.address: cache.retention.value
        if isinstance(cache.retention, Known)
        else type(cache.retention).__name__
        for cache in found.caches
    }


def absent(found: "Evaluated") -> dict[str, str]:
    return {one.address: one.reason for one in found.absent}


@pytest.mark.parametrize("file", ["main.tofu", "main.tf"])
@pytest.mark.parametrize("off", ["false", "var.on", '"false"', "!true", "1 > 2"])
def test_a_disabled_cache_is_absent(file: str, off: str, evaluate: "Evaluate") -> None:
    found = evaluate({file: ON + group(enabled=off)})
    assert (found.caches, found.errors) == ((), [])
    assert absent(found) == {f"{KIND}.r": "enabled is false"}


@pytest.mark.parametrize("on", ["true", "!var.on", '"true"'])
def test_an_enabled_cache_is_checked_and_has_no_instance_key(on: str, evaluate: "Evaluate") -> None:
    assert days_of(evaluate({"main.tofu": ON + group(enabled=on)})) == {f"{KIND}.r": 0}


def test_a_cache_that_may_be_enabled_is_checked_as_one_that_may_not_exist(
    evaluate: "Evaluate",
) -> None:
    found = evaluate({"main.tofu": 'variable "on" {}\n' + group("7", enabled="var.on")})
    assert days_of(found) == {f"{KIND}.r": 7}
    assert found.caches[0].assumptions == (
        "enabled is unknown: var.on has no default and no value",
    )


def test_what_decides_whether_it_is_enabled_is_named(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tofu": group(enabled='terraform.workspace == "a" ? true : false')})
    assert "it exists only when terraform.workspace" in found.caches[0].assumptions[0]


def test_a_reference_to_a_disabled_resource_is_null(evaluate: "Evaluate") -> None:
    declared = group("4", "off", "false") + group("4", "live", "true")
    found = evaluate(
        {
            "main.tofu": declared
            + group(f"{KIND}.off == null ? 5 : 0", "a")
            + group(f"try({KIND}.off.snapshot_retention_limit, 6)", "b")
            + group(f"{KIND}.live.snapshot_retention_limit", "c")
            + group(f"{KIND}.off.snapshot_retention_limit", "d")
        }
    )
    expected = {"a": 5, "b": 6, "c": 4, "d": "Unknown", "live": 4}
    assert days_of(found) == {f"{KIND}.{name}": days for name, days in expected.items()}
    assert len(found.errors) == 1  # OpenTofu rejects an attribute of null


def test_a_reference_to_what_may_be_disabled_is_unknown(evaluate: "Evaluate") -> None:
    declared = 'variable "on" {}\n' + group("4", "s", "var.on")
    found = evaluate({"main.tofu": declared + group(f"{KIND}.s == null ? 5 : 0", "a")})
    assert days_of(found)[f"{KIND}.a"] == "Unknown"


OFF = "  lifecycle {\n    enabled = var.on\n  }\n"


def test_the_caches_of_a_disabled_module_are_absent(evaluate: "Evaluate") -> None:
    output = 'output "days" {\n  value = 7\n}\n'
    files = {
        "main.tofu": ON + call(more=OFF) + group("module.x == null ? 5 : 0"),
        "m/main.tf": group(name="b") + output,
    }
    found = evaluate(files)
    assert days_of(found) == {f"{KIND}.r": 5}
    assert absent(found) == {
        f"module.x.{KIND}.b": "the call at main.tofu:4 creates no instance: enabled is false"
    }


def test_an_enabled_module_is_evaluated(evaluate: "Evaluate") -> None:
    files = {"main.tofu": ON + call(more=OFF.replace("var", "!var")), "m/main.tf": group(name="b")}
    assert days_of(evaluate(files)) == {f"module.x.{KIND}.b": 0}


REFUSED = {
    "together with count": ("true", "  count = 1\n"),
    "together with for_each": ("true", '  for_each = toset(["a"])\n'),
    "null": ("null", ""),
    "a text": ('"yes"', ""),
    "sensitive": ("sensitive(true)", ""),
    "known after apply": ('aws_vpc.v.id == "x"', ""),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_opentofu_rejects_of_enabled_is_an_error(way: str, evaluate: "Evaluate") -> None:
    enabled, more = REFUSED[way]
    text = 'resource "aws_vpc" "v" {}\n' + group("7", enabled=enabled, more=more)
    found = evaluate({"main.tofu": text})
    assert {*days_of(found).values()} == {"Unknown"}
    assert len(found.errors) == 1


SHOWS_TERRAFORM = {
    ".terraform-version": "1.13.0",
    ".terraform.lock.hcl": LOCK.format("terraform.io"),
    "v.tf": 'terraform {\n  required_version = "~> 1.5.0"\n}\n',
}


@pytest.mark.parametrize("name", SHOWS_TERRAFORM)
def test_terraform_rejects_enabled(name: str, evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": group("7", enabled="true"), name: SHOWS_TERRAFORM[name]})
    assert days_of(found) == {f"{KIND}.r": "Unknown"}
    assert ['only OpenTofu expects "enabled"' in str(error) for error in found.errors] == [True]


def test_opentofu_accepts_enabled_in_a_file_that_terraform_reads_too(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": group(enabled="false"),
        ".terraform.lock.hcl": LOCK.format("opentofu.org"),
    }
    assert absent(evaluate(files)) == {f"{KIND}.r": "enabled is false"}


# Sources that OpenTofu evaluates early.

SIZES = {
    "modules/small/main.tf": group("0", "b"),
    "modules/large/main.tf": group("5", "b"),
    "stack/main.tofu": 'variable "kind" {\n  default = "small"\n}\nlocals {\n  base = "../modules"\n}\n'
    + call('"${local.base}/${var.kind}"'),
}


@pytest.mark.parametrize(
    ("given", "days", "left"),
    [((), 0, "modules/large"), ((("value", "kind=large"),), 5, "modules/small")],
)
def test_a_source_is_evaluated_with_variables_and_locals(
    given: tuple[tuple[str, str], ...], days: int, left: str, evaluate: "Evaluate"
) -> None:
    found = evaluate(SIZES, given=EvaluationInputs(variables=given))
    assert [(cache.root, cache.address) for cache in found.caches] == [
        ("stack", f"module.x.{KIND}.b"),
        (left, f"{KIND}.b"),
    ]
    assert days_of(found)[f"module.x.{KIND}.b"] == days
    assert found.errors == []


@pytest.mark.parametrize("target", ["stack", "modules/small"])
def test_a_computed_source_leads_into_and_out_of_what_is_checked(
    target: str, evaluate: "Evaluate"
) -> None:
    assert days_of(evaluate(SIZES, target)) == {f"module.x.{KIND}.b": 0}


def test_a_module_chooses_another_one_by_what_it_is_passed(evaluate: "Evaluate") -> None:
    files = {
        "main.tofu": call('"./pick"', more='  kind = "large"\n'),
        "pick/main.tofu": 'variable "kind" {}\n' + call('"../modules/${var.kind}"', "y"),
        "modules/large/main.tf": group("5", "b"),
    }
    assert days_of(evaluate(files)) == {f"module.x.module.y.{KIND}.b": 5}


SOURCES = {
    "a variable without a value": ('variable "a" {}\n', "./modules/${var.a}"),
    "the workspace": ("", "./modules/${terraform.workspace}"),
    "a resource": ('resource "aws_vpc" "v" {}\n', "./modules/${aws_vpc.v.id}"),
    "a sensitive variable": (
        'variable "a" {\n  default = "small"\n  sensitive = true\n}\n',
        "./modules/${var.a}",
    ),
    "a key of the call": ("", "./modules/${each.key}"),
}


@pytest.mark.parametrize("way", SOURCES)
def test_a_source_that_is_not_known_early_is_an_error(way: str, evaluate: "Evaluate") -> None:
    declared, source = SOURCES[way]
    found = evaluate({"main.tofu": declared + call(f'"{source}"')} | SIZES)
    assert ["its source is" in str(error) for error in found.errors] == [True]


def test_terraform_does_not_accept_a_computed_source(evaluate: "Evaluate") -> None:
    stack = {"main.tf": SIZES["stack/main.tofu"].replace("../", "./"), ".terraform-version": "1.9"}
    found = evaluate({**stack, "modules/small/main.tf": group("7", "b")})
    assert ["not a literal string" in str(error) for error in found.errors] == [True]


def test_instances_of_providers_and_computed_backends_change_nothing(evaluate: "Evaluate") -> None:
    text = """\
variable "regions" {
  type    = set(string)
  default = ["eu-west-1", "us-east-1"]
}
terraform {
  backend "s3" {
    key = "state-${join("-", var.regions)}"
  }
}
provider "aws" {
  alias    = "by"
  for_each = var.regions
  region   = each.value
}
module "x" {
  source    = "./m"
  for_each  = var.regions
  providers = { aws = aws.by[each.key] }
  days      = each.key == "eu-west-1" ? 0 : 3
}
"""
    files = {"main.tofu": text, "m/main.tf": 'variable "days" {}\n' + group("var.days")}
    found = evaluate(files)
    assert days_of(found) == {
        f'module.x["eu-west-1"].{KIND}.r': 0,
        f'module.x["us-east-1"].{KIND}.r': 3,
    }
    assert found.errors == []


def test_a_set_with_a_key_that_is_not_known_makes_an_instance_that_may_not_exist(
    evaluate: "Evaluate",
) -> None:
    found = evaluate({"main.tf": group("7", more="  for_each = toset([path.cwd])\n")})
    assert days_of(found) == {f"{KIND}.r": 7}
    assert isinstance(found.caches[0].retention, Known)
    assert (found.errors, len(found.caches[0].assumptions)) == ([], 1)


@pytest.mark.parametrize(
    "expression",
    [
        'endswith(path.cwd, "/x")',
        'endswith(abspath("."), "/x")',
        'fileexists("${path.cwd}/main.tf")',
    ],
)
def test_where_terraform_runs_is_not_known(expression: str, evaluate: "Evaluate") -> None:
    (cache,) = evaluate({"main.tf": group(f"{expression} ? 0 : 7")}).caches
    assert isinstance(cache.retention, Unknown)
    assert len(cache.retention.outcomes) == 2


def test_an_absolute_path_is_known(evaluate: "Evaluate") -> None:
    expression = 'abspath("/a/../b") == "/b" ? 7 : 0'
    assert days_of(evaluate({"main.tf": group(expression)})) == {f"{KIND}.r": 7}


@pytest.mark.parametrize(
    "expression",
    [
        'try(templatestring("7", {}), 0)',
        'can(templatestring("7", {})) ? 7 : 0',
        'try(urldecode("7"), 0)',
        'can(cidrcontains("10.0.0.0/8", "10.0.0.1")) ? 7 : 0',
    ],
)
def test_what_terraform_rejects_is_unknown_where_that_is_caught(
    expression: str, evaluate: "Evaluate"
) -> None:
    assert days_of(evaluate({"main.tf": group(expression)})) == {f"{KIND}.r": "Unknown"}


def test_what_neither_program_catches_is_known(evaluate: "Evaluate") -> None:
    expression = "try(templatestring(local.days, {}), 0)"
    found = evaluate({"main.tf": 'locals {\n  days = "7"\n}\n' + group(expression)})
    assert days_of(found) == {f"{KIND}.r": 7}
