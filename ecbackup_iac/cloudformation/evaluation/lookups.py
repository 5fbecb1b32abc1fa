"""Calls of the functions that select one of several values → that value: maps, lists, options."""

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, Stack
from ecbackup_iac.cloudformation.evaluation.template import CUSTOM_OPTIONS, LANGUAGE_EXTENSIONS
from ecbackup_iac.cloudformation.evaluation.values import (
    Trace,
    UnknownValue,
    UnresolvedParameter,
    Value,
    join_traces,
)
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    Node,
    function_of,
    member,
    members,
    text_of,
)
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind


def find_in_map(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return the entry of a mapping that Fn::FindInMap selects."""
    arguments = evaluator.arguments(argument, node, frame, 3, 4)
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
            shown = "such key" if value.is_secret or not value.text else f"key {value.text[:80]}"
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
        case UnresolvedParameter() as parameter:
            split_by_texts(evaluator, parameter, options)
            return None
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


def split_by_texts(
    evaluator: BaseEvaluator, parameter: UnresolvedParameter, options: list[str]
) -> None:
    """Split the scenario by which of some strings a parameter is, unless it can be none of them."""
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


def check_extensions(evaluator: BaseEvaluator, function: str, node: Node, frame: Frame) -> None:
    """Raise TemplateRejectedError where a function of AWS::LanguageExtensions is not available."""
    if not frame.stack.template.may_use_language_extensions:
        raise evaluator.rejected(f"{function} needs Transform: {LANGUAGE_EXTENSIONS}", node, frame)


def select(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return the item of a list that Fn::Select selects."""
    index_node, list_node = evaluator.arguments(argument, node, frame, 2, 2)
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


def option_setting(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return an option of an Elastic Beanstalk environment: as `.ebextensions` sets it, or the default."""
    names = member(argument, "Namespace"), member(argument, "OptionName")
    texts = [evaluator.resolved_value(name, frame).text if name else None for name in names]
    namespace, name = texts[0] if names[0] else CUSTOM_OPTIONS, texts[1]
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
    if (text_of(option.value) or "").startswith("`"):  # a function of CloudFormation's in a string
        return evaluator.unknown_value(why, node, frame).through(step)
    # Without literals, because an edit of the option would change whatever else reads it.
    value = evaluator.value(option.value, Frame(Stack(option.template)))
    return replace(value, trace=(step,), literals=())
