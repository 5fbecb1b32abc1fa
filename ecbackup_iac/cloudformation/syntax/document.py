"""The text of one template, and offsets in it → locations and trace steps."""

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    function_of,
    is_placeholder,
    walk,
)
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, StepShape, TraceStep
from ecbackup_iac.syntax.columns import LINE_BREAK, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecbackup_iac.syntax.located_json import JsonText

Key = TypeVar("Key", ScalarNode, "JsonText")

MAX_DUPLICATES = 20
"""Reported for one map."""

MAX_STEP_LENGTH = 120
"""Characters of a step's text, so that a trace stays readable."""

_MAX_SOURCE_LENGTH = 4 * MAX_STEP_LENGTH
"""How much is read of a node for a step; of this, indentation and blank lines are removed."""


def duplicate_keys(keys: "Iterable[Key]") -> "list[Key]":
    """Return the keys that a map repeats; CloudFormation reads the last one."""
    seen: set[str] = set()
    repeated: list[Key] = []
    for key in keys:
        if key.text in seen:
            repeated.append(key)
        seen.add(key.text)
    return repeated[:MAX_DUPLICATES]


def _displayable_end(node: Node, end: int) -> int:
    """Return the end of the part of a node that may be shown: before its first map, which may have secrets.

    A call of an intrinsic function is shown although it is a map, but the arguments of a macro are not.
    """
    if is_placeholder(node):
        return end
    # Each node has at least one character, so no node after these is in the text that is shown ...
    parts = [*islice(walk(node), MAX_STEP_LENGTH)]
    for part in parts:
        function = function_of(part)
        if function is not None and function[0] == "Fn::Transform":
            return min(end, function[1].start)
        if function is None and isinstance(part, MapNode):
            return min(end, part.start)
    # ... except where an alias is among them: its nodes are written earlier, and none of them is in the text.
    has_alias = any(part.start < node.start for part in parts)
    return node.start if has_alias and len(parts) == MAX_STEP_LENGTH else end


def _shortened(text: str) -> str:
    return f"{text[:MAX_STEP_LENGTH].rstrip()} ...".lstrip()


class SourceText:
    """A text, and the lines and columns of its offsets."""

    def __init__(self, path: str, text: str | bytes) -> None:
        self.path = path
        """As it is printed."""
        self.text = text
        """Offsets count in it: characters of YAML, bytes of JSON in UTF-8."""
        # YAML has three more line breaks, which editors do not show as such.
        self._lines = Lines(text, LINE_BREAK)
        self._steps: dict[tuple[int, int, StepKind], TraceStep] = {}

    def location(self, start: int, end: int) -> Location:
        """Return the location between two offsets."""
        line, column = self._position(start)
        end_line, end_column = self._position(max(start, end))
        start_location = input_location(self.path, line, column)
        return replace(start_location, end_line=end_line, end_column=end_column)

    def location_of(self, node: Node, value: Node | None = None) -> Location:
        """Return the location of a node, or of an entry from its key to the end of its value."""
        return self.location(node.start, self.end_of(node, value))

    def step(
        self, node: Node, value: Node | None = None, kind: StepKind = StepKind.EXPRESSION
    ) -> TraceStep:
        """Return the trace step of a node, or of an entry: its first line, cut where it is long."""
        key = (node.start, (value or node).end, kind)
        if key not in self._steps:
            name = node.text if value is not None and isinstance(node, ScalarNode) else ""
            end = self.end_of(node, value)
            displayable_end = _displayable_end(value or node, end)
            text, location = self._step_text(node.start, displayable_end, end)
            shape = StepShape.COMPOSITION if _is_composed(value or node) else StepShape.VALUE
            is_partial = displayable_end < end
            self._steps[key] = TraceStep(text, location, kind, name, shape, is_partial=is_partial)
        return self._steps[key]

    def is_alias(self, key: Node, value: Node) -> bool:
        """Whether an entry's value is an alias (`*name`): its node is then an earlier one."""
        return value.start < key.end

    def end_of(self, node: Node, value: Node | None) -> int:
        """Return the end of a node or an entry; of one with an alias, the end of the key's line."""
        if value is None or not self.is_alias(node, value):
            return self._end_without_blanks(value or node)
        rest = self.piece(node.start, node.start + _MAX_SOURCE_LENGTH).splitlines()[0].rstrip()
        return self.end_of_text(rest, node.start)

    def _step_text(self, start: int, displayable_end: int, end: int) -> tuple[str, Location]:
        text = self.piece(start, min(displayable_end, start + _MAX_SOURCE_LENGTH))
        first, *rest = text.strip().splitlines() or [""]
        is_cut = displayable_end < end or end > start + _MAX_SOURCE_LENGTH
        if len(first) > MAX_STEP_LENGTH or rest or is_cut:
            first = _shortened(first)
        return first, self.location(start, end)

    def text_at(self, node: Node) -> str:
        """Return the whole text of a node."""
        return self.piece(node.start, node.end)

    def excerpt(self, node: Node) -> str:
        """Return the text of a node for a message: on one line, shortened where it is long."""
        end = self._end_without_blanks(node)
        displayable_end = _displayable_end(node, end)
        text = " ".join(self.piece(node.start, displayable_end).split())
        is_complete = len(text) <= MAX_STEP_LENGTH and displayable_end == end
        return text if is_complete else _shortened(text)

    def _end_without_blanks(self, node: Node) -> int:
        """Return the end of a node without the blanks that end a block collection of YAML."""
        while self.piece(node.end - 1, node.end).isspace():
            match node:
                case ListNode(items=[*_, last]):
                    node = last
                case MapNode(entries=[*_, (_, last)]):
                    node = last
                case ScalarNode() | ListNode() | MapNode():
                    text = self.piece(node.start, node.end).rstrip()
                    return self.end_of_text(text, node.start)
        return node.end

    def end_of_text(self, text: str, start: int) -> int:
        """Return the offset of the end of a text that begins at an offset."""
        return start + len(text if isinstance(self.text, str) else text.encode())

    def piece(self, start: int, end: int) -> str:
        """Return the text between two offsets."""
        piece = self.text[start:end]
        return piece if isinstance(piece, str) else piece.decode(errors="replace")

    def _position(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1, in characters."""
        return self._lines.position(offset)


@record(eq=False)
class Document:
    """One document; a YAML file may contain several."""

    source: SourceText
    root: Node
    duplicates: tuple[ScalarNode, ...] = ()
    """Keys that a map repeats."""


# Functions that build a string from parts.
_COMPOSING = frozenset(
    f"Fn::{name}" for name in ("Sub", "Join", "Select", "Split", "Base64", "ToJsonString", "Length")
)


def _is_composed(node: Node) -> bool:
    """Whether a value, or a branch of it, is built from parts."""
    match function_of(node):
        case "Fn::If", ListNode(items=[_, *branches]):
            return any((function_of(branch) or ("",))[0] in _COMPOSING for branch in branches)
        case (name, _):
            return name in _COMPOSING
        case _:
            return False
