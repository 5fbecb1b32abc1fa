"""What reaches the module besides its source: inputs, generated files, arguments, stacks → verdicts."""

import pytest
from terragrunt_cases import (
    CACHE,
    INPUTS,
    MODULE,
    REFUSED,
    ROOT,
    SOURCE,
    UNIT,
    Case,
    Check,
    component,
    days,
    generate,
    root,
    stack,
    unit,
)

UNKNOWN = "unknown snapshot_retention_limit is unknown: "


def typed(kind: str, expression: str, value: str, **files: str) -> dict[str, str]:
    """Return a unit whose input `x`, of a type, makes the retention."""
    module = MODULE.replace("var.days", expression) + f'variable "x" {{\n  type = {kind}\n}}\n'
    return unit(
        f"{SOURCE}inputs = {{\n  x = {value}\n}}\n", **{"modules/redis/main.tf": module}, **files
    )


VARIABLES = {
    "a text for a number": Case(unit(days('"3"')), {"live/a": "pass 3"}),
    "a text that is no number": Case(
        unit(days('"three"')),
        {"live/a": UNKNOWN},
        errors=("live/a/terragrunt.hcl:5: ",),
    ),
    "a number for a text": Case(typed("string", "length(var.x)", "100"), {"live/a": "pass 3"}),
    "a map for a text is JSON": Case(
        typed("string", "jsondecode(var.x).days", "{ days = 4 }"), {"live/a": "pass 4"}
    ),
    "a list for a variable without a type is a text": Case(
        unit(
            SOURCE + "inputs = {\n  x = [1, 2]\n}\n",
            **{
                "modules/redis/main.tf": MODULE.replace("var.days", "length(var.x)")
                + 'variable "x" {}\n',
            },
        ),
        {"live/a": "pass 5"},
    ),
    "a list": Case(typed("list(number)", "var.x[1]", "[1, 2]"), {"live/a": "pass 2"}),
    "an object": Case(
        typed("object({ days = number })", "var.x.days", '{ days = "3", more = 1 }'),
        {"live/a": "pass 3"},
    ),
    "an object with an optional attribute": Case(
        typed("object({ days = optional(number, 5) })", "var.x.days", "{}"), {"live/a": "pass 5"}
    ),
    "a text that is an expression": Case(
        typed("list(number)", "var.x[0]", '"[6]"'), {"live/a": "pass 6"}
    ),
    "a text for any type is an expression": Case(
        typed("any", "var.x", '"6"'), {"live/a": "pass 6"}
    ),
    "an unknown part of a map": Case(
        typed("map(number)", "var.x.days", '{ days = 3, other = run_cmd("x") }'),
        {"live/a": "pass 3"},
    ),
    "a null overrides the default": Case(
        unit(days("null")),
        {"live/a": "fail automatic backups are off: snapshot_retention_limit is not set"},
    ),
    "a null overrides terraform.tfvars": Case(
        unit(days("null"), **{"modules/redis/terraform.tfvars": "days = 3\n"}),
        {"live/a": "fail automatic backups are off: snapshot_retention_limit is not set"},
    ),
    "a null and a later auto.tfvars": Case(
        unit(days("null"), **{"modules/redis/a.auto.tfvars": "days = 3\n"}), {"live/a": "pass 3"}
    ),
    "a null and the environment": Case(
        unit(days("null")),
        {"live/a": "fail automatic backups are off: snapshot_retention_limit is not set"},
        env={"TF_VAR_days": "3"},
    ),
    "the environment over an input": Case(
        unit(days("0")), {"live/a": "pass 3"}, env={"TF_VAR_days": "3"}
    ),
    "terraform.tfvars over both": Case(
        unit(days("0"), **{"modules/redis/terraform.tfvars": "days = 5\n"}),
        {"live/a": "pass 5"},
        env={"TF_VAR_days": "3"},
    ),
    "auto.tfvars over both": Case(
        unit(days("9"), **{"modules/redis/x.auto.tfvars.json": '{"days": 0}'}), {"live/a": "fail 0"}
    ),
    "--var over all": Case(
        unit(days("0"), **{"modules/redis/terraform.tfvars": "days = 5\n"}),
        {"live/a": "pass 2"},
        args=(".", "--var", "days=2"),
    ),
    "an input that the module does not declare": Case(
        unit(SOURCE + "inputs = {\n  dayz = 0\n}\n"), {"live/a": "pass 7"}
    ),
    "inputs that are unknown": Case(
        unit(SOURCE + 'inputs = jsondecode(run_cmd("x"))\n'),
        {"live/a": UNKNOWN + "the inputs of the unit are unknown: run_cmd() runs a command"},
    ),
    "inputs that are no map": Case(
        unit(SOURCE + "inputs = 3\n"),
        {"live/a": REFUSED + "inputs must be a map"},
        errors=("live/a/terragrunt.hcl:4: Terragrunt rejects it: inputs must be a map",),
    ),
    "inputs as a block": Case(
        unit(SOURCE + "inputs {\n  days = 3\n}\n"),
        {"live/a": REFUSED + 'Unsupported block type: blocks of type "inputs"'},
        errors=(
            'live/a/terragrunt.hcl:4: Terragrunt rejects it: Unsupported block type: blocks of type "inputs"',
        ),
    ),
    "an argument that there is not": Case(
        unit(SOURCE + "input = {}\n"),
        {"live/a": REFUSED + 'Unsupported argument: an argument named "input"'},
        errors=(
            'live/a/terragrunt.hcl:4: Terragrunt rejects it: Unsupported argument: an argument named "input"',
        ),
    ),
    "a broken file": Case(
        unit(SOURCE + "inputs = {\n"),
        {"live/a": REFUSED + "Invalid expression"},
        errors=("live/a/terragrunt.hcl:",),
    ),
}


