"""Every cache in a preview or an exported stack of Pulumi has a finding, is absent, or is an error."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.files.discovery import Input
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.report import ReadResult
from ecbackup_iac.model.value import Known, Unknown, Unset
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.readers.json_documents import read_documents
from ecbackup_iac.readers.recognition import recognise
from ecbackup_iac.rule import judge

CLUSTER = "aws:elasticache/cluster:Cluster"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
ADDRESS = f"dev::shop::{CLUSTER}::a"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the signature of a kind
INTERRUPTED = "an update was interrupted while it changed the cache; run pulumi refresh"

Json = dict[str, Any]


def read(document: object) -> ReadResult:
    found = Input("x.json", json.dumps(document).encode(), "x.json", ".")
    documents = recognise(found, is_requested=False).documents
    assert documents is not None
    (result,) = read_documents(documents)
    return result


def resource(inputs: Json | None = None, kind: str = CLUSTER, **members: object) -> Json:
    written = {"urn": f"urn:pulumi:dev::shop::{kind}::a", "custom": True, "type": kind}
    return written | ({} if inputs is None else {"inputs": inputs}) | members


def step(operation: str, new: Json | None, old: Json | None = None) -> Json:
    urn = (new or old or resource())["urn"]
    states = {"oldState": old, "newState": new}
    return {"op": operation, "urn": urn} | {name: one for name, one in states.items() if one}


def preview(*steps: object, **members: object) -> ReadResult:
    return read({"config": {}, "steps": steps, "duration": 1, "changeSummary": {}} | members)


def exported(*resources: object, operations: object = (), version: int = 3) -> ReadResult:
    manifest = {"time": "2026-11-20T09:14:02Z", "magic": "6a1f", "version": "v3.210.0"}
    deployment = {"manifest": manifest, "resources": resources, "pending_operations": operations}
    return read({"version": version, "deployment": deployment})


def reported(reading: ReadResult) -> tuple[list[str], list[str], list[str]]:
    """Return the addresses that are found, the reasons of those that are absent, and the errors."""
    return (
        [one.address for one in reading.resources],
        [one.reason for one in reading.absent],
        [one.message for one in reading.diagnostics],
    )


def only(reading: ReadResult) -> CacheResource:
    assert (reading.absent, reading.diagnostics) == ((), ())
    (cache,) = reading.resources
    return cache


def days(reading: ReadResult) -> int | str | None:
    """Return the retention of the only cache: its days, why it is unknown, or None where it is not set."""
    match only(reading).retention:
        case Known(value=value):
            return value
        case Unknown(why=why):
            return why
        case Unset():
            return None
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("delete", "the update removes it"),
        ("discard", "the update removes it"),
        ("delete-replaced", "the update removes it"),
        ("read", "it is only read here, and managed elsewhere"),
    ],
)
def test_a_cache_that_a_step_does_not_keep_is_absent(operation: str, reason: str) -> None:
    assert reported(preview(step(operation, None, resource({})))) == ([], [reason], [])


@pytest.mark.parametrize(
    "operation", ["create", "import", "replace", "create-replacement", "same", "update"]
)
def test_a_cache_that_a_step_keeps_is_read_from_its_inputs(operation: str) -> None:
    new = resource({"snapshotRetentionLimit": 3}, outputs={"snapshotRetentionLimit": 7})
    assert days(preview(step(operation, new))) == 3


@pytest.mark.parametrize("reverse", [False, True], ids=["create first", "delete first"])
def test_the_steps_of_a_replacement_are_one_cache(*, reverse: bool) -> None:
    new, old = resource({"snapshotRetentionLimit": 5}), resource({"snapshotRetentionLimit": 1})
    steps = [
        step("create-replacement", new, old),
        step("replace", new, old),
        step("delete-replaced", None, old),
    ]
    assert days(preview(*(reversed(steps) if reverse else steps))) == 5


def test_what_follows_a_refresh_decides() -> None:
    found = resource({"snapshotRetentionLimit": 7}, outputs={"snapshotRetentionLimit": 0})
    assert days(preview(step("refresh", found))) == 0
    planned = step("update", resource({"snapshotRetentionLimit": 7}), found)
    assert days(preview(step("refresh", found), planned)) == 7
    gone = step("refresh", None, found), step("delete", None, found)
    assert reported(preview(*gone)) == ([], ["the update removes it"], [])


def test_an_unset_retention_stays_as_it_is_only_where_the_provider_computes_it() -> None:
    for kind, expected in ((SERVERLESS, 7), (CLUSTER, None)):
        old = resource({}, kind, outputs={"snapshotRetentionLimit": 7})
        assert days(preview(step("update", resource({}, kind), old))) == expected
    was_set = resource(
        {"snapshotRetentionLimit": 7}, SERVERLESS, outputs={"snapshotRetentionLimit": 7}
    )
    assert days(preview(step("update", resource({}, SERVERLESS), was_set))) is None


@pytest.mark.parametrize("ignored", ["snapshotRetentionLimit", "*"])
def test_what_an_update_ignores_stays_as_it_is(ignored: str) -> None:
    old = resource({"snapshotRetentionLimit": 7}, outputs={"snapshotRetentionLimit": 0})
    new = resource({"snapshotRetentionLimit": 7}, ignoreChanges=[ignored])
    assert days(preview(step("update", new, old))) == 0
    assert days(preview(step("replace", new, old))) == 7


@pytest.mark.parametrize(
    ("operation", "before", "expected"),
    [
        ("update", 14, 14),
        ("update", {SIGNATURE: SECRET, "plaintext": "123456"}, None),
        ("update", UNKNOWN, None),
        ("refresh", 14, None),  # nothing is turned off: it is off already
    ],
)
def test_the_retention_before_an_update_is_known(
    operation: str, before: object, expected: int | None
) -> None:
    old = resource({"snapshotRetentionLimit": before})
    new = resource({"snapshotRetentionLimit": 0})
    assert only(preview(step(operation, new, old))).previous_days == expected


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (step("create", None), f"{ADDRESS} is in the preview without its new state"),
        (step("ascend", resource({})), f"what the operation ascend does to {ADDRESS} is not known"),
        ({"urn": "x"}, "a step cannot be read: it has no op or no urn"),
        ([], "a step cannot be read: expected an object, not a list"),
        (
            step("create", resource(inputs=7)),  # type: ignore[arg-type]
            "a step cannot be read: Expected `object | null`, got `int` - at `$.newState.inputs`",
        ),
    ],
)
def test_a_step_that_is_not_understood_is_an_error_beside_the_others(
    entry: object, error: str
) -> None:
    good = step("create", resource({}, SERVERLESS))
    assert reported(preview(entry, good)) == ([f"dev::shop::{SERVERLESS}::a"], [], [error])


def test_unchanged_resources_that_are_not_shown_are_an_error() -> None:
    unchanged = step("same", resource({}))
    assert reported(preview(unchanged, changeSummary={"same": 1}))[2] == []
    (error,) = reported(preview(unchanged, changeSummary={"same": 3}))[2]
    assert error.startswith("the preview does not show 2 unchanged resources")


def test_a_preview_that_failed_before_its_first_step_is_an_error() -> None:
    diagnostics = [{"message": "error: no stack", "severity": "error"}]
    document = {"diagnostics": diagnostics, "duration": 1, "changeSummary": {}}
    assert reported(read(document))[2] == [
        "the preview ended with an error, so caches may be missing"
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (7, 7),
        ("7", 7),
        (None, None),
        ({SIGNATURE: SECRET, "plaintext": "7"}, 7),
        ({SIGNATURE: SECRET, "ciphertext": "AAAB"}, "it is an encrypted secret"),
        ({SIGNATURE: SECRET, "plaintext": "[" * 100_000}, "it is an encrypted secret"),
        ({SIGNATURE: SECRET, "plaintext": f'"{UNKNOWN}"'}, "it is known only after the update"),
        ({SIGNATURE: "7eb310220ed6211bd6f147f2a75bfbb6", "value": "7"}, 7),
        (
            {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "x"},
            "it is a reference to a resource or an asset",
        ),
        (UNKNOWN, "it is known only after the update"),
        ("3eeb2bf0-c639-47a8-9e75-3b44932eb421", "it is known only after the update"),
        ("[secret]", "it is a secret"),
    ],
)
def test_a_value_means_the_same_in_a_preview_and_a_state(written: object, expected: object) -> None:
    inputs = {"snapshotRetentionLimit": written}
    assert days(preview(step("create", resource(inputs)))) == expected
    assert days(exported(resource(inputs))) == expected


def test_the_outputs_in_a_state_are_what_exists() -> None:
    cache = resource({"snapshotRetentionLimit": 7}, outputs={"snapshotRetentionLimit": 0})
    assert days(exported(cache)) == 0
    assert days(exported(cache, version=4)) == 0


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ("external", "it is only read here, and managed elsewhere"),
        ("delete", "it was replaced, and the next update deletes it"),
        ("pendingReplacement", "it was deleted to be replaced"),
    ],
)
def test_a_cache_in_a_state_that_the_stack_does_not_have_is_absent(
    member: str, reason: str
) -> None:
    assert reported(exported(resource({}) | {member: True})) == ([], [reason], [])


def test_the_old_copy_of_a_cache_is_not_absent_beside_the_new_one() -> None:
    copies = resource({"snapshotRetentionLimit": 7}), resource({}, delete=True)
    assert days(exported(*copies)) == 7


def test_an_interrupted_update_leaves_the_retention_unknown() -> None:
    cache = resource({"snapshotRetentionLimit": 7})
    operations = [{"resource": cache, "type": "updating"}]
    assert days(exported(cache, operations=operations)) == INTERRUPTED
    assert reported(exported(operations=operations))[2] == [f"{ADDRESS} may exist: {INTERRUPTED}"]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (resource(), f"{ADDRESS} is in the state without its properties"),
        ({"urn": "x"}, "an entry of resources cannot be read: it has no type"),
    ],
)
def test_a_broken_entry_of_a_state_is_an_error_beside_the_others(entry: Json, error: str) -> None:
    good = resource({}, SERVERLESS)
    assert reported(exported(entry, good)) == ([f"dev::shop::{SERVERLESS}::a"], [], [error])


def test_a_state_of_another_version_is_an_error() -> None:
    error = "a Pulumi state of another version than 3 and 4: run pulumi stack export"
    assert reported(exported(resource({}), version=2)) == ([], [], [error])


@pytest.mark.parametrize(
    "kind",
    [
        "awscc:index/elasticacheReplicationGroup:ElasticacheReplicationGroup",
        "aws:index/elasticacheServerlessCache:ElasticacheServerlessCache",
        "aws:cloudformation/stack:Stack",
        "aws-native:index:ExtensionResource",
    ],
)
def test_a_cache_that_is_not_read_is_an_error(kind: str) -> None:
    other = resource({"templateBody": "AWS::ElastiCache::CacheCluster"}, kind)
    for reading in (preview(step("create", other)), exported(other)):
        (error,) = reported(reading)[2]
        assert error.startswith(f"dev::shop::{kind}::a ")


@pytest.mark.parametrize(
    "kind",
    [
        "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
        "aws:elasticache/userGroup:UserGroup",
        "aws-native:elasticache:GlobalReplicationGroup",
        "aws-native:elasticache:SubnetGroup",
        "aws:cloudformation/stack:Stack",
    ],
)
def test_what_is_not_a_cache_is_not_mentioned(kind: str) -> None:
    other = resource({}, kind)
    assert reported(exported(other)) == reported(preview(step("create", other))) == ([], [], [])


def test_a_component_is_not_a_cache() -> None:
    assert reported(exported(resource({}, "shop:elasticache:Cluster", custom=False)))[2] == []


def test_a_cache_in_a_terraform_module_is_an_error() -> None:
    module = "urn:pulumi:dev::shop::cache:index:Module::cache"
    kind = "cache:tf:aws_elasticache_replication_group"
    view = resource({"snapshot_retention_limit": 0}, kind, custom=False, viewOf=module)
    error = (
        f"dev::shop::{kind}::a is a cache of a provider that is not read: aws and aws-native are"
    )
    assert reported(exported(view)) == ([], [], [error])
    assert reported(preview(step("create", view))) == ([], [], [error])


def test_the_parents_of_a_cache_are_in_its_address() -> None:
    urns = [f"urn:pulumi:dev::shop::shop:index:{name}${CLUSTER}::a" for name in ("A", "B")]
    caches = [resource({}) | {"urn": urn} for urn in urns]
    assert reported(exported(*caches))[0] == [urn.removeprefix("urn:pulumi:") for urn in urns]


def test_a_cluster_belongs_to_the_group_that_it_depends_on() -> None:
    group = "urn:pulumi:dev::shop::aws:elasticache/replicationGroup:ReplicationGroup::g"
    dependencies = {"replicationGroupId": [group]}
    member = resource({"replicationGroupId": UNKNOWN}, propertyDependencies=dependencies)
    cache = only(preview(step("create", member)))
    assert cache.replication_group == Known(group.removeprefix("urn:pulumi:"))


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"clusterMode": "enabled"}, Known(value=True)),
        ({"clusterMode": {"numNodeGroups": 2}}, Known(value=True)),
        ({"numNodeGroups": 2}, Known(value=True)),
        ({"parameterGroupName": "default.redis7.cluster.on"}, Known(value=True)),
        ({}, Known(value=False)),
        ({"numNodeGroups": UNKNOWN}, Unknown("cluster mode is known only after the update")),
    ],
)
def test_cluster_mode_is_read_from_any_setting_that_enables_it(
    inputs: Json, expected: object
) -> None:
    group = resource(inputs, "aws:elasticache/replicationGroup:ReplicationGroup")
    assert only(preview(step("create", group))).cluster_mode == expected


SPECIAL = [UNKNOWN, "[secret]", {SIGNATURE: SECRET, "ciphertext": "A"}, {SIGNATURE: "x"}]


@given(
    st.dictionaries(
        st.sampled_from(["engine", "nodeType", "replicationGroupId", "numNodeGroups"]),
        st.sampled_from([*SPECIAL, "redis", "cache.t1.micro"]),
    ),
    st.sampled_from(SPECIAL),
    st.sampled_from([CLUSTER, SERVERLESS, "aws-native:elasticache:ReplicationGroup"]),
)
def test_a_retention_that_is_unknown_never_passes(others: Json, value: object, kind: str) -> None:
    cache = resource(others | {"snapshotRetentionLimit": value}, kind)
    for reading in (preview(step("update", cache, cache)), exported(cache)):
        assert judge(only(reading), Requirements()).status is not Status.PASS


def test_a_long_type_takes_time_in_proportion() -> None:
    # Under a second; matched from each of its beginnings it took minutes.
    kind = "aws:elasticache" * 20_000
    start = process_time()
    reading = preview(step("create", resource({}, kind)))
    assert process_time() - start < 30
    assert reported(reading) == ([], [], [])
