"""The JSON Schema of the policy file → docs/reference/policy.md."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

SCHEMA = Path(__file__).resolve().parent.parent / "ecbackup_iac/policy/policy.schema.json"
Schema: TypeAlias = dict[str, Any]
INTRODUCTION = """# Policy file

Every key of `.ecbackup.toml`, generated from its JSON Schema,
[`policy.schema.json`](../../ecbackup_iac/policy/policy.schema.json).
[The policy file](../policy.md) explains how it is found and used, with an example.

"""


def page() -> str:
    """Return the page: one table for the top-level keys, and one for each kind of table in the file."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    parts = [INTRODUCTION, *_table("Top-level keys", schema, schema)]
    for key, value in schema["properties"].items():
        entry = value.get("items", {}).get("$ref")
        if entry:
            model = _model(entry, schema)
            parts += _table(f"`[[{key}]]`", model, schema, model["description"] + "\n\n")
    return "".join(parts).rstrip("\n") + "\n"


def _table(title: str, model: Schema, schema: Schema, introduction: str = "") -> Iterator[str]:
    yield f"## {title}\n\n{introduction}"
    yield "| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n"
    for key, value in model["properties"].items():
        default = "required" if key in model.get("required", ()) else _default(value.get("default"))
        yield f"| `{key}` | {_type(value, schema)} | {default} | {value['description']} |\n"
    yield "\n"


def _type(value: Schema, schema: Schema) -> str:
    """Return the type of a key in words."""
    match value:
        case {"$ref": reference}:
            return ", ".join(f'`"{word}"`' for word in _model(reference, schema)["enum"])
        case {"enum": [*_]}:
            return "rule id or name"
        case {"anyOf": [given, *_]}:
            return _type(given, schema)
        case {"type": "array", "items": {"$ref": _}}:
            return "tables"
        case {"type": "array"}:
            return "list of strings"
        case {"format": "date"}:
            return "date"
        case {"minimum": least, "maximum": most}:
            return f"integer, {least} to {most}"
        case _:
            return str(value["type"])


def _default(default: object) -> str:
    return "" if default in (None, []) else f"`{json.dumps(default)}`"


def _model(reference: str, schema: Schema) -> Schema:
    model: Schema = schema["$defs"][reference.rpartition("/")[2]]
    return model


if __name__ == "__main__":
    sys.stdout.write(page())
