"""The records of a deployment: stacks (a template with parameter values), loops and frames of expressions."""

import re
from collections.abc import Mapping

from ecbackup_iac.cloudformation.evaluation.declarations import GivenValue
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.scenarios import Key
from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.evaluation.values import Value
from ecbackup_iac.cloudformation.syntax.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.hidden import placeholder_of
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record

_LOOP_TEXT = re.compile(r"([$&])\{(\w+)\}")


@record(eq=False)
class LoopItem:
    """The value of a loop's identifier in one pass of Fn::ForEach."""

    value: Value
    collection: Node
    frame: "Frame"
    """The frame of the collection."""

    is_certain: bool = False
    """It is in the collection in every scenario."""

    is_missing: bool = False
    """The collection has no item: this one represents those that it would have."""

    @property
    def key(self) -> Key:
        """Its identity: its text, or the location of an unknown collection."""
        return self.value.text or (self.collection.start, self.frame.key)


@record(eq=False)
class Frame:
    """What an expression is evaluated in: a stack, and the loops around the expression."""

    stack: "Stack"
    loops: Mapping[str, LoopItem] = field(factory=dict)

    def in_loop(self, identifier: str, item: LoopItem) -> "Frame":
        """Return the frame inside one more loop."""
        return Frame(self.stack, {**self.loops, identifier: item})

    @property
    def has_secret_item(self) -> bool:
        """Whether the item of a loop must not be shown."""
        return any(item.value.is_secret for item in self.loops.values())

    def substitute(self, text: str, *, for_display: bool = False) -> str:
        """Return a string with loops' items for `${Name}`, and their letters and digits for `&{Name}`.

        For display, a placeholder replaces an item that is secret.
        """
        if not self.loops or "{" not in text:
            return text

        def item_text(match: re.Match[str]) -> str:
            item = self.loops.get(match[2])
            value = item.value.text if item else None
            if value is None or item is None:
                return match[0]
            if for_display and item.value.is_secret:
                return placeholder_of(value)
            return re.sub(r"[^A-Za-z0-9]", "", value) if match[1] == "&" else value

        return _LOOP_TEXT.sub(item_text, text)

    @property
    def key(self) -> Key:
        """Its identity among the frames of one root."""
        items = ((name, item.key) for name, item in self.loops.items())
        return (self.stack.address, tuple(items))


@record(eq=False)
class ExistenceCondition:
    """What the existence of a resource depends on: a condition, the items of the loops around it, a URL."""

    condition: ScalarNode | None
    """The condition's name, as the resource refers to it."""

    frame: Frame
    stack: str = ""
    """The address of the nested stack that depends on it; empty for a resource."""

    url: Node | None = None
    """The URL of the stack's template, where it names this template in some scenarios only."""

    urls: frozenset[str] = frozenset()
    """What the URL is, or ends with, where it names this template."""


@record(eq=False)
class UnmetCondition:
    """A condition that is false in one scenario."""

    condition: ExistenceCondition
    loop: str = ""
    """The identifier of the loop whose collection lacks the item; empty where that is not the reason."""


@record(eq=False)
class Stack:
    """A template with the values of its parameters."""

    template: Template
    given_values: Mapping[str, GivenValue] = field(factory=dict)
    """The values given to the parameters of a root."""

    passed: tuple[Node, ...] = ()
    """The parameters that the parent passes: maps or lists, later ones override earlier ones."""

    passed_in: Frame | None = None
    """The frame of these parameters; None for a root, and where the user who launches the stack sets them."""

    address: str = ""
    """The logical ids of the stacks around it and its own: `Network/Caches`; empty for a root."""

    parent: "Stack | None" = None
    kind: str = ""
    """The type of the resource that nests it; empty for a root."""

    location: Location | None = None
    """The location of that resource in the parent; None for a root."""

    existence: tuple[ExistenceCondition, ...] = ()
    note: str = ""
    """How its template was found, for people; empty where the parent names it itself."""

    rejected_defaults: dict[str, str] = field(factory=dict)
    """Parameters whose default a rule of the section `Rules` rejects → the rule; they need another value."""

    children: dict[str, "Stack"] = field(factory=dict)
    """The nested stacks whose templates were read, by logical id."""

    has_loops_by_map: dict[int, bool] = field(factory=dict)
    """The results of `has_loops`, by identity of the map: every scenario needs them."""

    def has_loops(self, entries: Mapping[str, Entry]) -> bool:
        """Whether some of a map's entries are made by loops."""
        key = id(entries)
        if key not in self.has_loops_by_map:
            self.has_loops_by_map[key] = any(name.startswith(LOOP) for name in entries)
        return self.has_loops_by_map[key]

    @property
    def prefix(self) -> str:
        """The beginning of the addresses of its resources."""
        return f"{self.address}/" if self.address else ""

    @property
    def ancestors(self) -> "list[Stack]":
        """The stack and those that it is nested in, up to the root."""
        stacks, stack = [], self
        while True:
            stacks.append(stack)
            if stack.parent is None:
                return stacks
            stack = stack.parent

    @property
    def calls(self) -> tuple[Call, ...]:
        """The resources that nest the stack and those around it, outermost first."""
        return tuple(
            Call(stack.location, stack.address.removeprefix(stack.parent.prefix))
            for stack in reversed(self.ancestors)
            if stack.parent is not None and stack.location is not None
        )


def loop_of(entry: Entry, frame: Frame) -> tuple[str, Node, MapNode]:
    """Return the parts of an Fn::ForEach: `[identifier, collection, {key: body}]`."""
    _, node = entry
    if isinstance(node, ListNode) and len(node.items) == 3:  # noqa: PLR2004 - the form has three parts
        identifier, collection, body = node.items
        if isinstance(identifier, ScalarNode) and isinstance(body, MapNode):
            return identifier.text, collection, body
    location = frame.stack.template.source.location_of(*entry)
    raise TemplateRejectedError(
        "Fn::ForEach expects an identifier, a collection and a map", location
    )
