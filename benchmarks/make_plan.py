"""Sizes → a Terraform plan as JSON: many neighbours, some caches, the same bytes every time.

    python benchmarks/make_plan.py PLAN.json [--megabytes 100] [--resources 50000] [--caches 440]

It is laid out as `terraform show -json` lays a plan out: one line, Terraform's order of members.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000
MODULES = 50
AWS = "registry.terraform.io/hashicorp/aws"
TEXT = "Kept for the team that answers when it rings at night; see the runbook before a change. "

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is made: its size in bytes, and how many resources and caches are in it."""

    size: int = 100 * MEGABYTE
    resources: int = 50_000
    caches: int = 440


@dataclass(frozen=True, slots=True)
class Variant:
    """A cache in a plan, and its expected verdict."""

    name: str
    kind: str
    verdict: str
    settings: Json
    before: Json | None = None
    """What an update changes, as it is today."""

    action: str = "create"
    reference: str | None = None
    """What the retention refers to, where only the apply knows it."""

    unknown: tuple[str, ...] = ()


CLUSTER = "aws_elasticache_cluster"
GROUP = "aws_elasticache_replication_group"
SERVERLESS = "aws_elasticache_serverless_cache"
RETENTION = "snapshot_retention_limit"

NEIGHBOUR = "this"
"""The name of every resource that is no cache."""

VARIANTS = (
    Variant("kept", GROUP, "pass", {"engine": "valkey", RETENTION: 7}, action="no-op"),
    Variant("long", GROUP, "pass", {"engine": "redis", RETENTION: 35}),
    Variant("off", GROUP, "fail", {"engine": "redis", RETENTION: 0}, action="no-op"),
    Variant("forgotten", CLUSTER, "fail", {"engine": "redis", RETENTION: None}),
    Variant(
        "stopping",
        GROUP,
        "fail",
        {"engine": "valkey", RETENTION: 0},
        before={RETENTION: 7},
        action="update",
    ),
    Variant("elastic", SERVERLESS, "pass", {"engine": "valkey", RETENTION: 3}),
    Variant("bare", SERVERLESS, "fail", {"engine": "redis"}, unknown=(RETENTION,)),
    Variant(
        "waiting",
        GROUP,
        "unknown",
        {"engine": "valkey"},
        reference="terraform_data.settings",
        unknown=(RETENTION,),
    ),
    Variant("pages", CLUSTER, "not_applicable", {"engine": "memcached", RETENTION: None}),
    Variant(
        "replica",
        CLUSTER,
        "not_applicable",
        {"engine": "redis", RETENTION: None, "replication_group_id": "orders"},
    ),
)


@dataclass(frozen=True, slots=True)
class Instance:
    """One resource instance: where it is, what it is, and what happens to it."""

    module: str
    kind: str
    name: str
    key: str
    action: str
    before: Json | None
    after: Json
    unknown: Json

    @property
    def address(self) -> str:
        """Terraform's address."""
        return f'{self.module}.{self.kind}.{self.name}["{self.key}"]'

    @property
    def head(self) -> Json:
        """The members that its entry in every list of a plan begins with."""
        return {
            "address": self.address,
            "mode": "managed",
            "type": self.kind,
            "name": self.name,
            "index": self.key,
            "provider_name": AWS,
        }

    def values(self, values: Json) -> Json:
        """Return its entry in `planned_values` or `prior_state`."""
        return {
            **self.head,
            "schema_version": 1,
            "values": values,
            "sensitive_values": {"tags": {}, "tags_all": {}},
        }

    def change(self) -> Json:
        """Return its entry in `resource_changes`."""
        address, *rest = self.head.items()
        return {
            **dict([address, ("module_address", self.module), *rest]),
            "change": {
                "actions": [self.action],
                "before": self.before,
                "after": self.after,
                "after_unknown": self.unknown,
                "before_sensitive": {"tags": {}, "tags_all": {}} if self.before else False,
                "after_sensitive": {"tags": {}, "tags_all": {}},
            },
        }


