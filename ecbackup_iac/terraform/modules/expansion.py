"""A module instance → the resource instances in it and in the modules that it calls."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from ecbackup_iac.hcl.expression import TupleNode
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.near_miss import nearest
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.terraform.modules.configuration import UnreadModule, is_local, source_of
from ecbackup_iac.terraform.modules.instances import BlockScope, ModuleInstance
from ecbackup_iac.terraform.modules.module import META_ARGUMENTS, Module, ResourceKey
from ecbackup_iac.terraform.modules.problems import missing_providers, undeclared_names
from ecbackup_iac.terraform.modules.repetitions import Repetition, rejected_repetition
from ecbackup_iac.terraform.values.errors import EvaluationError

REPEATED_PROVIDERS = (
    "Module is incompatible with count, for_each, and depends_on: "
    "it, or one below it, configures a provider of its own"
)


class Search(ABC):
    """Which blocks of a configuration are wanted; it also receives the calls that are evaluated."""

    @abstractmethod
    def is_wanted(self, block: Block) -> bool:
        """Whether a resource is wanted."""

    def may_lead_to_wanted(self, folder: str) -> bool:  # noqa: ARG002 - any may
        """Whether the module in a folder, or one below it, may contain what is wanted."""
        return True

    def record_call(  # noqa: B027 - not all keep it
        self, folder: str | None, address: str, call: Block
    ) -> None:
        """Record that the module in a folder is evaluated for a call that is not rejected.

        There is no folder for a call of a module that `terraform init` fetched.
        """


@record(eq=False)
class ResourceInstance:
    """A resource as it would be deployed, and the scope its arguments are evaluated in."""

    address: str
    kind: str
    block: Block
    scope: BlockScope
    reasons_uncertain: tuple[str, ...] = ()
    """Why it is not certain that it exists."""

    rejection: str = ""
    """Why Terraform would reject its module or its repetition; empty where it would not."""

    @property
    def condition_scope(self) -> BlockScope:
        """The scope of its conditions, which may refer to `self`, and to it by its name."""
        instance, repetition = self.scope.instance, self.scope.repetition
        kind, name = self.block.labels
        key = ResourceKey("managed", kind, name)
        self_value = partial(instance.resource_value, key, self.block, repetition)
        return BlockScope(instance, repetition, self_value)


@record(eq=False)
class UnreadCall:
    """A module call whose module could not be read."""

    address: str
    block: Block
    scope: BlockScope
    unreadable: UnreadModule
    reasons_uncertain: tuple[str, ...] = ()


@record(eq=False)
class EmptyBlock:
    """A resource block or a module call that creates no instance."""

    address: str
    kind: str
    """The resource type; the source of a call whose module was not read."""

    block: Block
    instance: ModuleInstance
    """The module instance that it is written in."""

    target: Module | UnreadModule | None = None
    """The module that is called; None for a resource."""

    @property
    def reason(self) -> str:
        """Why it creates none, for people."""
        if self.block.body.attribute("count") is not None:
            return "count is 0"
        is_each = self.block.body.attribute("for_each") is not None
        return "for_each is empty" if is_each else "enabled is false"


Found: TypeAlias = ResourceInstance | UnreadCall | EmptyBlock | EvaluationError


def resources(instance: ModuleInstance, search: Search) -> Iterator[Found]:
    """Yield the managed resources of the wanted types in a module and in the modules called from there.

    Calls whose module was not read are yielded as UnreadCall, blocks without instances as EmptyBlock,
    rejected repetitions as errors, followed by an instance that represents what is rejected.
    """
    for key, block in instance.module.resources.items():
        mode, kind, name = key
        if mode != "managed" or not search.is_wanted(block):
            continue
        address = instance.address_of(f"{kind}.{name}")
        try:
            repetitions, rejection = instance.repetitions(block), instance.module.rejection
        except EvaluationError as error:
            yield error
            repetitions, rejection = [rejected_repetition(error.message)], error.message
        if not repetitions:
            yield EmptyBlock(address, kind, block, instance)
        for repetition in repetitions:
            instance.charge_instance()
            scope = BlockScope(instance, repetition, own=(kind, name))
            reasons_uncertain = _reasons_uncertain(repetition)
            yield ResourceInstance(
                address + repetition.key, kind, block, scope, reasons_uncertain, rejection
            )
    for name, block in instance.module.calls.items():
        yield from _called_resources(instance, name, block, search)


def _called_resources(
    instance: ModuleInstance, name: str, block: Block, search: Search
) -> Iterator[Found]:
    """Yield what one module call leads to, as `resources` does for a module."""
    folder = instance.configuration.called_folder(instance, name)
    if folder is not None and not search.may_lead_to_wanted(folder):
        return
    target = instance.configuration.called_module(instance, name)
    address = instance.address_of(f"module.{name}")
    errors, repetitions = _checked_call(instance, block, target)
    yield from errors
    if errors and instance.is_rejected:
        return  # the module is evaluated on its own, where this call is rejected as well
    rejection = errors[-1].message if errors else instance.module.rejection
    if isinstance(target, UnreadModule):
        yield from _unread_calls(instance, address, block, target, repetitions)
        return
    if not repetitions and not rejection:
        yield EmptyBlock(address, "", block, instance, target)
    for repetition in repetitions:
        child = instance.child(name, repetition, target)
        child.is_rejected = instance.is_rejected or bool(rejection)
        if folder is None or not child.is_rejected:
            search.record_call(folder, address, block)
        for found in resources(child, search):
            if not (rejection and isinstance(found, EmptyBlock)):
                yield _with_reasons(found, repetition.why_uncertain, rejection)


def _unread_calls(
    instance: ModuleInstance,
    address: str,
    block: Block,
    target: UnreadModule,
    repetitions: list[Repetition],
) -> Iterator[Found]:
    if not repetitions:
        if target.is_missing:
            yield EvaluationError(f"the module was not read: {target.why}", block.header)
        yield EmptyBlock(address, target.source, block, instance, target)
    for repetition in repetitions:
        instance.charge_instance()
        scope = BlockScope(instance, repetition)
        yield UnreadCall(
            address + repetition.key, block, scope, target, _reasons_uncertain(repetition)
        )


def _reasons_uncertain(repetition: Repetition) -> tuple[str, ...]:
    return (repetition.why_uncertain,) if repetition.why_uncertain else ()


def _with_reasons(found: Found, why_uncertain: str, rejection: str) -> Found:
    """Return what was found in a module with the reasons_uncertain and the rejection of the module's call."""
    if isinstance(found, EvaluationError | EmptyBlock) or not (why_uncertain or rejection):
        return found
    reasons_uncertain = (
        (why_uncertain, *found.reasons_uncertain) if why_uncertain else found.reasons_uncertain
    )
    if isinstance(found, UnreadCall):
        return replace(found, reasons_uncertain=reasons_uncertain)
    return replace(
        found, reasons_uncertain=reasons_uncertain, rejection=rejection or found.rejection
    )


