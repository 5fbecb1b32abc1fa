"""HCL as it is read: structure, places, errors and what is rescued from them."""

import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.hcl.body import MAX_BLOCK_DEPTH, NativeBody
from ecbackup_iac.hcl.comments import comment_spans
from ecbackup_iac.hcl.expression import (
    MAX_DEPTH,
    Interpolation,
    InvalidExpression,
    Literal,
    Node,
    Template,
)
from ecbackup_iac.hcl.json_syntax import parse_json
from ecbackup_iac.hcl.parser import (
    parse_expression,
    parse_template,
    parse_whole_file,
)
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute, Body
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.files.schema import CONFIGURATION
from ecbackup_iac.terraform.functions.call_context import EmptyScope
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import Value

DATA = Path(__file__).parent / "answers"
Shown: TypeAlias = Callable[[Any], str]


def source(text: str | bytes) -> SourceFile:
    return SourceFile("main.tf", text.encode() if isinstance(text, str) else text)


def where(place: SourceRange) -> tuple[int, int, int | None, int | None]:
    location = place.location
    assert location.line is not None
    assert location.column is not None
    return location.line, location.column, location.end_line, location.end_column


def reported(text: str | bytes) -> list[tuple[str, int | None, int | None]]:
    """Return the problems of a file: Terraform's summary, line and column."""
    _, problems = parse_whole_file(source(text), CONFIGURATION)
    return [
        (message.split(":")[0], place.location.line, place.location.column)
        for message, place in problems
    ]


def comments(body: NativeBody) -> Iterator[tuple[str, SourceRange]]:
    """Yield the comments of a whole file in order, with their signs and without their line breaks."""
    source = body.source
    for start, end in comment_spans(body):
        raw = source.text[start:end].rstrip(b"\r")
        yield raw.decode(errors="replace"), SourceRange(source, start, start + len(raw))


def comments_of(text: str) -> list[tuple[str, SourceRange]]:
    return [*comments(parse_whole_file(source(text), CONFIGURATION)[0])]


def plain(value: Value) -> Any:  # noqa: ANN401 - JSON
    """Return a known value as JSON."""
    match value.raw:
        case tuple() as elements:
            return [plain(element) for element in elements]
        case Mapping() as members:
            return {name: plain(member) for name, member in members.items()}
        case Fraction() as fraction:
            return float(fraction)
        case raw:
            return raw


