"""Work done → steps charged to the running evaluation, which gives up where none are left.

Whatever visits values, or makes them, is charged: a hostile configuration must not run for long.
"""

from ecbackup_iac.terraform.values.context import evaluation_context

MAX_STEPS = 1_500_000
"""For one root: a few seconds. A thousand caches with all that leads to them take some 150,000."""

STEPS_PER_EXPRESSION = 3
"""For evaluating one node of an expression; visiting one value takes one."""

STEPS_PER_ITERATION = 8
"""For the names of one iteration of a loop, whatever is evaluated in it."""

STEPS_PER_INSTANCE = 50
"""For an instance of a block, before anything in it is evaluated."""

_CHARACTERS_PER_STEP = 50  # text that is made is kept
_VISITED_PER_STEP = 8  # characters that Python looks at one by one
_LARGE_NUMBER = 100  # bits; converting digits takes time in the square of their number
_TRACE_STEPS_PER_STEP = 16  # a trace is copied


class TooMuchError(Exception):
    """What this program gives up, though Terraform may well accept it."""


def charge(amount: int = 1) -> None:
    """Charge some steps. Raises TooMuchError where there are none left."""
    context = evaluation_context()
    context.steps_left -= amount
    if context.steps_left < 0:
        raise TooMuchError("it exceeds the evaluation limit")


def charge_trace(length: int) -> None:
    """Charge for copying a trace of this length. Raises TooMuchError."""
    if length >= _TRACE_STEPS_PER_STEP:
        charge(length // _TRACE_STEPS_PER_STEP)


def charge_number(bits: int) -> None:
    """Charge for reading or writing a number of so many bits. Raises TooMuchError."""
    if abs(bits) >= _LARGE_NUMBER:
        charge((bits // _LARGE_NUMBER) ** 2)


def charge_text(characters: int) -> None:
    """Charge for a string of so many characters. Raises TooMuchError."""
    if characters >= _CHARACTERS_PER_STEP:
        charge(characters // _CHARACTERS_PER_STEP)


def charge_characters(count: int) -> None:
    """Charge for looking at characters one by one. Raises TooMuchError."""
    charge(count // _VISITED_PER_STEP)
