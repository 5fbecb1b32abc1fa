"""Long lists are cut and the rest is counted: "and 1 more" just beyond the limit, and no "0 more" at it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Result

Files = Mapping[str, str]

COUNTED_REST = re.compile(
    r"-?\d+ (?:more|other)\b(?! (?:is|are) not created)|\band more\b|\band so on\b|more problems"
)
GROUP = 'resource "aws_elasticache_replication_group" "g{n}" {{\n  snapshot_retention_limit = {days}\n}}\n'


def numbered(template: str, count: int) -> str:
    return "".join(template.format(n=number) for number in range(count))


def groups(count: int, days: int = 0) -> str:
    return "".join(GROUP.format(n=number, days=days) for number in range(count))


def policy_with_unknown_keys(count: int) -> Files:
    return {".ecbackup.toml": numbered("key{n} = 1\n", count), "main.tf": groups(1, 7)}


def failing_caches(count: int) -> Files:
    return {"main.tf": groups(count)}


def lines_of_an_expression(count: int) -> Files:
    lines = ["(", *["# a line"] * (count - 2), "0)"]
    return {"main.tf": GROUP.format(n=0, days="\n".join(lines))}


def clusters_of_unlisted_groups(count: int) -> Files:
    clusters = [
        {
            "CacheClusterId": f"c{number}",
            "Engine": "redis",
            "SnapshotRetentionLimit": 7,
            "CacheClusterStatus": "available",
            "ReplicationGroupId": f"group{number}",
        }
        for number in range(count)
    ]
    return {"live.json": json.dumps({"CacheClusters": clusters})}


def duplicate_locals(count: int) -> Files:
    return {"main.tf": groups(1, 7) + "locals {\n  a = 1\n}\n" * (count + 1)}


def files_of_another_program(count: int) -> Files:
    apps = {f"app{number}/cdk.json": "{}\n" for number in range(count)}
    return {"main.tf": groups(1, 7), **apps}


def broken_lines(count: int) -> Files:
    return {"main.tf": groups(1, 7), "terraform.tfvars": "= 1\n" * count}


def suppressions_of_nothing(count: int) -> Files:
    return {"main.tf": groups(1, 7) + numbered("# ecbackup:ignore=ECB001\nlocals {{}}\n", count)}


def baseline_of(findings: Sequence[object]) -> str:
    return json.dumps({"schema_version": 1, "findings": findings})


def stale_baseline_entries(count: int) -> Files:
    entries = [
        {
            "root": ".",
            "address": f"aws_elasticache_cluster.old{number}",
            "rule": "ECB001",
            "reason": "accepted",
            "accepted": "2026-01-01",
        }
        for number in range(count)
    ]
    return {"main.tf": groups(1, 7), ".ecbackup-baseline.json": baseline_of(entries)}


def broken_baseline_entries(count: int) -> Files:
    return {"main.tf": groups(1, 7), ".ecbackup-baseline.json": baseline_of([1] * count)}


def plan_without_changes(count: int) -> Files:
    resources = [
        {
            "address": f"aws_elasticache_replication_group.g{number}",
            "mode": "managed",
            "type": "aws_elasticache_replication_group",
            "name": f"g{number}",
            "provider_config_key": "aws",
            "expressions": {},
            "schema_version": 0,
        }
        for number in range(count)
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "configuration": {"root_module": {"resources": resources}},
        "resource_changes": [],
        "applyable": True,
        "complete": True,
        "errored": False,
    }
    return {"plan.json": json.dumps(plan)}


def planned_caches_without_configuration(count: int) -> Files:
    changes = [
        {
            "address": f"aws_elasticache_replication_group.g{number}",
            "mode": "managed",
            "type": "aws_elasticache_replication_group",
            "name": f"g{number}",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": {"snapshot_retention_limit": 7},
                "after_unknown": {},
            },
        }
        for number in range(count)
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes}
    text = GROUP.format(n="known", days=7)
    known = changes[0] | {"address": "aws_elasticache_replication_group.gknown", "name": "gknown"}
    plan["resource_changes"] = [known, *changes]
    return {"plan.json": json.dumps(plan), "infra/main.tf": text}


def reasons_for_an_absent_cache(count: int) -> Files:
    """Each root leaves the module's cache out for a reason of its own."""
    off = 'variable "on" {\n  default = false\n}\n'
    call = 'module "m" {\n  source = "../m"\n  count  = var.on ? 1 : 0\n}\n'
    roots = {f"root{number}/main.tf": off + call for number in range(count)}
    return {"m/main.tf": groups(1, 7), **roots}