# Expressions


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("1-2-3", "((1 - 2) - 3)"),
        ("a || b && c", "(a || (b && c))"),
        ("-x.y + 2 * -3", "((-x.y) + (2 * (-3)))"),
        ("!a == b", "((!a) == b)"),
        ("a == b != c", "((a == b) != c)"),
        ("a < b == c > d", "((a < b) == (c > d))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b ? c : d : e", "(a ? (b ? c : d) : e)"),
        ("a && b ? 1 + 2 : 3", "((a && b) ? (1 + 2) : 3)"),
        ("(1 - (2 - 3)).x", "(1 - (2 - 3)).x"),
        ("!!a", "(!(!a))"),
        ('x.y[0].z["k"]', "x.y[0].z['k']"),
        ("x.0.y.12", "x[0].y[12]"),
        ("l[*].r[1]", "splat(l, @.r[1])"),
        ("l.*.r[1].s", "splat(l, @.r)[1].s"),
        ("l.*.r.0.s", "splat(l, @.r[0].s)"),
        ("l[*].a[*].b", "splat(l, splat(@.a, @.b))"),
        ("l.*.a[*].b", "splat(splat(l, @.a), @.b)"),
        ("l[*]", "splat(l, @)"),
        ("f()", "f()"),
        ("f(1, var.l...)", "f(1, var.l...)"),
        ("f(\n  1, # one\n  2,\n)", "f(1, 2)"),
        ("provider::aws::arn_parse(x)", "provider::aws::arn_parse(x)"),
        ("[for x in l : x if x > 1]", "for(x in l: x if (x > 1))"),
        ("{ for k, v in m : v => k... }", "for(k, v in m: v => k...)"),
        ('{ a = 1, "b" : 2, (c) = 3, null = 4, 5 = 6 }', "{'a': 1, 'b': 2, c: 3, 'null': 4, 5: 6}"),
        ('{ "a${b}" = 1, (c.d) = 2 }', "{<'a' ${b}>: 1, c.d: 2}"),
        ("{\n  a = b\n  (c) = d\n}", "{'a': b, c: d}"),
        ("[1, 2.5, true, null, []]", "[1, Fraction(5, 2), True, None, []]"),
        ("1e3 + 5E-1", "(1000 + Fraction(1, 2))"),
        ("trueish.null_x.for-each", "trueish.null_x.for-each"),
        ("été.naïve", "été.naïve"),
        ('"${x}"', "<${x}>"),
        ('"a${x}b${y}"', "<'a' ${x} 'b' ${y}>"),
        ('"a\\n\\"\\u00e9\\U0001F600$${x}%%{y}"', repr('a\n"é😀${x}%{y}')),
        ('"e\u0301"', "'é'"),
        ('" ${~ x ~} "', "<'' ${x} ''>"),
        ('"%{ if a }b%{ else }${c}%{ endif }"', "<if a <'b'> else <${c}>>"),
        ('"%{ if a }%{ if b }c%{ endif }%{ endif }"', "<if a <if b <'c'> else <>> else <>>"),
        ('"%{ for k, v in m ~} ${v} %{ endfor }"', "<for k, v in m <'' ${v} ' '>>"),
        ('"${"a${"b${c}"}"}"', "<${<'a' ${<'b' ${c}>}>}>"),
        ('"${ {a = "}"}.a }"', "<${{'a': '}'}.a}>"),
        ("<<EOT\na\n  b\nEOT\n", "'a\\n  b\\n'"),
        ("<<EOT\n${x}\nEOT\n", "<${x} '\\n'>"),
        ("<<EOT\nEOT\n", "''"),
        ("<<-EOT\n    a ${x}\n      b\n\n    EOT\n", "<'a ' ${x} '\\n  b\\n\\n'>"),
        ("<<-EOT\n    a\n  ${x}\n  EOT\n", "<'  a\\n' ${x} '\\n'>"),
        ("<<EOT\nEOT${x}\n EOTX\nEOT\n", "<'EOT' ${x} '\\n EOTX\\n'>"),
        ('<<EOT\na\\n"b" # no comment\nEOT\n', "'a\\\\n\"b\" # no comment\\n'"),
    ],
)
def test_an_expression_is_parsed_as_terraform_parses_it(
    text: str, nodes: str, shown: Shown
) -> None:
    node, problems = parse_expression(source(text))
    assert not problems
    assert shown(node) == nodes
    body, problems = parse_whole_file(
        source(f"a = {text}\n" if "<<" in text else f"a = ({text})\n"), CONFIGURATION
    )
    assert not problems
    attribute = body.attribute("a")
    assert attribute is not None
    assert shown(attribute.expression) == nodes


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ""),
        ("plain\n", "'plain\\n'"),
        ("${x}", "${x}"),
        ("a ${x}\nEOT\n_\n", "'a ' ${x} '\\nEOT\\n_\\n'"),
        ('\\n "quoted" $${x} %%{y} $ % $x', repr('\\n "quoted" ${x} %{y} $ % $x')),
        ("%{ for x in l ~}\n  ${x}\n%{ endfor ~}\nz", "for x in l <'  ' ${x} '\\n'> 'z'"),
        ("a\n  %{~ if b }c%{ endif }", "'a\\n' if b <'c'> else <>"),
        # A lone carriage return makes text of all that is left; so Terraform 1.11.
        ('a${"x"}b\rc${"y"}', "'a' ${'x'} 'b\\rc${\"y\"}'"),
        ('$\r${"y"}', "'$\\r${\"y\"}'"),
        ('a\r\n${"y"}', "'a\\r\\n' ${'y'}"),
    ],
)
def test_a_bare_template_escapes_only_sequences(text: str, parts: str, shown: Shown) -> None:
    found, problems = parse_template(source(text))
    assert not problems
    assert shown(found) == parts


