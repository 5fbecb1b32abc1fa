import pytest

from ecbackup_iac.model.cache import format_days
from ecbackup_iac.model.value import Invalid, Known, PossibleValue, Unset


@pytest.mark.parametrize(
    ("retention", "text"),
    [
        (Known(0), "0 days"),
        (Known(1), "1 day"),
        (Known(7), "7 days"),
        (Unset(), "not set"),
        (Invalid('"abc"'), '"abc"'),
    ],
    ids=str,
)
def test_a_retention_is_shown_with_its_unit(retention: PossibleValue[int], text: str) -> None:
    assert format_days(retention) == text
