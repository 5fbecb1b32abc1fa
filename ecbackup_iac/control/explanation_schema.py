"""The models of the JSON output of `explain` → the JSON Schema published beside this file.

They are written separately from json_page.py on purpose: the tests compare the two.
"""

import json
import sys
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ecbackup_iac.model.verdict import Level, Rule

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Tool(_Part):
    """What wrote the page."""

    name: Literal["ecbackup-iac"]
    version: str


class RulePart(_Part):
    """The rule that the page is about."""

    id: Rule
    name: str
    level: Level


class CodePart(_Part):
    """Whole lines, to be copied."""

    language: str
    text: str


class SourcePart(_Part):
    """Who says it, and where."""

    name: str
    place: str | None


class FactPart(_Part):
    """Something that is so."""

    label: str | None = Field(description="what it is about")
    text: str | None = Field(description="null where the ids say everything")
    original: str | None = Field(
        description="what the control's original document says, where that is something else"
    )
    ids: list[str] = Field(description="what frameworks, checks and IAM call it")
    code: CodePart | None
    sources: list[SourcePart] = Field(min_length=1)


class SectionPart(_Part):
    """Facts under a title; the id stays when the title changes."""

    id: str
    title: str
    facts: list[FactPart]


class DescribedSource(_Part):
    """A source that a fact names."""

    name: str
    description: str


class ExplanationDocument(_Part):
    """What `ecbackup-iac explain --format json` says, of the control or of a rule."""

    schema_version: Literal[1]
    tool: Tool
    title: str
    rule: RulePart | None = Field(description="null for the control itself")
    sections: list[SectionPart]
    sources: list[DescribedSource]


def schema_text() -> str:
    """Return the JSON Schema as it is published."""
    schema = {"$schema": SCHEMA_DIALECT, **ExplanationDocument.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
