"""Operands → the results of operators and of the steps of a traversal."""

from collections.abc import Callable
from itertools import product
from math import inf

from ecbackup_iac.hcl.literal_text import normalized
from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.hidden import placeholder_of
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.values.arithmetic import (
    UndefinedResultError,
    added,
    charge_operand,
    divided,
    multiplied,
    negated,
    remainder,
    subtracted,
)
from ecbackup_iac.terraform.values.context import evaluation_context, record_rejection
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.equality import equal
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.outcomes import bounds, map_outcomes, one_of, without_null
from ecbackup_iac.terraform.values.steps import Key
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    ObjectOf,
    Primitive,
    SetOf,
    TupleOf,
    Type,
    type_name,
)
from ecbackup_iac.terraform.values.value import (
    Assumption,
    LazyMembers,
    Outcome,
    Plans,
    UnknownRaw,
    Value,
    boolean,
    number,
)


def unary(operator: str, operand: Value) -> Value:
    """Return the result of `-` or `!`."""
    kind = NUMBER if operator == "-" else BOOL
    value = _operand(operator, operand, kind)

    def apply(known: Value) -> Value:
        return number(negated(_number(known))) if kind == NUMBER else boolean(known.raw is False)

    return map_outcomes(apply, value, kind=kind, is_total=True).with_marks_of(operand)


def decides(operator: str, left: Value) -> bool:
    """Whether the first operand of `&&` or `||` gives the result, whatever the second one is."""
    return (operator == "&&" and left.raw is False) or (operator == "||" and left.raw is True)


def binary(operator: str, left: Value, right: Value) -> Value:
    """Return the result of an operator of two operands; `&&` and `||` need both, as Terraform 1.11 does.

    Raises EvaluationError: an operand is null or of a wrong type, or the result is undefined.
    """
    if operator == "==":
        return equal(left, right)
    if operator == "!=":
        return unary("!", equal(left, right)).with_marks_of(left, right)
    if operator in ("&&", "||"):
        return _logical(operator, left, right)
    apply, kind = _ARITHMETIC[operator]
    operands = (_operand(operator, left, NUMBER), _operand(operator, right, NUMBER))

    def computed(a: Value, b: Value) -> Value:
        try:
            result = apply(_number(a), _number(b))
        except UndefinedResultError as error:
            raise EvaluationError(f"Operation failed: {error}") from None
        return boolean(result) if isinstance(result, bool) else number(result)

    answers = {apply(*ends) for ends in product(*map(_ends, operands))} if kind == BOOL else set()
    if len(answers) == 1:
        return boolean(True in answers).with_marks_of(left, right)
    result = map_outcomes(computed, *operands, kind=kind, is_total=kind == BOOL)
    return result.with_marks_of(left, right)


def _ends(operand: Value) -> tuple[Number, Number]:
    """Return the least and the greatest number that an operand can be."""
    least, greatest = bounds(operand)
    return -inf if least is None else least, inf if greatest is None else greatest


def _logical(operator: str, left: Value, right: Value) -> Value:
    first, second = (_operand(operator, side, BOOL) for side in (left, right))
    deciding = operator == "||"  # the operand that decides without the other

    def apply(a: Value, b: Value) -> Value:
        both = a.raw is True and b.raw is True
        either = a.raw is True or b.raw is True
        return boolean(either if operator == "||" else both)

    for known, opposite in ((first, second), (second, first)):
        if known.raw is deciding and not opposite.is_known:
            # Terraform 1.11 calls it unknown at plan; every value it can take gives this.
            result = boolean(deciding).with_marks_of(left, right)
            is_unknown = opposite.unknown.is_deferred and not evaluation_context().short_circuits
            return replace(result, unknown_to=Plans.SOME) if is_unknown else result
    result = map_outcomes(apply, first, second, kind=BOOL, is_total=True)
    return result.with_marks_of(left, right)


