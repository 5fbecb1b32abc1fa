"""JSON inputs that are wrong, oddly encoded, incomplete or damaged."""

import codecs
import copy
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecbackup_iac.files.discovery import Input
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.model.value import Unknown
from ecbackup_iac.readers.json_documents import read_documents
from ecbackup_iac.readers.recognition import recognise
from ecbackup_iac.scan import scan

if TYPE_CHECKING:
    from conftest import Result

    RunHere = Callable[..., Result]

TESTS = Path(__file__).parents[1]
PLAN = (TESTS / "readers" / "plans" / "checks.json").read_text(encoding="utf-8")
STATE = (TESTS / "readers" / "plans" / "state.json").read_text(encoding="utf-8")
PREVIEW = (TESTS / "cases" / "pulumi-preview" / "preview.json").read_text(encoding="utf-8")
STACK = (TESTS / "cases" / "pulumi-state" / "prod.json").read_text(encoding="utf-8")
ONE_PASSES = "1 cache: 1 passed\n"
SHOW = "terraform show -json PLANFILE | ecbackup-iac check -"
TO_PREVIEW = "pulumi preview --json --show-sames | ecbackup-iac check -"


def read(content: bytes, *, is_requested: bool = True) -> ReadResult | None:
    """Return all that an input holds; None where it is no infrastructure code."""
    recognised = recognise(Input("x.json", content, "x.json", "."), is_requested=is_requested)
    if recognised.problem is not None:
        return ReadResult(diagnostics=(recognised.problem,))
    results = [*read_documents(recognised.documents)] if recognised.documents else []
    if not results:
        return None
    return ReadResult(
        tuple(resource for one in results for resource in one.resources),
        tuple(diagnostic for one in results for diagnostic in one.diagnostics),
        tuple(cache for one in results for cache in one.absent),
    )


def problem_with(content: bytes, *, is_requested: bool = True) -> Diagnostic | None:
    reading = read(content, is_requested=is_requested)
    if reading is None:
        return None
    assert reading.resources == ()
    (diagnostic,) = reading.diagnostics
    return diagnostic


def zipped(name: str, content: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, content)
    return archive.getvalue()


