"""What Checkov passes to a custom check → the cache that it is about.

It imports only the standard library, because Checkov loads it where our dependencies are not installed.
The shape of Checkov's `conf` was observed in Checkov 3.3.30: Terraform's values are in lists of one item, an
expression that it could not resolve is its text, and CloudFormation's intrinsic functions are maps.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from ecbackup_iac.checkov.details import CodeBlock
from ecbackup_iac.checkov.graph import Graph
from ecbackup_iac.model.cache import CacheResource, ClusterModeSetting, enables_cluster_mode
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, Outcome, Settled, Unknown, Unset, Value
from ecbackup_iac.readers.cloudformation import resource_types as cloudformation_types
from ecbackup_iac.readers.terraform import resource_types as aws_provider
from ecbackup_iac.readers.terraform.resource_types import (
    Attributes,
    in_cluster_mode,
    replication_group_of,
)
from ecbackup_iac.readers.terraform_json.plan_configuration import Blocks, ConfigurationModule
from ecbackup_iac.readers.terraform_json.planned_change import read_change

T = TypeVar("T")

Conf: TypeAlias = Mapping[str, Any]

MAX_PLAN_BYTES = 500_000_000
"""Bytes; Checkov itself reads 50 MB."""

MAX_OUTCOMES = 64
"""Branches of nested `Fn::If`; a value with more is unknown."""

# An expression that Checkov did not resolve: a reference, a call, an index, an operator. A literal that
# looks like one is unknown too, because a guess is forbidden.
_EXPRESSION = re.compile(r"[.(\[{?$<>=!*/%&|]|^true_after_unknown$|\s")

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

# Names that contain dots: node types, AWS's own parameter groups.
_DOTTED = re.compile(r"(cache|default)\.[\w.-]+")

_UNRESOLVED = "Checkov does not resolve"


def terraform_cache(kind: str, conf: Conf, graph: Graph | None = None) -> CacheResource:
    """Return the cache that a Terraform resource block declares; `kind` is its type.

    A plan is read from its file, because Checkov shows what the plan does not know yet as not set. In
    configuration, what Checkov derives from a value that is not set is unknown: it takes one branch of a
    condition that it cannot evaluate. `graph` contains what each attribute refers to.
    """
    planned = _planned_cache(conf)
    if planned is not None:
        return planned
    attributes = aws_provider.RESOURCE_TYPES[kind]
    settings = {name: _unwrapped(value) for name, value in conf.items()}
    for name in _unresolved_names(settings, graph):
        settings[name] = _NOT_DECIDED
    address = str(_unwrapped(conf.get("__address__")) or kind)

    def text(name: str | None) -> Value[str]:
        return _text(settings.get(name)) if name else Unset()

    return CacheResource(
        address=address,
        type=kind,
        form=attributes.form,
        source=Source.TERRAFORM,
        root="",
        location=Location(""),
        retention=_days(settings.get(attributes.retention)),
        retention_name=attributes.retention,
        engine=text(attributes.engine),
        node_type=text(attributes.node_type),
        replication_group=_group(settings, attributes),
        cluster_mode=_cluster_mode(settings, attributes),
        backup_window=text(attributes.backup_window),
        maintenance_window=text(attributes.maintenance_window),
    )


def code_block(conf: Conf, path: str, graph: Graph | None = None) -> CodeBlock:
    """Return where Terraform configuration declares a cache; a plan has no line for it."""
    first, last = conf.get("__start_line__"), conf.get("__end_line__")
    if not isinstance(first, int) or not isinstance(last, int):
        return CodeBlock(path)
    return CodeBlock(path, graph.file_of(conf.get("__address__")) if graph else "", first, last)


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


# Terraform


_NOT_DECIDED = "${...}"
"""The text for a value that Checkov cannot know, in the form of an expression."""


def _unresolved_names(settings: Conf, graph: Graph | None) -> set[str]:
    """Return the attributes that Checkov cannot resolve; any reference to a group is enough."""
    names = graph.unresolved(settings.get("__address__")) if graph else set()
    return {name for name in names if name in settings} - {"replication_group_id"}


def _unwrapped(value: object) -> object:
    """Return a value without the list of one item in which Checkov passes each attribute."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _days(expression: object) -> Value[int]:
    """Return the retention that Checkov has for an attribute, resolved or not."""
    return _unresolved(expression, _NUMBER) or aws_provider.days_of(expression)


