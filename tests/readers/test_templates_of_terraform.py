"""CloudFormation templates that Terraform deploys: evaluated with the parameters that it passes."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import ReadingScope, Requirements
from ecbackup_iac.readers.inputs import read_inputs
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import Result

TEMPLATE = """\
Parameters:
  Days: {Type: Number, Default: 5}
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      SnapshotRetentionLimit: !Ref Days
"""
INLINE = f"template_body = <<-EOT\n{TEMPLATE}EOT\n"
TOPIC = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: name}\n"
VPC = 'resource "aws_vpc" "v" {}\n'


def heredoc(text: str) -> str:
    return f"template_body = <<EOT\n{text}EOT\n"


def resource(kind: str, body: str, name: str = "s") -> str:
    return f'resource "{kind}" "{name}" {{\n{body}\n}}\n'


def stack(body: str, name: str = "s") -> str:
    return resource("aws_cloudformation_stack", body, name)


def control(state: str, kind: str = '"AWS::ElastiCache::ServerlessCache"') -> str:
    body = f"type_name = {kind}\ndesired_state = {state}"
    return resource("aws_cloudcontrolapi_resource", body, "c")


PRODUCT = resource(
    "aws_servicecatalog_product",
    'provisioning_artifact_parameters {\n template_url = "https://b/cf/t.yaml"\n}',
)
S, SET, C = (
    "aws_cloudformation_stack.s",
    "aws_cloudformation_stack_set.s",
    "aws_cloudcontrolapi_resource.c",
)

CASES: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "a text in place, with its own default": ({"main.tf": stack(INLINE)}, {f"{S}/Cache": "pass"}),
    "what is passed overrides the default": (
        {"main.tf": stack(f"{INLINE}parameters = {{ Days = 0 }}")},
        {f"{S}/Cache": "fail"},
    ),
    "a file is evaluated with what is passed, and not on its own": (
        {
            "main.tf": stack(
                'template_body = file("${path.module}/t.yaml")\nparameters = { Days = 0 }'
            ),
            "t.yaml": TEMPLATE,
        },
        {f"{S}/Cache": "fail"},
    ),
    "a file of two stacks": (
        {
            "main.tf": stack('template_body = file("t.yaml")\nparameters = { Days = 0 }')
            + stack('template_body = file("t.yaml")', "t"),
            "t.yaml": TEMPLATE,
        },
        {f"{S}/Cache": "fail", "aws_cloudformation_stack.t/Cache": "pass"},
    ),
    "a file that is rendered": (
        {
            "main.tf": stack('template_body = templatefile("t.yaml", { days = 0 })'),
            "t.yaml": TEMPLATE.replace("!Ref Days", "${days}"),
        },
        {f"{S}/Cache": "fail"},
    ),
    "a file with directives, which is no YAML": (
        {
            "main.tf": stack('template_body = templatefile("t.yaml", { on = true })'),
            "t.yaml": TEMPLATE.replace("!Ref Days", "%{ if on }0%{ else }7%{ endif }"),
        },
        {f"{S}/Cache": "fail"},
    ),
    "a variable without a value": (
        {
            "main.tf": 'variable "d" { type = number }\n'
            + stack(f"{INLINE}parameters = {{ Days = var.d }}")
        },
        {f"{S}/Cache": "unknown"},
    ),
    "a variable, of which every outcome passes": (
        {
            "main.tf": 'variable "d" { type = bool }\n'
            + stack(f"{INLINE}parameters = {{ Days = var.d ? 3 : 4 }}")
        },
        {f"{S}/Cache": "pass"},
    ),
    "a parameter that is computed": (
        {"main.tf": VPC + stack(f"{INLINE}parameters = {{ Days = aws_vpc.v.id }}")},
        {f"{S}/Cache": "unknown"},
    ),
    "parameters that are computed as a whole": (
        {"main.tf": VPC + stack(f"{INLINE}parameters = aws_vpc.v.tags_all")},
        {f"{S}/Cache": "unknown"},
    ),
    "for each": (
        {
            "main.tf": stack(
                f"for_each = {{ a = 0, b = 7 }}\n{INLINE}parameters = {{ Days = each.value }}"
            )
        },
        {f'{S}["a"]/Cache': "fail", f'{S}["b"]/Cache': "pass"},
    ),
    "in a module": (
        {
            "main.tf": 'module "m" {\nsource = "./m"\ndays = 0\n}\n',
            "m/main.tf": 'variable "days" {}\n'
            + stack(f"{INLINE}parameters = {{ Days = var.days }}"),
        },
        {f"module.m.{S}/Cache": "fail"},
    ),
    "a template that cannot be known": (
        {"main.tf": 'data "http" "h" {}\n' + stack("template_body = data.http.h.body")},
        {S: "unknown"},
    ),
    "a rendered file that mentions a cache": (
        {
            "main.tf": VPC
            + stack('template_body = templatefile("t.yaml", { days = aws_vpc.v.id })'),
            "t.yaml": TEMPLATE.replace("!Ref Days", "${days}"),
        },
        {S: "unknown"},
    ),
    "a rendered file that mentions none": (
        {
            "main.tf": VPC + stack('template_body = templatefile("t.tpl", { id = aws_vpc.v.id })'),
            "t.tpl": "Resources: {T: {Type: AWS::SNS::Topic, Properties: {Name: x${id}}}}",
        },
        {},
    ),
    "a file that a data source reads, and that mentions no cache": (
        {
            "main.tf": 'data "local_file" "f" {\nfilename = "${path.module}/t.yaml"\n}\n'
            + stack("template_body = data.local_file.f.content"),
            "t.yaml": TOPIC,
        },
        {},
    ),
    "a file that a data source renders, and that mentions no cache": (
        {
            "main.tf": 'data "template_file" "f" {\ntemplate = "${file("t.tpl")}"\n}\n'
            + stack('template_body = "${data.template_file.f.rendered}"'),
            "t.tpl": TOPIC,
        },
        {},
    ),
    "a file that a data source renders, and that mentions a cache": (
        {
            "main.tf": 'data "template_file" "f" {\ntemplate = file("t.yaml")\n}\n'
            + stack("template_body = data.template_file.f.rendered"),
            "t.yaml": TEMPLATE,
        },
        {S: "unknown"},
    ),
    "a text in place of which a part is known later, without a cache": (
        {"main.tf": VPC + stack(heredoc(TOPIC.replace("name", "${aws_vpc.v.id}")))},
        {},
    ),
    "a text in place of which a part is known later, with a cache": (
        {"main.tf": VPC + stack(heredoc(f"Description: ${{aws_vpc.v.id}}\n{TEMPLATE}"))},
        {f"{S}/Cache": "pass"},
    ),
    "a text in place whose retention is known later": (
        {"main.tf": VPC + stack(heredoc(TEMPLATE.replace("!Ref Days", "${aws_vpc.v.id}")))},
        {f"{S}/Cache": "unknown"},
    ),
    "a text in place whose resource has a type that is known later": (
        {"main.tf": VPC + stack(heredoc(TOPIC.replace("AWS::SNS::Topic", "${aws_vpc.v.id}")))},
        {S: "unknown"},
    ),
    "a text in place with resources that are known later": (
        {"main.tf": VPC + stack(heredoc(TOPIC + "  ${aws_vpc.v.id}\n"))},
        {S: "unknown"},
    ),
    "a text in place with a directive that is known later": (
        {
            "main.tf": VPC
            + stack(heredoc(TOPIC + "%{ for one in aws_vpc.v.tags_all }  ${one}\n%{ endfor }\n"))
        },
        {S: "unknown"},
    ),
    "a text that is known later as a whole": (
        {"main.tf": VPC + stack('template_body = "${aws_vpc.v.id}"')},
        {S: "unknown"},
    ),
    "an object whose resource has a type that is known later": (
        {
            "main.tf": VPC
            + stack("template_body = jsonencode({Resources = {T = {Type = aws_vpc.v.id}}})")
        },
        {S: "unknown"},
    ),
    "a text in place that Terraform refuses, without a cache": (
        {"main.tf": stack(heredoc(TOPIC.replace("name", "${var.none}")))},
        {},
    ),
    "an object in place that Terraform refuses, without a cache": (
        {"main.tf": stack("template_body = jsonencode({Resources = {T = {Id = var.none}}})")},
        {},
    ),
    "a URL of a file of the repository": (
        {
            "main.tf": stack(
                'template_url = "https://s3.amazonaws.com/b/cf/t.yaml"\nparameters = { Days = 0 }'
            ),
            "cf/t.yaml": TEMPLATE,
        },
        {f"{S}/Cache": "fail"},
    ),
    "a URL elsewhere that mentions a cache": (
        {"main.tf": stack('template_url = "https://s3.amazonaws.com/b/redis.yaml"')},
        {S: "unknown"},
    ),
    "a URL elsewhere that mentions none": (
        {"main.tf": stack('template_url = "https://s3.amazonaws.com/b/topics.yaml"')},
        {},
    ),
    "a stack that nests another": (
        {
            "main.tf": stack('template_body = file("cf/p.yaml")'),
            "cf/p.yaml": "Resources:\n  In:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
            "      TemplateURL: ./t.yaml\n      Parameters: {Days: 0}\n",
            "cf/t.yaml": TEMPLATE,
        },
        {f"{S}/In/Cache": "fail"},
    ),
    "a text that nests another by URL": (
        {
            "main.tf": stack(
                "template_body = <<-EOT\nResources:\n  In:\n    Type: AWS::CloudFormation::Stack\n"
                "    Properties:\n      TemplateURL: https://b/cf/t.yaml\n"
                "      Parameters: {Days: 0}\nEOT\n"
            ),
            "cf/t.yaml": TEMPLATE,
        },
        {f"{S}/In/Cache": "fail"},
    ),
    "a stack set": (
        {
            "main.tf": resource(
                "aws_cloudformation_stack_set", f"{INLINE}parameters = {{ Days = 0 }}"
            )
        },
        {f"{SET}/Cache": "fail"},
    ),
    "a stack set of which an instance has another value": (
        {
            "main.tf": resource(
                "aws_cloudformation_stack_set", INLINE + "parameters = { Days = 7 }"
            )
            + resource(
                "aws_cloudformation_stack_set_instance",
                "stack_set_name = aws_cloudformation_stack_set.s.name\nparameter_overrides = { Days = 0 }",
            )
        },
        {f"{SET}/Cache": "unknown"},
    ),
    "a stack set whose instances have values of their own": (
        {
            "main.tf": resource(
                "aws_cloudformation_stack_set", INLINE + "parameters = { Days = 7 }"
            )
            + resource(
                "aws_cloudformation_stack_set_instance",
                'for_each = { a = 0, b = 3 }\nstack_set_name = "s"\n'
                "parameter_overrides = { Days = each.value }",
            )
        },
        {f"{SET}/Cache": "unknown"},
    ),
    "a stack set whose instances are all long enough": (
        {
            "main.tf": resource(
                "aws_cloudformation_stack_set", INLINE + "parameters = { Days = 7 }"
            )
            + resource(
                "aws_cloudformation_stack_set_instance",
                "stack_set_name = aws_cloudformation_stack_set.s.name\nparameter_overrides = { Days = 9 }",
            )
        },
        {f"{SET}/Cache": "pass"},
    ),
    "a list of parameters": (
        {
            "main.tf": resource(
                "awscc_cloudformation_stack_set",
                f'{INLINE}parameters = [{{ parameter_key = "Days", parameter_value = "0" }}]',
            )
        },
        {"awscc_cloudformation_stack_set.s/Cache": "fail"},
    ),
    "a product": (
        {
            "main.tf": PRODUCT,
            "cf/t.yaml": TEMPLATE.replace("5", "0"),
        },
        {"aws_servicecatalog_product.s/Cache": "fail"},
    ),
    "a stack set whose instances are in the module above": (
        {
            "main.tf": 'module "m" {\n  source = "./m"\n}\n'
            + resource(
                "aws_cloudformation_stack_set_instance",
                "stack_set_name = module.m.name\nparameter_overrides = { Days = 0 }",
            ),
            "m/main.tf": resource("aws_cloudformation_stack_set", INLINE)
            + 'output "name" {\n  value = aws_cloudformation_stack_set.s.name\n}\n',
        },
        {f"module.m.{SET}/Cache": "unknown"},
    ),
    "a stack set with instances in itself": (
        {
            "main.tf": resource(
                "awscc_cloudformation_stack_set",
                INLINE + "stack_instances_group = [{ parameter_overrides = "
                '[{ parameter_key = "Days", parameter_value = "0" }] }]',
            )
        },
        {"awscc_cloudformation_stack_set.s/Cache": "unknown"},
    ),
    "a product and what is provisioned of it": (
        {
            "main.tf": PRODUCT
            + resource(
                "aws_servicecatalog_provisioned_product",
                "product_id = aws_servicecatalog_product.s.id\n"
                'provisioning_parameters {\n  key   = "Days"\n  value = "0"\n}',
            ),
            "cf/t.yaml": TEMPLATE,
        },
        {"aws_servicecatalog_product.s/Cache": "unknown"},
    ),
    "another version of a product": (
        {
            "main.tf": resource(
                "aws_servicecatalog_provisioning_artifact",
                'product_id = "x"\ntemplate_url = "https://b/cf/t.yaml"',
            ),
            "cf/t.yaml": TEMPLATE.replace("5", "0"),
        },
        {"aws_servicecatalog_provisioning_artifact.s/Cache": "fail"},
    ),
    "another version of a product, and what is provisioned of it": (
        {
            "main.tf": resource(
                "aws_servicecatalog_provisioning_artifact",
                'product_id = "x"\ntemplate_url = "https://b/cf/t.yaml"',
            )
            + resource(
                "aws_servicecatalog_provisioned_product",
                'product_id = "x"\nprovisioning_parameters {\n  key   = "Days"\n  value = "0"\n}',
            ),
            "cf/t.yaml": TEMPLATE,
        },
        {"aws_servicecatalog_provisioning_artifact.s/Cache": "unknown"},
    ),
    "products of which the template is elsewhere": (
        {
            "main.tf": "".join(
                resource("aws_servicecatalog_provisioned_product", f'product_name = "{name}"', name)
                for name in ("redis", "network")
            )
        },
        {"aws_servicecatalog_provisioned_product.redis": "unknown"},
    ),
    "an application whose template is elsewhere": (
        {
            "main.tf": resource(
                "aws_serverlessapplicationrepository_cloudformation_stack",
                'application_id = "arn:aws:serverlessrepo:eu-west-1:1:applications/redis"',
            )
        },
        {"aws_serverlessapplicationrepository_cloudformation_stack.s": "unknown"},
    ),
    "a type of which a part is unknown, and which may be a cache's": (
        {"main.tf": VPC + control("jsonencode({})", '"AWS::ElastiCache::${aws_vpc.v.id}"')},
        {C: "unknown"},
    ),
    "a type of which a part is unknown, and which is no cache's": (
        {"main.tf": VPC + control("jsonencode({})", '"AWS::S3::${aws_vpc.v.id}"')},
        {},
    ),
    "a cache by Cloud Control": (
        {"main.tf": control('jsonencode({ Engine = "redis", SnapshotRetentionLimit = 0 })')},
        {C: "fail"},
    ),
    "a cache by Cloud Control with parts that are known later": (
        {
            "main.tf": VPC
            + control("jsonencode({ KmsKeyId = aws_vpc.v.id, SnapshotRetentionLimit = 7 })")
        },
        {C: "pass"},
    ),
    "a cache by Cloud Control whose retention is known later": (
        {"main.tf": VPC + control("jsonencode({ SnapshotRetentionLimit = aws_vpc.v.id })")},
        {C: "unknown"},
    ),
    "a cache by Cloud Control of which nothing is known": (
        {"main.tf": VPC + control("aws_vpc.v.id")},
        {C: "unknown"},
    ),
    "something of a type that is not known": (
        {"main.tf": VPC + control("jsonencode({ SnapshotRetentionLimit = 7 })", "aws_vpc.v.id")},
        {C: "unknown"},
    ),
    "something else by Cloud Control": (
        {"main.tf": VPC + control("aws_vpc.v.id", '"AWS::SNS::Topic"')},
        {},
    ),
    "a stack by Cloud Control": (
        {
            "main.tf": control(
                'jsonencode({ TemplateURL = "https://b/cf/t.yaml", Parameters = { Days = 0 } })',
                '"AWS::CloudFormation::Stack"',
            ),
            "cf/t.yaml": TEMPLATE,
        },
        {f"{C}/Cache": "fail"},
    ),
    "a subnet group by Cloud Control": (
        {"main.tf": VPC + control("aws_vpc.v.id", '"AWS::ElastiCache::SubnetGroup"')},
        {},
    ),
    "Memcached by Cloud Control": (
        {
            "main.tf": control(
                'jsonencode({ Engine = "memcached", CacheNodeType = "cache.t3.micro" })',
                '"AWS::ElastiCache::CacheCluster"',
            )
        },
        {C: "not_applicable"},
    ),
}


@pytest.fixture
def check(run_here: "Callable[..., Result]", tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def check_them(files: Mapping[str, str]) -> dict[str, Any]:
        (tmp_path / ".git").mkdir()
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        report: dict[str, Any] = json.loads(run_here("check", "--format", "json", ".").stdout)
        return report

    return check_them


@pytest.mark.parametrize("name", CASES)
def test_a_template_that_terraform_deploys_is_evaluated(
    name: str, check: Callable[..., dict[str, Any]]
) -> None:
    files, expected = CASES[name]
    report = check(files)
    assert {one["resource"]["address"]: one["status"] for one in report["findings"]} == expected
    assert [one for one in report["diagnostics"] if one["severity"] == "error"] == []


@pytest.mark.parametrize(
    "body", [INLINE, 'template_body = file("t.yaml")', "template_body = local.body"]
)
def test_a_stack_that_is_not_created_is_absent(
    body: str, check: Callable[..., dict[str, Any]]
) -> None:
    local = f"locals {{\nbody = <<-EOT\n{TEMPLATE}EOT\n}}\n"
    report = check({"main.tf": local + stack(f"count = 0\n{body}"), "t.yaml": TEMPLATE})
    assert [(one["address"], one["reason"]) for one in report["absent"]] == [(S, "count is 0")]


def test_a_stack_without_caches_is_not_an_absent_cache(
    check: Callable[..., dict[str, Any]],
) -> None:
    body = 'template_body = jsonencode({ Resources = { T = { Type = "AWS::SNS::Topic" } } })'
    report = check({"main.tf": stack(body) + stack(f"count = 0\n{body}", "t")})
    assert (report["findings"], report["absent"], report["diagnostics"]) == ([], [], [])


LOOP = """\
variable "names" {{}}
locals {{
  kind = "AWS::SNS::Topic"
}}
resource "aws_cloudformation_stack" "s" {{
  name          = "s"
  template_body = jsonencode({{
    "Resources" = {{ for name in [var.names] : sha256(name) => {{ "Type" = {}, Properties = {{}} }} }}
  }})
}}
"""


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ('"AWS::SNS::Topic"', []),
        ('"AWS::ElastiCache::ReplicationGroup"', ["unknown"]),
        ("var.names", ["unknown"]),
        ("local.kind", ["unknown"]),
    ],
)
def test_resources_with_unknown_names_are_not_caches_where_their_type_is_written(
    kind: str, statuses: list[str], check: Callable[..., dict[str, Any]]
) -> None:
    report = check({"main.tf": LOOP.format(kind)})
    assert [one["status"] for one in report["findings"]] == statuses
    assert {one["severity"] for one in report["diagnostics"]} == (
        {"warning"} if not statuses else set()
    )


def test_the_remedy_is_where_terraform_passes_the_value(
    check: Callable[..., dict[str, Any]],
) -> None:
    text = stack('template_body = file("t.yaml")\nparameters = { Days = var.d }')
    report = check({"main.tf": f'variable "d" {{\ndefault = 0\n}}\n{text}', "t.yaml": TEMPLATE})
    (finding,) = report["findings"]
    assert finding["remedy"] == "set default = 7 in main.tf:2"
    assert finding["location"]["path"] == "t.yaml"
    assert finding["root"] == "."


@pytest.mark.parametrize("body", ["data.http.body.x", 'file("${local.there_is_none}")'])
def test_a_template_that_terraform_rejects_is_an_error(
    body: str, check: Callable[..., dict[str, Any]]
) -> None:
    report = check({"main.tf": stack(f"template_body = {body}")})
    assert [(one["resource"]["address"], one["status"]) for one in report["findings"]] == [
        (S, "unknown")
    ]
    assert [(one["severity"], one["line"]) for one in report["diagnostics"]] == [("error", 2)]


def test_a_sensitive_parameter_is_not_shown(check: Callable[..., dict[str, Any]]) -> None:
    head = 'variable "d" {\ndefault = "77sesame"\nsensitive = true\n}\n'
    text = TEMPLATE.replace("Number, Default: 5", "String")
    template = f"template_body = <<-EOT\n{text}EOT\n"
    report = check({"main.tf": head + stack(f"{template}parameters = {{ Days = var.d }}")})
    assert [one["rule"] for one in report["findings"]] == ["ECB003"]
    assert "77sesame" not in json.dumps(report)


def test_what_the_environment_adds_to_a_template_is_not_shown(
    check: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_team", "op3n-sesame")
    template = TEMPLATE.replace("  Cache:", "  Cache${team}:").replace("!Ref Days", "${team}")
    body = 'template_body = templatefile("t.tpl", { team = var.team })'
    report = check({"main.tf": 'variable "team" {}\n' + stack(body), "t.tpl": template})
    (finding,) = report["findings"]
    assert finding["rule"] == "ECB003"
    assert finding["resource"]["address"].startswith(f"{S}/(hidden ")
    assert finding["resource"]["type"] == "AWS::ElastiCache::ReplicationGroup"
    assert "sesame" not in json.dumps(report)


def test_the_root_is_shown_where_a_template_contains_its_name(
    check: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_env", "prod")
    body = 'template_body = templatefile("${path.module}/t.tpl", { env = var.env })'
    files = {"live/prod/main.tf": 'variable "env" {}\n' + stack(body)}
    report = check({**files, "live/prod/t.tpl": f"Description: ${{env}}\n{TEMPLATE}"})
    assert [one["root"] for one in report["findings"]] == ["live/prod"]


def test_nothing_in_terraform_is_edited_as_a_template(
    check: Callable[..., dict[str, Any]], run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    text = stack(f"{INLINE}parameters = {{ Days = 0 }}") + control(
        "jsonencode({ SnapshotRetentionLimit = 0 })"
    )
    check({"main.tf": text})
    assert run_here("fix", ".").status in (0, 1)
    assert (tmp_path / "main.tf").read_text() == text


def test_a_url_leads_to_nothing_outside_of_the_repository(
    check: Callable[..., dict[str, Any]], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "t.yaml"
    outside.write_text(TEMPLATE)
    (tmp_path / "redis.yaml").symlink_to(outside)
    report = check({"main.tf": stack('template_url = "https://b/redis.yaml"')})
    assert [(one["resource"]["address"], one["status"]) for one in report["findings"]] == [
        (S, "unknown")
    ]


BODY = 'template_body = file("${path.module}/../cf/cache.yaml")\nparameters = { Days = var.days }'
MODULE = f'variable "days" {{ default = 0 }}\n{stack(BODY)}{stack(heredoc(TEMPLATE), "other")}'
ENVIRONMENTS = {
    f"env/{name}/main.tf": f'module "m" {{\n  source = "../../tf"\n  days = {days}\n}}\n'
    for name, days in (("dev", 0), ("prod", 9))
}


@pytest.mark.parametrize(
    ("files", "named", "expected"),
    [
        ({"tf/main.tf": MODULE}, ["cf/cache.yaml"], {S: 0}),
        ({"tf/main.tf": MODULE}, ["cf/cache.yaml", "tf/main.tf"], {S: 0, f"{S[:-1]}other": 5}),
        (
            {"tf/main.tf": MODULE, **ENVIRONMENTS},
            ["cf/cache.yaml"],
            {f"env/dev module.m.{S}": 0, f"env/prod module.m.{S}": 9},
        ),
        ({"tf/main.tf": MODULE.replace("cache.yaml", "db.yaml")}, ["cf/cache.yaml"], {"": 5}),
        ({"tf/main.tf": MODULE}, ["cf"], {"": 5}),
        ({"tf/main.tf": MODULE}, ["cf/cache.yaml", "--parameter", "Days=3"], {"": 3}),
    ],
    ids=["root", "named both", "module", "another template", "folder", "an option"],
)
def test_a_template_that_is_named_has_the_parameters_of_configuration_elsewhere(
    files: dict[str, str],
    named: list[str],
    expected: dict[str, int],
    run_here: "Callable[..., Result]",
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in {"cf/cache.yaml": TEMPLATE, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    report = json.loads(run_here("check", *named, "--format", "json").stdout)
    found = {
        f"{one['root']} {one['resource']['address']}".removeprefix("tf ")
        .removeprefix("cf/cache.yaml ")
        .removesuffix("Cache")
        .removesuffix("/"): one["retention"]["days"]
        for one in report["findings"]
    }
    assert (found, report["diagnostics"]) == (expected, [])


VALUES = (0, 5, 36, None)
choices = st.lists(st.sampled_from(VALUES), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(values=choices)
def test_an_unknown_parameter_is_certain_only_where_every_outcome_agrees(
    values: list[int | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The verdict of one stack with an open choice, against those of a stack for every choice."""
    top = tmp_path_factory.mktemp("top")
    (top / ".git").mkdir()
    shown = ["null" if one is None else str(one) for one in values]
    choice = shown[-1]
    for number, one in enumerate(shown[:-1]):
        choice = f"var.n == {number} ? {one} : ({choice})"
    stacks = [stack(f"{INLINE}parameters = {{ Days = {choice} }}", "open")]
    stacks += [
        stack(f"{INLINE}parameters = {{ Days = {one} }}", f"s{number}")
        for number, one in enumerate(shown)
    ]
    (top / "main.tf").write_text('variable "n" { type = number }\n' + "".join(stacks))
    results = read_inputs([str(top)], ReadingScope(), EvaluationInputs(), allow_empty=False)
    caches = {cache.address: cache for result in results for cache in result.resources}
    statuses = {_status(cache) for address, cache in caches.items() if "open" not in address}
    found = _status(caches["aws_cloudformation_stack.open/Cache"])
    assert len(caches) == len(values) + 1
    assert found == "unknown" or {found} == statuses


def _status(cache: CacheResource) -> str:
    return str(judge(cache, Requirements()).status)
