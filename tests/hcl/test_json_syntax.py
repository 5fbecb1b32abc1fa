"""Terraform's JSON syntax as it is read: blocks, expressions, locations, errors."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.hcl.expression import InvalidExpression
from ecbackup_iac.hcl.json_syntax import parse_json, parse_json_values
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.syntax.located_json import MAX_DEPTH, JsonNode, Kind, parse
from ecbackup_iac.terraform.files.schema import CONFIGURATION

Shown: TypeAlias = Callable[[Any], str]


def source(text: str | bytes) -> SourceFile:
    return SourceFile("main.tf.json", text.encode() if isinstance(text, str) else text)


def where(place: SourceRange) -> tuple[int | None, int | None, int | None, int | None]:
    location = place.location
    return location.line, location.column, location.end_line, location.end_column


def attribute(text: str, *way: tuple[str, int], name: str) -> Any:  # noqa: ANN401 - a node
    """Return an argument's expression at a path of blocks; the test states what it must be."""
    body, problems = parse_json(source(text), CONFIGURATION)
    assert not problems
    for kind, labels in way:
        body = body.blocks(kind, labels)[0].body
    found = body.attribute(name)
    assert found is not None
    return found.expression


def reported(text: str | bytes) -> list[tuple[str, int | None, int | None]]:
    return [
        (message, place.location.line, place.location.column)
        for message, place in parse_json(source(text), CONFIGURATION)[1]
    ]


# Blocks


@pytest.mark.parametrize(
    "text",
    [
        '{"resource": {"aws_x": {"a": {"n": 1}, "b": {"n": 2}}}}',
        '[{"resource": [{"aws_x": [{"a": [{"n": 1}]}, {"b": {"n": 2}}]}]}]',
        '{"resource": {"aws_x": {"a": {"n": 1}}}, "resource": {"aws_x": {"b": {"n": 2}}}}',
    ],
)
def test_each_level_of_labels_may_be_an_object_or_an_array(text: str) -> None:
    body, problems = parse_json(source(text), CONFIGURATION)
    assert not problems
    blocks = body.blocks("resource", 2)
    assert [block.labels for block in blocks] == [("aws_x", "a"), ("aws_x", "b")]
    assert [len(block.body.attributes()) for block in blocks] == [1, 1]


def test_a_property_is_read_as_a_block_or_as_an_argument(shown: Shown) -> None:
    text = '{"resource": {"aws_x": {"a": {"tags": {"k": "v"}, "nested": [{"n": 1}, {"n": 2}]}}}}'
    body = parse_json(source(text), CONFIGURATION)[0].blocks("resource", 2)[0].body
    assert [found.name for found in body.attributes()] == ["tags", "nested"]
    assert [len(block.body.attributes()) for block in body.blocks("nested")] == [1, 1]
    tags = body.attribute("tags")
    assert tags is not None
    assert shown(tags.expression) == "{'k': 'v'}"
    assert not body.blocks("tags", 1)
    assert not body.blocks("missing")


def test_comments_and_nulls_are_ignored(shown: Shown) -> None:
    text = '{"//": "why", "locals": {"//": ["x"], "a": {"//": 1}}, "terraform": null}'
    body, problems = parse_json(source(text), CONFIGURATION)
    assert not problems
    (block,) = body.blocks("locals")
    assert [found.name for found in block.body.attributes()] == ["a"]
    assert shown(block.body.attributes()[0].expression) == "{'//': 1}"
    assert not body.blocks("terraform")


# Expressions


@pytest.mark.parametrize(
    ("value", "nodes"),
    [
        ("7", "7"),
        ("-1.50", "Fraction(-3, 2)"),
        ("1e3", "1000"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "True"),
        ("null", "None"),
        ('"var.x"', "'var.x'"),
        ('"${var.x}"', "<${var.x}>"),
        ('"a-${var.x}"', "<'a-' ${var.x}>"),
        (r'"${x ? \"a\" : \"b\\n\"}"', "<${(x ? 'a' : 'b\\n')}>"),
        (r'"a\nb \u00e9 \ud83d\ude00 \\n"', repr("a\nb é 😀 \\n")),
        ('"$${x} %%{y}"', "'${x} %{y}'"),
        ('"%{ if a }b%{ endif }"', "<if a <'b'> else <>>"),
        ('["${x}", {"k-${y}": 1}]', "[<${x}>, {<'k-' ${y}>: 1}]"),
    ],
)
def test_a_string_is_a_template(value: str, nodes: str, shown: Shown) -> None:
    node = attribute(f'{{"locals": {{"a": {value}}}}}', ("locals", 0), name="a")
    assert shown(node) == nodes


