"""Calls of CloudFormation's intrinsic functions → values: one function each, in one table.

Each takes the evaluator, the function's argument, the node of the whole call, and its frame.
"""

import re
from collections.abc import Callable

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import CONDITION_FUNCTIONS, condition_of_if
from ecbackup_iac.cloudformation.evaluation.parameters import reference
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, Stack
from ecbackup_iac.cloudformation.evaluation.template import (
    CUSTOM_OPTIONS,
    DYNAMIC_REFERENCE,
    LANGUAGE_EXTENSIONS,
    PLACEHOLDER,
    SERVERLESS_VARIABLE,
    ResolvedVariable,
    ending_of,
)
from ecbackup_iac.cloudformation.evaluation.values import (
    Trace,
    UnknownValue,
    Value,
    join_traces,
)
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    Node,
    ScalarNode,
    function_of,
    member,
    members,
    text_of,
)
from ecbackup_iac.model.deployment import DEFERRED
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind

_SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")

MAX_ENDING = 1_000
"""Characters of what an unknown string is known to end with."""

_MAX_QUOTED = 80
"""Characters of an input's text in a message."""


def _ref(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    name = evaluator.resolved_value(argument, frame).text
    if name is None:
        raise evaluator.rejected("Ref expects a name", node, frame)
    return reference(evaluator, name.strip(), node, frame)


def _if(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    condition, then, otherwise = evaluator.arguments(argument, node, frame, minimum=3, maximum=3)
    result = condition_of_if(evaluator, condition, frame)
    return evaluator.value(then if result.is_true else otherwise, frame).through(*result.trace)


def resolved_variables(node: ScalarNode, frame: Frame) -> ResolvedVariable | str:
    """Return the value of a string with variables of the Serverless Framework, or why it is not known."""
    resolve = frame.stack.template.resolve
    if resolve is None:
        return f"{node.text[:_MAX_QUOTED]} is a variable of the Serverless Framework"
    return resolve(node)


def _sub(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    variables: dict[str, Entry] = {}
    text_node = argument
    if isinstance(argument, ListNode):
        text_node, variable_node = evaluator.arguments(argument, node, frame, minimum=2, maximum=2)
        variables = members(variable_node)
    if not isinstance(text_node, ScalarNode):
        raise evaluator.rejected("Fn::Sub expects a string", node, frame)
    text = frame.substitute(text_node.text)
    if SERVERLESS_VARIABLE.search(text):
        whole = ScalarNode(text, text_node.start, text_node.end, text_node.style, None)
        resolved = resolved_variables(whole, frame)
        if isinstance(resolved, str):
            return evaluator.unknown_value(resolved, node, frame)
        if not isinstance(resolved.node, ScalarNode):
            raise evaluator.rejected("Fn::Sub expects a string", node, frame)
        text = resolved.node.text
    parts: list[Value] = []
    position = 0
    for match in _SUBSTITUTION.finditer(text):
        parts.append(Value(text[position : match.start()]))
        position = match.end()
        name = match[1].strip()
        if name.startswith("!"):
            parts.append(Value(f"${{{name[1:]}}}"))
        elif name in variables:
            parts.append(evaluator.value(variables[name][1], frame))
        elif "." in name:
            parts.append(_attribute(evaluator, name, node, frame))
        else:
            parts.append(reference(evaluator, name, node, frame))
    is_literal = text == text_node.text and not parts
    location = frame.stack.template.source.location_of(text_node)
    is_secret = frame.has_secret_item and text != text_node.text
    parts.append(Value(text[position:], (), is_secret, (location,) if is_literal else ()))
    return _text_of_parts(evaluator, tuple(parts), "", node, frame)


def _join(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    delimiter_node, list_node = evaluator.arguments(argument, node, frame, minimum=2, maximum=2)
    delimiter = evaluator.resolved_value(delimiter_node, frame).text
    items = evaluator.resolved_value(list_node, frame)
    if isinstance(items.raw, UnknownValue):
        return items
    if delimiter is None or not isinstance(items.raw, tuple):
        raise evaluator.rejected("Fn::Join expects a delimiter and a list", node, frame)
    return _text_of_parts(evaluator, items.raw, delimiter, node, frame)


def _text_of_parts(
    evaluator: BaseEvaluator, parts: tuple[Value, ...], delimiter: str, node: Node, frame: Frame
) -> Value:
    """Return the string of joined values."""
    evaluator.charge(len(parts))
    resolved_parts = tuple(map(evaluator.resolved, parts))
    raws = (part.raw for part in resolved_parts)
    unknown = next((raw for raw in raws if isinstance(raw, UnknownValue)), None)
    trace = join_traces(*(part.trace for part in resolved_parts))
    is_secret = any(part.is_secret for part in parts)
    if unknown is not None:
        ending = _known_ending(resolved_parts, delimiter)
        value = evaluator.unknown_value(unknown.why, node, frame, ending)
        return replace(value, trace=trace, is_secret=is_secret)
    text = evaluator.join_texts(resolved_parts, delimiter)
    if text is None:
        raise evaluator.rejected("only strings can be joined", node, frame)
    evaluator.charge_text(text)
    if DYNAMIC_REFERENCE.search(text):
        why = f"{evaluator.excerpt(node, frame)} is a dynamic reference, resolved at the deployment"
        return evaluator.unknown_value(why, node, frame, ending_of(text))
    if PLACEHOLDER.search(text):
        why = f"{evaluator.excerpt(node, frame)} is filled in by another program: check its output"
        return evaluator.unknown_value(why, node, frame, ending_of(text))
    texts = [part for part in resolved_parts if part.text]
    literals = texts[0].literals if len(texts) == 1 else ()
    return Value(text, trace, is_secret, literals)


def _known_ending(parts: tuple[Value, ...], delimiter: str) -> str:
    """Return what joined values end with, from the last unknown one on."""
    ending = ""
    for part in reversed(parts):
        if part.text is None:
            last = part.raw.ending if isinstance(part.raw, UnknownValue) else ""
            return last + ending
        ending = (delimiter + part.text + ending)[-MAX_ENDING:]
    return ending


def _split(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    delimiter_node, text_node = evaluator.arguments(argument, node, frame, minimum=2, maximum=2)
    delimiter = evaluator.resolved_value(delimiter_node, frame).text
    value = evaluator.resolved_value(text_node, frame)
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.unknown_value(value.raw.why, node, frame), trace=value.trace)
    text = value.text
    if not delimiter or text is None:
        raise evaluator.rejected("Fn::Split expects a delimiter and a string", node, frame)
    parts = text.split(delimiter)
    evaluator.charge(len(parts))
    items = tuple(Value(part, value.trace, value.is_secret) for part in parts)
    return Value(items, value.trace, value.is_secret)


def _length(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    if not frame.stack.template.may_use_language_extensions:
        raise evaluator.rejected(f"Fn::Length needs Transform: {LANGUAGE_EXTENSIONS}", node, frame)
    value = evaluator.resolved_value(argument, frame)
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.unknown_value(value.raw.why, node, frame), trace=value.trace)
    if not isinstance(value.raw, tuple):
        raise evaluator.rejected("Fn::Length expects a list", node, frame)
    return Value(len(value.raw), (*value.trace, frame.stack.template.source.step(node)))


def _get_att(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    if isinstance(argument, ListNode):
        parts = [evaluator.resolved_value(part, frame).text for part in argument.items]
        if len(parts) < 2 or None in parts:  # noqa: PLR2004 - a resource and an attribute
            return evaluator.unknown_value(
                f"{evaluator.excerpt(node, frame)} is known only after the deployment", node, frame
            )
        return _attribute(evaluator, ".".join(filter(None, parts)), node, frame)
    name = frame.substitute(text_of(argument) or "")
    return _attribute(evaluator, name, node, frame)


def _attribute(evaluator: BaseEvaluator, name: str, node: Node, frame: Frame) -> Value:
    """Return a resource's attribute; of a nested stack that was read, the output that it names."""
    resource, _, attribute = name.partition(".")
    child = frame.stack.children.get(resource)
    section, _, output = attribute.partition(".")
    if child is not None and section == "Outputs":
        entry = child.template.section("Outputs").get(output)
        value = members(entry[1]).get("Value") if entry else None
        if value is None and child.template.may_declare("Outputs"):
            why = f"the output {output} of {resource} may be added by a macro or another file"
            return evaluator.unknown_value(why, node, frame)
        if value is None:
            raise evaluator.rejected(f"{resource} has no output {output}", node, frame)
        step = child.template.source.step(*value, StepKind.OUTPUT)
        return evaluator.value(value[1], Frame(child)).through(step)
    if not frame.stack.template.may_have_resource(resource):
        raise evaluator.rejected(f"no such resource: {evaluator.excerpt(node, frame)}", node, frame)
    why = f"{evaluator.excerpt(node, frame)} is known only after the deployment"
    return evaluator.unknown_value(why, node, frame)


def _find_in_map(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return the entry of a mapping that Fn::FindInMap selects."""
    arguments = evaluator.arguments(argument, node, frame, minimum=3, maximum=4)
    keys, options = arguments[:3], arguments[3:]
    default = member(options[0], "DefaultValue") if options else None
    if options and default is None:
        raise evaluator.rejected("Fn::FindInMap expects a DefaultValue after the keys", node, frame)
    template = frame.stack.template
    map_name, entries, traces = "Mappings", template.section("Mappings"), list[Trace]()
    entry: Entry = (node, node)
    for key_node in keys:
        value = evaluator.value(key_node, frame)
        key = _selected(evaluator, value, list(entries), key_node, map_name, frame)
        if key is None:
            is_shown = value.text and not value.is_secret
            shown = f"key {(value.text or '')[:_MAX_QUOTED]}" if is_shown else "such key"
            if default is not None:
                return evaluator.value(default, frame)
            if "Fn::Transform" in entries or template.may_declare("Mappings"):
                why = "a macro may create the entry that is looked up"
                return evaluator.unknown_value(why, node, frame)
            raise evaluator.rejected(f"{map_name} has no {shown}", node, frame)
        if key_node is keys[0]:
            map_name = "the mapping" if value.is_secret else f"the mapping {key}"
        else:
            traces.append(_trace_of_argument(value, key_node))
        entry = entries[key]
        entries = members(entry[1])
    step = template.source.step(*entry, StepKind.MAPPING)
    return replace(evaluator.value(entry[1], frame), trace=join_traces(*traces, (step,)))


def _selected(  # noqa: PLR0913, PLR0917 - a value, its options, and the location of both
    evaluator: BaseEvaluator,
    value: Value,
    options: list[str],
    node: Node,
    map_name: str,
    frame: Frame,
) -> str | None:
    """Return which of some strings a value is; None where it is not one of them."""
    match value.raw:
        case UnknownValue() as parameter if parameter.name:
            evaluator.split_by_texts(parameter, options)
            return None  # there was nothing to split: it can be none of them
        case UnknownValue(key=key, why=why):
            numbers = map(str, range(len(options) + 1))
            number = int(evaluator.assumed_result(("key", key, tuple(options)), numbers))
            excerpt = evaluator.excerpt(node, frame)
            if number == len(options):
                evaluator.add_dependencies({f"{excerpt} is not a key of {map_name}": (why,)})
                return None
            evaluator.add_dependencies({f'{excerpt} is "{options[number]}"': (why,)})
            return options[number]
        case _:
            text = value.text
            if text is None:
                raise evaluator.rejected("a key must be a string", node, frame)
            return text if text in options else None


def _select(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return the item of a list that Fn::Select selects."""
    index_node, list_node = evaluator.arguments(argument, node, frame, minimum=2, maximum=2)
    index = evaluator.value(index_node, frame)
    items = evaluator.resolved_value(list_node, frame)
    if isinstance(items.raw, UnknownValue):
        return replace(evaluator.unknown_value(items.raw.why, node, frame), trace=items.trace)
    if not isinstance(items.raw, tuple):
        raise evaluator.rejected("Fn::Select expects a number and a list", node, frame)
    positions = [str(position) for position in range(len(items.raw))]
    position = _selected(evaluator, index, positions, index_node, "the list", frame)
    if position is None:
        shown = "such item" if index.is_secret else f"item {(index.text or '')[:9]}"
        raise evaluator.rejected(f"the list of Fn::Select has no {shown}", node, frame)
    return items.raw[int(position)].through(*_trace_of_argument(index, index_node))


def _trace_of_argument(value: Value, node: Node) -> Trace:
    """Return the trace of an argument; none for a literal, which is on the call's own line."""
    return value.trace if function_of(node) is not None else ()


def _option_setting(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return an option of an Elastic Beanstalk environment: as `.ebextensions` sets it, or the default."""
    names = member(argument, "Namespace"), member(argument, "OptionName")
    texts = [evaluator.resolved_value(name, frame).text if name else None for name in names]
    namespace = texts[0] if names[0] else CUSTOM_OPTIONS
    name = texts[1]
    option_of = frame.stack.template.option_of
    why = f"{evaluator.excerpt(node, frame)} is an option of the environment"
    if namespace is None or name is None:
        return evaluator.unknown_value(why, node, frame)
    option = option_of(namespace, name) if option_of else None
    if isinstance(option, str):
        return evaluator.unknown_value(option, node, frame)
    default = member(argument, "DefaultValue")
    if option is None and default is not None:
        return evaluator.value(default, frame)
    if option is None:
        return evaluator.unknown_value(why, node, frame)
    step = option.template.source.step(option.key, option.value, StepKind.PARAMETER)
    if (text_of(option.value) or "").startswith("`"):  # Beanstalk's form of an intrinsic function
        return evaluator.unknown_value(why, node, frame).through(step)
    # Without literals, because an edit of the option would change whatever else reads it.
    value = evaluator.value(option.value, Frame(Stack(option.template)))
    return replace(value, trace=(step,), literals=())


FUNCTIONS: dict[str, Callable[[BaseEvaluator, Node, Node, Frame], Value]] = {
    **CONDITION_FUNCTIONS,
    "Ref": _ref,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::GetOptionSetting": _option_setting,
    "Fn::If": _if,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}

# Functions whose value exists only at deployment → why, with the text of the call inserted.
UNKNOWN_FUNCTIONS = {
    DEFERRED: "{} is known only to the program that deploys the template",
    "Fn::GetAZs": "{} is known only where the stack is deployed",
    "Fn::GetStackOutput": "{} is read from another stack when this one is deployed",
    "Fn::ImportValue": "{} is exported by another stack",
    "Fn::Transform": "the macro {} creates it when the stack is deployed",
}
