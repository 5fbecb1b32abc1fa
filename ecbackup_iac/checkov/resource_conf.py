"""What Checkov passes to a custom check for a resource of a template → the cache that it is about.

The shape of Checkov's `conf` was observed in Checkov 3.3.30: intrinsic functions are maps.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from ecbackup_iac.model.cache import CacheResource, ClusterModeSetting, enables_cluster_mode
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, Outcome, Settled, Unknown, Unset, Value
from ecbackup_iac.readers.cloudformation import resource_types as cloudformation_types
from ecbackup_iac.readers.terraform import resource_types as aws_provider

T = TypeVar("T")

Conf: TypeAlias = Mapping[str, Any]

MAX_OUTCOMES = 64
"""Branches of nested `Fn::If`; a value with more is unknown."""

_UNRESOLVED = "Checkov does not resolve"


def template_cache(kind: str, conf: Conf) -> CacheResource:
    """Return the cache that a resource of a CloudFormation template is; `kind` is its type."""
    names = cloudformation_types.RESOURCE_TYPES[kind]
    section = conf.get("Properties")
    properties: Conf = section if isinstance(section, Mapping) else {}

    def text(name: str | None) -> Value[str]:
        return _outcomes(properties.get(name), _settled_text) if name else Unset()

    return CacheResource(
        address=kind,
        type=kind,
        form=names.form,
        source=Source.CLOUDFORMATION,
        root="",
        location=Location(""),
        retention=_macro_value((conf, properties), properties.get(names.retention))
        or _outcomes(properties.get(names.retention), _settled_days),
        retention_name=names.retention,
        engine=text(names.engine),
        node_type=text(names.node_type),
        cluster_mode=_template_cluster_mode(properties, names.cluster_mode),
        backup_window=text(names.backup_window),
        maintenance_window=text(names.maintenance_window),
    )


def _macro_value(maps: Iterable[Conf], written: object) -> Unknown[int] | None:
    """Return the unknown retention that a macro in a resource may set; None where none can.

    AWS::Include adds what a file contains; any other macro may also change what is written beside it.
    """
    for call in (one["Fn::Transform"] for one in maps if "Fn::Transform" in one):
        includes = isinstance(call, Mapping) and call.get("Name") == "AWS::Include"
        if not includes or written is None:
            return Unknown(f"{_UNRESOLVED} a macro")
    return None


def _outcomes(node: object, settle: Callable[[object], Settled[T] | None]) -> Value[T]:
    """Return a property, with both branches of every `Fn::If` that Checkov does not resolve as outcomes."""
    if node is None:
        return Unset()
    branches = list(_branches(node, ""))
    if len(branches) > MAX_OUTCOMES:
        return Unknown(f"it depends on more than {MAX_OUTCOMES} outcomes")
    values = [(settle(value), when) for value, when in branches]
    outcomes = [Outcome(value, when) for value, when in values if value is not None]
    if len(outcomes) < len(values):
        return Unknown(f"{_UNRESOLVED} {_shown(node)}")
    if len(outcomes) == 1:
        return outcomes[0].value
    conditions = dict.fromkeys(
        re.sub(r" is (true|false)$", "", outcome.when) for outcome in outcomes
    )
    return Unknown(f"it depends on {' and '.join(conditions)}", tuple(outcomes))


def _branches(node: object, when: str, depth: int = 0) -> Iterator[tuple[object, str]]:
    """Yield every possible value with its condition."""
    match node:
        case {"Fn::If": [name, if_true, if_false]} if depth <= MAX_OUTCOMES:
            for value, word in ((if_true, "true"), (if_false, "false")):
                condition = f"{name} is {word}"
                nested = f"{when} and {condition}" if when else condition
                yield from _branches(value, nested, depth + 1)
        case _:
            yield node, when


def _settled_days(node: object) -> Settled[int] | None:
    if isinstance(node, Mapping):
        return Unset() if node.get("Ref") == "AWS::NoValue" else None
    return cloudformation_types.days_of(_plain(node), ())


def _settled_text(node: object) -> Settled[str] | None:
    if isinstance(node, Mapping):
        return Unset() if node.get("Ref") == "AWS::NoValue" else None
    return aws_provider.text_of(_plain(node))


def _plain(node: object) -> object:
    """Return Checkov's own texts and lists, which carry locations, as plain ones."""
    if isinstance(node, str):
        return str(node)
    return list(node) if isinstance(node, list) else node


def _template_cluster_mode(
    properties: Conf, names: Mapping[str, ClusterModeSetting]
) -> Value[bool]:
    answers = set()
    for name, setting in names.items():
        for node, _ in _branches(properties.get(name), ""):
            value = node
            if isinstance(node, list):
                value = [item for item in node if not _is_no_value(item)]
            is_open = isinstance(value, Mapping) or _has_functions(value)
            answers.add(None if is_open else enables_cluster_mode(setting, value))
    if answers <= {False}:
        return Known(value=False)
    if None not in answers and not any(_is_conditional(properties.get(name)) for name in names):
        return Known(value=True)
    return Unknown("cluster mode is unknown")


def _is_no_value(node: object) -> bool:
    return isinstance(node, Mapping) and node.get("Ref") == "AWS::NoValue"


def _has_functions(node: object) -> bool:
    """Whether a list has items that may become no item, or several."""
    return isinstance(node, list) and any(
        isinstance(item, Mapping) and any(str(name).startswith(("Fn::", "Ref")) for name in item)
        for item in node
    )


def _is_conditional(node: object) -> bool:
    return isinstance(node, Mapping) and "Fn::If" in node


def _shown(node: object) -> str:
    """Return the name of the function that a value comes from."""
    if isinstance(node, Mapping):
        names = [name for name in node if not str(name).startswith("__")]
        return " and ".join(map(str, names[:2])) or "the value"
    return "the value"
