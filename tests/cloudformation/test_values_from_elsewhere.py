"""Values that are in none of the files: of Systems Manager, AWS::Include and Elastic Beanstalk."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Unknown
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import EvaluateTemplates

GROUP = "AWS::ElastiCache::ReplicationGroup"


def group(retention: str, *, name: str = "C") -> str:
    return f"  {name}: {{Type: '{GROUP}', Properties: {{SnapshotRetentionLimit: {retention}}}}}\n"


def include(section: str) -> str:
    transform = "{Name: AWS::Include, Parameters: {Location: 's3://bucket/part.yaml'}}"
    return f"{section}:\n  Fn::Transform: {transform}\n"


# The section that AWS::Include may add to → a value that uses what it may define.
INCLUDED = {
    "Mappings": "!FindInMap [Keep, a, Days]",
    "Conditions": "!If [IsProd, 7, 0]",
    "Resources": "!Ref Store",
}


@pytest.mark.parametrize("section", INCLUDED)
def test_what_an_include_may_define_is_unknown(
    section: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    resources = "" if section == "Resources" else "Resources:\n"
    text = include(section) + resources + group(INCLUDED[section])
    found = evaluate_templates({"t.yaml": text})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == ["unknown"]
    assert found.errors == []


@pytest.mark.parametrize("section", INCLUDED)
def test_what_nothing_may_define_is_an_error(
    section: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    found = evaluate_templates({"t.yaml": "Resources:\n" + group(INCLUDED[section])})
    assert len(found.errors) == 1


def test_beside_an_include_what_is_written_is_evaluated(
    evaluate_templates: "EvaluateTemplates",
) -> None:
    text = include("Mappings") + "  Own: {a: {Days: 3}}\n"
    text += "Resources:\n" + group("!FindInMap [Own, a, Days]")
    (cache,) = evaluate_templates({"t.yaml": text}).caches
    assert str(judge(cache, Requirements()).status) == "pass"


def steps(files: dict[str, str], evaluate: "EvaluateTemplates", **parameters: str) -> list[str]:
    """Return the trace of the one cache of some templates, whose retention is unknown."""
    (cache,) = evaluate(files, **parameters).caches
    assert isinstance(cache.retention, Unknown)
    return [step.text for step in cache.retention.trace[1:]]


STORED = "Parameters: {Days: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/days}}\n"
FROM_STORE = STORED + "Resources:\n" + group("!Ref Days")


def test_the_trace_names_the_parameter_of_systems_manager(
    evaluate_templates: "EvaluateTemplates",
) -> None:
    assert steps({"t.yaml": FROM_STORE}, evaluate_templates) == [
        "Days is read from Systems Manager: /shop/days"
    ]
    hidden = {"t.yaml": FROM_STORE.replace("Default", "NoEcho: true, Default")}
    (step,) = steps(hidden, evaluate_templates)
    assert step.startswith("Days is read from Systems Manager")
    assert "/shop" not in step
    given = steps({"t.yaml": FROM_STORE}, evaluate_templates, Days="/other")
    assert given == ["--parameter Days=..."]


def test_the_trace_names_the_parameter_of_systems_manager_that_a_parent_passes(
    tmp_path: "Path", monkeypatch: pytest.MonkeyPatch, evaluate_templates: "EvaluateTemplates"
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "child.yaml").write_text(FROM_STORE, "utf-8")
    properties = "{TemplateURL: child.yaml, Parameters: {Days: /shop/prod}}"
    parent = f"Resources:\n  N: {{Type: 'AWS::CloudFormation::Stack', Properties: {properties}}}\n"
    assert steps({"t.yaml": parent}, evaluate_templates) == [
        "Days is read from Systems Manager",
        "Days: /shop/prod",
    ]


DAYS = "{'Fn::GetOptionSetting': {OptionName: Days, DefaultValue: 7}}"
CUSTOM = "aws:elasticbeanstalk:customoption"

# The other files of `.ebextensions` → the status of a cache whose retention is the option Days, or 7.
OPTIONS = {
    "no file sets it": ("option_settings: {}", "pass"),
    "by a map": (f"option_settings: {{'{CUSTOM}': {{Days: 0}}}}", "fail"),
    "in a list": ("option_settings: [{option_name: Days, value: 0}]", "fail"),
    "of another namespace": ("option_settings: {'aws:autoscaling:asg': {Days: 0}}", "pass"),
    "by a function": (
        f"option_settings: {{'{CUSTOM}': {{Days: '`{{\"Ref\": \"X\"}}`'}}}}",
        "unknown",
    ),
    "a file that is violated": ("option_settings: {", "unknown"),
    "a file of comments": ("# container_commands:\n", "pass"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_of_elastic_beanstalk(
    name: str,
    tmp_path: "Path",
    monkeypatch: pytest.MonkeyPatch,
    evaluate_templates: "EvaluateTemplates",
) -> None:
    settings, status = OPTIONS[name]
    folder = tmp_path / ".ebextensions"
    folder.mkdir()
    (folder / "options.config").write_text(settings, "utf-8")
    (folder / "cache.config").write_text("Resources:\n" + group(DAYS), "utf-8")
    monkeypatch.chdir(tmp_path)
    path = ".ebextensions/cache.config"
    found = evaluate_templates({path: (folder / "cache.config").read_text("utf-8")})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == [status]
    assert found.errors == []


def test_the_last_file_decides_an_option(
    tmp_path: "Path", monkeypatch: pytest.MonkeyPatch, evaluate_templates: "EvaluateTemplates"
) -> None:
    folder = tmp_path / ".ebextensions"
    folder.mkdir()
    for name, days in (("b", 3), ("a", 0)):
        setting = f"option_settings: [{{option_name: Days, value: {days}}}]"
        (folder / f"{name}.config").write_text(setting, "utf-8")
    monkeypatch.chdir(tmp_path)
    found = evaluate_templates({".ebextensions/0.config": "Resources:\n" + group(DAYS)})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == ["pass"]


@pytest.mark.parametrize(
    ("option", "status"),
    [(DAYS, "pass"), ("{'Fn::GetOptionSetting': {OptionName: Days}}", "unknown")],
)
def test_in_another_folder_the_default_of_an_option_counts(
    option: str, status: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    found = evaluate_templates({"t.yaml": "Resources:\n" + group(option)})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == [status]


def test_an_extension_refers_to_what_other_files_declare(
    evaluate_templates: "EvaluateTemplates",
) -> None:
    text = "Resources:\n  AWSEBAutoScalingGroup: {Metadata: {a: b}}\n" + group("!Ref Elsewhere")
    found = evaluate_templates({".ebextensions/a.config": text})
    assert [str(judge(one, Requirements()).status) for one in found.caches] == ["unknown"]
    assert found.errors == []
