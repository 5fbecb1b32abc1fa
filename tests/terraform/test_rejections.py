"""What Terraform rejects in the path of a cache → one error where it is, and no verdict on the cache."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.report import Severity
from ecbackup_iac.model.value import Unknown

if TYPE_CHECKING:
    from conftest import Evaluate, Evaluated

GROUP = 'resource "aws_elasticache_replication_group" "a" {\n  description = "d"\n'
DAYS = "  snapshot_retention_limit = 7\n}\n"
MODULE = GROUP + DAYS + 'variable "n" {\n  type = number\n}\n'

LOGS = """  dynamic "log_delivery_configuration" {
    for_each = %s
    content {
      destination = %s
    }
  }
"""

CLUSTER = """resource "aws_elasticache_cluster" "a" {
  engine               = null
  replication_group_id = var.group
"""

VPC = 'resource "aws_vpc" "v" {}\n'

LIFECYCLE = """  lifecycle {
    %s {
      condition = %s == "d"
      error_message = "no"
    }
  }
"""

REFUSED = {
    "an argument refers to nothing": (
        {"main.tf": GROUP + "  engine = var.nope\n" + DAYS},
        ('main.tf:3: Reference to undeclared input variable: "nope"',),
    ),
    "an argument of a nested block refers to nothing": (
        {
            "main.tf": GROUP
            + "  log_delivery_configuration {\n    destination = local.nope\n  }\n"
            + DAYS
        },
        ('main.tf:4: Reference to undeclared local value: "nope"',),
    ),
    "an argument has a wrong type": (
        {"main.tf": GROUP + "  tags = [1]\n" + DAYS},
        ('main.tf:3: Inappropriate value for attribute "tags": a map of string is required',),
    ),
    "the resource type has no underscore": (
        {"main.tf": GROUP.replace("replication_group", "replicationgroup") + DAYS},
        (
            (
                "main.tf:1: Invalid resource type: there is no aws_elasticache_replicationgroup; "
                "did you mean aws_elasticache_replication_group?"
            ),
        ),
    ),
    "the resource type is in the plural": (
        {"main.tf": GROUP.replace("replication_group", "serverless_caches") + DAYS},
        (
            (
                "main.tf:1: Invalid resource type: there is no aws_elasticache_serverless_caches; "
                "did you mean aws_elasticache_serverless_cache?"
            ),
        ),
    ),
    "the name of a resource is none": (
        {"main.tf": GROUP.replace('"a"', '"7a"') + DAYS},
        ('main.tf:1: Invalid resource name: "7a"',),
    ),
    "the type of a data source is none": (
        {"main.tf": GROUP + DAYS + 'data "7x" "a" {\n}\n'},
        ('main.tf:5: Invalid data type name: "7x"',),
    ),
    "a comment in JSON that is a block": (
        {"main.tf": GROUP + DAYS, "v.tf.json": '{"variable": {"//": {"default": 1}}}'},
        ('v.tf.json:1: Invalid variable name: "//"',),
    ),
    "an input that the cache does not read has a wrong type": (
        {"m/main.tf": MODULE, "main.tf": 'module "m" {\n  source = "./m"\n  n = "x"\n}\n'},
        ("main.tf:3: Invalid value for variable n: a number is required",),
    ),
    "a local module has a version": (
        {
            "m/main.tf": MODULE,
            "main.tf": 'module "m" {\n  source = "./m"\n  version = "1.0"\n  n = 1\n}\n',
        },
        ("main.tf:3: Invalid version constraint: a module at a relative path has no version",),
    ),
    "a validation of a variable that the cache does not read": (
        {
            "main.tf": GROUP
            + DAYS
            + 'variable "n" {\n  default = 1\n  validation {\n    condition = var.n > 1\n'
            + '    error_message = "more"\n  }\n}\n'
        },
        (
            (
                "main.tf:7: Invalid value for variable n: more "
                "(its default: pass another with --var or --var-file)"
            ),
        ),
    ),
    "a default of a wrong type, though a value is given": (
        {
            "main.tf": GROUP + DAYS + 'variable "n" {\n  type = number\n  default = "x"\n}\n',
            "terraform.tfvars": "n = 1\n",
        },
        ("main.tf:7: Invalid default value for variable n: a number is required",),
    ),
    "a for_each that is refused, and each in the block": (
        {"main.tf": GROUP + '  for_each = ["x"]\n  engine = each.value\n' + DAYS},
        ("main.tf:3: Invalid for_each argument: it must be a map or a set of strings",),
    ),
    "a dynamic block repeats by what is not declared": (
        {"main.tf": GROUP + LOGS % ("var.nope", '"d"') + DAYS},
        ('main.tf:4: Reference to undeclared input variable: "nope"',),
    ),
    "a dynamic block repeats by a number": (
        {"main.tf": GROUP + LOGS % ("5", '"d"') + DAYS},
        ("main.tf:4: Iteration over non-iterable value",),
    ),
    "the content of a dynamic block refers to nothing": (
        {"main.tf": GROUP + LOGS % ("[1]", "local.nope") + DAYS},
        ('main.tf:6: Reference to undeclared local value: "nope"',),
    ),
    "the content of a dynamic block needs what an element lacks": (
        {"main.tf": GROUP + LOGS % ("[{ a = 1 }]", "log_delivery_configuration.value.b") + DAYS},
        ('main.tf:6: Unsupported attribute: no attribute named "b"',),
    ),
    "a dynamic block without content": (
        {
            "main.tf": GROUP
            + '  dynamic "log_delivery_configuration" {\n    for_each = [1]\n  }\n'
            + DAYS
        },
        ("main.tf:3: Missing for_each or content of a dynamic block",),
    ),
    "an ephemeral variable, by way of a local": (
        {
            "main.tf": GROUP
            + "  snapshot_retention_limit = local.n\n}\n"
            + 'variable "n" {\n  default = 7\n  ephemeral = true\n}\nlocals {\n  n = var.n + 1\n}\n'
        },
        (
            "main.tf:3: Invalid use of ephemeral value: snapshot_retention_limit is kept in the state",
        ),
    ),
    "an override file with a moved block": (
        {"main.tf": GROUP + DAYS, "override.tf": "moved {\n  from = x.y\n  to = x.z\n}\n"},
        ("override.tf:1: Cannot override moved blocks",),
    ),
    "a count that depends on what can() says of a computed value": (
        {"main.tf": GROUP + "  count = can(aws_vpc.v.id) ? 1 : 0\n" + DAYS + VPC},
        (
            (
                "main.tf:3: Invalid count argument: it cannot be determined until apply: "
                "aws_vpc.v.id is known only after apply"
            ),
        ),
    ),
    "a cluster with null for an engine and for a group": (
        {"main.tf": CLUSTER + DAYS + 'variable "group" {\n  default = null\n}\n'},
        ("main.tf:1: one of engine, replication_group_id must be specified",),
    ),
    "a precondition that refers to self": (
        {"main.tf": GROUP + LIFECYCLE % ("precondition", "self.description") + DAYS},
        ('main.tf:5: Reference to "self" in a context where there is none',),
    ),
    "a list as an object's key": (
        {"main.tf": GROUP + '  snapshot_retention_limit = { (["a"]) = 7 }["a"]\n}\n'},
        ("main.tf:3: Can't use this value as a key: a string is required",),
    ),
    "a required version that is none": (
        {"main.tf": 'terraform {\n  required_version = "latest"\n}\n' + GROUP + DAYS},
        ("main.tf:2: Invalid version constraint in required_version",),
    ),
    "a syntax error in another argument": (
        {"main.tf": GROUP + "  engine = \n" + DAYS},
        ("main.tf:3: Invalid expression",),
    ),
}


def errors(found: "Evaluated") -> list[str]:
    return [
        f"{problem.location.path}:{problem.location.line}: {problem.message}"
        for problem in found.diagnostics
        if problem.severity is Severity.ERROR
    ]


def is_refused(cache: CacheResource) -> bool:
    return isinstance(cache.retention, Unknown) and cache.retention.is_rejected


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_rejected_is_one_error_and_does_not_pass(what: str, evaluate: "Evaluate") -> None:
    files, expected = REFUSED[what]
    found = evaluate(files)
    assert [
        error[: len(wanted)] for error, wanted in zip(errors(found), expected, strict=True)
    ] == [*expected]
    # A module whose call is rejected is evaluated on its own, too.
    assert [is_refused(cache) for cache in found.caches if cache.root == "."] == [True]


def test_a_module_beside_the_one_that_is_rejected_keeps_its_verdict(evaluate: "Evaluate") -> None:
    calls = 'module "%s" {\n  source = "./m"\n  n      = %s\n}\n'
    found = evaluate({"m/main.tf": MODULE, "main.tf": calls % ("good", 1) + calls % ("bad", '"x"')})
    assert {cache.address.split(".")[1]: is_refused(cache) for cache in found.caches} == {
        "good": False,
        "bad": True,
    }


def test_a_quoted_type_is_accepted_with_a_warning(evaluate: "Evaluate") -> None:
    variable = 'variable "n" {\n  type    = "string"\n  default = "7"\n}\n'
    found = evaluate({"main.tf": GROUP + "  snapshot_retention_limit = var.n\n}\n" + variable})
    assert [(problem.severity, problem.location.line) for problem in found.diagnostics] == [
        (Severity.WARNING, 6)
    ]
    assert not any(map(is_refused, found.caches))


def test_a_template_file_is_located_from_the_folder_of_the_run(evaluate: "Evaluate") -> None:
    files = {
        "stack/main.tf": GROUP + '  snapshot_retention_limit = templatefile("t.tpl", {})\n}\n',
        "stack/t.tpl": "# days\n${days}",
    }
    assert errors(evaluate(files)) == [
        "stack/t.tpl:2: Invalid reference: a name needs an attribute"
    ]


@pytest.mark.parametrize(
    ("for_each", "destination"),
    [
        ("[]", "local.nope"),  # it is never evaluated
        ("null == null ? {} : null", "local.nope"),
        ('{ a = "x" }', "upper(log_delivery_configuration.key)"),
        ('toset(["x"])\n    iterator = log', "log.value"),
        ("[{ each = local.days }]", "log_delivery_configuration.value.each"),
        ("terraform_data.t.output", "log_delivery_configuration.value"),
    ],
)
def test_a_dynamic_block_knows_its_iterator(
    for_each: str, destination: str, evaluate: "Evaluate"
) -> None:
    rest = 'locals {\n  days = 7\n}\nresource "terraform_data" "t" {\n  input = [1]\n}\n'
    logs = LOGS % (for_each, destination)
    assert errors(evaluate({"main.tf": GROUP + logs + DAYS + rest})) == []


def test_an_iterator_in_json_is_a_string(evaluate: "Evaluate") -> None:
    text = """{"resource": {"aws_elasticache_replication_group": {"a": {
  "description": "d", "snapshot_retention_limit": 7,
  "dynamic": {"log_delivery_configuration": {
    "for_each": ["x"], "iterator": "log", "content": {"destination": "${log.value}"}
  }}
}}}}"""
    assert errors(evaluate({"main.tf.json": text})) == []


@pytest.mark.parametrize(
    "files",
    [
        {
            "main.tf": GROUP
            + '  snapshot_retention_limit = var.d\n}\nvariable "d" {\n  default = 7 +\n}\n'
        },
        {"main.tf": GROUP + "  snapshot_retention_limit = local.d\n}\nlocals {\n  d = (7\n}\n"},
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  n = 7 +\n}\n',
            "m/main.tf": GROUP + '  snapshot_retention_limit = var.n\n}\nvariable "n" {\n}\n',
        },
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  count = 1 +\n  n = 1\n}\n',
            "m/main.tf": MODULE,
        },
    ],
)
def test_what_depends_on_a_syntax_error_has_to_be_corrected_first(
    files: dict[str, str], evaluate: "Evaluate"
) -> None:
    found = evaluate(files)
    assert len(found.errors) == 1
    assert [
        isinstance(one.retention, Unknown) and one.retention.is_rejected for one in found.caches
    ] == [True]
