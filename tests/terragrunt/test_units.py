"""Units, their modules and their inputs → verdicts. README.md names the source of each rule."""

import pytest
from terragrunt_cases import (
    INPUTS,
    MODULE,
    REFUSED,
    ROOT,
    SOURCE,
    UNIT,
    Case,
    Check,
    days,
    root,
    unit,
)

OWN = {"live/a/main.tf": MODULE}

SOURCES = {
    "a path from the unit": Case(unit(days("3")), {"live/a": "pass 3"}),
    "a path without a double slash": Case(
        unit(days("3").replace("//redis", "/redis")), {"live/a": "pass 3"}
    ),
    "a path without dots": Case(
        {
            "live/a/modules/redis/main.tf": MODULE,
            UNIT: 'terraform {\n  source = "modules/redis"\n}\n',
        },
        {"live/a": "pass 7"},
    ),
    "a path with a query": Case(
        unit(days("3").replace("//redis", "//redis?ref=v1")), {"live/a": "pass 3"}
    ),
    "a path from the top of the repository": Case(
        unit(days("3").replace("../..", "${get_repo_root()}")), {"live/a": "pass 3"}
    ),
    "a path to the top of the repository": Case(
        unit(days("3").replace("../..", "${get_path_to_repo_root()}")), {"live/a": "pass 3"}
    ),
    "a computed path": Case(
        unit(days("3").replace("//redis", '//${basename("x/redis")}')), {"live/a": "pass 3"}
    ),
    "configuration of its own": Case(
        {**OWN, UNIT: "inputs = {\n  days = 2\n}\n"}, {"live/a": "pass 2"}
    ),
    "an empty terraform block and configuration of its own": Case(
        {**OWN, UNIT: "terraform {}\ninputs = { days = 0 }\n"}, {"live/a": "fail 0"}
    ),
    "configuration of its own over that of the module": Case(
        unit(
            days("3"),
            **{"live/a/override.tf": 'variable "days" {\n  default = 1\n}\n'},
        ),
        {"live/a": "pass 3"},
    ),
    "files of its own beside those of the module": Case(
        unit(SOURCE, **{"live/a/days.auto.tfvars": "days = 4\n"}), {"live/a": "pass 4"}
    ),
    "in JSON": Case(
        {
            "modules/redis/main.tf": MODULE,
            "live/a/terragrunt.hcl.json": (
                '{"terraform": {"source": "../../modules//redis"}, "inputs": {"days": 0}}'
            ),
        },
        {"live/a": "fail 0"},
    ),
    "two units of one module": Case(
        unit(days("3"), **{"live/b/terragrunt.hcl": days("0")}),
        {"live/a": "pass 3", "live/b": "fail 0"},
    ),
    "a module that looks like a root itself": Case(
        unit(
            days("3"),
            **{
                "modules/redis/terraform.tf": 'terraform {\n  backend "s3" {}\n}\n'
                'provider "aws" {\n  region = "x"\n}\n',
                "modules/redis/prod.tfvars": "days = 0\n",
            },
        ),
        {"live/a": "pass 3"},
    ),
    "a module that calls another one": Case(
        {
            "modules/redis/main.tf": MODULE,
            "modules/shop/main.tf": (
                'variable "days" {}\nmodule "r" {\n  source = "../redis"\n  days = var.days\n}\n'
            ),
            UNIT: days("5").replace("//redis", "//shop"),
        },
        {"live/a": "pass 5"},
    ),
    "a folder that is missing": Case(
        unit(days("3").replace("//redis", "//valkey")),
        {"modules/redis": "pass 7"},
        errors=(
            "live/a/terragrunt.hcl:2: Terragrunt rejects it: the module was not read: no folder exists at",
        ),
    ),
    "a source that may be remote": Case(
        unit(
            days("3").replace(
                '"../../modules//redis"',
                'get_env("DAYS") == "x" ? "git::https://example.com/m.git//redis" : "../../modules//redis"',
            )
        ),
        {
            "live/a": "unknown snapshot_retention_limit is unknown: the source of its module is unknown: "
            "the environment variable DAYS is not set here; in the module modules/redis it is 3 days"
        },
    ),
    "a source that the environment decides": Case(
        unit(
            days("3").replace(
                '"../../modules//redis"',
                'get_env("DAYS") == "x" ? "git::https://example.com/m.git//redis" : "../../modules//redis"',
            )
        ),
        {"live/a": "pass 3"},
        env={"DAYS": "y"},
    ),
}


