"""What is in the folder that a unit is planned in: copied and generated files, unknown ones → verdicts."""

import pytest
from terragrunt_cases import (
    CACHE,
    INPUTS,
    MODULE,
    REFUSED,
    SOURCE,
    UNIT,
    Case,
    Check,
    days,
    generate,
    root,
    unit,
)

UNKNOWN = "unknown snapshot_retention_limit is unknown: "
OVERRIDE = (
    'resource "aws_elasticache_replication_group" "this" {\n  snapshot_retention_limit = %s\n}'
)
EXTRA = 'extra_arguments "x" {\n    commands = ["plan", "apply"]\n    %s\n  }'
DATA = MODULE.replace("var.days", "%s")
NO_CACHE = 'output "x" {\n  value = 1\n}\n'
CALLS = 'variable "days" {\n  default = 7\n}\nmodule "c" {\n  source = "./cache"\n  days   = var.days\n}\n'
X = 'get_env("X")'
PART = "${" + X + "}"
NOT_SET = "the environment variable X is not set here"


def not_evaluated(name: str, why: str = NOT_SET) -> str:
    """Return the message of a cache that a generated file may change."""
    return f"{UNKNOWN}the generated file {name} was not evaluated: {why}"


def depends(what: str, days: int, command: str) -> str:
    """Return the message of a cache whose retention differs between plan and apply."""
    off = "automatic backups are off: snapshot_retention_limit is"
    return f'{UNKNOWN}{what} depends on the command; when the command is "{command}", {off} {days}'


def terraform(more: str, source: str = "../../modules//redis") -> str:
    """Return a terraform block with more than a source."""
    return f'terraform {{\n  source = "{source}"\n  {more}\n}}\n'


def arguments(text: str, commands: str = '["plan", "apply"]') -> str:
    """Return a terraform block with extra_arguments."""
    return terraform(f'extra_arguments "x" {{\n    commands = {commands}\n    {text}\n  }}')


def reads(expression: str, text: str = SOURCE, **files: str) -> dict[str, str]:
    """Return a unit of a module whose retention is an expression with files in it."""
    return unit(text, **{"modules/redis/main.tf": DATA % expression}, **files)


JSON = 'jsondecode(file("${path.module}/d.json")).d'

