"""Every file of the cases, checked by cfn-lint: does it find errors just where we expect them?

cfn-lint holds templates against AWS's own schemas. Of what is wrong in kind 9 it has to find something, and
of the others it may find nothing but what is listed here.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cloudformation.conftest import Ask, CaseFile

NAMES = sorted(path.name for path in (Path(__file__).parent / "cases").glob("[0-9]*"))

LEFT_OUT = {
    "318-forty-conditions": "cfn-lint goes through the combinations for minutes",
    "320-forty-conditions-beside": "cfn-lint goes through the combinations for minutes",
    "721-aliases-without-end": "cfn-lint follows every alias",
}

# Kinds 0 to 8, where cfn-lint finds an error: why → the cases' numbers, or some of their files.
ERRORS = {
    "wrong on purpose: the value, or what else the resource says": (
        "005 007 008 015 018 022 026 033 035 123 209 307 708 717"
    ),
    "cfn-lint reads numbers as YAML 1.1: an exponent needs a sign, and a point before it": "010 034",
    "cfn-lint reads JSON as YAML: no colon on a line of its own, no pairs of surrogates": "017 712",
    "cfn-lint reads UTF-8 alone": "710 711",
    "cfn-lint takes no key twice": "714 715",
    "cfn-lint takes files of one document alone": "705 728",
    "cfn-lint takes no Fn::ToJsonString in Fn::Split": "213 214",
    "cfn-lint cannot follow these loops": "512 514 521",
    "cfn-lint misses what an AWS::Include brings": "810",
    "no template at all": (
        "027/notes.yaml"
        " 726/.github/workflows/check.yml 726/chart/templates/cache.yaml 726/docker-compose.yml"
        " 726/k8s.yaml 726/openapi.yaml 726/policy.json 726/tsconfig.json"
        " 727/settings.json 727/settings.yaml 803 804 805 806/cdk.out/cdk.out"
        " 806/cdk.out/manifest.json"
    ),
}

# Kind 9, where cfn-lint finds nothing: why → the cases' numbers.
OVERLOOKED = {
    "cfn-lint does not look whether a mapping and its keys are there": "909 910",
    "cfn-lint does not follow conditions in a circle": "912",
    "cfn-lint is not shown what parameters are given": "915 916 917 930 931",
}


@pytest.fixture(scope="module")
def errors(ask: "Ask", case_files: tuple["CaseFile", ...]) -> Mapping[str, Sequence[str]]:
    """What cfn-lint finds in each file, by the file's key."""
    paths = {one.key: str(one.path) for one in case_files if one.case not in LEFT_OUT}
    found = ask("lint_reader.py", [*paths.values()])
    return {key: found[path] for key, path in paths.items()}


def of_case(name: str, errors: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {key: found for key, found in errors.items() if key[:3] == name[:3] and found}


def listed(reasons: Mapping[str, str]) -> list[str]:
    return [key for keys in reasons.values() for key in keys.split()]


@pytest.mark.parametrize("name", [name for name in NAMES if name < "9" and name not in LEFT_OUT])
def test_cfn_lint_finds_errors_just_where_they_are_listed(
    name: str, errors: Mapping[str, Sequence[str]]
) -> None:
    found = of_case(name, errors)
    assert found.keys() == {key for key in listed(ERRORS) if key[:3] == name[:3]}, found


@pytest.mark.parametrize("name", [name for name in NAMES if name > "9"])
def test_cfn_lint_finds_that_something_is_wrong(
    name: str, errors: Mapping[str, Sequence[str]]
) -> None:
    found = of_case(name, errors)
    assert bool(found) is (name[:3] not in listed(OVERLOOKED)), found


def test_what_is_listed_is_there_to_be_checked(errors: Mapping[str, Sequence[str]]) -> None:
    assert {*listed(ERRORS)} <= errors.keys()
    assert {*listed(OVERLOOKED)} <= {key[:3] for key in errors}
    assert len(errors) > 300