INCLUDES = {
    "inputs of the included file": Case(root(INPUTS % 3, SOURCE), {"live/a": "pass 3"}),
    "inputs of both: the unit's win": Case(
        root(INPUTS % 3, SOURCE + INPUTS % 4), {"live/a": "pass 4"}
    ),
    "inputs of both, with other names": Case(
        root("inputs = {\n  other = 1\n}\n", SOURCE + INPUTS % 4), {"live/a": "pass 4"}
    ),
    "a bare include": Case(
        root(INPUTS % 3, SOURCE, 'include {\n  path = "../../root.hcl"\n}\n'), {"live/a": "pass 3"}
    ),
    "the file terragrunt.hcl above": Case(
        unit(
            "include {\n  path = find_in_parent_folders()\n}\n" + SOURCE,
            **{"live/terragrunt.hcl": INPUTS % 2},
        ),
        {"live/a": "pass 2"},
    ),
    "a fallback": Case(
        root(
            INPUTS % 3,
            SOURCE,
            'include "r" {\n  path = find_in_parent_folders("no.hcl", "../../root.hcl")\n}\n',
        ),
        {"live/a": "pass 3"},
    ),
    "the source of the included file, from the unit": Case(
        root('terraform {\n  source = "../../modules//redis"\n}\n' + INPUTS % 3),
        {"live/a": "pass 3"},
    ),
    "the source of both: the unit's wins": Case(
        root('terraform {\n  source = "../../nowhere"\n}\n', SOURCE), {"live/a": "pass 7"}
    ),
    "several includes: the later ones win": Case(
        unit(
            ROOT + 'include "env" {\n  path = "../env.hcl"\n}\n' + SOURCE,
            **{"root.hcl": INPUTS % 3, "live/env.hcl": INPUTS % 5},
        ),
        {"live/a": "pass 5"},
    ),
    "no_merge": Case(
        root(INPUTS % 3, SOURCE, ROOT.replace("\n}", '\n  merge_strategy = "no_merge"\n}')),
        {"live/a": "pass 7"},
    ),
    "shallow": Case(
        unit(
            ROOT.replace("\n}", '\n  merge_strategy = "shallow"\n}')
            + SOURCE
            + "inputs = {\n  cache = { name = 1 }\n}\n",
            **{
                "root.hcl": "inputs = {\n  cache = { days = 3 }\n}\n",
                "modules/redis/main.tf": MODULE.replace("var.days", "try(var.cache.days, 9)")
                + 'variable "cache" {\n  type = map(number)\n}\n',
            },
        ),
        {"live/a": "pass 9"},
    ),
    "deep": Case(
        unit(
            ROOT.replace("\n}", '\n  merge_strategy = "deep"\n}')
            + SOURCE
            + "inputs = {\n  cache = { name = 1 }\n}\n",
            **{
                "root.hcl": "inputs = {\n  cache = { days = 3 }\n}\n",
                "modules/redis/main.tf": MODULE.replace("var.days", "try(var.cache.days, 9)")
                + 'variable "cache" {\n  type = map(number)\n}\n',
            },
        ),
        {"live/a": "pass 3"},
    ),
    "deep: the unit's number wins, even 0": Case(
        root(
            INPUTS % 3, SOURCE + INPUTS % 0, ROOT.replace("\n}", '\n  merge_strategy = "deep"\n}')
        ),
        {"live/a": "fail 0"},
    ),
    "deep: lists are concatenated": Case(
        unit(
            ROOT.replace("\n}", '\n  merge_strategy = "deep"\n}')
            + SOURCE
            + "inputs = {\n  list = [4]\n}\n",
            **{
                "root.hcl": "inputs = {\n  list = [1, 2]\n}\n",
                "modules/redis/main.tf": MODULE.replace("var.days", "length(var.list)")
                + 'variable "list" {\n  type = list(number)\n}\n',
            },
        ),
        {"live/a": "pass 3"},
    ),
    "exposed locals": Case(
        root(
            "locals {\n  keep = 6\n}\n",
            SOURCE + INPUTS % "include.root.locals.keep",
            ROOT.replace("\n}", "\n  expose = true\n}"),
        ),
        {"live/a": "pass 6"},
    ),
    "exposed by a bare include": Case(
        root(
            "locals {\n  keep = 6\n}\n",
            SOURCE + INPUTS % "include.locals.keep",
            'include {\n  path = "../../root.hcl"\n  expose = true\n}\n',
        ),
        {"live/a": "pass 6"},
    ),
    "exposed inputs, not merged": Case(
        root(
            "inputs = {\n  keep = 6\n}\n",
            SOURCE + INPUTS % "include.root.inputs.keep",
            ROOT.replace("\n}", '\n  expose = true\n  merge_strategy = "no_merge"\n}'),
        ),
        {"live/a": "pass 6"},
    ),
    "not exposed": Case(
        root("locals {\n  keep = 6\n}\n", SOURCE + INPUTS % "include.root.locals.keep"),
        {"live/a": REFUSED + 'Unsupported attribute: include has no attribute named "root"'},
        errors=("live/a/terragrunt.hcl:8: Terragrunt rejects it: Unsupported attribute",),
    ),
    "functions in the included file are about the unit": Case(
        root(
            'locals {\n  env = read_terragrunt_config(find_in_parent_folders("env.hcl"))\n}\n'
            + INPUTS % "local.env.locals.days",
            SOURCE,
        )
        | {"live/env.hcl": "locals {\n  days = 8\n}\n"},
        {"live/a": "pass 8"},
    ),
    "a file that is missing": Case(
        unit('include "r" {\n  path = "../../root.hcl"\n}\n' + SOURCE),
        {"live/a": REFUSED + "The included file root.hcl does not exist"},
        errors=(
            "live/a/terragrunt.hcl:2: Terragrunt rejects it: The included file root.hcl does not exist",
        ),
    ),
    "an include inside an include": Case(
        root('include "x" {\n  path = "live/x.hcl"\n}\n', SOURCE),
        {
            "live/a": REFUSED + "Too many levels "
            "of inheritance: root.hcl is included and includes another file itself"
        },
        errors=("root.hcl:1: Terragrunt rejects it: Too many levels of inheritance",),
    ),
    "a merge strategy that there is not": Case(
        root(INPUTS % 3, SOURCE, ROOT.replace("\n}", '\n  merge_strategy = "wide"\n}')),
        {"live/a": REFUSED + "Invalid merge_strategy"},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: Invalid merge_strategy",),
    ),
    "two includes of one label": Case(
        root(INPUTS % 3, SOURCE, ROOT + ROOT),
        {"live/a": REFUSED + "Duplicate include block"},
        errors=("live/a/terragrunt.hcl:4: Terragrunt rejects it: Duplicate include block",),
    ),
}


