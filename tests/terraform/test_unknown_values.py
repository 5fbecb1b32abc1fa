"""What cannot be known is tracked and never guessed: outcomes, bounds, correlation, and soundness."""

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    PossibleValue,
    Unknown,
    Unset,
    Value,
    possible_values,
)
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.readers.configuration import read
from ecbackup_iac.readers.tree_request import TreeRequest
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import Evaluate

Days = int | str | None

CACHE = """
resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "this"
  description              = "this"
  snapshot_retention_limit = %s
}
"""
VARIABLES = """
variable "a" {
  type = bool
}
variable "b" {
  type = bool
}
variable "env" {
  type = string
}
variable "n" {
  type = number
}
variable "listed" {
  type = number
  validation {
    condition     = contains([7, 14], var.listed)
    error_message = "7 or 14"
  }
}
variable "at_least_one" {
  type = number
  validation {
    condition     = var.at_least_one >= 1 && var.at_least_one <= 35
    error_message = "1 to 35"
  }
}
variable "stage" {
  type = string
  validation {
    condition     = contains(["dev", "prod"], var.stage)
    error_message = "dev or prod"
  }
}
variable "nullable" {
  type = bool
}
variable "never_null" {
  type     = bool
  nullable = false
}
locals {
  days = { dev = 0, prod = 14 }
  flag = var.a ? 1 : 2
}
data "aws_ssm_parameter" "p" {
  name = "p"
}
"""


def plain(value: PossibleValue[int]) -> Days:
    match value:
        case Known():
            return value.value
        case Unset():
            return None
        case Invalid():
            return value.text


def outcomes(value: Value[int]) -> set[Days] | str:
    """Give all that a retention can be; "unknown" where there is no list."""
    if not isinstance(value, Unknown):
        return {plain(value)}
    return {plain(outcome.value) for outcome in value.outcomes} or "unknown"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Every branch is an outcome; one that both branches share is certain.
        ("var.a ? 7 : 0", {7, 0}),
        ("var.a ? 7 : 7", {7}),
        ("var.a ? (var.b ? 1 : 2) : 3", {1, 2, 3}),
        ("var.a ? null : 7", {None, 7}),
        # Outcomes go through operators and functions.
        ("(var.a ? 1 : 2) * 10 + 1", {11, 21}),
        ("max(var.a ? 1 : 5, 3)", {3, 5}),
        ('tonumber("${var.a ? 1 : 2}4")', {14, 24}),
        # A branch that is rejected has the type that it would have; one in a template alone, any.
        ('(var.a ? "${tonumber("x")}" : [7])[0]', {7}),
        # One condition is one condition, wherever it is evaluated.
        ("(var.a ? 1 : 0) + (var.a ? 0 : 1)", {1}),
        ("(var.a ? 1 : 0) + (var.b ? 1 : 0)", {0, 1, 2}),
        ("local.flag + (var.a ? 10 : 20)", {11, 22}),
        ('var.stage == "prod" ? 14 : (var.stage == "dev" ? 7 : 0)', {14, 7}),
        # An unknown key gives the map's values; a bounded one gives those that it can lead to.
        ("local.days[var.env]", {0, 14}),
        ("{ dev = 1, prod = 2, test = 0 }[var.stage]", {1, 2}),
        ("lookup({ prod = 7 }, var.stage, 3)", {7, 3}),
        # What a validation proves.
        ("var.listed", {7, 14}),
        ("var.listed / 7", {1, 2}),
        ('var.stage == "test" ? 0 : 7', {7}),
        # Nothing is known of these.
        ("var.n", "unknown"),
        ("data.aws_ssm_parameter.p.value", "unknown"),
        ("terraform.workspace == null ? 0 : 7", {7}),
        # As Terraform's own unknowns: nothing is guessed where a plan could not say either.
        ("var.n * 0", "unknown"),
        ("try(var.n, 7)", "unknown"),
        # coalesce stops at the first that cannot be null.
        ("coalesce(7, var.n)", {7}),
        ("coalesce(null, var.a ? 3 : 4)", {3, 4}),
    ],
)
def test_what_an_expression_can_be(
    evaluate: "Evaluate", expression: str, expected: set[Days] | str
) -> None:
    found = evaluate({"main.tf": VARIABLES + CACHE % expression})
    assert outcomes(found.caches[0].retention) == expected
    assert found.errors == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # An outcome that Terraform would reject is no outcome of try: the next argument is.
        ("try({ prod = 14 }[var.stage], 3)", {14, 3}),
        ("can({ prod = 14 }[var.stage]) ? 14 : 3", {14, 3}),
        ('try(tonumber(var.a ? "7" : "x"), 1)', {7, 1}),
        # A condition that may be null may be rejected.
        ("try(var.nullable ? 7 : 14, 3)", {7, 14, 3}),
        ("try(var.never_null ? 7 : 14, 3)", {7, 14}),
        ('try(var.env == "x" ? 7 : 14, 3)', {7, 14}),
    ],
)
def test_try_and_can_handle_rejected_outcomes(
    evaluate: "Evaluate", expression: str, expected: set[Days] | str
) -> None:
    found = evaluate({"main.tf": VARIABLES + CACHE % expression})
    assert outcomes(found.caches[0].retention) == expected


