"""What a variable declares, and what sets it → its value, validated."""

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from ecbackup_iac.hcl.expression import Node
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.constraints import Constraint, constraint_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import CONSTANT_SCOPE, Scope
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import declared_sensitive, reject_ephemeral
from ecbackup_iac.terraform.values.outcomes import one_of, with_default
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import BOOL, STRING
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Outcome,
    Privacy,
    UnknownRaw,
    Value,
    unknown,
)

MAX_ERROR_MESSAGE = 200
"""Characters of a validation rule's own message."""

_NO_MESSAGE = "a validation rule rejects it"

_DEFAULT_HINT = " (its default: pass another with --var or --var-file)"


class VariableValues(Protocol):
    """The values that a module's variables are set to."""

    alternatives: Sequence[tuple[Assumption, "VariableValues"]] = ()
    """What they may be instead, each under its assumption; none where they are certain."""

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return a variable's value; None where it is not set. Raises EvaluationError."""

    def file_that_may_set(self, name: str) -> str:  # noqa: ARG002
        """Return the file of another program that may set a variable; empty for none."""
        return ""

    @property
    def workspace(self) -> Value:
        """The name of the workspace."""


class UnknownVariableValues(VariableValues):
    """Any values: nothing is known of a module's variables."""

    workspace = unknown("the workspace may be any workspace", STRING, is_not_null=True)

    @staticmethod
    def value(name: str, constraint: Constraint) -> Value:
        """Return a value of the variable's type that may be anything."""
        return Value(constraint.type, UnknownRaw(f"var.{name} may be anything"))


class CallArguments(VariableValues):
    """What a module call passes to the module's variables."""

    def __init__(self, block: Block, scope: Scope) -> None:
        self.block = block
        self.scope = scope

    @property
    def workspace(self) -> Value:
        """The name of the workspace, which is the caller's."""
        return self.scope.reference("terraform", ("workspace",), self.block.header)

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return what the call sets a variable to; None where it does not. Raises EvaluationError."""
        attribute = self.block.body.attribute(name)
        if attribute is None:
            return None
        try:
            value = Evaluator(self.scope).value(attribute.expression)
            step = SourceStep.of(attribute, StepKind.MODULE_INPUT)
            return suitable(value, constraint, f"value for variable {name}").through(step)
        except EvaluationError as error:
            raise error.at(attribute.range) from error


def suitable(value: Value, constraint: Constraint, what: str) -> Value:
    """Return a value that the constraint accepts, converted. Raises EvaluationError.

    `what` says what the value is: "default value for variable days".
    """
    try:
        return constraint.applied(value)
    except EvaluationError as error:
        if error.origin is not None:  # a part of it was rejected when it was evaluated
            raise
        raise error.prefixed(f"Invalid {what}: ") from error


class Declaration:
    """A variable's block; what it declares is evaluated once."""

    def __init__(self, name: str, block: Block) -> None:
        self.name = name
        self.block = block
        self.is_valid = False
        """It was checked, and Terraform rejects nothing of it."""

    @cached_property
    def constraint(self) -> Constraint:
        """What the variable accepts. Raises EvaluationError."""
        kind = self.block.body.attribute("type")
        return constraint_of(kind.expression if kind else None)

    @cached_property
    def default(self) -> Value | None:
        """The default, of the variable's type; None without one. Raises EvaluationError."""
        constraint = self.constraint
        default = self.block.body.attribute("default")
        if default is None:
            return None
        step = replace(SourceStep.of(default, StepKind.VARIABLE_DEFAULT), name=self.name)
        try:
            value = Evaluator(CONSTANT_SCOPE).value(default.expression)
            what = f"default value for variable {self.name}"
            return suitable(value, constraint, what).through(step)
        except EvaluationError as error:
            raise error.at(default.range) from error


