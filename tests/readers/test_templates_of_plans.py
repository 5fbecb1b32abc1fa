"""CloudFormation templates that a plan or a state deploys: the same caches as in its configuration.

plan.json and state.json in `deployments/` are what Terraform 1.11 made of the main.tf beside them.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Result

RECORDED = Path(__file__).parent / "deployments"
TEMPLATE = """\
Parameters: {Days: {Type: Number, Default: 5}}
Resources: {C: {Type: "AWS::ElastiCache::ReplicationGroup", Properties: {SnapshotRetentionLimit: !Ref Days}}}
"""

Check = Callable[[str, Any], Any]


@pytest.fixture
def check(run_here: "Callable[..., Result]", tmp_path: Path) -> Check:
    def check_it(name: str, content: object) -> Any:  # noqa: ANN401 - a JSON document
        (tmp_path / ".git").mkdir(exist_ok=True)
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        report = json.loads(run_here("check", "--format", "json", name).stdout)
        (tmp_path / name).unlink()
        return report

    return check_it


def statuses(report: Any) -> dict[str, str]:  # noqa: ANN401 - a JSON document
    return {one["resource"]["address"]: one["status"] for one in report["findings"]}


def test_a_plan_deploys_what_its_configuration_does(check: Check) -> None:
    configured = check("main.tf", (RECORDED / "main.tf").read_text())
    planned = check("plan.json", (RECORDED / "plan.json").read_text())
    assert statuses(planned) == statuses(configured)
    assert len(statuses(planned)) == 9
    assert (planned["diagnostics"], planned["absent"]) == ([], [])


def test_what_a_state_deploys_is_known(check: Check) -> None:
    report = check("state.json", (RECORDED / "state.json").read_text())
    found = statuses(report)
    assert found["aws_cloudformation_stack.a/A"] == "fail"
    assert found["aws_cloudcontrolapi_resource.g"] == "fail"
    assert found["aws_cloudformation_stack.d"] == "unknown"
    assert "aws_cloudformation_stack.k" not in found


def test_a_sensitive_parameter_is_shown_as_days(check: Check) -> None:
    found = check("plan.json", (RECORDED / "plan.json").read_text())["findings"]
    (secret,) = (
        one for one in found if one["resource"]["address"] == "aws_cloudformation_stack.c/A"
    )
    assert secret["message"].endswith("SnapshotRetentionLimit is 0")
    assert (
        secret["remedy"] == "set parameters.D: 7 in the configuration of aws_cloudformation_stack.c"
    )


def planned(
    kind: str,
    after: Mapping[str, object],
    unknown: Mapping[str, object] | None = None,
    actions: tuple[str, ...] = ("create",),
) -> dict[str, object]:
    change = {"actions": actions, "after": after, "after_unknown": unknown or {}}
    entry = {"address": f"{kind}.s", "mode": "managed", "type": kind, "change": change}
    return {"format_version": "1.2", "planned_values": {}, "resource_changes": [entry]}


def both(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    """Return a plan with the changes of both."""
    changes = [plan["resource_changes"] for plan in (one, other)]
    return one | {"resource_changes": [change for part in changes for change in part]}  # type: ignore[attr-defined]


STACK, PRODUCT = "aws_cloudformation_stack", "aws_servicecatalog_product"
SET = "aws_cloudformation_stack_set"
INSTANCE, PROVISIONED = f"{SET}_instance", "aws_servicecatalog_provisioned_product"
SEVEN = planned(SET, {"name": "s", "template_body": TEMPLATE, "parameters": {"Days": "7"}})
CASES: Mapping[str, tuple[dict[str, object], dict[str, str]]] = {
    "the default of the template": (
        planned(STACK, {"template_body": TEMPLATE}),
        {f"{STACK}.s/C": "pass"},
    ),
    "parameters of the provider awscc": (
        planned(
            "awscc_cloudformation_stack",
            {
                "template_body": TEMPLATE,
                "parameters": [{"parameter_key": "Days", "parameter_value": "0"}],
            },
        ),
        {"awscc_cloudformation_stack.s/C": "fail"},
    ),
    "a parameter that only the apply shows": (
        planned(STACK, {"template_body": TEMPLATE}, {"parameters": {"Days": True}}),
        {f"{STACK}.s/C": "unknown"},
    ),
    "parameters that only the apply shows": (
        planned(STACK, {"template_body": TEMPLATE}, {"parameters": True}),
        {f"{STACK}.s/C": "unknown"},
    ),
    "a template that only the apply shows": (
        planned(STACK, {}, {"template_body": True}),
        {f"{STACK}.s": "unknown"},
    ),
    "a URL elsewhere, and a body that the provider computes": (
        planned(STACK, {"template_url": "https://b/redis.yaml"}, {"template_body": True}),
        {f"{STACK}.s": "unknown"},
    ),
    "a product": (
        planned(
            PRODUCT,
            {"provisioning_artifact_parameters": [{"template_url": "https://b/redis.yaml"}]},
        ),
        {f"{PRODUCT}.s": "unknown"},
    ),
    "a product whose URL only the apply shows": (
        planned(
            PRODUCT,
            {"provisioning_artifact_parameters": [{}]},
            {"provisioning_artifact_parameters": [{"template_url": True}]},
        ),
        {f"{PRODUCT}.s": "unknown"},
    ),
    "an instance of a stack set with a value of its own": (
        both(SEVEN, planned(INSTANCE, {"stack_set_name": "s", "parameter_overrides": {"Days": 0}})),
        {f"{SET}.s/C": "unknown"},
    ),
    "an instance of a stack set with values that only the apply shows": (
        both(SEVEN, planned(INSTANCE, {"stack_set_name": "s"}, {"parameter_overrides": True})),
        {f"{SET}.s/C": "unknown"},
    ),
    "an instance of another stack set": (
        both(SEVEN, planned(INSTANCE, {"stack_set_name": "t", "parameter_overrides": {"Days": 0}})),
        {f"{SET}.s/C": "pass"},
    ),
    "instances in a stack set": (
        planned(
            f"{SET}".replace("aws", "awscc"),
            {
                "template_body": TEMPLATE,
                "stack_instances_group": [
                    {"parameter_overrides": [{"parameter_key": "Days", "parameter_value": "0"}]}
                ],
            },
        ),
        {"awscc_cloudformation_stack_set.s/C": "unknown"},
    ),
    "names and instances that are no names and instances": (
        both(
            planned(
                SET,
                {
                    "id": [],
                    "name": {},
                    "template_body": TEMPLATE,
                    "parameters": {"Days": "7"},
                    "stack_instances_group": ["x", None],
                },
            ),
            planned(INSTANCE, {"stack_set_name": {}, "parameter_overrides": {"Days": 0}}),
        ),
        {f"{SET}.s/C": "unknown"},
    ),
    "a product whose template is not in the plan": (
        planned(PROVISIONED, {"product_name": "redis"}),
        {f"{PROVISIONED}.s": "unknown"},
    ),
    "a stack that the plan removes": (
        planned(STACK, {"template_body": TEMPLATE}, actions=("delete",)),
        {},
    ),
    "a topic": (
        planned(
            "aws_cloudcontrolapi_resource", {"type_name": "AWS::SNS::Topic", "desired_state": "{}"}
        ),
        {},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_plan_deploys_is_evaluated(name: str, check: Check) -> None:
    plan, expected = CASES[name]
    report = check("plan.json", plan)
    assert (statuses(report), report["diagnostics"]) == (expected, [])


def test_a_product_that_is_provisioned_with_other_values_is_unknown(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    artifact = {"template_url": "https://b/t.yaml"}
    offer = planned(PRODUCT, {"name": "p", "provisioning_artifact_parameters": [artifact]})
    days = {"provisioning_parameters": [{"key": "Days", "value": "0"}]}
    address = f"{PRODUCT}.s/C"
    for name, expected in (("p", "unknown"), ("q", "pass")):
        other = planned(PROVISIONED, {"product_name": name, **days})
        assert statuses(check("plan.json", both(offer, other)))[address] == expected


def test_no_plan_is_edited(run_here: "Callable[..., Result]", tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    shutil.copyfile(RECORDED / "plan.json", tmp_path / "plan.json")
    assert run_here("fix", "plan.json").status in (0, 1)
    assert (tmp_path / "plan.json").read_bytes() == (RECORDED / "plan.json").read_bytes()
