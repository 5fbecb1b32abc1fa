"""Functions that make a list, a set, a map or an object of others; elements pass through as they are."""

from collections.abc import Callable
from itertools import product

from ecbackup_iac.terraform.functions.arguments import (
    check_element_count,
    elements_of,
    is_list,
    members_of,
    number_of,
    strings_of,
    whole_number,
)
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.arithmetic import (
    COUNT_PRECISION,
    added,
    charge_operand,
    with_precision,
)
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.conversion import converted, expand_outcomes
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import identity, map_outcomes
from ecbackup_iac.terraform.values.sets import set_of
from ecbackup_iac.terraform.values.type_system import (
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    SetOf,
    TupleOf,
    Type,
    is_sequence,
    unified,
)
from ecbackup_iac.terraform.values.value import Value, number, object_value, string, tuple_value

MAX_IN_RANGE = 1024
_STEPS_PER_NUMBER = 2  # of a range
_STEPS_OF_AN_ELEMENT = 6  # of a set operation: it is looked for in every set


def _chunklist(of: Value, size: Value) -> Value:
    length = whole_number(size, "size")
    if length < 0:
        raise EvaluationError("the size argument must be positive")
    elements = elements_of(of)
    steps = range(0, len(elements), length or len(elements) or 1)
    chunks = tuple(Value(of.type, elements[start : start + steps.step]) for start in steps)
    return Value(ListOf(of.type), chunks)


def _compact(of: Value) -> Value:
    kept = [text for text in strings_of(of) if text]
    return Value(ListOf(STRING), tuple(string(text) for text in kept))


def _concat(*lists: Value) -> Value:
    if not lists:
        raise EvaluationError("at least one argument is required")
    check_element_count(sum(len(sequence.elements) for sequence in lists))
    if all(isinstance(sequence.type, ListOf) for sequence in lists):
        kind = unified([sequence.type for sequence in lists])
        if isinstance(kind, ListOf):
            converted_lists = (converted(sequence, kind) for sequence in lists)
            return Value(
                kind, tuple(e for sequence in converted_lists for e in elements_of(sequence))
            )
    return tuple_value(element for sequence in lists for element in elements_of(sequence))


def _distinct(of: Value) -> Value:
    first: dict[object, Value] = {}
    for element in elements_of(of):
        first.setdefault(identity(element), element)
    return Value(of.type, tuple(first.values()))


def _flatten(of: Value) -> Value:
    inner: list[Value] = [of]
    elements: list[Value] = []
    for element in elements_of(of):
        if _may_be_list(element):
            return _flatten_every_way(of)
        if element.is_known and not element.is_null and is_sequence(element.type):
            flat = _flatten(element)
            if not flat.is_known:
                return _flatten_every_way(of)
            inner.append(flat)
            elements += flat.elements
        else:
            elements.append(element)
        check_element_count(len(elements))
    return tuple_value(elements).with_marks_of(*inner)


def _may_be_list(element: Value) -> bool:
    """Whether it is unknown whether an element is a list, or of how many elements."""
    if element.is_known:
        return False
    raw = element.unknown
    if raw.outcomes:
        return any(is_sequence(outcome.value.type) for outcome in raw.outcomes)
    return is_sequence(element.type) or element.type == DYNAMIC


def _flatten_every_way(of: Value) -> Value:
    """Return flatten of a list with unknown elements, each of which may be a list itself."""
    ways = expand_outcomes(of)
    if ways.is_known or not ways.unknown.outcomes:
        raise UnknownResultError("it is unknown how many elements it has")
    return map_outcomes(_flatten, ways)


def _merge(*maps: Value) -> Value:
    members: dict[str, Value] = {}
    for mapping in maps:
        if not mapping.is_null:
            members |= members_of(mapping)
    kinds = {mapping.type for mapping in maps}
    if len(kinds) == 1 and isinstance(first := maps[0].type, MapOf):
        return Value(first, dict(sorted(members.items())))
    return object_value(members)


def _range(*limits: Value) -> Value:
    if len(limits) not in (1, 2, 3):
        raise EvaluationError("must have one, two, or three arguments")
    numbers = [number_of(limit) for limit in limits]
    start, end = (
        (with_precision(0, COUNT_PRECISION), numbers[0]) if len(numbers) == 1 else numbers[:2]
    )
    default = with_precision(-1 if end < start else 1, COUNT_PRECISION)
    step = numbers[2] if len(numbers) == 3 else default  # noqa: PLR2004 - start, end and step
    if step < 0 and end > start:
        raise EvaluationError("end must be less than start when step is negative")
    if step >= 0 and end < start:
        raise EvaluationError("end must be greater than start when step is positive")
    found: list[Value] = []
    while start > end if step < 0 else start < end:
        if len(found) >= MAX_IN_RANGE:
            raise EvaluationError(f"more than {MAX_IN_RANGE} values were generated")
        charge(_STEPS_PER_NUMBER)
        charge_operand(start)
        found.append(number(start))
        start = added(start, step)
    return Value(ListOf(NUMBER), tuple(found))


def _reverse(of: Value) -> Value:
    elements = elements_of(of)[::-1]
    if isinstance(of.type, ListOf | SetOf):
        return Value(ListOf(of.type.element), elements)
    return tuple_value(elements)


