"""A block's arguments → their values, evaluated on demand."""

from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from typing import Protocol

from ecbackup_iac.hcl.expression import ForDirective, Literal, Name, Node, TupleNode
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.near_miss import NearMiss, nearest
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.instances import BlockScope
from ecbackup_iac.terraform.values.budget import TooMuchError
from ecbackup_iac.terraform.values.context import evaluation_context
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import reject_ephemeral
from ecbackup_iac.terraform.values.outcomes import combined_assumptions, under_assumptions
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import Assumption, Outcome, Value, object_value, unknown


class GiveUp(Protocol):
    """Reports what was not evaluated; where `is_final` is set, nothing else will be."""

    def __call__(self, why: str, location: Location, *, is_final: bool) -> None:
        """Report that the evaluation was given up at a location."""


class Arguments:
    """A block's arguments, evaluated on demand."""

    def __init__(
        self,
        block: Block,
        scope: BlockScope,
        give_up: GiveUp,
        names: Mapping[str, Value] | None = None,
    ) -> None:
        self._block = block
        self._scope = scope
        self._evaluator = Evaluator(scope, names)
        self._assumptions = scope.assumptions
        self.give_up = give_up

    @property
    def header(self) -> SourceRange:
        """The block's header."""
        return self._block.header

    def attribute(self, name: str) -> Attribute | None:
        """Return an argument, not evaluated."""
        return self._block.body.attribute(name)

    def has_block(self, kind: str) -> bool:
        """Whether there is a nested block of a type, written out or dynamic."""
        dynamic = self._block.body.blocks("dynamic", 1)
        return bool(self._block.body.blocks(kind)) or any(
            block.labels[0] == kind for block in dynamic
        )

    def value(self, argument: Attribute, expected: str = "") -> Value:
        """Return an argument's value, unknown where it takes too much work. Raises EvaluationError.

        Where nothing else is known of it, its outcomes are the text that is expected and any other one.
        """
        value = self.evaluated(argument.expression, argument)
        reject_ephemeral(value, f"{argument.name} is kept in the state")
        return self._compared(value, argument, expected) if expected else value

    def _compared(self, value: Value, argument: Attribute, expected: str) -> Value:
        """Return a value of which nothing is known as what a condition may compare it with, or not that."""
        if value.is_known or value.unknown.outcomes:
            return value
        text = self._evaluator.condition_text(argument.expression)
        possible = [
            Outcome(
                Value(STRING, shown),
                (
                    Assumption(f'{text} == "{expected}"', is_equal),
                    Assumption(f'{text} != "{expected}"', is_other),
                ),
            )
            for shown, is_equal, is_other in (
                (expected, "true", "false"),
                (f"not {expected}", "false", "true"),
            )
        ]
        kept = [
            one for one in possible if combined_assumptions(self._assumptions, one.when) is not None
        ]
        if kept == possible[:1]:
            return kept[0].value.with_marks_of(value)
        return replace(value, raw=replace(value.unknown, outcomes=tuple(kept or possible)))

    def dynamic_contents(self, dynamic: Block) -> Iterator[tuple["Arguments", Block]]:
        """Yield the content of each block that a dynamic one makes, with what evaluates it there.

        Raises EvaluationError: Terraform rejects the for_each, or the content is missing.
        """
        from ecbackup_iac.terraform.evaluation.loops import iterations

        for_each, iterator = map(dynamic.body.attribute, ("for_each", "iterator"))
        content = next(iter(dynamic.body.blocks("content")), None)
        if for_each is None or content is None:
            raise EvaluationError("Missing for_each or content of a dynamic block", dynamic.header)
        loop = ForDirective(for_each.range, "key", "value", for_each.expression, ())
        try:
            collection = self.evaluated(for_each.expression, for_each)
            evaluators = (
                [*iterations(self._evaluator, loop, collection)] if collection.is_known else []
            )
        except EvaluationError as error:
            raise error.at(for_each.range) from None
        name = dynamic.body.literal_string("iterator") or dynamic.labels[0]  # as JSON has it
        if iterator is not None and isinstance(iterator.expression, Name):
            name = iterator.expression.name
        for one in evaluators:
            pair = object_value({part: one.local_variables[part] for part in ("key", "value")})
            yield Arguments(self._block, self._scope, self.give_up, {name: pair}), content

    def evaluated(self, expression: Node, argument: Attribute) -> Value:
        """Return the value of an expression in an argument, as `value` does. Raises EvaluationError."""
        try:
            value = under_assumptions(self._evaluator.value(expression), self._assumptions)
        except (RecursionError, TooMuchError) as error:
            why, is_final = why_not_evaluated(error), isinstance(error, TooMuchError)
            self.give_up(why, argument.range.location, is_final=is_final)
            return unknown(f"not evaluated: {why}")
        context = evaluation_context()
        if context.too_large and not value.is_known:
            self.give_up(context.too_large, argument.range.location, is_final=False)
            context.too_large = ""
        return value

    def known(self, name: str) -> Value | None:
        """Return an argument's value where it is written, known and not null."""
        value = self.written(name)
        return None if value is None or value.is_null or not value.is_known else value

    def is_unset(self, name: str) -> bool:
        """Whether an argument is not written, or null."""
        value = self.written(name)
        return self.attribute(name) is None if value is None else value.is_null

    def written(self, name: str | None, expected: str = "") -> Value | None:
        """Return an argument's value, as `value` does; None where it is not written, or rejected."""
        argument = self.attribute(name or "")
        with suppress(EvaluationError):
            return None if argument is None else self.value(argument, expected)
        return None


def why_not_evaluated(error: RecursionError | TooMuchError) -> str:
    """Return why something is not evaluated."""
    if isinstance(error, TooMuchError):
        return str(error)
    return "expressions or modules are nested too deeply"


def rejected(error: EvaluationError, location: Location) -> Diagnostic:
    """Return a diagnostic of what Terraform rejects, at the error's own location or else this one."""
    return Diagnostic(error.message, error.origin.location if error.origin else location)


def near_miss_in(block: Block, name: str, declared: Container[str] = ()) -> NearMiss | None:
    """Return the argument that looks like a misspelling of another, which is not set; not a declared one."""
    given = {argument.name: argument for argument in block.body.attributes()}
    if name in given:
        return None
    found = nearest(name, [one for one in given if one not in declared])
    return NearMiss(found, given[found].range.location) if found else None


def is_ignored(block: Block, name: str) -> bool:
    """Whether `ignore_changes` covers an attribute."""
    for lifecycle in block.body.blocks("lifecycle"):
        ignored = lifecycle.body.attribute("ignore_changes")
        if ignored is None:
            continue
        node = ignored.expression
        items = node.items if isinstance(node, TupleNode) else (node,)
        for item in items:
            if isinstance(item, Name) and item.name in (name, "all"):
                return True
            if isinstance(item, Literal) and item.value in (name, "all"):
                return True
    return False
