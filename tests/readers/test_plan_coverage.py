"""What a plan leaves out: every cache of its configuration is planned, absent, or the plan is partial."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.files.discovery import Input
from ecbackup_iac.model.report import Diagnostic, ReadResult
from ecbackup_iac.readers.json_documents import read_documents
from ecbackup_iac.readers.recognition import recognise

PLANS = Path(__file__).parent / "plans"
GROUP = "aws_elasticache_replication_group"

Plan = dict[str, Any]
PARTIAL = "the plan is partial: it has no change for "


def read(plan: Plan) -> ReadResult:
    found = Input("plan.json", json.dumps(plan).encode(), "plan.json", ".")
    documents = recognise(found, is_requested=True).documents
    assert documents is not None
    (result,) = read_documents(documents)
    return result


def plan_of(name: str) -> Plan:
    plan: Plan = json.loads((PLANS / name).read_text("utf-8"))
    return plan


def by_opentofu(plan: Plan) -> Plan:
    """Leave out what OpenTofu, and Terraform before 1.8, do not write."""
    return {name: part for name, part in plan.items() if name not in ("complete", "applyable")}


def partial(reading: ReadResult) -> str:
    """Return the addresses that the error names."""
    (reported,) = reading.diagnostics
    return reported.message.removeprefix(PARTIAL).partition(";")[0]


def test_a_targeted_plan_that_does_not_say_so_is_partial() -> None:
    reading = read(by_opentofu(plan_of("targeted.json")))
    assert [one.address for one in reading.resources] == [f"{GROUP}.a"]
    assert (partial(reading), reading.absent) == (f"{GROUP}.b", ())


def test_a_plan_of_opentofu_has_absent_caches_too() -> None:
    plan = by_opentofu(plan_of("instances-of-none.json"))
    resources = plan["configuration"]["root_module"]["resources"]
    resources[:] = [one for one in resources if one["name"] != "each"]
    reading = read(plan)
    assert reading.diagnostics == ()
    assert reading.absent == read(plan | {"complete": True}).absent
    assert len(reading.absent) == 5


def test_a_block_that_is_not_repeated_makes_a_plan_partial_that_does_not_call_itself_complete() -> (
    None
):
    reading = read(by_opentofu(plan_of("instances-of-none.json")))
    assert partial(reading).startswith("aws_elasticache_cluster.each, ")
    assert partial(reading).endswith(" and 3 more")
    assert reading.absent == ()


def test_a_target_that_leaves_out_another_resource_may_leave_out_a_repeated_cache() -> None:
    plan = by_opentofu(plan_of("instances-of-none.json"))
    top = plan["configuration"]["root_module"]
    top["resources"] = [one for one in top["resources"] if one["name"] == "counted"]
    top["module_calls"] = {}
    plan["resource_changes"], plan["planned_values"] = [], {}
    assert [one.reason for one in read(plan).absent] == ["count is 0"]
    top["resources"].append({"mode": "managed", "type": "aws_vpc", "name": "v"})
    assert partial(read(plan)) == f"{GROUP}.counted"
    top["resources"][1]["mode"] = "data"
    assert [one.reason for one in read(plan).absent] == ["count is 0"]


def without_changes(plan: Plan) -> None:
    plan["resource_changes"] = []


def without_the_kept(plan: Plan) -> None:
    plan["resource_changes"] = [
        one for one in plan["resource_changes"] if "kept" not in one["address"]
    ]


@pytest.mark.parametrize("cut", [without_changes, without_the_kept])
@pytest.mark.parametrize("name", ["instances-of-none.json", "counts-to-zero.json"])
def test_a_planned_cache_without_a_change_makes_a_plan_partial(
    name: str, cut: Callable[[Plan], None]
) -> None:
    plan = plan_of(name)
    cut(plan)
    assert f"{GROUP}.kept" in partial(read(plan))
    plan["planned_values"] = None
    if "prior_state" in plan:
        assert f"{GROUP}.kept" in partial(read(plan))


def test_a_cache_that_a_module_plans_is_looked_for_too() -> None:
    plan = plan_of("provider-aliases.json")
    plan["resource_changes"] = plan["resource_changes"][:1]
    del plan["configuration"]
    assert partial(read(plan)) == f"module.m.{GROUP}.p"


def test_a_refresh_only_plan_of_what_does_not_exist_yet_is_partial() -> None:
    plan = plan_of("refresh-only.json")
    plan["prior_state"] = {"format_version": "1.0"}
    assert partial(read(plan)) == f"{GROUP}.r"


def test_an_instance_that_exists_and_is_left_out_makes_a_plan_partial() -> None:
    plan = by_opentofu(plan_of("count-shrinks.json"))
    plan["resource_changes"] = plan["resource_changes"][1:]
    plan["planned_values"] = {"root_module": {}}
    reading = read(plan)
    assert (partial(reading), reading.absent) == (f"{GROUP}.r[0]", ())


def test_a_deposed_object_is_not_the_cache_itself() -> None:
    plan = plan_of("count-shrinks.json")
    for entry in plan["resource_changes"]:
        entry |= {"deposed": "0123abcd", "change": entry["change"] | {"actions": ["delete"]}}
    for resource in plan["prior_state"]["values"]["root_module"]["resources"]:
        resource["deposed_key"] = "0123abcd"
    plan["planned_values"] = {"root_module": {}}
    reading = read(plan)
    assert (reading.resources, reading.diagnostics) == ((), ())
    assert [one.reason for one in reading.absent] == ["count is 0"]
    del plan["configuration"]["root_module"]["resources"][0]["count_expression"]
    assert partial(read(by_opentofu(plan))) == f"{GROUP}.r"


def test_an_errored_plan_has_no_absent_caches() -> None:
    reading = read(plan_of("counts-to-zero.json") | {"errored": True})
    assert reading.absent == ()
    assert "ended with an error" in reading.diagnostics[0].message


@pytest.mark.parametrize("part", ["planned_values", "prior_state"])
@pytest.mark.parametrize("value", [None, {}, {"root_module": None}, {"values": None}])
def test_missing_parts_of_a_plan_do_not_hide_the_rest(part: str, value: object) -> None:
    reading = read(plan_of("counts-to-zero.json") | {part: value})
    assert len(reading.resources) == 2
    assert reading.diagnostics == ()


@pytest.mark.parametrize(
    "configuration", [[], {"root_module": []}, {"root_module": {"resources": [{"type": 1}]}}]
)
def test_a_configuration_that_cannot_be_read_is_an_error(configuration: object) -> None:
    reading = read(plan_of("empty.json") | {"configuration": configuration})
    assert [type(one) for one in reading.diagnostics] == [Diagnostic]
    assert "malformed" in reading.diagnostics[0].message


# Any plan: a tree of modules, each block with its instances, and what a target leaves out.

names = st.sampled_from("abc")
repetitions = st.sampled_from(["", "count", "for_each"])
actions = st.sampled_from([["create"], ["no-op"], ["delete", "create"], ["delete"]])


@st.composite
def instances(draw: st.DrawFn, repetition: str) -> dict[str, list[str]]:
    """Draw the keys of a block's instances, each with what is done to it."""
    if not repetition:
        return {"": draw(actions)}
    keys = ["[0]", "[1]"] if repetition == "count" else ['["x"]', '["y.z"]']
    return {key: draw(actions) for key in keys[: draw(st.integers(0, 2))]}


