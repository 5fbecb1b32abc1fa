"""Templates whose resources another program inserts: an error, because what it inserts may be a cache."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

    RunHere = Callable[..., Result]

VERSION = 'AWSTemplateFormatVersion: "2010-09-09"\n'
CACHE = "{Type: AWS::ElastiCache::ReplicationGroup, Properties: {SnapshotRetentionLimit: 0}}"
TOPIC = "  A: {Type: AWS::SNS::Topic}\n"

# The template → what CloudFormation rejects in it.
INSERTED = {
    "Resources: !include res.yaml\n": "Resources is not a map",
    "Resources: !Rain::Include res.yaml\n": "Resources is not a map",
    "Resources: !Merge\n  - {}\n  - {}\n": "Resources is not a map",
    VERSION + 'Resources: "{{ resources }}"\n': "Resources is not a map",
    VERSION + "Resources: ${file(elasticache.yml)}\n": "Resources is not a map",
    f"{VERSION}Resources:\n  - Cache: {CACHE}\n": "Resources is not a map",
    "Resources:\n  Cache: !Rain::Module cache.yaml\n": "the resource Cache has no Type",
    f"Resources:\n{TOPIC}  Cache: !Include cache.yaml\n": "the resource Cache has no Type",
    "Resources:\n  $include: elasticache.yaml\n": "the resource $include has no Type",
    f"Resources:\n{TOPIC}  Fn::Include: elasticache.yaml\n": "the resource Fn::Include has no Type",
    f"Resources:\n{TOPIC}  Fn::If: [c, {{Cache: {CACHE}}}, {{}}]\n": "the resource Fn::If has no Type",
    f"Resources:\n{TOPIC}  <<: !Include cache.yaml\n": "the value that Resources merges is not a map",
}


@pytest.mark.parametrize("template", INSERTED)
def test_resources_that_another_program_inserts_are_an_error(
    template: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    (tmp_path / "main.tf").write_text("", "utf-8")
    (tmp_path / "template.yaml").write_text(template, "utf-8")
    result = run_here("check", ".")
    messages = [line.strip() for line in result.stdout.splitlines() if line.startswith("  ")]
    assert [message.partition(": ")[2] for message in messages] == [INSERTED[template]]
    assert result.status == 3


@pytest.mark.parametrize(
    ("name", "kind", "first"),
    [
        ("Network", '!Rain::Module "../modules/network.yml"', "WARNING  template.yaml:3:3"),
        ("Network", "!Env KIND", "WARNING  template.yaml:3:3"),
        ("Network", "${KIND}", "WARNING  template.yaml:3:3"),
        ("Sessions", '!Rain::Module "../modules/redis.yml"', "UNKNOWN  Sessions"),
        ("RedisCache", '!Rain::Module "../modules/store.yml"', "UNKNOWN  RedisCache"),
        ("ElastiCache", "!Env KIND", "UNKNOWN  ElastiCache"),
    ],
)
def test_a_type_that_another_program_inserts_is_unknown_where_it_may_be_a_cache(
    name: str, kind: str, first: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    (tmp_path / "template.yaml").write_text(
        f"Resources:\n{TOPIC}  {name}:\n    Type: {kind}\n", "utf-8"
    )
    result = run_here("check", ".")
    assert result.stdout.startswith(first)
    assert f"the type {kind} is not known".replace('"', "") in result.stdout
    assert result.status == 0


@pytest.mark.parametrize(
    "text",
    [
        'Resources: ["*"]\n',
        "Resources: see below\n",
        "Resources:\n  Cpu: 2\n",
        "resources: !include dashboard.yaml\n",
        "Resource: !include policy.yaml\n",
        f"{VERSION}Resources:\n{TOPIC}",
        f"Base: &base\n  Type: AWS::SNS::Topic\nResources:\n{TOPIC}  B: *base\n",
        f"Resources:\n{TOPIC}  B:\n    Type: !Sub AWS::SNS::Topic\n",
    ],
)
def test_a_file_in_which_nothing_is_inserted_is_silent(
    text: str, tmp_path: "Path", run_here: "RunHere"
) -> None:
    (tmp_path / "main.tf").write_text("", "utf-8")
    (tmp_path / "template.yaml").write_text(text, "utf-8")
    result = run_here("check", ".")
    assert (result.stdout, result.status) == ("0 caches found\n", 0)