def test_an_outcome_says_what_it_depends_on(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": VARIABLES + CACHE % "local.days[var.env]"})
    retention = found.caches[0].retention
    assert isinstance(retention, Unknown)
    assert {plain(one.value): one.when for one in retention.outcomes} == {
        0: 'var.env is "dev"',
        14: 'var.env is "prod"',
    }
    assert retention.why == "var.env has no default and no value"


def test_a_validation_bounds_a_variable_without_a_value(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": VARIABLES + CACHE % "var.at_least_one"})
    retention = found.caches[0].retention
    assert isinstance(retention, Unknown)
    assert (retention.outcomes, retention.bounds) == ((), Bounds(1, 35))
    assert judge(found.caches[0], Requirements()).status is Status.PASS


LISTED = "contains([0, 7, 14], var.days)"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (LISTED, {0, 7, 14}),
        (f"{LISTED} && var.days <= 7", {0, 7}),
        (f"{LISTED} && var.days < 7", {0}),
        (f"{LISTED} && var.days >= 7", {7, 14}),
        (f"{LISTED} && var.days > 7", {14}),
        (f"var.days > 0 && {LISTED} && var.days < 14", {7}),
        (f"{LISTED} && contains([7, 21], var.days)", {7}),
        (f"{LISTED} || var.days == 21", {0, 7, 14, 21}),
    ],
)
def test_a_validation_with_a_list_leaves_the_values_that_satisfy_all_of_it(
    condition: str, expected: set[int], evaluate: "Evaluate"
) -> None:
    variable = (
        'variable "days" {\n  type = number\n  validation {\n'
        f'    condition     = {condition}\n    error_message = "no"\n  }}\n}}\n'
    )
    retention = evaluate({"main.tf": variable + CACHE % "var.days"}).caches[0].retention
    values = possible_values(retention)
    assert {one.value for one in values if isinstance(one, Known)} == expected
    assert len(values) == len(expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("contains([3, 5], var.days) || var.days >= 7", Bounds(3, None)),
        ("var.days == null || var.days >= 7", None),
        ("var.days < 8 && 2 < var.days", Bounds(3, 7)),
        ("var.days == 3 ? true : var.days >= 7", Bounds(3, None)),
        ("var.days == 3 ? false : var.days >= 7", None),
        ("var.days >= 1 && var.another >= 7", Bounds(1, None)),
        ("contains([null, 5], var.days) || var.days >= 7", None),
        ('var.days <= tonumber(file("limit.txt"))', Bounds(None, 35)),
        ('var.days >= tonumber(file("limit.txt")) - 34', Bounds(1, None)),
        ('var.days <= tonumber(file("limit.txt")) + 964', Bounds(None, 999)),
        # More than this could tell what a file holds.
        ('var.days <= tonumber(file("limit.txt")) + 965', None),
        ('var.days <= tonumber(file("limit.txt")) * 1000', None),
        ('var.days >= tonumber(file("limit.txt")) * -1000', None),
    ],
)
def test_a_validation_bounds_a_variable_by_what_all_alternatives_prove(
    condition: str, expected: Bounds | None, evaluate: "Evaluate"
) -> None:
    variable = (
        'variable "days" {\n  type = number\n  validation {\n'
        f'    condition     = {condition}\n    error_message = "no"\n  }}\n}}\n'
    )
    variable += 'variable "another" {\n  type = number\n}\n'
    found = evaluate({"main.tf": variable + CACHE % "var.days", "limit.txt": "35"})
    retention = found.caches[0].retention
    assert isinstance(retention, Unknown)
    assert retention.bounds == expected


LONG = "x" * 41


