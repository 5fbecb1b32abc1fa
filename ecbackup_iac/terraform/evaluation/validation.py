"""A variable's validation conditions → what they prove of a value that is not given."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from math import ceil, floor

from ecbackup_iac.hcl.expression import (
    Binary,
    Call,
    Conditional,
    GetAttribute,
    Literal,
    Name,
    Node,
    TupleNode,
)
from ecbackup_iac.hcl.number import Number
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.marks import hidden_value
from ecbackup_iac.terraform.values.outcomes import identity, lies_between, one_of
from ecbackup_iac.terraform.values.type_system import BOOL, NUMBER, STRING, Type
from ecbackup_iac.terraform.values.value import (
    Assumption,
    EvaluationError,
    Possibility,
    Value,
    null,
)

_MIRRORED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "=="}


@record
class _Subject:
    """The variable that is validated."""

    name: str
    type: Type


@record
class _Facts:
    """What a condition proves: that the value is one of these, or lies between two numbers."""

    values: tuple[Value, ...] | None = None
    """None where there is no list."""

    minimum: Number | None = None
    maximum: Number | None = None

    @property
    def is_nothing(self) -> bool:
        return self.values is None and self.minimum is None and self.maximum is None


_NOTHING = _Facts()

MAX_SHOWN_BOUND = 999
"""The largest bound from a file that is shown: enough for days, and too little for a secret."""


def narrowed(
    value: Value,
    subject: str,
    conditions: Sequence[Node],
    constant: Callable[[Node], Value],
    address: str = "",
) -> Value:
    """Return an unknown value with the outcomes or bounds that its type and all its conditions prove.

    `subject` is the variable as conditions write it: "var.days"; `constant` evaluates the rest;
    `address` is the module's, in which that is the variable's name.
    """
    facts = _NOTHING
    for condition in conditions:
        facts = _both(facts, _facts(condition, _Subject(subject, value.type), constant))
    values = facts.values
    if values is None and value.type == BOOL and not value.unknown.is_deferred:
        values = (Value(BOOL, raw=True), Value(BOOL, raw=False))
        values += () if value.unknown.is_not_null else (null(BOOL),)
    if values is not None:
        return _listed(value, f"{address}: {subject}" if address else subject, values)
    if facts.is_nothing:
        return value
    raw = replace(value.unknown, minimum=facts.minimum, maximum=facts.maximum)
    return replace(value, raw=raw)


def _listed(value: Value, subject: str, values: Sequence[Value]) -> Value:
    possibilities = []
    for listed in values:
        try:
            fitting = converted(listed, value.type)
        except EvaluationError:
            continue  # of another type: the variable is never equal to it
        is_shown = not (fitting.is_hidden and isinstance(fitting.raw, str))
        state = shown(fitting) if is_shown else hidden_value(fitting)
        possibilities.append(Possibility(fitting, (Assumption(subject, state),)))
    if not possibilities:
        return value
    found = one_of(possibilities, value.unknown.why)
    return found.through(*value.trace)


def shown(value: Value) -> str:
    """Return a known scalar as it would be written."""
    match value.raw:
        case None:
            return "null"
        case bool():
            return str(value.raw).lower()
        case str():
            return f'"{value.raw}"'
        case _:
            return str(value.raw)


def _facts(node: Node, subject: _Subject, constant: Callable[[Node], Value]) -> _Facts:
    match node:
        case Binary(operator="&&", left=left, right=right):
            return _both(_facts(left, subject, constant), _facts(right, subject, constant))
        case Binary(operator="||", left=left, right=right):
            return _either(_facts(left, subject, constant), _facts(right, subject, constant))
        case Binary(operator=operator, left=left, right=right) if operator in _MIRRORED:
            if _is_subject(left, subject):
                return _as_of(left, _comparison(operator, right, constant), subject)
            if _is_subject(right, subject):
                return _as_of(right, _comparison(_MIRRORED[operator], left, constant), subject)
            return _NOTHING
        case Conditional(condition=condition, then=Literal() as then, otherwise=otherwise):
            if then.value is True:
                chosen = _facts(condition, subject, constant)
                return _either(chosen, _facts(otherwise, subject, constant))
            return _NOTHING
        case Call():
            return _call_facts(node, subject, constant)
        case _:
            return _NOTHING


def _call_facts(node: Call, subject: _Subject, constant: Callable[[Node], Value]) -> _Facts:
    match node:
        case Call(name="contains", arguments=(choices, needle)) if _is_subject(needle, subject):
            return _as_of(needle, _Facts(values=_elements(choices, constant)), subject)
        case Call(name="alltrue", arguments=(TupleNode(items=items),)) if items:
            return reduce(_both, (_facts(item, subject, constant) for item in items))
        case Call(name="anytrue", arguments=(TupleNode(items=items),)) if items:
            return reduce(_either, (_facts(item, subject, constant) for item in items))
        case _:
            return _NOTHING


def _is_subject(node: Node, subject: _Subject) -> bool:
    match node:
        case Call(name="tonumber" | "tostring", arguments=(argument,)):
            return _is_subject(argument, subject)
        case GetAttribute(of=Name(name=root), name=name):
            return f"{root}.{name}" == subject.name
        case _:
            return False


def _as_of(node: Node, facts: _Facts, subject: _Subject) -> _Facts:
    """Return what facts of the subject, converted as in a node, prove of the subject itself.

    Several texts become one number ("7", "07"), so a number proves bounds of a text, and no text.
    """
    if not isinstance(node, Call) or facts.values is None:
        return facts
    if subject.type == NUMBER or (subject.type == STRING and node.name == "tostring"):
        return facts
    return _Facts(None, *_ends(facts)) if node.name == "tonumber" else _NOTHING


def _comparison(operator: str, node: Node, constant: Callable[[Node], Value]) -> _Facts:
    values = _settled(node, constant)
    if values is None:
        return _NOTHING
    if operator == "==":
        return _Facts(values=(values,))
    bound = values.raw
    if isinstance(bound, bool) or not isinstance(bound, int | Fraction):
        return _NOTHING
    # Bounds are used for whole numbers: what is above 0 is at least 1 there.
    match operator:
        case ">=":
            return _Facts(minimum=_bound(values, bound))
        case ">":
            return _Facts(minimum=_bound(values, floor(bound) + 1))
        case "<=":
            return _Facts(maximum=_bound(values, bound))
        case _:
            return _Facts(maximum=_bound(values, ceil(bound) - 1))


def _bound(value: Value, bound: Number) -> Number | None:
    """Return a bound that a value is; None where a file holds it, and it may be a secret."""
    is_shown = not value.privacy or -MAX_SHOWN_BOUND <= bound <= MAX_SHOWN_BOUND
    return bound if is_shown and not value.is_sensitive else None


def _settled(node: Node, constant: Callable[[Node], Value]) -> Value | None:
    try:
        value = constant(node)
    except EvaluationError:
        return None
    return value if value.is_wholly_known else None


def _elements(node: Node, constant: Callable[[Node], Value]) -> tuple[Value, ...] | None:
    value = _settled(node, constant)
    if value is None or not isinstance(value.raw, tuple):
        return None
    return tuple(element.inherit_marks(value) for element in value.elements)


def _both(left: _Facts, right: _Facts) -> _Facts:
    """Return what two facts prove together."""
    minimum = max((m for m in (left.minimum, right.minimum) if m is not None), default=None)
    maximum = min((m for m in (left.maximum, right.maximum) if m is not None), default=None)
    values = left.values if right.values is None else right.values
    if left.values is not None and right.values is not None:
        shared = {identity(value) for value in right.values}
        values = tuple(value for value in left.values if identity(value) in shared)
    if values is not None:
        values = tuple(value for value in values if lies_between(value, minimum, maximum))
    return _Facts(values, minimum, maximum)


def _either(left: _Facts, right: _Facts) -> _Facts:
    """Return what both facts prove: the weaker, since which of them holds is unknown."""
    if left.is_nothing or right.is_nothing:
        return _NOTHING
    if left.values is not None and right.values is not None:
        return _Facts(values=(*left.values, *right.values))
    lows, highs = zip(_ends(left), _ends(right), strict=True)
    if any(value.is_null for facts in (left, right) for value in facts.values or ()):
        return _NOTHING
    minimum = None if None in lows else min(low for low in lows if low is not None)
    maximum = None if None in highs else max(high for high in highs if high is not None)
    return _Facts(None, minimum, maximum)


def _ends(facts: _Facts) -> tuple[Number | None, Number | None]:
    if facts.values is None:
        return facts.minimum, facts.maximum
    ends = [_bound(value, value.raw) for value in facts.values if isinstance(value.raw, Number)]
    known = [end for end in ends if end is not None]
    is_whole = 0 < len(known) == len(facts.values)
    return (min(known), max(known)) if is_whole else (None, None)
