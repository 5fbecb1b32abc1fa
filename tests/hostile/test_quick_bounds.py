"""Bounds that are reached in a second: what is still evaluated, and what is reported beyond them.

What takes a megabyte, or long, is in test_bounds.py.
"""

from collections.abc import Callable

import pytest
from configuration_inputs import CONFIGURATION, cache, chain
from measuring import Measured
from plan_inputs import PLAN

Checker = Callable[..., Measured]


@pytest.mark.parametrize("length", [100, 1_000, 3_000])
def test_a_chain_of_locals_is_followed_to_its_end(length: int, check_files: Checker) -> None:
    result = check_files({"main.tf": chain(length, "7", "BEFORE + 0", "LAST")})
    assert "1 passes" in result.text
    assert result.status == 0


def test_sharing_alone_is_no_work(check_files: Checker) -> None:
    assert "1 passes" in check_files(CONFIGURATION["doubling tuples"]).text.replace("FAIL", "")


def test_a_cache_that_refers_to_itself_is_reported_all_the_same(check_files: Checker) -> None:
    result = check_files(CONFIGURATION["a circle of resources"])
    assert "UNKNOWN  aws_elasticache_cluster.cache" in result.text
    assert result.status == 3


def test_wrong_keys_of_a_policy_are_told_and_from_some_on_counted(check_files: Checker) -> None:
    result = check_files(PLAN["a policy of 20,000 unknown keys"])
    assert result.text.count("unknown key") == 20
    assert "19980 more keys are wrong" in result.text
    assert result.status == 2


def test_what_stands_behind_too_many_brackets_is_read_from_the_next_block_on(
    check_files: Checker,
) -> None:
    text = "x = " + "(" * 20_001 + "\ny = [\n" + cache("0")
    result = check_files({"main.tf": text})
    assert "FAIL  aws_elasticache_cluster.cache" in result.text
    assert "ERROR  main.tf:1:" in result.text
    assert result.status == 1


def test_a_comment_that_never_ends_is_none(check_files: Checker) -> None:
    result = check_files({"main.tf": "/* \n" + cache("0")})
    assert "FAIL  aws_elasticache_cluster.cache" in result.text
    assert "ERROR  main.tf:1:1" in result.text


@pytest.mark.parametrize("wrong", ["var./*n", "1 /* 2", "7 /*", "[1]/*]", "(/* 7)"])
def test_what_opens_a_comment_that_never_ends_is_wrong_in_a_value(
    wrong: str, check_files: Checker
) -> None:
    result = check_files({"main.tf": 'variable "n" {\n  default = 7\n}\n' + cache(wrong)})
    assert "UNKNOWN  aws_elasticache_cluster.cache" in result.text
    assert "ERROR  main.tf:6:" in result.text
    assert result.status == 3


@pytest.mark.parametrize("comment", ["//***", "///*", "#/* x", "# a/*/b"])
def test_a_comment_of_one_line_may_hold_what_opens_another(
    comment: str, check_files: Checker
) -> None:
    text = cache("7").replace("\n  engine", f" {comment}\n  {comment}\n  engine")
    result = check_files({"main.tf": f"{comment}\n{text}{comment}"})
    assert (result.text, result.status) == ("1 cache: 1 passes\n", 0)


def test_a_text_may_hold_what_opens_a_comment(check_files: Checker) -> None:
    text = 'length(split("/*", "a/*b/*c/*d/*e/*f/*g"))'
    result = check_files({"main.tf": "/* a comment */\n" + cache(text)})
    assert "1 passes" in result.text, result.text
    assert result.status == 0


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("**/*.txt", 3),
        ("d/**", 2),
        ("{a,d/*}.txt", 2),
        ("[a-c].txt", 1),
        ("[!a]*", 0),
        ("**/c?txt", 1),
    ],
)
def test_fileset_takes_the_patterns_that_it_took(
    pattern: str, count: int, check_files: Checker
) -> None:
    files = {"a.txt": "", "d/b.txt": "", "d/e/c.txt": ""}
    expression = f'length(fileset("${{path.module}}/files", "{pattern}")) + 7 - {count}'
    given = {f"files/{name}": content for name, content in files.items()}
    result = check_files({"main.tf": cache(expression), **given})
    assert "1 passes" in result.text, result.text


@pytest.mark.parametrize("pattern", ["[z-a]", "[", "{a", "x[]"])
def test_a_pattern_that_is_none_is_refused(pattern: str, check_files: Checker) -> None:
    result = check_files({"main.tf": cache(f'length(fileset(".", "{pattern}"))')})
    assert "syntax error in pattern" in result.text
    assert result.status == 3
