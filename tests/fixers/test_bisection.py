"""The search for the groups of edits that hold together."""

from collections.abc import Sequence

import pytest

from ecbackup_iac.fixers.bisection import NOT_TRIED, Objection, bisect_accepted


class Check:
    """Objects to some members; `is_blaming` says whether it names them."""

    def __init__(self, bad: set[int], *, is_blaming: bool = False) -> None:
        self.bad = bad
        self.is_blaming = is_blaming
        self.trials: list[tuple[int, ...]] = []

    def __call__(self, keys: Sequence[int]) -> Objection[int] | None:
        self.trials.append(tuple(keys))
        bad = [key for key in keys if key in self.bad]
        if not bad:
            return None
        return Objection("no", {key: f"{key} fails" for key in bad} if self.is_blaming else {})


def test_nothing_is_checked_where_there_are_no_groups() -> None:
    check = Check(set())
    assert bisect_accepted([], check).accepted == ()
    assert check.trials == []


def test_groups_that_are_accepted_together_take_one_check() -> None:
    check = Check(set())
    assert bisect_accepted([[1, 2], [3]], check).accepted == ([1, 2], [3])
    assert check.trials == [(1, 2, 3)]


@pytest.mark.parametrize("bad", [{0}, {7}, {3, 4}, {0, 2, 5, 7}, set(range(8))])
def test_only_the_groups_that_fail_the_check_are_rejected(bad: set[int]) -> None:
    result = bisect_accepted([[key] for key in range(8)], Check(bad))
    assert sorted(key for (key,) in result.accepted) == sorted(set(range(8)) - bad)
    assert {key: reason for (key,), reason in result.rejected} == dict.fromkeys(bad, "no")


def test_a_group_is_accepted_or_rejected_as_a_whole() -> None:
    result = bisect_accepted([[1, 2], [3, 4]], Check({2}))
    assert result.accepted == ([3, 4],)
    assert result.rejected == (([1, 2], "no"),)


def test_named_culprits_are_rejected_at_once_with_their_own_reasons() -> None:
    check = Check({1, 3}, is_blaming=True)
    result = bisect_accepted([[key] for key in range(5)], check)
    assert result.rejected == (([1], "1 fails"), ([3], "3 fails"))
    assert check.trials == [(0, 1, 2, 3, 4), (0, 2, 4)]


def test_what_is_accepted_is_part_of_every_later_check() -> None:
    check = Check({3})
    bisect_accepted([[0], [1], [2], [3]], check)
    assert check.trials == [(0, 1, 2, 3), (0, 1), (0, 1, 2, 3), (0, 1, 2), (0, 1, 2, 3)]


def test_two_groups_that_pass_only_separately_are_not_both_accepted() -> None:
    def not_both(keys: Sequence[int]) -> Objection[int] | None:
        return Objection("no") if {0, 1} <= set(keys) else None

    result = bisect_accepted([[0], [1]], not_both)
    assert result.accepted == ([0],)
    assert result.rejected == (([1], "no"),)


def test_after_the_last_trial_the_rest_is_rejected_untried() -> None:
    check = Check({0, 7})
    result = bisect_accepted([[key] for key in range(8)], check, max_trials=2)
    assert result.accepted == ()
    assert {reason for _, reason in result.rejected} == {NOT_TRIED}
    assert len(check.trials) <= 3