def reasons_for_an_absent_resource(count: int) -> Files:
    """Each stack leaves the template's cache out for a reason of its own."""
    stacks = numbered(
        "  S{n}:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {{TemplateURL: ./child.yaml, Parameters: {{P: no{n}}}}}\n",
        count,
    )
    child = (
        "Parameters:\n  P: {Type: String}\nConditions:\n  C: !Equals [!Ref P, yes]\n"
        "Resources:\n  Cache: {Type: AWS::ElastiCache::ReplicationGroup, Condition: C}\n"
    )
    return {"parent.yaml": f"Resources:\n{stacks}", "child.yaml": child}


def parameters_of_a_condition(count: int) -> Files:
    parameters = numbered("  P{n}: {{Type: String, Default: a}}\n", count)
    tests = ", ".join(f"!Equals [!Ref P{number}, b]" for number in range(count))
    return {
        "t.yaml": f"Parameters:\n{parameters}Conditions:\n  C: !Or [{tests}]\nResources:\n  Cache:\n"
        "    Type: AWS::ElastiCache::ReplicationGroup\n    Condition: C\n"
    }


def reasons_of_an_unknown_retention(count: int) -> Files:
    days = "0"
    for number in range(count):
        days = f"!If [C{number}, 7, {days}]"
    return {
        "t.yaml": "Parameters:\n"
        + numbered("  P{n}: {{Type: String}}\n", count)
        + "Conditions:\n"
        + numbered("  C{n}: !Equals [!Ref P{n}, a]\n", count)
        + "Resources:\n  Cache:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
        + f"    Properties: {{SnapshotRetentionLimit: {days}}}\n"
    }


def long_ways_to_fail(count: int) -> Files:
    name = "Environment" * 20
    values = [*(f"v{number}" for number in range(count)), "last"]
    entries = "".join(f"    {value}: {{Days: 0}}\n" for value in values[:-1])
    return {
        "t.yaml": f"Parameters:\n  {name}: {{Type: String, AllowedValues: [{', '.join(values)}]}}\n"
        f"Mappings:\n  Days:\n{entries}    last: {{Days: 7}}\n"
        "Resources:\n  Cache:\n    Type: AWS::ElastiCache::ReplicationGroup\n    Properties:\n"
        f"      SnapshotRetentionLimit: !FindInMap [Days, !Ref {name}, Days]\n"
    }


@dataclass(frozen=True, slots=True)
class CutList:
    """A list in the output that is cut."""

    files: Callable[[int], Files]
    """So many entries → the inputs."""

    limit: int
    rest: str
    """What is said of one entry beyond the limit."""

    args: tuple[str, ...] = ("check",)


LISTS = [
    CutList(policy_with_unknown_keys, 20, "1 more"),
    CutList(failing_caches, 10, "1 more", ("check", "--format", "github")),
    CutList(lines_of_an_expression, 12, "1 more", ("check", "--format", "html")),
    CutList(clusters_of_unlisted_groups, 3, "1 more", ("check", "live.json")),
    CutList(duplicate_locals, 200, "more problems"),
    CutList(files_of_another_program, 1, "1 more"),
    CutList(broken_lines, 100, "1 more"),
    CutList(suppressions_of_nothing, 20, "1 more"),
    CutList(
        stale_baseline_entries, 3, "1 more", ("check", "--baseline", ".ecbackup-baseline.json")
    ),
    CutList(
        broken_baseline_entries, 10, "1 more", ("check", "--baseline", ".ecbackup-baseline.json")
    ),
    CutList(plan_without_changes, 3, "1 more", ("check", "plan.json")),
    CutList(
        planned_caches_without_configuration,
        3,
        "1 more",
        ("check", "plan.json", "--source", "infra"),
    ),
    CutList(reasons_for_an_absent_cache, 3, "1 more", ("check", "--verbose")),
    CutList(reasons_for_an_absent_resource, 3, "1 more", ("check", "--verbose")),
    CutList(parameters_of_a_condition, 4, "and so on", ("check", "--verbose")),
    CutList(reasons_of_an_unknown_retention, 2, "and more"),
    CutList(long_ways_to_fail, 1, "1 other"),
]


@pytest.mark.parametrize("cut", LISTS, ids=lambda cut: cut.files.__name__)
def test_the_rest_is_counted_only_where_there_is_one(
    cut: CutList, run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()

    def shown(count: int) -> str:
        for name, text in cut.files(count).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        result = run_here(*cut.args)
        return " ".join((result.stdout + result.stderr).split())

    at_the_limit = shown(cut.limit)
    assert COUNTED_REST.findall(at_the_limit) == []
    assert cut.rest in "; ".join(COUNTED_REST.findall(shown(cut.limit + 1)))
