"""The published JSON Schema of `explain`: it accepts every page, and rejects what is none."""

import copy
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from explanation_schema import ExplanationDocument
from published_schemas import schema_text

from ecbackup_iac.control import json_page
from ecbackup_iac.control.pages import page_of
from ecbackup_iac.model.verdict import Rule

if TYPE_CHECKING:
    from conftest import Run


def _published() -> str:
    file = resources.files("ecbackup_iac.control") / "explanation.schema.json"
    return file.read_text(encoding="utf-8")


def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(_published()))


def test_the_published_schema_is_that_of_the_model() -> None:
    assert _published() == schema_text(ExplanationDocument), "make golden writes it anew"


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(_published()))


@pytest.mark.parametrize("rule", [(), *((rule,) for rule in Rule)], ids=str)
def test_every_page_matches_the_schema(rule: tuple[Rule, ...]) -> None:
    _validator().validate(json.loads(json_page.render(page_of(*rule or (None,)), 80)))


@pytest.mark.parametrize("words", [(), ("ECB001",)], ids=str)
def test_the_output_of_the_command_matches_the_schema(words: tuple[str, ...], run: "Run") -> None:
    _validator().validate(json.loads(run("explain", *words, "--format", "json").stdout))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("schema_version", 2),
        ("tool", {"name": "another", "version": "1"}),
        ("rule", {"id": "ECB999", "name": "no-rule", "level": "error"}),
        ("sections", [{"id": "why"}]),
        ("sources", [{"name": "User guide"}]),
        ("generated_at", "2026-11-23"),
    ],
)
def test_the_schema_rejects_invalid_pages(member: str, value: object) -> None:
    document: dict[str, Any] = copy.deepcopy(json.loads(json_page.render(page_of(None), 80)))
    document[member] = value
    assert not _validator().is_valid(document)
