"""A file's bytes, or a document → whether it is a template, and whether it can matter."""

import os
import re
from collections.abc import Callable
from enum import Enum, auto

from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    member,
    members,
    text_of,
)
from ecbackup_iac.cloudformation.templates.nested_stacks import MODULE, NESTED
from ecbackup_iac.model.record import record

MARKS = (b"AWS", b"Transform", b"\\x", b"\\u", b"\\U", MODULE.encode())
"""A file (UTF-8) that has none of these is no template that matters, or that can be recognised."""

MAX_TEMPLATE_BYTES = 1_000_000
"""CloudFormation accepts no larger template."""

_SHAPE = re.compile(
    rb"AWSTemplateFormatVersion|[\"']?Type[\"']?\s*:\s*[\"']?(?:AWS|Alexa|Custom)::"
)
STACKS = re.compile("|".join((*NESTED, MODULE)).encode())
"""Finds what deploys another template."""

# A macro that makes resources, a tag that another program replaces (!Rain::Include), a type that a loop
# completes or that is written over two lines.
_MAKERS = re.compile(
    rb"Fn::Transform|\bTransform\b|!\w+::|\bResources[\"']?\s*:\s*!|AWS::[\w:]{0,80}[$&]\{"
    rb"|\bType[\"']?\s*:\s*[\"']?[$&]\{|[\w:]\\\r?\n"
)
# A letter that is written as an escape, which hides every name from a search of the bytes.
_HIDDEN_LETTER = re.compile(rb"\\(?:x|u00|U000000)[2-7][0-9A-Fa-f]")

# A resource of a template, or its version line: what makes a broken file one of CloudFormation. An
# anchor or a tag may precede the type.
_VISIBLE = re.compile(
    rb"AWSTemplateFormatVersion[\"']?\s*:|\bType[\"']?\s*:\s*(?:[&!][^\s]{1,80}\s+){0,2}[\"']?AWS::\w+::",
    re.MULTILINE,
)
# The type of a resource, which shows in a broken file whether it matters.
_TYPE = re.compile(rb"\bType[\"']?\s*:\s*(?:[&!][^\s]{1,80}\s+){0,2}[\"']?([\w:]+)")
# Extensions of prose and of source code, which may well quote a resource.
_QUOTING = (
    ".adoc", ".bazel", ".cjs", ".cts", ".dart", ".ex", ".exs", ".groovy", ".guard", ".markdown", ".mdx",
    ".mts", ".nix", ".rego", ".txt",
)  # fmt: skip
# What a line has to begin with in a file of any name: prose may well quote a resource.
_HEADER = re.compile(rb"^[\"'{ ]*AWSTemplateFormatVersion[\"']?\s*:", re.MULTILINE)


class Interest(Enum):
    """What the bytes of a file show."""

    NONE = auto()
    """It is no template."""

    TEMPLATE = auto()
    """It is a template, and nothing in it can matter."""

    PARSE = auto()
    """It may be a template that matters."""


@record(eq=False)
class TemplateFile:
    """A file that may hold templates, as it was discovered."""

    path: str
    """As it is printed; "-" for standard input."""

    content: bytes
    """In UTF-8."""

    boundary: str
    """Nothing outside this folder is read for it: absolute, links resolved."""

    interest: Interest = Interest.PARSE
    is_meant: bool = True
    """The user named this very file as infrastructure code."""

    is_expected: bool = True
    """Its name suggests a template."""

    is_named: bool = False
    """It was named itself, not a folder above it: what nests it may be elsewhere."""


def interest_in(content: bytes, sought: re.Pattern[bytes]) -> Interest:
    """Return from the bytes alone (UTF-8) whether a file is worth parsing; `sought` finds what matters."""
    if not any(mark in content for mark in MARKS):
        return Interest.NONE
    if sought.search(content) or STACKS.search(content):
        return Interest.PARSE
    is_named = b"Resources" in content or b"AWSTemplateFormatVersion" in content
    if is_named and _MAKERS.search(content):
        return Interest.PARSE
    if len(content) <= MAX_TEMPLATE_BYTES and _HIDDEN_LETTER.search(content):
        return Interest.PARSE
    return Interest.TEMPLATE if _SHAPE.search(content) else Interest.NONE


def is_broken_template(file: TemplateFile, is_wanted: Callable[[str], bool]) -> bool:
    """Whether a file that cannot be parsed is meant to be a template, by its name and its bytes."""
    if file.is_meant:
        return True
    if file.is_expected:
        return _VISIBLE.search(file.content) is not None
    if _HEADER.search(file.content):
        return True
    types = {match[1].decode(errors="replace") for match in _TYPE.finditer(file.content)}
    extension = os.path.splitext(file.path)[1].lower()
    return extension not in _QUOTING and any(map(is_wanted, types))


def template_in(document: Document, path: str) -> Template | None:
    """Return the template that a document is, by its content; None for anything else.

    A template has `Resources` whose entries have a `Type`, or AWSTemplateFormatVersion. A map of nothing
    but resources, or one resource, is a part of a template, which AWS::Include or the Serverless Framework
    inserts.
    """
    root = document.root
    if not isinstance(root, MapNode):
        return None
    if _is_template(root):
        return Template(path, document, [root])
    entries = members(root)
    if _is_resource(root):
        name = os.path.splitext(os.path.basename(path))[0]
        return Template(path, document, [_below("Resources", _below(name, root))], is_part=True)
    if all(_is_resource(value) for _, value in entries.values()) and entries:
        return Template(path, document, [_below("Resources", root)], is_part=True)
    return _serverless_template(document, path)


def _serverless_template(document: Document, path: str) -> Template | None:
    """Return the template, or list of templates, that the Serverless Framework keeps under `resources`."""
    entries = members(document.root)
    resources = entries.get("resources")
    if resources is None or not {"service", "provider", "functions"} & entries.keys():
        return None
    node = resources[1]
    listed: list[Node] = node.items if isinstance(node, ListNode) else [node]
    parts = [part for part in listed if isinstance(part, MapNode)]
    elsewhere = [part for part in listed if isinstance(part, ScalarNode)]
    if not elsewhere and not any(map(_is_template, parts)):
        return None
    return Template(path, document, [*parts], elsewhere, is_part=True)


def _below(name: str, node: Node) -> MapNode:
    """Return a map with a node under the name that it gets when it is included."""
    key = ScalarNode(name, node.start, node.start, Style.DOUBLE_QUOTED, None)
    return MapNode([(key, node)], node.start, node.end, None)


def _is_resource(node: Node) -> bool:
    kind = text_of(member(node, "Type"))
    return kind is not None and re.match(r"(AWS|Custom|Alexa)::", kind) is not None


def _is_template(root: MapNode) -> bool:
    entries = members(root)
    if "AWSTemplateFormatVersion" in entries:
        return True
    resources = entries.get("Resources")
    if resources is None or not isinstance(resources[1], MapNode):
        return False
    return any(
        name.startswith((LOOP, "Fn::Transform")) or text_of(member(value, "Type"))
        for name, (_, value) in members(resources[1]).items()
    )
