"""The published JSON Schema of the policy file: it accepts what the program accepts."""

import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from published_schemas import schema_text

from ecbackup_iac.policy.policy_keys import PolicyFile

TOP = Path(__file__).resolve().parent.parent.parent


def _published() -> str:
    file = resources.files("ecbackup_iac.policy") / "policy.schema.json"
    return file.read_text(encoding="utf-8")


def _errors(policy: str) -> list[str]:
    document = json.loads(json.dumps(tomllib.loads(policy), default=str))
    validator = jsonschema.Draft202012Validator(json.loads(_published()))
    return [error.message for error in validator.iter_errors(document)]


def test_the_published_schema_is_up_to_date() -> None:
    assert _published() == schema_text(PolicyFile), "make golden rewrites it"


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(_published()))


def test_every_key_is_described() -> None:
    schema = json.loads(_published())
    models = [schema, *(one for one in schema["$defs"].values() if "properties" in one)]
    assert len(models) == 5
    assert all(value["description"] for one in models for value in one["properties"].values())


def test_the_policy_of_the_examples_is_valid_and_names_the_schema() -> None:
    path = TOP / "examples/.ecbackup.toml"
    policy = path.read_text("utf-8")
    assert _errors(policy) == []
    first_line = policy.splitlines()[0]
    assert first_line.startswith("#:schema ")
    assert path.parent.joinpath(first_line.removeprefix("#:schema ")).exists()


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        ("minimum_days = 36", "36 is greater than the maximum of 35"),
        ("unknown = 'maybe'", "'maybe' is not one of ['warn', 'fail', 'ignore']"),
        ("[[exceptions]]\nresource = '*'", "'reason' is a required property"),
        ("minimum = 7", "Additional properties are not allowed ('minimum' was unexpected)"),
    ],
)
def test_what_the_program_rejects_is_rejected(policy: str, error: str) -> None:
    assert _errors(policy) == [error]
