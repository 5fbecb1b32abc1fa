"""Unresolved parameters and conditions → the scenarios that they allow, and the state of evaluating one.

A scenario is a set of assumptions about what is unresolved: the values that a parameter without a value can
have, and the results of comparisons. Evaluation begins with a scenario without assumptions. Where a value
depends on something unresolved, the scenario is split into one for each possibility, and the value is
evaluated again in each. So a scenario is split only by what the value depends on.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar, cast

from ecbackup_iac.cloudformation.evaluation.domains import Domain
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError, TooMuchError
from ecbackup_iac.model.record import field, record

T = TypeVar("T")

MAX_CASES = 256
"""A value with more cases is unknown without a list of outcomes."""

MAX_ITEMS = 50_000
"""Expressions, and items of lists, that are evaluated in one scenario."""

CHARACTERS_PER_ITEM = 50
"""A string of this many characters takes as much work as one expression."""

Key: TypeAlias = Hashable
"""The identity of something unresolved: a stack's parameter, a comparison."""

Dependencies: TypeAlias = dict[str, tuple[str, ...]]
"""An assumption, for people (`IsProd is true`) → why it is unresolved; in the order of evaluation."""


@record(eq=False)
class Scenario:
    """Assumptions about what is unresolved, as far as the evaluation depends on it."""

    domains: Mapping[Key, Domain] = field(factory=dict)
    """The assumed domains of parameters, and the results of comparisons and look-ups of unknown operands."""

    cache: Mapping[Key, object] = field(factory=dict)
    """Results that are the same in every scenario that this one is split into."""


class NeedsSplit(Exception):  # noqa: N818 - not an error: it requests that the scenario be split
    """A value depends on something unresolved; each of these scenarios assumes one possibility."""

    def __init__(self, scenarios: list[Scenario]) -> None:
        super().__init__()
        self.scenarios = scenarios


class ScenarioState:
    """The state of evaluating one scenario: dependencies, cached results, and work done."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._dependencies: Dependencies = {}
        self._cache: dict[Key, tuple[Any, Dependencies]] = {}
        """Results and errors in this scenario, with what they depend on."""
        self._split_cache: dict[Key, Any] = dict(scenario.cache)
        """Results, also of the scenarios that this one was split from, that are the same after any split."""
        self.in_progress: set[Key] = set()
        """The named conditions that are being evaluated, to find cycles."""
        self.work = 0
        """The items that were evaluated."""

    @property
    def conditions(self) -> tuple[str, ...]:
        """What the evaluation depended on, for a person: `IsProd is true`."""
        return tuple(self._dependencies)

    # Dependencies

    def add_dependencies(self, dependencies: Mapping[str, tuple[str, ...]]) -> None:
        """Add to what the evaluation depended on."""
        self._dependencies |= dependencies

    def replace_dependencies(self, name: str) -> None:
        """Replace all dependencies so far by one entry; nothing where there are none."""
        if self._dependencies:
            reasons = dict.fromkeys(why for whys in self._dependencies.values() for why in whys)
            self._dependencies.clear()
            self._dependencies[name] = tuple(reasons)

    @contextmanager
    def separate_dependencies(self) -> Iterator[Dependencies]:
        """Collect dependencies separately; the caller decides whether to add them here, too."""
        before, self._dependencies = self._dependencies, {}
        try:
            yield self._dependencies
        finally:
            self._dependencies = before

    # Cached results

    def cached(self, key: Key, evaluate: Callable[[], T]) -> T:
        """Return a result that is evaluated once in this scenario, or raise its error."""
        if key not in self._cache:
            result: T | Exception
            with self.separate_dependencies() as dependencies:
                try:
                    result = evaluate()
                except (NeedsSplit, TemplateRejectedError) as error:
                    result = error
            self._cache[key] = (result, dependencies)
        cached_result, dependencies = self._cache[key]
        self._dependencies |= dependencies
        if isinstance(cached_result, Exception):
            raise cached_result
        return cast("T", cached_result)

    def cached_across_splits(self, key: Key, evaluate: Callable[[], T]) -> T:
        """Return a result that is also cached for the scenarios that this one is split into.

        Its error is not cached for them: what needs a split here may not need one there.
        """
        result = self.cached(key, evaluate)
        self._split_cache[key] = self._cache[key]
        return result

    def result_before_split(self, key: Key) -> Any:  # noqa: ANN401 - each kind of key has a type of result
        """Return what `cached_across_splits` cached, and add its dependencies; None without a result."""
        if key not in self._split_cache:
            return None
        result, dependencies = self._split_cache[key]
        self._dependencies |= dependencies
        return result

    # Splits

    def domain_of(self, key: Key, declared: Domain) -> Domain:
        """Return what a parameter can be in this scenario."""
        return self._scenario.domains.get(key, declared)

    def assumed_domain(self, key: Key) -> Domain | None:
        """Return what this scenario assumes a parameter to be; None where it assumes nothing."""
        return self._scenario.domains.get(key)

    def is_assumed(self, key: Key, text: str, why: str) -> bool:
        """Whether this scenario assumes that a comparison with unknown operands is true."""
        result = self.assumed_result(key, ("true", "false"))
        self._dependencies.setdefault(f"{text} is {result}", (why,))
        return result == "true"

    def assumed_result(self, key: Key, results: Iterable[str]) -> str:
        """Return which of some results this scenario assumes for something with unknown operands."""
        key = ("result", key)
        domain = self.assumed_domain(key)
        if domain is None or not domain.values:
            raise self.split_by_domain(key, "", *(Domain((result,)) for result in results))
        return domain.values[0]

    def split_by_domain(self, key: Key, name: str, *domains: Domain) -> NeedsSplit:
        """Return the split in which a parameter is of each of these domains."""
        if not domains:
            raise TemplateRejectedError(f"parameter {name} cannot have any value")
        assumed = self._scenario.domains
        return NeedsSplit(
            [Scenario({**assumed, key: domain}, self._split_cache) for domain in domains]
        )

    # Work

    def charge_text(self, text: str) -> None:
        """Count the work of searching or joining a string, by its length. Raises TooMuchError."""
        self.charge(len(text) // CHARACTERS_PER_ITEM)

    def charge(self, amount: int) -> None:
        """Count the items that are evaluated here, which aliases may multiply. Raises TooMuchError."""
        self.work += amount
        if self.work > MAX_ITEMS:
            raise TooMuchError("a value too large to be evaluated")
