"""An expression in one scenario → its value: literals, lists, maps and CloudFormation's intrinsic functions.

What the functions do: CloudFormation user guide, intrinsic function reference, and the reference of the
AWS::LanguageExtensions transform.
"""

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import named_condition
from ecbackup_iac.cloudformation.evaluation.functions import (
    FUNCTIONS,
    UNKNOWN_FUNCTIONS,
    resolved_variables,
)
from ecbackup_iac.cloudformation.evaluation.stacks import (
    ExistenceCondition,
    Frame,
    LoopItem,
    UnmetCondition,
)
from ecbackup_iac.cloudformation.evaluation.template import (
    DYNAMIC_REFERENCE,
    SERVERLESS_VARIABLE,
    ending_of,
    entry_in_wrong_case,
    is_filled_in,
)
from ecbackup_iac.cloudformation.evaluation.values import NO_VALUE, Raw, Value
from ecbackup_iac.cloudformation.syntax.literals import is_null, literal_of
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    function_of,
    is_placeholder,
    member,
    members,
    text_of,
)
from ecbackup_iac.model.hidden import names_credential, placeholder_of
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind


class Evaluator(BaseEvaluator):
    """Evaluates expressions, properties and existence in one scenario."""

    # Existence and properties

    def first_unmet(self, existence: tuple[ExistenceCondition, ...]) -> UnmetCondition | None:
        """Return the first of these conditions that is false; None where all are true."""
        for required in existence:
            frame, name = required.frame, required.condition
            if name is not None and not named_condition(self, name.text, frame, name).is_true:
                return UnmetCondition(required)
            url = required.url
            if (
                url is not None
                and self.resolved_value(url, frame).known_ending not in required.urls
            ):
                return UnmetCondition(required)
            for identifier, item in frame.loops.items():
                if not self._is_in_loop(item):
                    return UnmetCondition(required, identifier)
        return None

    def _is_in_loop(self, item: LoopItem) -> bool:
        """Whether the collection of a loop contains the item that a resource was made for."""
        represents_unknown = item.value.text is None and not item.is_missing
        if item.is_certain or represents_unknown:
            return True
        collection = self.resolved_value(item.collection, item.frame)
        if not isinstance(collection.raw, tuple):
            return True
        if item.is_missing:
            return bool(collection.raw)
        return any(value.text == item.value.text for value in collection.raw)

    def property(self, body: Node, name: str, frame: Frame) -> tuple[Entry, Value] | None:
        """Return a property's entry and its value; None where it is not written."""
        properties = members(body).get("Properties")
        wrong = None if properties else entry_in_wrong_case(body, "Properties")
        if wrong and not frame.stack.template.rewriting_macros:
            raise self.rejected(f"a resource has no attribute {text_of(wrong[0])}", wrong[0], frame)
        function = function_of(properties[1]) if properties else None
        if properties and function:
            why = f"a macro may set {name}"
            if function[0] != "Fn::Transform":
                why = f"a function may set {name}: {self.excerpt(properties[1], frame)}"
            return properties, self.unknown_value(why, properties[1], frame)
        if properties and not isinstance(properties[1], MapNode) and not is_null(properties[1]):
            whole = self.resolved_value(properties[1], frame)
            if not whole.is_known:  # another program fills it in
                return properties, whole
            raise self.rejected("Properties is not a map", properties[0], frame)
        entries = members(properties[1]) if properties else {}
        entry_and_frame = self.entry_of(entries, name, frame)
        if entry_and_frame is None:
            return self.entry_of_unknown_loop(entries, name, frame)
        (key, node), inner = entry_and_frame
        value = self.resolved_value(node, inner)
        source = inner.stack.template.source
        step = source.step(key, node, StepKind.ATTRIBUTE)
        is_literal = isinstance(node, ScalarNode) and node.tag is None
        is_elsewhere = any(step.kind is StepKind.MAPPING for step in value.trace)  # by a variable
        if is_literal and not is_elsewhere and not source.is_alias(key, node):
            return (key, node), replace(value, trace=(step,))
        return (key, node), value.through(step)

    # Expressions

    def value(self, node: Node, frame: Frame) -> Value:
        """Return the value of an expression; a parameter may be left unresolved."""
        function = function_of(node)
        if function is None and isinstance(node, ScalarNode):
            return self._literal(node, frame)
        with self.inside(node, frame):
            if function is not None:
                return self._function(*function, node, frame)
            match node:
                case ListNode(items=items):
                    return self._list(items, frame)
                case MapNode():
                    return self._map(node, frame)
                case ScalarNode():
                    return self._literal(node, frame)

    def _function(self, name: str, argument: Node, node: Node, frame: Frame) -> Value:
        function = FUNCTIONS.get(name)
        if function is not None:
            return function(self, argument, node, frame)
        why = UNKNOWN_FUNCTIONS.get(name, "{} is not evaluated")
        macro = text_of(member(argument, "Name")) if name == "Fn::Transform" else None
        return self.unknown_value(why.format(macro or self.excerpt(node, frame)), node, frame)

    def _literal(self, node: ScalarNode, frame: Frame) -> Value:
        """Return a literal, with the items of loops in it; what others resolve later is unknown."""
        step = frame.stack.template.source.step(node, kind=StepKind.LITERAL)
        raw: Raw = literal_of(node)
        is_literal, is_secret = True, False
        if isinstance(raw, str):
            self.charge_text(raw)
            text = frame.substitute(raw)
            is_literal, is_secret = text == raw, frame.has_secret_item and text != raw
            shown = frame.substitute(raw, for_display=True)[:80]
            raw = text
            if DYNAMIC_REFERENCE.search(raw):
                why = f"the dynamic reference {shown} is resolved when the stack is deployed"
                return self.unknown_value(why, node, frame, ending_of(raw))
            if SERVERLESS_VARIABLE.search(raw):
                return self._variable(
                    ScalarNode(raw, node.start, node.end, node.style, None), frame
                )
            if is_filled_in(raw):
                return self._placeholder(node, frame, ending_of(raw))
        return Value(raw, (step,), is_secret, (step.location,) if is_literal else ())

    def _variable(self, node: ScalarNode, frame: Frame) -> Value:
        """Return the value of a string with variables of the Serverless Framework."""
        resolved = resolved_variables(node, frame)
        if isinstance(resolved, str):
            return self.unknown_value(resolved, node, frame)
        source = frame.stack.template.source
        with self.inside(node, frame):
            value = self.value(resolved.node, frame)
        if resolved.key is None:  # it is made here, and no literal
            return replace(value, literals=(), trace=(source.step(node),))
        step = source.step(resolved.key, resolved.node, StepKind.MAPPING)
        if names_credential(step.name):
            step = replace(
                step, text=f"{step.name}: {placeholder_of(value.text or '')}", is_secret=True
            )
            return replace(value, trace=(step,), is_secret=True)
        return replace(value, trace=(step, *value.trace[1:]))

    def _placeholder(self, node: Node, frame: Frame, ending: str = "") -> Value:
        """Return the unknown value of what another program fills in before the deployment."""
        why = f"{self.excerpt(node, frame)} is filled in by another program: check its output"
        return self.unknown_value(why, node, frame, ending)

    def _list(self, nodes: list[Node], frame: Frame) -> Value:
        self.charge(len(nodes))
        values = [self.value(node, frame) for node in nodes]
        items = tuple(value for value in values if value.raw is not NO_VALUE)
        return Value(items, is_secret=any(item.is_secret for item in items))

    def _map(self, node: MapNode, frame: Frame) -> Value:
        self.charge(len(node.entries))
        if is_placeholder(node):
            return self._placeholder(node, frame)
        values = {name: self.value(entry[1], frame) for name, entry in members(node).items()}
        items = {name: value for name, value in values.items() if value.raw is not NO_VALUE}
        return Value(items, is_secret=any(item.is_secret for item in items.values()))
