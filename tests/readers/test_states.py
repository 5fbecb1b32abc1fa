"""Every cache in a state has a finding, is absent, or is an error."""

import json
from typing import Any

import pytest

from ecbackup_iac.files.discovery import Input
from ecbackup_iac.model.report import ReadResult
from ecbackup_iac.model.value import Known, Unset
from ecbackup_iac.readers.json_documents import read_documents
from ecbackup_iac.readers.recognition import recognise

CLUSTER = "aws_elasticache_cluster"
DEPOSED = "only a deposed object remains"

Json = dict[str, Any]


def read(state: Json) -> ReadResult:
    found = Input("terraform.tfstate", json.dumps(state).encode(), "terraform.tfstate", ".")
    documents = recognise(found, is_requested=True).documents
    assert documents is not None
    (result,) = read_documents(documents)
    return result


def shown(*resources: Json) -> ReadResult:
    entries = [{"mode": "managed", "type": CLUSTER, "name": "a"} | one for one in resources]
    return read({"format_version": "1.0", "values": {"root_module": {"resources": entries}}})


def raw(*instances: Json, **members: object) -> ReadResult:
    resource: Json = {"mode": "managed", "type": CLUSTER, "name": "a", "instances": instances}
    return read(
        {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x"}
        | {"resources": [resource | members]}
    )


def reported(reading: ReadResult) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Return the addresses that are found, those that are absent, and the errors."""
    return (
        [one.address for one in reading.resources],
        [(one.address, one.reason) for one in reading.absent],
        [one.message for one in reading.diagnostics],
    )


@pytest.mark.parametrize("values", [{}, {"values": None}])
def test_an_instance_without_values_is_an_error(values: Json) -> None:
    reading = shown({"address": f"{CLUSTER}.a"} | values)
    assert reported(reading) == ([], [], [f"{CLUSTER}.a is in the state without its attributes"])


@pytest.mark.parametrize("values", [{}, {"attributes": None}, {"attributes_flat": None}])
def test_a_raw_instance_without_attributes_is_an_error_of_its_own(values: Json) -> None:
    reading = raw(
        {"index_key": 0} | values, {"index_key": 1, "attributes": {"snapshot_retention_limit": 1}}
    )
    error = f"{CLUSTER}.a[0] is in the state without its attributes"
    assert reported(reading) == ([f"{CLUSTER}.a[1]"], [], [error])


def test_what_terraform_has_not_written_since_0_11_is_read() -> None:
    (resource,) = raw({"attributes_flat": {"snapshot_retention_limit": "7"}}).resources
    assert isinstance(resource.retention, Known)
    assert resource.retention.value == 7


def test_attributes_that_leave_the_retention_out_are_unset() -> None:
    (resource,) = raw({"attributes": {"engine": "redis"}}).resources
    assert isinstance(resource.retention, Unset)


@pytest.mark.parametrize("instances", [{"instances": []}, {"instances": None}])
def test_a_resource_without_instances_is_absent(instances: Json) -> None:
    reading = raw(module='module.m["k"]', **instances)
    address = f'module.m["k"].{CLUSTER}.a'
    assert reported(reading) == ([], [(address, "the state has no instance of it")], [])


def test_a_cache_with_only_a_deposed_object_is_absent() -> None:
    deposed = {"deposed": "0123abcd", "attributes": {"snapshot_retention_limit": 7}}
    assert reported(raw(deposed)) == ([], [(f"{CLUSTER}.a", DEPOSED)], [])
    entry = {"address": f"{CLUSTER}.a", "values": {}, "deposed_key": "0123abcd"}
    assert reported(shown(entry)) == ([], [(f"{CLUSTER}.a", DEPOSED)], [])


def test_a_deposed_object_of_an_existing_cache_is_not_reported() -> None:
    current: Json = {"attributes": {"snapshot_retention_limit": 7}}
    assert reported(raw({"deposed": "0123abcd"} | current, current)) == ([f"{CLUSTER}.a"], [], [])
    entry: Json = {"address": f"{CLUSTER}.a", "values": {"engine": "redis"}}
    assert reported(shown(entry | {"deposed_key": "x"}, entry)) == ([f"{CLUSTER}.a"], [], [])


def test_data_sources_are_not_caches() -> None:
    assert reported(raw(mode="data")) == ([], [], [])
    assert reported(shown({"address": f"data.{CLUSTER}.a", "mode": "data"})) == ([], [], [])
