"""One report with everything in it, for every format to render."""

from datetime import date
from typing import Protocol

import pytest

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.excerpt import Excerpt, SourceLine
from ecbackup_iac.model.location import COMMAND_LINE, Location, input_location
from ecbackup_iac.model.policy import Policy, Requirements, UnknownMode
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import (
    AbsentCache,
    Diagnostic,
    Finding,
    Report,
    Severity,
    Suppression,
    SuppressionKind,
    report_of,
)
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Invalid, Known, Outcome, StepKind, TraceStep, Unknown, Unset
from ecbackup_iac.remedy.remedies import remedy_of
from ecbackup_iac.rule import judge, level_of

# What a name can hold that one format or another would obey.
HOSTILE = (
    "<script>alert(1)</script>]]>&amp;|`code`|![x](https://e.example/p.png)[y](//e)"
    "\n::error file=a.tf,line=1::forged%0A%25\r##[error]x\x1b[31mred\u202egnp,a:b;"
    "@team #1 **b** ünï 日本 \ufffe\x00\\"
)
PLAN = CacheResource(
    address="aws_elasticache_replication_group.orders",
    type="aws_elasticache_replication_group",
    form=Form.REPLICATION_GROUP,
    source=Source.TERRAFORM_PLAN,
    root="plan.json",
    location=Location("plan.json"),
    retention=Known(7, (TraceStep("snapshot_retention_limit = 7", Location("plan.json")),)),
)
CODE = replace(
    PLAN, source=Source.TERRAFORM, root="stacks/a b", location=Location("main.tf", 4, 3, 4, 31)
)
CALLED = replace(
    CODE,
    address="module.ledger.aws_elasticache_replication_group.this",
    location=Location("modules/redis/main.tf", 12, 3, 12, 40),
    retention=Known(
        0,
        (
            TraceStep(
                "snapshot_retention_limit = var.days",
                Location("modules/redis/main.tf", 12, 3, 12, 40),
                StepKind.ATTRIBUTE,
                "snapshot_retention_limit",
            ),
            TraceStep(
                "days = local.days",
                Location("stacks/a b/main.tf", 20, 3, 20, 20),
                StepKind.MODULE_INPUT,
                "days",
            ),
            TraceStep(
                "days = 0", Location("stacks/a b/main.tf", 8, 3, 8, 11), StepKind.LOCAL, "days"
            ),
        ),
    ),
    calls=(Call(Location("stacks/a b/main.tf", 18, 1, 18, 16), 'module "cache"', "modules/redis"),),
    retention_ignored=True,
)
DOWNLOADED = replace(
    CALLED,
    address='module.web["a"].module.inner.aws_elasticache_replication_group.this',
    location=Location("stacks/.terraform/modules/web.inner/main.tf", 9, 1, 9, 50),
    retention=Unset(
        (TraceStep("resource", Location("stacks/.terraform/modules/web/main.tf", 9, 1)),)
    ),
    calls=(
        Call(
            Location("stacks/main.tf", 3, 1, 3, 13), 'module "web"', "stacks/.terraform/modules/web"
        ),
        Call(
            Location("stacks/.terraform/modules/web/main.tf", 30, 1, 30, 15),
            'module "inner"',
            "stacks/.terraform/modules/web.inner",
        ),
    ),
    retention_ignored=False,
)
UNKNOWN = replace(
    CODE,
    address="aws_elasticache_replication_group.unknown",
    location=Location("main.tf", 30, 3, 31, 9),
    retention=Unknown(
        "it depends on var.environment",
        (Outcome(Known(7), 'var.environment is "prod"'), Outcome(Known(0), "it is another")),
        trace=(
            TraceStep(
                "snapshot_retention_limit = ...",
                Location("main.tf", 30, 3, 31, 9),
                StepKind.ATTRIBUTE,
                "snapshot_retention_limit",
            ),
        ),
    ),
)
PRICES = replace(
    PLAN,
    address="Prices",
    type="AWS::ElastiCache::ReplicationGroup",
    source=Source.CLOUDFORMATION,
    root="template.yaml",
    location=Location("template.yaml", 20, 5, 24, 20),
    retention=Known(
        0,
        (
            TraceStep(
                "SnapshotRetentionLimit: 0",
                Location("template.yaml", 20, 5, 24, 20),
                StepKind.ATTRIBUTE,
                "SnapshotRetentionLimit",
            ),
        ),
    ),
    retention_name="SnapshotRetentionLimit",
)
LIVE = replace(
    PLAN,
    address="sessions",
    type="ReplicationGroup",
    source=Source.AWS_CLI,
    root="-",
    location=input_location("-"),
    retention=Known(0, (TraceStep("sessions: SnapshotRetentionLimit = 0", input_location("-")),)),
    retention_name="SnapshotRetentionLimit",
    node_ids=("sessions-001", "sessions-002"),
)
NASTY = replace(
    CODE,
    address=f'aws_elasticache_replication_group.x["{HOSTILE}"]',
    type=HOSTILE,
    root=HOSTILE,
    location=Location(f"dir/{HOSTILE}/main.tf", 2, 1, 2, 9),
    retention=Invalid(
        HOSTILE, (TraceStep(HOSTILE, Location(f"dir/{HOSTILE}/main.tf", 2, 1, 2, 9)),)
    ),
    assumptions=(HOSTILE,),
)