@st.composite
def modules(draw: st.DrawFn, keys: list[str], depth: int) -> tuple[Plan, list[Plan]]:
    """Draw a module: its configuration, and the changes of its instances under each of its addresses."""
    blocks, changes = [], []
    kinds = st.sampled_from([GROUP, "aws_elasticache_cluster", "aws_vpc"])
    for kind, name in draw(st.sets(st.tuples(kinds, names), max_size=3)):
        repetition = draw(repetitions)
        block: Plan = {"mode": "managed", "type": kind, "name": name, "expressions": {}}
        if repetition:
            block[f"{repetition}_expression"] = {"references": ["var.x"]}
        blocks.append(block)
        for module in keys:
            for key, chosen in draw(instances(repetition)).items():
                address = f"{module}{kind}.{name}{key}"
                change = {"actions": chosen, "before": {}, "after": {}, "after_unknown": {}}
                changes.append(
                    {"address": address, "mode": "managed", "type": kind, "name": name}
                    | {"module_address": module.removesuffix("."), "change": change}
                )
    calls: Plan = {}
    for name in draw(st.sets(names, max_size=2)) if depth else ():
        repetition = draw(repetitions)
        inner = [
            f"{module}module.{name}{key}." for module in keys for key in draw(instances(repetition))
        ]
        inside, below = draw(modules(inner, depth - 1))
        calls[name] = {"module": inside}
        if repetition:
            calls[name][f"{repetition}_expression"] = {"references": ["var.x"]}
        changes += below
    return {"resources": blocks, "module_calls": calls}, changes