COPIES = {
    "a file of the unit over that of the module": Case(
        reads(JSON, **{"modules/redis/d.json": '{"d": 7}', "live/a/d.json": '{"d": 0}'}),
        {"live/a": "fail 0"},
    ),
    "a file of the unit alone": Case(
        reads(JSON, **{"live/a/d.json": '{"d": 4}'}), {"live/a": "pass 4"}
    ),
    "a file in a folder of the unit": Case(
        reads(JSON.replace("d.json", "e/d.json"), **{"live/a/e/d.json": '{"d": 4}'}),
        {"live/a": "pass 4"},
    ),
    "fileexists": Case(
        reads('fileexists("${path.module}/d.json") ? 0 : 7', **{"live/a/d.json": ""}),
        {"live/a": "fail 0"},
    ),
    "fileset of both": Case(
        reads(
            'length(fileset(path.module, "*.json"))',
            **{"modules/redis/a.json": "", "live/a/b.json": "", "live/a/.c.json": ""},
        ),
        {"live/a": "pass 2"},
    ),
    "fileset in a folder of both": Case(
        reads(
            'length(fileset("${path.module}/d", "**/*.yaml"))',
            **{
                "modules/redis/d/a.yaml": "",
                "live/a/d/a.yaml": "",
                "live/a/d/e/b.yaml": "",
                "live/a/d/c.yaml": "",
            },
        ),
        {"live/a": "pass 3"},
    ),
    "caches from files of the unit": Case(
        unit(
            SOURCE,
            **{
                "modules/redis/main.tf": (
                    "locals {\n  all = { for f in fileset(path.module, "
                    '"caches/*.yaml") : f => yamldecode(file("${path.module}/${f}")) }\n}\n'
                    'resource "aws_elasticache_replication_group" "this" {\n  for_each = local.all\n'
                    '  replication_group_id = "a"\n  description = "a"\n'
                    '  node_type = "cache.t4g.small"\n  snapshot_retention_limit = each.value.d\n}\n'
                ),
                "live/a/caches/one.yaml": "d: 0\n",
            },
        ),
        {"live/a": "fail 0"},
    ),
    "a hidden file of the module is not copied": Case(
        reads(
            f"try({JSON.replace('d.json', '.d.json')}, 5)", **{"modules/redis/.d.json": '{"d": 0}'}
        ),
        {"live/a": "pass 5"},
    ),
    "a hidden variable file of the module is not copied": Case(
        unit(days("3"), **{"modules/redis/.x.auto.tfvars": "days = 0\n"}), {"live/a": "pass 3"}
    ),
    "a hidden variable file of the unit is not copied": Case(
        unit(days("3"), **{"live/a/.x.auto.tfvars": "days = 0\n"}), {"live/a": "pass 3"}
    ),
    "a hidden variable file beside configuration of its own": Case(
        {"live/a/main.tf": MODULE, "live/a/.x.auto.tfvars": "days = 0\n", UNIT: INPUTS % 3},
        {"live/a": "pass 3"},
    ),
    "include_in_copy": Case(
        unit(
            terraform('include_in_copy = [".x.*"]') + INPUTS % 3,
            **{"live/a/.x.auto.tfvars": "days = 0\n"},
        ),
        {"live/a": "fail 0"},
    ),
    "include_in_copy of a hidden folder": Case(
        reads(
            JSON.replace("d.json", ".e/f/d.json"),
            terraform('include_in_copy = [".e"]'),
            **{"live/a/.e/f/d.json": '{"d": 4}'},
        ),
        {"live/a": "pass 4"},
    ),
    "include_in_copy with stars": Case(
        reads(
            JSON.replace("d.json", "e/.f/d.json"),
            terraform('include_in_copy = ["**/.f/*.json"]'),
            **{"live/a/e/.f/d.json": '{"d": 4}'},
        ),
        {"live/a": "pass 4"},
    ),
    "exclude_from_copy of a file of the unit": Case(
        unit(
            terraform('exclude_from_copy = ["x.auto.tfvars"]') + INPUTS % 3,
            **{"live/a/x.auto.tfvars": "days = 0\n"},
        ),
        {"live/a": "pass 3"},
    ),
    "exclude_from_copy counts from the folder of the source": Case(
        unit(
            terraform('exclude_from_copy = ["redis/x_override.tf", "main.tf"]'),
            **{"modules/redis/x_override.tf": OVERRIDE % 0},
        ),
        {"live/a": "pass 7"},
    ),
    "exclude_from_copy with a choice": Case(
        unit(
            terraform('exclude_from_copy = ["redis/{x,y}_override.tf"]'),
            **{"modules/redis/y_override.tf": OVERRIDE % 0},
        ),
        {"live/a": "pass 7"},
    ),
    "include_in_copy of an included file": Case(
        root(
            terraform('include_in_copy = [".x.auto.tfvars"]'),
            SOURCE + INPUTS % 3,
        )
        | {"live/a/.x.auto.tfvars": "days = 0\n"},
        {"live/a": "fail 0"},
    ),
    "patterns that describe nothing": Case(
        unit(terraform('include_in_copy = ["{a", "[b", "../..", "/etc", ""]') + INPUTS % 3),
        {"live/a": "pass 3"},
    ),
    "a pattern that would be tried for years": Case(
        unit(
            terraform(f'exclude_from_copy = ["{"*a" * 30}c", "redis/**/*x*_o*.tf"]'),
            **{f"modules/redis/{'a' * 250}": "", "modules/redis/x_override.tf": OVERRIDE % 0},
        ),
        {"live/a": "pass 7"},
    ),
    "a pattern that is too long": Case(
        unit(terraform(f'exclude_from_copy = ["{"*a" * 300}"]') + INPUTS % 3),
        {"live/a": f"{UNKNOWN}the patterns of what is copied are not evaluated; in the module "},
    ),
    "patterns that are unknown": Case(
        unit(terraform(f"exclude_from_copy = [{X}]") + INPUTS % 3),
        {"live/a": f"{UNKNOWN}what is copied is unknown: {NOT_SET}; in the module "},
    ),
    "a module in a folder of the unit": Case(
        unit(
            SOURCE,
            **{
                "modules/redis/main.tf": CALLS,
                "live/a/cache/main.tf": MODULE.replace("var.days", "0"),
            },
        ),
        {"live/a": "fail 0"},
    ),
    "a folder of the unit over that of the module": Case(
        unit(
            SOURCE,
            **{
                "modules/redis/main.tf": CALLS,
                "modules/redis/cache/main.tf": MODULE,
                "live/a/cache/x_override.tf": OVERRIDE % 0,
            },
        ),
        {"live/a": "fail 0"},
    ),
    "the same module without the unit's folder": Case(
        unit(
            SOURCE + INPUTS % 3,
            **{
                "modules/redis/main.tf": CALLS,
                "modules/redis/cache/main.tf": MODULE,
                "live/a/cache/x_override.tf": OVERRIDE % 0,
                "live/b/terragrunt.hcl": SOURCE + INPUTS % 3,
            },
        ),
        {"live/a": "fail 0", "live/b": "pass 3"},
    ),
}


def generated(path: str, contents: str, more: str = "", how: str = '"overwrite"') -> str:
    """Return a generate block with expressions."""
    return f'generate "x" {{\n  path = {path}\n  if_exists = {how}\n{more}  contents = {contents}\n}}\n'


TEXT_OVERRIDE = "<<EOF\n" + OVERRIDE % 0 + "\nEOF\n"