def _checked_call(
    instance: ModuleInstance, block: Block, target: Module | UnreadModule
) -> tuple[list[EvaluationError], list[Repetition]]:
    """Return what Terraform rejects about a module call, and its instances: one if they are rejected."""
    errors: list[EvaluationError] = []
    if not isinstance(target, UnreadModule):
        problem = _problem_of_arguments(block, target)
        if problem is not None:
            errors.append(problem)
        written = block.body.attribute("version")
        if written is not None and is_local(source_of(block) or ""):
            text = "Invalid version constraint: a module at a relative path has no version"
            errors.append(EvaluationError(text, written.range))
        is_repeated = any(map(_rules_out_providers, (block, *instance.call_blocks)))
        if target.configures_providers and is_repeated:
            errors.append(EvaluationError(REPEATED_PROVIDERS, block.header))
        errors += missing_providers(block, target)
    errors += undeclared_names(instance, block)
    try:
        return errors, instance.repetitions(block)
    except EvaluationError as error:
        return [*errors, error], [rejected_repetition(error.message)]


def _problem_of_arguments(call: Block, target: Module) -> EvaluationError | None:
    """Return the first input that the module does not declare, or that it needs and the call lacks."""
    given = {argument.name: argument for argument in call.body.attributes()}
    for name, argument in given.items():
        if name not in target.variables and name not in META_ARGUMENTS:
            text = f'Unsupported argument: the module has no variable named "{name}"'
            meant = nearest(name, [one for one in target.variables if one not in given])
            text += f'; did you mean "{meant}"?' if meant else ""
            return EvaluationError(text, argument.range)
    for message, place in call.body.unexpected(("_", "lifecycle"), {*given, *META_ARGUMENTS}):
        return EvaluationError(message, place)
    for name, variable in target.variables.items():
        if name not in given and variable.body.attribute("default") is None:
            text = f'Missing required argument: the module needs "{name}", and the call has none'
            return EvaluationError(text, call.header)
    return None


def _rules_out_providers(call: Block) -> bool:
    """Whether a module call has an argument that rules out providers in the module."""
    if any(call.body.attribute(name) is not None for name in ("count", "for_each")):
        return True
    depends_on = call.body.attribute("depends_on")
    if depends_on is None:
        return False
    is_empty = isinstance(depends_on.expression, TupleNode) and not depends_on.expression.items
    return not is_empty
