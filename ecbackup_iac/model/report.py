"""The whole answer: findings, and what could not be read."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from ecbackup_iac.model.annotated_text import MarkedText
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.excerpt import Excerpt
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.verdict import Level, Status, Verdict


class Severity(StrEnum):
    """Whether an answer is missing (error) or stands all the same (warning)."""

    ERROR = "error"
    WARNING = "warning"


@record
class Diagnostic:
    """Something that could not be read or decided about an input, with its place."""

    message: str
    location: Location
    severity: Severity = Severity.ERROR
    is_detail: bool = False
    """One of many of its kind, which a report for people counts rather than lists."""


@record
class CacheBlock:
    """A cache as a file declares it, whether or not anything evaluates the file."""

    address: str
    """Its name within its file: `aws_elasticache_cluster.x`, `module.x`, a logical id, an identifier."""

    type: str
    """The source's own name of its kind; of a module call, the call's source."""

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
class Reading:
    """What one root gave: its caches, and what is wrong with it."""

    resources: tuple[CacheResource, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    absent: tuple[AbsentCache, ...] = ()
    """Cache blocks that create nothing in this root. One that another root creates is not absent."""

    blocks: tuple[CacheBlock, ...] = ()
    """Every cache block in the files under the checked paths: what has to be accounted for."""

    is_mistaken: bool = False
    """It is something else altogether, and what follows it need not be read."""

    variables: Mapping[str, str] = field(factory=dict)
    """What a plan was made with: the root module's variables, their values as JSON text."""

    marked: tuple[MarkedText, ...] = ()
    """The texts that were read for it and may hold suppressions."""

    def judged_with(self, settings: str) -> "Reading":
        """Give the same with the name of the values that its caches were judged with."""
        resources = tuple(replace(one, settings=settings) for one in self.resources)
        return replace(self, resources=resources)


class SuppressionKind(StrEnum):
    """Where a suppression was written."""

    COMMENT = "comment"
    METADATA = "metadata"
    POLICY = "policy"
    BASELINE = "baseline"


@record
class Suppression:
    """Why a finding does not count, and until when."""

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
        return (self.resource.location.order, self.resource.address)


@record
class Report:
    """Everything a run has to say, in order."""

    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    absent: tuple[AbsentCache, ...] = ()
    """Cache blocks that no root creates, one entry a block."""

    minimum_days: int = 1
    """What the policy asks for."""

    excerpts: tuple[Excerpt, ...] = ()
    """What stands at the places of the findings, where somebody asked for it."""

    @property
    def counts(self) -> dict[str, int]:
        """How many findings have each status, how many are suppressed; absent caches and diagnostics.

        A suppressed finding counts under "suppressed" alone.
        """
        seen = Counter(
            "suppressed" if finding.suppression else finding.verdict.status.value
            for finding in self.findings
        )
        names = (*(status.value for status in Status), "suppressed")
        return {
            **{name: seen[name] for name in names},
            "absent": len(self.absent),
            "diagnostics": len(self.diagnostics),
        }

    @property
    def fails(self) -> bool:
        """Whether a finding that is not suppressed weighs as an error."""
        return any(f.level is Level.ERROR and f.suppression is None for f in self.findings)

    @property
    def is_incomplete(self) -> bool:
        """Whether an input or a cache could not be judged."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def report_of(findings: Iterable[Finding], diagnostics: Iterable[Diagnostic]) -> Report:
    """Put findings and diagnostics in their order, each told once: the same input gives the same report."""
    return Report(
        tuple(sorted(findings, key=lambda finding: finding.order)),
        tuple(
            sorted(
                dict.fromkeys(diagnostics), key=lambda d: (d.location.order, d.severity, d.message)
            )
        ),
    )
