"""A value and a type → the value of that type, as Terraform converts it (zclconf/go-cty, convert)."""

from collections.abc import Mapping, Sequence
from itertools import islice

from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.context import record_possible_rejection, record_rejection
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import MAX_OUTCOMES, combinations, map_outcomes, one_of
from ecbackup_iac.terraform.values.primitives import primitive, requirement
from ecbackup_iac.terraform.values.sets import has_unknown_order, may_coincide, set_of
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
    has_dynamic,
    object_of,
    unified,
    without_optional,
)
from ecbackup_iac.terraform.values.value import (
    Outcome,
    UnknownRaw,
    Value,
    first_unknown,
    has_dynamic_type,
    is_open,
    null,
    object_value,
    tuple_value,
)


def converted(value: Value, target: Type) -> Value:
    """Return a value converted to a type, as by an assignment or a function's parameter does.

    Raises EvaluationError: the value cannot become one of that type; the message says what is required.
    """
    if target in (value.type, DYNAMIC):  # most are the very type
        return value
    if isinstance(value.raw, UnknownRaw):
        return _unknown_converted(value, value.raw, target)
    if value.raw is None:
        if value.type != DYNAMIC and not _may_become(value.type, target):
            raise EvaluationError(requirement(target))
        return replace(value, type=without_optional(target))
    try:
        result = _known(value, target)
    except EvaluationError as error:
        if value.is_hidden:
            raise error.redacted() from None
        raise
    return replace(
        result,
        trace=value.trace,
        is_sensitive=value.is_sensitive or result.is_sensitive,
        literals=value.literals,
        privacy=max(value.privacy, result.privacy),
    )


def _unknown_converted(value: Value, raw: UnknownRaw, target: Type) -> Value:
    if value.type != DYNAMIC and not _may_become(value.type, target):
        raise EvaluationError(requirement(target))
    if raw.outcomes:
        result = map_outcomes(lambda outcome: converted(outcome, target), value, kind=target)
        return replace(result, trace=value.trace)
    # A list, set or map of anything may be one of its type.
    is_form = (
        isinstance(target, ListOf | SetOf | MapOf)
        and target.element == DYNAMIC
        and type(value.type) is type(target)
    )
    is_text = target == STRING and isinstance(value.type, Primitive) and value.type != DYNAMIC
    if not is_text:
        # Some value of its type may not be one of the target's.
        record_possible_rejection(is_deferred=raw.is_deferred)
    return replace(
        value,
        type=value.type if is_form else target,
        raw=raw if target == NUMBER else replace(raw, minimum=None, maximum=None),
    )


def _may_become(kind: Type, target: Type) -> bool:
    """Whether some value of a type could become one of another."""
    if isinstance(kind, Primitive) and isinstance(target, Primitive):
        return {kind, target} != {NUMBER, BOOL}
    if isinstance(target, Primitive):
        return False
    return not isinstance(kind, Primitive) or kind == DYNAMIC


def _known(value: Value, target: Type) -> Value:
    if isinstance(value.raw, tuple | Mapping):
        charge(len(value.raw))
    match target:
        case Primitive():
            return primitive(value, target)
        case ListOf(element=element) | SetOf(element=element):
            return _sequence(value, element, type(target))
        case MapOf(element=element):
            return _map(value, element)
        case TupleOf(elements=kinds):
            return _tuple(value, kinds, target)
        case ObjectOf():
            return _object(value, target)


def _sequence(value: Value, element: Type, collection_type: "type[ListOf | SetOf]") -> Value:
    if not isinstance(value.type, ListOf | SetOf | TupleOf):
        raise EvaluationError(requirement(collection_type(element)))
    if collection_type is ListOf and has_unknown_order(value):
        return _by_outcome(value, collection_type(element))
    found = _collected(value, element, collection_type)
    if isinstance(found, Value):
        return found
    members, element = found
    if collection_type is ListOf:
        return Value(ListOf(element), members)
    if not may_coincide(members):
        return set_of(members, element)
    result = _by_outcome(replace(value, type=ListOf(element), raw=members), SetOf(element))
    if isinstance(result.raw, UnknownRaw) and not result.raw.outcomes:
        return replace(result, raw=replace(result.raw, minimum=1, maximum=len(members)))
    return result


def _collected(
    value: Value, element: Type, collection_type: "type[ListOf | SetOf | MapOf]"
) -> tuple[tuple[Value, ...], Type] | Value:
    """Return the elements of a container as a collection has them, and their type.

    Where something unknown among them decides that type: the collection itself, unknown.
    """
    members, kind = value.elements, value.type
    if not members and element == DYNAMIC and isinstance(kind, ListOf | SetOf | MapOf):
        element = kind.element
    if not has_dynamic(element):
        _check_empty(value, element)
        return _converted_elements(value, element), without_optional(element)
    outcomes = _outcomes_by_type(value)
    if outcomes is not None:
        return _by_outcome(outcomes, collection_type(element))
    found = _of_one_type(members, element, collection_type)
    if found is None:
        inner = next(filter(None, map(first_unknown, members))).unknown
        raw = UnknownRaw(inner.why, is_deferred=inner.is_deferred)
        return replace(value, type=collection_type(element), raw=raw)
    return found[0], without_optional(found[1])


