"""CloudFormation's intrinsic functions that give values: one function each, in one table.

Each takes the evaluator, its argument, the whole call as it is written, and where it stands.
"""

import base64
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.evaluation.conditions import truth_of_condition
from ecbackup_iac.cloudformation.evaluation.values import (
    NoValue,
    Trace,
    UnknownValue,
    UnresolvedParameter,
    Value,
    joined,
)
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    Node,
    Scalar,
    Sequence,
    function_of,
    member,
    members,
    text_of,
)
from ecbackup_iac.cloudformation.templates.stacks import Frame
from ecbackup_iac.cloudformation.templates.template import LANGUAGE_EXTENSIONS, SERVERLESS_VARIABLE
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
    from ecbackup_iac.model.location import Location

DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")

_SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")


def _ref(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    name = evaluator.settled(evaluator.value(argument, frame)).text
    if name is None:
        raise evaluator.refused("Ref takes a name", node, frame)
    return evaluator.reference(name.strip(), node, frame)


def _if(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    condition, then, otherwise = evaluator.arguments(argument, node, frame, 3, 3)
    truth = truth_of_condition(evaluator, condition, frame)
    return evaluator.value(then if truth.holds else otherwise, frame).through(*truth.trace)


def _find_in_map(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
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
        macro = next(template.macros(), None)
        if macro is not None:
            text = f"the macro {macro.name} may make what is looked up"
            return evaluator.opaque(text, node, frame)
        if error.may_be_made:
            return evaluator.opaque("a macro may make what is looked up", node, frame)
        raise evaluator.refused(error.message, node, frame) from error
    key, value_node = second.entry
    step = template.source.step(key, value_node, StepKind.MAPPING)
    keys = [one.trace for one in (top, second) if function_of(one.node) is not None]
    return replace(evaluator.value(value_node, frame), trace=joined(*keys, (step,)))


class _NoSuchKeyError(Exception):
    """A map has no key that an expression comes to."""

    def __init__(self, message: str, *, may_be_made: bool) -> None:
        super().__init__(message)
        self.message = message
        self.may_be_made = may_be_made
        """A macro stands in the map, and may make the key."""


@record(eq=False)
class _Key:
    """A key of a map that an expression comes to."""

    key: str
    entry: Entry
    node: Node
    """The expression."""

    trace: Trace
    is_secret: bool


def _key_among(
    evaluator: "Evaluator", node: Node, entries: dict[str, Entry], what: str, frame: Frame
) -> _Key:
    """Find which of a map's keys an expression is; `what` names the map.

    Raises:
        _NoSuchKeyError: it is none of them.

    """
    value = evaluator.value(node, frame)
    chosen = _option(evaluator, value, list(entries), node, what, frame)
    if chosen is None:
        shown = "such key" if value.is_secret or not value.text else f"key {value.text[:80]}"
        raise _NoSuchKeyError(f"{what} has no {shown}", may_be_made="Fn::Transform" in entries)
    return _Key(chosen, entries[chosen], node, value.trace, value.is_secret)


def _option(  # noqa: PLR0913, PLR0917 - what it is, what it can be, and where it stands
    evaluator: "Evaluator",
    value: Value,
    options: list[str],
    node: Node,
    what: str,
    frame: Frame,
) -> str | None:
    """Find which of some texts a value is, splitting the world where it is undecided; None for none."""
    match value.raw:
        case UnresolvedParameter(domain=domain) as parameter:
            listed = None if domain.values is None else frozenset(domain.values)
            possible = [
                one
                for one in options
                if (one in listed if listed is not None else domain.admits(one))
            ]
            if not possible:
                return None
            others = domain.without(*possible)
            domains = [domain.only(one) for one in possible]
            raise evaluator.refined(parameter, *domains, *([others] if others.values != () else []))
        case UnknownValue(key=key, why=why):
            number = evaluator.choice(("key", key, tuple(options)), len(options) + 1)
            shown = evaluator.shown(node, frame)
            if number == len(options):
                evaluator.tell({f"{shown} is no key of {what}": (why,)})
                return None
            evaluator.tell({f'{shown} is "{options[number]}"': (why,)})
            return options[number]
        case _:
            text = value.text
            if text is None:
                raise evaluator.refused("a text is expected as a key", node, frame)
            return text if text in options else None


def _check_extensions(evaluator: "Evaluator", what: str, node: Node, frame: Frame) -> None:
    if not frame.stack.template.may_use_extensions:
        raise evaluator.refused(f"{what} needs Transform: {LANGUAGE_EXTENSIONS}", node, frame)


def _sub(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    variables: dict[str, Entry] = {}
    text_node = argument
    if isinstance(argument, Sequence):
        text_node, variable_node = evaluator.arguments(argument, node, frame, 2, 2)
        variables = members(variable_node)
    if not isinstance(text_node, Scalar):
        raise evaluator.refused("Fn::Sub takes a text", node, frame)
    text = frame.filled(text_node.text)
    if SERVERLESS_VARIABLE.search(text):
        return evaluator.opaque(
            f"{text[:80]} has a variable of the Serverless Framework", node, frame
        )
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
            parts.append(evaluator.reference(name, node, frame))
    literals: tuple[Location, ...] = ()
    if text == text_node.text and not parts:
        literals = (frame.stack.template.source.location_of(text_node),)
    parts.append(Value(text[position:], literals=literals))
    return _text_of_parts(evaluator, tuple(parts), "", node, frame)


def _join(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    delimiter_node, list_node = evaluator.arguments(argument, node, frame, 2, 2)
    delimiter = evaluator.settled(evaluator.value(delimiter_node, frame)).text
    listed = evaluator.settled(evaluator.value(list_node, frame))
    if isinstance(listed.raw, UnknownValue):
        return listed
    if delimiter is None or not isinstance(listed.raw, tuple):
        raise evaluator.refused("Fn::Join takes a delimiter and a list", node, frame)
    return _text_of_parts(evaluator, listed.raw, delimiter, node, frame)


def _text_of_parts(
    evaluator: "Evaluator", parts: tuple[Value, ...], delimiter: str, node: Node, frame: Frame
) -> Value:
    """Put values together as a text; `${!x}` and commas are the callers' business."""
    evaluator.weigh(len(parts))
    unknown = evaluator.first_unknown(parts)
    settled = tuple(evaluator.settled(part) for part in parts)
    trace = joined(*(part.trace for part in settled))
    is_secret = any(part.is_secret for part in parts)
    if unknown is not None:
        return replace(evaluator.opaque(unknown.why, node, frame), trace=trace, is_secret=is_secret)
    text = evaluator.joined(settled, delimiter)
    if text is None:
        raise evaluator.refused("only texts can be put together", node, frame)
    if DYNAMIC_REFERENCE.search(text):
        why = f"{evaluator.shown(node, frame)} is a dynamic reference, resolved at the deployment"
        return evaluator.opaque(why, node, frame)
    said = [part for part in settled if part.text]
    literals = said[0].literals if len(said) == 1 else ()
    return Value(text, trace, is_secret, literals)


def _select(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    index_node, list_node = evaluator.arguments(argument, node, frame, 2, 2)
    index = evaluator.value(index_node, frame)
    listed = evaluator.settled(evaluator.value(list_node, frame))
    if isinstance(listed.raw, UnknownValue):
        return replace(evaluator.opaque(listed.raw.why, node, frame), trace=listed.trace)
    if not isinstance(listed.raw, tuple):
        raise evaluator.refused("Fn::Select takes a number and a list", node, frame)
    numbers = [str(number) for number in range(len(listed.raw))]
    chosen = _option(evaluator, index, numbers, index_node, "the list", frame)
    if chosen is None:
        shown = "such item" if index.is_secret else f"item {(index.text or '')[:9]}"
        raise evaluator.refused(f"the list of Fn::Select has no {shown}", node, frame)
    picked = listed.raw[int(chosen)]
    return picked.through(*_asked(index, index_node))


def _asked(value: Value, node: Node) -> Trace:
    """Give the steps of an argument that is no literal: those stand in the call's own line."""
    return value.trace if function_of(node) is not None else ()


def _split(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    delimiter_node, text_node = evaluator.arguments(argument, node, frame, 2, 2)
    delimiter = evaluator.settled(evaluator.value(delimiter_node, frame)).text
    value = evaluator.settled(evaluator.value(text_node, frame))
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.opaque(value.raw.why, node, frame), trace=value.trace)
    text = value.text
    if not delimiter or text is None:
        raise evaluator.refused("Fn::Split takes a delimiter and a text", node, frame)
    parts = text.split(delimiter)
    evaluator.weigh(len(parts))
    made = tuple(Value(part, value.trace, value.is_secret) for part in parts)
    return Value(made, value.trace, value.is_secret)


def _length(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    _check_extensions(evaluator, "Fn::Length", node, frame)
    value = evaluator.settled(evaluator.value(argument, frame))
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.opaque(value.raw.why, node, frame), trace=value.trace)
    if not isinstance(value.raw, tuple):
        raise evaluator.refused("Fn::Length takes a list", node, frame)
    return Value(len(value.raw), (*value.trace, frame.stack.template.source.step(node)))


def _to_json_string(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    _check_extensions(evaluator, "Fn::ToJsonString", node, frame)
    value = evaluator.value(argument, frame)
    unknown: list[UnknownValue] = []

    def plain(one: Value) -> object:
        one = evaluator.settled(one)
        evaluator.weigh(1)
        match one.raw:
            case UnknownValue() as opaque:
                unknown.append(opaque)
                return None
            case tuple() as items:
                return [plain(item) for item in items]
            case str() | int() | float() | bool() | None as literal:
                return literal
            case NoValue() | UnresolvedParameter():
                return None
            case entries:
                return {name: plain(item) for name, item in entries.items()}

    made = plain(value)
    if unknown:
        return evaluator.opaque(unknown[0].why, node, frame)
    return Value(json.dumps(made, separators=(",", ":")), value.trace, value.is_secret)


def _base64(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    value = evaluator.settled(evaluator.value(argument, frame))
    if isinstance(value.raw, UnknownValue):
        return replace(evaluator.opaque(value.raw.why, node, frame), trace=value.trace)
    text = value.text
    if text is None:
        raise evaluator.refused("Fn::Base64 takes a text", node, frame)
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return Value(encoded, value.trace, value.is_secret)


def _get_att(evaluator: "Evaluator", argument: Node, node: Node, frame: Frame) -> Value:
    if isinstance(argument, Sequence):
        parts = [evaluator.settled(evaluator.value(part, frame)).text for part in argument.items]
        if len(parts) < 2 or None in parts:  # noqa: PLR2004 - a resource and an attribute
            return evaluator.opaque(
                f"{evaluator.shown(node, frame)} is known only after the deployment", node, frame
            )
        return _attribute(evaluator, ".".join(filter(None, parts)), node, frame)
    name = frame.filled(text_of(argument) or "")
    return _attribute(evaluator, name, node, frame)


def _attribute(evaluator: "Evaluator", name: str, node: Node, frame: Frame) -> Value:
    """Give a resource's attribute; of a nested stack that was read, the output it names."""
    resource, _, attribute = name.partition(".")
    child = frame.stack.children.get(resource)
    section, _, output = attribute.partition(".")
    if child is not None and section == "Outputs":
        entry = child.template.section("Outputs").get(output)
        written = members(entry[1]).get("Value") if entry else None
        if entry is None or written is None:
            raise evaluator.refused(f"{resource} has no output {output}", node, frame)
        step = child.template.source.step(*written, StepKind.OUTPUT)
        return evaluator.value(written[1], Frame(child)).through(step)
    if not frame.stack.template.may_have_resource(resource):
        raise evaluator.refused(
            f"there is no such resource: {evaluator.shown(node, frame)}", node, frame
        )
    why = f"{evaluator.shown(node, frame)} is known only after the deployment"
    return evaluator.opaque(why, node, frame)


FUNCTIONS: dict[str, Callable[["Evaluator", Node, Node, Frame], Value]] = {
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

# Functions whose value exists only at deployment → why, the text of the call put in.
UNKNOWABLE = {
    "Fn::Cidr": "{} is not worked out",
    "Fn::GetAZs": "{} is known only where the stack is deployed",
    "Fn::GetStackOutput": "{} is read from another stack when this one is deployed",
    "Fn::ImportValue": "{} is exported by another stack",
    "Fn::Transform": "the macro of {} makes it when the stack is deployed",
}
