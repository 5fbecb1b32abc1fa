"""Own directives: their forms, and the messages about those that are written wrongly."""

from datetime import date

import pytest

from ecbackup_iac.model.annotated_text import may_contain_suppression
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.suppressions.directives import KEYWORD, own_suppression
from ecbackup_iac.suppressions.inline import InlineSuppression


def read(line: str) -> InlineSuppression | None:
    suppression = own_suppression(line)
    # Without an entry in SUPPRESSION_WORDS, a text with this comment alone is never looked at.
    assert may_contain_suppression(line.encode()) or suppression is None
    return suppression


@pytest.mark.parametrize(
    "line",
    [
        "ecbackup is run on this file",
        "see ecbackup-iac explain ECB001",
        "ecbackup: judged once a week",
        "ecbackup-iac: version 0.1",
        "backups:ignore",
        "",
        "checkov:skip=CKV_AWS_134:reason",
    ],
)
def test_comments_about_something_else_are_not_directives(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize(
    ("line", "rules", "reason", "expires"),
    [
        ("ecbackup:ignore rebuilt on login", (), "rebuilt on login", None),
        ("  ecbackup:ignore\trebuilt  ", (), "rebuilt", None),
        ("ecbackup:ignore[ECB001] rebuilt", ("ECB001",), "rebuilt", None),
        ("ecbackup:ignore[ecb001] rebuilt", ("ECB001",), "rebuilt", None),
        ("ecbackup:ignore[backups-disabled] rebuilt", ("ECB001",), "rebuilt", None),
        ("ecbackup:ignore[ECB001]: rebuilt", ("ECB001",), "rebuilt", None),
        ("ecbackup:ignore[ECB001] - rebuilt", ("ECB001",), "rebuilt", None),
        ("ecbackup:ignore: rebuilt", (), "rebuilt", None),
        ("ecbackup:ignore[ECB001, ECB002] both", ("ECB001", "ECB002"), "both", None),
        ("ecbackup:ignore[ECB001,ECB001] twice", ("ECB001",), "twice", None),
        ("ecbackup:ignore x until 2027-03-31", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore x (until 2027-03-31)", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore x, until: 2027-03-31.", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore x until=2027-03-31", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore x, expires 2027-03-31", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore x (expires on 2027-03-31)", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore x exp:2027-03-31", (), "x", date(2027, 3, 31)),
        ("ecbackup:ignore what expires after 5 days", (), "what expires after 5 days", None),
        ("ecbackup:ignore[ECB005] X Until 2027-03-31", ("ECB005",), "X", date(2027, 3, 31)),
        ("ecbackup:ignore no data until launch", (), "no data until launch", None),
        ("ecbackup:ignore until now until 2027-01-01", (), "until now", date(2027, 1, 1)),
        ("ecbackup:ignore see https://x.example/a#b", (), "see https://x.example/a#b", None),
        ("ecbackup:ignore データはありません", (), "データはありません", None),
    ],
)
def test_a_directive_has_rules_a_reason_and_a_last_day(
    line: str, rules: tuple[str, ...], reason: str, expires: date | None
) -> None:
    found = read(line)
    assert found is not None
    assert found.problem == ""
    assert (found.rules, found.reason, found.expires) == (
        tuple(map(Rule, rules)),
        reason,
        expires,
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ecbackup:ignore", "it gives no reason"),
        ("ecbackup:ignore[ECB001]", "it gives no reason"),
        ("ecbackup:ignore[ECB001] --", "it gives no reason"),
        ("ecbackup:ignore until 2027-03-31", "it gives no reason"),
        ("ecbackup:ignore[ECB009] x", "unknown rule ECB009; expected ECB001 to ECB008"),
        ("ecbackup:ignore[CKV_AWS_134] x", "unknown rule CKV_AWS_134"),
        ("ecbackup:ignore[] x", "a rule is missing between its brackets"),
        ("ecbackup:ignore[ECB001,] x", "a rule is missing between its brackets"),
        ("ecbackup:ignore[ECB001 x", "its bracket is not closed"),
        ("ecbackup:ignore [ECB001] x", "rules go in brackets directly after the keyword"),
        ("ecbackup:ignore ECB001 x", "rules go in brackets directly after the keyword"),
        ("ecbackup:ignore:ECB001 x", "rules go in brackets directly after the keyword"),
        ("ecbackup:ignore=ECB001 x", "expected"),
        ("ecbackup:ignore(ECB001) x", "expected"),
        ("ecbackup:ignores[ECB001] x", "expected"),
        ("ecbackup:ignor[ECB001] x", "expected"),
        ("ecbackup:ingore[ECB001] x", "expected"),
        ("ecbackup: ignore[ECB001] x", "expected"),
        ("ecbackup-iac:ignore[ECB001] x", "expected"),
        ("ECBACKUP:IGNORE[ECB001] x", "expected"),
        ("ecbackup:skip=ECB001:x", "expected"),
        ("ecbackup:disable x", "expected"),
        ("TODO ecbackup:ignore[ECB001] x", "the comment must begin with it"),
        (
            "ecbackup:ignore x until 2027-02-30",
            "until needs a date such as 2027-03-31, not 2027-02-30",
        ),
        (
            "ecbackup:ignore x until 31.03.2027",
            "until needs a date such as 2027-03-31, not 31.03.2027",
        ),
        ("ecbackup:ignore x until 20270331", "until needs a date such as 2027-03-31, not 20270331"),
        (
            "ecbackup:ignore x until 2027-W13-3",
            "until needs a date such as 2027-03-31, not 2027-W13-3",
        ),
        ("ecbackup:ignore x until Q3", "until needs a date such as 2027-03-31, not Q3"),
        ("ecbackup:ignore x until", "until needs a date such as 2027-03-31, not nothing"),
        ("ecbackup:ignore x until 2027-03-31 or so", "the date comes last, after the reason"),
        ("ecbackup:ignore until=2027-03-31 x", "the date comes last, after the reason"),
        ("ecbackup:ignore expires 2027-03-31 x", "the date comes last, after the reason"),
    ],
)
def test_a_misspelt_directive_has_its_problem(line: str, problem: str) -> None:
    found = read(line)
    assert found is not None
    assert problem in found.problem
    assert found.reason == ""


def test_a_long_reason_is_cut() -> None:
    found = read(f"{KEYWORD} {'because ' * 100}")
    assert isinstance(found, InlineSuppression)
    assert found.reason.endswith(" ...")
    assert len(found.reason) <= 304


def test_the_last_day_counts_however_long_the_reason_is() -> None:
    found = read(f"{KEYWORD} {'because ' * 10_000} until 2027-03-31")
    assert found is not None
    assert found.expires == date(2027, 3, 31)