@pytest.mark.parametrize(
    ("text", "way", "name", "nodes"),
    [
        ('{"variable": {"v": {"default": "${x}"}}}', (("variable", 1),), "default", "'${x}'"),
        (
            '{"variable": {"v": {"type": "list(object({a = number}))"}}}',
            (("variable", 1),),
            "type",
            "list(object({'a': number}))",
        ),
        ('{"module": {"m": {"source": "./${x}"}}}', (("module", 1),), "source", "'./${x}'"),
        (
            '{"module": {"m": {"providers": {"aws": "aws.west"}}}}',
            (("module", 1),),
            "providers",
            "{'aws': aws.west}",
        ),
        ('{"output": {"o": {"depends_on": ["a.b"]}}}', (("output", 1),), "depends_on", "[a.b]"),
        (
            '{"resource": {"t": {"n": {"lifecycle": {"ignore_changes": ["x", "y[0]"]}}}}}',
            (("resource", 2), ("lifecycle", 0)),
            "ignore_changes",
            "[x, y[0]]",
        ),
        (
            '{"resource": {"t": {"n": {"lifecycle": [{"ignore_changes": "all"}]}}}}',
            (("resource", 2), ("lifecycle", 0)),
            "ignore_changes",
            "all",
        ),
        ('{"moved": [{"from": "a.b", "to": "a.c"}]}', (("moved", 0),), "to", "a.c"),
    ],
)
def test_some_strings_are_read_literally_or_as_expressions(
    text: str, way: tuple[tuple[str, int], ...], name: str, nodes: str, shown: Shown
) -> None:
    assert shown(attribute(text, *way, name=name)) == nodes


def test_variable_files_contain_plain_values(shown: Shown) -> None:
    found, problems = parse_json_values(
        source('{"a": "${x}", "b": {"c": ["%{d}", 1.5]}, "//": "no variable"}')
    )
    assert not problems
    assert [(each.name, shown(each.expression)) for each in found] == [
        ("a", "'${x}'"),
        ("b", "{'c': ['%{d}', Fraction(3, 2)]}"),
    ]


# Locations


def test_every_node_has_its_location() -> None:
    text = '{\n  "locals": {\n\t"é": "a\\n${x.y}",\n    "b": [1, true]\n  }\n}\n'
    body, _ = parse_json(source(text), CONFIGURATION)
    (block,) = body.blocks("locals")
    assert where(block.header) == (2, 3, 2, 11)
    assert where(block.range) == (2, 3, 5, 4)
    first, second = block.body.attributes()
    assert where(first.range) == (3, 2, 3, 18)
    assert where(first.expression.range) == (3, 7, 3, 18)
    expression: Any = first.expression
    line_end, interpolation = expression.parts
    assert line_end.range.text == "a\\n"
    assert interpolation.range.text == "${x.y}"
    assert interpolation.expression.range.text == "x.y"
    expression = second.expression
    assert where(expression.items[1].range) == (4, 14, 4, 18)


def test_locations_inside_a_string_count_escapes() -> None:
    text = r'{"locals": {"a": "\ud83d\ude00\"é${ \"q\" == x }"}}'
    node = attribute(text, ("locals", 0), name="a")
    expression = node.parts[1].expression
    assert expression.range.text == r"\"q\" == x"
    assert expression.right.range.text == "x"


# What is wrong


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{\n", 2, 1),
        ('{"locals": {"a": 1,}}', 1, 20),
        ('{"locals": {"a": 1,\n "b" 2}}', 2, 6),
        ('{"locals": {"a": [1,,2]}}', 1, 21),
        ('{"locals": {"a": [1 2]}}', 1, 21),
        ('{"locals": {"a": 01}}', 1, 18),
        ('{"locals": {"a": tru}}', 1, 18),
        ("{\"locals\": {'a': 1}}", 1, 13),
        ('{"locals": {a: 1}}', 1, 13),
        ('{"locals": {"a": "x\n"}}', 1, 20),
        ('{"locals": {"a": "\\x"}}', 1, 19),
        ('{"locals": {"a": 1]}', 1, 19),
        ('{"locals": {"a": 1}} x', 1, 22),
        ('{"locals": {"a": "x ${1 2}"}}', 1, 25),
        ('{"locals": {"a": "${"}}', 1, 21),
        ('{"locals": {"a": 1, "a": 2}}', 1, 21),
        ('{"locals": "a"}', 1, 12),
        ('{"variable": {"v": 1}}', 1, 20),
        ("7", 1, 1),
    ],
)
def test_a_syntax_error_is_reported_with_its_location(text: str, line: int, column: int) -> None:
    assert [found[1:] for found in reported(text)] == [(line, column)]


