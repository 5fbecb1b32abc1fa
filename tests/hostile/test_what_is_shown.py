"""What an output may show: days, engines, node types and windows, and texts that the code itself holds."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from configuration_inputs import cache
from measuring import lay_out

from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from conftest import Result

Run = Callable[..., "Result"]

WORD = "hunter2secret"
LETTERS = ("hunter", "secret")  # a part of it is as good

VARIABLE = 'variable "s" {}\n'
EACH = cache("0").replace("engine", "for_each = EACH\n  engine")


def each(collection: str, more: str = "") -> dict[str, str]:
    return {"main.tf": EACH.replace("EACH", collection) + more}


def template(body: str, more: str = "") -> dict[str, str]:
    stack = (
        'resource "aws_cloudformation_stack" "s" {\n  name = "s"\n  template_body = BODY\n}\n'
        'resource "aws_cloudformation_stack" "u" {\n  name = "u"\n'
        '  template_url = "https://x/redis/${var.s}.yaml"\n}\n'
    )
    return {"main.tf": stack.replace("BODY", body) + VARIABLE + more}


# What the environment gives → the configuration that wants to see it printed.
OF_THE_ENVIRONMENT = {
    "the retention": {"main.tf": cache("var.s", VARIABLE)},
    "a list of it": {"main.tf": cache("[var.s]", VARIABLE)},
    "a part of it": {"main.tf": cache('"x${substr(var.s, 0, 6)}"', VARIABLE)},
    "a key": each("toset([var.s])", VARIABLE),
    "each letter": each('toset(split("", "${var.s}${var.s}"))', VARIABLE),
    "a key of a map": each("{ (var.s) = 1 }", VARIABLE),
    "a key made in a loop": each('{ for x in [var.s] : "${x}-1" => 1 }', VARIABLE),
    "a key beside others": each('toset(["a", var.s, "z"])', VARIABLE),
    "the keys of another resource": each(
        "toset(keys(null_resource.n))",
        'resource "null_resource" "n" {\n  for_each = toset([var.s])\n}\n' + VARIABLE,
    ),
    "a key of a key": each(
        "toset([for k, v in null_resource.n : k])",
        'resource "null_resource" "n" {\n  for_each = toset([var.s])\n}\n' + VARIABLE,
    ),
    "each.key": each(
        "{ a = 1 }",
        VARIABLE
        + cache("each.key")
        .replace("engine", "for_each = toset([var.s])\n  engine")
        .replace('"cache"', '"other"'),
    ),
    "an object's type": {
        "main.tf": cache("var.o.d", 'variable "o" {\n  type = object({ d = number })\n}\n')
    },
    "a broken expression": {
        "main.tf": cache("var.b[0]", 'variable "b" {\n  type = list(number)\n}\n')
    },
    "a name": {"main.tf": cache("var.n[0]", 'variable "n" {\n  type = list(number)\n}\n')},
    "a validation": {
        "main.tf": cache(
            "7",
            'variable "s" {\n  validation {\n    condition = var.s == "x"\n'
            '    error_message = "not ${var.s}"\n  }\n}\n'
            + cache("var.s").replace('"cache"', '"d"'),
        )
    },
    "an output": {
        "main.tf": cache(
            "module.m.v", 'module "m" {\n  source = "./m"\n  s = var.s\n}\n' + VARIABLE
        ),
        "m/main.tf": VARIABLE + 'output "v" {\n  value = "a ${var.s}"\n}\n',
    },
    "a module's key": {
        "main.tf": 'module "m" {\n  source = "./m"\n  for_each = toset([var.s])\n}\n' + VARIABLE,
        "m/main.tf": cache("0"),
    },
    "the key of a module that is elsewhere": {
        "main.tf": 'module "redis" {\n  source = "a/redis/aws"\n  for_each = toset([var.s])\n'
        "  snapshot_retention_limit = var.s\n}\n" + VARIABLE
    },
    "a module's source": {
        "main.tofu": 'module "redis" {\n  source = "./redis-${var.s}"\n}\n' + VARIABLE + cache("7")
    },
    "the engine": {"main.tf": cache("0", VARIABLE).replace('"redis"', "var.s")},
    "a window": {
        "main.tf": cache("7", VARIABLE).replace(
            "engine",
            'snapshot_window = var.s\n  maintenance_window = "sun:05:00-sun:06:00"\n  engine',
        )
    },
    "a group": {
        "main.tf": cache("7", VARIABLE).replace('engine = "redis"', "replication_group_id = var.s")
    },
    "a condition": {
        "main.tf": cache(
            "[for x in [var.s] : var.open == x ? 0 : 7][0]",
            VARIABLE + 'variable "open" {\n  type = string\n}\n',
        )
    },
    "a lookup": {
        "main.tf": cache(
            "lookup({ (var.s) = 0, b = 7 }, var.open)",
            VARIABLE + 'variable "open" {\n  type = string\n}\n',
        )
    },
    "a missing key": {"main.tf": cache("{ a = 7 }[var.s]", VARIABLE)},
    "a file's name": {"main.tf": cache('length(file("${var.s}.txt"))', VARIABLE)},
    "a template's name": {"main.tf": cache('length(templatefile("${var.s}.txt", {}))', VARIABLE)},
    "a template's variable": {
        "main.tf": cache('templatefile("t.tpl", { s = var.s })', VARIABLE),
        "t.tpl": "${s}",
    },
    "a template of it": {"main.tf": cache("templatestring(var.t, {})", 'variable "t" {}\n')},
    "a count": {"main.tf": cache("7", VARIABLE).replace("engine", "count = var.s\n  engine")},
    "the workspace": each("toset([terraform.workspace])"),
    "a deployed template": template(
        'jsonencode({ Resources = { (var.s) = { Type = "AWS::ElastiCache::CacheCluster", '
        'Properties = { SnapshotRetentionLimit = var.s, Engine = "redis" } } } })'
    ),
    "a text of a template": template(
        '"Resources:\\n  ${var.s}:\\n    Type: AWS::ElastiCache::CacheCluster\\n    Properties: '
        '{Engine: redis, SnapshotRetentionLimit: ${var.s}}\\n"'
    ),
    "a text that is no template": template('"Resources: [*${var.s}, !${var.s} 1]"'),
    "a parameter of a template": {
        "main.tf": 'resource "aws_cloudformation_stack" "s" {\n  name = "s"\n'
        '  template_body = file("t.yaml")\n  parameters = { Days = var.s }\n}\n' + VARIABLE,
        "t.yaml": "Parameters: {Days: {Type: String}}\nResources:\n  C:\n"
        "    Type: AWS::ElastiCache::CacheCluster\n    Properties: {Engine: redis, "
        "SnapshotRetentionLimit: !Ref Days, CacheNodeType: !Ref Days}\n",
    },
}

ENVIRONMENT = {
    "TF_VAR_s": WORD,
    "TF_VAR_o": f'{{ d = "{WORD}" }}',
    "TF_VAR_b": f'["{WORD}',
    "TF_VAR_n": f"[{WORD}]",
    "TF_VAR_t": f'${{{WORD}}} ${{parseint("{WORD}", 10)}}',
    "TF_WORKSPACE": WORD,
}


def outputs(run: Run, *args: str) -> dict[str, str]:
    """Return everything that the commands print and write, by command and format."""
    printed = {}
    for name in REPORTERS:
        result = run("check", "--format", name, "-v", *args)
        assert result.status in (0, 1, 3), result.stderr
        printed[name] = result.stdout + result.stderr
    for command in (("baseline",), ("fix", "--diff"), ("fix",)):
        result = run(*command, *args)
        assert result.status in (0, 1, 3), result.stderr
        printed[" ".join(command)] = result.stdout + result.stderr
    return printed


def check_hidden(printed: Mapping[str, str], *words: str) -> None:
    for name, text in printed.items():
        assert "Traceback" not in text
        for word in words:
            assert word not in text.lower(), (name, text)
        assert "\ue000" not in text, name
        assert "\\ue000" not in text, name


def lay_out_here(files: Mapping[str, str], tmp_path: Path) -> None:
    lay_out(files, tmp_path)


@pytest.mark.parametrize("use", OF_THE_ENVIRONMENT)
def test_what_the_environment_gives_is_in_no_output(
    use: str, tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out_here(OF_THE_ENVIRONMENT[use], tmp_path)
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
    check_hidden(outputs(run_here), WORD, *LETTERS)


@pytest.mark.parametrize("use", OF_THE_ENVIRONMENT)
def test_what_the_command_line_gives_is_in_no_output(
    use: str, tmp_path: Path, run_here: Run
) -> None:
    lay_out_here(OF_THE_ENVIRONMENT[use], tmp_path)
    given = [(name.removeprefix("TF_VAR_"), text) for name, text in ENVIRONMENT.items()]
    options = [word for name, text in given[:-1] for word in ("--var", f"{name}={text}")]
    check_hidden(outputs(run_here, *options, "--workspace", WORD), WORD, *LETTERS)


OF_FILES = {
    "a key": each('toset([file("creds.json")])'),
    "each letter": each('toset(split("", file("creds.json")))'),
    "a key in base64": each('toset([filebase64("creds.json")])'),
    "a key of a template": each('toset([templatefile("creds.json", {})])'),
    "a key out of another kind of file": each('toset([jsondecode(file("x.txt"))[0]])'),
    "a document made of a text": each('toset([jsondecode("[\\"${file("word.json")}\\"]")[0]])'),
    "a document of a document": each('toset([jsondecode(jsonencode(file("word.json")))])'),
    "a password in a document": each('toset([yamldecode(file("x.yaml")).password])'),
    "a password deep in a document": each(
        'toset([for x in yamldecode(file("x.yaml")).users : x.auth.token])'
    ),
    "every value of a document": each(
        'toset([for k, v in yamldecode(file("x.yaml")) : v if k == "password"])'
    ),
    "a credentials file": each('toset([jsondecode(file("gha-creds-1.json")).id])'),
    "a text of a template": template(
        '"Resources:\\n  ${file("x.txt")}:\\n    Type: AWS::ElastiCache::CacheCluster\\n"'
    ),
}

FILES = {
    "creds.json": WORD,
    "word.json": WORD,
    "x.txt": f'["{WORD}"]',
    "x.yaml": f"password: {WORD}\nusers:\n- auth: {{token: {WORD}}}\n",
    "gha-creds-1.json": f'{{"id": "{WORD}"}}',
}


@pytest.mark.parametrize("use", OF_FILES)
def test_no_content_of_a_file_is_in_an_address(use: str, tmp_path: Path, run_here: Run) -> None:
    lay_out_here(OF_FILES[use] | FILES, tmp_path)
    check_hidden(outputs(run_here), WORD, *LETTERS)


@pytest.mark.parametrize(
    "value", ["WORD", '"WORD"', '["WORD"]', '{ WORD = "WORD" }', "f(WORD)", "0\nWORD {\n}"]
)
def test_no_text_of_a_variable_file_of_another_name_is_in_an_output(
    value: str, tmp_path: Path, run_here: Run
) -> None:
    policy = '[[roots]]\npath = "."\nvar_files = ["x.env"]\n'
    files = {"main.tf": cache("var.s", VARIABLE), ".ecbackup.toml": policy}
    lay_out_here(files | {"x.env": f"s = {value.replace('WORD', WORD)}\n"}, tmp_path)
    check_hidden(outputs(run_here), WORD, *LETTERS)


def addresses(run: Run, *args: str) -> list[str]:
    report = json.loads(run("check", "--format", "json", *args).stdout)
    return [finding["resource"]["address"] for finding in report["findings"]]


@pytest.mark.parametrize(
    ("name", "text", "decode"),
    [
        ("x.json", '[{"name": "orders"}]', "jsondecode"),
        ("x.yaml", "- name: orders\n", "yamldecode"),
        ("x.yml", "- name: orders\n", "yamldecode"),
        ("x.csv", "name\norders\n", "csvdecode"),
    ],
)
def test_a_key_decoded_from_a_data_file_of_the_tree_is_shown(
    name: str, text: str, decode: str, tmp_path: Path, run_here: Run
) -> None:
    collection = f'{{ for x in {decode}(file("{name}")) : "${{x.name}}-1" => x }}'
    lay_out_here(each(collection) | {name: text}, tmp_path)
    assert addresses(run_here) == ['aws_elasticache_cluster.cache["orders-1"]']


def test_hidden_keys_are_numbered_and_stay_distinct(tmp_path: Path, run_here: Run) -> None:
    lay_out_here(each('toset(["a", var.s, "${var.s}2"])', VARIABLE), tmp_path)
    found = addresses(run_here, "--var", f"s={WORD}")
    name = "aws_elasticache_cluster.cache"
    assert found == [f'{name}["(hidden 1)"]', f'{name}["(hidden 2)"]', f'{name}["a"]']
    assert found == addresses(run_here, "--var", f"s={WORD}")


def test_a_baseline_says_that_it_accepts_no_hidden_key(tmp_path: Path, run_here: Run) -> None:
    lay_out_here(each('toset(["a", var.s])', VARIABLE), tmp_path)
    given = ("--var", f"s={WORD}")
    result = run_here("baseline", *given)
    accepted = [entry["address"] for entry in json.loads(result.stdout)["findings"]]
    assert accepted == ['aws_elasticache_cluster.cache["a"]']
    assert "not accepted, because its instance key is hidden: " in result.stderr
    forged = result.stdout.replace('[\\"a\\"]', '[\\"(hidden 1)\\"]')
    (tmp_path / "baseline.json").write_text(forged, encoding="utf-8")
    assert run_here("check", "--baseline", "baseline.json", *given).status == 1


SENSITIVE = {
    "an output": {
        "main.tf": cache("module.m.v", 'module "m" {\n  source = "./m"\n}\n'),
        "m/main.tf": f'output "v" {{\n  sensitive = true\n  value     = "{WORD}"\n}}\n',
    },
    "a part of an output": {
        "main.tf": cache("module.m.v.days", 'module "m" {\n  source = "./m"\n}\n'),
        "m/main.tf": f'output "v" {{\n  sensitive = true\n  value = {{ t = "{WORD}", days = 0 }}\n}}\n',
    },
    "the key of an instance": {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n'
        'resource "aws_elasticache_replication_group" "a" {\n  for_each = toset([module.m.v])\n}\n',
        "m/main.tf": f'output "v" {{\n  sensitive = true\n  value     = "{WORD}"\n}}\n',
    },
    "an output of a local": {
        "main.tf": cache("module.m.v", 'module "m" {\n  source = "./m"\n}\n'),
        "m/main.tf": f'locals {{\n  l = "{WORD}"\n}}\noutput "v" {{\n  sensitive = true\n'
        "  value     = local.l\n}\n",
    },
    "a literal": {"main.tf": cache(f'sensitive("{WORD}")')},
    "a map": {
        "main.tf": cache(
            "local.c.days", f'locals {{\n  c = sensitive({{ t = "{WORD}", days = 0 }})\n}}\n'
        )
    },
    "a map that is not sensitive any more": {
        "main.tf": cache(
            "local.c.days",
            f'locals {{\n  c = nonsensitive(sensitive({{ t = "{WORD}", days = 0 }}))\n}}\n',
        )
    },
    "a variable's default": {
        "main.tf": cache(
            "var.s", f'variable "s" {{\n  sensitive = true\n  default = "{WORD}"\n}}\n'
        )
    },
    "a default of another type": {
        "main.tf": cache(
            "var.s",
            f'variable "s" {{\n  sensitive = true\n  type = number\n  default = "{WORD}"\n}}\n',
        )
    },
    "a variable file": {
        "main.tf": cache("var.s", 'variable "s" {\n  sensitive = true\n}\n'),
        "terraform.tfvars": f's = "{WORD}"\n',
    },
    "a variable file with another type": {
        "main.tf": cache(
            "var.s.a", 'variable "s" {\n  sensitive = true\n  type = map(number)\n}\n'
        ),
        "terraform.tfvars": f's = {{ a = "{WORD}" }}\n',
    },
    "a variable of a module": {
        "main.tf": f'module "m" {{\n  source = "./m"\n  s = "{WORD}"\n}}\n',
        "m/main.tf": cache("var.s", 'variable "s" {\n  sensitive = true\n}\n'),
    },
    "a neighbour on the line": {
        "main.tf": cache("local.c.days", f'locals {{\n  c = {{ t = "{WORD}", days = 0 }}\n}}\n')
    },
    "a neighbour in a call": {
        "main.tf": cache(
            "local.c.days", f'locals {{\n  c = merge({{ t = "{WORD}" }}, {{ days = 0 }})\n}}\n'
        )
    },
    "a neighbour in a list": {
        "main.tf": cache("local.c[0].days", f'locals {{\n  c = [{{ days = 0 }}, "{WORD}"]\n}}\n')
    },
    "a neighbour in the retention": {"main.tf": cache(f'{{ t = "{WORD}", days = 0 }}.days')},
    "a neighbour in a variable file": {
        "main.tf": cache("var.c.days", 'variable "c" {\n  type = any\n}\n'),
        "terraform.tfvars": f'c = {{ t = "{WORD}", days = 0 }}\n',
    },
    "a neighbour in a default": {
        "main.tf": cache(
            "var.c.days", f'variable "c" {{\n  default = {{ t = "{WORD}", days = 0 }}\n}}\n'
        )
    },
    "a neighbour in a module's input": {
        "main.tf": f'module "m" {{\n  source = "./m"\n  c = {{ t = "{WORD}", days = 0 }}\n}}\n',
        "m/main.tf": cache("var.c.days", 'variable "c" {\n  type = any\n}\n'),
    },
    "a neighbour in JSON": {
        "main.tf.json": '{"resource": {"aws_elasticache_cluster": {"c": {"engine": "redis", '
        '"snapshot_retention_limit": "${local.c.days}"}}}, "locals": {"c": {"t": "'
        + WORD
        + '", "days": 0}}}'
    },
    "a neighbour in YAML": {
        "t.yaml": "Resources:\n  C: {Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: redis, "
        f"Tags: [{{Key: a, Value: {WORD}}}], SnapshotRetentionLimit: 0}}}}\n"
    },
    "a neighbour after the alias of a long list": {
        "t.yaml": f"Metadata: {{M: &many [{', '.join(map(str, range(150)))}]}}\nResources:\n  C:\n"
        "    Type: AWS::ElastiCache::CacheCluster\n    Properties:\n      Engine: redis\n"
        f"      SnapshotRetentionLimit: !GetAtt [*many, {{Password: {WORD}}}]\n"
    },
    "a neighbour in a mapping": {
        "t.yaml": f"Mappings: {{M: {{a: {{T: {WORD}, Days: 0}}}}}}\nResources:\n  C:\n"
        "    Type: AWS::ElastiCache::CacheCluster\n    Properties:\n      Engine: redis\n"
        "      SnapshotRetentionLimit: !FindInMap [M, a, Days]\n"
    },
    "a credential of another file of a service": {
        "serverless.yml": "service: x\nprovider: {name: aws}\ncustom: {c: '${file(c.yml)}'}\nresources:\n"
        "  Resources:\n    C:\n      Type: AWS::ElastiCache::CacheCluster\n      Properties:\n"
        "        Engine: redis\n        SnapshotRetentionLimit: ${self:custom.c.token}\n",
        "c.yml": f"token: {WORD}\n",
    },
    "an ephemeral variable": {
        "main.tf": cache(
            "var.c", f'variable "c" {{\n  ephemeral = true\n  default = "{WORD}"\n}}\n'
        )
    },
    "a template's default": {
        "t.yaml": f"Parameters: {{P: {{Type: String, NoEcho: true, Default: {WORD}}}}}\nResources:\n  C:\n"
        "    Type: AWS::ElastiCache::CacheCluster\n    Properties: {Engine: redis, "
        "SnapshotRetentionLimit: !Ref P, CacheNodeType: !Ref P}\n"
    },
    "a template's loop": {
        "t.yaml": "Transform: AWS::LanguageExtensions\nParameters: {P: {Type: CommaDelimitedList, "
        f"NoEcho: true, Default: {WORD}}}}}\nResources:\n  Fn::ForEach::L:\n  - N\n  - !Ref P\n"
        "  - C${N}:\n      Type: AWS::ElastiCache::CacheCluster\n"
        "      Properties: {Engine: redis, SnapshotRetentionLimit: !Sub 'x${N}'}\n"
    },
}


@pytest.mark.parametrize("use", SENSITIVE)
def test_what_is_sensitive_or_a_neighbour_is_in_no_output(
    use: str, tmp_path: Path, run_here: Run
) -> None:
    lay_out_here(SENSITIVE[use], tmp_path)
    printed = outputs(run_here)
    del printed["fix --diff"]  # a diff shows whole lines, for `git apply`
    check_hidden(printed, WORD)


@pytest.mark.parametrize("days", ["0", "40"])
def test_days_are_shown_even_of_what_is_sensitive(days: str, tmp_path: Path, run_here: Run) -> None:
    variable = f'variable "s" {{\n  sensitive = true\n  default = {days}\n}}\n'
    lay_out_here({"main.tf": cache("var.s", variable)}, tmp_path)
    assert f"snapshot_retention_limit is {days}" in run_here("check").stdout


ADDRESSES = {
    f"a {where}": {
        "main.tf": f'module "redis" {{\n  source = "{source}"\n}}\n' + cache("7"),
        "t.yaml": "Resources:\n  Redis:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        f'      TemplateURL: "{source}"\n',
        "u.yaml": "Parameters: {B: {Type: String}}\nResources:\n  Redis:\n"
        "    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        f'      TemplateURL: !Sub "{source}"\n',
    }
    for where, source in {
        "key of S3": f"s3::https://s3.amazonaws.com/b/r.zip?aws_access_key_secret={WORD}&ref=v1",
        "key of SSH": f"git::ssh://git@github.com/o/redis.git?ref=v1&sshkey={WORD}",
        "query in a query": f"git::https://h/o/redis.git?ref=v1?token={WORD}",
        "fragment": f"https://h/redis.zip?a#{WORD}",
        "password": f"git::https://u:{WORD}@h/o/redis.git",
        "password with an @": f"git::https://u:p@{WORD}@h/o/redis.git",
        "password with a slash": f"git::https://u:p/{WORD}@h/o/redis.git",
        "password alone": f"https://{WORD}@h/o/redis.git",
        "password of git": f"https://git:{WORD}@h/o/redis.git",
        "password without a scheme": f"git::u:{WORD}@h:o/redis.git",
        "signature": f"https://b.s3.amazonaws.com/redis.yaml?X-Amz-Signature={WORD}",
    }.items()
} | {
    "a macro's parameters": {
        "t.yaml": f"Transform:\n- Name: Redis\n  Parameters: {{Token: {WORD}}}\nResources: {{}}\n",
        "u.yaml": "Resources:\n  Fn::Transform: {Name: Redis, Parameters: {Token: " + WORD + "}}\n",
        "v.yaml": "Resources:\n  C:\n    Type: AWS::ElastiCache::CacheCluster\n    Properties:\n"
        "      SnapshotRetentionLimit:\n        Fn::Transform: {Name: Redis, Parameters: {Token: "
        + WORD
        + "}}\n",
        "w.yaml": "Resources:\n  C:\n    Type: AWS::ElastiCache::CacheCluster\n    Properties:\n"
        "      Fn::Transform: {Name: Redis, Parameters: {Token: " + WORD + "}}\n",
    },
    "a product's parameters": {
        "t.yaml": "Resources:\n  Redis:\n    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct\n"
        "    Properties: {ProductId: p, ProvisioningParameters: [{Key: redis, Value: "
        + WORD
        + "}]}\n"
    },
}


@pytest.mark.parametrize("use", ADDRESSES)
def test_no_credential_of_an_address_is_in_an_output(
    use: str, tmp_path: Path, run_here: Run
) -> None:
    lay_out_here(ADDRESSES[use], tmp_path)
    check_hidden(outputs(run_here), WORD)


PARAMETERS = (
    "Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}\n"
    "Transform: AWS::LanguageExtensions\nMappings: {M: {a: {Days: 0}}}\nResources:\n"
    "  C:\n    Type: AWS::ElastiCache::CacheCluster\n"
    "    Properties: {Engine: redis, SnapshotRetentionLimit: VALUE, CacheNodeType: !Ref P}\n"
    "  Fn::ForEach::L:\n  - N\n  - !Ref L\n  - C${N}:\n"
    "      Type: AWS::ElastiCache::CacheCluster\n      Properties: {Engine: redis}\n"
)
VALUES = [
    "!Ref P",
    "!Sub 'a${P}'",
    "!Select [0, !Ref L]",
    "!FindInMap [M, !Ref P, Days]",
    "!Ref AWS::Region",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("is_in_file", [False, True])
def test_no_parameter_of_a_template_from_outside_is_in_an_output(
    value: str, tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch, *, is_in_file: bool
) -> None:
    top = tmp_path / "tree"
    lay_out({"t.yaml": PARAMETERS.replace("VALUE", value)}, top)
    given = {"P": WORD, "L": f"{WORD},b", "AWS::Region": WORD}
    options = [word for name, text in given.items() for word in ("--parameter", f"{name}={text}")]
    if is_in_file:
        (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
        options = ["--parameter-file", "../given.json"]
    monkeypatch.chdir(top)
    check_hidden(outputs(run_here, *options), WORD)


@pytest.mark.parametrize("marks", [True, {"snapshot_retention_limit": True, "engine": True}])
@pytest.mark.parametrize("value", [WORD, 4711, [WORD], {"a": WORD}])
def test_no_sensitive_value_of_a_plan_or_a_state_is_in_an_output(
    marks: object, value: object, tmp_path: Path, run_here: Run
) -> None:
    names = {"address": "aws_elasticache_cluster.a", "mode": "managed", "name": "a"}
    kind = {"type": "aws_elasticache_cluster"}
    values = {"engine": WORD, "snapshot_retention_limit": value}
    change = {
        "actions": ["create"],
        "before": None,
        "after": values,
        "after_unknown": {},
        "after_sensitive": marks,
    }
    plan = {"resource_changes": [{**names, **kind, "change": change}]}
    state = {
        "values": {
            "root_module": {
                "resources": [{**names, **kind, "values": values, "sensitive_values": marks}]
            }
        }
    }
    versions = {"format_version": "1.2", "terraform_version": "1.11.4"}
    state_versions = {"format_version": "1.0", "terraform_version": "1.11.4"}
    files = {
        "plan.json": json.dumps(versions | plan),
        "state.json": json.dumps(state_versions | state),
    }
    lay_out_here(files, tmp_path)
    check_hidden(outputs(run_here), WORD, "4711")


@pytest.mark.parametrize("name", ["p.env", "p.txt", "secrets"])
def test_no_value_of_a_parameter_file_that_is_not_a_data_file_is_in_an_output(
    name: str, tmp_path: Path, run_here: Run
) -> None:
    files = {"t.yaml": PARAMETERS.replace("VALUE", "!Ref P")}
    files[name] = json.dumps({"P": WORD, "L": f"{WORD},b"})
    lay_out_here(files, tmp_path)
    check_hidden(outputs(run_here, "--parameter-file", name), WORD)
