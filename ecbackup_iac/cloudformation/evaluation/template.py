"""One template: its sections, each entry found by name."""

import os
import re
from collections.abc import Iterable, Iterator

from ecbackup_iac.cloudformation.evaluation.declarations import Declaration, declaration_of
from ecbackup_iac.cloudformation.evaluation.scenarios import TemplateRejectedError
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    member,
    members,
    text_of,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, Severity

LOOP = "Fn::ForEach"

_SECTIONS = ("Resources", "Parameters", "Conditions", "Mappings")

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

# Transforms that change nothing about a resource that is no function, API or table of SAM's own.
_HARMLESS = re.compile(
    r"AWS::(Serverless-2016-10-31|LanguageExtensions|CodeDeployBlueGreen|ServiceCatalog|SecretsManager-.*)"
)

# ${self:custom.days}, ${file(x.yml)}: the Serverless Framework's variables, which CloudFormation never sees.
SERVERLESS_VARIABLE = re.compile(r"\$\{[a-z][\w-]{0,60}(?:\([^(){}$]{0,300}\))?:|\$\{file\(")


class NotReadError(Exception):
    """A nested stack's template that was not read, and why."""

    def __init__(
        self, message: str, *, is_elsewhere: bool = False, location: Location | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        """Where the trouble is; None where the stack that names it is the place to tell."""
        self.is_elsewhere = is_elsewhere
        """It lies outside what is scanned, and nobody expects it to be read."""


@record
class Macro:
    """A macro that makes a part of a template when it is deployed."""

    name: str
    node: Node
    includes: bool
    """AWS::Include: it adds what a file holds, and changes nothing that stands there."""


class Template:
    """A document that is a template, or the part of one that is."""

    def __init__(
        self,
        path: str,
        document: Document,
        parts: list[Node],
        elsewhere: Iterable[ScalarNode] = (),
        *,
        is_part: bool = False,
    ) -> None:
        self.path = path
        """The file's absolute path, links resolved; "-" for standard input."""
        self.document = document
        self.source = document.source
        self._parts = parts
        self._elsewhere = tuple(elsewhere)
        self._is_part = is_part
        self._sections: dict[str, dict[str, Entry]] = {}
        self._declarations: dict[str, Declaration] = {}

    def section(self, name: str) -> dict[str, Entry]:
        """Give a section's entries by name, the last of the same name; {} where there is none."""
        if name not in self._sections:
            found: dict[str, Entry] = {}
            for part in self._parts:
                found |= members(member(part, name))
            self._sections[name] = found
        return self._sections[name]

    def written(self, name: str) -> list[Node]:
        """Return what stands under a section's name, each time that it is there."""
        return [
            value
            for part in self._parts
            if isinstance(part, MapNode)
            for key, value in part.entries
            if text_of(key) == name
        ]

    def declaration(self, name: str) -> Declaration | None:
        """Give a parameter's declaration; None where there is none."""
        entry = self.section("Parameters").get(name)
        if entry is None:
            return None
        if name not in self._declarations:
            self._declarations[name] = declaration_of(self.document, *entry)
        return self._declarations[name]

    def may_have_resource(self, name: str) -> bool:
        """Say whether there is a resource of a name, or something that may make one: loops, macros, SAM."""
        resources = self.section("Resources")
        if name in resources or self._is_part or any(key[:4] == "Fn::" for key in resources):
            return True
        return any(one.name != LANGUAGE_EXTENSIONS for one in self._transforms())

    @property
    def nests(self) -> bool:
        """Whether it has anything that may deploy another template."""
        kinds = (
            text_of(member(body, "Type")) or "" for _, body in self.section("Resources").values()
        )
        loops = any(key.startswith(LOOP) for key in self.section("Resources"))
        return loops or any("Stack" in kind or "Application" in kind for kind in kinds)

    def macros(self) -> Iterator[Macro]:
        """Yield the macros that are applied to the whole template, known harmless ones left out."""
        return (one for one in self._transforms() if not _HARMLESS.fullmatch(one.name))

    @property
    def may_use_extensions(self) -> bool:
        """Whether Fn::ForEach and its like are known in it; nobody can tell of a part."""
        return self._is_part or any(one.name == LANGUAGE_EXTENSIONS for one in self._transforms())

    def _transforms(self) -> Iterator[Macro]:
        for part in self._parts:
            transform = member(part, "Transform")
            for one in transform.items if isinstance(transform, ListNode) else [transform]:
                name = text_of(member(one, "Name") if isinstance(one, MapNode) else one)
                if one is not None and name:
                    yield Macro(name, one, name == "AWS::Include")
            call = member(part, "Fn::Transform")
            if call is not None:
                name = text_of(member(call, "Name")) or "Fn::Transform"
                yield Macro(name, call, includes=True)

    def _misshapen(self) -> Iterator[Diagnostic]:
        """Yield what CloudFormation refuses because of its shape, and would hide a resource."""
        for part in self._parts:
            sections = members(part)
            for name in _SECTIONS:
                if name in sections and not _is_map(sections[name][1], is_part=self._is_part):
                    text = TemplateRejectedError(f"{name} is no map").message
                    yield Diagnostic(text, self.source.location_of(*sections[name]))
        for name, (key, body) in self.section("Resources").items():
            if self._is_part and isinstance(body, ScalarNode):
                text = f"not inspected here: {self.source.shown(body)}: judge that file itself"
                yield Diagnostic(text, self.source.location_of(body), Severity.WARNING)
            if not self._is_part and name[:4] != "Fn::" and text_of(member(body, "Type")) is None:
                text = TemplateRejectedError(f"the resource {name} has no Type").message
                yield Diagnostic(text, self.source.location_of(key))

    def misshapen_nodes(self) -> Iterator[Node]:
        """Yield the sections and entries of which `diagnostics` tells that they are no such thing."""
        sections = [member(part, name) for part in self._parts for name in _SECTIONS]
        yield from (
            one for one in sections if one is not None and not _is_map(one, is_part=self._is_part)
        )
        for name, (_, body) in self.section("Resources").items():
            if not self._is_part and name[:4] != "Fn::" and text_of(member(body, "Type")) is None:
                yield body

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what is worth knowing of the text itself."""
        for problem in self.document.duplicates:
            location = self.source.location(problem.start, problem.end)
            yield Diagnostic(problem.message, location, Severity.WARNING)
        yield from self._misshapen()
        for node in self._elsewhere:
            text = f"not inspected here: {self.source.shown(node)}: judge that file itself"
            yield Diagnostic(text, self.source.location_of(node), Severity.WARNING)


def _is_map(node: Node, *, is_part: bool) -> bool:
    """Say whether a section is a map; the Serverless Framework may keep one in another file."""
    return isinstance(node, MapNode) or (is_part and isinstance(node, ScalarNode))


def template_in(document: Document, path: str) -> Template | None:
    """Recognise a template by its content; None for anything else.

    A template has `Resources` whose entries have a `Type`, or says AWSTemplateFormatVersion. The
    Serverless Framework keeps one, or a list of them, under `resources`. A map of nothing but resources,
    or one resource, is a part of one, which AWS::Include or the Serverless Framework puts in its place.
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
    kept = entries.get("resources")
    if kept is None or not {"service", "provider", "functions"} & entries.keys():
        return None
    listed: list[Node] = kept[1].items if isinstance(kept[1], ListNode) else [kept[1]]
    parts: list[Node] = [part for part in listed if isinstance(part, MapNode)]
    elsewhere = [part for part in listed if isinstance(part, ScalarNode)]
    if not elsewhere and not any(_is_template(part) for part in parts if isinstance(part, MapNode)):
        return None
    return Template(path, document, parts, elsewhere, is_part=True)


def _below(name: str, node: Node) -> MapNode:
    """Put a node where it will stand once it is included."""
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