def write_plan(path: Path, shape: Shape = Shape()) -> Counter[str]:
    """Write the plan, within a percent of its size; return how many caches have which expected verdict.

    Blocks of caches without an instance count as absent.

    Raises:
        ValueError: it cannot be that small.

    """
    bare = sum(map(len, _pieces(shape, 0)))
    fuller = sum(map(len, _pieces(shape, len(TEXT))))
    filling = (shape.size - bare) * len(TEXT) // (fuller - bare)
    if filling < 0:
        raise ValueError(f"{shape.resources} resources take at least {bare / MEGABYTE:.0f} MB")
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(_pieces(shape, filling))
    expected = Counter(VARIANTS[number % len(VARIANTS)].verdict for number in range(shape.caches))
    made = {
        (one.module, one.name)
        for number in range(MODULES)
        for one in _instances(shape, number, 0)
        if one.name != NEIGHBOUR
    }
    expected["absent"] = MODULES * len(VARIANTS) - len(made)
    return expected


def _pieces(shape: Shape, filling: int) -> Iterator[str]:
    """Yield the plan's text; every neighbour is filled with so many characters."""
    modules = range(MODULES)
    yield '{"format_version":"1.2","terraform_version":"1.11.4"'
    yield ',"variables":{"region":{"value":"eu-central-1"}}'
    yield ',"planned_values":{"root_module":{"child_modules":['
    for number in modules:
        values = (one.values(one.after) for one in _instances(shape, number, filling))
        yield from _module(number, values)
    yield ']}},"resource_changes":['
    changes = (one.change() for number in modules for one in _instances(shape, number, filling))
    yield from _listed(changes)
    yield '],"output_changes":{},"prior_state":{"format_version":"1.0"'
    yield ',"terraform_version":"1.11.4","values":{"root_module":{"child_modules":['
    for number in modules:
        instances = _instances(shape, number, filling)
        yield from _module(number, (one.values(one.before) for one in instances if one.before))
    yield ']}}},"configuration":'
    yield _compact(_configuration())
    yield ',"relevant_attributes":[],"timestamp":"2026-11-02T08:30:00Z"'
    yield ',"applyable":true,"complete":true,"errored":false}\n'


def _module(number: int, values: Iterator[Json]) -> Iterator[str]:
    yield f'{"," if number else ""}{{"resources":['
    yield from _listed(values)
    yield f'],"address":"{_module_address(number)}"}}'


def _listed(entries: Iterator[Json]) -> Iterator[str]:
    comma = ""
    for entry in entries:
        yield comma + _compact(entry)
        comma = ","


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


def _module_address(number: int) -> str:
    return f"module.service_{number:02d}"


