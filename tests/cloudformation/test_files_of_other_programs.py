"""Templates that another program fills in or merges before CloudFormation reads them."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import EvaluateTemplates, Result

    RunHere = Callable[..., Result]

CACHE = "AWS::ElastiCache::ReplicationGroup"

PLACEHOLDERS = {
    "Jinja, quoted": '"{{ days }}"',
    "Jinja, bare": "{{ days }}",
    "a template of sed": "'%%DAYS%%'",
    "ERB": "'<%= days %>'",
    "a shell variable": "${DAYS}",
    "Octopus Deploy": '"#{Days}"',
    "Azure Pipelines": "$(DAYS)",
    "Concourse": "((days))",
    "a shell variable without braces": "$DAYS",
    "a template of replace tokens": "__DAYS__",
    "a template of replace tokens in small letters": "__BackupDays__",
    "Python's formatting": "'%(days)s'",
    "another Jinja": "'[[ days ]]'",
    "a template of Maven": "'@days@'",
    "angle brackets": "<DAYS>",
    "percent signs": "'%DAYS%'",
    "a secret of SOPS": "'ENC[AES256_GCM,data:days,type:int]'",
    "Python's newer formatting": "'{days}'",
    "a shell variable with a default": "'${DAYS:-7}'",
    "a template of Terraform": "'${var.days}'",
    "a placeholder in Fn::Sub": "!Sub '{{ days }}'",
    "a placeholder in Fn::If": "!If [C, '{{ days }}', '{{ days }}']",
}


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_a_placeholder_is_unknown(name: str, evaluate_templates: "EvaluateTemplates") -> None:
    text = (
        "Conditions: {C: !Equals [a, a]}\nResources:\n"
        f"  C:\n    Type: {CACHE}\n    Properties:\n"
        f"      SnapshotRetentionLimit: {PLACEHOLDERS[name]}\n"
    )
    found = evaluate_templates({"t.yaml": text})
    (verdict,) = (judge(one, Requirements()) for one in found.caches)
    assert verdict.status == "unknown"
    assert re.search(r"unknown: .*days.* is filled in by another", verdict.message, re.IGNORECASE)
    assert found.errors == []


@pytest.mark.parametrize(
    ("default", "status"),
    [("'{{ days }}'", "unknown"), ("'{{ days }}', AllowedValues: [1, 7]", "pass"), ("7", "pass")],
)
def test_a_default_that_is_a_placeholder_is_unknown(
    default: str, status: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    text = (
        f"Parameters: {{D: {{Type: Number, Default: {default}}}}}\nResources:\n"
        f"  C: {{Type: '{CACHE}', Properties: {{SnapshotRetentionLimit: !Ref D}}}}\n"
    )
    found = evaluate_templates({"t.yaml": text})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == [status]
    assert found.errors == []


PARENT = """\
Parameters: {Address: {Type: String, Default: "ADDRESS"}}
Resources:
  Stack: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: VALUE, Parameters: {Days: 0}}}
"""
CHILD = """\
Parameters: {Days: {Type: Number, Default: 7}}
Resources:
  Cache: {Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {SnapshotRetentionLimit: !Ref Days}}
"""


@pytest.mark.parametrize("value", ["'ADDRESS'", "!Ref Address", "!Sub '${Address}'"])
@pytest.mark.parametrize(
    "address",
    [
        "https://{{ bucket }}.s3.amazonaws.com/stacks/cache.yaml",
        "https://s3.amazonaws.com/%%BUCKET%%/stacks/cache.yaml",
        "https://__BUCKET__.s3.amazonaws.com/cache.yaml",
        "$(BASE)/stacks/cache.yaml",
        "$BASE/stacks/cache.yaml",
        "https://{{resolve:ssm:/bucket}}.s3.amazonaws.com/stacks/cache.yaml",
    ],
)
def test_the_end_of_an_address_with_a_placeholder_names_the_nested_template(
    address: str, value: str, run_here: "RunHere", tmp_path: Path
) -> None:
    parent = PARENT.replace("VALUE", value).replace("ADDRESS", address)
    for name, text in {"parent.yaml": parent, "stacks/cache.yaml": CHILD}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    report = json.loads(run_here("check", ".", "--format", "json").stdout)
    found = {one["resource"]["address"]: one["status"] for one in report["findings"]}
    assert (found, report["diagnostics"]) == ({"Stack/Cache": "fail"}, [])


GIVEN = """\
Parameters:
  Days: {Type: KIND}
  Stage: {Type: String}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
Resources:
  A: {Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {SnapshotRetentionLimit: !Ref Days}}
  B: {Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {SnapshotRetentionLimit: !If [IsDev, 0, 7]}}
