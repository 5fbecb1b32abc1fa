"""The section `Rules` → whether the parameters of a scenario satisfy its assertions.

CloudFormation does not deploy parameters that break a rule, so scenarios in which they do are left out.
"""

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import condition_result
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, Stack
from ecbackup_iac.cloudformation.evaluation.template import Rule
from ecbackup_iac.cloudformation.syntax.nodes import Node, member, text_of

MAX_RULES = 20
"""Checked in one scenario. More are not checked, which is safe: then the parameters have more values."""

MAX_DESCRIPTION = 80
"""Characters of an assertion's description in a message."""


def check_rules(evaluator: BaseEvaluator) -> None:
    """Check the rules about the parameters that this scenario's evaluation depended on."""
    checked: set[tuple[str, str]] = set()
    while True:  # evaluating a rule may use more parameters, which more rules are about
        pending = [
            (stack, rule)
            for stack, names in evaluator.used_parameters()
            for rule in stack.template.rules
            if (stack.address, rule.name) not in checked and not names.isdisjoint(rule.parameters)
        ]
        if not pending:
            return
        for stack, rule in pending:
            if len(checked) >= MAX_RULES:
                return
            checked.add((stack.address, rule.name))
            broken = broken_assertion(rule, stack, evaluator)
            if broken is not None:
                description = (text_of(member(broken, "AssertDescription")) or "")[:MAX_DESCRIPTION]
                text = f"the rule {rule.name} is violated: {description}".removesuffix(": ")
                raise TemplateRejectedError(text, rule.location)


def broken_assertion(rule: Rule, stack: Stack, evaluator: BaseEvaluator) -> Node | None:
    """Return the first assertion of a rule that is false; None where none is, or the rule is not used."""
    frame = Frame(stack)
    with evaluator.separate_dependencies():
        try:
            condition = rule.condition
            if condition and not condition_result(evaluator, condition, frame).is_true:
                return None
            for assertion in rule.assertions:
                claim = member(assertion, "Assert")
                if claim is not None and not condition_result(evaluator, claim, frame).is_true:
                    return assertion
        except TemplateRejectedError:  # a form that is not evaluated
            return None
    return None
