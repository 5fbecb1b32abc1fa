"""What the console of Terraform cannot show of its functions: unknown values, limits, OpenTofu's own."""

import time

import pytest

from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.functions.call_context import EmptyScope
from ecbackup_iac.terraform.functions.calling import call_function
from ecbackup_iac.terraform.functions.go.graphemes import grapheme_clusters
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import one_of
from ecbackup_iac.terraform.values.type_system import NUMBER, STRING
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Outcome,
    UnknownRaw,
    Value,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
)


def call(name: str, *arguments: Value) -> Value:
    return call_function(FUNCTIONS[name], arguments, Evaluator(EmptyScope()))


def either(*texts: str) -> Value:
    ways = [Outcome(string(text), (Assumption("var.x", text),)) for text in texts]
    return one_of(ways, "var.x has no value")


def outcomes(value: Value) -> list[object]:
    return [outcome.value.raw for outcome in value.unknown.outcomes]


def refused(value: Value) -> str:
    """Give why a value cannot be known."""
    assert isinstance(value.raw, UnknownRaw)
    assert not value.unknown.outcomes
    return value.unknown.why


def test_join_with_an_unknown_element_gives_each_outcome() -> None:
    joined = call("join", string("-"), tuple_value([string("cache"), either("dev", "prod")]))
    assert outcomes(joined) == ["cache-dev", "cache-prod"]


def test_join_with_an_unknown_element_is_an_unknown_string() -> None:
    joined = call("join", string("-"), tuple_value([unknown("var.y has no value", STRING)]))
    assert refused(joined) == "var.y has no value"
    assert joined.type == STRING


def test_format_with_an_unknown_argument_gives_each_outcome() -> None:
    assert outcomes(call("format", string("%s!"), either("a", "b"))) == ["a!", "b!"]


def test_formatlist_knows_the_elements_that_are_known() -> None:
    elements = tuple_value([string("a"), unknown("why", STRING), either("b", "c")])
    first, second, third = call("formatlist", string("<%s>"), elements).elements
    assert first.raw == "<a>"
    assert refused(second) == "why"
    assert outcomes(third) == ["<b>", "<c>"]


def test_jsonencode_of_an_unknown_part_gives_each_outcome() -> None:
    encoded = call("jsonencode", object_value({"a": either("x", "y")}))
    assert outcomes(encoded) == ['{"a":"x"}', '{"a":"y"}']


def test_jsondecode_of_an_unknown_text_is_unknown() -> None:
    assert refused(call("jsondecode", unknown("why", STRING))) == "why"


def test_a_sensitive_part_makes_the_text_sensitive() -> None:
    secret = Value(NUMBER, 1, is_sensitive=True)
    assert call("jsonencode", tuple_value([secret])).is_sensitive
    assert call("format", string("%d"), secret).is_sensitive


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("indent", (number(1_000_000), string("\n" * 100))),
        ("format", (string("%99999s" * 200), *[string("")] * 200)),
        ("format", (string("%999999999s"), string(""))),
        ("format", (string("%.999999999f"), number(1))),
        ("join", (string("x" * 1_000_000), tuple_value([string("")] * 100))),
        ("replace", (string("a" * 10_000), string(""), string("x" * 10_000))),
        ("replace", (string("a" * 10_000), string("/a/"), string("x" * 10_000))),
        ("jsondecode", (string("[" * 10_000 + "]" * 10_000),)),
        ("yamldecode", (string("[" * 10_000 + "]" * 10_000),)),
        ("jsondecode", (string("1e999999999"),)),
        ("jsondecode", (string("1" * 10_000),)),
        ("base64gzip", (string("x"),)),
        ("rsadecrypt", (string("x"), string("y"))),
        ("textencodebase64", (string("x"), string("UTF-16LE"))),
        ("cidrhost", (string("::ffff:10.0.0.0/120"), number(1))),
        ("yamldecode", (string("a: !!int 7"),)),
        ("yamldecode", (string("? !!int 7\n: 1"),)),
        ("yamldecode", (string(r'"\/"'),)),
        ("timeadd", (string("0000-01-01T00:00:00Z"), string("1s"))),
        ("timeadd", (string("9999-12-31T23:59:59Z"), string("1s"))),
        ("base64gunzip", (string("H4sIAAAAAAAA"),)),
        ("urldecode", (string("a%20b"),)),
        ("cidrcontains", (string("10.0.0.0/8"), string("10.0.0.1"))),
        ("uuidv5", (string("dns"), string("x"))),
        ("yamldecode", (string("2026-01-01: a"),)),
    ],
)
def test_a_result_that_is_too_large_or_not_evaluated_is_unknown(
    name: str, arguments: tuple[Value, ...]
) -> None:
    assert refused(call(name, *arguments))


def test_aliases_that_multiply_are_unknown() -> None:
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    assert "too many values" in refused(call("yamldecode", string("\n".join(lines))))


def test_regular_expressions_are_evaluated_in_characters() -> None:
    assert call("replace", string("a"), string("a"), string("b")).raw == "b"
    assert call("replace", string("a-é-1"), string("/[^a-z]+$/"), string("b")).raw == "ab"
    assert call("regex", string("é-([0-9])"), string("a-é-1")).elements[0].raw == "1"
    assert len(call("regexall", string("[a-z]"), string("a-é-b")).elements) == 2
    assert call("regex", string("(?P<x>b)|a"), string("a")).members["x"].is_null


def test_a_pattern_that_would_hang_python_does_not_hang() -> None:
    with pytest.raises(EvaluationError, match="did not match"):
        call("regex", string("^(a+)+$"), string("a" * 100_000 + "b"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("ab", ["a", "b"]),
        ("e\u0323\u0301x", ["e\u0323\u0301", "x"]),
        ("\r\n\n\r", ["\r\n", "\n", "\r"]),
        ("👨‍👩‍👧👍🏽x", ["👨‍👩‍👧", "👍🏽", "x"]),
        ("🇩🇪🇫🇷🇮", ["🇩🇪", "🇫🇷", "🇮"]),
        ("\u1112\u1161\u11ab한국", ["\u1112\u1161\u11ab", "한", "국"]),
        ("नी", ["नी"]),
        ("a\u200db", ["a\u200d", "b"]),
        ("❤️", ["❤️"]),
        ("👩\u200d\u0301\u200d👩", ["👩\u200d\u0301\u200d👩"]),
        ("👩\u200d\u0301👩", ["👩\u200d\u0301", "👩"]),
        ("👩a\u200d👩", ["👩", "a\u200d", "👩"]),
        ("\n\u200d👩", ["\n", "\u200d", "👩"]),
    ],
)
def test_grapheme_clusters_of_a_string(text: str, parts: list[str]) -> None:
    assert grapheme_clusters(text) == parts


@pytest.mark.parametrize(
    "cluster", ["👩" + "\u200d" * 8_000, "👩\u200d" * 8_000, "e" + "\u0301" * 8_000]
)
def test_one_long_grapheme_cluster_takes_linear_time(cluster: str) -> None:
    start = time.process_time()
    assert grapheme_clusters(cluster) == [cluster]
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("template", "arguments", "message"),
    [
        ("%s", ("a", "b"), "too many arguments; only 1 used by format string"),
        ("%[2]s %[1]s", ("a", "b", "c"), "too many arguments; only 2 used by format string"),
        ("hello", ("a",), "too many arguments; no verbs in format string"),
    ],
)
def test_format_counts_the_arguments_that_it_uses(
    template: str, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(EvaluationError) as refusal:
        call("format", *map(string, (template, *arguments)))
    assert str(refusal.value).endswith(message)