GENERATED = {
    "an override": Case(
        unit(SOURCE + generate(OVERRIDE % 0, path="x_override.tf")), {"live/a": "fail 0"}
    ),
    "an override with unknown contents": Case(
        unit(SOURCE + generated('"x_override.tf"', f"file({X})")),
        {"live/a": not_evaluated("x_override.tf") + "; in the module modules/redis it is 7 days"},
    ),
    "a file of the module with unknown contents": Case(
        unit(SOURCE + generated('"main.tf"', f"file({X})")), {"live/a": not_evaluated("main.tf")}
    ),
    "a file of the module with unknown contents, skipped": Case(
        unit(SOURCE + generated('"main.tf"', f"file({X})", how='"skip"')), {"live/a": "pass 7"}
    ),
    "another file with unknown contents": Case(
        unit(SOURCE + generated('"backend.tf"', f"file({X})")), {"live/a": "pass 7"}
    ),
    "a local with a cache and an unknown part": Case(
        unit(
            SOURCE
            + 'locals {\n  text = "resource \\"aws_elasticache_cluster\\" \\"c\\" { x = '
            + PART
            + ' }"\n}\n'
            + generated('"x.tf"', "local.text")
        ),
        {"live/a": "pass 7"},
        errors=(f"live/a/terragrunt.hcl:7: the generated file x.tf was not evaluated: {NOT_SET}",),
    ),
    "a template with a cache and an unknown part": Case(
        unit(
            SOURCE + generated('"x.tf"', f'templatefile("c.tftpl", {{ x = {X} }})'),
            **{"live/a/c.tftpl": CACHE % "${x}"},
        ),
        {"live/a": "pass 7"},
        errors=(f"live/a/terragrunt.hcl:4: the generated file x.tf was not evaluated: {NOT_SET}",),
    ),
    "perhaps disabled": Case(
        unit(SOURCE + generated('"x_override.tf"', TEXT_OVERRIDE, f'  disable = {X} == "y"\n')),
        {"live/a": not_evaluated("x_override.tf")},
        errors=("live/a/terragrunt.hcl:4: the generated file x_override.tf was not evaluated",),
    ),
    "unknown if_exists of a new file": Case(
        unit(SOURCE + generated('"a.auto.tfvars"', '"days = 2"', how=X)), {"live/a": "pass 2"}
    ),
    "unknown if_exists of a file that exists": Case(
        unit(
            SOURCE + generated('"a.auto.tfvars"', '"days = 2"', how=X),
            **{"live/a/a.auto.tfvars": "days = 0\n"},
        ),
        {"live/a": not_evaluated("a.auto.tfvars")},
    ),
    "unknown if_disabled of a file that is enabled": Case(
        unit(SOURCE + generated('"a.auto.tfvars"', '"days = 2"', f"  if_disabled = {X}\n")),
        {"live/a": "pass 2"},
    ),
    "an unknown path": Case(
        unit(SOURCE + generated(f'"{PART}_override.tf"', TEXT_OVERRIDE)),
        {"live/a": f"{UNKNOWN}a generated file was not evaluated: {NOT_SET}; in the module "},
        errors=(f"live/a/terragrunt.hcl:4: a generated file was not evaluated: {NOT_SET}",),
    ),
    "an unknown path of a cache in a module without one": Case(
        unit(
            SOURCE + generated(f'"{PART}.tf"', "<<EOF\n" + CACHE % 0 + "\nEOF\n"),
            **{"modules/redis/main.tf": NO_CACHE},
        ),
        {},
        errors=(f"live/a/terragrunt.hcl:4: a generated file was not evaluated: {NOT_SET}",),
    ),
    "an unknown path of a provider": Case(
        unit(SOURCE + generated(f'"{PART}.tf"', '<<EOF\nprovider "aws" {}\nEOF\n')),
        {"live/a": "pass 7"},
    ),
    "an unknown path of a backend": Case(
        unit(
            SOURCE + 'remote_state {\n  backend = "s3"\n  config = {}\n'
            '  generate = { path = "${get_aws_account_id()}.tf", if_exists = "overwrite" }\n}\n'
        ),
        {"live/a": "pass 7"},
    ),
    "variables with unknown contents": Case(
        unit(SOURCE + generated('"x.auto.tfvars"', f'"days = {PART}"') + INPUTS % 3),
        {"live/a": not_evaluated("x.auto.tfvars")},
    ),
    "variables with unknown contents, below others": Case(
        unit(
            SOURCE + generated('"terraform.tfvars"', f'"days = {PART}"'),
            **{"modules/redis/x.auto.tfvars": "days = 4\n"},
        ),
        {"live/a": "pass 4"},
    ),
    "variables that Terraform does not load": Case(
        unit(SOURCE + generated('"x.tfvars"', '"days = 0"')), {"live/a": "pass 7"}
    ),
    "variables that an argument loads": Case(
        unit(
            terraform(EXTRA % 'arguments = ["-var-file=x.tfvars"]')
            + generated('"x.tfvars"', '"days = 0"')
        ),
        {"live/a": "fail 0"},
    ),
    "data": Case(
        reads(
            JSON, SOURCE + generated('"d.json"', '"{\\"d\\": 4}"', "  disable_signature = true\n")
        ),
        {"live/a": "pass 4"},
    ),
    "data over that of the module": Case(
        reads(
            JSON,
            SOURCE + generated('"d.json"', '"{\\"d\\": 0}"', "  disable_signature = true\n"),
            **{"modules/redis/d.json": '{"d": 7}'},
        ),
        {"live/a": "fail 0"},
    ),
    "data with the signature is no JSON": Case(
        reads(f"try({JSON}, 5)", SOURCE + generated('"d.json"', '"{\\"d\\": 4}"')),
        {"live/a": "pass 5"},
    ),
    "unknown data": Case(
        reads(JSON, SOURCE + generated('"d.json"', X)),
        {"live/a": not_evaluated("d.json")},
    ),
    "unknown data that a fileset describes": Case(
        reads('length(fileset(path.module, "*.json"))', SOURCE + generated('"d.json"', X)),
        {"live/a": not_evaluated("d.json")},
    ),
    "in a folder": Case(
        unit(
            SOURCE + generate(OVERRIDE % 0, path="cache/x_override.tf"),
            **{"modules/redis/main.tf": CALLS, "modules/redis/cache/main.tf": MODULE},
        ),
        {"live/a": "fail 0"},
    ),
    "beside the module": Case(
        unit(
            SOURCE + generate(OVERRIDE % 0, path="../cache/x_override.tf"),
            **{
                "modules/redis/main.tf": CALLS.replace("./cache", "../cache"),
                "modules/cache/main.tf": MODULE,
            },
        ),
        {"live/a": "fail 0"},
    ),
    "disabled and removed": Case(
        unit(
            SOURCE
            + generated('"x_override.tf"', '""', '  disable = true\n  if_disabled = "remove"\n'),
            **{
                "modules/redis/x_override.tf": "# empty\n" + 'variable "days" {\n  default = 0\n}\n'
            },
        ),
        {"live/a": "pass 7"},
    ),
    "removed from the folder of a module that it calls": Case(
        unit(
            SOURCE
            + generate(
                "", path="cache/x_override.tf", more='  disable = true\n  if_disabled = "remove"\n'
            ),
            **{
                "modules/redis/main.tf": CALLS,
                "modules/redis/cache/main.tf": MODULE,
                "modules/redis/cache/x_override.tf": OVERRIDE % 0,
            },
        ),
        {"live/a": "pass 7"},
    ),
    "removed only where Terragrunt made it": Case(
        unit(
            SOURCE
            + generated(
                '"main.tf"', '""', '  disable = true\n  if_disabled = "remove_terragrunt"\n'
            ),
        ),
        {"live/a": REFUSED + "the generated file main.tf already exists"},
        errors=("live/a/terragrunt.hcl:4: the generated file main.tf already exists",),
    ),
    "a way of removing that there is not": Case(
        unit(SOURCE + generated('"x.tf"', '""', '  if_disabled = "delete"\n')),
        {"live/a": REFUSED + 'generate "x": if_disabled is "delete"'},
        errors=('live/a/terragrunt.hcl:4: Terragrunt rejects it: generate "x": if_disabled is',),
    ),
    "two blocks that write one file": Case(
        unit(
            SOURCE
            + generate("days = 3", path="x.auto.tfvars")
            + generate("days = 0", path="./x.auto.tfvars").replace('"x" {', '"y" {')
        ),
        {"live/a": not_evaluated("x.auto.tfvars", "several generate blocks write it")},
    ),
    "two blocks of one path, one of them disabled": Case(
        unit(
            SOURCE
            + generate("days = 3", path="x.auto.tfvars")
            + generate("days = 0", path="x.auto.tfvars", more="  disable = true\n").replace(
                '"x" {', '"y" {'
            )
        ),
        {"live/a": "pass 3"},
    ),
    "as an attribute": Case(
        unit(
            SOURCE
            + 'generate = { x = { path = "x.auto.tfvars", if_exists = "overwrite"\n'
            + '  contents = "days = 2" } }\n'
        ),
        {"live/a": "pass 2"},
    ),
    "as an attribute of which one entry is unknown": Case(
        unit(SOURCE + f"generate = {{ x = jsondecode({X}) }}\n" + INPUTS % 3),
        {"live/a": f"{UNKNOWN}a generated file was not evaluated: {NOT_SET}"},
    ),
    "as an attribute that is unknown": Case(
        unit(SOURCE + f"generate = jsondecode({X})\n" + INPUTS % 3),
        {"live/a": f"{UNKNOWN}a generated file was not evaluated: {NOT_SET}"},
    ),
    "a backend over a file of the module": Case(
        unit(
            SOURCE + 'remote_state {\n  backend = "s3"\n  config = {}\n'
            '  generate = { path = "x_override.tf", if_exists = "overwrite" }\n}\n',
            **{"modules/redis/x_override.tf": 'variable "days" {\n  default = 0\n}\n'},
        ),
        {"live/a": "pass 7"},
    ),
    "a backend over a file of the module, not allowed": Case(
        unit(
            SOURCE + 'remote_state {\n  backend = "s3"\n  config = {}\n'
            '  generate = { path = "main.tf", if_exists = "overwrite_terragrunt" }\n}\n'
        ),
        {"live/a": REFUSED + "the generated file main.tf already exists"},
        errors=("live/a/terragrunt.hcl:4: the generated file main.tf already exists",),
    ),
    "a call of a module in the repository": Case(
        unit(
            SOURCE + generate('module "c" {\n  source = "../cache"\n  days   = 0\n}'),
            **{"modules/redis/main.tf": NO_CACHE, "modules/cache/main.tf": MODULE},
        ),
        {"live/a": "fail 0"},
    ),
    "a call of a module in the repository, by its absolute path": Case(
        {
            "modules/redis/main.tf": MODULE,
            UNIT: generate(
                'module "c" {\n  source = "${get_repo_root()}/modules/redis"\n  days   = 4\n}'
            ),
        },
        {"live/a": "pass 4"},
    ),
    "a call of a missing module, by its absolute path": Case(
        {UNIT: generate('module "c" {\n  source = "${get_repo_root()}//modules/redis"\n}')},
        {"live/a": f"{UNKNOWN}the module was not read: there is no configuration in ../../modules"},
        errors=("live/a/x.tf:1: the module was not read: there is no configuration in ../../mod",),
    ),
    "a call by an absolute path outside the repository": Case(
        {UNIT: generate('module "c" {\n  source = "/opt/redis"\n  days   = 4\n}')},
        {"live/a": f"{UNKNOWN}the module was not read: /opt/redis is not in this repository"},
    ),
    "all of a unit": Case({UNIT: generate(CACHE % 0)}, {"live/a": "fail 0"}),
    "all of a unit, in JSON": Case(
        {
            UNIT: 'generate "x" {\n  path = "x.tf.json"\n  if_exists = "overwrite"\n'
            "  disable_signature = true\n"
            "  contents = jsonencode({ resource = { aws_elasticache_replication_group = { x = {\n"
            '    replication_group_id = "a", description = "a", node_type = "cache.t4g.small"\n'
            "    snapshot_retention_limit = 4\n  } } } })\n}\n"
        },
        {"live/a": "pass 4"},
    ),
}


