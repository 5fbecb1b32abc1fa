"""`condition ? a : b`, `try` and `can` → their values."""

from collections.abc import Callable

from ecbackup_iac.hcl.expression import Binary, Conditional, FunctionCall, Node, Template, Unary
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.evaluation.node_evaluator import NodeEvaluator
from ecbackup_iac.terraform.values.context import record_rejection, track_rejections
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError, ReferenceRejectedError
from ecbackup_iac.terraform.values.outcomes import (
    combined_assumptions,
    map_outcomes,
    of_deferred_type,
    one_of,
)
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, NUMBER, STRING, Type, unified
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Outcome,
    Plans,
    UnknownRaw,
    Value,
    first_unknown,
    is_open,
    keep_unknown_to_plan,
    unknown,
)

_Attempt = Value | EvaluationError
"""The value of a branch, or why Terraform rejects it: an error counts only in the branch that is taken."""


def conditional(evaluator: NodeEvaluator, node: Conditional) -> Value:
    """Return the value of a conditional. Raises EvaluationError."""
    condition = condition_value(evaluator, node.condition)
    if condition.is_null:
        raise _null_condition()
    then, otherwise = _attempt(evaluator, node.then), _attempt(evaluator, node.otherwise)
    kind = _branch_type(_of_its_type(then, node.then), _of_its_type(otherwise, node.otherwise))

    def branch_of(truth: Value) -> Value:
        if truth.is_null:
            raise _null_condition()
        return _branch(then if truth.raw else otherwise, kind)

    if condition.is_listed:
        condition = _with_condition_text(evaluator, condition, node.condition)
        result = keep_unknown_to_plan(lambda: map_outcomes(branch_of, condition), condition)
    else:
        subject = evaluator.condition_text(node.condition)
        result = _either_branch(
            condition, subject, lambda: _branch(then, kind), lambda: _branch(otherwise, kind)
        )
    branches = (branch for branch in (then, otherwise) if isinstance(branch, Value))
    return result.chosen_by(condition).with_marks_of(*branches)


def _with_condition_text(evaluator: NodeEvaluator, condition: Value, node: Node) -> Value:
    """Return a condition whose outcomes name it, where their own assumptions do not say when each is true."""
    raw = condition.raw
    if not isinstance(raw, UnknownRaw) or all(
        outcome.when and not outcome.description for outcome in raw.outcomes
    ):
        return condition
    subject = evaluator.condition_text(node)
    outcomes = []
    for outcome in raw.outcomes:
        is_implied = bool(outcome.when and not outcome.description)
        state = "null" if outcome.value.is_null else str(outcome.value.raw).lower()
        named = combined_assumptions(outcome.when, (Assumption(subject, state, is_implied),))
        outcomes.append(outcome if named is None else Outcome(outcome.value, named))
    return replace(condition, raw=replace(raw, outcomes=tuple(outcomes)))


def with_truth_outcomes(evaluator: NodeEvaluator, value: Value, node: Node) -> Value:
    """Return an unknown operand of a logical operator with true and false as its outcomes."""
    raw = value.raw
    if value.type != BOOL or not isinstance(raw, UnknownRaw) or raw.outcomes or raw.is_deferred:
        return value
    if not raw.is_not_null:
        record_rejection()  # a null operand is rejected
    subject = evaluator.condition_text(node)
    outcomes = tuple(
        Outcome(Value(BOOL, truth), (Assumption(subject, str(truth).lower()),))
        for truth in (True, False)
    )
    return replace(value, raw=replace(raw, outcomes=outcomes))


def condition_value(evaluator: NodeEvaluator, node: Node) -> Value:
    """Return the value of a condition as a bool. Raises EvaluationError."""
    value = evaluator.value(node)
    try:
        return converted(value, BOOL)
    except EvaluationError:
        if value.is_known or not value.unknown.is_deferred:
            raise
        record_rejection(is_deferred=True)
        # A plan does not see of which type it is: it is rejected only when it is applied.
        return replace(value, type=BOOL, raw=UnknownRaw(value.unknown.why, is_deferred=True))


def _null_condition() -> EvaluationError:
    return EvaluationError("Null condition: the condition must be true or false")


def _attempt(evaluator: NodeEvaluator, node: Node) -> _Attempt:
    try:
        return evaluator.value(node)
    except ReferenceRejectedError:
        raise
    except EvaluationError as error:
        return error


def _branch(attempt: _Attempt, kind: Type | None) -> Value:
    """Return the value of the branch that is taken. Raises EvaluationError."""
    if isinstance(attempt, EvaluationError):
        raise attempt
    return attempt if kind is None else converted(attempt, kind)


