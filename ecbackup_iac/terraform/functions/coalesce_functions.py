"""coalesce and coalescelist: the first argument that is neither null nor empty."""

from collections.abc import Sequence

from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.functions.arguments import has_type_only_plan_knows, is_list
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.context import record_rejection
from ecbackup_iac.terraform.values.conversion import converted, expand_outcomes, perhaps_text
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import with_all_marks_of
from ecbackup_iac.terraform.values.outcomes import bounds, map_outcomes, map_some
from ecbackup_iac.terraform.values.type_system import DYNAMIC, STRING, Type, has_dynamic, unified
from ecbackup_iac.terraform.values.value import Value


def _coalesce(*arguments: Value) -> Value:
    """Return coalesce of each combination of types: that of the result depends on every argument."""
    given = [_with_outcomes(argument) for argument in arguments]
    positions = [
        position
        for position, argument in enumerate(given)
        if not argument.is_known and argument.type == DYNAMIC and argument.unknown.outcomes
    ]

    def chosen(*filled: Value) -> Value:
        kind = unified([argument.type for argument in filled])
        if kind is None or not filled:
            raise EvaluationError("all arguments must have the same type")
        if any(map(has_type_only_plan_knows, filled)):
            return _first_of_dynamic_type(filled, kind)
        return _first([converted(argument, kind) for argument in filled], kind)

    return with_all_marks_of(map_some(chosen, given, positions), *arguments)


def _with_outcomes(argument: Value) -> Value:
    """Return an argument as its outcomes, where they differ in type."""
    if not has_type_only_plan_knows(argument):
        return argument
    expanded = expand_outcomes(argument)
    return expanded if expanded.is_listed else argument


def _first_of_dynamic_type(arguments: Sequence[Value], kind: Type) -> Value:
    """Return the first argument where the type of the result depends on what is unknown."""
    record_rejection()  # it may be of another kind than the rest
    untyped = [argument for argument in arguments if has_dynamic(argument.type)]
    if kind == STRING and len(untyped) == 1:  # with another, null, everything would stay as it is
        return _first([converted(argument, kind) for argument in arguments], kind)
    kinds = {type(argument.type) for argument in arguments if argument.type != DYNAMIC}
    if len(kinds) > 1 or any(map(_may_be_empty_text, arguments)):
        raise UnknownResultError("the type of the result depends on unknown values")
    return perhaps_text(_first(arguments, kind))


def _may_be_empty_text(argument: Value) -> bool:
    """Whether an argument may be "", which is skipped where the result is a string, and only there."""
    if argument.is_known:
        return argument.raw == ""
    return any(outcome.value.raw == "" for outcome in argument.unknown.outcomes)


def _first(arguments: Sequence[Value], kind: Type) -> Value:
    """Return the first argument that is neither null nor, of strings, "".

    An unknown one contributes its outcomes, and where it may be skipped, those of the next ones too.
    """

    def is_skipped(argument: Value) -> bool:
        return argument.is_null or (argument.raw == "" and kind == STRING)

    position = next((i for i, argument in enumerate(arguments) if not is_skipped(argument)), None)
    if position is None:
        raise EvaluationError("no non-null, non-empty-string arguments")
    first, rest = arguments[position], arguments[position + 1 :]
    charge(len(rest))

    def chosen(known: Value) -> Value:
        return _first(rest, kind) if is_skipped(known) else known

    if first.is_listed:
        return map_outcomes(chosen, first, kind=first.type)
    return _first_or_unlisted(first, rest, kind)


def _first_or_unlisted(argument: Value, rest: Sequence[Value], kind: Type) -> Value:
    """Return an argument without a list of outcomes; if it may be null, with bounds around the rest."""
    raw = argument.unknown
    if raw.is_not_null or (raw.minimum is None and raw.maximum is None):
        return argument
    try:
        fallback = _first(rest, kind)
    except EvaluationError:
        record_rejection()
        return replace(argument, raw=replace(raw, is_not_null=True))
    low, high = bounds(fallback)
    minimum = None if raw.minimum is None or low is None else min(raw.minimum, low)
    maximum = None if raw.maximum is None or high is None else max(raw.maximum, high)
    return replace(argument, raw=replace(raw, minimum=minimum, maximum=maximum))


def _coalescelist(*arguments: Value) -> Value:
    if not arguments:
        raise EvaluationError("at least one argument is required")
    for argument in arguments:
        if not argument.is_known:
            record_rejection()  # it may be no list
        elif not is_list(argument):
            raise EvaluationError("coalescelist arguments must be lists or tuples")
    return with_all_marks_of(_first_list(arguments), *arguments)


def _first_list(arguments: Sequence[Value]) -> Value:
    position = next((i for i, argument in enumerate(arguments) if _may_be_chosen(argument)), None)
    if position is None:
        raise EvaluationError("no non-null arguments")
    first, rest = arguments[position], arguments[position + 1 :]
    if first.is_known:
        return first
    charge(len(rest))
    return map_outcomes(lambda known: _first_list((known, *rest)), first)


def _may_be_chosen(argument: Value) -> bool:
    """Whether an argument is, or may be, a list with elements. Raises EvaluationError if it is not a list."""
    if argument.is_known and not is_list(argument):
        raise EvaluationError("coalescelist arguments must be lists or tuples")
    return not argument.is_known or (not argument.is_null and bool(argument.elements))


FUNCTIONS: tuple[Function, ...] = (
    function("coalesce(...vals: any | null | unknown | elements)", _coalesce),
    function("coalescelist(...vals: any | null | unknown | elements)", _coalescelist),
)