OTHER = {"live/b/vpc.txt": ""}
"""A folder to depend on, without a unit."""


def dependency(expression: str, more: str = "") -> dict[str, str]:
    """Return a unit with a dependency "b", whose input `days` is an expression."""
    block = f'dependency "b" {{\n  config_path = "../b"\n{more}}}\n'
    return unit(block + SOURCE + INPUTS % expression, **OTHER)


OUTPUTS = 'the outputs of dependency "b" are known once it is applied'

DEPENDENCIES = {
    "outputs": Case(dependency("dependency.b.outputs.days"), {"live/a": UNKNOWN + OUTPUTS}),
    "mock_outputs are not trusted": Case(
        dependency("dependency.b.outputs.days", "  mock_outputs = { days = 3 }\n"),
        {"live/a": UNKNOWN + OUTPUTS},
    ),
    "mock_outputs of outputs that are not read": Case(
        dependency(
            "dependency.b.outputs.days", "  skip_outputs = true\n  mock_outputs = { days = 3 }\n"
        ),
        {"live/a": "pass 3"},
    ),
    "mock_outputs of a dependency that is not enabled": Case(
        dependency(
            "dependency.b.outputs.days", "  enabled = false\n  mock_outputs = { days = 3 }\n"
        ),
        {"live/a": "pass 3"},
    ),
    "mock_outputs for some commands": Case(
        dependency(
            "dependency.b.outputs.days",
            "  skip_outputs = true\n  mock_outputs = { days = 3 }\n"
            '  mock_outputs_allowed_terraform_commands = ["validate"]\n',
        ),
        {"live/a": UNKNOWN + OUTPUTS},
    ),
    "outputs that do not decide": Case(
        dependency("3\n  vpc = dependency.b.outputs.vpc"), {"live/a": "pass 3"}
    ),
    "of an included file": Case(
        OTHER
        | root(
            'dependency "b" {\n  config_path = "../b"\n}\n',
            SOURCE + INPUTS % "dependency.b.outputs.days",
        ),
        {"live/a": UNKNOWN + OUTPUTS},
    ),
    "of the unit, in the included file": Case(
        OTHER
        | root(
            INPUTS % "dependency.b.outputs.days",
            SOURCE + 'dependency "b" {\n  config_path = "../b"\n}\n',
        ),
        {"live/a": UNKNOWN + OUTPUTS},
    ),
    "that is repeated": Case(
        OTHER
        | unit(
            'dependency "b" {\n  expansion {\n    for_each = { x = "../b" }\n  }\n'
            "  config_path = each.value\n}\n" + SOURCE + INPUTS % 'dependency.b["x"].outputs.days'
        ),
        {"live/a": UNKNOWN + OUTPUTS},
    ),
    "of an included file that is exposed: its arguments": Case(
        OTHER
        | root(
            'dependency "b" {\n  config_path  = "../b"\n  mock_outputs = { days = 3 }\n}\n',
            SOURCE + INPUTS % "include.root.dependency.b.mock_outputs.days",
            ROOT.replace("\n}", "\n  expose = true\n}"),
        ),
        {"live/a": "pass 3"},
    ),
    "that is not declared": Case(
        unit(SOURCE + INPUTS % "dependency.b.outputs.days"),
        {"live/a": REFUSED + 'Unsupported attribute: dependency has no attribute named "b"'},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it: Unsupported attribute",),
    ),
    "a folder that does not exist": Case(
        unit('dependency "b" {\n  config_path = "../b"\n}\n' + days("3")),
        {"live/a": REFUSED + "there is no folder live/b, which the unit depends on"},
        errors=("live/a/terragrunt.hcl:2: Terragrunt rejects it: there is no folder live/b",),
    ),
    "paths that do not exist": Case(
        unit('dependencies {\n  paths = ["../b"]\n}\n' + days("3")),
        {"live/a": REFUSED + "there is no folder live/b, which the unit depends on"},
        errors=("live/a/terragrunt.hcl:1: Terragrunt rejects it: there is no folder live/b",),
    ),
    "a folder outside the repository": Case(
        unit('dependency "b" {\n  config_path = "/srv/b"\n}\n' + days("3")), {"live/a": "pass 3"}
    ),
    "without a path": Case(
        unit('dependency "b" {\n}\n' + SOURCE),
        {"live/a": REFUSED + 'Missing required argument: dependency "b" needs config_path'},
        errors=("live/a/terragrunt.hcl:1: Terragrunt rejects it: Missing required argument",),
    ),
    "a cycle": Case(
        {
            **dependency("3"),
            "live/b/terragrunt.hcl": 'dependency "a" {\n  config_path = "../a"\n}\n' + SOURCE,
        },
        {
            "live/a": REFUSED + "Cycle: the unit depends on itself",
            "live/b": REFUSED + "Cycle: the unit",
        },
        errors=(
            "live/a/terragrunt.hcl:2: Terragrunt rejects it: Cycle: the unit depends on itself",
            "live/b/terragrunt.hcl:2: Terragrunt rejects it: Cycle: the unit depends on itself",
        ),
    ),
}


