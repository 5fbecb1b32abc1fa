"""HCL's JSON syntax → the same bodies and expressions as the native syntax.

A property is an argument or blocks depending on what is looked up, and a string is a template, unless
the schema says that it is read literally or as an expression.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import assert_never

from ecbackup_iac.hcl.expression import (
    InvalidExpression,
    Literal,
    Node,
    ObjectNode,
    Template,
    Text,
    TupleNode,
)
from ecbackup_iac.hcl.literal_text import normalized
from ecbackup_iac.hcl.number import NumberTooLargeError, parse_number
from ecbackup_iac.hcl.parser import parse_expression, parse_template
from ecbackup_iac.hcl.source import Problem, RangeMapper, SourceFile, SourceRange
from ecbackup_iac.hcl.structure import (
    EXPRESSION,
    LITERAL,
    NO_BLOCKS,
    TEMPLATE,
    Attribute,
    Block,
    Body,
    Schema,
)
from ecbackup_iac.syntax.located_json import JsonNode, JsonText, Kind, parse

_NO_CONFIGURATION = (
    "Extraneous JSON object property: none is a block type, so this is not configuration; "
    "a plan, state, template or AWS CLI output must not be named *.tf.json"
)


def parse_json(source: SourceFile, schema: Schema) -> tuple[Body, list[Problem]]:
    """Return a file's body and what is wrong with it; intact parts of a broken file are in the body."""
    root, problems = _parsed(source)
    if root is not None:
        problems += _level_problems(source, root, schema) + _template_problems(source, root, schema)
    source_range = SourceRange(source, 0, len(source.text))
    return JsonBody(source, "", _objects(root), source_range, schema), problems


def parse_json_values(source: SourceFile) -> tuple[list[Attribute], list[Problem]]:
    """Return the arguments of a file of plain values, with no templates in them, and what is wrong."""
    root, problems = _parsed(source)
    source_range = SourceRange(source, 0, len(source.text))
    if root is not None and root.kind is Kind.ARRAY:
        problems.append(("Incorrect JSON value type: an object is required here", source_range))
    body = JsonBody(source, "", _objects(root), source_range, NO_BLOCKS, is_literal=True)
    return list(body.attributes()), problems


class JsonBody(Body):
    """A body written as an object, or as an array of objects."""

    def __init__(  # noqa: PLR0913 - what a body is
        self,
        source: SourceFile,
        block_type: str,
        objects: Sequence[JsonNode],
        source_range: SourceRange,
        schema: Schema,
        *,
        is_literal: bool = False,
    ) -> None:
        """`block_type` is empty for a whole file; `is_literal`: strings are not templates."""
        self._range = source_range
        self._source = source
        self._block_type = block_type
        self._objects = objects
        self._schema = schema
        self._is_literal = is_literal

    @property
    def range(self) -> SourceRange:
        """Its range, with the braces."""
        return self._range

    @cached_property
    def _members(self) -> dict[str, list[tuple[JsonText, JsonNode]]]:
        found: dict[str, list[tuple[JsonText, JsonNode]]] = {}
        for key, value in _members(self._objects):
            found.setdefault(key.text, []).append((key, value))
        return found

    @property
    def comments(self) -> Sequence[JsonNode]:
        """The values of the properties that HCL ignores."""
        return [value for _, value in self._members.get("//", ())]

    @cached_property
    def attributes_by_name(self) -> dict[str, Attribute]:
        """Every property as an argument, in order; the first of each name."""
        return {
            name: self._attribute(name, *given[0])
            for name, given in self._members.items()
            if name != "//"
        }

    def _attribute(self, name: str, key: JsonText, value: JsonNode) -> Attribute:
        reading = LITERAL if self._is_literal else TEMPLATE
        if name == "depends_on":
            reading = EXPRESSION
        reading = self._schema.json_readings.get((self._block_type, name), reading)
        source_range = SourceRange(self._source, key.start, value.end)
        return Attribute(name, source_range, lambda: _expression(self._source, value, reading))

    def blocks(self, block_type: str, labels: int = 0) -> Sequence[Block]:
        """Return the blocks of a type: each label is a level of objects, each level may be an array."""
        found: list[tuple[tuple[str, ...], JsonText, JsonNode]] = [
            ((), key, value) for key, value in self._members.get(block_type, ())
        ]
        for _ in range(labels):
            found = [
                ((*names, key.text), key, inner)
                for names, _, value in found
                for key, inner in _members(_objects(value))
            ]
        return [
            self._block(block_type, names, key, node)
            for names, key, value in found
            for node in _objects(value)
        ]

    def _block(
        self, block_type: str, labels: tuple[str, ...], key: JsonText, node: JsonNode
    ) -> Block:
        source_range = SourceRange(self._source, node.start, node.end)
        whole = SourceRange(self._source, key.start, node.end)
        header = SourceRange(self._source, key.start, key.end)
        body = JsonBody(self._source, block_type, (node,), source_range, self._schema)
        return Block(block_type, labels, whole, header, body)

    def unexpected(
        self, block_types: Container[str], arguments: Container[str] = ()
    ) -> Sequence[Problem]:
        """Return a problem for each property that is neither of these types nor one of the arguments."""
        what = (
            "no argument or block type is named" if self._block_type else "no block type is named"
        )
        found = [
            (f'Extraneous JSON object property: {what} "{name}"', attribute.range)
            for name, attribute in self.attributes_by_name.items()
            if name not in block_types and name not in arguments
        ]
        if not self._block_type and 1 < len(found) == len(self.attributes_by_name):
            return [(_NO_CONFIGURATION, found[0][1])]
        return found

    def parse_all(self) -> None:
        """Do nothing: the whole file's problems are known when it has been read."""


