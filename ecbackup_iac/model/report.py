"""The result of a run: findings, absent caches, and what could not be read."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from ecbackup_iac.model.annotated_text import AnnotatedText
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.deployment import TemplateDeployment
from ecbackup_iac.model.excerpt import Excerpt
from ecbackup_iac.model.location import Location, Origin
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.value import TraceStep, Value
from ecbackup_iac.model.verdict import Level, Rule, Status, Verdict
from ecbackup_iac.model.window import overlap


class Severity(StrEnum):
    """Whether the report is incomplete (error), a mistake is likely (warning), or neither (note)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@record
class Diagnostic:
    """Something about an input that could not be read or evaluated, with its location."""

    message: str
    location: Location
    severity: Severity = Severity.ERROR
    is_detail: bool = False
    """One of many of its kind; a report for people counts these instead of listing them."""

    is_shown_when_quiet: bool = False
    """It is about the policy, its exceptions and exclusions, or the baseline."""

    is_rejection: bool = False
    """The file's own program rejects it before anything is deployed."""

    @property
    def rank(self) -> tuple[int, bool]:
        """The key that sorts the most severe first, and details last among equals."""
        return list(Severity).index(self.severity), self.is_detail


@record
class CacheBlock:
    """A cache as a file declares it, whether or not anything evaluates the file."""

    address: str
    """Its name within its file: `aws_elasticache_cluster.x`, `module.x`, a logical id, an identifier."""

    type: str
    """The source's name for its type; of a module call, the call's source."""

    location: Location
    """The whole block, or the entry of a template."""


@record
class AbsentCache:
    """A cache block that creates no instance with the values of this run."""

    address: str
    type: str
    root: str
    """The folder or file that was evaluated."""

    location: Location
    """The whole block: the same as its CacheBlock's."""

    reason: str
    """For people: "count is 0", "condition IsProd is false"."""

    @property
    def order(self) -> tuple[tuple[str, int, int], str]:
        """The key that sorts absent caches: path, line, address."""
        return (self.location.order, self.address)


@record
class Exclusion:
    """What leaves something out of the report, and how much."""

    pattern: str
    """A glob of `exclude`, or the name of a folder that is never walked."""

    location: Location | None
    """Where the glob is written; None for a folder that is never walked."""

    paths: int
    """Files and folders that were not checked; what is in such a folder is not counted."""

    caches: int = 0
    """Caches that were evaluated for a checked root, and whose blocks are in a file that the glob matches."""

    @property
    def by(self) -> str:
        """What kind of thing leaves it out: the policy, an option, or the program by default."""
        if self.location is None:
            return "default"
        return "policy" if self.location.origin is Origin.FILE else "option"


