"""A module instance → what Terraform refuses of its declarations, whether a cache depends on them or not."""

from collections.abc import Callable, Iterator

from ecbackup_iac.hcl.expression import Call, GetAttribute, Literal, Name, Node, children
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.report import Diagnostic, Severity
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.type_system import BOOL
from ecbackup_iac.terraform.values.value import EvaluationError, Value

_RESERVED = (
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "providers",
    "source",
    "version",
)
"""Names of module arguments: no variable may be called so."""


def problems(instance: ModuleInstance) -> Iterator[EvaluationError]:
    """Yield what Terraform refuses of a module's variables, of what they are set to, and of its outputs."""
    for name, block in instance.module.variables.items():
        try:
            _check_variable(instance, name, block)
        except EvaluationError as error:
            yield error.at(block.header)

    def value_of(attribute: Attribute) -> Value:
        return Evaluator(instance).value(attribute.expression)

    for block in instance.module.outputs.values():
        for rule in block.body.blocks("precondition"):
            try:
                holds = condition(rule, value_of)
            except EvaluationError as error:
                yield error.at(rule.header)
                continue
            if holds.raw is False:
                yield EvaluationError("Module output value precondition failed", rule.header)


def condition(rule: Block, value_of: Callable[[Attribute], Value]) -> Value:
    """Return whether a rule's condition holds: a bool, or unknown. Raises EvaluationError."""
    attribute = rule.body.attribute("condition")
    if attribute is None:
        raise EvaluationError("Missing required argument: the rule has no condition", rule.header)
    holds = value_of(attribute)
    try:
        truth = converted(holds, BOOL)
    except EvaluationError as error:
        text = f"Invalid condition result: {error.message}"
        raise EvaluationError(text, attribute.range) from error
    if truth.is_null:
        text = "Invalid condition result: it must be true or false, not null"
        raise EvaluationError(text, attribute.range)
    return truth


def _check_variable(instance: ModuleInstance, name: str, block: Block) -> None:
    """Evaluate a variable. Raises EvaluationError for what Terraform refuses."""
    if name in _RESERVED:
        raise EvaluationError(f'Invalid variable name: "{name}" is reserved')
    for rule in block.body.blocks("validation"):
        written = rule.body.attribute("condition")
        if rule.body.attribute("error_message") is None:
            raise EvaluationError("Missing required argument: error_message", rule.header)
        if written is not None and not _refers_to(written.expression, name):
            text = f"Invalid variable validation condition: it does not refer to var.{name}"
            raise EvaluationError(text, written.range)
    _warn_of_quoted_type(instance, block)
    variable = instance.variable(name)
    variable.check_default()
    if not variable.is_ephemeral:
        instance.reference("var", (name,), block.header)


def undeclared_function(module: Module, attribute: Attribute) -> EvaluationError | None:
    """Return that a provider's function is called whose provider the module does not require."""
    waiting = [attribute.expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and node.name.startswith("provider::"):
            provider = node.name.split("::")[1]
            if not _requires(module, provider):
                text = f'Unknown provider function: required_providers does not name "{provider}"'
                return EvaluationError(text, node.range)
        waiting += children(node)
    return None


def _requires(module: Module, provider: str) -> bool:
    return any(
        required.body.attribute(provider) is not None
        for block in module.settings
        for required in block.body.blocks("required_providers")
    )


def _warn_of_quoted_type(instance: ModuleInstance, block: Block) -> None:
    kind = block.body.attribute("type")
    if kind is None or not isinstance(kind.expression, Literal):
        return
    text = "quoted types are Terraform 0.11 syntax, which later versions reject: remove the quotes"
    warning = Diagnostic(text, kind.range.location, Severity.WARNING)
    if warning not in instance.module.diagnostics:
        instance.module.note(warning)


def _refers_to(node: Node, name: str) -> bool:
    """Whether an expression refers to a variable."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, GetAttribute) and isinstance(node.of, Name):
            if (node.of.name, node.name) == ("var", name):
                return True
            continue
        waiting += children(node)
    return False
