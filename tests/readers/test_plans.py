"""Real plans and a state, as terraform wrote them → the verdicts, written down by hand."""

from datetime import date
from pathlib import Path

import pytest

from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Report
from ecbackup_iac.model.value import Known, Unset
from ecbackup_iac.scan import scan

PLANS = Path(__file__).parent / "plans"

GROUP = "aws_elasticache_replication_group"
CLUSTER = "aws_elasticache_cluster"
SERVERLESS = "aws_elasticache_serverless_cache"

UNSET = "unset"
UNKNOWN = "unknown"

Row = tuple[str, str, str | None, int | str]
"""Address, status, rule, and the retention: days, unset or unknown."""

# r01 and its like come to 7 whatever the unknown part turns out to be, so terraform settles them.
_SETTLED = {"r01", "r04", "r07", "r11", "r13", "r15"}
_UNKNOWN_RETENTION: list[Row] = [
    (f"{GROUP}.{name}", "pass", None, 7)
    if name in _SETTLED
    else (f"{GROUP}.{name}", "unknown", "ECB005", UNKNOWN)
    for name in (f"r{number:02}" for number in range(18))
]

EXPECTED: dict[str, list[Row]] = {
    "create-mixed.json": [
        (f"{CLUSTER}.memcached", "not_applicable", None, UNSET),
        (f"{CLUSTER}.redis", "pass", None, 1),
        (f"{GROUP}.r", "pass", None, 7),
        (f"{GROUP}.unset", "fail", "ECB001", UNSET),
        (f"{GROUP}.zero", "fail", "ECB001", 0),
        (f"{SERVERLESS}.m", "not_applicable", None, UNSET),
        (f"{SERVERLESS}.n", "fail", "ECB001", UNSET),
        (f"{SERVERLESS}.v", "pass", None, 7),
        (f"{SERVERLESS}.z", "fail", "ECB001", 0),
    ],
    "create-null.json": [(f"{GROUP}.r", "fail", "ECB001", UNSET)],
    "update-7-to-0.json": [(f"{GROUP}.r", "fail", "ECB006", 0)],
    "update-0-to-7.json": [(f"{GROUP}.r", "pass", None, 7)],
    "unset-noop-is-zero.json": [(f"{GROUP}.r", "fail", "ECB001", 0)],
    "no-op.json": [(f"{GROUP}.r", "pass", None, 7)],
    "replace.json": [(f"{GROUP}.r", "pass", None, 7)],
    "delete.json": [],
    "destroy-plan.json": [],
    "unknown-retention.json": _UNKNOWN_RETENTION,
    "sensitive.json": [
        (f"{GROUP}.r00", "pass", None, 5),
        (f"{GROUP}.r01", "pass", None, 5),
        (f"{GROUP}.r02", "pass", None, 5),
    ],
    "sensitive-variable.json": [(f"{GROUP}.r", "pass", None, 7)],
    "state.json": [(f"{GROUP}.r", "pass", None, 7)],
    "checks.json": [(f"{GROUP}.r", "fail", "ECB001", 0)],
    "moved-and-changed.json": [(f"{GROUP}.new", "fail", "ECB006", 0)],
    "forget.json": [],
    "targeted.json": [(f"{GROUP}.a", "pass", None, 7)],
    "refresh-only.json": [],
    "count-shrinks.json": [(f"{GROUP}.r[0]", "pass", None, 7)],
    "provider-aliases.json": [
        (f"module.m.{GROUP}.d", "fail", "ECB001", 0),
        (f"module.m.{GROUP}.p", "pass", None, 7),
    ],
    "memcached.json": [(f"{CLUSTER}.c", "not_applicable", None, 7)],
    "empty.json": [],
    "instances-of-none.json": [
        (f"{GROUP}.kept", "pass", None, 7),
        (f"module.on.{GROUP}.this", "pass", None, 7),
    ],
    "destroy-of-more-than-exists.json": [],
    "counts-to-zero.json": [
        (f"{GROUP}.kept", "pass", None, 7),
        (f"module.on.{GROUP}.this", "pass", None, 7),
    ],
}