def local(expression: str, *more: str, **files: str) -> dict[str, str]:
    """Return a unit whose input is a local with this value."""
    lines = "\n  ".join((f"keep = {expression}", *more))
    return unit(f"locals {{\n  {lines}\n}}\n{SOURCE}{INPUTS % 'local.keep'}", **files)


LOCALS = {
    "a local": Case(local("3"), {"live/a": "pass 3"}),
    "a local of a local": Case(local("local.b + 1", "b = 3"), {"live/a": "pass 4"}),
    "a map": Case(local('{ a = 0, b = 3 }["b"]'), {"live/a": "pass 3"}),
    "all locals at once": Case(
        unit("locals {\n  days = 3\n}\n" + SOURCE + "inputs = local\n"), {"live/a": "pass 3"}
    ),
    "merge": Case(
        unit(
            "locals {\n  m = { days = 0 }\n}\n" + SOURCE + "inputs = merge(local.m, { days = 3 })\n"
        ),
        {"live/a": "pass 3"},
    ),
    "undeclared": Case(
        unit(SOURCE + INPUTS % "local.keep"),
        {"live/a": REFUSED + 'Reference to undeclared local: there is no local named "keep"'},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it: Reference to undeclared local",),
    ),
    "a cycle": Case(
        local("local.b", "b = local.keep"),
        {"live/a": REFUSED + "Cycle: local.keep refers to itself"},
        errors=(
            "live/a/terragrunt.hcl:3: Terragrunt rejects it: Cycle: local.keep refers to itself",
        ),
    ),
    "two blocks": Case(
        unit("locals {\n  a = 1\n}\nlocals {\n  b = 2\n}\n" + SOURCE),
        {"live/a": REFUSED + "Duplicate locals block: locals was declared before"},
        errors=("live/a/terragrunt.hcl:4: Terragrunt rejects it: Duplicate locals block",),
    ),
    "a YAML file": Case(
        local(
            'yamldecode(file(find_in_parent_folders("env.yaml"))).days', **{"env.yaml": "days: 0\n"}
        ),
        {"live/a": "fail 0"},
    ),
    "a file beside the unit": Case(
        local('jsondecode(file("env.json")).days', **{"live/a/env.json": '{"days": 2}'}),
        {"live/a": "pass 2"},
    ),
    "a tfvars file": Case(
        local(
            'jsondecode(read_tfvars_file("${get_parent_terragrunt_dir()}/env.tfvars")).days',
            **{"live/a/env.tfvars": "days = 2\n"},
        ),
        {"live/a": "pass 2"},
    ),
    "a tfvars file in JSON": Case(
        local(
            'jsondecode(read_tfvars_file("env.tfvars.json"))["days"]',
            **{"live/a/env.tfvars.json": '{"days": 2}'},
        ),
        {"live/a": "pass 2"},
    ),
    "another configuration": Case(
        local(
            'read_terragrunt_config("../env.hcl").locals.days',
            **{"live/env.hcl": "locals {\n  days = 2\n}\n"},
        ),
        {"live/a": "pass 2"},
    ),
    "the inputs of another configuration": Case(
        local('read_terragrunt_config("../env.hcl").inputs.days', **{"live/env.hcl": INPUTS % 2}),
        {"live/a": "pass 2"},
    ),
    "another configuration that is missing": Case(
        local('read_terragrunt_config("../no.hcl").locals.days'),
        {"live/a": REFUSED + "read_terragrunt_config: no file exists at live/no.hcl"},
        errors=("live/a/terragrunt.hcl:2: Terragrunt rejects it: read_terragrunt_config",),
    ),
    "another configuration with a default": Case(
        local('read_terragrunt_config("../no.hcl", { locals = { days = 4 } }).locals.days'),
        {"live/a": "pass 4"},
    ),
    "configurations that read each other": Case(
        local(
            'read_terragrunt_config("../env.hcl").locals.days',
            **{"live/env.hcl": 'locals {\n  days = read_terragrunt_config("a").locals.keep\n}\n'},
        ),
        {"live/a": REFUSED + "Cycle: local.days refers to itself"},
        errors=("live/env.hcl:2: Terragrunt rejects it: Cycle: local.days refers to itself",),
    ),
    "dependency in a local": Case(
        local("dependency.b.outputs.days"),
        {"live/a": REFUSED + 'Can\'t evaluate expression: a local refers to "dependency.b"'},
        errors=("live/a/terragrunt.hcl:2: Terragrunt rejects it: Can't evaluate expression",),
    ),
}


