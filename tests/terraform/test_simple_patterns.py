"""Regular expressions without google-re2: a simple one means what RE2 says, the others are left to it."""

import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.remedy.remedies import remedy_of
from ecbackup_iac.rule import judge
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.regular_expressions import Pattern
from ecbackup_iac.terraform.functions.go.simple_patterns import MAX_TEXT, SimplePattern
from ecbackup_iac.terraform.values.context import evaluation

if TYPE_CHECKING:
    from conftest import Evaluate

ATOMS = (
    *"ab AB0-_ék\u017fs.^$~#{},",
    *(
        r"\d",
        r"\s",
        r"\w",
        r"\D",
        r"\S",
        r"\W",
        r"\A",
        r"\z",
        r"\b",
        r"\n",
        r"\t",
        r"\v",
        r"\.",
        r"\-",
    ),
    *(
        "[ab]",
        "[^a]",
        "[a-c]",
        "[-a]",
        "[a-]",
        "[]a]",
        "[^]a]",
        "[b-a]",
        "[a-b-c]",
        "[a&&b]",
        "[[a]",
    ),
    *(
        "[[:alpha:]]",
        "[^[:digit:]]",
        "[[:^space:]]",
        "[[:punct:]]",
        "[[:upper:]_]",
        r"[\d_]",
        r"[\w-]",
    ),
    *(
        r"\x41",
        r"\x{e9}",
        r"\Qa.b\E",
        r"\Q.\E",
        r"\pL",
        r"\B",
        r"\077",
        "&&",
        "(?i)",
        "(?s)",
        "(?m)",
    ),
)
REPEATS = (
    *(
        "",
        "",
        "",
        "*",
        "+",
        "?",
        "*?",
        "+?",
        "??",
        "{2}",
        "{1,2}",
        "{0,3}",
        "{2,}",
        "{1,2}?",
        "{,2}",
    ),
    *("**", "*+", "{1}{2}"),
)
GROUPS = ("(", "(?:", "(?P<n>", "(?<m>", "(?i:", "(?s:", "(?m:", "(?-i:")


def repeated(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(atoms, st.sampled_from(REPEATS)).map("".join)


def grouped(patterns: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.lists(patterns, min_size=1, max_size=3).map("|".join)
    group = st.tuples(st.sampled_from(GROUPS), inner).map(lambda parts: f"{parts[0]}{parts[1]})")
    return st.lists(repeated(group | st.sampled_from(ATOMS)), min_size=1, max_size=3).map("".join)


PATTERNS = st.recursive(
    st.lists(repeated(st.sampled_from(ATOMS)), min_size=1, max_size=4).map("".join),
    grouped,
    max_leaves=6,
)
TEXTS = st.text("abABkKsS01-_ .\n\t\ré\u017f\u212a{},[]&|~#\u0301", max_size=12)


def of_pythons_engine(pattern: str) -> Pattern:
    found = Pattern.__new__(Pattern)
    found._compiled = SimplePattern(pattern)  # noqa: SLF001 - as without google-re2
    return found


@settings(max_examples=10 * settings().max_examples)
@example("(?i)[^k]", "K")
@example("a$", "a\n")
@example(r"[^\s]", "\v")
@example("(a|(b)){2}", "ba")
@given(PATTERNS, TEXTS)
def test_a_simple_pattern_matches_as_in_re2(pattern: str, text: str) -> None:
    try:
        own = of_pythons_engine(pattern)
    except UnknownResultError:
        return
    theirs, content = Pattern(pattern), text.encode()  # which refuses nothing that is simple
    with evaluation(1_000_000):
        try:
            found = list(own.spans(content)), own.replaced(content, "<$1>"), own.names
        except UnknownResultError:
            return
        assert found == (
            list(theirs.spans(content)),
            theirs.replaced(content, "<$1>"),
            theirs.names,
        )


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z0-9-]+$", "^(dev|prod)$", r"^cache\.(t3|t4g|m6g)\.[a-z0-9]+$", "[^a-zA-Z0-9]", "(?i)^PROD",
        r"^\d{1,2}$", "^[a-z][a-z0-9-]{1,62}$", "(.*)-prod", r"[[:space:]]+", "^$", "a|b|c", "(?P<x>[0-9]+)d",
        "^(?:eu|us)-(?:west|east)-[1-3][a-c]?$", "(foo|bar)+",
    ],
)  # fmt: skip
def test_common_patterns_are_simple(pattern: str) -> None:
    SimplePattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "a*b*",
        "(a|ab)*",
        "(a*)*",
        "(a|)*",
        "a{1,500}",
        "(",
        "[a",
        "a**",
        r"\1",
        "(?=a)",
        r"\pN",
        "(?U)a",
    ],
)
def test_patterns_that_may_hang_or_differ_are_left_to_re2(pattern: str) -> None:
    with pytest.raises(UnknownResultError, match="only by google-re2"):
        SimplePattern(pattern)


@pytest.mark.parametrize("text", ["a" * (MAX_TEXT + 1), "é" * (MAX_TEXT + 1)])
def test_a_long_text_is_left_to_re2(text: str) -> None:
    with (
        evaluation(1_000_000),
        pytest.raises(UnknownResultError, match="more than 1000 characters"),
    ):
        SimplePattern("a").search(text.encode(), 0)


def test_case_is_ignored_in_ascii_only() -> None:
    with evaluation(1_000_000), pytest.raises(UnknownResultError, match="ignores case"):
        SimplePattern("(?i)k").search("\u212a".encode(), 0)


@pytest.mark.parametrize(
    "pattern",
    [".*a?a?a?b", "[a-z]*(?:a|aa)(?:a|aa)(?:a|aa)b", "a{0,80}a{0,80}b", "(?:a{1,9}){1,3}b"],
)
def test_the_slowest_simple_pattern_takes_seconds(pattern: str) -> None:
    start = time.process_time()
    with evaluation(10_000_000):
        assert [*of_pythons_engine(pattern).spans(b"a" * MAX_TEXT)] == []
    assert time.process_time() - start < 30


def test_the_remedy_names_the_extra(evaluate: "Evaluate", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    days = 'length(regexall("(a+)+", "a"))'
    text = f'resource "aws_elasticache_replication_group" "c" {{\n  snapshot_retention_limit = {days}\n}}\n'
    (cache,) = evaluate({"main.tf": text}).caches
    verdict = judge(cache, Requirements())
    assert "ecbackup-iac[regex]" in str(remedy_of(cache, verdict, Requirements()))
