"""The source and the inputs of a module that was not read → whether it looks like a cache.

A module is named after what it makes, so the last segments of its source's path decide, and otherwise
inputs that only a cache has. An input about another cache (its subnets, its address) is not one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import Known
from ecbackup_iac.readers.terraform.published.sources import path_segments
from ecbackup_iac.readers.terraform.resource_types import CACHE_WORDS, days_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import UNKNOWN_SCOPE, Scope
from ecbackup_iac.terraform.modules.module import META_ARGUMENTS
from ecbackup_iac.terraform.roots.ruling_out import may_name
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import UnknownRaw, Value

_INPUT_WORDS = (*CACHE_WORDS, b"snapshot_retention", b"_cache_", b"cache_node", b"node_group")
"""In lower case: a call in which none of them is written has no input that only a cache has."""

_CACHE = re.compile(
    r"(?:aws)?(?:elasticache|redis|valkey|memcached?)"
    r"(?:elasticache|redis|valkey|memcached?|cache|cluster|group|node|serverless|v?\d\w*)*s?"
)
"""A word that names a cache: `redis`, `redis7`, `rediscache`."""

# Segments of a path that say nothing about what the module makes.
_GENERIC = re.compile(
    r"aws|terraform|modules?|main|src|this|default|v?\d[\w.]*"
    r"|(?:serverless|replication|standalone|single)?[-_]?(?:cache|cluster|group)?s?|wrappers?"
)
_PLAIN_CACHE = re.compile(r"(?:terraform-)?(?:aws-)?caches?")

# In the name of a module of something next to a cache, or of another service.
_NO_CACHE = frozenset(
    """
    alarm alarms alert alerts monitor monitors monitoring dashboard dashboards metric metrics
    exporter user users usergroup parameter parameters params subnet subnets memorydb redshift sg
    security iam policy policies secret secrets dns route53 helm k8s kubernetes azure azurerm
    google gcp alicloud digitalocean ibm oci tencentcloud yandex
    """.split()  # noqa: SIM905 - a list of words
)
# In the name of a module of something that may include a cache, and mostly does not.
_MAY_INCLUDE_CACHE = {"vpc", "network", "networking", "ecs", "ec2", "eks", "proxy", "lambda"}

_NODE_TYPE = re.compile(
    r"cache\.[a-z]{1,2}\d[a-z0-9]*\.(?:nano|micro|small|medium|metal|(?:\d*x)?large)"
)
_OTHER_NODE_TYPE = re.compile(r"(?:db|ra3|dc2)\.[a-z0-9]+(?:\.[a-z0-9]+)?|ra3\.\w+")
_ENGINES = {"redis", "valkey", "memcached"}

_NAMES = re.compile(
    r"num_cache_(?:nodes|clusters)|number_cache_clusters|num_node_groups|replicas_per_node_group"
    r"|cache_node_type"
)
_SNAPSHOT_RETENTION = re.compile(r"(?:\w+_)?snapshot_retention_limit")
_RETENTION = re.compile(
    r"(?!(?:\w+_)?(?:rds|db|database|aurora|postgres|mysql|docdb|documentdb|redshift|logs?)_)"
    r"(?:\w+_)?(?:snapshot|backup)s?_(?:retention(?:_\w+)?|days)|(?:\w+_)?retention_(?:days|limit)"
)
_SETTINGS = frozenset(
    """
    node nodes instance class size shards replicas cluster clusters retention snapshot snapshots
    backup backups engine
    """.split()  # noqa: SIM905 - a list of words
)
_SWITCHES = {"create", "enable", "enabled", "deploy", "provision"}
_NO_SETTINGS = frozenset(
    """
    subnet subnets security sg host hosts hostname url uri endpoint endpoints address port
    password user users auth secret id ids arn arns alarm alarms parameter parameters tags name
    names chart helm image cidr cidrs vpc
    """.split()  # noqa: SIM905 - a list of words
)


@record
class PassedRetention:
    """A retention that a call passes to a module that was not read."""

    name: str
    """The input, with dots for members of objects."""

    days: Known[int]
    location: Location
    """The location of the input."""


def looks_like_cache(source: str, block: Block | None = None, scope: Scope = UNKNOWN_SCOPE) -> bool:
    """Whether an unread module looks like one that makes caches, by its source or its inputs.

    Without a scope, only what is written in the call itself is known of its inputs.
    """
    by_source = _by_source(source)
    if by_source is not None or block is None:
        return bool(by_source)
    written = block.range.file.text[block.range.start : block.range.end]
    if scope is UNKNOWN_SCOPE and not may_name(written, _INPUT_WORDS):
        return False
    may_include_cache = bool(_words(" ".join(_last(path_segments(source)))) & _MAY_INCLUDE_CACHE)
    return _by_inputs([*_inputs(block, scope)], may_include_cache=may_include_cache)


def passed_retentions(block: Block, scope: Scope) -> list[PassedRetention]:
    """Return the retentions that a call passes, as far as they are known and may be shown."""
    location = {attribute.name: attribute.range.location for attribute in block.body.attributes()}
    found = []
    for path, value in _inputs(block, scope):
        if _RETENTION.fullmatch(path.rpartition(".")[2]) and not value.is_hidden:
            days = days_of(value.raw)
            if isinstance(days, Known):
                found.append(PassedRetention(path, days, location[path.partition(".")[0]]))
    return found


def _by_source(source: str) -> bool | None:
    """Whether a source's path is that of a cache; None where it does not say."""
    segments = path_segments(source)
    last = _last(segments)
    words = _words(" ".join(last))
    # The published module of security groups has one for each service: //modules/redis.
    if words & _NO_CACHE or any("security-group" in segment for segment in segments):
        return False
    if words & _MAY_INCLUDE_CACHE:
        return None
    is_named_cache = any(_PLAIN_CACHE.fullmatch(segment) for segment in last)
    return True if any(map(_CACHE.fullmatch, words)) or is_named_cache else None


