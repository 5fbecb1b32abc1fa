"""The outputs of a module instance → their values, as a reference to the module call has them."""

from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.files.file_names import Program
from ecbackup_iac.terraform.functions.call_context import Scope
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.modules.resource_values import ReferenceTargetEvaluation
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import declared_sensitive, reject_ephemeral
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import DYNAMIC, object_of
from ecbackup_iac.terraform.values.value import LazyMembers, Privacy, Value


def output_values(module: Module, instance: Scope, program: Program | None) -> Value:
    """Return an object of a module instance's outputs, each of which is evaluated on demand."""
    kind = object_of(dict.fromkeys(module.outputs, DYNAMIC))
    return Value(
        kind,
        LazyMembers(
            sorted(module.outputs), lambda name: _output_value(name, module, instance, program)
        ),
    )


def _output_value(name: str, module: Module, instance: Scope, program: Program | None) -> Value:
    body = module.outputs[name].body
    attribute = body.attribute("value")
    if attribute is None:
        raise EvaluationError(f'Missing required argument: output "{name}" has no value')
    with ReferenceTargetEvaluation():
        value = Evaluator(instance).value(attribute.expression)
    value = value.through(SourceStep.of(attribute, StepKind.OUTPUT))
    ephemeral = body.attribute("ephemeral")
    if ephemeral is None or Evaluator(instance).value(ephemeral.expression).raw is False:
        reject_ephemeral(value, f'output "{name}" is not declared as ephemeral')
    else:
        value = replace(value, privacy=Privacy.EPHEMERAL)
    is_sensitive = body.attribute("sensitive")
    if is_sensitive and Evaluator(instance).value(is_sensitive.expression).raw is not False:
        # Terraform 1.11 does not mark it, and accepts it in a for_each; OpenTofu does.
        is_marked = program is Program.OPENTOFU
        return declared_sensitive(value, name, StepKind.OUTPUT, is_marked=is_marked)
    return value