def cases(name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", cases("values"), ids=lambda case: repr(case["text"]))
def test_a_value_equals_that_of_terraform(case: Mapping[str, Any]) -> None:
    body, problems = parse_whole_file(
        source(f"locals {{\n  x = {case['text']}\n}}\n"), CONFIGURATION
    )
    check_case(case, body, problems)


@pytest.mark.parametrize("case", cases("json_values"), ids=lambda case: repr(case["text"]))
def test_a_json_value_equals_that_of_terraform(case: Mapping[str, Any]) -> None:
    body, problems = parse_json(source(f'{{"locals":{{"x":{case["text"]}}}}}'), CONFIGURATION)
    check_case(case, body, problems)


def check_case(
    case: Mapping[str, Any], body: Body, problems: list[tuple[str, SourceRange]]
) -> None:
    """Check that the local `x` has the value that Terraform gives it, or is rejected as by Terraform."""
    attribute = next((b.body.attribute("x") for b in body.blocks("locals")), None)
    if "refused" not in case:
        assert not problems
        assert attribute is not None
        assert plain(Evaluator(EmptyScope()).value(attribute.expression)) == case["value"]
    elif not problems and "::" not in case["text"]:  # only a provider knows its functions
        assert attribute is not None
        with pytest.raises(EvaluationError):
            Evaluator(EmptyScope()).value(attribute.expression)


# Bodies and locations


def test_a_body_has_its_attributes_and_blocks() -> None:
    body, problems = parse_whole_file(
        source(
            'resource "aws_x" "y" {\n  a = 1\n  nested { b = 2 }\n  nested {\n  }\n  c = 3\n}\n'
            'variable bare {}\nresource "aws_x" "z" {}\n'
        )
    )
    assert not problems
    first, second = body.blocks("resource", 2)
    assert first.labels == ("aws_x", "y")
    assert second.labels == ("aws_x", "z")
    assert [attribute.name for attribute in first.body.attributes()] == ["a", "c"]
    assert [len(block.body.attributes()) for block in first.body.blocks("nested")] == [1, 0]
    assert body.blocks("variable", 1)[0].labels == ("bare",)
    assert not body.blocks("resource", 1)
    assert not body.attributes()
    assert body.attribute("a") is None


def test_lines_and_columns_count_from_one() -> None:
    text = 'locals {\n  é = [1, "ü${x.y}"]\n}\n\nresource "a" "b" { c = -(1 + 2) }\n'
    body, _ = parse_whole_file(source(text), CONFIGURATION)
    (block,) = body.blocks("locals")
    assert where(block.range) == (1, 1, 3, 2)
    assert where(block.header) == (1, 1, 1, 7)
    attribute = block.body.attribute("é")
    assert attribute is not None
    assert where(attribute.range) == (2, 3, 2, 21)
    assert where(attribute.expression.range) == (2, 7, 2, 21)
    expression: Any = attribute.expression
    template = expression.items[1]
    assert isinstance(template, Template)
    assert where(template.range) == (2, 11, 2, 20)
    assert [part.range.text for part in template.parts] == ["ü", "${x.y}"]
    interpolation = template.parts[1]
    assert isinstance(interpolation, Interpolation)
    assert interpolation.expression.range.text == "x.y"
    (resource,) = body.blocks("resource", 2)
    assert resource.header.text == 'resource "a" "b"'
    assert resource.range.text == 'resource "a" "b" { c = -(1 + 2) }'
    assert resource.body.attributes()[0].expression.range.text == "-(1 + 2)"


def test_a_traversal_step_has_the_range_of_the_traversal_so_far(shown: Shown) -> None:
    node: Any = parse_expression(source("(a).b[1].0[*].c"))[0]
    assert node.range.text == "(a).b[1].0[*].c"
    assert shown(node) == "splat(a.b[1][0], @.c)"
    assert node.of.range.text == "(a).b[1].0"
    assert node.of.key.range.text == "0"


def test_a_heredoc_ends_with_its_marker() -> None:
    for blanks in ("", " ", "\t", "\u2003 "):
        text = f"a = <<E\nx\n  E{blanks}\nb = 1\n"
        body, problems = parse_whole_file(source(text))
        assert not problems
        attribute = body.attribute("a")
        assert attribute is not None
        assert attribute.range.text == "a = <<E\nx\n  E"
        assert body.attribute("b") is not None


def test_a_range_mapper_locates_what_is_parsed_separately() -> None:
    file = source("0123456789 x.y")
    place_in_file = lambda start, end: SourceRange(file, start + 11, end + 11)  # noqa: E731
    node, _ = parse_expression(source("x.y"), place_in_file)
    assert node.range.file is file
    assert node.range.text == "x.y"
    _, problems = parse_expression(source("x."), place_in_file)
    assert problems[0][1].file is file


def test_windows_line_ends_are_kept_in_heredocs_only() -> None:
    text = "locals {\r\n  a = 1 # c\r\n  b = <<EOT\r\nx\r\nEOT\r\n  c = [\r\n    1,\r\n  ]\r\n}\r\n"
    body, problems = parse_whole_file(source(text), CONFIGURATION)
    assert not problems
    (block,) = body.blocks("locals")
    heredoc = block.body.attribute("b")
    assert heredoc is not None
    assert isinstance(heredoc.expression, Literal)
    assert heredoc.expression.value == "x\r\n"
    assert [text for text, _ in comments_of(text)] == ["# c"]


def test_comments_are_found_everywhere() -> None:
    text = (
        "# first\n"
        'resource "a#b" /* in a header */ "c" { // behind a brace\n'
        '  a = "# no" # after a string\n'
        "  /* over\n     lines */\n"
        '  b = [ 1, // in a list\n "${x /* inside */}" ]\n'
        "  c = <<EOT\n# no\nEOT\n"
        "} # last"
    )
    found = list(comments_of(text))
    assert [comment for comment, _ in found] == [
        "# first",
        "/* in a header */",
        "// behind a brace",
        "# after a string",
        "/* over\n     lines */",
        "// in a list",
        "/* inside */",
        "# last",
    ]
    assert all(place.text == comment for comment, place in found)
    assert where(found[4][1]) == (4, 3, 5, 14)


# What is wrong

# What Terraform finds beyond syntax; others find that here.
_BEYOND_SYNTAX = (
    "Unsupported", "Missing required", "Invalid default", "Invalid precondition",
    "Invalid variable name", "Zero assert", "Variables not allowed",
)  # fmt: skip

# Where we point somewhere else than Terraform, for the person's sake.
_POINTED_AT = {
    "Unterminated template string": "we show where it begins, Terraform where the file ends",
    "Missing close bracket on splat index": "Terraform shows the bracket that it goes on behind",
}


@pytest.mark.parametrize("case", cases("files"), ids=lambda case: repr(case["text"]))
def test_a_file_is_rejected_where_terraform_rejects_it(case: Mapping[str, Any]) -> None:
    text = case["text"].encode("latin-1").removeprefix(b"\xef\xbb\xbf")
    theirs = [error for error in case["refused"] if not error[0].startswith(_BEYOND_SYNTAX)]
    ours = reported(text)
    if not theirs:
        assert not ours
        return
    assert ours
    if theirs[0][0] not in _POINTED_AT:
        assert ours[0][1] == theirs[0][1]
    assert ours[-1][1] is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = 1 c = 2\nb = 2\n", ("Missing newline after argument", 1, 7)),
        ("a = 1, c = 2\nb = 2\n", ("Unexpected comma after argument", 1, 6)),
        ("a {} b {}\n", ("Missing newline after block definition", 1, 6)),
        ("a = \nb = 2\n", ("Invalid expression", 1, 5)),
        ("a = 1 +\nb = 2\n", ("Invalid expression", 1, 8)),
        ("a = x ? 1\nb = 2\n", ("Missing false expression in conditional", 1, 10)),
        ("a = [1 2]\nb = 2\n", ("Missing item separator", 1, 8)),
        ("a = f(1 2)\nb = 2\n", ("Missing argument separator", 1, 9)),
        ("a = (1 2)\nb = 2\n", ("Unbalanced parentheses", 1, 8)),
        ("a = { b = 1 c = 2 }\nb = 2\n", ("Missing attribute separator", 1, 13)),
        ('a = "x${1 2}"\nb = 2\n', ("Extra characters after interpolation expression", 1, 11)),
        ('a = "x\nb = 2\n', ("Invalid multi-line string", 1, 5)),
        ('a = "\\q"\nb = 2\n', ("Invalid escape sequence", 1, 6)),
        ('a = "xy\\qz"\nb = 2\n', ("Invalid escape sequence", 1, 8)),
        ("a = [for x in y : x, 1]\nb = 2\n", ("Invalid 'for' expression", 1, 20)),
        ("a = [for x in y : x }\nb = 2\n", ("Invalid 'for' expression", 1, 21)),
        ("a = 'x'\nb = 2\n", ("Invalid character", 1, 5)),
        ("a = x.0.1\nb = 2\n", ("Invalid legacy index syntax", 1, 7)),
        ("a = 0x10\nb = 2\n", ("Missing newline after argument", 1, 6)),
        ("a = 1.2.3\nb = 2\n", ("Invalid number literal", 1, 5)),
        ("a = x.*.y.*.z\nb = 2\n", ("Nested splat expression not allowed", 1, 11)),
        ("a = [1\nb = 2\n", ("Missing item separator", 2, 1)),
        ("a = {{ x }}\nb = 2\n", ("Missing key/value separator", 1, 10)),
        ("a = 1\na = 2\nb = 2\n", ("Attribute redefined", 2, 1)),
        ('"a" = 1\nb = 2\n', ("Invalid argument name", 1, 1)),
        ("a : 1\nb = 2\n", ("Argument or block definition required", 1, 1)),
        ("}\nb = 2\n", ("Argument or block definition required", 1, 1)),
        ("a = \x00\nb = 2\n", ("Invalid character", 1, 5)),
        (b'a = "\xff"\nb = 2\n', ("Invalid character encoding", 1, 6)),
    ],
)
def test_one_syntax_error_is_one_problem_and_the_rest_is_read(
    text: str | bytes, problem: tuple[str, int, int]
) -> None:
    assert reported(text) == [problem]
    body, _ = parse_whole_file(source(text), CONFIGURATION)
    assert body.attribute("b") is not None or b"b {}" in source(text).text


