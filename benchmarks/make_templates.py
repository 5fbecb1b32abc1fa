"""A large template, and a folder of YAML that is no template, for benchmarks/templates.py."""

import json
from pathlib import Path

RESOURCES = 500
FILES = 5_000


def template_text() -> str:
    """Return a template of about a megabyte in YAML: 500 resources, of which one is a cache."""
    lines = ["AWSTemplateFormatVersion: '2010-09-09'", "Description: a benchmark", "Resources:"]
    for number in range(RESOURCES - 1):
        lines += [
            f"  Bucket{number}:",
            "    Type: AWS::S3::Bucket",
            "    Properties:",
            f"      BucketName: !Sub '${{AWS::StackName}}-bucket-{number}'",
            "      VersioningConfiguration: {Status: Enabled}",
            "      BucketEncryption:",
            "        ServerSideEncryptionConfiguration:",
            "          - ServerSideEncryptionByDefault:",
            "              {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt Key.Arn}",
            "      Tags:",
        ]
        for tag in range(14):
            value = f"the value of tag {tag} of bucket {number}, long enough to say something"
            lines += [f"        - Key: key-number-{tag}", f"          Value: {value}"]
    lines += [
        "  Cache:",
        "    Type: AWS::ElastiCache::ReplicationGroup",
        "    Properties:",
        "      ReplicationGroupDescription: the one that matters",
        "      SnapshotRetentionLimit: 7",
    ]
    return "\n".join(lines) + "\n"


def template_json() -> str:
    """Return the same in JSON, as the CDK writes it."""
    resources: dict[str, object] = {
        f"Bucket{number}": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": {"Fn::Sub": f"${{AWS::StackName}}-bucket-{number}"},
                "Tags": [
                    {"Key": f"key-number-{tag}", "Value": f"the value of tag {tag} of {number}"}
                    for tag in range(17)
                ],
            },
            "Metadata": {"aws:cdk:path": f"Stack/Bucket{number}/Resource"},
        }
        for number in range(RESOURCES - 1)
    }
    resources["Cache"] = {
        "Type": "AWS::ElastiCache::ReplicationGroup",
        "Properties": {"ReplicationGroupDescription": "d", "SnapshotRetentionLimit": 7},
    }
    return json.dumps({"Resources": resources}, indent=1)


def write_other_yaml(folder: Path) -> None:
    """Write 5,000 YAML files that are no templates: Kubernetes manifests, workflows, values."""
    for number in range(FILES):
        below = folder / f"service{number % 50}"
        below.mkdir(parents=True, exist_ok=True)
        (below / f"manifest{number}.yaml").write_text(_manifest(number), encoding="utf-8")


def _manifest(number: int) -> str:
    variables = "".join(
        f"            - name: SETTING_{one}\n              value: 'value {one} of {number}'\n"
        for one in range(20)
    )
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: service-{number}\n"
        "spec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n"
        f"        - name: main\n          image: registry.example/service:{number}\n"
        f"          env:\n{variables}"
    )
