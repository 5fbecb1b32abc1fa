"""The parts of a string template, quoted or a heredoc → one string."""

import re
from itertools import takewhile
from typing import assert_never

from ecbackup_iac.hcl.expression import (
    ForDirective,
    IfDirective,
    Interpolation,
    Template,
    TemplatePart,
    Text,
)
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.evaluation.conditionals import condition_value
from ecbackup_iac.terraform.evaluation.node_evaluator import NodeEvaluator
from ecbackup_iac.terraform.values.conversion import converted, unknown_if_open
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import map_outcomes, without_null
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import (
    Privacy,
    UnknownRaw,
    Value,
    not_null,
    rejected_at_apply,
    string,
)

_BEFORE_ANYTHING = r"(?s:.*)[\n !-/:;?@\[-`{-~]"
"""Text up to a character with which no mark that follows combines to another."""

_NULL = "The expression result is null: it cannot be used in a template"


def template(evaluator: NodeEvaluator, node: Template) -> Value:
    """Return a template's value; that of a single interpolation keeps its type."""
    if len(node.parts) == 1 and isinstance(node.parts[0], Interpolation):
        return evaluator.value(node.parts[0].expression)
    return _joined(evaluator, node.parts)


def _joined(evaluator: NodeEvaluator, parts: tuple[TemplatePart, ...]) -> Value:
    return _concatenated([_piece(evaluator, part) for part in parts])


def _piece(evaluator: NodeEvaluator, part: TemplatePart) -> Value:
    match part:
        case Text():
            return string(part.text)
        case Interpolation():
            return _as_text(evaluator.value(part.expression), part.range)
        case IfDirective():
            return _if_directive(evaluator, part)
        case ForDirective():
            return _for_directive(evaluator, part)
        case never:
            assert_never(never)


def _if_directive(evaluator: NodeEvaluator, part: IfDirective) -> Value:
    condition = condition_value(evaluator, part.condition)
    if condition.is_null:
        raise EvaluationError("Null condition: the template's if must be true or false")
    branches = {True: part.then, False: part.otherwise}
    result = map_outcomes(
        lambda truth: _joined(evaluator, branches[truth.raw is True]), condition, kind=STRING
    )
    return result.with_marks_of(condition)


def _for_directive(evaluator: NodeEvaluator, part: ForDirective) -> Value:
    from ecbackup_iac.terraform.evaluation.loops import iterations

    collection = unknown_if_open(evaluator.value(part.collection))

    def body(known: Value) -> Value:
        rounds = iterations(evaluator, part, known)
        return _concatenated([_joined(iteration, part.body) for iteration in rounds])

    return map_outcomes(body, collection, kind=STRING).with_marks_of(collection)


def _concatenated(pieces: list[Value]) -> Value:
    if len(pieces) != 1 and all(piece.is_known for piece in pieces):
        return string("".join(str(piece.raw) for piece in pieces)).with_marks_of(*pieces)
    result = string("")
    for piece in pieces:
        result = map_outcomes(
            lambda before, after: string(str(before.raw) + str(after.raw)),
            result,
            piece,
            kind=STRING,
        )
    if isinstance(result.raw, UnknownRaw) and not result.raw.outcomes:
        ends = {"prefix": _known_beginning(pieces), "suffix": _known_end(pieces)}
        result = replace(result, raw=replace(result.raw, **ends))
    return not_null(result).with_marks_of(*pieces)


def _known_beginning(pieces: list[Value]) -> str:
    """Return what the text begins with, whatever is unknown in it."""
    known = [str(piece.raw) for piece in takewhile(lambda piece: piece.is_known, pieces)]
    beginning = re.match(_BEFORE_ANYTHING, "".join(known) + pieces[len(known)].unknown.prefix)
    return beginning[0] if beginning else ""


def _known_end(pieces: list[Value]) -> str:
    """Return what the text ends with, whatever is unknown in it."""
    known = [*takewhile(lambda piece: piece.is_known, reversed(pieces))]
    end = pieces[-1 - len(known)].unknown.suffix
    return end + "".join(str(piece.raw) for piece in reversed(known))


def _as_text(value: Value, source_range: SourceRange) -> Value:
    if value.is_null:
        raise EvaluationError(_NULL, source_range)
    try:
        text = converted(value, STRING)
    except EvaluationError as error:
        what = "Cannot include the given value in a string template: "
        rejection = error.prefixed(what).at(source_range)
        if isinstance(value.raw, UnknownRaw) and value.raw.is_deferred:
            return rejected_at_apply(rejection)
        raise rejection from error
    is_text = isinstance(text.raw, UnknownRaw) and (text.raw.prefix or text.raw.suffix)  # not null
    part = text if is_text else without_null(text, _NULL, kind=STRING)
    if part.privacy is Privacy.DOCUMENT:
        return replace(part, privacy=Privacy.OUTSIDE)  # a part of a document, not one
    return part