@pytest.mark.parametrize("placeholder", ["{% if cache %}", "{{ cache }}", "{# x #}", "<% if x %>"])
def test_a_placeholder_in_place_of_a_block_is_named(placeholder: str) -> None:
    _, problems = parse_whole_file(source(f"a = 1\n{placeholder}\nb = 2\n"), CONFIGURATION)
    assert problems[0][0].endswith(
        ": a template with placeholders? render it first, then check the result"
    )


def test_an_unknown_escape_sequence_is_located() -> None:
    _, problems = parse_whole_file(source('a = "xy\\qz"\n'), CONFIGURATION)
    assert [place.text for _, place in problems] == ["\\q"]


def test_an_invalid_value_does_not_affect_its_neighbours() -> None:
    body, _ = parse_whole_file(
        source("locals {\n  a = 1\n  b = [1,\n  c = 3\n}\nvariable v {}\n"), CONFIGURATION
    )
    (block,) = body.blocks("locals")
    kinds = {a.name: type(a.expression) for a in block.body.attributes()}
    assert kinds == {"a": Literal, "b": InvalidExpression, "c": Literal}
    assert len(body.blocks("variable", 1)) == 1


def test_a_one_line_block_of_several_arguments_is_rejected_but_read() -> None:
    for between in ("; ", ", ", " "):
        text = f'variable "x" {{ type = number{between}default = 7 }}\nvariable "y" {{}}\n'
        (problem,) = reported(text)
        assert problem[:2] == ("Invalid single-argument block definition", 1)
        body, _ = parse_whole_file(source(text), CONFIGURATION)
        first, second = body.blocks("variable", 1)
        assert first.body.attribute("type") is not None
        assert second.labels == ("y",)


