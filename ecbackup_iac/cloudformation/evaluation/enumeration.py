"""A value that depends on what is unresolved → its cases, one for each scenario."""

from collections.abc import Callable
from typing import Generic, TypeVar

from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.scenarios import NeedsSplit, Scenario, ScenarioState
from ecbackup_iac.model.record import record

MAX_CASES = 256
"""A value with more cases is unknown without a list of outcomes."""

T = TypeVar("T")
S = TypeVar("S", bound=ScenarioState)


@record(eq=False)
class Case(Generic[T]):
    """The value in one scenario."""

    value: T
    conditions: tuple[str, ...]
    """What holds in the scenario, for a person: `IsProd is true`."""

    reasons: tuple[str, ...]
    """Why that is unresolved: `parameter Environment has no default and no value`."""


class ScenarioBudget:
    """How many scenarios may still be evaluated for one template; a hostile template exceeds it."""

    def __init__(self, scenarios: int) -> None:
        self._left = scenarios

    @property
    def is_spent(self) -> bool:
        """Whether more scenarios were requested than it had."""
        return self._left < 0

    def spend(self, amount: int) -> None:
        """Spend what the evaluation of a scenario took besides itself, in scenarios."""
        self._left -= amount

    def charge(self) -> bool:
        """Spend one scenario; return whether there was one left."""
        self._left -= 1
        return self._left >= 0


def enumerate_scenarios(
    evaluate: Callable[[S], T], evaluator_of: Callable[[Scenario], S], budget: ScenarioBudget
) -> list[Case[T]] | None:
    """Return a value's case in every scenario; None where there are too many.

    A scenario that CloudFormation rejects is left out, because nothing is deployed in it. No scenario is
    split into none: a parameter without a possible value is rejected.

    Raises:
        TemplateRejectedError: CloudFormation rejects every scenario.
        TooMuchError: a scenario takes too much work.

    """
    cases: list[Case[T]] = []
    rejection: TemplateRejectedError | None = None
    pending = [Scenario()]
    while pending:
        if len(cases) + len(pending) > MAX_CASES or not budget.charge():
            return None
        evaluator = evaluator_of(pending.pop())
        try:
            cases.append(Case(evaluate(evaluator), evaluator.conditions, evaluator.reasons))
        except NeedsSplit as split:
            pending += reversed(split.scenarios)
        except TemplateRejectedError as error:
            rejection = rejection or error
        budget.spend(evaluator.rules_checked)
    if not cases and rejection is not None:
        raise rejection
    return cases
