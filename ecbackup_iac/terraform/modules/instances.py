"""A module and the values of its variables → a module instance: the values of the names in it.

Everything is evaluated on demand, and once.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.hcl.expression import GetAttribute, Name, nodes_in
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import Files
from ecbackup_iac.terraform.modules.configuration import Configuration, UnreadModule
from ecbackup_iac.terraform.modules.module import Module, ResourceKey
from ecbackup_iac.terraform.modules.outputs import output_values
from ecbackup_iac.terraform.modules.repetitions import (
    Repetition,
    combined_value,
    repetitions_of,
)
from ecbackup_iac.terraform.modules.resource_values import (
    ReferenceTargetEvaluation,
    address_of,
    resource_value,
)
from ecbackup_iac.terraform.modules.variables import (
    CallArguments,
    UnknownVariableValues,
    Variable,
    VariableValues,
)
from ecbackup_iac.terraform.values.budget import STEPS_PER_INSTANCE, charge
from ecbackup_iac.terraform.values.context import evaluation_context
from ecbackup_iac.terraform.values.errors import EvaluationError, ReferenceRejectedError
from ecbackup_iac.terraform.values.operators import attribute
from ecbackup_iac.terraform.values.outcomes import under_assumptions
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, STRING, Type
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Privacy,
    Value,
    string,
    unknown,
)

_LEVELS_PER_STEP = 4  # what is found is passed up through all of them

MAX_CHAIN_DEPTH = 20
"""Locals whose evaluation is nested; those beyond are then evaluated one after the other."""


class ModuleInstance:
    """One module with the values of its variables: the scope of its expressions."""

    allows_calls = True
    instance_key = ""

    def __init__(  # noqa: PLR0913, PLR0917 - an instance has this many parts
        self,
        module: Module,
        configuration: Configuration,
        variable_values: VariableValues,
        parent: "ModuleInstance | None" = None,
        address: str = "",
        path: tuple[str, ...] = (),
    ) -> None:
        self.module = module
        self.configuration = configuration
        self.address = address
        """Empty for the root module."""

        self.path = path
        """The names of the module calls that lead to it, outermost first."""

        self.parent = parent
        """The instance whose module call creates it; None for the root module."""

        self._variable_values = variable_values
        self._found: dict[tuple[str, ...], Value | EvaluationError] = {}
        """Evaluated references, as tuples of names: the value, or why Terraform rejects it."""

        self._pending: set[tuple[str, ...]] = set()
        """The references that are being evaluated."""

        self._is_evaluating_chain = False
        """`_evaluate_chain` is running, and must not start again inside itself."""

        self.is_rejected: bool = parent is not None and parent.is_rejected
        """Terraform rejects the call of this module, or one above it."""

        configuration.used.setdefault(module.folder, module)

    def used_variables(self) -> set[str]:
        """Return the names of the variables of this module that were used so far."""
        return {key[1] for key in self._found if key[0] == "var"}

    @property
    def files(self) -> Files:
        """What the file functions read."""
        return self.configuration.files

    @cached_property
    def call_blocks(self) -> tuple[Block, ...]:
        """The module calls that lead here, outermost first."""
        if self.parent is None or not isinstance(self._variable_values, CallArguments):
            return ()
        return (*self.parent.call_blocks, self._variable_values.block)

    @cached_property
    def call_repetitions(self) -> tuple[Repetition, ...]:
        """The instances of those calls."""
        scope = (
            self._variable_values.scope
            if isinstance(self._variable_values, CallArguments)
            else None
        )
        if self.parent is None or not isinstance(scope, BlockScope):
            return ()
        return (*self.parent.call_repetitions, scope.repetition)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The same calls as reports show them: each at its header."""
        if not self.call_blocks or self.parent is None:
            return ()
        block = self.call_blocks[-1]
        text, folder = f'module "{block.labels[0]}"', display_path_of(self.module.folder)
        return (*self.parent.calls, Call(block.header.location, text, folder))

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of a reference. Raises EvaluationError."""
        key = (root, *names)
        if key not in self._found:
            if key in self._pending:
                raise ReferenceRejectedError(
                    f"Cycle: {'.'.join(key)} refers to itself", source_range
                )
            if (
                root == "local"
                and len(self._pending) >= MAX_CHAIN_DEPTH
                and not self._is_evaluating_chain
            ):
                self._is_evaluating_chain = True
                try:
                    self._evaluate_chain(names[0])
                finally:
                    self._is_evaluating_chain = False
            self._pending.add(key)
            try:
                with ReferenceTargetEvaluation():
                    self._found[key] = self._resolved(root, names)
            except EvaluationError as error:
                error.__context__ = None  # it would keep much in memory
                self._found[key] = error
            finally:
                self._pending.discard(key)
        found = self._found[key]
        if isinstance(found, EvaluationError):
            raise found.with_traceback(None)
        return found

    def _evaluate_chain(self, name: str) -> None:
        """Evaluate the locals that a local depends on, the last one first: a chain may be long."""
        met = {name}
        waiting = [(name, self._locals_in(name))]
        while waiting:
            last, inner = waiting[-1]
            following = next((local for local in inner if local not in met), None)
            if following is not None:
                met.add(following)
                waiting.append((following, self._locals_in(following)))
                continue
            waiting.pop()
            attribute = self.module.local_values.get(last)
            if attribute is not None and waiting:
                with suppress(EvaluationError):  # it may not be needed
                    self.reference("local", (last,), attribute.range)

    def _locals_in(self, name: str) -> Iterator[str]:
        """Yield the locals that a local's expression names, and that are not evaluated yet."""
        attribute = self.module.local_values.get(name)
        for node in () if attribute is None else nodes_in(attribute.expression):
            charge()
            if isinstance(node, GetAttribute) and isinstance(node.of, Name):
                key = (node.of.name, node.name)
                if key[0] == "local" and key not in self._found and key not in self._pending:
                    yield node.name

    def _resolved(self, root: str, names: tuple[str, ...]) -> Value:
        match root:
            case "var":
                return self._value_of_variable(names[0])
            case "local":
                return self._local(names[0])
            case "module":
                return self._call(names[0])
            case "data" | "ephemeral":
                return self._resource(ResourceKey(root, names[0], names[1]))
            case "resource":
                return self._resource(ResourceKey("managed", names[0], names[1]))
            case "path":
                return self._path(names[0])
            case "terraform" | "tofu":
                return self._terraform(names[0])
            case "each" | "count" | "self":
                raise ReferenceRejectedError(
                    f'Reference to "{root}" in a context where there is none'
                )
            case _:
                return self._resource(ResourceKey("managed", root, names[0]))

    def _value_of_variable(self, name: str) -> Value:
        if name not in self.module.variables:
            other = self._variable_values.file_that_may_set(name)
            if other:
                return unknown(f"var.{name} may be declared through {other}")
            if self.module.why_incomplete:
                return self._undeclared(f"var.{name}")
        return self.variable(name).value(self._variable_values)

    def _undeclared(self, what: str) -> Value:
        """Return what may be declared elsewhere. Raises ReferenceRejectedError for what is not."""
        if not self.module.why_incomplete:
            raise ReferenceRejectedError(f"Reference to undeclared {what}")
        return unknown(f"{what} may be declared in {self.module.why_incomplete}")

    def variable(self, name: str) -> Variable:
        """Return a declared variable. Raises ReferenceRejectedError for any other."""
        declaration = self.module.declaration(name)
        if declaration is None:
            raise ReferenceRejectedError(f'Reference to undeclared input variable: "{name}"')
        return Variable(declaration, self)

    def _local(self, name: str) -> Value:
        attribute = self.module.local_values.get(name)
        if attribute is None:
            return self._undeclared(f'local value: "{name}"')
        return (
            Evaluator(self)
            .value(attribute.expression)
            .through(SourceStep.of(attribute, StepKind.LOCAL))
        )

    def _path(self, name: str) -> Value:
        if name not in ("module", "root", "cwd"):
            raise ReferenceRejectedError(f'Invalid "path" attribute: "{name}"')
        if name == "cwd":
            return unknown("path.cwd depends on where the plan runs", STRING, is_not_null=True)
        return string(self.configuration.path_value(name, self))

    def _terraform(self, name: str) -> Value:
        if name == "workspace":
            return self._variable_values.workspace
        if name == "applying":
            return _ephemeral("terraform.applying", BOOL)
        raise ReferenceRejectedError(f'Invalid "terraform" attribute: "{name}"')

    def _resource(self, key: ResourceKey) -> Value:
        block = self.module.resources.get(key)
        if block is None:
            return self._undeclared(f"resource: {address_of(key)}")
        if key.mode == "ephemeral":
            return _ephemeral(address_of(key), DYNAMIC)
        return combined_value(
            block,
            self.repetitions(block),
            lambda repetition: self.resource_value(key, block, repetition),
        )

    def resource_value(self, key: ResourceKey, block: Block, repetition: Repetition) -> Value:
        """Return the value of a resource instance, whose members are evaluated on demand."""
        evaluator = Evaluator(BlockScope(self, repetition))
        address = f"{address_of(key)}{repetition.key}"
        return resource_value(address, key, block, evaluator, self.configuration.schemas)

    def _call(self, name: str) -> Value:
        block = self.module.calls.get(name)
        if block is None:
            return self._undeclared(f'module: "{name}"')
        target = self.configuration.called_module(self, name)
        if isinstance(target, UnreadModule):
            return unknown(f"module.{name} was not read: {target.why}")
        program = self.configuration.modules.program
        return combined_value(
            block,
            self.repetitions(block),
            lambda repetition: output_values(target, self.child(name, repetition, target), program),
        )

    def child(self, name: str, repetition: Repetition, target: Module) -> "ModuleInstance":
        """Return the instance that a module call makes."""
        self.charge_instance()
        address = self.address_of(f"module.{name}{repetition.key}")
        arguments = CallArguments(self.module.calls[name], BlockScope(self, repetition))
        path = (*self.path, name)
        evaluation_context().short_circuits |= target.short_circuits  # Terraform is one for all
        return ModuleInstance(target, self.configuration, arguments, self, address, path)

    def address_of(self, name: str) -> str:
        """Return the address of something in this module."""
        return f"{self.address}.{name}" if self.address else name

    def charge_instance(self) -> None:
        """Charge for an instance of a block in this module. Raises TooMuchError."""
        charge(STEPS_PER_INSTANCE + len(self.path) // _LEVELS_PER_STEP)

    def repetitions(self, block: Block) -> list[Repetition]:
        """Return the instances of a block of the module, as `repetitions_of` does."""
        return repetitions_of(block, self, is_terraform=self.configuration.is_terraform)

    @cached_property
    def _with_unknown_variables(self) -> "ModuleInstance":
        """The same module where nothing is known of its variables and the workspace."""
        return ModuleInstance(self.module, self.configuration, UnknownVariableValues())

    def never_creates(self, block: Block) -> bool:
        """Whether a block creates no instance, whatever its module's variables and the workspace are.

        What a call passes to the module counts as a value: with another it may create something.
        """
        try:
            return not self._with_unknown_variables.repetitions(block)
        except EvaluationError:
            return False


def _ephemeral(name: str, kind: Type) -> Value:
    """Return a value that exists only while Terraform runs."""
    return replace(
        unknown(f"{name} exists only while Terraform runs", kind), privacy=Privacy.EPHEMERAL
    )


class BlockScope:
    """A module instance's scope within one instance of a block: with `each` and `count`."""

    allows_calls = True

    def __init__(
        self,
        instance: ModuleInstance,
        repetition: Repetition,
        self_value: Callable[[], Value] | None = None,
        own: tuple[str, ...] = (),
    ) -> None:
        self.instance = instance
        self.repetition = repetition
        self.self_value = self_value
        """The value of `self`, in a postcondition."""
        self.own = own
        """The type and name of the resource whose arguments are evaluated, which may not refer to it."""

    @property
    def files(self) -> Files:
        """What the file functions read."""
        return self.instance.files

    @property
    def address(self) -> str:
        """The module's address."""
        return self.instance.address

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions under which this instance of the block exists."""
        repetitions = (*self.instance.call_repetitions, self.repetition)
        return tuple(assumption for repetition in repetitions for assumption in repetition.when)

    @property
    def instance_key(self) -> str:
        """The block's own instance key: `each` and `count` mean one thing only there."""
        return self.repetition.key

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of a reference. Raises EvaluationError."""
        value = self._reference(root, names, source_range)
        return value if value.is_known else under_assumptions(value, self.assumptions)

    def _reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        found = self.repetition.names.get((root, names[0]))
        if found is not None:
            return found
        if self.own and (root, *names) in (self.own, ("resource", *self.own)):
            text = f"Self-referential block: {'.'.join(self.own)} may not refer to itself"
            raise ReferenceRejectedError(text, source_range)
        if root == "self" and self.self_value is not None:
            return attribute(self.self_value(), names[0])
        return self.instance.reference(root, names, source_range)
