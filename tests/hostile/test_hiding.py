"""What an attacker writes so that a cache without backups is not seen, or is taken for another one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from measuring import Measured, lay_out, measured

pytestmark = pytest.mark.extended

Checker = Callable[..., Measured]

TYPE = "aws_elasticache_replication_group"


def group(days: str, name: str = "r") -> str:
    """Give a replication group as its text."""
    return (
        f'resource "{TYPE}" "{name}" {{\n  replication_group_id = "a"\n  description = "x"\n'
        f'  node_type = "cache.t3.micro"\n  snapshot_retention_limit = {days}\n}}\n'
    )


ANY = 'variable "foo" {\n  default = null\n}\n'
DAYS = 'variable "days" {\n  default = 7\n}\n'
HIDDEN = group("0").replace('resource "', 'resource"', 1).replace('" "r"', '""r"')

DECOYS = {
    "in a map": 'foo = {\n    source = "./safe"\n  }',
    "in a heredoc": 'foo = <<EOT\n    source = "./safe"\nEOT',
    "in a comment": '/*\n    source = "./safe"\n  */',
}

SOURCES = (
    '/* x */ "./bad"', '("./bad")', '(\n"./bad"\n)', '"${"./bad"}"', 'true ? "./bad" : "x"',
    '"\\u002e/bad"', '"./ba%{ if true }d%{ endif }"', '"./bad${""}"', '["./bad"][0]',
    '{ a = "./bad" }.a',
)  # fmt: skip
"""Ways to write a module's source that `terraform init` takes."""

OTHERWISE = {
    "a comment before the equals sign": {
        "main.tf": 'module "x" {\n  source /* x */ = "./bad"\n  days = 0\n}\n'
    },
    "an escape in a JSON source": {
        "main.tf.json": '{"module": {"x": {"source": "\\u002e/bad", "days": 0}}}'
    },
    "an escape in a JSON key": {
        "main.tf.json": '{"module": {"x": {"\\u0073ource": "./bad", "days": 0}}}'
    },
}

HIDING = {
    "a block whose header has no blanks": 'output "v" {\n value = 1\n }\n' + HIDDEN,
    "the same, behind a provider": 'provider "aws" {\n }\n' + HIDDEN,
    "the same, with braces in comments": 'output "v" {\n # {\n value = 1\n }\n'
    + HIDDEN.replace("\n}", "\n  # }\n}"),
    "a heredoc in an interpolation that begins a comment": (
        'output "a" {\n  value = "${<<EOT\n/*\nEOT\n  }"\n}\n'
        + group("0")
        + 'output "b" {\n  value = "${<<EOT\n*/\nEOT\n  }"\n}\n'
    ),
    "the same, with another block in its place": (
        'output "a" {\n  value = "${<<EOT\n/*\nEOT\n  }"\n}\n'
        + group("0")
        + 'output "b" {\n  value = "${<<EOT\n*/\n'
        + group("7")
        + 'EOT\n  }"\n}\n'
    ),
    "an escape in a type": (  # and no retention is named, either
        group("0")
        .replace("elasticache", "elasti\\u0063ache")
        .replace("  snapshot_retention_limit = 0\n", "")
    ),
    "a local's name that looks like another": (
        "locals {\n  K = 7\n  \u212a = 0\n}\n" + group("local.\u212a")
    ),
    "a variable's name in pieces": (
        'variable "\u00e9" {\n  default = 7\n}\nvariable "e\u0301" {\n  default = 0\n}\n'
        + group("var.e\u0301")
    ),
    "a loop's variable in pieces": group(
        "[for \u00e9 in [7] : [for e\u0301 in [0] : e\u0301][0]][0]"
    ),
}


@pytest.mark.parametrize("decoy", DECOYS)
def test_the_source_is_the_blocks_own(decoy: str, check_files: Checker) -> None:
    call = f'module "x" {{\n  source = "./bad" # c\n  {DECOYS[decoy]}\n}}\n'
    files = {"main.tf": call, "bad/m.tf": ANY + group("0"), "safe/m.tf": ANY + group("7")}
    assert f"FAIL  module.x.{TYPE}.r" in check_files(files).text


