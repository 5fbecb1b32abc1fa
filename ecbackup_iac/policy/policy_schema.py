"""The model of the policy file → the JSON Schema published next to this file, for editors."""

import json
import sys

from ecbackup_iac.policy.policy_model import PolicyFile

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """Return the JSON Schema as it is published."""
    schema = {"$schema": SCHEMA_DIALECT, **PolicyFile.model_json_schema()}
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
