"""The functions that query collections or select from them."""

from functools import reduce

from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.functions.arguments import (
    elements_of,
    has_type_only_plan_knows,
    members_of,
    number_of,
    record_possible_null,
    strings_of,
    text_of,
    whole_number,
)
from ecbackup_iac.terraform.functions.go.graphemes import grapheme_count
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.arithmetic import UndefinedResultError, added, charge_operand
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.conversion import converted, expand_outcomes, perhaps_text
from ecbackup_iac.terraform.values.equality import equal
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.marks import with_all_marks_of
from ecbackup_iac.terraform.values.outcomes import identity, map_outcomes, one_of
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
    has_dynamic,
    is_mapping,
    is_sequence,
    unified,
)
from ecbackup_iac.terraform.values.value import (
    Outcome,
    Plans,
    UnknownRaw,
    Value,
    boolean,
    count_value,
    null,
    number,
    string,
    tuple_value,
)


def _length(value: Value) -> Value:
    if not value.is_known and value.type not in (NUMBER, BOOL):
        return _length_of_unknown(value)
    if isinstance(value.raw, str):
        return count_value(grapheme_count(text_of(value)))
    if is_mapping(value.type):
        return count_value(len(members_of(value)))
    if is_sequence(value.type):
        return count_value(len(value.elements))
    raise EvaluationError("argument must be a string, a collection type, or a structural type")


def _length_of_unknown(value: Value) -> Value:
    raw = value.unknown
    size = _fixed_size(value.type)
    if raw.outcomes:
        return map_outcomes(_length, value, kind=NUMBER)
    record_possible_null(value)
    if size is not None:
        return count_value(size)
    least = max(raw.minimum or 0, grapheme_count(raw.prefix))
    bounded = UnknownRaw(
        raw.why, (), least, raw.maximum, is_deferred=raw.is_deferred, is_not_null=True
    )
    return Value(NUMBER, bounded)


def _fixed_size(kind: Type) -> int | None:
    """Return how many elements every value of a type has; a type without attributes may be a resource's."""
    match kind:
        case TupleOf(elements=elements):
            return len(elements)
        case ObjectOf(attributes=attributes) if attributes:
            return len(attributes)
        case _:
            return None


def _keys(of: Value) -> Value:
    if not of.is_known:
        if of.unknown.outcomes or not isinstance(of.type, ObjectOf) or not of.type.attributes:
            return map_outcomes(_keys, of)
        record_possible_null(of)
        return tuple_value(string(name) for name, _ in of.type.attributes)
    if not is_mapping(of.type):
        raise EvaluationError("a map or an object is required")
    names = tuple(string(name).taken_from(of) for name in sorted(members_of(of)))
    return Value(ListOf(STRING), names) if isinstance(of.type, MapOf) else tuple_value(names)


def _values(of: Value) -> Value:
    elements = tuple(members_of(of).values())
    if isinstance(of.type, MapOf):
        return Value(ListOf(of.type.element), elements)
    return tuple_value(elements)


def _element(of: Value, position: Value) -> Value:
    elements = elements_of(of)
    if not elements:
        raise EvaluationError("cannot use element function with an empty list")
    if position.is_known:
        chosen = whole_number(position, "index")
        if chosen < 0 and isinstance(of.type, TupleOf) and chosen % len(elements):
            raise EvaluationError("cannot use element function with a negative index on a tuple")
        return elements[chosen % len(elements)]
    if position.unknown.outcomes:
        return map_outcomes(lambda known: _element(of, known), position)
    record_rejection()  # it may be negative
    raw = position.unknown
    return one_of([Outcome(e) for e in elements], raw.why, is_deferred=raw.is_deferred)


def _lookup(of: Value, key: Value, *rest: Value) -> Value:
    if len(rest) > 1:
        raise EvaluationError("lookup() takes two or three arguments")
    default = rest[0] if rest else None
    if default is not None:
        default = default_of(of, default)
    if key.is_known:
        return _looked_up(of, key, default).with_marks_of(of).chosen_by(key)
    if key.unknown.outcomes:
        return map_outcomes(lambda known: _lookup(of, known, *rest), key).with_marks_of(of, key)
    if default is None:
        record_rejection()  # the key may be none of these
    record_possible_null(key)
    choices = [*members_of(of).values(), *([default] if default is not None else [])]
    if not choices:
        raise EvaluationError("lookup failed to find the key")
    raw = key.unknown
    found = one_of([Outcome(choice) for choice in choices], raw.why, is_deferred=raw.is_deferred)
    return found.with_marks_of(of, key, *choices)


def default_of(of: Value, default: Value) -> Value:
    """Return the default of a lookup as the type of a map's elements.

    Raises EvaluationError: it cannot become one of that type.
    """
    if not isinstance(of.type, MapOf):
        return default
    try:
        converted_default = converted(default, of.type.element)
    except EvaluationError as error:
        raise EvaluationError(
            "the default value must have the same type as the map elements"
        ) from error
    if not has_type_only_plan_knows(of):
        return converted_default
    record_rejection()  # it may be of another kind than the elements
    return perhaps_text(default)


def _looked_up(of: Value, key: Value, default: Value | None) -> Value:
    if key.is_null:
        raise EvaluationError("the key must not be null")
    name = str(key.raw)
    if name in of.members:  # a resource has every member, for all that is known
        return of.members[name].taken_from(of, None if key.is_hidden_key else name)
    if default is None:
        raise error_quoting("lookup failed to find {}", f'key "{name}"', "the key")
    return default


