"""A function call → its value."""

from collections.abc import Mapping

from ecbackup_iac.hcl.expression import FunctionCall, GetAttribute, Index, Name, Node, Splat
from ecbackup_iac.terraform.evaluation.conditionals import can_call, try_call
from ecbackup_iac.terraform.evaluation.node_evaluator import NodeEvaluator
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.functions.calling import call_function
from ecbackup_iac.terraform.functions.signature import Function
from ecbackup_iac.terraform.values.context import record_possible_rejection, record_rejection
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.operators import possible_elements
from ecbackup_iac.terraform.values.outcomes import map_outcomes, one_of
from ecbackup_iac.terraform.values.type_system import STRING, ObjectOf, is_sequence
from ecbackup_iac.terraform.values.value import (
    Outcome,
    Value,
    is_collection,
    keep_unknown_to_plan,
    unknown,
)

IMPURE = {
    "timestamp": "the time of the apply",
    "plantimestamp": "the time of the plan",
    "uuid": "a random identifier",
    "bcrypt": "a random salt",
}
"""Functions whose result differs from run to run, and what it depends on."""

OPENTOFU_ONLY = frozenset({"base64gunzip", "cidrcontains", "urldecode"})
"""Functions that Terraform does not have, so that `try` and `can` differ."""

_SPECIAL_FORMS = {"try": try_call, "can": can_call}

_LOOKUP_ARGUMENTS = 3


def function_call(evaluator: NodeEvaluator, node: FunctionCall) -> Value:
    """Return the value of a call. Raises EvaluationError."""
    if not evaluator.scope.allows_calls:
        raise EvaluationError("Function calls not allowed: functions may not be called here")
    name = node.name.removeprefix("core::")
    if name in _SPECIAL_FORMS:
        return _SPECIAL_FORMS[name](evaluator, node)
    if name in IMPURE:
        why = f"{name}() gives {IMPURE[name]}"
        return unknown(why, STRING, is_deferred=True, is_not_null=True)
    if "::" in name:
        for argument in node.arguments:
            evaluator.value(argument)
        return unknown(f"{evaluator.source_text(node, node.name)} is a provider's function")
    return _named_call(evaluator, node, name)


def _named_call(evaluator: NodeEvaluator, node: FunctionCall, name: str) -> Value:
    function = FUNCTIONS.get(name)
    if function is None:
        text = f': there is no function named "{name}"'
        raise error_quoting("Call to unknown function{}", text, "")
    if name in OPENTOFU_ONLY or (name == "templatestring" and not _starts_with_name(node)):
        record_rejection()  # Terraform's: OpenTofu accepts it
    arguments = [evaluator.value(argument) for argument in node.arguments]
    if name == "lookup" and len(arguments) == _LOOKUP_ARGUMENTS:
        found = _lookup_of_unknown_key(evaluator, node, arguments)
        if found is not None:
            return found
    called = _expanded_call if node.is_expanded else call_function
    needed = () if _is_known_by_type(name, arguments) else arguments
    return keep_unknown_to_plan(lambda: called(function, arguments, evaluator), *needed)


def _is_known_by_type(name: str, arguments: list[Value]) -> bool:
    """Whether a plan knows a result of what it does not know itself."""
    match name, arguments:
        case "length", [of]:
            return is_collection(of)
        case "keys", [of]:
            return isinstance(of.type, ObjectOf)
        case _:
            return False


def _starts_with_name(node: FunctionCall) -> bool:
    """Whether the first argument is a reference, which Terraform requires of `templatestring`."""
    argument: Node | None = node.arguments[0] if node.arguments else None
    while isinstance(argument, GetAttribute | Index | Splat):
        argument = argument.of
    return isinstance(argument, Name)


def _expanded_call(function: Function, arguments: list[Value], evaluator: NodeEvaluator) -> Value:
    """Return the value of `function(a, b...)`."""
    *fixed, last = arguments
    if not last.is_listed:
        # It may be rejected as an argument.
        record_possible_rejection(is_deferred=last.unknown.is_deferred)
        return unknown(last.unknown.why, function.returns, is_deferred=last.unknown.is_deferred)

    def expanded(known: Value) -> Value:
        if known.is_null:
            raise EvaluationError("Invalid expanding argument value: it is null")
        if not is_sequence(known.type):
            raise EvaluationError("Invalid expanding argument value: it is not a list")
        elements = [e.taken_from(last).with_marks_of(last, known) for e in known.elements]
        return call_function(function, [*fixed, *elements], evaluator)

    return map_outcomes(expanded, last, kind=function.returns)


def _lookup_of_unknown_key(
    evaluator: NodeEvaluator, node: FunctionCall, arguments: list[Value]
) -> Value | None:
    """Return any value of the map or the default, where nothing is known of a lookup's key."""
    of, key, default = arguments
    if key.is_listed or not isinstance(of.raw, Mapping):
        return None
    from ecbackup_iac.terraform.functions.collection_functions import default_of

    default = default_of(of, default)
    subject = evaluator.condition_text(node.arguments[1])
    found = possible_elements(of, subject, is_hidden=of.is_hidden or key.is_hidden)
    # No assumption: another map's keys are something else to this one.
    found.append(Outcome(default, description=f"{subject} is something else"))
    raw = key.unknown
    result = one_of(found, raw.why, is_deferred=raw.is_deferred)
    return result.taken_from(of).with_marks_of(*arguments)
