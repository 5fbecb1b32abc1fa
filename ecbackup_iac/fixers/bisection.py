"""Groups of edits and a check of them → the groups that hold together, and why the others do not."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from ecbackup_iac.model.record import field, record

MAX_TRIALS = 100
"""Checks of some of the groups, where all together do not hold."""

NOT_TRIED = "too many edits failed, so this one was not tried separately"

K = TypeVar("K", bound=Hashable)


@record
class Objection(Generic[K]):
    """Why edits do not hold."""

    text: str
    wrong: Mapping[K, str] = field(factory=dict)
    """The caches that would fail whatever is done for others, each with the reason."""


@record
class Bisection(Generic[K]):
    """Which groups hold, and which do not."""

    accepted: tuple[Sequence[K], ...]
    rejected: tuple[tuple[Sequence[K], str], ...]
    """Each with the reason."""


def bisect_accepted(
    groups: Sequence[Sequence[K]],
    objection_of: Callable[[Sequence[K]], Objection[K] | None],
    max_trials: int = MAX_TRIALS,
) -> Bisection[K]:
    """Return the groups that hold together; halves are tried where all of them do not.

    `objection_of` checks members of several groups at once: the accepted ones and those on trial.
    """
    accepted: list[Sequence[K]] = []
    rejected: list[tuple[Sequence[K], str]] = []
    pending, trials = [list(groups)] if groups else [], max_trials
    while pending:
        batch = pending.pop()
        trials -= 1
        objection = objection_of([key for group in (*accepted, *batch) for key in group])
        if objection is None:
            accepted += batch
            continue
        is_alone = len(batch) == 1
        wrong = [group for group in batch if any(key in objection.wrong for key in group)]
        if is_alone or trials <= 0:
            wrong = batch
        for group in wrong:
            own = next((objection.wrong[key] for key in group if key in objection.wrong), None)
            rejected.append((group, own or (objection.text if is_alone else NOT_TRIED)))
        rest = [group for group in batch if group not in wrong]
        # Without the groups that are known to be wrong, the rest may hold as a whole.
        half = 0 if wrong else len(rest) // 2
        pending += [part for part in (rest[half:], rest[:half]) if part]
    return Bisection(tuple(accepted), tuple(rejected))
