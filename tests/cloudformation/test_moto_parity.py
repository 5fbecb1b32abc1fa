"""Every valid template of the cases, resolved by us and by moto: both have the same retentions and engines.

moto imitates AWS, with an evaluator of templates of its own. It knows no loops: cfn-lint turns them into
resources for it. Each file of a case is a root here. Parameters without a value are given values, those
that conditions and mappings ask for, and the same to both.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecbackup_iac.cloudformation.templates.parameter_files import ParameterFiles, given_values
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.hidden import PLACEHOLDER, placeholder_of
from ecbackup_iac.model.value import Invalid, Known, Unknown, Unset, Value
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES, RETENTION, days_of
from ecbackup_iac.syntax.encoding import to_utf8

if TYPE_CHECKING:
    from cloudformation.conftest import CaseFile, RunScript
    from conftest import EvaluateTemplates

pytestmark = pytest.mark.extended

CASES = Path(__file__).parent / "cases"
BROKEN = {
    file.parent.name
    for file in CASES.glob("*/case.json")
    if "is_broken" in json.loads(file.read_text("utf-8"))
}
"""Cases of templates that are broken, or that CloudFormation rejects."""

NAMES = sorted({path.name for path in CASES.iterdir()} - BROKEN)

LEFT_OUT = {
    "previous-value": "the value is the one before, and moto's stack has none before",
    "aliases-without-end": "moto follows every alias",
}

# Where moto differs: why → the cases, with the cache where the others agree.
EXPLAINED = {
    "cfn-lint resolves a key of a mapping if it is a literal or an item, and takes any entry otherwise": (
        "default-value.Missing default-value.Second default-value.Without default-value-json"
    ),
    "cfn-lint rejects a loop over an empty list, and replaces an item only in texts of Fn::Sub": (
        "loop-over-conditions-json no-items-json type-of-the-item"
    ),
    "moto evaluates functions of texts that are not evaluated here": (
        "base64 short-forms.Base64 to-json-string"
    ),
    "moto has no Fn::Length, and no Ref for the name of a mapping": (
        "length length-json name-of-the-mapping-json several-transforms-json"
    ),
    "moto takes macros for maps, and what they may set for not set": (
        "transform-in-properties transform-in-properties-json macro macro-json "
        "include-of-properties-json macro-around-a-value-json"
    ),
    "moto invents ids, attributes and zones, known after the deployment": (
        "ref.OfAResource ref-json.Carts sub-json.Attribute sub-json.Resource select-json.Zone "
        "short-forms.GetAtt"
    ),
    "moto leaves dynamic references as they are": ("dynamic-reference dynamic-reference-json"),
    "moto accepts no function as the index of Fn::Select": (
        "select.Parameter select.OpenIndex select.OpenMixed mixtures.C deep "
        "functions-of-allowed-values.Index"
    ),
    "moto does not split the Default of a list parameter": (
        "list-parameters join.List equals-json.Picked"
    ),
    "moto does not take the number 7 and the text 7 for equal": (
        "equals.Number guarded-parameter.Bounded"
    ),
    "moto joins AWS::NoValue as None": ("no-value-in-a-list-json"),
    "moto does not check values against AllowedValues": ("noecho-not-allowed"),
    "moto reads JSON as YAML 1.1, where an exponent needs a sign, and a point before it": (
        "whole-number-with-a-point-json.Carts numbers-at-the-edge-json.Infinite "
        "numbers-at-the-edge-json.Tiny"
    ),
    "moto does not read what the Serverless Framework keeps for CloudFormation": (
        "serverless-framework serverless-framework-list serverless-framework-json"
    ),
    "moto reads only files of one document": ("several-documents keys-that-are-not-strings"),
    "moto's PyYAML 6.0.4 lets the last of several merged maps win": ("merge-keys.Prices"),
}

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1",
    "AWS::StackName": "shop",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(slots=True)
class Comparison:
    """The result of comparing a case."""

    agreed: int = 0
    different: dict[str, str] = field(default_factory=dict)
    """The key of each cache on which moto differs → both answers."""


@pytest.fixture(scope="module")
def comparisons(
    run_script: "RunScript",
    case_files: tuple["CaseFile", ...],
    evaluate_templates: "EvaluateTemplates",
) -> Mapping[str, Comparison]:
    """Compare every case: its name → the result."""
    requests = {
        one.key: {"key": one.key, "text": text_of(one.path), "given": values_given(one)}
        for one in case_files
        if one.case in NAMES and one.case not in LEFT_OUT
    }
    answers = run_script("moto_reader.py", [*requests.values()])
    found = {name: Comparison() for name in NAMES}
    for one in case_files:
        for way in answers.get(one.key, ()):
            files = {one.key: str(requests[one.key]["text"])}
            caches = evaluate_templates(files, **way["given"]).caches
            # Without stacks that were not read, which are unknown caches: moto has no such thing.
            marks = marks_of(way["given"])
            ours = {
                unmarked(cache.address, marks): cache
                for cache in caches
                if cache.type in RESOURCE_TYPES
            }
            for address, difference in compared(ours, way["caches"]):
                if difference is None:
                    found[one.case].agreed += 1
                else:
                    found[one.case].different[f"{one.key}.{address}"] = difference
    return found


def marks_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the marks of the given values, and of their parts, in our addresses: a mark → its text."""
    texts = map(str, given.values())
    return {placeholder_of(part): part for text in texts for part in (text, *text.split(","))}


