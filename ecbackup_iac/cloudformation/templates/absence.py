"""What the existence of a resource depends on → whether it is created, and why it is not.

A resource that is not created with the values of this run may be created with others; where no value of
any parameter creates it, the template that would hold it is as good as never nested.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from ecbackup_iac.cloudformation.evaluation.declarations import Declaration
from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.scenarios import (
    MAX_CASES,
    Effort,
    Key,
    NeedsSplit,
    Scenario,
    TemplateRejectedError,
    TooMuchError,
    enumerate_scenarios,
)
from ecbackup_iac.cloudformation.evaluation.stacks import ExistenceCondition, Frame, Stack
from ecbackup_iac.cloudformation.evaluation.values import Value
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    Node,
    function_of,
    member,
    members,
    text_of,
    walk,
)

_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9:]+)\}")

MAX_EFFORT = 2_000
"""Worlds that are worked out for one root; beyond that everything may be created, and no reason is told."""

MAX_PARAMETERS = 4
"""Of a reason; more are not named."""

MAX_TEXT = 80
"""Characters of a parameter's value in a reason."""


class Creation(Enum):
    """Whether a resource is created."""

    CREATED = auto()
    """With the values of this run it is, or may be."""

    ABSENT = auto()
    """It is not, and may be with others."""

    NEVER = auto()
    """It is not, whatever the values of the parameters."""

    REFUSED = auto()
    """CloudFormation refuses what it depends on."""


class Creations:
    """What one root creates; what depends on the same conditions is worked out once."""

    def __init__(self) -> None:
        self._effort = Effort(MAX_EFFORT)
        self._creations: dict[Key, Creation] = {}
        self._unmet: dict[Key, list[tuple[int, str]]] = {}
        self._told: dict[Key, str] = {}

    def creation_of(self, existence: tuple[ExistenceCondition, ...]) -> Creation:
        """Return whether something is created whose existence depends on these."""
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
            return Creation.REFUSED
        except TooMuchError:
            return Creation.CREATED
        return Creation.ABSENT if may_exist else Creation.NEVER

    def _may_exist(
        self, existence: tuple[ExistenceCondition, ...], *, ignores_values: bool
    ) -> bool:
        """Whether something exists in any world; it may where there are too many of them.

        Raises:
            RefusalError: CloudFormation refuses every one.

        """
        refusal: TemplateRejectedError | None = None
        is_deployed = False
        pending, left = [Scenario()], MAX_CASES
        while pending:
            left -= 1
            if left < 0 or not self._effort.take():
                return True
            try:
                if Evaluator(pending.pop(), ignores_values=ignores_values).exists(existence):
                    return True
                is_deployed = True
            except NeedsSplit as split:
                pending += reversed(split.scenarios)
            except TemplateRejectedError as error:
                refusal = refusal or error
        if refusal is not None and not is_deployed:
            raise refusal
        return False

    def reason_for_absence(
        self, existence: tuple[ExistenceCondition, ...], address: str = ""
    ) -> str:
        """Return why something is not created: `condition IsProd is false: Stage is "dev" (its default)`.

        `address` is that of a nested stack, where one is what is not created.
        """
        key = _key(existence)
        if key not in self._unmet:
            self._unmet[key] = self._obstacles(existence)
        reasons: dict[str, None] = {}
        for index, identifier in self._unmet[key]:
            one = existence[index]
            told_key = (_key((one,)), identifier)
            if told_key not in self._told:
                self._told[told_key] = self._reason(one, identifier)
            is_other = one.stack not in ("", address)
            prefix = f"the nested stack {one.stack} is not created: " if is_other else ""
            reasons[f"{prefix}{self._told[told_key]}"] = None
        return " or ".join(reasons) or "the conditions that it depends on do not hold together"

    def _obstacles(self, existence: tuple[ExistenceCondition, ...]) -> list[tuple[int, str]]:
        """Return which of these do not hold, by position, with the loop that has no item or ""."""
        found: dict[tuple[int, str], None] = {}
        try:
            for case in (
                enumerate_scenarios(lambda one: one.obstacle(existence), Evaluator, self._effort)
                or ()
            ):
                if case.value is not None:
                    found[existence.index(case.value[0]), case.value[1]] = None
        except (TemplateRejectedError, TooMuchError):
            return []
        return [*found]

    def _reason(self, unmet: ExistenceCondition, identifier: str) -> str:
        frame = unmet.frame
        if identifier:
            collection = frame.loops[identifier].collection
            what = f"the collection of the loop over {identifier} is empty"
            parameters = dict(_parameters(collection, frame.loops[identifier].frame))
        else:
            name = frame.filled(text_of(unmet.condition) or "")
            what = f"condition {name} is false"
            entry = _conditions(frame).get(name)
            parameters = dict(_parameters(entry, Frame(frame.stack))) if entry else {}
        if self.creation_of((unmet,)) is Creation.NEVER:
            return f"{what}, whatever the parameters are"
        named = [*parameters.items()]
        values = [_value(*one, frame.stack, self._effort) for one in named[:MAX_PARAMETERS]]
        if len(named) > MAX_PARAMETERS:
            values.append("and so on")
        return f"{what}: {', '.join(values)}" if values else what


