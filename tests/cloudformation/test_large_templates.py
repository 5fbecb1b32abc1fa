"""Templates with many caches: all are evaluated, as long as their number is in proportion to the text."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cloudformation.evaluation import enumeration
from ecbackup_iac.model.value import Known

if TYPE_CHECKING:
    from conftest import EvaluateTemplates

COUNT = 5_200
TYPE = "AWS::ElastiCache::ReplicationGroup"
LOOPS = "Transform: AWS::LanguageExtensions\nResources:\n"


def _loop(items: str) -> str:
    body = f"{{'Cache${{Name}}': {{Type: {TYPE}, Properties: {{SnapshotRetentionLimit: 7}}}}}}"
    return f"  Fn::ForEach::Caches: [Name, [{items}], {body}]\n"


def _caches(count: int, more: str = "") -> str:
    return "Resources:\n" + "".join(
        f"  Cache{number}:\n    Type: {TYPE}\n    Properties: {{SnapshotRetentionLimit: 7}}\n{more}"
        for number in range(count)
    )


LARGE = {
    "JSON": {
        "t.json": json.dumps(
            {
                "Resources": {
                    f"Cache{number}": {"Type": TYPE, "Properties": {"SnapshotRetentionLimit": 7}}
                    for number in range(COUNT)
                }
            }
        )
    },
    "a loop": {"t.yaml": LOOPS + _loop(", ".join(map(str, range(COUNT))))},
    "a condition": {
        "t.yaml": "Parameters: {Stage: {Type: String, Default: dev}}\n"
        "Conditions: {IsDev: !Equals [!Ref Stage, dev]}\n"
        + _caches(COUNT, "    Condition: IsDev\n")
    },
}


@pytest.mark.parametrize(
    "form",
    [
        "a loop",
        pytest.param("JSON", marks=pytest.mark.extended),
        pytest.param("a condition", marks=pytest.mark.extended),
    ],
)
def test_every_cache_of_a_large_template_is_evaluated(
    form: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    result = evaluate_templates(LARGE[form])
    assert len(result.caches) == COUNT
    assert all(
        isinstance(cache.retention, Known) and cache.retention.value == 7 for cache in result.caches
    )
    assert result.diagnostics == ()


def _nested_loops(depth: int) -> str:
    names = "".join(f"${{N{level}}}" for level in range(depth))
    body = f"{{'C{names}': {{Type: {TYPE}}}}}"
    for level in range(depth):
        items = ", ".join(f"v{number}" for number in range(10))
        body = f"{{'Fn::ForEach::L{level}': [N{level}, [{items}], {body}]}}"
    return f"Transform: AWS::LanguageExtensions\nResources: {body}\n"


def _stacks(count: int, caches: int) -> Mapping[str, str]:
    stacks = "".join(
        f"  S{number}:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: ./child.yaml}\n"
        for number in range(count)
    )
    return {"parent.yaml": f"Resources:\n{stacks}", "child.yaml": _caches(caches)}


OUT_OF_PROPORTION = {
    "loops in loops": {"t.yaml": _nested_loops(4)},
    "a loop of 1,500": {"t.yaml": LOOPS + _loop(", ".join(map(str, range(1_500))))},
    "stacks of many caches": _stacks(4, 300),
    "aliases": {
        "t.yaml": f"Resources:\n  A: &a {{Type: {TYPE}, Properties: {{SnapshotRetentionLimit: 7}}}}\n"
        + "".join(f"  C{number}: *a\n" for number in range(1_200))
    },
}


@pytest.mark.parametrize("form", OUT_OF_PROPORTION)
def test_more_caches_than_their_text_is_long_are_one_error(
    form: str, evaluate_templates: "EvaluateTemplates", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "MAX_SCENARIOS", 1_000)
    result = evaluate_templates(OUT_OF_PROPORTION[form])
    messages = {problem.message for problem in result.diagnostics}
    assert len(messages) == 1
    assert messages.pop().startswith("not evaluated: ")
    assert len(result.caches) <= 1_000


def test_a_cache_beside_a_loop_out_of_proportion_is_evaluated(
    evaluate_templates: "EvaluateTemplates", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "MAX_SCENARIOS", 1_000)
    beside = f"Beside: {{Type: {TYPE}, Properties: {{SnapshotRetentionLimit: 7}}}}"
    text = _nested_loops(4).replace("Resources: {", f"Resources: {{{beside}, ")
    result = evaluate_templates({"t.yaml": text})
    assert isinstance(result["Beside"].retention, Known)
    assert len(result.diagnostics) == 1