ARGUMENTS = {
    "env_vars that are unknown": Case(
        unit(arguments(f"env_vars = jsondecode({X})") + INPUTS % 3),
        {"live/a": f"{UNKNOWN}the env_vars of extra_arguments are unknown: {NOT_SET}"},
    ),
    "env_vars with an unknown key": Case(
        unit(arguments(f'env_vars = {{ "TF_VAR_{PART}" = 0 }}') + INPUTS % 3),
        {"live/a": f"{UNKNOWN}the env_vars of extra_arguments are unknown: {NOT_SET}"},
    ),
    "env_vars with an unknown value of another": Case(
        unit(arguments(f"env_vars = {{ TF_VAR_other = {X} }}") + INPUTS % 3), {"live/a": "pass 3"}
    ),
    "env_vars that are unknown, below terraform.tfvars": Case(
        unit(
            arguments(f"env_vars = {{ TF_VAR_days = {X} }}"),
            **{"modules/redis/terraform.tfvars": "days = 4\n"},
        ),
        {"live/a": "pass 4"},
    ),
    "commands that are unknown": Case(
        unit(arguments('arguments = ["-var=days=0"]', f"[{X}]") + INPUTS % 3),
        {"live/a": f"{UNKNOWN}the commands of extra_arguments are unknown: {NOT_SET}"},
    ),
    "commands of which one is unknown, and another is plan": Case(
        unit(arguments('arguments = ["-var=days=0"]', f'["plan", {X}]') + INPUTS % 3),
        {"live/a": f"{UNKNOWN}the commands of extra_arguments are unknown: {NOT_SET}"},
    ),
    "commands that are no list": Case(
        unit(arguments('arguments = ["-var=days=0"]', '"plan"')),
        {"live/a": REFUSED + "commands: a list of strings is required"},
        errors=("live/a/terragrunt.hcl:4: Terragrunt rejects it: commands",),
    ),
    "an unknown argument before another": Case(
        unit(arguments(f'arguments = [{X}, "-var=days=4"]')), {"live/a": "pass 4"}
    ),
    "an unknown value of -var": Case(
        unit(arguments(f'arguments = ["-var", "days={PART}"]')),
        {"live/a": f"{UNKNOWN}the arguments of extra_arguments are unknown"},
    ),
    "an unknown argument behind another": Case(
        unit(arguments(f'arguments = ["-var=days=4", {X}]')),
        {"live/a": f"{UNKNOWN}the arguments of extra_arguments are unknown"},
    ),
    "TF_CLI_ARGS_plan": Case(
        unit(
            arguments("env_vars = { TF_CLI_ARGS_plan = \"-lock=false -var 'days=5'\" }")
            + INPUTS % 0
        ),
        {"live/a": depends("var.days", 0, "apply")},
    ),
    "TF_CLI_ARGS_plan and TF_CLI_ARGS_apply": Case(
        unit(
            arguments(
                'env_vars = { TF_CLI_ARGS_plan = "-var=days=5", TF_CLI_ARGS_apply = "-var=days=5" }'
            )
        ),
        {"live/a": "pass 5"},
    ),
    "of plan alone": Case(
        unit(arguments('arguments = ["-var=days=5"]', '["plan"]') + INPUTS % 0),
        {"live/a": depends("var.days", 0, "apply")},
    ),
    "of plan alone, over a default": Case(
        unit(
            arguments('arguments = ["-var=days=5"]', '["plan"]'),
            **{"modules/redis/main.tf": MODULE.replace("= 7", "= 0")},
        ),
        {"live/a": depends("var.days", 0, "apply")},
    ),
    "of plan alone, over no value": Case(
        unit(
            arguments('arguments = ["-var=days=5"]', '["plan"]'),
            **{"modules/redis/main.tf": MODULE.replace("default = 7", "")},
        ),
        {"live/a": f"{UNKNOWN}var.days has no default and no value"},
    ),
    "of plan alone, and the other way round for apply": Case(
        unit(
            terraform(
                'extra_arguments "p" {\n    commands = ["plan"]\n    arguments = ["-var=days=5"]\n  }\n'
                '  extra_arguments "a" {\n    commands = ["apply"]\n    arguments = ["-var=days=0"]\n  }'
            )
        ),
        {"live/a": depends("var.days", 0, "apply")},
    ),
    "of apply alone": Case(
        unit(arguments('arguments = ["-var=days=5"]', '["apply"]') + INPUTS % 0),
        {"live/a": depends("var.days", 0, "plan")},
    ),
    "of plan alone, where both fail": Case(
        unit(arguments('arguments = ["-var=days=0"]', '["plan"]') + INPUTS % 0),
        {"live/a": "fail 0"},
    ),
    "of plan alone, with nothing about the cache": Case(
        unit(arguments('arguments = ["-out=x.plan", "-lock=false"]', '["plan"]') + INPUTS % 0),
        {"live/a": "fail 0"},
    ),
    "a variable file of plan alone": Case(
        unit(
            arguments('required_var_files = ["x.tfvars"]', '["plan", "destroy"]'),
            **{"live/a/x.tfvars": "days = 0\n"},
        ),
        {"live/a": depends("var.days", 0, "plan")},
    ),
    "env_vars of plan alone": Case(
        unit(arguments("env_vars = { TF_VAR_days = 5 }", '["plan"]') + INPUTS % 0),
        {"live/a": depends("var.days", 0, "apply")},
    ),
    "the workspace of plan alone": Case(
        reads(
            'terraform.workspace == "dev" ? 5 : 0',
            arguments('env_vars = { TF_WORKSPACE = "dev" }', '["plan"]'),
        ),
        {"live/a": f"{UNKNOWN}terraform.workspace is not given (--workspace)"},
    ),
    "the command in an input agrees with the arguments": Case(
        unit(
            arguments('arguments = ["-var=more=5"]', '["plan"]')
            + INPUTS % 'get_terraform_command() == "apply" ? 5 : 0',
            **{
                "modules/redis/main.tf": MODULE.replace("= var.days", "= var.days + var.more")
                + 'variable "more" {\n  default = 0\n}\n'
            },
        ),
        {"live/a": "pass 5"},
    ),
    "TF_CLI_ARGS below the arguments": Case(
        unit(arguments('arguments = ["-var=days=4"]\n env_vars = { TF_CLI_ARGS = "-var=days=0" }')),
        {"live/a": "pass 4"},
    ),
    "TF_CLI_ARGS that is unknown": Case(
        unit(arguments(f"env_vars = {{ TF_CLI_ARGS = {X} }}") + INPUTS % 3),
        {"live/a": f"{UNKNOWN}the arguments of extra_arguments are unknown"},
    ),
    "TF_CLI_ARGS whose quotes are not closed": Case(
        unit(arguments('env_vars = { TF_CLI_ARGS = "-var \'days=0" }')),
        {"live/a": REFUSED + "TF_CLI_ARGS: No closing quotation"},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: TF_CLI_ARGS",),
    ),
    "TF_WORKSPACE": Case(
        reads(
            'terraform.workspace == "dev" ? 0 : 7', arguments('env_vars = { TF_WORKSPACE = "dev" }')
        ),
        {"live/a": "fail 0"},
    ),
    "a required file that only the unit's folder has": Case(
        unit(arguments('required_var_files = ["x.tfvars"]'), **{"live/a/x.tfvars": "days = 2\n"}),
        {"live/a": "pass 2"},
    ),
    "a required file outside of what is copied": Case(
        unit(arguments('required_var_files = ["../../x.tfvars"]'), **{"x.tfvars": "days = 2\n"}),
        {"live/a": REFUSED + "Failed to read variables file: there is no x.tfvars"},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: Failed to read variables file",),
    ),
    "a required file outside of the repository": Case(
        unit(arguments('required_var_files = ["/nowhere/x.tfvars"]') + INPUTS % 3),
        {"live/a": f"{UNKNOWN}a variable file was not read: "},
    ),
    "a required file above configuration of its own": Case(
        {
            "live/a/main.tf": MODULE,
            "live/x.tfvars": "days = 2\n",
            UNIT: terraform(EXTRA % 'required_var_files = ["../x.tfvars"]').replace(
                '  source = "../../modules//redis"\n', ""
            ),
        },
        {"live/a": "pass 2"},
    ),
    "an optional file at a relative path": Case(
        unit(arguments('optional_var_files = ["x.tfvars"]'), **{"live/a/x.tfvars": "days = 2\n"}),
        {"live/a": f"{UNKNOWN}whether x.tfvars is read depends on where Terragrunt runs"},
    ),
    "-var of a variable that there is not": Case(
        unit(arguments('arguments = ["-var=dayz=0"]')),
        {"live/a": REFUSED + "Value for undeclared variable"},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: Value for undeclared variable",),
    ),
    "-var and its value as one argument": Case(
        unit(arguments('arguments = ["-var days=0"]')),
        {"live/a": REFUSED + "flag provided but not defined: -var"},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: flag provided but not defined",),
    ),
}

