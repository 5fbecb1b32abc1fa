"""The published JSON Schema: it is what the model says, and it rejects what is no report."""

import copy
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
from published_schemas import schema_text
from report_schema import ReportDocument

from ecbackup_iac.model.report import Report
from ecbackup_iac.reporters import json_report


def _published() -> str:
    file = resources.files("ecbackup_iac.reporters") / "report.schema.json"
    return file.read_text(encoding="utf-8")


def test_the_published_schema_is_what_the_model_says() -> None:
    assert _published() == schema_text(ReportDocument), "make golden writes it anew"


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(_published()))


def test_an_empty_report_is_a_report() -> None:
    document = json.loads(json_report.render(Report()))
    _validator().validate(document)
    assert document["summary"] == {
        "pass": 0,
        "fail": 0,
        "unknown": 0,
        "not_applicable": 0,
        "suppressed": 0,
        "absent": 0,
        "diagnostics": 0,
    }


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("schema_version", 2),
        ("tool", {"name": "another", "version": "1"}),
        ("summary", {"pass": 0}),
        ("findings", [{"status": "fail"}]),
        ("absent", [{"address": "a"}]),
        ("diagnostics", [{"severity": "fatal"}]),
        ("generated_at", "2026-11-23"),
    ],
)
def test_the_schema_rejects_invalid_reports(member: str, value: object) -> None:
    document: dict[str, Any] = copy.deepcopy(json.loads(json_report.render(Report())))
    document[member] = value
    assert not _validator().is_valid(document)


def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(_published()))