# The caches that the configuration declares and the plan does not create.
ABSENT: dict[str, dict[str, str]] = {
    "destroy-plan.json": {f"{GROUP}.r": "the plan removes it"},
    "instances-of-none.json": {
        # Terraform shows no for_each_expression for toset([]).
        f"{CLUSTER}.each": "the plan creates no instance of it",
        f"{GROUP}.counted": "count is 0",
        f"{SERVERLESS}.vars": "for_each is empty",
        f"module.off.{GROUP}.lit": "count is 0 or count of module.off is 0",
        f"module.off.{GROUP}.this": "count of module.off is 0",
        f"module.on.{GROUP}.lit": "count is 0",
    },
    "destroy-of-more-than-exists.json": {
        f"{CLUSTER}.each": "the plan removes everything",
        f"{GROUP}.counted": "the plan removes everything",
        f"{GROUP}.kept": "the plan removes it",
        f"{GROUP}.new": "the plan removes everything",
        f"{SERVERLESS}.vars": "the plan removes everything",
        f"module.off.{GROUP}.lit": "the plan removes everything",
        f"module.off.{GROUP}.this": "the plan removes everything",
        f"module.on.{GROUP}.lit": "the plan removes everything",
        f"module.on.{GROUP}.this": "the plan removes it",
    },
    "counts-to-zero.json": {
        f"{CLUSTER}.each": "the plan creates no instance of it",
        f"{GROUP}.counted": "the plan removes it",
        f"{SERVERLESS}.vars": "the plan removes it",
        f"module.off.{GROUP}.lit": "count is 0 or count of module.off is 0",
        f"module.off.{GROUP}.this": "the plan removes it",
        f"module.on.{GROUP}.lit": "count is 0",
    },
}

# Plans that cannot show every cache → what is said of them.
PARTIAL = {
    "targeted.json": "the plan is partial: it was targeted or defers changes, so caches may be missing",
    "refresh-only.json": (
        "the plan is refresh-only and has no changes to check: plan without -refresh-only"
    ),
}


def _report_on(name: str) -> Report:
    return scan([str(PLANS / name)], Policy(), date(2026, 11, 23))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_plan_has_the_verdicts_of_what_terraform_would_apply(name: str) -> None:
    rows = [
        (
            finding.resource.address,
            finding.verdict.status.value,
            finding.verdict.rule and finding.verdict.rule.value,
            _days(finding.resource.retention),
        )
        for finding in _report_on(name).findings
    ]
    assert rows == EXPECTED[name]


def _days(retention: object) -> int | str:
    match retention:
        case Known(value=int() as days):
            return days
        case Unset():
            return UNSET
        case _:
            return UNKNOWN


@pytest.mark.parametrize("name", EXPECTED)
def test_only_a_partial_plan_is_reported_as_partial(name: str) -> None:
    reported = [diagnostic.message for diagnostic in _report_on(name).diagnostics]
    assert reported == ([PARTIAL[name]] if name in PARTIAL else [])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_cache_that_a_plan_does_not_create_is_absent(name: str) -> None:
    absent = _report_on(name).absent
    assert {one.address: one.reason for one in absent} == ABSENT.get(name, {})
    assert {(Path(one.location.path).name, one.location.line) for one in absent} <= {(name, None)}


def test_every_plan_here_has_its_row_in_the_table() -> None:
    assert sorted(EXPECTED) == sorted(file.name for file in PLANS.glob("*.json"))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (f"{GROUP}.r00", "terraform_data.t.output"),
        (f"{GROUP}.r03", "terraform_data.t.id"),
    ],
)
def test_an_unknown_retention_names_what_it_depends_on(address: str, origin: str) -> None:
    findings = _report_on("unknown-retention.json").findings
    verdict = next(f.verdict for f in findings if f.resource.address == address)
    assert verdict.message == (
        f"snapshot_retention_limit is unknown: it depends on {origin}, known only after apply"
    )


def test_a_plan_that_disables_backups_shows_the_previous_days() -> None:
    (finding,) = _report_on("moved-and-changed.json").findings
    assert finding.verdict.message == (
        "automatic backups are being turned off: snapshot_retention_limit was 7 and will be 0"
    )


def test_a_finding_of_a_plan_has_no_invented_line() -> None:
    (finding,) = _report_on("create-null.json").findings
    place = finding.resource.location
    assert (Path(place.path).name, place.line, place.column) == ("create-null.json", None, None)