def _converted_elements(value: Value, element: Type) -> tuple[Value, ...]:
    if not isinstance(value.raw, Mapping):
        return tuple(converted(member, element) for member in value.elements)
    members = []
    for name, member in value.raw.items():
        try:
            members.append(converted(member, element))
        except EvaluationError as error:
            raise error.prefixed(f'element "{name}": ', "an element: ") from error
    return tuple(members)


def _outcomes_by_type(value: Value) -> Value | None:
    """Return a container as its outcomes, where something in it is one of several that differ in type."""
    if not any(map(has_dynamic_type, value.elements)):
        return None
    outcomes = expand_outcomes(value)
    return outcomes if outcomes.is_listed else None


def _by_outcome(value: Value, target: Type) -> Value:
    """Return a container converted whose unknown elements decide its type or its size."""
    result = map_outcomes(
        lambda known: converted(known, target), expand_outcomes(value), kind=target
    )
    return replace(result, trace=value.trace)


def _of_one_type(
    members: tuple[Value, ...], element: Type, collection_type: "type[ListOf | SetOf | MapOf]"
) -> tuple[tuple[Value, ...], Type] | None:
    """Return members converted to the type that they share, where the target leaves it open.

    None where something unknown among them decides what that type is.
    """
    if element != DYNAMIC:
        members = tuple(converted(member, element) for member in members)
    if len(members) > 1 and any(map(has_dynamic_type, members)):
        return _of_dynamic_type(members)
    kinds = [member.type for member in members]
    shared = unified(kinds)
    united = () if shared is None else tuple(converted(member, shared) for member in members)
    # What is left open in the shared type, for a null in one of them, has to be the same in all.
    if shared is None or (has_dynamic(shared) and len({member.type for member in united}) > 1):
        name = {ListOf: "list", SetOf: "set", MapOf: "map"}[collection_type]
        raise EvaluationError(f"all {name} elements must have the same type")
    return united, shared


def _of_dynamic_type(members: tuple[Value, ...]) -> tuple[tuple[Value, ...], Type] | None:
    """Return members beside one of unknown type; a number or bool among them may have become text."""
    record_rejection()  # what is unknown may be of another kind than the rest
    kinds = [member.type for member in members if not has_dynamic_type(member)]
    if kinds and all(isinstance(kind, Primitive) for kind in kinds) and unified(kinds) == STRING:
        return tuple(converted(member, STRING) for member in members), STRING
    united = _united(members)
    return None if united is None else (united, DYNAMIC)


def _united(members: tuple[Value, ...]) -> tuple[Value, ...] | None:
    """Return members as one type unites them, of which some are open; None where they decide the type."""
    if not any(map(has_dynamic_type, members)):
        shared = unified([member.type for member in members])
        return members if shared is None else tuple(converted(m, shared) for m in members)
    if all(isinstance(m.type, Primitive) for m in members):
        return tuple(map(perhaps_text, members))
    kinds = {type(member.type) for member in members}
    if not all(isinstance(member.raw, tuple | dict) for member in members):
        return None
    if kinds == {ObjectOf}:
        return _united_parts(members, {tuple(member.members) for member in members}, MapOf)
    if kinds == {TupleOf}:
        return _united_parts(members, {len(member.elements) for member in members}, ListOf)
    if kinds <= {ObjectOf, MapOf} or kinds <= {TupleOf, ListOf}:
        return _united_parts(members, set(), MapOf if MapOf in kinds else ListOf)
    return None


def _united_parts(
    members: tuple[Value, ...], shapes: set[object], collection_type: "type[ListOf | MapOf]"
) -> tuple[Value, ...] | None:
    """Return members with elements unified: by position where all have one shape, else all together."""
    sizes = [len(member.elements) for member in members]
    if len(shapes) == 1:
        columns = [_united(column) for column in zip(*(m.elements for m in members), strict=True)]
        if None in columns:
            return None
        rows = list(zip(*(column for column in columns if column), strict=True)) or [()] * len(
            sizes
        )
    else:
        everything = _united(tuple(element for member in members for element in member.elements))
        if everything is None:
            return None
        rest = iter(everything)
        rows = [tuple(islice(rest, size)) for size in sizes]
    kind = None if len(shapes) == 1 else collection_type(DYNAMIC)
    return tuple(_with_parts(member, row, kind) for member, row in zip(members, rows, strict=True))


def _with_parts(of: Value, parts: tuple[Value, ...], kind: Type | None) -> Value:
    """Return a container with other elements; without a kind it is an object or a tuple."""
    if isinstance(of.raw, Mapping):
        members = dict(zip(of.members, parts, strict=True))
        return _like(of, object_value(members) if kind is None else Value(kind, members))
    return _like(of, tuple_value(parts) if kind is None else Value(kind, parts))


