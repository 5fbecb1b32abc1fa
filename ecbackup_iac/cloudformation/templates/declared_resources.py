"""A template → the resources that it declares, whether or not a deployment creates them, and its problems.

Also what only looks like a resource: an entry that another of its name replaces, and one where
CloudFormation reads no resource.
"""

import math
from collections.abc import Callable, Iterator, Mapping

from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template, entry_in_wrong_case
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.literals import is_null
from ecbackup_iac.cloudformation.syntax.nodes import (
    MERGE,
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    member,
    members,
    merged_maps,
    own_entries,
    text_of,
)
from ecbackup_iac.cloudformation.templates.stack_types import NESTED
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, Severity

MAX_DEPTH = 2
"""Keys above a resource in a document that is not a template: a deeper one is quoted, not declared."""

_SECTION = "Resources"
_SECTIONS = (_SECTION, "Parameters", "Conditions", "Mappings")
_INERT = "Metadata"
"""CloudFormation ignores what is under this key."""


@record(eq=False)
class DeclaredResource:
    """An entry that has a type."""

    name: str
    """Its logical id; in a loop, the pattern of the ids."""

    kind: str
    key: Node
    body: Node
    is_replaced: bool = False
    """Another entry or section of the same name counts instead."""


def _entries_with_loops(
    entries: Mapping[str, Entry], bodies: list[Node] | None = None
) -> Iterator[tuple[str, Entry]]:
    """Yield a map's entries and those of the loops in it; add the loops' bodies to `bodies`."""
    pending = [*entries.items()]
    for name, entry in pending:  # grows in the loop
        yield name, entry
        loop = entry[1]
        if name.startswith(LOOP) and isinstance(loop, ListNode) and loop.items:
            body = loop.items[-1]
            if bodies is not None:
                bodies.append(body)
            pending += members(body).items()


def declared_resources(template: Template) -> Iterator[DeclaredResource]:
    """Yield every resource of a template, including those in loops and those that are replaced."""
    maps = template.section_nodes(_SECTION)
    effective: set[int] = set()
    for name, (key, body) in _entries_with_loops(template.section(_SECTION), maps):
        effective.add(id(key))
        if kind := text_of(member(body, "Type")):
            yield DeclaredResource(name, kind, key, body)
    parts = [part for node in maps for part in merged_maps(node)]
    for name, (key, body) in [entry for part in parts for entry in own_entries(part)]:
        if id(key) in effective:
            continue
        for inner, (inner_key, inner_body) in _entries_with_loops({name: (key, body)}):
            if kind := text_of(member(inner_body, "Type")):
                yield DeclaredResource(inner, kind, inner_key, inner_body, is_replaced=True)


def misplaced_resources(
    document: Document, template: Template | None, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[str, Entry]]:
    """Yield each entry of a wanted type that CloudFormation does not read as a resource, with its type.

    In a document that is not a template (`template` is None), only an entry near its top, or in a section
    Resources, is meant to be a resource. What is under `Metadata`, what is reported as malformed, and a
    template that a resource contains are left out.
    """
    known = _maps_of_resources(template) | template.replaced if template else set[int]()
    skipped = {id(node) for node, _ in _malformed_nodes(template)} if template else set[int]()
    pending: list[tuple[Node, Node, float]] = [
        (document.root, document.root, math.inf if template else MAX_DEPTH)
    ]
    seen: set[int] = set()
    while pending:
        key, node, levels = pending.pop()
        if id(node) in seen or id(node) in skipped:
            continue
        seen.add(id(node))
        if isinstance(node, ListNode):
            pending += [(key, item, levels) for item in node.items]
        elif isinstance(node, MapNode):
            kind = text_of(member(node, "Type"))
            inline = member(member(node, "Properties"), "TemplateBody")
            if kind in NESTED and inline is not None:
                skipped.add(id(inline))
            if kind is not None and is_wanted(kind):
                if id(node) not in known:
                    yield kind, (key, node)
            elif levels > 0:
                is_top = node is document.root
                pending += [
                    (name, value, _levels_below(name, value, levels, is_top=is_top))
                    for name, value in node.entries
                    if text_of(name) != _INERT
                ]


def _levels_below(key: Node, value: Node, levels: float, *, is_top: bool) -> float:
    """Return how many levels of keys below an entry are searched for resources.

    The Serverless Framework's files may have one level more, `resources`, and so may files in which a tag
    of another program is around a template.
    """
    if is_top and text_of(key) == _SECTION:
        return math.inf
    is_extra = text_of(key) == "resources" or value.tag is not None
    return levels if is_extra else levels - 1


def _maps_of_resources(template: Template) -> set[int]:
    """Return the maps that are, or are merged into, a template's resources, by identity."""
    return {
        id(body)
        for resource in declared_resources(template)
        for body in merged_maps(resource.body)
        if text_of(member(body, "Type")) == resource.kind
    }


def text_problems(template: Template) -> Iterator[Diagnostic]:
    """Yield the diagnostics on the text of a template, and on its parts that were not read."""
    source = template.source
    for key in template.document.duplicates:
        text = f"duplicate key {key.text}; the last one is used"
        yield Diagnostic(text, source.location(key.start, key.end), Severity.WARNING)
    for _, diagnostic in _malformed_nodes(template):
        yield diagnostic
    yield from map(template.unread_part_diagnostic, template.unread_parts)


def _malformed_nodes(template: Template) -> Iterator[tuple[Node, Diagnostic]]:
    """Yield the nodes that CloudFormation rejects because of their kind; a resource may be in them."""
    source = template.source
    for key, node, message in (*_malformed_sections(template), *_malformed_resources(template)):
        location = source.location_of(key)
        yield node, TemplateRejectedError(message).diagnostic(location)


def _malformed_sections(template: Template) -> Iterator[tuple[Node, Node, str]]:
    for part in template.parts:
        for name in _SECTIONS:
            key, section = members(part).get(name, (None, None))
            # One of the Serverless Framework may be in another file.
            is_elsewhere = template.is_part and isinstance(section, ScalarNode)
            is_empty = is_null(section) or is_elsewhere
            if key and section and not (is_empty or isinstance(section, MapNode)):
                yield key, section, f"{name} is not a map"
    for section in template.section_nodes(_SECTION):
        for key, value in section.entries if isinstance(section, MapNode) else ():
            if text_of(key) == MERGE and isinstance(value, ScalarNode):
                yield key, value, "the value that Resources merges is not a map"


def _malformed_resources(template: Template) -> Iterator[tuple[Node, Node, str]]:
    for name, (key, body) in _entries_with_loops(template.section(_SECTION)):
        if _has_no_type(template, name, body):
            yield key, body, f"the resource {name} has no Type"
        if template.macros:  # they may replace it
            continue
        if wrong := entry_in_wrong_case(body, "Condition"):
            yield *wrong, f"the resource {name} has no attribute {text_of(wrong[0])}"
        condition = members(body).get("Condition")
        if condition and not isinstance(condition[1], ScalarNode):
            yield *condition, f"the condition of the resource {name} is not a name"


def _has_no_type(template: Template, name: str, body: Node) -> bool:
    """Whether an entry of Resources lacks a type that it needs.

    A loop and a macro need none. Nor does a part of a template: another part may have it. Nor does an entry
    of `.ebextensions` for a resource that Elastic Beanstalk creates (AWSEB...).
    """
    is_elsewhere = name.startswith("AWSEB") if template.option_of else template.is_part
    is_other = is_elsewhere or name.startswith((LOOP, "Fn::Transform"))
    return not is_other and text_of(member(body, "Type")) is None
