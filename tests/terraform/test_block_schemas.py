"""Blocks that Terraform rejects before it evaluates anything, next to a cache → an error, and no pass.

The real `terraform` 1.11.4 rejects each of REJECTED, and accepts each of ACCEPTED.
"""

import json
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.value import Known, Unknown

if TYPE_CHECKING:
    from conftest import Evaluate

CACHE = """
resource "aws_elasticache_replication_group" "a" {
  description              = "d"
  snapshot_retention_limit = 7
  %s
}
"""
ELSE = 'resource "terraform_data" "a" {\n  count = 1\n}\nvariable "v" {\n  default = 1\n}\n'
MOVED = "moved {\n  from = %s\n  to = %s\n}\n"
REMOVED = "removed {\n  from = %s\n  lifecycle {\n    destroy = %s\n  }\n}\n"
IMPORT = "import {\n  to = %s\n  id = %s\n}\n"
NO_REFERENCE = "Invalid expression: a single static reference is required, without calculations"
NO_LIST = "Invalid expression: a static list is required"
NO_ADDRESS = "Invalid address: a module, or a resource by its type and name, is required here"
HAS_KEYS = "Invalid address: what is removed is a resource or module, without instance keys"

IN_LIFECYCLE = {
    'prevent_destroy = "yes"': "Unsuitable value for prevent_destroy: a bool is required",
    "prevent_destroy = null": "Unsuitable value for prevent_destroy: it must not be null",
    "create_before_destroy = []": "Unsuitable value for create_before_destroy: a bool is required",
    "create_before_destroy = var.v": "Variables not allowed here: var.v",
    "prevent_destory = true": 'Unsupported argument: "prevent_destory" is not expected here',
    "ensure {\n}": 'Unsupported block type: blocks of type "ensure" are not expected here',
    'ignore_changes = "all"': NO_LIST,
    'ignore_changes = ["all"]': 'Unsupported attribute: a resource has no "all"',
    'ignore_changes = ["*"]': NO_REFERENCE,
    "ignore_changes = [tags[var.v]]": NO_REFERENCE,
    "replace_triggered_by = terraform_data.a": NO_LIST,
    "replace_triggered_by = [var.v]": "Invalid replace_triggered_by expression: it refers to no resource",
    "replace_triggered_by = [null_resource.b]": "Reference to undeclared null_resource.b",
}
IN_CACHE = {
    "depends_on = terraform_data.a": NO_LIST,
    "depends_on = concat([], [])": NO_LIST,
    "depends_on = [true ? terraform_data.a : terraform_data.a]": NO_REFERENCE,
    "depends_on = [terraform_data.a[*]]": NO_REFERENCE,
    "depends_on = [terraform_data]": "Invalid reference: a resource has a type and a name",
    "depends_on = [terraform_data.a[0].id]": "Invalid depends_on reference: "
    "it must be to an object, not to its attribute",
    'depends_on = ["terraform_data.b"]': "Reference to undeclared terraform_data.b",
    "lifecycle {\n}\n  lifecycle {\n}": "Duplicate lifecycle block: a resource has one",
    "provider = 7": "Invalid provider configuration reference: a name, or one and an alias",
    'provider = "aws.west"': "Provider configuration not present: aws.west is not declared",
    **{f"lifecycle {{\n    {text}\n  }}": message for text, message in IN_LIFECYCLE.items()},
}
BESIDE_CACHE = {
    "moved {\n  from = terraform_data.b\n}": 'Missing required argument: "to" is required',
    MOVED % ('"terraform_data.b"', "terraform_data.a"): NO_REFERENCE,
    MOVED % ("terraform_data.b", "terraform_data.a[var.v]"): NO_REFERENCE,
    MOVED % ("terraform_data.b.id", "terraform_data.a"): NO_ADDRESS,
    MOVED % ("var.b", "var.a"): NO_ADDRESS,
    MOVED % ("terraform_data.b", "module.a"): 'Invalid "moved" addresses: '
    "both must be resources, or both modules",
    MOVED % ("terraform_data.a", "terraform_data.a"): "Redundant move statement: it moves nothing",
    MOVED % ("terraform_data.b", "terraform_data.c")
    + MOVED % ("terraform_data.b", "terraform_data.d"): "Ambiguous move statements: "
    "another one has the same address",
    MOVED % ("terraform_data.b", "terraform_data.c")
    + MOVED % ("terraform_data.c", "terraform_data.b"): "Cyclic dependency in move statements",
    REMOVED % ("terraform_data.b[0]", "true"): HAS_KEYS,
    REMOVED % ("module.b[0].terraform_data.b", "true"): HAS_KEYS,
    REMOVED % ("data.aws_region.b", "true"): HAS_KEYS,
    REMOVED % ("terraform_data.b", '"maybe"'): "Unsuitable value for destroy: a bool is required",
    IMPORT % ("module.a", '"i"'): NO_ADDRESS,
    IMPORT % ("data.aws_region.a", '"i"'): NO_ADDRESS,
    IMPORT % ("terraform_data.a[0]", "null"): "Invalid import id argument: it must not be null or empty",
    "import {\n  to = terraform_data.a[0]\n}": "Invalid import block: it needs id, or else identity",
    'check "c" {\n  assert {\n    condition = var.v > 0\n  }\n}': "Missing required argument: "
    '"error_message" is required',
    'variable "w" {\n  default = 1\n  defualt = 2\n}': 'Unsupported argument: "defualt" is not expected here',
    'variable "w" {\n  default = 1\n  description = []\n}': "Unsuitable value for description: "
    "a string is required",
    'variable "w" {\n  default = 1\n  validation {\n    error_message = "No."\n  }\n}': "Missing "
    'required argument: "condition" is required',
    'output "o" {\n}': 'Missing required argument: "value" is required',
    'output "o" {\n  value = 1\n  depends_on = [terraform_data.b]\n}': "Reference to "
    "undeclared terraform_data.b",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BESIDE_CACHE.items())
