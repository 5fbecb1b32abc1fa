"""Backup and maintenance windows: examples, and minute by minute against a slow and simple oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.model.value import Known, Unknown, Unset, Value
from ecbackup_iac.model.window import (
    DAY,
    WEEK,
    Window,
    conflict,
    daily_window,
    proposed_window,
    weekly_window,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("00:00-01:00", Window(0, 60)),
        ("05:00-09:00", Window(300, 240)),
        ("23:30-00:30", Window(1410, 60)),
        (" 05:00-06:00 ", Window(300, 60)),
        ("05:00-05:00", Window(300, 0)),
        ("5:00-6:00", None),
        ("24:00-01:00", None),
        ("05:60-07:00", None),
        ("sun:05:00-sun:06:00", None),
        ("", None),
        ("٠٥:00-06:00", None),  # noqa: RUF001 - Arabic digits are digits to \d and not to AWS
    ],
)
def test_a_backup_window_is_read_as_aws_writes_it(text: str, window: Window | None) -> None:
    assert daily_window(text) == window


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("mon:00:00-mon:01:00", Window(0, 60)),
        ("SUN:05:00-Sun:06:00", Window(6 * DAY + 300, 60)),
        ("sun:23:30-mon:00:30", Window(6 * DAY + 1410, 60)),
        ("sat:23:00-sun:01:00", Window(5 * DAY + 1380, 120)),
        ("xyz:05:00-sun:06:00", None),
        ("05:00-06:00", None),
    ],
)
def test_a_maintenance_window_is_read_as_aws_writes_it(text: str, window: Window | None) -> None:
    assert weekly_window(text) == window


@pytest.mark.parametrize(
    ("backup", "maintenance", "message"),
    [
        (
            "05:00-06:00",
            "sun:05:30-sun:06:30",
            "the backup window 05:00-06:00 overlaps the maintenance window sun:05:30-sun:06:30",
        ),
        (
            "23:30-00:30",
            "sun:23:00-mon:00:15",
            "the backup window 23:30-00:30 overlaps the maintenance window sun:23:00-mon:00:15",
        ),
        (
            "00:00-01:00",
            "sun:23:30-mon:00:30",
            "the backup window 00:00-01:00 overlaps the maintenance window sun:23:30-mon:00:30",
        ),
        (
            "03:00-04:00",
            "mon:00:00-wed:00:00",
            "the backup window 03:00-04:00 overlaps the maintenance window mon:00:00-wed:00:00",
        ),
        (
            "05:00-05:59",
            "sun:10:00-sun:11:00",
            "the backup window 05:00-05:59 is under 60 minutes",
        ),
        ("05:00-06:00", "sun:06:00-sun:07:00", None),
        ("05:00-06:00", "sun:04:00-sun:05:00", None),
        ("05:00-06:00", "whenever", None),
        ("whenever", "sun:05:00-sun:06:00", None),
    ],
)
def test_a_conflict_is_reported_and_other_forms_are_left_to_aws(
    backup: str, maintenance: str, message: str | None
) -> None:
    assert conflict(Known(backup), Known(maintenance)) == message


@pytest.mark.parametrize(
    ("maintenance", "proposed"),
    [(Unset(), "05:00-06:00"), (Unknown("it depends on var.window"), None)],
)
def test_a_short_window_is_rejected_whatever_the_maintenance_window_is(
    maintenance: Value[str], proposed: str | None
) -> None:
    short = Known("05:00-05:30")
    assert conflict(short, maintenance) == "the backup window 05:00-05:30 is under 60 minutes"
    assert proposed_window(short, maintenance) == proposed
    assert conflict(Known("05:00-06:00"), maintenance) is None


@pytest.mark.parametrize(
    ("backup", "maintenance", "proposed"),
    [
        ("04:30-05:30", "sun:05:00-sun:06:00", "04:00-05:00"),
        ("05:30-06:30", "sun:05:00-sun:06:00", "06:00-07:00"),
        ("05:00-09:00", "mon:05:00-mon:09:00", "01:00-05:00"),
        ("03:00-03:30", "sun:05:00-sun:06:00", "03:00-04:00"),
        ("23:45-23:59", "sun:10:00-sun:11:00", "23:45-00:45"),
        ("00:00-20:00", "sun:05:00-sun:12:00", "00:00-01:00"),
        ("03:00-04:00", "mon:00:00-wed:00:00", None),
        ("03:00-03:30", "whenever", None),
    ],
)
def test_the_proposed_window_is_the_nearest_that_aws_accepts(
    backup: str, maintenance: str, proposed: str | None
) -> None:
    assert proposed_window(Known(backup), Known(maintenance)) == proposed


minutes_of_day = st.integers(0, DAY - 1)
windows = st.builds(Window, st.integers(0, WEEK - 1), st.integers(0, WEEK - 1))


def covered(window: Window) -> set[int]:
    return {(window.start + minute) % WEEK for minute in range(window.minutes)}


@given(windows, windows)
def test_windows_overlap_exactly_where_they_share_a_minute(one: Window, other: Window) -> None:
    shares_a_minute = not covered(one).isdisjoint(covered(other))
    assert one.overlaps(other) is shares_a_minute
    assert other.overlaps(one) is shares_a_minute


@given(windows)
def test_a_window_of_no_length_shares_no_minute(window: Window) -> None:
    assert not Window(window.start, 0).overlaps(window)
    assert not window.overlaps(Window(window.start, 0))


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def moment(minute: int) -> str:
    return f"{WEEKDAYS[minute // DAY]}:{clock(minute % DAY)}"


@given(minutes_of_day, st.integers(60, 600), st.integers(0, WEEK - 1), st.integers(1, 2 * DAY))
def test_a_conflict_is_exactly_a_shared_minute_on_some_day_of_the_week(
    start: int, minutes: int, maintenance_start: int, maintenance_minutes: int
) -> None:
    backup = f"{clock(start)}-{clock((start + minutes) % DAY)}"
    end = (maintenance_start + maintenance_minutes) % WEEK
    maintenance = f"{moment(maintenance_start)}-{moment(end)}"

    backups = {(day * DAY + start + minute) % WEEK for day in range(7) for minute in range(minutes)}
    upkeep = covered(Window(maintenance_start, maintenance_minutes))

    conflicting = conflict(Known(backup), Known(maintenance))
    assert (conflicting is not None) is not backups.isdisjoint(upkeep)


@given(minutes_of_day, minutes_of_day, st.integers(0, WEEK - 1), st.integers(60, 2 * DAY))
def test_aws_accepts_every_window_that_is_proposed(
    start: int, end: int, maintenance_start: int, maintenance_minutes: int
) -> None:
    backup = Known(f"{clock(start)}-{clock(end)}")
    maintenance_end = (maintenance_start + maintenance_minutes) % WEEK
    maintenance = Known(f"{moment(maintenance_start)}-{moment(maintenance_end)}")
    proposed = proposed_window(backup, maintenance)
    assert proposed is None or conflict(Known(proposed), maintenance) is None
    assert proposed is not None or maintenance_minutes > DAY - 2 * 60 - 15
