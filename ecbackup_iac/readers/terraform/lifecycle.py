"""A resource's `lifecycle` → its conditions that fail, and the attributes whose changes are ignored."""

from collections.abc import Iterator

from ecbackup_iac.hcl.expression import Literal, Name, TupleNode
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.readers.terraform.arguments import Arguments
from ecbackup_iac.terraform.modules.problems import check_rule, condition
from ecbackup_iac.terraform.values.value import EvaluationError


def failed_conditions(resource: Block, block: Arguments) -> Iterator[tuple[Location, str]]:
    """Yield the preconditions and postconditions that fail, each with Terraform's message."""
    for lifecycle in resource.body.blocks("lifecycle"):
        rules = [(rule, "pre") for rule in lifecycle.body.blocks("precondition")]
        rules += [(rule, "post") for rule in lifecycle.body.blocks("postcondition")]
        for rule, when in rules:
            is_evaluated = False
            try:
                check_rule(rule)
                is_evaluated = True
                holds = condition(rule, block.value)
            except EvaluationError as error:
                if when == "pre" or not is_evaluated:
                    yield (error.origin or rule.header).location, error.message
                continue
            written = rule.body.attribute("condition")
            if holds.raw is False and written is not None:
                yield written.range.location, f"Resource {when}condition failed"


def is_ignored(block: Block, name: str) -> bool:
    """Whether `ignore_changes` covers an attribute."""
    for lifecycle in block.body.blocks("lifecycle"):
        ignored = lifecycle.body.attribute("ignore_changes")
        if ignored is None:
            continue
        node = ignored.expression
        items = node.items if isinstance(node, TupleNode) else (node,)
        for item in items:
            if isinstance(item, Name) and item.name in (name, "all"):
                return True
            if isinstance(item, Literal) and item.value in (name, "all"):
                return True
    return False
