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
MAX_EXPONENT = 1_000  # powers of ten or two; beyond it nothing sensible is meant
MAX_DIGITS = 4_000  # Python itself reads and writes no more than 4300 at a time

_NUMERAL = r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:([eEpP])([+-]?[0-9]+))?"
"""A number as Go's big.Float reads it: after a `p` there is a power of two."""


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
    sign, whole, fraction, letter, exponent = match.groups()
    if len(text) > MAX_DIGITS or abs(power := int(exponent or 0)) > MAX_EXPONENT:
        raise NumberTooLargeError(text[:40])
    factor = (2 if letter in ("p", "P") else 10) ** abs(power)
    digits, scale = int(whole + (fraction or "")), 10 ** len(fraction or "")
    if power < 0:
        value = _nearest(digits, scale * factor, PRECISION)
    else:
        value = _nearest(digits * factor, scale, PRECISION)
    return value if sign != "-" else -value or NEGATIVE_ZERO


def rounded(number: Number, precision: int = PRECISION) -> Number:
    """Return the number rounded to so many bits, half to even; whole results are int."""
    if isinstance(number, float):
        return number
    if isinstance(number, int) and number.bit_length() <= precision:
        return number
    size = _nearest(abs(number.numerator), number.denominator, precision)
    return -size if number < 0 else size


def _nearest(numerator: int, denominator: int, precision: int) -> Number:
    """Return a quotient rounded to so many bits, without looking for common factors, which is slow."""
    if numerator == 0:
        return 0
    shift = numerator.bit_length() - denominator.bit_length() - precision
    numerator, denominator = numerator << max(-shift, 0), denominator << max(shift, 0)
    whole, rest = divmod(numerator, denominator)
    if whole.bit_length() > precision:  # the quotient was at the upper end
        shift, denominator = shift + 1, denominator << 1
        whole, rest = divmod(numerator, denominator)
    whole += (2 * rest, whole & 1) > (denominator, 0)
    return int_if_whole(whole << shift if shift >= 0 else Fraction(whole, 1 << -shift))


def int_if_whole(number: Number) -> Number:
    """Return a whole Fraction as int, anything else as it is."""
    if isinstance(number, Fraction) and number.denominator == 1:
        return number.numerator
    return number
