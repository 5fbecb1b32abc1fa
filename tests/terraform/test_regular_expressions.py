"""Regular expressions: what matches is what google-re2 says, and none takes long."""

import time

import pytest
import re2  # type: ignore[import-not-found,import-untyped,unused-ignore]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.functions.go.regular_expressions import Pattern
from ecbackup_iac.terraform.values.budget import TooMuchError
from ecbackup_iac.terraform.values.context import evaluation
from ecbackup_iac.terraform.values.errors import EvaluationError

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
        "(?U)",
        r"\p{Lu}",
        r"[\pL0]",
        r"[^\PL]",
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
GROUPS = ("(", "(?:", "(?P<n>", "(?<m>", "(?i:", "(?s:", "(?m:", "(?-i:", "(?U:", "(?i-s:")


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


def google_re2(pattern: str) -> "re2._Regexp | None":
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


@settings(max_examples=10 * settings().max_examples)
@example("(?i)[^k]", "K", 0)
@example("a$", "a\n", 0)
@example(r"[^\s]", "\v", 0)
@example("(a|(b)){2}", "ba", 0)
@example("(|a)*", "aab", 0)
@example(r"a\b", "ba", 1)
@given(PATTERNS, TEXTS, st.integers(0, 3))
def test_a_pattern_matches_as_in_re2(pattern: str, text: str, position: int) -> None:
    theirs = google_re2(pattern)
    try:
        own = Pattern(pattern)
    except EvaluationError:
        assert theirs is None
        return
    except UnknownResultError:
        return
    if theirs is None or (r"\B" in pattern and not text.isascii()):  # it sees bytes
        return
    position = min(position, len(text))
    found, expected = own.search(text, position), theirs.search(text, position)
    groups = range(theirs.groups + 1)
    assert found == (None if expected is None else [expected.span(group) for group in groups])


@pytest.mark.parametrize("pattern", [r"\p{Greek}", r"(?i)\pL", r"(?i)[\x{0}-\x{ffff}]"])
def test_classes_of_scripts_and_large_ones_without_case_are_not_evaluated(pattern: str) -> None:
    with pytest.raises(UnknownResultError, match="is not evaluated"):
        Pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(?:[^a]?a{500}){2}" * 5 + "a{1000}" * 5, "(" * 200 + ")" * 200, "a" * 1_001]
)
def test_a_large_pattern_is_not_evaluated(pattern: str) -> None:
    with pytest.raises(TooLargeError):
        Pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (".*a?a?a?b", "a" * 1_000),
        ("[a-z]*(?:a|aa)(?:a|aa)(?:a|aa)b", "a" * 1_000),
        ("a{0,80}a{0,80}b", "a" * 1_000),
        ("^(a+)+$", "a" * 100_000 + "b"),
        ("(x+x+)+y", "x" * 100_000),
        ("x*y", "x" * 100_000),
        ("(?:[^a]|a{1,99})*y", "a" * 100_000),
    ],
)
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    start = time.process_time()
    try:
        with evaluation(1_500_000):
            assert [*Pattern(pattern).spans(text)] == []
    except (TooLargeError, TooMuchError):
        pass
    assert time.process_time() - start < 30
