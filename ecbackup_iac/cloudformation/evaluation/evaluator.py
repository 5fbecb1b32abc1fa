"""An expression, where it stands, in one world → its value: CloudFormation's intrinsic functions.

What the functions do: CloudFormation user guide, intrinsic function reference, and the reference of the
AWS::LanguageExtensions transform.
"""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from contextlib import contextmanager
from typing import Any, TypeVar

from ecbackup_iac.cloudformation.evaluation.conditions import BOOLEAN, truth_of, truth_of_condition
from ecbackup_iac.cloudformation.evaluation.functions import (
    DYNAMIC_REFERENCE,
    FUNCTIONS,
    UNKNOWABLE,
)
from ecbackup_iac.cloudformation.evaluation.scenarios import (
    MAX_CASES,
    Domain,
    Key,
    NeedsSplit,
    Scenario,
    TemplateRejectedError,
    TooMuchError,
)
from ecbackup_iac.cloudformation.evaluation.values import (
    NO_VALUE,
    ConditionResult,
    Raw,
    UnknownValue,
    UnresolvedParameter,
    Value,
    joined,
)
from ecbackup_iac.cloudformation.syntax.document import SourceText
from ecbackup_iac.cloudformation.syntax.literals import literal_of
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    function_of,
    members,
    text_of,
)
from ecbackup_iac.cloudformation.templates.parameters import HIDDEN, Declaration, command_line_step
from ecbackup_iac.cloudformation.templates.stacks import (
    ExistenceCondition,
    Frame,
    LoopItem,
    Stack,
    loop_of,
)
from ecbackup_iac.cloudformation.templates.template import LOOP, SERVERLESS_VARIABLE
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, TraceStep

T = TypeVar("T")

MAX_DEPTH = 150
"""Functions, conditions and parameters that lead to each other; more is unknown."""

MAX_TEXT_LENGTH = 200_000
"""Characters that a function may put together; a template itself has at most a million."""

MAX_ITEMS = 20_000
"""Expressions, and items of lists, that are worked out in one world."""

NO_VALUE_NAME = "AWS::NoValue"