def _of_shared_type(sets: tuple[Value, ...]) -> tuple[list[Value], Type]:
    kinds = [given.type.element for given in sets if isinstance(given.type, SetOf)]
    shared = unified(
        [kind for given, kind in zip(sets, kinds, strict=True) if given.elements or kind != DYNAMIC]
    )
    if shared is None:
        raise EvaluationError("given sets must all have compatible element types")
    return [converted(given, SetOf(shared)) for given in sets], shared


def _set_operation(keep: Callable[[object, list[set[object]]], bool]) -> Callable[..., Value]:
    """Return a set operation of a test: whether an element stays, given which sets contain which elements."""

    def implementation(*arguments: Value) -> Value:
        sets, shared = _of_shared_type(arguments)
        members_of_sets = [{identity(element) for element in given.elements} for given in sets]
        elements = [element for given in sets for element in elements_of(given)]
        charge(_STEPS_OF_AN_ELEMENT * len(elements))
        return set_of((e for e in elements if keep(identity(e), members_of_sets)), shared)

    return implementation


def _setproduct(*arguments: Value) -> Value:
    if len(arguments) < 2:  # noqa: PLR2004 - a product
        raise EvaluationError("at least two arguments are required")
    total = 1
    for argument in arguments:
        total *= len(argument.elements)
    check_element_count(total)
    charge(total * len(arguments))
    uniform = [_uniform(argument) for argument in arguments]
    kinds = [one.type.element for one in uniform if isinstance(one.type, ListOf | SetOf)]
    columns = [
        [element.taken_from(sequence) for element in sequence.elements] for sequence in uniform
    ]
    kind = TupleOf(tuple(kinds))
    rows = tuple(Value(kind, row) for row in product(*columns))
    result = Value(ListOf(kind), rows)
    if all(is_list(argument) for argument in arguments):
        return result
    return converted(result, SetOf(kind)) if rows else Value(SetOf(kind), ())


def _uniform(of: Value) -> Value:
    """Return a tuple as a list of the one type that its elements share."""
    listed = converted(of, ListOf(DYNAMIC)) if isinstance(of.type, TupleOf) else of
    if not listed.is_known:
        raise UnknownResultError(listed.unknown.why)
    return listed


def _slice(of: Value, start: Value, end: Value) -> Value:
    elements = elements_of(of)
    positions = []
    for name, limit in (("start index", start), ("end index", end)):
        position = whole_number(limit, name)
        if position < 0:
            raise EvaluationError(f"{name} must not be less than zero")
        if position > len(elements):
            raise EvaluationError(f"{name} must not be greater than the length of the list")
        positions.append(position)
    first, last = positions
    if first > last:
        raise EvaluationError("start index must not be greater than end index")
    if isinstance(of.type, ListOf):
        return Value(of.type, elements[first:last])
    return tuple_value(elements[first:last])


def _transpose(of: Value) -> Value:
    found: dict[str, list[str]] = {}
    for name, names in members_of(of).items():
        if names.is_null:
            raise EvaluationError("input must not contain null list")
        for text in strings_of(names):
            if text is None:
                raise EvaluationError("input list must not contain null string")
            found.setdefault(text, []).append(name)
    kind = ListOf(STRING)
    members = {
        text: Value(kind, tuple(string(name) for name in sorted(names)))
        for text, names in sorted(found.items())
    }
    return Value(MapOf(kind), members)


def _zipmap(keys: Value, values: Value) -> Value:
    names = strings_of(keys)
    if len(names) != len(values.elements):
        raise EvaluationError(
            f"number of keys ({len(names)}) does not match number of values ({len(values.elements)})"
        )
    members: dict[str, Value] = {}
    for name, value in zip(names, elements_of(values), strict=True):
        if name is None:
            raise EvaluationError("keys list has a null value")
        members[name] = value
    if isinstance(values.type, ListOf):
        return Value(MapOf(values.type.element), dict(sorted(members.items())))
    return object_value(members)


FUNCTIONS: tuple[Function, ...] = (
    function("chunklist(list: list of any | elements, size: number)", _chunklist),
    function("compact(list: list of string): list of string", _compact),
    function("concat(...seqs: list or tuple | elements)", _concat),
    function("distinct(list: list of any)", _distinct),
    function("flatten(list: sequence | elements | late)", _flatten),
    function("merge(...maps: map or object | null | elements)", _merge),
    function("range(...params: number): list of number", _range),
    function("reverse(list: sequence | elements)", _reverse),
    function(
        "setintersection(first_set: set of any, ...other_sets: set of any)",
        _set_operation(
            lambda element, members_of_sets: all(element in members for members in members_of_sets)
        ),
    ),
    function("setproduct(...sets: sequence | elements)", _setproduct),
    function(
        "setsubtract(a: set of any, b: set of any)",
        _set_operation(lambda element, members_of_sets: element not in members_of_sets[1]),
    ),
    function(
        "setunion(first_set: set of any, ...other_sets: set of any)",
        _set_operation(lambda _element, _members_of_sets: True),
    ),
    function(
        "slice(list: list or tuple | elements, start_index: number, end_index: number)", _slice
    ),
    function("transpose(values: map of list of string): map of list of string", _transpose),
    function("zipmap(keys: list of string, values: list or tuple | elements)", _zipmap),
)