@pytest.mark.parametrize(
    "broken",
    [
        'resource "a" "b" {\n  c = 1\n',
        'resource "a" "b" {\n  c = [1, {\n',
        'resource "a" "b" {\n  c = "${f(1\n}\n',
        'resource "a" "b" {\n  c = <<EOT\n  text {\n}\n',
        'resource "a" "b"\n{\n  c = 1\n}\n',
        'resource "a" "b" {\n  c = 1\n}}\n',
        'resource "a" "b" { c = 1 }} \n',
        "<<<<<<< HEAD\n",
        "{% if jinja %}\n",
        "/ what\n",
        'resource "${x}" "b" {\n  c = 1\n}\n',
        'resource "a" "%{ if x }" {\n  c = 1\n}}\n',
        'resource "a${\n" {\n',
    ],
)
def test_an_invalid_block_does_not_hide_those_after_it(broken: str) -> None:
    text = broken + 'variable "x" {\n  default = 7\n}\n\nlocals {\n  y = 8\n}\n'
    body, problems = parse_whole_file(source(text), CONFIGURATION)
    assert problems
    (variable,) = body.blocks("variable", 1)
    assert variable.range.text == 'variable "x" {\n  default = 7\n}'
    (block,) = body.blocks("locals")
    assert isinstance(block.body.attributes()[0].expression, Literal)


