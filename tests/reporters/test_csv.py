"""The CSV report, read back as spreadsheets read it: whole rows, no formulas, numbers that are numbers."""

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import (
    AbsentCache,
    Diagnostic,
    Report,
    Suppression,
    SuppressionKind,
)
from ecbackup_iac.model.value import Invalid, Known, Unknown, Unset
from ecbackup_iac.reporters.csv_report import COLUMNS, render

if TYPE_CHECKING:
    from reporters.conftest import MakeFinding

NUMBERS = {"days", "line"}
BEGINNINGS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_a_cache_is_a_row(make_finding: "MakeFinding", called: CacheResource) -> None:
    cache = replace(
        called, engine=Known("redis"), node_type=Unknown("it depends on var.size"), calls=()
    )
    accepted = Suppression(SuppressionKind.COMMENT, "rebuilt on login", Location("a.tf", 3))
    (row,) = rows_of(render(Report((make_finding(cache, suppression=accepted),))))
    assert row == {
        "status": "fail",
        "rule": "ECB001",
        "level": "error",
        "address": "module.ledger.aws_elasticache_replication_group.this",
        "type": "aws_elasticache_replication_group",
        "form": "replication_group",
        "engine": "redis",
        "node_type": "unknown",
        "retention_state": "known",
        "days": "0",
        "source": "terraform",
        "root": "stacks/a b",
        "path": "modules/redis/main.tf",
        "line": "12",
        "message": "automatic backups are off: snapshot_retention_limit is 0",
        "remedy": "set days = 7 in stacks/a b/main.tf:8",
        "suppression_kind": "comment",
        "suppression_reason": "rebuilt on login",
        "suppression_path": "a.tf",
        "suppression_line": "3",
    }


def test_an_absent_cache_is_a_row_and_so_is_what_could_not_be_read() -> None:
    absent = AbsentCache("group.x", "group", "stack", Location("main.tf", 4), "count is 0")
    broken = Diagnostic("the JSON is truncated", input_location("-", 3))
    cells = [
        {name: cell for name, cell in row.items() if cell}
        for row in rows_of(render(Report(absent=(absent,), diagnostics=(broken,))))
    ]
    assert cells == [
        {
            "status": "absent", "address": "group.x", "type": "group", "root": "stack",
            "path": "main.tf", "line": "4", "message": "count is 0",
        },
        {
            "status": "diagnostic", "level": "error", "path": "-", "line": "3",
            "message": "the JSON is truncated",
        },
    ]  # fmt: skip


def test_an_empty_report_is_the_header() -> None:
    assert render(Report()) == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("retention", "state", "days"),
    [
        (Known(-1), "known", "-1"),
        (Unset(), "unset", ""),
        (Unknown("it depends on var.days"), "unknown", ""),
        (Invalid('"abc"'), "invalid", ""),
    ],
)
def test_days_are_a_number_or_nothing(
    retention: Known[int] | Unset | Unknown[int] | Invalid,
    state: str,
    days: str,
    make_finding: "MakeFinding",
    called: CacheResource,
) -> None:
    (row,) = rows_of(render(Report((make_finding(replace(called, retention=retention)),))))
    assert (row["retention_state"], row["days"]) == (state, days)


def test_the_commands_of_a_remedy_are_lines_of_one_cell(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    finding = replace(make_finding(called), remedy='aws modify --id "a"\nverify: aws describe')
    text = render(Report((finding,)))
    assert ',"aws modify --id ""a""\nverify: aws describe",' in text
    assert rows_of(text)[0]["remedy"] == finding.remedy


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1+1", "' =1+1"),
        ('"=1+1', "'\"=1+1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1+1;b", "a;'=1+1;b"),
        ("\t=1", r"\t=1"),
        ("\r=1", r"\r=1"),
        ("a=1, b-2, c@d", "a=1, b-2, c@d"),
    ],
)
def test_no_text_is_a_formula(written: str, cell: str) -> None:
    text = render(Report(diagnostics=(Diagnostic(written, Location("main.tf")),)))
    assert rows_of(text)[0]["message"] == cell


anything = st.text() | st.text(alphabet="=+-@;,\"'\t\r\n \x00\x1b\u202e\u2028\uff1dab", max_size=30)


@given(anything)
def test_any_text_leaves_rows_whole_and_begins_no_formula(
    make_finding: "MakeFinding", called: CacheResource, text: str
) -> None:
    place = Location(text, 1)
    cache = replace(
        called, address=text, type=text, root=text, engine=Known(text), location=place, calls=()
    )
    cache = replace(cache, retention=Invalid(text), node_type=Known(text))
    finding = replace(
        make_finding(cache), suppression=Suppression(SuppressionKind.COMMENT, text, place)
    )
    report = Report(
        (finding,), (Diagnostic(text, place),), (AbsentCache(text, text, text, place, text),)
    )
    rendered = render(report)
    rows = rows_of(rendered)
    assert [row["status"] for row in rows] == ["fail", "absent", "diagnostic"]
    assert [len(row) for row in rows] == [len(COLUMNS)] * 3
    for row in rows:
        texts = [cell for name, cell in row.items() if name not in NUMBERS and cell != "-"]
        # A semicolon begins another cell for a spreadsheet that splits there.
        pieces = [piece for cell in texts for piece in cell.split(";")]
        assert [piece for piece in pieces if piece.lstrip(' "').startswith(BEGINNINGS)] == []
