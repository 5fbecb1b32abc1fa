"""Names in one scenario → their values: parameters, those of nested stacks, pseudo parameters, resources."""

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import condition_of_if
from ecbackup_iac.cloudformation.evaluation.declarations import (
    Declaration,
    GivenValue,
    command_line_step,
)
from ecbackup_iac.cloudformation.evaluation.domains import Domain
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.scenarios import Key
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, Stack
from ecbackup_iac.cloudformation.evaluation.template import (
    DYNAMIC_REFERENCE,
    ending_of,
    is_filled_in,
)
from ecbackup_iac.cloudformation.evaluation.values import (
    NO_VALUE,
    NoValue,
    Raw,
    UnknownValue,
    Value,
)
from ecbackup_iac.cloudformation.syntax.document import MAX_STEP_LENGTH, SourceText
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    function_of,
    members,
    text_of,
)
from ecbackup_iac.model.hidden import placeholder_of
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, TraceStep

_NO_VALUE_NAME = "AWS::NoValue"

# Pseudo parameters that have the same value in nested stacks.
_SHARED = ("AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix")


def reference(evaluator: BaseEvaluator, name: str, node: Node, frame: Frame) -> Value:
    """Return the value of `Ref` for a name: a loop's item, a parameter, a resource."""
    item = frame.loops.get(name)
    if item is not None:
        return item.value
    stack, source = frame.stack, frame.stack.template.source
    if name == _NO_VALUE_NAME:
        return Value(NO_VALUE, (source.step(node),), literals=_call_locations(source, node))
    declaration = stack.template.declaration(name)
    if declaration is not None:
        return _parameter(evaluator, declaration, stack)
    if name.startswith("AWS::"):
        return _pseudo_parameter(evaluator, name, node, frame)
    if stack.template.may_have_resource(name):
        why = f"the id of {name} is known only after the deployment"
        return evaluator.unknown_value(why, node, frame)
    shown = name or "a reference without a name"
    raise evaluator.rejected(f"{shown} is neither a parameter nor a resource", node, frame)


def _call_locations(source: SourceText, node: Node) -> tuple[Location, ...]:
    """Return the location of a whole call `!Ref AWS::NoValue`; none for one with an alias."""
    name, argument = function_of(node) or ("", node)
    if name != "Ref" or argument.start < node.start:
        return ()
    if isinstance(node, MapNode) and source.text_at(node)[:1] != "{":
        return (source.location(node.start, argument.end),)
    return (source.location_of(node),)


def _parameter(evaluator: BaseEvaluator, declaration: Declaration, stack: Stack) -> Value:
    key = _key_of(declaration, stack)
    evaluator.use_parameter(stack, declaration.name)
    value = evaluator.cached(key, lambda: _parameter_value(evaluator, declaration, stack))
    parameter = value.raw
    if isinstance(parameter, UnknownValue) and parameter.name:
        _record_assumption(evaluator, parameter, is_secret=value.is_secret)
        values = parameter.domain.values
        if values is not None and len(values) == 1:
            return replace(value, raw=values[0])
    return value


def _key_of(declaration: Declaration, stack: Stack) -> Key:
    return ("parameter", stack.address, declaration.name)


def _record_assumption(
    evaluator: BaseEvaluator, parameter: UnknownValue, *, is_secret: bool = False
) -> None:
    """Record what the scenario assumes an unresolved parameter to be."""
    assumed = evaluator.assumed_domain(parameter.key)
    if assumed is None:
        return
    declared = parameter.declaration.domain if parameter.declaration else Domain()
    if is_secret:
        values = sorted(assumed.excluded) if assumed.values is None else assumed.values
        sign = "is not" if assumed.values is None else "is"
        text = f"{parameter.name} {sign} {' or '.join(map(placeholder_of, values))}"
    elif assumed.values is not None and len(assumed.values) == 1:
        text = f'{parameter.name} is "{assumed.values[0]}"'
    else:
        excluded = assumed.excluded
        if assumed.values is not None and declared.values is not None:
            excluded = frozenset(declared.values) - frozenset(assumed.values)
        listed = " or ".join(f'"{value}"' for value in sorted(excluded))
        text = f"{parameter.name} is not {listed}"
    if text not in evaluator.conditions:
        evaluator.add_dependencies({text: (parameter.why,)})


