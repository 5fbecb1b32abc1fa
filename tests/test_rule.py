"""The rule: an example of every verdict and its precedence, and the laws that hold for every cache."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Requirements, UnknownMode
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    Outcome,
    PossibleValue,
    Unknown,
    Unset,
    Value,
)
from ecbackup_iac.model.verdict import Level, Rule, Status, Verdict
from ecbackup_iac.rule import judge, level_of

FAILING = {
    Rule.BACKUPS_DISABLED,
    Rule.RETENTION_TOO_SHORT,
    Rule.RETENTION_INVALID,
    Rule.BACKUPS_UNSUPPORTED,
    Rule.BACKUPS_BEING_DISABLED,
    Rule.BACKUP_WINDOW_CONFLICT,
}

GROUP = CacheResource(
    address="aws_elasticache_replication_group.this",
    type="aws_elasticache_replication_group",
    form=Form.REPLICATION_GROUP,
    source=Source.TERRAFORM_PLAN,
    root="plan.json",
    location=Location("plan.json"),
    retention=Known(7),
    engine=Known("valkey"),
    node_type=Known("cache.t4g.small"),
)
CLUSTER = replace(GROUP, form=Form.STANDALONE_CLUSTER, engine=Known("redis"))
SERVERLESS = replace(GROUP, form=Form.SERVERLESS_CACHE, node_type=Unset())

TINY: Value[str] = Known("cache.t1.micro")
NOBODY_KNOWS: Value[int] = Unknown("it depends on data.x.y, known only after apply")


def answer(resource: CacheResource, minimum_days: int = 1) -> tuple[Status, Rule | None]:
    verdict = judge(resource, Requirements(minimum_days))
    return verdict.status, verdict.rule


def either(*values: PossibleValue[int]) -> Unknown[int]:
    return Unknown("it depends on var.env", tuple(Outcome(value) for value in values))


# Examples


@pytest.mark.parametrize("form", [GROUP, CLUSTER, SERVERLESS], ids=lambda r: r.form)
@pytest.mark.parametrize(
    ("retention", "minimum_days", "status", "rule"),
    [
        (Known(1), 1, Status.PASS, None),
        (Known(35), 35, Status.PASS, None),
        (Unset(), 1, Status.FAIL, Rule.BACKUPS_DISABLED),
        (Known(0), 1, Status.FAIL, Rule.BACKUPS_DISABLED),
        (Known(0), 7, Status.FAIL, Rule.BACKUPS_DISABLED),
        (Known(6), 7, Status.FAIL, Rule.RETENTION_TOO_SHORT),
        (Known(36), 1, Status.FAIL, Rule.RETENTION_INVALID),
        (Known(-1), 1, Status.FAIL, Rule.RETENTION_INVALID),
        (Invalid('"abc"'), 1, Status.FAIL, Rule.RETENTION_INVALID),
        (NOBODY_KNOWS, 1, Status.UNKNOWN, Rule.RETENTION_UNKNOWN),
    ],
    ids=str,
)
def test_a_retention_has_the_same_answer_in_every_form(
    form: CacheResource, retention: Value[int], minimum_days: int, status: Status, rule: Rule | None
) -> None:
    assert answer(replace(form, retention=retention), minimum_days) == (status, rule)


@pytest.mark.parametrize(
    ("retention", "message"),
    [
        (Unset(), "automatic backups are off: snapshot_retention_limit is not set"),
        (Known(0), "automatic backups are off: snapshot_retention_limit is 0"),
        (Known(36), "snapshot_retention_limit is 36, but AWS allows 0 to 35 days"),
        (
            Invalid("1.5"),
            "snapshot_retention_limit is 1.5, but AWS requires a whole number of days",
        ),
        (Known(3), "backups are kept for 3 days, but the policy requires 7"),
        (Known(1), "backups are kept for 1 day, but the policy requires 7"),
        (Known(14), "backups are kept for 14 days"),
    ],
    ids=str,
)
def test_a_message_names_the_retention_and_the_requirement(
    retention: Value[int], message: str
) -> None:
    assert judge(replace(GROUP, retention=retention), Requirements(7)).message == message


def test_a_plan_that_disables_backups_names_the_previous_days() -> None:
    verdict = judge(replace(GROUP, retention=Known(0), previous_days=7), Requirements())
    assert verdict == Verdict(
        Status.FAIL,
        Rule.BACKUPS_BEING_DISABLED,
        "automatic backups are being turned off: snapshot_retention_limit was 7 and will be 0",
    )


@pytest.mark.parametrize("previous", [None, 0, -1])
def test_backups_that_were_off_are_not_being_disabled(previous: int | None) -> None:
    resource = replace(GROUP, retention=Known(0), previous_days=previous)
    assert answer(resource) == (Status.FAIL, Rule.BACKUPS_DISABLED)


def test_fewer_days_than_before_do_not_count_as_disabling_backups() -> None:
    assert answer(replace(GROUP, retention=Known(1), previous_days=7)) == (Status.PASS, None)


@pytest.mark.parametrize("engine", ["memcached", "Memcached", "MEMCACHED"])
@pytest.mark.parametrize("form", [CLUSTER, SERVERLESS], ids=lambda r: r.form)
def test_memcached_is_never_failed(form: CacheResource, engine: str) -> None:
    resource = replace(form, engine=Known(engine), retention=Known(0))
    assert answer(resource) == (Status.NOT_APPLICABLE, None)


def test_a_replication_group_is_never_exempt_for_its_engine() -> None:
    resource = replace(GROUP, engine=Known("memcached"), retention=Known(0))
    assert answer(resource) == (Status.FAIL, Rule.BACKUPS_DISABLED)


def test_a_member_of_a_replication_group_is_not_applicable() -> None:
    verdict = judge(
        replace(CLUSTER, replication_group=Known("sessions"), retention=Unset()), Requirements()
    )
    assert verdict == Verdict(
        Status.NOT_APPLICABLE,
        None,
        "it belongs to replication group sessions: the group is checked",
    )


def test_an_empty_group_id_means_no_replication_group() -> None:
    resource = replace(CLUSTER, replication_group=Known(""), retention=Unset())
    assert answer(resource) == (Status.FAIL, Rule.BACKUPS_DISABLED)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (replace(CLUSTER, node_type=TINY), (Status.FAIL, Rule.BACKUPS_UNSUPPORTED)),
        (replace(GROUP, node_type=TINY), (Status.FAIL, Rule.BACKUPS_UNSUPPORTED)),
        (replace(GROUP, node_type=TINY, cluster_mode=Known(value=True)), (Status.PASS, None)),
        (
            replace(GROUP, node_type=TINY, cluster_mode=Unknown("later")),
            (Status.UNKNOWN, Rule.RETENTION_UNKNOWN),
        ),
        (replace(SERVERLESS, node_type=TINY), (Status.PASS, None)),
        (
            replace(CLUSTER, node_type=TINY, engine=Known("memcached")),
            (Status.NOT_APPLICABLE, None),
        ),
    ],
)
def test_a_t1_micro_cannot_be_backed_up_outside_cluster_mode(
    resource: CacheResource, expected: tuple[Status, Rule | None]
) -> None:
    assert answer(resource) == expected


def test_an_unknown_node_type_counts_as_one_that_can_be_backed_up() -> None:
    assert answer(replace(CLUSTER, node_type=Unknown("var.node"))) == (Status.PASS, None)


def test_windows_that_overlap_fail_where_backups_would_be_on() -> None:
    windows = replace(
        GROUP, backup_window=Known("05:00-06:00"), maintenance_window=Known("sun:05:30-sun:06:30")
    )
    assert answer(windows) == (Status.FAIL, Rule.BACKUP_WINDOW_CONFLICT)
    off = replace(windows, retention=Known(0))
    assert answer(off) == (Status.FAIL, Rule.BACKUPS_DISABLED)
    assert [note.rule for note in judge(off, Requirements()).notes] == [Rule.BACKUP_WINDOW_CONFLICT]


def test_windows_that_overlap_fail_whatever_the_unknown_retention_is() -> None:
    windows = replace(
        GROUP,
        retention=NOBODY_KNOWS,
        backup_window=Known("05:00-06:00"),
        maintenance_window=Known("sun:05:30-sun:06:30"),
    )
    verdict = judge(windows, Requirements())
    assert (verdict.status, verdict.rule) == (Status.FAIL, Rule.BACKUP_WINDOW_CONFLICT)
    assert [(note.rule, note.text) for note in verdict.notes] == [
        (
            Rule.RETENTION_UNKNOWN,
            "snapshot_retention_limit is unknown: it depends on data.x.y, known only after apply",
        )
    ]
    apart = replace(windows, maintenance_window=Known("sun:06:30-sun:07:30"))
    assert answer(apart) == (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)
    not_known = replace(windows, maintenance_window=Unknown("it depends on var.window"))
    assert answer(not_known) == (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)


def test_a_serverless_cache_has_no_backup_window_conflict() -> None:
    resource = replace(
        SERVERLESS,
        backup_window=Known("05:00-05:10"),
        maintenance_window=Known("sun:05:00-sun:06:00"),
    )
    assert answer(resource) == (Status.PASS, None)


@pytest.mark.parametrize(
    ("resource", "minimum_days", "rules"),
    [
        (replace(CLUSTER, node_type=TINY, retention=Known(36)), 1, ["ECB004", "ECB003"]),
        (
            replace(CLUSTER, node_type=TINY, retention=Unset(), previous_days=7),
            1,
            ["ECB004", "ECB006"],
        ),
        (replace(CLUSTER, node_type=TINY, retention=Known(3)), 7, ["ECB004", "ECB002"]),
        (
            replace(
                GROUP,
                retention=Known(3),
                backup_window=Known("05:00-05:30"),
                maintenance_window=Known("sun:09:00-sun:10:00"),
            ),
            7,
            ["ECB002", "ECB007"],
        ),
        (replace(GROUP, retention=either(Known(0), Known(36))), 1, ["ECB003", "ECB001"]),
    ],
)
def test_other_broken_rules_are_notes_in_order_of_precedence(
    resource: CacheResource, minimum_days: int, rules: list[str]
) -> None:
    verdict = judge(resource, Requirements(minimum_days))
    assert [verdict.rule, *(note.rule for note in verdict.notes)] == rules


def test_ignore_changes_adds_a_note_to_any_verdict() -> None:
    verdict = judge(replace(GROUP, retention_ignored=True), Requirements())
    assert (verdict.status, [note.rule for note in verdict.notes]) == (
        Status.PASS,
        [Rule.RETENTION_NOT_MANAGED],
    )


@pytest.mark.parametrize(
    ("outcomes", "minimum_days", "expected"),
    [
        ((Known(7), Known(35)), 7, (Status.PASS, None)),
        ((Known(0), Unset()), 1, (Status.FAIL, Rule.BACKUPS_DISABLED)),
        ((Known(0), Known(3)), 7, (Status.FAIL, Rule.BACKUPS_DISABLED)),
        ((Known(0), Known(7)), 7, (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
        ((Known(7), Invalid("true")), 7, (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
    ],
    ids=str,
)
def test_outcomes_decide_only_where_they_agree(
    outcomes: tuple[PossibleValue[int], ...],
    minimum_days: int,
    expected: tuple[Status, Rule | None],
) -> None:
    assert answer(replace(GROUP, retention=either(*outcomes)), minimum_days) == expected


def test_an_unknown_retention_names_the_outcome_that_fails_and_its_condition() -> None:
    retention: Value[int] = Unknown(
        "it depends on var.env",
        (Outcome(Known(7), "var.env is prod"), Outcome(Known(0), "var.env is dev")),
    )
    assert judge(replace(GROUP, retention=retention), Requirements()).message == (
        "snapshot_retention_limit is unknown: it depends on var.env; "
        "when var.env is dev, automatic backups are off: snapshot_retention_limit is 0"
    )


def test_outcomes_that_all_pass_are_listed_in_the_message() -> None:
    verdict = judge(replace(GROUP, retention=either(Known(30), Known(7), Known(7))), Requirements())
    assert verdict.message == "backups are kept for 7 or 30 days, whichever applies"


@pytest.mark.parametrize(
    ("bounds", "minimum_days", "expected"),
    [
        (Bounds(7, None), 7, (Status.PASS, None)),
        (Bounds(7, 90), 7, (Status.PASS, None)),
        (Bounds(6, 35), 7, (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
        (Bounds(None, 35), 1, (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
        (Bounds(0, 0), 1, (Status.FAIL, Rule.BACKUPS_DISABLED)),
        (Bounds(1, 6), 7, (Status.FAIL, Rule.RETENTION_TOO_SHORT)),
        (Bounds(36, None), 1, (Status.FAIL, Rule.RETENTION_INVALID)),
    ],
    ids=str,
)
def test_bounds_decide_where_all_between_them_have_one_status(
    bounds: Bounds, minimum_days: int, expected: tuple[Status, Rule | None]
) -> None:
    retention: Value[int] = Unknown("a validation bounds it", bounds=bounds)
    assert answer(replace(GROUP, retention=retention), minimum_days) == expected


def test_a_pass_does_not_depend_on_an_unknown_engine() -> None:
    assert answer(replace(CLUSTER, engine=Unknown("var.engine"))) == (Status.PASS, None)


def test_a_failure_with_an_unknown_engine_is_unknown() -> None:
    verdict = judge(replace(CLUSTER, engine=Unknown("var.e"), retention=Known(0)), Requirements())
    assert (verdict.status, verdict.rule, verdict.message, verdict.notes[0].rule) == (
        Status.UNKNOWN,
        Rule.RETENTION_UNKNOWN,
        "automatic backups are off: snapshot_retention_limit is 0, unless the engine is Memcached",
        Rule.BACKUPS_DISABLED,
    )


def test_an_unknown_engine_that_cannot_be_memcached_does_not_matter() -> None:
    engine = Unknown("var.e", (Outcome(Known("redis")), Outcome(Known("valkey"))))
    resource = replace(CLUSTER, engine=engine, retention=Known(0))
    assert answer(resource) == (Status.FAIL, Rule.BACKUPS_DISABLED)


def in_cases(*cases: tuple[int | str | bool, set[int] | None]) -> Unknown[Any]:
    """Return an unknown value with an outcome for each value and the cases in which it occurs."""
    outcomes = (
        Outcome(Known(value), "", None if ids is None else frozenset(ids)) for value, ids in cases
    )
    return Unknown("it depends on var.env", tuple(outcomes))


@pytest.mark.parametrize(
    ("retention", "expected"),
    [
        (in_cases((0, {0}), (7, {1})), (Status.PASS, None)),
        (in_cases((0, {0}), (7, {0, 1})), (Status.PASS, None)),
        (in_cases((7, {0}), (0, {1})), (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
        (in_cases((0, None), (7, {1})), (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
        (in_cases((0, {0})), (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)),
    ],
)
def test_a_retention_that_occurs_only_with_memcached_is_left_out(
    retention: Unknown[int], expected: tuple[Status, Rule | None]
) -> None:
    engine = in_cases(("memcached", {0}), ("redis", {1}))
    assert answer(replace(CLUSTER, engine=engine, retention=retention)) == expected


def test_a_node_that_may_be_unable_to_take_backups_leaves_it_unknown_in_whichever_case() -> None:
    resource = replace(
        GROUP,
        node_type=in_cases(("cache.t1.micro", {0, 1}), ("cache.t4g.small", {2})),
        cluster_mode=in_cases((True, {0}), (False, {1, 2})),
        retention=in_cases((7, {0, 2})),
    )
    assert answer(resource) == (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)
    assert answer(replace(resource, retention=Known(7))) == (Status.UNKNOWN, Rule.RETENTION_UNKNOWN)


@pytest.mark.parametrize(
    ("mode", "level"),
    [
        (UnknownMode.WARN, Level.WARNING),
        (UnknownMode.FAIL, Level.ERROR),
        (UnknownMode.IGNORE, Level.NONE),
    ],
)
def test_the_policy_sets_the_level_of_an_unknown_cache(mode: UnknownMode, level: Level) -> None:
    verdict = Verdict(Status.UNKNOWN, Rule.RETENTION_UNKNOWN, "")
    assert level_of(verdict, Requirements(unknown=mode)) is level


@pytest.mark.parametrize("mode", UnknownMode)
def test_the_policy_sets_no_other_level(mode: UnknownMode) -> None:
    weights = {
        status: level_of(Verdict(status, None, ""), Requirements(unknown=mode))
        for status in (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE)
    }
    assert weights == {
        Status.PASS: Level.NONE,
        Status.FAIL: Level.ERROR,
        Status.NOT_APPLICABLE: Level.NONE,
    }


# Laws

days = st.integers(-3, 40)
settled_days = st.one_of(
    st.builds(Known, days), st.just(Unset()), st.builds(Invalid, st.just('"abc"'))
)
bounds = st.builds(
    lambda low, high: (
        Bounds(low, high) if low is None or high is None or low <= high else Bounds(high, low)
    ),
    st.none() | days,
    st.none() | days,
)
unknown_days = st.one_of(
    st.just(Unknown("later")),
    st.builds(
        lambda values: Unknown("later", tuple(map(Outcome, values))),
        st.lists(settled_days, min_size=1, max_size=4),
    ),
    st.builds(lambda limits: Unknown("later", bounds=limits), bounds),
)
retentions = settled_days | unknown_days


def texts(*choices: str) -> st.SearchStrategy[Value[str]]:
    known = st.sampled_from(choices).map(Known)
    return st.one_of(
        known,
        st.just(Unset()),
        st.just(Unknown("later")),
        st.lists(known, min_size=1, max_size=3).map(
            lambda values: Unknown("later", tuple(map(Outcome, values)))
        ),
    )


resources = st.builds(
    replace,
    st.just(GROUP),
    form=st.sampled_from(Form),
    retention=retentions,
    engine=texts("redis", "Valkey", "memcached", "Memcached", "other", ""),
    node_type=texts("cache.t1.micro", "cache.t4g.small"),
    replication_group=texts("sessions", ""),
    cluster_mode=st.sampled_from([Known(value=True), Known(value=False), Unknown("later")]),
    backup_window=texts("05:00-06:00", "23:30-00:30", "05:00-05:30", "nonsense"),
    maintenance_window=texts("sun:05:00-sun:06:00", "sun:23:00-mon:01:00", "nonsense"),
    previous_days=st.none() | days,
    retention_ignored=st.booleans(),
    assumptions=st.sampled_from([(), ("taken as a Redis cache",)]),
)
minimums = st.integers(1, 35)


@given(resources, minimums)
def test_every_cache_has_a_verdict_whose_status_and_rule_agree(
    resource: CacheResource, minimum_days: int
) -> None:
    verdict = judge(resource, Requirements(minimum_days))

    assert verdict.message
    match verdict.status:
        case Status.FAIL:
            assert verdict.rule in FAILING
        case Status.UNKNOWN:
            assert verdict.rule is Rule.RETENTION_UNKNOWN
        case Status.PASS | Status.NOT_APPLICABLE:
            assert verdict.rule is None


@given(resources, minimums)
def test_a_note_never_repeats_the_verdict(resource: CacheResource, minimum_days: int) -> None:
    verdict = judge(resource, Requirements(minimum_days))
    assert len(set(verdict.notes)) == len(verdict.notes)
    if verdict.status is Status.FAIL:
        assert verdict.message not in [note.text for note in verdict.notes]


@given(resources, minimums)
def test_an_unknown_retention_never_passes_or_fails(
    resource: CacheResource, minimum_days: int
) -> None:
    verdict = judge(replace(resource, retention=NOBODY_KNOWS), Requirements(minimum_days))
    assert verdict.status in (Status.UNKNOWN, Status.NOT_APPLICABLE) or verdict.rule in (
        Rule.BACKUPS_UNSUPPORTED,
        Rule.BACKUP_WINDOW_CONFLICT,
    )


@given(resources, minimums, st.lists(settled_days, min_size=1, max_size=4))
def test_outcomes_decide_only_where_each_gives_the_same_status(
    resource: CacheResource, minimum_days: int, outcomes: list[PossibleValue[int]]
) -> None:
    together, _ = answer(replace(resource, retention=either(*outcomes)), minimum_days)
    alone = {answer(replace(resource, retention=one), minimum_days)[0] for one in outcomes}
    assert {together} == (alone if len(alone) == 1 else {Status.UNKNOWN})


@given(resources, minimums, bounds, days)
def test_bounds_give_a_sure_answer_only_where_every_number_in_them_does(
    resource: CacheResource, minimum_days: int, limits: Bounds, number: int
) -> None:
    low = limits.minimum if limits.minimum is not None else number
    high = limits.maximum if limits.maximum is not None else number
    if not low <= number <= high or number > 35:  # above 35 AWS rejects loudly
        return
    bounded: Value[int] = Unknown("a validation bounds it", bounds=limits)
    status, _ = answer(replace(resource, retention=bounded), minimum_days)
    inside, _ = answer(replace(resource, retention=Known(number)), minimum_days)
    assert status in (inside, Status.UNKNOWN)


@given(resources, minimums)
def test_an_unknown_engine_never_changes_a_pass_and_never_fails(
    resource: CacheResource, minimum_days: int
) -> None:
    resource = replace(resource, form=Form.SERVERLESS_CACHE)
    known, _ = answer(replace(resource, engine=Known("valkey")), minimum_days)
    unknown, _ = answer(replace(resource, engine=Unknown("later")), minimum_days)
    assert unknown is (Status.PASS if known is Status.PASS else Status.UNKNOWN)


@given(resources, minimums)
def test_an_unknown_membership_never_changes_a_pass_and_never_fails(
    resource: CacheResource, minimum_days: int
) -> None:
    resource = replace(resource, form=Form.STANDALONE_CLUSTER, engine=Known("redis"))
    alone, _ = answer(replace(resource, replication_group=Unset()), minimum_days)
    unknown, _ = answer(replace(resource, replication_group=Unknown("later")), minimum_days)
    assert unknown is (Status.PASS if alone is Status.PASS else Status.UNKNOWN)


@given(resources, minimums, minimums)
def test_a_stricter_policy_never_turns_a_failure_into_a_pass(
    resource: CacheResource, one: int, other: int
) -> None:
    less, _ = answer(resource, min(one, other))
    more, _ = answer(resource, max(one, other))
    if less is Status.FAIL:
        assert more is Status.FAIL
    if more is Status.PASS:
        assert less is Status.PASS


@given(resources, minimums)
def test_backups_are_being_disabled_only_where_there_were_some(
    resource: CacheResource, minimum_days: int
) -> None:
    _, rule = answer(resource, minimum_days)
    if rule is Rule.BACKUPS_BEING_DISABLED:
        assert resource.previous_days is not None
        assert resource.previous_days > 0