PUBLISHED = "tfr:///terraform-aws-modules/elasticache/aws?version=1.2.0"
RETENTION = "snapshot_retention_limit"


def published(retention: str = "7", text: str = "", more: str = "", **files: str) -> dict[str, str]:
    """Return a unit of a published module."""
    inputs = f'inputs = {{\n  replication_group_id = "a"\n  {RETENTION} = {retention}\n}}\n'
    return {UNIT: terraform(text, PUBLISHED) + inputs + more, **files}


def elsewhere(
    more: str = "", source: str = "git::https://example.com/vpc.git", **files: str
) -> dict[str, str]:
    """Return a unit of a module of which nothing is known."""
    return {UNIT: terraform("", source) + more, **files}


REMOTE = {
    "TF_VAR_ in the environment": Case(
        published(), {"live/a": "fail 0"}, env={f"TF_VAR_{RETENTION}": "0"}
    ),
    "--var": Case(published(), {"live/a": "fail 0"}, args=(".", "--var", f"{RETENTION}=0")),
    "--var-file": Case(
        published(**{"x.tfvars": f"{RETENTION} = 0\n"}),
        {"live/a": "fail 0"},
        args=(".", "--var-file", "x.tfvars"),
    ),
    "auto.tfvars of the unit": Case(
        published(**{"live/a/x.auto.tfvars": f"{RETENTION} = 0\n"}), {"live/a": "fail 0"}
    ),
    "-var of extra_arguments": Case(
        published(text=EXTRA % f'arguments = ["-var={RETENTION}=0"]'),
        {"live/a": "fail 0"},
    ),
    "-var-file of extra_arguments": Case(
        published(
            text=EXTRA % 'required_var_files = ["${get_terragrunt_dir()}/x.tfvars"]',
            **{"live/a/x.tfvars": f"{RETENTION} = 0\n"},
        ),
        {"live/a": "fail 0"},
    ),
    "env_vars of extra_arguments": Case(
        published(text=EXTRA % f"env_vars = {{ TF_VAR_{RETENTION} = 0 }}"),
        {"live/a": "fail 0"},
    ),
    "an override of the unit": Case(
        published(**{"live/a/x_override.tf": OVERRIDE % 0}), {"live/a": "fail 0"}
    ),
    "a generated override": Case(
        published(more=generate(OVERRIDE % 0, path="x_override.tf")), {"live/a": "fail 0"}
    ),
    "a generated override that is unknown": Case(
        published(more=generated('"x_override.tf"', f"file({X})")),
        {"live/a": not_evaluated("x_override.tf")},
    ),
    "generated variables": Case(
        published(more=generate(f"{RETENTION} = 0", path="terraform.tfvars")), {"live/a": "fail 0"}
    ),
    "a generated provider": Case(
        published(more=generate('provider "aws" {}', path="provider.tf")), {"live/a": "pass 7"}
    ),
    "a generated file in place of the module's own": Case(
        published(more=generate(CACHE % 0, path="main.tf")), {"live/a": "fail 0"}
    ),
    "a text": Case(published('"0"'), {"live/a": "fail 0"}),
    "a null": Case(
        published("null"),
        {"live/a": "fail automatic backups are off: snapshot_retention_limit is not set"},
    ),
    "an input that is unknown": Case(published(X), {"live/a": UNKNOWN + NOT_SET}),
    "an input that the module does not declare": Case(
        published("7\n  nothing = 1"), {"live/a": "pass 7"}
    ),
    "an input that switches the cache off": Case(
        published("0\n  create = false"),
        {"live/a": f"absent {PUBLISHED} creates no cache with these inputs"},
    ),
    "a unit of a stack that is itself elsewhere": Case(
        {
            "live/terragrunt.stack.hcl": 'unit "r" {\n  path = "redis"\n'
            "  values = { snapshot_retention_limit = 7 }\n"
            '  source = "github.com/terraform-aws-modules/terraform-aws-elasticache"\n}\n'
        },
        {"live/.terragrunt-stack/redis": UNKNOWN + "the module was not read"},
    ),
    "excluded": Case(
        published("0", more='exclude {\n  if = true\n  actions = ["all"]\n}\n'),
        {"live/a": "absent the unit is excluded from apply"},
    ),
    "a cache of its own beside a module that was not read": Case(
        elsewhere(**{"live/a/main.tf": CACHE % 0}), {"live/a": "fail 0"}
    ),
    "a cache of its own that uses names of the module": Case(
        elsewhere(**{"live/a/c.tf": CACHE % "local.days"}),
        {
            "live/a": UNKNOWN
            + 'local value: "days" may be declared in git::https://example.com/vpc.git, which was not read'
        },
    ),
    "a generated cache beside a module that was not read": Case(
        elsewhere(generate(CACHE % 4)), {"live/a": "pass 4"}
    ),
}

