"""What sets a module's variables: the protocol, a module call, and inputs of which nothing is known."""

from collections.abc import Sequence
from typing import Protocol

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.constraints import Constraint
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import Scope
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import (
    Assumption,
    EvaluationError,
    UnknownRaw,
    Value,
    unknown,
)


class Inputs(Protocol):
    """The inputs of a module."""

    alternatives: Sequence[tuple[Assumption, "Inputs"]] = ()
    """What they may be instead, each under its assumption; none where they are certain."""

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return a variable's value; None where it is not set. Raises EvaluationError."""

    def set_by(self, name: str) -> str:  # noqa: ARG002
        """Return the file of another program that may set a variable; empty for none."""
        return ""

    @property
    def workspace(self) -> Value:
        """The name of the workspace."""


class AnyInputs(Inputs):
    """The inputs of a module of which nothing is known."""

    workspace = unknown("the workspace may be any workspace", STRING, is_not_null=True)

    @staticmethod
    def value(name: str, constraint: Constraint) -> Value:
        """Return a value of the variable's type that may be anything."""
        return Value(constraint.type, UnknownRaw(f"var.{name} may be anything"))


class CallInputs(Inputs):
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
            return constraint.applied(value).through(
                SourceStep.of(attribute, StepKind.MODULE_INPUT)
            )
        except EvaluationError as error:
            raise error.at(attribute.range) from error
