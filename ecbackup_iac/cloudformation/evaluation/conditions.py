"""Condition functions in one scenario → whether they are true."""

from collections.abc import Callable
from functools import partial

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.scenarios import Dependencies, NeedsSplit
from ecbackup_iac.cloudformation.evaluation.stacks import Frame
from ecbackup_iac.cloudformation.evaluation.values import (
    Trace,
    UnknownValue,
    Value,
    join_traces,
)
from ecbackup_iac.cloudformation.syntax.nodes import Entry, Node, ScalarNode, function_of, text_of
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind

MAX_OPERANDS = 1_000
"""Operands of one Fn::And or Fn::Or; CloudFormation allows ten."""


def condition_result(evaluator: BaseEvaluator, node: Node, frame: Frame) -> Value:
    """Return whether a condition expression is true: a boolean."""
    value = evaluator.resolved_value(node, frame)
    text = (value.text or "").lower()
    if text in ("true", "false"):
        return Value(text == "true", value.trace)
    if isinstance(value.raw, UnknownValue):
        excerpt = evaluator.excerpt(node, frame)
        is_true = evaluator.is_assumed(value.raw.key, excerpt, value.raw.why)
        return Value(is_true, value.trace)
    raise evaluator.rejected("a condition is expected here", node, frame)


def condition_of_if(evaluator: BaseEvaluator, node: Node, frame: Frame) -> Value:
    """Return whether the condition of an `Fn::If` is true: a name, or an expression."""
    if isinstance(node, ScalarNode) and node.tag is None:
        return named_condition(evaluator, node.text, frame, node)
    return condition_result(evaluator, node, frame)


def named_condition(
    evaluator: BaseEvaluator, name: str, frame: Frame, node: Node | None = None
) -> Value:
    """Return whether a condition of the section `Conditions` is true; `node` is what names it."""
    name = frame.substitute(name)
    stack = frame.stack
    key = ("condition", stack.address, name)
    result: Value | None = evaluator.result_before_split(key)
    if result is not None:
        return result
    entry_and_frame = evaluator.entry_of(stack.template.section("Conditions"), name, Frame(stack))
    if entry_and_frame is None and stack.template.may_declare("Conditions"):
        why = f"the condition {name} may be added by a macro or another file"
        return Value(evaluator.is_assumed(key, f"{stack.prefix}{name}", why), ())
    if entry_and_frame is None:
        problem = f"the condition {name} is not declared" if name else "a condition has no name"
        raise evaluator.rejected(problem, node, frame)
    if key in evaluator.in_progress:
        location = stack.template.source.location_of(*entry_and_frame[0])
        raise TemplateRejectedError(f"the condition {name} refers to itself", location)
    evaluator.in_progress.add(key)
    try:
        return evaluator.cached_across_splits(
            key, lambda: _declared_condition(evaluator, name, *entry_and_frame)
        )
    finally:
        evaluator.in_progress.discard(key)


def _declared_condition(evaluator: BaseEvaluator, name: str, entry: Entry, frame: Frame) -> Value:
    """Evaluate a named condition; everything that it depends on is recorded under its name."""
    result = condition_result(evaluator, entry[1], frame)
    step = frame.stack.template.source.step(*entry, StepKind.CONDITION)
    evaluator.replace_dependencies(f"{frame.stack.prefix}{name} is {result.text}")
    return replace(result, trace=join_traces((step,), result.trace))


