"""The constraints of a parameter → the strings that it can be."""

import re
from fractions import Fraction

from ecbackup_iac.model.record import record, replace

# No useful number is longer, or has a longer exponent.
_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{0,60})?([eE][+-]?[0-9]{1,2})?")


@record
class Domain:
    """What a parameter without a value can be."""

    values: tuple[str, ...] | None = None
    """All possible values (AllowedValues); None where they are not listed."""

    excluded: frozenset[str] = frozenset()
    is_number: bool = False
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    min_length: int = 0
    """In characters (MinLength)."""

    max_length: int | None = None

    def admits(self, text: str) -> bool:
        """Whether the parameter can be this string."""
        if self.values is not None:
            return text in self.values
        if text in self.excluded:
            return False
        if not self.is_number:
            longest = len(text) if self.max_length is None else self.max_length
            return self.min_length <= len(text) <= longest
        number = number_of(text)
        return (
            number is not None
            and (self.minimum is None or number >= self.minimum)
            and (self.maximum is None or number <= self.maximum)
        )

    def only(self, text: str) -> "Domain":
        """Return the domain with only this string."""
        return replace(self, values=(text,))

    def without(self, *texts: str) -> "Domain":
        """Return the domain without these strings."""
        if self.values is not None:
            removed = frozenset(texts)
            return replace(self, values=tuple(text for text in self.values if text not in removed))
        return replace(self, excluded=self.excluded.union(texts))

    def within(self, other: "Domain") -> "Domain":
        """Return the intersection with the domain of another parameter, which is given this one's value."""
        values = self.values
        if values is not None:
            values = tuple(text for text in values if other.admits(text))
        elif other.values is not None:
            values = tuple(text for text in other.values if self.admits(text))
        minima = [bound for bound in (self.minimum, other.minimum) if bound is not None]
        maxima = [bound for bound in (self.maximum, other.maximum) if bound is not None]
        return replace(
            self,
            values=values,
            is_number=self.is_number or other.is_number,
            minimum=max(minima, default=None),
            maximum=min(maxima, default=None),
        )


def number_of(text: str) -> Fraction | None:
    """Return the number that a Number parameter reads in a string; None where it is not one."""
    return Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else None
