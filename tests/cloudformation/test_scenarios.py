"""A property: the outcomes with no values given are the results of all values that may be given.

Random templates, whose parameters have no defaults and a few allowed values. They are evaluated once
with nothing given, and once for every way to give the parameters. What the first run lists has to be
what the others find, no more and no less.
"""

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Invalid, Known, Outcome, PossibleValue, Unknown, Unset
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import EvaluateTemplates

pytestmark = pytest.mark.extended

PARAMETERS = {
    "Env": ["dev", "stage", "prod"],
    "Days": ["0", "1", "7", "36"],
    "Switch": ["on", "off"],
}
CONDITIONS = ("C0", "C1", "C2", "C3")
MAPPING = {
    "dev": {"Days": 0, "More": "3", "Text": "abc"},
    "stage": {"Days": 5, "More": "0", "Text": "2"},
    "prod": {"Days": 14, "More": "35", "Text": "7.5"},
}

texts = st.one_of(
    st.sampled_from(["dev", "prod", "on", "0", "7", "other"]),
    st.sampled_from([{"Ref": name} for name in PARAMETERS]),
)


def condition_expressions(named: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Return condition expressions that refer to these conditions."""
    base = st.builds(lambda one, other: {"Fn::Equals": [one, other]}, texts, texts)
    if named:
        base |= st.sampled_from([{"Condition": name} for name in named])
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.builds(lambda one: {"Fn::Not": [one]}, inner),
            st.builds(lambda some: {"Fn::And": some}, st.lists(inner, min_size=2, max_size=3)),
            st.builds(lambda some: {"Fn::Or": some}, st.lists(inner, min_size=2, max_size=3)),
        ),
        max_leaves=4,
    )


days = st.recursive(
    st.one_of(
        st.sampled_from([0, 1, 7, 36, "5", {"Ref": "AWS::NoValue"}, {"Ref": "Days"}]),
        st.builds(
            lambda key: {"Fn::FindInMap": ["Backups", {"Ref": "Env"}, key]},
            st.sampled_from(["Days", "More", "Text"]),
        ),
        st.just({"Fn::Sub": "1${Days}"}),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda name, one, other: {"Fn::If": [name, one, other]},
            st.sampled_from(CONDITIONS),
            inner,
            inner,
        ),
        st.builds(
            lambda one, other: {"Fn::Select": [{"Fn::If": ["C0", 0, 1]}, [one, other]]},
            st.sampled_from(["2", {"Ref": "Days"}]),
            st.sampled_from(["3", {"Ref": "Days"}]),
        ),
    ),
    max_leaves=5,
)


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a template with one cache whose engine, retention and existence depend on the same conditions."""
    conditions = {
        name: draw(condition_expressions(CONDITIONS[:number]))
        for number, name in enumerate(CONDITIONS)
    }
    engine = draw(
        st.sampled_from(
            ["redis", "memcached", {"Fn::If": ["C1", "memcached", "valkey"]}, {"Ref": "Switch"}]
        )
    )
    cache: dict[str, Any] = {
        "Type": "AWS::ElastiCache::CacheCluster",
        "Properties": {"Engine": engine, "SnapshotRetentionLimit": draw(days)},
    }
    condition = draw(st.sampled_from([None, *CONDITIONS]))
    if condition:
        cache["Condition"] = condition
    return {
        "Parameters": {
            name: {"Type": "String", "AllowedValues": allowed}
            for name, allowed in PARAMETERS.items()
        },
        "Mappings": {"Backups": MAPPING},
        "Conditions": conditions,
        "Resources": {"Cache": cache},
    }


@settings(max_examples=150, deadline=None)
@given(templates())
def test_the_outcomes_listed_are_those_of_all_scenarios(
    evaluate_templates: "EvaluateTemplates", template: dict[str, Any]
) -> None:
    files = {"t.json": json.dumps(template)}
    open_ended = evaluate_templates(files)
    scenarios = [
        evaluate_templates(files, **dict(zip(PARAMETERS, values, strict=True)))
        for values in product(*PARAMETERS.values())
    ]
    assert [error.message for run in (open_ended, *scenarios) for error in run.diagnostics] == []

    caches = [cache for scenario in scenarios for cache in scenario.caches]
    assert bool(caches) == bool(open_ended.caches)
    if not caches:
        return
    (cache,) = open_ended.caches
    found = {_shown(one) for created in caches for one in _settled(created)}
    assert {_shown(one) for one in _settled(cache)} == found
    assert any("it exists only when" in note for note in cache.assumptions) == (
        len(caches) < len(scenarios)
    )
    _assert_verdict_follows(cache, caches)


def _assert_verdict_follows(cache: CacheResource, scenarios: list[CacheResource]) -> None:
    """Compare the verdict with those of all scenarios: it is sure where they agree, and only there."""
    statuses = {judge(created, Requirements()).status for created in scenarios}
    applicable = statuses - {Status.NOT_APPLICABLE}
    expected = Status.UNKNOWN
    if not applicable:
        expected = Status.NOT_APPLICABLE
    elif applicable == {Status.PASS}:
        expected = Status.PASS
    elif statuses == {Status.FAIL}:
        expected = Status.FAIL
    assert judge(cache, Requirements()).status is expected


def _settled(cache: CacheResource) -> list[PossibleValue[int]]:
    retention = cache.retention
    outcomes = retention.outcomes if isinstance(retention, Unknown) else (Outcome(retention),)
    return [outcome.value for outcome in outcomes]


def _shown(value: PossibleValue[int]) -> str:
    match value:
        case Known(value=number):
            return str(number)
        case Unset():
            return "unset"
        case Invalid(text=text):
            return text
