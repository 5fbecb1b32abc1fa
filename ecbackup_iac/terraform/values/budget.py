"""How much may still be worked out: a hostile configuration is given up, not followed.

Whatever walks through values, or makes them, spends some. Evaluation is one thing after the other, so
there is one account; who judges a root opens it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

MOST_STEPS = 1_500_000
"""For one root: a few seconds. A thousand caches with all that leads to them take some 150,000."""

STEPS_OF_AN_EXPRESSION = 3
"""What evaluating one node of an expression costs; looking at one value costs one."""

STEPS_OF_AN_INSTANCE = 50
"""What an instance of a block costs before anything in it is evaluated."""

_CHARACTERS_A_STEP = 50  # text that is made is kept
_LARGE_NUMBER = 100  # bits; digits are turned into bits in the square of their number
_PLACES_A_STEP = 16  # so are traces


class TooMuchError(Exception):
    """What this program gives up, though Terraform may well take it."""


class Account:
    """How many steps are left."""

    def __init__(self) -> None:
        self.left = sys.maxsize


_account = Account()


@contextmanager
def effort(most: int) -> Iterator[Account]:
    """Work with so many steps; the account says what is left of them."""
    before = _account.left
    _account.left = most
    try:
        yield _account
    finally:
        _account.left = before


def spend(amount: int = 1) -> None:
    """Spend some of what is left.

    Raises:
        TooMuchError: there is none.

    """
    _account.left -= amount
    if _account.left < 0:
        raise TooMuchError("it takes more work than any configuration of use")


def spend_trace(places: int) -> None:
    """Spend what a trace of so many places costs. Raises TooMuchError."""
    if places >= _PLACES_A_STEP:
        spend(places // _PLACES_A_STEP)


def spend_number(bits: int) -> None:
    """Spend what reading or writing a number of so many bits costs. Raises TooMuchError."""
    if abs(bits) >= _LARGE_NUMBER:
        spend((bits // _LARGE_NUMBER) ** 2)


def spend_text(characters: int) -> None:
    """Spend what a text of so many characters costs. Raises TooMuchError."""
    if characters >= _CHARACTERS_A_STEP:
        spend(characters // _CHARACTERS_A_STEP)
