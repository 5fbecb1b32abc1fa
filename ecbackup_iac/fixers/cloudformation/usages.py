"""A literal of a template → what else depends on it besides retentions: then an edit of it is not safe.

Every edit is verified by checking again, which shows changes of caches. This search is for anything else;
a reference that it cannot follow counts as another use.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    function_of,
    member,
    members,
    text_of,
    walk,
)
from ecbackup_iac.cloudformation.templates.stack_types import WITH_MAP_OF_PARAMETERS
from ecbackup_iac.fixers.cloudformation.files import opened
from ecbackup_iac.fixers.edits import NotFixableError, SourceFiles
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES, RETENTION

MAX_NODES = 2_000_000
"""Nodes of one template, aliases followed; a larger one is not searched for uses."""

# Sections whose values are not followed any further.
_SECTIONS = ("Conditions", "Rules", "Globals", "Hooks", "Outputs")

_SUBSTITUTION = re.compile(r"[$&]\{([^{}]{1,300})\}")

Key: TypeAlias = str | int
"""A value: the name of a parameter, the mapping and the key of an entry ("M.days"), or a scalar's offset."""


@record(eq=False)
class _Use:
    """A use of a value for something else than a retention."""

    text: str
    """What a message calls it."""

    argument: Location | None = None
    """The argument of a nested stack that has the value."""


def check_uses(
    display_path: str, keys: Sequence[Key], literal: Location, files: SourceFiles
) -> None:
    """Raise NotFixableError if something besides retentions uses one of the values that a literal is.

    `keys`: these values, in the template at a path.
    """
    pending, seen = [(display_path, key) for key in reversed(keys)], set[tuple[str, Key]]()
    while pending:
        display_path, key = pending.pop()
        if (display_path, key) in seen:
            continue
        seen.add((display_path, key))
        path = files.path(display_path)
        for template in opened(path, display_path, files.content(path)).templates:
            for use in _uses(template).get(key, ()):
                calls = _calls(use, files)
                if not calls:
                    name = keys[0] if isinstance(keys[0], str) else "the value"
                    where = "" if display_path == literal.path else f" ({display_path})"
                    raise NotFixableError(f"{name} ({literal}) is also used by {use.text}{where}")
                pending += calls


def _calls(use: _Use, files: SourceFiles) -> list[tuple[str, Key]]:
    """Return the nested templates, each with its parameter, that get the value of an argument."""
    traces = files.traces.through(use.argument) if use.argument else ()
    return [(trace[-2].location.path, trace[-1].name) for trace in traces if len(trace) > 1]


def name_at(template: Template, start: int) -> str | None:
    """Return the parameter or the entry of a mapping that a scalar is part of, as a key."""
    for name, (_, body) in template.section("Parameters").items():
        if _contains(member(body, "Default"), start):
            return name
    for name, (_, tops) in template.section("Mappings").items():
        for _, entries in members(tops).values():
            for key, (_, value) in members(entries).items():
                if _contains(value, start):
                    return f"{name}.{key}"
    return None


def _contains(node: Node | None, start: int) -> bool:
    return node is not None and node.start <= start < max(node.end, node.start + 1)


@lru_cache(maxsize=16)
def _uses(template: Template) -> dict[Key, list[_Use]]:
    """Return what uses each value besides retentions. Raise NotFixableError for too large a template."""
    uses: dict[Key, list[_Use]] = {}
    computed, budget = list[_Use](), MAX_NODES
    for use, roots in _others(template):
        for node in (node for root in roots for node in walk(root)):
            budget -= 1
            if not budget:
                raise NotFixableError("the template is too large to find what else an edit changes")
            for key in _keys_used_by(node):
                (uses.setdefault(key, []) if key else computed).append(use)
    for name, (_, tops) in template.section("Mappings").items():  # a computed name may be any
        for _, entries in members(tops).values():
            for key in members(entries):
                uses.setdefault(f"{name}.{key}", []).extend(computed)
    return uses


def _keys_used_by(node: Node) -> Iterator[Key]:
    """Yield the values that a node uses; an empty name for an entry of a mapping with a computed name."""
    if isinstance(node, ScalarNode):
        yield node.start
        yield from (match[1].strip() for match in _SUBSTITUTION.finditer(node.text))
    match function_of(node):
        case "Ref", ScalarNode(text=name):
            yield name.strip()
        case "Fn::FindInMap", ListNode(items=[first, _, third, *_]):
            is_written = all(map(_is_written, (first, third)))
            yield f"{text_of(first)}.{text_of(third)}" if is_written else ""
        case _:
            pass


def _is_written(node: Node) -> bool:
    return isinstance(node, ScalarNode) and function_of(node) is None and "{" not in node.text


def _others(template: Template) -> Iterator[tuple[_Use, Iterable[Node]]]:
    """Yield what uses values besides retentions, each with its nodes."""
    for section in _SECTIONS:
        for name, (_, body) in template.section(section).items():
            yield _Use(f"{section}.{name}"), [body]
    for name, key, body in resources_in(template):
        kind = text_of(member(body, "Type")) or ""
        names = RESOURCE_TYPES.get(kind)
        if name.startswith(LOOP):
            yield _Use(name), [body]
        for attribute, entry in members(body).items():
            properties = members(entry[1]) if attribute == "Properties" else {attribute: entry}
            for setting, (setting_key, value) in properties.items():
                is_passed = setting == "Parameters" and kind in WITH_MAP_OF_PARAMETERS
                if names is None and is_passed and isinstance(value, MapNode):
                    yield from _arguments(template, value)
                elif names is None:
                    yield _Use(f"{name}, which is not a cache"), [key, setting_key, value]
                # Checking again shows what a condition changes, and a window is part of backups.
                elif setting not in (RETENTION, names.backup_window, "Condition", "Metadata"):
                    yield _Use(f"{setting} of {name}"), [setting_key, value]


def resources_in(template: Template) -> Iterator[tuple[str, Node, Node]]:
    """Yield the name, key and body of each resource, and of each loop, whose body is what it runs over."""
    pending = [*template.section("Resources").items()]
    for name, (key, body) in pending:  # the entries of a loop are added while it runs
        if name.startswith(LOOP) and isinstance(body, ListNode):
            pending += [entry for item in body.items[2:] for entry in members(item).items()]
            yield from ((name, key, item) for item in body.items[1:2])
        else:
            yield name, key, body


def _arguments(template: Template, parameters: MapNode) -> Iterator[tuple[_Use, Iterable[Node]]]:
    unread = "a nested stack in which no cache was read"
    if function_of(parameters) is not None:
        yield _Use(unread), [parameters]
        return
    for key, argument in members(parameters).values():
        yield _Use(unread, template.source.location_of(key, argument)), [argument]
