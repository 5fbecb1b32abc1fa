"""The types of Terraform's values; several types → the one that unifies them.

The rules are those of zclconf/go-cty (cty, convert.Unify), which Terraform and OpenTofu share.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, Self, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.values.budget import charge


@record
class Primitive:
    """string, number, bool, or dynamic: any type at all."""

    name: str


class _Compound:
    """A type that consists of others. It is interned: equal types are one object, and quick to compare.

    Types share their parts as values do: one may be a tree of exponential size.
    """

    __slots__ = ("__weakref__", "_without_optional", "has_dynamic")

    has_dynamic: bool
    """Whether it, or a type in it, is dynamic."""

    _without_optional: "Type | None"

    @property
    def without_optional(self) -> "Type":
        """The type as values have it: `optional` is for what variables accept."""
        itself: Any = self
        return itself if self._without_optional is None else self._without_optional

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Compound) and self.without_optional is other.without_optional

    def __hash__(self) -> int:
        return id(self.without_optional) >> 4

    def __repr__(self) -> str:
        return type_name(self.without_optional)


_interned: WeakValueDictionary[tuple[object, ...], "Any"] = WeakValueDictionary()
"""Types by class and by the identities of their parts, to which they refer."""

_lock = Lock()
_CompoundT = TypeVar("_CompoundT", bound=_Compound)


def _intern(
    cls: type[_CompoundT],
    key: tuple[object, ...],
    parts: Sequence["Type"],
    of_parts: Callable[[tuple["Type", ...]], _CompoundT] | None,
    **fields: object,
) -> _CompoundT:
    """Return the one type of this key, also where two threads create it at once.

    `of_parts` creates the type of the same parts without `optional`; None where they have none.
    """
    created = object.__new__(cls)
    for name, value in fields.items():
        setattr(created, name, value)
    created.has_dynamic = any(map(has_dynamic, parts))
    without: Any = of_parts(tuple(map(without_optional, parts))) if of_parts else None
    created._without_optional = without
    with _lock:
        interned: _CompoundT = _interned.setdefault(key, created)
    return interned


def _have_no_optional(kinds: Iterable["Type"]) -> bool:
    return all(without_optional(kind) is kind for kind in kinds)


class _OfOne(_Compound):
    __slots__ = ("element",)
    __match_args__ = ("element",)

    element: "Type"

    def __new__(cls, element: "Type") -> Self:
        """Return the type of these elements, interned."""
        key = (cls, id(element))
        found: Self | None = _interned.get(key)
        if found is not None:
            return found
        of_parts = None if _have_no_optional((element,)) else lambda parts: cls(*parts)
        return _intern(cls, key, (element,), of_parts, element=element)


class ListOf(_OfOne):
    """A list whose elements are of one type."""

    __slots__ = ()


class SetOf(_OfOne):
    """A set whose elements are of one type."""

    __slots__ = ()


class MapOf(_OfOne):
    """A map from text to values of one type."""

    __slots__ = ()


class TupleOf(_Compound):
    """A sequence of which each element has its own type."""

    __slots__ = ("elements",)
    __match_args__ = ("elements",)

    elements: tuple["Type", ...]

    def __new__(cls, elements: tuple["Type", ...]) -> Self:
        """Return the type of these elements, interned."""
        key = (cls, *map(id, elements))
        found: Self | None = _interned.get(key)
        if found is not None:
            return found
        return _intern(
            cls, key, elements, None if _have_no_optional(elements) else cls, elements=elements
        )


class ObjectOf(_Compound):
    """A structure of which each attribute has its own type."""

    __slots__ = ("attributes", "optional")
    __match_args__ = ("attributes", "optional")

    attributes: tuple[tuple[str, "Type"], ...]
    """Sorted by name."""

    optional: frozenset[str]
    """Names that may be missing; they do not matter for equality."""

    def __new__(
        cls, attributes: tuple[tuple[str, "Type"], ...], optional: frozenset[str] = frozenset()
    ) -> Self:
        """Return the type of these attributes, interned."""
        key = (cls, optional, *((name, id(kind)) for name, kind in attributes))
        found: Self | None = _interned.get(key)
        if found is not None:
            return found
        names, kinds = [name for name, _ in attributes], [kind for _, kind in attributes]
        has_no_optional = not optional and _have_no_optional(kinds)
        of_parts = (
            None if has_no_optional else lambda parts: cls(tuple(zip(names, parts, strict=True)))
        )
        return _intern(cls, key, kinds, of_parts, attributes=attributes, optional=optional)

    def attribute(self, name: str) -> "Type | None":
        """Return an attribute's type; None where there is no such attribute."""
        return next((kind for key, kind in self.attributes if key == name), None)


Type: TypeAlias = Primitive | ListOf | SetOf | MapOf | TupleOf | ObjectOf

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")

# As types are named in configuration.
PRIMITIVES: Mapping[str, Type] = {
    "string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC,
}  # fmt: skip
COLLECTIONS: Mapping[str, Callable[[Type], Type]] = {"list": ListOf, "set": SetOf, "map": MapOf}


def object_of(attributes: Mapping[str, Type], optional: Iterable[str] = ()) -> ObjectOf:
    """Return an object type of attributes in any order."""
    return ObjectOf(tuple(sorted(attributes.items())), frozenset(optional))


def without_optional(kind: Type) -> Type:
    """Return a type as values have it: `optional` is for what variables accept."""
    return kind if isinstance(kind, Primitive) else kind.without_optional


def is_sequence(kind: Type) -> bool:
    """Whether it is a list, a set or a tuple."""
    return isinstance(kind, ListOf | SetOf | TupleOf)


def is_mapping(kind: Type) -> bool:
    """Whether it is a map or an object."""
    return isinstance(kind, MapOf | ObjectOf)


def has_dynamic(kind: Type) -> bool:
    """Whether a type, or a type in it, is dynamic."""
    return kind.name == "dynamic" if isinstance(kind, Primitive) else kind.has_dynamic


def may_be_same(kind: Type, other: Type) -> bool:
    """Whether two types may turn out to be the same, once what is dynamic in them is known."""
    charge()
    if kind == other or DYNAMIC in (kind, other):
        return True
    match kind, other:
        case (
            (ListOf(element=left), ListOf(element=right))
            | (SetOf(element=left), SetOf(element=right))
            | (MapOf(element=left), MapOf(element=right))
        ):
            return may_be_same(left, right)
        case TupleOf(elements=left), TupleOf(elements=right):
            return len(left) == len(right) and all(map(may_be_same, left, right))
        case ObjectOf(attributes=left), ObjectOf(attributes=right):
            return [name for name, _ in left] == [name for name, _ in right] and all(
                may_be_same(a, b) for (_, a), (_, b) in zip(left, right, strict=True)
            )
        case _:
            return False


def type_name(kind: Type) -> str:
    """Return a type's name in Terraform's messages: "string", "list of number", "object"."""
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


def type_named(name: str) -> Type:
    """Return the type of a name as `type_name` gives it; "any" is dynamic."""
    kind, _, element = name.partition(" of ")
    return COLLECTIONS[kind](type_named(element)) if element else PRIMITIVES[kind]


def unified(kinds: Sequence[Type]) -> Type | None:
    """Return the one type that values of all these types become safely; None where there is none."""
    charge(len(kinds))
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


def _unified_collection(
    collection_type: "type[ListOf | SetOf | MapOf]", kinds: Sequence[Type]
) -> Type | None:
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
    return None if shared is None else collection_type(shared)
