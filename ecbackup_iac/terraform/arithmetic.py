"""Numbers as Terraform computes them: binary floating point of 512 bits, written in decimal.

A number is an int where it is whole and a Fraction otherwise; every result is rounded to 512 bits,
half to even (zclconf/go-cty uses Go's big.Float with that precision).
"""

import math
import re
from fractions import Fraction
from typing import TypeAlias

from ecbackup_iac.terraform.effort import spend_number

Number: TypeAlias = int | Fraction

PRECISION = 512  # bits
LARGEST_EXPONENT = 20_000  # powers of ten; beyond it nothing sensible is meant
LONGEST_NUMERAL = 4_000  # digits; Python itself reads and writes no more than 4300 at a time

_NUMERAL = re.compile(r"([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)


class Double(Fraction):
    """A number that a function computed in 64 bits: it is written with the digits that mean it there.

    Whatever is computed of it is an ordinary number again.
    """

    __slots__ = ()


class NumberTooLargeError(ArithmeticError):
    """A number that no configuration means, and that would cost time without end."""


def rounded(number: Number) -> Number:
    """Round to 512 bits, half to even; whole results come back as int."""
    if isinstance(number, int) and number.bit_length() <= PRECISION:
        return number
    exact = Fraction(number)
    if exact == 0:
        return 0
    numerator, denominator = abs(exact.numerator), exact.denominator
    shift = numerator.bit_length() - denominator.bit_length() - PRECISION
    scaled = _shifted(numerator, denominator, -shift)
    if scaled >= 1 << PRECISION:  # one bit too many: the quotient was at the upper end
        shift += 1
        scaled = _shifted(numerator, denominator, -shift)
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2):
        whole += 1
    result = Fraction(whole << shift) if shift >= 0 else Fraction(whole, 1 << -shift)
    return plain(result if exact > 0 else -result)


def plain(number: Number) -> Number:
    """Give a whole Fraction as int."""
    if isinstance(number, Fraction) and number.denominator == 1:
        return number.numerator
    return number


def number_from(text: str) -> Number | None:
    """Read a numeral as Terraform converts text to a number; None where it is none.

    Raises:
        NumberTooLargeError: its exponent is beyond reason.

    """
    match = _NUMERAL.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction, exponent = match.groups()
    power = int(exponent or 0)
    if abs(power) > LARGEST_EXPONENT or len(text) > LONGEST_NUMERAL:
        raise NumberTooLargeError(text[:40])
    spend_number(power)
    digits = int(whole + (fraction or ""))
    power -= len(fraction or "")
    value = Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)
    return rounded(plain(-value if sign == "-" else value))


def text_from(number: Number) -> str:
    """Write a number as Terraform converts it to text: the fewest digits that mean this number."""
    if isinstance(number, int) and number.bit_length() <= PRECISION:
        return str(number)
    if isinstance(number, Double):
        sign = "-" if number < 0 else ""
        return sign + _decimal(Fraction(repr(abs(float(number)))))
    negative, value = number < 0, abs(Fraction(number))
    spend_number(value.numerator.bit_length() + value.denominator.bit_length())
    low, high = 1, 400
    while low < high:  # more digits never lie further away
        middle = (low + high) // 2
        if rounded(_with_digits(value, middle)) == value:
            high = middle
        else:
            low = middle + 1
    shown = _decimal(_with_digits(value, low))
    return f"-{shown}" if negative else shown


def _shifted(numerator: int, denominator: int, bits: int) -> Fraction:
    if bits >= 0:
        return Fraction(numerator << bits, denominator)
    return Fraction(numerator, denominator << -bits)


def _digits(number: int) -> str:
    """Write a whole number that is not negative, however large."""
    if number.bit_length() < LONGEST_NUMERAL:
        return str(number)
    half = number.bit_length() * 3 // 20  # about half of its digits
    high, low = divmod(number, 10**half)
    return _digits(high) + _digits(low).rjust(half, "0")


def _magnitude(value: Fraction) -> int:
    """Give the exponent of the first decimal digit: 0 for 1 to 9.99, -1 for 0.1 to 0.99."""
    exponent = len(_digits(value.numerator)) - len(_digits(value.denominator))
    return exponent if value >= Fraction(10) ** exponent else exponent - 1


def _with_digits(value: Fraction, digits: int) -> Fraction:
    """Round to so many significant decimal digits, half to even."""
    unit = Fraction(10) ** (_magnitude(value) - digits + 1)
    return round(value / unit) * unit


def _decimal(value: Fraction) -> str:
    """Write an exact decimal fraction without an exponent."""
    # The denominator is made of twos and fives.
    twos = (value.denominator & -value.denominator).bit_length() - 1
    places = max(twos, round(math.log(value.denominator >> twos, 5)))
    digits = _digits((value * 10**places).numerator).rjust(places + 1, "0")
    whole, fraction = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{whole}.{fraction}" if fraction else whole
