"""The conditions of a resource's existence → whether it is created, and why it is not.

A resource that is not created with the values of this run may be created with others. The template of a
nested stack that no parameter values create is evaluated as if it were not nested.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from ecbackup_iac.cloudformation.evaluation.declarations import Declaration
from ecbackup_iac.cloudformation.evaluation.enumeration import (
    ScenarioBudget,
    TooManyScenariosError,
    cases_of,
    enumerate_scenarios,
)
from ecbackup_iac.cloudformation.evaluation.errors import (
    NoResultError,
    TemplateRejectedError,
    TooMuchError,
)
from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.rules import check_rules
from ecbackup_iac.cloudformation.evaluation.scenarios import Key
from ecbackup_iac.cloudformation.evaluation.stacks import ExistenceCondition, Frame, Stack
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    Node,
    function_of,
    text_of,
    walk,
)
from ecbackup_iac.cloudformation.templates.nested_stacks import passed_names

_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9:]+)\}")

MAX_PARAMETERS = 4
"""Named in one reason."""

MAX_TEXT = 80
"""Characters of a parameter's value in a reason."""


class Creation(Enum):
    """Whether a resource is created."""

    CREATED = auto()
    """It is, or may be, with the values of this run."""

    ABSENT = auto()
    """It is not with the values of this run, and may be with others."""

    NEVER = auto()
    """No values of the parameters create it."""

    REJECTED = auto()
    """CloudFormation rejects what it depends on."""


class Creations:
    """What one root creates; resources with the same conditions are evaluated once."""

    def __init__(self, budget: ScenarioBudget) -> None:
        """When the budget is spent, everything may be created, and reasons are not given."""
        self._budget = budget
        self._creations: dict[Key, Creation] = {}
        self._unmet: dict[Key, list[tuple[int, str]]] = {}
        self._reasons: dict[Key, str] = {}

    def creation_of(self, existence: tuple[ExistenceCondition, ...]) -> Creation:
        """Return whether a resource is created whose existence depends on these conditions."""
        key = _key(existence)
        if key not in self._creations:
            self._creations[key] = self._creation_of(existence)
        return self._creations[key]

    def _creation_of(self, existence: tuple[ExistenceCondition, ...]) -> Creation:
        if not existence:
            return Creation.CREATED
        try:
            if self._may_exist(existence, ignores_values=False):
                return Creation.CREATED
            may_exist = self._may_exist(existence, ignores_values=True)
        except TemplateRejectedError:
            return Creation.REJECTED
        except TooMuchError:
            return Creation.CREATED
        return Creation.ABSENT if may_exist else Creation.NEVER

    def _may_exist(
        self, existence: tuple[ExistenceCondition, ...], *, ignores_values: bool
    ) -> bool:
        """Whether all conditions are true in any scenario; they may be where there are too many scenarios."""

        def exists(evaluator: Evaluator) -> bool:
            is_met = evaluator.first_unmet(existence) is None
            check_rules(evaluator)
            return is_met

        cases = cases_of(exists, self._budget, ignores_values=ignores_values)
        try:
            return any(cases)
        except TooManyScenariosError:
            return True

    def reason_for_absence(
        self, existence: tuple[ExistenceCondition, ...], address: str = ""
    ) -> str:
        """Return why a resource is not created: `condition IsProd is false: Stage is "dev" (its default)`.

        `address` is its address where it is a nested stack.
        """
        key = _key(existence)
        if key not in self._unmet:
            self._unmet[key] = self._unmet_conditions(existence)
        reasons: dict[str, None] = {}
        for index, identifier in self._unmet[key]:
            unmet = existence[index]
            reason_key = (_key((unmet,)), identifier)
            if reason_key not in self._reasons:
                self._reasons[reason_key] = self._reason(unmet, identifier)
            is_above = unmet.stack not in ("", address)
            prefix = f"the nested stack {unmet.stack} is not created: " if is_above else ""
            reasons[f"{prefix}{self._reasons[reason_key]}"] = None
        return " or ".join(reasons) or "the conditions that it depends on are never true together"

    def _unmet_conditions(self, existence: tuple[ExistenceCondition, ...]) -> list[tuple[int, str]]:
        """Return the positions of those that are false, each with the loop that lacks an item, or ""."""
        unmet: dict[tuple[int, str], None] = {}
        try:
            found = enumerate_scenarios(
                lambda evaluator: evaluator.first_unmet(existence), self._budget
            )
        except NoResultError:
            return []
        for one in filter(None, found or ()):
            unmet[existence.index(one.condition), one.loop] = None
        return [*unmet]

    def _reason(self, unmet: ExistenceCondition, identifier: str) -> str:
        frame = unmet.frame
        if identifier:
            collection = frame.loops[identifier].collection
            fact = f"the collection of the loop over {identifier} is empty"
            parameters = dict(_parameters(collection, frame.loops[identifier].frame))
        elif unmet.url is not None:
            fact = f"the URL of {unmet.stack} names another template"
            parameters = dict(_parameters(unmet.url, frame))
        else:
            name = frame.substitute(text_of(unmet.condition) or "")
            fact = f"condition {name} is false"
            entry = frame.stack.template.section("Conditions").get(name)
            parameters = dict(_parameters(entry[1], Frame(frame.stack))) if entry else {}
        if self.creation_of((unmet,)) is Creation.NEVER:
            return f"{fact}, whatever the parameters are"
        named = [*parameters.items()]
        values = [
            _parameter_text(name, declaration, frame.stack)
            for name, declaration in named[:MAX_PARAMETERS]
        ]
        if len(named) > MAX_PARAMETERS:
            values.append("and so on")
        return f"{fact}: {', '.join(values)}" if values else fact


