"""What is undecided, and the ways in which it can turn out.

A world is one way: what each undecided parameter may still be in it, and which comparisons hold. A
value is worked out in the world that knows least; where it meets something undecided that decides,
the world is split there and the value is worked out again in each part. What hangs together is so
judged together, and only what the value leads to is ever split.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import Generic, Protocol, TypeAlias, TypeVar

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record, replace

MAX_CASES = 256
"""A value that turns out in more ways than these is unknown without a list."""

# No number of use is longer, or has a longer exponent.
_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{0,60})?([eE][+-]?[0-9]{1,2})?")

T = TypeVar("T")

Key: TypeAlias = Hashable
"""What is undecided: a stack's parameter, a comparison."""


@record
class Domain:
    """What an undecided parameter can be."""

    values: tuple[str, ...] | None = None
    """All it can be (AllowedValues); None where it is not listed."""

    excluded: frozenset[str] = frozenset()
    is_number: bool = False
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    shortest: int = 0
    """Characters (MinLength)."""

    longest: int | None = None

    def admits(self, text: str) -> bool:
        """Say whether it can be this text."""
        if self.values is not None:
            return text in self.values
        if text in self.excluded or not self._has_length(text):
            return False
        return self._is_in_range(text) if self.is_number else True

    def only(self, text: str) -> "Domain":
        """Give the domain of a parameter that is this text."""
        return replace(self, values=(text,))

    def without(self, *texts: str) -> "Domain":
        """Give the domain of a parameter that is none of these texts."""
        if self.values is not None:
            out = frozenset(texts)
            return replace(self, values=tuple(one for one in self.values if one not in out))
        return replace(self, excluded=self.excluded.union(texts))

    def within(self, other: "Domain") -> "Domain":
        """Give the domain of a parameter that has to be in another one's too: it is handed on."""
        values = self.values
        if values is not None:
            values = tuple(one for one in values if other.admits(one))
        elif other.values is not None:
            values = tuple(one for one in other.values if self.admits(one))
        bounds = [one for one in (self.minimum, other.minimum) if one is not None]
        limits = [one for one in (self.maximum, other.maximum) if one is not None]
        return replace(
            self,
            values=values,
            is_number=self.is_number or other.is_number,
            minimum=max(bounds, default=None),
            maximum=min(limits, default=None),
        )

    def _has_length(self, text: str) -> bool:
        return self.is_number or (
            self.shortest <= len(text) and (self.longest is None or len(text) <= self.longest)
        )

    def _is_in_range(self, text: str) -> bool:
        number = number_of(text)
        return (
            number is not None
            and (self.minimum is None or number >= self.minimum)
            and (self.maximum is None or number <= self.maximum)
        )


def number_of(text: str) -> Fraction | None:
    """Read a number as CloudFormation's Number parameters take it; None where it is none."""
    return Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


@record(eq=False)
class Scenario:
    """One way in which what is undecided can turn out, as far as it has been asked."""

    domains: Mapping[Key, Domain] = field(factory=dict)
    """What is known of parameters beyond their declarations."""

    facts: Mapping[Key, str] = field(factory=dict)
    """How comparisons and look-ups turn out."""

    memory: Mapping[Key, object] = field(factory=dict)
    """What has been worked out for good: it holds in every world that this one is split into."""

    def with_domain(self, key: Key, domain: Domain, memory: Mapping[Key, object]) -> "Scenario":
        """Give the world in which a parameter is of a domain."""
        return Scenario({**self.domains, key: domain}, self.facts, memory)

    def with_fact(self, key: Key, state: str, memory: Mapping[Key, object]) -> "Scenario":
        """Give the world in which a comparison or look-up turns out so."""
        return Scenario(self.domains, {**self.facts, key: state}, memory)


class NeedsSplit(Exception):  # noqa: N818 - no error: it asks for the world to be split
    """A value depends on something that the world leaves open: these worlds settle it."""

    def __init__(self, scenarios: list[Scenario]) -> None:
        super().__init__()
        self.scenarios = scenarios


class TemplateRejectedError(Exception):
    """What CloudFormation refuses before it deploys anything, and where it stands."""

    prefix = "CloudFormation refuses the template: "

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = self.prefix + message
        self.location = location
        """None where nobody knows."""


class TooMuchError(Exception):
    """What this program gives up, though CloudFormation may well take it."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = f"not worked out: {message}"
        self.location = location


@record(eq=False)
class Case(Generic[T]):
    """One way in which a value turns out."""

    value: T
    conditions: tuple[str, ...]
    """What holds there, for a person: `IsProd is true`."""

    reasons: tuple[str, ...]
    """Why that is undecided: `parameter Environment has no default and no value`."""


class Example(Protocol):
    """What works a value out in one world, and remembers on what it depended."""

    @property
    def conditions(self) -> tuple[str, ...]:
        """What held, for a person."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it was undecided."""


W = TypeVar("W", bound=Example)


class Effort:
    """How much may still be worked out for one template: hostile ones are given up, not followed."""

    def __init__(self, most: int) -> None:
        self._left = most

    @property
    def is_spent(self) -> bool:
        """Whether there is none left."""
        return self._left < 0

    def take(self, amount: int = 1) -> bool:
        """Spend some; say whether there was enough."""
        self._left -= amount
        return self._left >= 0


def enumerate_scenarios(
    evaluate: Callable[[W], T], witness: Callable[[Scenario], W], effort: Effort
) -> list[Case[T]] | None:
    """Work a value out in every world; None where there are too many.

    A world that CloudFormation refuses is left out, because nothing is deployed in it. No world is ever
    split into none: what cannot be anything is refused.

    Raises:
        RefusalError: it refuses every one.
        TooMuchError: one is too much to be worked out.

    """
    found: list[Case[T]] = []
    refusal: TemplateRejectedError | None = None
    pending = [Scenario()]
    while pending:
        if len(found) + len(pending) > MAX_CASES or not effort.take():
            return None
        one = witness(pending.pop())
        try:
            found.append(Case(evaluate(one), one.conditions, one.reasons))
        except NeedsSplit as split:
            pending += reversed(split.scenarios)
        except TemplateRejectedError as error:
            refusal = refusal or error
    if not found and refusal is not None:
        raise refusal
    return found
