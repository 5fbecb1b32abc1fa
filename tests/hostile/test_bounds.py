"""What an attacker can write into a megabyte: a clear answer in a few seconds, and in little memory."""

from collections.abc import Callable, Mapping

import pytest
from configuration_inputs import CONFIGURATION, cache
from measuring import KILOBYTES, Measured
from plan_inputs import PLAN
from template_inputs import TEMPLATE

from ecbackup_iac.terraform.modules.module import MAX_REPORTED

pytestmark = pytest.mark.extended

Checker = Callable[..., Measured]

INPUTS: dict[str, Mapping[str, str | bytes]] = {
    **{f"configuration: {name}": files for name, files in CONFIGURATION.items()},
    **{f"template: {name}": files for name, files in TEMPLATE.items()},
    **{f"plan: {name}": files for name, files in PLAN.items()},
}

MEGABYTE = 1_100_000
GIVEN_UP = "not evaluated: it exceeds the evaluation limit"


@pytest.mark.parametrize("name", INPUTS)
def test_no_megabyte_takes_long_or_much_memory(name: str, check_files: Checker) -> None:
    files = INPUTS[name]
    assert sum(map(len, files.values())) < MEGABYTE
    result = check_files(files)
    assert result.status in (0, 1, 2, 3), result.text[-2_000:]
    assert result.text.strip(), "silence is no answer"
    assert result.kilobytes < KILOBYTES


# At the bounds: what is still followed, and what is said of more


def counted(count: int) -> str:
    return cache("7").replace("engine", f"count = {count}\n  engine")


def test_ten_thousand_instances_are_followed_and_no_more(check_files: Checker) -> None:
    assert "10000 pass" in check_files({"main.tf": counted(10_000)}).text
    more = check_files({"main.tf": counted(10_001)})
    assert "count is 10001, and at most 10000 instances" in more.text
    assert more.status == 3


def test_too_many_nested_instances_are_an_error(
    check_files: Checker,
) -> None:
    result = check_files(CONFIGURATION["modules of 10,000 with caches of 10,000"])
    assert "only part of this root was evaluated" in result.text
    assert result.status == 3


def test_a_thousand_nested_modules_are_evaluated(
    check_files: Checker,
) -> None:
    assert "1 passed" in check_files(CONFIGURATION["1,000 modules in each other"]).text


def test_modules_that_are_nested_too_deeply_are_an_error(check_files: Checker) -> None:
    result = check_files(CONFIGURATION["10,000 modules in each other"])
    assert "expressions or modules are nested too deeply" in result.text
    assert result.status == 3


@pytest.mark.parametrize(
    "name",
    [
        "doubling tuples, flattened",
        "doubling tuples, as JSON",
        "doubling tuples, compared",
        "doubling outputs",
        "outputs referred to twice",
        "ranges in ranges",
        "20,000 locals",
    ],
)
def test_configuration_that_takes_too_much_work_is_an_error(
    name: str, check_files: Checker
) -> None:
    result = check_files(CONFIGURATION[name])
    assert "UNKNOWN  aws_elasticache_cluster.cache" in result.text
    assert result.text.count("ERROR  main.tf") == 1
    assert GIVEN_UP in result.text
    assert result.status == 3


def test_an_expensive_root_does_not_affect_the_others(check_files: Checker) -> None:
    greedy = CONFIGURATION["ranges in ranges"]["main.tf"]
    result = check_files({"greedy/main.tf": greedy, "modest/main.tf": cache("7")}, "-v")
    assert "2 caches: 1 passed, 1 unknown" in result.text


def test_many_expensive_roots_share_one_bound(check_files: Checker) -> None:
    greedy = CONFIGURATION["ranges in ranges"]["main.tf"]
    result = check_files({f"r{n}/main.tf": greedy for n in range(1_000)})
    assert result.text.count("it exceeds the evaluation limit") < 10
    assert "not evaluated (and 9" in result.text
    assert result.status == 3


def test_many_duplicate_blocks_are_reported_and_the_rest_counted(check_files: Checker) -> None:
    result = check_files({"main.tf": cache("7") * 9_000 + "locals {\n  a = 1\n}\n" * 9_000})
    assert result.text.count("  Duplicate ") == MAX_REPORTED
    assert "this file has more problems than the 200 that are reported" in result.text
    assert "1 cache: 1 unknown; the answer is incomplete" in result.text
    assert result.status == 3


BROKEN = [
    "a heredoc that never ends",
    "900,000 quotes",
    "900,000 braces",
    "200,000 broken lines",
    "60,000 broken values",
    "25,000 heredocs that never end",
    "300,000 comments that never end",
    "50,000 blocks that never end",
    "400,000 brackets closed by others",
    "19,000 brackets at a time",
]


@pytest.mark.parametrize("name", BROKEN)
def test_a_syntax_error_hides_no_cache_after_it(name: str, check_files: Checker) -> None:
    broken = CONFIGURATION[name]["main.tf"]
    assert isinstance(broken, str)
    behind = cache("0").replace('"cache"', '"behind"')
    result = check_files({"main.tf": f"{broken}\n{behind}"})
    assert "FAIL  aws_elasticache_cluster.behind" in result.text, result.text[-2_000:]
    assert "1 error" in result.text or "errors" in result.text
    assert result.status == 1


def test_two_hundred_problems_of_a_file_are_reported_and_that_there_are_more(
    check_files: Checker,
) -> None:
    result = check_files(CONFIGURATION["200,000 broken lines"])
    assert "ERROR  main.tf\n  this file has more problems than the 200 that are" in result.text
    assert result.text.count("ERROR") == 201
    assert result.status == 3


def test_a_template_that_takes_too_much_work_is_one_error(check_files: Checker) -> None:
    result = check_files(TEMPLATE["100 caches of 128 cases"])
    reported = "only part of this template was evaluated: it exceeds the evaluation limit"
    assert result.text.count(reported) == 1
    assert "ERROR  template.yaml\n" in result.text
    assert "UNKNOWN  Cache99" in result.text
    assert result.status == 3
