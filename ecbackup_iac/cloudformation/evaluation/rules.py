"""The section `Rules` → whether the parameters of a scenario satisfy its assertions.

CloudFormation deploys nothing whose parameters break a rule, so a rule bounds what parameters can be.
"""

from collections.abc import Iterator

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.conditions import condition_result
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, Stack
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    Node,
    ScalarNode,
    member,
    text_of,
    walk,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record

MAX_DESCRIPTION = 80
"""Characters of an assertion's description in a message."""


@record(eq=False)
class Rule:
    """One rule of a template."""

    name: str
    condition: Node | None
    assertions: tuple[Node, ...]
    """Maps with an `Assert`."""

    location: Location

    def parameters(self, template: Template) -> set[str]:
        """Return the parameters that the rule depends on."""
        nodes = [*self.assertions, *([] if self.condition is None else [self.condition])]
        return {name for node in nodes for name in _parameters(node, template)}

    def asserted(self, template: Template) -> set[str]:
        """Return the parameters that its assertions are about."""
        return {name for node in self.assertions for name in _parameters(node, template)}


def rules_of(template: Template) -> list[Rule]:
    """Return the rules of a template."""
    found = []
    for name, (key, body) in template.section("Rules").items():
        assertions = member(body, "Assertions")
        items = tuple(assertions.items) if isinstance(assertions, ListNode) else ()
        location = template.source.location_of(key)
        found.append(Rule(name, member(body, "RuleCondition"), items, location))
    return found


def check_rules(evaluator: BaseEvaluator) -> None:
    """Check the rules about the parameters that this scenario's evaluation depended on.

    Raises:
        TemplateRejectedError: a rule is broken.
        NeedsSplit: a rule depends on something that the scenario leaves open.

    """
    checked: set[tuple[str, str]] = set()
    while True:
        pending = [
            (stack, rule)
            for stack, names in evaluator.used_parameters()
            for rule in rules_of(stack.template)
            if (stack.address, rule.name) not in checked
            and not names.isdisjoint(rule.parameters(stack.template))
        ]
        if not pending:
            return
        for stack, rule in pending:
            checked.add((stack.address, rule.name))
            broken = broken_assertion(rule, stack, evaluator)
            if broken is not None:
                description = (text_of(member(broken, "AssertDescription")) or "")[:MAX_DESCRIPTION]
                text = f"the rule {rule.name} is broken: {description}".removesuffix(": ")
                raise TemplateRejectedError(text, rule.location)


def broken_assertion(rule: Rule, stack: Stack, evaluator: BaseEvaluator) -> Node | None:
    """Return the first assertion of a rule that does not hold; None where all hold, or none applies.

    Raises:
        NeedsSplit: it depends on something that the scenario leaves open.

    """
    frame = Frame(stack)
    with evaluator.separate_dependencies():
        try:
            condition = rule.condition
            if condition and not condition_result(evaluator, condition, frame).holds:
                return None
            for assertion in rule.assertions:
                claim = member(assertion, "Assert")
                if claim is not None and not condition_result(evaluator, claim, frame).holds:
                    return assertion
        except TemplateRejectedError:  # a form that is not evaluated
            return None
    return None


def _parameters(node: Node, template: Template) -> Iterator[str]:
    declared = template.section("Parameters")
    return (
        part.text for part in walk(node) if isinstance(part, ScalarNode) and part.text in declared
    )
