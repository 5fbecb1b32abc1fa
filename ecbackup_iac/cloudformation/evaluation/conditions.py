"""Condition functions in one world → whether they hold: Fn::And, Fn::Equals, Fn::Not, Fn::Or, Condition."""

from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.evaluation.scenarios import NeedsSplit
from ecbackup_iac.cloudformation.evaluation.values import (
    ConditionResult,
    UnknownValue,
    UnresolvedParameter,
    Value,
    joined,
)
from ecbackup_iac.cloudformation.syntax.nodes import Node, ScalarNode, function_of, text_of

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
    from ecbackup_iac.cloudformation.evaluation.stacks import Frame
    from ecbackup_iac.model.value import TraceStep

BOOLEAN = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")

MAX_OPERANDS = 1_000
"""Of Fn::And and Fn::Or; CloudFormation takes ten."""


def truth_of(evaluator: "Evaluator", node: Node, frame: "Frame") -> ConditionResult:
    """Say whether a condition holds.

    Raises:
        RefusalError: CloudFormation refuses it.
        Split: it depends on what this world leaves open.

    """
    evaluator.enter(node, frame)
    try:
        name, argument = function_of(node) or ("", node)
        match name:
            case "Fn::And" | "Fn::Or":
                operands = evaluator.arguments(argument, node, frame, 1, MAX_OPERANDS)
                return _all_or_any(evaluator, operands, frame, is_all=name == "Fn::And")
            case "Fn::Not":
                (inner,) = evaluator.arguments(argument, node, frame, 1, 1)
                truth = truth_of(evaluator, inner, frame)
                return ConditionResult(not truth.holds, truth.trace)
            case "Fn::Equals":
                return _equals(evaluator, argument, node, frame)
            case "Condition":
                return evaluator.condition(text_of(argument) or "", frame, node)
            case _:
                return _as_truth(evaluator, node, frame)
    finally:
        evaluator.leave()


def truth_of_condition(evaluator: "Evaluator", node: Node, frame: "Frame") -> ConditionResult:
    """Say whether the condition that an `Fn::If` names holds."""
    if isinstance(node, ScalarNode) and node.tag is None:
        return evaluator.condition(node.text, frame, node)
    return truth_of(evaluator, node, frame)


def _as_truth(evaluator: "Evaluator", node: Node, frame: "Frame") -> ConditionResult:
    """Take any other expression for a boolean."""
    value = evaluator.settled(evaluator.value(node, frame))
    text = (value.text or "").lower()
    if text in ("true", "false"):
        return ConditionResult(text == "true", value.trace)
    if isinstance(value.raw, UnknownValue):
        shown = evaluator.shown(node, frame)
        return evaluator.fact(value.raw.key, shown, value.raw.why, value.trace)
    raise evaluator.refused("a condition is expected here", node, frame)


def _all_or_any(
    evaluator: "Evaluator", operands: list[Node], frame: "Frame", *, is_all: bool
) -> ConditionResult:
    """Ask every operand before splitting any: one that decides by itself spares the others."""
    split: NeedsSplit | None = None
    trace: tuple[TraceStep, ...] = ()
    asked: dict[str, tuple[str, ...]] = {}
    for operand in operands:
        with evaluator.depending() as told:
            try:
                truth = truth_of(evaluator, operand, frame)
            except NeedsSplit as error:
                split = split or error
                continue
        if truth.holds is not is_all:  # this one decides, so what the others depend on is no matter
            evaluator.tell(told)
            return truth
        asked |= told
        trace += truth.trace
    if split is not None:
        raise split
    evaluator.tell(asked)
    return ConditionResult(is_all, joined(trace))


def _equals(evaluator: "Evaluator", argument: Node, node: Node, frame: "Frame") -> ConditionResult:
    operands = evaluator.arguments(argument, node, frame, 2, 2)
    one, other = (evaluator.value(operand, frame) for operand in operands)
    # A literal stands in the condition's own line, which the trace shows anyway.
    traces = [
        value.trace
        for operand, value in zip(operands, (one, other), strict=True)
        if function_of(operand) is not None
    ]
    trace = joined(*traces)
    for this, that in ((one, other), (other, one)):
        if isinstance(this.raw, UnresolvedParameter) and that.is_known:
            text, domain = that.text, this.raw.domain
            if text is None or not domain.admits(text):
                return ConditionResult(holds=False, trace=trace)
            raise evaluator.refined(this.raw, domain.only(text), domain.without(text))
    if _key(one) == _key(other) and not one.is_known:  # the same thing, whatever it is
        return ConditionResult(holds=True, trace=trace)
    for this in (one, other):
        if isinstance(this.raw, UnresolvedParameter) and this.raw.domain.values is not None:
            evaluator.settled(this)
    same = _same(evaluator, one, other)
    if same is not None:
        return ConditionResult(same, trace)
    whys = [
        each.raw.why
        for each in (one, other)
        if isinstance(each.raw, UnknownValue | UnresolvedParameter)
    ]
    why = whys[0] if whys else "what it compares is known only after the deployment"
    key = ("equal", frozenset((_key(one), _key(other))))
    return evaluator.fact(key, evaluator.shown(node, frame), why, trace)


def _key(value: Value) -> object:
    """Give what tells a value from others, so that the same question is asked once."""
    if isinstance(value.raw, UnknownValue | UnresolvedParameter):
        return value.raw.key
    if isinstance(value.raw, tuple):
        return tuple(map(_key, value.raw))
    return ("text", value.text)


def _same(evaluator: "Evaluator", one: Value, other: Value) -> bool | None:
    """Compare two values; None where nobody can tell."""
    one, other = evaluator.settled(one), evaluator.settled(other)
    if not one.is_known or not other.is_known:
        return None
    if isinstance(one.raw, tuple) and isinstance(other.raw, tuple):
        if len(one.raw) != len(other.raw):
            return False
        pairs = [_same(evaluator, *pair) for pair in zip(one.raw, other.raw, strict=True)]
        return False if False in pairs else None if None in pairs else True
    return one.text is not None and one.text == other.text
