"""`for` expressions and splats → their values."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from ecbackup_iac.hcl.expression import For, ForDirective, Node, Splat
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.evaluation.node_evaluator import SPLAT_ELEMENT, NodeEvaluator
from ecbackup_iac.terraform.values.budget import STEPS_PER_ITERATION, charge
from ecbackup_iac.terraform.values.context import UntrackedRejections, record_possible_rejection
from ecbackup_iac.terraform.values.conversion import converted, unknown_if_open
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.marks import placeholder_of_value
from ecbackup_iac.terraform.values.outcomes import map_outcomes
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    ListOf,
    SetOf,
    is_mapping,
    is_sequence,
)
from ecbackup_iac.terraform.values.value import (
    UnknownRaw,
    Value,
    count_value,
    is_collection,
    object_value,
    string,
    tuple_value,
    unknown,
)


def for_expression(evaluator: NodeEvaluator, node: For) -> Value:
    """Return the tuple or object of a for expression. Raises EvaluationError."""
    collection = unknown_if_open(evaluator.value(node.collection))
    if not collection.is_listed:
        return _unknown_for(evaluator, node, collection)
    result = map_outcomes(lambda known: _known_for(evaluator, node, known), collection)
    return result.with_marks_of(collection)


def _unknown_for(evaluator: NodeEvaluator, node: For, collection: Value) -> Value:
    """Return the unknown result for an unknown collection; each of its elements may be the same known one."""
    raw = collection.unknown
    if collection.type != DYNAMIC and not is_collection(collection):
        raise EvaluationError("Iteration over non-iterable value")
    record_possible_rejection(is_deferred=raw.is_deferred)  # it may be null, or not a collection
    item = unknown(raw.why, is_deferred=raw.is_deferred)
    names = {node.item: item, **({node.key: item} if node.key else {})}
    element = None
    with UntrackedRejections(), suppress(EvaluationError):
        element = evaluator.with_local_variables(names).value(node.result)
    result = UnknownRaw(raw.why, is_deferred=raw.is_deferred, is_not_null=True, element=element)
    return Value(DYNAMIC, result).with_marks_of(collection)


@changing_record
class _Members:
    """The members that a for expression with keys has so far."""

    keys: list[Value] = field(factory=list)
    groups: dict[str, list[Value]] = field(factory=dict)

    def add(self, key: Value, value: Value, *, is_grouped: bool) -> None:
        """Add a member. Raises EvaluationError for a key that comes twice."""
        self.keys.append(key)
        if str(key.raw) in self.groups and not is_grouped:
            shown = placeholder_of_value(key) if key.is_hidden else f'"{key.raw}"'
            raise error_quoting("Duplicate object key: {} is set twice", shown, "a key")
        self.groups.setdefault(str(key.raw), []).append(value)

    def as_object(self, *, is_grouped: bool) -> Value:
        """Return the object."""
        members = {
            name: tuple_value(group) if is_grouped else group[0]
            for name, group in self.groups.items()
        }
        return object_value(members).with_marks_of(*self.keys)


def _known_for(evaluator: NodeEvaluator, node: For, collection: Value) -> Value:
    if node.condition is not None and not collection.is_null:
        _check_condition(evaluator, node)
    items: list[Value] = []
    members = _Members()
    conditions: list[Value] = []
    unknown_part: Value | None = None
    for iteration in iterations(evaluator, node, collection):
        included = _is_included(iteration, node.condition)
        conditions.append(included)
        if not included.is_known:
            unknown_part = included
            continue
        if not included.raw:
            continue
        if node.key_result is None:
            items.append(iteration.value(node.result))
            continue
        key = iteration.object_key(node.key_result)
        result = iteration.value(node.result)
        if key.is_known:
            members.add(key, result, is_grouped=node.is_grouped)
        else:
            unknown_part = key
    if unknown_part is not None:
        raw = unknown_part.unknown
        # It may be null, or a key that comes twice.
        record_possible_rejection(is_deferred=raw.is_deferred)
        return unknown(raw.why, is_deferred=raw.is_deferred, is_not_null=True)
    if node.key_result is None:
        return tuple_value(items).with_marks_of(*conditions)
    return members.as_object(is_grouped=node.is_grouped).with_marks_of(*conditions)


def _check_condition(evaluator: NodeEvaluator, node: For) -> None:
    """Raise EvaluationError for a condition that is rejected whatever the elements are, even for none."""
    names = {node.item: unknown("the condition is evaluated for no element", is_deferred=True)}
    if node.key:
        names[node.key] = names[node.item]
    with UntrackedRejections():
        _is_included(evaluator.with_local_variables(names), node.condition)


def _is_included(iteration: NodeEvaluator, condition: Node | None) -> Value:
    if condition is None:
        return Value(BOOL, raw=True)
    included = converted(iteration.value(condition), BOOL)
    if included.is_null:
        raise EvaluationError("Condition is null: the for expression's if must be bool")
    return included


def iterations(
    evaluator: NodeEvaluator, loop: For | ForDirective, collection: Value
) -> Iterator[NodeEvaluator]:
    """Yield an evaluator for each element of a known collection. Raises EvaluationError."""
    if collection.is_null:
        raise EvaluationError("Iteration over null value")
    if is_mapping(collection.type):
        pairs = [
            (string(name).inherit_marks(collection), value)
            for name, value in collection.members.items()
        ]
    elif isinstance(collection.type, SetOf):
        pairs = [(value, value) for value in collection.elements]
    elif is_sequence(collection.type):
        pairs = [
            (count_value(position), value) for position, value in enumerate(collection.elements)
        ]
    else:
        raise EvaluationError("Iteration over non-iterable value")
    source = evaluator.source_text(loop.collection)
    for position, (key, value) in enumerate(pairs):
        charge(STEPS_PER_ITERATION)
        # The elements of a set have no positions.
        index = key.raw if key is not value and isinstance(key.raw, str | int) else None
        item = value.taken_from(collection, index)
        names = {loop.item: item.inherit_marks(collection)}
        if loop.key:
            names[loop.key] = key
        is_counted = is_sequence(collection.type) or key.is_hidden
        yield evaluator.with_local_variables(
            names, f"{source}[{position if is_counted else key.raw}]"
        )


def splat(evaluator: NodeEvaluator, node: Splat) -> Value:
    """Return the value of `of[*].each`. Raises EvaluationError."""
    of = evaluator.value(node.of)
    if not of.is_listed:
        if of.unknown.is_not_null and of.type != DYNAMIC and not is_sequence(of.type):
            return _known_splat(evaluator, node, of)  # it is the one element
        # An element may lack what is taken of each.
        record_possible_rejection(is_deferred=of.unknown.is_deferred)
        return unknown(of.unknown.why, is_deferred=of.unknown.is_deferred, is_not_null=True)
    return map_outcomes(lambda known: _known_splat(evaluator, node, known), of).with_marks_of(of)


def _known_splat(evaluator: NodeEvaluator, node: Splat, of: Value) -> Value:
    if of.is_null and is_sequence(of.type):
        raise EvaluationError("Splat of null value: it cannot be applied to a null sequence")
    if of.is_null:
        return tuple_value(())
    elements: Sequence[Value] = (of,)
    if is_sequence(of.type):
        is_ordered = not isinstance(of.type, SetOf)
        elements = [
            element.taken_from(of, position if is_ordered else None)
            for position, element in enumerate(of.elements)
        ]
    results = [
        evaluator.with_local_variables({SPLAT_ELEMENT: element.inherit_marks(of)}).value(node.each)
        for element in elements
    ]
    if isinstance(of.type, ListOf | SetOf):
        if not elements:  # an invalid expression is rejected all the same
            missing = unknown("there is no element", of.type.element, is_not_null=True)
            with UntrackedRejections():
                kind = (
                    evaluator.with_local_variables({SPLAT_ELEMENT: missing}).value(node.each).type
                )
            return Value(ListOf(kind), ())
        kinds = {result.type for result in results}
        if len(kinds) == 1:
            return Value(ListOf(kinds.pop()), tuple(results))
    return tuple_value(results)