"""


@pytest.mark.parametrize("kind", ["Number", "String", "Number, AllowedValues: [0, 7]"])
@pytest.mark.parametrize("value", ["{{ x }}", "__X__", "#{x}#", "$X", "${X}", "ENC[AES256_GCM,x]"])
def test_a_value_in_a_parameter_file_that_is_a_placeholder_is_unknown(
    value: str, kind: str, run_here: "RunHere", tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(GIVEN.replace("KIND", kind), "utf-8")
    (tmp_path / "p.json").write_text(json.dumps({"Days": value, "Stage": value}), "utf-8")
    args = ("check", "t.yaml", "--parameter-file", "p.json", "--format", "json")
    report = json.loads(run_here(*args).stdout)
    messages = {one["resource"]["address"]: one["message"] for one in report["findings"]}
    assert "the value of Days is filled in by another program" in messages["A"]
    assert "the value of Stage is filled in by another program; when IsDev is true" in messages["B"]
    assert report["diagnostics"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"Stacks": [{"Parameters": [{"ParameterKey": "Days", "ParameterValue": "0"}]}]}',
            "not a parameter file: the value of Stacks is not a string, a number or a list",
        ),
        ("Days: 7\n---\nDays: 0\n", "the parameter file has several documents"),
    ],
)
def test_a_parameter_file_of_another_shape_is_an_error(
    text: str, message: str, run_here: "RunHere", tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(CHILD, "utf-8")
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    result = run_here("check", "t.yaml", "--parameter-file", "p.yaml")
    assert message in result.stdout
    assert result.status == 3


@pytest.mark.parametrize(
    "text", ["", "- Days\n", "Parameters: Days 0\n", "Parameters: {Days: {a: b}}\n", "\0"]
)
def test_a_file_that_deploys_a_template_and_is_broken_leaves_its_parameters_unknown(
    text: str, run_here: "RunHere", tmp_path: Path
) -> None:
    (tmp_path / "redis.yml").write_text(CHILD, "utf-8")
    (tmp_path / "addons.parameters.yml").write_text(text, "utf-8")
    result = run_here("check", ".")
    why = "addons.parameters.yml, which may pass parameters, is not read"
    assert f"SnapshotRetentionLimit is unknown: {why}" in result.stdout
    assert "1 cache: 1 unknown; the answer is incomplete: 1 error" in result.stdout
    assert result.status == 3


def test_a_file_that_deploys_a_template_may_pass_nothing(
    run_here: "RunHere", tmp_path: Path
) -> None:
    (tmp_path / "redis.yml").write_text(CHILD, "utf-8")
    (tmp_path / "addons.parameters.yml").write_text("Parameters:\n", "utf-8")
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"


def test_a_parameter_file_may_end_with_a_separator(run_here: "RunHere", tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(CHILD, "utf-8")
    (tmp_path / "p.yaml").write_text("---\nDays: 7\n---\n", "utf-8")
    result = run_here("check", "t.yaml", "--parameter-file", "p.yaml")
    assert result.stdout == "1 cache: 1 passed\n"


def test_the_allowed_values_of_a_placeholder_decide(run_here: "RunHere", tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        GIVEN.replace("KIND", "Number, AllowedValues: [1, 7]"), "utf-8"
    )
    (tmp_path / "p.json").write_text('{"Days": "$DAYS", "Stage": "prod"}', "utf-8")
    result = run_here("check", "t.yaml", "--parameter-file", "p.json")
    assert result.stdout == "2 caches: 2 passed\n"


@pytest.mark.parametrize(
    ("path", "name", "errors"),
    [
        (".ebextensions/a.config", "AWSEBAutoScalingGroup", 0),
        (".ebextensions/a.config", "Sessions", 1),
        ("stacks/a.yaml", "AWSEBAutoScalingGroup", 1),
    ],
)
def test_a_resource_of_elastic_beanstalk_needs_no_type(
    path: str, name: str, errors: int, evaluate_templates: "EvaluateTemplates"
) -> None:
    text = (
        f"Resources:\n  {name}: {{Metadata: {{a: b}}}}\n"
        f"  C: {{Type: '{CACHE}', Properties: {{SnapshotRetentionLimit: 7}}}}\n"
    )
    found = evaluate_templates({path: text})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == ["pass"]
    assert len(found.errors) == errors


@pytest.mark.parametrize(
    ("engine", "status", "errors"), [("memcached", "not_applicable", 0), ("redis", "unknown", 1)]
)
def test_what_is_rejected_besides_makes_no_memcached_unknown(
    engine: str, status: str, errors: int, evaluate_templates: "EvaluateTemplates"
) -> None:
    text = (
        "Parameters: {N: {Type: String, Default: cache.x, AllowedValues: [cache.t3.micro]}}\n"
        "Resources:\n  C:\n    Type: AWS::ElastiCache::CacheCluster\n"
        f"    Properties: {{Engine: {engine}, CacheNodeType: !Ref N, SnapshotRetentionLimit: 7}}\n"
    )
    found = evaluate_templates({"t.yaml": text})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == [status]
    assert len(found.errors) == errors


def test_a_condition_that_is_rejected_makes_no_memcached_unknown(
    evaluate_templates: "EvaluateTemplates",
) -> None:
    text = (
        "Conditions: {Bad: !Equals [!Ref Nothing, x]}\nResources:\n  C:\n"
        "    Type: AWS::ElastiCache::CacheCluster\n    Condition: Bad\n"
        "    Properties: {Engine: memcached}\n"
    )
    found = evaluate_templates({"t.yaml": text})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == ["not_applicable"]


SYNCED = f"""\
Parameters: {{Days: {{Type: Number, Default: 7}}}}
Resources: {{C: {{Type: "{CACHE}", Properties: {{SnapshotRetentionLimit: !Ref Days}}}}}}
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"sync.yaml": "template-file-path: stacks/t.yaml\nparameters:\n  Days: 0\n"}, {"fail": 0}),
        (
            {"stacks/env/dev.yaml": "template-file-path: ../t.yaml\nparameters: {Days: 0}\n"},
            {"fail": 0},
        ),
        (
            {"dev.json": '{"template-file-path": "./stacks/t.yaml", "parameters": {"Days": "0"}}'},
            {"fail": 0},
        ),
        (
            {
                "dev.yaml": "template-file-path: stacks/t.yaml\nparameters: {Days: 0}\n",
                "prod.yaml": "template-file-path: stacks/t.yaml\nparameters: {Days: 5}\n",
            },
            {"fail": 0, "pass": 5},
        ),
        (
            {"dev.json": '{"parameters":{"Days":"0"},"template-file-path":"stacks/t.yaml"}'},
            {"fail": 0},
        ),
        ({"sync.yaml": "template-file-path: ../t.yaml\nparameters: {Days: 0}\n"}, {"pass": 7}),
        (
            {"sync.yaml": "# template-file-path: stacks/t.yaml\nparameters: {Days: 0}\n"},
            {"pass": 7},
        ),
        ({"sync.yaml": "template-file-path: stacks\0.yaml\nparameters: {Days: 0}\n"}, {"pass": 7}),
    ],
    ids=[
        "from the top",
        "from its folder",
        "JSON",
        "two",
        "at the end",
        "outside",
        "a comment",
        "no path",
    ],
)
def test_a_template_has_the_parameters_of_its_files_of_git_sync(
    files: dict[str, str], expected: dict[str, int], run_here: "RunHere", tmp_path: Path
) -> None:
    (tmp_path / "repository/.git").mkdir(parents=True)
    (tmp_path / "t.yaml").write_text(SYNCED, "utf-8")
    for name, text in {"stacks/t.yaml": SYNCED, **files}.items():
        path = tmp_path / "repository" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for named in ("repository", "repository/stacks/t.yaml"):
        report = json.loads(run_here("check", named, "--format", "json").stdout)
        found = {one["status"]: one["retention"]["days"] for one in report["findings"]}
        assert (found, report["diagnostics"]) == (expected, [])


