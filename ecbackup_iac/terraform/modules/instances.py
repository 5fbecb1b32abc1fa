"""Modules with their inputs → module instances, and the resource instances in them.

Everything is evaluated when it is asked for, and once.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property, partial
from typing import Protocol, TypeAlias

from ecbackup_iac.hcl.expression import GetAttribute, Name, Node, children
from ecbackup_iac.hcl.source import Place
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.terraform.evaluation.constraints import Constraint, constraint_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.evaluation.scopes import CONSTANT_SCOPE
from ecbackup_iac.terraform.evaluation.validation import narrowed
from ecbackup_iac.terraform.functions.signature import Files
from ecbackup_iac.terraform.modules.call_checks import problems_of, repeats
from ecbackup_iac.terraform.modules.configuration import Configuration, UnreadModule
from ecbackup_iac.terraform.modules.module import Module, ResourceKey
from ecbackup_iac.terraform.modules.repetitions import Repetition, counted, for_each
from ecbackup_iac.terraform.values.budget import STEPS_OF_AN_INSTANCE, charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.operators import attribute
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    STRING,
    ObjectOf,
    object_of,
)
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    LazyMembers,
    OpenMembers,
    ReferenceRefusedError,
    SourceStep,
    UnknownRaw,
    Value,
    hide_rejections,
    object_value,
    string,
    tuple_value,
    unknown,
)

_LEVELS_A_STEP = 4  # whatever is found comes up through all of them

MAX_CHAIN_DEPTH = 20
"""Locals that are being worked out for each other; what they lead to is then worked out one by one."""

_ROOTS = {"var", "local", "module", "data", "resource", "path", "terraform", "ephemeral"}


class Inputs(Protocol):
    """What a root module is given from outside."""

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Give a variable's value; None where nobody sets it. Raises EvaluationError."""

    @property
    def workspace(self) -> Value:
        """The name of the workspace."""


class Search(Protocol):
    """What a configuration is searched for, and who is told which modules were reached."""

    def wants(self, kind: str) -> bool:
        """Whether resources of a type are sought."""

    def leads(self, folder: str) -> bool:
        """Whether the module in a folder, or one below it, may hold what is sought."""

    def reach(self, folder: str | None, call: Block) -> None:
        """Take note that an instance of the module in a folder is evaluated, and its call is not refused.

        There is no folder for a call of a module that `terraform init` fetched.
        """


@record(eq=False)
class ResourceInstance:
    """A resource as it would be deployed, and the scope its arguments are evaluated in."""

    address: str
    kind: str
    block: Block
    scope: "BlockScope"
    doubts: tuple[str, ...] = ()
    """Why it is not certain that it exists."""

    refusal: str = ""
    """What Terraform would refuse about its being there; empty where it would not."""


