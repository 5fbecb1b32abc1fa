"""An expression in a scope → its value."""

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from ecbackup_iac.hcl.expression import (
    Binary,
    Conditional,
    Element,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    InvalidExpression,
    Literal,
    Name,
    Node,
    ObjectNode,
    Splat,
    Template,
    TupleNode,
    Unary,
)
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import NeedsCorrection, StepKind
from ecbackup_iac.terraform.evaluation.conditionals import conditional, with_truth_outcomes
from ecbackup_iac.terraform.evaluation.function_calls import function_call
from ecbackup_iac.terraform.evaluation.node_evaluator import SPLAT_ELEMENT, NodeEvaluator
from ecbackup_iac.terraform.evaluation.string_templates import template
from ecbackup_iac.terraform.functions.call_context import Scope
from ecbackup_iac.terraform.functions.data_files import with_steps_of_files
from ecbackup_iac.terraform.values.context import evaluation_context, record_possible_rejection
from ecbackup_iac.terraform.values.errors import (
    EvaluationError,
    ReferenceRejectedError,
    UnneededOperandError,
    error_quoting,
)
from ecbackup_iac.terraform.values.operators import attribute, binary, decides, index, unary
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, NUMBER, STRING, Type
from ecbackup_iac.terraform.values.value import (
    Privacy,
    UnknownRaw,
    Value,
    is_open,
    keep_unknown_to_plan,
    not_null,
    object_value,
    tuple_value,
    unknown,
)

_REFERENCE_LENGTHS = {"data": 2, "resource": 2, "ephemeral": 2}
"""First name of a reference → how many more belong to it: `data.TYPE.NAME`; of any other, one more."""


_NO_RESOURCES = {
    "var", "local", "module", "path", "terraform", "tofu", "each", "count", "self",
}  # fmt: skip
"""The first names of references that lead to no resource."""

_BEFORE_1_12 = """ (Terraform before 1.12 evaluates both sides of {}; \
if yours is later, set required_version = ">= 1.12")"""


