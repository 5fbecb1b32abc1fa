"""The JSON report's own shape → the JSON Schema published beside this file, `report.schema.json`.

Written independently of the reporter on purpose: tests compare the two.
"""

import json
import sys
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecbackup_iac.model.cache import Form, Source
from ecbackup_iac.model.report import Severity, SuppressionKind
from ecbackup_iac.model.verdict import Level, Rule, Status

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"

Count = Annotated[int, Field(ge=0)]
Position = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Tool(_Part):
    """What wrote the report."""

    name: Literal["ecbackup-iac"]
    version: str


class Summary(_Part):
    """How many findings have each status; a suppressed one counts under suppressed alone."""

    passed: Count = Field(alias="pass")
    fail: Count
    unknown: Count
    not_applicable: Count
    suppressed: Count
    absent: Count
    diagnostics: Count


class Resource(_Part):
    """The cache."""

    address: str
    type: str
    form: Form
    engine: str | None = Field(description='null when unset, "unknown" when it cannot be known')
    node_type: str | None = Field(description='null when unset, "unknown" when it cannot be known')


class BoundsPart(_Part):
    """All that is known of an unknown retention, in days; null where it is open."""

    min: int | None
    max: int | None


class Retention(_Part):
    """For how long automatic backups are kept."""

    state: Literal["known", "unset", "unknown", "invalid"]
    days: int | None = Field(description="null unless the state is known")
    possible: list[int | None] = Field(
        description="every outcome judged, null standing for unset; empty where there is no list"
    )
    bounds: BoundsPart | None = None


class LocationPart(_Part):
    """Lines and columns count from 1, in characters; end_column is exclusive."""

    path: str
    line: Position | None
    column: Position | None
    end_line: Position | None
    end_column: Position | None


class StepPart(_Part):
    """One hop on the way to the value."""

    path: str
    line: Position | None
    column: Position | None
    text: str


class NotePart(_Part):
    """Something worth knowing beside the verdict."""

    rule: Rule | None
    text: str


class SuppressionPart(_Part):
    """Why the finding does not count."""

    kind: SuppressionKind
    reason: str
    expires: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None
    path: str
    line: Position | None


class FindingPart(_Part):
    """One cache and its verdict."""

    status: Status
    rule: Rule | None
    level: Level
    message: str
    resource: Resource
    retention: Retention
    source: Source
    root: str
    location: LocationPart
    trace: list[StepPart]
    notes: list[NotePart]
    remedy: str | None
    suppression: SuppressionPart | None


class AbsentPart(_Part):
    """A cache block that creates no instance with the values of this run."""

    address: str
    type: str
    root: str
    location: LocationPart
    reason: str


class DiagnosticPart(_Part):
    """Something that could not be read or decided."""

    severity: Severity
    path: str
    line: Position | None
    column: Position | None
    message: str


class ReportDocument(_Part):
    """The report of `ecbackup-iac check --format json`."""

    schema_version: Literal[1]
    tool: Tool
    summary: Summary
    findings: list[FindingPart]
    absent: list[AbsentPart]
    diagnostics: list[DiagnosticPart]


def schema_text() -> str:
    """Return the JSON Schema as it is published."""
    schema = {"$schema": SCHEMA_ID, **ReportDocument.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
