"""A map of a template → its entries in one scenario, with those that loops (Fn::ForEach) make."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.cloudformation.evaluation.base_evaluator import BaseEvaluator
from ecbackup_iac.cloudformation.evaluation.stacks import Frame, LoopItem, loop_of
from ecbackup_iac.cloudformation.evaluation.template import LOOP
from ecbackup_iac.cloudformation.evaluation.values import Value
from ecbackup_iac.cloudformation.syntax.nodes import Entry, members


def entry_of(
    evaluator: BaseEvaluator, entries: Mapping[str, Entry], name: str, frame: Frame
) -> tuple[Entry, Frame] | None:
    """Return the entry of a name, with the frame of the loops that make it; None where there is none."""
    if name in entries:
        return entries[name], frame
    if not frame.stack.has_loops(entries):
        return None
    expanded = _with_loops(evaluator, entries, frame)
    return next(((entry, inner) for key, entry, inner in expanded if key == name), None)


def entry_of_unknown_loop(
    evaluator: BaseEvaluator, entries: Mapping[str, Entry], name: str, frame: Frame
) -> tuple[Entry, Value] | None:
    """Return an entry that may get the name in a loop over an unknown collection, with an unknown value."""
    if not frame.stack.has_loops(entries):
        return None
    for pattern, (key, node), inner in _with_loops(evaluator, entries, frame):
        if "{" in pattern:
            why = f"a loop over an unknown collection may set {name}"
            return (key, node), evaluator.unknown_value(why, node, inner)
    return None


def _with_loops(
    evaluator: BaseEvaluator, entries: Mapping[str, Entry], frame: Frame
) -> Iterator[tuple[str, Entry, Frame]]:
    """Yield a map's entries, with loops expanded as they are in this scenario."""
    for key, entry in entries.items():
        if not key.startswith(LOOP):
            yield frame.substitute(key), entry, frame
            continue
        identifier, collection, body = loop_of(entry, frame)
        value = evaluator.resolved_value(collection, frame)
        items = value.raw if isinstance(value.raw, tuple) else (value,)
        evaluator.charge(len(items))
        for item in items:
            inner = frame.in_loop(identifier, LoopItem(item, collection, frame))
            yield from _with_loops(evaluator, members(body), inner)