def same(expression: str, wanted: str, **files: str) -> Case:
    """Return a case in which an expression has this value: then it is 3 days, else 0."""
    return Case(local(f"{expression} == {wanted} ? 3 : 0", **files), {"live/a": "pass 3"})


def unknown(expression: str, why: str) -> Case:
    """Return a case in which an expression is unknown."""
    return Case(
        unit(SOURCE + INPUTS % expression),
        {"live/a": f"unknown snapshot_retention_limit is unknown: {why}"},
    )


FUNCTIONS = {
    "get_terragrunt_dir": same("basename(get_terragrunt_dir())", '"a"'),
    "get_original_terragrunt_dir": same(
        'basename(read_terragrunt_config("../env.hcl").locals.dir)',
        '"a"',
        **{"live/env.hcl": "locals {\n  dir = get_original_terragrunt_dir()\n}\n"},
    ),
    "get_terragrunt_dir of a file that is read": same(
        'basename(read_terragrunt_config("../env.hcl").locals.dir)',
        '"live"',
        **{"live/env.hcl": "locals {\n  dir = get_terragrunt_dir()\n}\n"},
    ),
    "get_path_from_repo_root": same("get_path_from_repo_root()", '"live/a"'),
    "get_path_to_repo_root": same("get_path_to_repo_root()", '"../.."'),
    "get_repo_root": same('"${get_repo_root()}/live/a"', "get_terragrunt_dir()"),
    "path_relative_to_include without one": same("path_relative_to_include()", '"."'),
    "path_relative_to_include": Case(
        root(INPUTS % 'path_relative_to_include() == "live/a" ? 3 : 0', SOURCE),
        {"live/a": "pass 3"},
    ),
    "path_relative_from_include": Case(
        root(INPUTS % 'path_relative_from_include() == "../.." ? 3 : 0', SOURCE),
        {"live/a": "pass 3"},
    ),
    "get_parent_terragrunt_dir": Case(
        root(INPUTS % "get_parent_terragrunt_dir() == get_repo_root() ? 3 : 0", SOURCE),
        {"live/a": "pass 3"},
    ),
    "path_relative_to_include in the path of an include": Case(
        unit(
            'include {\n  path = "${path_relative_to_include()}/../env.hcl"\n}\n' + SOURCE,
            **{"live/env.hcl": INPUTS % "3"},
        ),
        {"live/a": "pass 3"},
    ),
    "a local in the path of an include": Case(
        unit(
            'locals {\n  path = "../env.hcl"\n}\ninclude {\n  path = local.path\n}\n' + SOURCE,
            **{"live/env.hcl": INPUTS % "3"},
        ),
        {"live/a": REFUSED + 'Unknown variable: there is no variable named "local"'},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it: Unknown variable",),
    ),
    "path_relative_to_include of a label": Case(
        unit(
            ROOT
            + 'include "env" {\n  path = "../env.hcl"\n}\n'
            + SOURCE
            + INPUTS % 'path_relative_to_include("env") == "a" ? 3 : 0',
            **{"root.hcl": "", "live/env.hcl": ""},
        ),
        {"live/a": "pass 3"},
    ),
    "path_relative_to_include without a label, of several": Case(
        unit(
            ROOT
            + 'include "env" {\n  path = "../env.hcl"\n}\n'
            + SOURCE
            + INPUTS % "path_relative_to_include()",
            **{"root.hcl": "", "live/env.hcl": ""},
        ),
        {"live/a": REFUSED + "there are several includes: the function needs the label of one"},
        errors=("live/a/terragrunt.hcl:11: Terragrunt rejects it: there are several includes",),
    ),
    "find_in_parent_folders of a folder": same(
        'basename(find_in_parent_folders("modules"))', '"modules"'
    ),
    "find_in_parent_folders of nothing": Case(
        local('find_in_parent_folders("no.hcl")'),
        {
            "live/a": REFUSED + "ParentFileNotFoundError: "
            "no no.hcl in any folder above live/a, up to the top of the repository"
        },
        errors=("live/a/terragrunt.hcl:2: Terragrunt rejects it: ParentFileNotFoundError",),
    ),
    "get_env that is not set": unknown(
        'get_env("DAYS")', "the environment variable DAYS is not set here"
    ),
    "get_env with a default": Case(unit(days('get_env("DAYS", "3")')), {"live/a": "pass 3"}),
    "get_env that is set": Case(
        unit(days('get_env("DAYS", "3")')), {"live/a": "fail 0"}, env={"DAYS": "0"}
    ),
    "get_env with too many arguments": Case(
        unit(days('get_env("a", "b", "c")')),
        {"live/a": REFUSED + "get_env: wrong number of arguments (3)"},
        errors=(
            "live/a/terragrunt.hcl:5: Terragrunt rejects it: get_env: wrong number of arguments",
        ),
    ),
    "run_cmd": unknown('run_cmd("echo", "3")', "run_cmd() runs a command, and nothing is run here"),
    "sops_decrypt_file": unknown(
        'jsondecode(sops_decrypt_file("a.json")).days',
        "sops_decrypt_file() decrypts a file, and nothing is decrypted here",
    ),
    "get_aws_account_id": unknown(
        'get_aws_account_id() == "1" ? 3 : 0',
        "get_aws_account_id() depends on the AWS account; "
        'when live/a/terragrunt.hcl: get_aws_account_id() == "1" is false, '
        "automatic backups are off: snapshot_retention_limit is 0",
    ),
    "get_default_retryable_errors": unknown(
        "length(get_default_retryable_errors())",
        "get_default_retryable_errors() depends on the version of Terragrunt",
    ),
    "get_platform, of one that decides": unknown(
        'get_platform() == "windows" ? 0 : 3',
        'get_platform() depends on where Terragrunt runs; when get_platform() is "windows", '
        "automatic backups are off: snapshot_retention_limit is 0",
    ),
    "get_platform, of one that there is not": same('get_platform() != "plan9"', "true"),
    "get_working_dir": unknown(
        "get_working_dir()", "get_working_dir() depends on where Terragrunt runs"
    ),
    "get_terraform_command, where plan and apply differ": unknown(
        'get_terraform_command() == "plan" ? 3 : 0',
        'get_terraform_command() depends on the command; when the command is "apply", '
        "automatic backups are off: snapshot_retention_limit is 0",
    ),
    "get_terraform_command, where they agree": same(
        'get_terraform_command() == "destroy"', "false"
    ),
    "get_terraform_cli_args": unknown(
        "get_terraform_cli_args()[0]", "get_terraform_cli_args() depends on the command"
    ),
    "get_terraform_commands_that_need_vars": same(
        'contains(get_terraform_commands_that_need_vars(), "plan")', "true"
    ),
    "get_terraform_commands_that_need_locking": same(
        "length(get_terraform_commands_that_need_locking())", "7"
    ),
    "get_terraform_commands_that_need_input": same(
        "get_terraform_commands_that_need_input()[2]", '"init"'
    ),
    "get_terraform_commands_that_need_parallelism": same(
        'join(",", get_terraform_commands_that_need_parallelism())', '"apply,plan,destroy"'
    ),
    "mark_as_read": same('mark_as_read("x.txt")', '"x.txt"'),
    **{
        f"mark_glob_as_read: {pattern}": same(
            f'join(" ", [for one in mark_glob_as_read("{pattern}") : trimprefix(one, get_terragrunt_dir())])',
            f'"{found}"',
            **dict.fromkeys(("live/a/c/x.yml", "live/a/c/d/y.yml", "live/a/c/d.yml"), ""),
        )
        for pattern, found in {
            "c/*.yml": "/c/d.yml /c/x.yml",
            "c/**.yml": "/c/d/y.yml /c/d.yml /c/x.yml",
            "c/**/*.yml": "/c/d/y.yml",  # unlike elsewhere, there has to be a folder
            "c/**/x.yml": "/c/x.yml",  # but not between names without wildcards
            "c/{*,d/[!x]}.yml": "/c/d/y.yml /c/d.yml /c/x.yml",
            "c/x.yml": "/c/x.yml",
            "c/*x*.*y*m*l*": "/c/x.yml",
            "no/*.yml": "",
        }.items()
    },
    "mark_glob_as_read of the outside": unknown(
        'mark_glob_as_read("--terragrunt-boundary=/", "../../../*")[0]',
        ".. is outside the repository",
    ),
    "constraint_check": same('constraint_check("1.5.0", ">= 1.4, < 2.0")', "true"),
    "constraint_check of a version with a v": same('constraint_check("v1.5.0", "~> 1.4")', "true"),
    "constraint_check of no version": Case(
        unit(days('constraint_check("latest", "~> 1.4") ? 3 : 0')),
        {"live/a": REFUSED + "constraint_check: latest is not a version"},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it: constraint_check",),
    ),
    "constraint_check of a pre-release": unknown(
        'constraint_check("1.5.0-rc1", ">= 1.4") ? 3 : 3.5',
        "constraint_check() of a pre-release is not evaluated",
    ),
    "deep_merge": same(
        "deep_merge({ a = { b = 1, l = [1] } }, { a = { c = 2, l = [2] } }).a",
        "{ b = 1, c = 2, l = [1, 2] }",
    ),
    "get_terragrunt_source_cli_flag": same("get_terragrunt_source_cli_flag()", '""'),
    "a function that there is not": Case(
        unit(days("get_nothing()")),
        {"live/a": REFUSED + 'Call to unknown function: there is no function named "get_nothing"'},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it: Call to unknown function",),
    ),
}

