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
def test_a_long_chain_of_locals_is_evaluated(length: int, check_files: Checker) -> None:
    result = check_files({"main.tf": chain(length, "7", "BEFORE + 0", "LAST")})
    assert "1 passed" in result.text
    assert result.status == 0


def test_shared_values_do_not_count_as_work(check_files: Checker) -> None:
    assert "1 passed" in check_files(CONFIGURATION["doubling tuples"]).text.replace("FAIL", "")


def test_a_cache_that_refers_to_itself_is_reported(check_files: Checker) -> None:
    result = check_files(CONFIGURATION["a circle of resources"])
    assert "UNKNOWN  aws_elasticache_cluster.cache" in result.text
    assert result.status == 3


TOO_LARGE = {
    "a product": "setproduct(range(300), range(300), range(300))",
    "a long text": 'regexall("x", join("", [for n in range(600) : format("%99999d", 1)]))',
}
USES = {
    "length(local.large) > 5 ? 3 : 0": "1 passed, 1 unknown",
    "length(local.large)": "1 passed, 1 unknown",
    "7\n  count = length(local.large) > 5 ? 1 : 0": "2 passed",
}


@pytest.mark.parametrize("value", TOO_LARGE.values(), ids=TOO_LARGE)
@pytest.mark.parametrize("use", USES)
def test_a_value_that_is_too_large_is_unknown_with_one_error(
    use: str, value: str, check_files: Checker
) -> None:
    text = f"locals {{\n  large = {value}\n}}\n{cache(use)}"
    result = check_files({"main.tf": text, "other/main.tf": cache("7")})
    assert result.text.endswith(f"2 caches: {USES[use]}; the answer is incomplete: 1 error\n")
    assert result.status == 3


def test_a_value_that_is_too_large_and_decides_nothing_is_not_an_error(
    check_files: Checker,
) -> None:
    result = check_files(
        {"main.tf": f"locals {{\n  large = {TOO_LARGE['a product']}\n}}\n" + cache("7")}
    )
    assert result.text == "1 cache: 1 passed\n"


def test_many_wrong_policy_keys_are_reported_and_the_rest_counted(check_files: Checker) -> None:
    result = check_files(PLAN["a policy of 20,000 unknown keys"])
    assert result.text.count("unknown key") == 20
    assert "19980 more keys are wrong" in result.text
    assert result.status == 2


def test_a_cache_after_too_many_brackets_is_read(
    check_files: Checker,
) -> None:
    text = "x = " + "(" * 20_001 + "\ny = [\n" + cache("0")
    result = check_files({"main.tf": text})
    assert "FAIL  aws_elasticache_cluster.cache" in result.text
    assert "ERROR  main.tf:1:" in result.text
    assert result.status == 1


def test_an_unclosed_comment_hides_no_cache(check_files: Checker) -> None:
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
def test_a_comment_of_one_line_may_contain_what_opens_another(
    comment: str, check_files: Checker
) -> None:
    text = cache("7").replace("\n  engine", f" {comment}\n  {comment}\n  engine")
    result = check_files({"main.tf": f"{comment}\n{text}{comment}"})
    assert (result.text, result.status) == ("1 cache: 1 passed\n", 0)


def test_a_string_may_contain_what_opens_a_comment(check_files: Checker) -> None:
    text = 'length(split("/*", "a/*b/*c/*d/*e/*f/*g"))'
    result = check_files({"main.tf": "/* a comment */\n" + cache(text)})
    assert "1 passed" in result.text, result.text
    assert result.status == 0


def test_a_long_run_of_accents_is_put_in_order(check_files: Checker) -> None:
    accents = "\u0301\u0323" * 200_000
    result = check_files({"main.tf": cache(f'"é{accents}" == "" ? 0 : 7')})
    assert "1 passed" in result.text, result.text


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("**/*.txt", 3),
        ("d/**", 2),
        ("[a-c].txt", 1),
        ("[!a]*", 1),
        ("[^a]*", 0),
        ("\\\\\\\\a.txt", 1),
        ("d**", 0),
        ("**/c?txt", 1),
    ],
)
def test_fileset_takes_the_patterns_of_terraform(
    pattern: str, count: int, check_files: Checker
) -> None:
    files = {"a.txt": "", "d/b.txt": "", "d/e/c.txt": ""}
    expression = f'length(fileset("${{path.module}}/files", "{pattern}")) + 7 - {count}'
    given = {f"files/{name}": content for name, content in files.items()}
    result = check_files({"main.tf": cache(expression), **given})
    assert "1 passed" in result.text, result.text


@pytest.mark.parametrize("pattern", ["[", "{a", "[]m", "[a-]", "{m,d/*}.tf"])
def test_an_invalid_pattern_is_rejected(pattern: str, check_files: Checker) -> None:
    result = check_files({"main.tf": cache(f'length(fileset(".", "{pattern}"))')})
    assert "syntax error in pattern" in result.text
    assert result.status == 3


def test_merge_keys_that_add_entries_to_entries_are_bounded(check_files: Checker) -> None:
    chain = "".join(f"m{n}: &m{n} {{<<: *m{n - 1}, k{n}: 1}}\n" for n in range(1, 3000))
    template = (
        f"m0: &m0 {{a: 1}}\n{chain}Resources:\n  C:\n    Type: AWS::ElastiCache::CacheCluster\n"
        "    <<: *m2999\n    Properties: {Engine: redis, SnapshotRetentionLimit: 7}\n"
    )
    result = check_files({"t.yaml": template})
    assert "merge keys add more than 200000 entries" in result.text
    assert result.status == 3


def test_iterations_count_as_work_even_where_nothing_is_evaluated(check_files: Checker) -> None:
    loops = "".join(f"%{{ for {name} in range(22) }}" for name in "abcd")
    text = f'"{loops}x{"%{ endfor }" * 4}"'
    result = check_files({"main.tf": cache(f"length({text}) > 0 ? 7 : 0")})
    assert "not evaluated: it exceeds the evaluation limit" in result.text
    assert result.status == 3