def _text(expression: object) -> Value[str]:
    """Return the string that Checkov has for an attribute, resolved or not."""
    return _unresolved(expression, _DOTTED) or aws_provider.text_of(expression)


def _unresolved(expression: object, literal: re.Pattern[str]) -> Unknown[Any] | None:
    """Return the unknown value of an expression that Checkov did not resolve; None for any other."""
    if isinstance(
        expression, Mapping | list
    ):  # Checkov passes the map where the attribute refers to a member
        return Unknown(f"{_UNRESOLVED} the expression")
    if not isinstance(expression, str) or literal.fullmatch(expression):
        return None
    is_unresolved = _EXPRESSION.search(expression)
    return Unknown(f"{_UNRESOLVED} {expression[:80]}") if is_unresolved else None


def _group(settings: Conf, attributes: Attributes) -> Value[str]:
    """Return the group that a cluster belongs to: Terraform accepts either a group or an engine."""
    name = attributes.replication_group
    group_id = settings.get(name) if name else None
    if group_id is None or group_id == "":
        return Unset()
    return replication_group_of(
        _text(group_id),
        is_engine_set=settings.get(attributes.engine) is not None,
        reference=str(group_id)[:80],
    )


def _cluster_mode(settings: Conf, attributes: Attributes) -> Value[bool]:
    """Return whether a group is in cluster mode, as far as Checkov resolves what decides it."""
    if not attributes.cluster_mode:
        return Known(value=False)
    names = (*attributes.cluster_mode, "dynamic")
    is_unresolved = {
        name: name == "dynamic" or isinstance(_text(settings[name]), Unknown)
        for name in names
        if isinstance(settings.get(name), str | dict)
    }
    # The block of old providers is a map, which is not an expression.
    is_unresolved["cluster_mode"] = (
        isinstance(settings.get("cluster_mode"), str) and is_unresolved["cluster_mode"]
    )
    known_settings = {
        name: value for name, value in settings.items() if not is_unresolved.get(name)
    }
    if in_cluster_mode(known_settings, attributes) or isinstance(
        known_settings.get("cluster_mode"), Mapping
    ):
        return Known(value=True)
    return Unknown("cluster mode is unknown") if any(is_unresolved.values()) else Known(value=False)


# Plans


def _planned_cache(conf: Conf) -> CacheResource | None:
    """Return the cache as it is in the plan's file; None where Checkov does not read a plan."""
    path, address = _unwrapped(conf.get("__file__")), _unwrapped(conf.get("__address__"))
    if not isinstance(path, str) or not isinstance(address, str):
        return None
    change_and_blocks = _plan(path).get(address)
    if change_and_blocks is None:
        return None
    change, blocks = change_and_blocks
    return read_change(change, blocks, path)


@lru_cache(maxsize=8)
def _plan(path: str) -> dict[str, tuple[Any, Blocks]]:
    """Return a plan as address → its change and the blocks of its configuration; {} for any other file."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_PLAN_BYTES + 1)
        plan = json.loads(content) if len(content) <= MAX_PLAN_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    changes = plan.get("resource_changes") if isinstance(plan, dict) else None
    if not isinstance(changes, list):
        return {}
    configuration = plan.get("configuration")
    top = configuration.get("root_module") if isinstance(configuration, dict) else None
    module: ConfigurationModule = top if isinstance(top, dict) else {}  # type: ignore[assignment]  # every reader of it checks what it reads
    blocks = Blocks(module)
    return {
        change["address"]: (change, blocks)
        for change in changes
        if isinstance(change, dict)
        and change.get("type") in aws_provider.RESOURCE_TYPES
        and isinstance(change.get("address"), str)
        and isinstance(change.get("change"), dict)
    }


# CloudFormation


def _macro_value(maps: Iterable[Conf], written: object) -> Unknown[int] | None:
    """Return the unknown retention that a macro in a resource may set; None where none can.

    AWS::Include adds what a file contains; any other macro may also change what is written beside it.
    """
    for call in (entries["Fn::Transform"] for entries in maps if "Fn::Transform" in entries):
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
            is_unresolved = isinstance(value, Mapping) or _has_functions(value)
            answers.add(None if is_unresolved else enables_cluster_mode(setting, value))
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
