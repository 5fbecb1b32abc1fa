"""What else of a template a value reaches: an edit of it must change nothing but retentions."""

import os
import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache

from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.syntax.files import file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
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
from ecbackup_iac.cloudformation.templates.nested_stacks import MAX_FILE_BYTES, NESTED
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.files.paths import boundary_of, is_inside, shown_path
from ecbackup_iac.fixers.cloudformation.files import opened
from ecbackup_iac.fixers.edits import NotFixableError
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES, RETENTION

MAX_NODES = 2_000_000
"""Of a template, aliases followed; what uses what in a larger one is not worked out."""

_TOO_LARGE = "the template is too large to say what else an edit changes"

# Sections beside those that are followed that say something of what is deployed.
_OTHERS = {"Rules": "the rule", "Globals": "the globals of", "Hooks": "the hook"}

_SUBSTITUTION = re.compile(r"[$&]\{([^{}]{1,300})\}")


class _Kind(Enum):
    """What can take a value in, and hand it on."""

    PARAMETER = auto()
    MAPPING = auto()
    CONDITION = auto()
    LOOP = auto()
    PROPERTY = auto()
    OUTPUT = auto()
    """Not exported: only a parent takes it in, where there is one."""

    OTHER = auto()


@record
class Definition:
    """Something that has a name and a value in a template."""

    kind: _Kind
    names: tuple[str, ...]

    @property
    def is_parameter(self) -> bool:
        """Whether it is a parameter."""
        return self.kind is _Kind.PARAMETER

    def __str__(self) -> str:
        """Give it as a person would call it."""
        words = {_Kind.MAPPING: "the mapping", _Kind.CONDITION: "the condition"}
        return f"{words.get(self.kind, 'the parameter')} {self.names[0]}"


@record(eq=False)
class Resource:
    """A resource as it is written, or as a loop writes it."""

    name: str
    kind: str
    key: Node
    body: Node

    @property
    def is_cache(self) -> bool:
        """Whether it is one that is judged, or one that a loop may make one of."""
        return self.kind in RESOURCE_TYPES or "{" in self.kind

    @property
    def shown(self) -> str:
        """What to call it, where it stands in the way."""
        return self.name if self.is_cache else f"{self.name}, which is no cache"


@record(eq=False)
class _Unit:
    """A part of a template that takes values in as a whole."""

    definition: Definition
    """Of a property: the names of the resource and of the property."""

    resource: Resource | None = None
    text: str = ""
    """What to call it."""

    def is_judged(self) -> bool:
        """Say whether the judgement after an edit looks at all that it may change."""
        if self.resource is None or not self.resource.is_cache:
            return False
        names = RESOURCE_TYPES.get(self.resource.kind)
        window = names.backup_window if names else None
        harmless = (RETENTION, window, "Condition", "Metadata", "")
        return self.definition.names[1] in harmless


@record(eq=False)
class _Lookup:
    """A call of Fn::FindInMap: its three names, None for what is worked out."""

    names: tuple[str | None, ...]
    unit: _Unit

    def may_find(self, names: tuple[str, ...]) -> bool:
        """Say whether it may find an entry."""
        return all(one in (None, other) for one, other in zip(self.names, names, strict=True))


@record(eq=False)
class _Index:
    """Who takes what in, of one template."""

    by_start: dict[int, list[_Unit]] = field(factory=dict)
    """Scalars by their offsets."""

    references: dict[str, list[_Unit]] = field(factory=dict)
    texts: dict[str, list[_Unit]] = field(factory=dict)
    """What stands between ${ and } in any text."""

    conditions: dict[str, list[_Unit]] = field(factory=dict)
    lookups: list[_Lookup] = field(factory=list)
    resources: list[Resource] = field(factory=list)
    by_map: dict[int, list[Resource]] = field(factory=dict)
    """Maps by their identity."""

    by_place: dict[tuple[int | None, int | None], Resource] = field(factory=dict)
    """Resources by the line and column of their logical ids."""