@record(eq=False)
class Variable:
    """A declared variable of one module instance."""

    declaration: Declaration
    scope: Scope
    """The module instance's."""

    @property
    def is_ephemeral(self) -> bool:
        """Whether its value is never kept. Raises EvaluationError."""
        return self._flag("ephemeral", default=False)

    @property
    def _is_sensitive(self) -> bool:
        return self._flag("sensitive", default=False)

    @property
    def _is_hidden(self) -> bool:
        return self._is_sensitive or self.is_ephemeral

    def value(self, values: VariableValues) -> Value:
        """Return the variable's value. Raises EvaluationError."""
        if not values.alternatives:
            return self._value(values)
        found = [Outcome(self._value(one), (when,)) for when, one in values.alternatives]
        first, subject = found[0].value, found[0].when[0].subject
        whys = {"" if one.value.is_known else one.value.unknown.why for one in found}
        if len(whys) == 1 and not first.is_known:
            return first
        return one_of(found, f"var.{self.declaration.name} depends on {subject}")

    def _value(self, values: VariableValues) -> Value:
        try:
            value = self._unvalidated(values)
        except EvaluationError as error:
            raise error.redacted() if self._is_hidden else error from None
        if value is None:
            unset = self._unset(values)
            return replace(unset, privacy=Privacy.EPHEMERAL) if self.is_ephemeral else unset
        if self.is_ephemeral:
            value = declared_sensitive(
                value, self.declaration.name, StepKind.VARIABLE, is_marked=False
            )
            value = replace(value, privacy=Privacy.EPHEMERAL)
        elif isinstance(values, CallArguments):
            reject_ephemeral(value, f"var.{self.declaration.name} is not declared as ephemeral")
        if self._is_sensitive:
            value = declared_sensitive(value, self.declaration.name, StepKind.VARIABLE)
        is_default = StepKind.VARIABLE_DEFAULT in {step.kind for step in value.trace[-1:]}
        is_root = not isinstance(values, CallArguments)
        return self._validated(value, _DEFAULT_HINT if is_default and is_root else "")

    def _unvalidated(self, values: VariableValues) -> Value | None:
        """Return what the variable is set to, or its default; None without either."""
        given = values.value(self.declaration.name, self.declaration.constraint)
        if given is None or (given.is_null and not self._is_nullable):
            return None if values.file_that_may_set(self.declaration.name) else self._default()
        if given.is_known or self._is_nullable:
            return given
        value = with_default(given, self._default_for_null)
        if isinstance(value.raw, UnknownRaw):
            value = replace(value, raw=replace(value.raw, is_not_null=True))
        return value

    def _default_for_null(self) -> Value:
        """Return what the variable is where null is passed and it may not be null."""
        default = self._default()
        if default is None:
            raise EvaluationError(f"Required variable not set: var.{self.declaration.name} is null")
        return default

    def check_default(self) -> None:
        """Raise EvaluationError for a type or a default that Terraform rejects, even where it is not used."""
        try:
            self._default()
        except EvaluationError as error:
            raise error.redacted() if self._is_hidden else error from None

    @property
    def _is_nullable(self) -> bool:
        return self._flag("nullable", default=True)

    def _default(self) -> Value | None:
        value = self.declaration.default
        if value is not None and value.is_null and not self._is_nullable:
            text = f"Invalid default value for variable {self.declaration.name}: null is not a valid value"
            default = self.declaration.block.body.attribute("default")
            raise EvaluationError(text, default.range if default else None)
        return value

    def _unset(self, values: VariableValues) -> Value:
        """Return the value of a variable without a default that is not set: unknown in a root module."""
        name = self.declaration.name
        if isinstance(values, CallArguments):
            text = f'Missing required argument: the module needs "{name}", and the call has none'
            raise EvaluationError(text, values.block.header)
        other = values.file_that_may_set(name)
        why = (
            f"may be set through {other}, which is not evaluated"
            if other
            else "has no default and no value"
        )
        raw = UnknownRaw(f"var.{name} {why}", is_not_null=not self._is_nullable)
        step = SourceStep(self.declaration.block.header, StepKind.OPEN_VARIABLE, name)
        return self._narrowed(Value(self.declaration.constraint.type, raw, (step,)))

    def _narrowed(self, value: Value) -> Value:
        from ecbackup_iac.terraform.evaluation.validation import narrowed  # most are known

        conditions = [
            condition.expression
            for rule in self.declaration.block.body.blocks("validation")
            if (condition := rule.body.attribute("condition"))
        ]
        reference, address = f"var.{self.declaration.name}", self.scope.address
        return narrowed(value, reference, conditions, self._evaluated, address)

    def _validated(self, value: Value, hint: str) -> Value:
        """Return the value if the variable's validation rules accept it. Raises EvaluationError."""
        rules = self.declaration.block.body.blocks("validation")
        if not rules:
            return value
        evaluator = Evaluator(_ValidationScope(self.scope, self.declaration.name, value))
        for rule in rules:
            condition = rule.body.attribute("condition")
            if condition is None:
                continue
            is_valid = converted(evaluator.value(condition.expression), BOOL)
            if is_valid.is_null:
                text = "Invalid variable validation result: it is null"
                raise EvaluationError(text, condition.range)
            if is_valid.raw is False and not is_valid.is_unknown_to_plan:
                message = _error_message(rule, evaluator)
                text = f"Invalid value for variable {self.declaration.name}: {message}{hint}"
                raise EvaluationError(text, rule.header)
        return value if value.is_listed else self._narrowed(value)

    def _flag(self, name: str, *, default: bool) -> bool:
        attribute = self.declaration.block.body.attribute(name)
        if attribute is None:
            return default
        value = converted(self._evaluated(attribute.expression), BOOL)
        return default if not isinstance(value.raw, bool) else value.raw

    def _evaluated(self, node: Node) -> Value:
        return Evaluator(self.scope).value(node)


class _ValidationScope:
    """A module's scope in which one variable has the value that is validated."""

    allows_calls = True
    instance_key = ""

    def __init__(self, scope: Scope, name: str, value: Value) -> None:
        self._scope = scope
        self._name = name
        self._value = value
        self.files = scope.files
        self.address = scope.address

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of a reference. Raises EvaluationError."""
        if (root, names) == ("var", (self._name,)):
            return self._value
        return self._scope.reference(root, names, source_range)


def _error_message(rule: Block, evaluator: Evaluator) -> str:
    """Return a rule's error message, where it is known and nothing in it is hidden."""
    attribute = rule.body.attribute("error_message")
    if attribute is None:
        return _NO_MESSAGE
    try:
        message = evaluator.value(attribute.expression)
    except EvaluationError:
        return _NO_MESSAGE
    if message.is_hidden or not isinstance(message.raw, str):
        return _NO_MESSAGE
    return " ".join(message.raw.split())[:MAX_ERROR_MESSAGE]
