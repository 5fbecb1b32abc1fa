"""The policy's exceptions: what they cover, until when, and the warnings about those that are of no use."""

import time
from collections.abc import Sequence
from datetime import date

import pytest

from ecbackup_iac.cli.clock import today
from ecbackup_iac.errors import PolicyError
from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import PathGlob, PolicyException, Requirements
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Severity, Suppression, SuppressionKind
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, Unknown, Value
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.rule import judge, level_of
from ecbackup_iac.suppressions.application import apply_suppressions
from ecbackup_iac.suppressions.exceptions import PolicySuppressions

TODAY = date(2026, 11, 23)
PLACE = Location(".ecbackup.toml", 4)
ALL = PolicyException("the owner agreed", PLACE, resource="*")


def finding(
    retention: Value[int] = Known(0), address: str = "aws_elasticache_cluster.sessions"
) -> Finding:
    resource = CacheResource(
        address=address,
        type="aws_elasticache_cluster",
        form=Form.STANDALONE_CLUSTER,
        source=Source.TERRAFORM_PLAN,
        root="plans/plan.json",
        location=Location("plans/plan.json"),
        retention=retention,
        engine=Known("redis"),
    )
    verdict = judge(resource, Requirements())
    return Finding(resource, verdict, level_of(verdict, Requirements()))


def apply_exceptions(
    findings: Sequence[Finding], exceptions: Sequence[PolicyException], on: date
) -> tuple[list[Finding], list[Diagnostic]]:
    return apply_suppressions(findings, [PolicySuppressions(exceptions, on, ["."])])


@pytest.mark.parametrize(
    "exception",
    [
        ALL,
        replace(ALL, resource="*.sessions"),
        replace(ALL, rule=Rule.BACKUPS_DISABLED),
        replace(ALL, resource=None, path=PathGlob("plans")),
        replace(ALL, resource=None, path=PathGlob("**/plan.json")),
        replace(ALL, path=PathGlob("plans/*.json"), rule=Rule.BACKUPS_DISABLED),
        replace(ALL, expires=TODAY),
    ],
    ids=str,
)
def test_an_exception_covers_what_all_of_its_conditions_describe(
    exception: PolicyException,
) -> None:
    (marked,), warnings = apply_exceptions([finding()], [exception], TODAY)
    assert marked.suppression == Suppression(
        SuppressionKind.POLICY, "the owner agreed", PLACE, exception.expires
    )
    assert warnings == []


@pytest.mark.parametrize(
    "exception",
    [
        replace(ALL, resource="*.orders"),
        replace(ALL, rule=Rule.RETENTION_TOO_SHORT),
        replace(ALL, path=PathGlob("other")),
    ],
    ids=str,
)
def test_an_exception_that_matches_nothing_is_reported(
    exception: PolicyException,
) -> None:
    before = finding()
    marked, warnings = apply_exceptions([before], [exception], TODAY)
    assert marked == [before]
    assert warnings == [
        Diagnostic(
            "the exception matches no finding that fails or is unknown: the owner agreed",
            PLACE,
            Severity.WARNING,
            is_shown_when_quiet=True,
        )
    ]


def test_an_exception_that_expired_yesterday_is_reported_and_has_no_effect() -> None:
    expired = replace(ALL, expires=date(2026, 11, 22))
    (marked,), warnings = apply_exceptions([finding()], [expired], TODAY)
    assert marked.suppression is None
    assert warnings == [
        Diagnostic(
            "the exception expired on 2026-11-22 and no longer applies: the owner agreed",
            PLACE,
            Severity.WARNING,
            is_shown_when_quiet=True,
        )
    ]


def test_what_passes_needs_no_exception() -> None:
    (marked,), warnings = apply_exceptions([finding(Known(7))], [ALL], TODAY)
    assert marked.suppression is None
    assert [diagnostic.severity for diagnostic in warnings] == [Severity.WARNING]


def test_what_is_unknown_can_be_accepted_too() -> None:
    (marked,), _ = apply_exceptions([finding(Unknown("later"))], [ALL], TODAY)
    assert marked.suppression is not None


def test_the_first_of_two_exceptions_is_the_one_that_is_reported_and_both_count_as_used() -> None:
    second = replace(ALL, reason="again")
    (marked,), warnings = apply_exceptions([finding()], [ALL, second], TODAY)
    assert marked.suppression is not None
    assert (marked.suppression.reason, warnings) == ("the owner agreed", [])


def test_no_exceptions_change_nothing() -> None:
    before = [finding(), finding(Known(7))]
    assert apply_exceptions(before, [], TODAY) == (before, [])


def test_today_is_what_source_date_epoch_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795392000")
    assert today() == TODAY


@pytest.mark.parametrize("epoch", ["tomorrow", "1e99", "9" * 30])
def test_an_invalid_source_date_epoch_is_reported(
    epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(PolicyError, match=r"^SOURCE_DATE_EPOCH is not a number of seconds: "):
        today()


@pytest.mark.extended
@pytest.mark.parametrize("glob", ["*cache-{}?]", "aws_*.a[*-{}?]", "*{}"])
def test_a_thousand_exceptions_take_little_time(glob: str) -> None:
    findings = [finding(address=f'aws_elasticache_cluster.a["cache-{n}"]') for n in range(6000)]
    exceptions = [replace(ALL, resource=glob.format(n)) for n in range(1000)]
    start = time.process_time()
    marked, warnings = apply_exceptions(findings, exceptions, TODAY)
    assert time.process_time() - start < 30
    covered = [one.resource.address for one in marked if one.suppression]
    if glob == "*{}":
        assert (covered, len(warnings)) == ([], 1000)
    else:
        assert not warnings
        assert 'aws_elasticache_cluster.a["cache-7"]' in covered
