"""The base class of the evaluator: a scope and the variables of loops → the values of expressions there."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Self

from ecbackup_iac.hcl.expression import Node, Template
from ecbackup_iac.hcl.number import PRECISION
from ecbackup_iac.terraform.functions.call_context import Scope
from ecbackup_iac.terraform.values.budget import STEPS_PER_EXPRESSION, charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import Value

SPLAT_ELEMENT = ""
"""The name of the local variable for the element that a splat is at."""

MAX_SHOWN_VALUE = 40
"""Characters of a loop variable's value in the text of a condition."""

_DEPENDS_ON_INSTANCE = r"\b(each|count|self)\."


class NodeEvaluator(ABC):
    """Evaluates expressions in one scope, where local variables hide its names.

    What one kind of node needs is in a module of its own, which takes an evaluator.
    """

    def __init__(
        self,
        scope: Scope,
        local_variables: Mapping[str, Value] | None = None,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self.scope = scope
        self.local_variables: Mapping[str, Value] = local_variables or {}
        """The variables of for expressions and of templates, by name; also SPLAT_ELEMENT."""
        self._origins: Mapping[str, str] = origins or {}
        """The expression whose value each of these names has: `local.caches[0]`."""

    def value(self, node: Node) -> Value:
        """Return the value of an expression.

        Raises EvaluationError: Terraform rejects it; the error has the innermost range.
        Raises TooMuchError: it takes too much work.
        """
        charge(STEPS_PER_EXPRESSION)
        try:
            return self.evaluate(node)
        except EvaluationError as error:
            if error.origin is None:
                error.origin = node.range
            raise

    @abstractmethod
    def evaluate(self, node: Node) -> Value:
        """Return the value of a node by its kind. Raises EvaluationError."""

    @abstractmethod
    def rendered(
        self, template: Template, scope: Scope, variables: Mapping[str, Value], *, is_hidden: bool
    ) -> Value:
        """Return the value of a template with these variables. Raises EvaluationError."""

    def with_local_variables(self, variables: Mapping[str, Value], origin: str = "") -> Self:
        """Return an evaluator with more local variables, which have the values of the expression `origin`."""
        origins = self._origins
        if origin:
            shadowed = ", ".join(self._origins[name] for name in variables if name in self._origins)
            full = f"{origin} ({shadowed})" if shadowed else origin
            origins = {**origins, **dict.fromkeys(variables, full)}
        return type(self)(self.scope, {**self.local_variables, **variables}, origins)

    def object_key(self, node: Node) -> Value:
        """Return the value of an object's key. Raises EvaluationError."""
        key = self.value(node)
        if key.is_null:
            raise EvaluationError("Can't use a null value as a key")
        try:
            return converted(key, STRING)
        except EvaluationError as error:
            raise error.prefixed("Can't use this value as a key: ") from error

    def condition_text(self, node: Node) -> str:
        """Return a condition's text, by which equal conditions of one module instance are recognised."""
        text = self.source_text(node)
        address = self.scope.address
        variables = ", ".join(
            f"{name} = {_shown(value) or self._origins.get(name, '...')}"
            for name, value in self.local_variables.items()
            if name != SPLAT_ELEMENT
        )
        if any(re.search(_DEPENDS_ON_INSTANCE, each) for each in (text, variables)):
            address += self.scope.instance_key
        prefix = f"{address}: " if address else ""
        return f"{prefix}{text}" + (f" ({variables})" if variables else "")

    def source_text(self, node: Node, text: str = "") -> str:
        """Return an expression, or a string within it, as a condition shows it."""
        return " ".join((text or node.range.text).split())

    def trace_steps(self, step: SourceStep) -> tuple[SourceStep, ...]:
        """Return what an entry of an object adds to the trace of its value."""
        return (step,)


def _shown(value: Value) -> str:
    """Return a value that fits into the text of a condition; empty for any other."""
    raw = value.raw
    if isinstance(raw, int) and raw.bit_length() > PRECISION:
        return ""
    if value.is_sensitive or (value.privacy and isinstance(raw, str)):
        return ""
    return str(raw) if isinstance(raw, str | int) and len(str(raw)) <= MAX_SHOWN_VALUE else ""
