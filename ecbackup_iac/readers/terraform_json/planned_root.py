"""A root module that a plan was made of: an address → the block that makes it, and its scope."""

import re
from collections.abc import Mapping

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.terraform.evaluation.constraints import Constraint
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.go.json_text import json_value
from ecbackup_iac.terraform.modules.addresses import Address, CallStep
from ecbackup_iac.terraform.modules.configuration import UnreadModule
from ecbackup_iac.terraform.modules.instances import BlockScope, ModuleInstance
from ecbackup_iac.terraform.modules.module import Module, ResourceKey
from ecbackup_iac.terraform.modules.repetitions import Repetition
from ecbackup_iac.terraform.modules.variables import VariableValues
from ecbackup_iac.terraform.roots.root_variables import RootVariableValues
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import identity
from ecbackup_iac.terraform.values.value import Value, number, string, unknown

_PLAIN_KEY = re.compile(r'\["([^"\\$%]*)"\]')


@record(eq=False)
class ResourceSite:
    """The block of the configuration that makes a resource instance."""

    block: Block
    scope: BlockScope
    unread: str = ""
    """Why the block is only the module call that leads to it; empty where it is the resource's own."""


class PlannedRoot:
    """A root module and the modules below it, as far as addresses lead into them."""

    def __init__(self, instance: ModuleInstance, *, is_evaluated: bool) -> None:
        self._instance = instance
        self._is_evaluated = is_evaluated
        self._modules: dict[tuple[tuple[str, str], ...], ModuleInstance | ResourceSite | None] = {}
        self._repetitions: dict[tuple[int, int], dict[str, Repetition]] = {}

    def modules(self) -> list[Module]:
        """Return the modules that addresses led into."""
        instances = [self._instance, *self._modules.values()]
        return [instance.module for instance in instances if isinstance(instance, ModuleInstance)]

    def has_block(self, address: Address) -> bool:
        """Whether the configuration has a block for an address, or the call of an unread module around it."""
        try:
            return self.site(address) is not None
        except RecursionError:
            return False

    def site(self, address: Address) -> ResourceSite | None:
        """Return the block of an address; None where the configuration has none."""
        instance = self._module(address.calls)
        if not isinstance(instance, ModuleInstance):
            return instance
        block = instance.module.resources.get(ResourceKey("managed", address.type, address.name))
        if block is None:
            return None
        return ResourceSite(block, self._scope(instance, block, address.key))

    def _module(self, calls: tuple[CallStep, ...]) -> ModuleInstance | ResourceSite | None:
        """Return the module that calls lead to, or the call of a module that was not read."""
        instance: ModuleInstance | ResourceSite | None = self._instance
        for depth, (name, key) in enumerate(calls, start=1):
            if not isinstance(instance, ModuleInstance):
                break
            if calls[:depth] not in self._modules:
                self._modules[calls[:depth]] = self._called(instance, name, key)
            instance = self._modules[calls[:depth]]
        return instance

    def _called(
        self, caller: ModuleInstance, name: str, key: str
    ) -> ModuleInstance | ResourceSite | None:
        block = caller.module.calls.get(name)
        if block is None:
            return None
        target = caller.configuration.called_module(caller, name)
        scope = self._scope(caller, block, key)
        if isinstance(target, UnreadModule):
            return ResourceSite(block, scope, target.why)
        return caller.child(name, scope.repetition, target)

    def _scope(self, instance: ModuleInstance, block: Block, key: str) -> BlockScope:
        """Return the scope of one instance of a block: what `each` and `count` are there."""
        known = (id(instance), id(block))
        if self._is_evaluated and known not in self._repetitions:
            try:
                repetitions = instance.repetitions(block)
            except (EvaluationError, RecursionError):
                repetitions = []
            self._repetitions[known] = {repetition.key: repetition for repetition in repetitions}
        repetition = self._repetitions.get(known, {}).get(key)
        return BlockScope(instance, repetition or _repetition(key))


def _repetition(key: str) -> Repetition:
    """Return the instance of a key where the instances are not known from the configuration."""
    if not key:
        return Repetition()
    why = "the configuration does not show it"
    if not key.startswith('["'):
        return Repetition(key, {("count", "index"): number(int(key[1:-1]))})
    plain = _PLAIN_KEY.fullmatch(key)
    each_key = string(plain[1]) if plain else unknown(why)
    return Repetition(key, {("each", "key"): each_key, ("each", "value"): unknown(why)})


class PlannedVariableValues(VariableValues):
    """The variables of a root module with the values of a plan, and the locations of those values."""

    def __init__(
        self,
        configured: RootVariableValues,
        module: Module,
        planned: Mapping[str, str],
        plan: Location,
    ) -> None:
        self._configured = configured
        self._module = module
        self._planned = planned
        self._plan = plan

    @property
    def workspace(self) -> Value:
        """The name of the workspace."""
        return self._configured.workspace

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return the planned value, located in a variable file or the default. Raises EvaluationError."""
        text = self._planned.get(name)
        if text is None:
            return self._configured.value(name, constraint)
        try:
            planned = constraint.applied(json_value(text))
        except UnknownResultError as error:
            raise EvaluationError(str(error)) from error
        for candidate in (self._configured.value, self._default):
            try:
                value = candidate(name, constraint)
            except EvaluationError:  # so it is not what was planned
                continue
            if value is not None and identity(value) == identity(planned):
                return value
        return planned.through(
            TraceStep(f"var.{name}, as the plan has it", self._plan, StepKind.OPEN_VARIABLE, name)
        )

    def _default(self, name: str, _constraint: Constraint) -> Value | None:
        declaration = self._module.declaration(name)
        return declaration.default if declaration else None
