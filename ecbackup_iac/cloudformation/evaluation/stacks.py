"""Templates as they are deployed: a root stack, the stacks nested in it, and the resources of each."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.evaluation.declarations import GivenValue
from ecbackup_iac.cloudformation.evaluation.scenarios import Key, TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.syntax.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record

_LOOP_TEXT = re.compile(r"([$&])\{(\w+)\}")

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.evaluation.values import Value


@record(eq=False)
class LoopItem:
    """What a loop's identifier stands for in one pass of Fn::ForEach."""

    value: "Value"
    collection: Node
    frame: "Frame"
    """Where the collection stands."""

    is_missing: bool = False
    """The collection has no item: this one stands for those that it would have."""

    @property
    def key(self) -> Key:
        """What tells it from other items: its text, or the place of a collection that nobody knows."""
        return self.value.text or (self.collection.start, self.frame.key)


@record(eq=False)
class Frame:
    """Where an expression is worked out: in a stack, inside the loops around it."""

    stack: "Stack"
    loops: Mapping[str, LoopItem] = field(factory=dict)

    def inside(self, identifier: str, item: LoopItem) -> "Frame":
        """Give the frame of one more loop."""
        return Frame(self.stack, {**self.loops, identifier: item})

    def filled(self, text: str) -> str:
        """Put what the loops around a text stand for into it: `${Name}`, or `&{Name}` bare."""
        if not self.loops or "{" not in text:
            return text

        def item(match: re.Match[str]) -> str:
            found = self.loops.get(match[2])
            told = found.value.text if found else None
            if told is None:
                return match[0]
            return re.sub(r"[^A-Za-z0-9]", "", told) if match[1] == "&" else told

        return _LOOP_TEXT.sub(item, text)

    @property
    def key(self) -> Key:
        """What tells it from the other frames of one root."""
        items = ((name, item.key) for name, item in self.loops.items())
        return (self.stack.address, tuple(items))


@record(eq=False)
class ExistenceCondition:
    """What has to hold for something to exist: a condition, and a place in the loops around it."""

    condition: ScalarNode | None
    """The condition's name, where it is written."""

    frame: Frame
    stack: str = ""
    """The address of the nested stack that depends on it; empty for a resource."""


@record(eq=False)
class Passed:
    """The parameters that a parent passes to a nested stack, as they are written."""

    parameters: Node | None
    """None where it passes none."""

    frame: Frame


@record(eq=False)
class Stack:
    """A template with what its parameters are given."""

    template: Template
    given: Mapping[str, GivenValue] = field(factory=dict)
    """What a root's parameters are given from outside."""

    passed: Passed | None = None
    """What the parent passes; None for a root."""

    address: str = ""
    """The logical ids of the stacks around it and its own: `Network/Caches`; empty for a root."""

    parent: "Stack | None" = None
    kind: str = ""
    """The type of the resource that nests it; empty for a root."""

    location: Location | None = None
    """That whole resource in the parent; None for a root."""

    existence: tuple[ExistenceCondition, ...] = ()
    children: dict[str, "Stack"] = field(factory=dict)
    """The nested stacks that were read, by logical id."""

    looped: dict[int, bool] = field(factory=dict)
    """Which maps of the template have loops among their keys, by identity: asked in every world."""

    def has_loops(self, entries: Mapping[str, Entry]) -> bool:
        """Say whether some of a map's entries are made by loops."""
        key = id(entries)
        if key not in self.looped:
            self.looped[key] = any(name.startswith(LOOP) for name in entries)
        return self.looped[key]

    @property
    def prefix(self) -> str:
        """What stands before a logical id in an address."""
        return f"{self.address}/" if self.address else ""

    @property
    def ancestors(self) -> "list[Stack]":
        """The stack and those it is nested in."""
        found, one = [], self
        while True:
            found.append(one)
            if one.parent is None:
                return found
            one = one.parent


@record(eq=False)
class Loop:
    """One Fn::ForEach as it is written."""

    identifier: str
    collection: Node
    body: MapNode


def loop_of(entry: Entry, frame: Frame) -> Loop:
    """Read a loop: `[identifier, collection, {key: body}]`.

    Raises:
        RefusalError: it is not of that form.

    """
    _, node = entry
    if isinstance(node, ListNode) and len(node.items) == 3:  # noqa: PLR2004 - the form has three parts
        identifier, collection, body = node.items
        if isinstance(identifier, ScalarNode) and isinstance(body, MapNode):
            return Loop(identifier.text, collection, body)
    location = frame.stack.template.source.location_of(*entry)
    raise TemplateRejectedError("Fn::ForEach takes an identifier, a collection and a map", location)