@pytest.mark.parametrize("source", SOURCES)
def test_a_call_is_found_however_its_source_is_written(source: str, check_files: Checker) -> None:
    call = f'module "x" {{\n  source = {source}\n  days = 0\n}}\n'
    result = check_files({"main.tf": call, "bad/m.tf": DAYS + group("var.days")})
    assert f"FAIL  module.x.{TYPE}.r" in result.text


@pytest.mark.parametrize("way", OTHERWISE)
def test_a_call_is_found_however_its_block_is_written(way: str, check_files: Checker) -> None:
    result = check_files({**OTHERWISE[way], "bad/m.tf": DAYS + group("var.days")})
    assert f"FAIL  module.x.{TYPE}.r" in result.text


def test_an_unknown_module_source_is_an_error(check_files: Checker) -> None:
    call = 'variable "where" {}\nmodule "x" {\n  source = var.where\n}\n'
    result = check_files({"main.tf": call, "bad/m.tf": group("7")})
    assert (
        "ERROR  main.tf:2:1\n  the module was not read: its source is unknown: var.where"
        in result.text
    )
    assert result.status == 3


@pytest.mark.parametrize("text", HIDING)
def test_a_cache_is_found_however_it_is_hidden(text: str, check_files: Checker) -> None:
    result = check_files({"main.tf": HIDING[text]})
    assert f"FAIL  {TYPE}.r" in result.text
    assert result.status == 1


def test_an_override_is_found_however_it_is_hidden(check_files: Checker) -> None:
    hidden = HIDING["a block whose header has no blanks"].replace('output "v"', 'output "w"')
    files = {"main.tf": group("7") + 'output "w" {\n  value = 1\n}\n', "a_override.tf": hidden}
    assert f"FAIL  {TYPE}.r" in check_files(files).text


def test_a_type_in_json_is_found_however_it_is_written(check_files: Checker) -> None:
    escaped = TYPE.replace("elasticache", "elasti\\u0063ache")
    text = f'{{"resource": {{"{escaped}": {{"r": {{"replication_group_id": "a"}}}}}}}}'
    assert f"FAIL  {TYPE}.r" in check_files({"main.tf.json": text}).text


def test_an_installed_module_is_found_however_it_is_written(check_files: Checker) -> None:
    listed = '{"Modules": [{"Key": "x", "Source": "a/b/c", "Dir": ".terraform/modules/x"}]}'
    files = {
        "main.tf": 'module "x" {\n  source = "a/b/c"\n}\n',
        ".terraform/modules/modules.json": listed,
        ".terraform/modules/x/main.tf": HIDING["an escape in a type"],
    }
    assert f"FAIL  module.x.{TYPE}.r" in check_files(files).text


PUBLISHED = "terraform-aws-modules/elasticache/aws"
FETCHED = {
    "a variable": DAYS,
    "a call that creates nothing": 'module "y" {\n  source = "./y"\n  count = 0\n}\n',
}


@pytest.mark.parametrize("fetched", FETCHED)
def test_a_published_module_that_was_fetched_without_its_caches_is_absent(
    fetched: str, check_files: Checker
) -> None:
    listed = (
        f'{{"Modules": [{{"Key": "x", "Source": "{PUBLISHED}", "Dir": ".terraform/modules/x"}}]}}'
    )
    files = {
        "main.tf": f'module "x" {{\n  source = "{PUBLISHED}"\n}}\n',
        ".terraform/modules/modules.json": listed,
        ".terraform/modules/x/main.tf": FETCHED[fetched],
        ".terraform/modules/x/y/main.tf": group("0"),
    }
    text = check_files(files, "--verbose").text
    assert "ABSENT  module.x\n" in text
    assert "the module that terraform init fetched for this call creates no cache" in text
    files[".terraform/modules/x/main.tf"] += group("null").replace("{", "{\n  count = 0", 1)
    assert "count is 0" in (text := check_files(files, "--verbose").text)
    assert "ABSENT  module.x\n" not in text


def test_a_fetched_module_without_caches_has_the_address_of_its_call(check_files: Checker) -> None:
    listed = f'{{"Key": "outer.x", "Source": "{PUBLISHED}", "Dir": ".terraform/modules/x"}}'
    files = {
        "main.tf": 'module "outer" {\n  source = "./outer"\n}\n',
        "outer/main.tf": f'module "x" {{\n  source = "{PUBLISHED}"\n}}\n',
        ".terraform/modules/modules.json": f'{{"Modules": [{listed}]}}',
        ".terraform/modules/x/main.tf": DAYS,
    }
    assert "ABSENT  module.outer.module.x\n" in check_files(files, "--verbose").text


