"""A numeral → the number: binary floating point of 512 bits, as hclsyntax reads it.

A number is an int where it is whole and a Fraction otherwise; every result is rounded to 512 bits,
half to even (zclconf/go-cty uses Go's big.Float with that precision). Negative zero and the two
infinities, which are neither, are floats; no other number is one.
"""

import re
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction | float

NEGATIVE_ZERO = -0.0

PRECISION = 512  # bits
MAX_EXPONENT = 20_000  # powers of ten; beyond it nothing sensible is meant
MAX_DIGITS = 4_000  # Python itself reads and writes no more than 4300 at a time

_NUMERAL = r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?"


class NumberTooLargeError(ArithmeticError):
    """A number that no configuration means, and that would cost time without end."""


def parse_number(text: str) -> Number | None:
    """Return the number that a numeral denotes; None where the text is not a numeral.

    Raises NumberTooLargeError: its exponent is beyond MAX_EXPONENT, or it has over MAX_DIGITS characters.
    """
    if len(text) < MAX_DIGITS and text.isdecimal() and text.isascii():
        return rounded(int(text))
    match = re.fullmatch(_NUMERAL, text)
    if match is None:
        return None
    sign, whole, fraction, exponent = match.groups()
    if len(text) > MAX_DIGITS or abs(power := int(exponent or 0)) > MAX_EXPONENT:
        raise NumberTooLargeError(text[:40])
    digits = int(whole + (fraction or ""))
    power -= len(fraction or "")
    value = Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)
    if value == 0 and sign == "-":
        return NEGATIVE_ZERO
    return rounded(plain(-value if sign == "-" else value))


def rounded(number: Number, precision: int = PRECISION) -> Number:
    """Return the number rounded to so many bits, half to even; whole results are int."""
    if isinstance(number, float):
        return number
    if isinstance(number, int) and number.bit_length() <= precision:
        return number
    exact = Fraction(number)
    shift = abs(exact.numerator).bit_length() - exact.denominator.bit_length() - precision
    unit = Fraction(2) ** shift
    if abs(exact) >= unit * 2**precision:
        unit *= 2
    return plain(round(exact / unit) * unit)


def plain(number: Number) -> Number:
    """Return a whole Fraction as int, anything else as it is."""
    if isinstance(number, Fraction) and number.denominator == 1:
        return number.numerator
    return number
