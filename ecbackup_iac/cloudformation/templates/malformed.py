"""A template → diagnostics on nodes of the wrong kind, on duplicate keys, and on parts that were not read."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template, entry_in_wrong_case
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
    text_of,
)
from ecbackup_iac.model.report import Diagnostic, Severity

_SECTIONS = ("Resources", "Parameters", "Conditions", "Mappings")


def text_problems(template: Template) -> Iterator[Diagnostic]:
    """Yield the diagnostics on the text of a template, and on its parts that were not read."""
    source = template.source
    for problem in template.document.duplicates:
        location = source.location(problem.start, problem.end)
        yield Diagnostic(problem.message, location, Severity.WARNING)
    for _, diagnostic in malformed_nodes(template):
        yield diagnostic
    yield from map(template.unread_part_diagnostic, template.unread_parts)


def malformed_nodes(template: Template) -> Iterator[tuple[Node, Diagnostic]]:
    """Yield the nodes that CloudFormation rejects because of their kind; a resource may be in them."""
    source = template.source
    for key, node, message in (*_malformed_sections(template), *_malformed_resources(template)):
        location = source.location_of(key)
        yield node, TemplateRejectedError(message).diagnostic(location)


def _malformed_sections(template: Template) -> Iterator[tuple[Node, Node, str]]:
    for part in template.parts:
        for name in _SECTIONS:
            key, section = members(part).get(name, (None, None))
            if key and section and not _is_section(section, is_part=template.is_part):
                yield key, section, f"{name} is not a map"
    for section in template.section_nodes("Resources"):
        for key, value in section.entries if isinstance(section, MapNode) else ():
            if text_of(key) == MERGE and isinstance(value, ScalarNode):
                yield key, value, "the value that Resources merges is not a map"


def _malformed_resources(template: Template) -> Iterator[tuple[Node, Node, str]]:
    for name, (key, body) in entries_with_loops(template.section("Resources")):
        if _has_no_type(template, name, body):
            yield key, body, f"the resource {name} has no Type"
        wrong = entry_in_wrong_case(body, "Condition")
        if wrong and not template.macros:
            yield *wrong, f"the resource {name} has no attribute {text_of(wrong[0])}"


def entries_with_loops(
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


def _has_no_type(template: Template, name: str, body: Node) -> bool:
    """Whether an entry of Resources lacks a type that it needs.

    A loop and a macro need none. Nor does a part of a template: another part may have it. Nor does an entry
    of `.ebextensions` for a resource that Elastic Beanstalk creates (AWSEB...).
    """
    is_elsewhere = name.startswith("AWSEB") if template.option_of else template.is_part
    is_other = is_elsewhere or name.startswith((LOOP, "Fn::Transform"))
    return not is_other and text_of(member(body, "Type")) is None


def _is_section(node: Node, *, is_part: bool) -> bool:
    """Whether a section is a map, or is empty; one of the Serverless Framework may be in another file."""
    is_empty = is_null(node) or (is_part and isinstance(node, ScalarNode))
    return is_empty or isinstance(node, MapNode)
