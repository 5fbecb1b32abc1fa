"""A variable's validation conditions → what they prove of a value that is not given."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from math import ceil, floor

from ecbackup_iac.hcl.expression import (
    Binary,
    Conditional,
    FunctionCall,
    GetAttribute,
    Literal,
    Name,
    Node,
    TupleNode,
)
from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import placeholder_of_value
from ecbackup_iac.terraform.values.outcomes import Bounds, identity, is_between, one_of
from ecbackup_iac.terraform.values.type_system import BOOL, NUMBER, STRING, Type
from ecbackup_iac.terraform.values.value import Assumption, Outcome, Value, null

_MIRRORED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "=="}


@record
class _Variable:
    """The variable that is validated."""

    reference: str
    """As conditions write it: "var.days"."""

    type: Type
    evaluate: Callable[[Node], Value]
    """The evaluation of the other parts of a condition."""


@record
class _Facts:
    """What a condition proves of the variable: that it is one of these values, or between two numbers."""

    values: tuple[Value, ...] | None = None
    """None where there is no list."""

    minimum: Number | None = None
    maximum: Number | None = None

    @property
    def is_empty(self) -> bool:
        return self.values is None and self.minimum is None and self.maximum is None


_NO_FACTS = _Facts()

MAX_SHOWN_BOUND = 999
"""The largest bound from a file that is shown: enough for days, and too little for a secret."""


def narrowed(
    value: Value,
    reference: str,
    conditions: Sequence[Node],
    evaluate: Callable[[Node], Value],
    address: str = "",
) -> Value:
    """Return an unknown value with the outcomes or bounds that its type and all its conditions prove.

    `reference` is the variable as conditions write it: "var.days"; `evaluate` is for the other parts of a
    condition; `address` is that of the variable's module.
    """
    variable = _Variable(reference, value.type, evaluate)
    facts = reduce(_facts_of_all, (_facts(node, variable) for node in conditions), _NO_FACTS)
    values = facts.values
    if values is None and value.type == BOOL and not value.unknown.is_deferred:
        values = (Value(BOOL, raw=True), Value(BOOL, raw=False))
        values += () if value.unknown.is_not_null else (null(BOOL),)
    if values is not None:
        return _with_outcomes(value, f"{address}: {reference}" if address else reference, values)
    if facts.is_empty:
        return value
    raw = replace(value.unknown, minimum=facts.minimum, maximum=facts.maximum)
    return replace(value, raw=raw)


def _with_outcomes(value: Value, variable: str, choices: Sequence[Value]) -> Value:
    """Return an unknown variable as one of some values, each on the assumption that the variable is it."""
    outcomes = []
    for choice in choices:
        try:
            fitting = converted(choice, value.type)
        except EvaluationError:
            continue  # of another type: the variable is never equal to it
        is_secret = fitting.is_hidden and isinstance(fitting.raw, str)
        state = placeholder_of_value(fitting) if is_secret else _as_written(fitting)
        outcomes.append(Outcome(fitting, (Assumption(variable, state),)))
    if not outcomes:
        return value
    found = one_of(outcomes, value.unknown.why)
    return found.through(*value.trace)


def _as_written(value: Value) -> str:
    """Return a known scalar as the code would write it."""
    match value.raw:
        case None:
            return "null"
        case bool():
            return str(value.raw).lower()
        case str():
            return f'"{value.raw}"'
        case _:
            return str(value.raw)


def _facts(node: Node, variable: _Variable) -> _Facts:
    """Return what a condition proves; nothing for one of another form."""
    match node:
        case Binary(operator="&&", left=left, right=right):
            return _facts_of_all(_facts(left, variable), _facts(right, variable))
        case Binary(operator="||", left=left, right=right):
            return _facts_of_any(_facts(left, variable), _facts(right, variable))
        case Binary(operator=operator, left=left, right=right) if operator in _MIRRORED:
            if _is_variable(left, variable):
                return _unconverted(left, _comparison(operator, right, variable), variable)
            if _is_variable(right, variable):
                return _unconverted(
                    right, _comparison(_MIRRORED[operator], left, variable), variable
                )
            return _NO_FACTS
        case Conditional(condition=condition, then=Literal() as then, otherwise=otherwise):
            if then.value is True:
                chosen = _facts(condition, variable)
                return _facts_of_any(chosen, _facts(otherwise, variable))
            return _NO_FACTS
        case FunctionCall():
            return _call_facts(node, variable)
        case _:
            return _NO_FACTS


def _call_facts(node: FunctionCall, variable: _Variable) -> _Facts:
    match node:
        case FunctionCall(name="contains", arguments=(choices, needle)) if _is_variable(
            needle, variable
        ):
            return _unconverted(needle, _Facts(values=_elements(choices, variable)), variable)
        case FunctionCall(name="alltrue", arguments=(TupleNode(items=items),)) if items:
            return reduce(_facts_of_all, (_facts(item, variable) for item in items))
        case FunctionCall(name="anytrue", arguments=(TupleNode(items=items),)) if items:
            return reduce(_facts_of_any, (_facts(item, variable) for item in items))
        case _:
            return _NO_FACTS


def _is_variable(node: Node, variable: _Variable) -> bool:
    match node:
        case FunctionCall(name="tonumber" | "tostring", arguments=(argument,)):
            return _is_variable(argument, variable)
        case GetAttribute(of=Name(name=root), name=name):
            return f"{root}.{name}" == variable.reference
        case _:
            return False


def _unconverted(node: Node, facts: _Facts, variable: _Variable) -> _Facts:
    """Return what facts of the variable, converted as in a node, prove of the variable itself.

    Several strings become one number ("7", "07"), so a number proves bounds of a string, not the string.
    """
    if not isinstance(node, FunctionCall) or facts.values is None:
        return facts
    if variable.type == NUMBER or (variable.type == STRING and node.name == "tostring"):
        return facts
    return _Facts(None, *_bounds_of(facts)) if node.name == "tonumber" else _NO_FACTS


def _comparison(operator: str, node: Node, variable: _Variable) -> _Facts:
    value = _known_value(node, variable)
    if value is None:
        return _NO_FACTS
    if operator == "==":
        return _Facts(values=(value,))
    bound = value.raw
    if isinstance(bound, bool) or not isinstance(bound, int | Fraction):
        return _NO_FACTS
    # Bounds are used for whole numbers: what is above 0 is at least 1 there.
    match operator:
        case ">=":
            return _Facts(minimum=_lower_bound(value, bound))
        case ">":
            return _Facts(minimum=_lower_bound(value, floor(bound) + 1))
        case "<=":
            return _Facts(maximum=_upper_bound(value, bound))
        case _:
            return _Facts(maximum=_upper_bound(value, ceil(bound) - 1))


def _lower_bound(value: Value, bound: Number) -> Number | None:
    """Return the lower bound that a value is; a limited one where it comes from a file."""
    if value.is_sensitive or (value.privacy and bound < -MAX_SHOWN_BOUND):
        return None
    return min(bound, MAX_SHOWN_BOUND) if value.privacy else bound


def _upper_bound(value: Value, bound: Number) -> Number | None:
    """Return the upper bound that a value is, limited as a lower one is."""
    opposite = _lower_bound(value, -bound)
    return None if opposite is None else -opposite


def _known_value(node: Node, variable: _Variable) -> Value | None:
    try:
        value = variable.evaluate(node)
    except EvaluationError:
        return None
    return value if value.is_wholly_known else None


def _elements(node: Node, variable: _Variable) -> tuple[Value, ...] | None:
    value = _known_value(node, variable)
    if value is None or not isinstance(value.raw, tuple):
        return None
    return tuple(element.inherit_marks(value) for element in value.elements)


def _facts_of_all(left: _Facts, right: _Facts) -> _Facts:
    """Return what is true where both facts are."""
    minimum = max((m for m in (left.minimum, right.minimum) if m is not None), default=None)
    maximum = min((m for m in (left.maximum, right.maximum) if m is not None), default=None)
    values = left.values if right.values is None else right.values
    if left.values is not None and right.values is not None:
        shared = {identity(value) for value in right.values}
        values = tuple(value for value in left.values if identity(value) in shared)
    if values is not None:
        values = tuple(value for value in values if is_between(value, minimum, maximum))
    return _Facts(values, minimum, maximum)


def _facts_of_any(left: _Facts, right: _Facts) -> _Facts:
    """Return what is true where at least one of the facts is: the weaker."""
    if left.is_empty or right.is_empty:
        return _NO_FACTS
    if left.values is not None and right.values is not None:
        return _Facts(values=(*left.values, *right.values))
    lows, highs = zip(_bounds_of(left), _bounds_of(right), strict=True)
    if any(value.is_null for facts in (left, right) for value in facts.values or ()):
        return _NO_FACTS
    minimum = None if None in lows else min(low for low in lows if low is not None)
    maximum = None if None in highs else max(high for high in highs if high is not None)
    return _Facts(None, minimum, maximum)


def _bounds_of(facts: _Facts) -> Bounds:
    """Return the bounds that facts prove."""
    if facts.values is None:
        return Bounds(facts.minimum, facts.maximum)
    bounds = [
        (_lower_bound(value, value.raw), _upper_bound(value, value.raw))
        for value in facts.values
        if isinstance(value.raw, Number)
    ]
    if len(bounds) < len(facts.values) or not bounds:
        return Bounds()
    lows, highs = zip(*bounds, strict=True)
    return Bounds(None if None in lows else min(lows), None if None in highs else max(highs))