NO_VARIABLE = MODULE.partition("}\n")[2]
VARIABLE = 'variable "days" {\n  type    = number\n  default = %s\n}'

GENERATED = {
    "a variable": Case(
        unit(SOURCE + generate(VARIABLE % 4), **{"modules/redis/main.tf": NO_VARIABLE}),
        {"live/a": "pass 4"},
    ),
    "a variable that an input sets": Case(
        unit(
            SOURCE + generate(VARIABLE % 4) + INPUTS % 3, **{"modules/redis/main.tf": NO_VARIABLE}
        ),
        {"live/a": "pass 3"},
    ),
    "in the included file": Case(
        root(generate(VARIABLE % 4), SOURCE) | {"modules/redis/main.tf": NO_VARIABLE},
        {"live/a": "pass 4"},
    ),
    "of two includes, with one label": Case(
        unit(
            ROOT + 'include "env" {\n  path = "../env.hcl"\n}\n' + SOURCE,
            **{
                "modules/redis/main.tf": NO_VARIABLE,
                "root.hcl": generate(VARIABLE % 4),
                "live/env.hcl": generate(VARIABLE % 5),
            },
        ),
        {"live/a": REFUSED + 'Duplicate generate block: generate "x" is in root.hcl too'},
        errors=("live/env.hcl:1: Terragrunt rejects it: Duplicate generate block",),
    ),
    "of both, with one label": Case(
        root(generate(VARIABLE % 4), SOURCE + generate(VARIABLE % 5))
        | {"modules/redis/main.tf": NO_VARIABLE},
        {"live/a": REFUSED + 'Duplicate generate block: generate "x" is in root.hcl too'},
        errors=("live/a/terragrunt.hcl:7: Terragrunt rejects it: Duplicate generate block",),
    ),
    "of both, merged deeply: the unit's wins": Case(
        root(
            generate(VARIABLE % 4),
            SOURCE + generate(VARIABLE % 5),
            ROOT.replace("\n}", '\n  merge_strategy = "deep"\n}'),
        )
        | {"modules/redis/main.tf": NO_VARIABLE},
        {"live/a": "pass 5"},
    ),
    "from a file": Case(
        unit(
            SOURCE
            + 'generate "x" {\n  path = "x.tf"\n  if_exists = "skip"\n  contents = file("x.txt")\n}\n',
            **{"modules/redis/main.tf": NO_VARIABLE, "live/a/x.txt": VARIABLE % 4},
        ),
        {"live/a": "pass 4"},
    ),
    "variables": Case(
        unit(SOURCE + generate("days = 2", path="x.auto.tfvars") + INPUTS % 9), {"live/a": "pass 2"}
    ),
    "a cache": Case({"live/a/main.tf": "", UNIT: generate(CACHE % 0)}, {"live/a": "fail 0"}),
    "overwrite": Case(
        unit(SOURCE + generate(MODULE.replace("7", "1"), path="main.tf")), {"live/a": "pass 1"}
    ),
    "skip": Case(
        unit(SOURCE + generate(MODULE.replace("7", "1"), path="main.tf", how="skip")),
        {"live/a": "pass 7"},
    ),
    "error": Case(
        unit(SOURCE + generate(MODULE, path="main.tf", how="error")),
        {"live/a": REFUSED + "the generated file main.tf already exists (if_exists = error)"},
        errors=("live/a/terragrunt.hcl:4: the generated file main.tf already exists",),
    ),
    "overwrite_terragrunt of a file of its own": Case(
        unit(
            SOURCE + generate(VARIABLE % 2, how="overwrite_terragrunt"),
            **{
                "modules/redis/main.tf": NO_VARIABLE,
                "modules/redis/x.tf": "# Generated by Terragrunt. Sig: nIlQXj57tbuaRZEa\n"
                + VARIABLE % 9,
            },
        ),
        {"live/a": "pass 2"},
    ),
    "overwrite_terragrunt of another file": Case(
        unit(SOURCE + generate(MODULE, path="main.tf", how="overwrite_terragrunt")),
        {"live/a": REFUSED + "the generated file main.tf already exists"},
        errors=("live/a/terragrunt.hcl:4: the generated file main.tf already exists",),
    ),
    "disabled": Case(
        unit(
            SOURCE + generate(MODULE.replace("7", "1"), path="main.tf", more="  disable = true\n")
        ),
        {"live/a": "pass 7"},
    ),
    "an unknown part of a provider": Case(
        unit(
            SOURCE
            + INPUTS % 3
            + generate('provider "aws" {\n  alias  = "b"\n  region = "${get_env("R")}"\n}'),
            **{
                "modules/redis/main.tf": MODULE.replace(
                    "  description", "  provider                 = aws.b\n  description"
                )
            },
        ),
        {"live/a": "pass 3"},
    ),
    "a variable beside an unknown part": Case(
        unit(
            SOURCE + generate(VARIABLE % '${get_env("R")}'),
            **{"modules/redis/main.tf": NO_VARIABLE},
        ),
        {
            "live/a": UNKNOWN
            + "var.days may be declared in the generated x.tf, which is not evaluated"
        },
    ),
    "a cache beside an unknown part": Case(
        unit(SOURCE + INPUTS % 3 + generate(CACHE % '${get_env("R")}')),
        {"live/a": "pass 3"},
        errors=(
            "live/a/terragrunt.hcl:7: the generated file x.tf was not evaluated: the environment variable R",
        ),
    ),
    "without if_exists": Case(
        unit(SOURCE + 'generate "x" {\n  path = "x.tf"\n  contents = ""\n}\n'),
        {
            "live/a": REFUSED
            + 'Missing required argument: generate "x" needs path, if_exists, contents'
        },
        errors=("live/a/terragrunt.hcl:4: Terragrunt rejects it: Missing required argument",),
    ),
    "a backend": Case(
        root(
            'remote_state {\n  backend = "s3"\n  config = {\n    key = path_relative_to_include()\n  }\n'
            '  generate = {\n    path = "backend.tf"\n    if_exists = "overwrite"\n  }\n}\n',
            SOURCE,
        ),
        {"live/a": "pass 7"},
    ),
}


