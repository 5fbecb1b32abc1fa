"""Terraform's types: primitives, collections, structures; how several become one.

The rules are those of zclconf/go-cty (cty, convert.Unify), which Terraform and OpenTofu share.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from ecbackup_iac.model.record import record


@record
class Primitive:
    """string, number, bool, or dynamic: any type at all."""

    name: str


@record
class ListOf:
    """A list whose elements are of one type."""

    element: "Type"


@record
class SetOf:
    """A set whose elements are of one type."""

    element: "Type"


@record
class MapOf:
    """A map from text to values of one type."""

    element: "Type"


@record
class TupleOf:
    """A sequence of which each element has its own type."""

    elements: tuple["Type", ...]


@record
class ObjectOf:
    """A structure of which each attribute has its own type."""

    attributes: tuple[tuple[str, "Type"], ...]
    """Sorted by name."""

    optional: frozenset[str] = frozenset()
    """Names that may be missing; no part of what makes two types the same."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectOf) and self.attributes == other.attributes

    def __hash__(self) -> int:
        return hash(self.attributes)

    def attribute(self, name: str) -> "Type | None":
        """Give an attribute's type; None where there is no such attribute."""
        return next((kind for key, kind in self.attributes if key == name), None)


Type: TypeAlias = Primitive | ListOf | SetOf | MapOf | TupleOf | ObjectOf

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")


def object_of(attributes: Mapping[str, Type], optional: Iterable[str] = ()) -> ObjectOf:
    """Make an object type of attributes in any order."""
    return ObjectOf(tuple(sorted(attributes.items())), frozenset(optional))


def without_optional(kind: Type) -> Type:
    """Give a type as values have it: `optional` is for what variables accept."""
    match kind:
        case ListOf(element=element):
            return ListOf(without_optional(element))
        case SetOf(element=element):
            return SetOf(without_optional(element))
        case MapOf(element=element):
            return MapOf(without_optional(element))
        case TupleOf(elements=elements):
            return TupleOf(tuple(map(without_optional, elements)))
        case ObjectOf(attributes=attributes):
            return ObjectOf(tuple((name, without_optional(kind)) for name, kind in attributes))
        case Primitive():
            return kind


def is_sequence(kind: Type) -> bool:
    """Say whether it is a list, a set or a tuple."""
    return isinstance(kind, ListOf | SetOf | TupleOf)


def is_mapping(kind: Type) -> bool:
    """Say whether it is a map or an object."""
    return isinstance(kind, MapOf | ObjectOf)


def has_dynamic(kind: Type) -> bool:
    """Say whether a type leaves something open."""
    match kind:
        case Primitive():
            return kind == DYNAMIC
        case ListOf(element=element) | SetOf(element=element) | MapOf(element=element):
            return has_dynamic(element)
        case TupleOf(elements=elements):
            return any(has_dynamic(element) for element in elements)
        case ObjectOf(attributes=attributes):
            return any(has_dynamic(element) for _, element in attributes)


def type_name(kind: Type) -> str:
    """Say a type as Terraform's messages do: "string", "list of number", "object"."""
    match kind:
        case Primitive(name=name):
            return name
        case ListOf(element=element):
            return f"list of {type_name(element)}"
        case SetOf(element=element):
            return f"set of {type_name(element)}"
        case MapOf(element=element):
            return f"map of {type_name(element)}"
        case TupleOf():
            return "tuple"
        case ObjectOf():
            return "object"


def unified(kinds: Sequence[Type]) -> Type | None:
    """Give the one type that values of all these types become safely; None where there is none."""
    distinct = list(dict.fromkeys(kinds))
    if not distinct:
        return DYNAMIC
    if len(distinct) == 1:
        return distinct[0]
    if DYNAMIC in distinct:
        # What is open becomes any primitive; beside a collection everything is left open.
        rest = [kind for kind in distinct if kind != DYNAMIC]
        primitive = unified(rest) if all(isinstance(kind, Primitive) for kind in rest) else None
        return DYNAMIC if primitive is None else primitive
    if all(isinstance(kind, Primitive) for kind in distinct):
        # Numbers and booleans become text; they do not become each other.
        return STRING if STRING in distinct else None
    if all(isinstance(kind, ObjectOf) for kind in distinct):
        return _unified_objects([kind for kind in distinct if isinstance(kind, ObjectOf)])
    if all(isinstance(kind, TupleOf) for kind in distinct):
        return _unified_tuples([kind for kind in distinct if isinstance(kind, TupleOf)])
    if all(is_mapping(kind) for kind in distinct):
        return _unified_collection(MapOf, distinct)
    if all(is_sequence(kind) for kind in distinct):
        is_set = any(isinstance(kind, SetOf) for kind in distinct)
        is_list = any(isinstance(kind, ListOf) for kind in distinct)
        return _unified_collection(SetOf if is_set and not is_list else ListOf, distinct)
    return None


def _unified_objects(kinds: Sequence[ObjectOf]) -> Type | None:
    names = {tuple(name for name, _ in kind.attributes) for kind in kinds}
    if len(names) == 1:
        columns = zip(*(kind.attributes for kind in kinds), strict=True)
        attributes = {column[0][0]: unified([kind for _, kind in column]) for column in columns}
        known = {name: kind for name, kind in attributes.items() if kind is not None}
        return object_of(known) if len(known) == len(attributes) else None
    return _unified_collection(MapOf, kinds)


def _unified_tuples(kinds: Sequence[TupleOf]) -> Type | None:
    if len({len(kind.elements) for kind in kinds}) == 1:
        columns = zip(*(kind.elements for kind in kinds), strict=True)
        elements = [unified(column) for column in columns]
        known = tuple(kind for kind in elements if kind is not None)
        return TupleOf(known) if len(known) == len(elements) else None
    return _unified_collection(ListOf, kinds)


def _unified_collection(make: "type[ListOf | SetOf | MapOf]", kinds: Sequence[Type]) -> Type | None:
    elements: list[Type] = []
    for kind in kinds:
        match kind:
            case ListOf(element=element) | SetOf(element=element) | MapOf(element=element):
                elements.append(element)
            case TupleOf(elements=members):
                elements += members
            case ObjectOf(attributes=attributes):
                elements += [element for _, element in attributes]
            case Primitive():
                return None
    shared = unified(elements)
    return None if shared is None else make(shared)