def test_a_block_beside_a_cache_is_rejected(text: str, message: str, evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": f"{ELSE}{CACHE % ''}{text}\n"})
    assert {*found.errors} == {message}
    assert isinstance(found.caches[0].retention, Unknown)


@pytest.mark.parametrize(("text", "message"), IN_CACHE.items())
def test_what_is_wrong_in_a_cache_is_rejected(
    text: str, message: str, evaluate: "Evaluate"
) -> None:
    found = evaluate({"main.tf": ELSE + CACHE % text})
    assert found.errors == [message]
    assert isinstance(found.caches[0].retention, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        'lifecycle {\n  prevent_destroy = "true"\n  ignore_changes = all\n}',
        'lifecycle {\n  create_before_destroy = !false\n  ignore_changes = ["engine", tags["a"]]\n}',
        "lifecycle {\n  replace_triggered_by = [terraform_data.a[0].id, terraform_data.a]\n}",
        'depends_on = ["terraform_data.a", terraform_data.a[0], var.v, path.module]',
        'provider = "aws"',
    ],
)
def test_what_terraform_accepts_in_a_cache_is_no_error(text: str, evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": ELSE + CACHE % text})
    assert found.errors == []
    assert isinstance(found.caches[0].retention, Known)


@pytest.mark.parametrize(
    "text",
    [
        MOVED % ("module.a", 'module.b["x"]'),
        MOVED % ("terraform_data.b", 'module.b["x"].terraform_data.a'),
        MOVED % ("terraform_data.b[0]", "terraform_data.b"),
        MOVED % ("terraform_data.b", "terraform_data.c")
        + MOVED % ("terraform_data.c", "terraform_data.d"),
        MOVED % ("data.aws_region.a", "terraform_data.b"),
        REMOVED % ("module.b.terraform_data.b", "false"),
        IMPORT % ("terraform_data.a[var.v]", "7"),
        'output "o" {\n  value = 1\n  depends_on = [terraform_data.a]\n}',
        'variable "w" {\n  default = 1\n  description = "a ${"b"}"\n}',
    ],
)  # fmt: skip
def test_what_terraform_accepts_beside_a_cache_is_no_error(text: str, evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": f"{ELSE}{CACHE % ''}{text}\n"})
    assert found.errors == []
    assert isinstance(found.caches[0].retention, Known)


def test_what_only_opentofu_evaluates_is_rejected_where_terraform_plans(
    evaluate: "Evaluate",
) -> None:
    cache = ELSE + CACHE % "lifecycle {\n    prevent_destroy = var.v\n  }\n"
    assert evaluate({"main.tf": cache}).errors == []
    files = {"main.tf": cache, ".terraform-version": "1.11.4\n"}
    assert evaluate(files).errors == ["Variables not allowed here: var.v"]


def test_the_same_blocks_in_json(evaluate: "Evaluate") -> None:
    group = {
        "description": "d",
        "snapshot_retention_limit": 7,
        "depends_on": ["terraform_data.a"],
        "lifecycle": [{"//": "why", "prevent_destroy": "true", "ignore_changes": "all"}],
    }
    content = {
        "resource": {
            "aws_elasticache_replication_group": {"a": group},
            "terraform_data": {"a": {}},
        },
        "moved": [{"from": "terraform_data.c", "to": 'terraform_data.b["k"]'}],
        "removed": {"from": "terraform_data.z", "lifecycle": {"destroy": False}},
        "import": {"to": "terraform_data.a", "id": "x"},
    }
    assert evaluate({"main.tf.json": json.dumps(content)}).errors == []
    content["moved"] = {"from": "terraform_data.c", "towards": "terraform_data.b"}
    assert evaluate({"main.tf.json": json.dumps(content)}).errors == [
        'Extraneous JSON object property: no argument or block type is named "towards"',
        'Missing required argument: "to" is required',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("backup {\n  }", 'Unsupported block type: blocks of type "backup" are not expected here'),
        ("providers = [aws]", "Invalid expression: a map of providers is passed"),
        ("depends_on = 7", NO_LIST),
    ],
)
def test_a_call_of_a_module_with_caches_is_rejected(
    text: str, message: str, evaluate: "Evaluate"
) -> None:
    call = f'module "m" {{\n  source = "./m"\n  {text}\n}}\n'
    assert evaluate({"main.tf": call, "m/main.tf": CACHE % ""}).errors == [message]
