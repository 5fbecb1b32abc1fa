"""What moto makes of templates: run by its own environment's Python, never by the tests' own.

Reads a JSON list of templates, {"key", "text", "given"}. Prints by key a list of ways to give the parameters
that have no value, each as {"given", "caches"}: what every cache that exists then has, {logical id:
{property: [value]}}. Where moto fails, the error is a text instead.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

# They are not in the tests' environment, on purpose.
from cfnlint.template import Template  # type: ignore[import-not-found]
from moto.cloudformation.models import Stack  # type: ignore[import-not-found]
from moto.cloudformation.parsing import ResourceMap, clean_json  # type: ignore[import-not-found]

CACHES = tuple(
    f"AWS::ElastiCache::{name}" for name in ("CacheCluster", "ReplicationGroup", "ServerlessCache")
)
PROPERTIES = ("SnapshotRetentionLimit", "Engine")
MAX_WAYS = 16


def main() -> None:
    """Answer for every template."""
    requests = json.load(sys.stdin)
    answers = {one["key"]: list(ways(one["text"], one["given"])) for one in requests}
    json.dump(answers, sys.stdout, default=str)


def ways(text: str, given: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Return what a template's caches are, with each way to give what has no value."""
    try:
        template = long_spelt(Stack.parse_template(text))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        yield {"given": given, "caches": error_text(error)}
        return
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        yield {"given": given, "caches": {}}
        return
    slots = template.get("Parameters") or {}
    values = {
        name: values_for(name, slot, template)
        for name, slot in slots.items()
        if slot.get("Default") is None and name not in given
    }
    for chosen in itertools.islice(itertools.product(*values.values()), MAX_WAYS):
        parameters = given | dict(zip(values, chosen, strict=True))
        try:
            found: object = caches(template, parameters)
        except Exception as error:  # noqa: BLE001
            found = error_text(error)
        yield {"given": parameters, "caches": found}


def caches(template: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """Return what moto resolves of the caches that exist."""
    template = unrolled(template, given)
    names = ("StackId", "StackName", "Region", "AccountId")
    stack, name, region, account = (given[f"AWS::{one}"] for one in names)
    resolved = ResourceMap(stack, name, given, {}, region, account, template, {})
    resolved.load_mapping()
    resolved.load_parameters()
    resolved.load_conditions()
    found: dict[str, Any] = {}
    for logical_id, resource in template["Resources"].items():
        if not isinstance(resource, dict) or not resource.get("Type", "").startswith(CACHES):
            continue
        condition = resource.get("Condition")
        if condition and not resolved.lazy_condition_map[condition]:
            continue
        properties = resource.get("Properties") or {}
        found[logical_id] = {one: value_of(properties, one, resolved) for one in PROPERTIES}
    return found


def unrolled(template: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """Let cfn-lint transform loops, which moto does not know; it knows parameters by their defaults alone."""
    named = template.get("Transform", [])
    if "AWS::LanguageExtensions" not in ([named] if isinstance(named, str) else named):
        return template
    slots = template.get("Parameters", {})
    defaults = {
        name: slot | {"Default": given.get(name, slot.get("Default"))}
        for name, slot in slots.items()
    }
    linted = Template("", template | {"Parameters": defaults}, [given["AWS::Region"]])
    matches = linted.transform()
    if matches:
        raise ValueError(matches[0].message)
    return dict(linted.template)


def value_of(properties: dict[str, Any], name: str, resolved: Any) -> list[Any] | str:  # noqa: ANN401
    """Return [the value], null where there is none; the error as a text where moto fails."""
    requests = properties if "Fn::If" in properties else {name: properties.get(name)}
    try:
        return [clean_json(requests, resolved).get(name)]
    except Exception as error:  # noqa: BLE001
        return error_text(error)


def values_for(name: str, slot: dict[str, Any], template: dict[str, Any]) -> list[str]:
    """Return values for a parameter that has none: those that decide something, and another one."""
    if "AllowedValues" in slot:
        return [spelt(value) for value in slot["AllowedValues"]]
    reference = {"Ref": name}
    compared: list[str] = []
    keys: list[str] = []
    for function, operands in entries(template):
        if function == "Fn::Equals" and reference in operands:
            compared += [spelt(one) for one in operands if isinstance(one, str | int | float)]
        if function == "Fn::FindInMap" and reference in operands and isinstance(operands[0], str):
            mapping = template["Mappings"][operands[0]]
            inner = [key for entry in mapping.values() for key in entry]
            keys += map(spelt, mapping if operands[1] == reference else inner)
    bounds = [spelt(slot[one]) for one in ("MinValue", "MaxValue") if one in slot]
    others = ["7", "0"] if "Number" in slot["Type"] else ["other"[: int(slot.get("MaxLength", 5))]]
    return list(dict.fromkeys(compared + (keys or bounds or others)))


def entries(value: object) -> Iterator[tuple[str, Any]]:
    """Yield every entry of every map."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from entries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from entries(inner)


def long_spelt(value: object) -> object:
    """Fix what moto's own reader of YAML makes of `!Condition`: `Fn::Condition`, which there is not."""
    if isinstance(value, dict):
        return {
            "Condition" if key == "Fn::Condition" else key: long_spelt(inner)
            for key, inner in value.items()
        }
    return [long_spelt(inner) for inner in value] if isinstance(value, list) else value


def spelt(value: object) -> str:
    """Return a literal as the text that a parameter takes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def error_text(error: Exception) -> str:
    """Return an error as a text."""
    return f"{type(error).__name__}: {error}"


main()