def extra(text: str, commands: str = '["plan", "apply"]', more: str = "") -> str:
    """Return a terraform block with extra_arguments for some commands."""
    return (
        'terraform {\n  source = "../../modules//redis"\n  extra_arguments "x" {\n'
        f"    commands = {commands}\n    {text}\n  }}\n{more}}}\n"
    )


EXTRA = {
    "-var": Case(unit(extra('arguments = ["-var=days=3"]') + INPUTS % 0), {"live/a": "pass 3"}),
    "-var in two": Case(unit(extra('arguments = ["-var", "days=3"]')), {"live/a": "pass 3"}),
    "-var-file": Case(
        unit(
            extra('arguments = ["-lock=false", "-var-file=${get_terragrunt_dir()}/x.tfvars"]')
            + INPUTS % 0,
            **{"live/a/x.tfvars": "days = 3\n"},
        ),
        {"live/a": "pass 3"},
    ),
    "-var over auto.tfvars": Case(
        unit(extra('arguments = ["-var=days=3"]'), **{"modules/redis/x.auto.tfvars": "days = 0\n"}),
        {"live/a": "pass 3"},
    ),
    "required_var_files": Case(
        unit(
            extra('required_var_files = ["${get_terragrunt_dir()}/x.tfvars"]'),
            **{"live/a/x.tfvars": "days = 3\n"},
        ),
        {"live/a": "pass 3"},
    ),
    "required_var_files that are missing": Case(
        unit(extra('required_var_files = ["${get_terragrunt_dir()}/x.tfvars"]')),
        {"live/a": REFUSED + "Failed to read variables file: there is no x.tfvars"},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: Failed to read variables file",),
    ),
    "optional_var_files": Case(
        unit(
            extra('optional_var_files = ["no.tfvars", "${get_terragrunt_dir()}/x.tfvars"]'),
            **{"live/a/x.tfvars": "days = 3\n"},
        ),
        {"live/a": "pass 3"},
    ),
    "env_vars": Case(
        unit(extra("env_vars = { TF_VAR_days = 3 }") + INPUTS % 0),
        {"live/a": "pass 3"},
        env={"TF_VAR_days": "1"},
    ),
    "env_vars below terraform.tfvars": Case(
        unit(
            extra("env_vars = { TF_VAR_days = 3 }"),
            **{"modules/redis/terraform.tfvars": "days = 4\n"},
        ),
        {"live/a": "pass 4"},
    ),
    "of other commands": Case(
        unit(extra('arguments = ["-var=days=3"]', '["destroy"]') + INPUTS % 0), {"live/a": "fail 0"}
    ),
    "of the commands that need variables": Case(
        unit(extra('arguments = ["-var=days=3"]', "get_terraform_commands_that_need_vars()")),
        {"live/a": "pass 3"},
    ),
    "of the included file": Case(
        unit(ROOT + SOURCE, **{"root.hcl": extra('arguments = ["-var=days=3"]')}),
        {"live/a": "pass 3"},
    ),
    "of two includes: the later ones come last": Case(
        unit(
            ROOT + 'include "env" {\n  path = "../env.hcl"\n}\n' + SOURCE,
            **{
                "root.hcl": extra('arguments = ["-var=days=2"]'),
                "live/env.hcl": extra('arguments = ["-var=days=3"]').replace('"x"', '"own"'),
            },
        ),
        {"live/a": "pass 3"},
    ),
    "of both, with one label: the unit's": Case(
        unit(
            ROOT + extra('arguments = ["-var=days=2"]'),
            **{"root.hcl": extra('arguments = ["-var=days=3"]')},
        ),
        {"live/a": "pass 2"},
    ),
    "of both, with two labels: the unit's come last": Case(
        unit(
            ROOT + extra('arguments = ["-var=days=2"]').replace('"x"', '"own"'),
            **{"root.hcl": extra('arguments = ["-var=days=3"]')},
        ),
        {"live/a": "pass 2"},
    ),
    "an unknown file": Case(
        unit(extra('required_var_files = ["${get_env("ENVIRONMENT")}.tfvars"]') + INPUTS % 3),
        {"live/a": UNKNOWN + "the arguments of extra_arguments are unknown"},
    ),
    "without commands": Case(
        unit(SOURCE.replace("}\n", '  extra_arguments "x" {\n  }\n}\n')),
        {"live/a": REFUSED + 'Missing required argument: extra_arguments "x" needs commands'},
        errors=("live/a/terragrunt.hcl:3: Terragrunt rejects it: Missing required argument",),
    ),
}