def test_what_precedes_a_syntax_error_is_read(shown: Shown) -> None:
    body, problems = parse_json(
        source('{"locals": {"a": 1, "b": [2, {"c": 3, "d" 4}]}}'), CONFIGURATION
    )
    assert len(problems) == 1
    (block,) = body.blocks("locals")
    assert [shown(found.expression) for found in block.body.attributes()] == ["1", "[2, {'c': 3}]"]


def test_an_invalid_template_does_not_affect_its_neighbours() -> None:
    body, problems = parse_json(source('{"locals": {"a": "${1 +}", "b": 2}}'), CONFIGURATION)
    assert len(problems) == 1
    first, second = body.blocks("locals")[0].body.attributes()
    assert isinstance(first.expression, InvalidExpression)
    assert not isinstance(second.expression, InvalidExpression)


def test_a_template_in_a_plain_string_is_not_an_error() -> None:
    assert not reported(
        '{"variable": {"v": {"default": "${1 +}", "description": "%{"}}, "//": "${"}'
    )


def test_too_deep_nesting_is_reported() -> None:
    for text in (
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"locals":{"a":' + "[" * 300 + "]" * 300 + "}}",
    ):
        (problem,) = reported(text)
        assert f"more than {MAX_DEPTH} deep" in problem[0]


# JSON with locations


def test_every_json_value_and_key_has_its_range() -> None:
    text = b'{"a": [1, "b"], "a": {"c": null}}'
    root, problems = parse(text)
    assert not problems
    assert root is not None
    (key, first), (_, second) = root.members
    assert text[key.start : key.end] == b'"a"'
    assert [text[item.start : item.end] for item in first.items] == [b"1", b'"b"']
    assert text[second.start : second.end] == b'{"c": null}'


def plain(node: JsonNode) -> Any:  # noqa: ANN401 - JSON
    match node.kind:
        case Kind.OBJECT:
            return {key.text: plain(value) for key, value in node.members}
        case Kind.ARRAY:
            return [plain(item) for item in node.items]
        case Kind.STRING:
            return None if node.string is None else node.string.text
        case Kind.NUMBER:
            return float(node.number)
        case Kind.TRUE | Kind.FALSE:
            return node.kind is Kind.TRUE
        case Kind.NULL:
            return None


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=100, deadline=None)
@given(_JSON, st.booleans())
def test_json_is_read_as_python_reads_it(value: Any, is_ascii: bool) -> None:  # noqa: ANN401, FBT001
    text = json.dumps(value, ensure_ascii=is_ascii).encode(errors="replace")
    root, problems = parse(text)
    assert not problems
    assert root is not None
    expected = json.loads(text, parse_int=float)
    assert plain(root) == json.loads(json.dumps(expected).encode())


_PIECES = st.sampled_from([
    "{", "}", "[", "]", ":", ",", '"', '"a"', '"${x}"', '"${', "%{ if", "1", "-0.5e3", "true",
    "nul", '"locals":', '"resource":', '"//"', "\\", '"\\u00e9"', '"\\ud83d"', "\n", " ", "\0",
    "é", "'",
])  # fmt: skip
TEXTS = st.one_of(
    st.binary(max_size=200), st.lists(_PIECES, max_size=40).map("".join).map(str.encode)
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_bytes_raise_an_exception(text: bytes) -> None:
    file = source(text)
    body, problems = parse_json(file, CONFIGURATION)
    values, others = parse_json_values(file)
    for each in (*body.attributes(), *values):
        assert 0 <= each.expression.range.start <= each.expression.range.end <= len(text)
    for kind, labels in (("locals", 0), ("resource", 2), ("a", 1)):
        for block in body.blocks(kind, labels):
            for each in block.body.attributes():
                assert each.expression.range.file is file
    for _, place in (*problems, *others):
        assert 0 <= place.start <= place.end <= len(text)
        assert place.location.line is not None
