"""Operands → the results of operators and of the steps of a traversal."""

from collections.abc import Callable
from fractions import Fraction

from ecbackup_iac.hcl.number import Number, plain, rounded
from ecbackup_iac.model.hidden import hidden
from ecbackup_iac.terraform.values.budget import charge_number
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.equality import equal
from ecbackup_iac.terraform.values.outcomes import map_outcomes, one_of
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
    Type,
    type_name,
)
from ecbackup_iac.terraform.values.value import (
    Assumption,
    EvaluationError,
    OpenMembers,
    Possibility,
    UnknownRaw,
    Value,
    boolean,
    number,
)

MAX_BITS = 100_000
"""A larger result is refused: no configuration in use has one."""


def unary(operator: str, operand: Value) -> Value:
    """Return the result of `-` or `!`."""
    kind = NUMBER if operator == "-" else BOOL
    value = _operand(operator, operand, kind)

    def apply(settled: Value) -> Value:
        return number(-_number(settled)) if kind == NUMBER else boolean(settled.raw is False)

    return map_outcomes(apply, value, kind=kind).with_marks_of(operand)


def binary(operator: str, left: Value, right: Value) -> Value:
    """Return the result of an operator of two operands; `&&` and `||` need both, as Terraform 1.11 does.

    Raises:
        EvaluationError: an operand is null or of a wrong type, or the division is by zero.

    """
    if operator == "==":
        return equal(left, right)
    if operator == "!=":
        return unary("!", equal(left, right)).with_marks_of(left, right)
    if operator in ("&&", "||"):
        return _logical(operator, left, right)
    if operator == "/" and isinstance(right.raw, int | str) and _is_zero(right):
        return _by_zero(left).with_marks_of(left, right)
    apply, kind = _ARITHMETIC[operator]
    operands = (_operand(operator, left, NUMBER), _operand(operator, right, NUMBER))
    result = map_outcomes(lambda a, b: _value(apply(_number(a), _number(b))), *operands, kind=kind)
    return result.with_marks_of(left, right)


def _is_zero(value: Value) -> bool:
    return not isinstance(value.raw, bool) and converted(value, NUMBER).raw == 0


def _by_zero(left: Value) -> Value:
    """Return a division by zero: infinity, with which Terraform computes and which no resource accepts."""
    dividend = _operand("/", left, NUMBER)
    if dividend.raw == 0:
        raise EvaluationError("Division by zero")
    return Value(NUMBER, UnknownRaw("a division by zero is infinite"))


def _logical(operator: str, left: Value, right: Value) -> Value:
    first, second = (_operand(operator, side, BOOL) for side in (left, right))
    decides = operator == "||"  # the operand that settles the answer alone

    def apply(a: Value, b: Value) -> Value:
        both = a.raw is True and b.raw is True
        either = a.raw is True or b.raw is True
        return boolean(either if operator == "||" else both)

    for known, opposite in ((first, second), (second, first)):
        if known.raw is decides and not opposite.is_known:
            # Terraform 1.11 calls it unknown at plan; every value it can take gives this.
            return boolean(decides).with_marks_of(left, right)
    return map_outcomes(apply, first, second, kind=BOOL).with_marks_of(left, right)


def _value(result: Number | bool) -> Value:  # noqa: FBT001 - either may come out
    return boolean(result) if isinstance(result, bool) else number(rounded(plain(result)))


def _divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise EvaluationError("Division by zero")
    return Fraction(a) / Fraction(b)


def _remainder(a: Number, b: Number) -> Number:
    if b == 0:
        return a
    quotient = Fraction(a) / Fraction(b)
    truncated = abs(quotient.numerator) // quotient.denominator
    return a - b * (truncated if quotient >= 0 else -truncated)


_ARITHMETIC: dict[str, tuple[Callable[[Number, Number], Number | bool], Type]] = {
    "+": (lambda a, b: a + b, NUMBER),
    "-": (lambda a, b: a - b, NUMBER),
    "*": (lambda a, b: a * b, NUMBER),
    "/": (_divide, NUMBER),
    "%": (_remainder, NUMBER),
    "<": (lambda a, b: a < b, BOOL),
    "<=": (lambda a, b: a <= b, BOOL),
    ">": (lambda a, b: a > b, BOOL),
    ">=": (lambda a, b: a >= b, BOOL),
}


def _operand(operator: str, value: Value, kind: Type) -> Value:
    try:
        operand = converted(value, kind)
    except EvaluationError as error:
        text, bare = (f"Invalid operand for {operator}: {t}" for t in (error.message, error.bare))
        raise EvaluationError(text, bare=bare) from error
    if operand.is_null:
        raise EvaluationError(f"Invalid operand for {operator}: it is null")
    if isinstance(operand.raw, UnknownRaw) and operand.raw.outcomes:
        return map_outcomes(_not_null(operator), operand, kind=kind)
    return operand


