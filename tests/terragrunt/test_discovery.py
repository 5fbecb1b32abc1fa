"""Folders with Terragrunt's files → which of them are units, and which modules are no roots of their own."""

import pytest
from terragrunt_cases import (
    CACHE,
    INPUTS,
    MODULE,
    REFUSED,
    ROOT,
    SOURCE,
    Case,
    Check,
    component,
    days,
    generate,
    stack,
    unit,
)

UNKNOWN = "unknown snapshot_retention_limit is unknown: "
SET_BY = UNKNOWN + "var.days may be set through "
VALUES = "  values = {\n    days = %s\n  }\n"
HIDDEN = ".cloud/a/terragrunt.hcl"
PARENT = 'include {\n  path = find_in_parent_folders("terragrunt.hcl")\n}\n'
OWN_CACHE = CACHE % 0


def sourced(source: str) -> dict[str, str]:
    return unit(days("0").replace('"../../modules//redis"', source))


CASES = {
    "a hidden folder": Case(
        {"modules/redis/main.tf": MODULE, HIDDEN: days("0")}, {".cloud/a": "fail 0"}
    ),
    "a hidden folder with configuration of its own": Case(
        {".cloud/a/main.tf": MODULE, HIDDEN: INPUTS % 0}, {".cloud/a": "fail 0"}
    ),
    "a folder of templates for terragrunt scaffold": Case(
        unit(days("3"), **{"modules/redis/.boilerplate/terragrunt.hcl": "source = {{ .Source }}"}),
        {"live/a": "pass 3"},
    ),
    "a parent that is only included, and refused by itself": Case(
        unit(
            PARENT + INPUTS % 0,
            **{
                "live/terragrunt.hcl": 'locals {\n  name = file("${get_terragrunt_dir()}/name.txt")\n}\n'
                'terraform {\n  source = "${get_repo_root()}/modules//${local.name}"\n}\n',
                "live/a/name.txt": "redis",
            },
        ),
        {"live/a": "fail 0"},
    ),
    "a parent whose source is made of the unit's path": Case(
        unit(
            "",
            **{
                "live/terragrunt.hcl": 'terraform {\n  source = "${get_repo_root()}/modules//'
                '${path_relative_to_include()}"\n}\n',
                "live/redis/terragrunt.hcl": PARENT + INPUTS % 0,
                "live/a/terragrunt.hcl": PARENT
                + 'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n',
            },
        ),
        {"live/redis": "fail 0", "live/a": "pass 7"},
    ),
    "a parent with configuration of its own is a unit too": Case(
        unit(
            PARENT + SOURCE + INPUTS % 3,
            **{"live/terragrunt.hcl": INPUTS % 0, "live/main.tf": MODULE},
        ),
        {"live": "fail 0", "live/a": "pass 3"},
    ),
    "a parent with configuration that its units share is none": Case(
        unit(
            PARENT + SOURCE + INPUTS % 3,
            **{
                "live/variables.tf": 'variable "elasticache_size" {\n}\n',
                "live/terragrunt.hcl": 'generate "x" {\n  path = "x.tf"\n  if_exists = "overwrite"\n'
                '  contents = file("${get_parent_terragrunt_dir()}/variables.tf")\n}\n',
            },
        ),
        {"live/a": "pass 3"},
    ),
    "a unit that another unit includes": Case(
        unit(
            days("0"),
            **{
                "live/b/terragrunt.hcl": 'include {\n  path = "../a/terragrunt.hcl"\n}\n'
                + INPUTS % 3
            },
        ),
        {"live/a": "fail 0", "live/b": "pass 3"},
    ),
    "a unit of generated configuration alone": Case(
        {"live/a/terragrunt.hcl": generate(OWN_CACHE)}, {"live/a": "fail 0"}
    ),
    "a unit of configuration that its parent generates": Case(
        {"live/a/terragrunt.hcl": ROOT, "root.hcl": generate(OWN_CACHE)}, {"live/a": "fail 0"}
    ),
    "an unknown source: each module may be meant": Case(
        sourced('run_cmd("x")'),
        {"modules/redis": SET_BY + "live/a/terragrunt.hcl"},
        errors=("live/a/terragrunt.hcl:2: ",),
    ),
    "an unknown source beside a unit that names the module": Case(
        {**sourced('run_cmd("x")'), "live/b/terragrunt.hcl": days("3")},
        {"live/b": "pass 3"},
        errors=("live/a/terragrunt.hcl:2: ",),
    ),
    "an included source whose folder is missing, beside a unit that names the module": Case(
        unit(
            PARENT.replace("terragrunt.hcl", "budgets.hcl"),
            **{
                "live/budgets.hcl": 'locals {\n  source = "${get_repo_root()}/modules//budgets"\n}\n'
                "terraform {\n  source = local.source\n}\n",
                "live/b/terragrunt.hcl": days("3"),
            },
        ),
        {"live/b": "pass 3"},
        errors=("live/budgets.hcl:5: ",),
    ),
    "an unknown part of a source": Case(
        sourced('"../../modules//${run_cmd("x")}"'),
        {"modules/redis": SET_BY + "live/a/terragrunt.hcl"},
        errors=("live/a/terragrunt.hcl:2: ",),
    ),
    "an unknown source whose end names another module": Case(
        sourced('"${run_cmd("x")}//vpc"'),
        {"modules/redis": "pass 7"},
        errors=("live/a/terragrunt.hcl:2: ",),
    ),
    "an unknown query of a remote source": Case(
        sourced('"git::https://example.com/vpc.git?ref=${get_env("REF")}"'),
        {"modules/redis": "pass 7"},
    ),
    "a template without a source that is known": Case(
        unit(
            'terraform {\n  source = "${values.base}//redis?ref=${values.version}"\n}\n'
            + INPUTS % 0
        ),
        {"modules/redis": SET_BY + "live/a/terragrunt.hcl"},
    ),
    "an excluded unit": Case(
        unit(days("0")),
        {"modules/redis": SET_BY + "live/a/terragrunt.hcl"},
        args=(".", "--exclude", "live"),
    ),
    "an excluded file": Case(
        unit(days("0")),
        {"modules/redis": SET_BY + "live/a/terragrunt.hcl"},
        args=(".", "--exclude", "live/a/terragrunt.hcl"),
    ),
    "an excluded unit beside another one": Case(
        unit(days("0"), **{"live/b/terragrunt.hcl": days("3")}),
        {"live/b": "pass 3"},
        args=(".", "--exclude", "live/a"),
    ),
    "an excluded unit of a stack": Case(
        stack(component("a", VALUES % 0) + component("b", VALUES % 3)),
        {"live/.terragrunt-stack/b": "pass 3"},
        args=(".", "--exclude", "live/.terragrunt-stack/a"),
    ),
    "templates alone are no error": Case(
        {
            "catalog/redis/terragrunt.hcl": 'terraform {\n  source = "git::https://example.com/'
            'm.git//redis?ref=${values.version}"\n}\n'
        },
        {},
    ),
    "a template whose placeholders are not filled in": Case(
        unit(SOURCE + INPUTS % "{{ .Days }}"),
        {"modules/redis": SET_BY + "live/a/terragrunt.hcl"},
    ),
    "templates in folders whose names are placeholders": Case(
        unit(
            days("3"),
            **{
                "b/{{ .Name }}/terragrunt.hcl": days("0"),
                "b/{{cookiecutter.env}}/terragrunt.hcl": days("0"),
                "c/{{ .Name }}/terragrunt.stack.hcl": component("x", source="../x"),
                "c/x/terragrunt.hcl": days("0"),
            },
        ),
        {"live/a": "pass 3"},
    ),
    "a template with the placeholder of a source, and one for stacks": Case(
        unit(
            days("3"),
            **{
                "b/terragrunt.hcl": 'terraform {\n  source = "{{ .Source }}"\n}\n',
                "c/terragrunt.stack.hcl": component("x", source="{{ .Source }}"),
            },
        ),
        {"live/a": "pass 3"},
    ),
    "braces in a unit that is refused elsewhere": Case(
        unit(SOURCE + INPUTS % 'local.no\n  text = "{{ .Days }}"'),
        {"live/a": REFUSED + "Reference to undeclared local"},
        errors=("live/a/terragrunt.hcl:5: Terragrunt rejects it",),
    ),
    "an excluded stack": Case(
        stack(component("a", VALUES % 3)),
        {"modules/redis": SET_BY},
        args=(".", "--exclude", "live"),
    ),
    "a template, by its path": Case(
        stack(component("a", VALUES % 0)),
        {"live/.terragrunt-stack/a": "fail 0"},
        args=("catalog/redis",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_units_that_terragrunt_deploys_are_found_and_no_others(name: str, check: Check) -> None:
    check.expect(CASES[name])


@pytest.mark.parametrize("folder", [".git", ".terraform", ".terragrunt-cache", "node_modules"])
def test_in_some_folders_no_unit_is_looked_for(folder: str, check: Check) -> None:
    outcome = check(unit(days("3"), **{f"live/{folder}/b/terragrunt.hcl": days("0")}))
    assert [one["root"] for one in outcome.findings] == ["live/a"]