class ModuleInstance:
    """One module with its inputs: what names mean in it."""

    allows_calls = True
    instance_key = ""

    def __init__(  # noqa: PLR0913, PLR0917 - what makes an instance is this much
        self,
        module: Module,
        configuration: Configuration,
        inputs: "Inputs | CallInputs",
        parent: "ModuleInstance | None" = None,
        address: str = "",
        path: tuple[str, ...] = (),
    ) -> None:
        self.module = module
        self.configuration = configuration
        self.address = address
        self.path = path
        self.parent = parent
        self._inputs = inputs
        self._found: dict[tuple[str, ...], Value | EvaluationError] = {}
        self._pending: set[tuple[str, ...]] = set()
        self._is_preparing = False
        self.is_refused: bool = parent is not None and parent.is_refused
        """Terraform refuses the call of this module, or one above it."""

        configuration.used.setdefault(module.folder, module)

    def used_variables(self) -> set[str]:
        """Give the names of the variables of this module that were asked for so far."""
        return {key[1] for key in self._found if key[0] == "var"}

    @property
    def files(self) -> Files:
        """What the file functions read."""
        return self.configuration.files

    @cached_property
    def calls(self) -> tuple[Location, ...]:
        """Where the headers of the module calls stand that lead here, outermost first."""
        if self.parent is None or not isinstance(self._inputs, CallInputs):
            return ()
        return (*self.parent.calls, self._inputs.block.header.location)

    @cached_property
    def called(self) -> tuple[str, ...]:
        """The folders of the modules that those calls lead to."""
        return (*self.parent.called, self.module.folder) if self.calls and self.parent else ()

    @property
    def root(self) -> "ModuleInstance":
        """The root module instance above this one."""
        return self.parent.root if self.parent else self

    def reference(self, root: str, names: tuple[str, ...], place: Place) -> Value:
        """Give what a reference stands for. Raises EvaluationError."""
        key = (root, *names)
        if key not in self._found:
            if key in self._pending:
                raise EvaluationError(f"Cycle: {'.'.join(key)} refers to itself", place)
            if root == "local" and len(self._pending) >= MAX_CHAIN_DEPTH and not self._is_preparing:
                self._is_preparing = True
                try:
                    self._prepare(names[0])
                finally:
                    self._is_preparing = False
            self._pending.add(key)
            try:
                with hide_rejections():
                    self._found[key] = self._resolved(root, names)
            except EvaluationError as error:
                error.__context__ = None  # what it holds on to is much
                self._found[key] = error
            finally:
                self._pending.discard(key)
        found = self._found[key]
        if isinstance(found, EvaluationError):
            raise found.with_traceback(None)
        return found

    def _prepare(self, name: str) -> None:
        """Work out the locals that a local leads to, the last one first: a chain may be long."""
        met = {name}
        waiting = [(name, self._locals_in(name))]
        while waiting:
            last, inner = waiting[-1]
            following = next((one for one in inner if one not in met), None)
            if following is not None:
                met.add(following)
                waiting.append((following, self._locals_in(following)))
                continue
            waiting.pop()
            attribute = self.module.local_values.get(last)
            if attribute is not None and waiting:
                with suppress(EvaluationError):  # it may be asked for by nobody
                    self.reference("local", (last,), attribute.place)

    def _locals_in(self, name: str) -> Iterator[str]:
        """Yield the locals that a local's expression names, and that nobody has asked for."""
        attribute = self.module.local_values.get(name)
        nodes = [] if attribute is None else [attribute.expression]
        while nodes:
            node = nodes.pop()
            charge()
            if isinstance(node, GetAttribute) and isinstance(node.of, Name):
                key = ("local", node.name)
                if node.of.name == "local" and not self._is_asked(key):
                    yield node.name
                continue
            nodes += children(node)

    def _is_asked(self, key: tuple[str, ...]) -> bool:
        return key in self._found or key in self._pending

    def _resolved(self, root: str, names: tuple[str, ...]) -> Value:
        match root:
            case "var":
                return self._variable(names[0])
            case "local":
                return self._local(names[0])
            case "module":
                return self._call(names[0])
            case "data" | "ephemeral":
                return self._resource((root, names[0], names[1]))
            case "resource":
                return self._resource(("managed", names[0], names[1]))
            case "path":
                return self._path(names[0])
            case "terraform" | "tofu":
                return self._terraform(names[0])
            case "each" | "count" | "self":
                raise ReferenceRefusedError(
                    f'Reference to "{root}" in a context where there is none'
                )
            case _:
                return self._resource(("managed", root, names[0]))

    def _variable(self, name: str) -> Value:
        block = self.module.variables.get(name)
        if block is None:
            raise ReferenceRefusedError(f'Reference to undeclared input variable: "{name}"')
        constraint = self.constraint(name)
        given = self._inputs.value(name, constraint)
        default = block.body.attribute("default")
        is_nullable = self._flag(block, "nullable", default=True)
        sensitive = self._flag(block, "sensitive", default=False)
        if given is None or (given.is_null and not is_nullable):
            if default is None:
                return self._undecided_variable(name, block, constraint)
            value = Evaluator(CONSTANT_SCOPE).value(default.expression)
            if value.is_null and not is_nullable:
                text = f"Invalid default value for variable {name}: null is not a valid value"
                raise EvaluationError(text, default.place)
            step = SourceStep.of(default, StepKind.VARIABLE_DEFAULT)
            value = constraint.applied(value).through(step)
        else:
            value = given
            if isinstance(given.raw, UnknownRaw) and not is_nullable:
                value = Value(given.type, _not_null(given.raw), given.trace).marked(given)
        if sensitive:
            hidden = tuple(
                TraceStep(
                    f"{name} = (sensitive value)",
                    hop.location,
                    StepKind.VARIABLE,
                    name,
                    is_secret=True,
                )
                for hop in value.trace
            )
            value = replace(value, trace=hidden, is_sensitive=True)
        return self._validated(name, block, value)

    def constraint(self, name: str) -> Constraint:
        """Give what a declared variable accepts. Raises EvaluationError."""
        kind = self.module.variables[name].body.attribute("type")
        return constraint_of(kind.expression if kind else None)

    def _undecided_variable(self, name: str, block: Block, constraint: Constraint) -> Value:
        if self.parent is not None:
            text = f'Missing required argument: the module needs "{name}", and the call has none'
            place = self._inputs.block.header if isinstance(self._inputs, CallInputs) else None
            raise EvaluationError(text, place)
        nullable = self._flag(block, "nullable", default=True)
        raw = UnknownRaw(f"var.{name} has no default and no value", is_not_null=not nullable)
        step = SourceStep(block.header, StepKind.OPEN_VARIABLE, name)
        value = Value(constraint.type, raw, (step,))
        return narrowed(value, f"var.{name}", self._conditions(block), self._constant)

    def _conditions(self, block: Block) -> list[Node]:
        conditions = (rule.body.attribute("condition") for rule in block.body.blocks("validation"))
        return [condition.expression for condition in conditions if condition]

    def _validated(self, name: str, block: Block, value: Value) -> Value:
        """Check the variable's own rules. Raises EvaluationError."""
        rules = block.body.blocks("validation")
        if not rules:
            return value
        evaluator = Evaluator(_WithVariable(self, name, value))
        for rule in rules:
            condition = rule.body.attribute("condition")
            if condition is None:
                continue
            verdict = converted(evaluator.value(condition.expression), BOOL)
            if verdict.raw is False:
                message = _error_message(rule, evaluator)
                raise EvaluationError(f"Invalid value for variable: {message}", rule.header)
        if not value.is_known and not value.unknown.outcomes:
            return narrowed(value, f"var.{name}", self._conditions(block), self._constant)
        return value

    def _flag(self, block: Block, name: str, *, default: bool) -> bool:
        attribute = block.body.attribute(name)
        if attribute is None:
            return default
        value = converted(self._constant(attribute.expression), BOOL)
        return default if not isinstance(value.raw, bool) else value.raw

    def _constant(self, node: Node) -> Value:
        return Evaluator(self).value(node)

    def _local(self, name: str) -> Value:
        attribute = self.module.local_values.get(name)
        if attribute is None:
            raise ReferenceRefusedError(f'Reference to undeclared local value: "{name}"')
        step = SourceStep.of(attribute, StepKind.LOCAL)
        return Evaluator(self).value(attribute.expression).through(step)

    def _path(self, name: str) -> Value:
        if name not in ("module", "root", "cwd"):
            raise ReferenceRefusedError(f'Invalid "path" attribute: "{name}"')
        return string(self.configuration.path_value(name, self))

    def _terraform(self, name: str) -> Value:
        if name == "workspace":
            inputs = self.root._inputs  # noqa: SLF001 - the same class
            if isinstance(inputs, CallInputs):
                raise TypeError("a root has no caller")
            return inputs.workspace
        if name == "applying":
            return unknown(
                "terraform.applying is known only while applying", BOOL, is_deferred=True
            )
        raise ReferenceRefusedError(f'Invalid "terraform" attribute: "{name}"')

    def _resource(self, key: ResourceKey) -> Value:
        block = self.module.resources.get(key)
        if block is None:
            mode, kind, name = key
            prefix = "" if mode == "managed" else f"{mode}."
            raise ReferenceRefusedError(f"Reference to undeclared resource: {prefix}{kind}.{name}")
        return self._repeated(block, lambda one: self._resource_value(key, block, one))

    def _repeated(self, block: Block, value_of: Callable[[Repetition], Value]) -> Value:
        """Put the values of a block's instances together as a reference to it sees them."""
        has_count = block.body.attribute("count") is not None
        has_each = block.body.attribute("for_each") is not None
        repetitions = self.repetitions(block)
        if not has_count and not has_each:
            return value_of(repetitions[0])
        doubt = next((one.doubt for one in repetitions if one.doubt), "")
        if doubt:
            return unknown(doubt)
        if has_count:
            return tuple_value(value_of(one) for one in repetitions)
        return object_value(
            {str(one.names["each", "key"].raw): value_of(one) for one in repetitions}
        )

    def _resource_value(self, key: ResourceKey, block: Block, one: Repetition) -> Value:
        mode, kind, name = key
        address = (
            f"{kind}.{name}{one.key}" if mode == "managed" else f"{mode}.{kind}.{name}{one.key}"
        )
        evaluator = Evaluator(BlockScope(self, one))
        names = [attribute.name for attribute in block.body.attributes()]

        def find(member: str) -> Value:
            attribute = block.body.attribute(member)
            if attribute is not None:
                step = SourceStep.of(attribute, StepKind.ATTRIBUTE)
                return evaluator.value(attribute.expression).through(step)
            when = "only after apply" if mode == "managed" else "only when Terraform reads it"
            text = f"{address}.{member} is known {when}"
            return unknown(text, is_deferred=mode == "managed")

        return Value(ObjectOf(()), OpenMembers(names, find))

    def _call(self, name: str) -> Value:
        block = self.module.calls.get(name)
        if block is None:
            raise ReferenceRefusedError(f'Reference to undeclared module: "{name}"')
        target = self.configuration.called_module(self, name)
        if isinstance(target, UnreadModule):
            return unknown(f"module.{name} was not read: {target.why}")
        return self._repeated(block, lambda one: self._outputs(self.child(name, one, target)))

    def _outputs(self, child: "ModuleInstance") -> Value:
        outputs = child.module.outputs

        def find(output: str) -> Value:
            attribute = outputs[output].body.attribute("value")
            if attribute is None:
                raise EvaluationError(f'Missing required argument: output "{output}" has no value')
            step = SourceStep.of(attribute, StepKind.OUTPUT)
            return Evaluator(child).value(attribute.expression).through(step)

        kind = object_of(dict.fromkeys(outputs, DYNAMIC))
        return Value(kind, LazyMembers(sorted(outputs), find))

    def child(self, name: str, one: Repetition, target: Module) -> "ModuleInstance":
        """Give the instance that a module call makes."""
        charge(STEPS_OF_AN_INSTANCE + len(self.path) // _LEVELS_A_STEP)
        address = f"module.{name}{one.key}"
        if self.address:
            address = f"{self.address}.{address}"
        inputs = CallInputs(self.module.calls[name], BlockScope(self, one))
        path = (*self.path, name)
        return ModuleInstance(target, self.configuration, inputs, self, address, path)

    def repetitions(self, block: Block) -> list[Repetition]:
        """Give the instances that `count` or `for_each` make of a block; usually one.

        Where they cannot be known, those that may exist, or one that stands for all, each with its doubt.

        Raises:
            EvaluationError: Terraform refuses the count or for_each.

        """
        count, each = block.body.attribute("count"), block.body.attribute("for_each")
        if count is not None and each is not None:
            raise EvaluationError('Invalid combination of "count" and "for_each"', each.place)
        if count is not None:
            try:
                return counted(Evaluator(self).value(count.expression))
            except EvaluationError as error:
                raise _at(error, count.place) from error
        if each is not None:
            try:
                return for_each(Evaluator(self).value(each.expression))
            except EvaluationError as error:
                raise _at(error, each.place) from error
        return [Repetition()]

    @cached_property
    def _with_any_inputs(self) -> "ModuleInstance":
        """The same module where nothing is known of its variables and the workspace."""
        return ModuleInstance(self.module, self.configuration, _AnyInputs())

    def never_creates(self, block: Block) -> bool:
        """Whether a block creates no instance, whatever its module's variables and the workspace are.

        What a call passes to the module counts as a value: with another it may create something.
        """
        try:
            return not self._with_any_inputs.repetitions(block)
        except EvaluationError:
            return False

    @cached_property
    def is_repeated(self) -> bool:
        """Whether a call that leads here has count, for_each or depends_on."""
        if self.parent is None or not isinstance(self._inputs, CallInputs):
            return False
        return self.parent.is_repeated or repeats(self._inputs.block)

    def resources(self, search: Search) -> "Iterator[Found]":
        """Yield the managed resources of the wanted types here and in the modules called from here.

        Calls whose module was not read come as UnreadCall, blocks without instances as EmptyBlock,
        refused repetitions as errors, followed by an instance that stands for what is refused.
        """
        for key, block in self.module.resources.items():
            mode, kind, name = key
            if mode != "managed" or not search.wants(kind):
                continue
            address = f"{self.address}.{kind}.{name}" if self.address else f"{kind}.{name}"
            try:
                repetitions, refusal = self.repetitions(block), self.module.refusal
            except EvaluationError as error:
                yield error
                repetitions, refusal = [Repetition()], error.message
            if not repetitions:
                yield EmptyBlock(address, kind, block, self)
            for one in repetitions:
                charge(STEPS_OF_AN_INSTANCE + len(self.path) // _LEVELS_A_STEP)
                doubts = (one.doubt,) if one.doubt else ()
                scope = BlockScope(self, one, partial(self._resource_value, key, block, one))
                yield ResourceInstance(address + one.key, kind, block, scope, doubts, refusal)
        for name, block in self.module.calls.items():
            yield from self._called_resources(name, block, search)

    def _called_resources(self, name: str, block: Block, search: Search) -> "Iterator[Found]":
        folder = self.configuration.called_folder(self, name)
        if folder is not None and not search.leads(folder):
            return
        target = self.configuration.called_module(self, name)
        address = f"{self.address}.module.{name}" if self.address else f"module.{name}"
        errors, repetitions = self._checked_call(block, target)
        yield from errors
        if errors and self.is_refused:
            return  # the module is evaluated on its own, where this call is refused as well
        refusal = errors[-1].message if errors else self.module.refusal
        if isinstance(target, UnreadModule):
            yield from self._unread_calls(address, block, target, repetitions)
            return
        if not repetitions and not refusal:
            yield EmptyBlock(address, "", block, self, target)
        for one in repetitions:
            child = self.child(name, one, target)
            child.is_refused = self.is_refused or bool(refusal)
            if folder is None or not child.is_refused:
                search.reach(folder, block)
            for found in child.resources(search):
                if not (refusal and isinstance(found, EmptyBlock)):
                    yield _doubted(found, one.doubt, refusal)

    def _unread_calls(
        self, address: str, block: Block, target: UnreadModule, repetitions: list[Repetition]
    ) -> "Iterator[Found]":
        if not repetitions:
            if target.is_missing:
                yield EvaluationError(target.why, block.header)
            yield EmptyBlock(address, target.source, block, self, target)
        for one in repetitions:
            charge(STEPS_OF_AN_INSTANCE + len(self.path) // _LEVELS_A_STEP)
            doubts = (one.doubt,) if one.doubt else ()
            yield UnreadCall(address + one.key, block, BlockScope(self, one), target, doubts)

    def _checked_call(
        self, block: Block, target: Module | UnreadModule
    ) -> tuple[list[EvaluationError], list[Repetition]]:
        """Return what Terraform refuses about a module call, and its instances: one, if they are refused."""
        errors: list[EvaluationError] = []
        if not isinstance(target, UnreadModule):
            errors += problems_of(block, target, is_repeated=self.is_repeated or repeats(block))
        try:
            return errors, self.repetitions(block)
        except EvaluationError as error:
            return [*errors, error], [Repetition()]


@record(eq=False)
class UnreadCall:
    """A module call whose module could not be read."""

    address: str
    block: Block
    scope: "BlockScope"
    unreadable: UnreadModule
    doubts: tuple[str, ...] = ()


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
        is_counted = self.block.body.attribute("count") is not None
        return "count is 0" if is_counted else "for_each is empty"


Found: TypeAlias = ResourceInstance | UnreadCall | EmptyBlock | EvaluationError


def _doubted(found: Found, doubt: str, refusal: str) -> Found:
    if isinstance(found, EvaluationError | EmptyBlock) or not (doubt or refusal):
        return found
    doubts = (doubt, *found.doubts) if doubt else found.doubts
    if isinstance(found, UnreadCall):
        return UnreadCall(found.address, found.block, found.scope, found.unreadable, doubts)
    return ResourceInstance(
        found.address, found.kind, found.block, found.scope, doubts, refusal or found.refusal
    )


class _AnyInputs:
    """The inputs of a module of which nothing is known."""

    workspace = unknown("the workspace may be any", STRING, is_not_null=True)

    @staticmethod
    def value(name: str, constraint: Constraint) -> Value:
        """Return a value of the variable's type that may be anything."""
        return Value(constraint.type, UnknownRaw(f"var.{name} may be anything"))


class CallInputs:
    """What a module call hands to the module's variables."""

    def __init__(self, block: Block, scope: "BlockScope") -> None:
        self.block = block
        self.scope = scope

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Give what the call sets a variable to; None where it does not. Raises EvaluationError."""
        attribute = self.block.body.attribute(name)
        if attribute is None:
            return None
        try:
            value = Evaluator(self.scope).value(attribute.expression)
            return constraint.applied(value).through(
                SourceStep.of(attribute, StepKind.MODULE_INPUT)
            )
        except EvaluationError as error:
            raise _at(error, attribute.place) from error


class BlockScope:
    """A module instance's scope within one instance of a block: with `each` and `count`."""

    allows_calls = True

    def __init__(
        self,
        instance: ModuleInstance,
        repetition: Repetition,
        self_value: Callable[[], Value] | None = None,
    ) -> None:
        self.instance = instance
        self.repetition = repetition
        self.self_value = self_value
        """What `self` stands for, in a postcondition."""

    @property
    def files(self) -> Files:
        """What the file functions read."""
        return self.instance.files

    @property
    def address(self) -> str:
        """The module's address."""
        return self.instance.address

    @property
    def instance_key(self) -> str:
        """The block's own instance key: `each` and `count` mean one thing only there."""
        return self.repetition.key

    def reference(self, root: str, names: tuple[str, ...], place: Place) -> Value:
        """Give what a reference stands for. Raises EvaluationError."""
        found = self.repetition.names.get((root, names[0]))
        if found is not None:
            return found
        if root == "self" and self.self_value is not None:
            return attribute(self.self_value(), names[0])
        return self.instance.reference(root, names, place)


class _WithVariable:
    """A scope in which one variable is being checked."""

    allows_calls = True
    instance_key = ""

    def __init__(self, instance: ModuleInstance, name: str, value: Value) -> None:
        self._instance = instance
        self._name = name
        self._value = value
        self.files = instance.files
        self.address = instance.address

    def reference(self, root: str, names: tuple[str, ...], place: Place) -> Value:
        """Give what a reference stands for. Raises EvaluationError."""
        if (root, names) == ("var", (self._name,)):
            return self._value
        return self._instance.reference(root, names, place)


def _at(error: EvaluationError, place: Place) -> EvaluationError:
    if error.place is None:
        error.place = place
    return error


def _not_null(raw: UnknownRaw) -> UnknownRaw:
    return replace(raw, is_not_null=True)


def _error_message(rule: Block, evaluator: Evaluator) -> str:
    """Give a rule's error message, where it can be known and holds nothing that is hidden."""
    attribute = rule.body.attribute("error_message")
    if attribute is None:
        return "a validation rule refuses it"
    try:
        message = evaluator.value(attribute.expression)
    except EvaluationError:
        return "a validation rule refuses it"
    if message.is_hidden or not isinstance(message.raw, str):
        return "a validation rule refuses it"
    return " ".join(message.raw.split())[:200]