@pytest.mark.parametrize(
    ("expression", "condition"),
    [
        ('[for s in ["x"] : var.env == s ? 7 : 0][0]', "var.env == s (s = x) is true"),
        ("[for s in [null] : var.env == s ? 7 : 0][0]", "var.env == s (s = [null][0]) is true"),
        (
            f'[for s in ["{LONG}"] : var.env == s ? 7 : 0][0]',
            f'var.env == s (s = ["{LONG}"][0]) is true',
        ),
        (
            '[for s in [["x"]] : var.env == s[0] ? 7 : 0][0]',
            'var.env == s[0] (s = [["x"]][0]) is true',
        ),
        (
            "[for s in [[null]] : [for s in s : var.env == s ? 7 : 0][0]][0]",
            "var.env == s (s = s[0] ([[null]][0])) is true",
        ),
    ],
)
def test_a_condition_shows_the_short_values_of_the_names_in_it(
    expression: str, condition: str, evaluate: "Evaluate"
) -> None:
    retention = evaluate({"main.tf": VARIABLES + CACHE % expression}).caches[0].retention
    assert isinstance(retention, Unknown)
    assert [one.when for one in retention.outcomes if plain(one.value) == 7] == [condition]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{ for p in [["a", 3], ["a", 7]] : p[0] => p[1] }["a"]', "unknown"),
        ('{ for p in [["a", 3], ["a", 7]] : p[0] => p[1]... }["a"][1]', {7}),
        ('{ for p in [["a", 3], ["b", 7]] : p[0] => p[1] }["b"]', {7}),
    ],
)
def test_a_for_expression_sets_a_key_once_unless_it_groups(
    expression: str, expected: set[Days] | str, evaluate: "Evaluate"
) -> None:
    found = evaluate({"main.tf": CACHE % expression})
    assert outcomes(found.caches[0].retention) == expected
    assert found.errors == (
        ['Duplicate object key: "a" is set twice'] if expected == "unknown" else []
    )


def test_outcomes_beyond_any_use_are_unknown_and_hang_nothing(evaluate: "Evaluate") -> None:
    variables = "".join(f'variable "v{i}" {{\n  type = bool\n}}\n' for i in range(40))
    sum_ = " + ".join(f"(var.v{i} ? 0 : {2**i})" for i in range(40))
    found = evaluate({"main.tf": variables + CACHE % sum_})
    assert isinstance(found.caches[0].retention, Unknown)
    assert len(found.caches[0].retention.outcomes) < 1000


@pytest.mark.parametrize(
    ("repetition", "addresses"),
    [
        ("count = var.n", [""]),
        ('for_each = var.a ? toset(["x"]) : toset(["x", "y"])', ['["x"]', '["y"]']),
        ("count = var.a ? 1 : 0", ["[0]"]),
        ("count = var.a ? 2 : 1", ["[0]", "[1]"]),
        ("for_each = toset([var.env])", None),
    ],
)
def test_instances_that_may_exist_have_the_reason_why_they_may_not(
    evaluate: "Evaluate", repetition: str, addresses: list[str] | None
) -> None:
    text = VARIABLES + (CACHE % "7").replace("{\n", "{\n  " + repetition + "\n", 1)
    found = evaluate({"main.tf": text})
    name = "aws_elasticache_replication_group.this"
    assert found.caches, "what may exist is never dropped"
    if addresses is not None:
        assert found.addresses == [name + key for key in addresses]
        assert found.caches[-1].assumptions != ()


@pytest.mark.parametrize(
    ("repetition", "expression", "expected"),
    [
        ("count = var.a ? 1 : 0", "var.a ? 7 : 0", {7}),
        ("count = var.a ? 0 : 1", "var.a ? 7 : 0", {0}),
        ("count = !var.a ? 1 : 0", "var.a ? 7 : 0", {0}),
        ("count = local.flag - 1", "var.a ? 0 : 7", {7}),
        ("count = local.flag", "local.flag == 2 ? 7 : 14", {7, 14}),
        ("count = var.b ? 1 : 0", "var.a ? 7 : 0", {0, 7}),
        ("count = var.a ? (var.b ? 1 : 0) : 0", "var.a && var.b ? 7 : (var.a ? 5 : 0)", {7}),
        ('for_each = toset(var.a ? ["x"] : [])', "var.a ? 7 : 0", {7}),
        ("for_each = var.a ? { x = 7 } : { x = 14, y = 0 }", "each.value", {7, 14}),
        ("for_each = var.a ? { x = 7 } : {}", "var.a ? each.value : 0", {7}),
        ("lifecycle {\n    enabled = var.a ? true : false\n  }", "var.a ? 7 : 0", {7}),
        ('count = var.stage == "prod" ? 1 : 0', 'var.stage == "prod" ? 7 : 0', {7}),
        ("count = lookup({ x = 0 }, var.env, 1)", "lookup({ y = 0 }, var.env, 7)", {0, 7}),
    ],
)
def test_a_cache_has_the_values_of_the_cases_in_which_it_exists(
    evaluate: "Evaluate", repetition: str, expression: str, expected: set[Days]
) -> None:
    text = VARIABLES + (CACHE % expression).replace("{\n", "{\n  " + repetition + "\n", 1)
    files = {"main.tofu" if "enabled" in repetition else "main.tf": text}
    assert outcomes(evaluate(files).caches[0].retention) == expected


