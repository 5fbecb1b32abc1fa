"""A module instance → what Terraform rejects of its declarations, whether a cache depends on them or not."""

import re
from collections.abc import Callable, Iterator, Sequence

from ecbackup_iac.hcl.expression import (
    For,
    FunctionCall,
    GetAttribute,
    Index,
    Interpolation,
    InvalidExpression,
    Literal,
    Name,
    Node,
    ObjectNode,
    Template,
    Text,
    TupleNode,
    nodes_in,
)
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.report import Diagnostic, Severity
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.block_schemas import block_problems
from ecbackup_iac.terraform.modules.instances import ModuleInstance
from ecbackup_iac.terraform.modules.module import Module, ResourceKey
from ecbackup_iac.terraform.modules.static_references import check_list, listed
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import BOOL
from ecbackup_iac.terraform.values.value import Value

_RESERVED = (
    "count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version",
)  # fmt: skip
"""Names of module arguments: no variable may be called so."""

_ALIAS = r'\A"?([\w-]+)\s*\.\s*([\w-]+)"?\Z'
_PROVIDER = r'"?(?!\d)[\w-]+(?:\s*\.\s*[\w-]+)?"?'


def problems(instance: ModuleInstance) -> Iterator[EvaluationError]:
    """Yield what Terraform rejects of a module's variables, of what they are set to, and of its outputs."""
    for name, block in instance.module.variables.items():
        try:
            _check_variable(instance, name, block)
        except EvaluationError as error:
            yield error.at(block.header)

    def value_of(attribute: Attribute) -> Value:
        return Evaluator(instance).value(attribute.expression)

    for block in instance.module.outputs.values():
        yield from block_problems(block)
        yield from undeclared_names(instance, block)
        for rule in block.body.blocks("precondition"):
            try:
                check_rule(rule)
                is_met = rule_condition_value(rule, value_of)
            except EvaluationError as error:
                yield error.at(rule.header)
                continue
            if is_met.raw is False and not is_met.is_unknown_to_plan:
                yield EvaluationError("Module output value precondition failed", rule.header)


def check_rule(rule: Block) -> None:
    """Raise EvaluationError for a precondition or postcondition that is rejected without evaluation."""
    attributes = {attribute.name: attribute for attribute in rule.body.attributes()}
    for name in ("condition", "error_message"):
        if name not in attributes:
            raise EvaluationError(f"Missing required argument: the rule has no {name}", rule.header)
    if not any(_references(attributes["condition"].expression)):
        text = f"Invalid {rule.type} expression: it must refer to something in the configuration"
        raise EvaluationError(text, attributes["condition"].range)


def rule_condition_value(rule: Block, value_of: Callable[[Attribute], Value]) -> Value:
    """Return whether a rule's condition is true: a bool, or unknown. Raises EvaluationError."""
    attribute, message = (rule.body.attribute(name) for name in ("condition", "error_message"))
    if attribute is None or message is None:
        raise EvaluationError("Missing required argument", rule.header)
    is_met = value_of(attribute)
    try:
        truth = converted(is_met, BOOL)
    except EvaluationError as error:
        text = f"Invalid condition result: {error.message}"
        raise EvaluationError(text, attribute.range) from error
    if truth.is_null:
        text = "Invalid condition result: it must be true or false, not null"
        raise EvaluationError(text, attribute.range)
    if value_of(message).is_null:
        raise EvaluationError("Invalid error message: it must not be null", message.range)
    return truth


def _check_variable(instance: ModuleInstance, name: str, block: Block) -> None:
    """Evaluate a variable. Raises EvaluationError for what Terraform rejects."""
    variable = instance.variable(name)
    if not variable.declaration.is_valid:
        _check_declaration(instance, name, block)
        variable.declaration.is_valid = True
    instance.reference("var", (name,), block.header)


def _check_declaration(instance: ModuleInstance, name: str, block: Block) -> None:
    """Check what is the same in every instance of the module. Raises EvaluationError."""
    if name in _RESERVED:
        raise EvaluationError(f'Invalid variable name: "{name}" is reserved')
    for error in block_problems(block):
        raise error
    for rule in block.body.blocks("validation"):
        written = rule.body.attribute("condition")
        if written is not None and ("var", name) not in _references(written.expression):
            text = f"Invalid variable validation condition: it does not refer to var.{name}"
            raise EvaluationError(text, written.range)
    _warn_of_quoted_type(instance, block)
    instance.variable(name).check_default()


def undeclared_names(instance: ModuleInstance, block: Block) -> Iterator[EvaluationError]:
    """Yield that a resource or call depends on what is not declared, or names a provider that is not."""
    module = instance.module
    if module.why_incomplete:
        return
    yield from _undeclared_dependencies(module, block)
    yield from _undeclared_providers(instance, block)


def _undeclared_dependencies(module: Module, block: Block) -> Iterator[EvaluationError]:
    dependencies = block.body.attribute("depends_on")
    lifecycles = block.body.blocks("lifecycle")
    triggers = (inner.body.attribute("replace_triggered_by") for inner in lifecycles)
    for written in filter(None, (dependencies, *triggers)):
        try:
            check_list(written)
        except EvaluationError as error:
            yield error
            continue
        for root, name in (pair for node in listed(written) for pair in _references(node)):
            is_own = written is not dependencies and root in ("count", "each")
            if not is_own and not _is_declared(module, root, name):
                yield EvaluationError(f"Reference to undeclared {root}.{name}", written.range)