def _parameter_value(evaluator: BaseEvaluator, declaration: Declaration, stack: Stack) -> Value:
    declaration.check_type()
    if declaration.is_from_systems_manager:
        name = f"{stack.prefix}{declaration.name}"
        why = f"parameter {name} is read from Systems Manager when the stack is deployed"
        trace = _systems_manager_trace(evaluator, declaration, stack)
        return Value(UnknownValue(why, _key_of(declaration, stack)), trace, declaration.is_secret)
    if evaluator.ignores_values:
        return _without_value(evaluator, declaration, stack)
    if stack.passed_in is not None:
        return _nested_parameter(evaluator, declaration, stack)
    given = stack.given_values.get(declaration.name)
    if given is not None:
        return _given_value(evaluator, declaration, stack, given)
    if declaration.default is not None and declaration.name not in stack.rejected_defaults:
        return _default(evaluator, declaration, stack, declaration.default)
    return _without_value(evaluator, declaration, stack)


def _given_value(
    evaluator: BaseEvaluator, declaration: Declaration, stack: Stack, given: GivenValue
) -> Value:
    """Return the value of a parameter that is given one from outside the templates."""
    secret = declaration.is_secret or given.is_secret
    first, *other_steps = given.steps(declaration)
    is_placeholder = given.is_from_file and is_filled_in(given.text or "")
    if given.text is not None and not is_placeholder:
        declaration.check(given.text, given.location, is_secret=secret)
        value = _declared_value(declaration, given.text, first, given.literal, is_secret=secret)
        return replace(value, trace=(*value.trace, *other_steps))
    name = f"{stack.prefix}{declaration.name}"
    why = given.why or f"parameter {name} keeps its previous value"
    possible = Domain(values=given.possible).within(declaration.domain) if given.possible else None
    if is_placeholder:
        why = f"the value of {name} is filled in by another program"
        possible = declaration.domain
    raw: Raw = UnknownValue(why, _key_of(declaration, stack))
    if possible is not None:
        raw = _unresolved(evaluator, declaration, stack, possible, why)
    return Value(raw, (first, *other_steps), secret)


def _unresolved(
    evaluator: BaseEvaluator, declaration: Declaration, stack: Stack, possible: Domain, why: str
) -> UnknownValue:
    """Return a parameter without a value that can be what is possible; a list is just unknown."""
    key, name = _key_of(declaration, stack), f"{stack.prefix}{declaration.name}"
    why = why or f"parameter {name} has no default and no value"
    if declaration.is_list:
        return UnknownValue(why, key)
    domain = evaluator.domain_of(key, possible)
    return UnknownValue(why, key, domain, name=name, declaration=declaration)


def _systems_manager_trace(
    evaluator: BaseEvaluator, declaration: Declaration, stack: Stack
) -> tuple[TraceStep, ...]:
    """Return the steps that name the parameter of Systems Manager from which a value is read."""
    text = f"{declaration.name} is read from Systems Manager"
    passed = _passed_entry(evaluator, declaration.name, stack)
    if passed is not None:
        step = replace(declaration.step, text=text)
        if declaration.is_secret or isinstance(passed, Value):
            return (step,)
        entry, frame = passed
        return step, frame.stack.template.source.step(*entry, StepKind.PARAMETER)
    given = stack.given_values.get(declaration.name)
    if given is not None and given.is_from_command_line:
        return (given.step(declaration),)
    step = declaration.default_step if given is None else given.step(declaration)
    path = declaration.default if given is None else given.text
    shown = placeholder_of(path or "") if declaration.is_secret else (path or "")[:MAX_STEP_LENGTH]
    return (replace(step, text=f"{text}: {shown}".rstrip(": ")),)


def _without_value(evaluator: BaseEvaluator, declaration: Declaration, stack: Stack) -> Value:
    """Return the value of a parameter that has neither a value nor a default."""
    rule = stack.rejected_defaults.get(declaration.name)
    step = declaration.default_step if rule else declaration.step
    step = replace(step, kind=StepKind.OPEN_PARAMETER)
    name = f"{stack.prefix}{declaration.name}"
    why = f"the rule {rule} rejects the default of the parameter {name}" if rule else ""
    raw = _unresolved(evaluator, declaration, stack, declaration.domain, why)
    return Value(raw, (step,), declaration.is_secret)


