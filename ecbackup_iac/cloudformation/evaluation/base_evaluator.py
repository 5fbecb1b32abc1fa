"""The base class of the evaluator: what the modules of functions, conditions and parameters call.

The subclass `Evaluator` imports those modules in turn, and adds `value`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError, TooMuchError
from ecbackup_iac.cloudformation.evaluation.scenarios import MAX_CASES, Scenario, ScenarioState
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, LoopItem, Stack, loop_of
from ecbackup_iac.cloudformation.evaluation.template import LOOP
from ecbackup_iac.cloudformation.evaluation.values import UnknownValue, Value
from ecbackup_iac.cloudformation.syntax.nodes import Entry, ListNode, Node, function_of, members
from ecbackup_iac.model.record import replace

_USED = ("used parameters",)

MAX_DEPTH = 150
"""Levels of functions, conditions and parameters that refer to each other; deeper ones are not evaluated."""

MAX_TEXT_LENGTH = 200_000
"""Characters of a string that a function returns; a template itself has at most a million."""


class BaseEvaluator(ScenarioState, ABC):
    """Evaluates expressions in one scenario; the subclass adds `value`, which calls the functions."""

    def __init__(self, scenario: Scenario, *, ignores_values: bool = False) -> None:
        """`ignores_values` leaves every parameter unresolved, whatever its default and given value."""
        super().__init__(scenario)
        self.ignores_values = ignores_values
        self._depth = 0

    def use_parameter(self, stack: Stack, name: str) -> None:
        """Record that the evaluation, or a scenario that this one was split from, reads a parameter."""
        used = self._split_cache.setdefault(_USED, {})
        used.setdefault(stack.address, (stack, set()))[1].add(name)

    def used_parameters(self) -> list[tuple[Stack, set[str]]]:
        """Return the stacks whose parameters were read, with the names of the parameters."""
        return [*self._split_cache.get(_USED, {}).values()]

    @abstractmethod
    def value(self, node: Node, frame: Frame) -> Value:
        """Return the value of an expression; a parameter may be left unresolved."""

    def resolved(self, value: Value) -> Value:
        """Return a value with no unresolved parameter: a parameter without listed values becomes unknown."""
        parameter = value.raw
        if not isinstance(parameter, UnknownValue) or not parameter.name:
            return value
        domain = parameter.domain
        if domain.values is not None and len(domain.values) <= MAX_CASES:
            domains = map(domain.only, domain.values)
            raise self.split_by_domain(parameter.key, parameter.name, *domains)
        return replace(value, raw=replace(parameter, name="", declaration=None))

    def split_by_texts(self, parameter: UnknownValue, options: list[str]) -> None:
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
        raise self.split_by_domain(parameter.key, parameter.name, *domains)

    def resolved_value(self, node: Node, frame: Frame) -> Value:
        """Return the value of an expression, as `resolved` returns it."""
        return self.resolved(self.value(node, frame))

    # Entries, with those that loops (Fn::ForEach) make

    def entry_of(
        self, entries: Mapping[str, Entry], name: str, frame: Frame
    ) -> tuple[Entry, Frame] | None:
        """Return the entry of a name, with the frame of the loops that make it; None where there is none."""
        if name in entries:
            return entries[name], frame
        expanded = self._with_loops(entries, frame) if frame.stack.has_loops(entries) else ()
        return next(((entry, inner) for key, entry, inner in expanded if key == name), None)

    def entry_of_unknown_loop(
        self, entries: Mapping[str, Entry], name: str, frame: Frame
    ) -> tuple[Entry, Value] | None:
        """Return an entry that a loop over an unknown collection may give the name, and an unknown value."""
        expanded = self._with_loops(entries, frame) if frame.stack.has_loops(entries) else ()
        for pattern, (key, node), inner in expanded:
            if "{" in pattern:
                why = f"a loop over an unknown collection may set {name}"
                return (key, node), self.unknown_value(why, node, inner)
        return None

    def _with_loops(
        self, entries: Mapping[str, Entry], frame: Frame
    ) -> Iterator[tuple[str, Entry, Frame]]:
        """Yield a map's entries, with loops expanded as they are in this scenario."""
        for key, entry in entries.items():
            if not key.startswith(LOOP):
                yield frame.substitute(key), entry, frame
                continue
            identifier, collection, body = loop_of(entry, frame)
            value = self.resolved_value(collection, frame)
            items = value.raw if isinstance(value.raw, tuple) else (value,)
            self.charge(len(items))
            for item in items:
                inner = frame.in_loop(identifier, LoopItem(item, collection, frame))
                yield from self._with_loops(members(body), inner)

    # What functions call

    @contextmanager
    def inside(self, node: Node, frame: Frame) -> Iterator[None]:
        """Evaluate what a node contains, one level deeper."""
        self.charge(1)
        if self._depth >= MAX_DEPTH:
            location = frame.stack.template.source.location_of(node)
            raise TooMuchError("this expression is nested too deeply to be evaluated", location)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @staticmethod
    def unknown_value(why: str, node: Node, frame: Frame, ending: str = "") -> Value:
        """Return the value of an expression that is not known before the deployment."""
        source = frame.stack.template.source
        key = ("expression", frame.key, source.text_at(node))
        return Value(UnknownValue(why, key, ending=ending), (source.step(node),))

    @staticmethod
    def excerpt(node: Node, frame: Frame) -> str:
        """Return the source of a node on one line, for a message."""
        return frame.stack.template.source.excerpt(node)

    @staticmethod
    def rejected(message: str, node: Node | None, frame: Frame) -> TemplateRejectedError:
        """Return the error for what CloudFormation rejects at a node."""
        location = frame.stack.template.source.location_of(node) if node is not None else None
        return TemplateRejectedError(message, location)

    def arguments(
        self, argument: Node, node: Node, frame: Frame, *, minimum: int, maximum: int
    ) -> list[Node]:
        """Return the arguments of the function call `node`, which are the items of `argument`."""
        is_list = isinstance(argument, ListNode)
        items: list[Node] = argument.items if isinstance(argument, ListNode) else [argument]
        if not minimum <= len(items) <= maximum or (maximum > 1 and not is_list):
            name, _ = function_of(node) or ("the function", None)
            count = f"{minimum}" if minimum == maximum else f"{minimum} to {maximum}"
            raise self.rejected(f"{name} expects a list of {count}", node, frame)
        return items

    def join_texts(self, items: tuple[Value, ...], delimiter: str) -> str | None:
        """Return strings joined by a delimiter; None where an item is not a known string."""
        texts = []
        for item in items:
            text = self.resolved(item).text
            if text is None:
                return None
            texts.append(text)
        joined = delimiter.join(texts)
        if len(joined) > MAX_TEXT_LENGTH:
            raise TooMuchError("a string too long to be evaluated")
        return joined