def unmarked(address: str, marks: Mapping[str, str]) -> str:
    """Return an address with the texts of its marks."""
    return PLACEHOLDER.sub(lambda mark: marks.get(mark[0], mark[0]), address)


def text_of(path: Path) -> str:
    return to_utf8(path.read_bytes()).decode()


def values_given(file: "CaseFile") -> dict[str, str]:
    values = given_values(file.given, ParameterFiles())
    known = {name: one.text for name, one in values.items() if one.text is not None}
    return PSEUDO_PARAMETERS | known


def compared(
    ours: Mapping[str, CacheResource],
    theirs: Any,  # noqa: ANN401 - JSON
) -> Iterator[tuple[str, str | None]]:
    """Return every cache's settings: its address, and in what they differ."""
    if isinstance(theirs, str):  # moto failed
        theirs = dict.fromkeys(ours, theirs)
    for address in ours.keys() ^ theirs.keys():
        yield address, "we alone have it" if address in ours else "moto alone has it"
    for address in ours.keys() & theirs.keys():
        cache, their = ours[address], theirs[address]
        settings: dict[str, Value[int] | Value[str]] = {RETENTION: cache.retention}
        if isinstance(their, str):
            their = {RETENTION: their}
        else:
            settings["Engine"] = cache.engine
        for name, setting in settings.items():
            if isinstance(their[name], str):
                if not isinstance(setting, Unknown):
                    yield address, f"{name}: we say {plain(setting)}, moto fails: {their[name]}"
                continue
            (written,) = their[name]
            wanted = plain(days_of(written, ())) if name == RETENTION else written
            said = plain(setting)
            mark = placeholder_of(str(written))  # a text from outside the template is not shown
            is_same = said in (wanted, mark, ("invalid", mark))
            yield address, None if is_same else f"{name}: we say {said!r}, moto {written!r}"


def plain(setting: Value[int] | Value[str]) -> object:
    match setting:
        case Known(value=value):
            return value
        case Unset():
            return None
        case Invalid(text=text):
            return ("invalid", text)
        case Unknown():
            return setting


def explanations() -> list[str]:
    return [key for keys in EXPLAINED.values() for key in keys.split()]


def is_explained(key: str) -> bool:
    return not {key, key.rpartition(".")[0]}.isdisjoint(explanations())


@pytest.mark.parametrize("name", NAMES)
def test_moto_resolves_the_same_retention_and_engine(
    name: str, comparisons: Mapping[str, Comparison]
) -> None:
    different = comparisons[name].different
    assert {key: text for key, text in different.items() if not is_explained(key)} == {}


def test_every_explained_difference_still_exists(comparisons: Mapping[str, Comparison]) -> None:
    different = {key for one in comparisons.values() for key in one.different}
    different |= {key.rpartition(".")[0] for key in different}
    assert [key for key in explanations() if key not in different] == []
    assert len(explanations()) == len(set(explanations()))


def test_enough_caches_are_compared_and_equal(comparisons: Mapping[str, Comparison]) -> None:
    agreed = [one.agreed for one in comparisons.values() if one.agreed]
    assert len(agreed) > 200
    assert sum(agreed) > 2500