def _parsed(source: SourceFile) -> tuple[JsonNode | None, list[Problem]]:
    root, problems = parse(source.text)
    found = [(message, SourceRange(source, start, end)) for message, start, end in problems]
    if root is not None:
        if root.kind not in (Kind.OBJECT, Kind.ARRAY):
            what = "Root value must be object: the top of the file is an object or an array of them"
            found.append((what, SourceRange(source, root.start, root.end)))
        found += _duplicates(source, root)
    return root, found


def _level_problems(source: SourceFile, root: JsonNode, schema: Schema) -> list[Problem]:
    """Return a problem for what is not an object where a block, or a level of its labels, has to be one."""
    found: list[Problem] = []
    levels = [
        (value, len(schema.labels[key.text]))
        for key, value in _members(_objects(root))
        if key.text in schema.labels
    ]
    while levels:
        value, labels = levels.pop()
        if value.kind is Kind.NULL and not labels:
            continue
        for node in value.items if value.kind is Kind.ARRAY else (value,):
            if node.kind is not Kind.OBJECT:
                what = (
                    "Incorrect JSON value type: an object or an array of objects is expected here"
                )
                found.append((what, SourceRange(source, node.start, node.end)))
            elif labels:
                levels += [(inner, labels - 1) for _, inner in node.members]
    return found


def _template_problems(source: SourceFile, root: JsonNode, schema: Schema) -> list[Problem]:
    """Return a problem for each invalid template among the strings that are read as templates."""
    found: list[Problem] = []
    stack: list[tuple[JsonNode, tuple[str, ...]]] = [(root, ())]
    while stack:
        node, names = stack.pop()
        stack += [(item, names) for item in node.items]
        for key, value in node.members:
            text = key.text
            reading = schema.json_readings.get((names[0] if names else "", text))
            if text != "//" and reading != LITERAL:
                stack.append((value, (*names[:2], text)))
        written = node.string
        if written is not None and (b"${" in written.raw or b"%{" in written.raw):
            found += parse_template(
                SourceFile("", written.text.encode()), _range_mapper(source, written)
            )[1]
    return sorted(found, key=lambda problem: problem[1].start)


def _range_mapper(source: SourceFile, written: JsonText) -> RangeMapper:
    """Return what maps offsets in a string's content to ranges of the file."""
    offsets = written.offsets
    return lambda start, end: SourceRange(source, offsets(start), offsets(end))


def _duplicates(source: SourceFile, root: JsonNode) -> list[Problem]:
    """Return a problem for each property that is set twice and cannot be blocks."""
    found: list[Problem] = []
    stack = [root]
    while stack:
        node = stack.pop()
        stack += node.items
        seen: dict[str, JsonNode] = {}
        for key, value in node.members:
            stack.append(value)
            first = seen.setdefault(key.text, value)
            if (
                first is not value
                and key.text != "//"
                and not (_objects(first) and _objects(value))
            ):
                text = f'Duplicate argument: "{key.text}" was set before'
                found.append((text, SourceRange(source, key.start, key.end)))
    return sorted(found, key=lambda problem: problem[1].start)


def _objects(node: JsonNode | None) -> Sequence[JsonNode]:
    """Return the objects that a body, or a level of labels, is written as."""
    if node is None:
        return ()
    if node.kind is Kind.OBJECT:
        return (node,)
    return [item for item in node.items if item.kind is Kind.OBJECT]


def _members(objects: Sequence[JsonNode]) -> Iterator[tuple[JsonText, JsonNode]]:
    for node in objects:
        yield from node.members


def _expression(source: SourceFile, node: JsonNode, reading: str) -> Node:
    source_range = SourceRange(source, node.start, node.end)
    match node.kind:
        case Kind.OBJECT:
            keys = LITERAL if reading == EXPRESSION else reading
            items = (
                (_string(source, key, keys), _expression(source, value, reading))
                for key, value in node.members
            )
            return ObjectNode(source_range, tuple(items))
        case Kind.ARRAY:
            elements = (_expression(source, item, reading) for item in node.items)
            return TupleNode(source_range, tuple(elements))
        case Kind.STRING if node.string is not None:
            return _string(source, node.string, reading)
        case Kind.NUMBER:
            with suppress(NumberTooLargeError):
                value = parse_number(node.number)
                if value is not None:
                    return Literal(source_range, value)
            return InvalidExpression(source_range)
        case Kind.STRING:
            return InvalidExpression(source_range)
        case Kind.TRUE | Kind.FALSE:
            return Literal(source_range, node.kind is Kind.TRUE)
        case Kind.NULL:
            return Literal(source_range, None)
        case never:
            assert_never(never)


def _string(source: SourceFile, written: JsonText, reading: str) -> Node:
    source_range, text = SourceRange(source, written.start, written.end), written.text
    if reading == LITERAL or (reading == TEMPLATE and "${" not in text and "%{" not in text):
        return Literal(source_range, normalized(text))
    inner, range_of = SourceFile(source.path, text.encode()), _range_mapper(source, written)
    if reading == EXPRESSION:
        node, problems = parse_expression(inner, range_of)
        return InvalidExpression(source_range) if problems else node
    parts, problems = parse_template(inner, range_of)
    if problems:
        return InvalidExpression(source_range)
    if all(isinstance(part, Text) for part in parts):
        return Literal(source_range, "".join(part.text for part in parts if isinstance(part, Text)))
    return Template(source_range, parts)
