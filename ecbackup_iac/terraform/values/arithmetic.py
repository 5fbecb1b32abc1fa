"""Numbers as Terraform computes them: binary floating point of 512 bits, written in decimal.

A number is an int where it is whole, a float where it is negative zero or infinite, and a Fraction
otherwise (see hcl.number).
"""

import math
from fractions import Fraction

from ecbackup_iac.hcl import number as hcl_number
from ecbackup_iac.hcl.number import (
    MAX_DIGITS,
    NEGATIVE_ZERO,
    PRECISION,
    Number,
    int_if_whole,
    parse_number,
    rounded,
)
from ecbackup_iac.terraform.values.budget import charge_number, charge_text

_INFINITIES = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf}
MAX_EXPONENT = 2**31
"""The exponent of ten in a string; with a larger one, the string is not a number."""


class UndefinedResultError(ArithmeticError):
    """A computation with infinities or zeros that Terraform rejects."""


COUNT_PRECISION = 64
"""The precision, in bits, of what a function counts or parses as a whole number."""

DOUBLE_PRECISION = 53
"""The precision, in bits, of what a function computes as a floating point number of 64 bits."""


class LowPrecisionInteger(int):
    """A whole number of less precision, such as what a function counts."""

    precision = COUNT_PRECISION


class LowPrecisionFraction(Fraction):
    """A fraction of less precision, such as a quotient of such numbers.

    It is written with the fewest digits that identify it there.
    """

    precision = COUNT_PRECISION


def with_precision(number: Number, precision: int) -> Number:
    """Return a number rounded to so many bits. The result of two numbers has those of the more precise."""
    result = rounded(number, precision)
    if precision >= PRECISION or isinstance(result, float):
        return result
    low = LowPrecisionFraction if isinstance(result, Fraction) else LowPrecisionInteger
    imprecise = low(result)
    imprecise.precision = precision
    return imprecise


def precision_of(*numbers: Number) -> int:
    """Return the precision of the most precise of these, in bits."""
    return max(
        number.precision
        if isinstance(number, LowPrecisionInteger | LowPrecisionFraction)
        else PRECISION
        for number in numbers
    )


def number_from(text: str) -> Number | None:
    """Return the number of a string as Terraform converts it; None for another string.

    Raises NumberTooLargeError: its exponent is too large to compute with.
    """
    charge_text(len(text))
    if text in _INFINITIES or text.replace("I", "i", 1) in _INFINITIES:
        return _INFINITIES[text.replace("I", "i", 1)]
    _, _, exponent = text.lower().partition("e")
    if exponent.lstrip("+-").isdecimal() and len(exponent) < MAX_DIGITS:
        if abs(int(exponent)) >= MAX_EXPONENT:
            return None
        if abs(int(exponent)) <= hcl_number.MAX_EXPONENT:  # else it is not computed
            charge_number(int(exponent))
    charge_number(2 * min(len(text), MAX_DIGITS))
    return parse_number(text)