def is_removed(change: Plan) -> bool:
    return bool(change["change"]["actions"] == ["delete"])


def written(configuration: Plan, changes: list[Plan], existing: list[Plan]) -> Plan:
    planned = [one for one in changes if not is_removed(one)]
    return {
        "format_version": "1.2",
        "configuration": {"root_module": configuration},
        "resource_changes": changes,
        "planned_values": {"root_module": {"resources": planned}},
        "prior_state": {"values": {"root_module": {"resources": existing}}},
    }


def blocks_in(module: Plan, path: str = "") -> list[str]:
    """Return the caches that a configuration declares."""
    own = [f"{path}{one['type']}.{one['name']}" for one in module["resources"]]
    calls: Plan = module["module_calls"]
    return [one for one in own if "elasticache" in one] + [
        block
        for name, call in calls.items()
        for block in blocks_in(call["module"], f"{path}module.{name}.")
    ]


def block_of(address: str) -> str:
    for key in ("[0]", "[1]", '["x"]', '["y.z"]'):
        address = address.replace(key, "")
    return address


any_module = modules([""], 2)


@given(any_module, st.sampled_from([{}, {"complete": True}]))
def test_every_cache_of_a_complete_plan_is_planned_or_absent(
    drawn: tuple[Plan, list[Plan]], declared: Plan
) -> None:
    configuration, changes = drawn
    existing = [one for one in changes if one["change"]["actions"] != ["create"]]
    plan = written(configuration, changes, existing)
    reading = read(plan | declared)
    found = {block_of(one.address) for one in reading.resources}
    assert reading.diagnostics == ()
    assert found == {
        block_of(one["address"])
        for one in changes
        if "elasticache" in one["type"] and not is_removed(one)
    }
    blocks = blocks_in(configuration)
    assert sorted([*found, *(one.address for one in reading.absent)]) == sorted(blocks)


@given(any_module, st.data())
def test_a_cache_that_exists_or_has_one_instance_and_is_left_out_is_an_error(
    drawn: tuple[Plan, list[Plan]], data: st.DataObject
) -> None:
    configuration, changes = drawn
    kept = [one for one in changes if data.draw(st.booleans())]
    left_out = [one for one in changes if one not in kept]
    existing = [one for one in changes if one["change"]["actions"] != ["create"]]
    reading = read(written(configuration, kept, existing))
    hidden = [
        one
        for one in left_out
        if "elasticache" in one["type"] and (one in existing or "[" not in one["address"])
    ]
    if hidden:
        assert [one.message[: len(PARTIAL)] for one in reading.diagnostics] == [PARTIAL]
    if reading.diagnostics:
        assert (left_out != [], reading.absent) == (True, ())
