"""Calls of CloudFormation's intrinsic functions → values: one function each, in one table.

Each takes the evaluator, the function's argument, the node of the whole call, and its frame.
"""

import re
from collections.abc import Callable

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import condition_of_if
from ecbackup_iac.cloudformation.evaluation.lookups import (
    check_extensions,
    find_in_map,
    option_setting,
    select,
)
from ecbackup_iac.cloudformation.evaluation.parameters import reference
from ecbackup_iac.cloudformation.evaluation.stacks import Frame
from ecbackup_iac.cloudformation.evaluation.template import (
    DYNAMIC_REFERENCE,
    PLACEHOLDER,
    SERVERLESS_VARIABLE,
    ResolvedVariable,
)
from ecbackup_iac.cloudformation.evaluation.values import UnknownValue, Value, join_traces
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    Node,
    ScalarNode,
    members,
    text_of,
)
from ecbackup_iac.model.deployment import DEFERRED
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind

_SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")

MAX_ENDING = 1_000
"""Characters of what an unknown string is known to end with."""


def _ref(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    name = evaluator.resolved_value(argument, frame).text
    if name is None:
        raise evaluator.rejected("Ref expects a name", node, frame)
    return reference(evaluator, name.strip(), node, frame)


def _if(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    condition, then, otherwise = evaluator.arguments(argument, node, frame, 3, 3)
    result = condition_of_if(evaluator, condition, frame)
    return evaluator.value(then if result.holds else otherwise, frame).through(*result.trace)


def resolved_variables(node: ScalarNode, frame: Frame) -> ResolvedVariable | str:
    """Return the value of a string with variables of the Serverless Framework, or why it is not known."""
    resolve = frame.stack.template.resolve
    if resolve is None:
        return f"{node.text[:80]} is a variable of the Serverless Framework"
    return resolve(node)


def _sub(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    variables: dict[str, Entry] = {}
    text_node = argument
    if isinstance(argument, ListNode):
        text_node, variable_node = evaluator.arguments(argument, node, frame, 2, 2)
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
    delimiter_node, list_node = evaluator.arguments(argument, node, frame, 2, 2)
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
    """Return the string of joined values; the callers deal with `${!x}` and commas."""
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
        return evaluator.unknown_value(why, node, frame)
    if PLACEHOLDER.search(text):
        why = f"{evaluator.excerpt(node, frame)} is filled in by another program: check its output"
        return evaluator.unknown_value(why, node, frame)
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
    delimiter_node, text_node = evaluator.arguments(argument, node, frame, 2, 2)
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
    check_extensions(evaluator, "Fn::Length", node, frame)
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


FUNCTIONS: dict[str, Callable[[BaseEvaluator, Node, Node, Frame], Value]] = {
    "Ref": _ref,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::GetOptionSetting": option_setting,
    "Fn::If": _if,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}

# Functions whose value exists only at deployment → why, with the text of the call inserted.
UNKNOWN_FUNCTIONS = {
    DEFERRED: "{} is known only to the program that deploys the template",
    "Fn::GetAZs": "{} is known only where the stack is deployed",
    "Fn::GetStackOutput": "{} is read from another stack when this one is deployed",
    "Fn::ImportValue": "{} is exported by another stack",
    "Fn::Transform": "the macro of {} creates it when the stack is deployed",
}