def test_a_block_whose_label_is_a_template_is_read() -> None:
    body, problems = parse_whole_file(
        source('resource "a" "${ var.x["y"] }-b" {\n  c = 1\n}\n'), CONFIGURATION
    )
    assert [message.split(":")[0] for message, _ in problems] == ["Invalid string literal"]
    (block,) = body.blocks("resource", 2)
    assert block.labels == ("a", '${ var.x["y"] }-b')
    assert block.body.attribute("c") is not None


def test_labels_have_escapes() -> None:
    body, problems = parse_whole_file(source('a "$${x}" "%%{" "\\n\\u00e9" "$" {\n}\n'))
    assert not problems
    assert body.blocks("a", 4)[0].labels == ("${x}", "%{", "\né", "$")


def test_an_indented_block_of_a_known_kind_does_not_end_the_outer_block() -> None:
    text = 'check "x" {\ndata "a" "b" {\n}\n}\nlocals {\n  a = <<EOT\nresource "x" "y" {\nEOT\n}\n'
    body, problems = parse_whole_file(source(text), CONFIGURATION)
    assert not problems
    assert len(body.blocks("check", 1)[0].body.blocks("data", 2)) == 1
    assert not body.blocks("resource", 2)


@pytest.mark.parametrize(
    ("header", "summary", "column"),
    [
        ("resource {", "Missing type for resource", 10),
        ('resource "a" {', "Missing name for resource", 14),
        ('variable "a" "b" {', "Extraneous label for variable", 1),
        ('locals "a" {', "Extraneous label for locals", 1),
    ],
)
def test_a_block_needs_its_labels(header: str, summary: str, column: int) -> None:
    assert reported(f"{header}\n}}\n") == [(summary, 1, column)]


def test_blocks_are_found_by_kind_and_number_of_labels() -> None:
    quoted = {
        kind: "".join(f' "{name}"' for name in names)
        for kind, names in CONFIGURATION.labels.items()
    }
    text = "".join(f"{kind}{labels} {{\n}}\n" for kind, labels in quoted.items())
    body, problems = parse_whole_file(source(text), CONFIGURATION)
    assert not problems
    assert all(
        len(body.blocks(kind, len(names))) == 1 for kind, names in CONFIGURATION.labels.items()
    )


# What is too much