def _condition(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    return named_condition(evaluator, text_of(argument) or "", frame, node)


def _not(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    (operand,) = evaluator.arguments(argument, node, frame, minimum=1, maximum=1)
    result = condition_result(evaluator, operand, frame)
    return replace(result, raw=not result.is_true)


def _all_or_any(
    evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame, *, is_all: bool
) -> Value:
    """Evaluate Fn::And or Fn::Or: an operand that decides on its own spares a split by the others."""
    operands = evaluator.arguments(argument, node, frame, minimum=1, maximum=MAX_OPERANDS)
    split: NeedsSplit | None = None
    trace: Trace = ()
    shared: Dependencies = {}
    for operand in operands:
        with evaluator.separate_dependencies() as dependencies:
            try:
                result = condition_result(evaluator, operand, frame)
            except NeedsSplit as error:
                split = split or error
                continue
        if result.is_true is not is_all:  # the result depends only on this operand
            evaluator.add_dependencies(dependencies)
            return result
        shared |= dependencies
        trace += result.trace
    if split is not None:
        raise split
    evaluator.add_dependencies(shared)
    return Value(is_all, join_traces(trace))


def _contains(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Evaluate a function of rules: whether a list contains a string, or one or all of a list's strings."""
    name, _ = function_of(node) or ("", node)
    first, second = evaluator.arguments(argument, node, frame, minimum=2, maximum=2)
    left, right = evaluator.resolved_value(first, frame), evaluator.value(second, frame)
    listed, searched = (left, right) if name == "Fn::Contains" else (right, left)
    if name == "Fn::EachMemberEquals":
        listed = Value((right,))
    operands = (searched,) if name == "Fn::Contains" else searched.raw
    if not isinstance(listed.raw, tuple) or not isinstance(operands, tuple):
        key = ("contains", _value_key(left), _value_key(right))
        why = "the values that it compares are known only after the deployment"
        return Value(evaluator.is_assumed(key, evaluator.excerpt(node, frame), why), ())
    excerpt = evaluator.excerpt(node, frame)
    is_true = all(
        any(_are_texts_equal(evaluator, operand, other, excerpt) for other in listed.raw)
        for operand in operands
    )
    return Value(is_true, join_traces(left.trace, right.trace))


def _equals(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Evaluate Fn::Equals; an unresolved parameter splits the scenario by what it is compared with."""
    operands = evaluator.arguments(argument, node, frame, minimum=2, maximum=2)
    left, right = (evaluator.value(operand, frame) for operand in operands)
    # A literal is on the condition's own line, which the trace shows anyway.
    traces = [
        value.trace
        for operand, value in zip(operands, (left, right), strict=True)
        if function_of(operand) is not None
    ]
    excerpt = evaluator.excerpt(node, frame)
    is_true = _are_texts_equal(evaluator, left, right, excerpt)
    return Value(is_true, join_traces(*traces))


def _are_texts_equal(evaluator: BaseEvaluator, left: Value, right: Value, excerpt: str) -> bool:
    """Return whether two values are equal in this scenario; `excerpt` is what compares them."""
    for parameter, value in ((left, right), (right, left)):
        raw = parameter.raw
        if isinstance(raw, UnknownValue) and raw.name and value.is_known:
            evaluator.split_by_texts(raw, [] if value.text is None else [value.text])
            return False
    if _value_key(left) == _value_key(right) and not left.is_known:  # the same unknown value
        return True
    for value in (left, right):
        if isinstance(value.raw, UnknownValue) and value.raw.domain.values is not None:
            evaluator.resolved(value)
    equal = _are_equal(evaluator, left, right)
    if equal is not None:
        return equal
    reasons = [value.raw.why for value in (left, right) if isinstance(value.raw, UnknownValue)]
    why = (
        reasons[0] if reasons else "the values that it compares are known only after the deployment"
    )
    key = ("equal", frozenset((_value_key(left), _value_key(right))))
    return evaluator.is_assumed(key, excerpt, why)


def _value_key(value: Value) -> object:
    """Return the identity of a value, so that the same comparison is decided once."""
    if isinstance(value.raw, UnknownValue):
        return value.raw.key
    if isinstance(value.raw, tuple):
        return tuple(map(_value_key, value.raw))
    return ("text", value.text)


def _are_equal(evaluator: BaseEvaluator, left: Value, right: Value) -> bool | None:
    """Return whether two values are equal; None where that is not known."""
    left, right = evaluator.resolved(left), evaluator.resolved(right)
    if not left.is_known or not right.is_known:
        return None
    if isinstance(left.raw, tuple) and isinstance(right.raw, tuple):
        if len(left.raw) != len(right.raw):
            return False
        pairs = [_are_equal(evaluator, *pair) for pair in zip(left.raw, right.raw, strict=True)]
        return False if False in pairs else None if None in pairs else True
    return left.text is not None and left.text == right.text


CONDITION_FUNCTIONS: dict[str, Callable[[BaseEvaluator, Node, Node, Frame], Value]] = {
    "Condition": _condition,
    "Fn::And": partial(_all_or_any, is_all=True),
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _contains,
    "Fn::EachMemberIn": _contains,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::Or": partial(_all_or_any, is_all=False),
}