def _default(
    evaluator: BaseEvaluator,
    declaration: Declaration,
    stack: Stack,
    text: str,
    *,
    is_checked: bool = True,
) -> Value:
    step = declaration.default_step
    if is_filled_in(text):
        why = f"the default of {declaration.name} is filled in by another program"
        raw = _unresolved(evaluator, declaration, stack, declaration.domain, why)
        return Value(replace(raw, ending=ending_of(text)), (step,), declaration.is_secret)
    if is_checked:
        declaration.check(text, step.location)
    return _declared_value(declaration, text, step, declaration.default_literal)


def _declared_value(
    declaration: Declaration,
    text: str,
    step: TraceStep,
    literal: Location | None = None,
    *,
    is_secret: bool = False,
) -> Value:
    """Return the value that a string is for a parameter: the string, or the list of its parts."""
    secret = is_secret or declaration.is_secret
    if DYNAMIC_REFERENCE.search(text):
        shown = "its value" if secret else text[:80]
        why = (
            f"parameter {declaration.name}: {shown} is a dynamic reference, resolved at deployment"
        )
        raw = UnknownValue(why, (declaration.name, text), ending=ending_of(text))
        return Value(raw, (step,), secret)
    if declaration.is_list:
        parts = [part.strip() for part in text.split(",")] if text else []
        return Value(tuple(Value(part, (step,), secret) for part in parts), (step,), secret)
    return Value(text, (step,), secret, (literal,) if literal else ())


# Parameters of nested stacks


def _nested_parameter(evaluator: BaseEvaluator, declaration: Declaration, stack: Stack) -> Value:
    """Return the value of a nested stack's parameter: what the parent passes, or its default."""
    entry = _passed_entry(evaluator, declaration.name, stack)
    if isinstance(entry, Value):
        return entry.through(declaration.step, is_secret=declaration.is_secret)
    if entry is not None:
        return _passed_value(evaluator, declaration, stack, *entry)
    if declaration.default is not None:
        return _default(evaluator, declaration, stack, declaration.default)
    raise _not_passed(declaration, declaration.step.location)


def _not_passed(declaration: Declaration, location: Location) -> TemplateRejectedError:
    message = f"the nested stack is not passed its parameter {declaration.name}"
    return TemplateRejectedError(message, location)


def _passed_entry(
    evaluator: BaseEvaluator, name: str, stack: Stack
) -> tuple[Entry, Frame] | Value | None:
    """Return the entry that the parent passes to a parameter; an unknown value where it may pass one."""
    if stack.passed_in is not None:
        for node in reversed(stack.passed):
            entry = _entry_among(evaluator, name, node, stack.passed_in)
            if entry is not None:
                return entry
    return None


def _entry_among(
    evaluator: BaseEvaluator, name: str, node: Node, frame: Frame
) -> tuple[Entry, Frame] | Value | None:
    """Return the entry of a parameter in a map, or in a list of names and values."""
    chosen = _chosen(evaluator, node, frame)
    if chosen is None:
        return None
    if isinstance(chosen, ListNode) and function_of(chosen) is None:
        return _listed_entry(evaluator, name, chosen, frame)
    entries = members(chosen)
    if function_of(chosen) is not None or "Fn::Transform" in entries:
        return _unknown_parameters(evaluator, chosen, frame)
    entry = evaluator.entry_of(entries, name, frame)
    if entry is None and (possible := evaluator.entry_of_unknown_loop(entries, name, frame)):
        return possible[1]
    return entry


def _listed_entry(
    evaluator: BaseEvaluator, name: str, node: ListNode, frame: Frame
) -> tuple[Entry, Frame] | Value | None:
    """Return the last entry of a name in `[{ParameterKey: name, ParameterValue: value}]`."""
    entry: tuple[Entry, Frame] | Value | None = None
    for item in node.items:
        chosen = _chosen(evaluator, item, frame)
        if chosen is None:
            continue
        named = named_parameter(chosen)
        if named is None:
            entry = _unknown_parameters(evaluator, item, frame)
        elif frame.substitute(named[0]) == name:
            entry = named[1], frame
    return entry


def named_parameter(item: Node) -> tuple[str, Entry] | None:
    """Return the name, and the entry of the value, that an item of a list of parameters has."""
    entries = members(item)
    for key, value in (("ParameterKey", "ParameterValue"), ("Key", "Value")):
        name = entries[key][1] if key in entries else None
        if isinstance(name, ScalarNode) and name.tag is None and value in entries:
            return name.text, entries[value]
    return None