def test_a_stand_in_of_the_policy_that_makes_no_cache_is_named(check_files: Checker) -> None:
    files = {
        "main.tf": f'module "x" {{\n  source = "{PUBLISHED}"\n}}\n',
        ".ecbackup.toml": f'[[modules]]\nsource = "{PUBLISHED}"\nstand_in = "x.hcl"\n',
        "x.hcl": "locals {}\n",
    }
    assert (
        "described by x.hcl: the module itself was not read" in check_files(files, "--verbose").text
    )


def test_a_tofu_file_replaces_only_the_tf_file_of_its_name(check_files: Checker) -> None:
    files = {"x.tofu.tofu": "locals {\n  a = 1\n}\n", "x.tf.tf": group("0")}
    assert f"FAIL  {TYPE}.r" in check_files(files).text


TOKEN = "AUTHORIZATION: basic eC1hY2Nlc3M"  # noqa: S105 - what a checkout leaves, made up

TEMPLATE = """\
Resources:
  eC1hY2Nlc3M:
    Type: AWS::ElastiCache::CacheCluster
    Properties: {Engine: redis}
"""

# What leads into git's own folder: links, and the files beside them.
GIT = {
    "the workspace": (
        {".terraform/environment": "../.git/environment"},
        {
            "m.tf": "locals {}\n"
            + group("7").replace("{\n", "{\n  for_each = toset([terraform.workspace])\n")
        },
    ),
    "the workspace's folder": (
        {".terraform": ".git"},
        {"m.tf": group("7").replace("{\n", "{\n  for_each = toset([terraform.workspace])\n", 1)},
    ),
    "a variable file": (
        {"x.auto.tfvars": ".git/config"},
        {"m.tf": 'variable "extraheader" {}\n' + group("var.extraheader")},
    ),
    "a module": ({}, {"m.tf": 'module "m" {\n  source = "./.git/m"\n}\n'}),
    "a module behind a link": ({"l": ".git/m"}, {"m.tf": 'module "m" {\n  source = "./l"\n}\n'}),
    "a folder": ({"z": ".git/m"}, {"m.tf": group("7")}),
    "a nested stack": (
        {},
        {
            "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
            "    Properties: {TemplateURL: .git/n.yaml}\n"
        },
    ),
}


@pytest.mark.parametrize("way", GIT)
def test_nothing_that_git_keeps_is_read(way: str, tmp_path: Path) -> None:
    links, files = GIT[way]
    tree = tmp_path / "tree"
    lay_out(
        {
            **files,
            ".git/config": f"extraheader = {TOKEN}\n",
            ".git/environment": "eC1hY2Nlc3M\n",
            ".git/m/main.tf": group("0", "eC1hY2Nlc3M"),
            ".git/m/t.yaml": TEMPLATE,
            ".git/n.yaml": TEMPLATE,
        },
        tree,
    )
    for name, target in links.items():
        (tree / name).parent.mkdir(exist_ok=True)
        os.symlink(target, tree / name)
    result = measured(tree, "-v", "--format", "text", "--format", "json:report.json")
    assert "eC1hY2Nlc3M" not in result.text + result.written["report.json"]
    assert "AUTHORIZATION" not in result.text + result.written["report.json"]


MANY = {
    "sixty folders, each calling the others": {
        f"m{n}/main.tf": "".join(
            f'module "m{k}" {{\n  source = "../m{k}"\n}}\n' for k in range(60) if k != n
        )
        + group("7")
        for n in range(60)
    },
    "sixty modules, each calling the next one twice": {
        f"m{n}/main.tf": "".join(
            f'module "{name}" {{\n  source = "../m{n + 1}"\n}}\n' for name in "ab"
        )
        if n < 60
        else group("7")
        for n in range(61)
    },
}


@pytest.mark.parametrize("name", MANY)
def test_calls_of_calls_are_bounded(name: str, check_files: Checker) -> None:
    result = check_files(MANY[name])
    assert result.status == 3
