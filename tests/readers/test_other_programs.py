"""Files of other programs: one warning with what to run, and the exit status where there is nothing else."""

import json
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.readers.other_programs import OTHER_PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conftest import Result

    RunHere = Callable[..., Result]

DEPLOYED = "aws elasticache describe-replication-groups | ecbackup-iac check -"
STACKS = f"not evaluated, so modules lack the inputs of their components; check what is deployed: {DEPLOYED}"
ATMOS = (
    "not evaluated, so components lack the variables of their stacks; run atmos terraform generate planfile "
    "COMPONENT -s STACK --file PLAN.json, then ecbackup-iac check PLAN.json"
)
CDK = "not synthesized; run cdk synth, then ecbackup-iac check cdk.out"
CDKTF = "not synthesized; run cdktf synth, then ecbackup-iac check cdktf.out"
OLD_TERRAGRUNT = (
    "not evaluated, so modules lack its inputs; move it to terragrunt.hcl, or check what is deployed: "
    f"{DEPLOYED}"
)
PULUMI = "not run; run pulumi preview --json --show-sames | ecbackup-iac check -"
SERVERLESS = "not evaluated; run serverless package, then ecbackup-iac check .serverless"
KUBERNETES = f"not evaluated; check what is deployed: {DEPLOYED}"
TERRAMATE = "not generated; run terramate generate, then ecbackup-iac check on the same path"
TEMPLATE_OF_CONFIGURATION = "a template with Terraform configuration of a cache"
RENDERED = "not rendered; run ecbackup-iac check on the folder of what is rendered from it"
IN_MANIFEST = "a Kubernetes manifest with Terraform configuration of a cache"
WRITTEN = "not evaluated; write the configuration to a .tf file, then run ecbackup-iac check on its folder"
FILES = {
    "a.tfcomponent.hcl": f"a Terraform Stacks file: {STACKS}",
    "live/a.tfdeploy.hcl": f"a Terraform Stacks file: {STACKS}",
    "a.tfstack.hcl": f"a Terraform Stacks file: {STACKS}",
    "a.tfcomponent.json": f"a Terraform Stacks file: {STACKS}",
    "a.tfdeploy.json": f"a Terraform Stacks file: {STACKS}",
    "atmos.yaml": f"an Atmos configuration: {ATMOS}",
    "infra/atmos.yml": f"an Atmos configuration: {ATMOS}",
    ".atmos.yaml": f"an Atmos configuration: {ATMOS}",
    "live/terraform.tfvars": f"a configuration of Terragrunt before 0.19: {OLD_TERRAGRUNT}",
    "cdk.json": f"a CDK app: {CDK}",
    "packages/shop/cdk.json": f"a CDK app: {CDK}",
    "cdktf.json": f"a CDK for Terraform app: {CDKTF}",
    "Pulumi.yaml": f"a Pulumi program: {PULUMI}",
    "infra/Pulumi.yml": f"a Pulumi program: {PULUMI}",
    "shop/serverless.ts": f"a service of the Serverless Framework in TypeScript or JavaScript: {SERVERLESS}",
    "sst.config.ts": f"an SST app with Redis: not run; check what is deployed: {DEPLOYED}",
    "k8s/cache.yaml": f"a Kubernetes manifest with a cache: {KUBERNETES}",
    "k8s/workspace.yaml": f"{IN_MANIFEST}: {WRITTEN}",
    "tasks/main.yml": f"an Ansible task with a cache: {KUBERNETES}",
    "stacks/cache.tm.hcl": f"a Terramate configuration with a cache: {TERRAMATE}",
    "templates/cache.tf.j2": f"{TEMPLATE_OF_CONFIGURATION}: {RENDERED}",
}
CONTENT = '{"uses": ["ElastiCache", "aws.Redis"]}\n'
GROUP = """\
variable "days" {
  default = 7
}
resource "aws_elasticache_replication_group" "a" {
  description              = "a"
  snapshot_retention_limit = var.days
}
"""
TEMPLATE = "Resources:\n  A:\n    Type: AWS::SNS::Topic\n"