ABSENT = (
    AbsentCache(
        "module.old.aws_elasticache_cluster.x",
        "aws_elasticache_cluster",
        "stacks/a b",
        Location("modules/old/main.tf", 3, 1, 9, 2),
        "count is 0",
    ),
    AbsentCache(
        f"x{HOSTILE}",
        HOSTILE,
        HOSTILE,
        Location(f"dir/{HOSTILE}/main.tf", 20, 1, 21, 2),
        HOSTILE,
    ),
    AbsentCache(
        "Sessions", "AWS::ElastiCache::CacheCluster", "-", input_location("-"), "IsProd is false"
    ),
)

POLICY = Policy()


class MakeFinding(Protocol):
    """Checks a cache and makes it a finding."""

    def __call__(
        self,
        resource: CacheResource,
        policy: Policy = ...,
        suppression: Suppression | None = ...,
    ) -> Finding: ...


def finding_of(
    resource: CacheResource, policy: Policy = POLICY, suppression: Suppression | None = None
) -> Finding:
    requirements = policy.requirements
    verdict = judge(resource, requirements)
    level = level_of(verdict, requirements)
    remedy = remedy_of(resource, verdict, requirements)
    return Finding(resource, verdict, level, remedy, suppression)


def excerpts() -> tuple[Excerpt, ...]:
    attribute, passed, decided = (step.location for step in CALLED.retention.trace)
    (hostile_step,) = NASTY.retention.trace
    return (
        Excerpt(
            attribute,
            (
                SourceLine(10, 'resource "aws_elasticache_replication_group" "this" {'),
                SourceLine(12, "  snapshot_retention_limit = var.days", 2, 37),
            ),
        ),
        Excerpt(passed, (SourceLine(20, "\tdays = local.days", 1, 18),)),
        Excerpt(decided, (SourceLine(8, "  … days = 0 …", 4, 12),)),
        Excerpt(
            UNKNOWN.location,
            (SourceLine(30, "  snapshot_retention_limit = ...", 2, 32),),
            left_out=1,
        ),
        Excerpt(hostile_step.location, (SourceLine(2, f"x{HOSTILE}x", 1, 1 + len(HOSTILE)),)),
    )


def everything() -> Report:
    by_policy = Suppression(
        SuppressionKind.POLICY, "rebuilt on login", Location(".ecbackup.toml", 7), date(2027, 6, 30)
    )
    by_comment = Suppression(SuppressionKind.COMMENT, HOSTILE, Location("main.tf", 50, 3, 50, 20))
    by_metadata = Suppression(
        SuppressionKind.METADATA,
        "prices come from the database",
        Location("template.yaml", 21, 11, 23, 29),
        date(2027, 3, 31),
    )
    by_baseline = Suppression(
        SuppressionKind.BASELINE, "before the gate", Location(".ecbackup-baseline.json", 4)
    )
    twin = replace(CALLED, root="stacks/other")
    report = report_of(
        [
            finding_of(PLAN),
            finding_of(replace(CODE, retention_ignored=True)),
            finding_of(replace(PLAN, address="aws_x.zero", retention=Known(0), previous_days=5)),
            finding_of(replace(CODE, engine=Known("memcached"), form=Form.STANDALONE_CLUSTER)),
            finding_of(CALLED),
            finding_of(twin),
            finding_of(twin),
            finding_of(DOWNLOADED),
            finding_of(UNKNOWN),
            finding_of(replace(UNKNOWN, address="ignored"), Policy(unknown=UnknownMode.IGNORE)),
            finding_of(replace(UNKNOWN, address="strict"), Policy(unknown=UnknownMode.FAIL)),
            finding_of(LIVE),
            finding_of(NASTY),
            finding_of(replace(CODE, address="accepted", retention=Known(2)), Policy(7), by_policy),
            finding_of(replace(NASTY, address="commented"), suppression=by_comment),
            finding_of(PRICES, suppression=by_metadata),
            finding_of(
                replace(CODE, address="old", retention=Known(0), location=Location("main.tf", 80)),
                suppression=by_baseline,
            ),
        ],
        [
            Diagnostic("the JSON is truncated", Location("broken.json", 3, 9)),
            Diagnostic(f"cannot be read: {HOSTILE}", Location(f"{HOSTILE}.tf")),
            Diagnostic("an empty input", input_location("-")),
            Diagnostic("no root declares x", COMMAND_LINE, Severity.WARNING),
            Diagnostic(
                "the module was not read",
                Location("main.tf", 60, 1),
                Severity.WARNING,
                is_detail=True,
            ),
            Diagnostic(
                "the module was not read",
                Location("main.tf", 70, 1),
                Severity.WARNING,
                is_detail=True,
            ),
        ],
    )
    return replace(report, absent=ABSENT, requirements=Requirements(7), excerpts=excerpts())


@pytest.fixture(scope="session")
def report() -> Report:
    return everything()


@pytest.fixture(scope="session")
def make_finding() -> "MakeFinding":
    return finding_of


@pytest.fixture(scope="session")
def called() -> CacheResource:
    """A cache in a module of the repository's own, with a trace of three steps."""
    return CALLED


@pytest.fixture(scope="session")
def hostile() -> str:
    return HOSTILE
