"""A variable's `type` → the type that it requires, with the defaults of its optional attributes."""

from collections.abc import Mapping

from ecbackup_iac.hcl.expression import (
    FunctionCall,
    InvalidExpression,
    Literal,
    Name,
    Node,
    ObjectNode,
    TupleNode,
)
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import CONSTANT_SCOPE
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import map_outcomes, with_default
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    COLLECTIONS,
    DYNAMIC,
    NUMBER,
    PRIMITIVES,
    STRING,
    ListOf,
    MapOf,
    ObjectOf,
    TupleOf,
    Type,
    object_of,
)
from ecbackup_iac.terraform.values.value import UnknownRaw, Value, object_value

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
    """The defaults within attributes and tuple elements; "" is for every element."""

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
        """Return a value with the defaults filled in, converted.

        Raises EvaluationError: the value does not fit.
        """
        filled = value if self.defaults.is_empty else _filled(value, self.defaults)
        return converted(filled, self.type)


def constraint_of(node: Node | None) -> Constraint:
    """Return the constraint of a type expression; without one, any type is accepted.

    Raises EvaluationError: it is not a type expression.
    """
    if node is None:
        return Constraint()
    if isinstance(node, Literal) and isinstance(node.value, str):
        if node.value not in _QUOTED:
            raise EvaluationError("Invalid type: a quoted type is string, list or map", node.range)
        kind = _QUOTED[node.value]
        return Constraint(kind, is_literal=kind == STRING)
    wanted, defaults = _type(node)
    return Constraint(wanted, defaults, is_literal=wanted in (STRING, NUMBER, BOOL))


def _type(node: Node) -> tuple[Type, Defaults]:
    match node:
        case Name(name=name) if name in PRIMITIVES:
            return PRIMITIVES[name], Defaults()
        case Name(name=name) if name in COLLECTIONS:
            return COLLECTIONS[name](DYNAMIC), Defaults()
        case FunctionCall(name=name, arguments=(element,)) if name in COLLECTIONS:
            kind, defaults = _type(element)
            return COLLECTIONS[name](kind), _nested({"": defaults})
        case FunctionCall(name="tuple", arguments=(TupleNode(items=items),)):
            parts = [_type(item) for item in items]
            inside = {str(position): defaults for position, (_, defaults) in enumerate(parts)}
            return TupleOf(tuple(kind for kind, _ in parts)), _nested(inside)
        case FunctionCall(name="object", arguments=(ObjectNode() as attributes,)):
            return _object(attributes)
        case InvalidExpression():
            return DYNAMIC, Defaults()  # a syntax error, which is reported
        case _:
            raise EvaluationError("Invalid type specification", node.range)


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
        is_quoted = key.range.text.startswith('"')
        if is_quoted or not isinstance(key, Literal) or not isinstance(key.value, str):
            raise EvaluationError("Invalid type: object attributes are plain names", key.range)
        name = key.value
        default: Node | None = None
        attribute = written
        if isinstance(written, FunctionCall) and written.name == "optional":
            if not 1 <= len(written.arguments) <= 2:  # noqa: PLR2004 - type and default
                raise EvaluationError("optional takes a type and a default", written.range)
            optional.add(name)
            attribute, *rest = written.arguments
            default = rest[0] if rest else None
        kinds[name], nested = _type(attribute)
        if not nested.is_empty:
            inside[name] = nested
        if default is not None:
            source_range = SourceRange(key.range.file, key.range.start, written.range.end)
            values[name] = _constant(default, kinds[name]).through(
                SourceStep(source_range, StepKind.OPTIONAL_DEFAULT, name, default)
            )
    return object_of(kinds, optional), Defaults(values, inside)


def _constant(node: Node, kind: Type) -> Value:
    """Return the value of a default, which refers to nothing."""
    value = Evaluator(CONSTANT_SCOPE).value(node)
    return value if value.is_null else converted(value, kind)


def _filled(value: Value, defaults: Defaults) -> Value:
    """Return a value with defaults for attributes that are missing or null, at every depth."""
    match value.raw:
        case UnknownRaw(outcomes=outcomes) if outcomes:
            return map_outcomes(lambda outcome: _filled(outcome, defaults), value)
        case tuple() as elements:
            return _filled_sequence(value, elements, defaults)
        case Mapping() as members:
            return _filled_members(value, members, defaults)
        case _:
            return value


def _filled_sequence(value: Value, elements: tuple[Value, ...], defaults: Defaults) -> Value:
    every = defaults.inside.get("")
    filled = tuple(
        _filled(element, inner)
        if (inner := every or defaults.inside.get(str(position)))
        else element
        for position, element in enumerate(elements)
    )
    kind = TupleOf(tuple(element.type for element in filled))
    return replace(value, type=kind, raw=filled)


def _filled_members(value: Value, members: Mapping[str, Value], defaults: Defaults) -> Value:
    filled = dict(members)
    every = defaults.inside.get("")
    for name, default in defaults.attributes.items():
        filled[name] = _or_default(filled.get(name), default)
    for name, member in filled.items():
        inner = defaults.inside.get(name) or every
        if inner:
            filled[name] = _filled(member, inner)
    return replace(object_value(filled), trace=value.trace).with_marks_of(value)


def _or_default(given: Value | None, default: Value) -> Value:
    return default if given is None else with_default(given, lambda: default)
