"""Sections and properties with nothing in them: they hide no cache, so they are no error."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import Evaluated, EvaluateTemplates

KIND = "AWS::ElastiCache::ReplicationGroup"
CACHE = f"Resources:\n  C: {{Type: '{KIND}', Properties: {{SnapshotRetentionLimit: 7}}}}\n"


def statuses(found: "Evaluated") -> list[str]:
    return [str(judge(one, Requirements()).status) for one in found.caches]


@pytest.mark.parametrize("nothing", ["", " null", " ~", " {}"])
@pytest.mark.parametrize(
    "section", ["Parameters", "Conditions", "Mappings", "Outputs", "Rules", "Transform"]
)
def test_an_empty_section_is_not_an_error(
    section: str, nothing: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    found = evaluate_templates({"t.yaml": f"{section}:{nothing}\n{CACHE}"})
    assert statuses(found) == ["pass"]
    assert found.diagnostics == ()


@pytest.mark.parametrize("wrong", ["[]", '""', "text"])
def test_a_section_of_another_kind_is_an_error(
    wrong: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    found = evaluate_templates({"t.yaml": f"Parameters: {wrong}\n{CACHE}"})
    assert len(found.errors) == 1


@pytest.mark.parametrize("nothing", ["", "null", "{}"])
def test_resources_with_nothing_are_not_an_error(
    nothing: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    version = 'AWSTemplateFormatVersion: "2010-09-09"'
    found = evaluate_templates({"t.yaml": f"{version}\nResources: {nothing}\n"})
    assert (statuses(found), found.diagnostics) == ([], ())


@pytest.mark.parametrize("nothing", ["", " null", " {}"])
def test_with_empty_properties_the_retention_is_not_set(
    nothing: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    text = f"Resources:\n  C:\n    Type: {KIND}\n    Properties:{nothing}\n"
    found = evaluate_templates({"t.yaml": text})
    assert statuses(found) == ["fail"]
    assert found.errors == []