INLINE = (
    "apiVersion: tf.upbound.io/v1beta1\nkind: Workspace\nspec:\n  forProvider:\n    module: |\n"
)
TASK = "- hosts: all\n  tasks:\n    - community.aws.elasticache:\n        engine: redis\n"
MANIFEST = "apiVersion: elasticache.services.k8s.aws/v1alpha1\nkind: ReplicationGroup\n"
GENERATES = 'generate_hcl "_cache.tf" {\n  content {\n' + GROUP + "  }\n}\n"
TEXTS = {
    "live/terraform.tfvars": "terragrunt = {\n  remote_state {}\n}\n",
    "k8s/cache.yaml": MANIFEST,
    "k8s/workspace.yaml": INLINE + GROUP.replace("\n", "\n      "),
    "tasks/main.yml": TASK,
    "stacks/cache.tm.hcl": GENERATES,
    "templates/cache.tf.j2": "{% if cache %}\n" + GROUP + "{% endif %}\n",
}
"""Of the files that their name alone does not show."""


def lay_out(tmp_path: "Path", files: "Mapping[str, str]") -> None:
    (tmp_path / ".git").mkdir()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")


def test_every_program_has_a_file_here() -> None:
    assert len(OTHER_PROGRAMS) == len({text.partition(":")[0] for text in FILES.values()})


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_program_is_a_warning_with_what_to_run(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"modules/cache/main.tf": GROUP, name: TEXTS.get(name, CONTENT)})
    result = run_here("check", ".")
    expected = f"WARNING  {name}\n  {FILES[name]}\n\n1 cache: 1 passed\n"
    assert (result.stdout, result.status) == (expected, 0)


MANIFESTS = {
    "of the controller of AWS": MANIFEST,
    "of a serverless cache": MANIFEST.replace("ReplicationGroup", "ServerlessCache"),
    "of Crossplane": "kind: Cluster\napiVersion: elasticache.aws.upbound.io/v1beta1\n",
    "of Crossplane in a namespace": MANIFEST.replace("services.k8s.aws", "aws.m.upbound.io"),
    "of Crossplane before": "apiVersion: cache.aws.crossplane.io/v1beta1\nkind: ReplicationGroup\n",
    "of a composition": (
        "kind: Composition\nspec:\n  resources:\n    - base:\n"
        "        apiVersion: 'elasticache.aws.upbound.io/v1beta2'\n        kind: 'ReplicationGroup'\n"
    ),
    "of a chart": "{{- if .Values.on }}\n" + MANIFEST + "{{- end }}\n",
    "of an operator for CloudFormation": (
        "apiVersion: cloudformation.linki.space/v1alpha1\nkind: Stack\nspec:\n  template: |\n"
        "    Resources:\n      Redis:\n        Type: AWS::ElastiCache::ReplicationGroup\n"
    ),
    "in JSON": '{"apiVersion": "elasticache.services.k8s.aws/v1alpha1", "kind": "CacheCluster"}',
}


TASKS = {
    "of its collection": (
        "- hosts: all\n  tasks:\n    - community.aws.elasticache:\n        engine: redis\n"
    ),
    "beside a manifest": (
        "- community.aws.elasticache:\n    engine: redis\n"
        "- k8s:\n    definition: {apiVersion: v1, host: x.cache.amazonaws.com}\n"
    ),
    "without its collection": (
        "- name: sessions\n  elasticache:\n    name: sessions\n    security_group_ids:\n"
        "      - sg-1\n    state: present\n"
    ),
    "on one line": "- elasticache: name=sessions state=present engine=redis\\n",
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_cache_that_a_controller_of_kubernetes_makes_is_a_warning(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    suffix = "json" if name == "in JSON" else "yaml"
    lay_out(tmp_path, {"main.tf": GROUP, f"a.{suffix}": MANIFESTS[name]})
    assert f"a.{suffix}\n  a Kubernetes manifest with a cache: " in run_here("check", ".").stdout


@pytest.mark.parametrize("name", TASKS)
def test_a_cache_of_a_task_of_ansible_is_a_warning(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"main.tf": GROUP, "a.yaml": TASKS[name]})
    assert "a.yaml\n  an Ansible task with a cache: " in run_here("check", ".").stdout


@pytest.mark.parametrize(
    "text",
    [
        MANIFEST.replace("ReplicationGroup", "CacheSubnetGroup"),
        "apiVersion: eks.aws.upbound.io/v1beta1\nkind: Cluster\n",
        "kind: CustomResourceDefinition\nspec: {group: elasticache.services.k8s.aws}\n",
        "elasticache:\n  name: sessions\n  enabled: true\n",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  types: AWS::ElastiCache::ReplicationGroup\n",
        "elasticache:\n  name: sessions\nstate: present\n",
    ],
)
def test_a_manifest_without_a_cache_gives_no_warning(
    text: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"main.tf": GROUP, "a.yaml": text})
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"


