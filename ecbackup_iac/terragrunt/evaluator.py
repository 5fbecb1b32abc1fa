"""An expression of a configuration file → its value."""

from ecbackup_iac.hcl.expression import FunctionCall, Name, Node
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator, HiddenSourceEvaluator
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import Value
from ecbackup_iac.terragrunt.functions import FUNCTIONS, call_function, tfvars_value
from ecbackup_iac.terragrunt.scope import ConfigScope

VARIABLES = frozenset(("dependency", "feature", "include", "local", "stack", "unit", "values"))
"""The names with which references in a configuration begin."""


class ConfigEvaluator(Evaluator):
    """Evaluates the expressions of a configuration file."""

    scope: ConfigScope

    def evaluate(self, node: Node) -> Value:
        """Return the value of a node by its kind. Raises EvaluationError."""
        match node:
            case FunctionCall(
                name="jsondecode", arguments=(FunctionCall(name="read_tfvars_file") as inner,)
            ):
                return tfvars_value(self, self.scope, inner)
            case FunctionCall(name=name) if name in FUNCTIONS:
                return call_function(self, self.scope, node)
            case Name(name=name) if name not in self.local_variables and name in VARIABLES:
                return self.scope.variable_value(name)
            case _:
                return super().evaluate(node)

    def _check_instance_key(self, node: Node, of: Value, *, has_key: bool) -> None:
        """Accept any key: there are no resources."""


class HiddenConfigEvaluator(HiddenSourceEvaluator, ConfigEvaluator):
    """Evaluates the expressions of a file of any other name: none of its text may be shown."""


def no_variable(name: str) -> EvaluationError:
    """Return the error for a variable that does not exist."""
    return EvaluationError(f'Unknown variable: there is no variable named "{name}"')