def _contains(within: Value, wanted: Value) -> Value:
    record_possible_null(wanted)
    answers = [equal(element, wanted) for element in within.elements]
    is_found = any(answer.raw is True for answer in answers)
    if is_found or all(answer.raw is False for answer in answers):
        is_unknown = isinstance(wanted.raw, UnknownRaw) and wanted.raw.is_deferred
        unknown_to = Plans.SOME if is_unknown else Plans.NONE
        result = replace(boolean(is_found), unknown_to=unknown_to)
    else:
        result = map_outcomes(
            _contains_known, expand_outcomes(within), expand_outcomes(wanted), kind=BOOL
        )
    return with_all_marks_of(result, within, wanted)


def _contains_known(within: Value, wanted: Value) -> Value:
    if wanted.is_null:
        raise EvaluationError("the value must not be null")
    return boolean(any(equal(element, wanted).raw is True for element in within.elements))


def _index(within: Value, wanted: Value) -> Value:
    if not within.elements:
        raise EvaluationError("cannot search an empty list")
    for position, element in enumerate(within.elements):
        is_here = equal(element, wanted)
        if is_here.raw is True:
            return with_all_marks_of(count_value(position), within, wanted)
        if not is_here.is_known:
            return map_outcomes(
                _index, expand_outcomes(within), expand_outcomes(wanted), kind=NUMBER
            )
    raise EvaluationError("item not found")


def _alltrue(within: Value) -> Value:
    return with_all_marks_of(_all_are(within, wanted=True), within)


def _anytrue(within: Value) -> Value:
    no = _all_are(within, wanted=False)
    result = map_outcomes(lambda answer: boolean(answer.raw is False), no, kind=BOOL)
    return with_all_marks_of(result, within)


def _all_are(within: Value, *, wanted: bool) -> Value:
    """Whether all elements are true, or none is; null is not true."""
    decided = [element for element in within.elements if element.is_known]
    is_refuted = any((element.raw is True) is not wanted for element in decided)
    if is_refuted or len(decided) == len(within.elements):
        return boolean(not is_refuted)
    return map_outcomes(
        lambda known: _all_are(known, wanted=wanted), expand_outcomes(within), kind=BOOL
    )


def _one(of: Value) -> Value:
    if len(of.elements) > 1:
        raise EvaluationError("it must have either zero or one elements")
    if of.elements:
        return elements_of(of)[0]
    return null(of.type.element if isinstance(of.type, ListOf | SetOf) else DYNAMIC)


def _matchkeys(values: Value, keys: Value, wanted: Value) -> Value:
    kind = unified([keys.type, wanted.type])
    if kind is None:
        raise EvaluationError("keys and searchset must be of the same type")
    if len(values.elements) != len(keys.elements):
        raise EvaluationError("length of keys and values should be equal")
    result = map_outcomes(_matched, *map(expand_outcomes, (values, keys, wanted)))
    return with_all_marks_of(result, values, keys, wanted)


def _matched(values: Value, keys: Value, wanted: Value) -> Value:
    kind = unified([keys.type, wanted.type])
    if kind is not None and not has_dynamic(kind):
        keys, wanted = converted(keys, kind), converted(wanted, kind)
    searched = {_key(key) for key in elements_of(wanted)}
    found = tuple(
        value
        for value, key in zip(elements_of(values), elements_of(keys), strict=True)
        if _key(key) in searched
    )
    return replace(values, raw=found, trace=())


def _key(value: Value) -> object:
    return None if value.is_null else identity(value)  # nulls of different types are equal


def _sum(of: Value) -> Value:
    if not of.elements:
        raise EvaluationError("cannot sum an empty list")
    terms = [number_of(converted(element, NUMBER)) for element in elements_of(of)]
    for term in terms:
        charge_operand(term)
    try:
        return number(reduce(added, terms))
    except UndefinedResultError as error:
        raise EvaluationError(str(error)) from error


def _sort(of: Value) -> Value:
    found = strings_of(of)
    if None in found:
        raise EvaluationError("a null string cannot be sorted")
    ordered = sorted(of.elements, key=lambda element: str(element.raw))
    return Value(ListOf(STRING), tuple(element.taken_from(of) for element in ordered))


def _removed(name: str, syntax: str) -> Function:
    def implementation(*_: Value) -> Value:
        raise EvaluationError(
            f'the "{name}" function was deprecated in Terraform v0.12 and is no longer available; '
            f"use {syntax} syntax to write a literal {name}"
        )

    return function(f"{name}(...vals: any | null | unknown)", implementation)


FUNCTIONS: tuple[Function, ...] = (
    function("alltrue(list: list of bool | elements): bool", _alltrue),
    function("anytrue(list: list of bool | elements): bool", _anytrue),
    function("contains(list: sequence | elements | late, value: any | unknown): bool", _contains),
    function("element(list: list or tuple | elements, index: number | unknown)", _element),
    function("index(list: list or tuple | elements | late, value: any): number", _index),
    function("keys(inputMap: map or object | unknown | elements)", _keys),
    function("length(value: any | unknown | elements): number", _length),
    _removed("list", "tolist([ ... ])"),
    function(
        "lookup(inputMap: map or object | elements, key: string | unknown, "
        "...default: any | null | unknown | elements)",
        _lookup,
        keeps_marks=False,
    ),
    _removed("map", "tomap({ ... })"),
    function(
        "matchkeys(values: list of any | elements, keys: list of any | elements, "
        "searchset: list of any | elements)",
        _matchkeys,
    ),
    function("one(list: sequence | elements)", _one),
    function("sort(list: list of string): list of string", _sort),
    function("sum(list: sequence | late): number", _sum),
    function("values(values: map or object | elements)", _values),
)
