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
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind


def find_in_map(evaluator: BaseEvaluator, argument: Node, node: Node, frame: Frame) -> Value:
    """Return the entry of a mapping that Fn::FindInMap selects."""
    name_node, top_node, second_node, *options = evaluator.arguments(argument, node, frame, 3, 4)
    default = member(options[0], "DefaultValue") if options else None
    if options and default is None:
        raise evaluator.rejected("Fn::FindInMap expects a DefaultValue after the keys", node, frame)
    template = frame.stack.template
    try:
        name = _key_among(evaluator, name_node, template.section("Mappings"), "Mappings", frame)
        map_name = "the mapping" if name.is_secret else f"the mapping {name.key}"
        tops = members(name.entry[1])
        top = _key_among(evaluator, top_node, tops, map_name, frame)
        second = _key_among(evaluator, second_node, members(top.entry[1]), map_name, frame)
    except _NoSuchKeyError as error:
        if default is not None:
            return evaluator.value(default, frame)
        if error.may_be_made or template.may_declare("Mappings"):
            return evaluator.unknown_value(
                "a macro may create the entry that is looked up", node, frame
            )
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
    evaluator: BaseEvaluator, node: Node, entries: dict[str, Entry], map_name: str, frame: Frame
) -> _Key:
    """Return the key of a map that an expression selects; `what` names the map in messages.

    Raises:
        _NoSuchKeyError: the map has no such key.

    """
    value = evaluator.value(node, frame)
    key = _selected(evaluator, value, list(entries), node, map_name, frame)
    if key is None:
        shown = "such key" if value.is_secret or not value.text else f"key {value.text[:80]}"
        raise _NoSuchKeyError(f"{map_name} has no {shown}", may_be_made="Fn::Transform" in entries)
    return _Key(key, entries[key], node, value.trace, value.is_secret)


def _selected(  # noqa: PLR0913, PLR0917 - a value, its options, and the location of both
    evaluator: BaseEvaluator,
    value: Value,
    options: list[str],
    node: Node,
    map_name: str,
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
                evaluator.add_dependencies({f"{excerpt} is not a key of {map_name}": (why,)})
                return None
            evaluator.add_dependencies({f'{excerpt} is "{options[number]}"': (why,)})
            return options[number]
        case _:
            text = value.text
            if text is None:
                raise evaluator.rejected("a key must be a string", node, frame)
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


def check_extensions(evaluator: BaseEvaluator, function: str, node: Node, frame: Frame) -> None:
    """Raise TemplateRejectedError where a function of AWS::LanguageExtensions is not available."""
    if not frame.stack.template.may_use_extensions:
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
    if (text_of(option.value) or "").startswith("`"):  # a function of CloudFormation's in a text
        return evaluator.unknown_value(why, node, frame).through(step)
    # Without literals, because an edit of the option would change whatever else reads it.
    value = evaluator.value(option.value, Frame(Stack(option.template)))
    return replace(value, trace=(step,), literals=())