def text_from(number: Number) -> str:
    """Return the text of a number as Terraform converts it: the fewest digits that identify it."""
    if isinstance(number, float):
        return f"{number:+}".title() if math.isinf(number) else "-0"
    precision = precision_of(number)
    if isinstance(number, int) and number.bit_length() <= precision:
        return str(number)
    negative, value = number < 0, abs(Fraction(number))
    charge_number(3 * (value.numerator.bit_length() + value.denominator.bit_length()) // 2)
    low, high = 1, 400
    while low < high:  # more digits are never further away
        middle = (low + high) // 2
        if rounded(_with_digits(value, middle), precision) == value:
            high = middle
        else:
            low = middle + 1
    shown = _decimal(_with_digits(value, low))
    return f"-{shown}" if negative else shown


def charge_operand(number: Number) -> None:
    """Charge for computing with a number. Raises TooMuchError."""
    if not isinstance(number, float):
        charge_number(number.numerator.bit_length() + number.denominator.bit_length())


def negated(number: Number) -> Number:
    """Return the number with the other sign; zero has one, too."""
    if number == 0:
        return 0 if is_negative(number) else NEGATIVE_ZERO
    return with_precision(-number, precision_of(number))


def is_negative(number: Number) -> bool:
    """Whether the sign of a number is negative, which it may be of zero."""
    return math.copysign(1, number) < 0 if isinstance(number, float) else number < 0


def added(left: Number, right: Number) -> Number:
    """Return a sum. Raises UndefinedResultError."""
    if not isinstance(left, float) and not isinstance(right, float):
        return with_precision(int_if_whole(left + right), precision_of(left, right))
    if math.inf in (abs(left), abs(right)):
        if left == -right:
            raise UndefinedResultError("can't add infinities of opposite signs")
        return left if abs(left) == math.inf else right
    if left == 0 and right == 0:
        return NEGATIVE_ZERO if is_negative(left) and is_negative(right) else 0
    return right if left == 0 else left


def subtracted(left: Number, right: Number) -> Number:
    """Return a difference. Raises UndefinedResultError."""
    return added(left, negated(right))


def multiplied(left: Number, right: Number) -> Number:
    """Return a product. Raises UndefinedResultError."""
    sides = abs(left), abs(right)
    if 0 in sides and math.inf in sides:
        raise UndefinedResultError("can't multiply zero by infinity")
    if 0 in sides or math.inf in sides:
        return _signed(math.inf if math.inf in sides else 0, left, right)
    product = rounded(int_if_whole(Fraction(left) * Fraction(right)))
    bits = abs(product.numerator) if not isinstance(product, float) else 0
    needed = (bits // (bits & -bits)).bit_length()
    return with_precision(product, max(needed, precision_of(left, right)))


def divided(left: Number, right: Number) -> Number:
    """Return a quotient. Raises UndefinedResultError."""
    if left == right == 0 or abs(left) == abs(right) == math.inf:
        raise UndefinedResultError("can't divide zero by zero or infinity by infinity")
    if right == 0 or abs(left) == math.inf:
        return _signed(math.inf, left, right)
    if left == 0 or abs(right) == math.inf:
        return _signed(0, left, right)
    return with_precision(int_if_whole(Fraction(left) / Fraction(right)), precision_of(left, right))


def remainder(left: Number, right: Number) -> Number:
    """Return a remainder, with the sign of the dividend. Raises UndefinedResultError."""
    if math.inf in (abs(left), abs(right)):
        raise UndefinedResultError("can't use modulo with infinity")
    if right == 0:
        return left
    # Each step is rounded, as zclconf/go-cty does it: a large quotient loses its last digits.
    precision = precision_of(left)
    whole = rounded(int(divided(left, right)), precision)
    subtrahend = rounded(int_if_whole(Fraction(right) * Fraction(whole)), precision)
    return with_precision(int_if_whole(Fraction(left) - Fraction(subtrahend)), precision)


def _signed(size: float, left: Number, right: Number) -> Number:
    """Return zero or infinity with the sign of a product."""
    return negated(size) if is_negative(left) is not is_negative(right) else size


def _digits(number: int) -> str:
    """Return the digits of a whole number that is not negative, however large."""
    if number.bit_length() < MAX_DIGITS:
        return str(number)
    half = number.bit_length() * 3 // 20  # about half of its digits
    high, low = divmod(number, 10**half)
    return _digits(high) + _digits(low).rjust(half, "0")


def magnitude(value: Fraction) -> int:
    """Return the exponent of the first decimal digit: 0 for 1 to 9.99, -1 for 0.1 to 0.99."""
    exponent = len(_digits(value.numerator)) - len(_digits(value.denominator))
    return exponent if value >= Fraction(10) ** exponent else exponent - 1


def _with_digits(value: Fraction, digits: int) -> Fraction:
    """Return a number rounded to so many significant decimal digits, half to even."""
    unit = Fraction(10) ** (magnitude(value) - digits + 1)
    return round(value / unit) * unit


def _decimal(value: Fraction) -> str:
    """Return an exact decimal fraction without an exponent."""
    # The only prime factors of the denominator are 2 and 5.
    twos = (value.denominator & -value.denominator).bit_length() - 1
    decimals = max(twos, round(math.log(value.denominator >> twos, 5)))
    digits = _digits((value * 10**decimals).numerator).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{whole}.{fraction}" if fraction else whole
