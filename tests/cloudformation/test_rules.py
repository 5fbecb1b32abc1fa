"""The section Rules: CloudFormation deploys nothing whose parameters break one, so a rule bounds them."""

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Known, Outcome, Unknown
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import Evaluated, EvaluateTemplates

CACHE = "AWS::ElastiCache::ReplicationGroup"


def template(parameters: str, rules: str, retention: str, conditions: str = "") -> str:
    return (
        f"Parameters:\n  {parameters}\nRules:\n  {rules}\n{conditions}"
        f"Resources:\n  C:\n    Type: {CACHE}\n    Properties:\n"
        f"      SnapshotRetentionLimit: {retention}\n"
    )


NOT_ZERO = '{Assert: !Not [!Equals [!Ref Days, "0"]]}'

VERDICTS = {
    "a list of what is allowed": (
        template(
            "Days: {Type: Number}",
            "Few: {Assertions: [{Assert: !Contains [['3', '5'], !Ref Days]}]}",
            "!Ref Days",
        ),
        "pass",
    ),
    "a list of which one fails": (
        template(
            "Days: {Type: Number}",
            "Few: {Assertions: [{Assert: !Contains [['0', '5'], !Ref Days]}]}",
            "!Ref Days",
        ),
        "unknown",
    ),
    "a condition that a rule decides": (
        template(
            "On: {Type: String, AllowedValues: ['yes', 'no']}",
            "Always: {Assertions: [{Assert: !Equals [!Ref On, 'yes']}]}",
            "!If [IsOn, 5, 0]",
            "Conditions: {IsOn: !Equals [!Ref On, 'yes']}\n",
        ),
        "pass",
    ),
    "a default that a rule refuses is none": (
        template(
            "Days: {Type: Number, Default: 0}", f"R: {{Assertions: [{NOT_ZERO}]}}", "!Ref Days"
        ),
        "unknown",
    ),
    "a default that a rule refuses in this environment": (
        template(
            "Days: {Type: Number, Default: 0}\n  Env: {Type: String, Default: prod}",
            f"R: {{RuleCondition: !Equals [!Ref Env, prod], Assertions: [{NOT_ZERO}]}}",
            "!Ref Days",
        ),
        "unknown",
    ),
    "a rule of another environment": (
        template(
            "Days: {Type: Number, Default: 0}\n  Env: {Type: String, Default: dev}",
            f"R: {{RuleCondition: !Equals [!Ref Env, prod], Assertions: [{NOT_ZERO}]}}",
            "!Ref Days",
        ),
        "fail",
    ),
    "a rule that depends on what is not known": (
        template(
            "Days: {Type: Number, Default: 0}\n  Net: {Type: 'List<AWS::EC2::Subnet::Id>'}",
            "R: {Assertions: [{Assert: !EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId],"
            " !RefAll 'AWS::EC2::VPC::Id']}]}",
            "!Ref Days",
        ),
        "fail",
    ),
    "several rules about one parameter": (
        template(
            "Days: {Type: Number, AllowedValues: [0, 1, 7, 36]}",
            f"A: {{Assertions: [{NOT_ZERO}]}}\n"
            "  B: {Assertions: [{Assert: !Not [!Equals [!Ref Days, '36']]}]}",
            "!Ref Days",
        ),
        "pass",
    ),
    "a rule that leads to the parameter of another": (
        template(
            "Days: {Type: Number, AllowedValues: [0, 7]}\n  Env: {Type: String, AllowedValues: [dev, prod]}",
            f"A: {{RuleCondition: !Equals [!Ref Env, prod], Assertions: [{NOT_ZERO}]}}\n"
            "  B: {Assertions: [{Assert: !Equals [!Ref Env, prod]}]}",
            "!Ref Days",
        ),
        "pass",
    ),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_rule_bounds_a_parameter(name: str, evaluate_templates: "EvaluateTemplates") -> None:
    text, status = VERDICTS[name]
    found = evaluate_templates({"t.yaml": text})
    assert found.errors == []
    assert {one.address: str(judge(one, Requirements()).status) for one in found.caches} == {
        "C": status
    }


def test_a_given_value_that_a_rule_rejects_is_an_error(
    evaluate_templates: "EvaluateTemplates",
) -> None:
    text = template(
        "Days: {Type: Number, Default: 7}", f"R: {{Assertions: [{NOT_ZERO}]}}", "!Ref Days"
    )
    assert evaluate_templates({"t.yaml": text}, Days="5").errors == []
    (error,) = evaluate_templates({"t.yaml": text}, Days="0").errors
    assert error == "CloudFormation rejects the template: the rule R is violated"


VALUES = {"Env": ["dev", "prod"], "Days": ["0", "1", "7"], "Switch": ["on", "off"]}

references = st.sampled_from([{"Ref": name} for name in VALUES])
texts = st.sampled_from([text for values in VALUES.values() for text in values])
claims = st.recursive(
    st.builds(lambda one, other: {"Fn::Equals": [one, other]}, references, texts)
    | st.builds(
        lambda some, one: {"Fn::Contains": [some, one]},
        st.lists(texts, min_size=1, max_size=3),
        references,
    ),
    lambda inner: (
        st.builds(lambda one: {"Fn::Not": [one]}, inner)
        | st.builds(lambda some: {"Fn::Or": some}, st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=4,
)
rules = st.builds(
    lambda condition, claim: {
        **({"RuleCondition": condition} if condition else {}),
        "Assertions": [{"Assert": claim}],
    },
    st.none() | claims,
    claims,
)


@settings(max_examples=settings().max_examples // 2)
@given(
    st.lists(rules, min_size=1, max_size=3),
    st.sampled_from([{"Ref": "Days"}, {"Fn::If": ["C", 7, {"Ref": "Days"}]}]),
    claims.filter(lambda claim: "Contains" not in json.dumps(claim)),
)
def test_the_outcomes_are_those_that_the_rules_let_through(
    evaluate_templates: "EvaluateTemplates",
    rules: list[Any],
    retention: Any,  # noqa: ANN401 - JSON
    condition: Any,  # noqa: ANN401 - JSON
) -> None:
    """Nothing given: what is possible is what can be given without an error, no more and no less."""
    document = {
        "Parameters": {
            name: {"Type": "String", "AllowedValues": allowed} for name, allowed in VALUES.items()
        },
        "Rules": {f"R{number}": rule for number, rule in enumerate(rules)},
        "Conditions": {"C": condition},
        "Resources": {"C": {"Type": CACHE, "Properties": {"SnapshotRetentionLimit": retention}}},
    }
    files = {"t.json": json.dumps(document)}
    allowed: set[str] = set()
    for values in product(*VALUES.values()):
        given_values = dict(zip(VALUES, values, strict=True))
        whole = {**document, "Resources": {"C": _using_all(document)}}
        if not evaluate_templates({"t.json": json.dumps(whole)}, **given_values).errors:
            allowed |= possible(evaluate_templates(files, **given_values))
    if allowed:
        assert possible(evaluate_templates(files)) == allowed


def _using_all(document: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the cache with properties that depend on every parameter, so that every rule counts."""
    used = {"Fn::Sub": "${Env}${Days}${Switch}"}
    properties = document["Resources"]["C"]["Properties"]
    return {"Type": CACHE, "Properties": {**properties, "CacheNodeType": used}}


def possible(found: "Evaluated") -> set[str]:
    (cache,) = found.caches
    retention = cache.retention
    outcomes = retention.outcomes if isinstance(retention, Unknown) else (Outcome(retention),)
    return {str(one.value.value) for one in outcomes if isinstance(one.value, Known)}
