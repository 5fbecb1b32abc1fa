"""A resource instance → what Terraform or the AWS provider rejects of it in a plan."""

from collections.abc import Iterator
from itertools import chain, islice

from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.readers.terraform.arguments import Arguments, rejected
from ecbackup_iac.readers.terraform.provider_schemas import provider_schema
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES, RETENTION, cache_type
from ecbackup_iac.readers.terraform.settings import shown_text
from ecbackup_iac.terraform.modules.block_schemas import block_problems
from ecbackup_iac.terraform.modules.expansion import ResourceInstance
from ecbackup_iac.terraform.modules.problems import (
    check_rule,
    rule_condition_value,
    undeclared_names,
    undeclared_reference,
)
from ecbackup_iac.terraform.modules.resource_values import kept_value
from ecbackup_iac.terraform.values.errors import EvaluationError

# The provider rejects these together with replication_group_id (provider source, cluster.go, ConflictsWith).
_NOT_FOR_MEMBERS = (
    "az_mode", "engine_version", "maintenance_window", "node_type", "notification_topic_arn",
    "num_cache_nodes", "parameter_group_name", "port", "security_group_ids", "snapshot_arns",
    "snapshot_name", "snapshot_retention_limit", "snapshot_window", "subnet_group_name",
)  # fmt: skip

# The engines that the provider takes (provider source); a group's are compared without regard to case.
_ENGINES = {
    "aws_elasticache_cluster": ("memcached", "redis", "valkey"),
    "aws_elasticache_replication_group": ("redis", "valkey"),
}


def rejections(
    found: ResourceInstance, arguments: Arguments, *, with_arguments: bool
) -> Iterator[Diagnostic]:
    """Yield what is rejected of a resource itself: every argument, or else the first broken rule.

    Of the provider's rules only those on engine and replication_group_id are checked.
    """
    header, is_rejected = found.block.header.location, False
    if found.kind not in RESOURCE_TYPES:
        meant = cache_type(found.kind)
        text = f"Invalid resource type: there is no {found.kind}; did you mean {meant}?"
        yield Diagnostic(text, header)
    for error in _rejected_arguments(found, arguments) if with_arguments else ():
        is_rejected = True
        yield rejected(error, header)
    if not is_rejected:
        after = Arguments(found.block, found.condition_scope, arguments.give_up)
        broken = chain(
            _failed_conditions(found.block, "pre", arguments),
            _failed_conditions(found.block, "post", after),
            _engine_rule(found.kind, arguments),
            _membership_rules(arguments) if found.kind == "aws_elasticache_cluster" else (),
        )
        for location, message in islice(broken, 1):
            yield Diagnostic(message, location)


def _rejected_arguments(found: ResourceInstance, arguments: Arguments) -> Iterator[EvaluationError]:
    """Yield what Terraform rejects of a resource's arguments: what they refer to, and their types.

    A retention of a wrong type is for the rule.
    """
    module = found.scope.instance.module
    yield from undeclared_names(found.scope.instance, found.block)
    is_terraform = found.scope.instance.configuration.is_terraform
    lifecycles = found.block.body.blocks("lifecycle")
    for lifecycle in lifecycles:
        yield from block_problems(lifecycle, is_terraform=is_terraform)
    for second in lifecycles[1:]:
        yield EvaluationError("Duplicate lifecycle block: a resource has one", second.header)
    written = {attribute.name: attribute for attribute in found.block.body.attributes()}
    for name, schema in provider_schema(found.kind).items():
        given = [(arguments, written[name])] if name in written else []
        if schema.is_block:
            try:
                given = list(_nested_arguments(found.block, name, arguments))
            except EvaluationError as error:
                yield error.at(found.block.header)
                continue
        for scope, attribute in given:
            try:
                value = scope.value(attribute)
                if not schema.is_block and name != RETENTION:
                    kept_value(attribute, value, schema)
                undeclared = undeclared_reference(module, attribute)
                if undeclared is not None:
                    yield undeclared
            except EvaluationError as error:
                yield error.at(attribute.range)


def _nested_arguments(
    resource: Block, name: str, arguments: Arguments
) -> Iterator[tuple[Arguments, Attribute]]:
    """Yield the arguments of nested blocks, written out or dynamic. Raises EvaluationError."""
    nested = [(arguments, inner) for inner in resource.body.blocks(name)]
    for dynamic in resource.body.blocks("dynamic", 1):
        if dynamic.labels[0] == name:
            nested += arguments.dynamic_contents(dynamic)
    for scope, inner in nested:
        yield from ((scope, attribute) for attribute in inner.body.attributes())


def _failed_conditions(
    resource: Block, when: str, arguments: Arguments
) -> Iterator[tuple[Location, str]]:
    """Yield the preconditions or postconditions that fail, each with Terraform's message."""
    for lifecycle in resource.body.blocks("lifecycle"):
        for rule in lifecycle.body.blocks(f"{when}condition"):
            is_evaluated = False
            try:
                check_rule(rule)
                is_evaluated = True
                is_met = rule_condition_value(
                    rule, lambda attribute: arguments.evaluated(attribute.expression, attribute)
                )
            except EvaluationError as error:
                if when == "pre" or not is_evaluated:
                    yield (error.origin or rule.header).location, error.message
                continue
            written = rule.body.attribute("condition")
            if is_met.raw is False and not is_met.is_unknown_to_plan and written is not None:
                yield written.range.location, f"Resource {when}condition failed"


def _engine_rule(kind: str, arguments: Arguments) -> Iterator[tuple[Location, str]]:
    engine, argument = arguments.known("engine"), arguments.attribute("engine")
    engines = _ENGINES.get(kind)
    if not engines or engine is None or not isinstance(engine.raw, str) or argument is None:
        return
    name = engine.raw if kind == "aws_elasticache_cluster" else engine.raw.lower()
    if name not in engines:
        shown = shown_text(engine, engine.raw)
        listed = " ".join(f'"{accepted}"' for accepted in engines)
        yield argument.range.location, f"expected engine to be one of [{listed}], got {shown}"


def _membership_rules(arguments: Arguments) -> Iterator[tuple[Location, str]]:
    group, argument = (
        arguments.known("replication_group_id"),
        arguments.attribute("replication_group_id"),
    )
    if group is not None and argument is not None:
        location = argument.range.location
        if arguments.known("engine") is not None:
            yield location, "only one of engine, replication_group_id can be specified"
        for name in _NOT_FOR_MEMBERS:
            if arguments.known(name) is not None:
                yield location, f'"replication_group_id": conflicts with {name}'
    elif arguments.is_unset("replication_group_id") and arguments.is_unset("engine"):
        text = "one of engine, replication_group_id must be specified"
        yield arguments.header.location, text
