"""A value that is used by more than caches, in any way that the language has, is not changed."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cli import output
from ecbackup_iac.errors import OutputError
from ecbackup_iac.scan import scan

if TYPE_CHECKING:
    from conftest import Run

CACHE = """\
resource "aws_elasticache_replication_group" "r" {{
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = {}
}}
"""
DATABASE = 'resource "aws_db_instance" "d" {{\n  backup_retention_period = {}\n}}\n'
DAYS = 'variable "days" {\n  type = number\n}\n'
NONE = 'variable "days" {\n  default = 0\n}\n'
TWO_ROOTS = """\
[[roots]]
path = "a"
var_files = ["env/dev.tfvars"]
[[roots]]
path = "b"
var_files = ["env/dev.tfvars"]
"""
MAP = 'locals {\n  all = { a = { days = 0, size = "s" } }\n}\n'
ENVIRONMENTS = """\
variable "e" {}
locals {
  days = { dev  = 0,
    prod = 0 }
}
""" + CACHE.format("local.days[var.e]")
EACH = CACHE.replace('"r" {{\n', '"r" {{\n  for_each = {}\n')
CALL = 'module "m" {\n  source = "./m"\n}\n'
PUBLISHED = """\
module "m" {
  source                   = "terraform-aws-modules/elasticache/aws"
  snapshot_retention_limit = var.days
}
"""
TEMPLATE = "AWSTemplateFormatVersion: '2010-09-09'\n"
PARAMETER = "Parameters:\n  Days:\n    Type: Number\n"
GROUP = """\
Resources:
  R:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: d
      SnapshotRetentionLimit: !Ref Days
