"""The environment, and what files hold that are no configuration, is in no report of Terragrunt's units."""

from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from terragrunt_cases import CACHE, MODULE, SOURCE, UNIT, Check, component, days, generate, stack

WORD = "hunter2secret"
TEXTS = {
    "the environment": 'get_env("WORD")',
    "a file": 'file("${get_original_terragrunt_dir()}/word.txt")',
}
BELOW = 'include "x" {\n  path = "../x.hcl"\n%s}\n'


def source(value: str) -> str:
    """Return a unit with this source."""
    return f"terraform {{\n  source = {value}\n}}\n"


def arguments(text: str) -> str:
    """Return a unit with extra arguments."""
    block = f'extra_arguments "x" {{\n    commands = ["plan"]\n    {text}\n  }}'
    return SOURCE.replace("\n}", f"\n  {block}\n}}")


def local(value: str) -> str:
    """Return a unit with a local of this value."""
    return f"locals {{\n  x = {value}\n}}\n{SOURCE}"


# Where the text goes: `@@` is the expression.
USES = {
    "the path of an include": SOURCE + 'include "x" {\n  path = @@\n}\n',
    "a part of it": SOURCE + 'include "x" {\n  path = "../${@@}/x.hcl"\n}\n',
    "outside the repository": SOURCE + 'include "x" {\n  path = "/srv/${@@}"\n}\n',
    "merge_strategy": SOURCE + BELOW % "  merge_strategy = @@\n",
    "expose": SOURCE + BELOW % "  expose = @@\n",
    "the source": source("@@"),
    "the source of a folder": source('"../../${@@}"'),
    "a user of the source": source('"git::https://${@@}@example.com/redis.git"'),
    "a query of the source": source('"git::https://example.com/redis.git?ref=${@@}"'),
    "one of two sources": source('get_env("NO") == "x" ? "../../modules//redis" : "../../${@@}"'),
    "if_exists": SOURCE + generate("").replace('"overwrite"', "@@"),
    "the path of a generated file": SOURCE + generate("foo", path="${@@}.tf"),
    "the path of what is unknown": SOURCE + generate('${get_env("NO")}', path="${@@}.tf"),
    "the label of what is generated": SOURCE + "generate = {\n  (@@) = { path = 1 }\n}\n",
    "a generated label": SOURCE + generate(CACHE.replace('"own"', '"${@@}"') % 0),
    "a generated retention": SOURCE + generate(CACHE % '"${@@}"'),
    "a generated reference": SOURCE + generate(CACHE % "local.${@@}"),
    "a generated condition": SOURCE + generate('variable "q" {}\n' + CACHE % 'var.q == "${@@}" ? 7 : 0'),
    "a generated key": SOURCE + generate(CACHE % '0\n  for_each = toset(["${@@}"])'),
    "a generated node type": SOURCE + generate((CACHE % 0).replace("cache.t4g.small", "${@@}")),
    "a generated module": SOURCE + generate('module "redis" {\n  source = "git::https://x.y/${@@}"\n}'),
    "a generated comment": SOURCE + generate("# ecbackup:ignore ${@@}\n" + CACHE % 0),
    "generated variables": SOURCE + generate("days = ${@@}", path="x.auto.tfvars"),
    "find_in_parent_folders": local("find_in_parent_folders(@@)"),
    "read_terragrunt_config": local("read_terragrunt_config(@@)"),
    "read_tfvars_file": local("read_tfvars_file(@@)"),
    "get_env": days("get_env(@@)"),
    "a file": days('file("/srv/${@@}")'),
    "an include's label": SOURCE
    + BELOW % ""
    + BELOW.replace('"x"', '"y"') % ""
    + "inputs = {\n  x = get_parent_terragrunt_dir(@@)\n}\n",
    "an input": days("@@"),
    "a list of inputs": days("[@@]"),
    "all inputs": SOURCE + "inputs = @@\n",
    "required_var_files": arguments('required_var_files = ["${@@}"]'),
    "-var-file": arguments('arguments = ["-var-file=${@@}"]'),
    "-var": arguments('arguments = ["-var", "days=${@@}"]'),
    "env_vars": arguments("env_vars = { TF_VAR_days = @@ }"),
    "exclude": SOURCE + 'exclude {\n  if      = @@\n  actions = ["all"]\n}\n',
    "config_path": SOURCE + 'dependency "x" {\n  config_path = @@\n}\n',
    "a feature": 'feature "x" {\n  default = @@\n}\n' + days("feature.x.value"),
}  # fmt: skip
STACKS = {
    "the source": component("a").replace('"../catalog/redis"', "@@"),
    "the path": component("a", "  values = {\n    days = 0\n  }\n").replace('path   = "a"', "path = @@"),
    "a value": component("a", "  values = {\n    days = @@\n  }\n"),
    "each.key": component(
        "a", "  expansion {\n    for_each = toset([@@])\n  }\n  values = {\n    days = 0\n  }\n"
    ).replace('path   = "a"', "path = each.key"),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("use", [*USES, *(f"stack: {name}" for name in STACKS)])
def test_what_is_hidden_is_in_no_report(
    use: str, text: str, check: Check, run_here: Callable[..., Any]
) -> None:
    files = {"modules/redis/main.tf": MODULE, UNIT: USES.get(use, ""), "live/x.hcl": ""}
    if use.startswith("stack: "):
        files = stack(STACKS[use.removeprefix("stack: ")])
    written = {name: content.replace("@@", TEXTS[text]) for name, content in files.items()}
    assert written != files
    words = dict.fromkeys(("live/word.txt", "live/a/word.txt", "catalog/redis/word.txt"), WORD)
    env = {"WORD": WORD} if text == "the environment" else {}
    outcome = check(written | words, env=env)
    assert outcome.findings or outcome.errors
    shown = [str(outcome.report)]
    shown += [run_here("check", ".", "--format", one).stdout for one in ("text", "html", "sarif")]
    assert not [one for one in shown if WORD in one or "\ue000" in one]


def test_the_words_of_the_configuration_are_shown(check: Check) -> None:
    text = SOURCE + generate(CACHE % '0\n  tags = { Region = "${get_env("WORD")}" }')
    outcome = check({"modules/redis/main.tf": MODULE, UNIT: text}, env={"WORD": WORD})
    addresses = [one["resource"]["address"] for one in outcome.findings]
    assert "aws_elasticache_replication_group.own" in addresses


def test_what_a_report_shows_anyway_is_not_hidden_in_it(check: Check) -> None:
    tags = "Env: prod\nRepository: live\nManagedBy: terragrunt\n"
    files = {
        "root.hcl": f'locals {{\n  x = file("tags.yaml")\n}}\n{generate("# ${local.x}")}',
        "tags.yaml": tags,
        "live/prod/a/terragrunt.hcl": 'include {\n  path = find_in_parent_folders("root.hcl")\n}\n'
        + source('"git::https://example.com/redis.git"'),
    }
    (finding,) = check(files).findings
    assert finding["root"] == "live/prod/a"
    assert "redis.git is not in this repository (Terragrunt would" in finding["message"]


def test_hidden_strings_have_numbers(check: Check) -> None:
    text = SOURCE + 'include "x" {\n  path = "../${get_env("WORD")}"\n}\n'
    outcome = check({"modules/redis/main.tf": MODULE, UNIT: text}, env={"WORD": WORD})
    assert outcome.errors == [
        (
            "live/a/terragrunt.hcl:5: Terragrunt rejects it: "
            "The included file live/a/(hidden 1) does not exist"
        )
    ]


def test_a_file_that_is_there_is_named(check: Check) -> None:
    text = SOURCE + 'include "x" {\n  path = "../${get_env("WORD")}.hcl"\n}\n'
    files = {"modules/redis/main.tf": MODULE, UNIT: text, f"live/{WORD}.hcl": "foo = 1\n"}
    (error,) = check(files, env={"WORD": WORD}).errors
    assert error.startswith(f"live/{WORD}.hcl:1: ")


# How a unit reads a file that is no configuration by its name.
READ = {
    "as variables": SOURCE + 'inputs = jsondecode(read_tfvars_file("../word.env"))\n',
    "as a value": SOURCE
    + 'inputs = {\n  days = read_terragrunt_config("../word.env").locals.days\n}\n',
    "as a parent": SOURCE + BELOW.replace("x.hcl", "word.env") % "",
}
CONTENT = {
    "a variable": f'days = "{WORD}"\n',
    "a local": f'locals {{\n  days = "{WORD}"\n}}\ninputs = {{ days = local.days }}\n',
    "a block": f"{WORD} {{}}\n",
    "a call": f"locals {{\n  days = {WORD}()\n}}\n",
}


@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("read", READ)
def test_no_text_of_a_file_that_is_not_configuration_is_shown(
    read: str, content: str, check: Check, run_here: Callable[..., Any]
) -> None:
    module = MODULE + ("" if 'variable "days"' in MODULE else 'variable "days" {}\n')
    files = {"modules/redis/main.tf": module, UNIT: READ[read], "live/word.env": CONTENT[content]}
    outcome = check(files)
    assert outcome.findings or outcome.errors
    shown = [str(outcome.report)]
    for command in (("check", ".", "-v"), ("check", ".", "--format=sarif"), ("fix", "--diff", ".")):
        result = run_here(*command)
        shown += [result.stdout, result.stderr]
    assert not [one for one in shown if WORD in one]


@pytest.mark.extended
def test_configurations_that_read_each_other_in_a_chain_are_bounded(check: Check) -> None:
    files = {
        f"live/u{n}/terragrunt.hcl": SOURCE
        + f'inputs = read_terragrunt_config("../u{n + 1}/terragrunt.hcl").inputs\n'
        for n in range(300)
    }
    start = process_time()
    outcome = check(files | {"modules/redis/main.tf": MODULE})
    assert process_time() - start < 60
    assert outcome.findings or outcome.errors


def test_the_words_that_join_a_message_are_shown(check: Check) -> None:
    unknown = generate('${get_env("NOT_SET")}', path="y.tf").replace('"x"', '"y"')
    text = SOURCE + generate('# ${get_env("WORD")}') + unknown
    outcome = check(
        {"modules/redis/main.tf": MODULE, UNIT: text}, "--verbose", ".", env={"WORD": "is not set"}
    )
    messages = [one["message"] for one in outcome.report["diagnostics"]]
    assert messages == [
        "the generated file y.tf was not evaluated: the environment variable NOT_SET is not set here"
    ]


def test_a_generated_file_that_is_configuration_already_hides_nothing(check: Check) -> None:
    text = SOURCE + generate("").replace("<<EOF\n\nEOF", 'file("x.tf")')
    files = {"modules/redis/main.tf": MODULE, UNIT: text, "live/a/x.tf": CACHE % 0}
    assert "aws_elasticache_replication_group.own" in {
        one["resource"]["address"] for one in check(files).findings
    }


def test_a_word_of_variables_is_hidden_without_quotes(check: Check) -> None:
    text = f'locals {{\n  x = read_tfvars_file("x.txt")\n}}\n{SOURCE}'
    outcome = check({"modules/redis/main.tf": MODULE, UNIT: text, "live/a/x.txt": f"a = {WORD}\n"})
    assert outcome.errors == [
        "live/a/x.txt:1: Terragrunt rejects it: Invalid reference: a name needs an attribute"
    ]