def _chosen(evaluator: BaseEvaluator, node: Node, frame: Frame) -> Node | None:
    """Return the branch of `Fn::If` that counts; None for AWS::NoValue."""
    function = function_of(node)
    while function is not None and function[0] == "Fn::If":
        condition, then, otherwise = evaluator.arguments(
            function[1], node, frame, minimum=3, maximum=3
        )
        node = then if condition_of_if(evaluator, condition, frame).is_true else otherwise
        function = function_of(node)
    if function is not None and function[0] == "Ref" and text_of(function[1]) == _NO_VALUE_NAME:
        return None
    return node


def _unknown_parameters(evaluator: BaseEvaluator, node: Node, frame: Frame) -> Value:
    why = "what the parent passes to the nested stack is unknown"
    return evaluator.unknown_value(why, node, frame)


def _passed_value(
    evaluator: BaseEvaluator, declaration: Declaration, stack: Stack, entry: Entry, frame: Frame
) -> Value:
    """Return the value of the parameter that an entry of the parent is passed to."""
    key_node, node = entry
    value = evaluator.value(node, frame)
    secret = declaration.is_secret
    step = frame.stack.template.source.step(key_node, node, StepKind.MODULE_INPUT)
    if secret:
        placeholder = placeholder_of(value.text or declaration.name)
        step = replace(step, text=f"{declaration.name}: {placeholder}", is_secret=True)
    match value.raw:
        case UnknownValue() as parameter if parameter.name:
            parameter = replace(parameter, domain=parameter.domain.within(declaration.domain))
            return replace(value, raw=parameter).through(step, is_secret=secret)
        case UnknownValue() as unknown:
            raw = _restricted(evaluator, declaration, stack, unknown)
            return replace(value, raw=raw).through(step, is_secret=secret)
        case NoValue():
            if declaration.default is None:
                raise _not_passed(declaration, step.location)
            return _default(evaluator, declaration, stack, declaration.default, is_checked=False)
        case tuple() as items:
            text = evaluator.join_texts(items, ",")
            if text is None:
                unknown = UnknownValue("its parts are unknown", _key_of(declaration, stack))
                return replace(value, raw=unknown)
        case _:
            text = value.text
    if text is None:
        message = f"parameter {declaration.name} of the nested stack is not passed a string"
        raise TemplateRejectedError(message, step.location)
    declaration.check(text, step.location, is_secret=value.is_secret)
    is_literal = isinstance(node, ScalarNode) and node.tag is None
    return replace(
        _declared_value(declaration, text, step, is_secret=value.is_secret),
        trace=(step,) if is_literal else (step, *value.trace),
        literals=() if declaration.is_list else value.literals,
    )


def _restricted(
    evaluator: BaseEvaluator, declaration: Declaration, stack: Stack, unknown: UnknownValue
) -> UnknownValue:
    """Return an unknown value as the parameter that it is passed to: only allowed values are deployed."""
    is_bounded = declaration.domain.values is not None or declaration.domain.is_number
    if not is_bounded or declaration.is_list:
        return unknown
    possible = unknown.domain.within(declaration.domain)
    return _unresolved(evaluator, declaration, stack, possible, unknown.why)


# Pseudo parameters


def _pseudo_parameter(evaluator: BaseEvaluator, name: str, node: Node, frame: Frame) -> Value:
    stack = frame.stack
    step = stack.template.source.step(node, kind=StepKind.PSEUDO_PARAMETER)
    given = None if evaluator.ignores_values else stack.ancestors[-1].given_values.get(name)
    if given is not None and given.text is not None:
        return Value(given.text, (command_line_step(name),), given.is_secret)
    why = f"{name} is known only where the stack is deployed"
    if name == "AWS::NotificationARNs":
        return evaluator.unknown_value(why, node, frame)
    key = ("parameter", "" if name in _SHARED else stack.address, name)
    domain = evaluator.domain_of(key, Domain())
    parameter = UnknownValue(why, key, domain, name=name)
    _record_assumption(evaluator, parameter)
    if domain.values is not None and len(domain.values) == 1:
        return Value(domain.values[0], (step,))
    return Value(parameter, (step,))