def _undeclared_providers(instance: ModuleInstance, block: Block) -> Iterator[EvaluationError]:
    for written in filter(None, map(block.body.attribute, ("provider", "providers"))):
        node = written.expression
        named = [value for _, value in node.items] if isinstance(node, ObjectNode) else [node]
        if (written.name == "providers") is not isinstance(node, ObjectNode):
            yield EvaluationError("Invalid expression: a map of providers is passed", written.range)
            continue
        # What the call passes needs no declaration.
        known = {*_provider_aliases(instance.module), *_passed_aliases(instance.call_blocks[-1:])}
        for value in named:
            of = value.of if isinstance(value, Index) else value  # OpenTofu's have instances
            is_invalid = isinstance(of, InvalidExpression)  # it is reported
            if not is_invalid and not re.fullmatch(_PROVIDER, of.range.text):
                text = "Invalid provider configuration reference: a name, or one and an alias"
                yield EvaluationError(text, written.range)
            for provider, alias in sorted({*_alias(of)} - known):
                text = f"Provider configuration not present: {provider}.{alias} is not declared"
                yield EvaluationError(text, written.range)


def _is_declared(module: Module, root: str, name: str) -> bool:
    """Whether a module declares what a reference begins with."""
    match root:
        case "data" | "ephemeral":
            return any(key[:2] == (root, name) for key in module.resources)
        case "local":
            return name in module.local_values
        case "module":
            return name in module.calls
        case "var":
            return name in module.variables
        case "path" | "terraform":
            return True
        case _:
            return ResourceKey("managed", root, name) in module.resources


def missing_providers(call: Block, target: Module) -> Iterator[EvaluationError]:
    """Yield the provider configurations that a module needs to be passed, and the call does not pass."""
    for provider, alias in sorted(_required_aliases(target) - {*_passed_aliases([call])}):
        text = f"Missing required provider configuration: the module needs {provider}.{alias}"
        yield EvaluationError(text, call.header)


def _provider_aliases(module: Module) -> set[tuple[str, str]]:
    """Return the provider configurations that a module declares, or needs to be passed, under an alias."""
    declared = ((block.labels[0], block.body.literal_string("alias")) for block in module.providers)
    return _required_aliases(module) | {(provider, alias) for provider, alias in declared if alias}


def _required_aliases(module: Module) -> set[tuple[str, str]]:
    """Return the provider configurations that `configuration_aliases` lists in `required_providers`."""
    required = {  # what overrides comes after what it overrides
        argument.name: argument
        for block in module.terraform_blocks
        for inner in block.body.blocks("required_providers")
        for argument in inner.body.attributes()
    }
    return {
        pair
        for one in required.values()
        for node in nodes_in(one.expression)
        if isinstance(node, TupleNode)
        for item in node.items
        for pair in _alias(item)
    }


def _passed_aliases(calls: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Yield the aliases under which calls pass provider configurations."""
    for written in filter(None, (call.body.attribute("providers") for call in calls)):
        node = written.expression
        for key, _ in node.items if isinstance(node, ObjectNode) else ():
            yield from _alias(key)


def _alias(node: Node) -> list[tuple[str, str]]:
    """Return the provider and the alias that `aws.west` names, with quotes (as in JSON) or without."""
    return re.findall(_ALIAS, node.range.text)


def undeclared_reference(module: Module, attribute: Attribute) -> EvaluationError | None:
    """Return the error of an expression that names an undeclared local, module call or provider's function.

    Terraform rejects it even in a part of the expression that is not evaluated.
    """
    if module.why_incomplete:
        return None
    nodes = list(nodes_in(attribute.expression))
    bound = {name for node in nodes for name in _bound_names(node)}
    for node in nodes:
        if isinstance(node, GetAttribute) and isinstance(node.of, Name):
            root = node.of.name
            is_checked = root in ("local", "module") and root not in bound
            if is_checked and not _is_declared(module, root, node.name):
                return EvaluationError(f"Reference to undeclared {root}.{node.name}", node.range)
        if isinstance(node, FunctionCall) and node.name.startswith("provider::"):
            provider = node.name.split("::")[1]
            if not _requires(module, provider):
                text = f'Unknown provider function: required_providers does not name "{provider}"'
                return EvaluationError(text, node.range)
    return None


def _bound_names(node: Node) -> Iterator[str | None]:
    """Yield the variables of a loop; a template with directives may have any."""
    match node:
        case For():
            yield from (node.key, node.item)
        case Template(parts=parts) if not all(isinstance(p, Text | Interpolation) for p in parts):
            yield from ("local", "module")


def _requires(module: Module, provider: str) -> bool:
    return any(
        required.body.attribute(provider) is not None
        for block in module.terraform_blocks
        for required in block.body.blocks("required_providers")
    )


def _warn_of_quoted_type(instance: ModuleInstance, block: Block) -> None:
    kind = block.body.attribute("type")
    if kind is None or not isinstance(kind.expression, Literal):
        return
    text = "quoted types are Terraform 0.11 syntax, which later versions reject: remove the quotes"
    warning = Diagnostic(text, kind.range.location, Severity.WARNING)
    if warning not in instance.module.diagnostics:
        instance.module.add_diagnostic(warning)


def _references(expression: Node) -> Iterator[tuple[str, str]]:
    """Yield the first two names of every reference in an expression."""
    for node in nodes_in(expression):
        if isinstance(node, GetAttribute) and isinstance(node.of, Name):
            yield node.of.name, node.name
