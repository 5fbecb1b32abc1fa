"""A document, or a file that cannot be parsed → whether it is a template."""

import os
import re
from collections.abc import Callable

from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template, entry_in_wrong_case
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.files import Read, not_read
from ecbackup_iac.cloudformation.syntax.nodes import (
    MapNode,
    Node,
    ScalarNode,
    Style,
    member,
    members,
    text_of,
)
from ecbackup_iac.cloudformation.templates import beanstalk
from ecbackup_iac.cloudformation.templates.relevance import TemplateFile

# A resource of a template, or its version line: by which a broken file is one of CloudFormation. An
# anchor or a tag may precede the type.
_VISIBLE = re.compile(
    rb"AWSTemplateFormatVersion[\"']?\s*:|\bType[\"']?\s*:\s*(?:[&!][^\s]{1,80}\s+){0,2}[\"']?AWS::\w+::",
    re.MULTILINE,
)
# The type of a resource, which shows in a broken file whether it matters.
_TYPE = re.compile(rb"\bType[\"']?\s*:\s*(?:[&!][^\s]{1,80}\s+){0,2}[\"']?([\w:]+)")
_TYPE_NAME = re.compile(r"(AWS|Custom|Alexa)::")

# Extensions of prose and of source code, which may well quote a resource.
_QUOTING = (
    ".adoc", ".bazel", ".cjs", ".cts", ".dart", ".ex", ".exs", ".feature", ".groovy", ".guard", ".markdown",
    ".mdx", ".mts", ".nix", ".rego", ".txt",
)  # fmt: skip
# The line that shows a template in a file of any name: prose may quote a resource, but not this line.
_HEADER = re.compile(rb"^[\"'{ ]*AWSTemplateFormatVersion[\"']?\s*:", re.MULTILINE)
# The first line that begins with a word, after comments and directives: in a template it is a key.
_DIRECTIVES = re.compile(rb"\{[#%{].*?[#%}]\}|<%.*?%>|/\*.*?\*/", re.DOTALL)
_FIRST_WORDS = re.compile(rb"^[ \t]*([\"']?\w.*)$", re.MULTILINE)
_KEY = re.compile(rb"(?:\"[^\"]*\"|'[^']*'|[\w.:-]+)\s*:(?:\s|$)")
# The fences of quoted code in a document, the first line of a script, and the names of the files in a diff.
_QUOTES = re.compile(rb"\A#!|^(?:```|~~~)|^--- .+\n\+\+\+ ", re.MULTILINE)


MAX_HEAD_BYTES = 10_000
"""The start of a file that cannot be parsed, which is searched for what shows its kind."""


def is_broken_template(file: TemplateFile, is_wanted: Callable[[str], bool]) -> bool:
    """Whether a file that cannot be parsed is meant to be a template, by its name and its bytes."""
    if file.is_requested:
        return True
    if file.input.is_expected:
        return _VISIBLE.search(file.content) is not None
    if _is_quoting(file):
        return False
    types = {match[1].decode(errors="replace") for match in _TYPE.finditer(file.content)}
    return _HEADER.search(file.content) is not None or any(map(is_wanted, types))


def _is_quoting(file: TemplateFile) -> bool:
    """Whether a file that cannot be parsed is a document, a test or a script that quotes a template."""
    if file.input.path.lower().endswith(_QUOTING) or _QUOTES.search(file.content):
        return True
    words = _FIRST_WORDS.search(_DIRECTIVES.sub(b"", file.content[:MAX_HEAD_BYTES]))
    return words is not None and _KEY.match(words[1]) is None


def template_in(document: Document, path: str, read: Read = not_read) -> Template | None:
    """Return the template that a document is, by its content; None for anything else.

    `read` reads the other files of a service of the Serverless Framework, or of `.ebextensions`.

    A template has `Resources` whose entries have a `Type`, or AWSTemplateFormatVersion. A map of nothing
    but resources, or one resource, is a part of a template, which AWS::Include or the Serverless Framework
    inserts.
    """
    root = document.root
    if not isinstance(root, MapNode):
        return None
    if _is_template(root):
        is_extension = beanstalk.is_extension(path)
        template = Template(path, document, [root], is_part=is_extension)
        if is_extension:
            template.option_of = beanstalk.environment_options(path, read)
        return template
    entries = members(root)
    if _is_resource(root):
        name = os.path.splitext(os.path.basename(path))[0]
        resources = _map_with("Resources", _map_with(name, root))
        return Template(path, document, [resources], is_part=True)
    if all(_is_resource(value) for _, value in entries.values()) and entries:
        return Template(path, document, [_map_with("Resources", root)], is_part=True)
    return _serverless_template(document, path, read)


def _serverless_template(document: Document, path: str, read: Read) -> Template | None:
    """Return the template that the Serverless Framework keeps under `resources`."""
    entries = members(document.root)
    resources = entries.get("resources")
    if resources is None or not {"service", "provider", "functions"} & entries.keys():
        return None
    # Imported here, because most runs do without.
    from ecbackup_iac.cloudformation.templates.serverless_service import Service

    service = Service(path, document, read)
    is_template = service.unread_parts or _is_template(service.root)
    return service.template() if is_template else None


def _map_with(name: str, node: Node) -> MapNode:
    """Return a map of one entry: the name, which a part gets where it is included, and the node."""
    key = ScalarNode(name, node.start, node.start, Style.QUOTED, None)
    return MapNode([(key, node)], node.start, node.end, None)


def _is_resource(node: Node) -> bool:
    kind = text_of(member(node, "Type"))
    return kind is not None and _TYPE_NAME.match(kind) is not None


def _has_type_in_wrong_case(node: Node) -> bool:
    wrong = entry_in_wrong_case(node, "Type")
    return wrong is not None and _TYPE_NAME.match(text_of(wrong[1]) or "") is not None


def _is_template(root: MapNode) -> bool:
    entries = members(root)
    if "AWSTemplateFormatVersion" in entries:
        return True
    if "Resources" not in entries:
        return False
    node = entries["Resources"][1]
    if not isinstance(node, MapNode):
        return node.tag is not None  # another program replaces it, as it does an entry with a tag
    return any(
        name.startswith((LOOP, "Fn::Transform"))
        or text_of(member(value, "Type"))
        or _has_type_in_wrong_case(value)
        or value.tag is not None
        or "include" in name.lower()
        for name, (_, value) in members(node).items()
    )
