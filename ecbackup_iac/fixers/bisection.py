"""Groups of edits → the groups that a check accepts together, and why it rejects the others."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from ecbackup_iac.model.record import field, record

MAX_TRIALS = 100
"""Checks that are made, where the groups are not accepted all together."""

NOT_TRIED = "too many edits failed, so this one was not tried separately"

K = TypeVar("K", bound=Hashable)


@record
class Objection(Generic[K]):
    """Why a check rejects edits."""

    reason: str
    failing: Mapping[K, str] = field(factory=dict)
    """The caches that fail whichever other edits are made, each with the reason."""


@record
class Bisection(Generic[K]):
    """The groups that were accepted, and those that were rejected."""

    accepted: tuple[Sequence[K], ...]
    rejected: tuple[tuple[Sequence[K], str], ...]
    """Each with the reason."""


def bisect_accepted(
    groups: Sequence[Sequence[K]],
    objection_of: Callable[[Sequence[K]], Objection[K] | None],
    max_trials: int = MAX_TRIALS,
) -> Bisection[K]:
    """Return the groups that are accepted together; halves are tried where all of them are not.

    `objection_of` checks the members of several groups at once: of those accepted so far, and of a batch.
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
        is_single = len(batch) == 1
        failing = [group for group in batch if any(key in objection.failing for key in group)]
        if is_single or trials <= 0:
            failing = batch
        for group in failing:
            reason = next(
                (objection.failing[key] for key in group if key in objection.failing), None
            )
            rejected.append((group, reason or (objection.reason if is_single else NOT_TRIED)))
        rest = [group for group in batch if group not in failing]
        # Without the groups that fail, the rest may be accepted as a whole.
        half = 0 if failing else len(rest) // 2
        pending += [part for part in (rest[half:], rest[:half]) if part]
    return Bisection(tuple(accepted), tuple(rejected))
