"""What bodies, blocks and attributes offer, whichever syntax they are written in."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from ecbackup_iac.hcl.expression import Literal, Node
from ecbackup_iac.hcl.source import Problem, SourceRange
from ecbackup_iac.hcl.tokens import NAME
from ecbackup_iac.model.record import record

TEMPLATE, LITERAL, EXPRESSION = "template", "literal", "expression"
"""How a JSON string is read."""


class Schema:
    """The blocks that the top of a file may contain, and how its JSON strings are to be read."""

    def __init__(
        self,
        labels: Mapping[str, tuple[str, ...]],
        json_readings: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.labels = labels
        """The block types, with what each of their labels names."""

        self.json_readings = json_readings or {}
        """(block type, argument) → how the argument's strings are read."""

    @cached_property
    def header_line(self) -> re.Pattern[bytes]:
        """A line that begins a block, at the start of the line; matches nothing where there are no blocks."""
        if not self.labels:
            return re.compile(rb"(?!)")
        types = "|".join(sorted(self.labels)).encode()
        label = rb'[ \t]*+"(?:[^"\\\n]|\\.)*+"|[ \t]++' + NAME
        return re.compile(rb"^(?:" + types + rb")(?:" + label + rb")*+[ \t]*+\{", re.MULTILINE)


NO_BLOCKS = Schema({})
"""The schema of a file that has only arguments."""


class Attribute:
    """`name = expression`; the expression is parsed when it is first used."""

    def __init__(self, name: str, source_range: SourceRange, parse: Callable[[], Node]) -> None:
        self.name = name
        self.range = source_range
        """The whole attribute, its name included."""

        self._parse = parse

    @cached_property
    def expression(self) -> Node:
        """The expression after the equals sign."""
        return self._parse()


class Body(Protocol):
    """What is between braces, or in a JSON object: attributes and blocks.

    JSON does not distinguish blocks from attributes, so blocks are looked up by type and number of labels.
    """

    @property
    def range(self) -> SourceRange:
        """Its range."""

    @property
    def attributes_by_name(self) -> Mapping[str, Attribute]:
        """Every attribute, in order, the first of each name; in JSON every property that may be one."""

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of that name; the first, where there are several."""
        return self.attributes_by_name.get(name)

    def attributes(self) -> Sequence[Attribute]:
        """Return every attribute, in order."""
        return list(self.attributes_by_name.values())

    def blocks(self, block_type: str, labels: int = 0) -> Sequence["Block"]:
        """Return the blocks of a type with so many labels, in order."""

    def literal_string(self, name: str) -> str | None:
        """Return an attribute's value where it is a string without interpolation."""
        attribute = self.attribute(name)
        if attribute is None or not isinstance(attribute.expression, Literal):
            return None
        value = attribute.expression.value
        return value if isinstance(value, str) else None

    def unexpected(
        self, block_types: Container[str], arguments: Container[str] = ()
    ) -> Sequence[Problem]:
        """Return a problem for each item that is neither a block of these types nor one of the arguments."""

    def parse_all(self) -> None:
        """Parse everything inside, so that every problem is reported."""


@record(eq=False)
class Block:
    """`type "label" { body }`."""

    type: str
    labels: tuple[str, ...]
    """Without their quotes."""

    range: SourceRange
    """The whole block."""

    header: SourceRange
    """Its type and labels."""

    body: Body
