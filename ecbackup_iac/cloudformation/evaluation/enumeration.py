"""A value that depends on unresolved parameters and conditions → what it is in each scenario."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.scenarios import MAX_CASES, NeedsSplit, Scenario
from ecbackup_iac.cloudformation.evaluation.template import Template

MAX_SCENARIOS = 15_000
"""Evaluated for one root of up to a megabyte of text; with more, values are unknown."""

BYTES_PER_SCENARIO = 60
"""For larger roots, the number of scenarios grows with the text: one for this many bytes."""

EXPRESSIONS_PER_SCENARIO = 20
"""A scenario in which more expressions are evaluated counts as several."""

T = TypeVar("T")


class ScenarioBudget:
    """How many scenarios may still be evaluated for one root; only a hostile template exceeds it."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._spent = 0
        self.allowed = MAX_SCENARIOS

    def add_template(self, template: Template) -> None:
        """Add the size of a template's file to what the budget is calculated from; a file counts once."""
        self._sizes[template.path] = len(template.source.text)
        self.allowed = max(MAX_SCENARIOS, sum(self._sizes.values()) // BYTES_PER_SCENARIO)

    @property
    def is_exceeded(self) -> bool:
        """Whether more scenarios were evaluated than are allowed."""
        return self._spent > self.allowed

    def charge(self, amount: int = 1) -> bool:
        """Count scenarios as evaluated; return whether that many were allowed."""
        self._spent += amount
        return not self.is_exceeded


def enumerate_scenarios(
    evaluate: Callable[[Evaluator], T], budget: ScenarioBudget
) -> list[T] | None:
    """Return what a value is in every scenario; None where there are too many."""
    try:
        return list(cases_of(evaluate, budget))
    except TooManyScenariosError:
        return None


class TooManyScenariosError(Exception):
    """A value has too many cases, or the budget is spent."""


def cases_of(
    evaluate: Callable[[Evaluator], T], budget: ScenarioBudget, *, ignores_values: bool = False
) -> Iterator[T]:
    """Yield what a value is in every scenario. Raises TooManyScenariosError.

    A scenario that CloudFormation rejects is left out, because nothing is deployed in it.
    """
    count = 0
    rejection: TemplateRejectedError | None = None
    pending = [Scenario()]
    while pending:
        if count + len(pending) > MAX_CASES or not budget.charge():
            raise TooManyScenariosError
        evaluator = Evaluator(pending.pop(), ignores_values=ignores_values)
        try:
            case = evaluate(evaluator)
        except NeedsSplit as split:
            pending += reversed(split.scenarios)
        except TemplateRejectedError as error:
            rejection = rejection or error
        else:
            count += 1
            yield case
        finally:
            budget.charge(evaluator.work // EXPRESSIONS_PER_SCENARIO)
    if not count and rejection is not None:
        raise rejection
