import pytest

from ecbackup_iac.model.days import format_days, format_retention
from ecbackup_iac.model.value import Invalid, Known, Settled, Unset


@pytest.mark.parametrize(("days", "text"), [(0, "0 days"), (1, "1 day"), (7, "7 days")])
def test_one_day_is_singular(days: int, text: str) -> None:
    assert format_days(days) == text


@pytest.mark.parametrize(
    ("retention", "text"),
    [
        (Known(1), "1 day"),
        (Known(7), "7 days"),
        (Known(7, sensitive=True), "(sensitive value)"),
        (Unset(), "not set"),
        (Invalid('"abc"'), '"abc"'),
    ],
    ids=str,
)
def test_a_retention_is_shown_unless_it_is_sensitive(retention: Settled[int], text: str) -> None:
    assert format_retention(retention) == text