def _key(existence: tuple[ExistenceCondition, ...]) -> Key:
    """Return the identity of the conditions that a resource depends on."""
    return tuple(
        (text_of(required.condition), required.urls, id(required.frame.stack), required.frame.key)
        for required in existence
    )


def _parameters(node: Node, frame: Frame) -> Iterator[tuple[str, Declaration | None]]:
    """Yield the parameters that an expression depends on, those of conditions that it names included."""
    template = frame.stack.template
    conditions = template.section("Conditions")
    pending, seen = [node], {id(node)}
    while pending:
        for part in walk(pending.pop()):
            function, argument = function_of(part) or ("", part)
            first = argument.items[:1] if isinstance(argument, ListNode) else [argument]
            text = text_of(first[0]) or "" if first else ""
            names = _SUBSTITUTED.findall(text) if function == "Fn::Sub" else [text]
            if function in ("Ref", "Fn::Sub"):
                for name in names:
                    declaration = template.declaration(name) if name not in frame.loops else None
                    if declaration is not None or name.startswith("AWS::"):
                        yield name, declaration
            elif function in ("Condition", "Fn::If"):
                inner = conditions.get(frame.substitute(text))
                if inner is not None and id(inner[1]) not in seen:
                    seen.add(id(inner[1]))
                    pending.append(inner[1])


def _parameter_text(name: str, declaration: Declaration | None, stack: Stack) -> str:
    """Return a parameter's value and its origin, for a person; only values from files are shown."""
    root = stack.ancestors[-1]
    given = root.given_values.get(name) if stack is root or declaration is None else None
    shown_name = f"{stack.prefix}{name}"
    passed = dict(passed_names(stack.passed))
    if given is not None and given.trace:
        line = f"{given.location.path}:{given.location.line}"
        origin, text = f"passed in {line}", None if given.is_secret else given.text
    elif given is not None and given.is_from_command_line:
        return f"{shown_name} is set with --parameter"
    elif given is not None:
        origin, text = f"in {given.location.path}", given.text
    elif declaration is None:
        return f"{shown_name} is known only where the stack is deployed"
    elif name in passed:
        _, node = passed[name]
        origin, text = "passed by the parent", text_of(node) if node.tag is None else None
    elif declaration.default is not None:
        origin, text = "its default", declaration.default
    else:
        return f"{shown_name} has no value"
    if text is None or (declaration is not None and declaration.is_secret):
        return f"{shown_name} has a value that is not shown ({origin})"
    text = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ..."
    return f'{shown_name} is "{text}" ({origin})'