class Evaluator(NodeEvaluator):
    """Evaluates the expressions of a configuration."""

    def evaluate(self, node: Node) -> Value:  # noqa: C901, PLR0912 - one case per kind of node
        """Return the value of a node by its kind. Raises EvaluationError."""
        match node:
            case Literal():
                return _literal(node)
            case Template():
                return template(self, node)
            case GetAttribute():
                names = self._reference_names(node)
                if names is not None:  # a whole reference
                    return self.scope.reference(names[0], names[1:], node.range)
                of = self.value(node.of)
                self._check_instance_key(node.of, of, has_key=False)
                return attribute(of, node.name)
            case Index():
                of = self.value(node.of)
                self._check_instance_key(node.of, of, has_key=True)
                return index(of, self.value(node.key), self.condition_text(node.key))
            case Binary():
                return not_null(self._binary(node))
            case Unary():
                operand = self.value(node.operand)
                if node.operator == "!":
                    operand = with_truth_outcomes(self, operand, node.operand)
                return keep_unknown_to_plan(
                    lambda: not_null(unary(node.operator, operand)), operand
                )
            case Conditional():
                return conditional(self, node)
            case FunctionCall():
                return function_call(self, node)
            case TupleNode():
                return tuple_value(self.value(item) for item in node.items)
            case ObjectNode():
                return self._object(node)
            case For():
                from ecbackup_iac.terraform.evaluation.loops import for_expression

                return for_expression(self, node)
            case Splat():
                from ecbackup_iac.terraform.evaluation.loops import splat

                return splat(self, node)
            case Name():
                return self._name(node)
            case Element():
                return self.local_variables[SPLAT_ELEMENT]
            case InvalidExpression(rejection=rejection):
                if rejection:
                    raise EvaluationError(rejection)
                return unknown(
                    NeedsCorrection("the expression is not valid, or is nested too deeply")
                )
            case never:
                assert_never(never)

    def rendered(
        self, template: Template, scope: Scope, variables: Mapping[str, Value], *, is_hidden: bool
    ) -> Value:
        """Return the value of a template with these variables. Raises EvaluationError."""
        kind = HiddenSourceEvaluator if is_hidden else Evaluator
        return kind(scope, variables).value(template)

    def _binary(self, node: Binary) -> Value:
        left = self.value(node.left)
        is_logical = node.operator in ("&&", "||")
        left = with_truth_outcomes(self, left, node.left) if is_logical else left
        try:
            right = self.value(node.right)
            right = with_truth_outcomes(self, right, node.right) if is_logical else right
            # A plan compares with null, or another type, what it does not know.
            is_certain = node.operator in ("==", "!=") and (
                left.is_null or right.is_null or left.type != right.type
            )
            needed = () if is_certain else (left, right)
            result = keep_unknown_to_plan(lambda: binary(node.operator, left, right), *needed)
            return with_steps_of_files(result, (left, right))
        except (ReferenceRejectedError, UnneededOperandError):
            raise
        except EvaluationError as error:
            if not decides(node.operator, left):
                raise
            if evaluation_context().short_circuits:
                return left
            reason = _BEFORE_1_12.format(node.operator)
            text, redacted = error.message + reason, error.redacted_message + reason
            raise UnneededOperandError(text, error.origin, redacted) from error

    def _name(self, node: Name) -> Value:
        if node.name in self.local_variables:
            return self.local_variables[node.name]
        raise error_quoting("Invalid reference: {} needs an attribute", f'"{node.name}"', "a name")

    def _reference_names(self, node: GetAttribute) -> tuple[str, ...] | None:
        """Return the names of a whole reference; None where the node is a step beyond one."""
        names = [node.name]
        of: Node = node.of
        while isinstance(of, GetAttribute):
            names.append(of.name)
            of = of.of
        if not isinstance(of, Name) or of.name in self.local_variables:
            return None
        if len(names) != _REFERENCE_LENGTHS.get(of.name, 1):
            return None
        return (of.name, *reversed(names))

    def _check_instance_key(self, node: Node, of: Value, *, has_key: bool) -> None:
        """Raise ReferenceRejectedError for a key of a single resource, or none where it is repeated."""
        if not isinstance(of.raw, tuple | Mapping) or not isinstance(node, GetAttribute):
            return
        if has_key is not is_open(of):  # most are what they should be
            return
        names = self._reference_names(node)
        if names is None or names[0] in _NO_RESOURCES:
            return
        text = "Unexpected resource instance key: it has neither count nor for_each"
        if not has_key:
            text = "Missing resource instance key: it has count or for_each"
        raise ReferenceRejectedError(text)

    def _object(self, node: ObjectNode) -> Value:
        members: dict[str, Value] = {}
        keys = []
        unknown_key: UnknownRaw | None = None
        for key_node, value_node in node.items:
            key = self.object_key(key_node)
            value = self.value(value_node)
            if not key.is_known:
                unknown_key = key.unknown
                continue
            keys.append(key)
            source_range = SourceRange(
                key_node.range.file, key_node.range.start, value_node.range.end
            )
            name = key_node.value if isinstance(key_node, Literal) else None
            name = name if isinstance(name, str) else ""
            step = SourceStep(source_range, StepKind.MAPPING, name, value_node)
            members[str(key.raw)] = value.through(*self.trace_steps(step))
        if unknown_key is not None:
            record_possible_rejection(is_deferred=unknown_key.is_deferred)  # it may be null
            return unknown(unknown_key.why, is_deferred=unknown_key.is_deferred)
        return object_value(members).with_marks_of(*keys)


class HiddenSourceEvaluator(Evaluator):
    """Evaluates the expressions of a template file, no text of which may be shown."""

    def value(self, node: Node) -> Value:
        """Return the value of an expression. Raises EvaluationError, without what it quotes."""
        try:
            value = super().value(node)
        except EvaluationError as error:
            raise error.redacted() from None
        literals = () if isinstance(node, Literal) else value.literals
        return replace(value, literals=literals, privacy=Privacy.OUTSIDE)

    def source_text(self, node: Node, text: str = "") -> str:  # noqa: ARG002 - it is hidden
        """Return where an expression is written."""
        location = node.range.location
        return f"the expression in line {location.line}, column {location.column}"

    def trace_steps(
        self,
        step: SourceStep,  # noqa: ARG002 - it is hidden
    ) -> tuple[SourceStep, ...]:
        """Return nothing: no trace leads into the template."""
        return ()


def _literal(node: Literal) -> Value:
    kind: Type
    match node.value:
        case str():
            kind = STRING
        case bool():
            kind = BOOL
        case None:
            kind = DYNAMIC
        case int() | Fraction() | float():
            kind = NUMBER
        case never:
            assert_never(never)
    return Value(kind, node.value, literals=(node.range,))
