"""Templates that another program fills in or merges before CloudFormation reads them."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import EvaluateTemplates

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
    assert [str(judge(one, Requirements()).status) for one in found.caches] == ["unknown"]
    assert found.errors == []


@pytest.mark.parametrize(("default", "status"), [("'{{ days }}'", "unknown"), ("7", "pass")])
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