@pytest.mark.parametrize(
    "value",
    [
        "(" * 300 + "1" + ")" * 300,
        "[" * 300 + "]" * 300,
        "f(" * 300 + ")" * 300,
        '"${' * 300 + "1" + '}"' * 300,
        "1" + " + 1" * 300,
        "x" + "[0]" * 300,
        "x" + ".y" * 300,
        "!" * 300 + "x",
        "a ? b : " * 300 + "c",
        "(" * 20_000,
        "1" + "+1" * 50_000,
    ],
)
def test_too_deep_nesting_is_a_problem(value: str) -> None:
    body, problems = parse_whole_file(source(f"a = {value}\nb = 2\n"), CONFIGURATION)
    assert problems
    attribute = body.attribute("a")
    assert attribute is not None
    assert isinstance(attribute.expression, InvalidExpression)
    node, problems = parse_expression(source(value))
    assert problems
    assert isinstance(node, InvalidExpression)


@pytest.mark.parametrize(
    "value",
    [
        "(" * 60 + "1" + ")" * 60,
        "{a = " * 60 + "[]" + "}" * 60,
        " || ".join(f'var.x == "{n}"' for n in range(100)),
        "[" + ", ".join("f(x.y + 1)" for _ in range(2000)) + "]",
    ],
)
def test_a_large_value_is_read(value: str, shown: Shown) -> None:
    node, problems = parse_expression(source(value))
    assert not problems
    assert "<unreadable>" not in shown(node)


def test_blocks_nested_too_deeply_are_skipped_with_a_problem() -> None:
    body, problems = parse_whole_file(
        source("a {\n" * 5000 + "b = 1\n" + "}\n" * 5000 + "c = 2\n"), CONFIGURATION
    )
    assert [message for message, _ in problems] == [
        f"Blocks are nested more than {MAX_BLOCK_DEPTH} deep"
    ]
    depth, inner = 0, body.blocks("a")
    while inner:
        inner, depth = inner[0].body.blocks("a"), depth + 1
    assert depth == MAX_BLOCK_DEPTH


def test_the_limits_are_above_any_real_configuration() -> None:
    assert MAX_DEPTH >= 200
    assert MAX_BLOCK_DEPTH >= 100


# Any bytes

_PIECES = st.sampled_from([
    '"', "${", "%{", "}", "{", "[", "]", "(", ")", "\n", "\r\n", " ", "=", "a", "x.y", "1", "1e3",
    ".", ".*", "[*]", ".0", "?", ":", ",", "<<EOT\n", "<<-EOT\n", "EOT\n", "for x in y :", "if",
    "%{ if a }", "%{ else }", "%{ endif }", "%{ for x in y }", "%{ endfor }", "~}", "${~", "$${",
    "%%{", "\\", "\\u00e9", "#", "//", "/*", "*/", "-", "!", "&&", "=>", "...", "null", ";", "\0",
    "é", "\t", "\r", "'", 'resource "a" "b" {\n', "locals {\n", "a = ", "p::f(",
])  # fmt: skip
TEXTS = st.one_of(
    st.binary(max_size=200), st.lists(_PIECES, max_size=40).map("".join).map(str.encode)
)


def expressions_in(body: Body) -> Iterator[Node]:
    """Yield every expression of a file, and check that its items are inside it, in order."""
    waiting = [body]
    while waiting:
        here = waiting.pop()
        assert isinstance(here, NativeBody)
        position = here.start
        for item in here.items:
            assert position <= item.range.start <= item.range.end <= here.end
            position = item.range.end
            if isinstance(item, Attribute):
                yield item.expression
            else:
                assert item in here.blocks(item.type, len(item.labels))
                waiting.append(item.body)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_bytes_raise_an_exception(text: bytes) -> None:
    file = source(text)
    body, problems = parse_whole_file(file, CONFIGURATION)
    nodes = list(expressions_in(body))
    node, others = parse_expression(file)
    _, more = parse_template(file)
    found = [*problems, *others, *more, *comments(body)]
    assert all(0 <= place.start <= place.end <= len(text) for _, place in found)
    assert all(place.location.line is not None for _, place in found)
    assert problems or not any(isinstance(node, InvalidExpression) for node in nodes)
    assert others or not isinstance(node, InvalidExpression)
