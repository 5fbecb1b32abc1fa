"""JSON as it is read: values, places, and what is kept of a text that is broken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.syntax.located_json import MAX_DEPTH, JsonNode, JsonText, Kind, Problem, parse

# Broken texts, Latin-1 for bytes, with the problem and what is kept, as `outline` writes it.
BROKEN = json.loads((Path(__file__).parent / "broken_json.json").read_text("utf-8"))


def outline(root: JsonNode | None) -> list[str]:
    """Write a tree out, a line for each value: `"name" start-end: kind start-end what`."""
    lines: list[str] = []
    pending: list[tuple[int, JsonText | None, JsonNode]] = [] if root is None else [(0, None, root)]
    while pending:
        depth, name, node = pending.pop()
        named = f"{written(name)}: " if name else ""
        what = f" {written(node.string)}" if node.string else f" {node.number}".rstrip()
        lines.append(f"{'  ' * depth}{named}{node.kind} {node.start}-{node.end}{what}")
        pending += [(depth + 1, None, item) for item in reversed(node.items)]
        pending += [(depth + 1, key, inner) for key, inner in reversed(node.members)]
    return lines


def written(text: JsonText) -> str:
    return f'"{text.raw.decode("latin-1")}" {text.start}-{text.end}'


def whole(text: bytes) -> JsonNode:
    root, problems = parse(text)
    assert not problems
    assert root is not None
    return root


def problem(text: bytes) -> Problem:
    (found,) = parse(text)[1]
    return found


# Whole texts


def value(node: JsonNode, text: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return the content of a tree; every scalar has to be the same at its offsets in the text."""
    match node.kind:
        case Kind.OBJECT:
            assert not node.items
            return {said(name, text): value(inner, text) for name, inner in node.members}
        case Kind.ARRAY:
            assert not node.members
            return [value(item, text) for item in node.items]
        case Kind.STRING:
            assert node.string is not None
            assert (node.string.start, node.string.end) == (node.start, node.end)
            return said(node.string, text)
        case Kind.NUMBER | Kind.TRUE | Kind.FALSE | Kind.NULL:
            assert node.string is None
            standing = text[node.start : node.end].decode()
            assert standing == (node.number or node.kind.value)
            return json.loads(standing)


def said(string: JsonText, text: bytes) -> str:
    assert string.raw == text[string.start + 1 : string.end - 1]
    assert json.loads(text[string.start : string.end]) == string.text
    return string.text


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
TEXTS = st.builds(
    lambda value, indent, separators, is_ascii: json.dumps(
        value, indent=indent, separators=separators, ensure_ascii=is_ascii
    ),
    VALUES,
    st.none() | st.integers(0, 8) | st.sampled_from(["\t", "\r\n "]),
    st.sampled_from([None, (",", ":"), (" , ", "\t:\n")]),
    st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_everything_is_read_with_its_offsets(text: str) -> None:
    written_out = text.encode()
    root = whole(written_out)
    assert (root.start, root.end) == (0, len(written_out))
    assert value(root, written_out) == json.loads(text)


def test_members_are_kept_in_order_those_of_the_same_name_too() -> None:
    root = whole(b'{"b": 1, "a": {"c": null}, "b": 2}')
    assert outline(root) == [
        "object 0-34",
        '  "b" 1-4: number 6-7 1',
        '  "a" 9-12: object 14-25',
        '    "c" 15-18: null 20-24',
        '  "b" 27-30: number 32-33 2',
    ]


@pytest.mark.parametrize("text", ["7", ' "a"\n', "null", "[]", "{ }", "[ [], {}, [[ ]] ]"])
def test_any_value_may_be_a_document_and_anything_may_be_empty(text: str) -> None:
    assert value(whole(text.encode()), text.encode()) == json.loads(text)


# Broken texts


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: repr(case["text"]))
def test_what_is_complete_before_an_error_is_kept(case: dict[str, Any]) -> None:
    root, problems = parse(case["text"].encode("latin-1"))
    assert [list(found) for found in problems] == case["problems"]
    assert outline(root) == case["tree"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Give JSON with some characters put in, taken out or replaced."""
    text = draw(TEXTS)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(["", *'{}[]:,"\\ \n019.-+eEtfnu/\0é']))
        text = text[:at] + put + text[at + draw(st.integers(0, 1)) :]
    return text


def is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # NaN and Infinity


@settings(max_examples=200, deadline=None)
@given(mutated())
def test_other_text_has_one_problem_and_offsets_inside_the_text(text: str) -> None:
    written_out = text.encode()
    root, problems = parse(written_out)
    assert len(problems) == (0 if is_json(text) else 1)
    for _, start, end in problems:
        assert 0 <= start <= end <= len(written_out)
    pending = [] if root is None else [(root, len(written_out))]
    while pending:
        node, limit = pending.pop()
        assert 0 <= node.start < node.end <= limit
        inner = [*node.items, *(each for _, each in node.members)]
        pending += [(each, node.end) for each in inner]
        starts = [each.start for each in inner]
        assert starts == sorted(starts)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_too_deep_nesting_is_a_problem_where_it_opens(opening: str, closing: str) -> None:
    as_deep_as_may_be = f"{opening * MAX_DEPTH}null{closing * MAX_DEPTH}".encode()
    assert len(outline(whole(as_deep_as_may_be))) == MAX_DEPTH + 1
    one_deeper = f"{opening}{as_deep_as_may_be.decode()}{closing}".encode()
    at = len(opening) * MAX_DEPTH
    message = f"Invalid JSON: objects and arrays are nested more than {MAX_DEPTH} deep"
    assert problem(one_deeper) == (message, at, at + 1)
    assert len(outline(parse(one_deeper)[0])) == MAX_DEPTH


# Each takes some thousandths of a second, or hours where anything is read again and again.
@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 200_000,
        '"' + "\\\\" * 500_000,
        '"\\' * 333_000,
        '{"' + "a" * 1_000_000,
        '{"' + "a" * 1_000_000 + '"',
        '["' + "\\u00e9" * 166_000 + "\\u00",
        " " * 1_000_000,
        "[" + " " * 1_000_000,
        "[1" + " " * 1_000_000 + "1",
        '{"a"' + " " * 1_000_000 + "1",
        "[1, " + " " * 1_000_000 + "]",
        ("[" + " " * 5_000) * 200,
        "[" * 199 + " " * 1_000_000 + "}",
        "[" + "1" * 1_000_000 + "x",
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_large_text_is_read_a_few_times_at_most(text: str) -> None:
    assert problem(text.encode())