class TemplateUses:
    """Who uses what in a template."""

    def __init__(self, template: Template, *, is_nested: bool = False) -> None:
        """Index a template; the outputs of one that is nested count.

        Raises:
            NotMendableError: it is too large for that.

        """
        self._template = template
        self._is_nested = is_nested
        index = _index_of(template)
        if index is None:
            raise NotFixableError(_TOO_LARGE)
        self._index = index

    @property
    def resources(self) -> list[Resource]:
        """Every resource as it is written, those in loops included."""
        return self._index.resources

    def definition_at(self, start: int) -> Definition | None:
        """Give the parameter, mapping or condition that a scalar belongs to; None for a resource's own."""
        units = self._index.by_start.get(start, [])
        kinds = (_Kind.PARAMETER, _Kind.MAPPING, _Kind.CONDITION)
        return next((one.definition for one in units if one.definition.kind in kinds), None)

    def other_use(self, start: int) -> str | None:
        """Name something that a scalar reaches and that is not judged after an edit; None for nothing."""
        return self._followed(self._index.by_start.get(start, []), frozenset())

    def other_use_of(self, name: str, met: frozenset[str] = frozenset()) -> str | None:
        """Name something that a parameter reaches and that is not judged after an edit."""
        return self._followed(self._users(Definition(_Kind.PARAMETER, (name,))), met)

    def _followed(self, units: list[_Unit], met: frozenset[str]) -> str | None:
        pending, seen = [*units], set()
        while pending:
            unit = pending.pop()
            if id(unit) in seen or unit.is_judged():
                continue
            seen.add(id(unit))
            match unit.definition.kind:
                case _Kind.OTHER:
                    return unit.text
                case _Kind.OUTPUT:
                    if self._is_nested:
                        return unit.text
                case _Kind.PROPERTY:
                    use = self._use_by(unit, met)
                    if use:
                        return use
                case _:
                    pending += self._users(unit.definition)
        return None

    def _use_by(self, unit: _Unit, met: frozenset[str]) -> str | None:
        resource, name = unit.resource, unit.definition.names[1]
        if resource is None:
            return unit.text
        if resource.kind in NESTED and name.startswith(_PASSED):
            return self._use_inside(resource, name.removeprefix(_PASSED), met)
        return f"{name} of {resource.name}" if resource.is_cache else resource.shown

    def _use_inside(self, resource: Resource, name: str, met: frozenset[str]) -> str | None:
        """Name what a nested stack's parameter reaches in it."""
        key = f"{self._template.path} {resource.name} {name}"
        if key in met:
            return None
        child = child_template(self._template, resource.body)
        if child is None:
            return f"the nested stack {resource.name}, which was not read"
        use = TemplateUses(child, is_nested=True).other_use_of(name, met | {key})
        return use and f"{use} (in the nested stack {resource.name})"

    def _users(self, definition: Definition) -> list[_Unit]:
        index, names = self._index, definition.names
        match definition.kind:
            case _Kind.PARAMETER:
                return index.references.get(names[0], [])
            case _Kind.LOOP:
                return [*index.references.get(names[0], []), *index.texts.get(names[0], [])]
            case _Kind.CONDITION:
                return index.conditions.get(names[0], [])
            case _:
                return [one.unit for one in index.lookups if one.may_find(names)]

    def sharers(self, node: MapNode) -> list[Resource]:
        """Give the resources that a map is part of, by aliases and merge keys too."""
        return self._index.by_map.get(id(node), [])

    def resource_at(self, place: Location) -> Resource | None:
        """Give the resource whose logical id stands at a place."""
        return self._index.by_place.get((place.line, place.column))


_PASSED = "Parameters."
"""What stands before the name of a nested stack's parameter."""


@lru_cache(maxsize=16)
def _index_of(template: Template) -> _Index | None:
    """Read who takes what in; None for a template that is too large."""
    index = _Index()
    budget = MAX_NODES
    for unit, nodes in _units(template, index):
        for node in nodes:
            for one in walk(node):
                budget -= 1
                _enter(index, unit, one)
                if budget < 0:
                    return None
    for resource in index.resources:
        place = template.source.location(resource.key.start, resource.key.end)
        index.by_place.setdefault((place.line, place.column), resource)
        for one in walk(resource.body):
            budget -= 1
            if budget < 0:
                return None
            if isinstance(one, MapNode):
                index.by_map.setdefault(id(one), []).append(resource)
    return index


def _enter(index: _Index, unit: _Unit, node: Node) -> None:
    """Note what a node of a unit takes in."""
    if isinstance(node, ScalarNode):
        index.by_start.setdefault(node.start, []).append(unit)
        if "{" in node.text:
            for name in _names_in(node.text):
                index.texts.setdefault(name, []).append(unit)
    name, argument = function_of(node) or ("", node)
    match name, argument:
        case "Ref", ScalarNode():
            index.references.setdefault(argument.text.strip(), []).append(unit)
        case "Condition", ScalarNode():
            index.conditions.setdefault(argument.text, []).append(unit)
        case "Fn::Sub", ScalarNode() | ListNode():
            text = argument.items[0] if isinstance(argument, ListNode) else argument
            for one in _names_in(text_of(text) or ""):
                index.references.setdefault(one, []).append(unit)
        case "Fn::If", ListNode(items=[ScalarNode() as condition, *_]):
            index.conditions.setdefault(condition.text, []).append(unit)
        case "Fn::FindInMap", ListNode(items=[first, second, third, *_]):
            names = tuple(map(_literal_name, (first, second, third)))
            index.lookups.append(_Lookup(names, unit))
        case _:
            pass