def perhaps_text(value: Value) -> Value:
    """Return a value in which every number and bool may have become text."""
    charge()
    match value.raw:
        case None | str():
            return value
        case UnknownRaw() as raw:
            if raw.outcomes:
                return _like(value, map_outcomes(perhaps_text, value))
            return value if value.type == STRING else replace(value, type=DYNAMIC)
        case tuple() | Mapping():
            if is_open(value):
                return value
            parts = tuple(map(perhaps_text, value.elements))
            if isinstance(value.type, SetOf):
                return _like(value, set_of(parts, DYNAMIC))
            is_fixed = isinstance(value.type, TupleOf | ObjectOf)
            kind = MapOf(DYNAMIC) if isinstance(value.type, MapOf) else ListOf(DYNAMIC)
            return _with_parts(value, parts, None if is_fixed else kind)
        case _:
            outcomes = [Outcome(value), Outcome(converted(value, STRING))]
            return _like(value, one_of(outcomes, "the other elements may turn it into a string"))


def _like(value: Value, changed: Value) -> Value:
    """Return a changed value with the trace and the marks of the original one."""
    return replace(changed, trace=value.trace).with_marks_of(value)


def _map(value: Value, element: Type) -> Value:
    if not isinstance(value.raw, Mapping):
        raise EvaluationError(requirement(MapOf(element)))
    if is_open(value):
        return replace(unknown_if_open(value), type=MapOf(element))
    found = _collected(value, element, MapOf)
    if isinstance(found, Value):
        return found
    members, element = found
    return Value(MapOf(element), dict(zip(value.raw, members, strict=True)))


def _check_empty(value: Value, element: Type) -> None:
    """Raise EvaluationError for an empty collection whose elements could not be converted."""
    kind = value.type
    if not isinstance(kind, ListOf | SetOf | MapOf) or value.elements or kind.element == DYNAMIC:
        return
    if not _may_become(kind.element, element):
        raise EvaluationError(requirement(element))


def _tuple(value: Value, kinds: tuple[Type, ...], target: Type) -> Value:
    if not isinstance(value.type, ListOf | TupleOf) or len(value.elements) != len(kinds):
        raise EvaluationError(requirement(target))
    members = tuple(converted(m, kind) for m, kind in zip(value.elements, kinds, strict=True))
    return Value(TupleOf(tuple(member.type for member in members)), members)


def _object(value: Value, target: ObjectOf) -> Value:
    if not isinstance(value.raw, Mapping):
        raise EvaluationError(requirement(target))
    members: dict[str, Value] = {}
    missing = []
    for name, kind in target.attributes:
        if name not in value.raw:
            if name in target.optional:
                members[name] = null(kind)
            else:
                missing.append(f'"{name}"')
            continue
        try:
            members[name] = converted(value.raw[name], kind)
        except EvaluationError as error:
            raise error.prefixed(f'attribute "{name}": ') from error
    if missing:
        noun, verb = ("attribute", "is") if len(missing) == 1 else ("attributes", "are")
        raise EvaluationError(f"{noun} {', '.join(missing)} {verb} required")
    return Value(object_of({name: member.type for name, member in members.items()}), members)


def unknown_if_open(value: Value) -> Value:
    """Return a value, or for a resource, of which only the provider knows every attribute, an unknown one."""
    return expand_outcomes(value) if is_open(value) else value


def expand_outcomes(value: Value) -> Value:
    """Return a container with unknown elements as one that is unknown itself, with its outcomes.

    Where an element has no list of outcomes, or there are too many combinations, nor has the result.
    """
    if is_open(value):
        raw = UnknownRaw("the provider sets attributes that the configuration does not show")
        return replace(value, type=DYNAMIC, raw=raw)
    if value.is_wholly_known or not value.is_known:
        return value
    elements = [expand_outcomes(element) for element in value.elements]
    inner = next((element.unknown for element in elements if not element.is_known), None)
    if inner is None:
        return _like(value, _rebuilt(value, elements))
    choices = []
    total = 1
    for element in elements:
        outcomes = (Outcome(element),) if element.is_known else element.unknown.outcomes
        total *= len(outcomes)
        if total == 0 or total > MAX_OUTCOMES:
            return replace(value, raw=UnknownRaw(inner.why, is_deferred=inner.is_deferred))
        choices.append(outcomes)
    found = []
    for chosen, when in combinations(choices):
        try:
            found.append(Outcome(_rebuilt(value, chosen), when))
        except EvaluationError:
            record_rejection()
    return _like(value, one_of(found, inner.why, is_deferred=inner.is_deferred))


def _rebuilt(value: Value, elements: Sequence[Value]) -> Value:
    """Return a container with other elements, its trace left to the whole."""
    match value.type:
        case SetOf(element=kind):
            return set_of(elements, kind)
        case TupleOf():
            return tuple_value(elements)
        case ObjectOf():
            return object_value(dict(zip(value.members, elements, strict=True)))
        case MapOf():
            members = object_value(dict(zip(value.members, elements, strict=True)))
            return converted(members, value.type)
        case _:
            return converted(tuple_value(elements), value.type)
