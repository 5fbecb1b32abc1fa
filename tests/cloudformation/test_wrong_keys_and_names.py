"""Keys, types and names that are wrong: CloudFormation rejects the template; no cache vanishes with it."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.value import Unknown

if TYPE_CHECKING:
    from conftest import EvaluateTemplates

VERSION = "AWSTemplateFormatVersion: '2010-09-09'\n"
CACHE = """\
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      SnapshotRetentionLimit: 7
"""
LOOP = """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Caches: [Name, [a], {'C${Name}': {type: AWS::ElastiCache::ReplicationGroup}}]
"""
REJECTS = "CloudFormation rejects the template: "
NO_TYPE = f"{REJECTS}the resource Cache has no Type"
MISPLACED = (
    "not evaluated: AWS::ElastiCache::ReplicationGroup is not where CloudFormation reads resources"
)

REJECTED = {
    "a type, with a version": (VERSION + CACHE.replace("Type", "type"), 3, NO_TYPE),
    "a type": (CACHE.replace("Type", "type"), 2, NO_TYPE),
    "a type in capitals": (CACHE.replace("Type", "TYPE"), 2, NO_TYPE),
    "a type in a loop": (LOOP, 3, NO_TYPE.replace("Cache", "C${Name}")),
    "the section, with a version": (
        VERSION + CACHE.replace("Resources", "resources"), 3, MISPLACED,
    ),
    "the section": (CACHE.replace("Resources", "resources"), 2, MISPLACED),
    "a condition": (
        CACHE + "    condition: IsProd\n", 6,
        REJECTS + "the resource Cache has no attribute condition",
    ),
    "a function as condition": (
        CACHE + "    Condition: !Not [!Equals [a, b]]\n", 6,
        REJECTS + "the condition of the resource Cache is not a name",
    ),
    "a condition without a name": (
        CACHE + "    Condition:\n", 6,
        REJECTS + "a condition has no name",
    ),
    "a reference without a name": (
        CACHE.replace("7", "!Ref"), 5,
        REJECTS + "a reference without a name is neither a parameter nor a resource",
    ),
    "a stack without a template": (
        CACHE + "  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: }}\n", 6,
        REJECTS + "the nested stack has no TemplateURL",
    ),
    "the properties": (
        CACHE.replace("Properties", "properties"), 4,
        REJECTS + "a resource has no attribute properties",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", REJECTED)
def test_what_is_wrong_with_a_key_or_a_name_is_an_error(
    key: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    text, line, message = REJECTED[key]
    result = evaluate_templates({"t.yaml": text})
    (error,) = result.diagnostics
    assert (error.location.line, error.message) == (line, message)


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::Elasticache::ReplicationGroup",
        "AWS::ElastiCache::Replicationgroup",
        "AWS::ElastiCache::ReplicationGroups",
        "AWS::ElasticCache::ReplicationGroup",
        "AWS::ElastiCache::ReplicationGroup ",
        " AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::Replication\u200bGroup",
    ],
)
def test_a_type_that_does_not_exist_is_an_error_and_an_unknown_cache(
    kind: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    text = CACHE.replace("AWS::ElastiCache::ReplicationGroup", f'"{kind}"')
    result = evaluate_templates({"t.yaml": text})
    (error,) = result.diagnostics
    assert (error.location.line, error.message) == (
        3,
        (
            f"{REJECTS}there is no resource type {kind}; "
            "did you mean AWS::ElastiCache::ReplicationGroup?"
        ),
    )
    assert isinstance(result["Cache"].retention, Unknown)


def test_the_retention_in_properties_in_the_wrong_case_is_unknown(
    evaluate_templates: "EvaluateTemplates",
) -> None:
    result = evaluate_templates({"t.yaml": CACHE.replace("Properties", "properties")})
    assert isinstance(result["Cache"].retention, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "resources:\n  - type: AWS::ElastiCache::ReplicationGroup\n    id: cache\n",
        "resources:\n  cache:\n    type: aws:elasticache:Cluster\n    properties: {retention: 0}\n",
        "Resources:\n  - type: AWS::ElastiCache::ReplicationGroup\n",
    ],
)
def test_files_of_other_programs_are_not_templates(
    text: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    result = evaluate_templates({"t.yaml": text})
    assert (result.caches, result.diagnostics) == ((), ())
