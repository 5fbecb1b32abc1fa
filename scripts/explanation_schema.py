"""The shape of the JSON output of `explain` → the models of its published JSON Schema.

They are written separately from json_page.py on purpose: tests compare the two. The docstrings and the
names of the classes are published in the schema: the whole is a Document, and every other class a Part.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ecbackup_iac.model.verdict import Level, Rule


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ToolPart(_Part):
    """The program that wrote the page."""

    name: Literal["ecbackup-iac"]
    version: str


class RulePart(_Part):
    """The rule that the page is about."""

    id: Rule
    name: str
    level: Level


class CodePart(_Part):
    """Whole lines of code, to be copied."""

    language: str
    text: str


class SourcePart(_Part):
    """The source of a fact, and the place in it."""

    name: str
    place: str | None


class FactPart(_Part):
    """One fact."""

    label: str | None = Field(description="what the fact is about")
    text: str | None = Field(description="null where the ids say it all")
    original: str | None = Field(description="the common statement that the fact corrects")
    ids: list[str] = Field(description="its identifiers in frameworks, checks and IAM")
    code: CodePart | None
    sources: list[SourcePart] = Field(min_length=1)


class SectionPart(_Part):
    """Facts under a title; the id stays when the title changes."""

    id: str
    title: str
    facts: list[FactPart]


class DescribedSourcePart(_Part):
    """A source that a fact names."""

    name: str
    description: str


class ExplanationDocument(_Part):
    """The output of `ecbackup-iac explain --format json`, for the control or for a rule."""

    schema_version: Literal[1]
    tool: ToolPart
    title: str
    rule: RulePart | None = Field(description="null for the control itself")
    sections: list[SectionPart]
    sources: list[DescribedSourcePart]