def exclude(condition: str, actions: str = '["all"]') -> str:
    return f"exclude {{\n  if      = {condition}\n  actions = {actions}\n}}\n"


EXCLUDED = "absent the unit is excluded from apply"

EXCLUSIONS = {
    "all": Case(unit(days("0") + exclude("true")), {"live/a": EXCLUDED}),
    "apply": Case(unit(days("0") + exclude("true", '["plan", "apply"]')), {"live/a": EXCLUDED}),
    "all_except_output": Case(
        unit(days("0") + exclude("true", '["all_except_output"]')), {"live/a": EXCLUDED}
    ),
    "destroy": Case(unit(days("0") + exclude("true", '["destroy"]')), {"live/a": "fail 0"}),
    "actions that are unknown": Case(
        unit(days("0") + exclude("true", '[get_env("ENVIRONMENT")]')), {"live/a": "fail 0"}
    ),
    "if it is false": Case(unit(days("0") + exclude("false")), {"live/a": "fail 0"}),
    "if it is a text": Case(unit(days("0") + exclude('"true"')), {"live/a": EXCLUDED}),
    "if it is unknown": Case(
        unit(days("0") + exclude('run_cmd("x") == "y"')), {"live/a": "fail 0"}
    ),
    "of the included file": Case(root(exclude("true"), SOURCE), {"live/a": EXCLUDED}),
    "of both: the unit's": Case(
        root(exclude("true"), SOURCE + exclude("false")), {"live/a": "pass 7"}
    ),
    "skip": Case(unit(days("0") + "skip = true\n"), {"live/a": EXCLUDED}),
    "by a feature": Case(
        unit(days("0") + 'feature "off" {\n  default = false\n}\n' + exclude("feature.off.value")),
        {"live/a": "fail 0"},
    ),
    "by a feature that is given": Case(
        unit(days("0") + 'feature "off" {\n  default = false\n}\n' + exclude("feature.off.value")),
        {"live/a": EXCLUDED},
        env={"TG_FEATURE": "other=1,off=true"},
    ),
    "a feature in the inputs": Case(
        unit('feature "n" {\n  default = 4\n}\n' + days("feature.n.value")), {"live/a": "pass 4"}
    ),
    "a feature of the included file": Case(
        root('feature "n" {\n  default = 4\n}\n', days("feature.n.value")), {"live/a": "pass 4"}
    ),
    "a feature without a default": Case(
        unit('feature "n" {\n}\n' + days("feature.n.value")),
        {"live/a": REFUSED + 'Missing required argument: feature "n" needs default'},
        errors=("live/a/terragrunt.hcl:1: Terragrunt rejects it: Missing required argument",),
    ),
    "two units of one module, one of them excluded": Case(
        unit(days("0") + exclude("true"), **{"live/b/terragrunt.hcl": days("3")}),
        {"live/b": "pass 3"},
    ),
}


