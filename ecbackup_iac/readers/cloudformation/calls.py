"""A stack → the nested stacks that lead to it."""

from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.model.call import Call


def calls_to(stack: Stack | None) -> tuple[Call, ...]:
    """Return the resources that nest a stack and those around it, outermost first; none for a root."""
    calls: list[Call] = []
    while stack is not None and stack.parent is not None:
        if stack.location is not None:
            logical_id = stack.address.removeprefix(stack.parent.prefix)
            calls.append(Call(stack.location, logical_id))
        stack = stack.parent
    return tuple(reversed(calls))