def _not_null(operator: str) -> Callable[[Value], Value]:
    def apply(settled: Value) -> Value:
        if settled.is_null:
            raise EvaluationError(f"Invalid operand for {operator}: it is null")
        return settled

    return apply


def _number(value: Value) -> Number:
    if isinstance(value.raw, int | Fraction):
        charge_number(value.raw.numerator.bit_length() + value.raw.denominator.bit_length())
        return value.raw
    raise EvaluationError("a number is required")


def attribute(of: Value, name: str) -> Value:
    """Return an attribute of an object, or an element of a map: `of.name`.

    Raises:
        EvaluationError: there is none, or `of` is null or no such thing.

    """
    return map_outcomes(lambda settled: _attribute(settled, name), of).with_marks_of(of)


def _attribute(of: Value, name: str) -> Value:
    if of.is_null:
        raise EvaluationError("Attempt to get attribute from null value")
    if not isinstance(of.type, ObjectOf | MapOf):
        raise EvaluationError(
            f"Unsupported attribute: this value is {_a(of.type)}, without attributes"
        )
    if not name.isascii() and name not in of.members:
        import unicodedata  # what most runs do without

        name = unicodedata.normalize("NFC", name)  # texts are kept so, names as they are written
    if name not in of.members:
        if isinstance(of.type, MapOf):
            text, bare = f'no element with the key "{name}"', "no element with that key"
            raise EvaluationError(
                f"Missing map element: {text}", bare=f"Missing map element: {bare}"
            )
        text, bare = f'no attribute named "{name}"', "no attribute of that name"
        raise EvaluationError(
            f"Unsupported attribute: {text}", bare=f"Unsupported attribute: {bare}"
        )
    return of.members[name].through(*of.trace)


def index(of: Value, key: Value, subject: str = "") -> Value:
    """Return an element, `of[key]`; `subject` is how the key is written.

    An unknown key gives every element as an outcome.

    Raises:
        EvaluationError: there is no such element, or the key is of a wrong type.

    """
    if of.is_known and not of.is_null and not key.is_known and not key.unknown.outcomes:
        return _any_element(of, key, subject)
    try:
        return map_outcomes(_index, of, key).with_marks_of(of, key)
    except EvaluationError as error:
        if key.is_sensitive:
            raise EvaluationError("Invalid index: no element with that sensitive key") from None
        if key.privacy:
            raise error.redacted() from None
        raise


def _any_element(of: Value, key: Value, subject: str) -> Value:
    raw = key.unknown
    if isinstance(of.raw, OpenMembers):
        return Value(DYNAMIC, UnknownRaw(raw.why, is_deferred=raw.is_deferred))
    if isinstance(of.type, SetOf) or not isinstance(of.raw, tuple | dict):
        _index(of, key)
    if not of.elements:
        raise EvaluationError("Invalid index: the collection is empty")
    record_rejection()  # the key may be none of these
    elements = possible_elements(of, subject, is_hidden=of.is_hidden or key.is_hidden)
    found = one_of(elements, raw.why, is_deferred=raw.is_deferred)
    return found.through(*of.trace).with_marks_of(of, key)


def possible_elements(of: Value, subject: str, *, is_hidden: bool = False) -> list[Possibility]:
    """Return the elements of a known collection, each on condition of its key; `subject` is the key's text.

    Where `is_hidden` is set, no key is shown.
    """
    if isinstance(of.raw, tuple):
        keys = [str(position) for position in range(len(of.raw))]
    elif is_hidden:
        keys = [hidden(name) for name in of.members]
    else:
        keys = [f'"{name}"' for name in of.members]
    return [
        Possibility(element, (Assumption(subject, key),) if subject else ())
        for key, element in zip(keys, of.elements, strict=True)
    ]


def _index(of: Value, key: Value) -> Value:
    if of.is_null:
        raise EvaluationError("Attempt to index null value")
    match of.type:
        case MapOf() | ObjectOf():
            name = _key(key, STRING)
            if name.raw not in of.members:
                text = f'Invalid index: no element with the key "{name.raw}"'
                raise EvaluationError(text, bare="Invalid index: no element with that key")
            return of.members[str(name.raw)].through(*of.trace)
        case ListOf() | TupleOf():
            position = _key(key, NUMBER).raw
            if not isinstance(position, int) or not 0 <= position < len(of.elements):
                raise EvaluationError("Invalid index: no element with that index")
            return of.elements[position].through(*of.trace)
        case SetOf():
            raise EvaluationError("Invalid index: elements of a set have no index")
        case _:
            raise EvaluationError(f"Invalid index: this value is {_a(of.type)}, without elements")


def _key(key: Value, kind: Type) -> Value:
    if key.is_null:
        raise EvaluationError("Invalid index: the key is null")
    try:
        return converted(key, kind)
    except EvaluationError as error:
        raise EvaluationError(f"Invalid index: {error.message}") from error


def _a(kind: Type) -> str:
    return "any value" if kind == DYNAMIC else f"a {type_name(kind)}"
