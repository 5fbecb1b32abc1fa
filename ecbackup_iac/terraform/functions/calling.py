"""A function and its arguments, which may be unknown → the result of the call."""

from collections.abc import Sequence
from functools import reduce

from ecbackup_iac.terraform.functions.call_context import (
    CallContext,
    TooLargeError,
    UnknownResultError,
)
from ecbackup_iac.terraform.functions.data_files import with_steps_of_files
from ecbackup_iac.terraform.functions.signature import Function, Parameter
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.context import evaluation_context
from ecbackup_iac.terraform.values.conversion import converted, expand_outcomes
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.marks import (
    NO_MARKS,
    Marks,
    marks_in,
    marks_of,
    with_hidden_credentials,
)
from ecbackup_iac.terraform.values.outcomes import map_some
from ecbackup_iac.terraform.values.type_system import (
    DYNAMIC,
    SetOf,
    type_name,
)
from ecbackup_iac.terraform.values.value import Privacy, UnknownRaw, Value, not_null

_NULL_RESULTS = frozenset({
    "element", "ephemeralasnull", "jsondecode", "lookup", "merge", "nonsensitive", "one", "sensitive",
    "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "yamldecode",
})  # fmt: skip
"""Functions whose result may be null, and those that give a null for a null."""

_STEPS_PER_ARGUMENT = 3


def call_function(function: Function, arguments: Sequence[Value], context: CallContext) -> Value:
    """Return the result of a call.

    Raises EvaluationError: Terraform rejects the call, whatever is unknown in it.
    """
    charge(_STEPS_PER_ARGUMENT * len(arguments))
    parameters = _parameters(function, len(arguments))
    converted_arguments = tuple(
        _argument(function, parameter, argument)
        for parameter, argument in zip(parameters, arguments, strict=True)
    )

    def apply(*known: Value) -> Value:
        _check_arguments(function, parameters, known)
        try:
            if function.renders_templates:
                return function.implementation(context, *known)
            if function.reads_files:
                return function.implementation(context.scope.files, *known)
            return function.implementation(*known)
        except UnknownResultError as error:
            return _unknown_result(function, arguments, error)

    _check_arguments(function, parameters, converted_arguments)
    try:
        positions = _unknown_positions(parameters, converted_arguments)
        result = map_some(apply, converted_arguments, positions, function.returns)
    except EvaluationError as error:
        raise _rejection(function, arguments, error) from None
    if function.name not in _NULL_RESULTS:
        result = not_null(result)
    decoder = function.name if function.decodes else ""
    result = with_steps_of_files(result, converted_arguments, decoder)
    return _marked(function, parameters, arguments, result) if function.keeps_marks else result


def _check_arguments(
    function: Function, parameters: Sequence[Parameter], arguments: Sequence[Value]
) -> None:
    """Raise EvaluationError for a null, or a container of a type, that the function does not take."""
    for parameter, argument in zip(parameters, arguments, strict=True):
        if argument.is_null and not parameter.allows_null:
            raise _invalid(function, parameter, "argument must not be null")
        if parameter.accepts and not isinstance(argument.type, parameter.accepts):
            is_late = parameter.is_checked_late and not argument.is_known
            # A plan sees the type of what is unknown, too, unless the function checks it late.
            if argument.type != DYNAMIC and not (is_late and argument.unknown.is_deferred):
                raise _invalid(function, parameter, f"{type_name(argument.type)} is not accepted")
        if not argument.is_known and argument.type == DYNAMIC and argument.unknown.is_deferred:
            return  # a plan looks no further


def _marked(
    function: Function, parameters: Sequence[Parameter], arguments: Sequence[Value], result: Value
) -> Value:
    """Return the result with the marks that the arguments give it."""
    marks = marks_of(result)
    for parameter, argument in zip(parameters, arguments, strict=True):
        given = marks_of(argument) if parameter.allows_unknown_elements else marks_in(argument)
        privacy = _privacy_of_result(function, given.privacy)
        marks = marks.joined(Marks(given.is_sensitive, privacy))
    result = result.with_marks(is_sensitive=marks.is_sensitive, privacy=marks.privacy)
    return with_hidden_credentials(result) if marks.privacy is Privacy.DECODED else result