_ARITHMETIC: dict[str, tuple[Callable[[Number, Number], Number | bool], Type]] = {
    "+": (added, NUMBER),
    "-": (subtracted, NUMBER),
    "*": (multiplied, NUMBER),
    "/": (divided, NUMBER),
    "%": (remainder, NUMBER),
    "<": (lambda a, b: a < b, BOOL),
    "<=": (lambda a, b: a <= b, BOOL),
    ">": (lambda a, b: a > b, BOOL),
    ">=": (lambda a, b: a >= b, BOOL),
}


def _operand(operator: str, value: Value, kind: Type) -> Value:
    try:
        operand = converted(value, kind)
    except EvaluationError as error:
        raise error.prefixed(f"Invalid operand for {operator}: ") from error
    raw = operand.raw
    if isinstance(raw, UnknownRaw) and not raw.outcomes:
        if not raw.is_not_null and not raw.is_deferred:
            record_rejection()  # it may be null
        return operand
    return without_null(operand, f"Invalid operand for {operator}: it is null", kind)


def _number(value: Value) -> Number:
    if isinstance(value.raw, Number):
        charge_operand(value.raw)
        return value.raw
    raise EvaluationError("a number is required")


def attribute(of: Value, name: str) -> Value:
    """Return an attribute of an object, or an element of a map: `of.name`.

    Raises EvaluationError: `of` has no such attribute, is null, or is neither an object nor a map.
    """
    if isinstance(of.raw, UnknownRaw):
        kind = _attribute_type(of.type, name)  # a plan sees the type of what it does not know
        if not of.raw.outcomes:
            return _part_of_unknown(of, kind)
    return map_outcomes(lambda known: _attribute(known, name), of).with_marks_of(of)


def _part_of_unknown(of: Value, kind: Type) -> Value:
    """Return an element or attribute of an unknown value, as far as its type is known."""
    raw = of.unknown
    if not raw.is_deferred:
        record_rejection()  # the whole may be null, or have no such element
    part = UnknownRaw(raw.why, is_deferred=raw.is_deferred)
    return Value(kind, part, of.trace).with_marks_of(of)


def _attribute_type(kind: Type, name: str) -> Type:
    """Return the type of an attribute of any value of a type. Raises EvaluationError."""
    match kind:
        case MapOf(element=element):
            return element
        case ObjectOf(attributes=attributes) if attributes:
            found = kind.attribute(name)
            if found is None:
                raise _no_attribute(name)
            return found
        case ObjectOf() | Primitive(name="dynamic"):
            return DYNAMIC
        case _:
            raise _without_attributes(kind)


def _element_type(kind: Type, key: Value) -> Type:
    """Return the type of an element of any value of a type. Raises EvaluationError."""
    match kind:
        case ListOf(element=element) | MapOf(element=element):
            if key.is_known:
                _key(key, STRING if isinstance(kind, MapOf) else NUMBER)
            return element
        case ObjectOf() if isinstance(key.raw, str):
            return _attribute_type(kind, key.raw)
        case TupleOf(elements=elements) if isinstance(key.raw, int):
            if not 0 <= key.raw < len(elements):
                raise EvaluationError("Invalid index: no element with that index")
            return elements[key.raw]
        case Primitive(name="dynamic") | ObjectOf() | TupleOf():
            return DYNAMIC
        case SetOf():
            raise EvaluationError("Invalid index: elements of a set have no index")
        case _:
            raise EvaluationError(
                f"Invalid index: this value is {_with_article(kind)}, without elements"
            )


def _without_attributes(kind: Type) -> EvaluationError:
    return EvaluationError(
        f"Unsupported attribute: this value is {_with_article(kind)}, without attributes"
    )


def _no_attribute(name: str) -> EvaluationError:
    return error_quoting(
        "Unsupported attribute: no attribute {}", f'named "{name}"', "of that name"
    )


def _attribute(of: Value, name: str) -> Value:
    if of.is_null:
        raise EvaluationError("Attempt to get attribute from null value")
    if not isinstance(of.type, ObjectOf | MapOf):
        raise _without_attributes(of.type)
    if not name.isascii() and name not in of.members:
        name = normalized(name)  # strings have this form, names need not
    if name not in of.members:
        if isinstance(of.type, MapOf):
            text = "Missing map element: no element with {}"
            raise error_quoting(text, f'the key "{name}"', "that key")
        raise _no_attribute(name)
    return of.members[name].taken_from(of, name)


