"""Numbers as Terraform computes them: binary floating point of 512 bits, written in decimal.

A number is an int where it is whole and a Fraction otherwise (see hcl.number).
"""

import math
from fractions import Fraction

from ecbackup_iac.hcl.number import MAX_DIGITS, PRECISION, Number, parse_number, rounded
from ecbackup_iac.terraform.values.budget import charge_number


class Double(Fraction):
    """A number that a function computed in 64 bits: it is written with the digits that identify it there.

    The result of computing with it is an ordinary number again.
    """

    __slots__ = ()


def number_from(text: str) -> Number | None:
    """Return the number of a text as Terraform converts it; None where it is none.

    Raises:
        NumberTooLargeError: its exponent is beyond reason.

    """
    _, _, exponent = text.lower().partition("e")
    if exponent.lstrip("+-").isdecimal() and len(exponent) < MAX_DIGITS:
        charge_number(int(exponent))
    return parse_number(text)


def text_from(number: Number) -> str:
    """Return the text of a number as Terraform converts it: the fewest digits that identify it."""
    if isinstance(number, int) and number.bit_length() <= PRECISION:
        return str(number)
    if isinstance(number, Double):
        sign = "-" if number < 0 else ""
        return sign + _decimal(Fraction(repr(abs(float(number)))))
    negative, value = number < 0, abs(Fraction(number))
    charge_number(value.numerator.bit_length() + value.denominator.bit_length())
    low, high = 1, 400
    while low < high:  # more digits never lie further away
        middle = (low + high) // 2
        if rounded(_with_digits(value, middle)) == value:
            high = middle
        else:
            low = middle + 1
    shown = _decimal(_with_digits(value, low))
    return f"-{shown}" if negative else shown


def _digits(number: int) -> str:
    """Return the digits of a whole number that is not negative, however large."""
    if number.bit_length() < MAX_DIGITS:
        return str(number)
    half = number.bit_length() * 3 // 20  # about half of its digits
    high, low = divmod(number, 10**half)
    return _digits(high) + _digits(low).rjust(half, "0")


def _magnitude(value: Fraction) -> int:
    """Return the exponent of the first decimal digit: 0 for 1 to 9.99, -1 for 0.1 to 0.99."""
    exponent = len(_digits(value.numerator)) - len(_digits(value.denominator))
    return exponent if value >= Fraction(10) ** exponent else exponent - 1


def _with_digits(value: Fraction, digits: int) -> Fraction:
    """Return a number rounded to so many significant decimal digits, half to even."""
    unit = Fraction(10) ** (_magnitude(value) - digits + 1)
    return round(value / unit) * unit


def _decimal(value: Fraction) -> str:
    """Return an exact decimal fraction without an exponent."""
    # The denominator is made of twos and fives.
    twos = (value.denominator & -value.denominator).bit_length() - 1
    decimals = max(twos, round(math.log(value.denominator >> twos, 5)))
    digits = _digits((value * 10**decimals).numerator).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{whole}.{fraction}" if fraction else whole
