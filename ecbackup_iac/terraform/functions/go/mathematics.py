"""log and pow of 64-bit numbers to the last bit, as Go's math package computes them.

The last bit matters: `ceil(log(243, 3))` is 5 by Go's logarithm, and would be 5 or 6 by others.
The algorithm and constants are FreeBSD's (e_log.c), which Go's documentation names.
"""

import math

from ecbackup_iac.terraform.functions.call_context import UnknownResultError

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_MAX_SHIFT = 1 << 12
_MAX_EXPONENT = 2.0**63


def logarithm(x: float) -> float:
    """Return the natural logarithm; of 0 minus infinity, of a negative number NaN."""
    if x <= 0:
        return -math.inf if x == 0 else math.nan
    fraction, exponent = math.frexp(x)
    if fraction < math.sqrt(2) / 2:
        fraction *= 2
        exponent -= 1
    f, k = fraction - 1, float(exponent)
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (
        6.666666666666735130e-01
        + s4
        * (
            2.857142874366239149e-01
            + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)
        )
    )
    even = s4 * (
        3.999999999940941908e-01 + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01)
    )
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (odd + even)) + k * _LN2_LOW)) - f)


def power(x: float, y: float) -> float:
    """Return x to the power of y; NaN for a root of a negative number.

    Raises UnknownResultError: Go computes it with instructions that not every processor has.
    """
    if y == 0 or x == 1:
        return 1.0
    if y == 1:
        return x
    if x == 0:
        return 0.0 if y > 0 else math.inf
    if abs(y) == 0.5 and x > 0:  # noqa: PLR2004 - the square root
        return math.sqrt(x) if y > 0 else 1 / math.sqrt(x)
    rest, whole = math.modf(abs(y))
    if rest and x < 0:
        return math.nan
    if rest:
        raise UnknownResultError(
            "the last digits of a power with a fraction depend on the processor"
        )
    if whole >= _MAX_EXPONENT:
        if x == -1:
            return 1.0
        return 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    return _multiplied(x, int(whole), is_inverse=y < 0)


def _multiplied(x: float, count: int, *, is_inverse: bool) -> float:
    """Return a power by repeated squares, mantissa and exponent separately."""
    mantissa, exponent = 1.0, 0
    factor, shift = math.frexp(x)
    while count:
        if abs(shift) > _MAX_SHIFT:
            exponent += shift
            break
        if count & 1:
            mantissa *= factor
            exponent += shift
        factor *= factor
        shift <<= 1
        if factor < 0.5:  # noqa: PLR2004 - a mantissa is between a half and 1
            factor += factor
            shift -= 1
        count >>= 1
    if is_inverse:
        mantissa, exponent = 1 / mantissa, -exponent
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(math.inf, mantissa)
