"""A variable block → the type and the default that it declares, the same in every instance of its module."""

from functools import cached_property

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.constraints import Constraint, constraint_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.evaluation.scopes import CONSTANT_SCOPE
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.value import Value


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
        value = Evaluator(CONSTANT_SCOPE).value(default.expression)
        return constraint.applied(value).through(step)
