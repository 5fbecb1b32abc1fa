"""The report for people: colour where it is wanted, folding where it is narrow, never an escape of others."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, TraceStep, Unknown, Value
from ecbackup_iac.model.verdict import Status, Verdict
from ecbackup_iac.remedy.remedies import remedy_of
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity
from ecbackup_iac.reporters.text_report import render
from ecbackup_iac.rule import judge, level_of

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def finding(
    retention: Value[int] = Known(0), address: str = "aws_elasticache_cluster.a"
) -> Finding:
    resource = CacheResource(
        address=address,
        type="aws_elasticache_cluster",
        form=Form.STANDALONE_CLUSTER,
        source=Source.TERRAFORM_PLAN,
        root="plan.json",
        location=Location("plan.json"),
        retention=retention,
    )
    verdict = judge(resource, Requirements())
    return Finding(
        resource,
        verdict,
        level_of(verdict, Requirements()),
        remedy_of(resource, verdict, Requirements()),
    )


UNKNOWN = finding(
    Unknown("it depends on data.aws_ssm_parameter.retention_in_days.value, known only after apply")
)
BROKEN = Diagnostic("the JSON is truncated", Location("broken.json", 3, 9))
REPORT = Report((finding(), UNKNOWN, finding(Known(7))), (BROKEN,))


def test_a_report_without_colour_contains_no_escape_code() -> None:
    assert "\x1b" not in render(REPORT)


def test_colour_changes_nothing_but_the_colour() -> None:
    colored = render(REPORT, RenderOptions(color=True))
    assert "\x1b[31m\x1b[1mFAIL\x1b[0m" in colored
    assert ESCAPE.sub("", colored) == render(REPORT)


def test_a_narrow_window_folds_prose_at_its_width() -> None:
    report = Report((replace(UNKNOWN, remedy=None),))
    assert render(report, RenderOptions(width=60)).splitlines() == [
        "UNKNOWN  aws_elasticache_cluster.a  ECB005 retention-unknown",
        "  snapshot_retention_limit is unknown: it depends on",
        "    data.aws_ssm_parameter.retention_in_days.value, known",
        "    only after apply",
        "  --> plan.json",
        "",
        "1 cache: 1 unknown",
    ]


def test_a_folded_command_can_be_copied_into_a_shell() -> None:
    live = finding()
    live = replace(live, resource=replace(live.resource, source=Source.AWS_CLI))
    command = (
        "aws elasticache modify-cache-cluster --cache-cluster-id a --snapshot-retention-limit 7"
    )
    text = render(Report((replace(live, remedy=command),)), RenderOptions(width=60))
    assert text.splitlines()[3:6] == [
        "  fix: aws elasticache modify-cache-cluster \\",
        "    --cache-cluster-id a --snapshot-retention-limit 7",
        "",
    ]


def test_a_long_address_stays_whole() -> None:
    deep = finding(address="module.payments.module.sessions.aws_elasticache_cluster.replicas[0]")
    assert render(Report((deep,)), RenderOptions(width=60)).splitlines()[:2] == [
        "FAIL  module.payments.module.sessions.aws_elasticache_cluster.replicas[0]",
        "  ECB001 backups-disabled",
    ]


LINES = (
    TraceStep("snapshot_retention_limit = var.days", Location("modules/redis/main.tf", 12, 3)),
    TraceStep("days = 0", Location("stacks/a/main.tf", 104, 3)),
)


def test_the_line_of_the_cache_and_the_line_that_decides_are_shown_with_a_caret() -> None:
    one = finding(Known(0, LINES))
    one = replace(one, resource=replace(one.resource, location=LINES[0].location), remedy=None)
    assert render(Report((one,))).splitlines() == [
        "FAIL  aws_elasticache_cluster.a  ECB001 backups-disabled",
        "  automatic backups are off: snapshot_retention_limit is 0",
        "     --> modules/redis/main.tf:12:3",
        "   12 | snapshot_retention_limit = var.days",
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "     --> stacks/a/main.tf:104:3",
        "  104 | days = 0",
        "      | ^^^^^^^^",
        "",
        "1 cache: 1 failed",
    ]


def called_from(root: str, **fields: str) -> Finding:
    one = finding()
    call = Call(Location(f"{root}/main.tf", 1), 'module "cache"', "mod")
    where = {"location": Location("mod/main.tf", 4), "calls": (call,)}
    return replace(one, resource=replace(one.resource, root=root, **where, **fields), remedy=None)


def test_findings_of_several_roots_name_the_root_and_the_call() -> None:
    text = render(Report((called_from("a"), called_from("b"))))
    assert "  in a, called at a/main.tf:1\n" in text
    assert "  in b, called at b/main.tf:1\n" in text
    assert "called at" not in render(Report((called_from("a"),)))


def test_sets_of_values_with_the_same_verdict_are_one_finding() -> None:
    prod, dev = (
        called_from("a", settings_label=name) for name in ("env/prod.tfvars", "env/dev.tfvars")
    )
    assert render(Report((prod, dev))).splitlines() == [
        "FAIL  aws_elasticache_cluster.a  ECB001 backups-disabled",
        "  automatic backups are off: snapshot_retention_limit is 0",
        "   --> mod/main.tf:4",
        "  with env/prod.tfvars; env/dev.tfvars",
        "",
        "1 cache: 1 failed",
    ]


def test_a_cache_that_fails_with_one_set_of_values_counts_as_failed() -> None:
    fails = called_from("a", settings_label="env/dev.tfvars")
    passes = finding(Known(7))
    resource = replace(fails.resource, retention=Known(7), settings_label="env/prod.tfvars")
    text = render(Report((fails, replace(passes, resource=resource))))
    assert text.endswith("\n1 cache: 1 failed\n")


def test_what_is_not_applicable_is_counted_and_listed_only_in_detail() -> None:
    memcached = finding()
    memcached = replace(memcached, verdict=Verdict(Status.NOT_APPLICABLE, None, "Memcached"))
    assert render(Report((memcached,))) == "1 cache: 1 not applicable\n"
    assert "NOT APPLICABLE" in render(
        Report((memcached,)), RenderOptions(verbosity=Verbosity.VERBOSE)
    )


def test_every_line_of_a_long_remedy_is_shown() -> None:
    commands = [f"command {number}" for number in range(150)]
    report = Report((replace(finding(), remedy="\n".join(commands)),))
    shown = [line.strip().removeprefix("fix: ") for line in render(report).splitlines()]
    assert [line for line in shown if line.startswith("command")] == commands


def test_a_window_narrower_than_reason_is_taken_for_forty_columns() -> None:
    report = Report((replace(UNKNOWN, remedy=None),))
    assert render(report, RenderOptions(width=1)) == render(report, RenderOptions(width=40))


@given(st.integers(1, 200))
def test_folding_drops_and_adds_nothing(width: int) -> None:
    folded = render(REPORT, RenderOptions(width=width)).split()
    assert "".join(folded) == "".join(render(REPORT).split())


def test_a_diagnostic_has_its_location() -> None:
    assert render(Report((), (BROKEN,))) == (
        "ERROR  broken.json:3:9\n"
        "  the JSON is truncated\n"
        "\n"
        "0 caches found; the answer is incomplete: 1 error\n"
    )


def test_a_warning_does_not_make_the_answer_incomplete() -> None:
    warning = replace(BROKEN, severity=Severity.WARNING)
    assert render(Report((finding(Known(7)),), (warning,))).splitlines()[-1] == "1 cache: 1 passed"


ABSENT = AbsentCache(
    "aws_elasticache_cluster.old",
    "aws_elasticache_cluster",
    "live",
    Location("live/old.tf", 3, 1, 9, 2),
    "count is 0",
)


@pytest.mark.parametrize(
    ("report", "last"),
    [
        (
            Report(absent=(ABSENT, ABSENT)),
            "0 caches found (2 more are not created with these values)",
        ),
        (
            Report((finding(Known(7)),), absent=(ABSENT,)),
            "1 cache: 1 passed (1 more is not created with these values)",
        ),
    ],
)
def test_the_last_line_counts_what_is_not_created(report: Report, last: str) -> None:
    assert render(report).splitlines()[-1] == last
    assert ABSENT.address not in render(report)


def test_what_is_not_created_does_not_hide_that_the_answer_is_incomplete() -> None:
    assert render(Report((), (BROKEN,), (ABSENT,))).endswith(
        "\n0 caches found (1 more is not created with these values); "
        "the answer is incomplete: 1 error\n"
    )


def test_a_long_report_lists_what_is_not_created() -> None:
    assert render(Report(absent=(ABSENT,)), RenderOptions(verbosity=Verbosity.VERBOSE)) == (
        "ABSENT  aws_elasticache_cluster.old\n"
        "  not created with these values: count is 0\n"
        "  at live/old.tf:3:1\n"
        "\n"
        "0 caches found (1 more is not created with these values)\n"
    )


def test_quiet_reports_only_failures_and_errors() -> None:
    quiet = render(
        Report(REPORT.findings, (BROKEN, replace(BROKEN, severity=Severity.WARNING))),
        RenderOptions(verbosity=Verbosity.QUIET),
    )
    assert [line for line in quiet.splitlines() if line[:1].isupper()] == [
        "FAIL  aws_elasticache_cluster.a  ECB001 backups-disabled",
        "ERROR  broken.json:3:9",
    ]


def test_quiet_keeps_what_is_about_the_gate() -> None:
    about_policy = replace(BROKEN, severity=Severity.WARNING, is_shown_when_quiet=True)
    quiet = render(Report((), (about_policy,)), RenderOptions(verbosity=Verbosity.QUIET))
    assert quiet.startswith("WARNING  broken.json:3:9\n")


def test_quiet_says_nothing_where_nothing_fails() -> None:
    assert (
        render(Report((finding(Known(7)), UNKNOWN)), RenderOptions(verbosity=Verbosity.QUIET)) == ""
    )


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_word(status: Status) -> None:
    one = finding()
    one = replace(one, verdict=replace(one.verdict, status=status))
    word = status.value.upper().replace("_", " ")
    assert render(Report((one,)), RenderOptions(verbosity=Verbosity.VERBOSE)).startswith(
        f"{word}  "
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 日本", "plain ünïcode 日本"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\x9b2J", r"\x9b2J"),
        ("line\u2028break", r"line\u2028break"),
        ("\udcff", r"\udcff"),
        ("##[error]x", r"#\x23[error]x"),
    ],
)
def test_what_a_terminal_might_obey_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert escape_control_characters(text) == shown


@given(st.text(), st.text(), st.sampled_from([None, 40, 80]))
def test_no_text_from_the_input_can_forge_a_line_or_move_the_cursor(
    address: str, why: str, width: int | None
) -> None:
    report = Report(
        (finding(Known(0), f"x{address}"), finding(Unknown(f"x{why}"), "second")),
        (Diagnostic(f"x{why}", Location(f"x{address}")),),
    )
    text = render(report, RenderOptions(width=width))
    assert escape_control_characters(text.replace("\n", "")) == text.replace("\n", "")
    heads = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert [head.split(" ")[0] for head in heads] == ["FAIL", "UNKNOWN", "ERROR", "2"]