def _key(existence: tuple[ExistenceCondition, ...]) -> Key:
    """Return what tells the conditions that something depends on from others."""
    return tuple((text_of(one.condition), id(one.frame.stack), one.frame.key) for one in existence)


def _conditions(frame: Frame) -> dict[str, Node]:
    """Return the conditions of a stack's template, by name."""
    return {name: node for name, (_, node) in frame.stack.template.section("Conditions").items()}


def _parameters(node: Node, frame: Frame) -> Iterator[tuple[str, Declaration | None]]:
    """Yield the parameters that an expression leads to, those of the conditions it names included."""
    conditions, template = _conditions(frame), frame.stack.template
    pending, met = [node], {id(node)}
    while pending:
        for one in walk(pending.pop()):
            function, argument = function_of(one) or ("", one)
            first = argument.items[:1] if isinstance(argument, ListNode) else [argument]
            text = text_of(first[0]) or "" if first else ""
            names = _SUBSTITUTED.findall(text) if function == "Fn::Sub" else [text]
            if function in ("Ref", "Fn::Sub"):
                for name in names:
                    declaration = template.declaration(name) if name not in frame.loops else None
                    if declaration is not None or name.startswith("AWS::"):
                        yield name, declaration
            elif function in ("Condition", "Fn::If"):
                inner = conditions.get(frame.filled(text))
                if inner is not None and id(inner) not in met:
                    met.add(id(inner))
                    pending.append(inner)


def _value(name: str, declaration: Declaration | None, stack: Stack, effort: Effort) -> str:
    """Return what a parameter is and where that is from; a value is shown where a file holds it."""
    root = stack.ancestors[-1]
    given = root.given.get(name) if stack is root or declaration is None else None
    shown_name = f"{stack.prefix}{name}"
    if given is not None and given.literal is None:
        return f"{shown_name} is set with --parameter"
    if given is not None:
        origin, text = f"in {given.location.path}", given.text
    elif declaration is None:
        return f"{shown_name} is known only where the stack is deployed"
    elif _is_passed(name, stack):
        value = _passed_value(name, declaration, stack, effort)
        is_shown = value is not None and value.literals and not value.is_secret
        origin, text = "passed by the parent", value.text if value and is_shown else None
    elif declaration.default is not None:
        origin, text = "its default", declaration.default
    else:
        return f"{shown_name} has no value"
    if text is None or (declaration is not None and declaration.is_secret):
        return f"{shown_name} has a value that is not shown ({origin})"
    text = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ..."
    return f'{shown_name} is "{text}" ({origin})'


def _is_passed(name: str, stack: Stack) -> bool:
    passed = stack.passed
    return passed is not None and name in members(passed.parameters)


def _passed_value(
    name: str, declaration: Declaration, stack: Stack, effort: Effort
) -> Value | None:
    """Return the value that the parent passes, where it is the same in every case."""
    passed = stack.passed
    node = member(passed.parameters, name) if passed else None
    if passed is None or node is None or declaration.is_list:
        return None
    try:
        cases = enumerate_scenarios(
            lambda one: one.settled(one.value(node, passed.frame)), Evaluator, effort
        )
    except (TemplateRejectedError, TooMuchError):
        return None
    return cases[0].value if cases and len(cases) == 1 else None