def _either_branch(
    condition: Value, subject: str, then: Callable[[], Value], otherwise: Callable[[], Value]
) -> Value:
    """Return what both branches can be where nothing is known of the condition."""
    raw = condition.unknown
    found = []
    if not raw.is_not_null and not raw.is_deferred:  # a plan does not wait for what is deferred
        record_rejection()  # a null condition is rejected
    for branch, state in ((then, "true"), (otherwise, "false")):
        try:
            found.append(Outcome(branch(), (Assumption(subject, state),)))
        except ReferenceRejectedError:
            raise
        except EvaluationError:
            record_rejection(is_deferred=raw.is_deferred)
    if not found:
        then()
    result = one_of(found, raw.why, is_deferred=raw.is_deferred)
    if raw.is_deferred and len(found) == 1:
        return of_deferred_type(result, raw.why)
    # Where both are the same, a plan knows only a number, null or an empty collection.
    is_unknown = raw.is_deferred and result.type != NUMBER and result.raw not in (None, (), {})
    return replace(result, unknown_to=Plans.EVERY) if is_unknown and result.is_known else result


def _of_its_type(attempt: _Attempt, node: Node) -> Value:
    """Return a branch; where it is rejected, an unknown value of the type that its operator or text gives."""
    if isinstance(attempt, Value):
        return attempt
    match node:
        case Template(parts=parts) if len(parts) > 1:
            kind = STRING
        case Binary(operator="+" | "-" | "*" | "/" | "%") | Unary(operator="-"):
            kind = NUMBER
        case Binary() | Unary():
            kind = BOOL
        case _:
            kind = DYNAMIC
    return unknown(attempt.message, kind)


def _branch_type(then: Value, otherwise: Value) -> Type | None:
    """Return the type that both branches are converted to; None where they stay as they are."""
    for branch, opposite in ((then, otherwise), (otherwise, then)):
        if branch.is_null and branch.type == DYNAMIC:
            return opposite.type
    if DYNAMIC in (then.type, otherwise.type):
        return None
    kind = unified([then.type, otherwise.type])
    if kind is None:
        raise EvaluationError("Inconsistent conditional result types")
    return kind


def try_call(evaluator: NodeEvaluator, node: FunctionCall) -> Value:
    """Return the value of `try`: the first argument that Terraform does not reject."""
    if not node.arguments:
        raise EvaluationError("try: at least one argument is required")
    found: list[Outcome] = []
    is_deferred = False
    last: EvaluationError | None = None
    for argument in node.arguments:
        try:
            with track_rejections() as rejections:
                value = evaluator.value(argument)
        except ReferenceRejectedError:
            raise
        except EvaluationError as error:
            last = error
            continue
        if not found:  # a plan does not wait for what is deferred, and tries no other argument
            is_deferred = rejections.is_deferred and (rejections.happened or rejections.may_follow)
        found.append(Outcome(value))
        may_follow = rejections.may_follow and not value.is_wholly_known
        if not rejections.happened and not may_follow:
            break
    else:  # the last argument may be rejected, too
        record_rejection(is_deferred=is_deferred)
    if not found:
        raise EvaluationError("no expression succeeded") from last
    if len(found) == 1:
        return _deferred(found[0].value)
    is_deferred = is_deferred or any(
        not tried.value.is_known and tried.value.unknown.is_deferred for tried in found[:-1]
    )  # a plan does not use a later argument before it knows this one
    inner = None if is_open(found[0].value) else first_unknown(found[0].value)
    why = inner.unknown.why if inner else "an expression in try may fail"
    result = one_of(found, why, is_deferred=is_deferred)
    return of_deferred_type(result, why) if is_deferred else result


def _deferred(value: Value) -> Value:
    """Return what `try` makes of a value: a plan knows nothing of it before all of it is known."""
    inner = None if is_open(value) else first_unknown(value)
    if inner is None or not inner.unknown.is_deferred:
        return value
    return of_deferred_type(value, inner.unknown.why)


def can_call(evaluator: NodeEvaluator, node: FunctionCall) -> Value:
    """Return the value of `can`: whether Terraform accepts the argument."""
    if len(node.arguments) != 1:
        raise EvaluationError("can: exactly one argument is required")
    try:
        with track_rejections() as rejections:
            value = evaluator.value(node.arguments[0])
    except ReferenceRejectedError:
        raise
    except EvaluationError:
        return Value(BOOL, raw=False)
    if value.is_wholly_known and not rejections.happened:
        return Value(BOOL, raw=True)
    is_sure = not rejections.happened and not rejections.may_follow
    if is_sure and not value.is_known and value.unknown.outcomes:
        return Value(BOOL, raw=True)
    inner = None if is_open(value) else first_unknown(value)
    why = inner.unknown.why if inner else "it is unknown whether it is valid"
    is_deferred = inner is not None and inner.unknown.is_deferred
    return unknown(why, BOOL, is_deferred=is_deferred, is_not_null=True)