@record
class ReadResult:
    """What was read of one root: its caches, and what is wrong with it."""

    resources: tuple[CacheResource, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    absent: tuple[AbsentCache, ...] = ()
    """Cache blocks that create nothing in this root; one that another root creates is not absent."""

    blocks: tuple[CacheBlock, ...] = ()
    """Every cache block in the files under the checked paths: each has to be accounted for."""

    deployments: tuple[TemplateDeployment, ...] = ()
    """CloudFormation templates that its resources deploy, which are still to be read."""

    is_wrong_kind: bool = False
    """The input is of another kind, and what follows it need not be read."""

    variables: Mapping[str, str] = field(factory=dict)
    """The root module's variables in a plan, their values as JSON text."""

    annotated_texts: tuple[AnnotatedText, ...] = ()
    """The texts that were read for it and may contain suppressions."""

    left_out: tuple[str, ...] = ()
    """Files and folders that are not checked, as they are printed."""

    def with_settings_label(self, settings_label: str) -> "ReadResult":
        """Return the same with the label of the settings that its caches were evaluated with."""
        resources = tuple(
            replace(resource, settings_label=settings_label) for resource in self.resources
        )
        deployments = tuple(
            replace(deployment, settings_label=settings_label) for deployment in self.deployments
        )
        return replace(self, resources=resources, deployments=deployments)


class SuppressionKind(StrEnum):
    """Where a suppression is written."""

    COMMENT = "comment"
    METADATA = "metadata"
    POLICY = "policy"
    BASELINE = "baseline"


@record
class Suppression:
    """Why a finding is suppressed, and until when."""

    kind: SuppressionKind
    reason: str
    location: Location
    expires: date | None = None
    """The last day on which it counts."""


@record
class Finding:
    """A resource, its verdict, and what to do about it."""

    resource: CacheResource
    verdict: Verdict
    level: Level
    remedy: str | None = None
    suppression: Suppression | None = None

    @property
    def order(self) -> tuple[tuple[str, int, int], str]:
        """The key that sorts findings: path, line, address."""
        return (self.location.order, self.resource.address)

    @property
    def counted_as(self) -> str:
        """What it counts as: its status, or "suppressed"."""
        return "suppressed" if self.suppression else self.verdict.status.value

    @property
    def _setting(self) -> Value[Any]:
        """The setting that breaks its rule: the node type, the backup window or else the retention."""
        match self.verdict.rule:
            case Rule.BACKUPS_UNSUPPORTED:
                return self.resource.node_type
            case Rule.BACKUP_WINDOW_CONFLICT:
                return self.resource.backup_window
            case _:
                return self.resource.retention

    @property
    def location(self) -> Location:
        """Where that setting is written, or else the retention, or what declares the cache."""
        setting = self._setting
        is_located = setting is not self.resource.retention and setting.trace
        return setting.trace[0].location if is_located else self.resource.location

    @property
    def trace(self) -> tuple[TraceStep, ...]:
        """The steps to the value of that setting, or of the retention where it has none."""
        return self._setting.trace or self.resource.retention.trace

    @property
    def related(self) -> tuple[tuple[Location, str], ...]:
        """Where what contradicts that setting is written, each with its name for people."""
        backup, maintenance = self.resource.backup_window, self.resource.maintenance_window
        is_overlap = self._setting is backup and maintenance.trace and overlap(backup, maintenance)
        return ((maintenance.trace[0].location, "the maintenance window"),) if is_overlap else ()


@record
class Report:
    """The result of a run, in order."""

    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    absent: tuple[AbsentCache, ...] = ()
    """Cache blocks that no root creates, one entry for each block."""

    requirements: Requirements = Requirements()
    """What the policy requires, and the file that says so."""

    exclusions: tuple[Exclusion, ...] = ()
    """What was left out, and by what."""

    excerpts: tuple[Excerpt, ...] = ()
    """The lines at the locations of the findings, where they were requested."""

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of findings by status, and of suppressed findings, absent caches and diagnostics.

        A suppressed finding counts only under "suppressed".
        """
        seen = Counter(finding.counted_as for finding in self.findings)
        names = (*(status.value for status in Status), "suppressed")
        return {
            **{name: seen[name] for name in names},
            "absent": len(self.absent),
            "diagnostics": len(self.diagnostics),
        }

    @property
    def fails(self) -> bool:
        """Whether a finding that is not suppressed has the level error."""
        return any(f.level is Level.ERROR and f.suppression is None for f in self.findings)

    @property
    def is_incomplete(self) -> bool:
        """Whether an input or a cache could not be read or evaluated."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def report_of(
    findings: Iterable[Finding],
    diagnostics: Iterable[Diagnostic],
    absent: tuple[AbsentCache, ...] = (),
    requirements: Requirements = Requirements(),
    exclusions: tuple[Exclusion, ...] = (),
) -> Report:
    """Return a report with findings and diagnostics sorted, and equal diagnostics once."""
    return Report(
        tuple(sorted(findings, key=lambda finding: finding.order)),
        tuple(
            sorted(
                dict.fromkeys(diagnostics), key=lambda d: (d.location.order, d.severity, d.message)
            )
        ),
        absent,
        requirements,
        exclusions,
    )