def _last(segments: Sequence[str]) -> list[str]:
    """Return the last segment of a path that says something, and the generic ones after it."""
    found: list[str] = []
    for segment in reversed(segments):
        found.append(segment)
        if not _GENERIC.fullmatch(segment):
            break
    return found


def _words(text: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", text.lower())) - {""}


def _inputs(block: Block, scope: Scope) -> Iterator[tuple[str, Value]]:
    """Yield a call's inputs and what they contain, with the path to it, as far as it can be evaluated."""
    evaluator = Evaluator(scope)
    for attribute in block.body.attributes():
        if attribute.name in META_ARGUMENTS:
            continue
        with suppress(EvaluationError, RecursionError):
            yield from _entries(attribute.name, evaluator.value(attribute.expression))


def _entries(path: str, value: Value) -> Iterator[tuple[str, Value]]:
    charge()
    yield path, value
    if isinstance(value.raw, UnknownRaw):
        for outcome in value.raw.outcomes:
            yield from _entries(path, outcome.value)
    elif isinstance(value.raw, Mapping):
        for name, member in value.members.items():
            yield from _entries(f"{path}.{name}", member)
    elif isinstance(value.raw, tuple):
        for element in value.elements:
            yield from _entries(path, element)


def _by_inputs(inputs: Sequence[tuple[str, Value]], *, may_include_cache: bool) -> bool:
    texts = [value.raw.lower() for _, value in inputs if isinstance(value.raw, str)]
    if any(map(_NODE_TYPE.fullmatch, texts)):
        return True
    has_other_nodes = any(map(_OTHER_NODE_TYPE.fullmatch, texts))
    return any(
        _NAMES.fullmatch(name)
        or (_SNAPSHOT_RETENTION.fullmatch(name) and not has_other_nodes)
        or (not may_include_cache and (_is_engine(name, value) or _is_setting(name)))
        for path, value in inputs
        if _is_given(value)
        for name in [path.rpartition(".")[2].lower()]
    )


def _is_given(value: Value) -> bool:
    """Whether an input is neither absent nor turned off, as far as is known."""
    if isinstance(value.raw, UnknownRaw):
        return True
    return not (value.is_null or value.raw in (False, "", "false", "memorydb")) and (
        not isinstance(value.raw, Mapping | tuple) or bool(value.raw)
    )


def _is_engine(name: str, value: Value) -> bool:
    if not isinstance(value.raw, str):
        return False
    text = value.raw.lower()
    if name.endswith("engine") or name == "engine_name":
        return text in _ENGINES
    return text == "elasticache" and name in ("type", "kind", "service")


def _is_setting(name: str) -> bool:
    """Whether a name is that of a cache's own setting: `redis_instance_type`, `elasticache_clusters`."""
    words = _words(name)
    if not any(map(_CACHE.fullmatch, words)) or words & _NO_SETTINGS:
        return False
    is_switch = bool(words & _SWITCHES) and "elasticache" in words
    return is_switch or bool(words & _SETTINGS)