WITH_CONFIGURATION = {
    "main.tf.tmpl": GROUP.replace('"a"', '"{{ .Name }}"'),
    "templates/redis.tf.erb": GROUP.replace('"a"', '"<%= name %>"'),
    "{{ cookiecutter.name }}/cache.tf.jinja": GROUP,
    "serverless.tpl": 'resource "aws_elasticache_serverless_cache" "a" {\n}\n',
    "modules.tf.mustache": 'module "a" {\n  source = "terraform-aws-modules/elasticache/aws"\n}\n',
    "live/terragrunt.hcl.j2": 'terraform {\n  source = "../../modules//elasticache"\n}\n',
}


@pytest.mark.parametrize("name", WITH_CONFIGURATION)
def test_configuration_that_is_rendered_first_is_a_warning_where_it_has_a_cache(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"main.tf": GROUP, name: WITH_CONFIGURATION[name]})
    assert f"{name}\n  {TEMPLATE_OF_CONFIGURATION}: " in run_here("check", ".").stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("alarms.tf.j2", 'resource "aws_elasticache_parameter_group" "a" {\n}\n'),
        ("output.tf.tpl", "host = aws_elasticache_cluster.a.cache_nodes[0].address\n"),
        ("network.tf.tmpl", 'module "a" {\n  source = "../network"\n}\n# no elasticache\n'),
        ("README.yaml", f"usage: |-\n  {GROUP}"),
        ("cache.tf.disabled", GROUP),
    ],
)
def test_a_template_without_a_cache_and_a_text_that_quotes_one_are_no_warning(
    name: str, text: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"main.tf": GROUP, name: text})
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"


