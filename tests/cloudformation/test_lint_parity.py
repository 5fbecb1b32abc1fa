"""Every file of the cases, checked by cfn-lint: does it find errors just where we expect them?

cfn-lint holds templates against AWS's own schemas. In every broken case it has to find something, and in
the others nothing but what is listed here.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cloudformation.conftest import CaseFile, RunScript

pytestmark = pytest.mark.extended

CASES = Path(__file__).parent / "cases"
BROKEN = {
    file.parent.name
    for file in CASES.glob("*/case.json")
    if "is_broken" in json.loads(file.read_text("utf-8"))
}
"""Cases of templates that are broken, or that CloudFormation rejects."""

VALID = sorted({path.name for path in CASES.iterdir()} - BROKEN)

LEFT_OUT = {
    "forty-conditions": "cfn-lint goes through the combinations for minutes",
    "forty-conditions-beside": "cfn-lint goes through the combinations for minutes",
    "aliases-without-end": "cfn-lint follows every alias",
}

# Cases that are not broken, where cfn-lint finds an error: why → the cases, or some of their files.
ERRORS = {
    "wrong on purpose: the value, or another attribute of the resource": (
        "no-properties not-a-whole-number not-a-whole-number-json numbers-of-yaml "
        "engines nodes-without-backups misspelt-property strings-without-digits "
        "values-that-yaml-has list-parameters split if-unknown-json crlf tags-of-yaml"
    ),
    "cfn-lint reads numbers as YAML 1.1: an exponent needs a sign, and a point before it": (
        "whole-number-with-a-point-json numbers-at-the-edge-json"
    ),
    "cfn-lint reads JSON as YAML: no colon on a line of its own, no pairs of surrogates": (
        "places-json tabs-and-surrogates-json"
    ),
    "cfn-lint reads UTF-8 alone": ("utf-16 utf-16-json"),
    "cfn-lint takes no key twice": ("duplicate-keys duplicate-keys-json"),
    "cfn-lint takes files of one document alone": ("several-documents keys-that-are-not-strings"),
    "cfn-lint takes no Fn::ToJsonString in Fn::Split": ("to-json-string"),
    "cfn-lint cannot follow these loops": (
        "loop-over-conditions-json no-items-json type-of-the-item"
    ),
    "cfn-lint misses what an AWS::Include brings": ("include-of-properties-json"),
    "no template at all": (
        "file-names/notes.yaml neighbours-that-are-not-templates/.github/workflows/check.yml "
        "neighbours-that-are-not-templates/chart/templates/cache.yaml "
        "neighbours-that-are-not-templates/docker-compose.yml "
        "neighbours-that-are-not-templates/k8s.yaml neighbours-that-are-not-templates/openapi.yaml "
        "neighbours-that-are-not-templates/policy.json "
        "neighbours-that-are-not-templates/tsconfig.json resources-of-another-kind/settings.json "
        "resources-of-another-kind/settings.yaml serverless-framework serverless-framework-list "
        "serverless-framework-json cdk-out/cdk.out/cdk.out cdk-out/cdk.out/manifest.json"
    ),
}

# Broken cases, where cfn-lint finds nothing: why → the cases.
OVERLOOKED = {
    "cfn-lint does not look whether a mapping and its keys are there": (
        "unknown-mapping unknown-key-json"
    ),
    "cfn-lint does not follow conditions in a circle": ("circular-conditions"),
    "cfn-lint is not shown what parameters are given": (
        "value-that-is-not-allowed value-out-of-bounds-json word-for-a-number bad-parameter-file "
        "parameter-file-of-another-kind"
    ),
}


@pytest.fixture(scope="module")
def errors(
    run_script: "RunScript", case_files: tuple["CaseFile", ...]
) -> Mapping[str, Sequence[str]]:
    """What cfn-lint finds in each file, by the file's key."""
    paths = {one.key: str(one.path) for one in case_files if one.case not in LEFT_OUT}
    found = run_script("lint_reader.py", [*paths.values()])
    return {key: found[path] for key, path in paths.items()}


def case_of(key: str) -> str:
    return key.partition("/")[0]


def of_case(name: str, errors: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {key: found for key, found in errors.items() if case_of(key) == name and found}


def listed(reasons: Mapping[str, str]) -> list[str]:
    return [key for keys in reasons.values() for key in keys.split()]


@pytest.mark.parametrize("name", [name for name in VALID if name not in LEFT_OUT])
def test_cfn_lint_finds_errors_just_where_they_are_listed(
    name: str, errors: Mapping[str, Sequence[str]]
) -> None:
    found = of_case(name, errors)
    assert found.keys() == {key for key in listed(ERRORS) if case_of(key) == name}, found


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_cfn_lint_finds_that_something_is_wrong(
    name: str, errors: Mapping[str, Sequence[str]]
) -> None:
    found = of_case(name, errors)
    assert bool(found) is (name not in listed(OVERLOOKED)), found


def test_what_is_listed_is_there_to_be_checked(errors: Mapping[str, Sequence[str]]) -> None:
    assert {*listed(ERRORS)} <= errors.keys()
    assert {*listed(OVERLOOKED)} <= {case_of(key) for key in errors}
    assert len(errors) > 300
