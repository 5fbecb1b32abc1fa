"""The state of one evaluation: the steps that are left, rejected outcomes, and a counter.

Each thread has its own, so that several evaluations may run at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ecbackup_iac.model.record import changing_record


@changing_record
class RejectionTracker:
    """Whether an outcome was left out, while it was watched, because Terraform rejects it."""

    happened: bool = False
    is_deferred: bool = True
    """Whether each depends on what Terraform knows only after apply."""

    may_follow: bool = False
    """Whether a rejection may follow after apply, of what no plan knows and so no plan rejects."""


@changing_record
class EvaluationContext:
    """The state of one evaluation."""

    steps_left: int = sys.maxsize
    tracker: RejectionTracker | None = None
    """What records rejected outcomes; None where no `try` or `can` depends on them."""

    too_large: str = ""
    """Why a result was not computed since this was last reported: it would be too large."""

    short_circuits: bool = False
    """`&&` and `||` need no second operand where the first one decides, as in Terraform 1.12 and later."""

    template_calls: int = 0
    """Calls of template files so far: each has a number of its own."""


_current: ContextVar[EvaluationContext] = ContextVar("evaluation")


def evaluation_context() -> EvaluationContext:
    """Return the state of the evaluation that is running."""
    context = _current.get(None)
    if context is None:
        context = EvaluationContext()
        _current.set(context)
    return context


@contextmanager
def evaluation(max_steps: int) -> Iterator[EvaluationContext]:
    """Run an evaluation of at most so many steps."""
    context = EvaluationContext(max_steps)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def track_rejections() -> Iterator[RejectionTracker]:
    """Track whether an outcome is rejected, as `try` and `can` have to know; nothing outside is."""
    context, tracker = evaluation_context(), RejectionTracker()
    outer, context.tracker = context.tracker, tracker
    try:
        yield tracker
    finally:
        context.tracker = outer


class UntrackedRejections:
    """Tracks no rejection while something is evaluated that a `try` around it does not reach.

    A class, because a generator takes longer, and this is entered for every reference.
    """

    def __enter__(self) -> None:
        self._context = evaluation_context()
        self._outer, self._context.tracker = self._context.tracker, None

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._context.tracker = self._outer


def record_rejection(*, is_deferred: bool = False) -> None:
    """Record that some outcome is rejected; deferred where that depends on what is known after apply."""
    tracker = evaluation_context().tracker
    if tracker is not None:
        tracker.happened = True
        tracker.is_deferred = tracker.is_deferred and is_deferred


def record_possible_rejection(*, is_deferred: bool) -> None:
    """Record that what is unknown may be rejected: by the plan, or where it is deferred, after apply."""
    tracker = evaluation_context().tracker
    if not is_deferred:
        record_rejection()
    elif tracker is not None:
        tracker.may_follow = True