def _names_in(text: str) -> list[str]:
    return [match[1].strip() for match in _SUBSTITUTION.finditer(text)]


def _literal_name(node: Node) -> str | None:
    """Give a name that is written out; None for one that is worked out."""
    if function_of(node) is not None or not isinstance(node, ScalarNode) or "{" in node.text:
        return None
    return node.text


def _units(template: Template, index: _Index) -> Iterator[tuple[_Unit, list[Node]]]:
    """Yield the units of a template, each with its nodes; its resources go to the index."""
    for name, (_, body) in template.section("Parameters").items():
        default = member(body, "Default")
        if default is not None:
            yield _Unit(Definition(_Kind.PARAMETER, (name,))), [default]
    for name, (_, tops) in template.section("Mappings").items():
        for top, (_, seconds) in members(tops).items():
            for second, (_, value) in members(seconds).items():
                yield _Unit(Definition(_Kind.MAPPING, (name, top, second))), [value]
    for name, (_, body) in template.section("Conditions").items():
        if name.startswith(LOOP):
            yield _other(f"{name} of Conditions"), [body]
        else:
            yield _Unit(Definition(_Kind.CONDITION, (name,))), [body]
    yield from _other_units(template)
    yield from _resource_units([*template.section("Resources").items()], index)


def _other_units(template: Template) -> Iterator[tuple[_Unit, list[Node]]]:
    for section, shown in _OTHERS.items():
        for name, (_, body) in template.section(section).items():
            yield _other(f"{shown} {name}"), [body]
    for name, (_, body) in template.section("Outputs").items():
        is_exported = member(body, "Export") is not None or name.startswith(LOOP)
        kind = _Kind.OTHER if is_exported else _Kind.OUTPUT
        yield _Unit(Definition(kind, (name,)), text=f"the output {name}"), [body]


def _other(text: str) -> _Unit:
    return _Unit(Definition(_Kind.OTHER, (text,)), text=text)


def _resource_units(
    pending: list[tuple[str, Entry]], index: _Index
) -> Iterator[tuple[_Unit, list[Node]]]:
    while pending:
        name, (key, body) = pending.pop(0)
        if name.startswith(LOOP):
            match body:
                case ListNode(items=[ScalarNode() as identifier, collection, MapNode() as inner]):
                    yield _Unit(Definition(_Kind.LOOP, (identifier.text,))), [collection]
                    pending += members(inner).items()
                case _:
                    yield _other(name), [body]
            continue
        resource = Resource(name, text_of(member(body, "Type")) or "", key, body)
        index.resources.append(resource)
        yield _unit(resource, ""), [key]
        for attribute, (_, value) in members(body).items():
            if attribute != "Properties" or not isinstance(value, MapNode):
                unit = _unit(resource, attribute)
                if attribute == "Condition" and isinstance(value, ScalarNode):
                    index.conditions.setdefault(value.text, []).append(unit)
                yield unit, [value]
                continue
            for prop, (inner_key, inner_value) in members(value).items():
                if prop == "Parameters" and resource.kind in NESTED:
                    yield from _passed_units(resource, inner_value)
                else:
                    yield _unit(resource, prop), [inner_key, inner_value]


def _passed_units(resource: Resource, node: Node) -> Iterator[tuple[_Unit, list[Node]]]:
    """Yield what a nested stack is given, each parameter by itself."""
    if not isinstance(node, MapNode) or function_of(node) is not None:
        yield _unit(resource, "Parameters"), [node]
        return
    for name, (_, value) in members(node).items():
        yield _unit(resource, f"{_PASSED}{name}"), [value]


def _unit(resource: Resource, name: str) -> _Unit:
    return _Unit(Definition(_Kind.PROPERTY, (resource.name, name)), resource)


def child_template(parent: Template, body: Node) -> Template | None:
    """Read the template that a nested stack names as a local path; None where that cannot be done."""
    named = Templates(lambda _: False).nested_path(body, parent)
    if named is None:
        return None
    try:
        path = os.path.realpath(os.path.join(os.path.dirname(parent.path), named))
        if not is_inside(path, boundary_of(parent.path)) or os.path.getsize(path) > MAX_FILE_BYTES:
            return None
        content = file_bytes(path)
    except (OSError, ValueError):  # the second for a NUL in it: no path at all
        return None
    return next(iter(opened(path, shown_path(path), content).templates), None)
