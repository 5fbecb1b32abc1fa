"""Unresolved parameters and conditions → the scenarios that they allow, and the state of evaluating one.

A scenario is one way in which everything unresolved can turn out: what each parameter without a value can
still be, and which comparisons hold. A value is evaluated in the scenario that assumes least. Where it
depends on something unresolved, the scenario is split there and the value is evaluated again in each part.
So values that depend on the same parameter are evaluated together, and only what a value depends on is
ever split.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from ecbackup_iac.cloudformation.evaluation.domains import Domain
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError, TooMuchError
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record

T = TypeVar("T")

MAX_DEPTH = 150
"""Functions, conditions and parameters that lead to each other; what is deeper is not evaluated."""

MAX_ITEMS = 20_000
"""Expressions, and items of lists, that are evaluated in one scenario."""

Key: TypeAlias = Hashable
"""The identity of something unresolved: a stack's parameter, a comparison."""

Dependencies: TypeAlias = dict[str, tuple[str, ...]]
"""What holds, for a person (`IsProd is true`) → why that is unresolved; in the order of evaluation."""


@record(eq=False)
class Scenario:
    """One way in which everything unresolved turns out, as far as the evaluation has depended on it."""

    domains: Mapping[Key, Domain] = field(factory=dict)
    """What parameters can be, where that is narrower than their declarations."""

    facts: Mapping[Key, str] = field(factory=dict)
    """The results of comparisons and look-ups."""

    memory: Mapping[Key, object] = field(factory=dict)
    """Results that hold in every scenario that this one is split into."""

    def with_domain(self, key: Key, domain: Domain, memory: Mapping[Key, object]) -> "Scenario":
        """Return the scenario in which a parameter is of a domain."""
        return Scenario({**self.domains, key: domain}, self.facts, memory)

    def with_fact(self, key: Key, result: str, memory: Mapping[Key, object]) -> "Scenario":
        """Return the scenario in which a comparison or look-up has this result."""
        return Scenario(self.domains, {**self.facts, key: result}, memory)


class NeedsSplit(Exception):  # noqa: N818 - no error: it requests that the scenario be split
    """A value depends on something that the scenario leaves open; these scenarios decide it."""

    def __init__(self, scenarios: list[Scenario]) -> None:
        super().__init__()
        self.scenarios = scenarios


class ScenarioState:
    """The state of evaluating one scenario: dependencies, remembered results, and work done."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._dependencies: Dependencies = {}
        self._memory: dict[Key, Any] = {}
        self._shared_memory: dict[Key, Any] = dict(scenario.memory)
        """Decided conditions, those of the scenarios that this one was split from included."""
        self.in_progress: set[Key] = set()
        """The named conditions that are being evaluated, to find circles."""
        self._weight = 0
        self._depth = 0

    @property
    def conditions(self) -> tuple[str, ...]:
        """What the evaluation depended on, for a person: `IsProd is true`."""
        return tuple(self._dependencies)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why that is unresolved."""
        return tuple(
            dict.fromkeys(why for reasons in self._dependencies.values() for why in reasons)
        )

    # Dependencies

    def record(self, dependencies: Mapping[str, tuple[str, ...]]) -> None:
        """Add to what the evaluation depended on."""
        self._dependencies |= dependencies

    def record_under(self, name: str) -> None:
        """Replace everything recorded so far by one entry; nothing where nothing was recorded."""
        if self._dependencies:
            self._dependencies = {name: self.reasons}

    @contextmanager
    def separate_dependencies(self) -> Iterator[Dependencies]:
        """Record dependencies apart; the caller decides whether to record them here, too."""
        before, self._dependencies = self._dependencies, {}
        try:
            yield self._dependencies
        finally:
            self._dependencies = before

    # Remembered results

    def shared_result(self, key: Key) -> Any:  # noqa: ANN401 - each kind of key has a type of result
        """Return a result that was remembered for good, and record its dependencies; None without one."""
        if key not in self._shared_memory:
            return None
        result, dependencies = self._shared_memory[key]
        self._dependencies |= dependencies
        return result

    def remembered(self, key: Key, evaluate: Callable[[], T], *, is_shared: bool = False) -> T:
        """Return a result that is evaluated once; errors and dependencies are remembered, too.

        A shared result holds in the scenarios that this one is split into; an error never does.
        """
        memory = self._shared_memory if is_shared else self._memory
        result: T | Exception
        if key in memory:
            result, dependencies = memory[key]
        elif key in self._memory:
            result, dependencies = self._memory[key]
        else:
            before, self._dependencies = self._dependencies, {}
            try:
                result = evaluate()
            except (NeedsSplit, TemplateRejectedError) as error:
                result, memory = error, self._memory
            dependencies, self._dependencies = self._dependencies, before
            memory[key] = (result, dependencies)
        self._dependencies |= dependencies
        if isinstance(result, Exception):
            raise result
        return result

    # Splits

    def domain_of(self, key: Key, declared: Domain) -> Domain:
        """Return what a parameter can be in this scenario."""
        return self._scenario.domains.get(key, declared)

    def assumed_domain(self, key: Key) -> Domain | None:
        """Return what this scenario assumes a parameter to be; None where it assumes nothing."""
        return self._scenario.domains.get(key)

    def fact(self, key: Key, text: str, why: str) -> bool:
        """Return whether a comparison that cannot be decided holds in this scenario.

        Raises:
            NeedsSplit: the scenario leaves it open.

        """
        result = self._scenario.facts.get(key)
        if result is None:
            raise self._split_by_fact(key, ("true", "false"))
        self._dependencies.setdefault(f"{text} is {result}", (why,))
        return result == "true"

    def choice(self, key: Key, count: int) -> int:
        """Return which of several results something has in this scenario that cannot be decided.

        Raises:
            NeedsSplit: the scenario leaves it open.

        """
        result = self._scenario.facts.get(key)
        if result is None:
            raise self._split_by_fact(key, map(str, range(count)))
        return int(result)

    def _split_by_fact(self, key: Key, results: Iterator[str] | tuple[str, ...]) -> NeedsSplit:
        memory = self._shared_memory
        return NeedsSplit([self._scenario.with_fact(key, result, memory) for result in results])

    def split_by_domain(self, key: Key, name: str, *domains: Domain) -> NeedsSplit:
        """Return the split in which a parameter is of each of these domains.

        Raises:
            TemplateRejectedError: it cannot have any value.

        """
        if not domains:
            raise TemplateRejectedError(f"parameter {name} cannot have any value")
        memory = self._shared_memory
        return NeedsSplit([self._scenario.with_domain(key, domain, memory) for domain in domains])

    # Work

    def weigh(self, amount: int) -> None:
        """Count the items that are evaluated in this scenario, to stop an alias bomb.

        Raises:
            TooMuchError: there are too many.

        """
        self._weight += amount
        if self._weight > MAX_ITEMS:
            raise TooMuchError("a value too large to be worked out")

    def enter(self, location: Callable[[], Location]) -> None:
        """Go one level deeper; `leave` goes back.

        Raises:
            TooMuchError: the expression at the location nests too deeply.

        """
        self.weigh(1)
        if self._depth >= MAX_DEPTH:
            raise TooMuchError("what stands here nests too deeply to be followed", location())
        self._depth += 1

    def leave(self) -> None:
        """Go one level up."""
        self._depth -= 1