VALUES = "  values = {\n    days = %s\n  }\n"
GENERATED_ROOT = "live/.terragrunt-stack"

STACKS = {
    "a unit": Case(stack(component("a", VALUES % 3)), {f"{GENERATED_ROOT}/a": "pass 3"}),
    "two units of one template": Case(
        stack(component("a", VALUES % 3) + component("b", VALUES % 0)),
        {f"{GENERATED_ROOT}/a": "pass 3", f"{GENERATED_ROOT}/b": "fail 0"},
    ),
    "no_dot_terragrunt_stack": Case(
        stack(component("a", VALUES % 3 + "  no_dot_terragrunt_stack = true\n")),
        {"live/a": "pass 3"},
    ),
    "locals": Case(
        stack("locals {\n  n = 3\n}\n" + component("a", VALUES % "local.n")),
        {f"{GENERATED_ROOT}/a": "pass 3"},
    ),
    "functions of the unit count from where it is generated": Case(
        stack(
            component("a"),
            **{
                "catalog/redis/terragrunt.hcl": (
                    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
                    'terraform {\n  source = "../../../modules//redis"\n}\n'
                ),
                "live/root.hcl": INPUTS
                % 'path_relative_to_include() == ".terragrunt-stack/a" ? 3 : 0',
            },
        ),
        {f"{GENERATED_ROOT}/a": "pass 3"},
    ),
    "files beside the template are copied": Case(
        stack(
            component("a"),
            **{
                "catalog/redis/terragrunt.hcl": (
                    'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n'
                    + INPUTS % 'jsondecode(file("x.json")).days'
                ),
                "catalog/redis/x.json": '{"days": 4}',
            },
        ),
        {f"{GENERATED_ROOT}/a": "pass 4"},
    ),
    "try(values)": Case(
        stack(
            component("a"),
            **{
                "catalog/redis/terragrunt.hcl": (
                    'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n'
                    + INPUTS % "try(values.days, 5)"
                )
            },
        ),
        {f"{GENERATED_ROOT}/a": "pass 5"},
    ),
    "a stack in a stack": Case(
        stack(
            component("s", VALUES % 6, kind="stack", source="../catalog/stack"),
            **{
                "catalog/stack/terragrunt.stack.hcl": component(
                    "a", VALUES % "values.days", source="${get_repo_root()}/catalog/redis"
                )
            },
        ),
        {f"{GENERATED_ROOT}/s/.terragrunt-stack/a": "pass 6"},
    ),
    "a file of values beside the unit": Case(
        unit(SOURCE + INPUTS % "values.days", **{"live/a/terragrunt.values.hcl": "days = 2\n"}),
        {"live/a": "pass 2"},
    ),
    "for_each": Case(
        stack(
            'unit "r" {\n  expansion {\n    for_each = { a = 1, b = 0 }\n  }\n  source = "../catalog/redis"\n'
            "  path   = each.key\n  values = {\n    days = each.value\n  }\n}\n"
        ),
        {f"{GENERATED_ROOT}/a": "pass 1", f"{GENERATED_ROOT}/b": "fail 0"},
    ),
    "not enabled": Case(
        stack(component("a", VALUES % 0 + "  enabled = false\n") + component("b", VALUES % 3)),
        {f"{GENERATED_ROOT}/b": "pass 3"},
    ),
    "an included file": Case(
        stack(
            'include "more" {\n  path = "more.hcl"\n}\n' + component("a", VALUES % 3),
            **{"live/more.hcl": component("b", VALUES % 0)},
        ),
        {f"{GENERATED_ROOT}/a": "pass 3", f"{GENERATED_ROOT}/b": "fail 0"},
    ),
    "no_validation of a folder that is no unit": Case(
        stack(
            component("x", "  no_validation = true\n", source="../catalog")
            + component("a", VALUES % 3)
        ),
        {f"{GENERATED_ROOT}/a": "pass 3"},
    ),
    "the path of another unit": Case(
        stack(
            component("a", '  values = {\n    days = basename(unit.a.path) == "a" ? 3 : 0\n  }\n')
        ),
        {f"{GENERATED_ROOT}/a": "pass 3"},
    ),
    "a value that the template needs and that is missing": Case(
        stack(component("a", "  values = {}\n")),
        {
            f"{GENERATED_ROOT}/a": REFUSED
            + 'Unsupported attribute: values has no attribute named "days"'
        },
        errors=("catalog/redis/terragrunt.hcl:5: Terragrunt rejects it: Unsupported attribute",),
    ),
    "a source that is missing": Case(
        stack(component("a", source="../catalog/no") + component("b", VALUES % 3)),
        {f"{GENERATED_ROOT}/b": "pass 3"},
        errors=("live/terragrunt.stack.hcl:1: Terragrunt rejects it: the module was not read",),
    ),
    "a path that leads outside": Case(
        stack(
            component("a", VALUES % 3).replace('path   = "a"', 'path   = "../../a"')
            + component("b", VALUES % 3)
        ),
        {f"{GENERATED_ROOT}/b": "pass 3"},
        errors=("live/terragrunt.stack.hcl:1: Terragrunt rejects it: the path of unit a",),
    ),
    "a template that no stack uses": Case(
        {key: text for key, text in stack("").items() if "stack" not in key},
        {
            "modules/redis": "unknown snapshot_retention_limit is unknown: var.days may be set through "
            "catalog/redis/terragrunt.hcl"
        },
    ),
}