def _privacy_of_result(function: Function, privacy: Privacy) -> Privacy:
    """Return the privacy that an argument gives to the result."""
    if privacy is not Privacy.DOCUMENT:
        return privacy
    return Privacy.DECODED if function.decodes else Privacy.OUTSIDE


def _rejection(
    function: Function, arguments: Sequence[Value], error: EvaluationError
) -> EvaluationError:
    """Return an error without what the arguments do not allow to be shown."""
    marks = _marks_in_all(arguments)
    if marks.is_sensitive:
        text = f'Invalid function argument: "{function.name}" does not accept a sensitive value'
        return EvaluationError(text, error.origin)
    return error.redacted() if marks.privacy else error


def _marks_in_all(arguments: Sequence[Value]) -> Marks:
    return reduce(Marks.joined, map(marks_in, arguments), NO_MARKS)


def _unknown_result(
    function: Function, arguments: Sequence[Value], error: UnknownResultError
) -> Value:
    """Return an unknown value, and note in the evaluation where it is only too large to be computed."""
    if isinstance(error, TooLargeError):
        evaluation_context().too_large = str(error)
    return Value(function.returns, UnknownRaw(_why(function, arguments, error)))


def _why(function: Function, arguments: Sequence[Value], error: UnknownResultError) -> str:
    marks = _marks_in_all(arguments)
    if marks.is_sensitive:
        return f"{function.name} of a sensitive value is not evaluated"
    if marks.privacy and function.reads_files:
        return f"{function.name} of a name that is read from a file is not evaluated"
    return error.redacted_message if marks.privacy else error.why


def _unknown_positions(parameters: Sequence[Parameter], arguments: Sequence[Value]) -> list[int]:
    """Return the positions of the unknown arguments that have to be known."""
    return [
        index
        for index, (parameter, argument) in enumerate(zip(parameters, arguments, strict=True))
        if not argument.is_known
        and (not parameter.allows_unknown or _may_be_null(parameter, argument))
    ]


def _may_be_null(parameter: Parameter, argument: Value) -> bool:
    """Whether one outcome is a null that the function rejects."""
    nulls = (outcome.value.is_null for outcome in argument.unknown.outcomes)
    return not parameter.allows_null and any(nulls)


def _parameters(function: Function, count: int) -> tuple[Parameter, ...]:
    fixed = function.parameters
    if count < len(fixed):
        missing = fixed[count].name
        raise EvaluationError(
            f'Function "{function.name}" expects {len(fixed)} argument(s). '
            f'Missing value for "{missing}".'
        )
    if count > len(fixed) and function.variadic is None:
        raise EvaluationError(f'Function "{function.name}" expects only {len(fixed)} argument(s).')
    rest = (function.variadic,) * (count - len(fixed)) if function.variadic else ()
    return fixed + rest


def _argument(function: Function, parameter: Parameter, argument: Value) -> Value:
    if not parameter.allows_unknown_elements and not parameter.allows_unknown:
        argument = expand_outcomes(argument)
    elif isinstance(argument.type, SetOf) and argument.is_known:
        expanded = expand_outcomes(argument)  # the order of a set depends on everything in it
        argument = expanded if expanded.is_listed else argument
    try:
        return converted(argument, parameter.type)
    except EvaluationError as error:
        raise _invalid(function, parameter, error.message, error.redacted_message) from error


def _invalid(
    function: Function, parameter: Parameter, message: str, redacted_message: str = ""
) -> EvaluationError:
    text = f'Invalid value for "{parameter.name}" parameter of {function.name}: {{}}.'
    return error_quoting(text, message, redacted_message or message)