def test_a_template_that_a_unit_renders_is_no_warning(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    unit = """
        terraform {
          source = "../module"
        }
        generate "cache" {
          path      = "cache.tf"
          if_exists = "overwrite"
          contents  = templatefile("cache.tf.tftpl", {})
        }
    """
    files = {"live/terragrunt.hcl": unit, "live/cache.tf.tftpl": GROUP, "module/main.tf": "\n"}
    lay_out(tmp_path, files)
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"


def test_a_configuration_of_terramate_that_was_generated_is_no_warning(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    written = {"cache.tm.hcl": GENERATES, "stacks/a/_cache.tf": GROUP}
    lay_out(tmp_path, written)  # of the same name, but written by hand
    assert "WARNING  cache.tm.hcl" in run_here("check", ".").stdout
    header = "// TERRAMATE: GENERATED AUTOMATICALLY DO NOT EDIT\n"
    (tmp_path / "stacks/a/_cache.tf").write_text(header, "utf-8")  # by another configuration
    assert "WARNING  cache.tm.hcl" in run_here("check", ".").stdout
    (tmp_path / "stacks/a/_cache.tf").write_text(header + GROUP, "utf-8")
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"
    more = GENERATES.replace("_cache.tf", "_more.tf")
    (tmp_path / "cache.tm.hcl").write_text(GENERATES + more, "utf-8")
    assert "WARNING  cache.tm.hcl" in run_here("check", ".").stdout


def test_a_manifest_in_configuration_is_an_unknown_cache(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    text = """
        resource "kubernetes_manifest" "cache" {
          for_each = toset(["a", "b"])
          manifest = {
            apiVersion = "elasticache.services.k8s.aws/v1alpha1"
            kind       = "ReplicationGroup"
            metadata   = { name = each.key }
          }
        }
        resource "kubectl_manifest" "cache" {
          yaml_body = <<-YAML
            kind: ReplicationGroup
            apiVersion: cache.aws.crossplane.io/v1beta1
          YAML
        }
        resource "kubernetes_manifest" "off" {
          count = 0
          manifest = {
            "apiVersion" = "elasticache.aws.upbound.io/v1beta1"
            "kind"       = "Cluster"
          }
        }
        resource "kubernetes_manifest" "redis" {
          for_each = var.what_is_not_declared
          manifest = { apiVersion = "apps/v1", kind = "Deployment", name = "redis-elasticache" }
        }
    """
    lay_out(tmp_path, {"main.tf": text})
    report = json.loads(run_here("check", ".", "--format", "json").stdout)
    assert [finding["resource"]["address"] for finding in report["findings"]] == [
        'kubernetes_manifest.cache["a"]',
        'kubernetes_manifest.cache["b"]',
        "kubectl_manifest.cache",
    ]
    for finding in report["findings"]:
        assert finding["rule"] == "ECB005"
        assert finding["message"].endswith("is unknown: a Kubernetes manifest is not evaluated")
        assert finding["remedy"] == f"check what is deployed: {DEPLOYED}"
    assert [absent["address"] for absent in report["absent"]] == ["kubernetes_manifest.off"]
    assert report["diagnostics"] == []


def test_several_files_of_a_program_are_one_warning(tmp_path: "Path", run_here: "RunHere") -> None:
    names = [
        "a/x.tfdeploy.hcl",
        "b/cdk.json",
        "b/x.tfcomponent.hcl",
        "c/cdk.json",
        "c/x.tfstack.hcl",
    ]
    lay_out(tmp_path, {"main.tf": GROUP} | dict.fromkeys(names, "{}"))
    lines = run_here("check", ".").stdout.splitlines()
    assert [line for line in lines if "WARNING" in line] == [
        "WARNING  a/x.tfdeploy.hcl",
        "WARNING  b/cdk.json",
    ]
    assert lines[1].startswith("  a Terraform Stacks file (and 2 more): not evaluated")
    assert lines[4].startswith("  a CDK app (and 1 more): not synthesized")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("options", [[], ["--allow-empty"]])
def test_where_nothing_else_is_there_the_answer_is_incomplete(
    options: list[str], name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(
        tmp_path,
        {name: TEXTS.get(name, CONTENT), "README.md": "# Shop\n", "lib/shop.ts": "export {};\n"},
    )
    result = run_here("check", ".", *options)
    expected = "ERROR  .\n  nothing was evaluated: everything here is deployed by another program\n"
    assert result.stdout.startswith(expected)
    assert f"WARNING  {name}\n  {FILES[name]}\n" in result.stdout
    assert result.status == 3


def test_a_file_of_the_same_name_without_caches_gives_no_warning(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"main.tf": GROUP, "serverless.ts": "export {};\n", "lib/serverless.js": ""})
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"


def test_a_service_whose_package_is_checked_gives_no_warning(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    packaged = "api/.serverless/cloudformation-template-update-stack.json"
    topic = '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}'
    lay_out(tmp_path, {"api/serverless.ts": CONTENT, packaged: topic})
    assert run_here("check", ".").stdout == "0 caches found\n"


def test_a_tree_without_infrastructure_code_is_accepted_on_request(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {"README.md": "# Shop\n", "settings.json": "{}"})
    assert run_here("check", ".").status == 3
    assert run_here("check", ".", "--allow-empty").status == 0


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"live/terraform.tfvars"}))
def test_a_commit_of_only_such_a_file_is_accepted_on_request(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {name: TEXTS.get(name, CONTENT)})
    result = run_here("check", name, "--allow-empty")
    assert (result.stdout, result.status) == (
        f"WARNING  {name}\n  {FILES[name]}\n\n0 caches found\n",
        0,
    )
    assert run_here("check", name).status == 3


@pytest.mark.parametrize("path", ["modules", "modules/cache", "modules/cache/main.tf"])
def test_what_sets_inputs_from_above_is_a_warning_too(
    path: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    others = dict.fromkeys(("a.tfcomponent.hcl", "atmos.yaml", "cdk.json", "b/atmos.yaml"), "{}")
    lay_out(tmp_path, {"modules/cache/main.tf": GROUP} | others)
    lines = run_here("check", path).stdout.splitlines()
    assert [line for line in lines if "WARNING" in line] == [
        "WARNING  a.tfcomponent.hcl",
        "WARNING  atmos.yaml",
    ]


@pytest.mark.parametrize(
    ("settings", "output"),
    [
        ("{}", "cdk.out"),
        ('{"output": "dist/cloud"}', "dist/cloud"),
        ('{"output": "./dist/../out/"}', "out"),
        ('{"output": 7}', "cdk.out"),
        ("not JSON", "cdk.out"),
    ],
)
def test_an_app_whose_output_is_checked_gives_no_warning(
    settings: str, output: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    files = {
        "cdk.json": settings,
        f"{output}/Shop.template.json": '{"Resources": {}}',
        "t.yaml": TEMPLATE,
    }
    lay_out(tmp_path, files)
    assert run_here("check", ".").stdout == "0 caches found\n"
    assert "WARNING  cdk.json" in run_here("check", ".", "--exclude", output).stdout


def test_an_excluded_file_gives_no_warning(tmp_path: "Path", run_here: "RunHere") -> None:
    lay_out(tmp_path, {"main.tf": GROUP, "atmos.yaml": "{}", "examples/cdk.json": "{}"})
    result = run_here("check", ".", "--exclude", "atmos.yaml", "--exclude", "examples")
    assert result.status == 0
    assert "WARNING" not in result.stdout


CALLED = {
    "a component": (
        "a.tfcomponent.hcl",
        """
        component "cache" {
          source = "./modules/cache"
          inputs = { days = 0 }
        }
    """,
    ),
    "a component whose inputs are computed": (
        "stack/a.tfcomponent.hcl",
        """
        component "cache" {
          source = "../modules/cache"
          inputs = var.settings
        }
    """,
    ),
    "a component in JSON": (
        "a.tfcomponent.json",
        '{"component": {"cache": {"source": "./modules/cache", "inputs": {"days": 0}}}}',
    ),
    "a unit of Terragrunt before 0.19": (
        "live/terraform.tfvars",
        """
        terragrunt = {
          terraform {
            source = "../modules//cache"
          }
          include {
            path = "${find_in_parent_folders()}"
          }
        }
        days = 0
    """,
    ),
    "such a unit in today's syntax, with an unknown part in its source": (
        "live/terraform.tfvars",
        """
        terragrunt = {
          terraform = { source = "${path_relative_from_include()}//modules/cache?ref=v1" }
        }
        days = 0
    """,
    ),
    "such a unit with the module in its folder": (
        "modules/cache/terraform.tfvars",
        """
        terragrunt = {
          include = { path = "${find_in_parent_folders()}" }
        }
    """,
    ),
    "a component of an older release": (
        "a.tfstack.hcl",
        """
        component "cache" {
          source = "./modules/cache"
          inputs = { days = 0 }
        }
    """,
    ),
}


@pytest.mark.parametrize("name", CALLED)
def test_a_default_that_another_program_may_override_is_not_used(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    path, text = CALLED[name]
    lay_out(tmp_path, {"modules/cache/main.tf": GROUP, path: text})
    (finding,) = json.loads(run_here("check", ".", "--format", "json").stdout)["findings"]
    assert finding["status"] == "unknown"
    assert f"var.days may be set through {path}, which is not evaluated" in finding["message"]
    (given,) = json.loads(run_here("check", ".", "--format", "json", "--var", "days=3").stdout)[
        "findings"
    ]
    assert (given["status"], given["retention"]["days"]) == ("pass", 3)


NOT_OVERRIDDEN = {
    "a component with other inputs": (
        "a.tfcomponent.hcl",
        """
        component "cache" {
          source = "./modules/cache"
          inputs = { name = "x" }
        }
    """,
    ),
    "a unit without inputs": (
        "live/terragrunt.hcl",
        """
        terraform {
          source = "../modules/cache"
        }
    """,
    ),
    "a unit of another module": (
        "live/terragrunt.hcl",
        """
        terraform {
          source = "../modules/network"
        }
        inputs = { days = 0 }
    """,
    ),
    "a unit elsewhere, and a file of a linter beside the module": (
        "live/terragrunt.hcl",
        "inputs = { days = 0 }",
    ),
    "a component elsewhere in the folder of a root": (
        "modules/cache/a.tfcomponent.hcl",
        'component "network" {\n  source = "./network"\n}\n',
    ),
    "a unit of an old Terragrunt with another module": (
        "live/terraform.tfvars",
        'terragrunt = {\n  terraform { source = "../modules/network" }\n}\ndays = 0\n',
    ),
    "a map of variables called terragrunt": (
        "live/terraform.tfvars",
        'owners = { terragrunt = { source = "../modules/cache" } }\n',
    ),
    "a file that is violated": ("live/terragrunt.hcl", "terraform {"),
    "Atmos with its components elsewhere": ("atmos.yaml", "{}"),
}


@pytest.mark.parametrize("name", NOT_OVERRIDDEN)
def test_a_default_that_nothing_overrides_counts(
    name: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    path, text = NOT_OVERRIDDEN[name]
    linter = 'config {\n  format = "compact"\n}\n'
    files = {"modules/cache/main.tf": GROUP, "modules/cache/.tflint.hcl": linter, path: text}
    lay_out(tmp_path, files)
    assert "1 cache: 1 passed" in run_here("check", ".").stdout


def test_a_unit_of_an_old_terragrunt_that_was_moved_to_a_file_of_its_own_is_evaluated_from_there(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    unit = 'terraform {\n  source = "../modules//cache"\n}\ninputs = { days = 3 }\n'
    old = 'terragrunt = {\n  terraform = { source = "../modules//cache" }\n}\n'
    files = {"modules/cache/main.tf": GROUP, "live/terragrunt.hcl": unit}
    lay_out(tmp_path, files | {"live/terraform.tfvars": old})
    result = run_here("check", ".")
    assert (result.stdout, result.status) == ("1 cache: 1 passed\n", 0)


def test_a_unit_of_an_old_terragrunt_below_a_root_is_not_a_variable_file_for_it(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    unit = 'terragrunt = {\n  terraform {\n    source = "git::x//network"\n  }\n}\ndays = 0\n'
    lay_out(tmp_path, {"dev/main.tf": GROUP, "dev/network/terraform.tfvars": unit})
    assert run_here("check", ".").stdout.endswith("\n\n1 cache: 1 passed\n")


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ("{}", "components/terraform/cache"),
        ("components:\n  terraform:\n    base_path: infra/parts\n", "infra/parts/aws/cache"),
        ('base_path: "./"\ncomponents:\n  terraform:\n    base_path: "./parts"\n', "parts/cache"),
    ],
)
def test_the_defaults_of_components_of_atmos_do_not_count(
    settings: str, folder: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    lay_out(tmp_path, {f"{folder}/main.tf": GROUP, "atmos.yaml": settings})
    assert "var.days may be set through atmos.yaml" in run_here("check", ".").stdout


def test_a_module_that_a_component_of_atmos_calls_is_not_a_component(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    files = {
        "atmos.yaml": "{}",
        "components/terraform/a/main.tf": 'module "m" {\n  source = "./m"\n  days = 3\n}\n',
        "components/terraform/a/m/main.tf": GROUP,
    }
    lay_out(tmp_path, files)
    assert "1 cache: 1 passed" in run_here("check", ".").stdout


def test_a_module_that_another_program_plans_is_evaluated_beside_the_calls_of_it(
    tmp_path: "Path", run_here: "RunHere"
) -> None:
    path, text = CALLED["a component"]
    example = 'module "c" {\n  source = "../modules/cache"\n  days = 7\n}\n'
    files = {"modules/cache/main.tf": GROUP, "example/main.tf": example, path: text}
    lay_out(tmp_path, files)
    assert "2 caches: 1 passed, 1 unknown" in run_here("check", ".").stdout
