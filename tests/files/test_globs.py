"""Globs over addresses and paths: examples, a slow and simple oracle, and hostile patterns."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.files.globs import covers, matches
from ecbackup_iac.model.policy import PathGlob


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("aws_elasticache_cluster.this", "aws_elasticache_cluster.this"),
        ("module.scratch.*", "module.scratch.module.deep.aws_elasticache_cluster.this"),
        ("*.this", "module.a.aws_elasticache_cluster.this"),
        ('*.each["a.b"]', 'aws_elasticache_cluster.each["a.b"]'),
        ("*[0]", "aws_elasticache_cluster.counted[0]"),
        ("node-?", "node-1"),
        ("*", ""),
        ("**/plan.json", "plan.json"),
        ("**/plan.json", "a/b/plan.json"),
        ("plans/**/x.json", "plans/x.json"),
        ("plans/**/x.json", "plans/a/b/x.json"),
        ("a*b*c", "a-b-b-c-c"),
        ("line*break", "line\nbreak"),
    ],
)
def test_a_glob_matches_the_whole_text(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("this", "module.a.this"),
        ("*.THIS", "aws_elasticache_cluster.this"),
        ("*[0]", "aws_elasticache_cluster.counted0"),
        ("cluster.[abc]", "cluster.a"),
        ("node-?", "node-12"),
        ("a.b", "a-b"),
        ("**/plan.json", "a/other-plan.json"),
        ("", "x"),
    ],
)
def test_a_glob_matches_nothing_less_and_nothing_more(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "base", "path"),
    [
        ("plans", "", "plans/a/b.json"),
        ("plans/", "", "plans/a.json"),
        ("./plans", "", "plans/a.json"),
        ("plans/*.json", "", "plans/a.json"),
        ("**/old", "", "a/b/old/plan.json"),
        ("plans", "examples", "examples/plans/a.json"),
        ("plans", "../..", "../../plans/a.json"),
        ("-", "../..", "-"),
    ],
)
def test_a_path_glob_covers_a_path_and_whatever_is_below_it(
    pattern: str, base: str, path: str
) -> None:
    assert covers(PathGlob(pattern, base), path)


@pytest.mark.parametrize(
    ("pattern", "base", "path"),
    [
        ("plans", "", "other/plans.json"),
        ("plan", "", "plans/a.json"),
        ("plans", "examples", "plans/a.json"),
        ("b.json", "", "plans/b.json"),
    ],
)
def test_a_path_glob_covers_nothing_beside_it(pattern: str, base: str, path: str) -> None:
    assert not covers(PathGlob(pattern, base), path)


def test_a_pattern_of_many_wildcards_is_matched_quickly() -> None:
    # With backtracking this test would never end.
    assert not matches("*a" * 40 + "b", "a" * 4000)
    assert not matches("**/a/" * 40 + "b", "a/" * 2000)
    assert matches("*a" * 40 + "*b", "a" * 4000 + "b")


def test_long_runs_of_stars_are_one_star() -> None:
    assert not matches("*" * 5000 + "b", "a" * 4000)


def oracle(pattern: str, text: str) -> bool:
    """Try every match, as the glob's definition reads."""
    tokens = re.findall(r"(?:(?<=/)|^)\*\*/|\*+|.", pattern, re.DOTALL)

    @cache
    def from_here(at: int, position: int) -> bool:
        if at == len(tokens):
            return position == len(text)
        token = tokens[at]
        if token == "**/":  # noqa: S105 - a glob, no password
            ends = [position, *(i + 1 for i in range(position, len(text)) if text[i] == "/")]
            return any(from_here(at + 1, end) for end in ends)
        if token.startswith("*"):
            return any(from_here(at + 1, end) for end in range(position, len(text) + 1))
        is_same = position < len(text) and token in ("?", text[position])
        return is_same and from_here(at + 1, position + 1)

    return from_here(0, 0)


@given(st.text("ab/*?", max_size=12), st.text("ab/", max_size=12))
def test_a_glob_matches_exactly_what_its_definition_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) is oracle(pattern, text)


@given(
    st.lists(st.sampled_from(["a", "b", "/", "*", "?", "**/", "/**/", "a/"]), max_size=8).map(
        "".join
    ),
    st.text("ab/", max_size=12),
)
def test_a_glob_with_many_folders_does_too(pattern: str, text: str) -> None:
    assert matches(pattern, text) is oracle(pattern, text)


@given(st.text(max_size=20))
def test_a_text_without_wildcards_matches_itself(text: str) -> None:
    plain = text.replace("*", "").replace("?", "")
    assert matches(plain, plain)