CASES = {
    f"{kind}: {name}": case
    for kind, cases in {
        "copy": COPIES,
        "generate": GENERATED,
        "extra_arguments": ARGUMENTS,
        "remote": REMOTE,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_unit_is_planned_in_a_folder_of_its_own(name: str, check: Check) -> None:
    check.expect(CASES[name])


def test_unknown_inputs_of_a_published_module_decide_nothing(check: Check) -> None:
    outcome = check(
        {
            UNIT: terraform("", PUBLISHED)
            + f"inputs = merge({{ {RETENTION} = 7 }}, jsondecode({X}))\n"
        }
    )
    assert {one["status"] for one in outcome.findings} == {"unknown"}


IGNORED = "  # ecbackup:ignore known\n  snapshot_retention_limit"


@pytest.mark.parametrize(
    "files",
    [
        unit(
            SOURCE + INPUTS % 0 + generate('provider "aws" {}', path="p.tf"),
            **{"modules/redis/main.tf": MODULE.replace("  snapshot_retention_limit", IGNORED)},
        ),
        unit(
            SOURCE + INPUTS % 0,
            **{
                "modules/redis/main.tf": CALLS,
                "modules/redis/cache/main.tf": MODULE.replace(
                    "  snapshot_retention_limit", IGNORED
                ),
                "live/a/files/x.txt": "",
            },
        ),
        unit(
            SOURCE,
            **{"live/a/x_override.tf": OVERRIDE.replace("  snapshot_retention_limit", IGNORED) % 0},
        ),
        published(
            **{"live/a/x_override.tf": OVERRIDE.replace("  snapshot_retention_limit", IGNORED) % 0}
        ),
    ],
    ids=["beside a generated file", "beside files of the unit", "in a file of the unit", "remote"],
)
def test_comments_suppress_in_what_is_copied(files: dict[str, str], check: Check) -> None:
    outcome = check(files)
    assert [one["status"] for one in outcome.findings] == ["fail"]
    assert outcome.findings[0]["suppression"] is not None


def test_the_remedy_for_a_published_module_is_its_input(check: Check) -> None:
    outcome = check(published("0"))
    assert outcome.findings[0]["remedy"] == f"set {RETENTION} = 7 in live/a/terragrunt.hcl:7"
    outcome = check({UNIT: terraform("", PUBLISHED)})
    remedy = f"add {RETENTION} = 7 to inputs, live/a/terragrunt.hcl:2"
    assert outcome.findings[0]["remedy"] == remedy


@pytest.mark.parametrize(
    "text",
    [
        'env_vars = { TF_CLI_ARGS = "-var ${get_env("ENVIRONMENT")}=1" }',
        'arguments = split(" ", "-var ${get_env("ENVIRONMENT")}=1")',
        'required_var_files = ["/nowhere/${get_env("ENVIRONMENT")}"]',
    ],
)
def test_arguments_from_the_environment_are_not_printed(text: str, check: Check) -> None:
    outcome = check(unit(arguments(text)), env={"ENVIRONMENT": "hunter2"})
    assert [one["status"] for one in outcome.findings] == ["unknown"]
    assert "hunter2" not in str(outcome.report)


def test_the_remedy_names_the_file_that_is_copied_or_generated(check: Check) -> None:
    outcome = check(COPIES["a file of the unit over that of the module"].files)
    assert "live/a/d.json:1" in outcome.findings[0]["remedy"]
    outcome = check(unit(SOURCE + generate("days = 0", path="x.auto.tfvars")))
    assert outcome.findings[0]["remedy"].endswith("Terragrunt generates live/a/x.auto.tfvars")


def test_a_rejected_unit_of_a_published_module_is_unknown(check: Check) -> None:
    outcome = check(published(more="locals {\n  a = local.b\n}\n"))
    assert {one["status"] for one in outcome.findings} == {"unknown"}
    assert len(outcome.errors) == 1


def test_a_unit_reads_a_folder_of_its_own_that_is_not_a_root(check: Check) -> None:
    outcome = check(COPIES["a module in a folder of the unit"].files)
    assert [one["root"] for one in outcome.findings] == ["live/a"]


def map_input(expression: str, value: str) -> dict[str, str]:
    """Return a unit whose input `x` is a map of texts."""
    files = reads(expression, f"{SOURCE}inputs = {{\n  x = {value}\n}}\n")
    files["modules/redis/main.tf"] += 'variable "x" {\n  type = map(string)\n}\n'
    return files


CHOICE = f'terraform {{\n  source = {X} == "y" ? "../../modules//redis" : OTHER\n}}\n'

INPUTS_CASES = {
    "try(values) without a stack": Case(unit(days("try(values.d, 0)")), {"live/a": "fail 0"}),
    "try(values) in an included file, without a stack": Case(
        root(INPUTS % "try(values.d, 4)", SOURCE), {"live/a": "pass 4"}
    ),
    "values in an included file, without a stack": Case(
        root(INPUTS % "values.d", SOURCE),
        {"modules/redis": UNKNOWN + "var.days may be set through live/a/terragrunt.hcl"},
    ),
    "get_env with a number as default": Case(unit(days('get_env("R", 7)')), {"live/a": "pass 7"}),
    "get_env with a list as default": Case(
        unit(days('get_env("R", [7])')),
        {"live/a": REFUSED + "a string is required"},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it: a string is required",),
    ),
    "a template in a key of a map": Case(
        map_input("try(var.x.d, 3)", '{ "$${d}" = 7 }'),
        {"live/a": f"{UNKNOWN}Terraform evaluates a key of it as a template"},
    ),
    "a template in a map is escaped": Case(
        map_input("length(var.x.d)", '{ d = "$${d}" }'), {"live/a": "pass 4"}
    ),
    "a directive in a map is not evaluated": Case(
        map_input("tonumber(var.x.d)", '{ d = "%%{ if true }7%%{ endif }" }'),
        {"live/a": f"{UNKNOWN}Terraform evaluates it as a template"},
    ),
    "a source that is null": Case(
        {"live/a/main.tf": MODULE, UNIT: "terraform {\n  source = null\n}\n" + INPUTS % 0},
        {"live/a": "fail 0"},
    ),
    "a source that is empty": Case(
        {"live/a/main.tf": MODULE, UNIT: 'terraform {\n  source = ""\n}\n' + INPUTS % 3},
        {"live/a": REFUSED + "source: a string is required"},
        errors=("live/a/terragrunt.hcl:2: Terragrunt rejects it: source: a string is required",),
    ),
    "a source of which one choice is unknown": Case(
        unit(
            f'terraform {{\n  source = {X} == "y" ? "../../modules//redis" : get_env("Y")\n}}\n'
            + INPUTS % 3
        ),
        {"live/a": f"{UNKNOWN}the source of its module is unknown: the environment variable Y"},
    ),
    "a source of which both choices are one folder": Case(
        unit(CHOICE.replace("OTHER", '"../../modules/redis"') + INPUTS % 3), {"live/a": "pass 3"}
    ),
    "a source with an unknown query": Case(
        unit(f'terraform {{\n  source = "../../modules//redis?ref={PART}"\n}}\n' + INPUTS % 3),
        {"live/a": "pass 3"},
    ),
    "a source of which one choice is missing": Case(
        unit(
            f'terraform {{\n  source = {X} == "y" ? "../../modules//redis" : "../../no"\n}}\n'
            + INPUTS % 3
        ),
        {"live/a": f"{UNKNOWN}the source of its module is unknown: {NOT_SET}; in the module "},
    ),
}


@pytest.mark.parametrize("name", INPUTS_CASES)
def test_sources_and_inputs_that_may_be_unknown(name: str, check: Check) -> None:
    check.expect(INPUTS_CASES[name])