def test_a_file_of_git_sync_that_is_named_stands_for_its_template(
    run_here: "RunHere", tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(SYNCED, "utf-8")
    (tmp_path / "sync.yaml").write_text("template-file-path: t.yaml\nparameters: {Days: 0}\n")
    for named in (["sync.yaml"], ["sync.yaml", "t.yaml"]):
        result = run_here("check", *named)
        assert result.stdout.count("SnapshotRetentionLimit is 0\n") == 1
        assert result.status == 1


def test_addons_of_copilot_have_the_parameters_beside_them(
    run_here: "RunHere", tmp_path: Path
) -> None:
    addons = tmp_path / "copilot/environments/addons"
    addons.mkdir(parents=True)
    (addons / "redis.yml").write_text(SYNCED, "utf-8")
    parameters = addons / "addons.parameters.yml"
    for named in (".", f"{addons}/redis.yml", f"{parameters}"):
        for value, expected in (("0", [("fail", 0)]), ("!GetAtt X.Days", [("unknown", None)])):
            parameters.write_text(f"Parameters:\n  Vpc: !Ref VPC\n  Days: {value}\n", "utf-8")
            report = json.loads(run_here("check", named, "--format", "json").stdout)
            found = [(one["status"], one["retention"]["days"]) for one in report["findings"]]
            assert (found, report["diagnostics"]) == (expected, [])
    shown = run_here("check", ".", "--verbose").stdout
    assert "from copilot/environments/addons/addons.parameters.yml:3:3: Days\n" in shown
    (addons / "redis.yml").rename(tmp_path / "redis.yml")
    assert run_here("check", ".").stdout == "1 cache: 1 passed\n"
