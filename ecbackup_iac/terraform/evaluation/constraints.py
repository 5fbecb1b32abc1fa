"""A variable's `type` → the type it asks for, with the defaults of its optional attributes."""

from collections.abc import Mapping

from ecbackup_iac.hcl.expression import Call, Literal, Name, Node, ObjectNode, TupleNode
from ecbackup_iac.hcl.source import Place
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.values.conversion import converted
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
    object_of,
)
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    SourceStep,
    UnknownRaw,
    Value,
    object_value,
)

_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
_QUOTED: dict[str, Type] = {
    "string": STRING,
    "list": ListOf(DYNAMIC),
    "map": MapOf(DYNAMIC),
}  # Terraform 0.11's


@record(eq=False)
class Defaults:
    """Defaults of optional attributes, following the shape of the type."""

    attributes: Mapping[str, Value] = field(factory=dict)
    """What an attribute is where it is missing or null."""

    inside: Mapping[str, "Defaults"] = field(factory=dict)
    """The defaults within attributes and tuple elements; "" stands for every element."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to fill in."""
        return not self.attributes and not self.inside


@record(eq=False)
class Constraint:
    """What a variable accepts."""

    type: Type = DYNAMIC
    defaults: Defaults = field(factory=Defaults)
    is_literal: bool = True
    """A TF_VAR_ or --var text is the value itself (primitive types, and no type at all), not HCL."""

    def applied(self, value: Value) -> Value:
        """Fill in the defaults and convert.

        Raises:
            EvaluationError: the value does not fit.

        """
        filled = value if self.defaults.is_empty else _filled(value, self.defaults)
        return converted(filled, self.type)


def constraint_of(node: Node | None) -> Constraint:
    """Read a type expression; without one anything goes.

    Raises:
        EvaluationError: it is no type expression.

    """
    if node is None:
        return Constraint()
    if isinstance(node, Literal) and isinstance(node.value, str):
        if node.value not in _QUOTED:
            raise EvaluationError("Invalid type: a quoted type is string, list or map", node.place)
        kind = _QUOTED[node.value]
        return Constraint(kind, is_literal=kind == STRING)
    wanted, defaults = _type(node)
    return Constraint(wanted, defaults, is_literal=wanted in (STRING, NUMBER, BOOL))


def _type(node: Node) -> tuple[Type, Defaults]:
    match node:
        case Name(name=name) if name in _PRIMITIVES:
            return _PRIMITIVES[name], Defaults()
        case Name(name="list"):
            return ListOf(DYNAMIC), Defaults()
        case Name(name="set"):
            return SetOf(DYNAMIC), Defaults()
        case Name(name="map"):
            return MapOf(DYNAMIC), Defaults()
        case Call(name="list" | "set" | "map" as name, arguments=(element,)):
            kind, defaults = _type(element)
            return _collection(name, kind), _nested({"": defaults})
        case Call(name="tuple", arguments=(TupleNode(items=items),)):
            parts = [_type(item) for item in items]
            inside = {str(place): defaults for place, (_, defaults) in enumerate(parts)}
            return TupleOf(tuple(kind for kind, _ in parts)), _nested(inside)
        case Call(name="object", arguments=(ObjectNode() as attributes,)):
            return _object(attributes)
        case _:
            raise EvaluationError("Invalid type specification", node.place)


def _collection(name: str, element: Type) -> Type:
    if name == "list":
        return ListOf(element)
    return SetOf(element) if name == "set" else MapOf(element)


def _nested(inside: dict[str, Defaults]) -> Defaults:
    return Defaults(
        inside={name: defaults for name, defaults in inside.items() if not defaults.is_empty}
    )


def _object(node: ObjectNode) -> tuple[ObjectOf, Defaults]:
    kinds: dict[str, Type] = {}
    values: dict[str, Value] = {}
    inside: dict[str, Defaults] = {}
    optional = set()
    for key, written in node.items:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            raise EvaluationError("Invalid type: object attributes are plain names", key.place)
        name = key.value
        default: Node | None = None
        attribute = written
        if isinstance(written, Call) and written.name == "optional":
            if not 1 <= len(written.arguments) <= 2:  # noqa: PLR2004 - type and default
                raise EvaluationError("optional takes a type and a default", written.place)
            optional.add(name)
            attribute, *rest = written.arguments
            default = rest[0] if rest else None
        kinds[name], nested = _type(attribute)
        if not nested.is_empty:
            inside[name] = nested
        if default is not None:
            place = Place(key.place.file, key.place.start, written.place.end)
            step = SourceStep(place, StepKind.OPTIONAL_DEFAULT, name, default)
            values[name] = _constant(default, kinds[name]).through(step)
    return object_of(kinds, optional), Defaults(values, inside)


def _constant(node: Node, kind: Type) -> Value:
    """Evaluate a default, which refers to nothing."""
    from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
    from ecbackup_iac.terraform.evaluation.scopes import CONSTANT_SCOPE

    value = Evaluator(CONSTANT_SCOPE).value(node)
    return value if value.is_null else converted(value, kind)


def _filled(value: Value, defaults: Defaults) -> Value:
    """Put defaults where attributes are missing or null, all the way down."""
    if value.raw is None:
        return value
    if isinstance(value.raw, UnknownRaw):
        if not value.raw.outcomes:
            return value
        from ecbackup_iac.terraform.values.value import map_outcomes

        return map_outcomes(lambda one: _filled(one, defaults), value)
    if isinstance(value.raw, tuple):
        every = defaults.inside.get("")
        elements = tuple(
            _filled(element, inner)
            if (inner := every or defaults.inside.get(str(place)))
            else element
            for place, element in enumerate(value.raw)
        )
        kind = TupleOf(tuple(element.type for element in elements))
        return replace(value, type=kind, raw=elements)
    if not isinstance(value.raw, Mapping):
        return value
    members = dict(value.raw)
    every = defaults.inside.get("")
    for name, default in defaults.attributes.items():
        if name not in members or members[name].is_null:
            members[name] = default
    for name, member in members.items():
        inner = defaults.inside.get(name) or every
        if inner:
            members[name] = _filled(member, inner)
    return replace(object_value(members), trace=value.trace).marked(value)
