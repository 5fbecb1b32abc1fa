"""Laws of the evaluator, over random configurations."""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from configuration_inputs import cache
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import lay_out

from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Finding
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.scan import scan

pytestmark = pytest.mark.extended

NAMES = ("a", "b", "c")
VALUES = st.sampled_from(("0", "1", "7", "35", "36", "null", '"7"', "true", "-1"))

LEAVES = VALUES | st.sampled_from((*(f"var.{name}" for name in NAMES), "local.l", "module.m.v"))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make larger expressions of smaller ones."""
    return st.one_of(
        st.builds("({0} == {1} ? {2} : {3})".format, inner, inner, inner, inner),
        st.builds("try({0}, {1})".format, inner, inner),
        st.builds("coalesce({0}, {1})".format, inner, inner),
        st.builds(
            "lookup({{ x = {0}, y = {1} }}, {2}, {1})".format,
            inner,
            inner,
            st.sampled_from(('"x"', '"z"', "tostring(var.a)", "terraform.workspace")),
        ),
        st.builds("max({0}, {1})".format, inner, inner),
        st.builds("[{0}, {1}][{2}]".format, inner, inner, st.sampled_from(("0", "1", "var.b"))),
        st.builds("[for x in [{0}, {1}] : x if x != {0}][0]".format, inner, inner),
        st.builds("({0} + {1})".format, inner, inner),
        st.builds("one(distinct([{0}, {1}]))".format, inner, inner),
        st.builds('"${{{0}}}"'.format, inner),
    )


EXPRESSIONS = st.recursive(LEAVES, _grown, max_leaves=6)


def _variable(name: str, default: str | None) -> str:
    inner = "" if default is None else f"  default = {default}\n"
    return f'variable "{name}" {{\n{inner}}}\n'


def _configuration(
    expression: str, local: str, defaults: Mapping[str, str | None]
) -> dict[str, str]:
    """Give a root with a module: a cache whose retention is an expression of variables."""
    variables = "".join(_variable(name, default) for name, default in defaults.items())
    more = (
        f"locals {{\n  l = {local.replace('local.l', '7')}\n}}\n"
        'module "m" {\n  source = "./m"\n  given = var.c\n}\n'
    )
    module = 'variable "given" {}\noutput "v" {\n  value = var.given\n}\n'
    return {"main.tf": cache(expression, more), "vars.tf": variables, "m/main.tf": module}


def _check(files: Mapping[str, str]) -> dict[tuple[str, str], Finding]:
    with tempfile.TemporaryDirectory() as folder:
        lay_out(files, Path(folder))
        report = scan([folder], Policy(), date(2026, 11, 23))
    return {(one.resource.source, one.resource.address): one for one in report.findings}


def _statuses(files: Mapping[str, str]) -> dict[tuple[str, str], tuple[Status, str | None]]:
    return {key: (one.verdict.status, one.verdict.rule) for key, one in _check(files).items()}


DEFAULTS = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES))
OPPOSITES = {Status.PASS: Status.FAIL, Status.FAIL: Status.PASS}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(EXPRESSIONS, EXPRESSIONS, DEFAULTS, st.sets(st.sampled_from(NAMES), min_size=1))
def test_an_unknown_input_never_reverses_a_verdict(
    expression: str, local: str, defaults: dict[str, str], forgotten: set[str]
) -> None:
    known = _check(_configuration(expression, local, defaults))
    unknown = _check(_configuration(expression, local, {**defaults, **dict.fromkeys(forgotten)}))
    assert known.keys() == unknown.keys()
    for key, finding in known.items():
        opposite = OPPOSITES.get(finding.verdict.status)
        # What is rejected with these values may be a pass with others.
        assert unknown[key].verdict.status != opposite or opposite is None, (
            finding.verdict.message,
            unknown[key].verdict.message,
        )


UNRELATED = (
    'resource "aws_s3_bucket" "b" {\n  bucket = "elasticache"\n}\n',
    'data "aws_elasticache_cluster" "d" {\n  cluster_id = "x"\n}\n',
    "locals {\n  unrelated = { snapshot_retention_limit = 0 }\n}\n",
    'variable "unrelated" {\n  default = 0\n}\n',
    'output "unrelated" {\n  value = 0\n}\n',
    'provider "aws" {\n  region = "eu-central-1"\n}\n',
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EXPRESSIONS, EXPRESSIONS, DEFAULTS, st.sampled_from(UNRELATED))
def test_what_is_unrelated_changes_no_finding(
    expression: str, local: str, defaults: dict[str, str], unrelated: str
) -> None:
    files = _configuration(expression, local, defaults)
    more = {**files, "unrelated.tf": unrelated}
    before, after = _check(files), _check(more)
    assert {key: one.verdict for key, one in before.items()} == {
        key: one.verdict for key, one in after.items()
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    EXPRESSIONS,
    EXPRESSIONS,
    DEFAULTS,
    st.lists(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), min_size=2, max_size=2, unique=True),
)
def test_how_files_are_called_changes_no_verdict(
    expression: str, local: str, defaults: dict[str, str], names: list[str]
) -> None:
    files = _configuration(expression, local, defaults)
    # A name that ends so means something to Terraform.
    one, other = (name.replace("override", "x") for name in names)
    renamed = {
        f"{one}.tf": files["main.tf"],
        f"{other}x.tf": files["vars.tf"],
        f"m/{one}.tf": files["m/main.tf"],
    }
    assert _statuses(files) == _statuses(renamed)


TEMPLATE = """Parameters:
  Days:
    Type: Number
{default}Conditions:
  IsSmall: !Equals [!Ref Days, {compared}]
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      SnapshotRetentionLimit: !If [IsSmall, {then}, {otherwise}]
"""


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    *[st.sampled_from(("0", "7", "36", "!Ref Days", "!Ref AWS::NoValue"))] * 2,
    *[st.sampled_from("017")] * 2,
)
def test_an_unknown_parameter_never_reverses_a_verdict(
    then: str, otherwise: str, default: str, compared: str
) -> None:
    written = {"then": then, "otherwise": otherwise, "compared": compared}
    known = TEMPLATE.format(default=f"    Default: {default}\n", **written)
    unknown = TEMPLATE.format(default="", **written)
    (before,) = _check({"t.yaml": known}).values()
    (after,) = _check({"t.yaml": unknown}).values()
    assert after.verdict.status != OPPOSITES.get(before.verdict.status)
