"""Templates as they are deployed: a root stack, the stacks nested in it, and the resources of each."""

import re
from collections.abc import Mapping as MappingOf
from typing import TYPE_CHECKING

from ecbackup_iac.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence
from ecbackup_iac.cloudformation.parameters import GivenValue
from ecbackup_iac.cloudformation.template import Template
from ecbackup_iac.cloudformation.worlds import RefusalError
from ecbackup_iac.model.record import field, record

_LOOP_TEXT = re.compile(r"([$&])\{(\w+)\}")

if TYPE_CHECKING:
    from ecbackup_iac.cloudformation.values import Value


@record(eq=False)
class LoopItem:
    """What a loop's identifier stands for in one pass of Fn::ForEach."""

    value: "Value"
    collection: Node
    frame: "Frame"
    """Where the collection stands."""


@record(eq=False)
class Frame:
    """Where an expression is worked out: in a stack, inside the loops around it."""

    stack: "Stack"
    loops: MappingOf[str, LoopItem] = field(factory=dict)

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
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What tells it from the other frames of one root."""
        items = ((name, item.value.text or "") for name, item in self.loops.items())
        return (self.stack.address, tuple(items))


@record(eq=False)
class Existence:
    """What has to hold for something to exist: a condition, and a place in the loops around it."""

    condition: Scalar | None
    """The condition's name, where it is written."""

    frame: Frame


@record(eq=False)
class Stack:
    """A template with what its parameters are given."""

    template: Template
    given: MappingOf[str, GivenValue] = field(factory=dict)
    """What a root's parameters are given from outside."""

    passed: MappingOf[str, tuple[Entry, Frame]] | None = None
    """What the parent passes, and where it stands; None for a root."""

    address: str = ""
    """The logical ids of the stacks around it and its own: `Network/Caches`; empty for a root."""

    parent: "Stack | None" = None
    existence: tuple[Existence, ...] = ()
    children: dict[str, "Stack"] = field(factory=dict)
    """The nested stacks that were read, by logical id."""

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
    body: Mapping


def loop_of(entry: Entry, frame: Frame) -> Loop:
    """Read a loop: `[identifier, collection, {key: body}]`.

    Raises:
        RefusalError: it is not of that form.

    """
    _, node = entry
    if isinstance(node, Sequence) and len(node.items) == 3:  # noqa: PLR2004 - the form has three parts
        identifier, collection, body = node.items
        if isinstance(identifier, Scalar) and isinstance(body, Mapping):
            return Loop(identifier.text, collection, body)
    place = frame.stack.template.source.location_of(*entry)
    raise RefusalError("Fn::ForEach takes an identifier, a collection and a map", place)