"""
OTHER = """\
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      BackupRetentionPeriod: {}
"""


def written(top: Path, files: Mapping[str, str]) -> None:
    (top / ".git").mkdir()
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")


NOT_FIXED = {
    "an output of a module": (
        {
            "m/main.tf": 'locals {\n  days = 0\n}\noutput "days" {\n  value = local.days\n}\n',
            "main.tf": CALL + CACHE.format("module.m.days") + DATABASE.format("module.m.days"),
        },
        "days (m/main.tf:2:10) is also used by the callers of its module",
    ),
    "a module's input": (
        {
            "main.tf": CALL.replace("}\n", "  days   = 0\n}\n"),
            "m/main.tf": DAYS + CACHE.format("var.days") + DATABASE.format("var.days"),
        },
        "days (main.tf:3:12) is also used by aws_db_instance.d (m/main.tf:10:3)",
    ),
    "a module's input that is not given": (
        {
            "main.tf": CALL,
            "m/main.tf": NONE.replace("0", "null")
            + CACHE.format("var.days")
            + DATABASE.format("var.days"),
        },
        "days (m/main.tf:2:13) is also used by aws_db_instance.d (m/main.tf:10:3)",
    ),
    "what a module call goes through": (
        {
            "main.tf": CALL.replace("}\n", "  for_each = { a = 0 }\n  days = each.value\n}\n"),
            "m/main.tf": DAYS + CACHE.format("var.days") + DATABASE.format("var.days"),
        },
        "a (main.tf:3:20) is also used by aws_db_instance.d",
    ),
    "the cache's own attribute": (
        {
            "main.tf": CACHE.format(0)
            + DATABASE.format("aws_elasticache_replication_group.r.snapshot_retention_limit")
        },
        "snapshot_retention_limit (main.tf:4:30) is also used by aws_db_instance.d",
    ),
    "the cache's own attribute, through a splat": (
        {
            "main.tf": CACHE.format(0)
            + DATABASE.format("aws_elasticache_replication_group.r.*.snapshot_retention_limit[0]")
        },
        "snapshot_retention_limit (main.tf:4:30) is also used by aws_db_instance.d",
    ),
    "a provider": (
        {
            "main.tf": NONE
            + CACHE.format("var.days")
            + 'provider "aws" {\n  max_retries = var.days\n}\n'
        },
        "also used by provider.aws",
    ),
    "another variable's validation": (
        {
            "main.tf": NONE
            + CACHE.format("var.days")
            + 'variable "e" {\n  validation {\n    condition = var.days == 0\n  }\n}\n'
        },
        "also used by var.e",
    ),
    "an override file": (
        {
            "main.tf": NONE + CACHE.format("var.days") + DATABASE.format(3),
            "override.tf": DATABASE.format("var.days"),
        },
        "also used by aws_db_instance.d (override.tf:2:3)",
    ),
    "a published module of something else": (
        {
            "main.tf": NONE
            + PUBLISHED
            + PUBLISHED.replace("elasticache", "rds").replace('"m"', '"o"')
        },
        "days (main.tf:2:13) is also used by module.o",
    ),
    "how often a module of something else is called": (
        {
            "main.tf": NONE
            + CACHE.format("var.days")
            + CALL.replace("}\n", "  count = var.days > 0 ? 1 : 0\n}\n"),
            "m/main.tf": DATABASE.format(3),
        },
        "also used by module.m",
    ),
    "a part of a map that a for expression makes": (
        {
            "main.tf": MAP
            + "locals {\n  on = { for k, v in local.all : k => { d = v.days } }\n}\n"
            + EACH.format("local.on", "each.value.d")
            + DATABASE.format('local.on["a"].d'),
        },
        "days (main.tf:2:24) is also used by aws_db_instance.d",
    ),
    "a traversal over several lines": (
        {
            "main.tf": NONE
            + CACHE.format("var.days")
            + DATABASE.format("(\n    var\n    .days\n  )")
        },
        "also used by aws_db_instance.d",
    ),
    "a root that the policy gives the same file": (
        {
            ".ecbackup.toml": TWO_ROOTS,
            "a/main.tf": DAYS + CACHE.format("var.days"),
            "b/main.tf": DAYS + DATABASE.format("var.days"),
            "env/dev.tfvars": "days = 0\n",
        },
        "env/dev.tfvars may be used by other roots too",
    ),
    "a parent that takes in an output": (
        {
            "root.yaml": TEMPLATE
            + "Resources:\n  C:\n    Type: AWS::CloudFormation::Stack\n"
            + "    Properties:\n      TemplateURL: ./child.yaml\n"
            + OTHER.format("!GetAtt C.Outputs.X"),
            "child.yaml": TEMPLATE
            + PARAMETER
            + "    Default: 0\n"
            + GROUP
            + "Outputs:\n  X:\n    Value: !Ref Days\n",
        },
        "Days (child.yaml:5:14) is also used by Outputs.X",
    ),
    "the value of an output": (
        {
            "m/main.tf": 'output "all" {\n  value = { days = 0, size = "s" }\n}\n',
            "main.tf": CALL
            + CACHE.format("module.m.all.days")
            + DATABASE.format("length(module.m.all.size)"),
        },
        "days (m/main.tf:2:20) is also used by the callers of its module",
    ),
    "the keys of what is repeated": (
        {
            "main.tf": NONE
            + CACHE.format("var.days")
            + 'resource "x_record" "r" {\n  for_each = toset([var.days])\n}\n'
        },
        "days (main.tf:2:13) is also used by x_record.r (main.tf:10:3)",
    ),
    "one of the entries that a computed key can choose": (
        {"main.tf": ENVIRONMENTS + DATABASE.format("local.days.prod")},
        "(main.tf:4:12) is also used by aws_db_instance.d (main.tf:12:3)",
    ),
    "one of two values that are the same, of which the trace shows the other": (
        {
            "main.tf": 'variable "e" {}\nlocals {\n  a = 0\n  b = 0\n}\n'
            + CACHE.format('var.e == "a" ? local.a : local.b')
        },
        "what else uses main.tf:4:7 is not certain",
    ),
    "whoever imports an export": (
        {
            "a.yaml": TEMPLATE
            + PARAMETER
            + "    Default: 0\n"
            + GROUP
            + "Outputs:\n  X:\n    Value: !Ref Days\n    Export:\n      Name: days\n",
            "b.yaml": TEMPLATE + "Resources:\n" + OTHER.format("!ImportValue days"),
        },
        "is also used by Outputs.X",
    ),
}


@pytest.mark.parametrize(("files", "reason"), NOT_FIXED.values(), ids=NOT_FIXED)
def test_what_reaches_something_else_is_not_fixed(
    files: dict[str, str], reason: str, tmp_path: Path, run: "Run"
) -> None:
    written(tmp_path, files)
    result = run("fix")
    assert reason in result.stdout
    assert result.status == 1
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in files} == files


def test_an_argument_beside_the_retention_is_something_else(tmp_path: Path, run: "Run") -> None:
    text = EACH.format("{ a = 0 }", "each.value").replace('"d"', "each.value")
    written(tmp_path, {"main.tf": text})
    assert "a (main.tf:2:20) is also used by aws_elasticache_replication_group.r" in (
        run("fix").stdout
    )


FIXED = {
    "every entry that a computed key can choose": {"main.tf": ENVIRONMENTS},
    "a map that a for expression filters, handed to a module": {
        "main.tf": MAP
        + 'locals {\n  on = { for k, v in local.all : k => v if v.size != "" }\n}\n'
        + CALL.replace("}\n", "  for_each = local.on\n  days = each.value.days\n}\n"),
        "m/main.tf": DAYS + CACHE.format("var.days"),
    },
    "a map handed to a module, of which another entry is used elsewhere": {
        "main.tf": MAP
        + CALL.replace(
            "}\n",
            "  for_each = local.all\n  days = each.value.days\n  size = each.value.size\n}\n",
        )
        + 'resource "x_record" "r" {\n  for_each = local.all\n  name = each.value.size\n}\n',
        "m/main.tf": DAYS
        + 'variable "size" {}\n'
        + CACHE.format("var.days").replace('"d"', "var.size"),
    },
    "a variable file below its root": {
        "main.tf": DAYS + CACHE.format("var.days"),
        "terraform.tfvars": "days = 0\n",
    },
    "the default of an optional attribute, in a module": {
        "main.tf": CALL.replace("}\n", "  settings = {}\n}\n"),
        "m/main.tf": 'variable "settings" {\n  type = object({ days = optional(number, 0) })\n}\n'
        + CACHE.format("var.settings.days"),
    },
    "other attributes of the cache": {
        "main.tf": CACHE.format(0)
        + 'resource "x_record" "r" {\n  names = [aws_elasticache_replication_group.r.id]\n'
        "  depends_on = [aws_elasticache_replication_group.r]\n}\n",
    },
    "another attribute, through the splat of a single resource": {
        "main.tf": NONE
        + CACHE.format("var.days")
        + 'output "a" {\n  value = aws_elasticache_replication_group.r.*.arn\n}\n'
        + 'output "b" {\n  value = aws_elasticache_replication_group.r[*].arn\n}\n',
    },
    "the backup window, which is set where there are backups": {
        "main.tf": NONE
        + CACHE.format('var.days\n  snapshot_window = var.days > 0 ? "03:00-04:00" : null'),
    },
    "a published module of caches": {"main.tf": NONE + PUBLISHED},
    "texts that only mention it": {
        "main.tf": NONE
        + CACHE.format("var.days")
        + 'output "o" {\n  description = "var.days"\n  value = 1\n}\n',
    },
}


@pytest.mark.parametrize("files", FIXED.values(), ids=FIXED)
def test_what_reaches_only_caches_is_fixed(
    files: dict[str, str], tmp_path: Path, run: "Run"
) -> None:
    written(tmp_path, files)
    result = run("fix")
    assert result.stdout.endswith("1 fixed, 0 skipped\n")
    assert result.status == 0


def test_a_variable_file_outside_its_root_may_be_for_other_roots(
    tmp_path: Path, run: "Run"
) -> None:
    files = {"a/main.tf": DAYS + CACHE.format("var.days"), "dev.tfvars": "days = 0\n"}
    written(tmp_path, files)
    result = run("fix", "a", "--var-file", "dev.tfvars")
    assert "dev.tfvars may be used by other roots too" in result.stdout
    assert (tmp_path / "dev.tfvars").read_text(encoding="utf-8") == files["dev.tfvars"]


def test_a_variable_file_of_a_nested_root_is_not_edited_for_the_root_above(
    tmp_path: Path, run: "Run"
) -> None:
    files = {
        "main.tf": DAYS + CACHE.format("var.days"),
        "b/main.tf": DAYS + DATABASE.format("var.days"),
        "b/dev.tfvars": "days = 0\n",
    }
    written(tmp_path, files)
    result = run("fix", ".", "--var-file", "b/dev.tfvars")
    assert "b/dev.tfvars may be used by other roots too" in result.stdout


def test_a_file_that_a_link_leads_to_may_be_part_of_other_modules(
    tmp_path: Path, run: "Run"
) -> None:
    files = {"a/main.tf": CACHE.format("var.days"), "common/vars.tf": NONE}
    written(tmp_path, files)
    for name in ("a/vars.tf", "a/b/vars.tf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(tmp_path / "common/vars.tf")
    result = run("fix", "a")
    assert "a link leads to a/vars.tf: others may use it too" in result.stdout
    assert (tmp_path / "common/vars.tf").read_text(encoding="utf-8") == NONE


@pytest.mark.parametrize("is_in_policy", [True, False])
def test_a_parameter_file_is_for_every_template_that_takes_it(
    is_in_policy: bool,  # noqa: FBT001
    tmp_path: Path,
    run: "Run",
) -> None:
    a, b = (f'[[roots]]\npath = "{name}.yaml"\nparameter_files = ["p.json"]\n' for name in "ab")
    files = {
        "a.yaml": TEMPLATE + PARAMETER + GROUP,
        "b.yaml": TEMPLATE + PARAMETER + "Resources:\n" + OTHER.format("!Ref Days"),
        "p.json": '[{"ParameterKey": "Days", "ParameterValue": "0"}]',
    }
    written(tmp_path, files | ({".ecbackup.toml": a + b} if is_in_policy else {}))
    result = run("fix", *([] if is_in_policy else ["--parameter-file", "p.json"]))
    assert "is also used by Db, which is not a cache (b.yaml)" in result.stdout
    assert (tmp_path / "p.json").read_text(encoding="utf-8") == files["p.json"]


WINDOWS = '  snapshot_window = "03:00-04:00"\n  maintenance_window = "mon:03:00-mon:04:00"\n}\n'


@pytest.mark.parametrize("wrong", [{77}, set(range(0, 200, 20)), set(range(200))])
def test_a_few_wrong_edits_among_many_take_a_few_checks(
    wrong: set[int], tmp_path: Path, run: "Run", monkeypatch: pytest.MonkeyPatch
) -> None:
    group = 'resource "aws_elasticache_replication_group" "r{}" {{\n  description = "d"\n'
    text = "".join(
        group.format(index) + (WINDOWS if index in wrong else "}\n") for index in range(200)
    )
    written(tmp_path, {"main.tf": text})
    checked = []

    def counted(*args: object, **given: object) -> object:
        checked.append(args)
        return scan(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr("ecbackup_iac.fixers.fix_plan.scan", counted)
    result = run("fix")
    assert result.stdout.endswith(f"{200 - len(wrong)} fixed, {len(wrong)} skipped\n")
    assert len(checked) <= 6


def test_an_edit_that_terraform_would_reject_is_found_by_bisection(
    tmp_path: Path, run: "Run"
) -> None:
    check = '  validation {\n    condition = var.days < 5\n    error_message = "no"\n  }\n}\n'
    files = {f"{n}/main.tf": NONE + CACHE.format("var.days") for n in range(30)}
    files["17/main.tf"] = NONE.removesuffix("}\n") + check + CACHE.format("var.days")
    written(tmp_path, files)
    result = run("fix")
    assert result.stdout.endswith("29 fixed, 1 skipped\n")
    assert (tmp_path / "17/main.tf").read_text(encoding="utf-8") == files["17/main.tf"]


def test_where_a_later_file_cannot_be_replaced_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(tmp_path / name) for name in ("a.tf", "b.tf")]
    for path in paths:
        Path(path).write_bytes(b"old")
    replace = os.replace

    def refusing(source: str, target: str) -> None:
        if target == paths[1]:
            raise PermissionError(1, "Operation not permitted")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refusing)
    with pytest.raises(OutputError, match=r"b\.tf: cannot be written: .*; nothing was written"):
        output.write_edits(dict.fromkeys(paths, b"old"), dict.fromkeys(paths, b"new"))
    assert {name.name: name.read_bytes() for name in tmp_path.iterdir()} == {
        "a.tf": b"old",
        "b.tf": b"old",
    }