def test_a_cache_in_a_module_has_the_values_of_the_cases_in_which_the_module_is_called(
    evaluate: "Evaluate",
) -> None:
    module = 'variable "days" {\n  default = 7\n}\n' + CACHE % "var.days"
    call = (
        'module "m" {\n  source = "./m"\n  count  = var.a ? 1 : 0\n  days   = var.a ? 14 : 0\n}\n'
    )
    found = evaluate({"main.tf": VARIABLES + call, "m/main.tf": module})
    assert outcomes(found.caches[0].retention) == {14}


# Soundness: what is left out can never turn a verdict into its opposite.

_LEAVES = st.sampled_from(
    ["0", "7", "14", "null", "var.x", "var.y", "local.m[var.k]", "var.f ? 7 : 0", "local.z"]
)
_CONDITIONS = st.sampled_from(
    ["var.f", "!var.f", "var.g", "var.x > 3", "var.x == var.y", 'var.k == "a"', "var.x == null"]
)


def _grown(inner: "st.SearchStrategy[str]") -> "st.SearchStrategy[str]":
    return st.one_of(
        st.builds("({} ? {} : {})".format, _CONDITIONS, inner, inner),
        st.builds("coalesce({}, {}, 1)".format, inner, inner),
        st.builds("try({}, {})".format, inner, inner),
        st.builds("max(coalesce({}, 0), coalesce({}, 1))".format, inner, inner),
        st.builds("(try({} + 0, 2))".format, inner),
        st.builds("[for i in [{}, {}] : i][0]".format, inner, inner),
        st.builds("lookup({{ a = {} }}, var.k, {})".format, inner, inner),
        st.builds("{{ a = {}, b = {} }}[var.k]".format, inner, inner),
    )


COUNTS = st.sampled_from(
    [
        "1",
        "var.f ? 1 : 0",
        "!var.f ? 1 : 0",
        "var.f ? (var.g ? 1 : 0) : 0",
        "var.f || var.g ? 1 : 0",
        'var.k == "a" ? 1 : 0',
        "{ a = 1, b = 0 }[var.k]",
        "lookup({ a = 0 }, var.k, 1)",
        "var.x > 3 ? 1 : 0",
        "var.x > 0 ? 1 : 0",
    ]
)
EXPRESSIONS = st.recursive(_LEAVES, _grown, max_leaves=6)

DECLARED = """
variable "x" {
  type = number
}
variable "y" {
  type = number
}
variable "k" {
  type = string
  validation {
    condition     = contains(["a", "b"], var.k)
    error_message = "a or b"
  }
}
variable "f" {
  type = bool
}
variable "g" {
  type = bool
}
locals {
  m = { a = 7, b = 0 }
  z = var.g ? 3 : 5
}
"""
ASSIGNMENTS = [
    {"x": x, "y": y, "k": k, "f": f, "g": g}
    for x, y, k, f, g in product(("0", "7"), ("0", "7"), "ab", ("true", "false"), ("true", "false"))
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(expression=EXPRESSIONS, count=COUNTS, data=st.data())
def test_leaving_values_out_never_turns_a_verdict_into_its_opposite(
    tmp_path: Path, expression: str, count: str, data: st.DataObject
) -> None:
    text = DECLARED + CACHE.replace("{\n", f"{{\n  count = {count}\n", 1) % expression
    (tmp_path / "main.tf").write_text(text, "utf-8")

    def verdict_of(assignment: dict[str, str]) -> tuple[Status, Value[int]] | None:
        variables = tuple(("var", f"{name}={text}") for name, text in assignment.items())
        request = TreeRequest(str(tmp_path), (str(tmp_path),), EvaluationInputs(variables))
        caches = [cache for reading in read(request) for cache in reading.resources]
        if not caches:
            return None
        (cache,) = caches
        return judge(cache, Requirements()).status, cache.retention

    assignment = data.draw(st.sampled_from(ASSIGNMENTS))
    left_out = data.draw(st.sets(st.sampled_from(sorted(assignment)), min_size=1))
    with_all_values = verdict_of(assignment)
    if with_all_values is None:  # the cache does not exist with them
        return
    real, value = with_all_values
    if isinstance(value, Unknown):  # Terraform rejects these values
        return
    reported = verdict_of({name: text for name, text in assignment.items() if name not in left_out})
    assert reported is not None, "what may exist is never dropped"
    verdict, retention = reported
    assert verdict in (real, Status.UNKNOWN)
    listed = outcomes(retention)
    assert listed == "unknown" or plain(value) in listed