SECRETS = 'yamldecode(sops_decrypt_file("secrets.yaml"))'
NOT_READ = (
    "unknown snapshot_retention_limit is unknown: the inputs of the unit are unknown: "
    "sops_decrypt_file() decrypts a file, and nothing is decrypted here"
)

PARTS = {
    "what is merged over unknown ones": Case(
        unit(f"{SOURCE}inputs = merge({SECRETS}, {{ days = 3 }})\n"), {"live/a": "pass 3"}
    ),
    "what unknown ones are merged over": Case(
        unit(f"{SOURCE}inputs = merge({{ days = 3 }}, {SECRETS})\n"), {"live/a": NOT_READ}
    ),
    "the unit's over unknown ones": Case(
        root(f"inputs = {SECRETS}\n", SOURCE + INPUTS % 0), {"live/a": "fail 0"}
    ),
    "unknown ones of the unit": Case(
        root(INPUTS % 3, f"{SOURCE}inputs = {SECRETS}\n"), {"live/a": NOT_READ}
    ),
    "a number over unknown ones, merged deeply": Case(
        root(
            f"inputs = {SECRETS}\n",
            SOURCE + INPUTS % 4,
            ROOT.replace("\n}", '\n  merge_strategy = "deep"\n}'),
        ),
        {"live/a": "pass 4"},
    ),
    "a list over unknown ones, merged deeply": Case(
        root(
            f"inputs = {SECRETS}\n",
            SOURCE + "inputs = {\n  list = [5]\n}\n",
            ROOT.replace("\n}", '\n  merge_strategy = "deep"\n}'),
        )
        | {
            "modules/redis/main.tf": MODULE.replace("var.days", "var.list[0]")
            + 'variable "list" {\n  type = list(number)\n}\n'
        },
        {
            "live/a": "unknown snapshot_retention_limit is unknown: "
            "sops_decrypt_file() decrypts a file, and nothing is decrypted here"
        },
    ),
}

CASES = {
    f"{kind}: {name}": case
    for kind, cases in {
        "source": SOURCES,
        "include": INCLUDES,
        "local": LOCALS,
        "function": FUNCTIONS,
        "inputs": PARTS,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_unit_has_the_verdict_of_its_evaluated_module(name: str, check: Check) -> None:
    check.expect(CASES[name])


def test_a_variable_is_no_remedy_for_a_source_that_is_not_known(check: Check) -> None:
    files = SOURCES["a source that may be remote"].files
    (finding,) = check(files).findings
    assert finding["remedy"].startswith("check a plan: ")
