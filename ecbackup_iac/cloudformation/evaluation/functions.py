"""Calls of CloudFormation's intrinsic functions → values: one function each, in one table.

Each takes the evaluator, the function's argument, the node of the whole call, and its frame.
"""

import base64
import json
import re
from collections.abc import Callable

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import condition_of_if
from ecbackup_iac.cloudformation.evaluation.parameters import reference
from ecbackup_iac.cloudformation.evaluation.stacks import Frame
from ecbackup_iac.cloudformation.evaluation.template import (
    DYNAMIC_REFERENCE,
    LANGUAGE_EXTENSIONS,
    PLACEHOLDER,
    SERVERLESS_VARIABLE,
    Resolved,
)
from ecbackup_iac.cloudformation.evaluation.values import (
    NoValue,
    Trace,
    UnknownValue,
    UnresolvedParameter,
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
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind

_SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")

MAX_ENDING = 1_000
"""Characters of what an unknown string is known to end with."""


def _ref(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    name = evaluator.settled_value(argument, frame).text
    if name is None:
        raise evaluator.rejected("Ref takes a name", node, frame)
    return reference(evaluator, name.strip(), node, frame)


def _if(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    condition, then, otherwise = evaluator.arguments(argument, node, frame, 3, 3)
    result = condition_of_if(evaluator, condition, frame)
    return evaluator.value(then if result.holds else otherwise, frame).through(*result.trace)


def _find_in_map(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    name_node, top_node, second_node, *options = evaluator.arguments(argument, node, frame, 3, 4)
    if options:
        _check_extensions(evaluator, "The DefaultValue of Fn::FindInMap", node, frame)
    template = frame.stack.template
    try:
        name = _key_among(evaluator, name_node, template.section("Mappings"), "Mappings", frame)
        what = "the mapping" if name.is_secret else f"the mapping {name.key}"
        tops = members(name.entry[1])
        top = _key_among(evaluator, top_node, tops, what, frame)
        second = _key_among(evaluator, second_node, members(top.entry[1]), what, frame)
    except _NoSuchKeyError as error:
        default = member(options[0], "DefaultValue") if options else None
        if default is not None:
            return evaluator.value(default, frame)
        if error.may_be_made or template.may_declare("Mappings"):
            return evaluator.unknown_value("a macro may make what is looked up", node, frame)
        raise evaluator.rejected(error.message, node, frame) from error
    step = template.source.step(*second.entry, StepKind.MAPPING)
    keys = [key.trace for key in (top, second) if function_of(key.node) is not None]
    return replace(evaluator.value(second.entry[1], frame), trace=join_traces(*keys, (step,)))


class _NoSuchKeyError(Exception):
    """A map has no key that is the value of an expression."""

    def __init__(self, message: str, *, may_be_made: bool) -> None:
        super().__init__(message)
        self.message = message
        self.may_be_made = may_be_made
        """The map contains a macro, which may add the key."""


@record(eq=False)
class _Key:
    """The key of a map that an expression selects."""

    key: str
    entry: Entry
    node: Node
    """The expression."""

    trace: Trace
    is_secret: bool


def _key_among(
    evaluator: BaseEvaluator, node: Node, entries: dict[str, Entry], what: str, frame: Frame
) -> _Key:
    """Return the key of a map that an expression selects; `what` names the map in messages.

    Raises:
        _NoSuchKeyError: the map has no such key.

    """
    value = evaluator.value(node, frame)
    key = _selected(evaluator, value, list(entries), node, what, frame)
    if key is None:
        shown = "such key" if value.is_secret or not value.text else f"key {value.text[:80]}"
        raise _NoSuchKeyError(f"{what} has no {shown}", may_be_made="Fn::Transform" in entries)
    return _Key(key, entries[key], node, value.trace, value.is_secret)


def _selected(  # noqa: PLR0913, PLR0917 - a value, its options, and the location of both
    evaluator: BaseEvaluator,
    value: Value,
    options: list[str],
    node: Node,
    what: str,
    frame: Frame,
) -> str | None:
    """Return which of some strings a value is; None where it is none of them.

    Raises:
        NeedsSplit: the value is unresolved.

    """
    match value.raw:
        case UnresolvedParameter() as parameter:
            _split_by_options(evaluator, parameter, options)
            return None
        case UnknownValue(key=key, why=why):
            number = evaluator.assumed_choice(("key", key, tuple(options)), len(options) + 1)
            excerpt = evaluator.excerpt(node, frame)
            if number == len(options):
                evaluator.add_dependencies({f"{excerpt} is no key of {what}": (why,)})
                return None
            evaluator.add_dependencies({f'{excerpt} is "{options[number]}"': (why,)})
            return options[number]
        case _:
            text = value.text
            if text is None:
                raise evaluator.rejected("a text is expected as a key", node, frame)
            return text if text in options else None


def _split_by_options(
    evaluator: BaseEvaluator, parameter: UnresolvedParameter, options: list[str]
) -> None:
    """Split the scenario by which of some strings a parameter is, unless it can be none of them.

    Raises:
        NeedsSplit: the parameter can be one of the strings.

    """
    domain = parameter.domain
    listed_values = None if domain.values is None else frozenset(domain.values)
    possible = [
        option
        for option in options
        if (option in listed_values if listed_values is not None else domain.admits(option))
    ]
    if not possible:
        return
    rest = domain.without(*possible)
    domains = [domain.only(option) for option in possible]
    if rest.values != ():
        domains.append(rest)
    raise evaluator.split_by_domain(parameter.key, parameter.name, *domains)


def _check_extensions(evaluator: BaseEvaluator, what: str, node: Node, frame: Frame) -> None:
    """Raise TemplateRejectedError where a function of AWS::LanguageExtensions is not available."""
    if not frame.stack.template.may_use_extensions:
        raise evaluator.rejected(f"{what} needs Transform: {LANGUAGE_EXTENSIONS}", node, frame)


def resolved_variables(node: ScalarNode, frame: Frame) -> Resolved | str:
    """Return the value of a text with variables of the Serverless Framework, or why it is not known."""
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
        raise evaluator.rejected("Fn::Sub takes a text", node, frame)
    text = frame.substitute(text_node.text)
    if SERVERLESS_VARIABLE.search(text):
        whole = ScalarNode(text, text_node.start, text_node.end, text_node.style, None)
        found = resolved_variables(whole, frame)
        if isinstance(found, str):
            return evaluator.unknown_value(found, node, frame)
        if not isinstance(found.node, ScalarNode):
            raise evaluator.rejected("Fn::Sub takes a text", node, frame)
        text = found.node.text
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
    delimiter = evaluator.settled_value(delimiter_node, frame).text
    items = evaluator.settled_value(list_node, frame)
    if isinstance(items.raw, UnknownValue):
        return items
    if delimiter is None or not isinstance(items.raw, tuple):
        raise evaluator.rejected("Fn::Join takes a delimiter and a list", node, frame)
    return _text_of_parts(evaluator, items.raw, delimiter, node, frame)


def _text_of_parts(
    evaluator: BaseEvaluator, parts: tuple[Value, ...], delimiter: str, node: Node, frame: Frame
) -> Value:
    """Return the string of joined values; the callers deal with `${!x}` and commas."""
    evaluator.charge(len(parts))
    unknown = evaluator.first_unknown(parts)
    settled_parts = tuple(evaluator.settled(part) for part in parts)
    trace = join_traces(*(part.trace for part in settled_parts))
    is_secret = any(part.is_secret for part in parts)
    if unknown is not None:
        ending = _known_ending(settled_parts, delimiter)
        value = evaluator.unknown_value(unknown.why, node, frame, ending)
        return replace(value, trace=trace, is_secret=is_secret)
    text = evaluator.join_texts(settled_parts, delimiter)
    if text is None:
        raise evaluator.rejected("only texts can be put together", node, frame)
    if DYNAMIC_REFERENCE.search(text):
        why = f"{evaluator.excerpt(node, frame)} is a dynamic reference, resolved at the deployment"
        return evaluator.unknown_value(why, node, frame)
    if PLACEHOLDER.search(text):
        why = (
            f"{evaluator.excerpt(node, frame)} is filled in by another program: check what it makes"
        )
        return evaluator.unknown_value(why, node, frame)
    texts = [part for part in settled_parts if part.text]
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


def _select(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    index_node, list_node = evaluator.arguments(argument, node, frame, 2, 2)
    index = evaluator.value(index_node, frame)
    items = evaluator.settled_value(list_node, frame)
    if isinstance(items.raw, UnknownValue):
        return replace(evaluator.unknown_value(items.raw.why, node, frame), trace=items.trace)
    if not isinstance(items.raw, tuple):
        raise evaluator.rejected("Fn::Select takes a number and a list", node, frame)
    positions = [str(position) for position in range(len(items.raw))]
    position = _selected(evaluator, index, positions, index_node, "the list", frame)
    if position is None:
        shown = "such item" if index.is_secret else f"item {(index.text or '')[:9]}"
        raise evaluator.rejected(f"the list of Fn::Select has no {shown}", node, frame)
    return items.raw[int(position)].through(*_trace_of_argument(index, index_node))


def _trace_of_argument(value: Value, node: Node) -> Trace:
    """Return the trace of an argument; none for a literal, which is on the call's own line."""
    return value.trace if function_of(node) is not None else ()


def _split(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    delimiter_node, text_node = evaluator.arguments(argument, node, frame, 2, 2)
    delimiter = evaluator.settled_value(delimiter_node, frame).text
    value = evaluator.settled_value(text_node, frame)
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.unknown_value(value.raw.why, node, frame), trace=value.trace)
    text = value.text
    if not delimiter or text is None:
        raise evaluator.rejected("Fn::Split takes a delimiter and a text", node, frame)
    parts = text.split(delimiter)
    evaluator.charge(len(parts))
    items = tuple(Value(part, value.trace, value.is_secret) for part in parts)
    return Value(items, value.trace, value.is_secret)


def _length(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    _check_extensions(evaluator, "Fn::Length", node, frame)
    value = evaluator.settled_value(argument, frame)
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.unknown_value(value.raw.why, node, frame), trace=value.trace)
    if not isinstance(value.raw, tuple):
        raise evaluator.rejected("Fn::Length takes a list", node, frame)
    return Value(len(value.raw), (*value.trace, frame.stack.template.source.step(node)))


def _to_json_string(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    _check_extensions(evaluator, "Fn::ToJsonString", node, frame)
    value = evaluator.value(argument, frame)
    unknown: list[UnknownValue] = []

    def plain(item: Value) -> object:
        evaluator.charge(1)
        match evaluator.settled(item).raw:
            case UnknownValue() as found:
                unknown.append(found)
                return None
            case tuple() as items:
                return [plain(item) for item in items]
            case str() | int() | float() | bool() | None as literal:
                return literal
            case NoValue() | UnresolvedParameter():
                return None
            case entries:
                return {name: plain(item) for name, item in entries.items()}

    data = plain(value)
    if unknown:
        return evaluator.unknown_value(unknown[0].why, node, frame)
    return Value(json.dumps(data, separators=(",", ":")), value.trace, value.is_secret)


def _base64(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    value = evaluator.settled_value(argument, frame)
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.unknown_value(value.raw.why, node, frame), trace=value.trace)
    text = value.text
    if text is None:
        raise evaluator.rejected("Fn::Base64 takes a text", node, frame)
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return Value(encoded, value.trace, value.is_secret)


def _get_att(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    if isinstance(argument, ListNode):
        parts = [evaluator.settled_value(part, frame).text for part in argument.items]
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
            why = f"the output {output} may be in what a macro or another file adds to {resource}"
            return evaluator.unknown_value(why, node, frame)
        if value is None:
            raise evaluator.rejected(f"{resource} has no output {output}", node, frame)
        step = child.template.source.step(*value, StepKind.OUTPUT)
        return evaluator.value(value[1], Frame(child)).through(step)
    if not frame.stack.template.may_have_resource(resource):
        raise evaluator.rejected(
            f"there is no such resource: {evaluator.excerpt(node, frame)}", node, frame
        )
    why = f"{evaluator.excerpt(node, frame)} is known only after the deployment"
    return evaluator.unknown_value(why, node, frame)


FUNCTIONS: dict[str, Callable[[BaseEvaluator, Node, Node, Frame], Value]] = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json_string,
}

# Functions whose value exists only at deployment → why, with the text of the call inserted.
UNKNOWN_FUNCTIONS = {
    DEFERRED: "{} is known only to what deploys the template",
    "Fn::Cidr": "{} is not worked out",
    "Fn::GetAZs": "{} is known only where the stack is deployed",
    "Fn::GetStackOutput": "{} is read from another stack when this one is deployed",
    "Fn::ImportValue": "{} is exported by another stack",
    "Fn::Transform": "the macro of {} makes it when the stack is deployed",
}
