"""The shape of the JSON report → the models of its published JSON Schema.

They are written separately from the reporter on purpose: tests compare the two. The docstrings and the
names of the classes are published in the schema: the whole is a Document, and every other class a Part.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.policy import MAXIMUM_DAYS, UnknownMode
from ecbackup_iac.model.report import Severity, SuppressionKind
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.verdict import Level, Rule, Status

Count = Annotated[int, Field(ge=0)]
Position = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ToolPart(_Part):
    """The program that wrote the report."""

    name: Literal["ecbackup-iac"]
    version: str


class PolicyPart(_Part):
    """What was required of every cache."""

    minimum_days: int = Field(ge=1, le=MAXIMUM_DAYS)
    unknown: UnknownMode
    path: str | None = Field(description="the policy file; null without one")


class SummaryPart(_Part):
    """The number of findings with each status; a suppressed finding counts only as suppressed."""

    passed: Count = Field(alias="pass")
    fail: Count
    unknown: Count
    not_applicable: Count
    suppressed: Count
    absent: Count
    diagnostics: Count


class ResourcePart(_Part):
    """The cache."""

    address: str
    type: str
    form: Form
    engine: str | None = Field(
        description='null where it is not set, "unknown" where it is not known'
    )
    node_type: str | None = Field(
        description='null where it is not set, "unknown" where it is not known'
    )


class BoundsPart(_Part):
    """The limits of an unknown retention, in days; null where there is no limit."""

    min: int | None
    max: int | None


class RetentionPart(_Part):
    """How long automatic backups are kept."""

    state: Literal["known", "unset", "unknown", "invalid"]
    days: int | None = Field(description="null unless the state is known")
    possible: list[int | None] = Field(
        description="every possible value, null for unset; empty where there is no finite list"
    )
    bounds: BoundsPart | None = None


class LocationPart(_Part):
    """Lines and columns count from 1, in characters; end_column is exclusive."""

    path: str
    line: Position | None
    column: Position | None
    end_line: Position | None
    end_column: Position | None


class CallPart(_Part):
    """A module call, or a nested stack, that leads to the cache."""

    path: str
    line: Position | None
    column: Position | None
    text: str = Field(description='module "cache", or the logical id of a nested stack')


class StepPart(_Part):
    """One step on the way to the value."""

    path: str
    line: Position | None
    column: Position | None
    text: str


class NotePart(_Part):
    """Information in addition to the verdict."""

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
    resource: ResourcePart
    retention: RetentionPart
    source: Source
    root: str
    settings: str | None = Field(
        description="the set of values of the policy's [[roots]]; null without one"
    )
    calls: list[CallPart] = Field(description="outermost first")
    location: LocationPart = Field(description="of what breaks the rule")
    trace: list[StepPart]
    notes: list[NotePart]
    remedy: str | None
    suppression: SuppressionPart | None


class AbsentPart(_Part):
    """A cache block that creates no cache with the values of this run."""

    address: str
    type: str
    root: str
    location: LocationPart
    reason: str


class ExclusionPart(_Part):
    """What leaves something out of the report, and how much."""

    by: Literal["policy", "option", "default"] = Field(
        description="default: a folder of that name is never walked"
    )
    pattern: str
    path: str | None = Field(description="the policy file; null unless by is policy")
    line: Position | None
    paths: Count = Field(description="files and folders that were not checked")
    caches: Count = Field(description="caches of checked roots whose blocks are in such a file")


class DiagnosticPart(_Part):
    """What could not be read or evaluated (error), is likely a mistake (warning), or is left out (note)."""

    severity: Severity
    path: str
    line: Position | None
    column: Position | None
    message: str


class ReportDocument(_Part):
    """The report of `ecbackup-iac check --format json`."""

    schema_version: Literal[1]
    tool: ToolPart
    policy: PolicyPart
    summary: SummaryPart
    findings: list[FindingPart]
    absent: list[AbsentPart]
    excluded: list[ExclusionPart]
    diagnostics: list[DiagnosticPart]