def _instances(shape: Shape, module: int, filling: int) -> Iterator[Instance]:
    """Yield a module's resources, its caches spread among them."""
    start, end = ((module + more) * shape.resources // MODULES for more in (0, 1))
    for number in range(start, end):
        cache = number * shape.caches // shape.resources
        if cache != (number - 1) * shape.caches // shape.resources:
            yield _cache(_module_address(module), cache)
        else:
            yield _neighbour(_module_address(module), number, filling)


def _cache(module: str, number: int) -> Instance:
    variant = VARIANTS[number % len(VARIANTS)]
    name = f"{variant.name}-{number:04d}"
    after = {
        "auto_minor_version_upgrade": "true",
        "description": f"Cache {number} of the shop",
        "node_type": "cache.r7g.large",
        "maintenance_window": "sun:05:00-sun:06:00",
        "snapshot_window": "02:00-03:00",
        "log_delivery_configuration": [],
        "security_group_ids": ["sg-0a1b2c3d4e5f60718"],
        "tags": _tags(number),
        **variant.settings,
    }
    exists = variant.action != "create"
    before = {"id": name, "arn": _arn("elasticache", name), **after} if exists else None
    unknown: Json = {"id": True, "arn": True} if before is None else {}
    unknown |= dict.fromkeys(variant.unknown, True)
    return Instance(
        module,
        variant.kind,
        variant.name,
        name,
        variant.action,
        before=before and before | (variant.before or {}),
        after=after if before is None else before,
        unknown=unknown,
    )


def _neighbour(module: str, number: int, filling: int) -> Instance:
    """Return a resource that is not a cache: an instance, role, security group or parameter in turn."""
    kind, make = NEIGHBOURS[number % len(NEIGHBOURS)]
    key = f"{number:05d}"
    values = make(key, _text(filling)) | {"tags": _tags(number)}
    action = ("create", "no-op", "create", "update", "create")[number // len(NEIGHBOURS) % 5]
    before = None if action == "create" else {"id": key, "arn": _arn("ec2", key), **values}
    return Instance(
        module,
        kind,
        NEIGHBOUR,
        key,
        action,
        before=before,
        after=values if before is None else before,
        unknown={"id": True, "arn": True, "tags_all": True} if before is None else {},
    )


def _text(length: int) -> str:
    return (TEXT * (length // len(TEXT) + 1))[:length]


def _tags(number: int) -> Json:
    return {"Service": f"service-{number % 97}", "Owner": "platform"}


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:eu-central-1:123456789012:resource/{name}"


def _server(key: str, text: str) -> Json:
    return {
        "ami": "ami-0a1b2c3d4e5f60718",
        "instance_type": "m7g.large",
        "metadata_options": [{"http_endpoint": "enabled", "http_tokens": "required"}],
        "root_block_device": [{"encrypted": True, "volume_size": 40, "volume_type": "gp3"}],
        "subnet_id": f"subnet-{key}",
        "user_data": f"#!/bin/sh\n# {text}\n",
    }


def _role(key: str, text: str) -> Json:
    principal = {"Service": "ec2.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {
        "name": f"role-{key}",
        "assume_role_policy": _compact({"Version": "2012-10-17", "Statement": [statement]}),
        "description": text,
        "inline_policy": [],
        "max_session_duration": 3600,
        "path": "/",
        "permissions_boundary": None,
    }


def _security_group(key: str, text: str) -> Json:
    rule = {"from_port": 6379, "to_port": 6379, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}
    return {
        "name": f"group-{key}",
        "description": text,
        "ingress": [{**rule, "self": False}],
        "egress": [],
    }


def _parameter(key: str, text: str) -> Json:
    return {"name": f"/shop/{key}", "type": "String", "value": text, "tier": "Standard"}


NEIGHBOURS = (
    ("aws_instance", _server),
    ("aws_iam_role", _role),
    ("aws_security_group", _security_group),
    ("aws_ssm_parameter", _parameter),
)


def _configuration() -> Json:
    calls = {
        f"service_{number:02d}": {
            "source": "./service",
            "expressions": {"region": {"references": ["var.region"]}},
            "module": {"resources": [*_neighbour_blocks(), *_cache_blocks()]},
        }
        for number in range(MODULES)
    }
    provider = {"aws": {"name": "aws", "full_name": AWS, "version_constraint": "~> 6.0"}}
    return {"provider_config": provider, "root_module": {"module_calls": calls}}


def _neighbour_blocks() -> Iterator[Json]:
    for kind, _ in NEIGHBOURS:
        yield _block(kind, NEIGHBOUR, {"tags": {"references": ["each.value.tags", "each.value"]}})


def _cache_blocks() -> Iterator[Json]:
    for variant in VARIANTS:
        expressions: Json = {
            name: {"references": [f"each.value.{name}", "each.value"]} for name in variant.settings
        }
        if variant.reference:
            origins = [f"{variant.reference}.output", variant.reference]
            expressions[RETENTION] = {"references": origins}
        yield _block(variant.kind, variant.name, expressions)


def _block(kind: str, name: str, expressions: Json) -> Json:
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_config_key": "aws",
        "expressions": expressions,
        "schema_version": 1,
        "for_each_expression": {"references": [f"local.{name}"]},
    }


def main() -> None:
    """Write a plan of the given size."""
    parser = argparse.ArgumentParser(description="Write a Terraform plan as JSON, of a given size.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--resources", type=int, default=50_000)
    parser.add_argument("--caches", type=int, default=440)
    words = parser.parse_args()
    shape = Shape(words.megabytes * MEGABYTE, words.resources, words.caches)
    verdicts = write_plan(words.path, shape)
    size = words.path.stat().st_size / MEGABYTE
    print(f"{words.path}: {size:.1f} MB, {shape.resources} resources, {shape.caches} caches")
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))


if __name__ == "__main__":
    main()
