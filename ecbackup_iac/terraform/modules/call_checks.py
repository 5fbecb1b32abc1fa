"""A module call and the module that it calls → what Terraform refuses about the call."""

from collections.abc import Iterator

from ecbackup_iac.hcl.expression import TupleNode
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.values.value import EvaluationError

_META_ARGUMENTS = {"source", "version", "count", "for_each", "providers", "depends_on"}

REPEATED_PROVIDERS = (
    "Module is incompatible with count, for_each, and depends_on: "
    "it, or one below it, configures a provider of its own"
)


def problems_of(call: Block, target: Module, *, is_repeated: bool) -> Iterator[EvaluationError]:
    """Yield what is wrong with a call; `is_repeated` is whether it or one above it `repeats`."""
    problem = _problem_of_arguments(call, target)
    if problem is not None:
        yield problem
    if is_repeated and target.configures_providers:
        yield EvaluationError(REPEATED_PROVIDERS, call.header)


def repeats(call: Block) -> bool:
    """Whether a module call has an argument that rules out providers in the module."""
    if any(call.body.attribute(name) is not None for name in ("count", "for_each")):
        return True
    written = call.body.attribute("depends_on")
    if written is None:
        return False
    is_empty = isinstance(written.expression, TupleNode) and not written.expression.items
    return not is_empty


def _problem_of_arguments(call: Block, target: Module) -> EvaluationError | None:
    """Return the first input that the module does not declare, or that it needs and the call lacks."""
    given = {written.name: written for written in call.body.attributes()}
    for name, written in given.items():
        if name not in target.variables and name not in _META_ARGUMENTS:
            text = f'Unsupported argument: the module has no variable named "{name}"'
            return EvaluationError(text, written.range)
    for name, variable in target.variables.items():
        if name not in given and variable.body.attribute("default") is None:
            text = f'Missing required argument: the module needs "{name}", and the call has none'
            return EvaluationError(text, call.header)
    return None