OLD_STATE = (
    '{"version":3,"terraform_version":"0.11.14","serial":1,"modules":[{"path":["root"],"resources":'
    '{"aws_elasticache_cluster.a":{"type":"aws_elasticache_cluster","primary":{"id":"a"}}}}]}'
)
STREAM = (
    '{"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","type":"version"}\n'
    '{"@level":"info","@message":"Plan: 1 to add","@module":"terraform.ui","type":"change_summary"}\n'
)
EVENTS = (
    '{"sequence":0,"timestamp":1,"preludeEvent":{"config":{}}}\n'
    '{"sequence":1,"timestamp":1,"resourcePreEvent":{"metadata":{"op":"create"}}}\n'
)
PLAN_TEXT = """
Terraform used the selected providers to generate the following execution plan.

Terraform will perform the following actions:

  # aws_elasticache_replication_group.r will be created
"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            zipped("tfplan", "binary"),
            f"a binary plan file (or another zip archive), not JSON: run {SHOW}",
        ),
        (
            STREAM.encode(),
            (
                "the message stream of terraform plan -json, not a plan: "
                f"run terraform plan -out=PLANFILE, then {SHOW}"
            ),
        ),
        (
            PLAN_TEXT.encode(),
            f"a plan in human-readable form, not JSON: run terraform plan -out=PLANFILE, then {SHOW}",
        ),
        (
            PLAN_TEXT.replace("Terraform", "OpenTofu").encode(),
            f"a plan in human-readable form, not JSON: run terraform plan -out=PLANFILE, then {SHOW}",
        ),
        (
            b"No changes. Your infrastructure matches the configuration.\n",
            f"a plan in human-readable form, not JSON: run terraform plan -out=PLANFILE, then {SHOW}",
        ),
        (
            b"[command]/usr/bin/terraform show -json tfplan\n" + PLAN.encode(),
            "the setup-terraform wrapper added lines to it: set terraform_wrapper: false",
        ),
        (
            b"-----------------\n|DescribeCacheClusters|\n-----------------\n",
            "AWS CLI output as a table, not JSON: run the command with --output json",
        ),
        (
            b'[["a", "redis", 7], ["b", "redis", 0]]',
            (
                "rows of values without names, as aws --query '[].[Id,Engine]' prints them: "
                "run the command without --query, or select entries: --query 'CacheClusters[]'"
            ),
        ),
        (
            b'{"resource": {"aws_elasticache_cluster": {"a": {"engine": "redis"}}}}',
            "Terraform configuration, which is read from files with a name that ends in .tf.json",
        ),
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (codecs.BOM_UTF16_LE, "the file is empty"),
        (
            b'{"format_version": "1.0", "provider_schemas": {}}',
            f"terraform providers schema -json, not a plan: run {SHOW}",
        ),
        (
            b'{"plan_format_version": "0.2", "provider_schemas": {}, "resource_changes": []}',
            f"a redacted plan of HCP Terraform, not the complete one: run {SHOW}",
        ),
        (
            b'{"format_version": "1.0", "valid": true, "diagnostics": []}',
            f"the output of terraform validate -json, not a plan: run {SHOW}",
        ),
        (
            OLD_STATE.encode(),
            "a state file older than version 4: run terraform show -json | ecbackup-iac check -",
        ),
        (
            OLD_STATE.replace('"serial":1', '"serial":1,"lineage":"a"').encode(),
            "a state file older than version 4: run terraform show -json | ecbackup-iac check -",
        ),
        (
            OLD_STATE.replace('"version":3', '"version":5').encode(),
            "a raw state file of version 5: ecbackup-iac reads version 4",
        ),
        (
            b'{"serial":1,"lineage":"a","meta":{},"encrypted_data":"AA","encryption_version":"v0"}',
            "an encrypted state: run tofu show -json | ecbackup-iac check -",
        ),
        (
            b'{"meta":{},"encrypted_data":"AA","encryption_version":"v0"}',
            "an encrypted plan: run tofu show -json PLANFILE | ecbackup-iac check -",
        ),
        (
            PLAN.replace('"format_version":"1.2"', '"format_version":"2.0"').encode(),
            "a plan of format_version 2.0: ecbackup-iac reads 0.x and 1.x",
        ),
        (
            STATE.replace('"format_version":"1.0"', '"format_version":"2.0"').encode(),
            "a state of format_version 2.0: ecbackup-iac reads 0.x and 1.x",
        ),
        (
            b"Previewing update (dev):\n     Type                 Name      Plan\n",
            f"a preview in human-readable form, not JSON: run {TO_PREVIEW}",
        ),
        (EVENTS.encode(), f"the event stream of Pulumi, not a preview: run {TO_PREVIEW}"),
        (
            b'{"manifest": {}, "config": {}, "resourcePlans": {}}',
            f"the update plan of pulumi preview --save-plan, not a preview: run {TO_PREVIEW}",
        ),
        (
            b'{"version": 3, "checkpoint": {"stack": "dev", "latest": {}}}',
            "a checkpoint of Pulumi: run pulumi stack export | ecbackup-iac check -",
        ),
        (
            b'{"TemplateBody": "Resources: {}", "StagesAvailable": ["Original", "Processed"]}',
            (
                "the output of aws cloudformation get-template, not the template in it: "
                "run jq -r .TemplateBody FILE | ecbackup-iac check -"
            ),
        ),
        (
            rb'"Resources:\n  A:\n    Type: AWS::ElastiCache::CacheCluster\n"',
            "a document inside a JSON string: decode it, for example with jq -r .",
        ),
    ],
)
def test_a_wrong_input_gets_a_hint_what_it_is_and_what_to_run_instead(
    content: bytes, message: str
) -> None:
    assert problem_with(content) == Diagnostic(message, Location("x.json"))


@pytest.mark.parametrize("is_requested", [True, False])
def test_an_old_or_encrypted_state_may_contain_caches_and_is_an_error_in_a_folder_too(
    *, is_requested: bool
) -> None:
    for content in (OLD_STATE, '{"meta":{},"encrypted_data":"AA","encryption_version":"v0"}'):
        assert problem_with(content.encode(), is_requested=is_requested) is not None


def test_an_old_state_that_does_not_name_a_cache_contains_none() -> None:
    assert read(OLD_STATE.replace("elasticache_cluster", "instance").encode()) == ReadResult()


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n",
        b'{"editor": {"tabs": 4}}',
        b"[1, 2]",
        b"[[]]",
        b"[[[1]]]",
        b'{"data": 1}',
        b"{}",
        b'"plan"',
        b"42",
        b"\x7fELF",
    ],
)
def test_unrecognised_bytes_are_not_infrastructure_code(content: bytes) -> None:
    assert problem_with(content) is None


@pytest.mark.parametrize(
    ("content", "message", "line", "column"),
    [
        ('{\n  "format_version": "1.2",\n  "resource_ch', "the JSON is truncated", 3, 3),
        ('{\n  "format_version": "1.2",\n', "the JSON is truncated", 3, 1),
        (
            '{"format_version": "1.2",\n "ü": 1,,}',
            "not valid JSON: Expecting property name enclosed in double quotes",
            2,
            9,
        ),
        ('{"CacheClusters": []}\n{"CacheClusters": [', "the JSON is truncated", 2, 20),
        ('{"CacheClusters": []}\nhello', "not valid JSON: Expecting value", 2, 1),
        ("[" * 100_000, "the JSON is nested too deeply", None, None),
    ],
)
def test_broken_json_is_reported_with_line_and_column(
    content: str, message: str, line: int | None, column: int | None
) -> None:
    assert problem_with(content.encode()) == Diagnostic(message, Location("x.json", line, column))


@pytest.mark.parametrize("content", [b'{"a": ', b"[1,", b'{"version": 1, }'])
def test_broken_json_that_is_not_named_and_not_infrastructure_is_ignored(content: bytes) -> None:
    assert problem_with(content, is_requested=False) is None
    assert problem_with(content) is not None


# Files that are in many repositories and describe no cache, although they contain words of ours.
FOREIGN = {
    "the paginators of an SDK": '{"pagination": {"DescribeCacheClusters": {"result_key": "CacheClusters"}}}',
    "the model of an SDK": '{"shapes": {"CacheClusters": {"type": "list"}}, "version": "2.0"}',
    "the example of an SDK": '{"examples": {"a": [{"output": {"ReplicationGroups": []}}]}}',
    "a recorded answer": '{"status_code": 200, "data": {"CacheClusters": [{"CacheClusterId": "a"}]}}',
    "snapshots of caches": (
        '{"Snapshots": [{"SnapshotName": "s", "CacheClusterId": "a", "SnapshotStatus": "available", '
        '"SnapshotRetentionLimit": 7}]}'
    ),
    "updates of caches": (
        '{"UpdateActions": [{"ReplicationGroupId": "a", "UpdateActionStatus": "not-applied"}]}'
    ),
    "a listing of user groups": '{"UserGroups": [{"UserGroupId": "u", "ReplicationGroups": ["a"]}]}',
    "a test's input of a plan": '{"mock": {"resource_changes": [{"format_version": "1"}]}, "a": 1}',
    "a provider schema": '{"format_version": "1.0", "provider_schemas": {"aws": {}}}',
    "a result of validation": '{"format_version": "1.0", "valid": true, "diagnostics": []}',
    "the steps of a pipeline": '{"steps": [{"name": "build", "newState": "on"}]}',
    "a checkpoint of Pulumi": '{"version": 3, "checkpoint": {"latest": {"manifest": {"magic": ""}}}}',
    "the manifest of a web site": '{"version": 3, "deployment": {}, "manifest": {"magic": "a"}}',
    "the log of another program": '{"@level": "info", "@message": "started", "@module": "agent"}',
    "nothing": "",
    "blank lines": " \n\n",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_an_error_only_where_it_is_named(
    text: str, tmp_path: Path, copy_in: Callable[[str, str], Path], run_here: "RunHere"
) -> None:
    copy_in("readers/plans/no-op.json", "plan.json")
    for name in ("foreign.json", ".venv/foreign.json", "foreign.tfstate"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        result = run_here("check", ".")
        assert (result.stdout, result.status) == (ONE_PASSES, 0)
        named = run_here("check", name)
        assert (named.status, named.stdout.splitlines()[0]) == (3, f"ERROR  {name}")
        file.unlink()


# A member at the top says that it is output, a plan or a preview; what it had of caches is lost.
SPOILED = {
    "output of another shape": '{"CacheClusters": {"CacheClusterId": "a"}}',
    "output that jq has wrapped": '[{"Region": "eu-west-1", "CacheClusters": "a"}, 1]',
    "a plan without its version": '{"resource_changes": [], "a": {"format_version": "1.0"}}',
    "a redacted plan": '{"plan_format_version": "0.2", "resource_changes": []}',
    "a stream": STREAM,
    "events of Pulumi": EVENTS,
    "a preview of another shape": '{"steps": {}, "changeSummary": {}}',
}


@pytest.mark.parametrize("text", SPOILED.values(), ids=SPOILED)
def test_what_may_contain_caches_is_an_error_in_a_folder_too(text: str) -> None:
    problem = problem_with(text.encode(), is_requested=False)
    assert problem is not None
    assert problem.severity is Severity.ERROR


ANSWER = '{"ReplicationGroups": [{"ReplicationGroupId": "a", "SnapshotRetentionLimit": 0}]}'


@pytest.mark.parametrize("is_requested", [True, False], ids=["named", "in a folder"])
@pytest.mark.parametrize(
    "document",
    [PLAN, STATE, ANSWER, PREVIEW, STACK],
    ids=["plan", "state", "output", "preview", "stack"],
)
@pytest.mark.parametrize(
    "before",
    [
        "Warning: Argument is deprecated\n",
        "\x1b[0m\x1b[1m",
        "2026-11-29T10:00:00.000Z ",
        "Acquiring state lock. This may take a few moments...\n\n",
        "null\n",
        "// a comment\n",
    ],
)
def test_text_before_a_document_is_an_error(
    before: str, document: str, *, is_requested: bool
) -> None:
    problem = problem_with((before + document).encode(), is_requested=is_requested)
    assert problem is not None
    assert problem.message.startswith("not JSON: there is text before it")


@pytest.mark.parametrize("is_requested", [True, False], ids=["named", "in a folder"])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "document",
    [PLAN, STATE, ANSWER, PREVIEW, STACK],
    ids=["plan", "state", "output", "preview", "stack"],
)
def test_a_document_inside_a_string_is_an_error(
    document: str, indent: int | None, *, is_requested: bool
) -> None:
    text = json.dumps(json.dumps(json.loads(document), indent=indent))
    problem = problem_with(text.encode(), is_requested=is_requested)
    assert problem is not None
    assert problem.message == "a document inside a JSON string: decode it, for example with jq -r ."


@pytest.mark.parametrize(
    "text",
    [
        "ReplicationGroups:\n- ARN: a\n  ReplicationGroupId: one\n  SnapshotRetentionLimit: 0\n",
        "CacheClusters:\r\n- CacheClusterId: one\r\n",
        "- ServerlessCaches:\n  - ARN: x\n    UserGroupId: a\n",
    ],
)
def test_output_as_yaml_is_an_error_in_a_folder_too(
    text: str, tmp_path: Path, run_here: "RunHere"
) -> None:
    (tmp_path / "caches.yaml").write_text(text, "utf-8")
    for path in (".", "caches.yaml"):
        result = run_here("check", path)
        assert (result.status, result.stdout.splitlines()[:2]) == (
            3,
            [
                "ERROR  caches.yaml",
                "  AWS CLI output as YAML, not JSON: run the command with --output json",
            ],
        )


@pytest.mark.parametrize("token", ["NextToken", "nextToken", "nexttoken", "Marker", "MARKER"])
def test_output_that_is_not_complete_is_an_error(token: str) -> None:
    reading = read(ANSWER.replace("}]}", f'}}], "{token}": "abc"}}').encode())
    assert reading is not None
    (problem,) = reading.diagnostics
    assert problem.message.startswith("the output is truncated: run the command")
    complete = read(ANSWER.replace("}]}", f'}}], "{token}": null}}').encode())
    assert complete is not None
    assert complete.diagnostics == ()


@pytest.mark.parametrize(
    ("members", "is_absent"),
    [
        ({"CacheClusterId": "a", "CacheClusterStatus": "deleting"}, True),
        ({"ReplicationGroupId": "a", "Status": "Deleting"}, True),
        ({"ServerlessCacheName": "a", "Status": "DELETED"}, True),
        ({"ReplicationGroupId": "a", "Status": "available"}, False),
        ({"ReplicationGroupId": "a", "Status": "creating"}, False),
        ({"ServerlessCacheName": "a", "Status": "create-failed"}, False),
        ({"ReplicationGroupId": "a", "Status": None}, False),
    ],
)
@pytest.mark.parametrize("is_reduced", [True, False], ids=["reduced", "whole"])
def test_a_cache_that_is_being_deleted_is_absent(
    members: dict[str, object], *, is_absent: bool, is_reduced: bool
) -> None:
    names = {"CacheClusterId": "CacheClusters", "ServerlessCacheName": "ServerlessCaches"}
    entry = members | {"SnapshotRetentionLimit": 0}
    name = names.get(next(iter(members)), "ReplicationGroups")
    for document in [[entry], entry] if is_reduced else [{name: [entry]}]:
        reading = read(json.dumps(document).encode())
        assert reading is not None
        assert [cache.address for cache in reading.resources] == ([] if is_absent else ["a"])
        assert [(cache.address, cache.reason) for cache in reading.absent] == (
            [("a", "it is being deleted")] if is_absent else []
        )


def test_members_of_a_group_that_is_being_deleted_are_not_of_an_unlisted_group(
    tmp_path: Path,
) -> None:
    groups = [group("g") | {"Status": "deleting"}]
    answers = {
        "clusters": {"CacheClusters": [cluster("a", "g")]},
        "groups": {"ReplicationGroups": groups},
    }
    for name, answer in answers.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(answer), "utf-8")
    report = scan([str(tmp_path)], Policy(), date(2026, 11, 23))
    assert report.diagnostics == ()
    assert [(cache.address, cache.type) for cache in report.absent] == [("g", "ReplicationGroup")]


@pytest.mark.parametrize(
    "content",
    [
        PLAN.encode(),
        codecs.BOM_UTF8 + PLAN.encode(),
        codecs.BOM_UTF16_LE + PLAN.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + PLAN.encode("utf-16-be"),
        PLAN.encode("utf-16-le"),
        PLAN.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + PLAN.encode("utf-32-le"),
        codecs.BOM_UTF16_LE + PLAN.replace("\n", "\r\n").encode("utf-16-le"),
        b"\r\n  " + PLAN.encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16-le",
        "utf-16-be",
        "le-no-bom",
        "be-no-bom",
        "utf-32",
        "crlf",
        "ws",
    ],
)
def test_a_plan_is_read_in_every_encoding_a_shell_writes(content: bytes) -> None:
    reading = read(content)
    assert reading is not None
    assert [resource.address for resource in reading.resources] == [
        "aws_elasticache_replication_group.r"
    ]
    assert reading.diagnostics == ()


def test_text_that_contradicts_its_byte_order_mark_is_reported() -> None:
    problem = problem_with(codecs.BOM_UTF16_LE + b"{\x00x")
    assert problem is not None
    assert problem.message.startswith("not valid UTF-16 or UTF-32: ")


@pytest.mark.parametrize(
    "content",
    [
        '{"format_version":"1.0","values":{"root_module":{"resources":[{"type":"aws_instance"}]}}}',
        '{"format_version":"1.2","configuration":{},"resource_changes":[{"type":"aws_instance"}]}',
        '{"format_version":"1.0","terraform_version":"1.11.4"}',
        '{"CacheClusters": []}',
        '{"CacheClusters": []} []',
    ],
)
def test_an_input_without_caches_has_no_diagnostics(content: str) -> None:
    reading = read(content.encode())
    assert reading is not None
    assert (reading.resources, reading.diagnostics) == ((), ())


@pytest.mark.parametrize(
    "content",
    [
        '{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"x"}, GOOD]}}}',
        '{"format_version":"1.0","values":{"root_module":{"resources":[{"type":[]}, GOOD]}}}',
        '{"format_version":"1.2","configuration":{},"resource_changes":[{"type":[]}, GOOD]}',
        '{"format_version":"1.2","configuration":{},"resource_changes":[GOOD, {}]}',
        '{"CacheClusters": [{"CacheClusterId": "b", "SnapshotRetentionLimit": 0}, {}]}',
        '[{"CacheClusterId": "b", "SnapshotRetentionLimit": 0}] {"x":',
        '{"format_version":"1.2","configuration":{},"resource_changes":[null, GOOD]}',
    ],
)
def test_a_broken_entry_does_not_affect_the_other_verdicts(content: str) -> None:
    good = (
        '{"address":"aws_elasticache_cluster.b","type":"aws_elasticache_cluster","name":"b",'
        '"mode":"managed","values":{},"change":{"actions":["create"],"after":{"engine":"redis"}}}'
    )
    reading = read(content.replace("GOOD", good).encode())
    assert reading is not None
    assert [resource.address[-1] for resource in reading.resources] == ["b"]
    assert [problem.severity for problem in reading.diagnostics] == [Severity.ERROR]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"format_version":"1.2","configuration":{},"resource_changes":{}}',
            "expected a list, not an object",
        ),
        (
            '{"format_version":"1.0","values":[]}',
            "expected an object, not a list",
        ),
    ],
)
def test_a_plan_of_another_shape_is_reported(content: str, message: str) -> None:
    assert problem_with(content.encode()) == Diagnostic(
        f"not the JSON that Terraform, AWS or Pulumi writes: {message}", Location("x.json")
    )


def test_an_empty_list_is_reported_as_an_empty_listing() -> None:
    problem = problem_with(b"[]\n")
    assert problem is not None
    assert problem.message == "an empty list, without caches: pass --allow-empty to accept it"


@pytest.mark.parametrize(
    "content",
    [
        '[{"CacheClusters": [ENTRY]}, {"CacheClusters": []}]',
        '{"eu-west-1": {"CacheClusters": [ENTRY]}, "us-east-1": {"CacheClusters": []}}',
        "[ENTRY]\n[]\n",
    ],
)
def test_output_of_several_regions_is_read(content: str) -> None:
    entry = '{"CacheClusterId": "a", "SnapshotRetentionLimit": 0}'
    reading = read(content.replace("ENTRY", entry).encode(), is_requested=False)
    assert reading is not None
    assert ([cache.address for cache in reading.resources], reading.diagnostics) == (["a"], ())


def test_a_missing_member_that_query_wrote_as_null_makes_no_member_of_a_group() -> None:
    content = b'[{"CacheClusterId": null, "ReplicationGroupId": "g", "SnapshotRetentionLimit": 0}]'
    reading = read(content)
    assert reading is not None
    assert [(c.type, c.address) for c in reading.resources] == [("ReplicationGroup", "g")]


def cluster(name: str, group: str | None, region: str | None = None) -> dict[str, object]:
    arn = {"ARN": f"arn:aws:elasticache:{region}:1:cluster:{name}"} if region else {}
    return arn | {
        "CacheClusterId": name,
        "Engine": "redis",
        "ReplicationGroupId": group,
        "SnapshotRetentionLimit": 1,
    }


def group(name: str, region: str | None = None) -> dict[str, object]:
    arn = {"ARN": f"arn:aws:elasticache:{region}:1:replicationgroup:{name}"} if region else {}
    return arn | {
        "ReplicationGroupId": name,
        "ClusterEnabled": False,
        "SnapshotRetentionLimit": 1,
    }


@pytest.mark.parametrize(
    ("entries", "unlisted"),
    [
        ([cluster("a", "g")], "1 cluster belongs to replication groups that are in no input: g;"),
        ([cluster("a", "g"), cluster("b", "g"), group("h")], "2 clusters belong to"),
        ([cluster(f"{n}", f"g{n}") for n in range(5)], "are in no input: g0, g1, g2 and 2 more;"),
        ([cluster("a", "g", "eu-west-1"), group("g", "us-east-1")], "are in no input: g;"),
        ([cluster("a", "g", "eu-west-1"), group("g", "eu-west-1"), group("g", "us-east-1")], None),
        ([cluster("a", "g"), group("g")], None),
        ([cluster("a", "g"), group("g", "us-east-1")], None),
        ([cluster("a", "g", "eu-west-1"), group("g")], None),
        ([cluster("a", None), cluster("b", "")], None),
    ],
)
def test_members_of_groups_that_no_input_lists_are_one_error(
    entries: list[dict[str, object]], unlisted: str | None, tmp_path: Path
) -> None:
    for number, entry in enumerate(entries):
        name = "CacheClusters" if "CacheClusterId" in entry else "ReplicationGroups"
        (tmp_path / f"{number}.json").write_text(json.dumps({name: [entry]}), "utf-8")
    report = scan([str(tmp_path)], Policy(), date(2026, 11, 23))
    problems = [(problem.severity, problem.message) for problem in report.diagnostics]
    if unlisted is None:
        assert problems == []
    else:
        ((severity, message),) = problems
        assert severity is Severity.ERROR
        assert unlisted in message
        assert message.endswith("the output of aws elasticache describe-replication-groups")


def test_a_plan_without_its_changes_is_reported() -> None:
    content = (
        b'{"format_version":"1.2","planned_values":{"root_module":{"resources":['
        b'{"mode":"managed","type":"aws_elasticache_cluster"}]}}}'
    )
    problem = problem_with(content)
    assert problem is not None
    assert problem.message.startswith("the plan is incomplete: it has no resource_changes")


def test_a_document_of_another_kind_among_ours_is_reported() -> None:
    content = b'{"CacheClusters": []}\n{"Buckets": []}\n'
    assert problem_with(content) == Diagnostic(
        "looks like a plan, state or AWS CLI output but has an unexpected structure",
        Location("x.json"),
    )


# Damaged inputs never crash the program

SEEDS = [
    *sorted((TESTS / "readers" / "plans").glob("*.json")),
    *(p for p in sorted((TESTS / "cases").glob("*/*.json")) if not p.name.endswith(".tf.json")),
    *sorted((TESTS / "cases").glob("*/*.tfstate")),
]
# Small ones that are one JSON document each: described.json may be several, one after the other.
DOCUMENTS = [
    json.loads(text)
    for file in SEEDS
    if not file.name.startswith("expected")
    for text in [file.read_text(encoding="utf-8")]
    if len(text) < 12_000 and file.name != "described.json"
]
# What a member is replaced with; "remove" removes it.
JUNK: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        "x",
        "module.a[",
        [],
        [None],
        [[]],
        {},
        {"a": None},
        "remove",
    ]
)


@pytest.mark.parametrize("references", [True, -1, 1.5, "data.x", {"a": 1}, None], ids=json.dumps)
def test_references_of_another_shape_are_ignored(references: object) -> None:
    plan = json.loads((TESTS / "cases" / "unknown-mode" / "plan.json").read_text(encoding="utf-8"))
    (block,) = plan["configuration"]["root_module"]["resources"]
    block["expressions"]["snapshot_retention_limit"]["references"] = references
    reading = read(json.dumps(plan).encode())
    assert reading is not None
    assert [type(resource.retention) for resource in reading.resources] == [Unknown]


@pytest.mark.parametrize("name", [[], {}, 7, None], ids=json.dumps)
def test_sensitive_attributes_of_another_shape_are_ignored(name: object) -> None:
    state = json.loads(
        (TESTS / "cases" / "raw-state-file" / "terraform.tfstate").read_text(encoding="utf-8")
    )
    state["resources"][0]["instances"][1]["sensitive_attributes"][0][0]["value"] = name
    reading = read(json.dumps(state).encode())
    assert reading is not None
    assert len(reading.resources) == len({resource.address for resource in reading.resources}) == 3


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(DOCUMENTS), st.data())
def test_no_change_to_a_real_input_crashes_the_program(
    document: object, data: st.DataObject
) -> None:
    changed = json.loads(json.dumps(document))
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(changed, data)
    for text in (json.dumps(changed), json.dumps(changed)[: data.draw(st.integers(0, 5000))]):
        read(text.encode())


def _spoil(document: Any, data: st.DataObject) -> None:  # noqa: ANN401 - any JSON
    """Walk to a member of the document, and replace or remove it."""
    holder = document
    while isinstance(holder, dict | list) and holder:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key: Any = data.draw(st.sampled_from(keys))
        below = holder[key]
        if not isinstance(below, dict | list) or not below or data.draw(st.integers(0, 5)) == 0:
            junk = copy.deepcopy(data.draw(JUNK))
            if junk == "remove":
                del holder[key]
            else:
                holder[key] = junk
            return
        holder = below


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_program(content: bytes) -> None:
    for head in (b"", b"{", codecs.BOM_UTF16_LE, b"PK\x03\x04", b'{"format_version":'):
        read(head + content)
