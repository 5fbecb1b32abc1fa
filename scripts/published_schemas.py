"""The models of the JSON formats → the JSON Schemas that the package publishes (`make golden`)."""

import json
from pathlib import Path

from explanation_schema import ExplanationDocument
from pydantic import BaseModel
from report_schema import ReportDocument

from ecbackup_iac.policy.policy_keys import PolicyFile

PACKAGE = Path(__file__).resolve().parent.parent / "ecbackup_iac"
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: dict[str, type[BaseModel]] = {
    "control/explanation.schema.json": ExplanationDocument,
    "policy/policy.schema.json": PolicyFile,
    "reporters/report.schema.json": ReportDocument,
}
"""File in the package → the model that it describes."""


def schema_text(model: type[BaseModel]) -> str:
    """Return a model's JSON Schema as it is published."""
    schema = {"$schema": SCHEMA_DIALECT, **model.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    for name, model in SCHEMAS.items():
        (PACKAGE / name).write_text(schema_text(model), encoding="utf-8", newline="\n")