class Evaluator:
    """Works values out in one world, and remembers on what they depended."""

    def __init__(self, world: Scenario, *, ignores_values: bool = False) -> None:
        """`ignores_values` takes every parameter to be open, whatever its default and what it is given."""
        self._world = world
        self._ignores_values = ignores_values
        self._told: dict[str, tuple[str, ...]] = {}
        """What held, and why it was undecided; in the order in which it was asked."""
        self._memory: dict[Key, Any] = {}
        self._settled: dict[Key, Any] = dict(world.memory)
        """Conditions that are decided: those of the worlds that this one was split from, too."""
        self._weight = 0
        self._under_way: set[Key] = set()
        self._depth = 0

    @property
    def conditions(self) -> tuple[str, ...]:
        """What held, for a person: `IsProd is true`."""
        return tuple(self._told)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why that was undecided."""
        return tuple(dict.fromkeys(why for reasons in self._told.values() for why in reasons))

    # Existence and properties

    def exists(self, existence: tuple[ExistenceCondition, ...]) -> bool:
        """Say whether something exists whose existence depends on these."""
        return self.obstacle(existence) is None

    def obstacle(
        self, existence: tuple[ExistenceCondition, ...]
    ) -> tuple[ExistenceCondition, str] | None:
        """Return the first of these that does not hold, with the loop that has no such item or ""."""
        for one in existence:
            frame, condition = one.frame, one.condition
            if condition is not None and not self.condition(condition.text, frame, condition).holds:
                return one, ""
            for identifier, item in frame.loops.items():
                if not self._is_in_loop(item):
                    return one, identifier
        return None

    def _is_in_loop(self, item: LoopItem) -> bool:
        if item.value.text is None and not item.is_missing:  # it stands for all that nobody knows
            return True
        found = self.settled(self.value(item.collection, item.frame))
        if not isinstance(found.raw, tuple):
            return True
        if item.is_missing:
            return bool(found.raw)
        return any(one.text == item.value.text for one in found.raw)

    def property(self, body: Node, name: str, frame: Frame) -> tuple[Entry, Value] | None:
        """Give a property as it is written, and its value; None where nobody wrote it."""
        properties = members(body).get("Properties")
        if properties and not isinstance(properties[1], Mapping):
            raise self.refused("Properties is no map", properties[0], frame)
        entries = members(properties[1]) if properties else {}
        found = self.entry(entries, name, frame)
        if found is None:
            return self._perhaps_made(entries, name, frame)
        (key, node), inner = found
        value = self.settled(self.value(node, inner))
        source = inner.stack.template.source
        step = source.step(key, node, StepKind.ATTRIBUTE)
        is_literal = isinstance(node, Scalar) and node.tag is None
        if is_literal and not source.is_alias(key, node):
            return (key, node), replace(value, trace=(step,))
        return (key, node), value.through(step)

    def _perhaps_made(
        self, entries: MappingOf[str, Entry], name: str, frame: Frame
    ) -> tuple[Entry, Value] | None:
        """Give what a loop over a collection that nobody knows may make; None where there is none."""
        if not frame.stack.has_loops(entries):
            return None
        for made, (key, node), inner in self._with_loops(entries, frame):
            if "{" in made:
                why = f"a loop over a collection that is not known may set {name}"
                return (key, node), self.opaque(why, node, inner)
        return None

    def entry(
        self, entries: MappingOf[str, Entry], name: str, frame: Frame
    ) -> tuple[Entry, Frame] | None:
        """Give the entry of a name, those that loops make included, and where it stands."""
        if name in entries:
            return entries[name], frame
        if not frame.stack.has_loops(entries):
            return None
        made = self._with_loops(entries, frame)
        return next(((entry, inner) for key, entry, inner in made if key == name), None)

    def _with_loops(
        self, entries: MappingOf[str, Entry], frame: Frame
    ) -> Iterator[tuple[str, Entry, Frame]]:
        """Yield a map's entries, loops expanded as this world has them."""
        for key, entry in entries.items():
            if not key.startswith(LOOP):
                yield frame.filled(key), entry, frame
                continue
            loop = loop_of(entry, frame)
            collection = self.settled(self.value(loop.collection, frame))
            items = collection.raw if isinstance(collection.raw, tuple) else (collection,)
            self.weigh(len(items))
            for item in items:
                inner = frame.inside(loop.identifier, LoopItem(item, loop.collection, frame))
                yield from self._with_loops(members(loop.body), inner)

    # Expressions

    def value(self, node: Node, frame: Frame) -> Value:
        """Work out an expression; a parameter that is undecided may stay open.

        Raises:
            RefusalError: CloudFormation refuses it.
            Split: it depends on what this world leaves open.

        """
        function = function_of(node)
        if function is None and isinstance(node, Scalar):
            return self._literal(node, frame)
        self.enter(node, frame)
        try:
            if function is not None:
                return self._function(*function, node, frame)
            match node:
                case Sequence(items=items):
                    return self._list(items, frame)
                case Mapping():
                    return self._map(node, frame)
                case Scalar():
                    return self._literal(node, frame)
        finally:
            self.leave()

    def settled(self, value: Value) -> Value:
        """Settle an open parameter: split it where all that it can be is listed, else it is opaque."""
        if not isinstance(value.raw, UnresolvedParameter):
            return value
        parameter, domain = value.raw, value.raw.domain
        if domain.values is not None and len(domain.values) <= MAX_CASES:
            raise self.refined(parameter, *map(domain.only, domain.values))
        opaque = UnknownValue(
            parameter.why, parameter.key, domain.minimum, domain.maximum, domain.excluded
        )
        return replace(value, raw=opaque)

    def _function(self, name: str, argument: Node, node: Node, frame: Frame) -> Value:
        function = FUNCTIONS.get(name)
        if function is not None:
            return function(self, argument, node, frame)
        if name in BOOLEAN:
            truth = truth_of(self, node, frame)
            return Value(truth.holds, truth.trace)
        why = UNKNOWABLE.get(name, "{} is not a function that is evaluated")
        return self.opaque(why.format(self.shown(node, frame)), node, frame)

    def _literal(self, node: Scalar, frame: Frame) -> Value:
        step = frame.stack.template.source.step(node, kind=StepKind.LITERAL)
        raw: Raw = literal_of(node)
        is_whole = True
        if isinstance(raw, str):
            filled = frame.filled(raw)
            is_whole, raw = filled == raw, filled
            if DYNAMIC_REFERENCE.search(raw):
                why = f"the dynamic reference {raw[:80]} is resolved when the stack is deployed"
                return self.opaque(why, node, frame)
            if SERVERLESS_VARIABLE.search(raw):
                why = f"{raw[:80]} is a variable of the Serverless Framework"
                return self.opaque(why, node, frame)
        return Value(raw, (step,), literals=(step.location,) if is_whole else ())

    def _list(self, items: list[Node], frame: Frame) -> Value:
        self.weigh(len(items))
        found = [self.value(item, frame) for item in items]
        kept = tuple(one for one in found if one.raw is not NO_VALUE)
        return Value(kept, is_secret=any(one.is_secret for one in kept))

    def _map(self, node: Mapping, frame: Frame) -> Value:
        self.weigh(len(node.entries))
        found = {name: self.value(one[1], frame) for name, one in members(node).items()}
        kept = {name: one for name, one in found.items() if one.raw is not NO_VALUE}
        return Value(kept, is_secret=any(one.is_secret for one in kept.values()))

    def weigh(self, amount: int) -> None:
        """Count what is put together in this world, so that an alias bomb does not go off.

        Raises:
            TooMuchError: it is too much.

        """
        self._weight += amount
        if self._weight > MAX_ITEMS:
            raise TooMuchError("a value too large to be worked out")

    def opaque(self, why: str, node: Node, frame: Frame) -> Value:
        """Make the value of an expression that nobody can tell before the deployment."""
        source = frame.stack.template.source
        key = ("expression", frame.key, source.written(node))
        return Value(UnknownValue(why, key), (source.step(node),))

    @staticmethod
    def shown(node: Node, frame: Frame) -> str:
        """Give what stands at a node, on one line."""
        return frame.stack.template.source.shown(node)

    # References

    def reference(self, name: str, node: Node, frame: Frame) -> Value:
        """Give what Ref gives for a name: a loop's item, a parameter, a resource."""
        item = frame.loops.get(name)
        if item is not None:
            return item.value
        if name == NO_VALUE_NAME:
            source = frame.stack.template.source
            return Value(NO_VALUE, (source.step(node),), literals=_call_places(source, node))
        stack = frame.stack
        declaration = stack.template.declaration(name)
        if declaration is not None:
            return self._parameter(declaration, stack)
        if name.startswith("AWS::"):
            return self._pseudo_parameter(name, stack, node, frame)
        if stack.template.may_have_resource(name):
            why = f"the id of {name} is known only after the deployment"
            return self.opaque(why, node, frame)
        raise self.refused(f"{name} is neither a parameter nor a resource", node, frame)

    def _parameter(self, declaration: Declaration, stack: Stack) -> Value:
        key = ("parameter", stack.address, declaration.name)
        value = self._remembered(
            key, lambda: self._parameter_value(declaration, stack, key), self._memory
        )
        parameter = value.raw
        if isinstance(parameter, UnresolvedParameter):
            self.tell_domain(parameter)
            values = parameter.domain.values
            if values is not None and len(values) == 1:
                return replace(value, raw=values[0])
        return value

    def _remembered(self, key: Key, make: Callable[[], T], memory: dict[Key, Any]) -> T:
        """Work something out once, a refusal and what it depends on included."""
        found: T | Exception
        if key in memory:
            found, told = memory[key]
        elif key in self._memory:
            found, told = self._memory[key]
        else:
            before, self._told = self._told, {}
            try:
                found = make()
            except (NeedsSplit, TemplateRejectedError) as error:
                found = error
            told, self._told = self._told, before
            kept = self._memory if isinstance(found, Exception) else memory
            kept[key] = (found, told)
        self._told |= told
        if isinstance(found, Exception):
            raise found
        return found

    def tell_domain(self, parameter: UnresolvedParameter) -> None:
        """Say what this world takes an undecided parameter to be."""
        assumed = self._world.domains.get(parameter.key)
        if assumed is None:
            return
        is_secret = parameter.declaration is not None and parameter.declaration.is_secret
        declared = parameter.declaration.domain if parameter.declaration else Domain()
        if is_secret:
            told = f"{parameter.name} has a certain value"
        elif assumed.values is not None and len(assumed.values) == 1:
            told = f'{parameter.name} is "{assumed.values[0]}"'
        else:
            without = assumed.excluded
            if assumed.values is not None and declared.values is not None:
                without = frozenset(declared.values) - frozenset(assumed.values)
            listed = " or ".join(f'"{one}"' for one in sorted(without))
            told = f"{parameter.name} is not {listed}"
        self._told.setdefault(told, (parameter.why,))

    def _parameter_value(self, declaration: Declaration, stack: Stack, key: Key) -> Value:
        declaration.check_type()
        secret = declaration.is_secret
        name = f"{stack.prefix}{declaration.name}"
        if declaration.is_from_systems_manager:
            why = f"parameter {name} is read from Systems Manager when the stack is deployed"
            return Value(UnknownValue(why, key), (declaration.step,), secret)
        if self._ignores_values:
            return self._open_parameter(declaration, name, key)
        passed = self._passed_entry(declaration.name, stack) if stack.passed else None
        if isinstance(passed, Value):
            return passed.through(declaration.step, is_secret=secret)
        if passed is not None:
            return self._passed(declaration, stack, passed)
        given = stack.given.get(declaration.name) if stack.passed is None else None
        if given is not None:
            step = given.step(declaration)
            if given.text is None:
                why = f"parameter {name} keeps its previous value"
                return Value(UnknownValue(why, key), (step,), secret)
            declaration.check(given.text, given.location)
            return _parameter_text(declaration, given.text, step, given.literal)
        if declaration.default is not None:
            declaration.check(declaration.default, declaration.default_step.location)
            return _default(declaration, declaration.default)
        if stack.passed is not None:
            text = f"the nested stack is not given its parameter {declaration.name}"
            raise TemplateRejectedError(text, declaration.step.location)
        return self._open_parameter(declaration, name, key)

    def _open_parameter(self, declaration: Declaration, name: str, key: Key) -> Value:
        """Return the value of a parameter that nobody gives one."""
        step = replace(declaration.step, kind=StepKind.OPEN_PARAMETER)
        secret = declaration.is_secret
        if declaration.is_list:
            why = f"parameter {name} has no default and no value"
            return Value(UnknownValue(why, key), (step,), secret)
        domain = self._world.domains.get(key, declaration.domain)
        return Value(UnresolvedParameter(key, name, domain, declaration), (step,), secret)

    def _passed_entry(self, name: str, stack: Stack) -> tuple[Entry, Frame] | Value | None:
        """Find what the parent passes to a parameter; a value that nobody can tell where that is hidden."""
        if stack.passed is None or stack.passed.parameters is None:
            return None
        node, frame = stack.passed.parameters, stack.passed.frame
        function = function_of(node)
        while function is not None and function[0] == "Fn::If":
            condition, then, otherwise = self.arguments(function[1], node, frame, 3, 3)
            node = then if truth_of_condition(self, condition, frame).holds else otherwise
            function = function_of(node)
        if function is not None and function[0] == "Ref" and text_of(function[1]) == NO_VALUE_NAME:
            return None
        entries = members(node)
        if function is not None or "Fn::Transform" in entries:
            return self.opaque(
                "what the parent passes to the nested stack is not known", node, frame
            )
        found = self.entry(entries, name, frame)
        if found is None and (perhaps := self._perhaps_made(entries, name, frame)):
            return perhaps[1]
        return found

    def _passed(self, declaration: Declaration, stack: Stack, passed: tuple[Entry, Frame]) -> Value:
        """Give what the parent passes to a nested stack's parameter."""
        (name, node), frame = passed
        key = ("parameter", stack.address, declaration.name)
        value = self.value(node, frame)
        step = frame.stack.template.source.step(name, node, StepKind.MODULE_INPUT)
        secret = declaration.is_secret
        if secret:
            step = replace(step, text=f"{declaration.name}: {HIDDEN}", is_secret=True)
        if isinstance(value.raw, UnresolvedParameter):
            parameter = replace(value.raw, domain=value.raw.domain.within(declaration.domain))
            return replace(value, raw=parameter).through(step, is_secret=secret)
        if isinstance(value.raw, UnknownValue):
            bounded = declaration.domain.values is not None or declaration.domain.is_number
            if not bounded or declaration.is_list:
                return value.through(step, is_secret=secret)
            # Whatever it is, the nested stack takes only what its parameter allows.
            domain = self._world.domains.get(key, _allowed(declaration, value.raw))
            name_there = f"{stack.prefix}{declaration.name}"
            parameter = UnresolvedParameter(key, name_there, domain, declaration, value.raw.why)
            return replace(value, raw=parameter).through(step, is_secret=secret)
        if value.raw is NO_VALUE:
            if declaration.default is None:
                message = f"the nested stack is not given its parameter {declaration.name}"
                raise TemplateRejectedError(message, step.location)
            return _default(declaration, declaration.default)
        if isinstance(value.raw, tuple):
            listed = self.joined(value.raw, ",")
            if listed is None:
                return replace(value, raw=UnknownValue("its parts are not known", key))
            value = replace(value, raw=listed)
        text = value.text
        if text is None:
            message = f"parameter {declaration.name} of the nested stack is given no text"
            raise TemplateRejectedError(message, step.location)
        declaration.check(text, step.location, is_secret=value.is_secret)
        is_literal = isinstance(node, Scalar) and node.tag is None
        trace = (step,) if is_literal else (step, *value.trace)
        made = _parameter_text(declaration, text, step)
        literals = () if declaration.is_list else value.literals
        secret = secret or value.is_secret
        return replace(made, trace=trace, is_secret=secret, literals=literals)

    def _pseudo_parameter(self, name: str, stack: Stack, node: Node, frame: Frame) -> Value:
        step = frame.stack.template.source.step(node, kind=StepKind.PSEUDO_PARAMETER)
        root = stack.ancestors[-1]
        given = None if self._ignores_values else root.given.get(name)
        if given is not None and given.text is not None:
            return Value(given.text, (command_line_step(name),))
        is_shared = name in ("AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix")
        key = ("parameter", "" if is_shared else stack.address, name)
        if name == "AWS::NotificationARNs":
            return self.opaque(f"{name} is known only where the stack is deployed", node, frame)
        domain = self._world.domains.get(key, Domain())
        parameter = UnresolvedParameter(key, name, domain, None)
        self.tell_domain(parameter)
        if domain.values is not None and len(domain.values) == 1:
            return Value(domain.values[0], (step,))
        return Value(parameter, (step,))

    # Conditions

    def condition(self, name: str, frame: Frame, node: Node | None = None) -> ConditionResult:
        """Say whether a named condition holds in this world.

        Raises:
            RefusalError: it is not declared, or leads to itself.
            Split: it depends on what this world leaves open.

        """
        name = frame.filled(name)
        stack = frame.stack
        key = ("condition", stack.address, name)
        if key in self._settled:
            truth, told = self._settled[key]
            self._told |= told
            return truth  # type: ignore[no-any-return]
        found = self.entry(stack.template.section("Conditions"), name, Frame(stack))
        if found is None:
            raise self.refused(f"the condition {name} is not declared", node, frame)
        if key in self._under_way:
            place = stack.template.source.location_of(*found[0])
            raise TemplateRejectedError(f"the condition {name} leads to itself", place)
        self._under_way.add(key)
        try:
            return self._remembered(key, lambda: self._named_condition(name, *found), self._settled)
        finally:
            self._under_way.discard(key)

    def _named_condition(self, name: str, entry: Entry, frame: Frame) -> ConditionResult:
        """Work a named condition out; whatever it depends on is told under its name."""
        truth = truth_of(self, entry[1], frame)
        step = frame.stack.template.source.step(*entry, StepKind.CONDITION)
        if self._told:
            word = "true" if truth.holds else "false"
            self._told = {f"{frame.stack.prefix}{name} is {word}": self.reasons}
        return ConditionResult(truth.holds, joined((step,), truth.trace))

    def fact(self, key: Key, shown: str, why: str, trace: tuple[TraceStep, ...]) -> ConditionResult:
        """Say how a comparison that nobody can decide turns out in this world."""
        state = self._world.facts.get(key)
        if state is None:
            raise NeedsSplit(
                [self._world.with_fact(key, word, self._settled) for word in ("true", "false")]
            )
        self._told.setdefault(f"{shown} is {state}", (why,))
        return ConditionResult(state == "true", trace)

    def choice(self, key: Key, ways: int) -> int:
        """Say which of several ways something turns out in this world that nobody can decide."""
        state = self._world.facts.get(key)
        if state is None:
            raise NeedsSplit(
                [self._world.with_fact(key, str(way), self._settled) for way in range(ways)]
            )
        return int(state)

    def refined(self, parameter: UnresolvedParameter, *domains: Domain) -> NeedsSplit:
        """Make the split that tells the domains of an open parameter apart.

        Raises:
            RefusalError: it cannot be anything at all.

        """
        if not domains:
            raise TemplateRejectedError(f"parameter {parameter.name} cannot have any value")
        return NeedsSplit(
            [self._world.with_domain(parameter.key, domain, self._settled) for domain in domains]
        )

    def enter(self, node: Node, frame: Frame) -> None:
        """Go one level deeper; `leave` goes back.

        Raises:
            TooMuchError: that is too deep.

        """
        self.weigh(1)
        if self._depth >= MAX_DEPTH:
            place = frame.stack.template.source.location_of(node)
            raise TooMuchError("what stands here nests too deeply to be followed", place)
        self._depth += 1

    def leave(self) -> None:
        """Go back up."""
        self._depth -= 1

    @contextmanager
    def depending(self) -> Iterator[dict[str, tuple[str, ...]]]:
        """Collect what is told inside apart; the caller decides whether it counts."""
        before, self._told = self._told, {}
        try:
            yield self._told
        finally:
            self._told = before

    def tell(self, told: MappingOf[str, tuple[str, ...]]) -> None:
        """Count what was collected apart."""
        self._told |= told

    # Helpers of the functions below

    def arguments(
        self, argument: Node, node: Node, frame: Frame, least: int, most: int
    ) -> list[Node]:
        """Give a function's arguments, where it has as many as it takes."""
        items: list[Node] = argument.items if isinstance(argument, Sequence) else [argument]
        if not least <= len(items) <= most or (most > 1 and not isinstance(argument, Sequence)):
            name, _ = function_of(node) or ("the function", None)
            told = f"{least}" if least == most else f"{least} or more"
            raise self.refused(f"{name} takes a list of {told}", node, frame)
        return items

    @staticmethod
    def refused(message: str, node: Node | None, frame: Frame) -> TemplateRejectedError:
        """Make the error that tells what CloudFormation refuses, and where."""
        place = frame.stack.template.source.location_of(node) if node is not None else None
        return TemplateRejectedError(message, place)

    def joined(self, items: tuple[Value, ...], delimiter: str) -> str | None:
        """Put texts together; None where one of them is not known."""
        texts = []
        for item in items:
            text = self.settled(item).text
            if text is None:
                return None
            texts.append(text)
        joined = delimiter.join(texts)
        if len(joined) > MAX_TEXT_LENGTH:
            raise TooMuchError("a text too long to be worked out")
        return joined

    def first_unknown(self, values: tuple[Value, ...]) -> UnknownValue | None:
        """Give the first value that nobody can tell; None where all are known."""
        settled = (self.settled(value).raw for value in values)
        return next((raw for raw in settled if isinstance(raw, UnknownValue)), None)