UNREAD = f"{UNKNOWN}the module was not read: git::https://example.com/acme/modules.git//"


def remote(module: str) -> str:
    """Return the text of a unit whose module is in another repository."""
    return f'{ROOT}terraform {{\n  source = "git::https://example.com/acme/modules.git//{module}"\n}}\n'


def shared(units: dict[str, str]) -> dict[str, str]:
    """Return units that inherit the node type of a cache."""
    return {
        "root.hcl": 'inputs = {\n  redis_instance_type = "cache.t4g.small"\n}\n',
        **{f"{folder}/terragrunt.hcl": text for folder, text in units.items()},
    }


NO_USER = "the environment variable CI_USER is not set here"


def with_token(module: str) -> dict[str, str]:
    """Return a unit whose module is fetched with a token that is not set here."""
    return {
        "root.hcl": 'locals {\n  base = "git::https://ci:${get_env("CI_USER")}@example.com/acme"\n}\n',
        UNIT: ROOT.replace("\n}", "\n  expose = true\n}")
        + f'terraform {{\n  source = "${{include.root.locals.base}}/modules.git//{module}?ref=v1"\n}}\n',
    }


REMOTE = {
    "a module that is fetched with a token which is not set": Case(
        with_token("redis"), {"live/a": f"{UNKNOWN}the source of its module is unknown: {NO_USER}"}
    ),
    "another module that is fetched with a token which is not set": Case(with_token("s3"), {}),
    "a unit of an unknown version": Case(
        {
            "live/terragrunt.stack.hcl": component(
                "a", source='git::https://example.com/acme/units.git//redis?ref=${get_env("V")}'
            )
        },
        {f"{GENERATED_ROOT}/a": f"{UNKNOWN}the module was not read: git::https://example.com/acme"},
    ),
    "a published module": Case(
        {
            UNIT: 'terraform {\n  source = "tfr:///terraform-aws-modules/elasticache/aws?version=1.2.0"\n}\n'
            'inputs = {\n  replication_group_id = "a"\n  snapshot_retention_limit = 3\n}\n'
        },
        {"live/a": "pass 3"},
    ),
    "a published module without backups": Case(
        {
            UNIT: 'terraform {\n  source = "tfr:///terraform-aws-modules/elasticache/aws?version=1.2.0"\n}\n'
            'inputs = {\n  replication_group_id = "a"\n  snapshot_retention_limit = 0\n}\n'
        },
        {"live/a": "fail 0"},
    ),
    "a module that looks like a cache": Case(
        {
            UNIT: 'terraform {\n  source = "git::https://example.com/acme/modules.git//redis?ref=v1"\n}\n'
            + INPUTS % 3
        },
        {
            "live/a": UNKNOWN
            + "the module was not read: git::https://example.com/acme/modules.git//redis?ref=v1"
        },
    ),
    "a module of a unit that is excluded": Case(
        {
            UNIT: 'terraform {\n  source = "git::https://example.com/acme/modules.git//redis?ref=v1"\n}\n'
            + exclude("true")
        },
        {"live/a": EXCLUDED},
    ),
    "another module": Case(
        {
            UNIT: 'terraform {\n  source = "git::https://example.com/acme/modules.git//vpc?ref=v1"\n}\n'
        },
        {},
    ),
    "another module, which inherits the node type of the cache": Case(
        shared({"live/a": remote("s3"), "live/b": remote("redis")}), {"live/b": UNREAD}
    ),
    "another module, which inherits it from YAML": Case(
        {
            **shared({"live/a": remote("s3"), "live/b": remote("redis")}),
            "root.hcl": 'inputs = yamldecode(file("${get_parent_terragrunt_dir()}/env.yaml"))\n',
            "env.yaml": "redis_instance_type: cache.t4g.small\n",
        },
        {"live/b": UNREAD},
    ),
    "another module, which inherits what the cache has of its own": Case(
        shared(
            {
                "live/a": remote("s3"),
                "live/b": remote("redis")
                + 'inputs = {\n  redis_instance_type = "cache.m7g.large"\n}\n',
            }
        ),
        {"live/b": UNREAD},
    ),
    "another module, which inherits the node type of a cache in the repository": Case(
        {
            **shared({"live/a": remote("s3"), "live/b": ROOT + SOURCE}),
            "modules/redis/main.tf": MODULE,
        },
        {"live/b": "pass 7"},
    ),
    "a module that is given the node type of a cache, and no other is one": Case(
        shared({"live/a": remote("s3"), "live/b": remote("store")}),
        {"live/a": UNREAD, "live/b": UNREAD},
    ),
    "a module whose unit names the node type itself": Case(
        shared(
            {
                "live/a": remote("platform").replace('t.hcl")', 't.hcl")\n  expose = true')
                + "inputs = {\n  redis_instance_type = include.root.inputs.redis_instance_type\n}\n",
                "live/b": remote("redis"),
            }
        ),
        {"live/a": UNREAD, "live/b": UNREAD},
    ),
}

CASES = {
    f"{kind}: {name}": case
    for kind, cases in {
        "variable": VARIABLES,
        "dependency": DEPENDENCIES,
        "generate": GENERATED,
        "extra_arguments": EXTRA,
        "exclude": EXCLUSIONS,
        "stack": STACKS,
        "remote": REMOTE,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_what_reaches_the_module_decides_the_verdict(name: str, check: Check) -> None:
    check.expect(CASES[name])
