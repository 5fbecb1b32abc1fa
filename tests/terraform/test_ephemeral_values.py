"""What exists only while Terraform runs → where it may go, and what it makes ephemeral."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.report import Severity
from ecbackup_iac.model.value import Known

if TYPE_CHECKING:
    from conftest import Evaluate, Evaluated

DECLARATIONS = """
variable "token" {
  default   = "t"
  ephemeral = true
}
variable "days" {
  default = 5
}
locals {
  settings = { token = var.token, days = 7 }
  tokens   = [var.token, 3]
  names    = toset([var.token, "z"])
}
"""
GROUP = """
resource "aws_elasticache_replication_group" "this" {
  description = "d"
  %s
}
"""


def errors(found: "Evaluated") -> list[str]:
    return [one.message for one in found.diagnostics if one.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        # Of a collection with an ephemeral element, the rest is not.
        ("local.settings.days", 7),
        ("local.tokens[1]", 3),
        ("merge(local.settings, { more = 4 }).more", 4),
        ("values(local.settings)[0]", 7),
        ("[for element in local.tokens : element][1]", 3),
        ("length(local.tokens)", 2),
        # Nor is what does without it.
        ("try(tonumber(var.token), 6)", 6),
        ("can(var.token) ? 4 : 3", 4),
        ("{ t = 7 }[var.token]", 7),
        ("ephemeralasnull(var.token) == null ? 7 : 0", 7),
        ("ephemeralasnull(local.settings).days", 7),
        ("ephemeralasnull(local.tokens)[0] == null ? 7 : 0", 7),
        ("ephemeralasnull(var.days)", 5),
    ],
)
def test_what_is_kept_of_an_ephemeral_value(
    expression: str, days: int, evaluate: "Evaluate"
) -> None:
    argument = f"snapshot_retention_limit = {expression}"
    found = evaluate({"main.tf": DECLARATIONS + GROUP % argument})
    assert errors(found) == []
    (cache,) = found.caches
    assert isinstance(cache.retention, Known)
    assert cache.retention.value == days


@pytest.mark.parametrize(
    "expression",
    [
        "length(var.token)",
        "length(local.names)",
        'var.token == "t" ? 7 : 7',
        "tomap({ t = 7 })[var.token]",
        "coalesce(var.days, var.token)",
        'local.settings == { token = "t", days = 7 } ? 7 : 0',
        'contains(local.tokens, "5") ? 7 : 0',
        "nonsensitive(sensitive(length(var.token)))",
        "terraform.applying ? 7 : 3",
        "ephemeral.random_password.p.length",
    ],
)
def test_an_argument_that_the_state_keeps_rejects_an_ephemeral_value(
    expression: str, evaluate: "Evaluate"
) -> None:
    resource = 'ephemeral "random_password" "p" {\n  length = 7\n}\n'
    argument = f"snapshot_retention_limit = {expression}"
    found = evaluate({"main.tf": DECLARATIONS + resource + GROUP % argument})
    assert errors(found) == [
        "Invalid use of ephemeral value: snapshot_retention_limit is kept in the state"
    ]


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("tags = { token = var.token }", "tags is kept in the state"),
        ("count = length(var.token)", "count has to be the same in every run"),
        ("for_each = local.names", "for_each has to be the same in every run"),
        ("description_wo = var.token", ""),
        ("depends_on = [ephemeral.random_password.q]", ""),
    ],
)
def test_only_arguments_that_nothing_keeps_accept_an_ephemeral_value(
    argument: str, why: str, evaluate: "Evaluate"
) -> None:
    resource = 'ephemeral "random_password" "q" {}\n'
    found = evaluate({"main.tf": DECLARATIONS + resource + GROUP % argument})
    assert errors(found) == ([f"Invalid use of ephemeral value: {why}"] if why else [])


@pytest.mark.parametrize(("length", "expected"), [(1, []), (2, ["Resource precondition failed"])])
def test_a_condition_may_use_it(length: int, expected: list[str], evaluate: "Evaluate") -> None:
    rule = f"""lifecycle {{
    precondition {{
      condition     = length(var.token) == {length}
      error_message = "token: ${{var.token}}"
    }}
  }}
  snapshot_retention_limit = 7"""
    assert errors(evaluate({"main.tf": DECLARATIONS + GROUP % rule})) == expected


CALL = """
module "cache" {
  source   = "./cache"
  settings = local.settings
}
output "token" {
  value     = module.cache.token
  ephemeral = true
}
"""


@pytest.mark.parametrize(
    ("variable", "output", "expected"),
    [
        ("ephemeral = true", "ephemeral = true", []),
        ("", "ephemeral = true", ["var.settings is not declared as ephemeral"]),
        ("ephemeral = true", "", ['output "token" is not declared as ephemeral']),
    ],
)
def test_a_module_declares_what_is_ephemeral(
    variable: str, output: str, expected: list[str], evaluate: "Evaluate"
) -> None:
    module = f"""
variable "settings" {{
  {variable}
}}
output "token" {{
  value = var.settings.token
  {output}
}}
output "days" {{
  value = 7
}}
"""
    argument = 'snapshot_retention_limit = length(module.cache.token == "x" ? "a" : "b")'
    if not expected:
        argument = "snapshot_retention_limit = module.cache.days"
    files = {"main.tf": DECLARATIONS + CALL + GROUP % argument, "cache/main.tf": module}
    found = evaluate(files)
    assert errors(found) == [f"Invalid use of ephemeral value: {why}" for why in expected]


def test_the_function_that_makes_an_ephemeral_value_null_takes_one_argument(
    evaluate: "Evaluate",
) -> None:
    argument = "snapshot_retention_limit = ephemeralasnull(var.token, 1)"
    assert errors(evaluate({"main.tf": DECLARATIONS + GROUP % argument}))