def _allowed(declaration: Declaration, given: UnknownValue) -> Domain:
    """Give what a nested stack's parameter can be, of all that something unknown can be."""
    bounds = Domain(
        is_number=declaration.domain.is_number,
        minimum=given.minimum,
        maximum=given.maximum,
        excluded=given.excluded,
    )
    return bounds.within(declaration.domain)


def _call_places(source: SourceText, node: Node) -> tuple[Location, ...]:
    """Give the place of a call that stands for itself: !Ref AWS::NoValue; none for one with an alias."""
    name, argument = function_of(node) or ("", node)
    if name != "Ref" or argument.start < node.start:
        return ()
    if isinstance(node, Mapping) and source.written(node)[:1] != "{":
        return (source.location(node.start, argument.end),)
    return (source.location_of(node),)


def _default(declaration: Declaration, text: str) -> Value:
    return _parameter_text(declaration, text, declaration.default_step, declaration.default_literal)


def _parameter_text(
    declaration: Declaration, text: str, step: TraceStep, literal: Location | None = None
) -> Value:
    """Give a parameter's value: its text, or the list that commas make of it."""
    secret = declaration.is_secret
    if DYNAMIC_REFERENCE.search(text):
        shown = "its value" if secret else text[:80]
        why = (
            f"parameter {declaration.name}: {shown} is a dynamic reference, resolved at deployment"
        )
        return Value(UnknownValue(why, (declaration.name, text)), (step,), secret)
    if declaration.is_list:
        parts = [part.strip() for part in text.split(",")] if text else []
        return Value(tuple(Value(part, (step,), secret) for part in parts), (step,), secret)
    return Value(text, (step,), secret, (literal,) if literal else ())