def index(of: Value, key: Value, subject: str = "") -> Value:
    """Return an element, `of[key]`; `subject` is how the key is written.

    An unknown key gives every element as an outcome.

    Raises EvaluationError: there is no such element, or the key is of a wrong type.
    """
    if of.is_known and not of.is_null and not key.is_listed:
        return _any_element(of, key, subject)
    if isinstance(of.raw, UnknownRaw):
        kind = _element_type(of.type, key)
        if not of.raw.outcomes:
            return _part_of_unknown(of, kind).with_marks_of(key)
    try:
        found = map_outcomes(_index, of, key).with_marks_of(of)
        # Terraform does not call an object's attribute sensitive because its name is.
        return found if isinstance(of.type, ObjectOf) else found.chosen_by(key)
    except EvaluationError as error:
        if key.is_sensitive:
            raise EvaluationError("Invalid index: no element with that sensitive key") from None
        if key.privacy:
            raise error.redacted() from None
        raise


def _any_element(of: Value, key: Value, subject: str) -> Value:
    raw = key.unknown
    if isinstance(of.raw, LazyMembers):
        return Value(DYNAMIC, UnknownRaw(raw.why, is_deferred=raw.is_deferred))
    if isinstance(of.type, SetOf) or not isinstance(of.raw, tuple | dict):
        _index(of, key)
    if not of.elements:
        raise EvaluationError("Invalid index: the collection is empty")
    record_rejection(is_deferred=raw.is_deferred)  # the key may be none of these
    elements = possible_elements(of, subject, is_hidden=of.is_hidden or key.is_hidden)
    found = one_of(elements, raw.why, is_deferred=raw.is_deferred)
    return found.taken_from(of).with_marks_of(of, key)


def possible_elements(of: Value, subject: str, *, is_hidden: bool = False) -> list[Outcome]:
    """Return the elements of a known collection, each on condition of its key; `subject` is the key's text.

    Where `is_hidden` is set, no key is shown.
    """
    if isinstance(of.raw, tuple):
        keys = [str(position) for position in range(len(of.raw))]
    elif is_hidden:
        keys = [placeholder_of(name) for name in of.members]
    else:
        keys = [f'"{name}"' for name in of.members]
    return [
        Outcome(element, (Assumption(subject, key),) if subject else ())
        for key, element in zip(keys, of.elements, strict=True)
    ]


def _index(of: Value, key: Value) -> Value:
    if of.is_null:
        raise EvaluationError("Attempt to index null value")
    match of.type:
        case MapOf() | ObjectOf():
            name = _key(key, STRING)
            if name.raw not in of.members:
                text = "Invalid index: no element with {}"
                raise error_quoting(text, f'the key "{name.raw}"', "that key")
            return of.members[str(name.raw)].taken_from(of, _shown_key(key))
        case ListOf() | TupleOf():
            position = _key(key, NUMBER).raw or 0  # negative zero is zero
            if not isinstance(position, int) or not 0 <= position < len(of.elements):
                raise EvaluationError("Invalid index: no element with that index")
            return of.elements[position].taken_from(of, _shown_key(key))
        case SetOf():
            raise EvaluationError("Invalid index: elements of a set have no index")
        case _:
            raise EvaluationError(
                f"Invalid index: this value is {_with_article(of.type)}, without elements"
            )


def _shown_key(key: Value) -> Key:
    """Return a key as the trace of an element may show it."""
    return key.raw if isinstance(key.raw, str | int) and not key.is_hidden_key else None


def _key(key: Value, kind: Type) -> Value:
    if key.is_null:
        raise EvaluationError("Invalid index: the key is null")
    try:
        return converted(key, kind)
    except EvaluationError as error:
        raise EvaluationError(f"Invalid index: {error.message}") from error


def _with_article(kind: Type) -> str:
    return "any value" if kind == DYNAMIC else f"a {type_name(kind)}"
